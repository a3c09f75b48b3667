package letter

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/plan"
)

func TestForeign(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "招商银行 信用卡", "招商银行 信用卡"},
		{"line breaks", "a\r\nBcc: x@y\n\nb", "a Bcc: x@y b"},
		{"unicode line breaks", "a\u2028b\u2029c\u0085d", "a b c d"},
		{"controls", "a\x00b\x1b[31mc", "a b [31mc"},
		{"direction", "pay \u202egnp.exe\u2066", "pay gnp.exe"},
		{"zero width", "ali\u200bpay\ufeff", "alipay"},
		{"broken bytes", "a\xff\xfeb", "a\uFFFDb"},
		{"link", "see https://evil.example/x?y=1 now", "see [x] now"},
		{"link without scheme", "go to evil.example/pay", "go to [x]"},
		{"www", "www.evil.example", "[x]"},
		{"other scheme", "alipays://platformapi/startapp", "[x]"},
		{"amount and slash stay", "12.50/月 or 1.2/day", "12.50/月 or 1.2/day"},
		{"address stays", "service@mail.alipay.com", "service@mail.alipay.com"},
		{"card number", "卡号 6225 8812 3456 7890 请还款", "卡号 …7890 请还款"},
		{"card number without blanks", "6225881234567890123", "…0123"},
		{"amex", "3782-822463-10005", "…0005"},
		{"dates stay", "2025-01-08, 2025-01-10", "2025-01-08, 2025-01-10"},
		{"phone stays", "95188 or 4008205555", "95188 or 4008205555"},
	} {
		if got := foreign(c.in, maxText, "[x]"); got != c.want {
			t.Errorf("%s: foreign(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
	long := foreign(strings.Repeat("字", 1000), 60, "[x]")
	if n := utf8.RuneCountInString(long); n != 61 || !strings.HasSuffix(long, "…") {
		t.Errorf("a long text became %d characters: %q", n, long)
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "8888": "8888", "6225881234567890": "7890", "****1234": "1234", "尾号 12": "尾号12", "a\nb": "ab",
	} {
		if got := tail(in); got != want {
			t.Errorf("tail(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestALetterIsKnownAgain: by the marker in its text, however it is quoted.
func TestALetterIsKnownAgain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		Marker(ownIDText),
		"body\n\n" + ownIDText + "\n",
		"> quoted\r\n> > " + ownIDText + "\r\n",
		"原始邮件 | " + ownIDText,
		"Message-ID: <" + ownIDText + "@example.com>",
		"<div>" + ownIDText + "</div>",
	} {
		if !plan.QuotesLetter(text) {
			t.Errorf("%q is not recognised", text)
		}
	}
	for _, text := range []string{"", "rl_short", "url_abcdefghijklmnopqrstuvwx23", ownIDText + "4",
		strings.ToUpper(ownIDText), "rl_abcdefghijklmnopqrstuvwx01", "您的花呗账单"} {
		if plan.QuotesLetter(text) {
			t.Errorf("%q is taken for a letter of ours", text)
		}
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	at := func(subjects ...plan.Subject) string {
		var items []plan.Item
		for _, s := range subjects {
			items = append(items, plan.Item{Subject: s})
		}
		return thread(letterOf(plan.LetterReminder, on(1), items...))
	}
	b := func(kind plan.SubjectKind, id string) plan.Subject { return plan.Subject{Kind: kind, ID: id} }
	if got := at(b(plan.SubjectBill, "b_1")); got != "bill-b_1" {
		t.Errorf("one bill: %q", got)
	}
	if got := at(b(plan.SubjectReview, "b_1")); got != "bill-b_1" {
		t.Errorf("a review is not in its bill's conversation: %q", got)
	}
	if got := at(b(plan.SubjectBill, "b_1"), b(plan.SubjectBill, "b_2")); got != "" {
		t.Errorf("two bills: %q", got)
	}
	x, y := at(b(plan.SubjectDaemon, "mailbox:商店\r\nBcc: a")), at(b(plan.SubjectDaemon, "mailbox:商店"))
	if x == y || !regexp.MustCompile(`^daemon-[0-9a-f]{20}$`).MatchString(x) {
		t.Errorf("hostile subjects: %q and %q", x, y)
	}
}

// hostile fills every foreign word of an item.
func hostile(s string) plan.Item {
	it := cmb()
	it.Name, it.Penalty, it.Step = s, s, s
	it.Source.From, it.Source.Subject = s, s
	it.Problems = []bill.Problem{{Field: bill.Field(s), Why: s}, {Field: bill.FieldDueDate, Why: s}}
	it.Detail = plan.Detail{Code: s, Args: map[string]string{"error": s, "subject": s, s: s}}
	it.Detail.Args["text"], it.Detail.Args["name"], it.Detail.Args["bill"] = s, s, s
	it.Autopay, it.Debit, it.DebitNote = true, s, s
	it.Case, it.Milestone, it.MilestoneDay = s, s, mustDay("2025-01-18")
	it.Cost = preview(terms.Certainty(s))
	it.Cost.Origin, it.Cost.Next.Name, it.Cost.Points[0].Name = terms.Origin{Source: s, AsOf: s}, s, s
	it.Cost.Consequences = []string{s}
	it.Contacts = []terms.Contact{{What: s, Value: s}}
	it.Bill.Account, it.Bill.Reference, it.Bill.Issuer, it.Bill.Period, it.Bill.ID = s, s, s, s, s
	return it
}

func TestHostileWords(t *testing.T) {
	t.Parallel()
	evil := "<script>alert(1)</script>\r\nBcc: x\u202e\" onload=x 6225881234567890 https://evil.example/pay {n}"
	for _, typ := range []plan.LetterType{plan.LetterReminder, plan.LetterReview, plan.LetterBacklog, plan.LetterWarning, plan.LetterTask, plan.LetterTest} {
		for _, lang := range languages() {
			for _, day := range []int{7, 16} {
				r := checked(t, letterOf(typ, on(day), hostile(evil), cmb()), lang)
				for _, bad := range []string{"<script", "evil.example"} {
					if strings.Contains(r.HTML, bad) {
						t.Errorf("%s: the HTML contains %q", typ, bad)
					}
				}
				if strings.Contains(r.Subject+r.Text, "evil.example") || strings.Contains(r.Text, "\nBcc:") {
					t.Errorf("%s: a link or a line got through:\n%s", typ, r.Text)
				}
			}
		}
	}
}

// checked renders l and proves what holds for every letter.
func checked(t testing.TB, l plan.Letter, lang string) Rendered {
	t.Helper()
	o := Options{Language: lang, Zone: shanghai, ReplyTo: "shop@163.com"}
	r, err := Render(l, o)
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]string{"subject": r.Subject, "text": r.Text, "html": r.HTML, "data": string(r.Data), "thread": r.Thread} {
		if !utf8.ValidString(s) {
			t.Errorf("the %s is not UTF-8", what)
		}
		for _, c := range s {
			line := c == '\n' && (what == "text" || what == "html")
			if !line && (unicode.IsControl(c) || what != "data" && unicode.Is(unicode.Cf, c)) {
				t.Errorf("the %s holds the control character %U", what, c)
			}
		}
	}
	checkHTML(t, r.HTML)
	if !json.Valid(r.Data) {
		t.Errorf("the data is not JSON: %s", r.Data)
	}
	again, err := Render(l, o)
	if err != nil || again.Subject != r.Subject || again.Text != r.Text || again.HTML != r.HTML || string(again.Data) != string(r.Data) {
		t.Error("rendered twice, the letter differs")
	}
	return r
}

// checkHTML proves that only the layout's own elements and attributes are
// there, whatever the words say: nothing to load, to click or to run.
func checkHTML(t testing.TB, page string) {
	t.Helper()
	elements := "html head meta title style body div h1 h2 p table tbody tr td br span b"
	attributes := "lang charset name content class style role"
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		tok := z.Token()
		if tok.Type != html.StartTagToken && tok.Type != html.EndTagToken && tok.Type != html.SelfClosingTagToken {
			continue
		}
		if !slices.Contains(strings.Fields(elements), tok.Data) {
			t.Errorf("the HTML has the element %s", tok)
		}
		for _, a := range tok.Attr {
			bad := strings.Contains(a.Val, "ZgotmplZ") || a.Key == "style" && strings.Contains(a.Val, "url(")
			if bad || !slices.Contains(strings.Fields(attributes), a.Key) {
				t.Errorf("the HTML has the element %s", tok)
			}
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("花呗", "1234.56", "2025-01-10", 3)
	f.Add("<b>\r\n\x00", "-0.001", "9999-99-99", -5)
	f.Add("\u202ehttps://evil.example/{n}", "99999999999999999999", "2025-02-30", 1<<40)
	f.Add("{{.}}</style><script>", "1e5", "", 0)
	f.Add("<0>\r\x00\n\x00", "0\x7fA000", "00\u0085<0000000", -5)
	f.Fuzz(func(t *testing.T, word, amount, date string, late int) {
		it := hostile(word)
		it.LateBy = late
		it.Bill.AmountDue, it.Bill.Paid, it.Bill.Currency = amount, amount, "CNY"
		it.Bill.DueDate, it.Bill.StatementDate = date, date
		for _, typ := range []plan.LetterType{plan.LetterReminder, plan.LetterReview, plan.LetterBacklog, plan.LetterWarning, plan.LetterTask, plan.LetterTest} {
			l := letterOf(typ, on(7+max(late, -7)%20), it)
			l.Channel = word
			checked(t, l, "zh-CN")
			checked(t, l, "en")
		}
	})
}
