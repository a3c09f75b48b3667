package plan

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func days(t testing.TB, list string) []bill.Day {
	t.Helper()
	var out []bill.Day
	for _, s := range strings.Fields(list) {
		d, err := bill.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func receipts(t testing.TB, list string) []Receipt {
	t.Helper()
	var out []Receipt
	for _, d := range days(t, list) {
		out = append(out, Receipt{Issuer: "cmb-card", Account: "1234", Name: "招商银行", Day: d})
	}
	return out
}

// TestAbsences: the first day on which a statement is missed, and the last.
func TestAbsences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		receipts    string
		from, until string // the days of the first span of telling; "" = never
	}{
		"two months in a row":        {"2026-01-08 2026-02-08", "2026-03-13", "2026-04-01"},
		"a day of scatter counts":    {"2026-01-07 2026-02-09", "2026-03-14", "2026-04-02"},
		"once twelve days late":      {"2025-12-03 2026-01-15 2026-02-03", "2026-03-20", "2026-04-08"},
		"three of four":              {"2026-01-08 2026-02-08 2026-04-08", "2026-03-13", "2026-04-01"},
		"once":                       {"2026-02-08", "", ""},
		"every other month":          {"2026-01-08 2026-03-08 2026-05-08", "", ""},
		"across the end of a month":  {"2026-01-30 2026-03-01 2026-03-31", "2026-05-06", "2026-05-25"},
		"in a month without the day": {"2025-12-31 2026-01-31", "2026-03-05", "2026-03-24"},
		"across a year":              {"2025-11-20 2025-12-20", "2026-01-25", "2026-02-13"},
		"several a month":            {"2026-01-03 2026-01-12 2026-01-25 2026-02-04 2026-02-17 2026-02-26", "", ""},
		"a day like any other":       {"2026-01-01 2026-02-11 2026-03-21 2026-04-05", "", ""},
		"never":                      {"", "", ""},
		"two in one mail":            {"2026-01-08 2026-01-08 2026-02-08 2026-02-08", "2026-03-13", "2026-04-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := receipts(t, c.receipts)
			var from, until bill.Day
			for today := days(t, "2026-01-01")[0]; today < days(t, "2026-12-31")[0]; today++ {
				got := Absences(all, today)
				switch {
				case len(got) > 1:
					t.Fatalf("%s: one account lacks %d statements", today, len(got))
				case len(got) == 1 && !from.Known():
					from, until = today, today
				case len(got) == 1 && today == until+1:
					until = today
				}
			}
			if from.String() != c.from || until.String() != c.until {
				t.Errorf("told from %s to %s; want %s to %s", from, until, c.from, c.until)
			}
		})
	}
}

// TestAbsencesOfOthers: accounts do not answer for each other, and what cannot
// be placed may be anybody's.
func TestAbsencesOfOthers(t *testing.T) {
	t.Parallel()
	today := days(t, "2026-03-20")[0]
	all := receipts(t, "2026-01-08 2026-02-08")
	other := receipts(t, "2026-01-08 2026-02-08 2026-03-08")
	for i := range other {
		other[i].Account = "5678"
	}
	if got := Absences(slices.Concat(all, other), today); len(got) != 1 || got[0].Account != "1234" {
		t.Errorf("another card's statement: %+v", got)
	}
	unplaced := Receipt{Issuer: "cmb-card", Day: days(t, "2026-03-09")[0], Unplaced: true}
	if got := Absences(append(slices.Clone(all), unplaced), today); len(got) != 0 {
		t.Errorf("a review that may be the statement: %+v", got)
	}
	unplaced.Issuer = "boc-card"
	if got := Absences(append(slices.Clone(all), unplaced), today); len(got) != 1 {
		t.Errorf("a review of another issuer: %+v", got)
	}
}

func TestReceiptOf(t *testing.T) {
	t.Parallel()
	env := Env{Zone: shanghai(t)}
	base := bill.Bill{Issuer: "cmb-card", Account: "1234", Recipient: "a@example.com", Trust: bill.TrustVouched,
		Seen: at(t, "2026-01-08 23:30")}
	for name, c := range map[string]struct {
		change func(*bill.Bill)
		ok     bool
		want   Receipt
	}{
		"by mail":  {nil, true, Receipt{Issuer: "cmb-card", Account: "1234", Name: "cmb-card", Day: days(t, "2026-01-08")[0]}},
		"dropped":  {func(b *bill.Bill) { b.DroppedAt = b.Seen }, false, Receipt{}},
		"declared": {func(b *bill.Bill) { b.Trust = bill.TrustDeclared }, false, Receipt{}},
		"by hand":  {func(b *bill.Bill) { b.Trust = bill.TrustOwner }, false, Receipt{}},
		"corrected by hand": {func(b *bill.Bill) {
			b.Trust, b.IssuerName = bill.TrustOwner, "招商银行"
			b.Sources = map[bill.Field]bill.Source{bill.FieldCurrency: {Trust: bill.TrustVouched}}
		}, true, Receipt{Issuer: "cmb-card", Account: "1234", Name: "招商银行", Day: days(t, "2026-01-08")[0]}},
		"without account": {func(b *bill.Bill) { b.Account = "" }, true,
			Receipt{Issuer: "cmb-card", Recipient: "a@example.com", Name: "cmb-card", Day: days(t, "2026-01-08")[0]}},
		"in review": {func(b *bill.Bill) { b.Account, b.Problems = "", []bill.Problem{{}} }, true,
			Receipt{Issuer: "cmb-card", Recipient: "a@example.com", Name: "cmb-card", Day: days(t, "2026-01-08")[0], Unplaced: true}},
	} {
		b := base
		if c.change != nil {
			c.change(&b)
		}
		if got, ok := ReceiptOf(&b, env); ok != c.ok || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

// TestMissed follows the reminders through planning, asking again, and the
// coming of the statement.
func TestMissed(t *testing.T) {
	t.Parallel()
	env := Env{Zone: shanghai(t), Quiet: quietNights(t), Policies: []Policy{standard(t)}}
	all := receipts(t, "2026-01-08 2026-02-08")
	absences := Absences(all, days(t, "2026-03-13")[0])
	rows := Missed(absences, nil, env)
	if len(rows) != 1 || !rows[0].At.Equal(at(t, "2026-03-13 09:00")) || rows[0].Date.String() != "2026-03-01" ||
		rows[0].Detail.Args["last"] != "2026-02-08" || rows[0].Detail.Args["usual"] != "2026-03-08" {
		t.Fatalf("planned: %+v", rows)
	}
	if again := Missed(absences, rows, env); len(again) != 0 {
		t.Errorf("asking again changes %+v", again)
	}
	if gone := Missed(nil, rows, env); len(gone) != 1 || gone[0].State != StateCancelled || gone[0].Reason != ReasonSettled {
		t.Errorf("after the statement: %+v", gone)
	}
	told := slices.Clone(rows)
	told[0].State = StateAccepted
	if gone := Missed(nil, told, env); len(gone) != 0 {
		t.Errorf("what was told is taken back: %+v", gone)
	}
	env.Policies[0].Channels = []string{"other"}
	moved := Missed(absences, rows, env)
	if len(moved) != 2 || moved[0].Channel != "other" || moved[0].Date != rows[0].Date || moved[1].Reason != ReasonPolicy {
		t.Errorf("another channel: %+v", moved)
	}
	if got := Missed(absences, nil, Env{}); got != nil {
		t.Errorf("without a policy: %+v", got)
	}
}

// TestMissedOnceAMonth: whatever the arrivals, following the days one by one
// tells of an account at most once in any three weeks, only while nothing came
// after the last usual day, and the same whatever day one begins to look.
func TestMissedOnceAMonth(t *testing.T) {
	t.Parallel()
	env := Env{Zone: shanghai(t), Policies: []Policy{standard(t)}}
	start := days(t, "2026-01-01")[0]
	rapid.Check(t, func(t *rapid.T) {
		var all []Receipt
		usual := rapid.IntRange(1, 31).Draw(t, "usual")
		for month := range 6 {
			if rapid.IntRange(0, 4).Draw(t, "comes") > 0 {
				d := dayIn(monthOf(start)+month, usual) + bill.Day(rapid.IntRange(0, 6).Draw(t, "delay"))
				all = append(all, Receipt{Issuer: "x", Account: "1", Day: d})
			}
		}
		var rows []Reminder
		told := map[string]bill.Day{}
		for today := start; today < start+210; today++ {
			known := slices.DeleteFunc(slices.Clone(all), func(r Receipt) bool { return r.Day > today })
			absences := Absences(known, today)
			if today%5 == 0 && len(Absences(all, today)) != len(absences) {
				t.Fatalf("%s: the future counts", today)
			}
			for _, r := range Missed(absences, rows, env) {
				if r.State != StatePlanned {
					continue
				}
				if _, again := told[r.ID]; again {
					t.Fatalf("%s: told again", today)
				}
				for _, d := range told {
					if today-d < 21 {
						t.Fatalf("%s: told on %s already", today, d)
					}
				}
				if a := absences[0]; a.Day >= a.Usual || today < a.Usual+patience {
					t.Fatalf("%s: told although it came on %s; usual %s", today, a.Day, a.Usual)
				}
				told[r.ID] = today
				r.State = StateAccepted
				rows = append(rows, r)
			}
		}
	})
}

// TestPlace: every day is within half a month of the usual day of its month.
func TestPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, usual := bill.Day(rapid.IntRange(20000, 25000).Draw(t, "day")), rapid.IntRange(1, 31).Draw(t, "usual")
		month, off := place(d, usual)
		if off < -16 || off > 16 || dayIn(month, usual)+bill.Day(off) != d {
			t.Fatalf("%s is %d days from the %d. of month %d", d, off, usual, month)
		}
	})
}
