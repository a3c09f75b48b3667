package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
)

// Workdays says which days are working days of which country.
type Workdays = bill.Workdays

// DefaultHorizon is how far ahead reminders are planned.
const DefaultHorizon = 40 * 24 * time.Hour

// Env is everything besides a bill that planning looks at.
type Env struct {
	Now time.Time
	// Zone is the owner's; nil means UTC.
	Zone *time.Location
	// Quiet hours, nil for none, and working days, nil for every day.
	Quiet    *calendar.Quiet
	Workdays Workdays
	// QuietOf are the quiet hours of channels that have their own, instead of
	// Quiet.
	QuietOf map[string]*calendar.Quiet
	// Instead names for a channel the one that tells of its failure where it is
	// the only default one.
	Instead map[string]string
	// Horizon is how far ahead reminders are planned; 0 = DefaultHorizon.
	Horizon time.Duration
	// Policies in the configured order; the last one is the default, to whose
	// channels reviews, backlogs and warnings go.
	Policies []Policy
}

func (e *Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

// planned returns the end of the last day that is planned ahead. Whole days,
// so that a step and those folded into it are planned together.
func (e *Env) planned() time.Time {
	ahead := e.Now.Add(cmp.Or(e.Horizon, DefaultHorizon))
	return bill.DayOf(ahead.In(e.zone())).End(e.zone())
}

// fallback returns the default policy, nil when there are none at all.
func (e *Env) fallback() *Policy {
	if len(e.Policies) == 0 {
		return nil
	}
	return &e.Policies[len(e.Policies)-1]
}

// ways are the default policy's channels without one that is of no use ("" =
// all), or what stands in its place where none is left.
func (e *Env) ways(except string) []string {
	policy := e.fallback()
	if policy == nil {
		return nil
	}
	if other := e.OtherWay(except); other != "" {
		return []string{other}
	}
	return slices.DeleteFunc(slices.Clone(policy.Channels), func(c string) bool { return c == except })
}

// OtherWay is the channel that tells of the daemon's own troubles in place of
// one that cannot, "" where other default channels do that or there is none.
func (e *Env) OtherWay(channel string) string {
	policy := e.fallback()
	if policy == nil || !slices.Equal(policy.Channels, []string{channel}) {
		return ""
	}
	return e.Instead[channel]
}

// On is the environment for what goes to a channel.
func (e *Env) On(channel string) Env {
	on := *e
	if own, ok := e.QuietOf[channel]; ok {
		on.Quiet = own
	}
	return on
}

// holdOn is hold with the quiet hours of a channel.
func (e *Env) holdOn(channel string, t, deadline time.Time) time.Time {
	if len(e.QuietOf) == 0 {
		return e.hold(t, deadline)
	}
	on := e.On(channel)
	return on.hold(t, deadline)
}

// hold returns when something meant for t may be sent: t itself, or the end
// of the quiet hours around it; their start where the end is no sooner than
// the deadline (zero = none). The start may be past by now.
func (e *Env) hold(t, deadline time.Time) time.Time {
	if e.Quiet == nil || !e.Quiet.Holds(t) {
		return t
	}
	end := e.Quiet.Release(t)
	if deadline.After(t) && !end.Before(deadline) {
		return e.Quiet.Start(t)
	}
	return end
}

// Pick returns the first policy whose match fits the bill, the default one
// when none does, and nil when there are no policies.
func Pick(policies []Policy, b *bill.Bill) *Policy {
	for i := range policies {
		if policies[i].Match.Fits(b) {
			return &policies[i]
		}
	}
	if len(policies) == 0 {
		return nil
	}
	return &policies[len(policies)-1]
}

// Fits reports whether the bill is one of those that the match is about.
func (m *Match) Fits(b *bill.Bill) bool {
	switch {
	case m.Issuer != "" && !wildcard(m.Issuer, b.Issuer):
		return false
	case m.Account != "" && m.Account != b.Account:
		return false
	case m.Currency != "" && m.Currency != b.Currency:
		return false
	case m.MinAmount.Known() && (m.MinAmount.Currency != b.AmountDue.Currency || b.AmountDue.Minor < m.MinAmount.Minor):
		return false
	}
	return m.Kind == "" || m.Kind == kindOf(b)
}

// kindOf is the kind of notice that a bill amounts to for a match: what the
// issuer will debit itself is an autopay, everything else a statement.
func kindOf(b *bill.Bill) bill.Kind {
	if b.Autopay {
		return bill.KindAutopay
	}
	return bill.KindStatement
}

// wildcard matches s against a pattern in which * is any run of characters.
func wildcard(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}
