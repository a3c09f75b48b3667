package demo

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel/channeltest"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// Letter is one letter as it arrived at the far side of a channel.
type Letter struct {
	At      time.Time `json:"at"` // simulated
	Channel string    `json:"channel"`
	ID      string    `json:"letter"`
	Type    string    `json:"type"`
	Subject string    `json:"subject,omitempty"` // of a mail
	Text    string    `json:"-"`                 // of a mail
	Steps   []Step    `json:"steps"`
}

// Step is one reminder in a letter. Bill is empty in a warning.
type Step struct {
	Bill   string `json:"bill"`
	Issuer string `json:"issuer"`
	Name   string `json:"-"`
	Step   string `json:"step"`
	LateBy int    `json:"late_by,omitempty"`
	// Outstanding is what was left to pay, with its currency.
	Outstanding string   `json:"outstanding,omitempty"`
	MovedFrom   bill.Day `json:"moved_from,omitzero"`
}

// inbox remembers how much of what the sinks hold has been seen.
type inbox struct{ mails, calls int }

// collect takes in what has arrived since the last time.
func (d *driver) collect(ctx context.Context) error {
	mails, calls := d.far.smtp.Mail(), d.far.hook.Calls()
	for _, m := range mails[d.inbox.mails:] {
		l, err := fromMail(m)
		if err == nil {
			err = d.arrived(ctx, l)
		}
		if err != nil {
			return err
		}
	}
	for _, c := range calls[d.inbox.calls:] {
		l, err := fromCall(c, d.far.key, d.clock.now())
		if err == nil {
			err = d.arrived(ctx, l)
		}
		if err != nil {
			return err
		}
	}
	d.inbox = inbox{len(mails), len(calls)}
	return nil
}

// arrived completes a letter by what the daemon's ledger says was in it: a
// mail is for people and does not name its steps.
func (d *driver) arrived(ctx context.Context, l Letter) error {
	l.At = d.clock.now().In(d.zone)
	err := d.store.View(ctx, func(tx *store.Tx) error {
		sent, ok, err := tx.Letter(l.ID)
		switch {
		case err != nil:
			return err
		case !ok || sent.State != plan.LetterAccepted:
			d.problems = append(d.problems, fmt.Sprintf("letter %s arrived and is not in the ledger as accepted", l.ID))
			return nil
		}
		l.Channel, l.Type = sent.Channel, string(sent.Type)
		for _, it := range sent.Content.Items {
			s := Step{Step: it.Step, Name: it.Name, LateBy: it.LateBy, MovedFrom: it.MovedFrom}
			if it.Bill != nil {
				s.Bill, s.Issuer = it.Bill.ID, it.Bill.Issuer
				if it.Bill.Outstanding != "" {
					s.Outstanding = it.Bill.Outstanding + " " + it.Bill.Currency
				}
			}
			l.Steps = append(l.Steps, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.letters = append(d.letters, l)
	if d.o.Letter != nil {
		d.o.Letter(l)
	}
	d.pause(ctx)
	return nil
}

// fromMail reads a letter as a mail program would.
func fromMail(m channeltest.Mail) (Letter, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return Letter{}, fmt.Errorf("letter is no mail: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		return Letter{}, fmt.Errorf("letter's subject: %w", err)
	}
	text, err := plainText(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
	return Letter{ID: msg.Header.Get("X-Repayd-Letter"), Subject: subject, Text: text}, err
}

// plainText finds the text/plain part of a body.
func plainText(contentType, encoding string, body io.Reader) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", fmt.Errorf("letter's content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err != nil {
				return "", fmt.Errorf("letter without a text: %w", err)
			}
			if text, err := plainText(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil || text != "" {
				return text, err
			}
		}
	}
	if kind != "text/plain" {
		return "", nil
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}

// errSignature is what a receiver of webhooks has to refuse.
var errSignature = errors.New("webhook call without a valid signature")

// fromCall reads a webhook's call as its receiver should: only with a valid
// signature of Standard Webhooks, and not older than five minutes.
func fromCall(c channeltest.Call, key []byte, now time.Time) (Letter, error) {
	id, stamp := c.Header.Get("webhook-id"), c.Header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(c.Body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(c.Header.Get("webhook-signature"))) {
		return Letter{}, errSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return Letter{}, fmt.Errorf("%w: it is of another time: %s", errSignature, stamp)
	}
	var body struct {
		Type string `json:"type"`
		Data struct {
			Letter string `json:"letter"`
		} `json:"data"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return Letter{}, fmt.Errorf("webhook call: %w", err)
	}
	if body.Data.Letter != id {
		return Letter{}, fmt.Errorf("webhook call %s carries the letter %s", id, body.Data.Letter)
	}
	return Letter{ID: id, Type: body.Type}, nil
}
