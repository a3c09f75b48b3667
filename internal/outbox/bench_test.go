package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/email"
	"repayd/internal/channel/webhook"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/secret"
	"repayd/internal/store"
)

// benchChannels is how many channels the ready letters are spread over.
const benchChannels = 100

// benchServer is the variable that makes this binary the far side of a
// benchmark, in a process of its own so that only the outbox is measured.
const benchServer = "REPAYD_BENCH_SERVER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(benchServer); kind != "" {
		serveBench(kind)
		return
	}
	os.Exit(m.Run())
}

// serveBench prints where it listens, then for each line that it reads how many
// letters came and how many nanoseconds lay between the first and the newest.
func serveBench(kind string) {
	sink, err := channeltest.NewCounter(kind)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println(sink.Addr())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(sink.Count(), sink.Span().Nanoseconds())
	}
	_ = sink.Close()
}

// remote is a far side of a benchmark.
type remote struct {
	addr string
	// ask returns how many letters it took, and the time from the first to the
	// newest.
	ask func() (int, time.Duration)
}

// startFar starts a far side: "webhook" or "smtp".
func startFar(b *testing.B, kind string) remote {
	b.Helper()
	exe, err := os.Executable()
	must(b, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), benchServer+"="+kind)
	in, err := cmd.StdinPipe()
	must(b, err)
	out, err := cmd.StdoutPipe()
	must(b, err)
	must(b, cmd.Start())
	lines := bufio.NewScanner(out)
	lines.Scan()
	addr := lines.Text()
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	return remote{addr, func() (count int, span time.Duration) {
		fmt.Fprintln(in)
		lines.Scan()
		_, err := fmt.Sscan(lines.Text(), &count, &span)
		must(b, err)
		return count, span
	}}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDeliver delivers ready letters of one bill each, on 100 channels,
// through store and outbox to servers of another process: every letter is
// claimed on the disk before it leaves and recorded after. It prints letters a
// second, how late the last one was, the processor time of this process for each
// letter, and the peak of resident memory.
func BenchmarkDeliver(b *testing.B) {
	b.Run("webhook=10000", func(b *testing.B) { deliver(b, "webhook", 10_000) })
	b.Run("webhook=100000", func(b *testing.B) { deliver(b, "webhook", 100_000) })
	b.Run("smtp=10000", func(b *testing.B) { deliver(b, "smtp", 10_000) })
	b.Run("smtp=100000", func(b *testing.B) { deliver(b, "smtp", 100_000) })
}

func deliver(b *testing.B, kind string, letters int) {
	var m measure
	for b.Loop() {
		b.StopTimer()
		m = deliverOnce(b, kind, letters)
		b.StartTimer()
	}
	b.ReportMetric(0, "ns/op") // the fill is no part of it
	m.report(b, "")
}

// measure is what came of one delivery.
type measure struct {
	letters int
	took    time.Duration // until the last letter
	cpu     time.Duration // of the sending process
	peakMB  float64       // of its resident memory
}

func (m measure) rate() float64 { return float64(m.letters) / m.took.Seconds() }

// report adds the figures; prefix tells two programs apart.
func (m measure) report(b *testing.B, prefix string) {
	b.ReportMetric(m.rate(), prefix+"letters/s")
	b.ReportMetric(m.took.Seconds(), prefix+"s-late-last")
	b.ReportMetric(float64(m.cpu.Microseconds())/float64(m.letters), prefix+"cpu-µs/letter")
	b.ReportMetric(m.peakMB, prefix+"MB-peak")
}

// deliverOnce fills a new database and delivers what is in it.
func deliverOnce(b *testing.B, kind string, letters int) measure {
	f := startFar(b, kind)
	s, err := store.Open(context.Background(), filepath.Join(b.TempDir(), "db"), store.Options{Create: true})
	must(b, err)
	fill(b, s, letters)
	exits := map[string]outbox.Exit{}
	for i := range benchChannels {
		exits[channelName(i)] = benchExit(b, kind, f.addr)
	}
	debug.FreeOSMemory() // what the fill has used
	resetPeak()
	began, used := time.Now(), cpuTime(b)
	deliverAll(b, s, exits, letters)
	m := measure{letters, time.Since(began), cpuTime(b) - used, peakMB("self")}
	must(b, s.Close())
	if n, _ := f.ask(); n != letters {
		b.Errorf("%d letters arrived, want %d", n, letters)
	}
	return m
}

// deliverAll runs an outbox until everything was accepted.
func deliverAll(b *testing.B, s *store.Store, exits map[string]outbox.Exit, letters int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var left atomic.Int64
	left.Store(int64(letters))
	for name, e := range exits {
		exits[name] = outbox.Exit{Channel: counted{e.Channel, &left, cancel}, Recipients: e.Recipients}
	}
	box := outbox.New(outbox.Options{Who: "bench", Language: "en", Env: plan.Env{Zone: time.UTC}, Gather: time.Millisecond,
		Channels: exits, Log: slog.New(slog.DiscardHandler)}, viaStore{s})
	must(b, box.Run(ctx))
	must(b, s.View(context.Background(), func(tx *store.Tx) error {
		open, err := tx.EarliestAttempt()
		if !open.IsZero() {
			b.Errorf("not everything was recorded; %d letters left to send", left.Load())
		}
		return err
	}))
}

func channelName(i int) string { return fmt.Sprintf("channel%02d", i) }

func benchExit(b *testing.B, kind, addr string) outbox.Exit {
	if kind == "smtp" {
		c, err := email.New(email.Options{Server: addr, TLS: "none", From: "shop@example.com", To: []string{"owner@example.com"}})
		must(b, err)
		return outbox.Exit{Channel: c, Recipients: c.Recipients()}
	}
	c, err := webhook.New(webhook.Options{URL: secret.Plain("http://" + addr + "/hook"), Format: "standard",
		Secret: secret.Plain("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")})
	must(b, err)
	return outbox.Exit{Channel: c}
}

// counted ends the outbox once the last letter was accepted.
type counted struct {
	channel.Channel
	left *atomic.Int64
	done func()
}

type countedSession struct {
	channel.Session
	c counted
}

func (c counted) Open(ctx context.Context) (channel.Session, error) {
	s, err := c.Channel.Open(ctx)
	return countedSession{s, c}, err
}

func (c counted) Parts() channel.Parts { return channel.PartsOf(c.Channel) }

func (s countedSession) Send(ctx context.Context, l channel.Letter) []channel.Result {
	rs := s.Session.Send(ctx, l)
	if rs[0].Outcome == channel.Accepted && s.c.left.Add(-1) == 0 {
		s.c.done()
	}
	return rs
}

// cpuTime is what this process has used of the processors.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resetPeak makes the kernel measure the peak of resident memory anew.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakMB is the peak of a process's resident memory.
func peakMB(pid string) float64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb / 1024
}

// fill puts n letters of one bill each into the outbox, new and due.
func fill(b *testing.B, s *store.Store, n int) {
	b.Helper()
	for from := 0; from < n; from += 1000 {
		must(b, s.Update(context.Background(), func(tx *store.Tx) error {
			for i := from; i < from+1000; i++ {
				if err := letterOf(tx, fmt.Sprintf("bill%06d", i), channelName(i%benchChannels)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func letterOf(tx *store.Tx, id, name string) error {
	due := bill.DayOf(tx.Now()) + 1
	owed := &bill.Bill{ID: id, Issuer: "shop", Currency: "CNY", AmountDue: bill.Money{Minor: 12300, Currency: "CNY"},
		Outstanding: bill.Money{Minor: 12300, Currency: "CNY"}, DueDate: due, LastSafeDay: due, Zone: "UTC", Trust: bill.TrustVouched, Seen: tx.Now()}
	if err := tx.PutBill(owed); err != nil {
		return err
	}
	r := plan.Reminder{Subject: plan.Subject{Kind: plan.SubjectBill, ID: id}, Step: "due-1d", Channel: name, Date: due,
		StepAt: tx.Now(), At: tx.Now(), State: plan.StateInLetter, Deadline: owed.Deadline()}
	r.ID = plan.ID(r.Subject, r.Step, r.Channel, r.Date)
	l := plan.Letter{ID: plan.NewLetterID(), Channel: name, Type: plan.LetterReminder, State: plan.LetterNew, Created: tx.Now(), NextAttempt: tx.Now(),
		Content: plan.Content{Items: []plan.Item{plan.ItemOf(r, owed, plan.Origin{}, tx.Now(), time.UTC)}}}
	r.Letter = l.ID
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	return tx.PutReminders([]plan.Reminder{r})
}
