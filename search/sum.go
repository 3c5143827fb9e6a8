package search

import (
	"context"

	"github.com/blevesearch/bleve/v2/mapping"
	bsearch "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"
)

// clause is one part of a sum.
type clause struct {
	query query.Query
	score float64 // points for matching; ignored when query is a sum with its own points
	must  bool
}

// sum is a query whose score is the sum of the points of its matching clauses.
// Points depend on nothing but the listing, so an order by score does not move
// when other listings come and go, as bleve's own does, and pages stay in step.
type sum struct {
	clauses []clause
	least   int // clauses that must match, besides those that must anyway
}

// Searcher implements query.Query.
func (q *sum) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o bsearch.SearcherOptions) (bsearch.Searcher, error) {
	o.Score = "none"
	s := &sumSearcher{query: q, current: make([]*bsearch.DocumentMatch, len(q.clauses))}
	for _, c := range q.clauses {
		child, err := c.query.Searcher(ctx, r, m, o)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.children = append(s.children, child)
	}
	return s, nil
}

// sumSearcher walks its children side by side, in order of document number.
type sumSearcher struct {
	query    *sum
	children []bsearch.Searcher
	current  []*bsearch.DocumentMatch // nil: at its end
	started  bool
	ended    bool
}

func (s *sumSearcher) start(ctx *bsearch.SearchContext) (err error) {
	s.started = true
	for i, c := range s.children {
		if s.current[i], err = c.Next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Next implements bsearch.Searcher.
func (s *sumSearcher) Next(ctx *bsearch.SearchContext) (*bsearch.DocumentMatch, error) {
	if !s.started {
		if err := s.start(ctx); err != nil {
			return nil, err
		}
	}
	for !s.ended {
		at, err := s.meet(ctx)
		if err != nil || at == nil {
			s.ended = true
			return nil, err
		}
		hit, err := s.take(ctx, at)
		if err != nil || hit != nil {
			return hit, err
		}
	}
	return nil, nil
}

// meet moves the children on until all that must match stand on one document
// and no other stands before it; without any must it is the least document.
func (s *sumSearcher) meet(ctx *bsearch.SearchContext) (index.IndexInternalID, error) {
	var at index.IndexInternalID
	for again := true; again; {
		again = false
		for i, c := range s.query.clauses {
			if !c.must {
				continue
			}
			if err := s.reach(ctx, i, at); err != nil {
				return nil, err
			}
			if s.current[i] == nil {
				return nil, nil
			}
			if here := s.current[i].IndexInternalID; at == nil || here.Compare(at) > 0 {
				again = at != nil
				at = append(at[:0], here...)
			}
		}
	}
	if at == nil {
		for _, d := range s.current {
			if d != nil && (at == nil || d.IndexInternalID.Compare(at) < 0) {
				at = append(at[:0], d.IndexInternalID...)
			}
		}
		return at, nil
	}
	for i := range s.children {
		if err := s.reach(ctx, i, at); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// reach moves a child to the document at or beyond it.
func (s *sumSearcher) reach(ctx *bsearch.SearchContext, i int, at index.IndexInternalID) (err error) {
	d := s.current[i]
	if at == nil || d == nil || d.IndexInternalID.Compare(at) >= 0 {
		return nil
	}
	ctx.DocumentMatchPool.Put(d)
	s.current[i], err = s.children[i].Advance(ctx, at)
	return err
}

// take sums up the children that stand on the document and moves them on. It
// returns nil when too few of them do.
func (s *sumSearcher) take(ctx *bsearch.SearchContext, at index.IndexInternalID) (hit *bsearch.DocumentMatch, err error) {
	points, optional := 0.0, 0
	for i, d := range s.current {
		if d == nil || d.IndexInternalID.Compare(at) != 0 {
			continue
		}
		c := s.query.clauses[i]
		points += s.points(c, d)
		if !c.must {
			optional++
		}
		if hit == nil {
			hit = d
		} else {
			ctx.DocumentMatchPool.Put(d)
		}
		if s.current[i], err = s.children[i].Next(ctx); err != nil {
			return nil, err
		}
	}
	if optional < s.query.least {
		ctx.DocumentMatchPool.Put(hit)
		return nil, nil
	}
	hit.Score = points
	return hit, nil
}

func (s *sumSearcher) points(c clause, d *bsearch.DocumentMatch) float64 {
	switch c.query.(type) {
	case *sum, *ranked:
		return d.Score
	}
	return c.score
}

// Advance implements bsearch.Searcher.
func (s *sumSearcher) Advance(ctx *bsearch.SearchContext, id index.IndexInternalID) (*bsearch.DocumentMatch, error) {
	if !s.started {
		if err := s.start(ctx); err != nil {
			return nil, err
		}
	}
	for i := range s.children {
		if err := s.reach(ctx, i, id); err != nil {
			return nil, err
		}
	}
	return s.Next(ctx)
}

// Close implements bsearch.Searcher.
func (s *sumSearcher) Close() (err error) {
	for _, c := range s.children {
		if e := c.Close(); e != nil {
			err = e
		}
	}
	return err
}

// DocumentMatchPoolSize implements bsearch.Searcher.
func (s *sumSearcher) DocumentMatchPoolSize() int {
	n := len(s.children) + 1
	for _, c := range s.children {
		n += c.DocumentMatchPoolSize()
	}
	return n
}

// Count implements bsearch.Searcher: an upper bound.
func (s *sumSearcher) Count() (n uint64) {
	for _, c := range s.children {
		n += c.Count()
	}
	return n
}

// Weight and the rest of bsearch.Searcher have no part in points.
func (s *sumSearcher) Weight() float64      { return 0 }
func (s *sumSearcher) SetQueryNorm(float64) {}
func (s *sumSearcher) Min() int             { return 0 }
func (s *sumSearcher) Size() int            { return 0 }

// window lets pass only listings published up to a moment and within a price
// range. It reads two small columns for what the other filters leave over,
// which costs less than indexing numbers.
type window struct {
	query              query.Query
	until              string // as momentOf spells it; "" no bound
	priceMin, priceMax string // as priceOf spells it; "" no bound
}

// Searcher implements query.Query.
func (w *window) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o bsearch.SearcherOptions) (bsearch.Searcher, error) {
	child, err := w.query.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	column, err := r.DocValueReader([]string{fieldMoment, fieldPrice})
	if err != nil {
		child.Close()
		return nil, err
	}
	return searcher.NewFilteringSearcher(ctx, child, func(_ *bsearch.SearchContext, d *bsearch.DocumentMatch) bool {
		var moment, price string
		err := column.VisitDocValues(d.IndexInternalID, func(field string, term []byte) {
			if field == fieldMoment {
				moment = string(term)
			} else {
				price = string(term)
			}
		})
		return err == nil && w.holds(moment, price)
	}), nil
}

func (w *window) holds(moment, price string) bool {
	if w.until != "" && (len(moment) < len(w.until) || moment[:len(w.until)] > w.until) {
		return false
	}
	if w.priceMin == "" && w.priceMax == "" {
		return true
	}
	return price != "" && price >= w.priceMin && (w.priceMax == "" || price <= w.priceMax)
}
