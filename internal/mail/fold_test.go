package mail

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"full-width digits and signs", "本期应还：￥１，２３４．５６（元）", "本期应还:¥1,234.56(元)"},
		{"full-width dollar", "＄100", "$100"},
		{"blanks inside a label", "最 后　还\u00a0款 日", "最后还款日"},
		{"blanks between Han and digits stay", "2026 年 8 月 5 日", "2026 年 8 月 5 日"},
		{"zero-width characters and soft hyphens", "还\u200b款\ufeff日 pay\u00admentʼs", "还款日 paymentʼs"},
		{"runs of blanks", "a \t  b", "a b"},
		{"lines are trimmed, empty ones dropped", "  a  \r\n\r\n \u3000 \n b\rc", "a\nb\nc"},
		{"a line break between Han stays", "到期\n还款日", "到期\n还款日"},
		{"cell separators stay", "到期还款日 | 2026-09-13", "到期还款日 | 2026-09-13"},
		{"empty cell in the middle", "1234 |  | 100.00", "1234 |  | 100.00"},
		{"empty first cell", " | 美元 | 5", " | 美元 | 5"},
		{"a row of nothing", "a\n | | \nb", "a\nb"},
		{"circled digits are not digits", "①还款②", "①还款②"},
		{"superscript is not a digit", "¥1,234.56¹", "¥1,234.56¹"},
		{"fraction is not a digit", "5½", "5½"},
		{"squared unit", "100㎡", "100㎡"},
		{"ellipsis is no decimal point", "最低还款额…100", "最低还款额…100"},
		{"full-width bar is no cell", "甲 ｜ 乙", "甲 ｜ 乙"},
		{"full-width comma does not join numbers", "应还500，200已还", "应还500, 200已还"},
		{"full-width comma inside full-width digits groups", "１，２００", "1,200"},
		{"minus sign and hyphens", "−5 2026‐08‑01", "-5 2026-08-01"},
		{"dashes between dates stay", "7月1日—7月31日 〜", "7月1日—7月31日 ~"},
		{"compatibility ideographs", "⽇⾦", "日金"},
		{"invalid bytes", "a\xffb", "a\uFFFDb"},
		{"control characters", "a\x00b\x07c", "abc"},
		{"direction marks", "\u202e100\u202c", "100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// foldChars draws text from the characters that folding is about.
func foldChars() *rapid.Generator[string] {
	special := []rune(" \t\n\r|,.-0123456789期还款日元，。：（）￥＄０９①½²…｜㎡㈱\u00a0\u3000\u200b\u00ad\ufeff\u0301\u1160ﾞｶ¨ﷺ가각ᄀ\uFFA0")
	return rapid.OneOf(rapid.StringOfN(rapid.SampledFrom(special), 0, 30, -1), rapid.String())
}

func TestFoldProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := foldChars().Draw(t, "in")
		checkFolded(t, in, Fold(in))
	})
}

// checkFolded states what holds for folded text of any origin.
func checkFolded(t interface{ Fatalf(string, ...any) }, in, got string) {
	if again := Fold(got); again != got {
		t.Fatalf("not idempotent: %q → %q → %q", in, got, again)
	}
	if !utf8.ValidString(got) {
		t.Fatalf("%q gives invalid UTF-8 %q", in, got)
	}
	for line := range strings.SplitSeq(got, "\n") {
		if got != "" && strings.Trim(line, "| ") == "" {
			t.Fatalf("%q gives an empty line in %q", in, got)
		}
	}
	if digits(got) > digits(in) {
		t.Fatalf("%q gives digits that were not there: %q", in, got)
	}
}

// digits counts decimal digits of any script.
func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Nd, r) {
			n++
		}
	}
	return n
}
