package draft

import (
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/letter"
)

// Longest words of the owner that a draft repeats, in characters.
const (
	maxWords     = 600
	maxReference = 60
)

// text is one draft in the making.
type text struct {
	*letter.Words
	r Request
}

func (t *text) subject() string {
	return t.Text("draft.subject."+t.r.Ask.kind(), "name", t.Name(t.r.Issuer), "amount", t.Amount(t.r.Outstanding))
}

// kind names what is asked first of all.
func (a *Ask) kind() string {
	switch {
	case len(a.Instalments) > 0:
		return "plan"
	case a.Until.Known():
		return "extension"
	}
	return "waiver"
}

func (t *text) body() string {
	owner := t.Name(t.r.Owner)
	if owner == "" {
		owner = t.Text("draft.fill_name")
	}
	parts := []string{
		t.Text("draft.greeting", "name", t.Name(t.r.Issuer)),
		t.intro(owner),
		t.Text("draft.h_bill") + "\n" + strings.Join(t.facts(), "\n"),
		t.Text("draft.h_cause") + "\n" + strings.Join(t.cause(), "\n"),
		t.Text("draft.h_ask") + "\n" + strings.Join(t.ask(), "\n"),
		t.Text("draft.answer"),
		t.Text("draft.enclosed"),
		t.Text("draft.thanks"),
		t.Text("draft.signed", "owner", owner) + "\n" + t.Text("draft.dated", "day", t.Day(t.r.Today)),
	}
	return strings.Join(parts, "\n\n") + "\n"
}

func (t *text) intro(owner string) string {
	if t.r.Account == "" {
		return t.Text("draft.intro", "owner", owner)
	}
	return t.Text("draft.intro_account", "owner", owner, "tail", t.Line(t.r.Account, 4))
}

// facts are the lines about the bill; what is not known has none.
func (t *text) facts() []string {
	var lines []string
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, label+t.Text("colon")+value)
		}
	}
	r := &t.r
	if period, err := bill.ParseDay(r.Period + "-01"); err == nil {
		y, m, _ := period.Date()
		add(t.Field(bill.FieldPeriod), t.Text("date.month", "y", strconv.Itoa(y), "mon", t.Text("month."+strconv.Itoa(int(m)))))
	}
	add(t.Field(bill.FieldReference), t.Reference(r.Reference))
	if r.AmountDue != r.Outstanding {
		add(t.Field(bill.FieldAmountDue), t.Amount(r.AmountDue))
		if r.Paid.Minor != 0 {
			add(t.Text("field.paid"), t.Amount(r.Paid))
		}
	}
	add(t.Text("field.outstanding"), t.Amount(r.Outstanding))
	if r.Penalty.Minor != 0 {
		add(t.Field(bill.FieldPenalty), t.Text("penalty.apart", "amount", t.Amount(r.Penalty)))
	}
	add(t.Field(bill.FieldDueDate), t.Day(r.Due))
	if r.DaysLate > 0 {
		add(t.Field(bill.FieldDaysLate), t.Text("draft.days_late", "n", strconv.Itoa(r.DaysLate), "day", t.Day(r.Today)))
	}
	return lines
}

func (t *text) cause() []string {
	var lines []string
	switch c := t.r.Cause; c {
	case "":
		lines = append(lines, t.Text("draft.fill_cause"))
	case CauseCashFlow, CauseNotReceived, CauseOverlooked:
		lines = append(lines, t.Text("draft.cause."+c))
	default:
		lines = append(lines, t.Line(c, maxWords))
	}
	if f := t.Line(t.r.Finances, maxWords); f != "" {
		lines = append(lines, f)
	} else {
		lines = append(lines, t.Text("draft.fill_finances"))
	}
	return lines
}

// ask numbers what is asked where it is more than one thing.
func (t *text) ask() []string {
	var asked []string
	a, owed := &t.r.Ask, t.Amount(t.r.Outstanding)
	if a.Until.Known() {
		asked = append(asked, t.Text("draft.ask_extension", "day", t.Day(a.Until), "amount", owed))
	}
	if n := len(a.Instalments); n > 0 {
		asked = append(asked, t.plan())
	}
	if a.Waive.Known() && a.Waive.Minor > 0 {
		asked = append(asked, t.Text("draft.ask_waive", "amount", t.Amount(a.Waive)))
	} else if a.WaiveSome {
		asked = append(asked, t.Text("draft.ask_waive_some"))
	}
	if len(asked) > 1 {
		for i := range asked {
			asked[i] = strconv.Itoa(i+1) + ". " + asked[i]
		}
	}
	if t.r.Carried {
		asked = append(asked, t.Text("draft.carried"))
	}
	return asked
}

func (t *text) plan() string {
	parts := t.r.Ask.Instalments
	sum := bill.Money{Currency: t.r.Outstanding.Currency}
	for _, p := range parts {
		sum.Minor += p.Amount.Minor
	}
	lines := []string{t.Text("draft.ask_plan", "n", strconv.Itoa(len(parts)), "amount", t.Amount(sum))}
	for i, p := range parts {
		lines = append(lines, "   "+t.Text("draft.instalment", "i", strconv.Itoa(i+1), "day", t.Day(p.Due), "amount", t.Amount(p.Amount)))
	}
	return strings.Join(lines, "\n")
}

// contacts names the official ways, or says where to find one.
func (t *text) contacts() []string {
	var lines []string
	for _, c := range t.r.Contacts {
		key := "draft.contact"
		if c.Unproven {
			key = "draft.contact_unproven"
		}
		lines = append(lines, t.Text(key, "what", t.ContactName(c.What), "value", t.Reference(c.Value)))
	}
	return append(lines, t.Text("draft.contact_app"))
}
