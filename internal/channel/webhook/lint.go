package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/channel"
)

// lint checks a format file and works out what is written as text in it.
func (f *format) lint() error {
	if !slices.Contains([]string{signNone, signStandard, signDingtalk, signFeishu}, f.Sign) {
		return fmt.Errorf("unknown sign %q: write %s, %s, %s or %s", f.Sign, signNone, signStandard, signDingtalk, signFeishu)
	}
	if f.escape = escapes(f.Escape); f.escape == nil {
		return fmt.Errorf("unknown escape %q", f.Escape)
	}
	for _, s := range []*size{f.Sizes.Subject, f.Sizes.Text, f.Sizes.Message, f.Sizes.Body} {
		if err := s.lint(); err != nil {
			return err
		}
	}
	if b := f.Sizes.Body; b != nil && b.Unit != unitBytes {
		return errors.New("the size of a body is in bytes")
	}
	for _, text := range f.Rates {
		l, err := parseRate(text)
		if err != nil {
			return err
		}
		f.limits = append(f.limits, l)
	}
	return errors.Join(f.lintRush(), f.lintDay(), f.lintAnswers())
}

func (s *size) lint() error {
	switch {
	case s == nil:
		return nil
	case s.Unit != unitBytes && s.Unit != unitCharacters:
		return fmt.Errorf("unknown unit %q: write %s or %s", s.Unit, unitBytes, unitCharacters)
	case s.Max < 16:
		return fmt.Errorf("a size of %d leaves no room for words", s.Max)
	}
	return nil
}

// parseRate reads "20/1m": 20 letters in any minute.
func parseRate(text string) (channel.Limit, error) {
	n, per, _ := strings.Cut(text, "/")
	count, err := strconv.Atoi(n)
	d, derr := time.ParseDuration(per)
	if err != nil || derr != nil || count < 1 || d < time.Second {
		return channel.Limit{}, fmt.Errorf("rate %q: write N/DURATION, such as 20/1m", text)
	}
	return channel.Limit{N: count, Per: d}, nil
}

// lintRush reads "30m/2m": two minutes from each full and half hour on.
func (f *format) lintRush() error {
	if f.Rush == "" {
		return nil
	}
	every, lasts, _ := strings.Cut(f.Rush, "/")
	e, err := time.ParseDuration(every)
	l, lerr := time.ParseDuration(lasts)
	if err != nil || lerr != nil || e <= 0 || time.Hour%e != 0 || l < time.Second || l > e/2 || l > 3*time.Minute {
		return fmt.Errorf("rush %q: write EVERY/FOR, such as 30m/2m, a part of an hour and at most 3 minutes", f.Rush)
	}
	f.rush = channel.Rush{Every: e, Lasts: l}
	return nil
}

func (f *format) lintDay() error {
	f.day = time.UTC
	if f.Day == "" {
		return nil
	}
	at, err := time.Parse("-07:00", f.Day)
	if err != nil {
		return fmt.Errorf("day %q: write an offset, such as +08:00", f.Day)
	}
	_, offset := at.Zone()
	f.day = time.FixedZone(f.Day, offset)
	return nil
}

func (f *format) lintAnswers() error {
	if len(f.Success) == 0 && !f.Own {
		return errors.New("no success rule: HTTP 200 alone says little, so write what a delivered letter is answered with")
	}
	for _, m := range f.Success {
		if err := m.checkSuccess(); err != nil {
			return fmt.Errorf("success: %w", err)
		}
	}
	for _, a := range f.Answers {
		if err := a.Match.check(); err != nil {
			return fmt.Errorf("answers: %w", err)
		}
		if !slices.Contains([]string{meansRefused, meansLater, meansNotToday}, a.Means) {
			return fmt.Errorf("answers: unknown meaning %q: write %s, %s or %s", a.Means, meansRefused, meansLater, meansNotToday)
		}
		if a.Why == "" {
			return errors.New("answers: an answer without why helps nobody")
		}
	}
	for _, w := range f.RetryAfter {
		if (w.Header == "") == (w.JSON == "") || w.Unit != "s" && w.Unit != "ms" && w.JSON != "" {
			return errors.New("retry_after: write {header: NAME}, or {json: PATH, unit: s} (or ms)")
		}
	}
	return nil
}

// awkward is text that breaks templates which paste it instead of encoding it.
const awkward = "a \"quoted\" \\ word\n第二行\t<b>&amp;</b> {{.}} %s"

// try renders two letters with awkward words: the bodies must differ, and be
// JSON where they say so. What a template calls must exist.
func (f *format) try() error {
	params := map[string]string{}
	for _, p := range f.Params {
		params[p.Name] = awkward
	}
	var bodies []string
	for _, words := range []string{"", awkward} {
		l := channel.Letter{ID: "lt_1", Type: "test", Subject: "S" + words, Text: "T" + words, HTML: "H" + words,
			Data: json.RawMessage(`{"text":` + strconv.Quote(strconv.Itoa(len(words))) + `}`)}
		r, err := f.render(l, settings{params: params}, time.Unix(1e9, 0))
		if err != nil {
			return fmt.Errorf("%w: it may use .Subject, .Text, .Message, .Lines, .HTML, .ID, .Type, .Time, .Data and .Params.NAME "+
				"of the params that are given", cause(err))
		}
		if strings.HasPrefix(r.header.Get("Content-Type"), "application/json") && !json.Valid(r.body) {
			return errors.New("it gives no valid JSON when a text has quotes or line breaks: " +
				"write {{json .Text}} without quotes around it")
		}
		bodies = append(bodies, string(r.body))
	}
	if bodies[0] == bodies[1] {
		return errors.New("it says nothing of the letter: write {{json .Message}} where its words belong")
	}
	return nil
}

// cause is an error without the letter that it was met with.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
