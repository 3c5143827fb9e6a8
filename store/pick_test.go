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
		winner := pickAtOnce(t, s, f, firms)
		draft, err := s.Picks(ctx, f.ID)
		require.NoError(t, err)
		list, err := s.Meetings(ctx, draft.ID, "")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, market.PairOf(firms[0].EnterpriseID, firms[winner].EnterpriseID), list[0].Pair)
		require.Equal(t, [3]any{2, 1, true}, [3]any{list[0].Slot, list[0].Table, list[0].Locked})
		wishes, err := s.Wishes(ctx, f.ID, firms[winner].EnterpriseID)
		require.NoError(t, err)
		require.Len(t, wishes, 1, "to pick is to accept")
		told, _, err := s.Notices(ctx, firms[0].EnterpriseID, "", 10)
		require.NoError(t, err)
		require.Len(t, told, 1)
		require.Equal(t, firms[winner].EnterpriseID, told[0].OtherID)

		// Either side may move it; the slot is then free for another, and who was not asked gets none.
		buyer, first, second, third := firms[0], firms[winner], firms[winner%50+1], firms[(winner+1)%50+1]
		pick := func(who, other market.Actor, slot, table int) error {
			_, err := s.Pick(ctx, who, f.ID, other.EnterpriseID, slot, table)
			return err
		}
		require.NoError(t, pick(buyer, first, 3, 0))
		require.NoError(t, pick(second, buyer, 2, 1))
		require.Equal(t, "error.fair.taken.table", messageOf(t, pick(buyer, first, 2, 1)))
		require.Equal(t, "error.fair.taken.tables", messageOf(t, pick(buyer, first, 2, 0)))
		require.Equal(t, "error.fair.taken.slot", messageOf(t, pick(buyer, first, 4, 0)))
		require.Equal(t, "error.fair.taken.slot", messageOf(t, pick(buyer, first, 1, 9)))
		kept, err := s.Meetings(ctx, draft.ID, first.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, 3, kept[0].Slot, "who is refused keeps what he had")
		require.ErrorIs(t, pick(buyer, third, 1, 0), market.ErrNotFound, "the buyer asked; it is the other's to pick")
		require.ErrorIs(t, pick(buyer, firm(t, s, "未报名厂"), 1, 0), market.ErrNotFound)
		wish := func(mark market.WishMark) {
			require.NoError(t, s.SaveWish(ctx, market.Wish{FairID: f.ID, By: third.EnterpriseID, Other: buyer.EnterpriseID, Mark: mark}))
		}
		wish(market.WishNo)
		require.Equal(t, "error.fair.taken.refused", messageOf(t, pick(third, buyer, 1, 0)), "a no is a no")
		wish("")
		require.NoError(t, pick(third, buyer, 1, 0))
		wish("")
		require.ErrorIs(t, s.Unpick(ctx, third, f.ID, buyer.EnterpriseID), market.ErrNotFound, "it went with the wish")
		require.NoError(t, s.Unpick(ctx, second, f.ID, buyer.EnterpriseID))
		require.ErrorIs(t, s.Unpick(ctx, second, f.ID, buyer.EnterpriseID), market.ErrNotFound)

		// The organiser releases what was picked; firms go on in the next draft until the plan is final.
		next, err := s.ReleasePlan(ctx, market.Actor{}, draft.ID, market.PlanFigures{})
		require.NoError(t, err)
		require.NoError(t, pick(first, buyer, 1, 0))
		now, err := s.Picks(ctx, f.ID)
		require.NoError(t, err)
		require.Equal(t, next.ID, now.ID)
		frozen, err := s.Meetings(ctx, draft.ID, "")
		require.NoError(t, err)
		require.Len(t, frozen, 1)
		require.Equal(t, 3, frozen[0].Slot, "a release never changes")
		require.NoError(t, s.DropParty(ctx, first, f.ID, first.EnterpriseID))
		left, err := s.Meetings(ctx, now.ID, "")
		require.NoError(t, err)
		require.Empty(t, left, "who leaves meets nobody")

		got, err := s.Fair(ctx, f.ID)
		require.NoError(t, err)
		got.Phase = market.FairFinal
		require.NoError(t, s.UpdateFair(ctx, market.Actor{}, &got))
		require.Equal(t, "error.fair.closed", messageOf(t, pick(second, buyer, 1, 0)))
	})
}

// pickAtOnce lets fifty firms pick one place and returns the one that got it.
func pickAtOnce(t *testing.T, s *Store, f market.Fair, firms []market.Actor) int {
	var wg sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.Pick(t.Context(), firms[i+1], f.ID, firms[0].EnterpriseID, 2, i%2) })
	}
	wg.Wait()
	winner := 0
	for i, err := range errs {
		if err == nil {
			require.Zero(t, winner, "two got the table")
			winner = i + 1
			continue
		}
		require.Contains(t, []string{"error.fair.taken.table", "error.fair.taken.tables"}, messageOf(t, err))
	}
	require.Positive(t, winner)
	return winner
}

func messageOf(t *testing.T, err error) string {
	t.Helper()
	var known *market.Error
	require.ErrorAs(t, err, &known)
	require.Equal(t, market.Conflict, known.Kind)
	return known.Message
}

// TestPicksFollowTheOrganiser: a plan that the organiser made and released
// stands; what firms pick then begins with it.
func TestPicksFollowTheOrganiser(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b := firm(t, s, "甲"), firm(t, s, "乙")
		f := pickFair(t, s, []market.Actor{a, b})
		_, err := s.Pick(ctx, b, f.ID, a.EnterpriseID, 1, 0)
		require.NoError(t, err)
		p := market.Plan{FairID: f.ID, State: market.PlanDone}
		require.NoError(t, s.CreatePlan(ctx, market.Actor{}, &p, []market.Meeting{{Pair: market.PairOf(a.EnterpriseID, b.EnterpriseID), Slot: 3, Table: 1}}))
		before, err := s.Picks(ctx, f.ID)
		require.NoError(t, err)
		require.NotEqual(t, p.ID, before.ID, "the organiser's draft is not the firms'")
		_, err = s.ReleasePlan(ctx, market.Actor{}, p.ID, market.PlanFigures{})
		require.NoError(t, err)
		none, err := s.Picks(ctx, f.ID)
		require.NoError(t, err)
		require.Empty(t, none.ID)
		_, err = s.Pick(ctx, a, f.ID, b.EnterpriseID, 2, 0)
		require.NoError(t, err, "it stands in the release, so either may move it")
		now, err := s.Picks(ctx, f.ID)
		require.NoError(t, err)
		require.Equal(t, p.ID, now.Base)
	})
}
