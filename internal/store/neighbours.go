package store

import (
	"math"

	"repayd/internal/bill"
)

// Neighbourhood describes what may have to do with a notice or command. An
// empty Merchant, Currency, Account or Reference fits every bill, as an empty
// one of a bill fits it; Recipient counts only where neither has an account.
type Neighbourhood struct {
	Issuer, Merchant, Currency, Account, Reference, Recipient string
	// From and To bound the due date, else statement date, else the day first
	// seen; the unknown day is no bound. The same reference is near at any time.
	From, To bill.Day
}

// Member is one bill of a neighbourhood with all that it is folded from.
type Member struct {
	Bill     bill.Bill
	Notices  []bill.Notice
	Commands []bill.Command
}

// scope is the part of the condition that bills and notices share.
const scope = ` AND (:merchant = '' OR merchant IN ('', :merchant))
	AND (:currency = '' OR currency IN ('', :currency))
	AND (:account = '' OR account IN ('', :account))
	AND (:account <> '' OR account <> '' OR :recipient = '' OR recipient IN ('', :recipient))`

// near selects from bills or waiting notices. With a reference two look-ups in
// an index find the same reference and the rows without any, however many
// other references the issuer has.
func near(table, waiting string, q Neighbourhood) string {
	from := "SELECT id, anchor, data FROM " + table + " WHERE " + waiting + "issuer = :issuer"
	days := " AND anchor BETWEEN :from AND :to"
	if q.Reference == "" {
		return from + days + scope + " ORDER BY anchor, id"
	}
	return from + " AND reference = :reference" + scope +
		" UNION ALL " + from + " AND reference = ''" + days + scope + " ORDER BY anchor, id"
}

// Neighbours returns the bills that a notice or command with these parts could
// belong to or change, settled ones included, and the waiting notices of the
// same scope.
func (t *Tx) Neighbours(q Neighbourhood) ([]Member, []bill.Notice, error) {
	to := q.To
	if !to.Known() {
		to = math.MaxInt32
	}
	args := t.args("issuer", q.Issuer, "merchant", q.Merchant, "currency", q.Currency,
		"account", q.Account, "reference", q.Reference, "recipient", q.Recipient, "from", q.From, "to", to)
	bills, err := list(t, readNear[bill.Bill], near("bills", "", q), args...)
	if err != nil {
		return nil, nil, err
	}
	members, err := t.members(bills)
	if err != nil {
		return nil, nil, err
	}
	waiting, err := list(t, readNear[bill.Notice], near("notices", "bill IS NULL AND ", q), args...)
	return members, waiting, err
}

func readNear[T any](scan scan) (T, error) {
	var v T
	var id string
	var anchor bill.Day
	err := scan(&id, day(&anchor), asJSON(&v))
	return v, err
}

// members adds notices and commands to the bills, with one query for each kind.
func (t *Tx) members(bills []bill.Bill) ([]Member, error) {
	if len(bills) == 0 {
		return nil, nil
	}
	members, place, ids := make([]Member, len(bills)), make(map[string]int, len(bills)), make([]string, len(bills))
	for i, b := range bills {
		members[i].Bill, place[b.ID], ids[i] = b, i, b.ID
	}
	wanted, err := text(ids)
	if err != nil {
		return nil, err
	}
	notices, err := list(t, readOwned[bill.Notice], `SELECT bill, data FROM notices
		WHERE bill IN (SELECT value FROM json_each(?)) ORDER BY bill, received, id`, wanted)
	if err != nil {
		return nil, err
	}
	for _, n := range notices {
		m := &members[place[n.bill]]
		m.Notices = append(m.Notices, n.record)
	}
	commands, err := list(t, readOwned[bill.Command], `SELECT bill, data FROM commands
		WHERE bill IN (SELECT value FROM json_each(?)) ORDER BY bill, at, id`, wanted)
	if err != nil {
		return nil, err
	}
	for _, c := range commands {
		m := &members[place[c.bill]]
		m.Commands = append(m.Commands, c.record)
	}
	return members, nil
}

// owned is a record with the bill it belongs to.
type owned[T any] struct {
	bill   string
	record T
}

func readOwned[T any](scan scan) (owned[T], error) {
	var o owned[T]
	err := scan(&o.bill, asJSON(&o.record))
	return o, err
}
