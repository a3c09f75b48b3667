package letter

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// Words is the wording of one language for whoever shows bills in the same
// words as letters do: the commands and the packages below this one. It holds
// the texts of letters and, on top of them, a caller's own.
type Words struct {
	c   *catalogue
	own []string
}

// NewWords returns the wording of lang ("zh-CN" or "en"). own is a folder with
// a file LANG.yaml of further texts, or nil. It fails for another language and
// for a key that letters have already: one word must not mean two things.
func NewWords(lang string, own fs.FS) (*Words, error) {
	base, err := catalogueOf(lang)
	if err != nil {
		return nil, err
	}
	if own == nil {
		return &Words{c: base}, nil
	}
	raw, err := fs.ReadFile(own, lang+".yaml")
	if err != nil {
		return nil, fmt.Errorf("texts of %s: %w", lang, err)
	}
	var more map[string]string
	if err := yaml.Unmarshal(raw, &more); err != nil {
		return nil, fmt.Errorf("texts of %s: %w", lang, err)
	}
	c := &catalogue{lang: base.lang, texts: maps.Clone(base.texts), money: base.money}
	for key, text := range more {
		if base.has(key) {
			return nil, fmt.Errorf("texts of %s: %s is a text of letters; choose another key", lang, key)
		}
		c.texts[key] = text
	}
	return &Words{c: c, own: slices.Sorted(maps.Keys(more))}, nil
}

// Watched returns words that tell used every key that is looked up, for tests
// that look for texts nothing asks for.
func (w *Words) Watched(used func(key string)) *Words {
	c := *w.c
	c.used = used
	return &Words{c: &c, own: w.own}
}

// Keys returns the caller's own keys in order.
func (w *Words) Keys() []string { return w.own }

// Language returns "zh-CN" or "en".
func (w *Words) Language() string { return w.c.lang }

// Has reports whether there is a text for key.
func (w *Words) Has(key string) bool { return w.c.has(key) }

// Text fills the text of key with pairs of name and value; what has no value
// shows as "?". A key that does not exist is returned as it is.
func (w *Words) Text(key string, pairs ...string) string { return w.c.text(key, pairs...) }

// Pattern returns the text of key with its places unfilled.
func (w *Words) Pattern(key string) string { return w.c.texts[key] }

// Amount shows money as a reader of the language writes it, "" when unknown.
func (w *Words) Amount(m bill.Money) string { return w.c.amount(m) }

// Day shows a day with year and weekday, "" when unknown.
func (w *Words) Day(d bill.Day) string { return w.c.longDay(d) }

// Field names a field of a bill, by its own name where no text does.
func (w *Words) Field(f bill.Field) string { return w.named("field.", string(f)) }

// Stage names a stage.
func (w *Words) Stage(s bill.Stage) string { return w.named("stage.", string(s)) }

// named is the text of a code; a code without one is shown itself, cleaned.
func (w *Words) named(group, code string) string { return w.c.named(group, code) }

func (c *catalogue) named(group, code string) string {
	if c.has(group + code) {
		return c.text(group + code)
	}
	return clean(code, maxName)
}

// Name cleans a name that came from outside (an issuer, a sender) for one line.
func (w *Words) Name(s string) string { return w.Line(s, maxName) }

// Line cleans foreign text for one line of at most limit characters: no
// control or direction characters, no links, no account numbers.
func (w *Words) Line(s string, limit int) string {
	return foreign(s, limit, w.c.text("link.removed"))
}

// Reason says a reason that reading or folding gave, in the language.
func (w *Words) Reason(why string) string { return w.c.reason(w.Line(why, maxText)) }

// Reference cleans an order or invoice number, a telephone number or an
// address, which stay whole; a link is removed.
func (w *Words) Reference(s string) string {
	return link.ReplaceAllLiteralString(clean(s, maxName), w.c.text("link.removed"))
}

// ContactName names a kind of contact ("phone", "app", ...).
func (w *Words) ContactName(what string) string { return w.named("contact.", what) }

// Kind names a kind of notice.
func (w *Words) Kind(k bill.Kind) string { return w.named("kind.", string(k)) }

// Trust says how far a source is believed.
func (w *Words) Trust(t bill.Trust) string { return w.named("trust.", string(t)) }

// LetterState says where a letter is.
func (w *Words) LetterState(s plan.LetterState) string { return w.named("letter.", string(s)) }

// CaseState says where the talk with an issuer stands ("waiting", ...).
func (w *Words) CaseState(state string) string { return w.named("talk_state.", state) }

// AskKind names what is asked of an issuer: extension, plan or waiver.
func (w *Words) AskKind(kind string) string { return w.named("ask.", kind) }

// Milestone names what happens on a day after the due date ("cut_off", ...).
func (w *Words) Milestone(code string) string { return w.named("milestone.", code) }

// Task says what there is to do ("ask_limit", ...); the owner's own tasks are
// named by the owner and come back cleaned.
func (w *Words) Task(code string) string { return w.named("task.", code) }

// Change names what a line of a bill's history is about: a field, or another
// change.
func (w *Words) Change(what string) string {
	if w.c.has("field." + what) {
		return w.c.text("field." + what)
	}
	return w.named("change.", what)
}

// ChangeValue shows a value of a bill's history: days and amounts as a reader
// writes them, states in words.
func (w *Words) ChangeValue(what, value string) string {
	switch {
	case value == "":
		return ""
	case what == bill.ChangeCase:
		return w.CaseState(value)
	case what == bill.ChangeTrust:
		return w.Trust(bill.Trust(value))
	case what == bill.ChangeProblem:
		return w.Reason(value)
	}
	return w.c.value(value)
}
