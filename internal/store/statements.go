package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"
)

// maxStatements bounds the statements kept for one pool. There are about a
// hundred; filters make a few more.
const maxStatements = 300

// statements keeps the prepared statements of one pool of connections: to
// parse a small statement costs more than to run it. One is prepared before
// the transaction after the one that first used it, for the writer's only
// connection is taken while a transaction runs.
type statements struct {
	mu     sync.Mutex
	ready  map[string]*sql.Stmt
	wanted map[string]bool
}

func newStatements() *statements {
	return &statements{ready: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
}

// prepare makes the wanted statements ready. One that cannot be prepared is
// left to fail where it is used. It waits for the writer's connection without
// the lock: the transaction that has it asks find.
func (s *statements) prepare(ctx context.Context, db *sql.DB) {
	s.mu.Lock()
	wanted := slices.Collect(maps.Keys(s.wanted))
	clear(s.wanted)
	s.mu.Unlock()
	for _, query := range wanted {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.ready[query] == nil {
			s.ready[query], stmt = stmt, nil
		}
		s.mu.Unlock()
		if stmt != nil {
			_ = stmt.Close()
		}
	}
}

// find returns the prepared statement, or nil and notes that it is wanted.
func (s *statements) find(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt := s.ready[query]
	if stmt == nil && len(s.ready)+len(s.wanted) < maxStatements {
		s.wanted[query] = true
	}
	return stmt
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, stmt := range s.ready {
		_ = stmt.Close()
		delete(s.ready, query)
	}
}

// prepared returns the statement for use in this transaction, or nil where it
// is not ready yet. The caller closes it.
func (t *Tx) prepared(query string) *sql.Stmt {
	if stmt := t.statements.find(query); stmt != nil {
		return t.tx.StmtContext(t.ctx, stmt)
	}
	return nil
}
