package store

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed schema.sql
var schema string

// migrations[i] turns a database of version firstVersion+i into the next one.
// They run in the transaction that records the new version. A released one is
// never changed; schema.sql always shows the result of all of them.
func migrations() []string { return []string{} }

const (
	firstVersion = 1
	// application marks the file as ours ("RPYD"), for us and for file(1).
	application = 0x52505944
)

// oldestSQLite is the first release without a fault by which resetting the
// write-ahead log could lose committed transactions.
const oldestSQLite = "3.51.3"

func checkVersion(ctx context.Context, db *sql.DB) error {
	var have string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&have); err != nil {
		return err
	}
	if olderThan(have, oldestSQLite) {
		return fmt.Errorf("this repayd was built with SQLite %s, which can lose data; build it with %s or later", have, oldestSQLite)
	}
	return nil
}

// olderThan compares two versions of three numbers.
func olderThan(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return len(as) < len(bs)
}

// prepareSchema brings the database to the current version, or refuses it.
func (s *Store) prepareSchema(ctx context.Context, o Options) error {
	if !o.ReadOnly {
		return upgrade(ctx, s.writer, o.Create, schema, migrations())
	}
	var v versionOf
	if err := s.View(ctx, func(tx *Tx) (err error) { v, err = readVersion(tx); return err }); err != nil {
		return err
	}
	if v.empty {
		return ErrNotFound
	}
	return v.check(migrations(), false)
}

// upgrade does its work in one transaction, so that of two processes starting
// at once one waits for the other, and a crash leaves the old version.
func upgrade(ctx context.Context, db *sql.DB, create bool, schema string, migrations []string) error {
	sqltx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = sqltx.Rollback() }()
	tx := &Tx{ctx: ctx, tx: sqltx, statements: newStatements()}
	v, err := readVersion(tx)
	if err != nil {
		return err
	}
	latest := firstVersion + len(migrations)
	switch {
	case v.empty && !create:
		return ErrNotFound
	case v.empty:
		err = tx.script(schema)
	default:
		if err = v.check(migrations, true); err != nil || v.version == latest {
			return err
		}
		err = tx.migrate(v.version, migrations)
	}
	if err != nil {
		return err
	}
	set := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", application, latest)
	if err := tx.script(set); err != nil {
		return err
	}
	return sqltx.Commit()
}

func (t *Tx) script(sql string) error {
	_, err := t.tx.ExecContext(t.ctx, sql)
	return err
}

func (t *Tx) migrate(from int, migrations []string) error {
	for i, m := range migrations[from-firstVersion:] {
		if err := t.script(m); err != nil {
			return fmt.Errorf("upgrade to version %d: %w", from+i+1, err)
		}
	}
	return nil
}

// versionOf is what a file says about itself.
type versionOf struct {
	application, version int
	empty                bool // nothing was ever stored in it
}

func readVersion(tx *Tx) (versionOf, error) {
	var v versionOf
	var tables int
	for query, to := range map[string]*int{
		"PRAGMA application_id":              &v.application,
		"PRAGMA user_version":                &v.version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if _, err := tx.get(query, nil, to); err != nil {
			return v, err
		}
	}
	v.empty = tables == 0 && v.version == 0 && v.application == 0
	return v, nil
}

func (v versionOf) check(migrations []string, write bool) error {
	latest := firstVersion + len(migrations)
	switch {
	case v.application != application || v.version < firstVersion:
		return fmt.Errorf("%w: it is not a database of repayd", ErrUnreadable)
	case v.version > latest:
		return fmt.Errorf("%w (version %d, this one knows %d)", ErrNewerSchema, v.version, latest)
	case v.version < latest && !write:
		return ErrOlderSchema
	}
	return nil
}
