package search

import (
	"context"
	"iter"
	"math"
	"slices"
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
	mu    sync.RWMutex
	docs  []batchDoc
	free  []uint32          // numbers of docs that were taken out
	at    map[string]uint32 // number by listing id
	terms map[market.Side]map[string]*posting
	sums  sync.Pool
}

// batchDoc is one listing; its number is its place in Batch.docs.
type batchDoc struct {
	id    string
	firm  string
	terms []*posting
}

// posting is the listings of one side that have one term, ascending by number.
type posting struct {
	side  market.Side
	token string
	docs  []uint32
}

func newBatch() *Batch {
	return &Batch{
		at:    map[string]uint32{},
		terms: map[market.Side]map[string]*posting{market.Supply: {}, market.Need: {}},
		sums:  sync.Pool{New: func() any { return new(sums) }},
	}
}

// NewBatch reads all live listings; it stops at the first error of docs.
func NewBatch(docs iter.Seq2[Doc, error]) (*Batch, error) {
	b := newBatch()
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		b.put(&d.Listing, tokens(d.reading()))
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
func (b *Batch) put(l *market.Listing, tokens []string) {
	b.remove(l.ID)
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.number(l.ID, l.EnterpriseID)
	for _, t := range tokens {
		b.link(n, l.Side, t)
	}
}

func (b *Batch) number(id, firm string) uint32 {
	n := uint32(len(b.docs))
	if last := len(b.free) - 1; last >= 0 {
		n, b.free = b.free[last], b.free[:last]
	} else {
		b.docs = append(b.docs, batchDoc{})
	}
	b.docs[n], b.at[id] = batchDoc{id: id, firm: firm}, n
	return n
}

func (b *Batch) link(n uint32, side market.Side, token string) {
	p := b.terms[side][token]
	if p == nil {
		p = &posting{side: side, token: token}
		b.terms[side][token] = p
	}
	if at := len(p.docs); at == 0 || p.docs[at-1] < n {
		p.docs = append(p.docs, n)
	} else if i, there := slices.BinarySearch(p.docs, n); !there {
		p.docs = slices.Insert(p.docs, i, n)
	}
	b.docs[n].terms = append(b.docs[n].terms, p)
}

// remove takes a listing out, if it is in.
func (b *Batch) remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.at[id]
	if !ok {
		return
	}
	for _, p := range b.docs[n].terms {
		if i, there := slices.BinarySearch(p.docs, n); there {
			p.docs = slices.Delete(p.docs, i, i+1)
		}
		if len(p.docs) == 0 {
			delete(b.terms[p.side], p.token)
		}
	}
	b.docs[n] = batchDoc{}
	b.free = append(b.free, n)
	delete(b.at, id)
}

// rarity is how telling a term is, in whole steps: an order by it stays as it is
// while listings come and go, so that pages follow each other.
func (b *Batch) rarity(token string) float64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	df := 0
	for _, terms := range b.terms {
		if p := terms[token]; p != nil {
			df += len(p.docs)
		}
	}
	return math.Max(1, math.Round(idf(len(b.at), df)))
}

// Candidates returns the n listings of a side that share most with a reading,
// best first, ties by id, without those of one enterprise ("" for none).
func (b *Batch) Candidates(side market.Side, r chain.Reading, n int, skipEnterprise string) []Candidate {
	ask := wanted(r)
	b.mu.RLock()
	defer b.mu.RUnlock()
	terms := make([]term, 0, len(ask))
	for _, w := range ask {
		if p := b.terms[side][w.token]; p != nil {
			terms = append(terms, term{weighted: w, docs: p.docs})
		}
	}
	terms, generating := plan(terms, len(b.at), n)
	s := b.sums.Get().(*sums)
	defer func() { s.clear(); b.sums.Put(s) }()
	s.rank(b, terms, generating, n, skipEnterprise)
	found := make([]Candidate, 0, len(s.docs))
	for _, d := range s.docs {
		found = append(found, Candidate{ID: b.docs[d].id, Score: s.score(d)})
	}
	return best(found, n)
}

// load fills an empty Batch from what bleve holds: after a start the lists are
// as they were, without reading a listing again.
func (b *Batch) load(ctx context.Context, reader index.IndexReader) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	numbers := map[string]uint32{} // by bleve's own document number
	err := eachPosting(ctx, reader, fieldEnterprise, func(firm string, doc index.IndexInternalID) error {
		id, err := reader.ExternalID(doc)
		if err == nil {
			numbers[string(doc)] = b.number(id, firm)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, side := range []market.Side{market.Supply, market.Need} {
		err := eachPosting(ctx, reader, string(side), func(token string, doc index.IndexInternalID) error {
			if n, ok := numbers[string(doc)]; ok {
				b.link(n, side, token)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachPosting walks every document of every term of a field.
func eachPosting(ctx context.Context, reader index.IndexReader, field string, f func(term string, doc index.IndexInternalID) error) error {
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

func eachDoc(ctx context.Context, reader index.IndexReader, field, term string, f func(term string, doc index.IndexInternalID) error) error {
	list, err := reader.TermFieldReader(ctx, []byte(term), field, false, false, false)
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
		if err := f(term, hit.ID); err != nil {
			return err
		}
	}
}
