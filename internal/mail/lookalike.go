package mail

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The shortest names compared. Among short names (cmb, cmbc, icbc) a letter
// more or less is another bank, not a forgery.
const (
	minSkeleton = 4
	minDistance = 6
)

// LooksLike reports the one of an issuer's domains that host imitates, and
// whether it imitates any. A host that lies under one of the domains, or has
// the same registered name under another suffix (paypal.co.uk), never does.
// Imitations are: characters that look alike (a1ipay, аlipay in Cyrillic,
// paypaI, rnastercard), one letter more, less, other or exchanged in a name of
// six letters or more, and the whole domain inside a foreign one
// (alipay.com.evil.example, alipay-com.example).
func LooksLike(host string, domains []string) (string, bool) {
	host = cleanHost(host)
	if host == "" || len(host) > 253 || Aligned(host, domains) {
		return "", false
	}
	shown, err := idna.ToUnicode(host)
	if err != nil {
		shown = host
	}
	prefix := beforeSuffix(host, shown)
	name := prefix[strings.LastIndexByte(prefix, '.')+1:]
	for _, d := range domains {
		d = cleanHost(d)
		own := registeredName(d)
		switch {
		case own == "" || name == "":
		case contains(prefix, d):
			return d, true
		case name == own:
		case utf8.RuneCountInString(own) >= minSkeleton && skeleton(name) == skeleton(own):
			return d, true
		case utf8.RuneCountInString(own) >= minDistance && oneEdit([]rune(name), []rune(own)):
			return d, true
		}
	}
	return "", false
}

// beforeSuffix cuts the public suffix off; shown is host as a person sees it.
func beforeSuffix(host, shown string) string {
	suffix, _ := publicsuffix.PublicSuffix(host)
	n := strings.Count(suffix, ".") + 1
	labels := strings.Split(shown, ".")
	return strings.Join(labels[:max(0, len(labels)-n)], ".")
}

// registeredName is the label a company registered: "alipay" of alipay.com.
func registeredName(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(org, ".")
	return name
}

// contains reports whether the labels of domain stand, whole, inside prefix,
// with dots or hyphens between them or none.
func contains(prefix, domain string) bool {
	if strings.Contains("."+prefix+".", "."+domain+".") {
		return true
	}
	hyphens := strings.ReplaceAll(domain, ".", "-")
	glued := strings.ReplaceAll(domain, ".", "")
	for label := range strings.SplitSeq(prefix, ".") {
		if strings.Contains("-"+label+"-", "-"+hyphens+"-") || label == glued {
			return true
		}
	}
	return false
}

// skeleton maps characters that look alike to one of them. It is a small part
// of the tables of Unicode TR 39: what is seen in forged bank mail.
func skeleton(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '0', 'о', 'ο', 'օ', 'ö', 'ó', 'ò', 'ô', 'õ', 'ø':
			return 'o'
		case '1', 'i', 'l', '|', 'і', 'ı', 'ι', 'í', 'ì', 'ï', 'î', 'ł', 'ӏ', 'ĺ', 'ļ':
			return 'l'
		case 'а', 'α', 'á', 'à', 'ä', 'â', 'ã', 'å', 'ą', 'ạ', 'ɑ':
			return 'a'
		case 'е', 'ε', 'é', 'è', 'ë', 'ê', 'ę', 'ė', 'ẹ':
			return 'e'
		case 'с', 'ç', 'ć', 'č', 'ϲ':
			return 'c'
		case 'р', 'ρ':
			return 'p'
		case 'у', 'γ', 'ý', 'ÿ', 'ү':
			return 'y'
		case 'х', 'χ':
			return 'x'
		case 'ѕ', 'ś', 'š', 'ş', '5':
			return 's'
		case 'к', 'κ':
			return 'k'
		case 'т', 'τ':
			return 't'
		case 'м':
			return 'm'
		case 'н':
			return 'h'
		case 'в', 'β':
			return 'b'
		case 'ԁ':
			return 'd'
		case 'ո', 'п', 'ñ', 'ń':
			return 'n'
		case 'ü', 'ú', 'ù', 'û', 'υ', 'ս':
			return 'u'
		case 'ԝ', 'ω':
			return 'w'
		case 'ј':
			return 'j'
		case 'ɡ', 'ğ':
			return 'g'
		case 'ż', 'ź', 'ž':
			return 'z'
		}
		return r
	}, strings.ToLower(s))
	return strings.NewReplacer("rn", "m", "vv", "w").Replace(s)
}

// oneEdit reports whether a and b differ by exactly one letter inserted, left
// out, replaced, or by two neighbours exchanged.
func oneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return string(a[i:]) == string(b[i+1:])
	case i == len(a):
		return false // equal
	case string(a[i+1:]) == string(b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && string(a[i+2:]) == string(b[i+2:])
}
