package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
	"repayd/internal/issuer"
	"repayd/internal/mail"
)

func issuerCommand() command {
	return command{
		name: "issuer", args: "list | test [FILE...] | new MAIL", short: "issuer files, built in and your own", config: true, json: true, now: true,
		long: "list shows them; test runs the samples that they carry, or only those of the FILEs.\n" +
			"new prints a first file for the sender of a message that no file describes yet.",
		run: func(_ context.Context, a *app) error {
			if len(a.args) == 0 {
				return usagef("say what to do: issuer list, issuer test [FILE...], or issuer new MAIL")
			}
			verb, rest := a.args[0], a.args[1:]
			switch {
			case verb == "list" && len(rest) == 0:
				return a.listIssuers()
			case verb == "list":
				return usagef("unexpected argument %q", rest[0])
			case verb == "test":
				return a.testIssuers(rest)
			case verb == "new" && len(rest) == 1:
				return a.newIssuer(rest[0])
			case verb == "new":
				return usagef("say which message: issuer new MAIL")
			}
			return usagef("unknown issuer command %q; write list, test or new", verb)
		},
	}
}

// newIssuer prints a first issuer file made from one message. It goes to the
// standard output, so that the owner says where it is kept.
func (a *app) newIssuer(path string) error {
	cfg, set, err := a.issuers()
	if err != nil {
		return err
	}
	var src intake.Source
	if cfg != nil {
		src = daemon.Sources(cfg)
	}
	made := false
	err = a.eachMessage([]string{path}, func(_ string, raw []byte) error {
		if made {
			return usagef("%s holds several messages; save one of them as a file of its own", path)
		}
		made = true
		m := mail.Parse(raw)
		received, doubtful := mail.Received(m, time.Time{}, src.Authserv)
		file, err := set.New(m, issuer.Options{Received: received, Doubtful: doubtful, Authserv: src.Authserv, Forwarders: src.Forwarders})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		_, err = a.out.Write(file)
		return err
	})
	if err == nil && !made {
		return fmt.Errorf("%s holds no message", path)
	}
	return err
}

// issuers loads the issuer files, with the owner's where there is a
// configuration.
func (a *app) issuers() (*config.Config, *issuer.Set, error) {
	cfg, err := a.loadIfThere()
	if err != nil {
		return nil, nil, err
	}
	if cfg != nil {
		set, err := issuersOf(cfg)
		return cfg, set, err
	}
	set, err := issuer.Load("", nil)
	return nil, set, err
}

// issuersOf loads the issuer files of a configuration. Bad ones are a matter
// of the configuration: their FILE:LINE lines follow the first.
func issuersOf(cfg *config.Config) (*issuer.Set, error) {
	set, err := daemon.Issuers(cfg)
	if err != nil {
		return nil, usagef("the issuer files cannot be used:\n%v", err)
	}
	return set, nil
}

func (a *app) listIssuers() error {
	_, set, err := a.issuers()
	if err != nil {
		return err
	}
	list := set.Issuers()
	if a.json {
		return printJSON(a.out, list)
	}
	t := table{right: map[int]bool{6: true}, head: []string{text("col.name"), text("col.title"), text("col.wording"), text("col.kinds"),
		text("col.domains"), text("col.grace"), text("col.samples"), text("col.source")}}
	said := false
	for _, i := range list {
		title := i.Title
		if i.TitleEN != "" && language() == english {
			title = i.TitleEN
		}
		source := i.Source
		if source == "embedded" {
			source = ""
		}
		t.add(i.Name, title, text("wording."+i.Wording), strings.ReplaceAll(join(inOrder(i.Kinds)), ", ", " "),
			strings.Join(i.Domains, " "), graceColumn(i), strconv.Itoa(i.Samples), source)
		said = said || i.GraceSaid != nil
	}
	if err := t.print(a.out, nil); err != nil || !said {
		return err
	}
	_, err = fmt.Fprintln(a.out, text("issuer.grace_said"))
	return err
}

// graceColumn is the grace that counts, or, in brackets, one that does not.
func graceColumn(i issuer.Info) string {
	switch {
	case i.Grace > 0:
		return strconv.Itoa(i.Grace) + "d"
	case i.GraceSaid != nil:
		return fmt.Sprintf("(%dd)", i.GraceSaid.Safe())
	}
	return ""
}

// inOrder sorts kinds by the life of a bill.
func inOrder(kinds []bill.Kind) []bill.Kind {
	life := []bill.Kind{bill.KindStatement, bill.KindZero, bill.KindDueSoon, bill.KindAutopay, bill.KindAutopayFailed,
		bill.KindOverdue, bill.KindPayment, bill.KindRefund, bill.KindArrangement}
	return slices.SortedFunc(slices.Values(kinds), func(x, y bill.Kind) int {
		return slices.Index(life, x) - slices.Index(life, y)
	})
}

// failureRow is one failure as `issuer test --json` shows it.
type failureRow struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Issuer string `json:"issuer"`
	Sample string `json:"sample"`
	Why    string `json:"why"`
}

// testIssuers runs the samples of all issuer files or of those given.
func (a *app) testIssuers(files []string) error {
	rep, err := a.reportOn(files)
	if err != nil {
		return err
	}
	if a.json {
		rows := make([]failureRow, 0, len(rep.Failures))
		for _, f := range rep.Failures {
			rows = append(rows, failureRow{File: f.File, Line: f.Line, Issuer: f.Issuer, Sample: f.Sample, Why: f.Why})
		}
		err = printJSON(a.out, map[string]any{"issuers": rep.Issuers, "samples": rep.Samples, "failures": rows})
	} else {
		for _, f := range rep.Failures {
			fmt.Fprintln(a.out, f)
		}
		_, err = fmt.Fprintln(a.out, text("issuer.counts", "issuers", rep.Issuers, "samples", rep.Samples, "failures", len(rep.Failures)))
	}
	if err == nil && len(rep.Failures) > 0 {
		err = fmt.Errorf("%d of the samples' proofs failed", len(rep.Failures))
	}
	return err
}

func (a *app) reportOn(files []string) (issuer.Report, error) {
	if len(files) == 0 {
		_, set, err := a.issuers()
		if err != nil {
			return issuer.Report{}, err
		}
		return set.TestAll(), nil
	}
	// Alone, so that one's other files may be half written.
	set, err := issuer.Load("", nil)
	if err != nil {
		return issuer.Report{}, err
	}
	var all issuer.Report
	for _, f := range files {
		rep, err := set.TestFile(f)
		if err != nil {
			return all, err
		}
		all.Issuers += rep.Issuers
		all.Samples += rep.Samples
		all.Failures = append(all.Failures, rep.Failures...)
	}
	return all, nil
}
