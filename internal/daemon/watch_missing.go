package daemon

import (
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// absences are the statements that did not come. A mail that says there is
// nothing to pay makes no bill, and is a statement all the same.
func absences(tx *store.Tx, receipts []plan.Receipt, env plan.Env) ([]plan.Absence, error) {
	today := bill.DayOf(env.Now.In(env.Zone))
	found := plan.Absences(receipts, today)
	zeros := 0
	for _, a := range found {
		waiting, err := tx.Unassigned(a.Issuer, "")
		if err != nil {
			return nil, err
		}
		for _, n := range waiting {
			if n.Kind != bill.KindZero || n.Issuer != a.Issuer {
				continue
			}
			zeros++
			receipts = append(receipts, plan.Receipt{Issuer: n.Issuer, Merchant: n.Merchant, Account: n.Account,
				Name: a.Name, Day: bill.DayOf(n.Received.In(env.Zone)), Unplaced: n.Account == ""})
		}
	}
	if zeros == 0 {
		return found, nil
	}
	return plan.Absences(receipts, today), nil
}

// missed brings the reminders about absent statements up to date. While one
// waits for its hour, or a day long in a letter that does not get out, the
// survey is repeated, for the statement may still come.
func (d *daemon) missed(tx *store.Tx, found []plan.Absence, env plan.Env) (bool, error) {
	mine, err := untold(tx, plan.SubjectMissing, env)
	if err != nil {
		return false, err
	}
	var subjects []plan.Subject
	for i := range found {
		subjects = append(subjects, found[i].Subject())
	}
	if len(subjects) > 0 {
		told, err := tx.RemindersOf(subjects...)
		if err != nil {
			return false, err
		}
		mine = append(mine, told...)
	}
	rows := plan.Missed(found, mine, env)
	for _, r := range slices.Concat(mine, rows) {
		waits := r.State == plan.StatePlanned || r.State == plan.StateInLetter && env.Now.Sub(r.At) < 24*time.Hour
		d.surveys.again = d.surveys.again || waits
	}
	return len(rows) > 0, tx.PutReminders(rows)
}

// untold are the reminders of a kind that are planned for these days or wait in
// a letter. All that is planned can be very many.
func untold(tx *store.Tx, kind plan.SubjectKind, env plan.Env) ([]plan.Reminder, error) {
	planned, err := tx.Planned(time.Time{}, env.Now.Add(48*time.Hour))
	if err != nil {
		return nil, err
	}
	waiting, err := tx.InLetters(kind, env.Now.AddDate(0, -3, 0))
	return append(slices.DeleteFunc(planned, func(r plan.Reminder) bool { return r.Subject.Kind != kind }), waiting...), err
}
