package issuer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// stated is what a generated statement says; reading it must give this or a
// review, and never another amount or day.
type stated struct {
	account, currency, amount, minimum, due, closing string
}

// statementMaker builds statements of one bank's layout from random values.
type statementMaker struct {
	*rand.Rand
	closing, due time.Time
}

func (g *statementMaker) one(of ...string) string { return of[g.IntN(len(of))] }

// money is an amount with a grouped spelling or without.
func (g *statementMaker) money(cents int) string {
	whole, frac := cents/100, cents%100
	s := fmt.Sprint(whole)
	if g.IntN(2) == 0 {
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
	}
	return fmt.Sprintf("%s.%02d", s, frac)
}

func plain(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

func (g *statementMaker) amounts() (total, minimum int) {
	total = 100 + g.IntN(3_000_000)
	return total, total/20 + g.IntN(total/4+1)
}

func (g *statementMaker) day(t time.Time) string {
	return t.Format(g.one("2006/01/02", "2006-01-02", "2006年01月02日", "2006年1月2日", "2006.01.02"))
}

func (g *statementMaker) span() string {
	from := g.closing.AddDate(0, -1, 1)
	return g.day(from) + g.one("-", " - ", "至", "—", "~", " 至 ") + g.day(g.closing)
}

func (g *statementMaker) tail() string { return fmt.Sprint(1000 + g.IntN(9000)) }

func (g *statementMaker) masked(tail string) string {
	return g.one("622700******", "62270012****", "6227 00** **** ", "6227-00**-****-") + tail
}

// pair prints a label and its value in one of the ways that were seen.
func (g *statementMaker) pair(zh, en, value string) string {
	switch g.IntN(6) {
	case 0:
		return "<p>" + zh + "：" + value + "</p>"
	case 1:
		return "<table><tr><td>" + zh + "</td><td>" + value + "</td></tr></table>"
	case 2:
		return "<table><tr><td>" + zh + "<br>" + en + "</td><td>" + value + "</td></tr></table>"
	case 3:
		return "<table><tr><td><table><tr><td>" + zh + " " + en + "</td></tr></table></td><td><table><tr><td>" + value + "</td></tr></table></td></tr></table>"
	case 4:
		return "<div><span>" + zh + "</span>&nbsp;<b>" + en + "</b> <font>" + value + "</font></div>"
	}
	return "<table><tr><td>" + zh + "</td></tr><tr><td>" + value + "</td></tr></table>"
}

func (g *statementMaker) due1(zh string) string { return g.pair(zh, "Payment Due Date", g.day(g.due)) }

func (g *statementMaker) closing1(zh string) string {
	return g.pair(zh, "Statement Date", g.day(g.closing))
}

func table(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<table>")
	for _, r := range rows {
		b.WriteString("<tr><td>" + strings.Join(r, "</td><td>") + "</td></tr>")
	}
	return b.String() + "</table>"
}

// noise are lines of statements that say nothing about what is due.
func (g *statementMaker) noise() string {
	n := g.money(100 + g.IntN(5_000_000))
	switch g.IntN(20) {
	case 14:
		return "<p>本期应还款额为零时，您无需还款。</p>"
	case 15:
		return "<p>您上期应还款额" + n + "元已还清。</p>"
	case 16:
		return table([]string{"上期应还款额", "本期已还金额", "本期调整金额"}, []string{n, n, "0.00"})
	case 17:
		return "<p>若您选择分12期，每期应还" + n + "元，手续费0.60%。</p>"
	case 18:
		return "<p>推荐您办理现金分期，最高" + n + "元，年化利率15.0%。</p>"
	case 19:
		return "<p>循环利息 ￥" + n + "　未出账单金额 " + n + "</p>"
	case 0:
		return "<p>信用额度 Credit Limit ￥" + n + "</p>"
	case 1:
		return table([]string{"上期账单金额", n}, []string{"本期消费", n}, []string{"积分余额", "12,345"})
	case 2:
		return table([]string{"交易日", "记账日", "卡号末四位", "交易摘要", "金额"},
			[]string{"07/21", "07/22", g.tail(), "财付通-某某店", n}, []string{"07/22", "07/23", g.tail(), "还款 本期应还款额", "-" + n})
	case 3:
		return "<p>温馨提示：请您在到期还款日前还款，以免产生违约金。</p>"
	case 4:
		return "<p>7月份账单分期3期：本期应还款" + n + "，余额1,498.02，余期为02期</p>"
	case 5:
		return "<p>最低还款额未还部分按5%收取违约金，最低10元。</p>"
	case 6:
		return "<p>客服热线 95588　官网 www.bank.example</p>"
	case 7:
		return `<p><a href="https://bank.example/x?d=20260101">账单分期最高立减88元</a></p>`
	case 8:
		return "<!-- 本期应还款额 1.00 --><style>.a{width:100px}</style>"
	case 9:
		return "<p>可用额度：" + n + "元</p>"
	case 10:
		return table([]string{"预借现金可用额度", "￥" + n}, []string{"分期额度", "￥" + n})
	case 11:
		return "<p>您可登录手机银行查询账单，开通自动还款更方便。</p>"
	case 12:
		return "<p>尊敬的王先生，您好！</p><p>感谢您使用信用卡。</p>"
	}
	return "<p>刷卡满" + n + "元赢好礼</p>"
}

// page shuffles blocks, puts noise between and wraps some of it in tables.
func (g *statementMaker) page(blocks ...string) string {
	g.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	var b strings.Builder
	b.WriteString("<html><body>")
	for _, s := range blocks {
		for range g.IntN(3) {
			b.WriteString(g.noise())
		}
		if g.IntN(3) == 0 {
			s = "<table><tr><td><div>" + s + "</div></td></tr></table>"
		}
		b.WriteString(s)
	}
	for range g.IntN(3) {
		b.WriteString(g.noise())
	}
	return b.String() + "</body></html>"
}

type madeStatement struct {
	from, subject, html string
	want                []stated
}

type bankLayout struct {
	name string
	make func(g *statementMaker) madeStatement
}

func TestGeneratedStatements(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, l := range bankLayouts() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			const runs = 60
			exact, easyRuns := 0, runs
			for seed := range uint64(runs) {
				g := &statementMaker{Rand: rand.New(rand.NewPCG(seed, 7))}
				g.closing = time.Date(2026, time.Month(1+g.IntN(12)), 1+g.IntN(28), 0, 0, 0, 0, time.UTC)
				g.due = g.closing.AddDate(0, 0, 18+g.IntN(8))
				m := l.make(g)
				sample := Sample{From: m.from, Received: g.closing.AddDate(0, 0, 1+g.IntN(4)).Format(time.DateOnly), Subject: m.subject, HTML: m.html}
				easy := flattened(&sample, seed)
				host := strings.ToLower(m.from[strings.Index(m.from, "@")+1:])
				rd, err := s.readSample(sample, s.forDomain(host)[0])
				if err != nil {
					t.Fatal(err)
				}
				if seed%4 == 3 && rd.Outcome == bill.OutcomeNotices && len(rd.Notices) == 1 && len(m.want) == 1 && !rd.Notices[0].MinimumDue.Known() {
					m.want[0].minimum = "" // less than is printed, and nothing else
				}
				why := wrong(rd, m.want)
				if why != "" {
					t.Errorf("seed %d: %s\nwant %v\n%s\n%s", seed, why, m.want, m.html, rd.describe())
				}
				if !easy {
					easyRuns--
				}
				if rd.Outcome == bill.OutcomeNotices {
					if easy {
						exact++
					}
				} else if rd.Outcome != bill.OutcomeNeedsReview {
					t.Errorf("seed %d: outcome %s\n%s", seed, rd.Outcome, m.html)
				} else if testing.Verbose() && seed < 12 {
					t.Logf("seed %d is a review\n%s\n%s", seed, m.html, rd.describe())
				}
			}
			if exact < easyRuns*9/10 {
				t.Errorf("only %d of %d are read, the others are reviews", exact, easyRuns)
			}
		})
	}
}

// flattened turns some samples into plain text: by lines without borders, or
// all in one line. Of those a review is enough; easy is false.
func flattened(s *Sample, seed uint64) (easy bool) {
	if seed%4 < 2 {
		return true
	}
	s.Text = strings.ReplaceAll(mail.HTMLToText(s.HTML), " | ", " ")
	s.HTML = ""
	if seed%4 == 3 {
		// A label inside the text of a transaction is told from a label of
		// the statement by its line only.
		s.Text = strings.NewReplacer("还款 本期应还款额", "还款", "还款本期应还款额", "还款", "\n", " ").Replace(s.Text)
	}
	return false
}

// wrong tells what a reading says that the statement does not.
func wrong(rd Reading, want []stated) string {
	if rd.Outcome == bill.OutcomeNotices && len(rd.Notices) != len(want) {
		return fmt.Sprintf("%d notices instead of %d", len(rd.Notices), len(want))
	}
	for _, n := range rd.Notices {
		f := noticeFields(n)
		fits := func(w stated) bool {
			same := func(got, want string) bool {
				return got == want || (got == "" && (rd.Outcome != bill.OutcomeNotices || want == ""))
			}
			closing := f["statement_date"] == "" || f["statement_date"] == w.closing
			account := f["account"] == "" || f["account"] == w.account
			return same(f["amount_due"], w.amount) && same(f["due_date"], w.due) && same(f["minimum_due"], w.minimum) && (f["amount_due"] == "" || f["currency"] == w.currency) && closing && account
		}
		if rd.Outcome == bill.OutcomeNotices && n.Kind != bill.KindStatement {
			return "kind " + f["kind"]
		}
		if !slices.ContainsFunc(want, fits) && !(rd.Outcome == bill.OutcomeNeedsReview && len(rd.Notices) == 1 && f["amount_due"] == "" && f["minimum_due"] == "" && f["due_date"] == "") {
			return fmt.Sprintf("wrong: %v", f)
		}
	}
	return ""
}
