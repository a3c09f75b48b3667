package mail

import (
	"encoding/base64"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLimits: hostile messages end in a named limit, within a second and
// 100 MB. The time allowed is five times that, for a slow and busy machine.
func TestLimits(t *testing.T) {
	fill := func(head, unit string) []byte { return []byte(head + strings.Repeat(unit, (10<<20)/len(unit))) }
	b64 := base64.StdEncoding.EncodeToString(slices.Repeat([]byte("Content-Type: text/html\n\n<p>a"), 200000))
	rfc822 := "Content-Type: message/rfc822\n\n"
	tests := []struct {
		name, limit string
		raw         []byte
	}{
		{"5,000 nested multiparts", "depth", deepMessage(5000)},
		{"nested messages", "depth", []byte(strings.Repeat(rfc822, 5000))},
		{"parts", "parts", fill("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\na\n")},
		{"many delimiters of another boundary", "", fill("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n", "--bb\n")},
		{"a long text", "size", fill("Content-Type: text/plain\n\n", "应还 5.00\n")},
		{"a long HTML", "size", fill("Content-Type: text/html\n\n<table>", "<tr><td rowspan=20 colspan=20>5")},
		{"a long line", "size", fill("Content-Type: text/html\n\n", "a")},
		{"a long field", "size", fill("Subject: ", "=?gbk?B?1dDJ?= ")},
		{"a long folded field", "size", fill("Received: a", "\n a")},
		{"many fields", "size", fill("", "Received: from a by b; x\n")},
		{"many addresses", "size", fill("From: ", "a@b.example, ")},
		{"parameters", "size", fill("Content-Type: text/plain", "; a*0=b")},
		{"base64 of HTML", "size", []byte("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + b64)},
		{"quoted-printable", "size", fill("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n", "=3Cp=3E= \n")},
		{"guessed GB18030", "size", fill("Content-Type: text/plain\n\n", "\xd3\xa6\xbb\xb9")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			m := Parse(tt.raw)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 100 {
				t.Errorf("allocated %d MB in all", mb)
			}
			if tt.limit != "" && !slices.Contains(m.Limits, tt.limit) {
				t.Errorf("limits %q, want %q", m.Limits, tt.limit)
			}
		})
	}
}
