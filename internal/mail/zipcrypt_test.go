package mail

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The archives were made by Info-ZIP's zip (traditional) and by 7-Zip (AES).
func TestLockedArchives(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		file, password string
		parts          int // documents inside
	}{
		{"traditional.zip", "身份证123456", 2},
		{"aes128.zip", "123456", 2},
		{"aes256.zip", "123456", 1},
	} {
		t.Run(tc.file, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", "locked", tc.file))
			if err != nil {
				t.Fatal(err)
			}
			m := opened(t, data, "wrong", tc.password)
			closed := opened(t, data, "wrong")
			if !slices.Equal(closed.Limits, []string{"password"}) {
				t.Errorf("with a wrong password: limits %v", closed.Limits)
			}
			if len(m.Parts) != len(closed.Parts)+tc.parts || len(m.Limits) > 0 {
				t.Fatalf("%d parts, %d while closed, limits %v, defects %v", len(m.Parts), len(closed.Parts), m.Limits, m.Defects)
			}
			if !slices.ContainsFunc(m.Parts, func(p Part) bool { return strings.Contains(p.Text, "本期应还款额 1,234.56") }) {
				t.Errorf("the statement is missing in %+v", m.Parts)
			}
			for at := range data { // damage is noticed, whatever byte it hits
				bad := slices.Clone(data)
				bad[at] ^= 0x10
				for _, p := range opened(t, bad, tc.password).Parts[len(closed.Parts):] {
					if p.Text != "" && !strings.Contains(p.Text, "1,234.56") && p.Text != "short" {
						t.Fatalf("byte %d changed and %q was read", at, p.Text)
					}
				}
			}
		})
	}
}

func opened(t *testing.T, data []byte, passwords ...string) *Message {
	t.Helper()
	m := Parse(attached(member{name: "z.zip", body: string(data)}))
	Unpack(t.Context(), m, nil, func() []string { return passwords })
	return m
}
