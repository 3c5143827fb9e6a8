package chain

import (
	_ "embed"
	"slices"
	"strings"
)

// Relation says that To is made from, or with, From.
type Relation struct {
	From   string
	To     string
	Weight float64 // 1: chief material; 0.6: part or auxiliary
}

//go:embed relations.tsv
var relationTable string

var relations = readRelations(relationTable)

type graph struct{ up, down map[string][]Relation }

// readRelations reads: product, what it is chiefly made from, what else goes in.
func readRelations(tsv string) graph {
	g := graph{map[string][]Relation{}, map[string][]Relation{}}
	add := func(from, to string, w float64) {
		r := Relation{From: from, To: to, Weight: w}
		g.up[to] = append(g.up[to], r)
		g.down[from] = append(g.down[from], r)
	}
	for _, f := range rows(tsv, 3) {
		for _, from := range strings.Fields(f[1]) {
			add(canonical(from), canonical(f[0]), 1)
		}
		for _, from := range strings.Fields(f[2]) {
			add(canonical(from), canonical(f[0]), 0.6)
		}
	}
	return g
}

func canonical(word string) string {
	if e, ok := words[Normalise(word)]; ok && e.kind != "" {
		return e.canonical
	}
	return Normalise(word)
}

// Upstream lists what a product is made from, chief materials first. A word
// without relations of its own has those of the wider word.
func Upstream(word string) []Relation { return reach(relations.up, word) }

// Downstream lists what is made from a product.
func Downstream(word string) []Relation { return reach(relations.down, word) }

func reach(side map[string][]Relation, word string) []Relation {
	word = canonical(word)
	for range 4 {
		if list := side[word]; len(list) > 0 {
			return slices.Clone(list)
		}
		e, ok := words[word]
		if !ok || e.parent == "" {
			return nil
		}
		word = e.parent
	}
	return nil
}
