package mail

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// publicKey is a key record with its algorithm.
type publicKey struct {
	rsa     *rsa.PublicKey
	ed25519 ed25519.PublicKey
}

func (k publicKey) check(hash []byte, b string) error {
	sig, err := base64.StdEncoding.DecodeString(noBlanks(b))
	if err != nil {
		return errors.New("b= is not base64")
	}
	switch {
	case k.rsa != nil && rsa.VerifyPKCS1v15(k.rsa, crypto.SHA256, hash, sig) == nil,
		k.ed25519 != nil && ed25519.Verify(k.ed25519, hash, sig):
		return nil
	}
	return errors.New("the signature does not fit the header")
}

// fetchKey looks the key up and holds it against the tags of the signature.
func fetchKey(ctx context.Context, name string, sig map[string]string, lookup func(context.Context, string) ([]string, error)) (publicKey, error) {
	if len(name) > 253 {
		return publicKey{}, errors.New("the name of the key is too long")
	}
	if err := ctx.Err(); err != nil {
		return publicKey{}, errors.New("no time left to look up the key")
	}
	txts, err := lookup(ctx, name)
	if err != nil {
		return publicKey{}, fmt.Errorf("look up the key: %w", err)
	}
	records := slices.DeleteFunc(slices.Clone(txts), func(s string) bool { return !strings.Contains(s, "p=") })
	if len(records) != 1 {
		return publicKey{}, fmt.Errorf("%d key records", len(records))
	}
	return parseKey(records[0], sig)
}

// parseKey reads a key record (RFC 6376 section 3.6.1).
func parseKey(record string, sig map[string]string) (publicKey, error) {
	t, err := tags(record)
	if err != nil {
		return publicKey{}, err
	}
	kind, hash, _ := strings.Cut(strings.ToLower(noBlanks(sig["a"])), "-")
	if v, ok := t["v"]; ok && v != "DKIM1" {
		return publicKey{}, errors.New("unknown version of the key record")
	}
	if hash != "sha256" || !listed(t, "h", "sha256") || !listed(t, "s", "email") {
		return publicKey{}, errors.New("the key is not for this use")
	}
	flags := strings.Split(noBlanks(t["t"]), ":")
	if slices.Contains(flags, "y") {
		return publicKey{}, errors.New("the key is only being tested")
	}
	if id, ok := sig["i"]; ok && slices.Contains(flags, "s") {
		if _, host, _ := cutLast(noBlanks(id), '@'); !strings.EqualFold(host, noBlanks(sig["d"])) {
			return publicKey{}, errors.New("the key does not sign for subdomains")
		}
	}
	der, err := base64.StdEncoding.DecodeString(noBlanks(t["p"]))
	if err != nil || len(der) == 0 {
		return publicKey{}, errors.New("the key is revoked or no base64")
	}
	return decodeKey(kind, strings.ToLower(t["k"]), der)
}

// listed reports whether a colon-separated tag is absent, "*" or has the value.
func listed(t map[string]string, tag, value string) bool {
	list, ok := t[tag]
	if !ok {
		return true
	}
	values := strings.Split(noBlanks(list), ":")
	return slices.Contains(values, value) || slices.Contains(values, "*")
}

func decodeKey(kind, recordKind string, der []byte) (publicKey, error) {
	if recordKind == "" {
		recordKind = "rsa"
	}
	if kind != recordKind {
		return publicKey{}, errors.New("the key is of another kind than the signature")
	}
	switch kind {
	case "ed25519":
		if len(der) == ed25519.PublicKeySize {
			return publicKey{ed25519: der}, nil
		}
	case "rsa":
		pub, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			pub, err = x509.ParsePKCS1PublicKey(der)
		}
		k, ok := pub.(*rsa.PublicKey)
		// RFC 8301: fewer than 1024 bits prove nothing. A huge key is an
		// attack on our processor.
		if err == nil && ok && k.N.BitLen() >= 1024 && k.N.BitLen() <= 8192 {
			return publicKey{rsa: k}, nil
		}
	}
	return publicKey{}, errors.New("the key cannot be used")
}
