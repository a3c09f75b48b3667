package outbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchRival is the variable that names the binary of Prometheus Alertmanager
// (0.25, Debian package prometheus-alertmanager).
const benchRival = "REPAYD_ALERTMANAGER"

// groupWait is how long Alertmanager holds new groups; all of them must have
// been handed in by then, so that what is measured is sending.
const groupWait = 60 * time.Second

// askFar is how often another process is asked how far it is.
const askFar = 50 * time.Millisecond

// BenchmarkAlertmanager sends as many letters, of one bill each, as Alertmanager
// sends groups of one alert each, one program after the other, to the same
// webhook server of another process, and prints both rates and their ratio.
// Alertmanager keeps its alerts in memory, repayd each letter on the disk. It is
// for people: without REPAYD_ALERTMANAGER there is nothing to compare.
func BenchmarkAlertmanager(b *testing.B) {
	binary := os.Getenv(benchRival)
	if binary == "" {
		return
	}
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint("letters=", n), func(b *testing.B) {
			var ours, rivals measure
			for b.Loop() {
				rivals = alertmanager(b, binary, n)
				ours = deliverOnce(b, "webhook", n)
			}
			b.ReportMetric(0, "ns/op")
			ours.report(b, "")
			rivals.report(b, "alertmanager-")
			b.ReportMetric(ours.rate()/rivals.rate(), "ratio")
		})
	}
}

// alertmanager has Alertmanager send n groups.
func alertmanager(b *testing.B, binary string, n int) measure {
	f := startFar(b, "webhook")
	dir := b.TempDir()
	config := filepath.Join(dir, "config.yml")
	must(b, os.WriteFile(config, fmt.Appendf(nil, `route: {receiver: sink, group_by: [bill], group_wait: %s, group_interval: 1h}
receivers: [{name: sink, webhook_configs: [{url: "http://%s/hook", send_resolved: false}]}]
`, groupWait, f.addr), 0o600))
	api := freeAddress(b)
	cmd := exec.Command(binary, "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+api,
		"--cluster.listen-address=", "--log.level=error")
	cmd.Stderr = os.Stderr
	must(b, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	awaitReady(b, "http://"+api+"/-/ready")
	began := time.Now()
	for from := 0; from < n; from += 1000 {
		postAlerts(b, "http://"+api+"/api/v2/alerts", from, min(from+1000, n))
	}
	if took := time.Since(began); took > groupWait {
		b.Logf("handing the alerts in took %v, longer than they are held: the rate is rather that of handing in", took)
	}
	used := cpuOf(b, cmd.Process.Pid)
	count, span := f.ask()
	for count < n {
		<-time.After(askFar)
		count, span = f.ask()
	}
	pid := cmd.Process.Pid
	return measure{n, span, cpuOf(b, pid) - used, peakMB(strconv.Itoa(pid))}
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	defer l.Close()
	return l.Addr().String()
}

func awaitReady(b *testing.B, url string) {
	b.Helper()
	for end := time.Now().Add(30 * time.Second); ; <-time.After(askFar) {
		answer, err := http.Get(url)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(end) {
			b.Fatalf("Alertmanager does not start: %v", err)
		}
	}
}

// postAlerts hands in one alert for each bill.
func postAlerts(b *testing.B, url string, from, to int) {
	b.Helper()
	type alert struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	}
	var alerts []alert
	for i := from; i < to; i++ {
		alerts = append(alerts, alert{map[string]string{"alertname": "due", "bill": fmt.Sprintf("bill%06d", i), "issuer": "shop"},
			map[string]string{"amount": "123.00 CNY", "step": "due-1d"}})
	}
	body, err := json.Marshal(alerts)
	must(b, err)
	answer, err := http.Post(url, "application/json", bytes.NewReader(body))
	must(b, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("Alertmanager took no alerts: %s", answer.Status)
	}
}

// cpuOf is what a process has used of the processors, to a hundredth of a second.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(b, err)
	_, rest, _ := strings.Cut(string(stat), ") ") // the name before it may have spaces
	fields := strings.Fields(rest)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
