package matcher

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// world is a real store with a real index.
type world struct {
	*Matcher
	t   *testing.T
	seq uint64
}

func newWorld(t *testing.T) *world {
	st, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "t.db"))
	require.NoError(t, err)
	t.Cleanup(func() { st.Close() })
	index, err := search.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { index.Close() })
	w := &world{Matcher: New(Config{Store: st, Index: index}), t: t}
	require.NoError(t, w.Rebuild(t.Context(), 0, "s"))
	return w
}

func (w *world) firm(name string) market.Enterprise {
	e, err := w.Store.UpsertEnterprise(w.t.Context(), market.Enterprise{Name: name, Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "王", Phone: "0311-1234567"}})
	require.NoError(w.t, err)
	return e
}

// post keeps a live listing and tells the index.
func (w *world) post(firm market.Enterprise, side market.Side, title string) market.Listing {
	l := market.Listing{
		ID: market.NewID(), EnterpriseID: firm.ID, Side: side, Board: market.Goods, Status: market.Live, Title: title, Region: "130110",
		Price: market.Price{Negotiable: true}, Quantity: market.Quantity{Amount: decimal.NewFromInt(5), Unit: "吨", Per: market.PerMonth},
		ValidUntil: time.Now().AddDate(0, 1, 0), Source: fmt.Sprintf("test:%d", w.seq),
	}
	_, _, _, err := w.Store.ImportListings(w.t.Context(), []market.Listing{l})
	require.NoError(w.t, err)
	list, _, err := w.Store.ListingsOf(w.t.Context(), firm.ID, market.Live, "", 100)
	require.NoError(w.t, err)
	i := slices.IndexFunc(list, func(x market.Listing) bool { return x.Source == l.Source })
	require.GreaterOrEqual(w.t, i, 0)
	w.seq++
	require.NoError(w.t, w.Feed(w.t.Context(), []market.Change{change(list[i].ID)}, w.seq, "s"))
	return list[i]
}

func change(id string) market.Change { return market.Change{Kind: market.ChangeListing, Of: id} }

func (w *world) match(ids ...string) {
	var list []market.Change
	for _, id := range ids {
		list = append(list, change(id))
	}
	require.NoError(w.t, w.Match(w.t.Context(), list, w.seq))
}

func (w *world) open(firm market.Enterprise) []market.Proposal {
	list, _, err := w.Store.ProposalsFor(w.t.Context(), firm.ID, "", store.ViewOpen, "", 100)
	require.NoError(w.t, err)
	return list
}

func TestTwiceIsOnceInAnyOrder(t *testing.T) {
	w := newWorld(t)
	buyer, seller, third := w.firm("甲采购厂"), w.firm("乙供应厂"), w.firm("丙供应厂")
	need := w.post(buyer, market.Need, "求购6061铝棒")
	a := w.post(seller, market.Supply, "6061铝棒 现货")
	b := w.post(third, market.Supply, "6061铝棒")
	w.post(third, market.Supply, "铝棒加工设备")
	w.post(buyer, market.Supply, "6061铝棒 自家余料")
	w.match(need.ID, a.ID, b.ID)
	first := w.open(buyer)
	require.Len(t, first, 2)
	w.match(b.ID)
	w.match(a.ID)
	w.match(need.ID, need.ID)
	require.Equal(t, first, w.open(buyer))
	require.NoError(t, w.Sweep(t.Context(), "2026-11-23"))
	require.Equal(t, first, w.open(buyer))
}

func TestSupplyFindsNeed(t *testing.T) {
	w := newWorld(t)
	buyer, seller := w.firm("甲采购厂"), w.firm("乙供应厂")
	w.post(buyer, market.Need, "求购6061铝棒")
	w.match(w.post(seller, market.Supply, "6061铝棒").ID)
	require.Len(t, w.open(seller), 1)
}

func TestRefusedIsNeverOfferedAgain(t *testing.T) {
	for _, answer := range []market.Answer{market.Unfit, market.Known} {
		t.Run(string(answer), func(t *testing.T) {
			w := newWorld(t)
			buyer, seller := w.firm("甲采购厂"), w.firm("乙供应厂")
			need := w.post(buyer, market.Need, "求购6061铝棒")
			supply := w.post(seller, market.Supply, "6061铝棒")
			w.match(need.ID)
			p := w.open(buyer)
			require.Len(t, p, 1)
			actor := market.Actor{UserID: "u", EnterpriseID: buyer.ID}
			i := market.Interest{ProposalID: p[0].ID, EnterpriseID: buyer.ID, UserID: "u", Answer: answer}
			if answer == market.Unfit {
				i.Reason = "product"
			}
			require.NoError(t, w.Store.SaveInterest(t.Context(), actor, i))
			w.match(need.ID, supply.ID)
			require.Empty(t, w.open(seller))
		})
	}
}

// TestNoWait is the negative control: without the wait a match runs before the
// index holds what it should find, and the pair is missed.
func TestNoWait(t *testing.T) {
	w := newWorld(t)
	buyer, seller := w.firm("甲采购厂"), w.firm("乙供应厂")
	need := w.post(buyer, market.Need, "求购6061铝棒")
	require.NoError(t, w.Index.Apply(nil, []string{need.ID}, w.seq, "s")) // not indexed yet
	supply := w.post(seller, market.Supply, "6061铝棒")
	require.NoError(t, w.Index.Apply(nil, []string{supply.ID, need.ID}, w.seq, "s"))
	late := w.seq + 1
	w.NoWait = true
	require.NoError(t, w.Match(t.Context(), []market.Change{change(supply.ID)}, late))
	require.Empty(t, w.open(buyer))
	w.NoWait = false
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Match(ctx, []market.Change{change(supply.ID)}, late) }()
	require.NoError(t, w.Feed(t.Context(), []market.Change{change(need.ID), change(supply.ID)}, late, "s"))
	require.NoError(t, <-done)
	cancel()
	require.Len(t, w.open(buyer), 1)
}

// TestSweepReindexes: an index that lacks a listing and holds one that is not
// live is right again after the sweep's message, and has moved past it.
func TestSweepReindexes(t *testing.T) {
	w := newWorld(t)
	seller := w.firm("乙供应厂")
	kept, stray := w.post(seller, market.Supply, "6061铝棒"), market.Listing{ID: market.NewID(), Side: market.Supply, Title: "影子", EnterpriseID: seller.ID}
	require.NoError(t, w.Index.Apply([]search.Doc{{Listing: stray, Enterprise: seller}}, []string{kept.ID}, w.seq, "s"))
	require.NoError(t, w.Feed(t.Context(), []market.Change{{ID: market.NewID(), Kind: market.ChangeSweep, Of: "2026-11-23"}}, w.seq+1, "s"))
	ids, err := w.Index.IDs(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{kept.ID}, ids)
	at, _ := w.Index.Position()
	require.Equal(t, w.seq+1, at)
}
