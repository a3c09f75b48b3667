package main

import (
	"cmp"
	"slices"

	"repayd/internal/bill"
	"repayd/internal/letter"
)

// What bills can be grouped by.
const (
	byIssuer = "issuer"
	byDay    = "day"
)

// gather brings together the bills of one block, and within it those of one
// issuer and due day. Blocks come in the order of their most urgent bill; days
// come in their own order, what has no date first because it needs an answer.
func gather(list []listed, by string) {
	if by == "" {
		return
	}
	first := map[string]int{}
	for i, l := range list {
		if _, seen := first[l.bill.Issuer]; !seen {
			first[l.bill.Issuer] = i
		}
	}
	slices.SortStableFunc(list, func(x, y listed) int {
		issuers := cmp.Compare(first[x.bill.Issuer], first[y.bill.Issuer])
		days := cmp.Compare(x.bill.DueDate, y.bill.DueDate)
		if by == byIssuer {
			return cmp.Or(issuers, days)
		}
		return cmp.Or(days, issuers)
	})
}

// blocks puts a heading with its sums over the rows of each block, and a sum
// under the rows that one issuer wants on one day where there are several.
// lines are those of the table of list, its head first.
func blocks(list []listed, lines []string, by string, colour bool) []string {
	out := []string{lines[0]}
	for from := 0; from < len(list); {
		to := stretch(list, from, func(x, y *bill.Bill) bool { return keyOf(x, by) == keyOf(y, by) })
		head := text("bills.block", "what", blockName(list[from].bill, by), "n", to-from, "sum", total(list[from:to]))
		if colour {
			head = bold + head + plain
		}
		out = append(out, "", head)
		for at := from; at < to; {
			end := min(to, stretch(list, at, samePair))
			out = append(out, lines[at+1:end+1]...)
			if end-at > 1 && end-at < to-from {
				out = append(out, text("bills.pair", "name", blockName(list[at].bill, byIssuer), "day", dueText(list[at].bill), "n", end-at, "sum", total(list[at:end])))
			}
			at = end
		}
		from = to
	}
	return out
}

// stretch returns the end of the bills from on that are the same as the first.
func stretch(list []listed, from int, same func(x, y *bill.Bill) bool) int {
	to := from + 1
	for to < len(list) && same(list[from].bill, list[to].bill) {
		to++
	}
	return to
}

func samePair(x, y *bill.Bill) bool { return x.Issuer == y.Issuer && x.DueDate == y.DueDate }

func keyOf(b *bill.Bill, by string) string {
	if by == byDay {
		return b.DueDate.String()
	}
	return b.Issuer
}

func blockName(b *bill.Bill, by string) string {
	if by == byDay {
		return dueText(b)
	}
	return clean(cmp.Or(b.IssuerName, b.Issuer, text("bill.nobody")))
}

// dueText is the due day as a heading.
func dueText(b *bill.Bill) string {
	return cmp.Or(letter.FormatDay(b.DueDate, language()), text("bills.no_day"))
}
