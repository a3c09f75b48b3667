package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// maxSteps bounds one ladder: every pair of steps is compared.
const maxSteps = 100

// reminders reads the policies; the last one fits every bill and is the only
// one that does.
func (g group) reminders(channels []Channel, digests ...*Digest) []plan.Policy {
	nodes, _ := g.items("reminders")
	if g.has("reminders") && len(nodes) == 0 && !g.broken["reminders"] {
		g.fail("reminders", "an empty list reminds of nothing; write at least one entry")
	}
	var out []plan.Policy
	taken := map[string]int{}
	matches := map[plan.Match]int{}
	used := otherwiseUsed(channels, digests)
	for i, n := range nodes {
		r, ok := g.w.group(n, "an entry of reminders", reminderKeys())
		if !ok {
			continue
		}
		p := plan.Policy{Name: r.name(taken), At: r.clock("at", 0)}
		p.Match = r.match(i == len(nodes)-1, matches)
		p.Steps, p.Raises = r.steps(p.At, channels, used)
		p.Channels = r.policyChannels(channels, used)
		if raise, ok := r.escalate(channels, used); ok {
			p.Raises = append(p.Raises, raise)
		}
		out = append(out, p)
	}
	for _, c := range channels {
		if len(out) > 0 && c.Name != "" && !used[c.Name] {
			g.w.warn(g.lineOf("channels"), "channels: nothing is sent to %s; name it in reminders", quote(c.Name))
		}
	}
	return out
}

// match reads whom a policy fits. Two entries with the same match contradict
// each other: the second would never be used.
func (g group) match(last bool, seen map[plan.Match]int) plan.Match {
	n := g.values["match"]
	switch {
	case n == nil && !last:
		g.w.fail(g.line, "match: missing; only the last entry of reminders has none, later ones would never be used")
		return plan.Match{}
	case n == nil:
		return plan.Match{}
	case last:
		g.fail("match", "the last entry of reminders must fit every bill; remove match, or add an entry without one below")
	}
	k, _ := find(g.keys, "match")
	m, ok := g.w.group(n, "match", k.keys)
	if !ok {
		return plan.Match{}
	}
	out := m.matchFields()
	line, again := seen[out]
	switch {
	case len(m.broken) > 0 || len(m.values) == 0 && len(n.Content) > 0: // reported
	case len(m.values) == 0:
		g.fail("match", "empty; write at least one of %s", strings.Join(names(k.keys), ", "))
	case again:
		g.fail("match", "the entry on line %d has the same match, so this one would never be used; change or remove it", line)
	default:
		seen[out] = g.line
	}
	return out
}

func (g group) matchFields() plan.Match {
	var m plan.Match
	m.Issuer, _ = g.text("issuer")
	m.Account = g.account()
	m.MinAmount = g.amount("min_amount")
	if s, ok := g.text("currency"); ok {
		if _, known := bill.Digits(s); !known {
			g.fail("currency", "%s is not a currency code; write for example CNY", quote(s))
		} else if m.MinAmount.Known() && m.MinAmount.Currency != s {
			g.fail("currency", "%s contradicts min_amount, which is in %s", quote(s), m.MinAmount.Currency)
		}
		m.Currency = s
	}
	if s, ok := g.text("kind"); ok {
		if !slices.Contains(kinds(), s) {
			g.fail("kind", "%s is no kind of notice; write %s", quote(s), strings.Join(kinds(), ", "))
		}
		m.Kind = bill.Kind(s)
	}
	return m
}

func kinds() []string {
	var out []string
	for _, k := range []bill.Kind{bill.KindStatement, bill.KindDueSoon, bill.KindOverdue, bill.KindPayment, bill.KindAutopay,
		bill.KindAutopayFailed, bill.KindArrangement, bill.KindRefund, bill.KindZero} {
		out = append(out, string(k))
	}
	return out
}

// steps reads a ladder. That every step of it makes sense beside those before
// it is checked one by one, so that the problem is told at its line.
// A step may name more channels, which hear of the bill from it on.
func (g group) steps(at bill.Clock, channels []Channel, used map[string]bool) ([]plan.Step, []plan.Raise) {
	nodes, ok := g.items("steps")
	if ok && len(nodes) == 0 {
		g.fail("steps", "an empty ladder reminds of nothing; write for example [due-3d, due, late]")
	}
	if len(nodes) > maxSteps {
		g.fail("steps", "%d steps are too many; write at most %d", len(nodes), maxSteps)
		return nil, nil
	}
	var p plan.Policy
	p.At = at
	reported := 0
	for _, n := range nodes {
		s, more, ok := g.stepOrGroup(n, channels, used)
		if !ok {
			continue
		}
		p.Steps = append(p.Steps, s)
		if len(more) > 0 {
			p.Raises = append(p.Raises, plan.Raise{From: s, Channels: more})
		}
		errs := p.Validate()
		for _, err := range errs[min(reported, len(errs)):] {
			g.w.fail(n.Line, "steps: %v", err)
		}
		reported = len(errs)
	}
	return p.Steps, p.Raises
}

func (g group) step(n *yaml.Node) (plan.Step, bool) {
	text, ok := g.w.scalar(n, "steps")
	if !ok {
		return plan.Step{}, false
	}
	s, err := plan.ParseStep(text)
	if err != nil {
		g.w.fail(n.Line, "steps: %v", err)
		return plan.Step{}, false
	}
	return s, true
}

// policyChannels reads where a policy speaks and reports channels that do not
// exist.
func (g group) policyChannels(channels []Channel, used map[string]bool) []string {
	var names []string
	for _, c := range channels {
		names = append(names, c.Name)
	}
	words := g.words("channels")
	if g.has("channels") && len(words) == 0 && !g.broken["channels"] {
		g.fail("channels", "an empty list reminds nobody; name at least one channel")
	}
	for _, c := range words {
		used[c.text] = true
		if slices.Contains(names, c.text) {
			continue
		}
		if guess := closestOf(c.text, names); guess != "" {
			g.w.fail(c.line, "channels: there is no channel %s; did you mean %s?", quote(c.text), guess)
		} else {
			g.w.fail(c.line, "channels: there is no channel %s; name one of channels", quote(c.text))
		}
	}
	return texts(words)
}
