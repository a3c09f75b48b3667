package issuer

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // an issuer's zone exists on every machine

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/mail"
)

//go:embed rules/*.yaml
var embedded embed.FS

var errNotALabel = errors.New("write plain words; a label has no placeholders but {?:a|b} and {!:a|b}")

// Info describes one issuer of a Set.
type Info struct {
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	TitleEN string      `json:"title_en,omitempty"`
	Wording string      `json:"wording"` // seen, code or unproven
	Source  string      `json:"source"`  // "embedded", or the user's file
	Kinds   []bill.Kind `json:"kinds"`
	Domains []string    `json:"domains"`
	// Currency is what an amount without one is in, "" when nothing says.
	Currency string `json:"currency,omitempty"`
	Samples  int    `json:"samples"`
	// Grace is how many days after the due date are harmless; GraceSaid is a
	// grace that is said to be given and does not count.
	Grace     int          `json:"grace"`
	GraceSaid *terms.Grace `json:"grace_said,omitempty"`
}

// Set is a loaded set of issuer files. It is immutable and safe for
// concurrent use.
type Set struct {
	rules    []*rule // by name
	byName   map[string]*rule
	others   map[string]*rule // that only the owner's overrides speak of
	byDomain map[string][]*rule
	domains  []string
	brands   *labelTree // names and addresses that only an issuer's display name bears
	likes    *hostCache
	digest   string
	general  *general // how bills of senders that no file describes are read
	zone     *time.Location
}

// sourceFile is one file before it is read.
type sourceFile struct {
	name, source string
	data         []byte
}

// Load reads the embedded issuer files and the user's *.yaml in dir ("" for
// none); a user's file wins over the embedded one of the same issuer.
// overrides are the configuration's, by issuer name. The error lists every
// problem as FILE:LINE: what is wrong.
func Load(dir string, overrides map[string]Override) (*Set, error) {
	files, err := embeddedFiles()
	if err != nil {
		return nil, err
	}
	own, err := userFiles(dir)
	if err != nil {
		return nil, err
	}
	return build(append(files, own...), overrides)
}

func embeddedFiles() ([]sourceFile, error) {
	names, err := fs.Glob(embedded, "rules/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the embedded issuer files: %w", err)
	}
	var out []sourceFile
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the embedded issuer file: %w", err)
		}
		out = append(out, sourceFile{strings.TrimPrefix(name, "rules/"), "embedded", data})
	}
	return out, nil
}

// maxFile bounds one issuer file, in bytes.
const maxFile = 1 << 20

func userFiles(dir string) ([]sourceFile, error) {
	if dir == "" {
		return nil, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("read the issuer directory: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list the issuer files: %w", err)
	}
	var out []sourceFile
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read an issuer file: %w", err)
		}
		if len(data) > maxFile {
			return nil, fmt.Errorf("%s:1: the file is larger than %d bytes", name, maxFile)
		}
		out = append(out, sourceFile{name, name, data})
	}
	return out, nil
}

// build compiles files, later ones winning, into a Set.
func build(files []sourceFile, overrides map[string]Override) (*Set, error) {
	decoded := map[string]*fileYAML{}
	templates := map[string]*layer{}
	orders := map[string]habits{}
	from := map[string]sourceFile{}
	all := &problems{}
	for _, f := range files {
		p := &problems{file: f.name}
		y := decodeFile(f.name, f.data, p)
		if y != nil && y.Template.s != "" {
			t := compileLayer(y, p)
			if y.Terms != nil {
				t.terms = newBlock(y.Terms, y.Template.s, y.Currency.s, y.Template.line, p)
			}
			templates[y.Template.s] = t
			orders[y.Template.s] = habits{y.DateOrder.s, y.Currency.s}
		}
		all.list = append(all.list, p.list...)
		switch {
		case y == nil, y.Template.s != "":
		default:
			if prev, ok := from[y.Issuer.s]; ok && prev.source == f.source {
				all.list = append(all.list, fmt.Errorf("%s:%d: issuer %s is already described in %s", f.name, y.Issuer.line, y.Issuer.s, prev.name))
			}
			if prev, ok := from[y.Issuer.s]; ok && prev.source != "embedded" && f.source != "embedded" {
				all.list = append(all.list, fmt.Errorf("%s:%d: issuer %s is already described in %s", f.name, y.Issuer.line, y.Issuer.s, prev.name))
			}
			decoded[y.Issuer.s] = y
			from[y.Issuer.s] = f
		}
	}
	s := &Set{byName: map[string]*rule{}, others: map[string]*rule{}, byDomain: map[string][]*rule{}, zone: china(), brands: &labelTree{}, likes: &hostCache{m: map[string]string{}}}
	s.general = newGeneral(templates, orders, s.zone)
	for _, name := range sortedKeys(decoded) {
		p := &problems{file: from[name].name}
		r := compileRule(decoded[name], likes(decoded[name], templates, p), p)
		r.source, r.file = from[name].source, from[name].name
		s.add(r)
		all.list = append(all.list, p.list...)
	}
	s.applyOverrides(overrides, templates, all)
	if err := all.err(); err != nil {
		return nil, err
	}
	s.digest = digest(files, overrides)
	return s, nil
}

// china is the zone of what no file describes.
func china() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.UTC
	}
	return loc
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func sortedInts[V any](m map[int]V) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func likes(f *fileYAML, templates map[string]*layer, p *problems) []*layer {
	var out []*layer
	for _, l := range f.Like {
		if t := templates[l.s]; t != nil {
			out = append(out, t)
			continue
		}
		p.add(l.line, "like: there is no shared wording %q; there are %s", l.s, strings.Join(sortedKeys(templates), ", "))
	}
	return out
}

func (s *Set) add(r *rule) {
	s.rules = append(s.rules, r)
	s.byName[r.terms.Issuer] = r
	claims := slices.Clone(r.brands)
	for _, d := range r.from {
		claims = append(claims, "@"+d, "."+d)
	}
	s.brands.add(&pattern{labels: claims}, "")
	for _, d := range r.from {
		if s.byDomain[d] == nil {
			s.domains = append(s.domains, d)
		}
		s.byDomain[d] = append(s.byDomain[d], r)
	}
}

func digest(files []sourceFile, overrides map[string]Override) string {
	h := sha256.New()
	fmt.Fprintf(h, "reader %d\n", readerVersion)
	for _, f := range files {
		fmt.Fprintf(h, "%s %d\n", filepath.Base(f.name), len(f.data))
		h.Write(f.data)
	}
	for _, name := range sortedKeys(overrides) {
		fmt.Fprintf(h, "%s %s\n", name, overrides[name].said())
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// readerVersion is part of the digest: it rises when the engine itself reads
// differently, so that kept messages are read again.
const readerVersion = 3

// Digest identifies the files, overrides and engine: two sets with one digest
// read every message alike.
func (s *Set) Digest() string { return s.digest }

// Issuers lists the issuers by name.
func (s *Set) Issuers() []Info {
	var out []Info
	for _, r := range s.rules {
		out = append(out, Info{Name: r.terms.Issuer, Title: r.names[0], TitleEN: r.names[1], Wording: r.wording, Source: r.source,
			Kinds: slices.Clone(r.kinds), Domains: slices.Clone(r.from), Currency: r.currency, Samples: len(r.samples),
			Grace: r.terms.Grace, GraceSaid: r.full.GraceSaid()})
	}
	return out
}

// Terms returns the rules of an issuer. For a sender that no file describes,
// or a declared bill, they are: no grace, the month where printed else the
// first due date, the zone of China.
func (s *Set) Terms(issuer string) bill.Terms {
	if r := s.ruled(issuer); r != nil {
		return r.terms
	}
	return bill.Terms{Issuer: issuer, Name: issuer, Zone: s.zone}
}

// Describes reports whether a file describes the issuer.
func (s *Set) Describes(issuer string) bool { return s.byName[issuer] != nil }

// forDomain returns the rules whose domains hold host, by whole labels.
func (s *Set) forDomain(host string) []*rule {
	for d := host; d != ""; {
		if rules := s.byDomain[d]; rules != nil {
			return rules
		}
		_, rest, ok := strings.Cut(d, ".")
		if !ok {
			return nil
		}
		d = rest
	}
	return nil
}

// hostOf returns the domain of an address.
func hostOf(a mail.Address) string {
	_, host, _ := strings.Cut(a.Address, "@")
	return strings.ToLower(host)
}
