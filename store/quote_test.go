package store

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

func quoted(needID string) market.Quote {
	return market.Quote{NeedID: needID, Fen: 1950000, Unit: "吨", MOQ: decimal.NewFromInt(5), LeadDays: 10, Sample: "免费 1 根", ValidUntil: time.Now().AddDate(0, 0, 10).Format(time.DateOnly),
		Lines: []market.QuoteLine{{Spec: "直径", Answer: market.Deviation, Note: "Φ38 起"}}}
}

// TestQuotes: suppliers never see each other, the buyer sees all, a need that
// was quoted on stays as it was.
func TestQuotes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, buyer, one, two, third := t.Context(), firm(t, s, "买"), firm(t, s, "供一"), firm(t, s, "供二"), firm(t, s, "丙")
		need := post(t, s, buyer, market.Need)
		require.ErrorIs(t, s.SaveQuote(ctx, one, quoted(need.ID)), market.ErrNotFound, "nobody asked yet")
		for _, a := range []market.Actor{one, two} {
			_, err := s.AskOnListing(ctx, a, need.ID, "可供")
			require.NoError(t, err)
			require.NoError(t, s.SaveQuote(ctx, a, quoted(need.ID)))
		}
		better := quoted(need.ID)
		better.Fen = 1930000
		require.NoError(t, s.SaveQuote(ctx, two, better))
		seen := func(a market.Actor) (firms []string, err error) {
			_, list, err := s.Quotes(ctx, a, need.ID)
			for _, q := range list {
				firms = append(firms, q.EnterpriseID)
			}
			return firms, err
		}
		all, err := seen(buyer)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{one.EnterpriseID, two.EnterpriseID}, all)
		for _, a := range []market.Actor{one, two} {
			own, err := seen(a)
			require.NoError(t, err)
			require.Equal(t, []string{a.EnterpriseID}, own)
		}
		_, err = seen(third)
		require.ErrorIs(t, err, market.ErrNotFound)
		_, list, err := s.Quotes(ctx, two, need.ID)
		require.NoError(t, err)
		require.Equal(t, int64(1930000), list[0].Fen)
		require.Equal(t, better.Lines, list[0].Lines)

		_, err = s.OfferOn(ctx, one, need.ID)
		require.ErrorIs(t, err, market.ErrNotFound, "it asked without a listing of its own")
		_, err = s.OfferOn(ctx, third, need.ID)
		require.ErrorIs(t, err, market.ErrNotFound)
		counts, err := s.QuoteCounts(ctx, []string{need.ID, market.NewID()})
		require.NoError(t, err)
		require.Equal(t, map[string]int{need.ID: 2}, counts)
		need.Title = "改过的需求"
		require.True(t, market.IsKind(s.UpdateListing(ctx, buyer, &need), market.Conflict))
		require.NoError(t, s.Clarify(ctx, buyer, need.ID, "要求附材质单"))
		require.ErrorIs(t, s.Clarify(ctx, one, need.ID, "我来补充"), market.ErrNotFound)
		_, err = s.SetStatus(ctx, buyer, need.ID, need.Rev, market.Live, time.Now().AddDate(0, 2, 0))
		require.NoError(t, err, "it can be extended")

		bad := quoted(need.ID)
		bad.Lines = nil
		require.True(t, market.IsKind(s.SaveQuote(ctx, one, bad), market.Invalid), "a must wants an answer")
		no := market.Quote{NeedID: need.ID, Declined: "capacity"}
		require.NoError(t, s.SaveQuote(ctx, one, no))
		_, err = s.SetStatus(ctx, buyer, need.ID, need.Rev+1, market.Closed, time.Time{})
		require.NoError(t, err)
		require.ErrorIs(t, s.SaveQuote(ctx, one, quoted(need.ID)), market.ErrStale)
	})
}
