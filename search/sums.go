package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"lianqiao/chain"
	"lianqiao/market"
)

// budget is how many postings the generating terms may have together, for n candidates.
func budget(n int) int { return max(1000, 4*n) }

// term is one term of a question that listings of the asked side have.
type term struct {
	weighted
	number   uint32 // its place in Batch.terms
	value    int64  // weight × idf
	cover    int64  // what sharing it counts in a cover, without its rarity
	coverLog int64  // what its rarity takes off
	sign     chain.GramSign
	*list
}

// question is what is asked of a Batch.
type question struct {
	terms      []term
	generating int   // so many of them, the first, find listings
	cover      int64 // as term.cover, of all that the question says
	coverLog   int64
	segment    bool // it asks for a segment of industry, which no listing is
}

// question looks up what is asked among the listings of a side, for n answers.
func (b *Batch) question(side market.Side, ask []weighted, n int) question {
	var q question
	listed := b.listed(side, ask)
	q.terms = make([]term, 0, len(ask))
	for _, w := range ask {
		sign := signOf(w.token)
		t := term{weighted: w, sign: sign}
		k, known := b.term[w.token]
		if !w.also {
			t.cover, t.coverLog = b.formula.coverOf(sign), b.formula.coverLogOf(sign, 0)
			if known {
				t.coverLog = int64(b.coverLog[k])
			}
			q.cover += t.cover
			q.coverLog += t.coverLog
		} else if w.goods {
			q.segment = !listed
			if listed {
				t.weight *= whenListed
			}
		}
		if !known || t.weight == 0 {
			continue
		}
		t.number, t.list = k, b.terms[k].of(side)
		if len(t.docs) > 0 || !w.also {
			t.value = inUnits(t.weight*idf(len(b.at), len(t.docs)), valueUnit)
			q.terms = append(q.terms, t)
		}
	}
	q.plan(n)
	return q
}

// plan orders the terms from the rarest on and says which of them generate.
func (q *question) plan(n int) {
	slices.SortFunc(q.terms, func(a, b term) int {
		if len(a.docs) != len(b.docs) {
			return cmp.Compare(len(a.docs), len(b.docs))
		}
		return strings.Compare(a.token, b.token)
	})
	total, some := 0, false
	for i := range q.terms {
		if q.terms[i].value > 0 {
			total += len(q.terms[i].docs)
			if some && total > budget(n) {
				return
			}
			some = some || total > 0
		}
		q.generating = i + 1
	}
}

// sums collects points by document number. It is reused: clear empties it at
// the cost of what was touched.
type sums struct {
	sum   []int64
	docs  []uint32 // touched
	place []uint16 // by number of a term: its place in the question and one more
	top   top
}

// room makes place for n documents.
func (s *sums) room(n int) {
	if more := n - len(s.sum); more > 0 {
		s.sum = append(s.sum, make([]int64, more+n/4)...)
	}
}

func (s *sums) clear() {
	for _, d := range s.docs {
		s.sum[d] = 0
	}
	s.docs = s.docs[:0]
}

// mark lets a listing's terms find themselves in the question.
func (s *sums) mark(q *question, terms int) {
	if more := terms - len(s.place); more > 0 {
		s.place = append(s.place, make([]uint16, more+more/4)...)
	}
	for i := range min(len(q.terms), math.MaxUint16) {
		s.place[q.terms[i].number] = uint16(i + 1)
	}
}

func (s *sums) unmark(q *question) {
	for i := range q.terms {
		s.place[q.terms[i].number] = 0
	}
}

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

// add gives every listing of a list its points: by the term's impact, and plain.
func (s *sums) add(l *list, value, plain int64) {
	for i, d := range l.docs {
		if s.sum[d] == 0 {
			s.docs = append(s.docs, d)
		}
		s.sum[d] += value*int64(l.impact[i]) + plain
	}
}

// rank leaves in s.docs the n listings with the most points and all that tie with
// the last of them, without those of the firm skip. The question is marked.
//
// The terms that generate are summed list by list. Then every listing found so
// gets what the frequent terms give it, those that lead first: soon n listings
// are known to reach a bar, and who could not reach it if it said every frequent
// term as much as it says anything is left out unseen.
func (s *sums) rank(b *Batch, q *question, n int, skip string) {
	s.room(len(b.docs))
	for i := range q.terms[:q.generating] {
		s.add(q.terms[i].list, q.terms[i].value, 0)
	}
	s.leadersFirst(n)
	s.top = top{n: n, heap: s.top.heap[:0]}
	frequent := q.terms[q.generating:]
	s.keep(func(d uint32) bool {
		could := int64(0)
		for i := range frequent {
			if frequent[i].mayHave(d) {
				could += frequent[i].value
			}
		}
		if s.sum[d]+could*int64(b.most[d]) < s.top.bar() || b.docs[d].firm == skip && skip != "" {
			return false
		}
		if could > 0 {
			for i := range frequent {
				s.sum[d] += frequent[i].value * int64(frequent[i].of(d))
			}
		}
		s.top.add(s.sum[d])
		return true
	})
	s.keep(func(d uint32) bool { return s.sum[d] >= s.top.bar() })
}

// leadersFirst moves those with the n greatest scores to the front.
func (s *sums) leadersFirst(n int) {
	s.top = top{n: n, heap: s.top.heap[:0]}
	for _, d := range s.docs {
		s.top.add(s.sum[d])
	}
	first := 0
	for i, d := range s.docs {
		if s.sum[d] >= s.top.bar() {
			s.docs[i], s.docs[first] = s.docs[first], d
			first++
		}
	}
}

// top knows the n greatest numbers of those that were added.
type top struct {
	n    int
	heap []int64 // the least is first
}

// bar is the n-th greatest, or 0 before there are n.
func (t *top) bar() int64 {
	if len(t.heap) < t.n || t.n == 0 {
		return 0
	}
	return t.heap[0]
}

func (t *top) add(x int64) {
	switch {
	case len(t.heap) < t.n:
		t.heap = append(t.heap, x)
		if len(t.heap) == t.n {
			slices.Sort(t.heap)
		}
	case t.n > 0 && x > t.heap[0]:
		t.heap[0] = x
		sink(t.heap)
	}
}

// sink restores a heap whose top has grown.
func sink(heap []int64) {
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
