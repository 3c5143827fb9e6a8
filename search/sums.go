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

// term is one term of a question.
type term struct {
	token    string
	number   uint32 // its place in Batch.terms
	value    int64  // weight × idf
	cover    int64  // what sharing it counts in a cover, without its rarity
	coverLog int64  // what its rarity takes off
	sign     chain.GramSign
	also     bool
	*list
}

// question is what is asked of a Batch.
type question struct {
	terms      []term
	generating int   // so many of them, the first, find listings
	cover      int64 // as term.cover, of all that the question says
	coverLog   int64
	contraries []contrary
	names      []name
	segment    bool // it asks for a segment of industry, which no listing is
}

// nobodys is the list of no side. It is only read.
var nobodys list

// question looks up what is asked among the listings of a side, for n answers;
// side "" is for covers alone.
func (b *Batch) question(side market.Side, ask []weighted, n int, s *sums) question {
	q := question{terms: slices.Grow(s.terms[:0], len(ask)), names: s.names[:0]}
	listed := b.listed(side, ask)
	for i := range ask {
		w := &ask[i]
		t := term{token: w.token, sign: signOf(w.token), also: w.also}
		weight := w.weight
		k, known := b.term.of(w.token)
		if !w.also {
			t.cover, t.coverLog = b.formula.coverOf(t.sign), b.formula.coverLogOf(t.sign, 0)
			if known {
				t.coverLog = int64(b.coverLog[k])
			}
			if t.sign == chain.GramPhrase {
				q.name(w.token)
			}
			if t.sign == chain.GramPair {
				if c, ok := b.contrary(w.token, k, known); ok {
					q.contraries = append(q.contraries, c)
				}
			}
			q.cover += t.cover
			q.coverLog += t.coverLog
		} else if w.goods {
			q.segment = !listed
			if listed {
				weight *= whenListed
			}
		}
		if !known || weight == 0 {
			continue
		}
		t.number, t.list = k, &nobodys
		if side != "" {
			t.list = b.terms[k].of(side)
		}
		if len(t.in) > 0 || side == "" {
			t.value = inUnits(weight*(b.logAll-logOf(len(t.in))), valueUnit)
			q.terms = append(q.terms, t)
		}
	}
	q.contraries = oneWay(q.contraries)
	s.terms, s.names = q.terms, q.names
	if side != "" {
		q.plan(n, s)
	}
	return q
}

// howMany is how many listings have a term of a question.
type howMany struct{ docs, term uint32 }

// plan orders the terms from the rarest on and says which of them generate.
func (q *question) plan(n int, s *sums) {
	s.order = s.order[:0]
	for i := range q.terms {
		s.order = append(s.order, howMany{uint32(len(q.terms[i].in)), uint32(i)})
	}
	slices.SortFunc(s.order, func(a, b howMany) int {
		if a.docs != b.docs {
			return cmp.Compare(a.docs, b.docs)
		}
		return strings.Compare(q.terms[a.term].token, q.terms[b.term].token)
	})
	s.ordered = s.ordered[:0]
	for _, o := range s.order {
		s.ordered = append(s.ordered, q.terms[o.term])
	}
	q.terms = s.ordered
	total, some := 0, false
	for i := range q.terms {
		if q.terms[i].value > 0 {
			total += len(q.terms[i].in)
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
	asked []uint64 // by number of a term: a bit for those of the question
	place []uint16 // of these: the place in the question
	top   top

	// Memory of one question for the next.
	terms, ordered []term
	names          []name
	order          []howMany
	may            []chance
	found          []looked
	best           []ranking
	fetched        uint32 // of no use, so that it is read
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

// mark lets a listing's terms find themselves in the question. The bits of all
// terms are so few that they stay at hand, which their places do not.
func (s *sums) mark(q *question, terms int) {
	if more := terms - len(s.place); more > 0 {
		s.place = append(s.place, make([]uint16, more+more/4)...)
		s.asked = append(s.asked, make([]uint64, len(s.place)/64+1-len(s.asked))...)
	}
	for i := range min(len(q.terms), math.MaxUint16) {
		k := q.terms[i].number
		s.place[k] = uint16(i)
		s.asked[k>>6] |= 1 << (k & 63)
	}
}

func (s *sums) unmark(q *question) {
	for i := range q.terms {
		s.asked[q.terms[i].number>>6] = 0
	}
}

// isAsked says that the question has a term.
func (s *sums) isAsked(k uint32) bool { return s.asked[k>>6]>>(k&63)&1 != 0 }

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
	touched := slices.Grow(s.docs, len(l.in))
	n := len(touched)
	touched = touched[:n+len(l.in)]
	for _, e := range l.in {
		// Whether it was touched before is a toss-up: written down in any case,
		// and overwritten if it was.
		sum, first := s.sum[e.doc], 0
		if sum == 0 {
			first = 1
		}
		touched[n] = e.doc
		n += first
		s.sum[e.doc] = sum + value*int64(e.impact) + plain
	}
	s.docs = touched[:n]
}

// rank leaves in s.docs the n listings with the most points and all that tie with
// the last of them, without those of the firm skip (0 for none). The question is marked.
//
// The terms that generate are summed list by list. Those that lead then get what
// the frequent terms give them, and set a bar. Who could not reach it by saying
// every frequent term that it says as much as it says anything is left out unseen.
func (s *sums) rank(b *Batch, q *question, n int, skip uint32) {
	s.room(len(b.docs))
	for i := range q.terms[:q.generating] {
		s.add(q.terms[i].list, q.terms[i].value, 0)
	}
	if skip != 0 {
		s.keep(func(d uint32) bool { return b.brief[d].firm != skip })
	}
	leaders := s.leadersFirst(n)
	s.top = top{n: n, heap: s.top.heap[:0]}
	s.fetch(b, s.docs[:leaders])
	for _, d := range s.docs[:leaders] {
		s.complete(b, q, d)
	}
	kept := s.docs[:leaders]
	for _, c := range s.mayReach(b, q, leaders) {
		if s.sum[c.doc]+c.could*c.most >= s.top.bar() {
			kept = append(kept, c.doc)
			s.complete(b, q, c.doc)
		} else {
			s.sum[c.doc] = 0
		}
	}
	s.docs = kept
	s.keep(func(d uint32) bool { return s.sum[d] >= s.top.bar() })
}

// fetch reads of each listing what is wanted of it soon, so that the memory brings
// them all at the same time.
func (s *sums) fetch(b *Batch, docs []uint32) {
	for _, d := range docs {
		if terms := b.docs[d].terms; len(terms) > 0 {
			s.fetched ^= terms[0].term ^ terms[len(terms)-1].term
		}
	}
}

// complete gives a listing the points of the frequent terms.
func (s *sums) complete(b *Batch, q *question, d uint32) {
	if q.generating < len(q.terms) {
		for _, t := range b.docs[d].terms {
			if s.isAsked(t.term) {
				if i := int(s.place[t.term]); i >= q.generating {
					s.sum[d] += q.terms[i].value * int64(t.impact)
				}
			}
		}
	}
	s.top.add(s.sum[d])
}

// chance is a listing behind the leaders that could reach the bar.
type chance struct {
	doc   uint32
	could int64 // what the frequent terms that it may have are worth together
	most  int64
	short int64 // what is missing
}

// mayReach returns those behind the leaders that could reach the bar, and forgets
// the points of the others. It goes through them term by term: what the memory is
// asked for one listing then does not wait for what it says of another.
func (s *sums) mayReach(b *Batch, q *question, leaders int) []chance {
	frequent, all, bar := q.terms[q.generating:], int64(0), s.top.bar()
	for i := range frequent {
		all += frequent[i].value
	}
	may := s.may[:0]
	for _, d := range s.docs[leaders:] {
		c := chance{d, all, int64(b.brief[d].most), bar - s.sum[d]}
		if all*c.most >= c.short {
			may = append(may, c)
		} else {
			s.sum[d] = 0
		}
	}
	for i := range frequent {
		left := may[:0]
		for _, c := range may {
			if !frequent[i].mayHave(c.doc) {
				if c.could -= frequent[i].value; c.could*c.most < c.short {
					s.sum[c.doc] = 0
					continue
				}
			}
			left = append(left, c)
		}
		may = left
	}
	s.may = may
	return may
}

// leadersFirst moves those with the n greatest scores to the front, and says how
// many they are with those that tie.
func (s *sums) leadersFirst(n int) (first int) {
	s.top = top{n: n, heap: s.top.heap[:0]}
	for _, d := range s.docs {
		s.top.add(s.sum[d])
	}
	for i, d := range s.docs {
		if s.sum[d] >= s.top.bar() {
			s.docs[i], s.docs[first] = s.docs[first], d
			first++
		}
	}
	return first
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
			for i := t.n/2 - 1; i >= 0; i-- {
				sink(t.heap, i)
			}
		}
	case t.n > 0 && x > t.heap[0]:
		t.heap[0] = x
		sink(t.heap, 0)
	}
}

// sink restores a heap below a place that has grown.
func sink(heap []int64, i int) {
	for {
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
