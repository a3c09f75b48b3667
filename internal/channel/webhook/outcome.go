package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"repayd/internal/channel"
)

// maxRetryAfter bounds what a receiver may ask for: a reminder must not sleep
// through its own deadline because a server said "tomorrow".
const maxRetryAfter = time.Hour

// judge tells what an answer means.
func judge(status int, header http.Header, now time.Time) channel.Result {
	outcome := outcomeOf(status)
	if outcome == channel.Accepted {
		return channel.Result{Outcome: outcome}
	}
	r := channel.Result{Outcome: outcome, Err: fmt.Errorf("the webhook answers %s", statusText(status))}
	if outcome == channel.Temporary {
		r.RetryAfter = retryAfter(header.Get("Retry-After"), now)
	}
	return r
}

func outcomeOf(status int) channel.Outcome {
	switch {
	case status >= 200 && status < 300:
		return channel.Accepted
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
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	switch {
	case status >= 300 && status < 400:
		text += ": redirects are not followed; write the final address into url"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		text += ": look at url and secret"
	case status == http.StatusNotFound, status == http.StatusGone:
		text += ": the address is no longer there; look at url"
	}
	return strings.TrimSpace(text)
}

// retryAfter reads seconds or an HTTP date; 0 when there is none to follow.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
