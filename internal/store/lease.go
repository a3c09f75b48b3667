package store

import "time"

// live is the condition under which a claim or lease taken at and lasting to
// until still binds others at :now. One that was taken much later than now
// dates from a clock that was since set back; it is void, or it would bind
// for as long as the clock was wrong.
func live(at, until string) string {
	return "(" + until + " > :now AND " + at + " - :now <= " + until + " - " + at + ")"
}

// AcquireLease makes who the one process that runs on this database, up to
// until. While another holds the lease it returns that holder and false.
func (t *Tx) AcquireLease(who string, until time.Time) (holder string, ok bool, err error) {
	n, err := t.exec(`INSERT INTO lease (id, who, renewed, until) VALUES (1, :who, :now, :until)
		ON CONFLICT (id) DO UPDATE SET who = :who, renewed = :now, until = :until
		WHERE lease.who = :who OR NOT `+live("lease.renewed", "lease.until"),
		t.args("who", who, "until", micros(until))...)
	if err != nil || n > 0 {
		return who, n > 0, err
	}
	_, err = t.get("SELECT who FROM lease WHERE id = 1", nil, &holder)
	return holder, false, err
}

// RenewLease prolongs the lease; false means that another has taken it and the
// caller must stop.
func (t *Tx) RenewLease(who string, until time.Time) (bool, error) {
	n, err := t.exec("UPDATE lease SET renewed = :now, until = :until WHERE id = 1 AND who = :who",
		t.args("who", who, "until", micros(until))...)
	return n > 0, err
}

// ReleaseLease gives the lease up, if who holds it.
func (t *Tx) ReleaseLease(who string) error {
	_, err := t.exec("DELETE FROM lease WHERE id = 1 AND who = ?", who)
	return err
}
