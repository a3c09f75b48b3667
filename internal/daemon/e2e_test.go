package daemon_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// toolsEnv names the folder of Debian's dovecot and exim4 binaries (usually
// /usr/sbin). Where it is not set, TestEndToEnd has no parts.
const toolsEnv = "REPAYD_E2E"

// TestEndToEnd runs the built program as a process against a real IMAP and a
// real SMTP server, and ends it in the worst moments.
func TestEndToEnd(t *testing.T) {
	tools := os.Getenv(toolsEnv)
	if tools == "" {
		return
	}
	binary := filepath.Join(t.TempDir(), "repayd")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, "repayd/cmd/repayd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, part := range []struct {
		name string
		run  func(t *testing.T, tools, binary string)
	}{
		{"KilledBeforeSending", killedBeforeSending},
		{"KilledBeforeRecording", killedBeforeRecording},
		{"Kills", kills},
		{"PaymentSettles", paymentSettles},
		{"ServerDown", serverDown},
		{"WrongPassword", wrongPassword},
		{"Signals", signals},
		{"Size", size},
		{"FirstReading", firstReading},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, tools, binary) })
	}
}

// soon is a due date whose first step has passed and whose second is ahead.
func soon() time.Time { return time.Now().In(shanghai).AddDate(0, 0, 5) }

// killedBeforeSending: what was read and not sent is sent by the successor,
// once.
func killedBeforeSending(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	first := w.run()
	first.says("read to its end", 20*time.Second)
	deliver(t, w.inbox, huabei("1,234.56", soon()))
	w.until("the bill is stored", 20*time.Second, func() bool { return len(w.bills()) == 1 })
	first.kill()
	if b := w.bills()[0]; b.Trust != "vouched" || b.Outstanding != "1234.56" || b.Stage != "upcoming" {
		t.Errorf("stored as %+v", b)
	}
	if n := len(w.owner.about()); n != 0 {
		t.Fatalf("%d letters before the kill; the test came too late\n%s", n, w.owner)
	}
	w.run()
	w.until("the letter arrives", 40*time.Second, func() bool { return len(w.owner.about("1,234.56")) > 0 })
	w.until("it is recorded", 10*time.Second, func() bool { return w.accepted() == 1 })
	barrier(w)
	if n := len(w.owner.about("1,234.56")); n != 1 {
		t.Errorf("%d letters\n%s", n, w.owner)
	}
}

// barrier brings in another bill and waits for its letter: whatever was on its
// way before has arrived then.
func barrier(w *world) {
	w.t.Helper()
	deliver(w.t, w.inbox, jiebei("77.70", soon()))
	w.until("the second letter arrives", 40*time.Second, func() bool { return len(w.owner.about("77.70")) > 0 })
}

// killedBeforeRecording: the far side has the letter, the daemon does not know.
// The successor sends it again at once, as the same letter.
func killedBeforeRecording(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	killed := make(chan struct{})
	var first *process
	relay := newSwallower(t, w.smtp.addr, func() {
		if err := first.cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		close(killed)
	})
	w.server, w.tls = relay.listener.Addr().String(), "none"
	w.write()
	first = w.run()
	deliver(t, w.inbox, huabei("1,234.56", soon()))
	select {
	case <-killed:
		<-first.done
	case <-time.After(60 * time.Second):
		t.Fatalf("nothing was sent\n%s", first.log)
	}
	if sent := w.sent(); len(sent) != 1 || sent[0].State != "trying" {
		t.Errorf("after the kill: %+v", sent)
	}
	began := time.Now()
	w.run()
	w.until("the letter is accepted", 30*time.Second, func() bool { return w.accepted() == 1 })
	t.Logf("sent again and recorded %v after the start of the successor", time.Since(began).Round(time.Millisecond))
	w.until("both copies are there", 20*time.Second, func() bool { return len(w.owner.about("1,234.56")) == 2 })
	barrier(w)
	copies := w.owner.about("1,234.56")
	if len(copies) != 2 || copies[0].id != copies[1].id || copies[0].text != copies[1].text {
		t.Errorf("not the same letter:\n%s", w.owner)
	}
}

// paymentSettles: of two bills with a step a minute ahead, the one that is
// paid meanwhile is not spoken of.
func paymentSettles(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	at := time.Now().In(shanghai).Add(90 * time.Second).Truncate(time.Minute)
	if time.Until(at) < 45*time.Second {
		at = at.Add(time.Minute)
	}
	w.steps = `["due-1d 00:00", "due ` + at.Format("15:04") + `"]`
	w.write()
	w.run()
	deliver(t, w.inbox, huabei("1,234.56", at))
	deliver(t, w.inbox, jiebei("2,050.30", at))
	w.until("both bills are told", 40*time.Second, func() bool {
		return len(w.owner.about("1,234.56")) == 1 && len(w.owner.about("2,050.30")) == 1
	})
	deliver(t, w.inbox, huabeiPaid("1,234.56", at))
	w.until("the payment settles", 20*time.Second, func() bool { return len(w.bills()) == 1 })
	if b := w.bills()[0]; b.Issuer != "alipay-jiebei" {
		t.Errorf("left is %+v", b)
	}
	w.until("the other bill's step", 3*time.Minute, func() bool { return len(w.owner.about("2,050.30")) == 2 })
	if late := time.Since(at); late < 0 || late > 25*time.Second {
		t.Errorf("told %v after its instant", late)
	}
	if n := len(w.owner.about("1,234.56")); n != 1 {
		t.Errorf("%d letters about a bill that was paid\n%s", n, w.owner)
	}
}

// serverDown: a letter waits for its server and leaves when it is back.
func serverDown(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, false)
	p := w.run()
	deliver(t, w.inbox, huabei("1,234.56", soon()))
	p.says("letter not delivered yet", 40*time.Second)
	w.smtp.start()
	arrivesLater(w, "refused")
}

// wrongPassword: a password put right is used without a restart.
func wrongPassword(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	w.password("not this one")
	p := w.run()
	deliver(t, w.inbox, huabei("1,234.56", soon()))
	p.says("letter not delivered yet", 40*time.Second)
	w.password(smtpPassword)
	arrivesLater(w, "535")
	for _, bad := range []string{"not this one", smtpPassword} {
		if strings.Contains(p.log.String(), bad) {
			t.Errorf("the log holds the password %q\n%s", bad, p.log)
		}
	}
}

// arrivesLater waits for the second attempt; the first one failed with why.
func arrivesLater(w *world, why string) {
	w.t.Helper()
	if sent := w.sent(); len(sent) != 1 || sent[0].State != "trying" || sent[0].Attempts != 1 || !strings.Contains(sent[0].LastError, why) {
		w.t.Errorf("after the failure: %+v, want %q", sent, why)
	}
	began := time.Now()
	w.until("the letter arrives", 2*time.Minute, func() bool { return len(w.owner.about("1,234.56")) > 0 })
	w.t.Logf("arrived %v after the server was well", time.Since(began).Round(time.Second))
	w.until("it is recorded", 10*time.Second, func() bool { return w.accepted() == 1 })
	barrier(w)
	if n := len(w.owner.about("1,234.56")); n != 1 {
		w.t.Errorf("%d letters\n%s", n, w.owner)
	}
}

// signals: a bad configuration changes nothing, a good one counts at once, a
// second daemon is refused, and the end is quick.
func signals(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	p := w.run()
	p.says("read to its end", 20*time.Second)
	second := w.process("run")
	if code := second.code(10 * time.Second); code != 1 || !strings.Contains(second.log.String(), "another repayd runs") {
		t.Errorf("a second daemon: exit code %d\n%s", code, second.log)
	}
	good, err := os.ReadFile(w.path("config.yaml"))
	must(t, err)
	must(t, os.WriteFile(w.path("config.yaml"), append(good, "no_such_key: 1\n"...), 0o600))
	p.signal(syscall.SIGHUP)
	p.says("the old one stays", 10*time.Second)
	must(t, os.WriteFile(w.path("config.yaml"), good, 0o600))
	began := deliver(t, w.inbox, huabei("1,234.56", soon()))
	p.says("bills read", 20*time.Second)
	t.Logf("stored %v after APPEND", time.Since(began).Round(time.Millisecond))
	w.until("the letter arrives", 40*time.Second, func() bool { return len(w.owner.about("1,234.56")) == 1 })
	w.to = "second@example.com"
	w.write()
	p.signal(syscall.SIGHUP)
	p.says("configuration reloaded", 20*time.Second)
	barrier(w)
	if g := w.owner.about("77.70"); len(g) != 1 || g[0].to != "second@example.com" {
		t.Errorf("the new configuration does not count:\n%s", w.owner)
	}
	began = time.Now()
	p.signal(syscall.SIGTERM)
	if code := p.code(10 * time.Second); code != 0 || time.Since(began) > 3*time.Second {
		t.Errorf("exit code %d after %v\n%s", code, time.Since(began), p.log)
	}
}
