// Package secret holds values that must never be seen: a String prints only
// as a placeholder, wherever it ends up, and is read when it is used, not when
// the configuration is loaded.
package secret

import "errors"

// String is a secret and where it comes from: a file, an environment variable,
// a systemd credential, or plain text in the configuration. The zero String is
// "no secret".
type String struct {
	file, env, credential, plain string
}

// Plain returns a secret given as text.
func Plain(s string) String { return String{plain: s} }

// IsZero reports whether no secret was given.
func (s String) IsZero() bool { return s == String{} }

// Read returns the secret's value now.
func (s String) Read() (string, error) {
	if s.plain != "" {
		return s.plain, nil
	}
	return "", errors.New("secret: no source")
}
