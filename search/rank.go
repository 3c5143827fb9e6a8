package search

import (
	"context"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/mapping"
	bsearch "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"

	"lianqiao/market"
)

// A public search is ordered by the formula of score.go, too, but for what must
// look at each listing by itself. Its pages must follow each other while listings
// come and go: so what the terms are worth is counted for the first page and goes
// along in the cursor, and the points are divided by what only the question decides.

// rankedMost is how many listings a search puts into order.
const rankedMost = 2000

// rarities is how telling each term of a question is, in quarters.
func (b *Batch) rarities(ask []weighted) []int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]int, len(ask))
	for i := range ask {
		df := 0
		if k, ok := b.term.of(ask[i].token); ok {
			df = int(b.df[k])
		}
		out[i] = int(math.Round(4 * idf(len(b.at), df)))
	}
	return out
}

// order scores the listings that share most with a question, by id; side "" is both.
func (b *Batch) order(side market.Side, ask []weighted, rarities []int) map[string]float64 {
	most, all := 0.0, 0.0
	for i, w := range ask {
		if w.also {
			break // what is meant but not said comes last, and is not missed
		}
		most += w.weight * float64(rarities[i]) * (b.formula.k1 + 1)
		all += b.formula.coverWeight(signOf(w.token)) * float64(rarities[i])
	}
	if all == 0 {
		return nil
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	s := b.sums.Get().(*sums)
	defer func() { s.clear(); b.sums.Put(s) }()
	s.room(len(b.docs))
	sides := sidesOf(side)
	var contraries []contrary
	for i, w := range ask {
		k, ok := b.term.of(w.token)
		if c, has := b.contrary(w.token, k, ok); has && !w.also {
			contraries = append(contraries, c)
		}
		if !ok {
			continue
		}
		rarity := float64(rarities[i])
		plain := b.formula.shareAsked * b.formula.coverWeight(b.sign[k]) * rarity / all
		switch {
		case w.also:
			plain = 0
		case namesGoods(b.sign[k]):
			plain = b.formula.shareNamed
		}
		for _, of := range sides {
			s.add(b.terms[k].of(of), inUnits(wideOpen*w.weight*rarity/most, valueUnit), inUnits(plain, pointUnit))
		}
	}
	contraries = oneWay(contraries)
	s.leadersFirst(rankedMost)
	s.keep(func(d uint32) bool { return s.sum[d] >= s.top.bar() })
	out := make(map[string]float64, len(s.docs))
	for _, d := range s.docs {
		out[b.docs[d].id] = float64(s.sum[d]) / pointUnit
		if b.docs[d].denies(contraries) {
			out[b.docs[d].id] -= b.formula.shareContrary
		}
	}
	return out
}

// wideOpen is what the points count beside the rest: they are divided by what no
// listing reaches.
const wideOpen = 3

// likeFirst is the part of the best score that a listing must have to be found
// although it words everything otherwise.
const likeFirst = 0.6

// first are the ids with the highest scores, n at most.
func first(scores map[string]float64, n int) []string {
	found := make([]Candidate, 0, len(scores))
	for id, score := range scores {
		found = append(found, Candidate{ID: id, Score: score})
	}
	found = best(found, n)
	var ids []string
	for _, c := range found {
		if c.Score >= likeFirst*found[0].Score {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// ranked adds a score of the listing to what the query gives.
type ranked struct {
	query  query.Query
	scores map[string]float64
	times  float64
}

// Searcher implements query.Query.
func (q *ranked) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o bsearch.SearcherOptions) (bsearch.Searcher, error) {
	child, err := q.query.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	return &rankedSearcher{Searcher: child, reader: r, ranked: q}, nil
}

type rankedSearcher struct {
	bsearch.Searcher
	reader index.IndexReader
	ranked *ranked
}

func (s *rankedSearcher) scored(d *bsearch.DocumentMatch, err error) (*bsearch.DocumentMatch, error) {
	if err != nil || d == nil {
		return d, err
	}
	id, err := s.reader.ExternalID(d.IndexInternalID)
	d.Score += s.ranked.times * s.ranked.scores[id]
	return d, err
}

// Next implements bsearch.Searcher.
func (s *rankedSearcher) Next(ctx *bsearch.SearchContext) (*bsearch.DocumentMatch, error) {
	return s.scored(s.Searcher.Next(ctx))
}

// Advance implements bsearch.Searcher.
func (s *rankedSearcher) Advance(ctx *bsearch.SearchContext, id index.IndexInternalID) (*bsearch.DocumentMatch, error) {
	return s.scored(s.Searcher.Advance(ctx, id))
}
