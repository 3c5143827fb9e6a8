package chain

import (
	_ "embed"
	"strings"
)

// entry is what a word of the trade stands for.
type entry struct {
	canonical string
	kind      TermKind // empty: a filler, which says nothing about the product
	class     string   // GB/T 4754-2017
	parent    string   // the wider word, canonical
	group     []string // all words of the same meaning, canonical first
	learned   bool     // nothing is said of it but what it is made from or for
}

//go:embed products.tsv
var productTable string

//go:embed words.tsv
var wordTable string

var words = readWords(productTable, wordTable)

// readWords reads products (word, class, wider word, synonyms) and the other
// words (kind, words; the first of each comma group is canonical).
func readWords(products, others string) map[string]*entry {
	m := map[string]*entry{}
	for _, f := range rows(products, 4) {
		e := &entry{canonical: f[0], kind: KindProduct, class: f[1], parent: f[2], group: []string{f[0]}}
		e.group = append(e.group, strings.Fields(f[3])...)
		for _, w := range e.group {
			if _, ok := m[w]; !ok {
				m[w] = e
			}
		}
	}
	for _, f := range rows(others, 2) {
		for _, group := range strings.Fields(f[1]) {
			same := strings.Split(group, ",")
			e := &entry{canonical: same[0], kind: TermKind(f[0]), group: same}
			if f[0] == "filler" {
				e.kind = ""
			}
			for _, w := range same {
				if _, ok := m[w]; !ok {
					m[w] = e
				}
			}
		}
	}
	return m
}

// rows cuts a table of at least n columns; lines with # are comments.
func rows(tsv string, n int) [][]string {
	var out [][]string
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		for len(f) < n {
			f = append(f, "")
		}
		out = append(out, f)
	}
	return out
}

func trieOf(m map[string]*entry) (t trie[*entry]) {
	for w, e := range m {
		t.add(w, e)
	}
	return t
}

// Synonyms lists the other words of the same meaning in the embedded tables.
func Synonyms(word string) []string { return Embedded.Synonyms(word) }
