package issuer

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// Failure is one thing that a sample proves wrong.
type Failure struct {
	File, Issuer, Sample string
	Line                 int
	Why                  string
}

// String shows a failure as FILE:LINE: issuer, sample: why.
func (f Failure) String() string {
	s := fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Issuer)
	if f.Sample != "" {
		s += fmt.Sprintf(", sample %q", f.Sample)
	}
	return s + ": " + f.Why
}

// Report is the result of running samples.
type Report struct {
	Issuers, Samples int
	Failures         []Failure
}

// TestAll runs the samples of every issuer of the set.
func (s *Set) TestAll() Report {
	var rep Report
	for _, r := range s.rules {
		s.testRule(r, &rep)
	}
	return rep
}

// TestFile runs the samples of one issuer file against the embedded set, as
// the file would stand in the owner's directory; the receiver is not changed
// and not asked.
func (*Set) TestFile(path string) (Report, error) {
	files, err := embeddedFiles()
	if err != nil {
		return Report{}, err
	}
	siblings, err := userFiles(filepath.Dir(path))
	if err != nil {
		return Report{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Report{}, fmt.Errorf("read the issuer file: %w", err)
	}
	for _, f := range siblings {
		// A template beside the file may be one that it is like.
		if f.name != path && isTemplate(f) {
			files = append(files, f)
		}
	}
	s, err := build(append(files, sourceFile{path, path, data}), nil)
	if err != nil {
		return Report{}, err
	}
	var rep Report
	for _, r := range s.rules {
		if r.file == path {
			s.testRule(r, &rep)
		}
	}
	return rep, nil
}

func isTemplate(f sourceFile) bool {
	y := decodeFile(f.name, f.data, &problems{})
	return y != nil && y.Template.s != ""
}

func (s *Set) testRule(r *rule, rep *Report) {
	rep.Issuers++
	fail := func(sample Sample, format string, args ...any) {
		rep.Failures = append(rep.Failures, Failure{r.file, r.terms.Issuer, sample.Name, max(sample.line, 1), fmt.Sprintf(format, args...)})
	}
	used := map[*pattern]bool{}
	none := false
	for _, sample := range r.samples {
		rep.Samples++
		none = none || sample.Want.outcome == bill.OutcomeNone
		if why := private(sample, r.from); why != "" {
			fail(sample, "%s", why)
		}
		rd, err := s.readSample(sample, r)
		if err != nil {
			fail(sample, "%v", err)
			continue
		}
		for _, f := range rd.Fared {
			for _, p := range f.used {
				used[p] = true
			}
		}
		if why := sample.compare(rd, r.terms.Issuer); why != "" {
			fail(sample, "%s\n    %s", why, strings.ReplaceAll(rd.describe(), "\n", "\n    "))
			continue
		}
		for _, why := range s.imitate(sample, r) {
			fail(sample, "%s", why)
		}
		for _, why := range s.mutate(sample, r, rd) {
			fail(sample, "%s", why)
		}
	}
	if !none {
		fail(Sample{}, "no sample says want: none; show a message of this sender that is no bill")
	}
	for _, p := range r.own {
		if !used[p] {
			fail(Sample{line: p.line}, "no sample uses the pattern %q", p.source)
		}
	}
}

// compare returns what differs between a reading and what the sample wants.
func (s Sample) compare(rd Reading, issuer string) string {
	if rd.Outcome != s.Want.outcome {
		return fmt.Sprintf("got outcome %s, want %s", rd.Outcome, s.Want.outcome)
	}
	for _, n := range rd.Notices {
		if n.Issuer != issuer {
			return fmt.Sprintf("claimed by %s", n.Issuer)
		}
	}
	if s.Want.notices == nil {
		return ""
	}
	if len(rd.Notices) != len(s.Want.notices) {
		return fmt.Sprintf("got %d notices, want %d", len(rd.Notices), len(s.Want.notices))
	}
	for i, w := range s.Want.notices {
		got := noticeFields(rd.Notices[i])
		for _, field := range sortedKeys(w) {
			g, known := got[field]
			if !known {
				return fmt.Sprintf("there is no field %q", field)
			}
			if g != w[field] && !sameNumber(g, w[field]) {
				return fmt.Sprintf("notice %d, %s: got %q, want %q", i+1, field, g, w[field])
			}
		}
		for _, field := range []string{"amount_due", "due_date", "paid_amount"} {
			if _, wanted := w[field]; !wanted && got[field] != "" {
				return fmt.Sprintf("notice %d: read %s %q, which the sample does not name", i+1, field, got[field])
			}
		}
	}
	return ""
}

// sameNumber compares decimals as text: "100" wants "100.00".
func sameNumber(got, want string) bool {
	whole, frac, _ := strings.Cut(got, ".")
	w, f, _ := strings.Cut(want, ".")
	return got != "" && whole == w && strings.TrimRight(frac, "0") == strings.TrimRight(f, "0") && strings.Trim(got+want, "-0123456789.") == "" && !strings.Contains(got[1:], "-")
}

// describe shows a reading for a failure.
func (rd Reading) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "outcome %s, %s: %s", rd.Outcome, rd.Trust, rd.TrustReason)
	for i, n := range rd.Notices {
		fields := noticeFields(n)
		fmt.Fprintf(&b, "\nnotice %d:", i+1)
		for _, k := range sortedKeys(fields) {
			if fields[k] != "" {
				fmt.Fprintf(&b, " %s=%s", k, fields[k])
			}
		}
	}
	for _, p := range rd.Problems {
		fmt.Fprintf(&b, "\nproblem %s: %s", p.Field, p.Why)
	}
	for _, f := range rd.Fared {
		fmt.Fprintf(&b, "\n%s: %s", f.Issuer, f.Why)
		for _, n := range f.Notes {
			fmt.Fprintf(&b, "\n  %s", n)
		}
	}
	return b.String()
}

// imitate sends the sample from domains that only look like the issuer's.
func (s *Set) imitate(sample Sample, r *rule) []string {
	var out []string
	local, _, _ := strings.Cut(sample.From, "@")
	host := r.from[0]
	for _, fake := range []string{"x." + host + ".example", host + "x", "mail.x" + host} {
		forged := sample
		forged.From = local + "@" + fake
		rd, err := s.readSample(forged, r)
		own := func(n bill.Notice) bool { return n.Issuer == r.terms.Issuer }
		if err == nil && (slices.ContainsFunc(rd.Notices, own) || rd.Trust == bill.TrustVouched) {
			out = append(out, fmt.Sprintf("the look-alike domain %s is believed", fake))
		}
	}
	return out
}

// mutate leaves out one line after the other: what is then read must be less,
// never something else.
func (s *Set) mutate(sample Sample, r *rule, whole Reading) []string {
	if sample.Want.outcome != bill.OutcomeNotices || sample.HTML != "" {
		return nil
	}
	var out []string
	lines := strings.Split(strings.TrimSpace(sample.Text), "\n")
	for i, l := range lines {
		cut := sample
		cut.Text = strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "\n")
		rd, err := s.readSample(cut, r)
		if err != nil || rd.Outcome != bill.OutcomeNotices {
			continue
		}
		for _, n := range rd.Notices {
			if why := other(n, whole.Notices); why != "" {
				out = append(out, fmt.Sprintf("without the line %q it reads %s", l, why))
			}
		}
	}
	return out
}

// other returns a field of n that no whole notice has so.
func other(n bill.Notice, whole []bill.Notice) string {
	got := noticeFields(n)
	for _, field := range []string{"amount_due", "minimum_due", "due_date", "paid_amount", "last_safe_day"} {
		if got[field] == "" {
			continue
		}
		same := slices.ContainsFunc(whole, func(w bill.Notice) bool { return noticeFields(w)[field] == got[field] })
		if !same {
			return field + " " + got[field]
		}
	}
	alike := func(w bill.Notice) bool { return settles(w.Kind) == settles(n.Kind) }
	if len(whole) > 0 && !slices.ContainsFunc(whole, alike) {
		return "a " + got["kind"] + " instead of a " + string(whole[0].Kind)
	}
	return ""
}

var (
	addressRun = regexp.MustCompile(`[A-Za-z0-9._%+-]+@([A-Za-z0-9.-]+)`)
	digitRun   = regexp.MustCompile(`[0-9]{7,}`)
)

// private reports data in a sample that could be a real person's.
func private(s Sample, domains []string) string {
	all := strings.Join([]string{s.From, s.To, s.Subject, s.Text, s.HTML}, "\n")
	for _, m := range addressRun.FindAllStringSubmatch(all, -1) {
		host := strings.ToLower(strings.TrimRight(m[1], "."))
		own := slices.ContainsFunc(domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
		if !own && !strings.HasPrefix(host, "example.") && !strings.HasSuffix(host, ".example") {
			return fmt.Sprintf("the address %s may be a real one; write one at example.com", m[0])
		}
	}
	for _, run := range digitRun.FindAllString(all, -1) {
		if !dateCompact.MatchString(run) || len(run) != 8 {
			return fmt.Sprintf("the number %s may be a real one; shorten it to six digits", run)
		}
	}
	return ""
}
