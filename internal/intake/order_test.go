package intake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/intake"
	"repayd/internal/store"
)

// anyMail is a notice of one of two issuers about debts that are easily taken
// for each other: same sums and days, accounts and numbers now shown, now not.
func anyMail(rt *rapid.T, i int) []byte {
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, what) }
	sum, day := pick("sum", "100.00", "250.00"), pick("day", "11", "14")
	// No two notices come in the same minute.
	received := fmt.Sprintf("2026-01-%s %02d:%02d", pick("received", "03", "07", "12"), 8+i/60, i%60)
	const bank, shop = "ccsvc@message.cmbchina.com", "noreply@service.1688.com"
	card := pick("card", "", "尾号1234的", "尾号9876的")
	order := pick("order", "", "（订单号：1234567890123456789）", "（订单号：1234567890123456700）")
	vouched := rapid.IntRange(0, 3).Draw(rt, "vouched") < 3
	switch pick("mail", "statement", "due", "overdue", "order", "order", "paid") {
	case "statement":
		return mail(bank, received, "招商银行信用卡电子账单", "您的"+card+"信用卡01月账单\n账单日:2026年01月01日\n本期应还金额:¥ "+sum+"\n到期还款日:2026年01月"+day+"日\n", vouched)
	case "due":
		return mail(bank, received, "招商银行信用卡还款提醒", "您"+card+"信用卡1月"+day+"日到期,本期应还金额人民币"+sum+"元。", vouched)
	case "overdue":
		return mail(bank, received, "招商银行信用卡逾期提醒", "您"+card+"信用卡已逾期,逾期金额人民币"+sum+"元,已逾期1天。", vouched)
	case "paid":
		return mail(shop, received, "付款成功通知", "您的账期订单"+order+"已付款成功,付款金额 "+sum+"元。", vouched)
	}
	return mail(shop, received, "账期订单到期提醒", "您的账期订单"+order+"将于2026-01-"+day+"到期,应付金额 "+sum+"元,请按时付款。", vouched)
}

// TestArrivalOrderDoesNotMatter: whatever order mails are read in, the bills
// come out the same. It goes through the store, whose choice of neighbours
// decides what is seen together.
func TestArrivalOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-15 12:00")
	rapid.Check(t, func(rt *rapid.T) {
		var mails [][]byte
		for i := range rapid.IntRange(2, 7).Draw(rt, "mails") {
			mails = append(mails, anyMail(rt, i))
		}
		var shuffled [][]byte
		for _, i := range rapid.Permutation(upTo(len(mails))).Draw(rt, "order") {
			shuffled = append(shuffled, mails[i])
		}
		one, other := w.after(mails), w.after(shuffled)
		if !slices.Equal(one, other) {
			rt.Fatalf("in one order:\n%s\nin another:\n%s", strings.Join(one, "\n"), strings.Join(other, "\n"))
		}
	})
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// after shows the bills that the mails make, and takes them back.
func (w *world) after(mails [][]byte) (bills []string) {
	w.t.Helper()
	undo := errors.New("undo")
	err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		for _, raw := range mails {
			it := intake.Item{Raw: raw, Source: intake.Source{Authserv: []string{authserv}}}
			if _, err := w.in.Message(context.Background(), it, func(fn func(intake.Tx) error) error { return fn(tx) }); err != nil {
				return err
			}
		}
		bs, err := tx.Bills(store.BillFilter{})
		if err != nil {
			return err
		}
		for _, b := range bs {
			bills = append(bills, fmt.Sprint(b.Issuer, "|", b.Account, "|", b.Reference, "|", b.Period, "|", b.DueDate, "|",
				b.AmountDue.Decimal(), "|", b.Paid.Decimal(), "|", b.Stage(w.now, shanghai), "|", b.Problems))
		}
		return undo
	})
	if !errors.Is(err, undo) {
		w.t.Fatal(err)
	}
	slices.Sort(bills)
	return bills
}
