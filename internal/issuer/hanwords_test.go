package issuer

import "testing"

func TestCapitalSum(t *testing.T) {
	for words, want := range map[string]int64{
		"壹仟贰佰叁拾肆元伍角陆分": 123456, "捌万壹仟柒佰肆拾伍元": 8174500, "拾元": 1000, "壹拾元": 1000, "壹万零伍元": 1000500,
		"壹亿贰仟万元": 12000000000, "叁拾万零陆佰元": 30060000, "伍元零叁分": 503, "貳萬圓": 2000000, "玖佰零玖元": 90900,
	} {
		if got := capitalSum(words); got != want {
			t.Errorf("%s is %d, want %d", words, got, want)
		}
	}
}
