package store

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// pickFair is a fair of one table and three slots at which firms pick for themselves.
func pickFair(t *testing.T, s *Store, firms []market.Actor) market.Fair {
	f := market.Fair{Name: "自选对接会", Clusters: []string{"luquan"}, Entry: market.EntryOpen, Phase: market.FairWish, Regime: market.RegimePick, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 600}}, Tables: []market.FairTable{{Number: 1}}}
	require.NoError(t, s.CreateFair(t.Context(), market.Actor{}, &f))
	for i, x := range firms {
		role := market.FairSeller
		if i == 0 {
			role = market.FairBuyer
		}
		require.NoError(t, s.SaveParty(t.Context(), x, market.FairParty{FairID: f.ID, EnterpriseID: x.EnterpriseID, Role: role, Parallel: 3, Reps: []market.FairRep{{Name: "王"}, {Name: "李"}, {Name: "张"}}}))
		if i > 0 {
			require.NoError(t, s.SaveWish(t.Context(), market.Wish{FairID: f.ID, By: firms[0].EnterpriseID, Other: x.EnterpriseID, Mark: market.WishWant}))
		}
	}
	return f
}

// TestPick: fifty firms pick the same slot of the one table; one gets it, the
// others are told, and nothing is taken twice.
func TestPick(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		var firms []market.Actor
		for range 51 {
			firms = append(firms, firm(t, s, fmt.Sprintf("示例%d厂", len(firms))))
		}
		f := pickFair(t, s, firms)
		var wg sync.WaitGroup
		errs := make([]error, 50)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Pick(ctx, firms[i+1], f.ID, firms[0].EnterpriseID, 2) })
		}
		wg.Wait()
		winner := 0
		for i, err := range errs {
			if err == nil {
				require.Zero(t, winner, "two got the table")
				winner = i + 1
				continue
			}
			require.True(t, market.IsKind(err, market.Conflict), "%v", err)
		}
		require.Positive(t, winner)
		draft, err := s.Picked(ctx, f.ID)
		require.NoError(t, err)
		list, err := s.Meetings(ctx, draft.ID, "")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, market.PairOf(firms[0].EnterpriseID, firms[winner].EnterpriseID), list[0].Pair)
		require.Equal(t, [3]any{2, 1, true}, [3]any{list[0].Slot, list[0].Table, list[0].Locked})

		// Either side may move it; the slot is then free for another, and who is away or was not asked gets none.
		buyer, second := firms[0], firms[winner%50+1]
		_, err = s.Pick(ctx, buyer, f.ID, firms[winner].EnterpriseID, 3)
		require.NoError(t, err)
		_, err = s.Pick(ctx, second, f.ID, buyer.EnterpriseID, 2)
		require.NoError(t, err)
		_, err = s.Pick(ctx, buyer, f.ID, firms[winner].EnterpriseID, 2)
		require.True(t, market.IsKind(err, market.Conflict), "%v", err)
		third := firms[(winner+1)%50+1]
		_, err = s.Pick(ctx, buyer, f.ID, third.EnterpriseID, 1)
		require.ErrorIs(t, err, market.ErrNotFound, "the buyer asked; it is the other's to pick")
		require.NoError(t, s.SaveWish(ctx, market.Wish{FairID: f.ID, By: third.EnterpriseID, Other: buyer.EnterpriseID, Mark: market.WishNo}))
		_, err = s.Pick(ctx, third, f.ID, buyer.EnterpriseID, 1)
		require.True(t, market.IsKind(err, market.Conflict), "a no is a no: %v", err)
		_, err = s.Pick(ctx, second, f.ID, buyer.EnterpriseID, 0)
		require.NoError(t, err)
		_, err = s.Pick(ctx, second, f.ID, buyer.EnterpriseID, 0)
		require.ErrorIs(t, err, market.ErrNotFound)

		// The organiser releases what was picked; from the day on nobody picks.
		next, err := s.ReleasePlan(ctx, market.Actor{}, draft.ID, market.PlanFigures{})
		require.NoError(t, err)
		kept, err := s.Meetings(ctx, next.ID, "")
		require.NoError(t, err)
		require.Len(t, kept, 1)
		got, err := s.Fair(ctx, f.ID)
		require.NoError(t, err)
		got.Phase = market.FairDay
		require.NoError(t, s.UpdateFair(ctx, market.Actor{}, &got))
		_, err = s.Pick(ctx, second, f.ID, buyer.EnterpriseID, 1)
		require.True(t, market.IsKind(err, market.Conflict), "%v", err)
	})
}
