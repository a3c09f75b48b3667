package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
)

func completionCommand() command {
	return command{
		name: "completion", args: "bash|zsh|fish", short: "a completion script for your shell",
		long: "bash:  repayd completion bash > /etc/bash_completion.d/repayd\n" +
			"zsh:   repayd completion zsh > \"${fpath[1]}/_repayd\"\n" +
			"fish:  repayd completion fish > ~/.config/fish/completions/repayd.fish",
		run: func(_ context.Context, a *app) error {
			if len(a.args) != 1 {
				return usagef("say for which shell: bash, zsh or fish")
			}
			switch a.args[0] {
			case "bash":
				return bashCompletion(a.out)
			case "zsh":
				return zshCompletion(a.out)
			case "fish":
				return fishCompletion(a.out)
			}
			return usagef("no completion for %q; write bash, zsh or fish", a.args[0])
		},
	}
}

// words are what may follow the command's name besides flags and files.
func words(name string) []string {
	switch name {
	case "help":
		var names []string
		for _, c := range commands() {
			names = append(names, c.name)
		}
		return names
	case "completion":
		return []string{"bash", "zsh", "fish"}
	case "issuer":
		return []string{"list", "test", "new"}
	case "tasks":
		return []string{"done"}
	}
	return nil
}

// flagWords are the flags of a command as they are typed.
func flagWords(c command) []string {
	var out []string
	flagsOf(c).VisitAll(func(f *flag.Flag) { out = append(out, "--"+f.Name) })
	return out
}

// bashCompletion offers commands first, then flags and files.
func bashCompletion(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# bash completion for repayd\n_repayd() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words=\n")
	fmt.Fprintf(&b, "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W %q -- \"$cur\"))\n\t\treturn\n\tfi\n",
		strings.Join(append(words("help"), "help"), " "))
	b.WriteString("\tcase ${COMP_WORDS[1]} in\n")
	for _, c := range append(commands(), command{name: "help"}) {
		fmt.Fprintf(&b, "\t%s) words=%q ;;\n", c.name, strings.Join(append(words(c.name), flagWords(c)...), " "))
	}
	b.WriteString("\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n}\n")
	b.WriteString("complete -o filenames -F _repayd repayd\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// zshCompletion does the same with a line about each command.
func zshCompletion(w io.Writer) error {
	var b strings.Builder
	b.WriteString("#compdef repayd\n_repayd() {\n\tlocal -a names offers\n\tnames=(\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t\t%s\n", quoted(c.name+":"+shortOf(c)))
	}
	b.WriteString("\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe command names\n\t\treturn\n\tfi\n\tcase $words[2] in\n")
	for _, c := range append(commands(), command{name: "help"}) {
		fmt.Fprintf(&b, "\t%s) offers=(%s) ;;\n", c.name, strings.Join(append(words(c.name), flagWords(c)...), " "))
	}
	b.WriteString("\tesac\n\tcompadd -a offers\n\t_files\n}\n_repayd \"$@\"\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// fishCompletion is a list of rules, as fish wants it.
func fishCompletion(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# fish completion for repayd\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "complete -c repayd -n __fish_use_subcommand -f -a %s -d %s\n", c.name, quoted(shortOf(c)))
	}
	for _, c := range append(commands(), command{name: "help"}) {
		on := fmt.Sprintf("complete -c repayd -n '__fish_seen_subcommand_from %s'", c.name)
		for _, word := range words(c.name) {
			fmt.Fprintf(&b, "%s -f -a %s\n", on, word)
		}
		flagsOf(c).VisitAll(func(f *flag.Flag) {
			value, use := flag.UnquoteUsage(f)
			need := ""
			if value != "" {
				need = " -r"
			}
			fmt.Fprintf(&b, "%s -l %s%s -d %s\n", on, f.Name, need, quoted(use))
		})
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted is a word in single quotes, as all three shells read it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
