package issuer

import (
	"fmt"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// rule derives the due date of a bill that does not print one, from its
// statement date by the issuer's terms or from its month by the file's due_rule.
func (t *task) rule(n *bill.Notice) {
	if n.DueDate.Known() || hasProblem(n, bill.FieldDueDate) || t.doubtful {
		return
	}
	switch n.Kind {
	case bill.KindStatement, bill.KindDueSoon, bill.KindAutopay:
	default:
		return
	}
	if due, ok := t.r.dueAfter(n.StatementDate); ok {
		n.DueDate = due
		n.Evidence[bill.FieldDueDate] = bill.Evidence{Part: "rule", Text: fmt.Sprintf("bills of %s are due on %s by the issuer's terms", n.StatementDate, due)}
		return
	}
	t.dueOfMonth(n)
}

// dueAfter is the due date that follows from a statement date. Only a proven
// rule counts, and none for which a working day matters: its calendar is not
// known here.
func (r *rule) dueAfter(statement bill.Day) (bill.Day, bool) {
	if r.full == nil {
		return 0, false
	}
	for _, d := range r.full.Due {
		if d.From == terms.FromStatement && d.Certainty.Proven() && !d.NeedsWorkdays() {
			return d.On(statement, "", nil)
		}
	}
	return 0, false
}

// dueOfMonth derives the due date of a bill that prints only its month, where
// the file says on which day such bills are due.
func (t *task) dueOfMonth(n *bill.Notice) {
	if t.r.due == nil || n.Period == "" {
		return
	}
	year, month, day := t.received.Date()
	before := month - 1
	beforeYear := year
	if before == 0 {
		before, beforeYear = 12, year-1
	}
	// The bill of the 1st is named after its own month by some and after the
	// month before by others; received between the two days it is the same.
	named := n.Period == fmt.Sprintf("%04d-%02d", year, month) || n.Period == fmt.Sprintf("%04d-%02d", beforeYear, before)
	if day < t.r.due.Statement || day > t.r.due.Due || !named {
		return
	}
	n.DueDate, _ = bill.NewDay(year, month, t.r.due.Due)
	n.Evidence[bill.FieldDueDate] = bill.Evidence{Part: "rule", Text: fmt.Sprintf("bills of the %d. are due on the %d. of the month", t.r.due.Statement, t.r.due.Due)}
}
