package daemon

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// TestSendOnceKnowsWhatTheDaemonKnows: a letter that leaves without the service
// names the cost, by the owner's rule for this account, and a digest the
// money needed.
func TestSendOnceKnowsWhatTheDaemonKnows(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got []string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		got = append(got, string(body))
		mu.Unlock()
	}))
	defer receiver.Close()
	cfg := parsed(t, `timezone: Asia/Shanghai
language: en
channels:
  - name: me
    webhook: {url: "`+receiver.URL+`", format: json, template: '{{json .Text}}', success: {status: [2xx]}}
reminders:
  - {name: default, at: "00:00", steps: [late], channels: [me]}
digest: {schedule: "0 8 * * MON", channels: [me]}
issuers:
  override:
    alipay-huabei:
      for: [{account: "1234", terms: {interest: [{rate: 1%, base: outstanding}]}}]
`)
	now := time.Date(2026, 7, 20, 12, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{Create: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	in, err := Intake(cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	due := civil(t, "2026-07-10")
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		_, err := in.Declare(tx, bill.Notice{ID: "n", Issuer: "alipay-huabei", Account: "1234", Currency: "CNY", AmountDue: cny(10000), DueDate: due})
		if err != nil {
			return err
		}
		env := in.Env
		env.Now = now
		return tx.AddReminders(plan.Digest([]string{"me"}, now, env))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := SendOnce(t.Context(), cfg, s, "me", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"what you wrote in the configuration", "about CN¥10.00", "Money needed\\n  Already due: CN¥100.00"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in the letters:\n%s", want, all)
		}
	}
}
