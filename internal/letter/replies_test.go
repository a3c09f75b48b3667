package letter

import (
	"strings"
	"testing"

	"repayd/internal/plan"
)

// replySamples are the letters about answers and about mail that comes back.
func replySamples() map[string]plan.Letter {
	item := func(code string, args map[string]string) plan.Item {
		return plan.Item{Subject: plan.Subject{Kind: plan.SubjectDaemon, ID: code}, Detail: plan.Detail{Code: code, Args: args}}
	}
	done := func(order string, more ...string) plan.Item {
		args := map[string]string{"bill": "b_huabei", "name": "花呗", "order": order}
		for i := 0; i < len(more); i += 2 {
			args[more[i]] = more[i+1]
		}
		return item("reply-done", args)
	}
	all := map[string]plan.Letter{
		"reply_done": letterOf(plan.LetterWarning, on(7), done("paid")),
		"reply_done_many": letterOf(plan.LetterWarning, on(7), done("part", "amount", "500.00 CNY", "left", "734.56 CNY"),
			done("snooze", "until", "2025-01-10T01:00:00Z"), done("drop"), done("set", "due", "2025-01-20")),
		"reply_refused": letterOf(plan.LetterWarning, on(7), item("reply-refused",
			map[string]string{"from": "someone@example.org", "subject": "Re: [还款提醒] 花呗", "why": "proof"})),
		"address_bounces": letterOf(plan.LetterWarning, on(7), item("address-bounces",
			map[string]string{"address": "o***@example.com", "channel": "me", "bills": "b_huabei", "error": "5.1.1 user unknown"})),
	}
	var unclear []plan.Item
	for _, why := range []string{"address", "nothing", "words", "doubt", "amount", "date", "quote", "long", "contradiction", "which-bill", "no-bill", "refused"} {
		unclear = append(unclear, item("reply-unclear",
			map[string]string{"from": "owner@example.com", "why": why, "words": "还没还", "understood": "推迟 2 天", "error": ""}))
	}
	all["reply_unclear"] = letterOf(plan.LetterWarning, on(7), unclear...)
	all["reply_unheard"] = letterOf(plan.LetterWarning, on(7), item("reply-lost", map[string]string{"bill": "b_huabei", "name": "花呗", "why": "unheard"}))
	return all
}

// TestAConfirmationIsNoWarning: it is calm and says so in the subject, except
// where a warning stands beside it.
func TestAConfirmationIsNoWarning(t *testing.T) {
	t.Parallel()
	s := replySamples()
	mixed := s["reply_done"]
	mixed.Content.Items = append(mixed.Content.Items, s["reply_refused"].Content.Items...)
	for prefix, l := range map[string]plan.Letter{"[已处理]": s["reply_done_many"], "[repayd 告警]": mixed} {
		r, err := Render(l, Options{Language: "zh-CN", Zone: shanghai})
		if err != nil || !strings.HasPrefix(r.Subject, prefix) {
			t.Errorf("subject %q, %v; want %s", r.Subject, err, prefix)
		}
	}
}
