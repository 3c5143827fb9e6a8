package search

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	index "github.com/blevesearch/bleve_index_api"

	"lianqiao/chain"
	"lianqiao/market"
)

// Batch finds candidates from term lists in memory. An Index keeps one beside
// bleve, which is for the public's search: walking bleve's postings for one
// question took 0.7 ms at 100,000 listings, and a list in memory takes 0.03.
// It is safe for concurrent use.
type Batch struct {
	formula *formula

	mu    sync.RWMutex
	docs  []batchDoc
	brief []brief           // of each doc
	free  []uint32          // numbers of docs that were taken out
	at    map[string]uint32 // number by listing id
	firms map[string]uint32 // number by id of an enterprise; none is 0
	terms []posting         // never shorter: a term may come back
	sign  []chain.GramSign  // of each term
	df    []int32           // listings of both sides, by term
	term  numbers           // place in terms
	sums  sync.Pool

	denials map[uint32]uint32 // 非金属 by 金属

	logAll   float64 // of the number of listings, as idf wants it
	coverLog []int32 // what its rarity takes off what a term counts in a Cover
}

// batchDoc is one listing; its number is its place in Batch.docs. What a question
// asks of the few listings that it looks at closely stands together here, what it
// asks of the many in brief: fetching them from memory is most of what it costs.
type batchDoc struct {
	terms  []said
	cover  int64 // what its terms count in a Cover, without their rarity
	id     string
	needed bool   // it is a need
	branch bool   // it names a branch of business, not goods
	names  int32  // so many goods it lists
	spelt  []rune // these goods as they are compared, where they are few
}

func (d *batchDoc) side() market.Side {
	if d.needed {
		return market.Need
	}
	return market.Supply
}

type brief struct {
	firm uint32
	most uint16 // the greatest impact of a term
}

// said is a term of a listing and what it is worth there.
type said struct {
	term   uint32 // its place in Batch.terms
	impact uint16
}

// timesMost is the most often that a term counts.
const timesMost = 20

// posting is the listings that have one term, by side.
type posting struct {
	supply list
	need   list
}

// list is listings ascending by number, and what the term is worth in each.
type list struct {
	in   []listed
	bits *[]uint64 // the same listings once more, when they are many
}

type listed struct {
	doc    uint32
	impact uint16
}

// isMany is the part of all listings from which on a list has bits, which tell at
// once who is not in it.
const isMany = 256

// mayHave says that a listing may be in the list.
func (l *list) mayHave(n uint32) bool {
	if l.bits == nil {
		return true
	}
	bits := *l.bits
	return int(n>>6) < len(bits) && bits[n>>6]>>(n&63)&1 != 0
}

// mark keeps the bits, for a list of all listings.
func (l *list) mark(n uint32, all int) {
	if l.bits == nil {
		if len(l.in)*isMany < all {
			return
		}
		l.bits = new([]uint64)
		for _, e := range l.in {
			l.set(e.doc)
		}
	}
	l.set(n)
}

func (l *list) set(n uint32) {
	for int(n>>6) >= len(*l.bits) {
		*l.bits = append(*l.bits, 0)
	}
	(*l.bits)[n>>6] |= 1 << (n & 63)
}

func (l *list) insert(n uint32, impact uint16) {
	if at := len(l.in); at == 0 || l.in[at-1].doc < n {
		l.in = append(l.in, listed{n, impact})
		return
	}
	if i, there := l.find(n); !there {
		l.in = slices.Insert(l.in, i, listed{n, impact})
	}
}

func (l *list) remove(n uint32) {
	if i, there := l.find(n); there {
		l.in = slices.Delete(l.in, i, i+1)
	}
	if l.bits != nil && int(n>>6) < len(*l.bits) {
		(*l.bits)[n>>6] &^= 1 << (n & 63)
	}
}

func (l *list) find(n uint32) (int, bool) {
	return slices.BinarySearchFunc(l.in, n, func(e listed, n uint32) int { return cmp.Compare(e.doc, n) })
}

// of is the list of a side; side "" is nobody's.
func (p *posting) of(side market.Side) *list {
	switch side {
	case market.Need:
		return &p.need
	case market.Supply:
		return &p.supply
	}
	return new(list)
}

func newBatch(f *formula) *Batch {
	return &Batch{
		formula: f,
		at:      map[string]uint32{},
		firms:   map[string]uint32{"": 0},
		denials: map[uint32]uint32{},
		sums:    sync.Pool{New: func() any { return new(sums) }},
	}
}

// NewBatch reads all live listings; it stops at the first error of docs.
func NewBatch(docs iter.Seq2[Doc, error]) (*Batch, error) {
	b := newBatch(&usual)
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		r := d.reading()
		b.put(&d.Listing, b.formula.wanted(&r))
	}
	return b, nil
}

// Count is the number of listings held.
func (b *Batch) Count() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.at)
}

// put puts a listing in, in the place of its former self if there is one.
func (b *Batch) put(l *market.Listing, terms []weighted) {
	b.remove(l.ID)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.enter(l.ID, l.EnterpriseID, l.Side, terms)
}

func (b *Batch) enter(id, firm string, side market.Side, terms []weighted) {
	n := uint32(len(b.docs))
	if last := len(b.free) - 1; last >= 0 {
		n, b.free = b.free[last], b.free[:last]
	} else {
		b.docs, b.brief = append(b.docs, batchDoc{}), append(b.brief, brief{})
	}
	d := batchDoc{id: id, needed: side == market.Need, terms: make([]said, 0, len(terms))}
	d.names, d.spelt = namesOf(terms)
	length, most := lengthOf(terms), uint16(0)
	for _, t := range terms {
		k, sign := b.termOf(t.token), signOf(t.token)
		worth := uint16(inUnits(b.formula.impact(min(t.times, timesMost), length), impactUnit))
		d.terms = append(d.terms, said{k, worth})
		most = max(most, worth)
		d.cover += b.formula.coverOf(sign)
		d.branch = d.branch || sign == chain.GramBranch
		l := b.terms[k].of(side)
		l.insert(n, worth)
		l.mark(n, len(b.docs))
		b.count(k, sign, 1)
	}
	b.docs[n], b.brief[n], b.at[id] = d, brief{b.firmOf(firm), most}, n
	b.logAll = math.Log(float64(len(b.at)) + 1)
}

func (b *Batch) firmOf(id string) uint32 {
	n, ok := b.firms[id]
	if !ok {
		n = uint32(len(b.firms))
		b.firms[id] = n
	}
	return n
}

// count says that so many more listings have a term.
func (b *Batch) count(k uint32, sign chain.GramSign, more int32) {
	b.df[k] += more
	b.coverLog[k] = int32(b.formula.coverLogOf(sign, int(b.df[k])))
}

// lengthOf is how much a listing says, in words and characters.
func lengthOf(terms []weighted) (n int) {
	for _, t := range terms {
		if sign := signOf(t.token); sign == chain.GramPair || sign == chain.GramSingle {
			n += min(t.times, timesMost)
		}
	}
	return n
}

func (b *Batch) termOf(token string) uint32 {
	k, ok := b.term.of(token)
	if !ok {
		k = uint32(len(b.terms))
		b.term.set(token, k)
		b.terms, b.sign = append(b.terms, posting{}), append(b.sign, signOf(token))
		b.df, b.coverLog = append(b.df, 0), append(b.coverLog, 0)
		b.deny(token, k)
	}
	return k
}

// remove takes a listing out, if it is in.
func (b *Batch) remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.at[id]
	if !ok {
		return
	}
	for _, t := range b.docs[n].terms {
		b.terms[t.term].of(b.docs[n].side()).remove(n)
		b.count(t.term, b.sign[t.term], -1)
	}
	b.docs[n] = batchDoc{}
	b.free = append(b.free, n)
	delete(b.at, id)
	b.logAll = math.Log(float64(len(b.at)) + 1)
}

// Candidates returns the n listings of a side that share most with a reading,
// best first, ties by id, without those of one enterprise ("" for none).
func (b *Batch) Candidates(side market.Side, r chain.Reading, n int, skipEnterprise string) []Candidate {
	ask := b.formula.asking(&r)
	b.mu.RLock()
	defer b.mu.RUnlock()
	n = max(n, 0)
	pool := n + max(beside, n/4)
	s := b.sums.Get().(*sums)
	q := b.question(side, ask, pool, s)
	s.mark(&q, len(b.terms))
	defer func() { s.clear(); s.unmark(&q); b.sums.Put(s) }()
	s.rank(b, &q, pool, b.firms[skipEnterprise])
	return b.closely(s, &q, n)
}

// looked is a listing that was looked at closely.
type looked struct {
	doc   uint32
	cover Cover
}

// ranking is the score of one of those that were looked at.
type ranking struct {
	score float64
	place int
}

// closely looks at each of those that were found, and returns the n best.
func (b *Batch) closely(s *sums, q *question, n int) []Candidate {
	most := int64(0)
	for _, d := range s.docs {
		most = max(most, s.sum[d])
	}
	s.found, s.best, s.top = s.found[:0], s.best[:0], top{n: n, heap: s.top.heap[:0]}
	for i, d := range s.docs {
		l := looked{d, b.cover(s, q, d)}
		s.found = append(s.found, l)
		score := float64(s.sum[d])/float64(most) + b.formula.coverPoints(&l.cover, q.segment)
		s.best = append(s.best, ranking{score, i})
		s.top.add(inUnits(score, coverUnit))
	}
	b.compareNames(s, q)
	slices.SortFunc(s.best, func(x, y ranking) int {
		if x.score != y.score {
			return cmp.Compare(y.score, x.score)
		}
		return strings.Compare(b.docs[s.found[x.place].doc].id, b.docs[s.found[y.place].doc].id)
	})
	out := make([]Candidate, min(n, len(s.best)))
	for i := range out {
		l := &s.found[s.best[i].place]
		out[i] = Candidate{ID: b.docs[l.doc].id, Score: s.best[i].score, Cover: l.cover}
	}
	return out
}

// whenListed is what the goods of a segment count when listings have the very
// name that is asked: 变压器 is a segment of the electronics industry, but who
// asks for it wants a transformer.
const whenListed = 0.3

// listed says that a listing of a side is of the very goods that are asked, and of
// no others: that a maker of many things counts them among his is no sign of it.
func (b *Batch) listed(side market.Side, ask []weighted) bool {
	alone := func(l listed) bool { return b.docs[l.doc].names == 1 }
	for i := range ask {
		if ask[i].also {
			return false
		}
		if signOf(ask[i].token) != chain.GramPhrase {
			continue
		}
		if k, ok := b.term.of(ask[i].token); ok && slices.ContainsFunc(b.terms[k].of(side).in, alone) {
			return true
		}
	}
	return false
}

// beside is how many more than were asked for are looked at closely.
const beside = 25

// load fills an empty Batch from what bleve holds: after a start the lists are
// as they were, without reading a listing again.
func (b *Batch) load(ctx context.Context, reader index.IndexReader) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	type kept struct {
		id, firm string
		side     market.Side
		terms    []weighted
	}
	docs := map[string]*kept{} // by bleve's own document number
	var order []*kept
	err := eachPosting(ctx, reader, fieldEnterprise, func(firm string, doc *index.TermFieldDoc) error {
		id, err := reader.ExternalID(doc.ID)
		if err == nil {
			d := &kept{id: id, firm: firm}
			docs[string(doc.ID)], order = d, append(order, d)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, side := range []market.Side{market.Supply, market.Need} {
		err := eachPosting(ctx, reader, string(side), func(token string, doc *index.TermFieldDoc) error {
			if d := docs[string(doc.ID)]; d != nil {
				d.side, d.terms = side, append(d.terms, weighted{token: token, times: int(doc.Freq)})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, d := range order {
		b.enter(d.id, d.firm, d.side, d.terms)
	}
	return nil
}

// eachPosting walks every document of every term of a field.
func eachPosting(ctx context.Context, reader index.IndexReader, field string, f func(term string, doc *index.TermFieldDoc) error) error {
	dict, err := reader.FieldDict(field)
	if err != nil {
		return err
	}
	defer dict.Close()
	for {
		entry, err := dict.Next()
		if err != nil || entry == nil {
			return err
		}
		if err := eachDoc(ctx, reader, field, entry.Term, f); err != nil {
			return err
		}
	}
}

func eachDoc(ctx context.Context, reader index.IndexReader, field, term string, f func(term string, doc *index.TermFieldDoc) error) error {
	list, err := reader.TermFieldReader(ctx, []byte(term), field, true, false, false)
	if err != nil {
		return err
	}
	defer list.Close()
	var at index.TermFieldDoc
	for {
		hit, err := list.Next(&at)
		if err != nil || hit == nil {
			return err
		}
		if err := f(term, hit); err != nil {
			return err
		}
	}
}
