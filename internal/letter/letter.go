// Package letter turns a frozen letter into what a channel sends: a subject,
// plain text, HTML and the JSON that a webhook carries as "data".
//
// Contract. Rendering is pure: the same content and Options give the same
// bytes, on every attempt and after every restart. All wording is data, one
// catalogue a language under texts; the code only chooses and fills. Words that
// come from a mail (names, subjects, reasons) are hostile: they are cleaned of
// control and direction characters, line breaks, links and long digit runs
// before they reach a template, and escaped in HTML by it.
//
// What is not known is said to be unknown, what nobody vouched for is said to
// be unverified, and the last safe day is never called the due date.
package letter

import (
	"encoding/json"
	"fmt"
	"time"

	"repayd/internal/plan"
)

// Options say for whom a letter is rendered.
type Options struct {
	// Language is "zh-CN" or "en".
	Language string
	// Zone is the owner's, in which days are counted; nil means UTC.
	Zone *time.Location
	// Now is the instant the letter was frozen: days left and days late are
	// counted from it, and the letter says so. Give the same on every attempt
	// so that the bytes stay the same. Zero means the letter's Created.
	Now time.Time
	// ReplyTo is the address at which the daemon reads answers; "" means that
	// no reply is read, which the letter then says.
	ReplyTo string
	// NoWords (subject and text) and NoHTML leave out what the channel does not
	// send: writing it is nearly all of the work.
	NoWords, NoHTML bool
	// Fits reports whether the target takes a subject and a text of that length;
	// nil = any. It must not take more of a text than of a shorter one.
	Fits func(subject, text string) bool
}

// Rendered is one letter ready for a channel, without what the Options leave
// out.
type Rendered struct {
	Subject, Text, HTML string
	// Data is the JSON object of a webhook: letter, channel, steps, and for
	// other types than bill.reminder the text as "message".
	Data json.RawMessage
	// Thread is the stable id of the conversation about one subject; "" where
	// the letter is about several.
	Thread string
}

// Render renders l. It fails for a language or a letter type that does not
// exist and for a letter without items; content that makes no sense (an amount
// that is no number) is shown as unknown instead, because a letter that cannot
// be rendered would be a reminder lost.
func Render(l plan.Letter, o Options) (Rendered, error) {
	c, err := catalogueOf(o.Language)
	if err != nil {
		return Rendered{}, err
	}
	return render(c, l, o)
}

func render(c *catalogue, l plan.Letter, o Options) (Rendered, error) {
	if len(l.Content.Items) == 0 {
		return Rendered{}, fmt.Errorf("letter %s has nothing in it", l.ID)
	}
	w := newWriter(c, l, o)
	r := Rendered{Thread: thread(l)}
	var message string
	if !o.NoWords || !o.NoHTML || messageIn(l) {
		v, err := w.view(l)
		if err != nil {
			return Rendered{}, err
		}
		w.finish(&v, l, o)
		if message, err = w.squeeze(v, o.Fits); err != nil {
			return Rendered{}, fmt.Errorf("letter %s: %w", l.ID, err)
		}
		if !o.NoWords {
			r.Subject, r.Text = v.Subject, message
		}
		if !o.NoHTML {
			if r.HTML, err = v.asHTML(); err != nil {
				return Rendered{}, fmt.Errorf("letter %s: %w", l.ID, err)
			}
		}
	}
	var err error
	r.Data, err = data(l, w.entries, message)
	return r, err
}

// view is what l says, by its type.
func (w *writer) view(l plan.Letter) (view, error) {
	switch l.Type {
	case plan.LetterReminder:
		return w.reminder(), nil
	case plan.LetterReview:
		return w.review(), nil
	case plan.LetterBacklog:
		return w.backlog(), nil
	case plan.LetterDigest:
		return w.digest(l.Content.Forecast), nil
	case plan.LetterWarning:
		return w.warning(), nil
	case plan.LetterMissing:
		return w.missing(), nil
	case plan.LetterAlive:
		return w.alive(), nil
	case plan.LetterTask:
		return w.task(), nil
	case plan.LetterTest:
		return w.test(), nil
	default:
		return view{}, fmt.Errorf("letter %s has the unknown type %q", l.ID, l.Type)
	}
}
