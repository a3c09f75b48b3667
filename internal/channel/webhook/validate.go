package webhook

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"repayd/internal/channel"
)

// maxPrefix is the longest prefix, in letters: the subject must still show.
const maxPrefix = 40

// Validate returns everything that is wrong with the options. A secret that
// cannot be read now is no problem here: it may be readable only to the
// service. One that can be read is looked at.
func (o Options) Validate() []channel.Problem {
	name := o.Format
	if name == "" {
		name = defaultFormat
	}
	f, err := loadFormat(name)
	v := validation{o: o, f: f}
	v.url()
	if err != nil { // without a format nobody knows what it needs
		v.add("format", err)
		return v.problems
	}
	v.secrets()
	v.params()
	v.prefix()
	if f.Own {
		v.own()
	} else {
		v.notOwn()
	}
	return v.problems
}

// validation collects problems.
type validation struct {
	o        Options
	f        *format
	problems []channel.Problem
}

func (v *validation) add(key string, err error) {
	v.problems = append(v.problems, channel.Problem{Key: key, Why: err.Error()})
}

func (v *validation) say(key, format string, args ...any) { v.add(key, fmt.Errorf(format, args...)) }

func (v *validation) url() {
	if v.o.URL.IsZero() {
		example := ""
		if v.f != nil && v.f.Example != "" {
			example = ", such as " + v.f.Example
		}
		v.say("url", "missing: write the address to call%s, best as {credential: NAME} or {file: PATH}", example)
	} else if text, err := v.o.URL.Read(); err == nil {
		if _, err := parseURL(text); err != nil {
			v.add("url", err)
		}
	}
}

func (v *validation) secrets() {
	list := v.o.secrets()
	switch {
	case v.f.Sign == signStandard && len(list) == 0:
		v.say("secret", "missing: write the key that the receiver checks signatures with, whsec_ and base64")
	case v.f.Sign == signNone && len(list) > 0:
		v.say("secret", "the format %s signs nothing: remove it", v.f.Name)
	case v.f.Sign != signStandard && len(list) > 1:
		v.say("secret", "the format %s signs with one key: write only the one that its page shows", v.f.Name)
	default:
		for _, k := range list {
			if text, err := k.value.Read(); err == nil {
				if _, err := v.f.key(text); err != nil {
					v.add(k.key, err)
				}
			}
		}
	}
}

var paramName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,39}$`)

func (v *validation) params() {
	var known []string
	for _, p := range v.f.Params {
		known = append(known, p.Name)
		if value, ok := v.o.Params[p.Name]; !p.Optional && (!ok || value.IsZero()) {
			v.say("params", "%s is missing: %s", p.Name, p.About)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.o.Params)) {
		switch {
		case v.f.Own && !paramName.MatchString(name):
			v.say("params", "%q is no name for a template: write letters, digits and _", name)
		case !v.f.Own && len(known) == 0:
			v.say("params", "the format %s needs none: remove them", v.f.Name)
			return
		case !v.f.Own && !slices.Contains(known, name):
			v.say("params", "the format %s knows no %q: write %s", v.f.Name, name, strings.Join(known, ", "))
		}
	}
}

func (v *validation) prefix() {
	p := v.o.Prefix
	switch {
	case p == "":
	case !v.f.Own && !v.f.showsSubject():
		v.say("prefix", "the format %s sends no subject: remove it", v.f.Name)
	case utf8.RuneCountInString(p) > maxPrefix:
		v.say("prefix", "longer than %d letters: write a keyword or two", maxPrefix)
	case strings.ContainsFunc(p, unicode.IsControl) || strings.TrimSpace(p) != p:
		v.say("prefix", "it has line breaks or spaces around it: write a keyword or two")
	}
}

// notOwn refuses what only the format json uses.
func (v *validation) notOwn() {
	const why = "only for the format json: remove it, or write format: json"
	if v.o.Template != "" {
		v.say("template", why)
	}
	if len(v.o.Headers) > 0 {
		v.say("headers", why)
	}
	if !v.o.Success.IsZero() {
		v.say("success", why)
	}
	if v.o.Size != "" {
		v.say("size", "only for the format json: the format %s knows its receiver's: remove it", v.f.Name)
	}
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,100}$`)

// own checks what the owner wrote instead of a format's file.
func (v *validation) own() {
	if _, err := parseSize(v.o.Size); err != nil {
		v.add("size", err)
		v.o.Size = "" // so that the template is looked at all the same
	}
	if v.o.Template == "" {
		v.say("template", `missing: write the body, such as '{"text": {{json .Message}}}'`)
	} else if _, err := v.o.format(); err != nil {
		v.add("template", err)
	}
	if v.o.Success.IsZero() {
		v.say("success", "missing: write what a delivered letter is answered with: "+
			"{json: errcode, is: [0]}, {body: ok} or {status: [2xx]}")
	} else if err := v.o.Success.checkSuccess(); err != nil {
		v.add("success", err)
	}
	ours := []string{"host", "content-length", "transfer-encoding", "connection", "user-agent", "webhook-id"}
	for _, name := range slices.Sorted(maps.Keys(v.o.Headers)) {
		switch {
		case !headerName.MatchString(name):
			v.say("headers", "%q is no header's name: write letters, digits and -", name)
		case slices.Contains(ours, strings.ToLower(name)):
			v.add("headers", errors.New(name+" is written by repayd itself: remove it"))
		}
	}
}
