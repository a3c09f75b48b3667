package issuer

import "testing"

// worldMails are wordings that no pattern was written for, as the issuers of
// the world might send them.
var worldMails = []wildMail{
	{name: "capital one, sentence", from: "capitalone@notification.capitalone.com", received: "2026-09-12", subject: "Your Venture Card statement is ready",
		text: "Your latest statement for your account ending in 1234 is available.\nStatement balance: $2,070.10\nMinimum payment due: $45.00\nPayment due date: October 07, 2026\nYou are currently enrolled in AutoPay. Your payment will be made on October 07, 2026.",
		want: "kind=autopay account=1234 amount_due=2070.10 minimum_due=45.00 due_date=2026-10-07"},
	{name: "capital one, reminder", from: "capitalone@notification.capitalone.com", received: "2026-10-04", subject: "Your credit card payment is due soon",
		text: "Just a reminder that your minimum payment of $45.00 is due by October 7, 2026 for your account ending in 1234.", want: "kind=due_soon account=1234 minimum_due=45.00 due_date=2026-10-07"},
	{name: "chase, late", from: "no.reply.alerts@chase.com", received: "2026-10-09", subject: "Your credit card payment is past due",
		text: "Account ending in (...1234)\nAmount past due: $40.00\nDue date: Oct 7, 2026\nPlease make a payment to avoid a late fee.", want: "kind=overdue account=1234 amount_due=40.00 due_date=2026-10-07"},
	{name: "chase, table of four cells", from: "no.reply.alerts@chase.com", received: "2026-09-12", subject: "Your credit card statement is available",
		html: "<table><tr><td>Account</td><td>Chase Sapphire (...1234)</td></tr><tr><td>Due date</td><td>Oct 07, 2026</td></tr><tr><td>Statement balance</td><td>$1,234.56</td></tr><tr><td>Minimum payment due</td><td>$40.00</td></tr></table>",
		want: "kind=statement account=1234 due_date=2026-10-07 amount_due=1234.56 minimum_due=40.00"},
	{name: "bofa, key value", from: "onlinebanking@ealerts.bankofamerica.com", received: "2026-09-12", subject: "Your credit card statement is available",
		html: "<div>Account: Travel Rewards ending in 1234</div><div>Total Minimum Payment Due: $25.00</div><div>New Balance Total: $812.00</div><div>Payment Due Date: October 9, 2026</div>",
		want: "kind=statement account=1234 minimum_due=25.00 amount_due=812.00 due_date=2026-10-09"},
	{name: "bofa, payment due in words", from: "onlinebanking@ealerts.bankofamerica.com", received: "2026-10-04", subject: "Your credit card payment is due October 9",
		text: "Credit card ending in 1234\nMinimum payment due: $25.00\nPayment due date: October 9, 2026", want: "kind=due_soon account=1234 minimum_due=25.00 due_date=2026-10-09"},
	{name: "amex, reminder with a bank account", from: "AmericanExpress@welcome.americanexpress.com", received: "2026-10-01", subject: "Your AutoPay payment is scheduled",
		text: "Account Ending: 12345\nYour AutoPay payment of $345.67 is scheduled for October 7, 2026 from your checking account ending in 9876.", want: "kind=autopay account=2345 amount_due=345.67 due_date=2026-10-07"},
	{name: "payment returned", from: "no.reply.alerts@chase.com", received: "2026-10-08", subject: "Your payment was returned",
		text: "Your payment of $40.00 made on Oct 6, 2026 to account ending in 1234 was returned by your bank.", want: "kind=autopay_failed account=1234 amount_due=40.00"},
	{name: "scotia, reminder", from: "scotiainfoalerts@scotiabank.com", received: "2024-01-02", subject: "Your credit card payment is due soon",
		text: "Statement balance: $812.40\nMinimum payment: $10.00\nPayment due date: Jan 5, 2024\nAccount: ****1234", want: "kind=due_soon account=1234 amount_due=812.40 minimum_due=10.00 due_date=2024-01-05"},
	{name: "hdfc, sentence", from: "alerts@hdfcbank.bank.in", received: "2025-10-02", subject: "Reminder: HDFC Bank Credit Card payment due",
		text: "Dear Customer, Total Amount Due of Rs. 12,345.00 on your HDFC Bank Credit Card ending 1234 is due on 05-10-2025. Minimum Amount Due: Rs. 620.00. Please ignore if already paid.", want: "kind=due_soon account=1234 amount_due=12345.00 minimum_due=620.00 due_date=2025-10-05"},
	{name: "icici, payment", from: "credit_cards@icicibank.com", received: "2025-10-02", subject: "Payment received on your ICICI Bank Credit Card",
		text: "Dear Customer, we have received payment of INR 1,234.00 on your ICICI Bank Credit Card XX1234 on 02-Oct-2025.", want: "kind=payment account=1234 paid_amount=1234.00 paid_date=2025-10-02"},
	{name: "axis, row of a table with other columns", from: "cc.statements@axisbank.com", received: "2025-09-17", subject: "Your Axis Bank MyZone Credit Card Statement ending XX76 - September 2025",
		html: "<table><tr><th>Total Payment Due</th><th>Minimum Payment Due</th><th>Statement Period</th><th>Payment Due Date</th><th>Statement Generation Date</th></tr><tr><td>12,345.67 Dr</td><td>617.00 Dr</td><td>18/08/2025 - 17/09/2025</td><td>06/10/2025</td><td>17/09/2025</td></tr></table>",
		want: "kind=statement account=76 period=2025-09 amount_due=12345.67 minimum_due=617.00 due_date=2025-10-06 statement_date=2025-09-17"},
	{name: "sbi, list", from: "Statements@sbicard.com", received: "2025-09-18", subject: "SimplySAVE - SBI Card Monthly Statement -Sep 2025",
		text: "Dear Customer,\nYour SBI Card Monthly Statement is attached.\n*Total Amount Due (Rs.) : 5,678.00\n*Minimum Amount Due (Rs.) : 284.00\nPayment Due Date : 08 Oct 2025\nCard Number XXXX XXXX XXXX XX34",
		want: "kind=statement account=34 period=2025-09 amount_due=5678.00 minimum_due=284.00 due_date=2025-10-08"},
	{name: "afterpay, lines of their own", from: "noreply@afterpay.com", received: "2026-08-07", subject: "Thank you for your Afterpay order",
		text: "Retailer: Example\nAfterpay order number: 112233\nTotal\n$40.00\nYour payments\n$20.00\nDUE DATE: Fri, 07/08/2026\n$20.00\nDUE DATE: Fri, 21/08/2026\ncard ending in ****1234",
		want: "kind=arrangement reference=112233~1/2 amount_due=20.00 due_date=2026-08-07 kind=arrangement reference=112233~2/2 amount_due=20.00 due_date=2026-08-21"},
	{name: "klarna, sentence", from: "no-reply@klarna.com", received: "2025-10-04", subject: "Your next payment is coming up",
		text: "Payment 2 of 4: $45.00\nDue date: October 6, 2025\nMake sure you have enough on your card.", want: "kind=due_soon reference=2/4 amount_due=45.00 due_date=2025-10-06"},
	{name: "affirm, autopay", from: "notifications@affirm.com", received: "2025-10-04", subject: "Your upcoming Affirm payment",
		text: "Your payment of $45.00 is due on October 6, 2025. AutoPay is on, so we'll charge your card automatically.", want: "kind=autopay amount_due=45.00 due_date=2025-10-06"},
	{name: "whmcs, merchant of stripe", from: "Example Ltd <invoice+statements+acct_1@stripe.com>", received: "2026-06-01", subject: "New invoice from Example Ltd #AB12-0003",
		text: "Example Ltd\nInvoice from Example Ltd\n$1,504.70\nDue July 1, 2026\nTo: Owner\nAmount due $1,504.70", want: "kind=statement reference=AB12-0003 amount_due=1504.70 due_date=2026-07-01"},
	{name: "xfinity, sentence", from: "online.communications@alerts.comcast.net", received: "2026-03-02", subject: "Your Xfinity bill is ready",
		text: "Your bill is ready to view.\nAmount due: $75.20\nAuto Pay: your payment of $75.20 will be automatically processed on March 20, 2026.", want: "kind=autopay amount_due=75.20 due_date=2026-03-20"},
	{name: "akbank, one sentence", from: "hizmet@bilgi.akbank.com", received: "2026-08-14", subject: "Kredi kartı ekstre bilgileri",
		text: "1234'le biten Axess kartınızın son ödeme tarihi 24.08.2026, dönem borcunuz 3.218,34 TL, asgari ödeme tutarınız 643,67 TL'dir.", want: "kind=statement account=1234 amount_due=3218.34 minimum_due=643.67 due_date=2026-08-24"},
	{name: "akbank, legal text", from: "hizmet@bilgi.akbank.com", received: "2026-08-14", subject: "Kredi kartı ekstreniz",
		text: "Dönem borcunuz: 3.218,34 TL\nSon ödeme tarihi: 24.08.2026\nÖdemenizin gecikmesi halinde gecikme faizi %3,05 uygulanır.\nSon ödeme tarihine kadar asgari tutarın ödenmemesi halinde 500,00 TL masraf alınır.", want: "kind=statement amount_due=3218.34 due_date=2026-08-24"},
	{name: "garanti, overdue", from: "bilgi@garantibbva.com.tr", received: "2026-08-28", subject: "Gecikmiş borç hatırlatması",
		text: "Dönem borcunuz 3.218,34 TL\nSon ödeme tarihi 24.08.2026\nÖdemeniz gecikmiştir.", want: "kind=overdue amount_due=3218.34 due_date=2026-08-24"},
	{name: "vakif, points between", from: "kkm.ekstre@vakifbank.com.tr", received: "2026-08-14", subject: "VakıfBank Worldcard Hesap Özeti",
		html: "<table><tr><td>Son Ödeme Tarihi&nbsp;</td><td>:24.08.2026</td></tr><tr><td>Toplam Borç Bakiyesi</td><td>:3,218.34TL</td></tr><tr><td>Asgari Ödeme Tutarı</td><td>:643.67TL</td></tr></table>", want: "kind=statement amount_due=3218.34 minimum_due=643.67 due_date=2026-08-24"},
	{name: "au pay, sentence", from: "info@kddi-fs.com", received: "2026-08-20", subject: "【au PAY カード】2026年9月お支払分 ご請求額確定のお知らせ",
		text: "いつもau PAY カードをご利用いただきありがとうございます。\n今回のご請求額は12,345円、お支払日は2026年9月10日です。\n■ご利用可能額 500,000円", want: "kind=statement period=2026-09 amount_due=12345 due_date=2026-09-10"},
	{name: "rakuten, without a year", from: "info@mail.rakuten-card.co.jp", received: "2026-12-14", subject: "【楽天カード】ご請求金額のお知らせ",
		text: "ご請求金額　56,789円\nお支払い日　1月5日", want: "kind=statement amount_due=56789 due_date=2027-01-05"},
}

func TestWorldMails(t *testing.T) {
	t.Parallel()
	readWilds(t, worldMails)
}
