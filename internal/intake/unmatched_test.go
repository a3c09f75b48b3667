package intake_test

import (
	"slices"
	"testing"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// asked lists the planned questions about payments with the instant they are told.
func (w *world) asked() []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		rows, err := tx.Planned(w.now.AddDate(0, 0, -1), w.now.AddDate(0, 0, 2))
		for _, r := range rows {
			if r.Subject.Kind == plan.SubjectDaemon {
				out = append(out, r.Detail.Code+" "+r.Detail.Args["amount"]+" "+r.At.In(shanghai).Format("01-02 15:04"))
			}
		}
		return err
	})
	slices.Sort(out)
	return out
}

// TestUnsurePaymentAsksAndTheLadderGoesOn: a sum that is owed by nothing is
// asked about once, and the bill keeps its reminders.
func TestUnsurePaymentAsksAndTheLadderGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-05 12:00")
	w.read(cardStatement("1111", "500.00"))
	w.read(cardStatement("2222", "500.00"))
	before := w.reminders(plan.StatePlanned)
	w.read(cardPayment("2026-01-05 11:00", "", "500.00"))
	check(t, "asked", w.asked(), []string{"payment-unsure 500.00 CNY 01-05 12:30"})
	w.at("2026-01-05 13:00")
	w.read(cardStatement("3333", "70.00")) // the neighbourhood is looked at again
	check(t, "asked once", w.asked(), []string{"payment-unsure 500.00 CNY 01-05 12:30"})
	check(t, "the ladder goes on", w.reminders(plan.StatePlanned)[:len(before)/2], before[:len(before)/2])
}

func TestPaymentThatFindsItsBillIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-05 12:00")
	w.read(cardStatement("1111", "500.00"))
	w.read(cardStatement("2222", "500.00"))
	w.read(cardPayment("2026-01-05 11:00", "", "300.00"))
	check(t, "asked", w.asked(), []string{"payment-unsure 300.00 CNY 01-05 12:30"})
	w.read(cardStatement("3333", "300.00"))
	check(t, "no longer", w.asked(), []string{})
	check(t, "bills", w.bills(), []string{"cmb 2026-01-20 0.00 settled vouched", "cmb 2026-01-20 500.00 upcoming vouched", "cmb 2026-01-20 500.00 upcoming vouched"})
}

func TestPaymentOfAnotherCardIsNoQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-05 12:00")
	w.read(cardStatement("1111", "500.00"))
	w.read(cardPayment("2026-01-05 11:00", "2222", "500.00"))
	check(t, "asked", w.asked(), []string{})
	check(t, "bills", w.bills(), []string{"cmb 2026-01-20 500.00 upcoming vouched"})
}

const card = "ccsvc@message.cmbchina.com"

func cardStatement(tail, amount string) []byte {
	return mail(card, "2026-01-02 08:00", "招商银行信用卡电子账单", "您尾号"+tail+"的招商银行信用卡1月账单\n账单日:2026年1月2日\n本期应还金额:¥"+amount+"\n到期还款日:2026年1月20日\n", true)
}

func cardPayment(received, tail, amount string) []byte {
	text := "您的招商银行信用卡还款成功\n"
	if tail != "" {
		text = "您尾号" + tail + "的招商银行信用卡还款成功\n"
	}
	return mail(card, received, "招商银行信用卡还款成功通知", text+"还款金额:"+amount+"元\n还款时间:"+received+":00\n", true)
}
