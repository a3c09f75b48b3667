// Package secret holds values that must never be seen: a String prints only
// as a placeholder, wherever it ends up, and is read when it is used, not when
// the configuration is loaded.
//
// Contract. No method but Read gives the value away, and no error contains
// it. A value that changes on disk (a renewed credential) is seen by the next
// Read.
package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// Placeholder is all that a String ever prints.
const Placeholder = "<secret>"

// maxSize is the most that a secret's file may hold, in bytes: far more than
// any password or token, and little enough to read a wrong file harmlessly.
const maxSize = 64 << 10

// folderPrefix is what systemd puts before the name of a file when it loads the
// whole folder of credentials, as our unit has it do under the id "repayd".
const folderPrefix = "repayd_"

// ErrNoCredentials is wrapped by Read when a systemd credential is asked for
// outside the service, where there are none.
var ErrNoCredentials = errors.New("no systemd credentials here ($CREDENTIALS_DIRECTORY is not set)")

// String is a secret and where it comes from: a file, an environment variable,
// a systemd credential, or plain text in the configuration. The zero String is
// "no secret".
type String struct {
	file, env, credential string
	// A pointer, because fmt prints unexported fields of foreign structs
	// without asking Format, and of a nested pointer it prints only the address.
	plain *string
}

// Plain returns a secret given as text; "" is no secret.
func Plain(s string) String {
	if s == "" {
		return String{}
	}
	return String{plain: &s}
}

// File returns a secret that is the content of the file at path.
func File(path string) String { return String{file: path} }

// Env returns a secret that is the value of the environment variable name.
func Env(name string) String { return String{env: name} }

// Credential returns a secret that systemd hands to the service under name
// (LoadCredential= or SetCredential=, alone or from a folder).
func Credential(name string) String { return String{credential: name} }

// IsZero reports whether no secret was given.
func (s String) IsZero() bool { return s == String{} }

// Equal reports whether both secrets are the same text or have the same source.
func (s String) Equal(t String) bool {
	if s.plain == nil || t.plain == nil {
		return s == t
	}
	return *s.plain == *t.plain
}

// IsPlain reports whether the secret stands in the configuration itself.
func (s String) IsPlain() bool { return s.plain != nil }

// IsCredential reports whether the secret is a systemd credential, which only
// the service can read.
func (s String) IsCredential() bool { return s.credential != "" }

// Source says where the secret comes from, for a person: "credential shop-imap".
func (s String) Source() string {
	switch {
	case s.file != "":
		return "file " + s.file
	case s.env != "":
		return "environment variable " + s.env
	case s.credential != "":
		return "credential " + s.credential
	case s.plain != nil:
		return "text in the configuration"
	}
	return "no secret"
}

// Read returns the secret's value now, without the line end that editors
// leave. The error says what to do about it.
func (s String) Read() (string, error) {
	switch {
	case s.file != "":
		return s.readFile(s.file)
	case s.env != "":
		return s.accept(os.Getenv(s.env), "set it for the daemon")
	case s.credential != "":
		return s.readCredential()
	case s.plain != nil:
		return *s.plain, nil
	}
	return "", errors.New("no secret is configured")
}

func (s String) readCredential() (string, error) {
	// A name with a slash could lead out of the directory.
	if s.credential != filepath.Base(s.credential) || strings.HasPrefix(s.credential, "..") {
		return "", fmt.Errorf("%s: not a credential's name; write the name that LoadCredential= gives it", s.Source())
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return "", fmt.Errorf("%s: %w; only the service has them",
			s.Source(), ErrNoCredentials)
	}
	for _, name := range []string{s.credential, folderPrefix + s.credential} {
		value, err := s.readFile(filepath.Join(dir, name))
		if !errors.Is(err, os.ErrNotExist) {
			return value, err
		}
	}
	return "", fmt.Errorf("%s: %w among the service's credentials; put a file of that name into /etc/repayd/credentials "+
		"and restart the service", s.Source(), os.ErrNotExist)
}

func (s String) readFile(path string) (string, error) {
	// Stat first: opening a named pipe would wait for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w; create it with the secret as its only line, readable by the daemon", s.Source(), cause(err))
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: not a regular file; name a file that holds only the secret", s.Source())
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w; make it readable by the daemon", s.Source(), cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Source(), cause(err))
	}
	if len(data) > maxSize {
		return "", fmt.Errorf("%s: larger than %d KiB; name a file that holds only the secret", s.Source(), maxSize>>10)
	}
	return s.accept(strings.TrimRight(string(data), "\r\n"), "write the secret into it")
}

// accept refuses what cannot be a password, token or address.
func (s String) accept(value, hint string) (string, error) {
	if value == "" {
		return "", fmt.Errorf("%s: empty or not set; %s", s.Source(), hint)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return "", fmt.Errorf("%s: holds more than one line; keep only the secret", s.Source())
	}
	return value, nil
}

// cause strips the operation and path, which Source already tells.
func cause(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// String returns the placeholder.
func (s String) String() string { return Placeholder }

// GoString returns the placeholder.
func (s String) GoString() string { return Placeholder }

// Format writes the placeholder for every verb.
func (s String) Format(f fmt.State, _ rune) { io.WriteString(f, Placeholder) }

// MarshalText returns the placeholder.
func (s String) MarshalText() ([]byte, error) { return []byte(Placeholder), nil }

// MarshalJSON returns the placeholder as a JSON string.
func (s String) MarshalJSON() ([]byte, error) { return json.Marshal(Placeholder) }

// MarshalYAML returns the placeholder.
func (s String) MarshalYAML() (any, error) { return Placeholder, nil }

// LogValue returns the placeholder.
func (s String) LogValue() slog.Value { return slog.StringValue(Placeholder) }
