package search

import (
	"iter"
	"slices"
	"sync"

	"lianqiao/chain"
	"lianqiao/market"
)

// Batch answers the same questions as an Index, from lists in memory: what the
// nightly full re-match asks, listing by listing, at a tenth of the cost. It is
// filled once and then safe for concurrent use.
type Batch struct {
	ids    []string
	length []uint16
	lists  map[market.Side]map[string][]uint32
	owned  map[string][]uint32 // by enterprise
	sums   sync.Pool
}

// NewBatch reads all live listings; it stops at the first error of docs.
func NewBatch(docs iter.Seq2[Doc, error]) (*Batch, error) {
	b := &Batch{
		lists: map[market.Side]map[string][]uint32{market.Supply: {}, market.Need: {}},
		owned: map[string][]uint32{},
		sums:  sync.Pool{New: func() any { return new(sums) }},
	}
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		b.add(&d.Listing)
	}
	return b, nil
}

func (b *Batch) add(l *market.Listing) {
	doc := uint32(len(b.ids))
	terms := tokens(Read(l))
	b.ids = append(b.ids, l.ID)
	b.length = append(b.length, uint16(min(len(terms), 1<<16-1)))
	b.owned[l.EnterpriseID] = append(b.owned[l.EnterpriseID], doc)
	lists := b.lists[l.Side]
	for _, t := range terms {
		lists[t] = append(lists[t], doc)
	}
}

// Count is the number of listings held.
func (b *Batch) Count() int { return len(b.ids) }

// Candidates returns what Index.Candidates returns on the same listings.
func (b *Batch) Candidates(side market.Side, r chain.Reading, n int, skipEnterprise string) []Candidate {
	ask := wanted(r)
	terms := make([]term, 0, len(ask))
	for _, w := range ask {
		docs := b.lists[side][w.token]
		terms = append(terms, term{weighted: w, df: len(docs), list: memory{docs, b.length}})
	}
	terms, generating := plan(terms, len(b.ids), n)
	s := b.sums.Get().(*sums)
	defer func() { s.clear(); b.sums.Put(s) }()
	// Lists in memory cannot fail.
	_ = rank(s, terms, generating, n, func(s *sums) error {
		if skipEnterprise != "" {
			for _, d := range b.owned[skipEnterprise] {
				s.drop(d)
			}
		}
		return nil
	})
	found := make([]Candidate, 0, len(s.docs))
	for _, d := range s.docs {
		found = append(found, Candidate{ID: b.ids[d], Score: s.score(d)})
	}
	return best(found, n)
}

// memory is the list of one term in a batch, ascending.
type memory struct {
	docs   []uint32
	length []uint16
}

func (m memory) add(s *sums, value float64) error {
	for _, d := range m.docs {
		s.add(d, int(m.length[d]), value)
	}
	return nil
}

func (m memory) probe(s *sums, value float64) error {
	rest := m.docs
	for _, d := range s.docs {
		i, found := slices.BinarySearch(rest, d)
		if found {
			s.sum[d] += value
		}
		rest = rest[i:]
	}
	return nil
}
