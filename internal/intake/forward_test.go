package intake_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"repayd/internal/intake"
)

// forwarded is what the owner makes of a message when he forwards it by hand.
func forwarded(raw []byte, sent, at string) []byte {
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	field := func(name string) string {
		_, rest, _ := strings.Cut(head, "\r\n"+name+": ")
		value, _, _ := strings.Cut(rest, "\r\n")
		return value
	}
	return mail("owner@example.com", at, "Fwd: "+field("Subject"),
		fmt.Sprintf("---------- Forwarded message ---------\nFrom: %s\nDate: %s\nSubject: %s\nTo: <owner@example.com>\n\n%s",
			field("From"), sent, field("Subject"), body), true)
}

// TestAForwardSaysNothingNew: a notice forwarded later counts for when it was
// sent. What the issuer said since, and what was paid, stays.
func TestAForwardSaysNothingNew(t *testing.T) {
	t.Parallel()
	const shop = "service@notice.1688.com"
	order := func(received, amount, due string) []byte {
		return mail(shop, received, "1688账期订单到期提醒", "您的账期订单即将到期,请按时付款。\n订单号:B10001\n应付金额:"+amount+"元\n到期日:"+due+"\n宽限期:0天", true)
	}
	w := newWorld(t, "2026-01-08 12:00")
	first := order("2026-01-02 08:00", "500.00", "2026-01-20")
	for _, raw := range [][]byte{
		first,
		order("2026-01-04 08:00", "500.00", "2026-01-25"),
		mail(shop, "2026-01-05 10:00", "1688账期付款成功", "您的账期订单付款成功。\n订单号:B10001\n付款金额:200.00元\n付款时间:2026-01-05 10:00:00", true),
		forwarded(first, "Fri, Jan 2, 2026 at 8:00 AM", "2026-01-07 09:00"),
	} {
		it := intake.Item{Raw: raw, Source: intake.Source{Authserv: []string{authserv}, Forwarders: []string{"owner@example.com"}}}
		if _, err := w.in.Message(context.Background(), it, w.update); err != nil {
			t.Fatal(err)
		}
	}
	check(t, "bills", w.bills(), []string{"1688-terms 2026-01-25 300.00 upcoming vouched"})
}
