package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	maxSignatures = 3 // of one message; real ones carry one or two
	maxDKIMTime   = 3 * time.Second
)

// Signature is the result of checking one DKIM-Signature field.
type Signature struct {
	Domain string // d=, lower case
	Pass   bool
	// Partial: the signature holds, but part of what is shown is not covered
	// by it: the end of the body (l=), the Subject, or a second Subject, Date
	// or Content-Type field. Such a signature vouches for nothing that is read.
	Partial bool
	Reason  string // why it did not pass, or what is not covered
}

// VerifyDKIM checks the topmost signatures of a message, at most 3 of them and
// 3 seconds in all. lookup returns the TXT records of a name, each record
// joined to one string, and must end when its context does. What cannot be
// looked up in time does not pass. The expiry of a signature is not looked at: a message is read long after it was
// received, and what counts is that it was signed.
func VerifyDKIM(ctx context.Context, raw []byte, lookup func(ctx context.Context, name string) ([]string, error)) []Signature {
	if len(raw) > maxMessage {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxDKIMTime)
	defer cancel()
	s := splitSigned(raw)
	var out []Signature
	for i, f := range s.fields {
		if f.name != "dkim-signature" {
			continue
		}
		if len(out) == maxSignatures {
			break
		}
		sig := Signature{}
		if err := s.verify(ctx, i, &sig, lookup); err != nil {
			sig.Pass, sig.Reason = false, err.Error()
		}
		out = append(out, sig)
	}
	return out
}

// signed is a message as a signature sees it: fields with their folding, and
// line ends of CR LF.
type signed struct {
	fields []signedField
	body   []byte
}

type signedField struct {
	name string // lower case
	raw  string // "Name: value\r\n", folded as sent
}

func splitSigned(raw []byte) signed {
	if bytes.HasPrefix(raw, []byte("From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	var s signed
	size := 0
	for len(raw) > 0 && len(s.fields) < maxHeaderFields {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		raw = rest
		if len(line) == 0 {
			break
		}
		if size += len(line) + 2; size > maxHeaderBytes {
			return signed{} // no real header is that long
		}
		text := string(line) + "\r\n"
		if n := len(s.fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			s.fields[n-1].raw += text
			continue
		}
		name, _, _ := strings.Cut(text, ":")
		s.fields = append(s.fields, signedField{strings.ToLower(strings.TrimSpace(name)), text})
	}
	s.body = raw
	return s
}

// tags reads "a=b; c=d". A tag that occurs twice makes the list invalid.
func tags(s string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if !ok {
			if name == "" {
				continue
			}
			return nil, errors.New("malformed tag list")
		}
		if _, dup := out[name]; dup {
			return nil, errors.New("repeated tag " + clip(name, 20))
		}
		out[name] = strings.TrimSpace(value)
	}
	return out, nil
}

func noBlanks(s string) string { return strings.Join(strings.Fields(s), "") }

// verify checks the signature in field i.
func (s *signed) verify(ctx context.Context, i int, sig *Signature, lookup func(context.Context, string) ([]string, error)) error {
	_, value, _ := strings.Cut(s.fields[i].raw, ":")
	t, err := tags(value)
	if err != nil {
		return err
	}
	sig.Domain = cleanHost(noBlanks(t["d"]))
	selector := noBlanks(t["s"])
	if noBlanks(t["v"]) != "1" || sig.Domain == "" || selector == "" || t["b"] == "" || t["bh"] == "" {
		return errors.New("required tags are missing")
	}
	if id, ok := t["i"]; ok {
		_, host, found := cutLast(strings.ToLower(noBlanks(id)), '@')
		if !found || !isUnder(host, sig.Domain) {
			return errors.New("i= is not under d=")
		}
	}
	names := strings.Split(strings.ToLower(noBlanks(t["h"])), ":")
	if err := s.coverage(names, sig); err != nil {
		return err
	}
	headerCanon, bodyCanon, _ := strings.Cut(strings.ToLower(noBlanks(t["c"])), "/")
	if !validCanon(headerCanon) || !validCanon(bodyCanon) {
		return errors.New("unknown canonicalization")
	}
	want, err := base64.StdEncoding.DecodeString(noBlanks(t["bh"]))
	if err != nil {
		return errors.New("bh= is not base64")
	}
	got, whole, err := bodyHash(s.body, bodyCanon == "relaxed", t["l"])
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(want, got) != 1 {
		return errors.New("the body has been changed")
	}
	if !whole {
		sig.Partial, sig.Reason = true, "l= leaves the end of the body unsigned"
	}
	key, err := fetchKey(ctx, selector+"._domainkey."+sig.Domain, t, lookup)
	if err != nil {
		return err
	}
	if err := key.check(s.headerHash(i, names, headerCanon == "relaxed"), t["b"]); err != nil {
		return err
	}
	sig.Pass = true
	return nil
}

func validCanon(s string) bool { return s == "" || s == "simple" || s == "relaxed" }

// coverage makes sure that every From field is signed, and notes where a field
// that readers look at is not.
func (s *signed) coverage(names []string, sig *Signature) error {
	count := func(name string) (present, covered int) {
		for _, f := range s.fields {
			if f.name == name {
				present++
			}
		}
		for _, n := range names {
			if n == name {
				covered++
			}
		}
		return present, covered
	}
	if present, covered := count("from"); covered == 0 || present > covered {
		return errors.New("a From field is not signed")
	}
	for _, name := range []string{"subject", "date", "content-type", "content-transfer-encoding"} {
		present, covered := count(name)
		if present > 1 && present > covered || name == "subject" && present > covered {
			sig.Partial, sig.Reason = true, "a "+name+" field is not signed"
		}
	}
	return nil
}

// bodyHash hashes the canonical body, up to the length l= where given; whole
// reports that nothing was left out.
func bodyHash(body []byte, relaxed bool, limit string) (sum []byte, whole bool, err error) {
	canon := canonicalBody(body, relaxed)
	whole = true
	if limit != "" {
		n, err := strconv.ParseUint(noBlanks(limit), 10, 62)
		if err != nil || n > uint64(len(canon)) {
			return nil, false, errors.New("l= is longer than the body or no number")
		}
		whole = n == uint64(len(canon))
		canon = canon[:n]
	}
	h := sha256.Sum256(canon)
	return h[:], whole, nil
}

// canonicalBody is RFC 6376 section 3.4.3 (simple) and 3.4.4 (relaxed).
func canonicalBody(body []byte, relaxed bool) []byte {
	out := make([]byte, 0, len(body)+len(body)/64+2)
	empty := 0 // empty lines not yet written
	for line := range bytes.Lines(body) {
		ended := line[len(line)-1] == '\n'
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if relaxed {
			line = bytes.TrimRight(line, " \t")
		}
		if len(line) == 0 {
			if ended {
				empty++
			}
			continue
		}
		for ; empty > 0; empty-- {
			out = append(out, '\r', '\n')
		}
		if relaxed {
			out = appendRelaxed(out, line)
		} else {
			out = append(out, line...)
		}
		out = append(out, '\r', '\n')
	}
	if len(out) == 0 && !relaxed {
		out = append(out, '\r', '\n')
	}
	return out
}

func appendRelaxed(out, line []byte) []byte {
	blank := false
	for _, c := range line {
		if c == ' ' || c == '\t' {
			blank = true
			continue
		}
		if blank {
			out = append(out, ' ')
			blank = false
		}
		out = append(out, c)
	}
	return out
}

// headerHash hashes the signed fields, picked from the bottom up, and the
// signature itself without the value of b=.
func (s *signed) headerHash(at int, names []string, relaxed bool) []byte {
	h := sha256.New()
	used := map[string]int{}
	for _, name := range names {
		skip := used[name]
		for i := len(s.fields) - 1; i >= 0; i-- {
			if s.fields[i].name != name {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			h.Write([]byte(canonicalField(s.fields[i], relaxed)))
			break
		}
		used[name]++
	}
	own := s.fields[at]
	own.raw = withoutB(own.raw)
	h.Write([]byte(strings.TrimSuffix(canonicalField(own, relaxed), "\r\n")))
	return h.Sum(nil)
}

func canonicalField(f signedField, relaxed bool) string {
	if !relaxed {
		return f.raw
	}
	_, value, _ := strings.Cut(f.raw, ":")
	return f.name + ":" + strings.Join(strings.FieldsFunc(value, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\r' || r == '\n'
	}), " ") + "\r\n"
}

// withoutB empties the b= tag of a signature field and nothing else.
func withoutB(field string) string {
	head, value, _ := strings.Cut(field, ":")
	parts := strings.Split(value, ";")
	for i, p := range parts {
		if name, _, ok := strings.Cut(p, "="); ok && strings.TrimSpace(name) == "b" {
			parts[i] = name + "="
			if i == len(parts)-1 && strings.HasSuffix(p, "\r\n") {
				parts[i] += "\r\n"
			}
		}
	}
	return head + ":" + strings.Join(parts, ";")
}
