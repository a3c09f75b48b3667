package bill

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func order(id, when string, kind CommandKind, change ...func(*Command)) Command {
	c := Command{ID: id, Kind: kind, At: at(when), Bill: "b"}
	for _, f := range change {
		f(&c)
	}
	return c
}

func sum(s string) func(*Command)       { return func(c *Command) { c.Amount = cny(s) } }
func step(a Arrangement) func(*Command) { return func(c *Command) { c.Arrange = &a } }
func parts(s ...string) (out []Instalment) { // "2026-02-01 100.00"
	for _, p := range s {
		d, m, _ := strings.Cut(p, " ")
		out = append(out, Instalment{day(d), cny(m)})
	}
	return out
}

func groupOf(commands ...Command) Group {
	return Group{ID: "b", Commands: commands, Notices: []Notice{
		notice("s", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", period("2026-01"), statementOn("2026-01-01"))}}
}

func TestPaying(t *testing.T) {
	t.Parallel()
	tolerant := terms
	tolerant.Tolerance = []Money{cny("10.00")}
	pay := func(id, amount, on string) Notice {
		return notice(id, KindPayment, on+" 12:00", amount, on, func(n *Notice) { n.Evidence = nil })
	}
	minimum := func(n *Notice) { n.MinimumDue = cny("50.00") }
	type want struct {
		left, paid, credit, tolerated string
		open, minimum, asks           bool
	}
	for _, c := range []struct {
		name     string
		terms    Terms
		notices  []Notice
		commands []Command
		want     want
	}{
		{"a part is not the whole", terms, []Notice{pay("p", "450.00", "2026-01-05")}, nil, want{left: "50.00", paid: "450.00", open: true, minimum: true}},
		{"less than the minimum", terms, []Notice{pay("p", "49.99", "2026-01-05")}, nil, want{left: "450.01", paid: "49.99", open: true}},
		{"the minimum, too late", terms, []Notice{pay("p", "50.00", "2026-01-11")}, nil, want{left: "450.00", paid: "50.00", open: true}},
		{"a rest of the tolerance is paid", tolerant, []Notice{pay("p", "490.00", "2026-01-05")}, nil, want{left: "0.00", paid: "490.00", tolerated: "10.00", minimum: true}},
		{"a cent more is not", tolerant, []Notice{pay("p", "489.99", "2026-01-05")}, nil, want{left: "10.01", paid: "489.99", open: true, minimum: true}},
		{"more than owed, told by a notice, asks", terms, []Notice{pay("p", "600.00", "2026-01-05")}, nil, want{left: "500.00", paid: "600.00", open: true, asks: true}},
		{"more than owed, said by the owner, is credit", terms, nil, []Command{order("c", "2026-01-05 09:00", CommandPaid, sum("600.00"))}, want{left: "0.00", paid: "600.00", credit: "100.00", minimum: true}},
		{"a refund lowers", terms, []Notice{notice("r", KindRefund, "2026-01-05 12:00", "", "", func(n *Notice) { n.PaidAmount = cny("200.00") })}, nil, want{left: "300.00", paid: "200.00", open: true, minimum: true}},
		{"a refund of more than is left is credit", terms, []Notice{pay("p", "400.00", "2026-01-05"), notice("r", KindRefund, "2026-01-06 12:00", "", "", func(n *Notice) { n.PaidAmount = cny("500.00") })}, nil,
			want{left: "0.00", paid: "900.00", credit: "400.00", minimum: true}},
		{"a returned part owes it again", terms, []Notice{pay("p", "200.00", "2026-01-05"), notice("f", KindAutopayFailed, "2026-01-06 12:00", "", "", func(n *Notice) { n.PaidAmount = cny("200.00") })}, nil, want{left: "500.00", open: true}},
		{"reopen takes back the newest payment only", terms, []Notice{pay("p", "200.00", "2026-01-05")},
			[]Command{order("c1", "2026-01-06 09:00", CommandPaid), order("c2", "2026-01-06 10:00", CommandReopen)}, want{left: "300.00", paid: "200.00", open: true, minimum: true}},
		{"reopen takes back a part", terms, nil,
			[]Command{order("c1", "2026-01-06 09:00", CommandPaid, sum("100.00")), order("c2", "2026-01-06 10:00", CommandReopen)}, want{left: "500.00", open: true}},
		{"reopen takes back a drop, not the payment before it", terms, nil,
			[]Command{order("c1", "2026-01-06 09:00", CommandPaid, sum("100.00")), order("c2", "2026-01-06 10:00", CommandDrop), order("c3", "2026-01-06 11:00", CommandReopen)}, want{left: "400.00", paid: "100.00", open: true, minimum: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := groupOf(c.commands...)
			minimum(&g.Notices[0])
			g.Notices = append(g.Notices, c.notices...)
			b := Fold(g, c.terms)
			got := want{b.Outstanding.Decimal(), b.Paid.Decimal(), b.Credit.Decimal(), b.Tolerated.Decimal(), b.Open(), b.MinimumMet, len(b.Problems) > 0}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestArranging(t *testing.T) {
	t.Parallel()
	graceful := terms
	graceful.Grace, graceful.GraceBy = 3, "rule"
	agreed := func(a Arrangement) Command {
		a.State = CaseAgreed
		return order("a", "2026-01-12 09:00", CommandArrange, step(a))
	}
	plan := Arrangement{Instalments: parts("2026-02-01 250.00", "2026-03-01 250.00"), Revives: true}
	broken := order("x", "2026-02-02 00:10", CommandArrange, step(Arrangement{State: CaseBroken, Paid: cny("100.00")}))
	for _, c := range []struct {
		name     string
		commands []Command
		due      string
		safe     string
		left     string
		open     bool
		state    CaseState
	}{
		{"asking changes nothing about the bill", []Command{order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseRequested}))}, "2026-01-10", "2026-01-13", "500.00", true, CaseRequested},
		{"an extension moves it and has no grace", []Command{agreed(Arrangement{Due: day("2026-02-10")})}, "2026-02-10", "2026-02-10", "500.00", true, CasePerforming},
		{"an extension at a price", []Command{agreed(Arrangement{Due: day("2026-02-10"), Fee: cny("15.00")})}, "2026-02-10", "2026-02-10", "515.00", true, CasePerforming},
		{"another sum", []Command{agreed(Arrangement{Due: day("2026-02-10"), Amount: cny("480.00")})}, "2026-02-10", "2026-02-10", "480.00", true, CasePerforming},
		{"a waiver", []Command{agreed(Arrangement{Waive: cny("20.00")})}, "2026-01-10", "2026-01-13", "480.00", true, CasePerforming},
		{"all of it waived", []Command{agreed(Arrangement{Waive: cny("500.00")})}, "2026-01-10", "2026-01-13", "0.00", false, CaseSettled},
		{"a plan replaces it", []Command{agreed(plan)}, "2026-01-10", "2026-01-13", "0.00", false, CasePerforming},
		{"a broken plan owes what is left", []Command{agreed(plan), broken}, "2026-01-10", "2026-01-13", "400.00", true, CaseBroken},
		{"a plan taken back", []Command{agreed(plan), order("r", "2026-01-12 10:00", CommandReopen)}, "2026-01-10", "2026-01-13", "500.00", true, ""},
		{"paid while it is asked", []Command{order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseWaiting})), order("p", "2026-01-13 09:00", CommandPaid)}, "2026-01-10", "2026-01-13", "0.00", false, CaseSettled},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Fold(groupOf(c.commands...), graceful)
			var state CaseState
			if b.Case != nil {
				state = b.Case.State
			}
			got := fmt.Sprintln(b.DueDate, b.LastSafeDay, b.Outstanding.Decimal(), b.Open(), state)
			if want := fmt.Sprintln(c.due, c.safe, c.left, c.open, c.state); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestTheAgreedSumCountsThePenalty: what is agreed to be paid is what is owed,
// and the penalty in it stays apart.
func TestTheAgreedSumCountsThePenalty(t *testing.T) {
	t.Parallel()
	for sum, want := range map[string]string{"480.00": "477.00 3.00", "2.00": "2.00 0.00"} {
		g := groupOf(order("a", "2026-01-16 09:00", CommandArrange, step(Arrangement{State: CaseAgreed, Due: day("2026-02-10"), Amount: cny(sum)})))
		g.Notices = append(g.Notices, notice("o", KindOverdue, "2026-01-15 08:00", "500.00", "2026-01-10", func(n *Notice) { n.Penalty = cny("3.00") }))
		b := Fold(g, terms)
		if got := b.Outstanding.Decimal() + " " + b.Penalty.Decimal(); got != want || b.Owed() != cny(sum) || !b.Open() {
			t.Errorf("agreed on %s: left and penalty %s; want %s", sum, got, want)
		}
	}
}

// TestDueBeforeTheStatementIsAQuestion: the date that was stays.
func TestDueBeforeTheStatementIsAQuestion(t *testing.T) {
	t.Parallel()
	g := groupOf()
	g.Notices = append(g.Notices, notice("d", KindDueSoon, "2026-01-05 08:00", "500.00", "2025-12-20"))
	if b := Fold(g, terms); b.DueDate != day("2026-01-10") || len(b.Problems) != 1 {
		t.Errorf("due %v, problems %v", b.DueDate, b.Problems)
	}
}

// TestOverdueAfterSettlementReopensWhateverItsSum: also where the owner had
// replaced the sum that the notice repeats.
func TestOverdueAfterSettlementReopensWhateverItsSum(t *testing.T) {
	t.Parallel()
	g := groupOf(order("c1", "2026-01-05 09:00", CommandSet, sum("450.00")), order("c2", "2026-01-06 09:00", CommandPaid))
	g.Notices = append(g.Notices, notice("o", KindOverdue, "2026-01-15 08:00", "500.00", "2026-01-10"))
	if b := Fold(g, terms); !b.Open() || b.Outstanding != cny("450.00") || b.ReopenedAt.IsZero() {
		t.Errorf("open %v, left %v, reopened %v", b.Open(), b.Outstanding, b.ReopenedAt)
	}
}

// TestOverdueAfterAPlanIsAQuestion: an issuer that calls the old bill overdue
// knows of no plan; saying nothing would lose a reminder.
func TestOverdueAfterAPlanIsAQuestion(t *testing.T) {
	t.Parallel()
	g := groupOf(order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseAgreed, Instalments: parts("2026-02-01 500.00")})))
	g.Notices = append(g.Notices, notice("o", KindOverdue, "2026-01-15 08:00", "500.00", "2026-01-10"))
	if b := Fold(g, terms); !b.Open() || len(b.Problems) == 0 || b.Outstanding != cny("500.00") {
		t.Errorf("open %v, left %v, problems %v", b.Open(), b.Outstanding, b.Problems)
	}
}

func TestCheckRefusesWhatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	b := Fold(groupOf(), terms)
	penal := b
	penal.Penalty = cny("3.00")
	usd := Instalment{day("2026-03-01"), Money{25000, "USD"}}
	for _, c := range []struct {
		name string
		b    Bill
		a    Arrangement
		want string // of the error, "" = none
	}{
		{"adds up", b, Arrangement{Instalments: parts("2026-02-01 250.00", "2026-03-01 250.00")}, ""},
		{"a cent short", b, Arrangement{Instalments: parts("2026-02-01 250.00", "2026-03-01 249.99")}, "-0.01 CNY differs"},
		{"with a waiver and a fee", b, Arrangement{Waive: cny("20.00"), Fee: cny("5.00"), Instalments: parts("2026-02-01 485.00")}, ""},
		{"the penalty counts", penal, Arrangement{Instalments: parts("2026-02-01 500.00")}, "-3.00 CNY differs"},
		{"the penalty waived", penal, Arrangement{Waive: cny("3.00"), Instalments: parts("2026-02-01 500.00")}, ""},
		{"two currencies", b, Arrangement{Instalments: append(parts("2026-02-01 250.00"), usd)}, "one currency"},
		{"the days do not go on", b, Arrangement{Instalments: parts("2026-03-01 250.00", "2026-02-01 250.00")}, "does not come after"},
		{"in the past", b, Arrangement{Instalments: parts("2026-01-11 500.00")}, "from 2026-01-12 on"},
		{"nothing agreed", b, Arrangement{}, "say what was agreed"},
		{"another sum", b, Arrangement{Due: day("2026-02-01"), Amount: cny("520.00")}, ""},
		{"another sum without a date", b, Arrangement{Waive: cny("1.00"), Amount: cny("520.00")}, "goes with a new due date"},
		{"another sum of nothing", b, Arrangement{Due: day("2026-02-01"), Amount: cny("0.00")}, "above 0"},
		{"another sum and a fee", b, Arrangement{Due: day("2026-02-01"), Amount: cny("520.00"), Fee: cny("20.00")}, "either the sum or these"},
		{"another sum in another currency", b, Arrangement{Due: day("2026-02-01"), Amount: Money{52000, "USD"}}, "one currency"},
		{"both", b, Arrangement{Due: day("2026-02-01"), Instalments: parts("2026-02-01 500.00")}, "not both"},
		{"more waived than owed", b, Arrangement{Waive: cny("500.01")}, "cannot be waived"},
		{"an instalment of nothing", b, Arrangement{Instalments: parts("2026-02-01 0.00", "2026-03-01 500.00")}, "above 0"},
		{"before the statement", b, Arrangement{Due: day("2025-12-31")}, "already over"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.a.State = CaseAgreed
			err := c.a.Check(&c.b, day("2026-01-12"))
			if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestHistoryTellsTheStory(t *testing.T) {
	t.Parallel()
	g := groupOf(
		order("c1", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseWaiting})),
		order("c2", "2026-01-13 09:00", CommandPaid, sum("300.00")),
		order("c3", "2026-01-13 09:05", CommandReopen))
	p := notice("p", KindPayment, "2026-01-11 12:00", "200.00", "2026-01-11")
	p.Evidence = map[Field]Evidence{FieldPaidAmount: {Part: "text/plain", Text: "还款金额 200.00"}}
	g.Notices = append(g.Notices, p)
	var got []string
	for _, c := range History(g, terms) {
		got = append(got, fmt.Sprintf("%s %s %s: %s > %s %s", c.At.In(shanghai).Format("01-02"), c.By, c.What, c.From, c.To, c.Text))
	}
	want := []string{
		"01-01 s born:  >  ", "01-01 s issuer:  > alipay-huabei ", "01-01 s statement_date:  > 2026-01-01 ",
		"01-01 s amount_due:  > 500.00 CNY ", "01-01 s due_date:  > 2026-01-10 ", "01-01 s last_safe_day:  > 2026-01-10 ",
		"01-01 s outstanding:  > 500.00 CNY ", "01-01 s trust:  > vouched ",
		"01-11 p paid:  > 200.00 CNY 还款金额 200.00", "01-11 p outstanding: 500.00 CNY > 300.00 CNY 还款金额 200.00",
		"01-12 c1 case:  > waiting ",
		"01-13 c2 paid: 200.00 CNY > 500.00 CNY ", "01-13 c2 outstanding: 300.00 CNY > 0.00 CNY ", "01-13 c2 settled:  > 2026-01-13 ", "01-13 c2 case: waiting > settled ",
		"01-13 c3 paid: 500.00 CNY > 200.00 CNY ", "01-13 c3 outstanding: 0.00 CNY > 300.00 CNY ", "01-13 c3 settled: 2026-01-13 >  ", "01-13 c3 case: settled > waiting ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestHistoryEndsInTheBill: whatever happened, what the history said last of
// each fact is what the bill says, and no line changes nothing.
func TestHistoryEndsInTheBill(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		groups, _ := arrive(nil, nil, world(rt, []Trust{TrustVouched, TrustForwarded, TrustUnverified}, "n"), terms)
		for _, g := range groups {
			b := Fold(g, terms)
			last, prev := map[string]string{}, time.Time{}
			for _, c := range History(g, terms) {
				if c.At.Before(prev) || c.By == "" || c.Kind == "" || (c.From == c.To && c.What != ChangeBorn && c.What != ChangeHeard) {
					rt.Fatalf("%+v after %v", c, prev)
				}
				prev, last[c.What] = c.At, c.To
			}
			g.Problems = nil
			for _, s := range story(&b) {
				if s.value != last[s.what] {
					rt.Fatalf("%s is %q, the history ends in %q", s.what, s.value, last[s.what])
				}
			}
		}
	})
}

func TestTasks(t *testing.T) {
	t.Parallel()
	paid := func(on string) Command {
		return order("p", on+" 12:00", CommandPaid)
	}
	waiting := order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseWaiting}))
	for _, c := range []struct {
		name     string
		commands []Command
		want     []string
	}{
		{"open", nil, nil},
		{"paid in time", []Command{paid("2026-01-10")}, nil},
		{"paid late", []Command{paid("2026-01-15")}, []string{"keep_proof 2026-01-16", "check_service 2026-01-17", "ask_limit 2026-01-18", "credit_record 2026-03-01"}},
		{"a plan paid to its end", []Command{order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseAgreed, Instalments: parts("2026-02-01 500.00")})),
			order("e", "2026-02-01 09:00", CommandArrange, step(Arrangement{State: CaseSettled}))}, []string{"keep_proof 2026-02-02", "check_service 2026-02-03", "ask_limit 2026-02-04", "credit_record 2026-03-18"}},
		{"waiting for an answer", []Command{waiting}, []string{"follow_up 2026-01-15"}},
		{"the owner's day", []Command{order("a", "2026-01-12 09:00", CommandArrange, step(Arrangement{State: CaseRequested, FollowUp: day("2026-01-20")}))}, []string{"follow_up 2026-01-20"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Fold(groupOf(c.commands...), terms)
			var got []string
			ids := map[string]bool{}
			for _, task := range b.Tasks(shanghai) {
				got = append(got, task.Code+" "+task.Due.String())
				if len(c.want) > 1 && task.First().String() != c.want[0][len("keep_proof "):] {
					t.Errorf("%s is first told of on %s", task.Code, task.First())
				}
				ids[task.ID] = true
			}
			if diff := cmp.Diff(c.want, got); diff != "" || len(ids) != len(got) {
				t.Errorf("%s ids %v", diff, ids)
			}
		})
	}
}
