package mail

import (
	"bytes"
	"encoding/base64"
	"slices"
	"testing"
)

// Made with openssl cms -sign -nodetach, once whole and once as a stream of
// indefinite length.
const (
	signedWhole  = "MIIBzgYJKoZIhvcNAQcCoIIBvzCCAbsCAQExDTALBglghkgBZQMEAgEwLAYJKoZIhvcNAQcBoB8EHTw/eG1sIHZlcnNpb249IjEuMCI/PjxhPjE8L2E+MYIBdzCCAXMCAQEwJDAMMQowCAYDVQQDDAF4AhQrxg7WNMRVrn6Djo6O96wVFzZccDALBglghkgBZQMEAgGggeQwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTI1MjA1MTM3WjAvBgkqhkiG9w0BCQQxIgQgftuaeJWuXNDpaLHsGaTt2qdUvV/WOsBtdz5qlANpEJMweQYJKoZIhvcNAQkPMWwwajALBglghkgBZQMEASowCwYJYIZIAWUDBAEWMAsGCWCGSAFlAwQBAjAKBggqhkiG9w0DBzAOBggqhkiG9w0DAgICAIAwDQYIKoZIhvcNAwICAUAwBwYFKw4DAgcwDQYIKoZIhvcNAwICASgwCgYIKoZIzj0EAwIESDBGAiEA/rO6HR7IgiGwe4Jgeg5v5HYGnxkn/FL6LPJWQrjxXI8CIQCPgCJjiLMyPxyIdgkndtr0zjGwBSNT2EM8TIVka4Vklg=="
	signedStream = "MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgAQdPD94bWwgdmVyc2lvbj0iMS4wIj8+PGE+MTwvYT4AAAAAAAAxggF1MIIBcQIBATAkMAwxCjAIBgNVBAMMAXgCFCvGDtY0xFWufoOOjo73rBUXNlxwMAsGCWCGSAFlAwQCAaCB5DAYBgkqhkiG9w0BCQMxCwYJKoZIhvcNAQcBMBwGCSqGSIb3DQEJBTEPFw0yNjExMjUyMDUxMzdaMC8GCSqGSIb3DQEJBDEiBCB+25p4la5c0OlosewZpO3ap1S9X9Y6wG13PmqUA2kQkzB5BgkqhkiG9w0BCQ8xbDBqMAsGCWCGSAFlAwQBKjALBglghkgBZQMEARYwCwYJYIZIAWUDBAECMAoGCCqGSIb3DQMHMA4GCCqGSIb3DQMCAgIAgDANBggqhkiG9w0DAgIBQDAHBgUrDgMCBzANBggqhkiG9w0DAgIBKDAKBggqhkjOPQQDAgRGMEQCIHkV0GIokZAwXM5Ohgr7aq3SI2dgDJkIqOcbVZwSxdWvAiBuRSmBJkbJ1Ep+nkcq9THaV9Cv+ZE7qgEcAPaW1Vc7IwAAAAAAAA=="
	signedXML    = `<?xml version="1.0"?><a>1</a>`
)

func TestSignedInvoiceIsOpened(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"whole": signedWhole, "stream": signedStream, "base64 in base64": base64.StdEncoding.EncodeToString([]byte(signedWhole))} {
		m := Parse([]byte(signedMail("IT01234567890_1.xml.P7M", file)))
		if len(m.Limits) != 0 || len(m.Parts) != 1 || m.Parts[0].Type != "application/xml" || string(m.Parts[0].Raw) != signedXML {
			t.Errorf("%s: limits %v, defects %v, parts %+v", name, m.Limits, m.Defects, m.Parts)
		}
	}
}

// What cannot be opened is a limit; signed mail is not meant.
func TestSignedInvoiceThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	m := Parse([]byte(signedMail("a.xml.p7m", "MIIB")))
	if !slices.Contains(m.Limits, "signed") {
		t.Errorf("limits %v", m.Limits)
	}
	if m := Parse([]byte(signedMail("smime.p7m", "MIIB"))); len(m.Limits) != 0 {
		t.Errorf("signed mail: limits %v", m.Limits)
	}
}

func TestSignedContentOfDamagedFiles(t *testing.T) {
	t.Parallel()
	for _, file := range []string{signedWhole, signedStream} {
		data, err := base64.StdEncoding.DecodeString(file)
		if err != nil {
			t.Fatal(err)
		}
		for n := range data {
			if got, ok := signedContent(data[:n]); ok && string(got) != signedXML {
				t.Errorf("cut at %d: %q", n, got)
			}
		}
	}
	if _, ok := signedContent(bytes.Repeat([]byte{0x30, 0x80}, 5<<20)); ok {
		t.Error("endless nesting was opened")
	}
}

func signedMail(file, body string) string {
	return "From: a@example.com\r\nContent-Type: application/pkcs7-mime; name=\"" + file + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + "\r\n"
}

// FuzzSigned: whatever a file holds, what is found in it is no larger than it.
func FuzzSigned(f *testing.F) {
	for _, file := range []string{signedWhole, signedStream} {
		data, err := base64.StdEncoding.DecodeString(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if content, ok := signedContent(data); ok && len(content) > len(data) {
			t.Fatalf("%d bytes out of %d", len(content), len(data))
		}
	})
}
