package matcher

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// far posts a supply of a firm of its own at a place.
func (w *world) far(n int, region string, kind market.EnterpriseKind) market.Listing {
	e, err := w.Store.UpsertEnterprise(w.t.Context(), market.Enterprise{Name: fmt.Sprintf("供应厂%d", n), Kind: kind, Region: region, Contact: market.Contact{Name: "王", Phone: "0311-1234567"}})
	require.NoError(w.t, err)
	l := w.listing(w.post(e, market.Supply, "6061铝棒").ID)
	l.Region = region
	return w.edit(l)
}

// refuse says no to the open proposal with the supply, as the app does.
func (w *world) refuse(buyer market.Enterprise, supply market.Listing, reason string, always bool) {
	other, err := w.Store.Enterprise(w.t.Context(), supply.EnterpriseID)
	require.NoError(w.t, err)
	for _, p := range w.open(buyer) {
		if p.SupplyID == supply.ID {
			i := market.Interest{ProposalID: p.ID, Answer: market.Unfit, Reason: reason, Always: always,
				Ground: p.Ground(reason, NewSide(supply, other).Reading.Head, other.Kind)}
			require.NoError(w.t, w.Store.SaveInterest(w.t.Context(), market.Actor{UserID: "u", EnterpriseID: buyer.ID}, i))
			w.seq++
			changed := []market.Change{{Kind: market.ChangeEnterprise, Of: buyer.ID}}
			require.NoError(w.t, w.Feed(w.t.Context(), changed, w.seq, "s"))
			require.NoError(w.t, w.Match(w.t.Context(), changed, w.seq))
			return
		}
	}
	require.Fail(w.t, "no proposal to refuse")
}

func (w *world) preferences(e market.Enterprise) []market.Preference {
	list, err := w.Store.PreferencesOf(w.t.Context(), e.ID)
	require.NoError(w.t, err)
	return list
}

// TestTooFar: one "too far" takes one pair away, two suggest a rule that does
// nothing, three make it, and switched off it does nothing again.
func TestTooFar(t *testing.T) {
	w := newWorld(t)
	buyer, other := w.firm("甲采购厂"), w.firm("丁采购厂")
	need := w.post(buyer, market.Need, "求购6061铝棒")
	theirs := w.post(other, market.Need, "求购6061铝棒")
	near := w.far(0, "130110", market.Maker) // the buyer's own county
	var far []market.Listing
	for i := 1; i <= 5; i++ {
		far = append(far, w.far(i, "440306", market.Maker)) // Shenzhen, some 1,900 km
	}
	w.match(need.ID, theirs.ID)
	require.Len(t, w.totals(need), 6)
	w.refuse(buyer, far[0], "place", false)
	require.Len(t, w.totals(need), 5)
	require.Empty(t, w.preferences(buyer))
	w.refuse(buyer, far[1], "place", false)
	require.Len(t, w.totals(need), 4)
	p := w.preferences(buyer)
	require.Len(t, p, 1)
	require.Equal(t, market.PreferenceSuggested, p[0].Status)
	w.refuse(buyer, far[2], "place", false)
	p = w.preferences(buyer)
	require.Equal(t, []any{market.PreferNear, market.PreferenceOn, 3, market.Need}, []any{p[0].Kind, p[0].Status, p[0].Answers, p[0].Side})
	require.Equal(t, []string{near.ID}, keys(w.totals(need)))
	require.Len(t, w.totals(theirs), 6, "another firm's rule is not ours")
	require.Empty(t, w.preferences(other))

	w.match(far[3].ID, far[4].ID) // from the other side, too
	require.Equal(t, []string{near.ID}, keys(w.totals(need)))

	actor := market.Actor{UserID: "u", EnterpriseID: buyer.ID}
	require.ErrorIs(t, w.Store.SetPreference(t.Context(), market.Actor{UserID: "x", EnterpriseID: other.ID}, p[0].ID, p[0].Rev, market.PreferenceOff), market.ErrNotFound)
	require.NoError(t, w.Store.SetPreference(t.Context(), actor, p[0].ID, p[0].Rev, market.PreferenceOff))
	changed := []market.Change{{Kind: market.ChangeEnterprise, Of: buyer.ID}}
	w.seq++
	require.NoError(t, w.Feed(t.Context(), changed, w.seq, "s"))
	require.NoError(t, w.Match(t.Context(), changed, w.seq))
	require.Len(t, w.totals(need), 3)
	w.refuse(buyer, far[3], "place", false)
	require.Equal(t, market.PreferenceOff, w.preferences(buyer)[0].Status, "what the firm switched off stays off")
}

func keys(m map[string]int) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

// TestNeverAgainAnything: a tap is enough for a rule, of every kind.
func TestNeverAgainAnything(t *testing.T) {
	for reason, spoil := range map[string]func(l *market.Listing){
		"trader":   func(*market.Listing) {},
		"price":    func(l *market.Listing) { l.Price = market.Price{Fen: 110_00, Unit: "吨"} },
		"moq":      func(l *market.Listing) { l.MOQ = l.Quantity.Amount.Add(l.Quantity.Amount) },
		"quantity": func(l *market.Listing) { l.Quantity.Per = market.Once },
		"spec": func(l *market.Listing) {
			l.Specs = []market.Spec{{Name: "直径", Op: market.OpIs, Value: "20", Unit: "mm"}}
		},
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t)
			buyer := w.firm("甲采购厂")
			need := w.listing(w.post(buyer, market.Need, "求购6061铝棒").ID)
			need.Price = market.Price{Fen: 100_00, Unit: "吨"}
			need.Specs = []market.Spec{{Name: "直径", Op: market.OpIs, Value: "60", Unit: "mm"}}
			need = w.edit(need)
			good := w.far(0, "130110", market.Maker)
			kind := market.Maker
			if reason == "trader" {
				kind = market.Trader
			}
			var bad []market.Listing
			for i := 1; i <= 2; i++ {
				l := w.far(i, "130110", kind)
				spoil(&l)
				bad = append(bad, w.edit(l))
			}
			w.match(need.ID)
			require.Len(t, w.totals(need), 3)
			w.refuse(buyer, bad[0], reason, true)
			require.Len(t, w.preferences(buyer), 1)
			require.Equal(t, []string{good.ID}, keys(w.totals(need)), "the other one goes with it")
		})
	}
}

// TestOneNoLowersTheLike: a near-identical offer of the refused firm stands
// behind one of another firm, and another firm's does not.
func TestOneNoLowersTheLike(t *testing.T) {
	w := newWorld(t)
	buyer, seller := w.firm("甲采购厂"), w.firm("乙供应厂")
	need := w.post(buyer, market.Need, "求购6061铝棒")
	first := w.post(seller, market.Supply, "6061铝棒")
	second := w.post(seller, market.Supply, "6061铝棒 库存")
	third := w.far(3, "440306", market.Maker) // no better than the two, and later
	w.match(need.ID)
	require.Len(t, w.totals(need), 3)
	require.LessOrEqual(t, w.totals(need)[third.ID], w.totals(need)[second.ID])
	w.refuse(buyer, first, "other", false)
	w.MaxPerListing = 1
	closed := w.listing(second.ID)
	closed.Text = "改" // a new revision, so that no standing pair is remembered
	w.edit(closed)
	tasks, err := w.tasks(t.Context(), []market.Listing{w.listing(need.ID)})
	require.NoError(t, err)
	tasks[0].stood = map[string]bool{}
	others, err := w.prepare(t.Context(), tasks[0].others)
	require.NoError(t, err)
	never, err := w.never(t.Context(), tasks, others)
	require.NoError(t, err)
	kept := w.keep(tasks[0], others, never)
	require.Len(t, kept, 1)
	require.Equal(t, third.ID, kept[0].SupplyID)
	// Seen from the offer, it is the same.
	tasks, err = w.tasks(t.Context(), []market.Listing{w.listing(second.ID)})
	require.NoError(t, err)
	others, err = w.prepare(t.Context(), tasks[0].others)
	require.NoError(t, err)
	never, err = w.never(t.Context(), tasks, others)
	require.NoError(t, err)
	require.True(t, never.likeRefused(tasks[0].side, others[need.ID], never.sides))
}
