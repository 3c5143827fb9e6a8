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

// TestBands: a band is kept with both ends, counts by its lower one, and is the
// same sum as an exact amount within it.
func TestBands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b, c := firm(t, s, "甲厂"), firm(t, s, "乙厂"), firm(t, s, "丙厂")
		for _, x := range []market.Actor{a, b, c} {
			verify(t, s, x)
		}
		band := func(n int) market.Claim {
			x := contract(market.Bands[n])
			x.UpTo = market.Bands[n+1]
			return x
		}
		i := open(t, s, a, b)
		made := band(2)
		made.UpTo--
		_, err := s.SaveClaim(ctx, a, i.ID, made)
		require.Error(t, err, "no such band")
		_, err = s.SaveClaim(ctx, a, i.ID, band(2))
		require.NoError(t, err)
		again := open(t, s, b, a)
		_, err = s.SaveClaim(ctx, b, again.ID, contract(market.Bands[2]+5))
		require.True(t, conflictOn(err, "amount"), "it lies within the band: %v", err)
		_, err = s.SaveClaim(ctx, b, again.ID, contract(market.Bands[3]))
		require.NoError(t, err, "the next band begins there")

		o, err := s.SaveClaim(ctx, b, i.ID, contract(market.Bands[2]+7))
		require.NoError(t, err)
		want := market.Result{Stage: market.StageContract, Fen: market.Bands[2], UpTo: market.Bands[3], Day: "2026-11-20", Quantity: "20 吨", Strength: market.Confirmed}
		require.Equal(t, want, o.Result(), "both say the band")
		o, err = s.SeeDocument(ctx, market.Actor{UserID: "op", Admin: true}, o.ID, o.Rev)
		require.NoError(t, err)
		stored, err := s.OutcomesOn(ctx, []string{i.ID})
		require.NoError(t, err)
		o = stored[i.ID]
		want.Strength = market.Seen
		require.Equal(t, want, o.Result())
		_, err = s.SaveClaim(ctx, c, open(t, s, c, a).ID, band(0))
		require.NoError(t, err)

		list, err := s.Outcomes(ctx, nil, "", "")
		require.NoError(t, err)
		require.Equal(t, []market.Figure{
			{Stage: market.StageContract, Strength: market.Claimed, Count: 2, Banded: 1, Fen: market.Bands[0] + market.Bands[3]},
			{Stage: market.StageContract, Strength: market.Seen, Count: 1, Banded: 1, Fen: market.Bands[2]}}, market.Sum(list))
		sums, err := s.SumOutcomes(ctx, nil, "", "")
		require.NoError(t, err)
		require.ElementsMatch(t, []market.Figure{{Strength: market.Claimed, Count: 2, Banded: 1, Fen: market.Bands[0] + market.Bands[3]}, {Strength: market.Seen, Count: 1, Banded: 1, Fen: market.Bands[2]}}, sums)
		_, err = s.SaveClaim(ctx, a, i.ID, market.Claim{Stage: market.StageSample, Fen: market.Bands[2], UpTo: market.Bands[3], Day: "2026-11-20"})
		require.NoError(t, err)
		stored, err = s.OutcomesOn(ctx, []string{i.ID})
		require.NoError(t, err)
		require.Zero(t, stored[i.ID].Claims[a.EnterpriseID].UpTo, "a sample has no sum")
	})
}

// TestFoldBands: of two records that are merged, a band and an exact sum within
// it are one, and two exact sums are two.
func TestFoldBands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		keep, drop, other := firm(t, s, "甲厂"), firm(t, s, "甲 厂"), firm(t, s, "乙厂")
		for _, x := range []market.Actor{keep, drop, other} {
			verify(t, s, x)
		}
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		s.sql(t, `UPDATE enterprise SET cluster_id = $1`, "luquan")
		say := func(by market.Actor, c market.Claim) {
			_, err := s.SaveClaim(ctx, by, open(t, s, by, other).ID, c)
			require.NoError(t, err)
		}
		band := contract(market.Bands[2])
		band.UpTo = market.Bands[3]
		say(keep, band)
		say(drop, contract(market.Bands[2]+100))
		say(drop, contract(market.Bands[2]+200))
		a, err := s.Enterprise(ctx, keep.EnterpriseID)
		require.NoError(t, err)
		b, err := s.Enterprise(ctx, drop.EnterpriseID)
		require.NoError(t, err)
		require.NoError(t, s.Merge(ctx, market.Actor{UserID: "op", Clusters: []string{"luquan"}}, a, b))
		list, err := s.Outcomes(ctx, nil, "", "")
		require.NoError(t, err)
		require.Equal(t, []market.Figure{{Stage: market.StageContract, Strength: market.Claimed, Count: 2, Fen: 2*market.Bands[2] + 300}}, market.Sum(list))
	})
}
