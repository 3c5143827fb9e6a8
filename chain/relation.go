package chain

import (
	_ "embed"
	"strings"
)

// Relation says that To is made from, or with, From.
type Relation struct {
	From   string
	To     string
	Weight float64 // 1: chief material; 0.6: part or auxiliary
	Added  bool    // not of the embedded tables
}

//go:embed relations.tsv
var relationTable string

var relations = readRelations(relationTable)

type graph struct{ up, down map[string][]Relation }

func (g *graph) add(r Relation) {
	g.up[r.To] = append(g.up[r.To], r)
	g.down[r.From] = append(g.down[r.From], r)
}

// readRelations reads: product, what it is chiefly made from, what else goes in.
func readRelations(tsv string) graph {
	g := graph{map[string][]Relation{}, map[string][]Relation{}}
	// Not canonical: Embedded, which knows how, holds what is read here.
	word := func(w string) string {
		w = Normalise(w)
		if e, ok := words[w]; ok && e.kind != "" {
			return e.canonical
		}
		return w
	}
	for _, f := range rows(tsv, 3) {
		for _, from := range strings.Fields(f[1]) {
			g.add(Relation{From: word(from), To: word(f[0]), Weight: 1})
		}
		for _, from := range strings.Fields(f[2]) {
			g.add(Relation{From: word(from), To: word(f[0]), Weight: 0.6})
		}
	}
	return g
}

// canonical and the two below go by the embedded tables alone.
func canonical(word string) string { return Embedded.canonical(word) }

// Upstream lists what a product is made from, chief materials first. A word
// without relations of its own has those of the wider word.
func Upstream(word string) []Relation { return Embedded.Upstream(word) }

// Downstream lists what is made from a product.
func Downstream(word string) []Relation { return Embedded.Downstream(word) }
