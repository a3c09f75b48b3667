package issuer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// currencyWord is a way of writing a currency and its code or family sign.
type currencyWord struct{ word, code string }

// currencyWords lists how a currency is written, longest first where one word
// begins with another. "¥", "$" and "元" prove only a family; see proof.
var currencyWords = []currencyWord{
	{"人民币元", "CNY"}, {"人民币", "CNY"}, {"RMB", "CNY"}, {"CNY", "CNY"}, {"CN¥", "CNY"}, {"¥", "¥"}, {"元", "元"}, {"圆", "元"},
	{"US$", "USD"}, {"USD", "USD"}, {"美元", "USD"}, {"美金", "USD"}, {"HK$", "HKD"}, {"HKD", "HKD"}, {"港元", "HKD"}, {"港币", "HKD"},
	{"NT$", "TWD"}, {"TWD", "TWD"}, {"R$", "BRL"}, {"BRL", "BRL"}, {"AU$", "AUD"}, {"A$", "AUD"}, {"AUD", "AUD"}, {"CA$", "CAD"}, {"C$", "CAD"}, {"CAD", "CAD"}, {"SGD", "SGD"}, {"S$", "SGD"}, {"$", "$"},
	{"€", "EUR"}, {"EUR", "EUR"}, {"欧元", "EUR"}, {"£", "GBP"}, {"GBP", "GBP"}, {"英镑", "GBP"},
	{"JPY", "JPY"}, {"日元", "JPY"}, {"円", "JPY"}, {"₹", "INR"}, {"INR", "INR"}, {"Rs.", "INR"}, {"Rs", "INR"},
	{"₺", "TRY"}, {"TRY", "TRY"}, {"TL", "TRY"}, {"₩", "KRW"}, {"KRW", "KRW"}, {"원", "KRW"}, {"CHF", "CHF"}, {"MOP", "MOP"}, {"澳门元", "MOP"}, {"澳元", "AUD"}, {"澳大利亚元", "AUD"}, {"加元", "CAD"}, {"加拿大元", "CAD"}, {"新加坡元", "SGD"},
	{"瑞士法郎", "CHF"}, {"新西兰元", "NZD"}, {"NZD", "NZD"}, {"新台币", "TWD"}, {"新臺幣", "TWD"}, {"新台幣", "TWD"}, {"韩元", "KRW"}, {"泰铢", "THB"}, {"THB", "THB"},
	// In Japanese character sets the yen sign stands where others have this.
	{"\\", "¥"},
	// The rupee sign of some statements has no code of its own in their fonts.
	{"`", "`"},
}

// currencyStarts are the currency words by their first byte, in small and in
// capital letters: nearly every text begins with none of them.
var currencyStarts = func() (by [256][]currencyWord) {
	for _, c := range currencyWords {
		first := c.word[0]
		by[first] = append(by[first], c)
		if other := first ^ 0x20; first >= 'A' && first <= 'Z' {
			by[other] = append(by[other], c)
		}
	}
	return by
}()

// currencyAt returns the length and code of the currency word s begins with.
func currencyAt(s string) (int, string) {
	if s == "" {
		return 0, ""
	}
	for _, c := range currencyStarts[s[0]] {
		if len(s) < len(c.word) || !strings.EqualFold(s[:len(c.word)], c.word) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(c.word)
		next, _ := utf8.DecodeRuneInString(s[len(c.word):])
		if last < 0x80 && unicode.IsLetter(last) && next < 0x80 && unicode.IsLetter(next) {
			continue
		}
		return len(c.word), c.code
	}
	return 0, ""
}
