package pdf

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"repayd/internal/mail"
)

// write sets text as a program would: each glyph 0.5 em wide (full-width ones
// 1 em), its ink 80 % of that, blanks drawn where they are in the text.
func write(x, y, size float64, text string) []glyph {
	var out []glyph
	for _, r := range text {
		w := size / 2
		if r > 0x2E80 {
			w = size
		}
		out = append(out, glyph{text: string(r), left: x + w*0.1, right: x + w*0.9, bottom: y, top: y + 0.8*size})
		x += w
	}
	return out
}

// turned turns glyphs about the origin.
func turned(gs []glyph, quarters int) []glyph {
	out := make([]glyph, len(gs))
	for i, g := range gs {
		for range quarters {
			g.left, g.right, g.bottom, g.top = -g.top, -g.bottom, g.left, g.right
		}
		g.angle = float64(quarters) * math.Pi / 2
		out[i] = g
	}
	return out
}

func join(parts ...[]glyph) []glyph {
	var out []glyph
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestRows(t *testing.T) {
	t.Parallel()
	table := join(
		write(50, 700, 10, "到期还款日"), write(150, 700, 10, "本期应还金额"),
		write(50, 680, 10, "2026-12-05"), write(150, 680, 10, "¥1,234.56"),
	)
	const want = "到期还款日 | 本期应还金额\n2026-12-05 | ¥1,234.56"
	byColumn := join(table[:5], table[11:21], table[5:11], table[21:])
	watermark := write(100, 690, 40, "已还清")
	for i := range watermark {
		watermark[i].angle = math.Pi / 4
	}
	tests := []struct {
		name   string
		glyphs []glyph
		want   string
	}{
		{"row by row", table, want},
		{"column by column", byColumn, want},
		{"lines drawn bottom up", join(table[11:], table[:11]), want},
		{"a watermark across", join(watermark, table), want},
		{"sideways", turned(table, 1), want},
		{"upside down", turned(table, 2), want},
		{"sideways the other way", turned(table, 3), want},
		{"blanks in a sentence", write(50, 700, 10, "pay by 5 May"), "pay by 5 May"},
		{"a small unit behind a large amount", join(write(50, 700, 20, "1,234.56"), write(132, 702, 10, "元")), "1,234.56元"},
		{"a low comma and a high dash", []glyph{{"甲", 0, 9, 0, 9, 0}, {"，", 10, 12, -1, 2, 0}, {"一", 20, 29, 4, 5, 0}}, "甲,一"},
		{"nothing", nil, ""},
		{"blanks alone", write(50, 700, 10, "   "), ""},
	}
	for _, tt := range tests {
		if got := rows(tt.glyphs); got != tt.want {
			t.Errorf("%s:\n%q, want\n%q", tt.name, got, tt.want)
		}
	}
}

// TestRowsOfAnything: whatever stands wherever, no glyph is lost and the
// result is folded.
func TestRowsOfAnything(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var in []glyph
		for range r.IntN(60) {
			x, y := r.Float64()*100, r.Float64()*100
			in = append(in, glyph{"x", x, x + r.Float64()*10, y, y + r.Float64()*10, 0})
		}
		in = append(in, glyph{"y", math.NaN(), 1, 2, math.Inf(1), 0})
		got := rows(in)
		if n := strings.Count(got, "x"); n != len(in)-1 || mail.Fold(got) != got {
			t.Fatalf("%d of %d glyphs in %q", n, len(in)-1, got)
		}
	}
}
