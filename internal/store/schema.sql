-- The whole schema of a new database. It must equal what the migrations make
-- of an older one; a test compares the two.
--
-- Instants are whole microseconds since 1970 in UTC, days are whole days since
-- 1970; 0 means "not known" for both. Columns named data hold the record as
-- JSON; the columns beside it repeat what queries look for.

CREATE TABLE commits (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	at INTEGER NOT NULL
) STRICT;

CREATE TABLE lease (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	who     TEXT NOT NULL,
	renewed INTEGER NOT NULL,
	until   INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
	key   TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
	mailbox      TEXT NOT NULL,
	folder       TEXT NOT NULL,
	uid_validity INTEGER NOT NULL,
	uid          INTEGER NOT NULL,
	first_read   INTEGER NOT NULL,
	caught       INTEGER NOT NULL,
	PRIMARY KEY (mailbox, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
	hash         TEXT NOT NULL PRIMARY KEY,
	message_id   TEXT NOT NULL,
	sender       TEXT NOT NULL,
	recipient    TEXT NOT NULL,
	subject      TEXT NOT NULL,
	received     INTEGER NOT NULL,
	trust        TEXT NOT NULL,
	trust_reason TEXT NOT NULL,
	outcome      TEXT NOT NULL,
	digest       TEXT NOT NULL,
	backlog      INTEGER NOT NULL,
	read_at      INTEGER NOT NULL,
	kept         BLOB
) STRICT;
CREATE INDEX messages_kept ON messages (received, hash) WHERE kept IS NOT NULL;
CREATE INDEX messages_outcome ON messages (outcome, received);
CREATE INDEX messages_trust ON messages (trust, received);

CREATE TABLE bills (
	id        TEXT NOT NULL PRIMARY KEY,
	issuer    TEXT NOT NULL,
	merchant  TEXT NOT NULL,
	account   TEXT NOT NULL,
	recipient TEXT NOT NULL,
	reference TEXT NOT NULL,
	currency  TEXT NOT NULL,
	anchor    INTEGER NOT NULL,
	due       INTEGER NOT NULL,
	open      INTEGER NOT NULL,
	data      TEXT NOT NULL
) STRICT;
CREATE INDEX bills_open ON bills (id) WHERE open = 1;
CREATE INDEX bills_reference ON bills (issuer, reference, anchor);
CREATE INDEX bills_anchor ON bills (issuer, anchor);

CREATE TABLE notices (
	id        TEXT NOT NULL PRIMARY KEY,
	message   TEXT REFERENCES messages (hash) DEFERRABLE INITIALLY DEFERRED,
	bill      TEXT REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
	issuer    TEXT NOT NULL,
	merchant  TEXT NOT NULL,
	account   TEXT NOT NULL,
	recipient TEXT NOT NULL,
	reference TEXT NOT NULL,
	currency  TEXT NOT NULL,
	anchor    INTEGER NOT NULL,
	received  INTEGER NOT NULL,
	data      TEXT NOT NULL
) STRICT;
CREATE INDEX notices_message ON notices (message);
CREATE INDEX notices_bill ON notices (bill, received, id);
-- IS, not =: beside = the planner would prepare each look-up by reference anew.
CREATE INDEX notices_bare ON notices (issuer, anchor) WHERE reference IS '';
CREATE INDEX notices_waiting_reference ON notices (issuer, reference, anchor) WHERE bill IS NULL;
CREATE INDEX notices_waiting_anchor ON notices (issuer, anchor) WHERE bill IS NULL;

CREATE TABLE commands (
	id   TEXT NOT NULL PRIMARY KEY,
	bill TEXT NOT NULL REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
	at   INTEGER NOT NULL,
	data TEXT NOT NULL
) STRICT;
CREATE INDEX commands_bill ON commands (bill, at, id);

-- What a letter says never changes once it was tried, while its state does
-- several times: kept apart, a change writes a small row.
CREATE TABLE letters (
	n            INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	channel      TEXT NOT NULL,
	type         TEXT NOT NULL,
	state        TEXT NOT NULL,
	created      INTEGER NOT NULL,
	attempts     INTEGER NOT NULL,
	next_attempt INTEGER NOT NULL,
	last_error   TEXT NOT NULL,
	accepted     INTEGER NOT NULL,
	done         TEXT NOT NULL,
	claim_who    TEXT NOT NULL DEFAULT '',
	claim_at     INTEGER NOT NULL DEFAULT 0,
	claim_until  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX letters_queue ON letters (channel, next_attempt, id) WHERE state IN ('new', 'trying');
CREATE INDEX letters_created ON letters (created, id);

CREATE TABLE contents (
	n       INTEGER PRIMARY KEY REFERENCES letters (n) ON DELETE CASCADE,
	content TEXT NOT NULL
) STRICT;

CREATE TABLE letter_bills (
	bill   TEXT NOT NULL,
	letter TEXT NOT NULL REFERENCES letters (id) ON DELETE CASCADE,
	PRIMARY KEY (bill, letter)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_bills_letter ON letter_bills (letter);

CREATE TABLE attempts (
	id        INTEGER PRIMARY KEY,
	letter    TEXT NOT NULL REFERENCES letters (id),
	recipient TEXT NOT NULL,
	at        INTEGER NOT NULL,
	outcome   TEXT NOT NULL,
	error     TEXT NOT NULL,
	uncertain INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_letter ON attempts (letter, at);

CREATE TABLE reminders (
	id           TEXT NOT NULL PRIMARY KEY,
	subject_kind TEXT NOT NULL,
	subject_id   TEXT NOT NULL,
	step         TEXT NOT NULL,
	channel      TEXT NOT NULL,
	date         INTEGER NOT NULL,
	step_at      INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	why          TEXT NOT NULL,
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL,
	folded_into  TEXT NOT NULL,
	letter       TEXT REFERENCES letters (id) DEFERRABLE INITIALLY DEFERRED,
	stands_for   TEXT NOT NULL,
	moved_from   INTEGER NOT NULL,
	deadline     INTEGER NOT NULL,
	detail       TEXT NOT NULL
) STRICT;
CREATE INDEX reminders_subject ON reminders (subject_id, at);
CREATE INDEX reminders_ready ON reminders (channel, at, id) WHERE state = 'planned';
CREATE INDEX reminders_planned ON reminders (at, id) WHERE state = 'planned';
CREATE INDEX reminders_letter ON reminders (letter) WHERE letter IS NOT NULL;
CREATE INDEX reminders_untold ON reminders (at) WHERE state IN ('in_letter', 'failed');
