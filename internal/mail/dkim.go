package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

const (
	maxSignatures     = 3 // of one message; real ones carry one or two
	maxDKIMTime       = 3 * time.Second
	maxHeaderLines    = 2000    // of a signed header; real ones have up to 300
	maxSignatureField = 8 << 10 // bytes; real ones have 300 to 1500
	maxKeyRecord      = 2 << 10 // bytes of a key record: an RSA key of 8192 bits has 1400; a huge one is an attack on our processor
	maxEmptyLines     = 64 << 10
)

// Signature is the result of checking one DKIM-Signature field.
type Signature struct {
	Domain string // d=, lower case
	Pass   bool
	// Partial: the signature holds, but part of what is shown is not covered
	// by it: the Subject, a second Subject, Date or Content-Type field, or a
	// header line that is no field. Such a signature vouches for nothing that
	// is read.
	Partial bool
	Reason  string // why it did not pass, or what is not covered
}

// VerifyDKIM checks the topmost signatures of a message, at most 3 of them and
// 3 seconds in all. lookup returns the TXT records of a name, each record
// joined to one string, and must end when its context does; it may be called
// from several goroutines at once. What cannot be looked up in time does not
// pass, nor does a signature with l=, which leaves the end of the body open,
// nor one that has expired by the clock of this machine.
//
// The checking is go-msgauth's; added here are bounds that keep hostile
// messages from costing more than the time above, and what it does not look
// at: header fields that a signature leaves out.
func VerifyDKIM(ctx context.Context, raw []byte, lookup func(ctx context.Context, name string) ([]string, error)) []Signature {
	raw = skipMbox(raw)
	shape := shapeOf(raw)
	if len(raw) > maxMessage || shape.heavy {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxDKIMTime)
	defer cancel()
	// The error says only that there are more signatures than are checked, or
	// that the header does not end: then there is nothing to report.
	checks, _ := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		MaxVerifications: maxSignatures,
		LookupTXT:        func(name string) ([]string, error) { return keyRecords(ctx, name, lookup) },
	})
	var out []Signature
	for _, c := range checks {
		sig := Signature{Domain: cleanHost(c.Domain)}
		err := c.Err
		if err == nil {
			sig.Reason, err = shape.uncovered(c.HeaderKeys)
		}
		if err != nil {
			sig.Reason = strings.TrimPrefix(err.Error(), "dkim: ")
		}
		sig.Pass = err == nil
		sig.Partial = sig.Pass && sig.Reason != ""
		out = append(out, sig)
	}
	return out
}

// keyRecords looks up the key record of a signature. Other records under the
// same name do not count; several key records are left to the verifier, which
// refuses them.
func keyRecords(ctx context.Context, name string, lookup func(context.Context, string) ([]string, error)) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, errors.New("no time left to look up the key")
	}
	txts, err := lookup(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look up the key: %w", err)
	}
	records := slices.DeleteFunc(slices.Clone(txts), func(s string) bool { return !strings.Contains(s, "p=") })
	for _, r := range records {
		if len(r) > maxKeyRecord {
			return nil, errors.New("the key record is too long")
		}
		for tag := range strings.SplitSeq(r, ";") {
			name, value, _ := strings.Cut(tag, "=")
			if strings.TrimSpace(name) == "t" && slices.Contains(strings.Split(strings.Join(strings.Fields(value), ""), ":"), "y") {
				return nil, errors.New("the key is only being tested")
			}
		}
	}
	return records, nil
}

// shape is what matters of a signed header beside its signatures.
type shape struct {
	present map[string]int // fields by lower-case name
	odd     bool           // a line is neither a field nor the continuation of one
	heavy   bool           // beyond what is checked at all
}

// shapeOf reads header lines as the verifier does: an empty line ends them and
// nothing else. Parse is more forgiving (it joins stray lines to the field
// above, it takes a line with "<" for the body); where the two could differ,
// the header is odd.
func shapeOf(raw []byte) shape {
	s := shape{present: map[string]int{}}
	size, lines, own := 0, 0, 0 // own: bytes of the signature field at hand, -1 in others
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		line, raw = bytes.TrimSuffix(line, []byte("\r")), rest
		if len(line) == 0 {
			break
		}
		size, lines = size+len(line), lines+1
		name, _, isField := fieldName(line)
		switch {
		case line[0] == ' ' || line[0] == '\t':
			if own >= 0 {
				own += len(line)
			}
		case !isField:
			s.odd, own = true, -1
		default:
			name = strings.ToLower(name)
			s.present[name]++
			own = -1
			if name == "dkim-signature" {
				own = len(line)
			}
		}
		if size > maxHeaderBytes || lines > maxHeaderLines || own > maxSignatureField {
			s.heavy = true
			return s
		}
	}
	s.heavy = emptyRun(raw)
	return s
}

// emptyRun reports a body with so many empty lines in a row that the verifier,
// which holds them back, would copy them for minutes.
func emptyRun(body []byte) bool {
	run := 0
	for _, c := range body {
		if run++; c != '\r' && c != '\n' {
			run = 0
		} else if run > maxEmptyLines {
			return true
		}
	}
	return false
}

// uncovered says what a signature over these fields leaves open. An unsigned
// From field is an error, anything else a reason.
func (s shape) uncovered(names []string) (reason string, err error) {
	covered := map[string]int{}
	for _, n := range names {
		covered[strings.ToLower(n)]++
	}
	if s.present["from"] > covered["from"] {
		return "", errors.New("a From field is not signed")
	}
	for _, name := range []string{"subject", "date", "content-type", "content-transfer-encoding"} {
		present := s.present[name]
		if present > covered[name] && (present > 1 || name == "subject") {
			return "a " + name + " field is not signed", nil
		}
	}
	if s.odd {
		return "a line of the header is no field", nil
	}
	return "", nil
}
