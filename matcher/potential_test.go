package matcher

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// along are a firm's potential proposals.
func (w *world) along(firm market.Enterprise) []market.Proposal {
	list, _, err := w.Store.ProposalsFor(w.t.Context(), firm.ID, "", store.ViewAlong, "", 50)
	require.NoError(w.t, err)
	return list
}

func TestPotential(t *testing.T) {
	for _, productFirst := range []bool{true, false} {
		w := newWorld(t)
		maker, mill, other := w.firm("示例门窗厂"), w.firm("示例铝材厂"), w.firm("示例浴巾厂")
		var window, profile market.Listing
		if productFirst {
			window = w.post(maker, market.Supply, "供应断桥铝合金门窗")
		}
		profile = w.post(mill, market.Supply, "供应建筑铝型材")
		if !productFirst {
			window = w.post(maker, market.Supply, "供应断桥铝合金门窗")
		}
		towel := w.post(other, market.Supply, "供应纯棉浴巾")
		for _, l := range []market.Listing{profile, window, towel} {
			require.NoError(t, w.Apply(t.Context(), change(l.ID)))
		}
		found := w.along(maker)
		require.Len(t, found, 1, "whoever comes first")
		p := found[0]
		require.Equal(t, market.Potential, p.Kind)
		require.Equal(t, [2]string{window.ID, profile.ID}, [2]string{p.NeedID, p.SupplyID}, "the product stands where a need would")
		require.Less(t, p.Total, DefaultThreshold, "below every direct proposal")
		require.Equal(t, market.TermChain, p.Terms[0].Name)
		require.Equal(t, found, w.along(mill))
		require.Empty(t, w.along(other))
		open, err := w.Store.OpenProposals(t.Context(), maker.ID)
		require.NoError(t, err)
		require.Zero(t, open, "they are not among those that wait for an answer")

		// The same again changes nothing, a firm that wants none has none, and a no is a no.
		require.NoError(t, w.Apply(t.Context(), change(profile.ID)))
		require.Equal(t, found, w.along(maker))
		miller, owner := market.Actor{UserID: "u", EnterpriseID: mill.ID}, market.Actor{UserID: "v", EnterpriseID: maker.ID}
		require.NoError(t, w.Store.SetPotential(t.Context(), miller, false))
		require.NoError(t, w.Apply(t.Context(), change(window.ID)))
		require.Empty(t, w.along(maker))
		require.NoError(t, w.Store.SetPotential(t.Context(), miller, true))
		require.NoError(t, w.Apply(t.Context(), change(window.ID)))
		require.Len(t, w.along(maker), 1)
		require.NoError(t, w.Store.SaveInterest(t.Context(), owner, market.Interest{ProposalID: p.ID, Answer: market.Unfit, Reason: "product"}))
		for _, l := range []market.Listing{profile, window} {
			require.NoError(t, w.Apply(t.Context(), change(l.ID)))
		}
		require.Empty(t, w.along(maker))
		require.Empty(t, w.along(mill))
	}
}

func TestPotentialIsNoNeed(t *testing.T) {
	w := newWorld(t)
	maker, mill := w.firm("示例门窗厂"), w.firm("示例铝材厂")
	w.NoPotential = true
	window, profile := w.post(maker, market.Supply, "供应断桥铝合金门窗"), w.post(mill, market.Supply, "供应建筑铝型材")
	for _, l := range []market.Listing{window, profile} {
		require.NoError(t, w.Apply(t.Context(), change(l.ID)))
	}
	require.Empty(t, w.along(maker), "switched off for the installation")
}

// No sum of the terms of a potential proposal reaches a direct one.
func TestPotentialStaysBelow(t *testing.T) {
	require.Less(t, potentialChain+potentialDistance+potentialTier+potentialFresh, DefaultThreshold)
}
