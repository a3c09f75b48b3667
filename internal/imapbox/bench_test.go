package imapbox

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"repayd/internal/imapbox/dovecottest"
)

// BenchmarkFirstReading20k reads a mailbox of 20,000 messages for the first
// time, all within the lookback, of which 400 of about 40 KB are wanted, from
// a Dovecot that has not indexed it yet. peak-MB is the resident memory of the
// whole test process at its highest.
func BenchmarkFirstReading20k(b *testing.B) {
	if dovecottest.Dir() == "" {
		return
	}
	const messages, wanted = 20_000, 400
	s := dovecottest.Start(b, dovecottest.Dir())
	now := time.Now()
	small := strings.Repeat("nothing to do with owing, only some text to fill the message\r\n", 80)
	large := strings.Repeat("a bill with many words and few numbers, as they usually come\r\n", 640)
	for i := range messages {
		body := small
		if i%(messages/wanted) == 0 {
			body = large
		}
		s.Deliver("INBOX", now.Add(time.Duration(i-messages)*time.Minute), mail(i, body))
	}
	debug.FreeOSMemory()
	resetPeak(b)
	for validity := uint32(1); b.Loop(); validity++ {
		b.StopTimer()
		s.Forget("INBOX", validity)
		m := newMemory()
		m.size = true
		m.want = func(h Header) bool { return wantedNumber(h.Raw, messages/wanted) }
		b.StartTimer()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		done := make(chan error, 1)
		go func() { done <- New(dovecotOptions(s), m, nil).Run(ctx) }()
		if !m.until(ctx, func() bool { return m.count("caught") > 0 }) {
			b.Fatalf("not caught up: %v\n%s", m.events, s.Log())
		}
		cancel()
		<-done
		if m.heads != messages || len(m.seen["INBOX"]) != wanted || m.bytes < wanted*39_000 {
			b.Fatalf("%d headers, %d messages, %d bytes", m.heads, len(m.seen["INBOX"]), m.bytes)
		}
	}
	b.ReportMetric(peak(b), "peak-MB")
}

func wantedNumber(head []byte, every int) bool {
	_, rest, _ := bytes.Cut(head, []byte("Subject: number "))
	digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	return err == nil && n%every == 0
}

// resetPeak makes the kernel forget the highest resident size so far.
func resetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// peak returns the highest resident size since resetPeak, in MB.
func peak(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			words := bufio.NewScanner(strings.NewReader(rest))
			words.Split(bufio.ScanWords)
			words.Scan()
			if kb, err = strconv.ParseFloat(words.Text(), 64); err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}
