package config

import (
	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
)

// issuers reads where the owner's issuer files are and what overrides them.
func (g group) issuers() Issuers {
	n := g.values["issuers"]
	if n == nil {
		return Issuers{}
	}
	k, _ := find(g.keys, "issuers")
	i, ok := g.w.group(n, "issuers", k.keys)
	if !ok {
		return Issuers{}
	}
	out := Issuers{Dir: i.path("dir")}
	if !i.has("override") {
		return out
	}
	o, _ := find(k.keys, "override")
	out.Override = i.w.overrides(i.values["override"], o.keys)
	return out
}

// overrides reads a group whose keys are names of issuers.
func (w *walk) overrides(n *yaml.Node, keys []key) map[string]Override {
	if n.Kind != yaml.MappingNode {
		w.wrongType(n, "override", "a group of issuers")
		return nil
	}
	var names []key
	lines := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		if name := n.Content[i]; name.Kind == yaml.ScalarNode && name.Tag != "!!merge" {
			if !issuerPattern.MatchString(name.Value) {
				w.fail(name.Line, "override: %s is not an issuer's name; write for example alipay-huabei", quote(name.Value))
			}
			names = append(names, key{name: name.Value})
			lines[name.Value] = name.Line
		}
	}
	all, _ := w.group(n, "override", names)
	out := map[string]Override{}
	for _, name := range names {
		v := all.values[name.name]
		if _, again := out[name.name]; again || v == nil {
			continue // reported
		}
		what := "the override of " + quote(name.name)
		g, ok := w.group(v, what, keys)
		out[name.name] = Override{}
		if ok {
			o := g.override(v, what)
			o.Line = lines[name.name]
			out[name.name] = o
		}
	}
	return out
}

func (g group) override(n *yaml.Node, what string) Override {
	if len(n.Content) == 0 {
		g.w.fail(g.line, "%s: empty; write grace, cut_off, needs_workday, terms or for, or remove it", what)
	}
	out := Override{Rules: g.rules()}
	k, _ := find(g.keys, "for")
	nodes, ok := g.items("for")
	if ok && len(nodes) == 0 {
		g.fail("for", "an empty list; write for example [{account: \"1234\", grace: 3d}]")
	}
	seen := map[[3]string]int{}
	for _, n := range nodes {
		f, ok := g.w.group(n, "an entry of for", k.keys)
		if !ok {
			continue
		}
		o := OverrideFor{Account: f.account(), Rules: f.rules()}
		o.Seller, _ = f.text("seller")
		o.Bill, _ = f.text("bill")
		which := [3]string{o.Account, o.Seller, o.Bill}
		switch {
		case !f.has("account") && !f.has("seller") && !f.has("bill"):
			f.w.fail(f.line, "for: says for no account, seller or bill; add one of them, or write the rules above")
		case !f.has("grace") && !f.has("cut_off") && !f.has("needs_workday") && !f.has("terms"):
			f.w.fail(f.line, "for: changes nothing; add grace, cut_off, needs_workday or terms")
		case len(f.broken) > 0: // reported
		case seen[which] > 0:
			f.w.fail(f.line, "for: the entry on line %d is for the same bills; keep one", seen[which])
		default:
			seen[which] = f.line
		}
		out.For = append(out.For, o)
	}
	return out
}

// rules reads what an override changes of an issuer's rules.
func (g group) rules() Rules {
	r := Rules{Grace: g.days("grace"), NeedsWorkday: g.yes("needs_workday")}
	if s, ok := g.text("cut_off"); ok {
		c, err := bill.ParseClock(s)
		if err != nil {
			g.fail("cut_off", "%v", err)
		}
		r.CutOff = c
	}
	switch n := g.values["terms"]; {
	case n == nil:
	case n.Kind != yaml.MappingNode:
		g.w.wrongType(n, "terms", "a group of keys")
	case len(n.Content) == 0:
		g.fail("terms", "empty; write what differs from the issuer's terms, such as {interest: [{rate: 0.05%%, base: outstanding}]}")
	default:
		r.Terms = n
	}
	return r
}
