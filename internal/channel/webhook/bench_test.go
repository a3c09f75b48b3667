package webhook

import (
	"strings"
	"testing"

	"repayd/internal/channel"
)

// A letter of some three hundred bills, far too long for any robot.
func BenchmarkShorten(b *testing.B) {
	f := mustLoad(b, "feishu")
	l := channel.Letter{ID: "lt_1", Subject: "300 笔账单", Text: strings.Repeat("花呗 1234.56 元 还款日 12 月 10 日 还有 3 天\n", 900)}
	for b.Loop() {
		if _, err := f.render(l, settings{}, noon); err != nil {
			b.Fatal(err)
		}
	}
}
