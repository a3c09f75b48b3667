package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// shape is what sqlite_schema says of a database.
func shape(t *testing.T, s *Store) map[string]string {
	t.Helper()
	shape := make(map[string]string)
	view(t, s, func(tx *Tx) error {
		rows, err := list(tx, func(scan scan) ([2]string, error) {
			var r [2]string
			err := scan(&r[0], &r[1])
			return r, err
		}, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema")
		for _, r := range rows {
			shape[r[0]] = r[1]
		}
		v, err2 := readVersion(tx)
		same(t, "current version", v == versionOf{application: application, version: firstVersion + len(migrations())}, true)
		return errors.Join(err, err2)
	})
	return shape
}

// oldStore is a database as the first version made it.
func oldStore(t *testing.T) string {
	t.Helper()
	first, err := os.ReadFile(filepath.Join("testdata", "schema-1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "repayd.db")
	if err := createFile(path, must[os.FileInfo](t)(os.Stat(filepath.Dir(path)))); err != nil {
		t.Fatal(err)
	}
	s := &Store{path: path, now: (&clock{day0}).now, writing: newStatements(), reading: newStatements()}
	if err := s.connect(Options{}); err != nil {
		t.Fatal(err)
	}
	if err := upgrade(context.Background(), s.writer, true, string(first), nil); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		return tx.script(`INSERT INTO facts VALUES ('fact', 'old')`)
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUpgradedEqualsFresh(t *testing.T) {
	t.Parallel()
	fresh, _ := newStore(t)
	upgraded := openStore(t, oldStore(t), Options{})
	same(t, "schema", shape(t, upgraded), shape(t, fresh))
	wantFact(t, upgraded, "old")
}

func TestMigrationsRunInOrderAndOnce(t *testing.T) {
	t.Parallel()
	path := oldStore(t)
	s := openStore(t, path, Options{})
	steps := []string{
		"ALTER TABLE facts ADD COLUMN one TEXT; UPDATE facts SET one = value",
		"ALTER TABLE facts RENAME COLUMN one TO two",
	}
	for range 2 {
		if err := upgrade(context.Background(), s.writer, false, "not SQL", steps); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(tx *Tx) error {
		var two string
		_, err := tx.get("SELECT two FROM facts WHERE key = 'fact'", nil, &two)
		same(t, "moved data", two, "old")
		v, err2 := readVersion(tx)
		same(t, "version", v.version, firstVersion+2)
		return errors.Join(err, err2)
	})
	// The program as it is now knows nothing of these two.
	if _, err := Open(context.Background(), path, Options{}); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("a newer database: %v", err)
	}
}

func TestAFailedMigrationChangesNothing(t *testing.T) {
	t.Parallel()
	s := openStore(t, oldStore(t), Options{})
	before := shape(t, s)
	steps := []string{"ALTER TABLE facts ADD COLUMN one TEXT", "this is no SQL"}
	if err := upgrade(context.Background(), s.writer, false, schema, steps); err == nil {
		t.Fatal("it passed")
	}
	same(t, "schema", shape(t, s), before)
}

func TestAReaderDoesNotUpgrade(t *testing.T) {
	t.Parallel()
	v := versionOf{application: application, version: firstVersion}
	next := []string{"SELECT 1"}
	if err := v.check(next, false); !errors.Is(err, ErrOlderSchema) {
		t.Errorf("reader: %v", err)
	}
	if err := v.check(next, true); err != nil {
		t.Errorf("writer: %v", err)
	}
}
