package demo

import (
	"fmt"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// configText is the configuration the demo runs with, as an owner would write
// it. Plain passwords and tls: none are for loopback addresses only.
func configText(language, database string, start bill.Day, far *farSide) string {
	_, month, _ := start.Date()
	return strings.NewReplacer(
		"$FAR_MONTH", strconv.Itoa((int(month)+5)%12+1),
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
  - {name: default, steps: [due-3d, due, grace, late every 3d, debit-1d, debit+1d], channels: [me]}
quiet_hours: {from: "22:00", to: "08:00"}
# Half a year away: without it a quarter that begins meanwhile would be a letter.
alive: {schedule: "0 9 15 $FAR_MONTH *", channels: [me, office]}
bills:
  - {name: 仓库房租, amount: 3000 CNY, schedule: "0 0 5 * *"}
# No bank's grace is proven, so it counts only where the owner says so.
issuers: {override: {cmb: {grace: 3d}}}
`
