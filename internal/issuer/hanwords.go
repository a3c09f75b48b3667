package issuer

import (
	"fmt"
	"regexp"
	"strings"

	"repayd/internal/bill"
)

// Chinese contracts and notes of payment print an amount twice: in the capital
// numerals that nobody can alter ("壹仟贰佰叁拾肆元伍角"), and in figures. The
// figures are read; where no words in the message come to them, which of the
// two is owed is not certain.

// capitals is an amount in capital numerals, of yuan.
var capitals = regexp.MustCompile(`[零壹贰貳叁參肆伍陆陸柒捌玖拾][零壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億]*[元圆圓](?:[零壹贰貳叁參肆伍陆陸柒捌玖]+角)?(?:零?[壹贰貳叁參肆伍陆陸柒捌玖]分)?`)

// inWords stands between a label and the figures of its amount.
var inWords = regexp.MustCompile(`^(?:人民币|人民幣|RMB|CNY)? ?(?:\(大写\)|大写)? ?:? ?[零壹贰貳叁參肆伍陆陸柒捌玖拾][零壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億元圆圓角分]+[整正]? ?(?:\(?小写\)?)? ?:? ?\(? ?`)

// opposeWords makes a problem of an amount that the words contradict.
func (t *task) opposeWords(n *bill.Notice) {
	if !n.AmountDue.Known() || n.Currency != "CNY" {
		return
	}
	said := ""
	for _, l := range t.doc.lines {
		for _, w := range capitals.FindAllString(l.text, -1) {
			if capitalSum(w) == n.AmountDue.Minor {
				return
			}
			said = w
		}
	}
	if said != "" {
		addProblem(n, bill.FieldAmountDue, fmt.Sprintf("the amount in words, %s, is another one than %s", said, n.AmountDue.Decimal()))
	}
}

// capitalSum is the value of an amount in capital numerals in minor units.
func capitalSum(s string) int64 {
	digits := map[rune]int64{'零': 0, '壹': 1, '贰': 2, '貳': 2, '叁': 3, '參': 3, '肆': 4, '伍': 5, '陆': 6, '陸': 6, '柒': 7, '捌': 8, '玖': 9}
	units := map[rune]int64{'拾': 10, '佰': 100, '仟': 1000}
	var sum, section, digit, minor int64
	for _, r := range s {
		d, isDigit := digits[r]
		unit, isUnit := units[r]
		switch {
		case isDigit:
			digit = d
		case isUnit:
			if r == '拾' && digit == 0 && section%100 == 0 {
				digit = 1 // "拾元" is ten
			}
			section += digit * unit
			digit = 0
		case strings.ContainsRune("万萬", r):
			sum += (section + digit) * 10_000
			section, digit = 0, 0
		case strings.ContainsRune("亿億", r):
			sum = (sum + section + digit) * 100_000_000
			section, digit = 0, 0
		case strings.ContainsRune("元圆圓", r):
			sum += section + digit
			section, digit = 0, 0
		case r == '角':
			minor += digit * 10
			digit = 0
		case r == '分':
			minor += digit
			digit = 0
		}
	}
	return sum*100 + minor
}
