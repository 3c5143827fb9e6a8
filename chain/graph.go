package chain

import (
	"slices"
	"sync"
)

// Lead is a product that the chain leads to.
type Lead struct {
	Word   string
	Weight float64 // 1: said of this very product; less: concluded from others
	Via    string  // the product it was concluded from; "" when said of this one, or when no single one tells
}

// Kind says that Narrow is a kind of Broad.
type Kind struct {
	Broad  string
	Narrow string
}

// Graph is the chain as loaded relations tell it. What no relation says of a
// product is concluded: from products that are called alike or are its wider and
// narrower kinds, from the table of what things consist of, and from vectors
// that are learned from both. It is not changed after NewGraph and may be shared.
type Graph struct {
	up, down direction
	broader  map[string][]string
	narrower map[string][]string
}

// direction is the chain as it is followed one way.
type direction struct {
	loaded neighbourhood
	own    neighbourhood // of the table of what things consist of

	once    sync.Once // learning takes seconds, and not everybody asks for conclusions
	vectors *vectors
	parts   *partLeads
	names   []string // of the leads that the vectors know
	place   map[string]int32
}

// NewGraph makes a graph of relations and kinds.
func NewGraph(relations []Relation, kinds []Kind) *Graph {
	g := &Graph{broader: map[string][]string{}, narrower: map[string][]string{}}
	for _, k := range kinds {
		narrow, broad := Normalise(k.Narrow), Normalise(k.Broad)
		g.broader[narrow] = append(g.broader[narrow], broad)
		g.narrower[broad] = append(g.narrower[broad], narrow)
	}
	g.up.loaded, g.down.loaded = neighbourhoods(relations)
	g.up.own, g.down.own = neighbourhoods(composition())
	return g
}

func neighbourhoods(relations []Relation) (up, down neighbourhood) {
	ups, downs := map[string][]Lead{}, map[string][]Lead{}
	for _, r := range relations {
		from, to := Normalise(r.From), Normalise(r.To)
		ups[to] = append(ups[to], Lead{Word: from, Weight: r.Weight})
		downs[from] = append(downs[from], Lead{Word: to, Weight: r.Weight})
	}
	return newNeighbourhood(ups), newNeighbourhood(downs)
}

// How many words are concluded for a product of which nothing is said, and
// beside what is said.
const (
	leadsMost   = 30
	leadsBeside = 5
)

// Upstream lists what a product is made from, surest first.
func (g *Graph) Upstream(word string) []Lead { return g.from(&g.up, word) }

// Downstream lists what is made from a product, surest first.
func (g *Graph) Downstream(word string) []Lead { return g.from(&g.down, word) }

func (g *Graph) from(d *direction, word string) []Lead {
	word = Normalise(word)
	out := slices.Clone(d.loaded.leads[word])
	said := make(map[string]bool, len(out))
	for _, l := range out {
		said[l.Word] = true
	}
	most := leadsMost
	if len(out) > 0 {
		most = len(out) + leadsBeside
	}
	for _, l := range d.conclude(word, g.broader[word], g.narrower[word]) {
		if !said[l.Word] && len(out) < most {
			out = append(out, l)
		}
	}
	return out
}
