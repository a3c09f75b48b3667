package letter

import (
	"strings"
	"testing"
	"testing/fstest"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/plan"
)

// TestWords: commands and case files speak in the words of letters, with texts
// of their own on top that may not redefine one.
func TestWords(t *testing.T) {
	t.Parallel()
	own := fstest.MapFS{"en.yaml": {Data: []byte("x.hello: \"hello {name}\"\n")}}
	w, err := NewWords("en", own)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		w.Text("x.hello", "name", "{name}"):                             "hello {name}",
		w.Stage(bill.StageLate):                                         "late",
		w.Stage("odd\nstage"):                                           "odd stage",
		w.Field(bill.FieldDueDate):                                      "Due date",
		w.Amount(bill.Money{Minor: 123456, Currency: "CNY"}):            "CN¥1,234.56",
		w.Day(mustDay("2025-01-10")):                                    "Fri 10 Jan 2025",
		w.Line("6222021234567890123 http://x.example/a", 60):            "…0123 (link removed)",
		w.Reference("20250110001122334455 https://x.example/a"):         "20250110001122334455 (link removed)",
		w.Reason("paid 5.00 CNY, more than the 4.00 CNY that was left"): "paid 5.00 CNY, more than the 4.00 CNY that was left",
		w.Change("due_date"):                                            "Due date",
		w.Change(bill.ChangeCase):                                       "Arrangement",
		w.ChangeValue(bill.ChangeCase, "agreed"):                        "agreed",
		w.ChangeValue(bill.ChangeTrust, "vouched"):                      "sender verified",
		w.ChangeValue(bill.ChangeProblem, "odd"):                        "odd",
		w.ChangeValue("due_date", "2025-01-10"):                         "10 Jan 2025",
		w.ChangeValue("outstanding", "5.00 CNY"):                        "CN¥5.00",
		w.ContactName("phone"):                                          "Hotline",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if base, err := NewWords("en", nil); err != nil || base.Has("x.hello") {
		t.Errorf("a caller's texts are in everybody's words (%v)", err)
	}
	for data, want := range map[string]string{"colon: \";\"\n": "colon is a text of letters", "- a list\n": "texts of en", "": ""} {
		_, err := NewWords("en", fstest.MapFS{"en.yaml": {Data: []byte(data)}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error = %v, want %q", data, err, want)
		}
	}
	if _, err := NewWords("zh-CN", own); err == nil {
		t.Error("a language without a file is no error")
	}
}

// codes are those that others give by name, with the group of their texts.
var codes = map[string][]string{
	"contact.": {"phone", "app", "web", "email"},
	"kind.": {string(bill.KindStatement), string(bill.KindDueSoon), string(bill.KindOverdue), string(bill.KindPayment), string(bill.KindAutopay),
		string(bill.KindAutopayFailed), string(bill.KindArrangement), string(bill.KindRefund), string(bill.KindZero), string(bill.KindUnread)},
	"trust.": {string(bill.TrustOwner), string(bill.TrustDeclared), string(bill.TrustVouched), string(bill.TrustForwarded),
		string(bill.TrustUnverified), string(bill.TrustSuspicious)},
	"letter.": {string(plan.LetterNew), string(plan.LetterTrying), string(plan.LetterAccepted), string(plan.LetterRefused),
		string(plan.LetterExpired), string(plan.LetterWithdrawn)},
	"talk_state.": {string(bill.CasePreparing), string(bill.CaseContacted), string(bill.CaseRequested), string(bill.CaseWaiting), string(bill.CaseAgreed),
		string(bill.CaseRejected), string(bill.CasePerforming), string(bill.CaseSettled), string(bill.CaseBroken)},
	"ask.":         {string(bill.AskExtension), string(bill.AskPlan), string(bill.AskWaiver)},
	"milestone.":   {bill.MilestoneFee, bill.MilestoneInterest, bill.MilestoneSuspended, bill.MilestoneBureau, bill.MilestoneCutOff, bill.MilestoneLost},
	"certainty.":   {string(terms.Owner), string(terms.Law), string(terms.Official), string(terms.Secondary), string(terms.Hearsay), string(terms.Contradictory)},
	"consequence.": {"credit_score", "service_limited", "service_suspended", "credit_bureau", "legal"},
	"change.": {bill.ChangeBorn, bill.ChangeHeard, bill.ChangeCredit, bill.ChangeTolerated, bill.ChangeSettled, bill.ChangeReopened, bill.ChangeDropped,
		bill.ChangeReplaced, bill.ChangeAutopay, bill.ChangeSnoozed, bill.ChangeCase, bill.ChangeProblem, bill.ChangeTrust, bill.ChangeNote, bill.ChangeEarlierDue},
	"line.": {"unknown_bill", "base_unknown", "safe", "told",
		"grace_unproven", "grace_on_request", "grace_previous_on_time", "grace_per_year", "grace_earned", "grace_lost", "fee_flat", "fee_percent", "fee_min", "fee_max", "fee_greater", "fee_lesser",
		"interest_day", "interest_day_factor", "interest_year", "interest_year_factor", "interest_min",
		"fee_slab", "fee_slab_above", "fee_minimum_met", "slabs_unknown", "repeat", "repeat_unknown", "cap",
		"cap_order", "cap_unknown", "amount_flat", "amount_percent", "amount_min", "amount_max", "amount_greater",
		"amount_lesser", "amount_slab", "amount_slab_above", "fee_at_most", "amount_at_most", "interest_day_least", "interest_day_each", "interest_day_factor_each", "interest_year_each", "interest_year_factor_each",
		"interest_year_actual", "interest_year_actual_factor", "interest_max", "interest_unit", "compound", "posting_assumed", "statement_unknown",
		"rate_unknown", "rate_since", "rate_month", "rate_margin", "rate_margin_step", "minimum_purchases", "minimum_cash",
		"minimum_used", "minimum_instalments", "minimum_unpaid_minimum", "minimum_over_limit", "minimum_fees", "minimum_interest", "minimum_floor",
		"minimum_all", "minimum_unknown"},
	"task.": {bill.TaskKeepProof, bill.TaskAskLimit, bill.TaskCheckService, bill.TaskCreditRecord, bill.TaskFollowUp},
}

// TestEveryCodeHasAName: no reader ever sees a code where there is a word.
func TestEveryCodeHasAName(t *testing.T) {
	t.Parallel()
	for _, lang := range languages() {
		for group, codes := range codes {
			for _, code := range codes {
				if !mustCatalogue(t, lang).has(group + code) {
					t.Errorf("%s: no text for %s%s", lang, group, code)
				}
			}
		}
	}
}
