package mail

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// documents is a PDFReader that knows what stands behind each "%PDF-" name.
type documents map[string]Document

func (d documents) Text(_ context.Context, data []byte) (Document, error) {
	name := strings.TrimPrefix(string(data), "%PDF-")
	if name == "locked" {
		return Document{}, fmt.Errorf("open: %w", ErrPassword)
	}
	doc, ok := d[name]
	if !ok {
		return Document{}, errors.New("broken document")
	}
	return doc, nil
}

// member is one file of a test archive.
type member struct {
	name, body string
	locked     bool
}

func archive(t testing.TB, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, NonUTF8: true}
		if m.locked {
			h.Flags |= 1
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(m.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// attached is a message with a short text and these attachments.
func attached(files ...member) []byte {
	var b strings.Builder
	b.WriteString("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n请见附件\r\n")
	for _, f := range files {
		fmt.Fprintf(&b, "--x\r\nContent-Type: application/octet-stream; name=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", f.name, base64.StdEncoding.EncodeToString([]byte(f.body)))
	}
	b.WriteString("--x--\r\n")
	return []byte(b.String())
}

func many(n int, m member) []member { return slices.Repeat([]member{m}, n) }

func TestUnpack(t *testing.T) {
	t.Parallel()
	reader := documents{
		"bill":    {Pages: []string{"应还 | 5.00", "第２页"}},
		"invoice": {Pages: []string{"x"}, Files: []File{{Name: "factur-x.xml", Data: []byte("<a/>")}, {Name: "terms.pdf", Data: []byte("%PDF-bill")}}},
		"long":    {Pages: []string{"y"}, Limits: []string{"pages"}},
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("账单.html")
	if err != nil {
		t.Fatal(err)
	}
	pdf, page := member{name: "a.pdf", body: "%PDF-bill"}, member{name: gbk, body: "<meta charset=utf-8><table><tr><td>应还<td>5</table>"}
	eml := member{name: "in.eml", body: "From: c@d.example\r\nSubject: s\r\n\r\nx"}
	inner := archive(t, page)
	tests := []struct {
		name    string
		raw     []byte
		parts   []string // name, file and text beyond the first part
		limits  []string
		defects int
	}{
		{"a PDF", attached(pdf), []string{"application/pdf a.pdf 应还 | 5.00\n第2页"}, nil, 0},
		{"a PDF with an invoice in it", attached(member{name: "i.pdf", body: "%PDF-invoice"}), []string{"application/pdf i.pdf x", "application/xml factur-x.xml "}, nil, 0},
		{"a long PDF", attached(member{name: "l.pdf", body: "%PDF-long"}), []string{"application/pdf l.pdf y"}, []string{"pages"}, 0},
		{"a locked PDF", attached(member{name: "l.pdf", body: "%PDF-locked"}), []string{"application/pdf l.pdf "}, []string{"password"}, 1},
		{"a broken PDF", attached(member{name: "l.pdf", body: "%PDF-?"}), []string{"application/pdf l.pdf "}, nil, 1},
		{"six PDFs", attached(many(6, pdf)...), append(slices.Repeat([]string{"application/pdf a.pdf 应还 | 5.00\n第2页"}, 5), "application/pdf a.pdf "), []string{"documents"}, 0},
		{"an archive", attached(member{name: "z.zip", body: archive(t, pdf, page, eml, member{name: "p.png", body: "x"}, member{name: "d/", body: ""})}),
			[]string{"application/zip z.zip ", "application/pdf a.pdf 应还 | 5.00\n第2页", "text/html 账单.html 应还 | 5"}, nil, 0},
		{"an archive in an archive", attached(member{name: "z.zip", body: archive(t, member{name: "y.zip", body: inner})}), []string{"application/zip z.zip ", "text/html 账单.html 应还 | 5"}, nil, 0},
		{"three deep", attached(member{name: "z.zip", body: archive(t, member{name: "y.zip", body: archive(t, member{name: "x.zip", body: inner})})}), []string{"application/zip z.zip "}, []string{"archive"}, 0},
		{"a locked archive", attached(member{name: "z.zip", body: archive(t, member{name: "a.pdf", body: "%PDF-bill", locked: true})}), []string{"application/zip z.zip "}, []string{"password"}, 1},
		{"no archive", attached(member{name: "z.zip", body: "PK"}), []string{"application/zip z.zip "}, nil, 1},
		{"a bomb", attached(member{name: "z.zip", body: archive(t, member{name: "a.html", body: strings.Repeat("\x00", 9<<20)})}), []string{"application/zip z.zip "}, []string{"archive"}, 0},
		{"too many members", attached(member{name: "z.zip", body: archive(t, many(51, member{name: "a.ics"})...)}),
			append([]string{"application/zip z.zip "}, slices.Repeat([]string{"text/calendar a.ics "}, 50)...), []string{"archive"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := Parse(tt.raw)
			Unpack(t.Context(), m, reader, nil)
			var parts []string
			for _, p := range m.Parts[1:] {
				parts = append(parts, strings.TrimRight(p.Name, " 0123456789")+" "+p.File+" "+p.Text)
			}
			if d := cmp.Diff(tt.parts, parts); d != "" {
				t.Error(d)
			}
			if !slices.Equal(m.Limits, tt.limits) || len(m.Defects) != tt.defects {
				t.Errorf("limits %q, defects %q", m.Limits, m.Defects)
			}
			if tt.name == "an archive" && (len(m.Inner) != 1 || m.Inner[0].Subject != "s") {
				t.Errorf("inner: %+v", m.Inner)
			}
			checkMessage(t, m)
		})
	}
}

func TestUnpackAttachedMessage(t *testing.T) {
	t.Parallel()
	m := Parse(slices.Concat([]byte("From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n"), attached(member{name: "l.pdf", body: "%PDF-locked"}, member{name: "a.pdf", body: "%PDF-bill"})))
	Unpack(t.Context(), m, documents{"bill": {Pages: []string{"应还"}}}, nil)
	if len(m.Inner) != 1 || m.Inner[0].Parts[2].Text != "应还" || !slices.Equal(m.Limits, []string{"password"}) {
		t.Errorf("%+v", m)
	}
}

func TestUnpackWithoutReaderOrTime(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, unpack := range map[string]func(*Message){
		"no reader": func(m *Message) { Unpack(t.Context(), m, nil, nil) },
		"no time":   func(m *Message) { Unpack(ended, m, documents{"bill": {Pages: []string{"x"}}}, nil) },
	} {
		m := Parse(attached(member{name: "a.pdf", body: "%PDF-bill"}))
		unpack(m)
		if p := m.Parts[1]; p.Text != "" || string(p.Raw) != "%PDF-bill" || len(m.Defects) > 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestArchivesAreNotKept(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(Parse(attached(member{name: "z.zip", body: archive(t, member{name: "a.txt", body: "x"})})))
	if err != nil || bytes.Contains(out, []byte(`"raw"`)) {
		t.Errorf("%v %s", err, out)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte(archive(f, member{name: "a.html", body: "<p>x"}, member{name: "b.zip", body: archive(f, member{name: "c.eml", body: "From: a@b\n\nx"})})))
	f.Add([]byte("PK\x03\x04"))
	for _, name := range []string{"traditional.zip", "aes128.zip"} {
		data, err := os.ReadFile(filepath.Join("testdata", "locked", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := Parse(attached(member{name: "z.zip", body: string(data)}))
		start := time.Now()
		Unpack(t.Context(), m, nil, func() []string { return []string{"123456"} })
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("%v for %d bytes", took, len(data))
		}
		checkMessage(t, m)
	})
}
