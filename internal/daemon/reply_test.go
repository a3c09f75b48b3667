package daemon

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel/email"
	"repayd/internal/config"
	"repayd/internal/imapbox"
	"repayd/internal/intake/reply"
	"repayd/internal/letter"
	"repayd/internal/plan"
)

const replyConfig = `timezone: Asia/Shanghai
mailboxes:
  - {name: shop, server: "imap.163.com:993", username: Shop@163.com, password: x, folders: [INBOX]}
channels:
  - name: me
    email: {server: "smtp.163.com:465", username: shop@163.com, password: x, from: "repayd <shop@163.com>", to: ["Me <Owner@Example.com>", partner@example.org]}
    fallback: office
  - name: office
    webhook: {url: "https://hook.example.com/x", format: standard, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
reminders:
  - {name: default, at: "09:00", steps: [due], channels: [me]}
`

func parsed(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestWhoMayAnswer(t *testing.T) {
	t.Parallel()
	in, err := Intake(parsed(t, replyConfig), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"owner@example.com", "partner@example.org"}; !slices.Equal(in.Owners, want) {
		t.Errorf("owners %v, want %v", in.Owners, want)
	}
	if in.Fallbacks["me"] != "office" || in.Fallbacks["office"] != "" {
		t.Errorf("fallbacks %v", in.Fallbacks)
	}
}

// TestAnswersAreAskedForOnlyWhereTheyAreRead: at reply_to, else at from, and
// only where it is a mailbox's own name.
func TestAnswersAreAskedForOnlyWhereTheyAreRead(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, replyConfig)
	for _, c := range []struct{ from, replyTo, want string }{
		{"repayd <shop@163.com>", "", "shop@163.com"},
		{"other@163.com", "", ""},
		{"other@163.com", "SHOP@163.com", "shop@163.com"},
		{"shop@163.com", "other@163.com", ""},
		{"not an address", "", ""},
	} {
		if got := replyTo(cfg, &email.Options{From: c.from, ReplyTo: c.replyTo}); got != c.want {
			t.Errorf("from %q, reply_to %q: %q, want %q", c.from, c.replyTo, got, c.want)
		}
	}
}

// TestWhatComesBackIsFetched: answers and delivery reports look like nobody's
// bills.
func TestWhatComesBackIsFetched(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, replyConfig)
	in, err := Intake(cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(cfg.Mailboxes[0], in, nil, slog.New(slog.DiscardHandler))
	const id = "rl_abcdefghijklmnopqrstuvwxyz"
	for head, want := range map[string]bool{
		"From: a@example.com\r\nSubject: Re: hello":                                             false,
		"From: a@example.com\r\nIn-Reply-To: <" + id + "@163.com>\r\nSubject: Re: hello":        true,
		"From: a@example.com\r\nReferences: <x@y>\r\n <" + id + "@163.com>\r\nSubject: hello":   true,
		"From: a@example.com\r\nIn-Reply-To: <rl_short@163.com>\r\nSubject: hello":              false,
		"From: MAILER-DAEMON@mx.example.net\r\nSubject: hello":                                  true,
		"From: PostMaster@qq.com\r\nSubject: hello":                                             true,
		"From: a@example.com\r\nX-Failed-Recipients: b@example.com\r\nSubject: hello":           true,
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nSubject: x": true,
	} {
		if got := r.Wanted(imapbox.Header{Raw: []byte(head + "\r\n\r\n")}); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}

// TestNoLetterIsAnAnswer: a mail program that quotes a letter without any mark
// must not make its words orders.
func TestNoLetterIsAnAnswer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	today := bill.DayOf(now)
	row := func(id string) plan.Item {
		due, _ := bill.ParseDay("2026-01-08")
		b := &bill.Bill{ID: id, Issuer: "x", IssuerName: "花呗", Currency: "CNY", AmountDue: bill.Money{Minor: 50000, Currency: "CNY"},
			Outstanding: bill.Money{Minor: 50000, Currency: "CNY"}, DueDate: due, LastSafeDay: due, Zone: "Asia/Shanghai", Trust: bill.TrustVouched, Seen: now}
		return plan.ItemOf(plan.Reminder{Subject: plan.Subject{Kind: plan.SubjectBill, ID: id}, Step: "due-3d", StepAt: now}, b, plan.Origin{}, now, time.UTC)
	}
	for _, typ := range []plan.LetterType{plan.LetterReminder, plan.LetterReview, plan.LetterBacklog} {
		for _, items := range [][]plan.Item{{row("abcdefgh")}, {row("abcdefgh"), row("abcdefg7")}} {
			for _, lang := range []string{"zh-CN", "en"} {
				l := plan.Letter{ID: plan.NewLetterID(), Channel: "me", Type: typ, Created: now, Content: plan.Content{Items: items}}
				out, err := letter.Render(l, letter.Options{Language: lang, ReplyTo: "shop@163.com"})
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range []string{out.Text, out.Text[:len(out.Text)-len(l.ID)-1]} { // also without the mark in its footer
					if orders, unclear := reply.Parse(text, today); len(unclear) == 0 {
						t.Errorf("%s %s: read as %v", typ, lang, orders)
					}
				}
			}
		}
	}
}
