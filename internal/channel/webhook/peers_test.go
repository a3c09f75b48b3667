package webhook

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel"
)

// TestD9StatusIsNotDelivery: Apprise, Uptime Kuma and others take HTTP 200 for
// delivered, which these services answer to a wrong key, a missing keyword and
// too many letters as well. Here no answer of 200 is a delivery but the one the
// service gives to what it delivers. (The other peers' defects:
// outbox/peers_test.go.)
func TestD9StatusIsNotDelivery(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]string{
		"wecom":      `{"errcode":93000,"errmsg":"invalid webhook url"}`,
		"dingtalk":   `{"errcode":310000,"errmsg":"keywords not in content"}`,
		"feishu":     `{"code":19021,"msg":"sign match fail"}`,
		"lark":       `{"code":19024,"msg":"Key Words Not Found"}`,
		"serverchan": `{"code":40001,"message":"bad sendkey"}`,
		"pushplus":   `{"code":903,"msg":"无效的用户token"}`,
		"bark":       `{"code":400,"message":"failed to get device token"}`,
		"telegram":   `{"ok":false,"error_code":400,"description":"chat not found"}`,
		"slack":      `no_service`,
		"pushover":   `{"status":0,"errors":["application token is invalid"]}`,
	} {
		f := mustLoad(t, name)
		for _, body := range []string{refusal, "", "{}", "null", "[0]", "<html>log in to the network</html>", strings.Repeat("x", 1<<16)} {
			r := f.judge(http.StatusOK, http.Header{}, []byte(body), time.Unix(1e9, 0))
			if r.Outcome == channel.Accepted || r.Err == nil {
				t.Errorf("%s: 200 with %.40q is %v (%v)", name, body, r.Outcome, r.Err)
			}
		}
	}
}
