package bill

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var shanghai = time.FixedZone("CST", 8*3600)

var terms = Terms{Issuer: "alipay-huabei", Name: "花呗", Zone: zone("Asia/Shanghai")}

func day(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func cny(s string) Money {
	m, err := ParseMoney(s, "CNY")
	if err != nil {
		panic(err)
	}
	return m
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// notice makes a vouched notice; id is also its message.
func notice(id string, kind Kind, received, amount, due string, change ...func(*Notice)) Notice {
	n := Notice{ID: id, Message: id, Received: at(received), Trust: TrustVouched, Kind: kind,
		Issuer: "alipay-huabei", Currency: "CNY", Recipient: "owner@example.com"}
	if amount != "" {
		n.AmountDue = cny(amount)
		if kind == KindPayment {
			n.AmountDue, n.PaidAmount = Money{}, cny(amount)
		}
	}
	if due != "" {
		n.DueDate = day(due)
		if kind == KindPayment {
			n.DueDate, n.PaidDate = 0, day(due)
		}
	}
	for _, f := range change {
		f(&n)
	}
	return n
}

func by(t Trust) func(*Notice)           { return func(n *Notice) { n.Trust = t } }
func account(a string) func(*Notice)     { return func(n *Notice) { n.Account = a } }
func period(p string) func(*Notice)      { return func(n *Notice) { n.Period = p } }
func ref(r string) func(*Notice)         { return func(n *Notice) { n.Reference = r } }
func daysLate(d int) func(*Notice)       { return func(n *Notice) { n.DaysLate = d } }
func statementOn(d string) func(*Notice) { return func(n *Notice) { n.StatementDate = day(d) } }

// told folds notices that arrived one after another, with commands for the
// bill that the first of them made.
func told(t *testing.T, terms Terms, notices []Notice, commands ...Command) ([]Bill, []Notice) {
	t.Helper()
	groups, waiting := arrive(nil, nil, notices, terms)
	if len(commands) > 0 {
		for i := range commands {
			commands[i].Bill = groups[0].ID
		}
		groups[0].Commands = append(groups[0].Commands, commands...)
		groups, waiting = Regroup(groups, waiting, terms)
	}
	bills := make([]Bill, len(groups))
	for i, g := range groups {
		bills[i] = Fold(g, terms)
	}
	return bills, waiting
}

func arrive(groups []Group, waiting, notices []Notice, t Terms) ([]Group, []Notice) {
	for _, n := range notices {
		groups, waiting = Regroup(groups, append(waiting, n), t)
	}
	return groups, waiting
}

// brief is what the tables below compare of a bill.
type brief struct {
	Due, Safe, Amount, Left, Paid, Period string
	Stage                                 Stage
	Trust                                 Trust
}

func briefOf(b Bill, now string) brief {
	return brief{b.DueDate.String(), b.LastSafeDay.String(), b.AmountDue.Decimal(), b.Outstanding.Decimal(),
		b.Paid.Decimal(), b.Period, b.Stage(at(now), shanghai), b.Trust}
}

func TestFold(t *testing.T) {
	t.Parallel()
	three := 3
	cmd := func(kind CommandKind, when string, f ...func(*Command)) Command {
		c := Command{ID: "cmd-" + when, Kind: kind, At: at(when)}
		for _, g := range f {
			g(&c)
		}
		return c
	}
	statement := notice("s", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", period("2026-01"))
	for _, c := range []struct {
		name     string
		terms    Terms
		notices  []Notice
		commands []Command
		now      string
		want     []brief
		waiting  int
	}{
		{name: "a statement", notices: []Notice{statement}, now: "2026-01-05 12:00",
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "on the due day", notices: []Notice{statement}, now: "2026-01-10 23:59",
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageDue, TrustVouched}}},
		{name: "late the minute the day ends", notices: []Notice{statement}, now: "2026-01-11 00:00",
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageLate, TrustVouched}}},
		{name: "the rule's grace", terms: Terms{Grace: 3, GraceBy: "rule"}, notices: []Notice{statement}, now: "2026-01-12 12:00",
			want: []brief{{"2026-01-10", "2026-01-13", "500.00", "500.00", "", "2026-01", StageGrace, TrustVouched}}},
		{name: "printed grace beats the rule's", terms: Terms{Grace: 3, GraceBy: "rule"},
			notices: []Notice{notice("s", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", func(n *Notice) { n.LastSafeDay = day("2026-01-11") })},
			now:     "2026-01-05 12:00",
			want:    []brief{{"2026-01-10", "2026-01-11", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "the owner's grace beats all", notices: []Notice{statement}, now: "2026-01-12 12:00",
			commands: []Command{cmd(CommandSet, "2026-01-02 08:00", func(c *Command) { c.Grace = &three })},
			want:     []brief{{"2026-01-10", "2026-01-13", "500.00", "500.00", "", "2026-01", StageGrace, TrustVouched}}},
		{name: "paid in full", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "500.00", "2026-01-08")},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "0.00", "500.00", "2026-01", StageSettled, TrustVouched}}},
		{name: "a part payment lowers and keeps", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "200.00", "2026-01-08")},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "300.00", "200.00", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "one payment told by two mails counts once", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "250.00", "2026-01-08"), notice("q", KindPayment, "2026-01-08 10:05", "250.00", "2026-01-08")},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "250.00", "250.00", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "last month's payment never pays this month's bill (D6)", now: "2026-01-09 12:00", waiting: 1,
			notices: []Notice{notice("s", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", statementOn("2026-01-01")), notice("p", KindPayment, "2026-01-02 10:00", "500.00", "2025-12-30")},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "a payment larger than what is owed is a question", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "600.00", "2026-01-08", period("2026-01"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "600.00", "2026-01", StageNeedsReview, TrustVouched}}},
		{name: "an unverified payment settles nothing", now: "2026-01-09 12:00", waiting: 1,
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "500.00", "2026-01-08", by(TrustUnverified))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "a relayed payment asks the owner", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "500.00", "2026-01-08", by(TrustForwarded))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageNeedsReview, TrustVouched}}},
		{name: "a relayed later date asks the owner", now: "2026-01-09 12:00",
			notices: []Notice{statement, notice("d", KindDueSoon, "2026-01-08 10:00", "500.00", "2026-01-20", by(TrustForwarded), period("2026-01"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageNeedsReview, TrustVouched}}},
		{name: "a vouched notice moves the date, the period stays", now: "2026-01-15 12:00",
			notices: []Notice{statement, notice("d", KindDueSoon, "2026-01-08 10:00", "500.00", "2026-01-20", period("2026-01"))},
			want:    []brief{{"2026-01-20", "2026-01-20", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "an unverified earlier date only adds", now: "2026-01-04 12:00",
			notices: []Notice{statement, notice("d", KindDueSoon, "2026-01-03 10:00", "900.00", "2026-01-05", by(TrustUnverified), period("2026-01"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "the vouched statement takes over from the forged one before it", now: "2026-01-04 12:00",
			notices: []Notice{notice("f", KindStatement, "2025-12-31 08:00", "1.00", "2026-01-28", by(TrustUnverified), period("2026-01")), statement},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "an overdue notice reopens what the owner called paid", now: "2026-01-13 12:00",
			notices:  []Notice{statement, notice("o", KindOverdue, "2026-01-12 10:00", "500.00", "2026-01-10")},
			commands: []Command{cmd(CommandPaid, "2026-01-09 08:00")},
			want:     []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageLate, TrustVouched}}},
		{name: "an unverified overdue notice does not", now: "2026-01-13 12:00",
			notices:  []Notice{statement, notice("o", KindOverdue, "2026-01-12 10:00", "500.00", "2026-01-10", by(TrustUnverified))},
			commands: []Command{cmd(CommandPaid, "2026-01-09 08:00")},
			want:     []brief{{"2026-01-10", "2026-01-10", "500.00", "0.00", "500.00", "2026-01", StageSettled, TrustVouched}}},
		{name: "an overdue notice by its days late", now: "2026-01-13 12:00",
			notices: []Notice{statement, notice("o", KindOverdue, "2026-01-12 10:00", "500.00", "", daysLate(2))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageLate, TrustVouched}}},
		{name: "an overdue notice that fits nothing is a review", now: "2026-01-13 12:00",
			notices: []Notice{statement, notice("o", KindOverdue, "2026-01-12 10:00", "300.00", "", daysLate(2))},
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageLate, TrustVouched},
				{"", "", "300.00", "300.00", "", "", StageNeedsReview, TrustVouched}}},
		{name: "the owner's date survives the same notice again", now: "2026-01-11 12:00",
			notices:  []Notice{statement, notice("d", KindDueSoon, "2026-01-08 10:00", "500.00", "2026-01-10", period("2026-01"))},
			commands: []Command{cmd(CommandSet, "2026-01-02 08:00", func(c *Command) { c.Due = day("2026-01-12") })},
			want:     []brief{{"2026-01-12", "2026-01-12", "500.00", "500.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "two cards due on one day stay apart", now: "2026-01-05 12:00",
			notices: []Notice{notice("a", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", account("1111")), notice("b", KindStatement, "2026-01-01 08:01", "70.00", "2026-01-10", account("2222"))},
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched},
				{"2026-01-10", "2026-01-10", "70.00", "70.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "a notice that shows the tail completes the bill", now: "2026-01-05 12:00",
			notices: []Notice{notice("a", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10"), notice("b", KindDueSoon, "2026-01-02 08:01", "500.00", "2026-01-10", account("2222"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "a card without a printed tail is not the next one with another sum", now: "2026-01-05 12:00",
			notices: []Notice{notice("a", KindStatement, "2026-01-01 08:00", "100.00", "2026-01-10"), notice("b", KindStatement, "2026-01-01 08:01", "101.01", "2026-01-10", account("0001"))},
			want: []brief{{"2026-01-10", "2026-01-10", "101.01", "101.01", "", "2026-01-10", StageUpcoming, TrustVouched},
				{"2026-01-10", "2026-01-10", "100.00", "100.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "another amount and date for the same month is a review", now: "2026-01-05 12:00",
			notices: []Notice{statement, notice("t", KindStatement, "2026-01-02 08:00", "50.00", "2026-01-20", period("2026-01"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01", StageNeedsReview, TrustVouched}}},
		{name: "a corrected amount is believed", now: "2026-01-05 12:00",
			notices: []Notice{statement, notice("t", KindStatement, "2026-01-02 08:00", "450.00", "2026-01-10", period("2026-01"))},
			want:    []brief{{"2026-01-10", "2026-01-10", "450.00", "450.00", "", "2026-01", StageUpcoming, TrustVouched}}},
		{name: "orders go by number", now: "2026-01-05 12:00", terms: Terms{Per: PerReference},
			notices: []Notice{notice("a", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", ref("A1")), notice("b", KindStatement, "2026-01-01 08:01", "500.00", "2026-01-10", ref("B2")),
				notice("p", KindPayment, "2026-01-04 10:00", "500.00", "2026-01-04", ref("B2"))},
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched},
				{"2026-01-10", "2026-01-10", "500.00", "0.00", "500.00", "2026-01-10", StageSettled, TrustVouched}}},
		{name: "a payment that fits two orders waits", now: "2026-01-05 12:00", terms: Terms{Per: PerReference}, waiting: 1,
			notices: []Notice{notice("a", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", ref("A1")), notice("b", KindStatement, "2026-01-01 08:01", "500.00", "2026-01-10", ref("B2")),
				notice("p", KindPayment, "2026-01-04 10:00", "500.00", "2026-01-04")},
			want: []brief{{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched},
				{"2026-01-10", "2026-01-10", "500.00", "500.00", "", "2026-01-10", StageUpcoming, TrustVouched}}},
		{name: "a failed debit keeps what it did not take", now: "2026-01-10 12:00",
			notices: []Notice{statement, notice("x", KindAutopayFailed, "2026-01-10 10:00", "500.00", "2026-01-10", func(n *Notice) { n.PaidAmount = cny("120.00") })},
			want:    []brief{{"2026-01-10", "2026-01-10", "500.00", "380.00", "", "2026-01", StageDue, TrustVouched}}},
		{name: "the owner's payment and its later mail count once", now: "2026-01-09 12:00",
			notices:  []Notice{statement, notice("p", KindPayment, "2026-01-08 10:00", "200.00", "2026-01-07")},
			commands: []Command{cmd(CommandPaid, "2026-01-06 08:00", func(c *Command) { c.Amount = cny("200.00") })},
			want:     []brief{{"2026-01-10", "2026-01-10", "500.00", "300.00", "200.00", "2026-01", StageUpcoming, TrustVouched}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			terms := c.terms
			terms.Issuer, terms.Name, terms.Zone = "alipay-huabei", "花呗", zone("Asia/Shanghai")
			bills, waiting := told(t, terms, c.notices, c.commands...)
			var got []brief
			for _, b := range bills {
				got = append(got, briefOf(b, c.now))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("bills (-want +got):\n%s", diff)
			}
			if len(waiting) != c.waiting {
				t.Errorf("waiting = %d, want %d", len(waiting), c.waiting)
			}
		})
	}
}
