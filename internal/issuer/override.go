package issuer

import (
	"cmp"
	"fmt"
	"strings"

	"repayd/internal/bill"
)

// Override is what the owner's configuration changes of an issuer file: for all
// of the issuer's bills, and for some. What a notice says wins over it.
type Override struct {
	Changes
	For []OverrideFor // the first that fits a bill wins
}

// Changes replace rules; what is not set stays as the file says.
type Changes struct {
	Grace        *int       // days
	CutOff       bill.Clock // on the last safe day
	NeedsWorkday *bool
}

// OverrideFor are changes for the bills of one account, merchant or id; an
// empty one of these fits all.
type OverrideFor struct {
	Account, Merchant, Bill string
	Changes
}

func (c Changes) apply(t bill.Terms) bill.Terms {
	if c.Grace != nil {
		t.Grace, t.GraceBy = *c.Grace, "override"
	}
	t.CutOff = cmp.Or(c.CutOff, t.CutOff)
	if c.NeedsWorkday != nil {
		t.NeedsWorkday = *c.NeedsWorkday
	}
	return t
}

// said spells an override out, so that two of one effect are alike.
func (o Override) said() string {
	var out strings.Builder
	say := func(which string, c Changes) {
		fmt.Fprintf(&out, "%s:", which)
		if c.Grace != nil {
			fmt.Fprintf(&out, " grace %d", *c.Grace)
		}
		if c.CutOff.Known() {
			fmt.Fprintf(&out, " cut-off %s", c.CutOff)
		}
		if c.NeedsWorkday != nil {
			fmt.Fprintf(&out, " workday %t", *c.NeedsWorkday)
		}
	}
	say("all", o.Changes)
	for _, f := range o.For {
		say(fmt.Sprintf("; %q", []string{f.Account, f.Merchant, f.Bill}), f.Changes)
	}
	return out.String()
}

// TermsFor returns the rules for one bill where the owner changed them for it,
// or for its account or merchant; false where they are those of its issuer.
func (s *Set) TermsFor(b *bill.Bill) (bill.Terms, bool) {
	r := s.byName[b.Issuer]
	if r == nil {
		return bill.Terms{}, false
	}
	for _, f := range r.overrides {
		if isOrAny(f.Account, b.Account) && isOrAny(f.Merchant, b.Merchant) && isOrAny(f.Bill, b.ID) {
			return f.apply(s.Terms(b.Issuer)), true
		}
	}
	return bill.Terms{}, false
}

func isOrAny(want, is string) bool { return want == "" || want == is }
