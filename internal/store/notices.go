package store

import (
	"fmt"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// PutNotices makes ns the notices of the message with this content hash. A
// notice that keeps its ID keeps its bill; those no longer read are deleted.
// Notices that no message carries (message is "") are only added or changed.
func (t *Tx) PutNotices(message string, ns []bill.Notice) error {
	ids := make([]string, 0, len(ns))
	sets := make([][]any, 0, len(ns))
	for _, n := range ns {
		data, err := text(n)
		if err != nil {
			return fmt.Errorf("notice %s: %w", n.ID, err)
		}
		ids = append(ids, n.ID)
		sets = append(sets, []any{n.ID, null(message), n.Issuer, n.Merchant, n.Account, n.Recipient,
			n.Reference, n.Currency, noticeAnchor(n), micros(n.Received), data})
	}
	if message != "" {
		keep, err := text(ids)
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM notices WHERE message = ? AND id NOT IN (SELECT value FROM json_each(?))",
			message, keep); err != nil {
			return err
		}
	}
	return t.each(`INSERT INTO notices (id, message, issuer, merchant, account, recipient, reference,
		currency, anchor, received, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET message = excluded.message, issuer = excluded.issuer,
		merchant = excluded.merchant, account = excluded.account, recipient = excluded.recipient,
		reference = excluded.reference, currency = excluded.currency, anchor = excluded.anchor,
		received = excluded.received, data = excluded.data`, sets)
}

// noticeAnchor is the day by which a notice is near a bill.
func noticeAnchor(n bill.Notice) bill.Day {
	for _, d := range []bill.Day{n.DueDate, n.StatementDate, n.PaidDate} {
		if d.Known() {
			return d
		}
	}
	return bill.DayOf(n.Received.UTC())
}

// DeleteNotice forgets one notice: a declared bill that the configuration no
// longer names.
func (t *Tx) DeleteNotice(id string) error {
	_, err := t.exec("DELETE FROM notices WHERE id = ?", id)
	return err
}

// Assign says which bill a notice belongs to; "" leaves it waiting for one.
func (t *Tx) Assign(noticeID, billID string) error {
	n, err := t.exec("UPDATE notices SET bill = ? WHERE id = ?", null(billID), noticeID)
	if err == nil && n == 0 {
		return fmt.Errorf("assign: there is no notice %s", noticeID)
	}
	return err
}

// BillOf is the ID of the bill that the notice belongs to, "" while it waits.
func (t *Tx) BillOf(noticeID string) (string, error) {
	var id string
	_, err := t.get("SELECT coalesce(bill, '') FROM notices WHERE id = ?", []any{noticeID}, &id)
	return id, err
}

// NoticesOf are the notices of a bill in the order of receipt.
func (t *Tx) NoticesOf(billID string) ([]bill.Notice, error) {
	return list(t, readJSON[bill.Notice], "SELECT data FROM notices WHERE bill = ? ORDER BY received, id", billID)
}

// NoticesOfMessage are the notices that the message with this content hash
// carries, assigned or not.
func (t *Tx) NoticesOfMessage(hash string) ([]bill.Notice, error) {
	return list(t, readJSON[bill.Notice], "SELECT data FROM notices WHERE message = ? ORDER BY id", hash)
}

// Origin says where a bill comes from: the latest message about it, else
// "configuration" where it was declared there, else "command" where the owner
// made it. It is empty for a bill that nothing is known of.
func (t *Tx) Origin(billID string) (plan.Origin, error) {
	var o plan.Origin
	ok, err := t.get(`SELECT m.sender, m.subject, m.received, m.trust FROM notices n
		JOIN messages m ON m.hash = n.message WHERE n.bill = ? ORDER BY n.received DESC, n.id DESC LIMIT 1`,
		[]any{billID}, &o.From, &o.Subject, instant(&o.Received), &o.Trust)
	if ok || err != nil {
		return o, err
	}
	for _, other := range []struct {
		query string
		as    plan.Origin
	}{
		{"SELECT received FROM notices WHERE bill = ? ORDER BY received LIMIT 1",
			plan.Origin{From: "configuration", Trust: bill.TrustDeclared}},
		{"SELECT at FROM commands WHERE bill = ? ORDER BY at LIMIT 1", plan.Origin{From: "command", Trust: bill.TrustOwner}},
	} {
		o = other.as
		ok, err = t.get(other.query, []any{billID}, instant(&o.Received))
		if ok || err != nil {
			return o, err
		}
	}
	return plan.Origin{}, nil
}

// Unassigned are the waiting notices of an issuer in a currency, and those in
// no known currency, in the order of receipt. An empty currency means all.
func (t *Tx) Unassigned(issuer, currency string) ([]bill.Notice, error) {
	return list(t, readJSON[bill.Notice], `SELECT data FROM notices WHERE bill IS NULL AND issuer = ?
		AND (currency IN (?, '') OR ? = '') ORDER BY received, id`, issuer, currency, currency)
}
