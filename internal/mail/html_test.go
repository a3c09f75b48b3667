package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestHTMLToText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"rows and cells", `<table><tr><td>到期还款日</td><td>2026-09-13</td></tr><tr><td>应还</td><td>&yen;1,234.56</td></tr></table>`,
			"到期还款日 | 2026-09-13\n应还 | ¥1,234.56"},
		{"bilingual label stays one cell", `<table><tr><td>到期还款日<br>Payment Due Date</td><td>2026/09/13</td></tr></table>`,
			"到期还款日 Payment Due Date | 2026/09/13"},
		{"paragraphs inside a data cell", `<table><tr><td><p>到期还款日</p><p>Due</p></td><td><div>9月13日</div></td></tr></table>`,
			"到期还款日 Due | 9月13日"},
		{"unclosed cells and rows", `<table><tr><th>卡号<th>应还<tr><td>1234<td>100</table>尾`,
			"卡号 | 应还\n1234 | 100\n尾"},
		{"layout table around a data table", `<table><tr><td>亲爱的客户<br>您好</td></tr><tr><td><table><tr><td>应还</td><td>5</td></tr><tr><td>最低</td><td>1</td></tr></table></td></tr></table>`,
			"亲爱的客户\n您好\n应还 | 5\n最低 | 1"},
		{"layout cells side by side become blocks", `<table><tr><td><table><tr><td>到期还款日</td></tr><tr><td>9月13日</td></tr></table></td><td><table><tr><td>应还</td></tr><tr><td>5</td></tr></table></td></tr></table>`,
			"到期还款日\n9月13日\n应还\n5"},
		{"a table around each value is no layout", `<table><tr><td><table><tr><td>应还</td></tr></table></td><td><table><tr><td><font>5.00</font></td></tr></table></td></tr></table>`,
			"应还 | 5.00"},
		{"empty cell keeps its place", `<table><tr><td>卡</td><td>人民币</td><td>美元</td></tr><tr><td>1234</td><td>&nbsp;</td><td>7</td></tr></table>`,
			"卡 | 人民币 | 美元\n1234 |  | 7"},
		{"single value keeps its column", `<table><tr><td>人民币</td><td>美元</td></tr><tr><td></td><td>7</td></tr></table>`,
			"人民币 | 美元\n | 7"},
		{"spacer columns vanish", `<table><tr><td></td><td>应还</td><td width=9></td><td>5</td><td></td></tr></table>`, "应还 | 5"},
		{"spacer around a paragraph", `<table><tr><td></td><td>一<br>二</td><td></td></tr></table>`, "一\n二"},
		{"colspan keeps columns apart", `<table><tr><td>卡</td><td colspan=2>应还</td><td>最低</td></tr><tr><td>1234</td><td>CNY</td><td>5</td><td>1</td></tr></table>`,
			"卡 | 应还 |  | 最低\n1234 | CNY | 5 | 1"},
		{"title across the table", `<table><tr><td colspan=2>账单</td></tr><tr><td>应还</td><td>5</td></tr></table>`, "账单\n应还 | 5"},
		{"rowspan repeats a short cell", `<table><tr><td rowspan=2>1234</td><td>CNY</td><td>100</td></tr><tr><td>USD</td><td>5</td></tr></table>`,
			"1234 | CNY | 100\n1234 | USD | 5"},
		{"form and tbody inside a table", `<table><form><tbody><tr><td>a</td><td>b</td></tr></tbody></form></table>`, "a | b"},
		{"text between rows is kept", `<table>警告<tr><td>a</td><td>b</td></tr></table>`, "警告\na | b"},
		{"cells without a table", `<td>a</td><tr>b`, "a\nb"},
		{"blocks and breaks", `<div>一<p>二</p>三<br/>四<ul><li>五<li>六</ul><h1>七</h1>八</div>`, "一\n二\n三\n四\n五\n六\n七\n八"},
		{"inline elements do not break", `应还<b>5</b><span>.00</span> <a href="http://x/?a=9">立即 还款</a>`, "应还5.00 立即还款"},
		{"a footnote's mark is no digit of the amount", `Total $1,234.56<sup>2</sup> by the 1<sup>st</sup>`, "Total $1,234.56² by the 1st"},
		{"source line breaks are blanks", "Payment\n  Due\nDate", "Payment Due Date"},
		{"pre keeps lines", "<pre>a  1\nb 2</pre>", "a 1\nb 2"},
		{"hidden by style", `<div style="DISPLAY : none !important">9</div><span style="visibility:hidden">8</span><p hidden>7</p>a`, "a"},
		{"hidden by size", `<span style="font-size:0">9</span><span style="font-size:1px">8</span><i style="opacity:0">7</i><div style="max-height:0px;overflow:hidden">6</div>a`, "a"},
		{"font size zero of a container is undone inside", `<td style="font-size:0px"><div style="font-size:13px">见<span style="font-size:100%">到</span></div>隐</td>`, "见到"},
		{"hidden by a style sheet", `<style>/* x */ .pre, #top {display:none} @media screen{.m{display:none}} .v{color:red}</style><p class="a pre">9</p><p id=top>8</p><p class=m>m</p><p class=v>v</p>`, "m\nv"},
		{"inline display beats the sheet", `<style>.x{display:none}</style><p class=x style="display:block">a</p>`, "a"},
		{"hidden cell takes no column", `<table><tr><td>a</td><td style="display:none">9</td><td>b</td></tr></table>`, "a | b"},
		{"hidden does not leak out of an unclosed paragraph", `<p style="display:none">9<p>a`, "a"},
		{"script, style, title, comments", `<title>9</title><style>b{x:8}</style><script>var a="<p>7"</script><!-- 6 --><!--[if mso]>5<![endif]--><![if !mso]>a<![endif]>`, "a"},
		{"images", `<img src="http://x/a/label_due.gif?x=1"><img alt="到期还款日" src=y><img src=dot.gif width=1 height=1><img src="cid:logo.png@01D"><img>`,
			"[img:label_due.gif]到期还款日[img:logo.png]"},
		{"entities", `&#65509;5 &lt;a&gt; &amp; &copy;`, "¥5 <a> & ©"},
		{"end tags without start", `</td></table></div>a</p>b`, "a\nb"},
		{"a long paragraph beside another is layout", `<table><tr><td>1<br>2<br>3<br>4<br>5<br>6<br>7</td><td>x</td></tr></table>`, "1\n2\n3\n4\n5\n6\n7\nx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := HTMLToText(tt.in); got != tt.want {
				t.Errorf("HTMLToText(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestHTMLIsLinear: hostile documents of a megabyte must not cost seconds. The
// bound is ten times what they take on a slow machine.
func TestHTMLIsLinear(t *testing.T) {
	tests := []struct{ name, unit string }{
		{"nested tables", "<table><tr><td>a"},
		{"nested divs", "<div>a"},
		{"unclosed formatting", `<font size=1><b style="font-size:3px">a`},
		{"end tags", "a</p></div></td></table>"},
		{"rowspans", "<tr><td rowspan=20 colspan=20>a"},
		{"breaks", "<br>a"},
		{"nested lists in cells", "<ul><li><table><td><br>a<br>b"},
		{"comments", "<!-- a "},
		{"attributes", `<p a=1 b="2" style="x:y;display:block;font:12px/1 a">`},
		{"style sheets", "<style>.a{display:none}</style>"},
		{"pre", "<pre>\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			document := "<table>" + strings.Repeat(tt.unit, maxTextPart/len(tt.unit))
			start := time.Now()
			HTMLToText(document)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// statementHTML is a bank statement as banks send it: nested layout tables,
// inline styles on everything, one data table, transactions. About 40 KB.
func statementHTML() string {
	var b strings.Builder
	const font = `style="font-family:'Microsoft YaHei',Arial;font-size:12px;color:#333333;line-height:20px;padding:2px 4px"`
	b.WriteString(`<html><head><meta charset="gbk"><style>.x{color:red} @media screen{.m{display:none}}</style></head><body>`)
	b.WriteString(`<table width="100%" cellpadding="0"><tr><td align="center"><table width="640"><tr><td colspan="2"><img src="http://pic.bank.example/head.jpg" width="640"></td></tr>`)
	b.WriteString(`<tr><td ` + font + `>尊敬的客户：您好！以下是您的信用卡8月账单。</td></tr><tr><td><table border="1">`)
	for _, row := range [][2]string{{"到期还款日<br>Payment Due Date", "2026年9月13日"}, {"本期应还款额", "￥1,234.56"}, {"最低还款额", "￥123.45"}} {
		fmt.Fprintf(&b, "<tr><td %s>%s</td><td %s><b>%s</b></td></tr>\n", font, row[0], font, row[1])
	}
	b.WriteString(`</table></td></tr><tr><td><table border="1"><tr><th>交易日</th><th>记账日</th><th>摘要</th><th>卡号末四位</th><th>金额</th></tr>`)
	for i := 0; b.Len() < 40<<10; i++ {
		fmt.Fprintf(&b, "<tr><td %s>08/%02d</td><td %s>08/%02d</td><td %s>财付通-商户%d</td><td %s>1234</td><td %s>%d.00</td></tr>\n",
			font, i%28+1, font, i%28+2, font, i, font, font, i)
	}
	b.WriteString(`</table></td></tr></table></td></tr></table></body></html>`)
	return b.String()
}

func BenchmarkHTMLToText(b *testing.B) {
	document := statementHTML()
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		HTMLToText(document)
	}
}
