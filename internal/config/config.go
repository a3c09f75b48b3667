// Package config reads the owner's YAML file into a validated Config.
//
// Contract. The file is read strictly: unknown or repeated keys, wrong types,
// contradictions, aliases, tags and second documents are problems, and a key
// whose feature is not built yet is refused by name; nothing is ever ignored.
// All problems are reported at once, each with its line and what to write
// instead, and none shows a secret. Secrets are not read here, only where they
// come from; nothing is looked up on the network.
package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // a machine without zone files knows the owner's zone too

	"github.com/robfig/cron/v3"
	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/channel/email"
	"repayd/internal/channel/webhook"
	"repayd/internal/imapbox"
	"repayd/internal/plan"
	"repayd/internal/secret"
)

// maxSize is the most a configuration may hold, in bytes. The YAML library
// takes seconds for a megabyte, and no owner writes that much.
const maxSize = 256 << 10

// Config is a validated configuration with every default filled in.
type Config struct {
	Path      string         // of the file, as it was named
	Zone      *time.Location // of the owner
	Language  string         // "zh-CN" or "en"
	Database  string         // an absolute path, or one relative to the working directory when Path is
	Mailboxes []Mailbox
	Channels  []Channel
	// Reminders are tried in order; the last one fits every bill.
	Reminders []plan.Policy
	Quiet     *Quiet // nil = none
	Holidays  Holidays
	Digest    *Digest    // nil = none
	Alive     *Digest    // nil = none
	Heartbeat *Heartbeat // nil = none
	Bills     []DeclaredBill
	Money     *Money // nil = the owner does not say
	Tasks     []Task
	Issuers   Issuers
	RereadFor time.Duration // how long the text of a message without a notice is kept
	// PDFPasswords are tried on encrypted documents, by the owner's name for each.
	PDFPasswords map[string]secret.String
	// Warnings are what is allowed but hardly meant, as FILE:LINE: text.
	Warnings []string
}

// Mailbox is one IMAP account and how often it is read.
type Mailbox struct {
	imapbox.Options
	Poll       string        // as written
	Schedule   cron.Schedule // of Poll, in the zone of the instant it is asked with
	Authserv   []string      // lower case
	Forwarders []string      // bare addresses, lower case
}

// Digest is a letter on a schedule: the overview of all open bills, or the word
// that the daemon is alive.
type Digest struct {
	Schedule cron.Schedule // in the owner's zone
	Channels []string
}

// Heartbeat is an address that is asked regularly while all is well, so that
// somebody outside notices when the daemon is dead.
type Heartbeat struct {
	URL   secret.String
	Every time.Duration
}

// Channel is one way out. Exactly one of Email and Webhook is set.
type Channel struct {
	Name string
	// Fallback is the channel used when this one cannot deliver, "" = none.
	Fallback string
	Email    *email.Options
	Webhook  *webhook.Options
	Quiet    *Quiet // its own, instead of everybody's; nil = everybody's
}

// Quiet is the time of day in which no letter leaves; From may be after To.
type Quiet struct {
	From, To bill.Clock
	Zone     *time.Location // nil = the owner's
}

// Holidays say which days are days off.
type Holidays struct {
	Dir     string // the owner's own tables; "" = none
	Country string // ISO 3166-1 alpha-2, lower case
}

// DeclaredBill is owed on a schedule, or by the terms of a loan, and announced
// by nobody, or by an issuer whose notices it meets.
type DeclaredBill struct {
	Name   string
	Issuer string     // whose notices are about it; "" = nobody's, the name stands for the issuer
	Amount bill.Money // unknown with a loan, which knows its own
	Spec   string     // as written; "" with a loan
	// Schedule gives the due dates: ask it with an instant in UTC and take the
	// date of the answer, for in UTC no clock change skips a midnight. It is nil
	// with a loan.
	Schedule cron.Schedule
	Loan     *Loan // nil = none
	Grace    *int  // days; nil = not said
	Account  string
	Note     string
	Line     int // in the file
}

// Loan are the terms of a loan that is paid back monthly.
type Loan struct {
	Principal bill.Money
	Rate      string // percent a year as a decimal without the sign, "4.5"
	Months    int
	Method    string   // equal_instalments, equal_principal or interest_only
	First     bill.Day // on which the first instalment is due
}

// Money is what the owner has and gets, for the forecast.
type Money struct {
	Balances []bill.Money // one a currency
	AsOf     bill.Day     // of the balances; unknown without any
	Paydays  []Payday
}

// Payday is money that comes on a schedule.
type Payday struct {
	Amount   bill.Money
	Spec     string        // as written
	Schedule cron.Schedule // gives days, as that of a declared bill does
}

// Task is what the owner wants to be reminded of on a schedule.
type Task struct {
	Name     string        // shown in letters
	Spec     string        // as written
	Schedule cron.Schedule // in the owner's zone
}

// Issuers are the owner's own issuer files and changes to any issuer's rules.
type Issuers struct {
	Dir      string // "" = none
	Override map[string]Override
}

// Override replaces rules of an issuer file: for all of its bills, and for some.
type Override struct {
	Rules
	For  []OverrideFor // none contradicts another
	Line int           // in the file
}

// OverrideFor replaces rules for the bills of one account, seller or bill; what
// is empty fits all.
type OverrideFor struct {
	Account, Seller, Bill string
	Rules
}

// Rules are what an override changes.
type Rules struct {
	Grace        *int       // days; nil = as the file says
	CutOff       bill.Clock // on the last safe day; unknown = as the file says
	NeedsWorkday *bool      // nil = as the file says
	// Terms is a terms block as in an issuer file, nil = as the file says. Its
	// nodes carry their lines; whoever knows that language reads it.
	Terms *yaml.Node
}

// Problem is one thing that is wrong, and what to write instead.
type Problem struct {
	Line int
	Text string
}

// Errors are all problems of one file, by line. Every Load or Parse that could
// read the file at all fails with one of these.
type Errors struct {
	File string
	List []Problem
}

// Error returns one FILE:LINE: TEXT a line.
func (e *Errors) Error() string {
	lines := make([]string, len(e.List))
	for i, p := range e.List {
		lines[i] = fmt.Sprintf("%s:%d: %s", e.File, p.Line, p.Text)
	}
	return strings.Join(lines, "\n")
}

// Load reads the file at path. Relative paths in it are meant from its own
// directory.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	w := &walk{file: path, dir: filepath.Dir(abs), open: info.Mode().Perm()&0o077 != 0, now: time.Now()}
	return w.parse(data)
}

// Parse reads a configuration from data; name stands for the file in messages
// and its directory is where relative paths begin.
func Parse(name string, data []byte) (*Config, error) {
	w := &walk{file: name, dir: filepath.Dir(name)}
	return w.parse(data)
}

func (w *walk) parse(data []byte) (*Config, error) {
	w.hide = hider(nil)
	cfg := &Config{Path: w.file}
	if root := w.document(data); root != nil {
		w.top(root, cfg)
	}
	if errs := w.errors(); errs != nil {
		return nil, errs
	}
	cfg.Warnings = w.warned()
	return cfg, nil
}
