package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	bsearch "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
)

// Sort is the order of a page.
type Sort string

const (
	ByRelevance Sort = "relevance" // without a text: by newest
	ByNewest    Sort = "newest"
	ByPrice     Sort = "price"      // cheapest first, negotiable last
	ByPriceDesc Sort = "price_desc" // dearest first, negotiable last
)

// Query is a public search. Zero fields do not limit.
type Query struct {
	Text     string
	Side     market.Side
	Class    string   // with everything below it
	Region   string   // with everything below it
	Clusters []string // of any of these
	Honour   market.HonourKind
	PriceMin int64 // fen; 0 none
	PriceMax int64 // fen; 0 none
	Sort     Sort
	After    string      // Next of the page before
	AsOf     time.Time   // only what was published up to then; later pages keep the first one's
	Limit    int         // 1 to 100; 0 is 20
	Book     *chain.Book // whose words the text is read with; nil: the embedded tables
}

func (q *Query) book() *chain.Book { return cmp.Or(q.Book, chain.Embedded) }

// Page is the answer to a Query.
type Page struct {
	IDs    []string
	Total  int
	Near   bool                // no listing says all of the words: these only come near
	Place  string              // code of the region that a word of the text names, which these lie in
	Facets map[string][]Bucket // class, region, honour, side; only on a first page
	Next   string              // "" on the last page
}

// Bucket is one value of a facet and how many of the found listings have it.
// Classes and regions count under their parents too.
type Bucket struct {
	Value string
	Count int
}

// MaxLimit is the most listings on one page.
const MaxLimit = 100

// Find answers a public search. Pages follow each other without a gap or a
// repeat while new listings come in.
func (x *Index) Find(ctx context.Context, q Query) (page Page, err error) {
	cur, err := x.cursorOf(&q)
	if err != nil {
		return Page{}, err
	}
	err = x.guard("Find", func() (err error) {
		if q.Text == "" {
			page = x.shelf.page(q, cur)
			return nil
		}
		if q.After != "" {
			page, err = x.find(ctx, q, cur)
			return err
		}
		if _, cur.Placed = q.placed(); cur.Placed {
			if page, err = x.firstPage(ctx, q, cur); err != nil || page.Total > 0 {
				return err
			}
			cur.Placed = false
		}
		for _, way := range ways(q.Text) {
			cur.Way = way
			if page, err = x.firstPage(ctx, q, cur); err != nil || page.Total > 0 {
				return err
			}
		}
		return nil
	})
	return page, err
}

// placed is the question without the word that names a place, asked of that
// place: 栾城 铸件. Not ok where no word does, where a region is chosen already, and
// where there is no other word.
func (q *Query) placed() (Query, bool) {
	words := strings.Fields(q.Text)
	if q.Region != "" || len(words) < 2 {
		return Query{}, false
	}
	for i, w := range words {
		if code, ok := region.Called(w); ok {
			in := *q
			in.Region, in.Text = code, strings.Join(slices.Delete(words, i, i+1), " ")
			return in, true
		}
	}
	return Query{}, false
}

// way is how the words of a question are taken.
type way int

const (
	strictly way = iota // a listing says all of them; of many, some
	asFirm              // they are a firm's name: its listings and nobody else's
	loosely             // a listing says some of them, or the same in other words
	wholly              // strictly, however many they are
)

// ways are tried one after the other until one finds something.
func ways(text string) []way {
	text = strings.TrimSuffix(text, "(示例)")
	for _, end := range []string{"公司", "厂", "集团", "合作社", "经营部", "商行"} {
		if strings.HasSuffix(text, end) && len([]rune(text)) > 4 {
			return []way{asFirm, strictly, loosely}
		}
	}
	return []way{strictly, loosely}
}

// cursorOf checks what the caller may have got wrong and fills in defaults.
func (x *Index) cursorOf(q *Query) (cursor, error) {
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Limit = min(q.Limit, MaxLimit)
	q.Text = chain.Normalise(q.Text)
	if words := []rune(q.Text); len(words) > 100 {
		q.Text = string(words[:100])
	}
	switch q.Sort {
	case ByNewest, ByPrice, ByPriceDesc:
	default:
		q.Sort = ByRelevance
	}
	if q.Sort == ByRelevance && q.Text == "" {
		q.Sort = ByNewest
	}
	if q.After != "" {
		return parseCursor(q.After, q)
	}
	asOf := q.AsOf
	if asOf.IsZero() {
		asOf = time.Now()
	}
	return cursor{AsOf: asOf.UnixMilli(), Of: q.fingerprint()}, nil
}

// firstPage finds, and knows then whether what it found only comes near: a text of
// more than a few pieces finds what says some of them.
func (x *Index) firstPage(ctx context.Context, q Query, cur cursor) (Page, error) {
	cur.Near = cur.Way == loosely
	if n := len(x.pieces(q.Text)); cur.Way == strictly && n > strictMost && n <= wordyMost {
		in, all := q, cur
		if cur.Placed {
			in, _ = q.placed()
		}
		all.Way = wholly
		found, err := x.index.SearchInContext(ctx, bleve.NewSearchRequestOptions(x.queryOf(in, all), 0, 0, false))
		if err != nil {
			return Page{}, err
		}
		cur.Near = found.Total == 0
	}
	return x.find(ctx, q, cur)
}

// honourEndsMost is how many kinds of honour with their ends are told apart:
// every day of a year for each kind.
const honourEndsMost = 4000

func (x *Index) find(ctx context.Context, q Query, cur cursor) (Page, error) {
	place := ""
	if cur.Placed {
		q, _ = q.placed()
		place = q.Region
	}
	if q.Text != "" && cur.Rarities == nil {
		r := q.book().Read(q.Text, "")
		cur.Rarities = x.lists.rarities(x.formula.asking(&r))
	}
	request := bleve.NewSearchRequestOptions(x.queryOf(q, cur), q.Limit, 0, false)
	request.Sort = sortOf(q.Sort)
	if len(cur.Keys) > 0 {
		request.SearchAfter = cur.Keys
	} else {
		for _, f := range []string{fieldClass, fieldRegion, fieldSide} {
			request.AddFacet(f, bleve.NewFacetRequest(f, facetsMost))
		}
		request.AddFacet(fieldHonour, bleve.NewFacetRequest(fieldHonour, honourEndsMost))
	}
	found, err := x.index.SearchInContext(ctx, request)
	if err != nil {
		return Page{}, err
	}
	page := Page{IDs: make([]string, 0, len(found.Hits)), Total: int(found.Total), Near: cur.Near && found.Total > 0, Place: place, Facets: facetsOf(found.Facets)}
	if len(cur.Keys) == 0 {
		page.Facets[fieldHonour] = honourBuckets(page.Facets[fieldHonour], cur.AsOf)
	}
	for _, hit := range found.Hits {
		page.IDs = append(page.IDs, hit.ID)
	}
	if len(found.Hits) == q.Limit {
		cur.Keys = keysOf(q.Sort, found.Hits[len(found.Hits)-1])
		page.Next = cur.spell()
	}
	return page, nil
}

// sortOf ends in the moment, which is unique: an order without ties is one
// that the next page can resume.
func sortOf(s Sort) bsearch.SortOrder {
	moment := &bsearch.SortField{Field: fieldMoment, Type: bsearch.SortFieldAsString, Desc: true}
	price := &bsearch.SortField{Field: fieldPrice, Type: bsearch.SortFieldAsString, Missing: bsearch.SortFieldMissingLast}
	switch s {
	case ByRelevance:
		return bsearch.SortOrder{&bsearch.SortScore{Desc: true}, moment}
	case ByPriceDesc:
		price.Desc = true
		fallthrough
	case ByPrice:
		return bsearch.SortOrder{price, moment}
	}
	return bsearch.SortOrder{moment}
}

func facetsOf(results bsearch.FacetResults) map[string][]Bucket {
	facets := make(map[string][]Bucket, len(results))
	for name, r := range results {
		buckets := []Bucket{}
		for _, t := range r.Terms.Terms() {
			buckets = append(buckets, Bucket{t.Term, t.Count})
		}
		facets[name] = buckets
	}
	return facets
}

// queryOf puts a text and filters together. Filters give no points.
func (x *Index) queryOf(q Query, cur cursor) query.Query {
	all := &sum{}
	if words := strings.Fields(q.Text); len(words) > 0 {
		if cur.Way == asFirm {
			for _, p := range x.pieces(q.Text) {
				all.clauses = append(all.clauses, clause{query: termIn(fieldName, p.text), must: true})
			}
		} else if cur.Way == loosely || cur.Way == strictly && len(x.pieces(q.Text)) > strictMost {
			all.clauses = append(all.clauses, clause{query: x.loose(q, cur), must: true})
		} else {
			strict := &sum{}
			for _, w := range words[:min(len(words), 8)] {
				strict.clauses = append(strict.clauses, clause{query: x.word(w, q.Side, q.book()), must: true})
			}
			all.clauses = append(all.clauses, clause{query: &ranked{query: strict, scores: x.order(q, cur), times: inOrder}, must: true})
		}
	}
	for _, f := range []struct{ field, value string }{
		{fieldSide, string(q.Side)}, {fieldClass, q.Class}, {fieldRegion, q.Region},
	} {
		if f.value != "" {
			all.clauses = append(all.clauses, clause{query: termIn(f.field, f.value), must: true})
		}
	}
	if len(q.Clusters) > 0 {
		either := &sum{least: 1}
		for _, c := range q.Clusters {
			either.clauses = append(either.clauses, clause{query: termIn(fieldCluster, c)})
		}
		all.clauses = append(all.clauses, clause{query: either, must: true})
	}
	if q.Honour != "" {
		all.clauses = append(all.clauses, clause{query: honourIn(q.Honour, cur.AsOf), must: true})
	}
	w := &window{query: all}
	if !q.AsOf.IsZero() {
		w.until = momentOf(q.AsOf)
	}
	if q.PriceMin > 0 {
		w.priceMin = priceOf(q.PriceMin)
	}
	if q.PriceMax > 0 {
		w.priceMax = priceOf(q.PriceMax)
	}
	if w.until == "" && w.priceMin == "" && w.priceMax == "" {
		return all
	}
	return w
}

// Points of a word by where it stands. A title weighs three times a text, and
// a listing whose product is the word, not just has it in its name, comes first.
const (
	inTitle   = 3
	inProduct = 2
	inName    = 1
	inText    = 1
	asTerm    = 1 // as a canonical grade or product term
	wholeHead = 8
	wholeIn   = 4 // all of the word in the title
	inOrder   = 4 // times the score of the matcher's candidates
)

// word matches listings that say the word, or one of its synonyms, with every
// piece of it somewhere.
func (x *Index) word(w string, side market.Side, b *chain.Book) query.Query {
	either := &sum{least: 1}
	either.clauses = append(either.clauses, clause{query: x.spelled(w, side)})
	if grade := chain.CanonicalGrade(w); grade != "" { // 45号钢 is said by who says 45#
		for _, s := range sidesOf(side) {
			either.clauses = append(either.clauses, clause{query: termIn(string(s), grade), score: asTerm})
		}
	}
	for _, synonym := range b.Synonyms(w) {
		if synonym = chain.Normalise(synonym); synonym != w {
			either.clauses = append(either.clauses, clause{query: x.spelled(synonym, side)})
		}
	}
	if len(either.clauses) == 1 {
		return either.clauses[0].query
	}
	return either
}

// sidesOf are the sides that a search looks at; "" is both.
func sidesOf(side market.Side) []market.Side {
	if side == "" {
		return []market.Side{market.Supply, market.Need}
	}
	return []market.Side{side}
}

// spelled matches listings with every piece of a word, in whatever field.
func (x *Index) spelled(w string, side market.Side) query.Query {
	q := &sum{}
	pieces := x.pieces(w)
	whole := []query.Query{}
	for _, piece := range pieces {
		q.clauses = append(q.clauses, clause{query: piece.anywhere(side), must: true})
		whole = append(whole, termIn(fieldTitle, piece.text))
	}
	if len(pieces) == 0 { // nothing but punctuation
		return bleve.NewMatchNoneQuery()
	}
	q.clauses = append(q.clauses,
		clause{query: bleve.NewConjunctionQuery(whole...), score: wholeIn},
		clause{query: termIn(fieldHead, w), score: wholeHead})
	return q
}

// namedLeast is how many pieces a word must have to be looked for in firms' names
// where not all words are found: what is shorter, 不锈钢, is goods more often than a firm.
const namedLeast = 3

// strictMost is how many pieces a text may have for a listing to have to say
// all of them. Nobody words a longer one as somebody else does.
const strictMost = 3

// wordyMost is how many pieces a text may have for it to be said that nobody says
// all of them: nobody says a whole sentence.
const wordyMost = 8

// loose matches listings with some of the pieces of the text, a quarter of a few,
// an eighth of many, and those that say the same in other words. The order is that
// of the matcher's candidates; words that a firm's name has whole count besides.
func (x *Index) loose(q Query, cur cursor) query.Query {
	s := &sum{}
	pieces := x.pieces(q.Text)
	pieces = pieces[:min(len(pieces), 40)]
	for _, piece := range pieces {
		s.clauses = append(s.clauses, clause{query: piece.anywhere(q.Side).times(0)})
	}
	if len(s.clauses) == 0 {
		return bleve.NewMatchNoneQuery()
	}
	part := 4
	if len(s.clauses) > 8 {
		part = 8
	}
	s.least = (len(s.clauses) + part - 1) / part
	scores := x.order(q, cur)
	either := &sum{least: 1, clauses: []clause{{query: s}, {query: query.NewDocIDQuery(first(scores, MaxLimit))}}}
	for _, w := range strings.Fields(q.Text) {
		if named := x.pieces(w); len(named) >= namedLeast {
			whole := make([]query.Query, len(named))
			for i, p := range named {
				whole[i] = termIn(fieldName, p.text)
			}
			either.clauses = append(either.clauses, clause{query: bleve.NewConjunctionQuery(whole...), score: inName})
		}
	}
	return &ranked{query: either, scores: scores, times: 1}
}

// order scores what the text is about as the matcher's candidates are scored.
func (x *Index) order(q Query, cur cursor) map[string]float64 {
	r := q.book().Read(q.Text, "")
	ask := x.formula.asking(&r)
	if len(ask) != len(cur.Rarities) {
		return nil // a cursor from before the words were read like this
	}
	return x.lists.order(q.Side, ask, cur.Rarities)
}

// times multiplies the points of every clause.
func (q *sum) times(n float64) *sum {
	for i := range q.clauses {
		q.clauses[i].score *= n
	}
	return q
}

// piece is a pair of Chinese characters, a number or a Latin word.
type piece struct {
	text string
}

// pieces cuts a text as the index side does, but into pairs only: single
// characters stand in half of all listings.
func (x *Index) pieces(text string) []piece {
	var out []piece
	for _, token := range x.mapping.AnalyzerNamed(cjk.AnalyzerName).Analyze([]byte(text)) {
		p := piece{string(token.Term)}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// anywhere matches listings with the piece in any field.
func (p piece) anywhere(side market.Side) *sum {
	q := &sum{least: 1, clauses: []clause{
		{query: termIn(fieldTitle, p.text), score: inTitle},
		{query: termIn(fieldProduct, p.text), score: inProduct},
		{query: termIn(fieldName, p.text), score: inName},
		{query: termIn(fieldText, p.text), score: inText},
	}}
	for _, s := range sidesOf(side) {
		for _, term := range chain.Read(p.text, "").Terms {
			if strings.EqualFold(term.Text, p.text) || chain.SameGrade(term.Text, p.text) {
				q.clauses = append(q.clauses, clause{query: termIn(string(s), term.Text), score: asTerm})
			}
		}
	}
	return q
}

func termIn(field, term string) query.Query {
	q := bleve.NewTermQuery(term)
	q.SetField(field)
	return q
}

// keysOf is what the order compares of the last hit of a page.
func keysOf(s Sort, last *bsearch.DocumentMatch) []string {
	keys := slices.Clone(last.Sort)
	if s == ByRelevance {
		keys[0] = fmt.Sprint(last.Score)
	}
	return keys
}
