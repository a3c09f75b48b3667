package store

import (
	"fmt"

	"repayd/internal/bill"
)

// PutBill records what we believe about a bill.
func (t *Tx) PutBill(b *bill.Bill) error {
	data, err := text(b)
	if err != nil {
		return fmt.Errorf("bill %s: %w", b.ID, err)
	}
	_, err = t.exec(`INSERT INTO bills (id, issuer, merchant, account, recipient, reference, currency,
		anchor, due, open, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET issuer = excluded.issuer, merchant = excluded.merchant,
		account = excluded.account, recipient = excluded.recipient, reference = excluded.reference,
		currency = excluded.currency, anchor = excluded.anchor, due = excluded.due,
		open = excluded.open, data = excluded.data`,
		b.ID, b.Issuer, b.Merchant, b.Account, b.Recipient, b.Reference, b.Currency,
		billAnchor(b), b.DueDate, b.Open(), data)
	return err
}

// billAnchor is the day by which notices are near a bill.
func billAnchor(b *bill.Bill) bill.Day {
	switch {
	case b.DueDate.Known():
		return b.DueDate
	case b.StatementDate.Known():
		return b.StatementDate
	}
	return bill.DayOf(b.Seen.UTC())
}

// Bill returns the bill with exactly this ID.
func (t *Tx) Bill(id string) (*bill.Bill, bool, error) {
	return first(list(t, readJSON[*bill.Bill], "SELECT data FROM bills WHERE id = ?", id))
}

// DeleteBill removes a bill that became part of another. Its notices must have
// been assigned and its commands put to the other one by the end of the
// transaction, else that fails. Reminders and letters about it stay.
func (t *Tx) DeleteBill(id string) error {
	_, err := t.exec("DELETE FROM bills WHERE id = ?", id)
	return err
}

// BillFilter chooses bills; an empty field fits all.
type BillFilter struct {
	OpenOnly bool
	Issuer   string
	Account  string
	Currency string
}

// Bills lists bills by due date, those without one last.
func (t *Tx) Bills(f BillFilter) ([]*bill.Bill, error) {
	var w where
	w.add(f.OpenOnly, "open = 1")
	w.add(f.Issuer != "", "issuer = ?", f.Issuer)
	w.add(f.Account != "", "account = ?", f.Account)
	w.add(f.Currency != "", "currency = ?", f.Currency)
	return list(t, readJSON[*bill.Bill], "SELECT data FROM bills"+w.sql()+" ORDER BY due = 0, due, id", w.args...)
}

// OpenBills are the bills that are neither settled nor dropped.
func (t *Tx) OpenBills() ([]*bill.Bill, error) { return t.Bills(BillFilter{OpenOnly: true}) }

// BillsOf are all bills of an issuer in a currency, by due date.
func (t *Tx) BillsOf(issuer, currency string) ([]*bill.Bill, error) {
	return t.Bills(BillFilter{Issuer: issuer, Currency: currency})
}

// EachBill returns the next batch of bills by ID, at most n of those after the
// given ID. Fewer than n means that it was the last batch.
func (t *Tx) EachBill(openOnly bool, after string, n int) ([]*bill.Bill, error) {
	var w where
	w.add(true, "id > ?", after)
	w.add(openOnly, "open = 1")
	return list(t, readJSON[*bill.Bill], "SELECT data FROM bills"+w.sql()+" ORDER BY id LIMIT ?",
		append(w.args, limit(n))...)
}

// ResolveBill returns the ID that prefix is or begins, as nobody types a whole
// one: ErrUnknownBill or ErrAmbiguousBill when that is not one bill.
func (t *Tx) ResolveBill(prefix string) (string, error) {
	if prefix == "" {
		return "", fmt.Errorf("%w: the ID is empty", ErrUnknownBill)
	}
	ids, err := list(t, readString, "SELECT id FROM bills WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
		prefix, after(prefix))
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fmt.Errorf("%w: %s", ErrUnknownBill, prefix)
	case len(ids) > 1 && ids[0] != prefix:
		return "", fmt.Errorf("%w: %s", ErrAmbiguousBill, prefix)
	}
	return ids[0], nil
}
