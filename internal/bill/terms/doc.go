// Package terms holds what issuers do when a bill is late: rules with their
// source, date and certainty, and what lateness costs by them.
//
// Contract. Everything is pure and exact. What is not known is said not to be
// known: an estimate without a rule has no amount, never zero.
//
// # The terms block of an issuer file
//
// Every rule names its source, as_of (2026, 2026-08 or 2026-08-31: when it was
// seen) and certainty (law, official, secondary, hearsay, contradictory). They
// stand once for the block; a rule that differs has its own. Amounts are in the
// currency of the file, or of the rule's currency key.
//
//	terms:
//	  source: https://bank.example/fees
//	  as_of: 2026-08
//	  certainty: official
//
// How the due date follows, one rule for each event (statement, invoice,
// receipt, confirmation, shipment, purchase, previous); a month that lacks the
// day has its last one. A proven rule of the statement for which no working day
// matters gives the due date of a notice that prints none. One of:
//
//	due:
//	  - {from: statement, days: 20d}               # 20 days later
//	  - {from: statement, day: 8}                  # the first 8th after it
//	  - {from: confirmation, months: 1, day: 8}    # the 8th of the month after
//	  - {from: previous, months: 1}                # the same day of the next month
//	  - {from: statement, map: {1: 25, 8: 1, 26: 19}}  # of the 8th: the next 1st
//	  - {from: statement, last_workday: true}      # last working day of the month
//	  - {from: invoice, days: 30d, shift: following}   # on a day off: none (it stays),
//	                                               # following, preceding, modified_following
//
// The grace. Only one that is well founded (law, official, secondary) and
// everybody's moves the last safe day; the others are kept to be told as what is
// said. The key grace of the file itself is not written beside it. A tolerance,
// too, counts only where the block's certainty is one of these.
//
//	grace:
//	  days: 3d
//	  counts_due: true        # the due date is the first of them
//	  cut_off: "17:00"        # on the last one
//	  on_request: true        # only who asked for it
//	  previous_on_time: true  # only after a bill paid in time
//	  per_year: 3             # so many times a calendar year
//
// How many working days money is under way after the one it is sent on: the day
// to pay by comes as much earlier.
//
//	transfer: {workdays: 1}
//
// What may stay unpaid, and the least to pay: the sum of the percentages, at
// least floor, and everything where the whole is not more than all_below. Parts
// are purchases, cash, used, instalments, unpaid_minimum, over_limit, fees and
// interest.
//
//	tolerance: [10.00, {amount: 1.00, currency: USD}, {below: 10.00, currency: HKD}]
//	minimum:
//	  - {parts: [{percent: 10%, of: purchases}, {percent: 100%, of: fees}], floor: 50.00, all_below: 100.00}
//
// Late fees. Each rule is charged once, after so many days from the due date, or
// else as soon as the last safe day has passed; stages are several rules. The
// amount is flat, or slabs of base (up_to is counted in), or a percentage of
// base within min and max; of both the sum, or choose: greater or lesser. The
// base is as it was when the fee was charged: outstanding, minimum (what is
// left of it), minimum_due, amount_due, order, accelerated (all that falls due
// with a late bill). when is unpaid, or minimum_unpaid where only missing the
// minimum is a breach. A rule with repeat is added for who was late before.
// fee_caps bound the sum of the fees, per_order with those of the order's other
// bills; what exceeds is not charged, so that the last fee is a part.
//
//	fees:
//	  - {percent: 5%, base: minimum, min: 10.00, max: 500.00}
//	  - {flat: 30.00, currency: USD, when: minimum_unpaid}
//	  - {flat: 11.00, currency: USD, when: minimum_unpaid, repeat: {late: 1, within: 6}}
//	  - {flat: 7.00, after: 8d}
//	  - {flat: 5.00, percent: 10%, base: outstanding, choose: greater}
//	  - {base: outstanding, slabs: [{up_to: 500.00, flat: 0}, {up_to: 1000.00, flat: 400.00}, {flat: 1300.00}]}
//	fee_caps:
//	  - {flat: 68.00, percent: 25%, base: order, choose: lesser, per_order: true}
//	  - {percent: 100%, base: minimum_due, currency: USD}
//
// Interest. A rate is per: day (the default), month (a twelfth of a year's) or
// year; the latter two with year_days: 365, 360, actual, 30/360 or 30/365, and
// with year_days alone the rate is a year's. It holds from a day until a day, or
// is one of dated rates, of which fix takes each for its own days (split, the
// default), that of the first day (start), or that of the day of payment
// (payment); margin is added to a reference's rates and the sum rounded up to a
// multiple of rate_step. factor multiplies it.
//
//	interest:
//	  - {rate: 0.05%, base: outstanding}
//	  - {rate: 0.07%, base: outstanding, until: 2023-12-31}
//	  - {rate: 0.015%, base: outstanding, from: 2024-01-01, min_day: 0.01}
//	  - {rate: 3.35%, per: month, year_days: 365, base: outstanding}
//	  - {reference: ECB main refinancing rate, rates: [{from: 2024-01-01, rate: 4.5%}, {from: 2024-07-01, rate: 4.25%}],
//	     fix: payment, margin: 8%, rate_step: 0.5%, year_days: 365, base: outstanding}
//
// start is the first day that bears interest: after_due (the default), due,
// after_grace, statement, after_statement or posting, that of each item of the
// statement, for which base is statement (what was paid in time bears interest
// until then) or outstanding (only what was not). paid_day and last_day are
// counted (the default) or free: the day of a payment, and the day for which it
// is reckoned. compound: monthly adds interest to the base on each statement
// day. when: always charges it of a bill that is not late, too (cash). unit
// counts only its multiples; min_day is the least of a day, min and max bound
// the whole. round is half_up (the default), down or up, round_at is total (the
// default) or day: each day's interest is rounded.
//
//   - {rate: 0.05%, base: statement, start: posting, paid_day: free, last_day: free, compound: monthly}
//   - {rate: 14.6%, year_days: 365, base: outstanding, unit: 1000, round: down, currency: JPY}
//
// What putting a bill off costs, what else lateness does and on which day after
// the due date, and how the issuer debits and is reached:
//
//	extensions: [{percent: 3%, base: outstanding, days: 30d, times: 1}]
//	milestones: [{name: credit_bureau, after: 30d}]
//	consequences: [credit_score]
//	debit: {offered: true, order: 余额 → 银行卡, note: 单笔 5 万, confirm: 2d}
//	contacts: [{what: phone, value: "95588"}]
package terms
