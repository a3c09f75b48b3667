package outbox

import (
	"context"
	"log/slog"
	"sync"

	"repayd/internal/plan"
)

// said is the latest failure that was logged of each channel. A target that
// answers garbage is asked by every letter at every attempt: the log says so
// once, and again when it answers something else.
type said struct {
	mu     sync.Mutex
	failed map[string]string
}

// news notes what a channel says now, "" that it works, and reports whether
// that is new.
func (s *said) news(name, failure string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = map[string]string{}
	}
	known := s.failed[name]
	s.failed[name] = failure
	return known != failure
}

// log says what came of a letter.
func (b *Outbox) log(r plan.LetterResult) {
	l := r.Letter
	log := b.o.Log.With("channel", l.Channel, "letter", l.ID, "attempt", l.Attempts)
	switch l.State {
	case plan.LetterAccepted:
		b.said.news(l.Channel, "")
		log.Info("letter accepted")
	case plan.LetterRefused:
		log.Error("letter refused for good", "err", l.LastError)
	case plan.LetterTrying:
		if l.Attempts == 0 || len(r.Attempts) == 0 {
			return // given back
		}
		level := slog.LevelDebug
		if b.said.news(l.Channel, l.LastError) {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "letter not delivered yet", "err", l.LastError, "next", l.NextAttempt)
	default:
		log.Warn("letter given up", "state", l.State, "err", l.LastError)
	}
}
