package bill

import (
	"fmt"
	"strconv"
	"time"
)

// What a Change can be about besides a Field.
const (
	ChangeBorn       = "born"        // the bill came into being
	ChangeHeard      = "heard"       // a notice or command that changed nothing
	ChangeIssuer     = "issuer"      //
	ChangeLeft       = "outstanding" //
	ChangePaid       = "paid"        //
	ChangeCredit     = "credit"      // paid beyond what was owed
	ChangeTolerated  = "tolerated"   // a rest within the issuer's tolerance
	ChangeSettled    = "settled"     // To is the day the money went
	ChangeReopened   = "reopened"    //
	ChangeDropped    = "dropped"     //
	ChangeReplaced   = "replaced"    // by instalments; To is how many
	ChangeAutopay    = "autopay"     //
	ChangeSnoozed    = "snoozed"     // To is the instant it ends
	ChangeCase       = "case"        // the state of the talk with the issuer
	ChangeProblem    = "problem"     // To is the question; From one that is answered
	ChangeTrust      = "trust"       //
	ChangeNote       = "note"        //
	ChangeEarlierDue = "earlier_due" // an unverified claim
)

// History tells every change of a bill, in the order in which it became known.
// It is derived from the same fold as the bill and stored nowhere, so it never
// says anything else than the bill does. Each notice and command has at least
// one line: what was heard and changed nothing says so.
func History(g Group, t Terms) []Change {
	f := newFolder(g, t)
	var out []Change
	was := map[string]string{}
	for i, e := range events(g) {
		f.apply(e)
		b := f.now()
		by := cause(e)
		lines := 0
		if i == 0 {
			line := by
			line.What = ChangeBorn
			out = append(out, line)
			lines++
		}
		for _, s := range story(&b) {
			if s.value == was[s.what] {
				continue
			}
			line := by
			line.What, line.From, line.To = s.what, was[s.what], s.value
			line.Evidence = evidenceOf(e, Field(s.what))
			out = append(out, line)
			was[s.what] = s.value
			lines++
		}
		if lines == 0 {
			line := by
			line.What = ChangeHeard
			out = append(out, line)
		}
	}
	return out
}

// cause is a Change that names the notice or command behind it.
func cause(e event) Change {
	if e.c != nil {
		return Change{At: e.at, By: e.id, Kind: string(e.c.Kind), Trust: TrustOwner}
	}
	return Change{At: e.at, By: e.id, Kind: string(e.n.Kind), Trust: e.n.Trust}
}

// evidenceOf is where the notice says what changed: a change of what is left
// rests on the amount due or paid.
func evidenceOf(e event, field Field) Evidence {
	if e.c != nil {
		return Evidence{Part: "command", Text: e.c.Note}
	}
	ev, ok := e.n.Evidence[field]
	if !ok && (field == ChangeLeft || field == ChangePaid || field == ChangeSettled || field == ChangeCredit) {
		if ev, ok = e.n.Evidence[FieldPaidAmount]; !ok {
			ev = e.n.Evidence[FieldAmountDue]
		}
	}
	return ev
}

type fact struct{ what, value string }

// story is what a bill's history follows, each as text; "" is not known.
func story(b *Bill) []fact {
	facts := []fact{
		{ChangeIssuer, b.Issuer},
		{string(FieldAccount), b.Account},
		{string(FieldReference), b.Reference},
		{string(FieldStatementDate), b.StatementDate.String()},
		{string(FieldAmountDue), b.AmountDue.String()},
		{string(FieldMinimumDue), b.MinimumDue.String()},
		{string(FieldPenalty), b.Penalty.String()},
		{string(FieldDueDate), b.DueDate.String()},
		{string(FieldLastSafeDay), b.LastSafeDay.String()},
		{ChangeEarlierDue, b.EarlierDue.String()},
		{ChangePaid, b.Paid.String()},
		{ChangeLeft, b.Outstanding.String()},
		{ChangeTolerated, b.Tolerated.String()},
		{ChangeCredit, b.Credit.String()},
		{ChangeAutopay, when(b.Autopay, "on")},
		{ChangeTrust, string(b.Trust)},
		{ChangeNote, b.Note},
		{ChangeSnoozed, instant(b.SnoozeUntil)},
		{ChangeReopened, instant(b.ReopenedAt)},
		{ChangeDropped, instant(b.DroppedAt)},
		{ChangeSettled, when(!b.SettledAt.IsZero(), dayOr(b.SettledDay, b.SettledAt))},
	}
	if b.Case != nil {
		facts = append(facts, fact{ChangeCase, string(b.Case.State)})
		if a := b.Case.Agreement; a != nil {
			facts = append(facts, fact{ChangeReplaced, when(!b.Replaced.IsZero(), strconv.Itoa(len(a.Instalments)))})
		}
	}
	problems := ""
	for _, p := range b.Problems {
		if problems != "" {
			problems += "; "
		}
		problems += fmt.Sprintf("%s: %s", p.Field, p.Why)
	}
	return append(facts, fact{ChangeProblem, problems})
}

func when(ok bool, s string) string {
	if !ok {
		return ""
	}
	return s
}

func dayOr(d Day, at time.Time) string {
	if d.Known() {
		return d.String()
	}
	return instant(at)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
