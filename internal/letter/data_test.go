package letter

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/plan"
)

// TestData pins the webhook's object: the steps of a reminder, most urgent
// first, and the text of everything else.
func TestData(t *testing.T) {
	t.Parallel()
	long := with(cmb(), func(it *plan.Item) { it.Bill.Account = "6225881234568888" })
	l := letterOf(plan.LetterReminder, on(16), with(huabei(), func(it *plan.Item) { it.LateBy = 90 }), long)
	r, err := Render(l, Options{Language: "en", Zone: shanghai})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "data.reminder", string(r.Data)+"\n")
	if strings.Contains(string(r.Data), "622588") {
		t.Error("more than the tail of the account got out")
	}

	for _, name := range []string{"warning_channel-ok", "task_ask_limit", "tasks"} {
		checkMessage(t, name)
	}
}

// checkMessage: a letter about something else than steps of bills has none in
// its data, and its text instead.
func checkMessage(t *testing.T, name string) {
	t.Helper()
	r, err := Render(samples()[name], Options{Language: "en", Zone: shanghai})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Letter, Channel string
		Steps           []any
		Message         string
	}
	if err := json.Unmarshal(r.Data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Letter != ownIDText || got.Channel != "me" || got.Message != r.Text || got.Steps == nil || len(got.Steps) != 0 {
		t.Errorf("%s: data = %s", name, r.Data)
	}
	if !strings.HasPrefix(string(r.Data), `{"letter":"`+ownIDText+`","channel":"me","steps":[],"message":`) {
		t.Errorf("%s: the members are not in their order: %s", name, r.Data)
	}
}

// TestItemIsNotChanged: rendering trims accounts for its own output only.
func TestItemIsNotChanged(t *testing.T) {
	t.Parallel()
	it := with(cmb(), func(it *plan.Item) { it.Bill.Account = "6225881234568888" })
	l := letterOf(plan.LetterReminder, on(7), huabei(), it)
	before, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Render(l, Options{Language: "en", Zone: shanghai}); err != nil {
		t.Fatal(err)
	}
	after, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Errorf("rendering changed the letter:\n%s", diff)
	}
}

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]plan.Letter{
		"nothing in it": letterOf(plan.LetterReminder, on(1)),
		"unknown type":  letterOf("bill.poem", on(1), huabei()),
	} {
		if _, err := Render(l, Options{Language: "en"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one about %q", err, want)
		}
	}
}

// TestNow: days are counted from Now where it is given, in the owner's zone.
func TestNow(t *testing.T) {
	t.Parallel()
	l := letterOf(plan.LetterReminder, on(1), huabei())
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"created", Options{Zone: shanghai}, "due in 9 days"},
		{"now", Options{Zone: shanghai, Now: on(8)}, "due in 2 days"},
		{"half past midnight in Shanghai", Options{Zone: shanghai, Now: on(8).Add(15*time.Hour + 30*time.Minute)}, "due tomorrow"},
		{"the same instant in UTC", Options{Now: on(8).Add(15*time.Hour + 30*time.Minute)}, "due in 2 days"},
	} {
		c.o.Language = "en"
		r, err := Render(l, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Subject, c.want) {
			t.Errorf("%s: subject %q, want %q", c.name, r.Subject, c.want)
		}
	}
}

// TestManyBills: however many bills there are, each stands in the text, the
// HTML and the data; only few are shown in full.
func TestManyBills(t *testing.T) {
	t.Parallel()
	items := crowd(300)
	r := checked(t, letterOf(plan.LetterReminder, on(7), items...), "zh-CN")
	for _, it := range items {
		if !strings.Contains(r.Text, "  "+it.Bill.ID+"\n") || !strings.Contains(r.HTML, it.Bill.ID) {
			t.Fatalf("%s is missing", it.Bill.ID)
		}
	}
	if n := strings.Count(r.Text, "■ "); n != fewCards {
		t.Errorf("%d bills in full, want %d", n, fewCards)
	}
	if n := strings.Count(string(r.Data), `"step":`); n != len(items) {
		t.Errorf("%d steps in the data, want %d", n, len(items))
	}
}

// What is left out changes nothing else of the letter, and its text is in the
// data of those types whose data carry it.
func TestPartsLeftOut(t *testing.T) {
	for _, l := range []plan.Letter{
		letterOf(plan.LetterReminder, on(7), crowd(2)...),
		letterOf(plan.LetterTest, on(7), plan.Item{Subject: plan.Subject{Kind: plan.SubjectTest, ID: "me"}}),
	} {
		whole, err := Render(l, Options{Language: "zh-CN", Zone: shanghai})
		if err != nil {
			t.Fatal(err)
		}
		part, err := Render(l, Options{Language: "zh-CN", Zone: shanghai, NoWords: true, NoHTML: true})
		if err != nil {
			t.Fatal(err)
		}
		if part.Subject+part.Text+part.HTML != "" {
			t.Errorf("%s: it has words: %q, %q, %q", l.Type, part.Subject, part.Text, part.HTML)
		}
		if part.Thread != whole.Thread || string(part.Data) != string(whole.Data) {
			t.Errorf("%s: the rest differs:\n%s\n%s", l.Type, part.Data, whole.Data)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	all, data := Options{Language: "zh-CN", Zone: shanghai}, Options{Language: "zh-CN", Zone: shanghai, NoWords: true, NoHTML: true}
	for _, bb := range []struct {
		name  string
		bills int
		o     Options
	}{{"1", 1, all}, {"1-data", 1, data}, {"300", 300, all}} {
		l := letterOf(plan.LetterReminder, on(7), crowd(bb.bills)...)
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Render(l, bb.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestSqueeze: for a target that takes little, the most urgent bills stand in a
// line each, whoever their issuer is, and the others are counted.
func TestSqueeze(t *testing.T) {
	t.Parallel()
	items := crowd(300)
	for i := range items { // the first issuer has the most urgent bill and many that can wait
		if i%3 > 0 {
			items[i].Bill.Issuer, items[i].Name = fmt.Sprint("shop", i%5), fmt.Sprint("Shop ", i%5)
		}
	}
	for _, most := range []int{200, 800, 2048, 4096, 20000, 1 << 20} {
		fits := func(subject, text string) bool { return len(subject)+len(text) <= most }
		l := letterOf(plan.LetterReminder, on(7), items...)
		r, err := Render(l, Options{Language: "en", Zone: shanghai, Fits: fits})
		if err != nil {
			t.Fatal(err)
		}
		if most > 1<<18 {
			if !strings.Contains(r.Text, "■ ") {
				t.Error("a text that fits was squeezed")
			}
			continue
		}
		shown := regexp.MustCompile(`(?m)^- .*? {2}(\d+ \w+)  .*$`).FindAllStringSubmatch(r.Text, -1)
		left := regexp.MustCompile(`(?m)^(\d+) more bills do not fit`).FindStringSubmatch(r.Text)
		switch {
		case most == 200: // for the channel to cut
			continue
		case !fits(r.Subject, r.Text):
			t.Fatalf("%d: %d bytes", most, len(r.Subject)+len(r.Text))
		case len(left) == 0 && len(shown) != 300, len(left) > 0 && left[1] != fmt.Sprint(300-len(shown)):
			t.Errorf("%d: %d bills are shown, %q", most, len(shown), left)
		case most < 20000 && len(r.Subject)+len(r.Text) < most*3/4:
			t.Errorf("only %d of %d bytes are used", len(r.Subject)+len(r.Text), most)
		}
		if len(left) == 0 {
			continue
		}
		at := -1
		for _, s := range shown { // in the order of urgency
			day, err := time.Parse("2 Jan", s[1])
			if err != nil {
				t.Fatal(err)
			}
			if day.YearDay() < at {
				t.Fatalf("%d: %s stands behind a later one:\n%s", most, s[1], r.Text)
			}
			at = day.YearDay()
		}
	}
}

// TestSqueezeOthers: warnings that do not fit are counted too.
func TestSqueezeOthers(t *testing.T) {
	t.Parallel()
	var items []plan.Item
	for i := range 100 {
		items = append(items, plan.Item{Subject: plan.Subject{Kind: plan.SubjectDaemon, ID: fmt.Sprint(i)},
			Detail: plan.Detail{Code: "suspicious-mail", Args: map[string]string{"from": "a@example.com", "subject": "x", "reason": "y"}}})
	}
	r, err := Render(letterOf(plan.LetterWarning, on(7), items...), Options{Language: "zh-CN", Zone: shanghai,
		Fits: func(s, text string) bool { return len(s)+len(text) <= 2048 }})
	if err != nil {
		t.Fatal(err)
	}
	n := strings.Count(r.Text, "■ ")
	if n < 4 || len(r.Text) > 2048 || !strings.Contains(r.Text, fmt.Sprintf("另有 %d 条放不下", 100-n)) {
		t.Errorf("%d shown in %d bytes:\n%s", n, len(r.Text), r.Text)
	}
}
