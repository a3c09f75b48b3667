package issuer

import (
	"strings"
	"testing"
)

// readWild reads one mail as vouched for by its sender's issuer.
func readWild(t *testing.T, w wildMail) (string, Reading) {
	t.Helper()
	s := loadSet(t)
	host := strings.Trim(strings.ToLower(w.from[strings.Index(w.from, "@")+1:]), ">")
	rules := s.forDomain(host)
	if rules == nil {
		t.Fatalf("no issuer for %s", host)
	}
	rd, err := s.readSample(Sample{From: w.from, Received: w.received, Subject: w.subject, Text: w.text, HTML: w.html}, rules[0])
	if err != nil {
		t.Fatal(err)
	}
	return short1(rd), rd
}

func readWilds(t *testing.T, mails []wildMail) {
	for _, w := range mails {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			// "112233~1/2" is the reference "112233 1/2".
			if got, rd := readWild(t, w); got != strings.ReplaceAll(normal(w.want), "~", " ") {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
		})
	}
}

// worldTraps are the known traps of mails from outside China, each named after
// what it tempts to read.
var worldTraps = []wildMail{
	{name: "sign: Cr is a credit, Dr is owed", from: "a@axis.bank.in", received: "2025-09-17", subject: "Axis Bank Credit Card Statement",
		text: "Total Payment Due: 1,234.00 Cr\nMinimum Payment Due: 0.00 Dr\nPayment Due Date: 06/10/2025", want: "kind=zero amount_due=0.00 minimum_due=0.00 due_date=2025-10-06"},
	{name: "sign: Dr without a blank", from: "a@axis.bank.in", received: "2025-09-17", subject: "Axis Bank Credit Card Statement",
		text: "Total Payment Due: Rs.1,234.00Dr\nMinimum Payment Due: Rs.62.00Dr\nPayment Due Date: 06/10/2025", want: "kind=statement amount_due=1234.00 minimum_due=62.00 due_date=2025-10-06"},
	{name: "credit limit before the amount due", from: "a@notification.capitalone.com", received: "2026-09-12", subject: "Your statement is ready",
		text: "Credit limit: $35,000.00\nAvailable credit: $33,072.21\nStatement balance: $1,927.79\nMinimum payment due: $96.39\nPayment due date: October 7, 2026",
		want: "kind=statement amount_due=1927.79 minimum_due=96.39 due_date=2026-10-07"},
	{name: "minimum is never the total", from: "rogersbank@alerts.rogersbank.com", received: "2023-12-29", subject: "Payment Due Alert",
		text: "A minimum payment of $25.00 for your credit card account is due on 2024-01-05.", want: "kind=due_soon minimum_due=25.00 due_date=2024-01-05"},
	{name: "minimum is never the total: in the statement of a bank", from: "scotiainfoalerts@scotiabank.com", received: "2023-12-14", subject: "e-Statement issued for credit card ending in 1234",
		text: "Minimum payment of $10.00 is due on Jan 5, 2024.", want: "review account=1234 minimum_due=10.00 due_date=2024-01-05"},
	{name: "year missing, over New Year", from: "no.reply.alerts@chase.com", received: "2026-12-12", subject: "Your credit card statement is ready",
		text: "Statement balance: $10.00\nMinimum payment due: $10.00\nPayment due date: Jan 7", want: "kind=statement amount_due=10.00 minimum_due=10.00 due_date=2027-01-07"},
	{name: "two formats in one mail", from: "a@sbicard.com", received: "2025-09-18", subject: "SBI Card Monthly Statement -Sep 2025",
		text: "Statement Date: 18 Sep 2025\nPayment Due Date: 08/10/2025\nTotal Amount Due: ₹500.00", want: "kind=statement period=2025-09 statement_date=2025-09-18 due_date=2025-10-08 amount_due=500.00"},
	{name: "day or month first: the country of the issuer", from: "a@hdfcbank.bank.in", received: "2025-07-20", subject: "HDFC Bank Credit Card Statement",
		text: "Total Amount Due: Rs. 500.00\nPayment Due Date: 07/08/2025", want: "kind=statement amount_due=500.00 due_date=2025-08-07"},
	{name: "day or month first: month in America", from: "alerts@bankofamerica.com", received: "2025-07-20", subject: "Your credit card statement is available",
		text: "Statement balance: $500.00\nPayment due date: 08/07/2025", want: "kind=statement amount_due=500.00 due_date=2025-08-07"},
	{name: "day or month first: the weekday contradicts", from: "noreply@afterpay.com", received: "2026-07-08", subject: "Thank you for your Afterpay order",
		text: "Total $20.00\n$10.00 DUE DATE: Wed, 07/08/2026\n$10.00 DUE DATE: Fri, 21/08/2026", want: "review amount_due=10.00 amount_due=10.00 due_date=2026-08-21"},
	{name: "day or month first: nothing tells", from: "scotiainfoalerts@scotiabank.com", received: "2023-12-20", subject: "e-Statement issued for credit card ending in 1234",
		text: "Statement balance: $500.00\nPayment due date: 05/01/2024", want: "review account=1234 amount_due=500.00"},
	{name: "decimal sign from the number: comma", from: "hizmet@bilgi.akbank.com", received: "2026-08-14", subject: "Kredi kartı ekstreniz",
		text: "Dönem borcu: 13.218,34 TL\nSon ödeme tarihi: 24.08.2026", want: "kind=statement amount_due=13218.34 due_date=2026-08-24"},
	{name: "decimal sign from the number: point", from: "hizmet@bilgi.akbank.com", received: "2026-08-14", subject: "Kredi kartı ekstreniz",
		text: "Dönem borcu: 13,218.34 TL\nSon ödeme tarihi: 24.08.2026", want: "kind=statement amount_due=13218.34 due_date=2026-08-24"},
	{name: "decimal sign from the number: none to tell", from: "hizmet@bilgi.akbank.com", received: "2026-08-14", subject: "Kredi kartı ekstreniz",
		text: "Dönem borcu: 13.218 TL\nSon ödeme tarihi: 24.08.2026", want: "review due_date=2026-08-24"},
	{name: "lakh grouping", from: "a@sbicard.com", received: "2025-09-18", subject: "SBI Card Statement",
		text: "Total Amount Due: Rs 12,34,567.89\nPayment Due Date: 08-10-2025", want: "kind=statement amount_due=1234567.89 due_date=2025-10-08"},
	{name: "yen has no decimals", from: "info@kddi-fs.com", received: "2026-08-20", subject: "【au PAY カード】ご請求額確定のお知らせ",
		text: "ご請求額：1,234,567円\nお支払日：2026年9月10日", want: "kind=statement amount_due=1234567 due_date=2026-09-10"},
	{name: "early payment is less and sooner", from: "tax.noreply@burnaby.ca", received: "2026-02-10", subject: "Your Utility eBill for 1 Example Avenue is now available.",
		text: "Amount Due * (if Paid Before Mar 02, 2026): $950.00\nDue Date: * Mar 16, 2026", want: "review due_date=2026-03-16"},
	{name: "on or after is the day for the money to be there", from: "notifications@bchydro.com", received: "2026-03-02", subject: "Your BC Hydro bill is ready",
		text: "Your pre-authorized payment of $1,123.45 will be withdrawn on or after Apr 02, 2026.", want: "kind=autopay amount_due=1123.45 due_date=2026-04-02"},
	{name: "numbers that are no amounts", from: "CustomerServiceOnline@billpay.pge.com", received: "2026-03-02", subject: "Your bill for 4400 Example Street is ready",
		text: "Account 1234 is due on 03/20/2026.", want: "review due_date=2026-03-20"},
	{name: "rupee sign as a back-tick", from: "credit_cards@icici.bank.in", received: "2025-09-16", subject: "ICICI Bank Credit Card Statement",
		text: "Total Amount Due `12,34,567.89\nMinimum Amount Due `100.00\nPayment Due Date 03-Oct-2025", want: "kind=statement amount_due=1234567.89 minimum_due=100.00 due_date=2025-10-03"},
	{name: "labels first, values afterwards", from: "a@sbicard.com", received: "2025-09-18", subject: "SBI Card Statement",
		text: "Total Amount Due\nMinimum Amount Due\nPayment Due Date\n₹500.00\n₹200.00\n08 Oct 2025", want: "kind=statement amount_due=500.00 minimum_due=200.00 due_date=2025-10-08"},
	{name: "no amount is not zero", from: "no.reply.alerts@chase.com", received: "2026-09-12", subject: "Your credit card statement is ready",
		text: "Statement balance: N/A\nPayment due date: October 7, 2026", want: "review due_date=2026-10-07"},
	{name: "receipt that lists instalments", from: "service@paypal.com.au", received: "2026-07-24", subject: "Your PayPal Pay in 4 payment went through",
		text: "You paid $25.00\nUpcoming payments\n7 August 2026 $25.00\n21 August 2026 $25.01",
		want: "kind=payment paid_amount=25.00 kind=arrangement amount_due=25.00 due_date=2026-08-07 kind=arrangement amount_due=25.01 due_date=2026-08-21"},
	{name: "year-end summary", from: "no.reply.alerts@chase.com", received: "2027-01-10", subject: "Your Chase year-end summary is ready",
		text: "In 2026 you spent $9,876.54.", want: "none"},
	{name: "offer with an amount", from: "a@sbicard.com", received: "2025-09-20", subject: "Offer: convert your outstanding of Rs. 12,000 into EMI",
		text: "Pay Rs. 1,050 for 12 months. Apply by 30 Sep 2025.", want: "none"},
	{name: "statement ready without any amount", from: "alerts@bankofamerica.com", received: "2026-09-12", subject: "Your credit card statement is available",
		text: "Log in to see it.", want: "review"},
	{name: "autopay is on", from: "a@notification.capitalone.com", received: "2026-09-12", subject: "Your statement is ready",
		text: "Statement balance: $70.00\nMinimum payment due: $25.00\nPayment due date: October 7, 2026\nYou're enrolled in AutoPay.", want: "kind=autopay amount_due=70.00 minimum_due=25.00 due_date=2026-10-07"},
	{name: "autopay is off", from: "a@notification.capitalone.com", received: "2026-09-12", subject: "Your statement is ready",
		text: "Statement balance: $70.00\nPayment due date: October 7, 2026\nYou are not enrolled in AutoPay.", want: "kind=statement amount_due=70.00 due_date=2026-10-07"},
	{name: "statement over nothing", from: "a@notification.capitalone.com", received: "2026-09-12", subject: "Your statement is ready",
		text: "Statement balance: $0.00\nNo payment due.", want: "kind=zero amount_due=0.00"},
	{name: "purchase paid by a lender", from: "alerts@hdfcbank.net", received: "2025-09-12", subject: "₹130.05 on Zepto. charged via Simpl",
		text: "LazyPay has paid AIRTEL on your behalf ₹649.00", want: "none"},
	{name: "days late in the subject", from: "Shop <invoice+statements@stripe.com>", received: "2026-07-02", subject: "Invoice #AB12-0003 is 5 days overdue",
		text: "Amount due: $504.70\nDue date: June 27, 2026", want: "kind=overdue reference=AB12-0003 amount_due=504.70 days_late=5 due_date=2026-06-27"},
	{name: "receipt titled as an invoice", from: "Shop <invoice+statements@stripe.com>", received: "2026-06-27", subject: "Your receipt from Shop #1234-5678",
		text: "Receipt from Shop $504.70 Paid June 27, 2026\nAmount paid $504.70", want: "kind=payment paid_amount=504.70 paid_date=2026-06-27"},
	{name: "usage notice", from: "info@kddi-fs.com", received: "2026-08-20", subject: "【au PAY カード】ご利用のお知らせ", text: "ご利用金額：1,200円\nお支払日：2026年9月10日", want: "none"},
	{name: "numbered dunning", from: "statement@vpass.ne.jp", received: "2026-08-20", subject: "【再3】お支払期限超過のお知らせ",
		text: "ご請求金額：3,300円\nお支払期限：2026年8月10日", want: "kind=overdue amount_due=3300 due_date=2026-08-10"},
}

func TestWorldTraps(t *testing.T) {
	t.Parallel()
	readWilds(t, worldTraps)
}
