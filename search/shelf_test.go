package search

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// shown makes listings of all kinds of classes, places, prices and honours.
func shown(n int) []Doc {
	rnd := rand.New(rand.NewPCG(3, 4))
	classes, regions := []string{"", "3252", "3130", "32", "17", "0000"}, []string{"130110", "130102", "110101", "130000", "", "x"}
	docs := invent(n, 11)
	for i := range docs {
		l := &docs[i].Listing
		l.Class, l.Region = classes[rnd.IntN(len(classes))], regions[rnd.IntN(len(regions))]
		l.ClusterID = []string{"", "luquan", "gaocheng", "32"}[i*7%4]
		l.PublishedAt = noon.Add(time.Duration(rnd.IntN(n/2)) * time.Second)
		if rnd.IntN(2) == 0 {
			l.Price = market.Price{Fen: int64(rnd.IntN(20)) * 100, Unit: "吨"}
		}
		for _, kind := range []market.HonourKind{market.HonourGiant, market.HonourLeader} {
			if rnd.IntN(3) == 0 {
				h := market.Honour{Kind: kind, Own: rnd.IntN(4) == 0}
				if rnd.IntN(2) == 0 {
					h.Until = noon.Add(time.Duration(rnd.IntN(n)-n/2) * time.Second)
				}
				docs[i].Enterprise.Honours = append(docs[i].Enterprise.Honours, h)
			}
		}
	}
	return docs
}

// shownQueries ask for one thing, or for some of them together.
func shownQueries() (out []Query) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		q := Query{Limit: 1 + rnd.IntN(9), Sort: []Sort{"", ByNewest, ByPrice, ByPriceDesc}[rnd.IntN(4)]}
		if rnd.IntN(3) == 0 {
			q.Side = []market.Side{market.Need, market.Supply}[rnd.IntN(2)]
		}
		if rnd.IntN(3) == 0 {
			q.Class = []string{"32", "3252", "313", "0000", "9999"}[rnd.IntN(5)]
		}
		if rnd.IntN(3) == 0 {
			q.Region = []string{"130000", "130100", "110101", "990000"}[rnd.IntN(4)]
		}
		if rnd.IntN(3) == 0 {
			q.Honour = []market.HonourKind{market.HonourGiant, market.HonourLeader, "none"}[rnd.IntN(3)]
		}
		if rnd.IntN(3) == 0 {
			q.PriceMin = int64(rnd.IntN(20)) * 100
		}
		if rnd.IntN(3) == 0 {
			q.PriceMax = int64(rnd.IntN(20)) * 100
		}
		if rnd.IntN(3) == 0 {
			q.Clusters = [][]string{{"luquan"}, {"32"}, {"gaocheng", "nowhere"}, {"nowhere"}, {"32", "luquan", "gaocheng"}}[rnd.IntN(5)]
		}
		if rnd.IntN(2) == 0 {
			q.AsOf = noon.Add(time.Duration(rnd.IntN(100)) * time.Second)
		}
		out = append(out, q)
	}
	return out
}

// plainPage answers a question without words by looking at the listings themselves.
func plainPage(docs []Doc, q Query, at time.Time, facets bool) Page {
	var found []Doc
	counts := map[string]map[string]int{"class": {}, "region": {}, "honour": {}, "side": {}}
	for _, d := range docs {
		l := &d.Listing
		price := l.Price.Fen
		if l.Price.Negotiable {
			price = 0
		}
		honours := map[string]bool{}
		for _, h := range d.Enterprise.Honours {
			honours[string(h.Kind)] = honours[string(h.Kind)] || !h.Own && (h.Until.IsZero() || h.Until.After(at))
		}
		classes, regions := classAndParents(l.Class), regionAndParents(l.Region)
		if q.Side != "" && q.Side != l.Side || q.Class != "" && !slices.Contains(classes, q.Class) ||
			q.Region != "" && !slices.Contains(regions, q.Region) || q.Honour != "" && !honours[string(q.Honour)] ||
			len(q.Clusters) > 0 && !slices.Contains(q.Clusters, l.ClusterID) || q.PriceMin > 0 && price < q.PriceMin || q.PriceMax > 0 && (price == 0 || price > q.PriceMax) ||
			!q.AsOf.IsZero() && l.PublishedAt.After(q.AsOf) {
			continue
		}
		found = append(found, d)
		counts["side"][string(l.Side)]++
		for _, c := range classes {
			counts["class"][c]++
		}
		for _, c := range regions {
			counts["region"][c]++
		}
		for h, holds := range honours {
			if holds {
				counts["honour"][h]++
			}
		}
	}
	slices.SortFunc(found, func(a, b Doc) int {
		x, y := a.Listing.Price.Fen, b.Listing.Price.Fen
		byPrice := 0
		switch {
		case q.Sort != ByPrice && q.Sort != ByPriceDesc || x == y:
		case x == 0, y == 0, q.Sort == ByPriceDesc:
			byPrice = cmp.Compare(y, x)
		default:
			byPrice = cmp.Compare(x, y)
		}
		return cmp.Or(byPrice, b.Listing.PublishedAt.Compare(a.Listing.PublishedAt), strings.Compare(b.Listing.ID, a.Listing.ID))
	})
	page := Page{IDs: []string{}, Total: len(found), Facets: map[string][]Bucket{}}
	for _, d := range found {
		page.IDs = append(page.IDs, d.Listing.ID)
	}
	for name := range counts {
		if facets {
			page.Facets[name] = []Bucket{}
			for v, n := range counts[name] {
				page.Facets[name] = append(page.Facets[name], Bucket{v, n})
			}
			slices.SortFunc(page.Facets[name], func(a, b Bucket) int {
				return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value))
			})
		}
	}
	return page
}

// TestPagesWithoutWords: a first page and those that follow it say what looking
// at every listing says, also after a start.
func TestPagesWithoutWords(t *testing.T) {
	dir, docs := t.TempDir(), shown(400)
	x, err := Open(dir)
	require.NoError(t, err)
	fillUnevenly(t, x, docs)
	require.NoError(t, x.Apply(nil, []string{docs[3].Listing.ID, docs[399].Listing.ID}, 9, "s"))
	docs = slices.Delete(docs[:399], 3, 4)
	for range 2 {
		for i, q := range shownQueries() {
			comparePages(t, x, docs, q, fmt.Sprintf("%d: %+v", i, q))
		}
		require.NoError(t, x.Close())
		x, err = Open(dir)
		require.NoError(t, err)
	}
	require.NoError(t, x.Close())
}

func comparePages(t *testing.T, x *Index, docs []Doc, q Query, what string) {
	t.Helper()
	at := q.AsOf
	if at.IsZero() {
		at = time.Now()
	}
	want := plainPage(docs, q, at, true)
	got := find(t, x, q)
	require.Equal(t, want.Facets, got.Facets, what)
	all := got.IDs
	for got.Next != "" {
		require.Equal(t, want.Total, got.Total, what)
		q.After = got.Next
		got = find(t, x, q)
		require.Empty(t, got.Facets, what)
		all = append(all, got.IDs...)
	}
	require.Equal(t, want.IDs, all, what)
}

// TestBalances: a class has as many listings of each side as a search for it
// finds, with the clusters and without, also after a start and a removal.
func TestBalances(t *testing.T) {
	dir, docs := t.TempDir(), shown(300)
	x, err := Open(dir)
	require.NoError(t, err)
	fillUnevenly(t, x, docs)
	require.NoError(t, x.Apply(nil, []string{docs[7].Listing.ID}, 9, "s"))
	for range 2 {
		for _, clusters := range [][]string{nil, {"luquan"}, {"32", "gaocheng", "nowhere"}, {"nowhere"}} {
			list, err := x.Balances(clusters)
			require.NoError(t, err)
			want := []Balance{}
			for _, class := range []string{"", "0000", "17", "31", "313", "3130", "32", "325", "3252"} {
				b := Balance{class, find(t, x, Query{Class: class, Clusters: clusters, Side: market.Supply}).Total, find(t, x, Query{Class: class, Clusters: clusters, Side: market.Need}).Total}
				if class == "" || b.Supplies+b.Needs > 0 {
					want = append(want, b)
				}
			}
			require.Equal(t, want, list, "%v", clusters)
		}
		require.NoError(t, x.Close())
		x, err = Open(dir)
		require.NoError(t, err)
	}
	require.NoError(t, x.Close())
}
