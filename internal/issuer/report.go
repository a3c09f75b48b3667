package issuer

import (
	"slices"
	"strings"

	"repayd/internal/mail"
)

// reportOfMail reports a message that a mail program wrote about another one:
// a delivery report (RFC 3464) or an answer sent while somebody is away (RFC
// 3834). What it returns or quotes may be a bill; the message itself is none,
// whoever sends it.
func reportOfMail(m *mail.Message) bool {
	if slices.ContainsFunc(m.Header["Auto-Submitted"], func(v string) bool {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "auto-replied")
	}) || len(m.Header["X-Failed-Recipients"]) > 0 {
		return true
	}
	if slices.ContainsFunc(m.Header["Content-Type"], func(v string) bool {
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "multipart/report")
	}) {
		return true
	}
	return slices.ContainsFunc(m.From, func(a mail.Address) bool {
		local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
		return slices.Contains([]string{"mailer-daemon", "mail-daemon", "mailerdaemon", "mdaemon", "postmaster"}, local)
	})
}
