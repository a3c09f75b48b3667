package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the expected output in the scripts; without it a difference
// fails.
var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"repayd": main})
}

// TestScript runs the sessions under testdata/script. Each has the command
// repayd, and besides those of testscript:
//
//	exitcode N COMMAND ARG...   the command ends with exactly this exit code
//	billid VAR ISSUER           sets VAR to the ID of the only bill of ISSUER
//	jsonlines N                 the last output is N lines, each a JSON object
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			// Neither the zone nor the locale of the machine may matter.
			env.Setenv("TZ", "America/St_Johns")
			env.Setenv("LC_ALL", "C")
			env.Setenv("NO_COLOR", "1")
			// A far side that accepts all letters, and one that refuses them.
			for name, status := range map[string]int{"HOOK_URL": http.StatusNoContent, "DEAF_URL": http.StatusGone} {
				far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
				env.Defer(far.Close)
				env.Setenv(name, far.URL+"/secret-path")
			}
			return os.WriteFile(env.WorkDir+"/config.yaml", []byte(scriptConfig), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exitcode":  exitCode,
			"billid":    billID,
			"jsonlines": jsonLines,
		},
	})
}

// scriptConfig is the configuration of every session; what differs, a session
// brings itself.
const scriptConfig = `timezone: Asia/Shanghai
language: zh-CN
database: repayd.db
mailboxes:
  - name: shop
    server: 127.0.0.1:1143
    tls: none
    username: shop@example.com
    password: {env: SHOP_PASSWORD}
    authserv: [mx.example.com]
channels:
  - name: me
    email: {server: "127.0.0.1:1025", tls: none, from: shop@example.com, to: [owner@example.com]}
reminders:
  - name: default
    at: "09:00"
    steps: [due-7d, due-3d, due-1d, "due 10:00", grace-1d, "grace 10:00", "late every 2d"]
    channels: [me]
quiet_hours: {from: "22:00", to: "08:00"}
`

func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func billID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: billid VAR ISSUER")
	}
	ts.Check(ts.Exec("repayd", "bills", "--json", "--all", "--issuer", args[1], "--config", "config.yaml"))
	var rows []struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &rows))
	if len(rows) != 1 {
		ts.Fatalf("%d bills of %s, want one", len(rows), args[1])
	}
	ts.Setenv(args[0], rows[0].ID)
}

func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: jsonlines N")
	}
	n := 0
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			ts.Fatalf("line %d is no JSON object: %v", n+1, err)
		}
		n++
	}
	if fmt.Sprint(n) != args[0] {
		ts.Fatalf("%d lines, want %s", n, args[0])
	}
}
