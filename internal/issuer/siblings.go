package issuer

import (
	"cmp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// readSiblings reads a message that could be of several issuers of its domain
// as each of them, and keeps the best reading: that of the domain's default,
// then of one whose first domain the sender's is, then the more certain one.
// Only the default's word makes it certain which issuer it is; a message that
// any of them can read is never passed over.
func (e envelope) readSiblings(order []*rule, rd *Reading) (chosen *rule, certain bool) {
	type attempt struct {
		r  *rule
		rd Reading
	}
	var tried []attempt
	for _, r := range order {
		a := attempt{r: r}
		a.rd.Fared = []Fared{e.readAs(r, &a.rd)}
		tried = append(tried, a)
	}
	rank := func(a attempt) int {
		n := 0
		switch a.rd.Outcome {
		case bill.OutcomeNotices:
			n = 2
		case bill.OutcomeNeedsReview:
			n = 1
		}
		if n > 0 && a.r.home(e.sender) {
			n += 2
			if a.r.standard {
				n += 2
			}
		}
		return n
	}
	slices.SortStableFunc(tried, func(a, b attempt) int { return cmp.Compare(rank(b), rank(a)) })
	best := tried[0]
	rd.Outcome, rd.Notices = best.rd.Outcome, best.rd.Notices
	for _, a := range tried {
		rd.Fared = append(rd.Fared, a.rd.Fared...)
	}
	return best.r, best.r.standard && best.r.home(e.sender) && best.rd.Outcome == bill.OutcomeNotices
}

// home reports whether a host is of the issuer's first domain.
func (r *rule) home(host string) bool {
	return host == r.from[0] || strings.HasSuffix(host, "."+r.from[0])
}
