package chain

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Additions are what a city or an association adds to the embedded tables.
type Additions struct {
	Same      [][]string        // groups of words for the same thing
	Classes   map[string]string // product → code of GB/T 4754-2017
	Relations []Relation
}

// Empty says that nothing is added.
func (a *Additions) Empty() bool {
	return len(a.Same)+len(a.Classes)+len(a.Relations) == 0
}

// Book is the words that texts are read with: the embedded tables, or those of
// another book with additions on top. It is not changed after it is made and may
// be shared.
type Book struct {
	base  *Book // nil for the embedded tables
	words map[string]*entry
	spelt trie[*entry]        // the same words
	same  map[string][]string // canonical product word → other names of the same thing
	graph graph

	unfolded bool
}

// Embedded is the book of the embedded tables alone.
var Embedded = &Book{words: words, spelt: trieOf(words), graph: relations}

// Unfolded is the book without the groups of words for the same thing, to measure
// what they are worth.
func (b *Book) Unfolded() *Book {
	n := *b
	n.unfolded = true
	return &n
}

// With is the book with additions on top. What the book below says stays: a word
// that it knows is still the word it is, and gets other names; a word that it does
// not know becomes one. With no additions it is the book itself.
func (b *Book) With(a Additions) *Book {
	if a.Empty() {
		return b
	}
	n := &Book{base: b, unfolded: b.unfolded, words: map[string]*entry{}, same: map[string][]string{}, graph: graph{map[string][]Relation{}, map[string][]Relation{}}}
	for _, group := range a.Same {
		n.addGroup(group)
	}
	products := make([]string, 0, len(a.Classes))
	for word := range a.Classes {
		products = append(products, word)
	}
	slices.Sort(products)
	for _, word := range products {
		n.addClass(nameOf(word), a.Classes[word])
	}
	for _, r := range a.Relations {
		from, to := nameOf(r.From), nameOf(r.To)
		n.learnWord(from)
		n.learnWord(to)
		n.graph.add(Relation{From: n.canonical(from), To: n.canonical(to), Weight: r.Weight, Added: true})
	}
	n.spelt = trieOf(n.words)
	return n
}

// addGroup makes words names of one thing. What the book below knows of one of
// them, its class and its wider word, holds for those that it does not know.
func (b *Book) addGroup(group []string) {
	var like *entry
	var names []string
	for _, w := range group {
		if w = nameOf(w); w == "" {
			continue
		}
		names = once(names, w)
		if e, ok := b.word(w); ok && like == nil && e.kind != "" {
			like = e
		}
	}
	for i, w := range names {
		if e, ok := b.word(w); ok {
			names[i] = e.canonical
			continue
		}
		switch {
		case like == nil:
			b.learnWord(w)
		case like.kind == KindProduct:
			b.words[w] = &entry{canonical: w, kind: KindProduct, class: like.class, parent: like.parent, group: []string{w}}
		default: // another name of a material or a process is read as it
			b.words[w], names[i] = like, like.canonical
		}
	}
	if like != nil && like.kind != KindProduct {
		return
	}
	for _, w := range names {
		for _, other := range names {
			if other != w {
				b.same[w] = once(b.same[w], other)
			}
		}
	}
}

// nameOf is a word as it is read in a title: without what ends a phrase and says
// nothing of the goods (减震器总成).
func nameOf(word string) string {
	s := []rune(Normalise(word))
	for cut := true; cut; {
		cut = false
		for n := min(4, len(s)-2); n > 1; n-- { // a single one is part of a word: 管件
			if e, ok := words[string(s[len(s)-n:])]; ok && e.kind == "" {
				s, cut = s[:len(s)-n], true
				break
			}
		}
	}
	return string(s)
}

// learnWord makes a word a product that the tables did not know.
func (b *Book) learnWord(w string) {
	if _, ok := b.word(w); !ok && w != "" {
		b.words[w] = &entry{canonical: w, kind: KindProduct, parent: tail(w), group: []string{w}, learned: true}
	}
}

// addClass says which class a product is of, in place of what the book below says.
func (b *Book) addClass(w, code string) {
	b.learnWord(w)
	if e, ok := b.word(w); ok && e.kind == KindProduct {
		with := *e
		with.class = code
		for _, name := range append([]string{w}, e.group...) {
			b.words[name] = &with
		}
	}
}

// word finds what a normalised word stands for.
func (b *Book) word(w string) (*entry, bool) {
	for ; b != nil; b = b.base {
		if e, ok := b.words[w]; ok {
			return e, true
		}
	}
	return nil, false
}

// match finds the longest word at the start of s; n is its length, 0 for none. Of
// words as long as each other that of the upper book counts.
func (b *Book) match(s []rune) (e *entry, n int) {
	for ; b != nil; b = b.base {
		if found, length := b.spelt.longest(s); length > n {
			e, n = *found, length
		}
	}
	return e, n
}

func (b *Book) canonical(word string) string {
	if e, ok := b.word(Normalise(word)); ok && e.kind != "" {
		return e.canonical
	}
	return Normalise(word)
}

// Synonyms lists the other words of the same meaning.
func (b *Book) Synonyms(word string) []string {
	word = Normalise(word)
	e, ok := b.word(word)
	if !ok {
		return nil
	}
	var out []string
	for _, w := range e.group {
		if w != word {
			out = append(out, w)
		}
	}
	for _, w := range b.others(e.canonical) {
		if w != word {
			out = once(out, w)
		}
	}
	return out
}

// others are the names that additions give a canonical word.
func (b *Book) others(canonical string) []string {
	var out []string
	for ; b != nil; b = b.base {
		for _, w := range b.same[canonical] {
			out = once(out, w)
		}
	}
	return out
}

// Upstream lists what a product is made from: what was added first, then by the
// tables below, chief materials first. A word without relations of its own has
// those of the wider word.
func (b *Book) Upstream(word string) []Relation {
	return b.reach(word, func(g *graph) map[string][]Relation { return g.up })
}

// Downstream lists what is made from a product, in the same order.
func (b *Book) Downstream(word string) []Relation {
	return b.reach(word, func(g *graph) map[string][]Relation { return g.down })
}

func (b *Book) reach(word string, side func(*graph) map[string][]Relation) []Relation {
	var out []Relation
	for layer := b; layer != nil; layer = layer.base {
		found := b.reachIn(side(&layer.graph), word)
		if len(out) == 0 {
			out = slices.Clone(found)
			continue
		}
		said := make(map[[2]string]bool, len(out))
		for _, r := range out {
			said[[2]string{r.From, r.To}] = true
		}
		for _, r := range found {
			if !said[[2]string{r.From, r.To}] {
				out = append(out, r)
			}
		}
	}
	return out
}

func (b *Book) reachIn(list map[string][]Relation, word string) []Relation {
	word = b.canonical(word)
	for range 4 {
		if found := list[word]; len(found) > 0 {
			return found
		}
		e, ok := b.word(word)
		if !ok || e.parent == "" {
			return nil
		}
		word = e.parent
	}
	return nil
}

// Words are the books in force: one for everybody, and one on top of it for the
// listings of each cluster whose association added something. The nil Words are
// the embedded tables.
type Words struct {
	all      *Book
	of       map[string]*Book
	clusters []string // of them, in a fixed order
}

// NewWords puts an installation's additions on the embedded tables, and each
// cluster's on those.
func NewWords(all Additions, of map[string]Additions) *Words {
	w := &Words{all: Embedded.With(all), of: make(map[string]*Book, len(of))}
	for cluster, a := range of {
		if !a.Empty() {
			w.of[cluster] = w.all.With(a)
			w.clusters = append(w.clusters, cluster)
		}
	}
	slices.Sort(w.clusters)
	return w
}

// Of is the book that the listings of a cluster are read with; of "" and of a
// cluster without additions it is everybody's.
func (w *Words) Of(cluster string) *Book {
	if w == nil {
		return Embedded
	}
	if b := w.of[cluster]; b != nil {
		return b
	}
	return w.all
}

// elsewhereMost is how many names or relations of other clusters one reading is
// looked for by.
const elsewhereMost = 8

// NamesElsewhere are the names that the additions of other clusters than this one
// give the heads of a reading. By them a listing finds those of that cluster,
// which count as the same goods; listings of anybody else do not.
func (w *Words) NamesElsewhere(cluster string, r Reading) []string {
	return w.elsewhere(cluster, func(b *Book) (out []string) {
		for _, h := range r.Heads {
			out = append(out, b.same[h]...)
		}
		return out
	})
}

// LeadsElsewhere are the words up and down the chain by the additions of other clusters.
func (w *Words) LeadsElsewhere(cluster, head string) []string {
	return w.elsewhere(cluster, func(b *Book) (out []string) {
		for _, r := range b.reachIn(b.graph.up, head) {
			out = append(out, r.From)
		}
		for _, r := range b.reachIn(b.graph.down, head) {
			out = append(out, r.To)
		}
		return out
	})
}

func (w *Words) elsewhere(cluster string, of func(*Book) []string) []string {
	if w == nil {
		return nil
	}
	var out []string
	for _, c := range w.clusters {
		if c == cluster {
			continue
		}
		for _, word := range of(w.of[c]) {
			if out = once(out, word); len(out) == elsewhereMost {
				return out
			}
		}
	}
	return out
}

// Concerned tells which titles words are about: those that say one of them, or
// whose product is a kind of one by the tables.
type Concerned struct {
	words   map[string]bool
	longest map[rune]int
}

// NewConcerned collects the words.
func NewConcerned(list []string) *Concerned {
	c := &Concerned{map[string]bool{}, map[rune]int{}}
	for _, w := range list {
		if w = Normalise(w); w != "" {
			c.words[w] = true
			first, _ := utf8.DecodeRuneInString(w)
			c.longest[first] = max(c.longest[first], utf8.RuneCountInString(w))
		}
	}
	return c
}

// By says whether a title is concerned.
func (c *Concerned) By(title string) bool {
	s := runes(title, maxText)
	for i := range s {
		for n := min(c.longest[s[i]], len(s)-i); n > 0; n-- {
			if c.words[string(s[i:i+n])] {
				return true
			}
		}
	}
	for _, h := range Read(title, "").Heads {
		for n := 0; h != "" && n < 5; n++ {
			if c.words[h] || slices.ContainsFunc(Synonyms(h), func(w string) bool { return c.words[w] }) {
				return true
			}
			h = parentOf(h)
		}
	}
	return false
}

// NamesGoods says whether a word can be the name of goods: 供应 and 直径 say
// something about an offer, and no more.
func NamesGoods(word string) bool {
	word = Normalise(word)
	e, ok := Embedded.word(word)
	switch {
	case ok:
		return e.kind != "" && e.kind != "measure" && e.kind != "form"
	case strings.ContainsFunc(word, han):
		return true
	}
	return strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz")
}
