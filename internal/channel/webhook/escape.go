package webhook

import "strings"

// escapes returns how a plain text is written so that the receiver shows it as
// it is: letters name issuers and shops, which others choose, and their signs
// must neither format nor call anybody. "" is a receiver of plain text; nil is
// an unknown name.
func escapes(name string) func(string) string {
	switch name {
	case "":
		return func(s string) string { return s }
	case "markdown":
		return markdown
	case "markdown-paragraphs": // where one line end is only a space
		return func(s string) string { return strings.ReplaceAll(markdown(s), "\n", "\n\n") }
	case "mattermost": // has no other way to keep @all from calling all
		return func(s string) string { return strings.ReplaceAll(markdown(s), "@", "@"+zeroWidth) }
	case "slack":
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	case "feishu": // <at user_id="all"> in a text calls everybody
		return func(s string) string { return strings.ReplaceAll(s, "<", "<"+zeroWidth) }
	}
	return nil
}

// zeroWidth cannot be seen and keeps its neighbours apart.
const zeroWidth = "\u200b"

// markdown escapes what CommonMark and its kin take for markup, and no more: a
// phone's preview shows the backslashes.
func markdown(s string) string {
	var b strings.Builder
	start := true // nothing but spaces on this line yet
	for _, r := range s {
		switch {
		case r == '\n':
			start = true
			b.WriteRune(r)
			continue
		case start && r == ' ', start && r == '\t':
			b.WriteRune('\u00a0') // four spaces would begin a block of code
			continue
		case strings.ContainsRune("\\`*_~|[]<>", r), start && strings.ContainsRune("#=-+", r):
			b.WriteRune('\\')
		}
		start = false
		b.WriteRune(r)
	}
	return b.String()
}
