package mail

import (
	"bytes"
	"path"
	"strings"
)

// kind says how a part is read.
type kind int

const (
	kindOther kind = iota
	kindText
	kindHTML
	kindXML
	kindPDF
	kindZip
)

func kindOf(mediaType string) kind {
	switch mediaType {
	case "text/html", "application/xhtml+xml":
		return kindHTML
	case "application/pdf", "application/x-pdf":
		return kindPDF
	case archiveType, "application/x-zip-compressed", "application/x-zip":
		return kindZip
	case "application/xml", "text/xml":
		return kindXML
	case "application/json", "application/ld+json", "message/delivery-status", "message/disposition-notification",
		"message/feedback-report", "text/rfc822-headers":
		return kindText
	case "text/rtf", "text/vcard", "text/x-vcard", "text/css", "text/javascript":
		return kindOther
	}
	switch {
	case strings.HasSuffix(mediaType, "+xml") && !strings.HasPrefix(mediaType, "image/"):
		return kindXML
	case strings.HasPrefix(mediaType, "text/"):
		return kindText
	}
	return kindOther
}

func isMessage(mediaType string) bool {
	return mediaType == "message/rfc822" || mediaType == "message/global"
}

// effectiveType corrects media types that say nothing (application/octet-stream)
// or that contradict the file name or the first bytes.
func effectiveType(l leaf) string {
	t := l.mediaType
	switch kindOf(t) {
	case kindPDF:
		return "application/pdf"
	case kindZip:
		return archiveType
	}
	vague := kindOf(t) == kindOther && !isMessage(t) && strings.HasPrefix(t, "application/") ||
		t == "text/plain" && l.file != "" || strings.HasPrefix(t, "unknown/")
	if !vague {
		return t
	}
	switch strings.ToLower(path.Ext(l.file)) {
	case ".htm", ".html", ".xhtml", ".shtml":
		return "text/html"
	case ".pdf":
		return "application/pdf"
	case ".zip":
		return archiveType
	case ".xml":
		return "application/xml"
	case ".ics":
		return "text/calendar"
	case ".eml":
		return "message/rfc822"
	case ".txt", ".csv", ".text":
		return "text/plain"
	}
	if head := bytes.TrimSpace(l.body[:min(len(l.body), 64)]); bytes.HasPrefix(head, []byte("%PDF-")) ||
		bytes.HasPrefix(head, []byte("JVBERi0")) { // the same in base64
		return "application/pdf"
	}
	return t
}

// looksHTML reports a whole HTML document sent as plain text.
func looksHTML(text string) bool {
	head := strings.ToLower(clip(strings.TrimLeft(text, " \t\r\n\uFEFF"), 200))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html") ||
		strings.HasPrefix(head, "<head") || strings.HasPrefix(head, "<body")
}

// htmlCharset returns the charset that an HTML or XML document names itself.
func htmlCharset(b []byte) string {
	head := bytes.ToLower(b[:min(len(b), 2048)])
	for _, key := range []string{"charset", "encoding"} {
		i := bytes.Index(head, []byte(key))
		if i < 0 {
			continue
		}
		rest := bytes.TrimLeft(head[i+len(key):], " \t")
		if len(rest) == 0 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\"'")
		if end := bytes.IndexAny(rest, "\"' \t\r\n/>;?"); end > 0 {
			return string(rest[:end])
		}
	}
	return ""
}
