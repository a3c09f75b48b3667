package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Rules of the user interface
//
//   - What was asked for goes to the standard output, all else to the standard
//     error: errors, progress, the log. `repayd bills > file` holds bills only.
//   - An error is one line with the prefix "repayd COMMAND: ", lower case, no
//     final period, and says what to type next where there is such a thing.
//     Problems of files begin with FILE:LINE: instead, as editors read them.
//   - Errors are English in every locale, so that they can be searched for;
//     what is printed for people is in the language of the locale. Names of
//     commands, flags, fields, stages in JSON and steps are never translated.
//   - Output for programs is asked for with --json; its shape never depends on
//     the locale, the width of the terminal or colour.
//   - Colour only adds to what the words say, only on a terminal, and never
//     with NO_COLOR.
//   - Words that come from a mail are printed without control characters.
//   - Nothing asks back: every command can run in a script.

// groups order the commands in the help by what they are for.
var groups = []struct {
	key   string
	names []string
}{
	{"help.group.daemon", []string{"demo", "run", "check"}},
	{"help.group.read", []string{"ingest", "explain", "reread"}},
	{"help.group.look", []string{"bills", "show", "cost", "forecast", "plan", "letters", "export"}},
	{"help.group.tell", []string{"add", "set", "paid", "snooze", "drop", "reopen", "arrange", "tasks"}},
	{"help.group.other", []string{"send", "issuer", "completion", "version"}},
}

// help prints the help for all commands or for the one named.
func help(a *app, args []string) int {
	if len(args) == 0 {
		printHelp(a.out)
		return 0
	}
	list := commands()
	i := slices.IndexFunc(list, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		fmt.Fprintf(a.err, "repayd help: unknown command %q%s; `repayd help` lists all of them\n", args[0], didYouMean(args[0], list))
		return 2
	}
	printCommandHelp(a.out, list[i])
	return 0
}

// printHelp lists all commands.
func printHelp(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n%s\n", text("help.about"), text("help.usage"))
	list := commands()
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s\n", text(g.key))
		for _, name := range g.names {
			if i := slices.IndexFunc(list, func(c command) bool { return c.name == name }); i >= 0 {
				fmt.Fprintf(w, "  %-11s %s\n", name, shortOf(list[i]))
			}
		}
	}
	fmt.Fprintf(w, "\n%s\n", text("help.more"))
}

// printCommandHelp tells all about one command.
func printCommandHelp(w io.Writer, c command) {
	fmt.Fprintf(w, "%srepayd %s\n\n%s\n", text("help.usage_word"), usageLine(c), sentence(shortOf(c)))
	if long := textOr("help.long."+c.name, c.long); long != "" {
		fmt.Fprintf(w, "%s\n", strings.TrimSpace(long))
	}
	fs := flagsOf(c)
	width, any := 0, false
	fs.VisitAll(func(f *flag.Flag) { width, any = max(width, len(flagLabel(f))), true })
	if !any {
		return
	}
	fmt.Fprintf(w, "\n%s\n", text("help.flags"))
	fs.VisitAll(func(f *flag.Flag) {
		_, use := flag.UnquoteUsage(f)
		use = textOr("help.flag."+f.Name, use)
		use = textOr("help.flag."+c.name+"."+f.Name, use)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			use += text("help.default", "value", f.DefValue)
		}
		fmt.Fprintf(w, "  %-*s  %s\n", width, flagLabel(f), use)
	})
}

func shortOf(c command) string { return textOr("help.short."+c.name, c.short) }

// sentence makes a line of the list of commands a sentence of its own.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if s[0] >= 0x80 {
		return s + "。"
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// usageLine is a command as it is typed.
func usageLine(c command) string {
	parts := []string{c.name}
	if c.args != "" {
		parts = append(parts, c.args)
	}
	any := false
	flagsOf(c).VisitAll(func(*flag.Flag) { any = true })
	if any {
		parts = append(parts, "[flags]")
	}
	return strings.Join(parts, " ")
}

// flagsOf declares the flags of a command, to be listed and completed; a test
// holds them against those that the command takes.
func flagsOf(c command) *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	if c.config {
		fs.String("config", defaultConfig, "the configuration `file`")
	}
	if c.json {
		fs.Bool("json", false, "print JSON")
	}
	if c.now {
		fs.String("now", "", "look from this `instant` (RFC 3339) instead of the present")
	}
	if c.flags != nil {
		c.flags(&app{}, fs)
	}
	return fs
}

// flagLabel is a flag with the name of its value: "--due date".
func flagLabel(f *flag.Flag) string {
	name, _ := flag.UnquoteUsage(f)
	if name != "" {
		return "--" + f.Name + " " + strings.ToUpper(name)
	}
	return "--" + f.Name
}
