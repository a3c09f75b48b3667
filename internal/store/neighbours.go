package store

import (
	"database/sql"
	"math"

	"repayd/internal/bill"
)

// scope is the part of the condition that bills and notices share.
const scope = ` AND (:merchant = '' OR merchant IN ('', :merchant))
	AND (:currency = '' OR currency IN ('', :currency))`

const days = " AND anchor BETWEEN :from AND :to"

// near selects from bills or waiting notices. With a reference two look-ups in
// an index find the same reference and the rows without any, however many
// other references the issuer has; all of them where wide.
func near(columns, table, waiting string, q bill.Neighbourhood, wide bool) string {
	from := "SELECT " + columns + " FROM " + table + " WHERE " + waiting + "issuer = :issuer"
	const order = " ORDER BY anchor, id"
	switch {
	case q.Reference == "":
		return from + days + scope + order
	case wide:
		return from + " AND reference = :reference" + scope + " UNION " + from + days + scope + order
	}
	return from + " AND reference = :reference" + scope +
		" UNION ALL " + from + " AND reference = ''" + days + scope + order
}

// bare asks for a notice without a reference, of whatever bill.
const bare = "SELECT EXISTS (SELECT 1 FROM notices WHERE issuer = :issuer AND reference IS ''" + days + scope + ")"

// Neighbours returns the bills that a notice or command with these parts could
// belong to or change, settled ones included, with all that each is folded
// from, and the waiting notices of the same scope.
func (t *Tx) Neighbours(q bill.Neighbourhood) ([]bill.Group, []bill.Notice, error) {
	to := q.To
	if !to.Known() {
		to = math.MaxInt32
	}
	args := t.args("issuer", q.Issuer, "merchant", q.Merchant, "currency", q.Currency,
		"reference", q.Reference, "from", q.From, "to", to)
	wide := false
	if q.Reference != "" {
		var err error
		if wide, _, err = first(list(t, readBool, bare, args...)); err != nil {
			return nil, nil, err
		}
	}
	ids, err := list(t, readNearID, near("id, anchor", "bills", "", q, wide), args...)
	if err != nil {
		return nil, nil, err
	}
	groups, err := t.groups(ids)
	if err != nil {
		return nil, nil, err
	}
	waiting, err := list(t, readNearNotice, near("id, anchor, data", "notices", "bill IS NULL AND ", q, wide), args...)
	return groups, waiting, err
}

func readNearID(scan scan) (string, error) {
	var id string
	err := scan(&id, new(int64))
	return id, err
}

func readNearNotice(scan scan) (bill.Notice, error) {
	var n bill.Notice
	err := scan(new(sql.RawBytes), new(int64), asJSON(&n))
	return n, err
}

// groups adds notices and commands to bills, with one query for each kind.
func (t *Tx) groups(ids []string) ([]bill.Group, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	groups, place := make([]bill.Group, len(ids)), make(map[string]int, len(ids))
	for i, id := range ids {
		groups[i].ID, place[id] = id, i
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
		g := &groups[place[n.bill]]
		g.Notices = append(g.Notices, n.record)
	}
	commands, err := list(t, readOwned[bill.Command], `SELECT bill, data FROM commands
		WHERE bill IN (SELECT value FROM json_each(?)) ORDER BY bill, at, id`, wanted)
	if err != nil {
		return nil, err
	}
	for _, c := range commands {
		g := &groups[place[c.bill]]
		g.Commands = append(g.Commands, c.record)
	}
	return groups, nil
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
