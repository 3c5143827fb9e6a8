package search

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	bsearch "github.com/blevesearch/bleve/v2/search"
	index "github.com/blevesearch/bleve_index_api"

	"lianqiao/market"
)

// shelf holds what a page without words is made from: when a listing was
// published, its side, price, class, region, cluster and its firm's honours. Such a page
// counts every listing: bleve took 14 ms of a processor for it at 10,000 of them and
// a quarter of a second at 100,000, and going through this takes 1.4 and 5. It is
// safe for concurrent use.
type shelf struct {
	mu     sync.RWMutex
	items  []item
	free   []uint32
	at     map[string]uint32 // by listing id
	value  map[string]uint32 // number of a class, a region, a cluster or a kind of honour
	values []string          // by number; the first is none
}

// item is one listing; the numbers are those of values, 0 is none.
type item struct {
	id      string // "" where a listing was taken out
	at      int64  // ms
	price   int64  // fen; 0 negotiable
	side    market.Side
	class   [5]uint32 // the code and its parents
	region  [3]uint32
	cluster uint32
	honours []held
}

type held struct {
	kind uint32
	end  string
}

func newShelf() *shelf {
	return &shelf{at: map[string]uint32{}, value: map[string]uint32{"": 0}, values: []string{""}}
}

// put puts listings in, each in the place of its former self if there is one.
func (s *shelf) put(docs []Doc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range docs {
		l := &docs[i].Listing
		it := item{id: l.ID, at: max(l.PublishedAt.UnixMilli(), 0), side: l.Side, cluster: s.numberOf(l.ClusterID)}
		if !l.Price.Negotiable && l.Price.Fen > 0 {
			it.price = l.Price.Fen
		}
		s.number(it.class[:], classAndParents(l.Class))
		s.number(it.region[:], regionAndParents(l.Region))
		for _, h := range honoursOf(docs[i].Enterprise.Honours) {
			it.honours = append(it.honours, s.held(h))
		}
		s.set(it)
	}
}

func (s *shelf) set(it item) {
	n, ok := s.at[it.id]
	switch last := len(s.free) - 1; {
	case ok:
	case last >= 0:
		n, s.free = s.free[last], s.free[:last]
	default:
		n, s.items = uint32(len(s.items)), append(s.items, item{})
	}
	s.items[n], s.at[it.id] = it, n
}

func (s *shelf) remove(ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if n, ok := s.at[id]; ok {
			s.items[n] = item{}
			s.free = append(s.free, n)
			delete(s.at, id)
		}
	}
}

func (s *shelf) number(out []uint32, values []string) {
	for i, v := range values[:min(len(values), len(out))] {
		out[i] = s.numberOf(v)
	}
}

func (s *shelf) numberOf(value string) uint32 {
	n, ok := s.value[value]
	if !ok {
		n = uint32(len(s.values))
		value = strings.Clone(value)
		s.value[value], s.values = n, append(s.values, value)
	}
	return n
}

// held reads what honoursOf spells.
func (s *shelf) held(honour string) held {
	kind, end, _ := strings.Cut(honour, endMark)
	return held{s.numberOf(kind), strings.Clone(end)}
}

// load fills an empty shelf from what bleve holds.
func (s *shelf) load(ctx context.Context, reader index.IndexReader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := map[string]*item{} // by bleve's own document number
	for _, f := range []struct {
		field string
		set   func(it *item, term string)
	}{
		{fieldMoment, func(it *item, moment string) {
			ms := min(len(moment), momentDigits)
			it.at, _ = strconv.ParseInt(moment[:ms], 10, 64)
			it.id = strings.Clone(moment[ms:])
		}},
		{fieldSide, func(it *item, side string) { it.side = market.Side(strings.Clone(side)) }},
		{fieldPrice, func(it *item, price string) { it.price, _ = strconv.ParseInt(price, 10, 64) }},
		{fieldClass, func(it *item, class string) { s.add(it.class[:], class) }},
		{fieldRegion, func(it *item, region string) { s.add(it.region[:], region) }},
		{fieldCluster, func(it *item, cluster string) { it.cluster = s.numberOf(cluster) }},
		{fieldHonour, func(it *item, honour string) { it.honours = append(it.honours, s.held(honour)) }},
	} {
		err := eachPosting(ctx, reader, f.field, func(term string, doc *index.TermFieldDoc) error {
			it := items[string(doc.ID)]
			if it == nil {
				it = &item{}
				items[string(doc.ID)] = it
			}
			f.set(it, term)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, it := range items {
		s.set(*it)
	}
	return nil
}

func (s *shelf) add(out []uint32, value string) {
	if i := slices.Index(out, 0); i >= 0 {
		out[i] = s.numberOf(value)
	}
}

// wanted is a question without words, in numbers.
type wantedItems struct {
	class, region, honour uint32
	clusters              []uint32
	until                 int64  // ms; 0 no bound
	now                   string // as honours' ends are spelt
	none                  bool   // it names a value that no listing has
}

func (s *shelf) wanted(q *Query, cur *cursor) (w wantedItems) {
	for _, f := range []struct {
		value  string
		number *uint32
	}{{q.Class, &w.class}, {q.Region, &w.region}, {string(q.Honour), &w.honour}} {
		n, ok := s.value[f.value]
		*f.number, w.none = n, w.none || !ok
	}
	w.clusters = s.clusters(q.Clusters)
	w.none = w.none || len(q.Clusters) > 0 && len(w.clusters) == 0
	if !q.AsOf.IsZero() {
		w.until = q.AsOf.UnixMilli()
	}
	w.now = spellMoment(cur.AsOf)
	return w
}

// clusters are the numbers of those that some listing is of; none: nil.
func (s *shelf) clusters(ids []string) (out []uint32) {
	for _, id := range ids {
		if n, ok := s.value[id]; ok {
			out = append(out, n)
		}
	}
	return out
}

// has says that the listing is among what is asked for.
func (w *wantedItems) has(it *item, q *Query) bool {
	switch {
	case it.id == "",
		q.Side != "" && it.side != q.Side,
		w.class != 0 && !slices.Contains(it.class[:], w.class),
		w.region != 0 && !slices.Contains(it.region[:], w.region),
		w.clusters != nil && !slices.Contains(w.clusters, it.cluster),
		w.until != 0 && it.at > w.until,
		q.PriceMin > 0 && it.price < q.PriceMin,
		q.PriceMax > 0 && (it.price == 0 || it.price > q.PriceMax):
		return false
	}
	return w.honour == 0 || slices.ContainsFunc(it.honours, func(h held) bool { return h.kind == w.honour && h.counts(w.now) })
}

// counts says that the honour has not ended.
func (h *held) counts(now string) bool { return h.end == noEnd || h.end > now }

// page answers a question without words, as find answers one with words.
func (s *shelf) page(q Query, cur cursor) Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w := s.wanted(&q, &cur)
	first := len(cur.Keys) == 0
	var after item
	if !first {
		after = itemOfKeys(q.Sort, cur.Keys)
	}
	order := orderOf(q.Sort)
	best := make([]*item, 0, q.Limit+1)
	count := counter{shelf: s, now: w.now}
	if first {
		count.room()
	}
	total := 0
	for i := range s.items {
		it := &s.items[i]
		if w.none || !w.has(it, &q) {
			continue
		}
		total++
		if first {
			count.add(it)
		} else if order(it, &after) <= 0 {
			continue
		}
		if len(best) == q.Limit && order(it, best[q.Limit-1]) > 0 {
			continue
		}
		place, _ := slices.BinarySearchFunc(best, it, order)
		best = slices.Insert(best, place, it)
		best = best[:min(len(best), q.Limit)]
	}
	page := Page{IDs: make([]string, 0, len(best)), Total: total, Facets: map[string][]Bucket{}}
	for _, it := range best {
		page.IDs = append(page.IDs, it.id)
	}
	if first {
		page.Facets = count.facets()
	}
	if len(best) == q.Limit {
		cur.Keys = best[q.Limit-1].keys(q.Sort)
		page.Next = cur.spell()
	}
	return page
}

// orderOf compares as sortOf does; no two listings are equal.
func orderOf(s Sort) func(a, b *item) int {
	newest := func(a, b *item) int {
		if a.at != b.at {
			return cmp.Compare(b.at, a.at)
		}
		return strings.Compare(b.id, a.id)
	}
	if s != ByPrice && s != ByPriceDesc {
		return newest
	}
	return func(a, b *item) int {
		switch {
		case a.price == b.price:
			return newest(a, b)
		case a.price == 0 || b.price == 0:
			return cmp.Compare(b.price, a.price) // negotiable last
		case s == ByPriceDesc:
			return cmp.Compare(b.price, a.price)
		}
		return cmp.Compare(a.price, b.price)
	}
}

// keys are what find keeps of the last listing of a page, spelt as bleve does.
func (it *item) keys(s Sort) []string {
	moment := spellMoment(it.at) + it.id
	switch {
	case s != ByPrice && s != ByPriceDesc:
		return []string{moment}
	case it.price > 0:
		return []string{priceOf(it.price), moment}
	case s == ByPriceDesc:
		return []string{bsearch.LowTerm, moment}
	}
	return []string{bsearch.HighTerm, moment}
}

// itemOfKeys is as much of a listing as keys says.
func itemOfKeys(s Sort, keys []string) (it item) {
	moment := keys[len(keys)-1]
	digits := min(len(moment), momentDigits)
	it.at, _ = strconv.ParseInt(moment[:digits], 10, 64)
	it.id = moment[digits:]
	if s == ByPrice || s == ByPriceDesc {
		it.price, _ = strconv.ParseInt(keys[0], 10, 64) // what is no number is negotiable
	}
	return it
}

// counter counts the values of facets.
type counter struct {
	shelf                 *shelf
	now                   string
	class, region, honour []int // by number of the value
	needs, supplies       int
}

func (c *counter) room() {
	n := len(c.shelf.values)
	c.class, c.region, c.honour = make([]int, n), make([]int, n), make([]int, n)
}

func (c *counter) add(it *item) {
	for _, v := range it.class {
		c.class[v]++
	}
	for _, v := range it.region {
		c.region[v]++
	}
	for i := range it.honours {
		if it.honours[i].counts(c.now) {
			c.honour[it.honours[i].kind]++
		}
	}
	if it.side == market.Need {
		c.needs++
	} else {
		c.supplies++
	}
}

// facetsMost is how many values of a facet are told.
const facetsMost = 50

func (c *counter) facets() map[string][]Bucket {
	sides := []Bucket{}
	for _, side := range []Bucket{{string(market.Need), c.needs}, {string(market.Supply), c.supplies}} {
		if side.Count > 0 {
			sides = append(sides, side)
		}
	}
	slices.SortFunc(sides, moreFirst)
	return map[string][]Bucket{
		fieldClass: c.buckets(c.class), fieldRegion: c.buckets(c.region), fieldHonour: c.buckets(c.honour), fieldSide: sides,
	}
}

func (c *counter) buckets(counts []int) []Bucket {
	out := []Bucket{}
	for v, n := range counts {
		if n > 0 && v > 0 {
			out = append(out, Bucket{c.shelf.values[v], n})
		}
	}
	slices.SortFunc(out, moreFirst)
	return out[:min(len(out), facetsMost)]
}

func moreFirst(a, b Bucket) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
}
