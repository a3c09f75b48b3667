package daemon

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
)

// journal is what happened in a year, line by line, and what the database held
// at its end.
type journal struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	also io.Writer // nil = nobody
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.also != nil {
		_, _ = j.also.Write(p) // it is the test's own output
	}
	return j.buf.Write(p)
}

// keepAll adds everything that the database and the far sides hold.
func (s *sim) keepAll(dir string) {
	if s.journal == nil {
		return
	}
	also := s.journal.also
	s.journal.also = nil
	for _, c := range s.cfg.Channels {
		for _, a := range s.far[c.Name].log {
			fmt.Fprintf(s.journal, "%s %s %s %s %v %s %q\n", c.Name, s.stamp(a.at), a.id, a.to, a.took, a.said, a.content)
		}
	}
	dump(s.t, s.journal, s.cfg.Database)
	text := strings.ReplaceAll(s.journal.buf.String(), dir, "DIR")
	s.journal.buf.Reset()
	s.journal.buf.WriteString(text)
	s.journal.also = also
}

// dump writes every row of every table.
func dump(t *testing.T, w io.Writer, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range strs(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
		columns := strs(t, db, "SELECT name FROM pragma_table_info('"+table+"') ORDER BY cid")
		row := "SELECT concat_ws('|', " + strings.Join(columns, ", ") + ") FROM " + table + " ORDER BY 1"
		for _, r := range strs(t, db, row) {
			fmt.Fprintf(w, "%s: %s\n", table, r)
		}
	}
}

func strs(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAYearIsTheSameTwice: what a seed says happens every time, to the byte:
// what the daemon logs, what the far sides get and what the database holds.
func TestAYearIsTheSameTwice(t *testing.T) {
	t.Parallel()
	seed := *simFirst + int64(*simYears) // one more year than the others
	var first, second journal
	liveYear(t, seed, &first)
	liveYear(t, seed, &second)
	a, b := strings.Split(first.buf.String(), "\n"), strings.Split(second.buf.String(), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("seed %d: line %d differs:\n%s\n%s\nafter\n%s", seed, i+1, a[i], b[i], strings.Join(a[max(0, i-10):i], "\n"))
		}
	}
	if len(a) != len(b) || len(a) < 1000 {
		t.Errorf("seed %d: %d lines, then %d", seed, len(a), len(b))
	}
}
