package plan

import "slices"

// StandIn is the reminder that takes r's place on the fallback of a channel
// that cannot deliver; others are all reminders of r's subject. known says that
// the fallback has that step already: it is returned then, and need not be told
// again.
func StandIn(r Reminder, fallback string, others []Reminder, env Env) (stand Reminder, known bool) {
	id := ID(r.Subject, r.Step, fallback, r.Date)
	for _, o := range others {
		if o.ID == id {
			return o, true
		}
	}
	stand = r
	stand.ID, stand.Channel, stand.For, stand.Letter, stand.FoldedInto = id, fallback, r.ID, "", ""
	stand.State, stand.Why = StatePlanned, "in place of "+r.Channel+", which cannot deliver"
	stand.At = env.holdOn(fallback, env.Now, r.Deadline)
	return stand, false
}

// stoodFor is the reminder in whose place h stands in the end, h itself where
// it stands for none that is known.
func stoodFor(h Reminder, have []Reminder) Reminder {
	for range have {
		i := slices.IndexFunc(have, func(o Reminder) bool { return o.ID == h.For })
		if h.For == "" || i < 0 {
			break
		}
		h = have[i]
	}
	return h
}
