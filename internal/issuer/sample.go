package issuer

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// Sample is one example of an issuer file with what must be read from it.
type Sample struct {
	Name     string `yaml:"name"`
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	Received string `yaml:"received"` // a day, or RFC 3339
	Subject  string `yaml:"subject"`
	Text     string `yaml:"text"`
	HTML     string `yaml:"html"`
	Want     want   `yaml:"want"`
	line     int
}

// UnmarshalYAML notes the line of the sample.
func (s *Sample) UnmarshalYAML(n *yaml.Node) error {
	type plain Sample
	if err := n.Decode((*plain)(s)); err != nil {
		return err
	}
	known := " name from to received subject text html want "
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !strings.Contains(known, " "+key.Value+" ") {
			return fmt.Errorf("line %d: there is no key %q in a sample", key.Line, key.Value)
		}
	}
	s.line = n.Line
	return nil
}

// want is what a sample expects: "none", "review", or notices as the fields
// that must be read; review may come with the fields that stay certain.
type want struct {
	outcome bill.Outcome
	notices []map[string]string
}

func (w *want) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		switch n.Value {
		case "none":
			w.outcome = bill.OutcomeNone
		case "review":
			w.outcome = bill.OutcomeNeedsReview
		default:
			return fmt.Errorf("line %d: want is none, review, or the fields of the notice, not %q", n.Line, n.Value)
		}
		return nil
	case yaml.SequenceNode:
		w.outcome = bill.OutcomeNotices
		return n.Decode(&w.notices)
	}
	w.outcome = bill.OutcomeNotices
	one := map[string]string{}
	if err := n.Decode(&one); err != nil {
		return err
	}
	if one["outcome"] == "review" {
		w.outcome = bill.OutcomeNeedsReview
		delete(one, "outcome")
	}
	w.notices = []map[string]string{one}
	return nil
}

// received is the instant of a sample; a bare day means noon in zone.
func (s Sample) received(zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s.Received); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s.Received, zone)
	if err != nil {
		return t, fmt.Errorf("received: %q is no day such as 2026-01-31", s.Received)
	}
	return t.Add(12 * time.Hour), nil
}

// raw writes the sample as a mail, so that it takes the way of a real one.
func (s Sample) raw(received time.Time) []byte {
	var b strings.Builder
	to := s.To
	if to == "" {
		to = "owner@example.com"
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nDate: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\n", s.From, to,
		received.Format(time.RFC1123Z), mime.BEncoding.Encode("utf-8", s.Subject))
	part := func(kind, body string) {
		fmt.Fprintf(&b, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", kind)
		enc := base64.StdEncoding.EncodeToString([]byte(body))
		for len(enc) > 76 {
			b.WriteString(enc[:76] + "\r\n")
			enc = enc[76:]
		}
		b.WriteString(enc + "\r\n")
	}
	switch {
	case s.HTML == "":
		part("plain", s.Text)
	case s.Text == "":
		part("html", s.HTML)
	default:
		b.WriteString("Content-Type: multipart/alternative; boundary=\"sample-part\"\r\n\r\n--sample-part\r\n")
		part("plain", s.Text)
		b.WriteString("--sample-part\r\n")
		part("html", s.HTML)
		b.WriteString("--sample-part--\r\n")
	}
	return []byte(b.String())
}

// read reads a sample as a vouched message.
func (s *Set) readSample(sample Sample, r *rule) (Reading, error) {
	at, err := sample.received(r.terms.Zone)
	if err != nil {
		return Reading{}, err
	}
	m := mail.Parse(sample.raw(at))
	var sigs []mail.Signature
	for _, d := range r.from {
		sigs = append(sigs, mail.Signature{Domain: d, Pass: true})
	}
	return s.Read(m, Options{Received: at, DKIM: sigs}), nil
}

// noticeFields spells a notice as samples do.
func noticeFields(n bill.Notice) map[string]string {
	out := map[string]string{"kind": string(n.Kind), "account": n.Account, "reference": n.Reference, "period": n.Period, "currency": n.Currency,
		"amount_due": n.AmountDue.Decimal(), "minimum_due": n.MinimumDue.Decimal(), "penalty": n.Penalty.Decimal(), "paid_amount": n.PaidAmount.Decimal(),
		"statement_date": n.StatementDate.String(), "due_date": n.DueDate.String(), "last_safe_day": n.LastSafeDay.String(),
		"paid_date": n.PaidDate.String(), "paid_time": n.PaidTime.String(), "cut_off": n.CutOff.String(), "days_late": "", "paid_in_full": "", "autopay": ""}
	if n.DaysLate > 0 {
		out["days_late"] = fmt.Sprint(n.DaysLate)
	}
	if n.PaidInFull {
		out["paid_in_full"] = "true"
	}
	if n.Autopay {
		out["autopay"] = "true"
	}
	return out
}
