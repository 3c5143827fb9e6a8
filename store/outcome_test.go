package store

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// open makes an introduction of two verified firms that is open.
func open(t *testing.T, s *Store, a, b market.Actor) market.Introduction {
	i, err := s.AskOnListing(t.Context(), a, post(t, s, b, market.Supply).ID, "")
	require.NoError(t, err)
	i, err = s.DoIntroduction(t.Context(), b, i.ID, i.Rev, Accept, "")
	require.NoError(t, err)
	require.True(t, i.Open())
	return i
}

func contract(fen int64) market.Claim {
	return market.Claim{Stage: market.StageContract, Fen: fen, Quantity: "20 吨", Day: "2026-11-20"}
}

// TestOutcomes: claimed by one, confirmed by both, seen; counted once, from
// whichever side or introduction it is told.
func TestOutcomes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b, c := t.Context(), firm(t, s, "甲"), firm(t, s, "乙"), firm(t, s, "丙")
		for _, x := range []market.Actor{a, b, c} {
			verify(t, s, x)
		}
		i := open(t, s, a, b)
		_, err := s.SaveClaim(ctx, c, i.ID, contract(500))
		require.ErrorIs(t, err, market.ErrNotFound)
		o, err := s.SaveClaim(ctx, a, i.ID, contract(500))
		require.NoError(t, err)
		require.Equal(t, market.Claimed, o.Result().Strength)
		o, err = s.SaveClaim(ctx, b, i.ID, contract(500))
		require.NoError(t, err)
		require.Equal(t, market.Confirmed, o.Result().Strength)

		// The same contract told again from another introduction of the two.
		again := open(t, s, b, a)
		_, err = s.SaveClaim(ctx, b, again.ID, contract(500))
		require.True(t, conflictOn(err, "amount"), "%v", err)
		_, err = s.SaveClaim(ctx, b, again.ID, contract(700))
		require.NoError(t, err, "another contract")

		list, err := s.Outcomes(ctx, nil, "2026-11-01", "2026-11-30")
		require.NoError(t, err)
		require.Equal(t, []market.Figure{{Stage: market.StageContract, Strength: market.Claimed, Count: 1, Fen: 700}, {Stage: market.StageContract, Strength: market.Confirmed, Count: 1, Fen: 500}}, market.Sum(list))
		none, err := s.Outcomes(ctx, []string{"luquan"}, "", "")
		require.NoError(t, err)
		require.Empty(t, none)

		admin := market.Actor{UserID: a.UserID, Admin: true}
		_, err = s.SeeDocument(ctx, market.Actor{UserID: "op", Clusters: []string{"luquan"}}, o.ID, o.Rev)
		require.ErrorIs(t, err, market.ErrNotFound)
		_, err = s.SeeDocument(ctx, admin, o.ID, o.Rev-1)
		require.ErrorIs(t, err, market.ErrStale)
		o, err = s.SeeDocument(ctx, admin, o.ID, o.Rev)
		require.NoError(t, err)
		require.Equal(t, market.Seen, o.Result().Strength)
		o, err = s.SaveClaim(ctx, b, i.ID, contract(400))
		require.NoError(t, err)
		require.Equal(t, market.Result{Stage: market.StageContract, Fen: 400, Day: "2026-11-20", Quantity: "20 吨", Strength: market.Claimed}, o.Result())
	})
}

// TestCountedOnceAtOnce: both firms tell the same contract on two
// introductions at the same moment.
func TestCountedOnceAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		a, b := firm(t, s, "甲"), firm(t, s, "乙")
		verify(t, s, a)
		verify(t, s, b)
		for range 5 {
			one, two := open(t, s, a, b), open(t, s, b, a)
			var wg sync.WaitGroup
			var errs [2]error
			fen := int64(len(one.ID)) + one.CreatedAt.UnixMilli()%1000000
			wg.Go(func() { _, errs[0] = s.SaveClaim(t.Context(), a, one.ID, contract(fen)) })
			wg.Go(func() { _, errs[1] = s.SaveClaim(t.Context(), b, two.ID, contract(fen)) })
			wg.Wait()
			require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v", errs)
			require.True(t, conflictOn(errors.Join(errs[:]...), "amount"), "%v", errs)
		}
	})
}
