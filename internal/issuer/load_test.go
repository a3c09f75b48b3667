package issuer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"repayd/internal/bill"
)

const ownFile = `issuer: my-landlord
name: 房东
zone: Asia/Shanghai
currency: CNY
grace: 2d
cut_off: "18:00"
from: [landlord.example]
wording: seen
notices:
  - kind: statement
    when: 房租通知
    fields:
      amount_due: 房租{:}{money}
      due_date: 请于{date}前
samples:
  - name: monthly
    from: bill@landlord.example
    received: 2026-03-01
    subject: 房租通知
    text: 房租:3,000元,请于3月5日前转账
    want: {kind: statement, amount_due: 3000, due_date: 2026-03-05}
  - name: greeting
    from: bill@landlord.example
    received: 2026-03-01
    subject: 新年好
    text: 恭喜发财
    want: none
`

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An issuer file may name the country whose working days count.
func TestCalendarOfAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "landlord.yaml", ownFile+"needs_workday: true\ncalendar: jp\n")
	s, err := Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Terms("my-landlord"); got.Calendar != "jp" || !got.NeedsWorkday {
		t.Errorf("%+v", got)
	}
	write(t, dir, "landlord.yaml", ownFile+"calendar: Japan\n")
	if _, err := Load(dir, nil); err == nil || !strings.Contains(err.Error(), `calendar: write the country's two small letters, such as jp, not "Japan"`) {
		t.Errorf("error %v", err)
	}
}

func TestOwnFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "landlord.yaml", ownFile)
	rep, err := loadSet(t).TestFile(path)
	if err != nil || len(rep.Failures) > 0 || rep.Samples != 2 {
		t.Fatalf("%+v, %v", rep, err)
	}
	five := 5
	s, err := Load(dir, map[string]Override{"alipay-huabei": {Changes: Changes{Grace: &five}}})
	if err != nil {
		t.Fatal(err)
	}
	terms := s.Terms("my-landlord")
	if terms.Grace != 2 || terms.GraceBy != "rule" || terms.CutOff.String() != "18:00" || terms.Zone.String() != "Asia/Shanghai" {
		t.Errorf("terms %+v", terms)
	}
	if terms := s.Terms("alipay-huabei"); terms.Grace != 5 || terms.GraceBy != "override" || terms.Per != bill.PerMonth {
		t.Errorf("overridden terms %+v", terms)
	}
	if terms := s.Terms("who@example.com"); terms.Grace != 0 || terms.GraceBy != "" || terms.Zone == nil {
		t.Errorf("terms of a stranger %+v", terms)
	}
	plain := loadSet(t)
	if plain.Digest() == s.Digest() || len(s.Issuers()) != len(plain.Issuers())+1 {
		t.Error("the own file does not count")
	}
}

// A file of the owner wins over the embedded one of the same issuer.
func TestOwnFileWins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "huabei.yaml", strings.Replace(ownFile, "my-landlord", "alipay-huabei", 1))
	s, err := Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range s.Issuers() {
		if i.Name == "alipay-huabei" && (i.Source != path || i.Title != "房东") {
			t.Errorf("%+v", i)
		}
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	change := func(old, new string) string { return strings.Replace(ownFile, old, new, 1) }
	tests := []struct{ name, text, want string }{
		{"unknown key", change("zone:", "zome:"), `:3: there is no key "zome" here`},
		{"repeated key", ownFile + "name: x\n", "already defined"},
		{"zone", change("Asia/Shanghai", "Asia/Nowhere"), ":3: zone:"},
		{"currency", change("CNY", "RMB2"), ":4: currency:"},
		{"grace", change("2d", "two"), ":5: grace:"},
		{"cut-off", change("18:00", "6pm"), ":6: cut_off:"},
		{"domain", change("[landlord.example]", "[Landlord]"), ":7: from:"},
		{"wording", change("wording: seen", "wording: guess"), ":8: wording:"},
		{"kind", change("kind: statement", "kind: letter"), ":10: kind:"},
		{"placeholder", change("{money}", "{amount}"), ":13: {amount} is no placeholder"},
		{"brace", change("{money}", "{money"), ":13: the pattern has a {"},
		{"pattern without text", change("房租{:}{money}", "'{*}{money}'"), ":13: "},
		{"wrong value for the field", change("请于{date}前", "请于{money}前"), ":14: the pattern holds no {date}"},
		{"field", change("amount_due:", "amount:"), `there is no field "amount"`},
		{"want", change("want: none", "want: nothing"), "want is none, review"},
		{"sample key", change("    text: 恭喜发财", "    txt: 恭喜发财"), `there is no key "txt" in a sample`},
		{"like", ownFile + "like: [nothing]\n", "there is no shared wording"},
		{"empty", "", ":1: the file is empty"},
		{"not yaml", "a: [", ":1: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := write(t, dir, "own.yaml", tt.text)
			_, err := Load(dir, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path+":") {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
	if _, err := Load("", map[string]Override{"nobody": {}}); err == nil {
		t.Error("an override of an issuer that does not exist passed")
	}
}

// The runner finds what a file's samples do not prove.
func TestRunnerFinds(t *testing.T) {
	t.Parallel()
	change := func(old, new string) string { return strings.Replace(ownFile, old, new, 1) }
	tests := []struct{ name, text, want string }{
		{"wrong want", change("amount_due: 3000,", "amount_due: 3001,"), `got "3000.00", want "3001"`},
		{"unnamed field", change(", due_date: 2026-03-05", ""), "which the sample does not name"},
		{"no want none", ownFile[:strings.Index(ownFile, "  - name: greeting")], "no sample says want: none"},
		{"unused pattern", change("      due_date:", "      minimum_due: 最低还款{:}{money}\n      due_date:"), "no sample uses the pattern"},
		{"private address", change("恭喜发财", "恭喜发财 somebody@gmail.com"), "may be a real one"},
		{"private number", change("恭喜发财", "电话13800001234"), "may be a real one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rep, err := loadSet(t).TestFile(write(t, t.TempDir(), "own.yaml", tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, f := range rep.Failures {
				all = append(all, f.String())
			}
			if !strings.Contains(strings.Join(all, "\n"), tt.want) {
				t.Errorf("want %q, got %v", tt.want, all)
			}
		})
	}
}

// FuzzLoad: any file is either loaded or refused with its line.
func FuzzLoad(f *testing.F) {
	f.Add(ownFile)
	f.Add("a: &a [*a]")
	f.Add("issuer: x\nfields: {amount_due: ['{!:a|b}{!:c|d}']}\n")
	f.Add("samples: [{want: {}}]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := build([]sourceFile{{"own.yaml", "own.yaml", []byte(text)}}, nil)
		if err == nil {
			s.TestAll()
			return
		}
		if !strings.HasPrefix(err.Error(), "own.yaml:") {
			t.Fatalf("the error names no place: %v", err)
		}
	})
}

// FuzzPattern: a pattern filled with values it could print reads them back.
func FuzzPattern(f *testing.F) {
	f.Add("本期应还", uint32(123456), uint16(100))
	f.Add("x due", uint32(0), uint16(0))
	f.Add("SON ÖDEME TARİHİ", uint32(123520), uint16(135))
	f.Fuzz(func(t *testing.T, word string, minor uint32, days uint16) {
		// Files and folded texts are UTF-8, and nobody's label is a page long.
		if strings.ContainsAny(word, "{}|\n") || !utf8.ValidString(word) || len(word) > 200 {
			return
		}
		p, err := compilePattern(word+"<{money:amount_due}>于<{date:due_date}>", "")
		if err != nil {
			return
		}
		m := bill.Money{Minor: int64(minor), Currency: "CNY"}
		d := bill.Day(10958 + int32(days)%18000)
		scan := scanner{currency: "CNY", received: d}
		text := word + "<" + m.Decimal() + "元>于<" + d.String() + ">"
		got := p.sentence(plainI(text), 0, "text/plain", &leads{}, scan)
		if len(got) != 2 || got[0].val.amount != m {
			t.Fatalf("%q: %+v", text, got)
		}
		if v, err := got[1].val.date.resolve(nearReceipt, d, false); err != nil || v != d {
			t.Fatalf("%q: %s, %v", text, v, err)
		}
	})
}

// The banks of Japan debit on their own working days, not on the owner's.
func TestJapaneseIssuersNameTheirCalendar(t *testing.T) {
	t.Parallel()
	s, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, issuer := range []string{"aupay", "rakuten-card", "smbc-card"} {
		if got := s.Terms(issuer).Calendar; got != "jp" {
			t.Errorf("%s: calendar %q", issuer, got)
		}
	}
}
