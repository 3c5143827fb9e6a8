package api

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// TestMends: a firm reads what it could change on its own listing, in words, and
// on a proposal what its own side could mend; what the other could, it does not.
func TestMends(t *testing.T) {
	w := newWorld(t)
	buyer, seller := w.firm("甲厂"), w.firm("乙厂")
	need, supply := w.post(buyer, aListing(market.Need, "求购铝棒")), w.post(seller, aListing(market.Supply, "供应铝棒"))
	terms := []market.Term{
		{Name: market.TermProduct, Verdict: market.Fits, Points: 70, Max: 70, Need: "铝棒", Supply: "铝棒"},
		{Name: market.TermMOQ, Verdict: market.Misses, Points: -4, Max: 3, Need: "300件", Supply: "1000件"},
		{Name: market.TermGrade, Verdict: market.Misses, Points: -2, Max: 9, Need: "6061", Supply: "6063"},
	}
	again, err := w.store.SaveMatches(t.Context(), []store.ListingMatches{{ListingID: supply.ID, Rev: supply.Rev, Side: market.Supply,
		Keep: []market.Proposal{{NeedID: need.ID, SupplyID: supply.ID, Total: 64, Terms: terms, Weights: "t"}},
		Seen: map[string]int64{need.ID: need.Rev}}})
	require.NoError(t, err)
	require.Empty(t, again)
	w.api.cfg.Mends = func(_ context.Context, ids []string) (map[string][]market.Mend, error) {
		if !slices.Contains(ids, supply.ID) {
			return nil, nil
		}
		return map[string][]market.Mend{supply.ID: {{Term: market.TermCert, To: "ISO 9001", Reach: 4}, {Term: market.TermMOQ, Own: "1000件", To: "300件", Reach: 1, Lift: 2}}}, nil
	}

	texts := func(p person) (out []string) {
		var page struct{ Items []Listing }
		w.ok(200, ask{by: p, path: "/api/my/listings"}).into(t, &page)
		for _, m := range page.Items[0].Mends {
			out = append(out, m.Text)
		}
		return out
	}
	require.Equal(t, []string{"若补充 ISO 9001，可再匹配 4 条需求", "若起订量从 1000件 降到 300件，可再匹配 1 条需求，已推荐的需求中有 2 条会更合适"}, texts(seller))
	require.Empty(t, texts(buyer))
	require.Empty(t, w.ok(200, ask{by: buyer, path: "/api/listings/" + supply.ID}).listing(t).Mends)
	require.Empty(t, w.ok(200, ask{by: seller, path: "/api/listings/" + supply.ID}).listing(t).Mends)

	onTerms := func(p person) (out []string) {
		var page struct{ Items []Proposal }
		w.ok(200, ask{by: p, path: "/api/my/proposals"}).into(t, &page)
		for _, x := range page.Items[0].Terms {
			out = append(out, x.Mend)
		}
		return out
	}
	require.Equal(t, []string{"", "若起订量从 1000件 降到 300件，总分可到 71", "若也供应 6061（现为 6063），总分可到 75"}, onTerms(seller))
	require.Equal(t, []string{"", "若采购量从 300件 提到 1000件，总分可到 71", ""}, onTerms(buyer))

	closed, err := w.store.SetStatus(t.Context(), seller.Actor, supply.ID, supply.Rev, market.Closed, supply.ValidUntil)
	require.NoError(t, err)
	require.Equal(t, market.Closed, closed.Status)
	require.Empty(t, texts(seller), "what is off the market reaches nobody")
}
