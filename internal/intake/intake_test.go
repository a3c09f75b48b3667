package intake_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/issuer"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// shanghai is the issuers' zone, and the owner's in most of these tests.
var shanghai = location("Asia/Shanghai")

func location(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// world is an intake over a real store, with a clock that the test sets.
type world struct {
	t     *testing.T
	store *store.Store
	in    *intake.Intake
	now   time.Time
	dir   string // of the owner's issuer files
}

func newWorld(t *testing.T, now string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.at(now)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{Create: true, Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	policy := plan.Policy{Name: "default", Channels: []string{"me"}}
	policy.At, _ = bill.NewClock(9, 0)
	for _, text := range []string{"due-3d", "due", "grace", "late every 2d"} {
		step, err := plan.ParseStep(text)
		if err != nil {
			t.Fatal(err)
		}
		policy.Steps = append(policy.Steps, step)
	}
	set, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	w.in = &intake.Intake{Reader: &intake.Reader{Set: set}, Env: plan.Env{Zone: shanghai, Policies: []plan.Policy{policy}}, Log: slog.New(slog.DiscardHandler)}
	return w
}

// embedded are the issuer files without any of the owner's; loading them costs
// more than everything else in a world.
var embedded = sync.OnceValues(func() (*issuer.Set, error) { return issuer.Load("", nil) })

func (w *world) load() {
	w.t.Helper()
	set, err := issuer.Load(w.dir, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.in.Reader = &intake.Reader{Set: set}
}

func (w *world) at(s string) {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		w.t.Fatal(err)
	}
	w.now = t
}

const authserv = "mx.example.net"

// mail makes a message as the owner's server stores it: what it vouches for
// stands above the Received field it added.
func mail(from, received, subject, body string, vouched bool) []byte {
	t, err := time.ParseInLocation("2006-01-02 15:04", received, shanghai)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	_, domain, _ := strings.Cut(from, "@")
	if vouched {
		fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=pass header.from=%s\r\n", authserv, domain)
	}
	fmt.Fprintf(&b, "Received: from out.%s by %s; %s\r\n", domain, authserv, t.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <owner@example.com>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%x@%s>\r\n",
		from, subject, t.Format(time.RFC1123Z), t.UnixNano()+int64(len(body)), domain)
	fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n", body)
	return []byte(b.String())
}

const huabei = "service@mail.alipay.com"

func statement(received string) []byte {
	return mail(huabei, received, "花呗账单提醒", "您的2026年1月花呗账单已生成\n本期应还金额:¥500.00\n到期还款日:2026年1月10日\n", true)
}

func payment(received, amount string, vouched bool) []byte {
	return mail(huabei, received, "花呗还款成功通知", "您的2026年1月花呗账单还款成功。\n还款金额:"+amount+"元\n还款时间:"+received+":00\n", vouched)
}

func (w *world) read(raw []byte) intake.Result { return w.readSince(raw, time.Time{}) }

func (w *world) readSince(raw []byte, firstRead time.Time) intake.Result {
	w.t.Helper()
	it := intake.Item{Raw: raw, Source: intake.Source{Authserv: []string{authserv}}, FirstRead: firstRead}
	res, err := w.in.Message(context.Background(), it, w.update)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func (w *world) update(fn func(intake.Tx) error) error {
	return w.store.Update(context.Background(), func(tx *store.Tx) error { return fn(tx) })
}

func (w *world) command(c bill.Command) *bill.Bill {
	w.t.Helper()
	c.ID = fmt.Sprintf("cmd-%d-%s", w.now.UnixNano(), c.Kind)
	var b *bill.Bill
	err := w.update(func(tx intake.Tx) error {
		var err error
		b, err = w.in.Command(tx, c)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// bills shows every bill in a line.
func (w *world) bills() []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		bs, err := tx.Bills(store.BillFilter{})
		for _, b := range bs {
			out = append(out, strings.TrimSpace(fmt.Sprintln(b.Issuer, b.DueDate, b.Outstanding.Decimal(), b.Stage(w.now, shanghai), b.Trust)))
		}
		return err
	})
	slices.Sort(out)
	return out
}

func (w *world) ids() []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		bs, err := tx.Bills(store.BillFilter{})
		for _, b := range bs {
			out = append(out, b.ID)
		}
		return err
	})
	return out
}

// reminders shows what is planned or was decided, by subject kind and step.
func (w *world) reminders(states ...plan.State) []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		for _, id := range w.ids() {
			rows, err := tx.RemindersOfBill(id)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if slices.Contains(states, r.State) {
					out = append(out, fmt.Sprintf("%s %s %s", r.Subject.Kind, r.Step, r.At.In(shanghai).Format("01-02 15:04")))
				}
			}
		}
		return nil
	})
	return out
}

func (w *world) view(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.View(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestFromMessageToReminders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	res := w.read(statement("2026-01-02 08:00"))
	check(t, "outcome", res.Outcome, bill.OutcomeNotices)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming vouched"})
	check(t, "first reminders", w.reminders(plan.StatePlanned)[:2], []string{"bill due-3d 01-07 09:00", "bill due 01-10 09:00"})
}

func TestReadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	w.read(statement("2026-01-02 08:00"))
	before, ids := w.reminders(plan.StatePlanned), w.ids()
	res := w.read(statement("2026-01-02 08:00"))
	check(t, "known", res.Known, true)
	w.at("2026-01-03 12:00")
	// The same bill once more, as another message (a second folder, re-sent).
	w.read(statement("2026-01-03 08:00"))
	check(t, "reminders", w.reminders(plan.StatePlanned)[:4], before[:4])
	check(t, "ids", w.ids(), ids)
}

func TestPaymentSettlesAndSilences(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][][]byte{
		"in order":      {statement("2026-01-02 08:00"), payment("2026-01-08 10:00", "500.00", true)},
		"payment first": {payment("2026-01-08 10:00", "500.00", true), statement("2026-01-02 08:00")},
	} {
		w := newWorld(t, "2026-01-08 12:00")
		for _, raw := range order {
			w.read(raw)
		}
		check(t, name+": bills", w.bills(), []string{"alipay-huabei 2026-01-10 0.00 settled vouched"})
		check(t, name+": planned", w.reminders(plan.StatePlanned), []string{})
	}
}

func TestForgedPaymentChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-08 12:00")
	w.read(statement("2026-01-02 08:00"))
	before := w.reminders(plan.StatePlanned)
	w.read(payment("2026-01-08 10:00", "500.00", false))
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming vouched"})
	check(t, "planned", w.reminders(plan.StatePlanned), before)
}

// TestOwnLettersAreNeverNotices: the usual set-up reads, sends and receives in
// one mailbox.
func TestOwnLettersAreNeverNotices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	quoting := mail(huabei, "2026-01-02 08:00", "回复:花呗账单提醒",
		"> 您的2026年1月花呗账单已生成 本期应还金额:¥500.00 到期还款日:2026年1月10日\n> rl_abcdefghijklmnopqrstuvwxyz\n", true)
	check(t, "outcome of a quotation", w.read(quoting).Outcome, bill.OutcomeNone)
	marked := slices.Concat([]byte("X-Repayd-Letter: rl_x\r\n"), statement("2026-01-02 08:01"))
	check(t, "outcome of a letter", w.read(marked).Outcome, bill.OutcomeNone)
	check(t, "bills", w.bills(), []string{})
}

func TestReviewIsToldAndSetResolvesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	res := w.read(mail(huabei, "2026-01-02 08:00", "花呗账单已出", "本期应还金额:100.00元\n还款日:1月8日\n最后还款日:1月10日\n", true))
	check(t, "outcome", res.Outcome, bill.OutcomeNeedsReview)
	check(t, "told the same day and again", w.reminders(plan.StatePlanned),
		[]string{"review review 01-02 12:00", "review review+3d 01-05 09:00", "review review+7d 01-09 09:00"})
	id := w.ids()[0]
	w.at("2026-01-02 13:00")
	due, _ := bill.ParseDay("2026-01-08")
	b := w.command(bill.Command{Kind: bill.CommandSet, Bill: id, Due: due})
	check(t, "id", b.ID, id)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-08 100.00 upcoming vouched"})
	check(t, "planned", w.reminders(plan.StatePlanned)[:1], []string{"bill due-3d 01-05 09:00"})
}

// TestBacklog: an old bill of a first reading is unconfirmed, until the owner
// says; one that is still to come is an ordinary bill.
func TestBacklog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-03-01 12:00")
	w.readSince(statement("2026-01-02 08:00"), w.now)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 unconfirmed vouched"})
	check(t, "planned", w.reminders(plan.StatePlanned), []string{"backlog backlog 03-01 12:00"})
	w.at("2026-03-01 13:00")
	b := w.command(bill.Command{Kind: bill.CommandReopen, Bill: w.ids()[0]})
	check(t, "stage", b.Stage(w.now, shanghai), bill.StageLate)
	w2 := newWorld(t, "2026-01-05 12:00")
	w2.readSince(statement("2026-01-02 08:00"), w2.now)
	check(t, "a bill still to come", w2.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming vouched"})
}

// TestAnOutageIsNoFirstReading: what was received while the daemon was down
// is late, not unconfirmed.
func TestAnOutageIsNoFirstReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-20 12:00")
	first, _ := time.Parse(time.DateOnly, "2025-12-01")
	w.readSince(statement("2026-01-02 08:00"), first)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 late vouched"})
}

func TestAddedBillMeetsItsNotice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-01 12:00")
	due, _ := bill.ParseDay("2026-01-10")
	b := w.command(bill.Command{Kind: bill.CommandAdd, Issuer: "alipay-huabei", Due: due, Amount: bill.Money{Minor: 50000, Currency: "CNY"}})
	w.at("2026-01-02 12:00")
	w.read(statement("2026-01-02 08:00"))
	check(t, "ids", w.ids(), []string{b.ID})
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming owner"})
}

// TestTaughtIssuerReadsAgain: a sender that nobody described, whose wording is
// not certain, then the owner's file for it.
func TestTaughtIssuerReadsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	raw := mail("billing@hosting.example", "2026-01-02 08:00", "Invoice 77", "Zu zahlen 42.00 EUR bis 2026-01-20", true)
	w.read(raw)
	check(t, "bills before", w.bills(), []string{"billing@hosting.example  42.00 needs_review vouched"})
	rule := `issuer: hosting
name: Hosting
zone: Europe/Berlin
currency: EUR
from: [hosting.example]
wording: seen
notices:
  - kind: statement
    when: ['Zu zahlen']
    fields:
      amount_due: ['Zu zahlen']
      due_date: ['bis']
samples:
  - name: invoice
    from: billing@hosting.example
    received: 2026-01-02
    subject: Invoice 77
    text: Zu zahlen 42.00 EUR bis 2026-01-20
    want: {kind: statement, amount_due: 42.00, due_date: 2026-01-20}
  - name: news
    from: billing@hosting.example
    received: 2026-01-02
    subject: News
    text: nothing
    want: none
`
	if err := os.WriteFile(filepath.Join(w.dir, "hosting.yaml"), []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	w.load()
	rec := w.kept()
	err := w.update(func(tx intake.Tx) error {
		_, err := w.in.Again(tx, rec)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "bills after", w.bills(), []string{"hosting 2026-01-20 42.00 upcoming vouched"})
}

func (w *world) kept() bill.MessageRecord {
	w.t.Helper()
	var rec bill.MessageRecord
	w.view(func(tx *store.Tx) error {
		hashes, err := tx.KeptHashes(time.Time{}, "")
		if err != nil {
			return err
		}
		if len(hashes) != 1 {
			return fmt.Errorf("%d messages kept", len(hashes))
		}
		rec, _, err = tx.Message(hashes[0])
		return err
	})
	return rec
}

// TestReopenByTheOwnerIsNotTold: who has just undone a command need not be
// reminded of it at once; the ladder goes on where it is.
func TestReopenByTheOwnerIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	w.read(statement("2026-01-02 08:00"))
	before := w.reminders(plan.StatePlanned)
	id := w.ids()[0]
	for _, kind := range []bill.CommandKind{bill.CommandPaid, bill.CommandReopen, bill.CommandDrop, bill.CommandReopen} {
		w.now = w.now.Add(time.Minute)
		w.command(bill.Command{Kind: kind, Bill: id})
	}
	check(t, "planned", w.reminders(plan.StatePlanned), before)
}

func TestDeclaringAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	due, _ := bill.ParseDay("2026-01-05")
	rent := bill.Notice{ID: "declared-rent-2026-01-05", Issuer: "rent", IssuerName: "rent", Currency: "CNY", AmountDue: bill.Money{Minor: 300000, Currency: "CNY"}, DueDate: due}
	for range 3 {
		if err := w.update(func(tx intake.Tx) error { _, err := w.in.Declare(tx, rent); return err }); err != nil {
			t.Fatal(err)
		}
	}
	check(t, "bills", w.bills(), []string{"rent 2026-01-05 3000.00 upcoming declared"})
}

// TestUndescribedIssuerLivesInTheOwnersZone: the last safe day of a bill that
// the owner added ends where the owner is.
func TestUndescribedIssuerLivesInTheOwnersZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	w.in.Env.Zone = location("America/New_York")
	due, _ := bill.ParseDay("2026-01-10")
	b := w.command(bill.Command{Kind: bill.CommandAdd, Issuer: "landlord", Due: due, Amount: bill.Money{Minor: 100, Currency: "USD"}})
	check(t, "deadline", b.Deadline().Format(time.RFC3339), "2026-01-11T00:00:00-05:00")
}

func TestCommandsRefuseSlips(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	w.read(statement("2026-01-02 08:00"))
	id := w.ids()[0]
	for name, c := range map[string]bill.Command{
		"unknown bill":      {Kind: bill.CommandPaid, Bill: "nothere"},
		"more than is owed": {Kind: bill.CommandPaid, Bill: id, Amount: bill.Money{Minor: 50001, Currency: "CNY"}},
		"another currency":  {Kind: bill.CommandPaid, Bill: id, Amount: bill.Money{Minor: 100, Currency: "USD"}},
	} {
		c.ID = "cmd-" + name
		if err := w.update(func(tx intake.Tx) error { _, err := w.in.Command(tx, c); return err }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming vouched"})
}

// TestAFloodOfForgedMailIsCounted: the first of a day are told one by one, the
// rest by their number, in one letter the next morning.
func TestAFloodOfForgedMailIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-02 12:00")
	for i := range 40 {
		from := fmt.Sprintf("service%d@mail.alipay.com", i%7)
		w.now = w.now.Add(time.Minute)
		raw := mail(from, w.now.In(shanghai).Format("2006-01-02 15:04"), "花呗账单提醒", fmt.Sprintf("本期应还金额:¥%d.00\n到期还款日:2026年1月10日\n", i+1), false)
		raw = []byte("Authentication-Results: " + authserv + "; dmarc=fail header.from=mail.alipay.com\r\n" + string(raw))
		w.read(raw)
	}
	var got []string
	w.view(func(tx *store.Tx) error {
		rows, err := tx.Planned(time.Time{}, time.Time{})
		for _, r := range rows {
			if n := r.Detail.Args["n"]; n != "" {
				got = append(got, fmt.Sprint(r.At.In(shanghai).Format("01-02 15:04"), " ", n, " more, senders ", len(strings.Split(r.Detail.Args["from"], ", "))))
			} else {
				got = append(got, r.At.In(shanghai).Format("01-02 15:04"))
			}
		}
		return err
	})
	check(t, "warnings", got, []string{"01-02 12:01", "01-02 12:02", "01-02 12:03", "01-03 09:00 37 more, senders 5"})
	check(t, "bills", w.bills(), []string{})
}
