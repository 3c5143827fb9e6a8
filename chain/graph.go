package chain

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Lead is a product that the chain leads to.
type Lead struct {
	Word   string
	Weight float64 // 1: said of this very product; less: concluded from others
	Via    string  // the product it was concluded from; "" when said of this one
}

// Kind says that Narrow is a kind of Broad.
type Kind struct {
	Broad  string
	Narrow string
}

// Graph is the chain as loaded relations tell it. What no relation says of a
// product is concluded from products that are called alike, share its head or
// are its wider kind. It is not changed after NewGraph and may be shared.
type Graph struct {
	up, down neighbourhood
	broader  map[string][]string
	narrower map[string][]string
}

// NewGraph makes a graph of relations and kinds.
func NewGraph(relations []Relation, kinds []Kind) *Graph {
	g := &Graph{broader: map[string][]string{}, narrower: map[string][]string{}}
	for _, k := range kinds {
		narrow, broad := Normalise(k.Narrow), Normalise(k.Broad)
		g.broader[narrow] = append(g.broader[narrow], broad)
		g.narrower[broad] = append(g.narrower[broad], narrow)
	}
	up, down := map[string][]Lead{}, map[string][]Lead{}
	for _, r := range relations {
		from, to := Normalise(r.From), Normalise(r.To)
		up[to] = append(up[to], Lead{Word: from, Weight: r.Weight})
		down[from] = append(down[from], Lead{Word: to, Weight: r.Weight})
	}
	g.up, g.down = newNeighbourhood(up), newNeighbourhood(down)
	return g
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

func (g *Graph) from(n *neighbourhood, word string) []Lead {
	word = Normalise(word)
	out := slices.Clone(n.leads[word])
	said := make(map[string]bool, len(out))
	for _, l := range out {
		said[l.Word] = true
	}
	most := leadsMost
	if len(out) > 0 {
		most = len(out) + leadsBeside
	}
	for _, l := range n.conclude(word, g.broader[word], g.narrower[word]) {
		if !said[l.Word] && len(out) < most {
			out = append(out, l)
		}
	}
	return out
}

// neighbourhood finds products that are called alike among those that have
// leads of their own.
type neighbourhood struct {
	leads map[string][]Lead
	names []string
	size  []float64 // length of the name's vector
	posts map[string][]int32
	usual map[string]float64 // how many products have this lead, damped
}

func newNeighbourhood(leads map[string][]Lead) neighbourhood {
	n := neighbourhood{leads: leads, posts: map[string][]int32{}, usual: map[string]float64{}}
	for name := range leads {
		n.names = append(n.names, name)
	}
	slices.Sort(n.names)
	for i, name := range n.names {
		for _, f := range nameFeatures(name) {
			n.posts[f.gram] = append(n.posts[f.gram], int32(i))
		}
		for _, l := range leads[name] {
			n.usual[l.Word]++
		}
	}
	n.size = make([]float64, len(n.names))
	for i, name := range n.names {
		n.size[i] = n.length(nameFeatures(name))
	}
	return n
}

// feature is a part of a name. The end of a Chinese name says what it is, so
// its grams weigh more.
type feature struct {
	gram   string
	weight float64
}

func nameFeatures(name string) []feature {
	r := []rune(name)
	var out []feature
	add := func(gram string, weight float64) {
		for i := range out {
			if out[i].gram == gram {
				out[i].weight = max(out[i].weight, weight)
				return
			}
		}
		out = append(out, feature{gram, weight})
	}
	for i := range r {
		w := 0.35
		if i == len(r)-1 {
			w = 0.6
		}
		add(string(r[i:i+1]), w)
		if i+1 < len(r) {
			w := 1.0
			if i+2 == len(r) {
				w = 1.6
			}
			add(string(r[i:i+2]), w)
		}
	}
	if len(r) > 3 {
		add("$"+string(r[len(r)-3:]), 1.6)
	}
	return out
}

func (n *neighbourhood) idf(gram string) float64 {
	return math.Log(1 + float64(len(n.names))/float64(1+len(n.posts[gram])))
}

func (n *neighbourhood) length(features []feature) float64 {
	sum := 0.0
	for _, f := range features {
		v := f.weight * n.idf(f.gram)
		sum += v * v
	}
	return math.Sqrt(sum)
}

// alike is a product with its likeness, 0 … 1.
type alike struct {
	name     string
	likeness float64
}

const (
	alikeMost     = 60
	asWiderOne    = 0.4 // what is said of the wider kind counts so much
	asNarrowerOne = 0.5 // and what is said of a narrower one
)

func (n *neighbourhood) alikes(word string) []alike {
	features := nameFeatures(word)
	size := n.length(features)
	sums := map[int32]float64{}
	for _, f := range features {
		idf := n.idf(f.gram)
		for _, i := range n.posts[f.gram] {
			sums[i] += f.weight * f.weight * idf * idf
		}
	}
	out := make([]alike, 0, len(sums))
	for i, s := range sums {
		if n.names[i] != word {
			out = append(out, alike{n.names[i], min(1, s/(size*n.size[i]))})
		}
	}
	slices.SortFunc(out, func(a, b alike) int {
		return cmp.Or(cmp.Compare(b.likeness, a.likeness), strings.Compare(a.name, b.name))
	})
	return out[:min(len(out), alikeMost)]
}

// conclude adds up what is said of products alike, of wider kinds
// and of narrower ones.
func (n *neighbourhood) conclude(word string, broader, narrower []string) []Lead {
	near := n.alikes(word)
	for _, b := range broader {
		if len(n.leads[b]) > 0 {
			near = append(near, alike{b, asWiderOne})
		}
	}
	for _, b := range narrower {
		if len(n.leads[b]) > 0 {
			near = append(near, alike{b, asNarrowerOne})
		}
	}
	points, best, via := map[string]float64{}, map[string]float64{}, map[string]string{}
	for _, a := range near {
		share := a.likeness * a.likeness
		for _, l := range n.leads[a.name] {
			if l.Word == word {
				continue
			}
			p := share * max(l.Weight, 0.1) * (1 + 0.1*math.Log(n.usual[l.Word]))
			points[l.Word] += p
			if p > best[l.Word] {
				best[l.Word], via[l.Word] = p, a.name
			}
		}
	}
	out := make([]Lead, 0, len(points))
	for w, p := range points {
		out = append(out, Lead{Word: w, Weight: p, Via: via[w]})
	}
	slices.SortFunc(out, func(a, b Lead) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), strings.Compare(a.Word, b.Word))
	})
	if len(out) > 0 { // below what is said, in their order
		top := out[0].Weight + 0.2
		for i := range out {
			out[i].Weight *= 0.5 / top
		}
	}
	return out
}
