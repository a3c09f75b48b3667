package issuer

import (
	"slices"
	"strings"
	"sync"
)

// wordIndex finds, in one walk over a text, which of the fixed words of a
// rule's patterns occur on which line. A pattern is then tried only on lines
// that hold a word of each of its groups, so the cost of a message does not
// grow with the number of patterns.
type wordIndex struct {
	// build makes the tree when it is first asked for: of the many issuers of a
	// set only few ever write. bare is a pattern without fixed words, which may
	// fit any line.
	build func() (tree *labelTree, bare bool)
}

// newWordIndex gathers the words of the patterns.
func newWordIndex(patterns []*pattern) *wordIndex {
	return &wordIndex{sync.OnceValues(func() (*labelTree, bool) {
		tree, bare := &labelTree{}, false
		for _, p := range patterns {
			bare = bare || len(p.needs) == 0
			for _, group := range p.needs {
				for _, w := range group {
					tree.node(w).here = &label{word: w}
				}
			}
		}
		return tree, bare
	})}
}

// any reports whether a text holds one of the words at all.
func (x *wordIndex) any(s string) bool {
	tree, bare := x.build()
	if bare {
		return true
	}
	for i := range len(s) {
		if !tree.mayStart(s[i]) {
			continue
		}
		for j, node := i, tree; j < len(s); j++ {
			if node = node.child(s[j]); node == nil {
				break
			}
			if node.here != nil {
				return true
			}
		}
	}
	return false
}

// hits are the lines on which each word occurs, ascending.
type hits map[string][]int

// find returns the hits in the lower-case texts of lines.
func (x *wordIndex) find(texts []string) hits {
	tree, _ := x.build()
	h := hits{}
	for n, s := range texts {
		for i := 0; i < len(s); i++ {
			if !tree.mayStart(s[i]) {
				continue
			}
			for j, node := i, tree; j < len(s); j++ {
				if node = node.child(s[j]); node == nil {
					break
				}
				if node.here != nil {
					w := node.here.word
					if list := h[w]; len(list) == 0 || list[len(list)-1] != n {
						h[w] = append(list, n)
					}
				}
			}
		}
	}
	return h
}

// lines returns the lines that hold a word of every group of p; all reports a
// pattern without fixed words, which may occur anywhere.
func (h hits) lines(p *pattern) (lines []int, all bool) {
	if len(p.needs) == 0 {
		return nil, true
	}
	for i, group := range p.needs {
		var here []int
		for _, w := range group {
			here = append(here, h[w]...)
		}
		slices.Sort(here)
		here = slices.Compact(here)
		if i > 0 && !p.crosses {
			here = slices.DeleteFunc(here, func(n int) bool { _, ok := slices.BinarySearch(lines, n); return !ok })
		}
		if len(here) == 0 {
			return nil, false
		}
		lines = here
	}
	return lines, false
}

// need notes a group of words of which every match holds one.
func (p *pattern) need(words ...string) {
	for i, w := range words {
		words[i] = strings.TrimSpace(w)
		if words[i] == "" {
			return
		}
	}
	p.needs = append(p.needs, words)
}
