package webhook

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"repayd/internal/channel"
)

const (
	// maxRetryAfter bounds what a receiver may ask for: a reminder must not
	// sleep through its own deadline because a server said "tomorrow".
	maxRetryAfter = time.Hour
	// maxNotToday bounds the wait for a receiver's next day, the one thing that
	// no earlier attempt would help.
	maxNotToday = 24 * time.Hour
	// afterMidnight keeps the first letter of a day clear of clocks that differ.
	afterMidnight = 5 * time.Minute
	// maxTold is how many bytes of the receiver's own words are shown.
	maxTold = 200
)

// The values of answer.Means; delivered is said by the success rules.
const (
	meansDelivered = "delivered"
	meansRefused   = "refused"
	meansLater     = "later"
	meansNotToday  = "not-today"
)

// answer is a class of answers that are no success.
type answer struct {
	Match `yaml:",inline"`
	Means string        `yaml:"means"`
	Wait  time.Duration `yaml:"wait"` // where the receiver itself says nothing
	Why   string        `yaml:"why"`
}

// waitField is a place where a receiver says how long to wait: a header
// (seconds or a date) or a number in its JSON.
type waitField struct {
	Header string `yaml:"header"`
	JSON   string `yaml:"json"`
	Unit   string `yaml:"unit"`
}

// judge tells what an answer means. The error may hold the receiver's own words,
// but nothing that is hidden.
func (f *format) judge(status int, header http.Header, body []byte, now time.Time, hidden ...string) channel.Result {
	r := reply{status: status, body: body, doc: readJSON(body), hidden: hidden}
	good := status >= 200 && status < 300
	if good && f.delivered(r) {
		return channel.Result{Outcome: channel.Accepted}
	}
	for _, a := range f.Answers {
		if yes, _ := a.match(r); yes {
			return f.classify(a, r, header, now)
		}
	}
	if !good {
		result := channel.Result{Outcome: outcomeOf(status), Err: f.complain(r, statusText(status))}
		if result.Outcome == channel.Temporary {
			result.RetryAfter = f.wait(r, header, now)
		}
		return result
	}
	// The letter may have arrived if only the answer cannot be understood.
	_, known := f.decides(r)
	return channel.Result{Err: f.complain(r, f.describe(r)), RetryAfter: f.wait(r, header, now), Uncertain: !known}
}

// delivered: of the success rules, the first whose field is there decides.
func (f *format) delivered(r reply) bool {
	yes, known := f.decides(r)
	return yes && known
}

func (f *format) decides(r reply) (yes, known bool) {
	for _, m := range f.Success {
		if yes, known = m.match(r); known {
			return yes, true
		}
	}
	return false, false
}

// classify makes a result of a known answer.
func (f *format) classify(a answer, r reply, header http.Header, now time.Time) channel.Result {
	result := channel.Result{Err: f.complain(r, a.show(r)+": "+a.Why)}
	switch a.Means {
	case meansRefused:
		result.Outcome = channel.Refused
	case meansNotToday:
		result.NotToday, result.RetryAfter = true, f.tomorrow(now)
	default:
		if result.RetryAfter = f.wait(r, header, now); result.RetryAfter == 0 {
			result.RetryAfter = min(a.Wait, maxRetryAfter)
		}
	}
	return result
}

// tomorrow is how long the receiver's day still lasts, and a little.
func (f *format) tomorrow(now time.Time) time.Duration {
	y, m, d := now.In(f.day).Date()
	next := time.Date(y, m, d+1, 0, 0, 0, 0, f.day)
	return min(next.Sub(now)+afterMidnight, maxNotToday)
}

// wait is what the receiver asks for, 0 when it does not.
func (f *format) wait(r reply, header http.Header, now time.Time) time.Duration {
	for _, w := range f.RetryAfter {
		if w.Header != "" {
			if d := retryAfter(header.Get(w.Header), now); d > 0 {
				return d
			}
			continue
		}
		text, _ := r.field(w.JSON)
		if d := parseWait(text, w.Unit); d > 0 {
			return d
		}
	}
	return 0
}

// parseWait reads a number, perhaps with a fraction, of seconds or milliseconds.
func parseWait(text, unit string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(n) || n <= 0 {
		return 0
	}
	scale := float64(time.Second)
	if unit == "ms" {
		scale = float64(time.Millisecond)
	}
	return time.Duration(min(math.Ceil(n*scale), float64(maxRetryAfter)))
}

// complain says what the receiver answered, with its own words where it has any.
func (f *format) complain(r reply, what string) error {
	told := ""
	if f.Told != "" {
		told, _ = r.field(f.Told)
	} else if f.needsBody() && r.doc == nil {
		told = string(r.body)
	}
	if told = r.words(told); told == "" {
		return fmt.Errorf("the webhook answers %s", what)
	}
	return fmt.Errorf("the webhook answers %s (%q)", what, told)
}

// describe names an answer that no rule knows.
func (f *format) describe(r reply) string {
	for _, m := range f.Success {
		if _, known := m.match(r); known {
			return m.show(r)
		}
	}
	return statusText(r.status) + " with a body that is not the receiver's: look at url and format"
}

// needsBody reports whether more than the status of an answer matters.
func (f *format) needsBody() bool {
	for _, m := range f.Success {
		if m.JSON != "" || m.Body != "" {
			return true
		}
	}
	return len(f.Answers) > 0
}

func outcomeOf(status int) channel.Outcome {
	switch {
	case status == http.StatusMovedPermanently, status == http.StatusPermanentRedirect:
		return channel.Refused // the URL in the configuration is out of date
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return channel.Temporary
	case status >= 400 && status < 500:
		return channel.Refused
	default:
		return channel.Temporary
	}
}

func statusText(status int) string {
	text := strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
	switch {
	case status >= 300 && status < 400:
		text += ": redirects are not followed; write the final address into url"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		text += ": look at url, secret and params"
	case status == http.StatusNotFound, status == http.StatusGone:
		text += ": the address is no longer there; look at url"
	}
	return text
}

// retryAfter reads seconds or an HTTP date; 0 when there is none to follow.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return parseWait(value, "s")
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
