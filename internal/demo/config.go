package demo

import (
	"fmt"
	"strings"
)

// configText is the configuration the demo runs with, as an owner would write
// it. Plain passwords and tls: none are for loopback addresses only.
func configText(language, database string, far *farSide) string {
	return strings.NewReplacer(
		"$LANGUAGE", language, "$DATABASE", fmt.Sprintf("%q", database), "$IMAP", far.imapAddr,
		"$SMTP", far.smtp.Addr(), "$URL", far.hook.URL(), "$KEY", far.secret(),
	).Replace(configuration)
}

// zoneName is the zone of the demo's owner.
const zoneName = "Asia/Shanghai"

const configuration = `timezone: ` + zoneName + `
language: $LANGUAGE
database: $DATABASE
mailboxes:
  - {name: shop, server: "$IMAP", tls: none, username: ` + username + `, password: ` + password + `,
     authserv: [` + authserv + `], forwarders: [phone@home.example], lookback: 3660d}
channels:
  - name: me
    email: {server: "$SMTP", tls: none, from: repayd <` + username + `>, to: [owner@shop.example]}
  - name: office
    webhook: {url: "$URL", secret: "$KEY"}
reminders:
  - {name: purchases, match: {issuer: "1688-*"}, steps: [due-3d, due, grace, late every 3d], channels: [me, office]}
  - {name: default, steps: [due-3d, due, grace, late every 3d], channels: [me]}
quiet_hours: {from: "22:00", to: "08:00"}
bills:
  - {name: 仓库房租, amount: 3000 CNY, schedule: "0 0 5 * *"}
`
