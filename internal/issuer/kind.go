package issuer

import (
	"slices"

	"repayd/internal/bill"
)

// fits reports whether a message is of this kind, and by which pattern, or by
// which pattern not.
func (n *notice) fits(d *document) (ok bool, by, against *pattern) {
	by = d.first(n.whenSubject, true)
	if by == nil {
		by = d.first(n.when, false)
	}
	if by == nil {
		return false, nil, nil
	}
	against = d.first(n.unlessSubject, true)
	if against == nil {
		against = d.first(n.unless, false)
	}
	return against == nil, by, against
}

// decide picks the kind of a message: what ends or denies a debt first, then
// what is urgent, then the ordinary bill. It records how each one fared.
func (r *rule) decide(d *document, f *Fared) *notice {
	for _, n := range r.notices {
		by := d.first(n.sure, true)
		if by == nil {
			continue
		}
		if against := d.first(slices.Concat(n.unlessSubject, n.unless), true); against == nil {
			f.notef("%s: the subject says it by %q", n.kind, by.source)
			f.used = append(f.used, by)
			return n
		}
	}
	var chosen *notice
	for _, n := range r.notices {
		ok, by, against := n.fits(d)
		switch {
		case by == nil:
			continue
		case against != nil:
			f.notef("%s: %q is there, but so is %q", n.kind, by.source, against.source)
		case ok && chosen == nil:
			f.notef("%s: known by %q", n.kind, by.source)
			f.used = append(f.used, by)
			chosen = n
		}
	}
	return chosen
}

// wordingOf returns the wording of a kind: that of the notice by which it was
// known first, then what the other files of the rule say of the same kind.
func (r *rule) wordingOf(n *notice) (trees forest, sentences []*pattern) {
	trees, sentences = forest{n.labels}, slices.Clone(n.sentences)
	for _, o := range r.notices {
		if o != n && o.kind == n.kind {
			trees = append(trees, o.labels)
			sentences = append(sentences, o.sentences...)
		}
	}
	return trees, sentences
}

// paidInFull returns the first phrase of a kind that says nothing is left.
func (r *rule) paidInFull(d *document, k bill.Kind) *pattern {
	for _, n := range r.notices {
		if n.kind == k {
			if p := d.first(n.paidInFull, false); p != nil {
				return p
			}
		}
	}
	return nil
}

// sortNotices brings the kinds into the order of decide.
func (r *rule) sortNotices() {
	order := kindOrder()
	slices.SortStableFunc(r.notices, func(a, b *notice) int {
		return slices.Index(order, a.kind) - slices.Index(order, b.kind)
	})
}

// settles reports the kinds that end or lower a debt.
func settles(k bill.Kind) bool {
	return k == bill.KindPayment || k == bill.KindRefund || k == bill.KindZero
}
