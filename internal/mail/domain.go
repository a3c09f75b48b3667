package mail

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// OrganisationalDomain returns the registered domain of a host
// ("mx3.mail.alipay.com" → "alipay.com", "a.icbc.com.cn" → "icbc.com.cn") by
// the public suffix list compiled in. A host that is itself a public suffix,
// an address literal or a single label is returned as it is.
func OrganisationalDomain(host string) string {
	host = cleanHost(host)
	if org, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return org
	}
	return host
}

func cleanHost(host string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(host), "."))
}

// isUnder reports whether host is domain or a subdomain of it, by whole labels.
func isUnder(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// Aligned reports whether a domain that vouches (a DKIM d=, the domain DMARC
// passed for) speaks for one of an issuer's domains: it lies under one, or
// both have the same organisational domain (relaxed alignment). A public
// suffix speaks for nobody.
func Aligned(domain string, under []string) bool {
	domain = cleanHost(domain)
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return false
	}
	for _, u := range under {
		u = cleanHost(u)
		uorg, err := publicsuffix.EffectiveTLDPlusOne(u)
		if err == nil && (isUnder(domain, u) || org == uorg) {
			return true
		}
	}
	return false
}
