package webhook

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"repayd/internal/channel"
)

func TestCondense(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		size size
		want string
	}{
		{"one\ntwo\nthree", size{13, unitBytes}, "one\ntwo\nthree"},
		{"one\ntwo\nthree", size{12, unitBytes}, "one\ntwo\n…"},
		{"a\n\ntwo and more", size{14, unitBytes}, "a\n\ntwo and…"}, // whole lines would lose more than half
		{"花呗今天到期", size{10, unitBytes}, "花呗…"},
		{"花呗今天到期", size{5, unitCharacters}, "花呗今天…"},
		{"😀😀😀", size{5, unitCharacters}, "😀😀…"},
		{"花呗", size{2, unitBytes}, ""},
		{"", size{2, unitBytes}, ""},
	} {
		if got := condense(tt.text, tt.size.holds); got != tt.want {
			t.Errorf("%q in %v: %q, want %q", tt.text, tt.size, got, tt.want)
		}
	}
}

// Whatever is cut is within the size, valid, says that something is missing,
// and begins as the whole did.
func TestCondenseProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab花😀 *\n\n<&"))).Draw(t, "text")
		s := size{rapid.IntRange(0, 40).Draw(t, "max"), rapid.SampledFrom([]string{unitBytes, unitCharacters}).Draw(t, "unit")}
		escape := escapes(rapid.SampledFrom([]string{"", "markdown", "slack", "feishu", "mattermost", "markdown-paragraphs"}).Draw(t, "escape"))
		got := condense(text, func(part string) bool { return s.holds(escape(part)) })
		switch kept, cut := strings.CutSuffix(got, ellipsis); {
		case got == text:
		case !s.holds(escape(got)) && got != "":
			t.Fatalf("%q is longer than %v", got, s)
		case !utf8.ValidString(got):
			t.Fatalf("%q is no valid text", got)
		case got != "" && (!cut || !strings.HasPrefix(text, strings.TrimRight(kept, " \n"))):
			t.Fatalf("%q is no beginning of %q", got, text)
		}
	})
}

// Every format takes a letter of any length: what it sends is within its sizes
// and says first what stands first.
func TestMessage(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"[Due] 2 bills", "2 bills\n\n- a\n- b", "[Due] 2 bills\n\n- a\n- b"},
		{"[Due] 2 bills, late", "2 bills\n\n- a", "[Due] 2 bills, late\n\n2 bills\n\n- a"},
		{"[Due] a bill", "a bill", "[Due] a bill"},
		{"", "\na\n", "a"},
		{"", "a\nb", "a\nb"},
		{"s", "", "s"},
	} {
		if got := message(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestHugeLetters(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"lines":    strings.Repeat("花呗 \"1234.56\" 元 还款日 12 月 10 日 <b> & \\ *\n", 350),
		"one line": strings.Repeat("花\"呗\\<", 2500),
		"escapes":  strings.Repeat("\x01\x02\n", 4000),
	}
	for _, name := range formatNames() {
		f := mustLoad(t, name)
		if f.Own {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, text := range texts {
				for _, subject := range []string{"花呗 还款提醒", "", strings.Repeat("很长的标题", 30)} {
					checkHuge(t, f, kind, channel.Letter{ID: "lt_1", Type: "bill.reminder", Subject: subject, Text: text})
				}
			}
		})
	}
}

func checkHuge(t *testing.T, f *format, kind string, l channel.Letter) {
	t.Helper()
	params := map[string]string{}
	for _, p := range f.Params {
		params[p.Name] = "p"
	}
	r, err := f.render(l, settings{url: mustURL(t, f.Example), params: params, keys: [][]byte{[]byte("SEC")}}, noon)
	if err != nil {
		t.Errorf("%s, %s: %v", f.Name, kind, err)
		return
	}
	if s := f.Sizes.Body; s != nil && len(r.body) > s.Max {
		t.Errorf("%s, %s: %d bytes", f.Name, kind, len(r.body))
	}
	if s := f.Sizes.Body; s != nil && kind == "lines" && len(r.body) < s.Max/2 {
		t.Errorf("%s, %s: only %d bytes of %d are used", f.Name, kind, len(r.body), s.Max)
	}
	switch ct := r.header.Get("Content-Type"); {
	case strings.HasPrefix(ct, "application/json") && !json.Valid(r.body):
		t.Errorf("%s, %s: no JSON: %.100s", f.Name, kind, r.body)
	case strings.HasPrefix(ct, "application/x-www"):
		if _, err := url.ParseQuery(string(r.body)); err != nil {
			t.Errorf("%s, %s: %v", f.Name, kind, err)
		}
	}
	if !utf8.Valid(r.body) {
		t.Errorf("%s, %s: no UTF-8", f.Name, kind)
	}
}

// The content of WeCom's text is what its limit counts, not the request.
func TestWecomSize(t *testing.T) {
	t.Parallel()
	line := "花呗 \"1\" 元 12 月 10 日\n"
	r, err := mustLoad(t, "wecom").render(channel.Letter{ID: "lt_1", Subject: "提醒", Text: strings.Repeat(line, 500)}, settings{}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Text struct{ Content string }
	}
	if err := json.Unmarshal(r.body, &sent); err != nil {
		t.Fatal(err)
	}
	got := sent.Text.Content
	if len(got) > 2048 || len(got) < 2048-2*len(line) || !strings.HasSuffix(got, strings.TrimSpace(line)+"\n…") {
		t.Errorf("%d bytes: …%s", len(got), got[max(0, len(got)-100):])
	}
}

// A keyword must pass even where the title is cut.
func TestPrefixIsKept(t *testing.T) {
	t.Parallel()
	for _, name := range formatNames() {
		f := mustLoad(t, name)
		if f.Own || !f.showsSubject() || name == "ntfy" { // whose title is encoded
			continue
		}
		params := map[string]string{}
		for _, p := range f.Params {
			params[p.Name] = "p"
		}
		r, err := f.render(channel.Letter{ID: "lt_1", Subject: strings.Repeat("很长的标题", 100), Text: strings.Repeat("x\n", 8000)},
			settings{params: params, prefix: "KEYWORD"}, noon)
		if err != nil || !strings.Contains(string(r.body), "KEYWORD") {
			t.Errorf("%s: %v: %.200s", name, err, r.body)
		}
	}
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"", "<b> *x*", "<b> *x*"},
		{"markdown", "*a* _b_ `c` [d](e) ~f~ |g| <h> \\", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\|g\\| \\<h\\> \\\\"},
		{"markdown", "# a\n    - b\n===\n2025-01-10 +1", "\\# a\n\u00a0\u00a0\u00a0\u00a0\\- b\n\\===\n2025-01-10 +1"},
		{"markdown-paragraphs", "a\nb", "a\n\nb"},
		{"mattermost", "@all a@b", "@\u200ball a@\u200bb"},
		{"slack", "<!here> & x", "&lt;!here&gt; &amp; x"},
		{"feishu", `<at user_id="all">`, "<\u200bat user_id=\"all\">"},
	} {
		if got := escapes(tt.name)(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if escapes("html") != nil {
		t.Error("an unknown escape is known")
	}
}

// FuzzJudge: no answer makes a format panic, wait for ever, or take a letter as
// delivered that it also calls failed.
func FuzzJudge(f *testing.F) {
	var formats []*format
	for _, name := range formatNames() {
		one := mustLoad(f, name)
		if one.Own {
			continue
		}
		formats = append(formats, one)
		for _, s := range one.Seen {
			f.Add(s.Status, s.Headers["Retry-After"], []byte(s.Body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		for _, one := range formats {
			r := one.judge(status, map[string][]string{"Retry-After": {after}}, body, noon)
			good := status >= 200 && status < 300
			switch {
			case (r.Outcome == channel.Accepted) != (r.Err == nil), r.Outcome == channel.Accepted && !good:
				t.Errorf("%s: %v with %v", one.Name, r.Outcome, r.Err)
			case r.RetryAfter < 0, r.RetryAfter > time.Hour && !r.NotToday, r.RetryAfter > 24*time.Hour:
				t.Errorf("%s: wait %v", one.Name, r.RetryAfter)
			case (r.NotToday || r.Uncertain || r.RetryAfter > 0) && r.Outcome != channel.Temporary:
				t.Errorf("%s: %+v", one.Name, r)
			}
		}
	})
}
