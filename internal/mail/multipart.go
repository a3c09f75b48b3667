package mail

import "bytes"

// splitMultipart cuts the body of a multipart into its parts, as slices of
// body. It is forgiving: line ends of any kind, a missing last delimiter, a
// missing or misspelt boundary parameter (the first delimiter-like line then
// decides). It returns nil where there is no delimiter at all. more reports
// that parts beyond limit were left.
func splitMultipart(body []byte, boundary string, limit int) (parts [][]byte, more bool) {
	if boundary != "" {
		if parts, more = cutParts(body, []byte("--"+boundary), limit); parts != nil {
			return parts, more
		}
	}
	if guess := guessDelimiter(body); guess != nil {
		return cutParts(body, guess, limit)
	}
	return nil, false
}

// cutParts cuts at the lines that consist of delim, optionally "--", and
// blanks: a longer boundary that begins with this one is another boundary.
func cutParts(body, delim []byte, limit int) (parts [][]byte, more bool) {
	start := -1 // of the part being read
	for at := 0; at < len(body); {
		i := bytes.Index(body[at:], delim)
		if i < 0 {
			break
		}
		i += at
		at = i + len(delim)
		if i > 0 && body[i-1] != '\n' {
			continue
		}
		line, _, _ := bytes.Cut(body[at:], []byte("\n"))
		tail := bytes.TrimSpace(line)
		if len(tail) > 0 && !bytes.Equal(tail, []byte("--")) {
			continue
		}
		if start >= 0 {
			if len(parts) == limit {
				return parts, true
			}
			parts = append(parts, trimLineEnd(body[start:i]))
		}
		at = min(at+len(line)+1, len(body))
		start = at
		if len(tail) > 0 {
			return parts, false
		}
	}
	if start >= 0 && start < len(body) {
		if len(parts) == limit {
			return parts, true
		}
		parts = append(parts, body[start:])
	}
	return parts, false
}

func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// guessDelimiter returns the first line that looks like a delimiter.
func guessDelimiter(body []byte) []byte {
	for line := range bytes.Lines(body[:min(len(body), 64<<10)]) {
		line = bytes.TrimSpace(line)
		if len(line) > 8 && len(line) < 100 && bytes.HasPrefix(line, []byte("--")) && !bytes.ContainsAny(line, " \t<>") {
			return bytes.TrimSuffix(line, []byte("--"))
		}
	}
	return nil
}
