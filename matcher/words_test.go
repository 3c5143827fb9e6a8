package matcher

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// of puts a firm into a cluster.
func (w *world) of(firm market.Enterprise, cluster string) market.Enterprise {
	firm.ClusterID = cluster
	kept, err := w.Store.UpsertEnterprise(w.t.Context(), firm)
	require.NoError(w.t, err)
	return kept
}

// settle takes what waits through the feed and the matching of w, and through
// the feed of others, until nothing waits any more.
func (w *world) settle(others ...*world) (listings []string) {
	for {
		var batch []market.Change
		n, err := w.Store.TakeOutbox(w.t.Context(), 100, func(_ context.Context, changes []market.Change) error {
			batch = changes
			return nil
		})
		require.NoError(w.t, err)
		if n == 0 {
			return listings
		}
		w.seq++
		for _, o := range append([]*world{w}, others...) {
			require.NoError(w.t, o.Feed(w.t.Context(), batch, w.seq, "s"))
		}
		require.NoError(w.t, w.Match(w.t.Context(), batch, w.seq))
		for _, c := range batch {
			if c.Kind == market.ChangeListing {
				listings = append(listings, c.Of)
			}
		}
	}
}

func (w *world) add(cluster string, kind market.AdditionKind, words ...string) market.Addition {
	a := market.Addition{ClusterID: cluster, Kind: kind, Words: words, Weight: 1}
	require.NoError(w.t, w.Store.CreateAddition(w.t.Context(), market.Actor{UserID: "u", Admin: true}, &a))
	return a
}

// beside is another process on the same store.
func (w *world) beside() *world {
	o := newWorld(w.t)
	o.Matcher.Store = w.Store
	require.NoError(w.t, o.Rebuild(w.t.Context(), 0, "s"))
	return o
}

// TestWordsOfACluster: what an association adds brings its firms' listings
// together with anybody's, at once and whichever is posted first, and nobody
// else's; removed, the proposals go. Every process has heard of it.
func TestWordsOfACluster(t *testing.T) {
	w := newWorld(t)
	buyer, ours, theirs := w.of(w.firm("甲采购厂"), "a"), w.of(w.firm("乙供应厂"), "a"), w.of(w.firm("丙供应厂"), "b")
	outside := w.of(w.firm("丁采购厂"), "b")
	web := w.beside()
	need := w.post(buyer, market.Need, "求购 陶瓷来令片")
	supply, foreign := w.post(ours, market.Supply, "刹车片 现货"), w.post(theirs, market.Supply, "刹车片 盘式")
	bystander := w.post(ours, market.Supply, "6061铝棒")
	w.settle(web)
	require.Empty(t, w.open(buyer))

	a := w.add("a", market.AddSame, "刹车片", "来令片")
	require.ElementsMatch(t, []string{need.ID, supply.ID}, w.settle(web), "only what it concerns, of that cluster, is matched again")
	require.NotContains(t, w.settle(web), bystander.ID)
	require.ElementsMatch(t, []string{supply.ID, foreign.ID}, suppliesOf(w.open(buyer)), "our need finds everybody's supply")
	require.NotEmpty(t, web.Words().Of("a").Synonyms("来令片"), "another process heard of it")

	late := w.post(outside, market.Need, "求购来令片 后桥用")
	w.settle(web)
	require.Equal(t, []string{supply.ID}, suppliesOf(w.open(outside)), "a need of another cluster, posted later, finds our supply and nobody else's")
	p := w.open(outside)[0]
	require.Equal(t, late.ID, p.NeedID)
	require.Contains(t, p.Terms[0].Need+p.Terms[0].Supply, "来令片", "quoted as they are written")

	require.NoError(t, w.Store.RemoveAddition(t.Context(), market.Actor{UserID: "u", Admin: true}, a.ID))
	w.settle(web)
	require.Empty(t, w.open(buyer))
	require.Empty(t, w.open(outside))
	require.Empty(t, web.Words().Of("a").Synonyms("来令片"))
}

func suppliesOf(list []market.Proposal) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.SupplyID)
	}
	return ids
}

// TestWordsOfTheCity hold for everybody, and are there after a start.
func TestWordsOfTheCity(t *testing.T) {
	w := newWorld(t)
	buyer, seller := w.firm("甲采购厂"), w.firm("乙供应厂")
	need, supply := w.post(buyer, market.Need, "求购来令片"), w.post(seller, market.Supply, "刹车片 现货")
	w.settle()
	require.Empty(t, w.open(buyer))
	w.add("", market.AddSame, "刹车片", "来令片")
	w.settle()
	require.Equal(t, []string{supply.ID}, suppliesOf(w.open(buyer)))

	later := w.beside()
	require.NoError(t, later.LoadWords(t.Context()))
	require.NoError(t, later.Match(t.Context(), []market.Change{change(need.ID)}, 0))
	require.Len(t, w.open(buyer), 1, "a process that starts has read them")
}

// TestRelationsOfACluster make potential proposals for its firms' listings.
func TestRelationsOfACluster(t *testing.T) {
	w := newWorld(t)
	maker, seller, other := w.of(w.firm("甲厂"), "a"), w.of(w.firm("乙厂"), "b"), w.of(w.firm("丙厂"), "b")
	product := w.post(maker, market.Supply, "毛毡地板砖")
	twin := w.post(other, market.Supply, "毛毡地板砖 丙")
	w.settle()
	a := w.add("a", market.AddRelation, "骨胶粉", "毛毡地板砖")
	w.settle()
	w.post(seller, market.Supply, "骨胶粉 工业")
	w.settle()
	list := w.along(seller)
	require.Len(t, list, 1, "only with the firm whose association said so")
	require.Equal(t, market.Potential, list[0].Kind)
	require.Equal(t, product.ID, list[0].NeedID)
	require.NotEqual(t, twin.ID, list[0].NeedID)

	heard := w.beside() // a worker whose message was lost
	require.NoError(t, w.Store.RemoveAddition(t.Context(), market.Actor{UserID: "u", Admin: true}, a.ID))
	a = w.add("a", market.AddRelation, "骨胶", "毛毡地板砖")
	w.settle()
	require.Empty(t, w.along(seller))
	w.post(seller, market.Supply, "骨胶 工业")
	require.NoError(t, heard.Feed(t.Context(), []market.Change{{Kind: market.ChangeSweep, Of: "2026-11-23"}}, 1, "s"))
	require.NoError(t, heard.Sweep(t.Context(), "2026-11-23"))
	require.Len(t, w.along(seller), 1, "the night does it at the latest")
	require.NoError(t, w.Store.RemoveAddition(t.Context(), market.Actor{UserID: "u", Admin: true}, a.ID))
	w.settle()
	require.Empty(t, w.along(seller))
}
