package outbox

import (
	"context"

	"repayd/internal/channel"
)

// line is the session of a channel while there is something to send. It is kept
// from one claim to the next: logging in again for each costs an SMTP server
// more than the letters do. One goroutine uses it.
type line struct {
	channel channel.Channel
	session channel.Session // nil while closed
	// trouble is that a letter of this session was not accepted. The next claim
	// then begins with a new one, which reads the secrets again and connects
	// again where the old one had given up.
	trouble bool
}

// open makes sure that there is a session without trouble.
func (l *line) open(ctx context.Context) error {
	if l.trouble {
		l.close()
	}
	if l.session != nil {
		return nil
	}
	s, err := l.channel.Open(ctx)
	if err != nil {
		return err
	}
	l.session = s
	return nil
}

// close ends the session, if there is one. What was accepted stays so however
// the farewell goes.
func (l *line) close() {
	if l.session != nil {
		_ = l.session.Close()
	}
	l.session, l.trouble = nil, false
}
