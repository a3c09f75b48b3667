package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"repayd/internal/bill"
)

// Tx is one transaction. It is valid only inside the function it was given
// to, and used by one goroutine at a time.
type Tx struct {
	ctx        context.Context
	tx         *sql.Tx
	now        time.Time
	write      bool
	changed    bool
	statements *statements
}

// Now is the instant of the transaction, the same for all its writes, in UTC
// and whole microseconds.
func (t *Tx) Now() time.Time { return t.now }

// stamp records the instant of the commit, where there is anything to commit.
func (t *Tx) stamp() error {
	if !t.changed {
		return nil
	}
	_, err := t.exec("INSERT INTO commits (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
		micros(t.now))
	return err
}

// exec runs one statement and returns how many rows it changed.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	if !t.write {
		return 0, ErrReadOnly
	}
	r, err := t.run(query, args)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	t.changed = t.changed || n > 0
	return n, err
}

func (t *Tx) run(query string, args []any) (sql.Result, error) {
	stmt := t.prepared(query)
	if stmt == nil {
		return t.tx.ExecContext(t.ctx, query, args...)
	}
	defer stmt.Close()
	return stmt.ExecContext(t.ctx, args...)
}

// each runs one statement once for each set of arguments; it is prepared only
// once, which is most of the cost of a small statement.
func (t *Tx) each(query string, sets [][]any) error {
	switch {
	case !t.write:
		return ErrReadOnly
	case len(sets) == 0:
		return nil
	}
	stmt := t.prepared(query)
	if stmt == nil {
		var err error
		if stmt, err = t.tx.PrepareContext(t.ctx, query); err != nil {
			return err
		}
	}
	defer stmt.Close()
	for _, args := range sets {
		if _, err := stmt.ExecContext(t.ctx, args...); err != nil {
			return err
		}
	}
	t.changed = true
	return nil
}

// get reads one row into dest; false when there is none.
func (t *Tx) get(query string, args []any, dest ...any) (bool, error) {
	var err error
	if stmt := t.prepared(query); stmt != nil {
		defer stmt.Close()
		err = stmt.QueryRowContext(t.ctx, args...).Scan(dest...)
	} else {
		err = t.tx.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list reads all rows of a query or of a statement that returns rows. They are
// complete before it returns, so the caller may write to what it reads.
func list[T any](t *Tx, read func(scan) (T, error), query string, args ...any) ([]T, error) {
	var rows *sql.Rows
	var err error
	if stmt := t.prepared(query); stmt != nil {
		defer stmt.Close()
		rows, err = stmt.QueryContext(t.ctx, args...)
	} else {
		rows, err = t.tx.QueryContext(t.ctx, query, args...)
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// scan is the Scan method of a row.
type scan func(dest ...any) error

// readString reads a row of one text column.
func readString(scan scan) (string, error) {
	var s string
	err := scan(&s)
	return s, err
}

func readBool(scan scan) (bool, error) {
	var b bool
	err := scan(&b)
	return b, err
}

// readJSON reads a row of one column that holds a record as JSON.
func readJSON[T any](scan scan) (T, error) {
	var v T
	err := scan(asJSON(&v))
	return v, err
}

// clean makes an instant what it will be after a round trip.
func clean(t time.Time) time.Time { return fromMicros(micros(t)) }

// micros is how an instant is kept; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// instantScanner, dayScanner and jsonScanner fill a field from its column.
type (
	instantScanner struct{ to *time.Time }
	dayScanner     struct{ to *bill.Day }
	jsonScanner    struct{ to any }
)

func instant(to *time.Time) sql.Scanner { return instantScanner{to} }
func day(to *bill.Day) sql.Scanner      { return dayScanner{to} }
func asJSON(to any) sql.Scanner         { return jsonScanner{to} }

func (s instantScanner) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("an instant is kept as %T", v)
	}
	*s.to = fromMicros(n)
	return nil
}

func (s dayScanner) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a day is kept as %T", v)
	}
	*s.to = bill.Day(n)
	return nil
}

func (s jsonScanner) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), s.to)
	case []byte:
		return json.Unmarshal(v, s.to)
	}
	return fmt.Errorf("a record is kept as %T", v)
}

// text is how a record is kept.
func text(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// null keeps "" as NULL, for columns that refer to another table.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// args makes arguments of names and values, with the instant of the
// transaction as :now.
func (t *Tx) args(pairs ...any) []any {
	args := []any{sql.Named("now", micros(t.now))}
	for i := 0; i+1 < len(pairs); i += 2 {
		args = append(args, sql.Named(pairs[i].(string), pairs[i+1]))
	}
	return args
}
