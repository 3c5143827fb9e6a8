package matcher

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// edit changes a live listing in the store and tells the index.
func (w *world) edit(l market.Listing, by market.Enterprise, with func(*market.Listing)) market.Listing {
	with(&l)
	require.NoError(w.t, w.Store.UpdateListing(w.t.Context(), market.Actor{UserID: "u", EnterpriseID: by.ID}, &l))
	w.seq++
	require.NoError(w.t, w.Feed(w.t.Context(), []market.Change{change(l.ID)}, w.seq, "s"))
	return l
}

// TestChances: what is promised comes true, for certificates, quantities and
// least orders, and nothing is promised where nothing is missing.
func TestChances(t *testing.T) {
	w := newWorld(t)
	mill := w.firm("示例铝材厂")
	offer := w.post(mill, market.Supply, "供应6061铝棒")
	for i, with := range []func(*market.Listing){
		func(l *market.Listing) { l.Certificates = []string{"ISO 9001"} },
		func(l *market.Listing) { l.Certificates = []string{"ISO 9001"} },
		func(l *market.Listing) { l.Certificates = []string{"ISO 9001", "IATF 16949"} },
		func(l *market.Listing) { l.Quantity.Amount = decimal.NewFromInt(80) },
		func(*market.Listing) {},
	} {
		buyer := w.firm("示例买家" + string(rune('甲'+i)))
		w.edit(w.post(buyer, market.Need, "求购6061铝棒"), buyer, with)
	}
	require.NoError(t, w.Apply(t.Context(), change(offer.ID)))
	require.Len(t, w.open(mill), 1)

	chances, err := w.Chances(t.Context(), offer.ID)
	require.NoError(t, err)
	require.Equal(t, market.Chance{Term: market.TermCert, Value: "ISO 9001、IATF 16949", Gain: 3}, chances[0])
	require.Contains(t, chances, market.Chance{Term: market.TermCert, Value: "ISO 9001", Gain: 2})
	require.Contains(t, chances, market.Chance{Term: market.TermQuantity, Value: "80吨/月", Gain: 1})

	offer = w.edit(offer, mill, func(l *market.Listing) { l.Certificates = []string{"ISO9001认证"} })
	require.NoError(t, w.Apply(t.Context(), change(offer.ID)))
	require.Len(t, w.open(mill), 3, "two more, as was said")
	offer = w.edit(offer, mill, func(l *market.Listing) {
		l.Certificates = append(l.Certificates, "IATF 16949")
		l.Quantity.Amount = decimal.NewFromInt(80)
	})
	require.NoError(t, w.Apply(t.Context(), change(offer.ID)))
	require.Len(t, w.open(mill), 5)
	chances, err = w.Chances(t.Context(), offer.ID)
	require.NoError(t, err)
	require.Empty(t, chances, "nothing is missing")
}
