package search

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	index "github.com/blevesearch/bleve_index_api"

	"lianqiao/chain"
	"lianqiao/market"
)

// Candidates returns the n listings of a side that share most with a reading,
// best first, ties by id, without those of one enterprise ("" for none). It
// walks the postings itself: bleve's own scoring is three times slower and
// depends on how the index happens to be cut into segments.
func (x *Index) Candidates(ctx context.Context, side market.Side, r chain.Reading, n int, skipEnterprise string) (found []Candidate, err error) {
	err = x.guard("Candidates", func() error {
		reader, err := x.reader()
		if err != nil {
			return err
		}
		defer reader.Close()
		found, err = x.candidates(ctx, reader, side, wanted(r), n, skipEnterprise)
		return err
	})
	return found, err
}

func (x *Index) candidates(ctx context.Context, reader index.IndexReader, side market.Side, ask []weighted, n int, skip string) ([]Candidate, error) {
	all, err := reader.DocCount()
	if err != nil {
		return nil, err
	}
	terms := make([]term, 0, len(ask))
	for _, w := range ask {
		tfr, err := reader.TermFieldReader(ctx, []byte(w.token), string(side), false, true, false)
		if err != nil {
			return nil, err
		}
		defer tfr.Close()
		terms = append(terms, term{weighted: w, df: int(tfr.Count()), list: &postings{tfr: tfr}})
	}
	terms, generating := plan(terms, int(all), n)
	s := x.sums.Get().(*sums)
	defer func() { s.clear(); x.sums.Put(s) }()
	own := func(s *sums) error { return dropOwn(ctx, reader, s, skip) }
	if err := rank(s, terms, generating, n, own); err != nil {
		return nil, err
	}
	found := make([]Candidate, 0, len(s.docs))
	for _, d := range s.docs {
		id, err := reader.ExternalID(index.NewIndexInternalID(nil, uint64(d)))
		if err != nil {
			return nil, err
		}
		found = append(found, Candidate{ID: id, Score: s.score(d)})
	}
	return best(found, n), ctx.Err()
}

// dropOwn takes the listings of one enterprise out of the running. An importer
// may own more listings than were found: then it asks for the found ones only.
func dropOwn(ctx context.Context, reader index.IndexReader, s *sums, enterprise string) error {
	if enterprise == "" {
		return nil
	}
	tfr, err := reader.TermFieldReader(ctx, []byte(enterprise), fieldEnterprise, false, false, false)
	if err != nil {
		return err
	}
	defer tfr.Close()
	p := &postings{tfr: tfr}
	if int(tfr.Count()) > len(s.docs) {
		slices.Sort(s.docs)
		return p.each(s, s.drop)
	}
	for {
		hit, err := tfr.Next(&p.at)
		if err != nil || hit == nil {
			return err
		}
		s.drop(number(hit.ID))
	}
}

// postings is the list of one term in the index.
type postings struct {
	tfr index.TermFieldReader
	at  index.TermFieldDoc
}

func (p *postings) add(s *sums, value float64) error {
	for {
		hit, err := p.tfr.Next(&p.at)
		if err != nil || hit == nil {
			return err
		}
		s.add(number(hit.ID), lengthOf(hit.Norm), value)
	}
}

func (p *postings) probe(s *sums, value float64) error {
	return p.each(s, func(d uint32) { s.sum[d] += value })
}

// each calls found for those of s.docs, which are in order, that are in the list.
func (p *postings) each(s *sums, found func(doc uint32)) error {
	var at uint32
	var id index.IndexInternalID
	started := false
	for _, d := range s.docs {
		if !started || at < d {
			id = index.NewIndexInternalID(id, uint64(d))
			hit, err := p.tfr.Advance(id, &p.at)
			if err != nil || hit == nil {
				return err
			}
			at, started = number(hit.ID), true
		}
		if at == d {
			found(d)
		}
	}
	return nil
}

// number is the document number that an internal id spells in this reader.
func number(id index.IndexInternalID) uint32 { return uint32(binary.BigEndian.Uint64(id)) }

// lengthOf undoes the norm 1/√length that the index keeps with a posting.
func lengthOf(norm float64) int {
	if norm <= 0 {
		return 0
	}
	return int(math.Round(1 / (norm * norm)))
}

// reader opens a snapshot that no later Apply changes.
func (x *Index) reader() (index.IndexReader, error) {
	advanced, err := x.index.Advanced()
	if err != nil {
		return nil, fmt.Errorf("advanced: %w", err)
	}
	return advanced.Reader()
}
