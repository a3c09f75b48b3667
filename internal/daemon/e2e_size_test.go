package daemon_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The sizes that the daemon is built for. The aims are 40 MB at rest with so
// many bills and 60 MB in a first reading; the bounds only catch what has gone
// badly wrong, for memory after a start depends on when Go collects it.
const (
	manyBills    = 10_000
	manyMessages = 20_000
	billsAmong   = 400
)

// size: ten thousand open bills and nothing to do.
func size(t *testing.T, tools, binary string) {
	w := newWorld(t, tools, binary, true)
	due := time.Now().In(shanghai).AddDate(0, 0, 20)
	f, err := os.Create(w.path("old.mbox"))
	must(t, err)
	for i := range manyBills {
		raw := strings.ReplaceAll(string(order(i, due)), "\r\n", "\n")
		_, err := fmt.Fprintf(f, "From service@example.com Thu Jan  1 00:00:00 2026\n%s\n", raw)
		must(t, err)
	}
	must(t, f.Close())
	began := time.Now()
	in := w.process("ingest", f.Name())
	if code := in.code(4 * time.Minute); code != 0 {
		t.Fatalf("ingest: exit code %d\n%s", code, in.log)
	}
	t.Logf("%d messages ingested in %v: %s", manyBills, time.Since(began).Round(time.Millisecond), in.log)
	if n := len(w.bills()); n != manyBills {
		t.Fatalf("%d bills", n)
	}
	began = time.Now()
	p := w.run()
	p.says("msg=running", time.Minute)
	ready := time.Since(began)
	p.says("read to its end", 20*time.Second)
	deliver(t, w.inbox, huabei("1,234.56", soon()))
	w.until("a letter arrives", 40*time.Second, func() bool { return len(w.owner.about("1,234.56")) == 1 })
	rss := p.memory("VmRSS")
	t.Logf("with %d bills: ready after %v, resident %.1f MB, at most %.1f MB", manyBills, ready.Round(time.Millisecond), rss, p.memory("VmHWM"))
	if rss > 140 {
		t.Errorf("resident %.1f MB", rss)
	}
	if n := len(w.owner.about()); n != 1 {
		t.Errorf("%d letters\n%s", n, w.owner)
	}
}

// order is a notice of one of many orders.
func order(i int, due time.Time) []byte {
	return stamped("service@notice.1688.com", "1688账期订单到期提醒",
		fmt.Sprintf("您的账期订单即将到期，请按时付款。\n订单号：%s\n应付金额：%d.%02d元\n到期日：%s\n宽限期：5天",
			reference(i), 100+i, i%100, due.Format("2006-01-02")), time.Now())
}

// reference is the order's number.
func reference(i int) string { return fmt.Sprintf("B%06d", i) }

// card is the statement of one of many cards. 0000 stands for no card.
func card(i int, due time.Time) []byte {
	return stamped("ccsvc@message.cmbchina.com", "招商银行信用卡电子账单",
		fmt.Sprintf("您尾号%04d的信用卡%d月账单\n本期应还金额：￥%d.%02d\n最低还款额：￥10.00\n到期还款日：%s",
			i+1, due.Month(), 100+i, i%100, due.Format("2006/01/02")), time.Now())
}

// firstReading: a mailbox of twenty thousand messages, two in a hundred of
// them bills, from an empty database to the end of the reading.
func firstReading(t *testing.T, tools, binary string) {
	w := newWorld(t, tools, binary, true)
	for i := range manyMessages {
		w.inbox.Deliver("INBOX", time.Now().Add(time.Duration(i-manyMessages)*time.Minute), message(i))
	}
	began := time.Now()
	p := w.run()
	p.says("read to its end", 2*time.Minute)
	t.Logf("%d messages read in %v, resident at most %.1f MB", manyMessages, time.Since(began).Round(time.Millisecond), p.memory("VmHWM"))
	if n := len(w.bills()); n != billsAmong {
		t.Errorf("%d bills", n)
	}
	if rss := p.memory("VmHWM"); rss > 120 {
		t.Errorf("resident at most %.1f MB", rss)
	}
}
