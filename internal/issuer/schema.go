package issuer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// The bounds of structured data in one message.
const (
	maxItems = 200
	maxDepth = 30
)

// jsonItems returns every schema.org Invoice in the JSON-LD of an HTML text:
// alone, in an array, in a @graph or nested in another thing.
func jsonItems(raw []byte) []map[string]any {
	if !bytes.Contains(bytes.ToLower(raw), []byte("ld+json")) {
		return nil
	}
	var out []map[string]any
	z := html.NewTokenizer(bytes.NewReader(raw))
	for inside := false; ; {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			inside = isLDScript(z.Token())
		case html.TextToken:
			if inside {
				out = append(out, invoicesIn(decodeJSON(z.Raw()), 0)...)
			}
			inside = false
		default:
			inside = false
		}
		if len(out) > maxItems {
			return out[:maxItems]
		}
	}
}

func isLDScript(t html.Token) bool {
	if t.Data != "script" {
		return false
	}
	for _, a := range t.Attr {
		if a.Key == "type" && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "application/ld+json") {
			return true
		}
	}
	return false
}

func decodeJSON(raw []byte) any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	return v
}

func invoicesIn(v any, depth int) []map[string]any {
	if depth > maxDepth {
		return nil
	}
	var out []map[string]any
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, invoicesIn(e, depth+1)...)
		}
	case map[string]any:
		if isType(v["@type"], "Invoice") {
			return []map[string]any{v}
		}
		for _, key := range sortedKeys(v) {
			out = append(out, invoicesIn(v[key], depth+1)...)
		}
	}
	return out
}

func isType(v any, want string) bool {
	switch v := v.(type) {
	case string:
		return lastSegment(v) == want
	case []any:
		for _, e := range v {
			if isType(e, want) {
				return true
			}
		}
	}
	return false
}

// lastSegment returns the name behind a vocabulary's address.
func lastSegment(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	return s[strings.LastIndexAny(s, "/#:")+1:]
}

// first returns the first element of an array, or the value itself.
func first(v any) any {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		return list[0]
	}
	return v
}

// text returns a property as words: a string, a number, or the @id, name or
// value of a thing.
func text(v any) string {
	switch v := first(v).(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case map[string]any:
		for _, key := range []string{"@id", "value", "@value"} {
			if s, ok := v[key].(string); ok {
				return strings.TrimSpace(s)
			}
			if n, ok := v[key].(json.Number); ok {
				return fmt.Sprint(n)
			}
		}
	}
	return ""
}

func firstText(m map[string]any, keys ...string) string {
	for _, k := range keys {
		if s := text(m[k]); s != "" {
			return s
		}
	}
	return ""
}

// microItems returns the Invoices written as microdata.
func microItems(raw []byte) []map[string]any {
	if !bytes.Contains(raw, []byte("itemtype")) {
		return nil
	}
	root, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	var out []map[string]any
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if depth > 400 || len(out) > maxItems {
			return
		}
		if lastSegment(attr(n, "itemtype")) == "Invoice" {
			out = append(out, microItem(n))
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(root, 0)
	return out
}

// microItem collects the properties of one item.
func microItem(n *html.Node) map[string]any {
	item := map[string]any{"@type": attr(n, "itemtype")}
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < 400; c = c.NextSibling {
			_, scoped := attrOK(c, "itemscope")
			for _, name := range strings.Fields(attr(c, "itemprop")) {
				if _, ok := item[name]; ok {
					continue
				}
				if scoped {
					item[name] = microItem(c)
				} else {
					item[name] = microValue(c)
				}
			}
			if !scoped {
				walk(c, depth+1)
			}
		}
	}
	walk(n, 0)
	return item
}

func microValue(n *html.Node) string {
	for _, key := range []string{"content", "datetime", "href", "value"} {
		if v, ok := attrOK(n, key); ok {
			return v
		}
	}
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil && depth < 400; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return strings.TrimSpace(b.String())
}

func attr(n *html.Node, key string) string {
	v, _ := attrOK(n, key)
	return v
}

func attrOK(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}
