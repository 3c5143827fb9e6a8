package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestPreferences: answers make rules as market.Conclude says, for the firm that
// gave them and for no other; what the firm says of a rule stands.
func TestPreferences(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		need := post(t, s, buyer, market.Need)
		var keep []market.Proposal
		for range 5 {
			keep = append(keep, proposed(need, post(t, s, seller, market.Supply), 80))
		}
		saveMatches(t, s, matched(t, s, need, keep...))
		byPair := all(t, s, buyer)
		refuse := func(n int, always bool) market.Preference {
			t.Helper()
			p := byPair[pair{need.ID, keep[n].SupplyID}]
			drain(t, s)
			require.NoError(t, s.SaveInterest(ctx, buyer, market.Interest{ProposalID: p.ID, Answer: market.Unfit, Reason: "place", Ground: []string{"420", "360", "900", "310", "200"}[n], Always: always}))
			list, err := s.PreferencesOf(ctx, buyer.EnterpriseID)
			require.NoError(t, err)
			if len(list) == 0 {
				return market.Preference{}
			}
			require.Len(t, list, 1)
			return list[0]
		}
		require.Empty(t, refuse(0, false))
		p := refuse(1, false)
		require.Equal(t, []any{market.PreferenceSuggested, "350", 2, market.Need}, []any{p.Status, p.Value, p.Answers, p.Side})
		require.NotContains(t, changeKinds(drain(t, s)), market.ChangeEnterprise, "a suggestion changes nothing")
		on, err := s.PreferencesOn(ctx, []string{buyer.EnterpriseID, seller.EnterpriseID})
		require.NoError(t, err)
		require.Empty(t, on)
		p = refuse(2, false)
		require.Equal(t, []any{market.PreferenceOn, "350", 3, false}, []any{p.Status, p.Value, p.Answers, p.Asked})
		require.Contains(t, changeKinds(drain(t, s)), market.ChangeEnterprise, "its listings are matched again")
		on, err = s.PreferencesOn(ctx, []string{buyer.EnterpriseID, seller.EnterpriseID})
		require.NoError(t, err)
		require.Equal(t, map[string][]market.Preference{buyer.EnterpriseID: {p}}, on)

		require.ErrorIs(t, s.SetPreference(ctx, seller, p.ID, p.Rev, market.PreferenceOff), market.ErrNotFound)
		require.ErrorIs(t, s.SetPreference(ctx, buyer, p.ID, p.Rev+1, market.PreferenceOff), market.ErrStale)
		require.NoError(t, s.SetPreference(ctx, buyer, p.ID, p.Rev, market.PreferenceRemoved))
		require.Empty(t, refuse(3, false), "answers do not bring back what was removed")
		p = refuse(4, true)
		require.Equal(t, []any{market.PreferenceOn, "150", true}, []any{p.Status, p.Value, p.Asked}, "a tap does")
		unfit, err := s.Unfit(ctx, []string{buyer.EnterpriseID, seller.EnterpriseID})
		require.NoError(t, err)
		require.Len(t, unfit[buyer.EnterpriseID], 5)
		require.Len(t, unfit, 1)
		deeds, err := s.DeedsOf(ctx, buyer.UserID, 100)
		require.NoError(t, err)
		said := map[string]int{}
		for _, d := range deeds {
			if d.Kind == "preference" {
				said[d.Deed]++
			}
		}
		require.Equal(t, map[string]int{"prefer suggested": 1, "prefer on": 2, "prefer removed": 1}, said)
	})
}

func changeKinds(list []market.Change) (out []market.ChangeKind) {
	for _, c := range list {
		out = append(out, c.Kind)
	}
	return out
}
