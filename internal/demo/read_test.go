package demo

import (
	"fmt"
	"strings"
	"testing"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
)

func TestRead(t *testing.T) {
	cfg, err := config.Parse("demo.yaml", []byte(strings.NewReplacer("$LANGUAGE", "en", "$DATABASE", "/tmp/x", "$IMAP", "127.0.0.1:1", "$SMTP", "127.0.0.1:2", "$URL", "http://127.0.0.1:3/", "$KEY", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").Replace(configuration)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := daemon.Intake(cfg, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	start, _ := bill.ParseDay("2026-03-01")
	d := &driver{o: Options{Start: start}, zone: cfg.Zone}
	for _, e := range append(before(), during()...) {
		if e.mail == "" {
			continue
		}
		at := d.at(e.day, e.hour)
		raw, err := compose(e.mail, start, at, e.by)
		if err != nil {
			t.Fatal(err)
		}
		r := in.Reader.Read(t.Context(), raw, at, intake.Source{Authserv: []string{authserv}, Forwarders: []string{"phone@home.example"}})
		fmt.Println(e.mail, r.Reading.Trust, r.Reading.Outcome, r.Reading.Problems)
		for _, n := range r.Reading.Notices {
			fmt.Println("    ", n.Kind, n.Issuer, n.Reference, n.Period, n.AmountDue, n.DueDate, n.LastSafeDay, n.PaidAmount, n.PaidDate, n.PaidInFull, n.Account, n.Problems)
		}
	}
}
