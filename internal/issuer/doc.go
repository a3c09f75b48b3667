// Package issuer reads notices out of messages by the description of issuers in
// data files, and runs the samples that those files carry.
//
// # Contract
//
// A Set is loaded once, is immutable, and reads a message the same way every
// time: no clock, no network, no state. It fills a field only where one value
// is certain; everything else is a problem, and a message with a problem is a
// review that a person sees. Cost does not grow with the number of files: the
// From domain chooses the file, labels are found in one walk over the text, and
// sentence patterns are tried only on lines that hold their words.
//
// # Teaching an issuer
//
// One YAML file describes one issuer. Those of the directory issuers.dir win
// over the embedded ones of the same name. There is no Go to write. Begin with
// the samples: save the mail, blur what is private, paste it, say what must be
// read from it. Then run "repayd issuer test FILE".
//
//	issuer: my-bank                  # small letters, digits, hyphens
//	name: 我的银行                    # as letters call it; name_en for English
//	zone: Asia/Shanghai              # in which its days end
//	currency: CNY                    # where the text proves no other
//	grace: 3d                        # only if the issuer publishes it
//	cut_off: "17:00"                 # on the last safe day, if not its end
//	bill_per: month                  # month, due_date or reference
//	from: [bank.example]             # whole labels; also what must vouch
//	not_from: [news.bank.example]    # their domains or addresses without bills
//	words: [我的银行]                 # by which a forwarded text, or one of several
//	                                 # issuers of a domain, is known
//	default: true                    # of several issuers of its first domain, the
//	                                 # one that is meant where none is named
//	others: [白金贷]                  # products of the sender that are not this
//	brands: [我的银行]                # what a stranger's display name must not bear
//	wording: seen                    # seen, code or unproven
//	needs_workday: true              # paying takes a bank's working day
//	calendar: jp                     # of this country; without it, of the owner's
//	like: [cn-card, cn-pay]          # shared wording, nearest first
//	negative: credit                 # what a negative amount means: credit or owed
//	date_order: dmy                  # of 07/08/2026; without it that is a review
//	due_rule: {statement: 1, due: 8} # where only the month is printed
//	terms: ...                       # what lateness does; see package bill/terms. In a
//	                                 # template: of every file that is like it and says
//	                                 # nothing of that part itself
//
//	fields:                          # labels that hold for every kind
//	  amount_due: ['{?:本期}应还{?:金额}']
//	not: [信用额度]                   # labels never to be read
//	skip: ['分期{days}期{*}应还']      # lines never to be read
//	ledger: [交易日]                  # heads of lists of single transactions
//	autopay: ['已设置自动还款']         # by which a bill mentions that it is debited
//	row: ['{card:account}{|}{money:amount_due}']  # one card a line
//	notices:
//	  - kind: statement
//	    when: ['{!:账单已出|电子账单}']
//	    unless: ['已还清']
//	    fields: {due_date: '还款日{:}{date}'}
//	samples: ...
//
// "repayd issuer new FILE.eml" writes a first file from one message: see New.
//
// # Senders that nobody described
//
// The templates any-LANGUAGE hold the due labels of a language, its date_order
// and its currency where a bare amount has one. Of several, the one whose labels
// a message holds most of reads it; of a letter without any, the first in whose
// own words it asks for money, English last. Its bills are those of the From address, and
// certain only with one amount, one currency and one due date beside labels, of
// a kind that is clear, from a sender that DMARC or DKIM vouch for. What else
// looks like a bill of a vouched sender is a review: it shows a date and an
// amount, or is no bulk mail and shows a due label and the words of a kind, or a
// sum and a review pattern or the words of lateness. A reply
// may quote somebody's bill and is a review at most; a receipt counts only where
// nothing is left to pay. From an unproven sender a bill without any other doubt
// is a review, and all else is not the owner's: whoever sends spam must not fill
// the list. It never speaks for an issuer that is described. What the owner's own
// address sent to itself is his own affair, but a review where it relays a
// described issuer's bill and is not among the forwarders. "$" is the dollar
// of the USA where nothing in the message speaks for another.
//
// An e-invoice attached or embedded goes before the text, whoever sends it; text
// that shows another amount or due date makes a review of it.
//
// # Kinds
//
// A notice has a kind (see bill.Kind) or is "none": about something else.
// when and unless are phrases of the subject or the text, when_subject and
// unless_subject of the subject alone; sure_subject are words of the subject
// that decide the kind whatever the text says. Kinds are tried in the order none,
// refund, autopay_failed, zero, payment, arrangement, overdue, autopay,
// due_soon, statement, so that what denies a debt goes before what claims one.
// Clauses that a besides pattern fits ("您有100积分将于6月8日到期") are about
// something else: they may tell the kind of a message, and hold no values.
// Clauses that an ignore pattern fits ("如已还款,请忽略") are conditions: they
// decide no kind, and sentence patterns do not see them. A message that no kind
// fits, yet shows a due label or a review pattern beside a value, is a review.
//
// # Patterns
//
// Literal text and placeholders; no expressions. {money} {date} {tail} {ref}
// {period} {days} {time} {currency} capture; {day} is passed over; {:} is a
// colon, "为", a cell border or nothing; {*} is a gap of up to 20 characters
// inside a clause; {~} crosses cells, lines and pictures; {?:a|b} is optional wording and
// {!:a|b} a choice. {money:amount_due} names its field, for sentences that hold
// several. {card} is a masked card number, {span} two days whose last one
// counts, {|} blanks and cell borders. A capture takes the longest run that could belong to the value, and
// a strict parser accepts or refuses the whole run: "1.2.3" is never 1.2.
//
// A pattern of words alone, or words and its value, is a label. Its value is
// found behind it, in the next cell, in the row below, on the next line, or in
// an equally long stack of values below a stack of labels. Of labels at one
// place the longest counts, and a label inside another word (上期应还 holds
// 应还) is not read: only the words listed under lead may stand directly before
// one, and those under start begin the phrase. Any other pattern is a sentence
// and is matched on one line; never_after lists what makes it another word.
//
// Fields: amount_due, amount_due_else (the whole bill, where nothing clearer is
// shown), minimum_due, penalty, paid_amount, paid_date, statement_date,
// due_date, last_safe_day, grace, cut_off, days_late, account, reference,
// period, currency, total (of the rows), cycle (its last day is the statement
// date where none is printed), balance (negative is owed, where no amount due
// is printed). Two different values of one field are
// a problem, never the first one. Several rows or order numbers make several
// notices where bill_per is reference, the kind is arrangement, or the notice
// says rows: true, as statements do that print one card and currency a line:
// in a table with its head, or as the row patterns have it, which count only
// where they account for every digit of the line. Amounts without a currency
// take that of their column, label or section. A total that is not the sum of
// the rows is a problem.
// Rows are those of a table, or a sentence with amount and due date that occurs
// several times; "beside: [payment]" looks for a kind in payments as well.
//
// # Traps
//
// Dates without a year are resolved against the receipt of the message: within
// 15 days before and 70 after for what is ahead, the latest such day for what
// has passed; a sentence that asks to pay by a day belongs to the kinds that
// look ahead, never to overdue. The tail of a debited bank card is not the
// account. What is left after a payment is the statement's word, not the
// payment's. Samples hold no real addresses and no number of seven digits.
//
// A template file has "template: name" in place of "issuer" and holds shared
// wording only.
package issuer
