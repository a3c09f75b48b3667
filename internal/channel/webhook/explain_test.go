package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Whatever part of the URL the network code puts into its error, it does not
// come out, while the words that help do.
func TestExplainHidesTheURL(t *testing.T) {
	t.Parallel()
	const address = "https://shop:pa55word@hooks.example.com:8443/v1/T0KEN%2Fa/send?key=a%20secret&x=1#part"
	u, err := parseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	hidden := secretsOf(u)
	for _, part := range []string{address, "hooks.example.com", "hooks.example.com:8443", "T0KEN%2Fa", "T0KEN", "pa55word",
		"a%20secret", "a secret", "/v1/T0KEN%2Fa/send?key=a%20secret&x=1"} {
		err := explain(t.Context(), fmt.Errorf("dial tcp: lookup %s: no such host", part), hidden)
		if text := fmt.Sprintf("%v %#v", err, err); strings.Contains(text, part) || !strings.Contains(text, "no such host") {
			t.Errorf("%q in %s", part, text)
		}
	}
}

func TestExplainNamesTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := explain(ctx, errors.New("use of closed network connection"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
