// Command repayd reads bill notices from e-mail and reminds of them until they
// are paid. Each sub-command has a file of its own; this one finds it, reads
// its flags and turns errors into exit codes: 0 done, 1 failed, 2 usage or
// configuration. Only main exits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/mail/pdf"
	"repayd/internal/store"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// defaultConfig is where the configuration is looked for.
const defaultConfig = "/etc/repayd/config.yaml"

// app is what a sub-command works with.
type app struct {
	in       io.Reader
	out, err io.Writer
	// The flags that several commands share; a command has only those it asks for.
	configPath string
	json       bool
	nowText    string
	now        time.Time // --now, else the real time
	flags      *flag.FlagSet
	args       []string // what is left besides the flags
}

// command is one sub-command.
type command struct {
	name  string
	args  string // after the name, for the usage line
	short string // one line for the list of commands
	long  string // more for its own help, "" = nothing
	// flags declares the command's own flags; config, json and now say which
	// of the shared ones it has.
	flags             func(*app, *flag.FlagSet)
	config, json, now bool
	run               func(context.Context, *app) error
}

// commands in the order in which the help lists them.
func commands() []command {
	return []command{
		demoCommand(), runCommand(), checkCommand(),
		ingestCommand(), explainCommand(),
		billsCommand(), showCommand(), planCommand(),
		addCommand(), setCommand(), paidCommand(), snoozeCommand(), dropCommand(), reopenCommand(),
		costCommand(), arrangeCommand(), tasksCommand(), forecastCommand(),
		rereadCommand(), lettersCommand(), sendCommand(), issuerCommand(), exportCommand(),
		completionCommand(), versionCommand(),
	}
}

// usageError is a mistake in how the program was called: exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, a ...any) error { return usageError{fmt.Sprintf(format, a...)} }

// run does the work of main and returns the exit code.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw, now: time.Now()}
	if len(args) == 0 {
		printHelp(errw)
		return 2
	}
	name, rest := args[0], args[1:]
	if name == daemon.PDFCommand { // the daemon's own child, not for people
		if err := pdf.Child(in, out); err != nil {
			fmt.Fprintln(errw, err)
			return 1
		}
		return 0
	}
	if name == "help" || name == "-h" || name == "--help" {
		return help(a, rest)
	}
	list := commands()
	i := slices.IndexFunc(list, func(c command) bool { return c.name == name })
	if i < 0 {
		fmt.Fprintf(errw, "repayd: unknown command %q%s; `repayd help` lists all of them\n", name, didYouMean(name, list))
		return 2
	}
	return a.exec(list[i], rest)
}

func (a *app) exec(c command, args []string) int {
	if err := a.parse(c, args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			printCommandHelp(a.out, c)
			return 0
		}
		fmt.Fprintf(a.err, "repayd %s: %v\nusage: repayd %s; `repayd help %s` says more\n", c.name, err, usageLine(c), c.name)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// From the first signal on a second one has its ordinary, deadly effect.
	context.AfterFunc(ctx, stop)
	if err := c.run(ctx, a); err != nil {
		return a.fail(c, err)
	}
	return 0
}

// fail prints an error for a person and returns its exit code.
func (a *app) fail(c command, err error) int {
	var usage usageError
	var bad *config.Errors
	switch {
	case errors.As(err, &bad):
		fmt.Fprintln(a.err, bad.Error()) // FILE:LINE: lines, as editors read them
		return 2
	case errors.As(err, &usage):
		fmt.Fprintf(a.err, "repayd %s: %v\n", c.name, err)
		return 2
	case errors.Is(err, store.ErrNewerSchema), errors.Is(err, errConfig):
		fmt.Fprintf(a.err, "repayd %s: %v\n", c.name, err)
		return 2
	}
	fmt.Fprintf(a.err, "repayd %s: %v\n", c.name, err)
	return 1
}

// parse reads flags wherever they stand after the command's name.
func (a *app) parse(c command, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	if c.config {
		fs.StringVar(&a.configPath, "config", defaultConfig, "the configuration `file`")
	}
	if c.json {
		fs.BoolVar(&a.json, "json", false, "print JSON")
	}
	if c.now {
		fs.StringVar(&a.nowText, "now", "", "look from this `instant` (RFC 3339) instead of the present")
	}
	if c.flags != nil {
		c.flags(a, fs)
	}
	a.flags = fs
	for {
		if err := fs.Parse(args); err != nil {
			return err
		}
		args = fs.Args()
		if len(args) == 0 {
			break
		}
		a.args = append(a.args, args[0])
		args = args[1:]
	}
	if a.nowText != "" {
		t, err := time.Parse(time.RFC3339, a.nowText)
		if err != nil {
			return fmt.Errorf("--now %q is no instant; write it as 2026-01-31T09:00:00+08:00", a.nowText)
		}
		a.now = t
	}
	return nil
}

// given reports whether a flag was given on the command line.
func (a *app) given(name string) bool {
	found := false
	a.flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// errConfig marks an error that has to do with the configuration: exit code 2.
var errConfig = errors.New("configuration")

// load reads the configuration. A file that is not there is a matter of usage.
func (a *app) load() (*config.Config, error) {
	cfg, err := config.Load(a.configPath)
	var bad *config.Errors
	switch {
	case err == nil, errors.As(err, &bad):
		return cfg, err
	case errors.Is(err, os.ErrNotExist):
		return nil, usagef("there is no %s; start from config.example.yaml, or name yours with --config FILE", a.configPath)
	}
	return nil, usageError{err.Error()}
}

// loadIfThere reads the configuration where a command can do without: nil
// when the default one does not exist and none was named.
func (a *app) loadIfThere() (*config.Config, error) {
	if _, err := os.Stat(a.configPath); errors.Is(err, os.ErrNotExist) && !a.given("config") {
		return nil, nil
	}
	return a.load()
}

// openStore opens the database of a configuration. create is for the commands
// that may make it: run, ingest, add.
func (a *app) openStore(ctx context.Context, cfg *config.Config, create, readOnly bool) (*store.Store, error) {
	s, err := store.Open(ctx, cfg.Database, store.Options{Create: create, ReadOnly: readOnly})
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w; `repayd run` or `repayd ingest` makes it", err)
	}
	return s, err
}

// workplace is an opened database with the configuration it belongs to.
type workplace struct {
	cfg   *config.Config
	store *store.Store
}

// withStore loads the configuration, opens its database for writing and runs
// fn on both.
func (a *app) withStore(ctx context.Context, fn func(workplace) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withStoreOf(ctx, cfg, false, fn)
}

// withStoreOf does the same with a configuration that was looked at before;
// create is for openStore.
func (a *app) withStoreOf(ctx context.Context, cfg *config.Config, create bool, fn func(workplace) error) error {
	s, err := a.openStore(ctx, cfg, create, false)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(workplace{cfg, s})
}

// logger writes to the standard error; under systemd the journal adds the time.
func (a *app) logger() *slog.Logger {
	level := slog.LevelInfo
	if os.Getenv("REPAYD_DEBUG") != "" {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level, ReplaceAttr: dropTime}))
}

func dropTime(groups []string, at slog.Attr) slog.Attr {
	if len(groups) == 0 && at.Key == slog.TimeKey && os.Getenv("JOURNAL_STREAM") != "" {
		return slog.Attr{}
	}
	return at
}

func didYouMean(name string, list []command) string {
	for _, c := range list {
		if strings.HasPrefix(c.name, name) || (len(name) > 2 && strings.HasPrefix(name, c.name[:2])) {
			return fmt.Sprintf(" (do you mean %s?)", c.name)
		}
	}
	return ""
}
