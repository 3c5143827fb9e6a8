package chain

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// neighbourhood finds products that are called alike among those that have
// leads of their own.
type neighbourhood struct {
	leads map[string][]Lead
	names []string  // sorted
	size  []float64 // length of the name's vector
	posts map[string][]int32
	usual map[string]float64 // how many products have this lead
}

func newNeighbourhood(leads map[string][]Lead) neighbourhood {
	n := neighbourhood{leads: leads, posts: map[string][]int32{}, usual: map[string]float64{}}
	for name := range leads {
		n.names = append(n.names, name)
	}
	slices.Sort(n.names)
	features := make([][]feature, len(n.names))
	for i, name := range n.names {
		features[i] = nameFeatures(name)
		for _, f := range features[i] {
			n.posts[f.gram] = append(n.posts[f.gram], int32(i))
		}
		for _, l := range leads[name] {
			n.usual[l.Word]++
		}
	}
	n.size = make([]float64, len(n.names))
	for i := range n.names {
		n.size[i] = n.length(features[i])
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

// alikes are the products that are called most alike, the product itself left out.
func (n *neighbourhood) alikes(word string, most int) []alike {
	features := nameFeatures(word)
	size := n.length(features)
	sums := make([]float64, len(n.names))
	for _, f := range features {
		idf := n.idf(f.gram)
		for _, i := range n.posts[f.gram] {
			sums[i] += f.weight * f.weight * idf * idf
		}
	}
	for i, s := range sums {
		if s > 0 {
			sums[i] = min(1, s/(size*n.size[i]))
		}
		if n.names[i] == word {
			sums[i] = 0
		}
	}
	var out []alike
	for _, i := range greatest(sums, most) {
		if sums[i] > 0 {
			out = append(out, alike{n.names[i], sums[i]})
		}
	}
	return out
}

// greatest are the places of the n greatest numbers, the greatest first.
func greatest(list []float64, n int) []int {
	var out []int
	for i, x := range list {
		if len(out) == n && x <= list[out[n-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, x, func(j int, x float64) int {
			if list[j] >= x {
				return -1
			}
			return 1
		})
		if len(out) == n {
			out = out[:n-1]
		}
		out = slices.Insert(out, at, i)
	}
	return out
}

// byWeight orders leads.
func byWeight(a, b Lead) int {
	return cmp.Or(cmp.Compare(b.Weight, a.Weight), strings.Compare(a.Word, b.Word))
}
