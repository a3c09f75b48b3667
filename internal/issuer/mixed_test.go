package issuer

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"repayd/internal/mail"
)

// pythonReads does with Python's own email package and html.parser what mail
// does: decode each file, every part of it, and take the text out of HTML. It
// prints how many messages a second that makes, the best of three rounds.
const pythonReads = `
import sys, time, pathlib, email, email.policy, html.parser
class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(); self.out = []; self.off = 0
    def handle_starttag(self, tag, attrs):
        self.off += tag in ("style", "script")
    def handle_endtag(self, tag):
        self.off -= tag in ("style", "script")
    def handle_data(self, data):
        if self.off <= 0: self.out.append(data)
def text(raw):
    m = email.message_from_bytes(raw, policy=email.policy.default)
    try: got = [str(m["subject"]), str(m["from"])]
    except Exception: got = []
    for part in m.walk():
        if part.get_content_maintype() != "text": continue
        try: s = part.get_content()
        except Exception: s = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
        if part.get_content_subtype() == "html":
            p = Text(); p.feed(s); s = "".join(p.out)
        got.append(s)
    return got
raws = [p.read_bytes() for p in sorted(pathlib.Path(sys.argv[1]).iterdir())]
best = 1e9
for _ in range(3):
    start = time.process_time()
    for raw in raws: text(raw)
    best = min(best, time.process_time() - start)
print(len(raws) / best)
`

// BenchmarkMixedMailbox decodes and reads a mailbox as people have it: of ten
// messages one or two of an issuer (every sample of every file), the others
// newsletters, receipts of pictures, talk; besides, the messages below the
// folder mime of REPAYD_CORPUS where that is set. With REPAYD_PYTHON naming a
// python3, the same messages are decoded by Python as well, and the ratio is
// told; Python only decodes, this also looks for bills.
func BenchmarkMixedMailbox(b *testing.B) {
	s := loadSet(b)
	raws := mixedMailbox(b, s)
	o := Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)}
	size, n := 0, 0
	for _, raw := range raws {
		size += len(raw)
	}
	b.SetBytes(int64(size / len(raws)))
	b.ReportAllocs()
	for _, raw := range raws { // the daemon compiles an issuer's patterns once
		s.Read(mail.Parse(raw), o)
	}
	start := cpuTime(b)
	for b.Loop() {
		s.Read(mail.Parse(raws[n%len(raws)]), o)
		n++
	}
	rate := float64(n) / (cpuTime(b) - start).Seconds()
	b.ReportMetric(rate, "messages/s")
	if python := os.Getenv("REPAYD_PYTHON"); python != "" && n >= len(raws) {
		theirs := pythonRate(b, python, raws)
		b.ReportMetric(theirs, "python-messages/s")
		b.ReportMetric(rate/theirs, "times-python")
	}
}

// cpuTime is what the process has used so far; on a machine that does other
// things as well it says more than the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func pythonRate(b *testing.B, python string, raws [][]byte) float64 {
	b.Helper()
	dir := b.TempDir()
	for i, raw := range raws {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.eml", i)), raw, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	out, err := exec.Command(python, "-c", pythonReads, dir).Output()
	if err != nil {
		b.Fatal(err)
	}
	rate, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

// mixedMailbox mixes the samples with four times as many foreign messages.
func mixedMailbox(tb testing.TB, s *Set) [][]byte {
	tb.Helper()
	var out [][]byte
	for _, r := range s.rules {
		for _, sample := range r.samples {
			at, err := sample.received(r.terms.Zone)
			if err != nil {
				tb.Fatal(err)
			}
			out = append(out, sample.raw(at))
		}
	}
	for i := range 4 * len(out) {
		out = append(out, foreignMail(i))
	}
	dir := os.Getenv("REPAYD_CORPUS")
	if dir == "" {
		return out
	}
	err := filepath.WalkDir(filepath.Join(dir, "mime"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		out = append(out, raw)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// foreignMail is the i-th message that is no bill.
func foreignMail(i int) []byte {
	from := fmt.Sprintf("person%d@provider%d.example", i%97, i%13)
	switch i % 4 {
	case 0:
		return message(from, "Re: Thursday", strings.Repeat("I would rather come a day later, if that suits you too. ", 1+i%40))
	case 1:
		return message(from, "周末活动安排", strings.Repeat("大家好,周六上午在公园门口集合,请带好水和午饭。", 1+i%30))
	case 2:
		html := newsletter(10 + i%40)
		return []byte(strings.Replace(string(message(from, "This week in the garden", html)), "text/plain", "text/html", 1))
	}
	picture := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 50+i%400)
	return []byte("From: " + from + "\r\nTo: owner@example.com\r\nSubject: Pictures\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n--x\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + picture + "--x--\r\n")
}

// newsletter is HTML with prices and days of another kind than a bill's.
func newsletter(items int) string {
	var b strings.Builder
	b.WriteString(`<html><head><style>td{font-family:Arial;color:#333}</style></head><body><table width="600"><tr><td><h1>Garden weekly</h1></td></tr>`)
	for i := range items {
		fmt.Fprintf(&b, `<tr><td style="padding:4px 8px;font-size:14px"><a href="https://shop.example/p/%d?utm_source=mail&amp;u=abcdef0123456789">Rose number %d</a> Plant it before the frost comes, in a sunny place.</td><td align="right">$%d.99</td></tr>`, i, i, i+3)
	}
	b.WriteString(`</table><p>You get this mail because you asked for it. Unsubscribe at any time.</p></body></html>`)
	return b.String()
}
