package main

import (
	"embed"
	"fmt"
	"os"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed texts
var texts embed.FS

// The languages of the command line, as letters name them.
const (
	english = "en"
	chinese = "zh-CN"
)

// language is that of the help and of what is printed for people: Chinese
// where the locale says so. The configuration's language is that of letters;
// here it is the terminal that must be able to show the text.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return chinese
			}
			return english
		}
	}
	return english
}

// catalogues are the texts by language and key, read once from the files
// built in.
var catalogues = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{english, chinese} {
		raw, err := texts.ReadFile("texts/" + lang + ".yaml")
		if err == nil {
			m := map[string]string{}
			err = yaml.Unmarshal(raw, &m)
			all[lang] = m
		}
		if err != nil {
			panic(fmt.Sprintf("built-in texts of %s: %v", lang, err)) // a test reads them all
		}
	}
	return all
})

// text returns the text of key in the reader's language, its {places} filled
// from pairs of name and value. A key without a text stands for itself, as
// does one of the help that has only the English of the command.
func text(key string, pairs ...any) string {
	s, ok := catalogues()[language()][key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i].(string)+"}", fmt.Sprint(pairs[i+1]))
	}
	return s
}

// textOr is text with the English that stands in the code as its last resort.
func textOr(key, fallback string) string {
	if s, ok := catalogues()[language()][key]; ok {
		return s
	}
	return fallback
}
