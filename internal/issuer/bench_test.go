package issuer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"repayd/internal/mail"
)

// statement40K is a statement of about 40 KB of HTML, most of it decoration.
func statement40K() string {
	var b strings.Builder
	b.WriteString("<html><body><p>您的2026年2月花呗账单已生成</p><table><tr><td>本期应还</td><td>¥2,345.67</td></tr><tr><td>还款日</td><td>2026-02-09</td></tr></table><table>")
	for i := range 250 {
		fmt.Fprintf(&b, `<tr style="font-family:Arial;color:#333333;padding:4px 8px"><td align="left" width="120">2026-01-%02d</td><td>商品第%d号</td><td align="right">%d.00</td></tr>`, i%28+1, i, i)
	}
	b.WriteString("</table></body></html>")
	return b.String()
}

func BenchmarkReadStatement(b *testing.B) {
	s := loadSet(b)
	m := htmlMessage("service@mail.alipay.com", statement40K())
	o := Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)}
	if rd := s.Read(m, o); short1(rd) != "amount_due=2345.67 due_date=2026-02-09 kind=statement period=2026-02" {
		b.Fatal(rd.describe())
	}
	b.SetBytes(int64(len(statement40K())))
	for b.Loop() {
		s.Read(m, o)
	}
}

// The cost of a message that is nobody's must not grow with the files.
func BenchmarkRefuseForeign(b *testing.B) {
	m := mail.Parse(message("friend@example.org", "Lunch?", strings.Repeat("See you at noon. ", 500)))
	o := Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)}
	for _, extra := range []int{0, 500} {
		b.Run(fmt.Sprintf("extra=%d", extra), func(b *testing.B) {
			s := loadMany(b, extra)
			for b.Loop() {
				s.Read(m, o)
			}
		})
	}
}

// A newsletter with prices, and talk about money, are looked at more closely.
func BenchmarkRefuseForeignKinds(b *testing.B) {
	s := loadSet(b)
	o := Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)}
	for name, m := range map[string]*mail.Message{
		"newsletter": htmlMessage("friend@example.org", newsletter(40)),
		"chinese":    mail.Parse(message("friend@example.org", "午饭", strings.Repeat("我们中午在公司楼下见面,一起去吃饭吧。", 150))),
		"bill-like":  mail.Parse(message("friend@example.org", "Budget", strings.Repeat("The total was $12.50, the balance is due when he comes. ", 150))),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if rd := s.Read(m, o); len(rd.Notices) > 0 {
					b.Fatal(rd.describe())
				}
			}
		})
	}
}

func BenchmarkMayMatter(b *testing.B) {
	for _, extra := range []int{0, 500} {
		b.Run(fmt.Sprintf("extra=%d", extra), func(b *testing.B) {
			s := loadMany(b, extra)
			for b.Loop() {
				s.MayMatter("Some Friend <friend@some-provider.example>", "Re: lunch on Thursday at the usual place?")
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func loadMany(b *testing.B, extra int) *Set {
	b.Helper()
	files, err := embeddedFiles()
	if err != nil {
		b.Fatal(err)
	}
	for i := range extra {
		text := strings.ReplaceAll(ownFile, "landlord.example", fmt.Sprintf("landlord%d.example", i))
		name := fmt.Sprintf("landlord%d.yaml", i)
		files = append(files, sourceFile{name, name, []byte(strings.Replace(text, "my-landlord", fmt.Sprintf("landlord%d", i), 1))})
	}
	s, err := build(files, nil)
	if err != nil {
		b.Fatal(err)
	}
	return s
}
