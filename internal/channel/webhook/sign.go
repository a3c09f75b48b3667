package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// sign returns the webhook-signature header of Standard Webhooks: one "v1,…" a
// key, so that a receiver can change its key without losing a letter.
func sign(id, timestamp string, body []byte, keys ...[]byte) string {
	var signatures []string
	for _, key := range keys {
		signatures = append(signatures, "v1,"+mac(key, []byte(id+"."+timestamp+"."), body))
	}
	return strings.Join(signatures, " ")
}

// signDingtalkURL returns the sign of a DingTalk robot's URL, not yet escaped,
// for a timestamp in milliseconds.
func signDingtalkURL(timestamp string, key []byte) string {
	return mac(key, []byte(timestamp+"\n"), key)
}

// signFeishuBody returns the sign of a Feishu robot's body for a timestamp in
// seconds. The text is the key there, and the message is empty.
func signFeishuBody(timestamp string, key []byte) string {
	return mac([]byte(timestamp + "\n" + string(key)))
}

// mac returns the HMAC-SHA256 of the parts in base64.
func mac(key []byte, parts ...[]byte) string {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write(p)
	}
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}
