package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"lianqiao/chain"
)

// The formula of candidates:
//
//	score(listing) = Σ weight(term) × idf(term) / damp(terms of the listing)
//
// over the terms that the question and the listing share. A listing is a
// candidate when it has at least one generating term: terms generate from the
// rarest on, until together they stand in more than a budget of listings. What
// every listing has tells nothing apart, and walking it is what costs.

// Candidate is a listing that may fit, with the score of its shared terms.
type Candidate struct {
	ID    string
	Score float64
}

// weighted is a term of the question.
type weighted struct {
	token  string
	weight float64
}

// wanted turns a reading into weighted tokens, each once with its greatest weight.
func wanted(r chain.Reading) []weighted {
	out := make([]weighted, 0, len(r.Terms))
	at := make(map[string]int, len(r.Terms))
	for _, t := range r.Terms {
		token := strings.Join(strings.Fields(t.Text), "_")
		if token == "" || t.Weight <= 0 {
			continue
		}
		if i, ok := at[token]; ok {
			out[i].weight = max(out[i].weight, t.Weight)
			continue
		}
		at[token] = len(out)
		out = append(out, weighted{token, t.Weight})
	}
	for _, g := range r.Grams {
		if _, ok := at[g]; !ok {
			at[g] = len(out)
			w := weightPlain
			if len(g) <= 4 { // one character
				w = weightSingle
			}
			out = append(out, weighted{g, w})
		}
	}
	return out
}

// What a pair of characters and a single one weigh that belong to no word of a
// product: enough to find what no table knows, and to tell two listings of one
// product apart. Chosen on the benches of real listings.
const (
	weightPlain  = 0.8
	weightSingle = 0.3
)

// idf is how telling a term is that stands in df of all listings.
func idf(all, df int) float64 {
	return math.Log(1 + (float64(all-df)+0.5)/(float64(df)+0.5))
}

// damp keeps long texts from winning by their length alone: a listing of 100
// terms counts half of one that says nothing but the product.
func damp(terms int) float64 { return 1 + float64(terms)/100 }

// budget is how many postings the generating terms may have together, for n candidates.
func budget(n int) int { return max(2000, 4*n) }

// term is one term of a question with its place in the plan.
type term struct {
	weighted
	value float64  // weight × idf
	docs  []uint32 // the listings that have it, ascending
}

// plan orders the terms from the rarest on and says how many of them generate.
func plan(terms []term, all, n int) (ordered []term, generating int) {
	for i := range terms {
		terms[i].value = terms[i].weight * idf(all, len(terms[i].docs))
	}
	slices.SortFunc(terms, func(a, b term) int {
		return cmp.Or(cmp.Compare(len(a.docs), len(b.docs)), strings.Compare(a.token, b.token))
	})
	total := 0
	for i, t := range terms {
		total += len(t.docs)
		if i > 0 && total > budget(n) {
			return terms, i
		}
	}
	return terms, len(terms)
}

// sums collects scores by document number. It is reused: clear empties it at
// the cost of what was touched.
type sums struct {
	sum    []float64
	length []uint16 // terms of the document
	docs   []uint32 // touched
}

// room makes place for n documents.
func (s *sums) room(n int) {
	if more := n - len(s.sum); more > 0 {
		more += n / 4
		s.sum = append(s.sum, make([]float64, more)...)
		s.length = append(s.length, make([]uint16, more)...)
	}
}

func (s *sums) clear() {
	for _, d := range s.docs {
		s.sum[d] = 0
	}
	s.docs = s.docs[:0]
}

func (s *sums) score(doc uint32) float64 { return s.sum[doc] / damp(int(s.length[doc])) }

// keep forgets the documents for which ok is false.
func (s *sums) keep(ok func(doc uint32) bool) {
	kept := s.docs[:0]
	for _, d := range s.docs {
		if ok(d) {
			kept = append(kept, d)
		} else {
			s.sum[d] = 0
		}
	}
	s.docs = kept
}

// rank leaves in s.docs the n best documents and all that tie with the last of
// them, without those of the firm skip.
func (s *sums) rank(b *Batch, terms []term, generating, n int, skip string) {
	s.room(len(b.docs))
	for _, t := range terms[:generating] {
		for _, d := range t.docs {
			if s.sum[d] == 0 {
				s.docs = append(s.docs, d)
			}
			s.sum[d] += t.value
		}
	}
	for _, d := range s.docs {
		s.length[d] = uint16(min(len(b.docs[d].terms), math.MaxUint16))
	}
	if skip != "" {
		s.keep(func(d uint32) bool { return b.docs[d].firm != skip })
	}
	if generating < len(terms) {
		s.rescore(terms[generating:], n)
	}
	last := s.nth(n)
	s.keep(func(d uint32) bool { return s.score(d) >= last })
}

// rescore adds the frequent terms, only to documents that could still be among
// the n best if they had every one of them.
func (s *sums) rescore(frequent []term, n int) {
	rest := 0.0
	for _, t := range frequent {
		rest += t.value
	}
	least := s.nth(n)
	const slack = 1e-9 // sums are rounded
	s.keep(func(d uint32) bool {
		return (s.sum[d]+rest)/damp(int(s.length[d])) >= least-slack
	})
	slices.Sort(s.docs)
	for _, t := range frequent {
		rest := t.docs
		for _, d := range s.docs {
			i, found := slices.BinarySearch(rest, d)
			if found {
				s.sum[d] += t.value
			}
			rest = rest[i:]
		}
	}
}

// nth is the n-th greatest score, or 0 when there are fewer.
func (s *sums) nth(n int) float64 {
	if len(s.docs) < n || n <= 0 {
		return 0
	}
	heap := make([]float64, 0, n) // the least of the best is on top
	for _, d := range s.docs {
		score := s.score(d)
		if len(heap) < n {
			heap = append(heap, score)
			if len(heap) == n {
				slices.Sort(heap)
			}
			continue
		}
		if score > heap[0] {
			heap[0] = score
			sink(heap)
		}
	}
	return heap[0]
}

// sink restores a heap whose top has grown.
func sink(heap []float64) {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1] < heap[child] {
			child++
		}
		if heap[i] <= heap[child] {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// best orders candidates by score, ties by id, and cuts after n.
func best(found []Candidate, n int) []Candidate {
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	return found[:min(n, len(found))]
}
