package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"repayd/internal/secret"
)

const value = "hunter2-Tr0ub4dor"

func TestNothingPrintsTheValue(t *testing.T) {
	t.Parallel()
	type exported struct{ Password secret.String }
	type hidden struct{ password secret.String }
	s := secret.Plain(value)
	prints := map[string]func(any, io.Writer) error{
		"json": func(v any, w io.Writer) error { return json.NewEncoder(w).Encode(v) },
		"yaml": func(v any, w io.Writer) error { return yaml.NewEncoder(w).Encode(v) },
		"slog text": func(v any, w io.Writer) error {
			slog.New(slog.NewTextHandler(w, nil)).Info("hello", "v", v)
			return nil
		},
		"slog json": func(v any, w io.Writer) error {
			slog.New(slog.NewJSONHandler(w, nil)).Info("hello", "v", v)
			return nil
		},
		"error": func(v any, w io.Writer) error {
			_, err := fmt.Fprint(w, fmt.Errorf("login with %v: %w", v, os.ErrDeadlineExceeded))
			return err
		},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T%v", "%10.3s"} {
		prints[verb] = func(v any, w io.Writer) error {
			_, err := fmt.Fprintf(w, verb, v, v)
			return err
		}
	}
	for name, print := range prints {
		values := map[string]any{"bare": s, "pointer": &s, "exported": exported{s}, "hidden": hidden{s},
			"slice": []secret.String{s}, "map": map[string]secret.String{"password": s}}
		for kind, v := range values {
			var out bytes.Buffer
			if err := print(v, &out); err != nil && kind != "hidden" {
				t.Errorf("%s of %s: %v", name, kind, err)
			}
			if strings.Contains(out.String(), value) || strings.Contains(out.String(), fmt.Sprintf("%x", value)) {
				t.Errorf("%s of %s prints the secret: %s", name, kind, out.String())
			}
			if kind == "bare" && !strings.Contains(out.String(), "secret>") && name != "slog json" && name != "json" {
				t.Errorf("%s of %s = %q, want the placeholder", name, kind, out.String())
			}
		}
	}
	if got := fmt.Sprintf("%v|%+v|%#v|%q|%s", s, s, s, s, s); got != strings.Repeat("<secret>|", 4)+"<secret>" {
		t.Errorf("fmt = %s", got)
	}
	if got := s.LogValue().String(); got != secret.Placeholder {
		t.Errorf("LogValue = %s", got)
	}
}

func TestReadSeesTheValueOfToday(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pw")
	s := secret.File(path)
	for _, c := range []struct{ content, want string }{
		{value, value}, {value + "\n", value}, {value + "\r\n", value}, {" with blanks \n", " with blanks "}, {"密码\n", "密码"},
		{strings.Repeat("a", 64<<10), strings.Repeat("a", 64<<10)},
	} {
		write(t, path, c.content)
		got, err := s.Read()
		if err != nil || got != c.want {
			t.Errorf("Read of %.20q = %.20q, %v", c.content, got, err)
		}
	}
	t.Setenv("REPAYD_TEST_SECRET", value)
	if got, err := secret.Env("REPAYD_TEST_SECRET").Read(); err != nil || got != value {
		t.Errorf("Env = %q, %v", got, err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(path))
	write(t, path, value+"\n")
	if got, err := secret.Credential("pw").Read(); err != nil || got != value {
		t.Errorf("Credential = %q, %v", got, err)
	}
	write(t, filepath.Join(filepath.Dir(path), "repayd_from-folder"), value+"\n")
	if got, err := secret.Credential("from-folder").Read(); err != nil || got != value {
		t.Errorf("Credential from the folder = %q, %v", got, err)
	}
	if got, err := secret.Plain(value).Read(); err != nil || got != value {
		t.Errorf("Plain = %q, %v", got, err)
	}
}

func TestReadErrorsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	path := func(name, content string) string {
		p := filepath.Join(dir, name)
		write(t, p, content)
		return p
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("REPAYD_TEST_EMPTY", "")
	for _, c := range []struct {
		s    secret.String
		want string
	}{
		{secret.String{}, "no secret is configured"},
		{secret.File(filepath.Join(dir, "none")), "no such file or directory; create it"},
		{secret.File(dir), "not a regular file"},
		{secret.File(path("empty", "\n")), "empty or not set; write the secret into it"},
		{secret.File(path("two", value+"\nsecond\n")), "holds more than one line"},
		{secret.File(path("big", strings.Repeat(value, 5000))), "larger than 64 KiB"},
		{secret.Env("REPAYD_TEST_EMPTY"), "environment variable REPAYD_TEST_EMPTY: empty or not set; set it"},
		{secret.Credential("absent"), "put a file of that name into"},
		{secret.Credential("../passwd"), "not a credential's name"},
		{secret.Credential(".."), "not a credential's name"},
	} {
		got, err := c.s.Read()
		if err == nil || got != "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v; want an error with %q", c.s.Source(), got, err, c.want)
		} else if strings.Contains(err.Error(), value) {
			t.Errorf("%s: the error tells the secret: %v", c.s.Source(), err)
		}
	}
}

func TestNoCredentialsOutsideTheService(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	_, err := secret.Credential("shop-imap").Read()
	if !errors.Is(err, secret.ErrNoCredentials) || !strings.Contains(err.Error(), "credential shop-imap") {
		t.Errorf("err = %v", err)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	all := []secret.String{{}, secret.Plain("a"), secret.Plain("b"), secret.File("a"), secret.Env("a"), secret.Credential("a")}
	again := []secret.String{{}, secret.Plain("a"), secret.Plain("b"), secret.File("a"), secret.Env("a"), secret.Credential("a")}
	for i, s := range all {
		for j, u := range again {
			if s.Equal(u) != (i == j) {
				t.Errorf("%s Equal %s = %v", s.Source(), u.Source(), s.Equal(u))
			}
		}
		if s.IsZero() != (i == 0) {
			t.Errorf("IsZero of %s", s.Source())
		}
	}
	if !secret.Plain("").IsZero() {
		t.Error("empty text counts as a secret")
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
