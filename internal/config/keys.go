package config

// key is one key the parser knows. The tables below are the whole language:
// reading, did-you-mean and the test of the example file all go by them.
type key struct {
	name     string
	def      string // what an absent key means, written as in the file; "" = nothing
	required bool
	keys     []key // of the group, or of each group of the list
	named    bool  // the group's own keys are names that the owner chooses
}

func topKeys() []key {
	return []key{
		{name: "timezone", required: true},
		{name: "language", def: "zh-CN"},
		{name: "database", def: "/var/lib/repayd/repayd.db"},
		{name: "mailboxes", keys: mailboxKeys()},
		{name: "channels", required: true, keys: channelKeys()},
		{name: "reminders", required: true, keys: reminderKeys()},
		{name: "quiet_hours", keys: []key{
			{name: "from", required: true},
			{name: "to", required: true},
		}},
		{name: "holidays", keys: []key{{name: "dir"}, {name: "country", def: "cn"}}},
		{name: "bills", keys: billKeys()},
		{name: "money", keys: []key{
			{name: "balances"},
			{name: "as_of"},
			{name: "paydays", keys: []key{
				{name: "amount", required: true},
				{name: "schedule", required: true},
			}},
		}},
		{name: "tasks", keys: []key{
			{name: "name", required: true},
			{name: "schedule", required: true},
		}},
		{name: "issuers", keys: []key{
			{name: "dir"},
			{name: "override", named: true, keys: append(ruleKeys(), key{name: "for", keys: append([]key{
				{name: "account"},
				{name: "seller"},
				{name: "bill"},
			}, ruleKeys()...)})},
		}},
		{name: "reread_for", def: "90d"},
		{name: "pdf_passwords", named: true, keys: secretKeys()},
		{name: "digest", keys: []key{
			{name: "schedule", required: true},
			{name: "channels", required: true},
		}},
		{name: "alive", keys: []key{
			{name: "schedule", required: true},
			{name: "channels", required: true},
		}},
		{name: "heartbeat", keys: []key{
			{name: "url", required: true, keys: secretKeys()},
			{name: "every", def: "5m"},
		}},
	}
}

func mailboxKeys() []key {
	return []key{
		{name: "name", required: true},
		{name: "server", required: true},
		{name: "tls", def: "implicit"},
		{name: "username", required: true},
		{name: "password", required: true, keys: secretKeys()},
		{name: "folders", def: "INBOX"},
		{name: "poll", def: "@every 5m"},
		{name: "lookback", def: "60d"},
		{name: "authserv"},
		{name: "forwarders"},
	}
}

func channelKeys() []key {
	return []key{
		{name: "name", required: true},
		{name: "email", keys: []key{
			{name: "server", required: true},
			{name: "tls", def: "implicit"},
			{name: "username"},
			{name: "password", keys: secretKeys()},
			{name: "from", required: true},
			{name: "to", required: true},
			{name: "reply_to"},
		}},
		{name: "webhook", keys: webhookKeys()},
		{name: "fallback"},
		{name: "quiet_hours", keys: []key{
			{name: "from", required: true},
			{name: "to", required: true},
			{name: "zone"},
		}},
	}
}

func billKeys() []key {
	return []key{
		{name: "name", required: true},
		{name: "issuer"},
		{name: "amount"},
		{name: "schedule"},
		{name: "loan", keys: []key{
			{name: "principal", required: true},
			{name: "rate", required: true},
			{name: "months", required: true},
			{name: "method", def: "equal_instalments"},
			{name: "first", required: true},
		}},
		{name: "grace"},
		{name: "account"},
		{name: "note"},
	}
}

// ruleKeys are what an override may change of an issuer's rules.
func ruleKeys() []key {
	return []key{{name: "grace"}, {name: "cut_off"}, {name: "needs_workday"}, {name: "terms"}}
}

func reminderKeys() []key {
	return []key{
		{name: "name", required: true},
		{name: "match", keys: []key{
			{name: "issuer"},
			{name: "account"},
			{name: "currency"},
			{name: "min_amount"},
			{name: "kind"},
		}},
		{name: "at", def: "09:00"},
		{name: "steps", required: true},
		{name: "channels", required: true},
		{name: "escalate", keys: []key{
			{name: "after", required: true},
			{name: "channels", required: true},
		}},
	}
}

// stepKeys are those of a step that names more channels.
func stepKeys() []key {
	return []key{{name: "step", required: true}, {name: "channels", required: true}}
}

func secretKeys() []key {
	return []key{{name: "file"}, {name: "env"}, {name: "credential"}}
}

func find(keys []key, name string) (key, bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}
