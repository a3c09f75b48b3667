package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// currencyNote repeats a currency behind its name: "人民币(CNY)", "人民币(本位币)".
var currencyNote = regexp.MustCompile(`^ ?\((?:[A-Z]{3}|本位币|元|¥|\$)\)`)

// sectionEnd is what else the head of a section of one currency may say.
var sectionEnd = regexp.MustCompile(`^ ?(?:账户|帐户|账务|账单|交易|部分|信息|明细|汇总|概况|摘要|区|(?i: ?account| ?summary| ?section| ?(?:rmb|cny|usd|hkd|eur|jpy|gbp|aud)\b))*[\]】]?[:：]?$`)

// named in brackets between a label and its amount: "最低还款额(美元) 8.50".
var bracketed = regexp.MustCompile(`[(\[] ?([^()\[\]0-9]{1,12})[)\]]`)

// bracketedCurrency is the currency that a phrase names in brackets, "" for
// none.
func bracketedCurrency(phrase string) string {
	code := ""
	for _, m := range bracketed.FindAllStringSubmatch(phrase, -1) {
		if n, c := currencyAt(m[1]); n > 0 && len(c) == 3 && c != "元" {
			code = c
		}
	}
	return code
}

// sectionReach is how many lines below its head a section is believed.
const sectionReach = 14

var (
	namedBefore = regexp.MustCompile(`(?i)(人民币|美元|港币|港元|欧元|日元|英镑|澳元|加元|RMB|CNY|USD|HKD|EUR|JPY|GBP|AUD)(?:账户|账单|的)?(?:本期)? ?$`)
	namedAfter  = regexp.MustCompile(`^ ?[(\[/] ?([^)\]0-9 ]{1,12})(?:[)\]]|$)`)
)

// labelCurrency is the currency that the label at cell[start:end] names, ""
// for none.
func labelCurrency(cell string, start, end int) string {
	if n, code := currencyAt(cell[start:end]); n > 0 && code != "元" && len(code) == 3 {
		return code
	}
	if m := namedAfter.FindStringSubmatch(cell[end:]); m != nil {
		if n, code := currencyAt(m[1]); n > 0 && code != "元" && len(code) == 3 {
			return code
		}
	}
	if start == 0 {
		return ""
	}
	if m := namedBefore.FindStringSubmatch(cell[max(0, start-40):start]); m != nil {
		if n, code := currencyAt(m[1]); n > 0 {
			return code
		}
	}
	return ""
}

// printedIn settles the currency of an amount by its label or section.
func (v value) printedIn(label, section string) value {
	if v.raw.number == "" || v.bad != "" {
		return v
	}
	switch {
	case v.raw.currency == "" && label != "":
		return v.in(label)
	case v.raw.currency == "" && section != "":
		return v.in(section)
	case label != "" && proof(v.raw.currency, label) != label:
		v.bad = fmt.Sprintf("%q is printed beside a label in %s", v.text, label)
	}
	return v
}

// currencyCell returns the currency that a cell names and nothing else.
func currencyCell(cell, base string) string {
	_, code, ok := scanCurrency(cell, base)
	if !ok {
		return ""
	}
	n, _ := currencyAt(cell)
	rest := cell[n:]
	rest = rest[len(currencyNote.FindString(rest)):]
	if sectionEnd.MatchString(rest) {
		return code
	}
	return ""
}

// sections finds the currency of the section in which each line stands, ""
// where there is none.
func (r *layoutReader) sections() []string {
	out := make([]string, len(r.lines))
	code, at := "", 0
	for i, l := range r.lines {
		only := firstCell(l.cells)
		if i > 0 && r.lines[i-1].part != l.part || i-at > sectionReach {
			code = ""
		}
		if only >= 0 && strings.TrimSpace(strings.Join(l.cells, "")) == l.cells[only] {
			if c := currencyCell(strings.TrimLeft(l.cells[only], "【[("), r.scan.currency); c != "" {
				code, at = c, i
			}
		}
		out[i] = code
	}
	return out
}

// inCurrency gives amounts that print no currency the one that a column or
// label beside them names. Where several are named, or one that is not known,
// which one is meant is not certain.
func (t *task) inCurrency(g []found) []found {
	code, bad := "", ""
	for _, v := range g {
		switch {
		case v.field != bill.FieldCurrency:
		case v.val.bad != "":
			bad = v.val.bad
		case code != "" && code != v.val.str:
			bad = fmt.Sprintf("two different currencies: %s, %s", code, v.val.str)
		default:
			code = v.val.str
		}
	}
	if code == "" && bad == "" {
		return g
	}
	out := slices.Clone(g)
	for i := range out {
		v := &out[i].val
		if typ, _ := fieldTypes(out[i].field); typ != typeMoney || v.none || v.bad != "" {
			continue
		}
		switch {
		case v.raw.currency == "" && bad != "":
			v.bad = bad
		case v.raw.currency == "":
			*v = v.in(code)
		case code != "" && proof(v.raw.currency, code) != code:
			v.bad = fmt.Sprintf("%q is printed beside the currency %s", v.text, code)
		}
	}
	return out
}

// in reads a printed amount in a currency that stands elsewhere.
func (v value) in(code string) value {
	m, err := parseMoney(v.raw, code)
	if err != nil {
		v.bad = err.Error()
	}
	if v.credit {
		m.Minor = 0
	}
	v.amount = m
	return v
}
