package intake_test

import (
	"bytes"
	"testing"

	"repayd/internal/bill"
)

func baitiao(amount string) []byte {
	return mail("service@mail.jd.com", "2026-07-01 08:00", "白条账单提醒", "您的白条7月账单已出\n本期应还:"+amount+"元\n还款日:2026-07-10\n", true)
}

func baitiaoPlan() []byte {
	rows := `<p>您的白条分期成功,分期还款计划如下</p><table><tr><th>期数</th><th>应还金额</th><th>还款日</th></tr>
<tr><td>1/3期</td><td>100.00</td><td>2026-08-10</td></tr>
<tr><td>2/3期</td><td>100.00</td><td>2026-09-10</td></tr>
<tr><td>3/3期</td><td>100.20</td><td>2026-10-10</td></tr></table>`
	raw := mail("service@mail.jd.com", "2026-07-12 08:00", "白条账单分期成功", rows, true)
	return bytes.Replace(raw, []byte("text/plain"), []byte("text/html"), 1)
}

// TestTheIssuersPlan: a plan that the owner asked for and that adds up replaces
// the bill; one that only adds up is a question; any other leaves it alone.
func TestTheIssuersPlan(t *testing.T) {
	t.Parallel()
	parts := []string{"jd-baitiao 2026-08-10 100.00 upcoming vouched", "jd-baitiao 2026-09-10 100.00 upcoming vouched", "jd-baitiao 2026-10-10 100.20 upcoming vouched"}
	for _, c := range []struct {
		name, owed string
		asked      bool
		first      string
		question   []string
	}{
		{"asked for, adds up", "300.20", true, "jd-baitiao 2026-07-10 0.00 dropped vouched", []string{}},
		{"asked for, does not add up", "290.00", true, "jd-baitiao 2026-07-10 290.00 late vouched", []string{"plan-unsure 300.20 CNY 07-12 12:00"}},
		{"not asked for, adds up", "300.20", false, "jd-baitiao 2026-07-10 300.20 late vouched", []string{"plan-unsure 300.20 CNY 07-12 12:00"}},
		{"a purchase", "290.00", false, "jd-baitiao 2026-07-10 290.00 late vouched", []string{}},
	} {
		w := newWorld(t, "2026-07-01 12:00")
		w.read(baitiao(c.owed))
		id := w.ids()[0]
		w.at("2026-07-12 12:00")
		if c.asked {
			if err := w.arrange(id, bill.Arrangement{State: bill.CaseRequested, Ask: bill.Ask{Kind: bill.AskPlan}}); err != nil {
				t.Fatal(err)
			}
		}
		w.read(baitiaoPlan())
		check(t, c.name, w.bills(), append([]string{c.first}, parts...))
		check(t, c.name+": asked", w.asked(), c.question)
		w.read(baitiaoPlan())
		check(t, c.name+": read twice", w.bills(), append([]string{c.first}, parts...))
	}
}
