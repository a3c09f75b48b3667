package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"repayd/internal/mail"
)

func reader(t *testing.T, passwords ...string) Reader {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Reader{Exe: exe, Args: []string{"pdf-extract"}, Passwords: passwords}
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// objects makes a PDF out of its objects; the first is the catalogue.
func objects(objs ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objs {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objs)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n", len(objs)+1, xref)
	return b.Bytes()
}

// onePage is a page with a font F and this content.
func onePage(font, content string) []byte {
	return objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 4 0 R >> >> /Contents 5 0 R >>",
		font, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
}

// song is the font that Chinese programs name without embedding it.
func song(encoding string) string {
	return "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /" + encoding + " /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light" +
		" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /W [1 95 500] /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6" +
		" /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>"
}

func ucs2(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}

func gbk(s string) string {
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		return ""
	}
	return hex.EncodeToString([]byte(out))
}

func labelAndDate(encode func(string) string) string {
	return "BT /F 12 Tf 1 0 0 1 50 700 Tm <" + encode("到期还款日") + "> Tj 1 0 0 1 300 700 Tm <" + encode("2026年12月05日") + "> Tj ET"
}

// TestDocuments reads in this process with one engine: starting one takes a
// second. TestReader goes through children.
func TestDocuments(t *testing.T) {
	e, err := newEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	testReadable(t, e)
	testDamaged(t, e)
}

func testReadable(t *testing.T, e *engine) {
	t.Helper()
	const statement = "招商银行信用卡电子账单\n尊敬的客户:您好!以下是您 2026年11月的对账单。\n到期还款日 | 本期应还金额 | 最低还款额\n" +
		"2026年12月05日 | ¥12,345.67 | ¥617.28\n卡号末四位:8888\n交易日 | 摘要 | 金额\n11/03 | 网上购物 ABC Store | -100.00\n11/09 | 还款 | 2,000.00"
	tests := []struct {
		name      string
		data      []byte
		passwords []string
		want      string
	}{
		{"printed by a browser, Chinese fonts embedded", file(t, "statement.pdf"), nil, statement},
		{"AES-256, the second password fits", file(t, "aes256.pdf"), []string{"falsch", "geheim"}, statement},
		{"RC4", file(t, "rc4.pdf"), []string{"geheim"}, statement},
		{"encrypted for the owner only", file(t, "owner-only.pdf"), nil, statement},
		{"with an invoice embedded", file(t, "invoice.pdf"), nil, "INVOICE 2026-0042\nAcme GmbH, please pay by the date below.\nAmount due | EUR 1,190.00\nDue date | 5 December 2026"},
		{"font not embedded, UniGB-UCS2-H", onePage(song("UniGB-UCS2-H"), labelAndDate(ucs2)), nil, "到期还款日 | 2026年12月05日"},
		{"font not embedded, GBK-EUC-H", onePage(song("GBK-EUC-H"), labelAndDate(gbk)), nil, "到期还款日 | 2026年12月05日"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := e.read(t.Context(), tt.data, tt.passwords)
			if err != nil || len(d.Pages) != 1 || d.Pages[0] != tt.want || d.Limits != nil {
				t.Errorf("%v %v\n%q", err, d.Limits, d.Pages)
			}
		})
	}
}

func testDamaged(t *testing.T, e *engine) {
	t.Helper()
	whole := file(t, "statement.pdf")
	const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /XObject << /X 4 0 R >> >> /Contents 4 0 R >>"
	damaged := []struct {
		name     string
		data     []byte
		password bool
		pages    int // read in spite of the damage
	}{
		{"no password", file(t, "rc4.pdf"), true, 0},
		{"truncated", whole[:len(whole)/2], false, 0},
		{"empty", nil, false, 0},
		{"a billion pages", objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", page, "<< /Length 0 >>\nstream\n\nendstream"), false, 1},
		{"pages that contain themselves", objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R 3 0 R] /Count 40 >>", page, "<< /Length 0 >>\nstream\n\nendstream"), false, 1},
		{"a form that draws itself", objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page,
			"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream"), false, 1},
	}
	for _, tt := range damaged {
		t.Run(tt.name, func(t *testing.T) {
			d, err := e.read(t.Context(), tt.data, nil)
			if got := errors.Is(err, mail.ErrPassword); got != tt.password {
				t.Errorf("password asked for: %v (%v)", got, err)
			}
			if len(d.Pages) != tt.pages || tt.pages == 0 && err == nil {
				t.Errorf("%d pages, error %v, limits %v", len(d.Pages), err, d.Limits)
			}
		})
	}
}

func TestReader(t *testing.T) {
	d, err := reader(t).Text(t.Context(), file(t, "invoice.pdf"))
	if err != nil || len(d.Pages) != 1 || len(d.Files) != 1 || d.Files[0].Name != "factur-x.xml" || !bytes.Contains(d.Files[0].Data, []byte("CrossIndustryInvoice")) {
		t.Errorf("%v %+v", err, d)
	}
	if _, err := reader(t, "falsch").Text(t.Context(), file(t, "rc4.pdf")); !errors.Is(err, mail.ErrPassword) {
		t.Errorf("no password: %v", err)
	}
	for name, data := range map[string][]byte{
		"no PDF":               []byte("nothing"),
		"nothing":              nil,
		"a kilobyte too large": append([]byte("%PDF-1.7\n"), make([]byte, maxDocument+1<<10)...),
		"text that never ends": bomb(),
	} {
		if d, err := reader(t).Text(t.Context(), data); err == nil && d.Limits == nil {
			t.Errorf("%s: %d pages and no complaint", name, len(d.Pages))
		}
	}
}

// bomb is a page of two hundred megabytes of text in a few hundred kilobytes.
func bomb() []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	line := strings.Repeat("BT /F 12 Tf 50 700 Td (all work and no play) Tj ET\n", 1000)
	for range 4000 {
		w.Write([]byte(line)) //nolint:errcheck // a buffer
	}
	w.Close() //nolint:errcheck // a buffer
	return objects("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", b.Len(), b.Bytes()))
}

func TestTextEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := reader(t).Text(ctx, bomb()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestChildThatFails(t *testing.T) {
	r := reader(t)
	for _, args := range [][]string{{"-test.run=^$"}, {"-no-such-flag"}} {
		r.Args = args
		if _, err := r.Text(t.Context(), file(t, "invoice.pdf")); err == nil || errors.Is(err, mail.ErrPassword) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
