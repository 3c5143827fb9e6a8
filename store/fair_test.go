package store

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

func newFair(t *testing.T, s *Store) market.Fair {
	f := market.Fair{Name: "冬季对接会", Place: "一层", Clusters: []string{"luquan"}, Entry: market.EntryOpen, Phase: market.FairDay, SlotMinutes: 20, MaxMeetings: 8,
		Dates:    []market.FairDate{{Phase: market.FairDay, Day: "2026-12-01"}},
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Pauses: []market.FairPause{{Day: "2026-12-01", From: 600, To: 620, Title: "茶歇", Talk: true}},
		Tables: []market.FairTable{{Number: 1, Hall: "A"}, {Number: 2}}}
	require.NoError(t, s.CreateFair(t.Context(), market.Actor{}, &f))
	return f
}

// TestFair: what is kept comes back, an old revision is refused, an edit keeps the secret.
func TestFair(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		f := newFair(t, s)
		got, err := s.Fair(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, f, got)
		require.Len(t, got.Secret, 32)
		edited := got
		edited.Name, edited.Secret = "春季对接会", nil
		require.NoError(t, s.UpdateFair(t.Context(), market.Actor{}, &edited))
		require.ErrorIs(t, s.UpdateFair(t.Context(), market.Actor{}, &got), market.ErrStale)
		kept, err := s.Fair(t.Context(), f.ID)
		require.NoError(t, err)
		require.Equal(t, f.Secret, kept.Secret)
		require.Equal(t, "春季对接会", kept.Name)
		_, err = s.Fair(t.Context(), "nothing")
		require.ErrorIs(t, err, market.ErrNotFound)
	})
}

// TestPartiesAndWishes: registrations, wishes both ways, and what is refused.
func TestPartiesAndWishes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f := t.Context(), newFair(t, s)
		a, b, c := firm(t, s, "甲"), firm(t, s, "乙"), firm(t, s, "丙")
		for _, x := range []market.Actor{a, b, c} {
			p := market.FairParty{FairID: f.ID, EnterpriseID: x.EnterpriseID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "王", Phone: "138"}}, Away: []int{2, 3}}
			require.NoError(t, s.SaveParty(ctx, x, p))
			p.Absent, p.LateUntil = true, 4
			require.NoError(t, s.SaveParty(ctx, x, p))
			parties, err := s.Parties(ctx, f.ID)
			require.NoError(t, err)
			p.CreatedAt = parties[x.EnterpriseID].CreatedAt
			require.Equal(t, p, parties[x.EnterpriseID])
		}
		wish := func(by, other market.Actor, mark market.WishMark) {
			require.NoError(t, s.SaveWish(ctx, market.Wish{FairID: f.ID, By: by.EnterpriseID, Other: other.EnterpriseID, Mark: mark}))
		}
		wish(a, b, market.WishWant)
		wish(a, b, market.WishMust)
		wish(c, a, market.WishNo)
		wish(b, c, market.WishWant)
		wish(b, c, "")
		list, err := s.Wishes(ctx, f.ID, a.EnterpriseID)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, market.WishMust, list[0].Mark)
		hall, err := s.Hall(ctx, &f)
		require.NoError(t, err)
		require.Equal(t, map[market.Pair]bool{market.PairOf(a.EnterpriseID, c.EnterpriseID): true}, hall.Refused)
		require.NoError(t, s.DropParty(ctx, a, f.ID, a.EnterpriseID))
		require.ErrorIs(t, s.DropParty(ctx, a, f.ID, a.EnterpriseID), market.ErrNotFound)
		list, err = s.Wishes(ctx, f.ID, "")
		require.NoError(t, err)
		require.Len(t, list, 1, "the wishes of who leaves go with it")
		totals, err := s.BestTotals(ctx, f.ID)
		require.NoError(t, err)
		require.Empty(t, totals)
	})
}

// TestUnmetNeeds: a need is met when somebody who was proposed for it and came
// to the fair went beyond a talk with the firm; the talk is about that need's class.
func TestUnmetNeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f := t.Context(), newFair(t, s)
		buyer, seller := firm(t, s, "甲"), firm(t, s, "乙")
		for _, x := range []market.Actor{buyer, seller} {
			require.NoError(t, s.SaveParty(ctx, x, market.FairParty{FairID: f.ID, EnterpriseID: x.EnterpriseID, Role: market.FairBoth, Parallel: 1}))
		}
		met, other := post(t, s, buyer, market.Need), post(t, s, buyer, market.Need)
		saveMatches(t, s, matched(t, s, met, proposed(met, post(t, s, seller, market.Supply), 90)))
		unmet := func() (ids []string) {
			list, err := s.UnmetNeeds(ctx, f.ID, 10)
			require.NoError(t, err)
			for _, l := range list {
				ids = append(ids, l.ID)
			}
			return ids
		}
		say := func(result market.FairResult) {
			pair := market.PairOf(buyer.EnterpriseID, seller.EnterpriseID)
			require.NoError(t, s.SaveReply(ctx, market.FairReply{FairID: f.ID, Pair: pair, By: buyer.EnterpriseID, Result: result}))
		}
		require.ElementsMatch(t, []string{met.ID, other.ID}, unmet())
		say(market.ResultNone)
		require.Len(t, unmet(), 2)
		say(market.ResultIntent)
		require.Equal(t, []string{other.ID}, unmet())
		subjects, err := s.Subjects(ctx, f.ID)
		require.NoError(t, err)
		require.Equal(t, map[market.Pair]string{market.PairOf(buyer.EnterpriseID, seller.EnterpriseID): met.Class}, subjects)
	})
}

// TestArriveOnce: many at once, each several times, count once each.
func TestArriveOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		f := newFair(t, s)
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := 0
		for range 3 {
			for i := range 20 {
				wg.Go(func() {
					n, err := s.Arrive(t.Context(), []market.FairArrival{{FairID: f.ID, EnterpriseID: "e", Rep: i, Via: "badge"}, {FairID: f.ID, EnterpriseID: "e", Rep: (i + 1) % 20, Via: "desk"}})
					mu.Lock()
					defer mu.Unlock()
					require.NoError(t, err)
					fresh += n
				})
			}
		}
		wg.Wait()
		list, err := s.Arrivals(t.Context(), f.ID, "")
		require.NoError(t, err)
		require.Len(t, list, 20)
		require.Equal(t, 20, fresh)
	})
}

// TestRelease: a draft changes, a release never does, and the next draft is its copy.
func TestRelease(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f := t.Context(), newFair(t, s)
		p := market.Plan{FairID: f.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 7, Seconds: 3, Fill: true}}
		require.NoError(t, s.CreatePlan(ctx, market.Actor{}, &p, nil))
		require.Equal(t, 1, p.Number)
		_, err := s.ReleasePlan(ctx, market.Actor{}, p.ID, market.PlanFigures{})
		require.True(t, market.IsKind(err, market.Conflict), "not computed yet")
		pair := market.PairOf("b", "a")
		require.NoError(t, s.SavePlanResult(ctx, p.ID, []market.Meeting{{Pair: pair, Slot: 1, Table: 1, Must: true, Value: 30}, {Pair: market.PairOf("a", "c"), Why: "full"}}, market.PlanFigures{Placed: 1}))
		move := func(id string) error {
			_, err := s.EditMeeting(ctx, market.Actor{}, id, pair, func(m *market.Meeting) { m.Slot, m.Locked = m.Slot+1, true })
			return err
		}
		require.NoError(t, move(p.ID))
		next, err := s.ReleasePlan(ctx, market.Actor{}, p.ID, market.PlanFigures{Placed: 1})
		require.NoError(t, err)
		require.Equal(t, 2, next.Number)
		require.True(t, market.IsKind(move(p.ID), market.Conflict))
		require.True(t, market.IsKind(s.SavePlanResult(ctx, p.ID, nil, market.PlanFigures{}), market.Conflict))
		require.True(t, market.IsKind(s.AddMeeting(ctx, market.Actor{}, p.ID, market.Meeting{Pair: market.PairOf("x", "y")}), market.Conflict))
		require.NoError(t, move(next.ID))
		require.True(t, market.IsKind(s.AddMeeting(ctx, market.Actor{}, next.ID, market.Meeting{Pair: pair}), market.Conflict), "they meet already")
		frozen, err := s.Meetings(ctx, p.ID, "")
		require.NoError(t, err)
		require.Equal(t, []market.Meeting{{Pair: market.PairOf("a", "c"), Why: "full"}, {Pair: pair, Slot: 2, Table: 1, Locked: true, Must: true, Value: 30}}, frozen)
		mine, err := s.Meetings(ctx, next.ID, "b")
		require.NoError(t, err)
		require.Equal(t, 3, mine[0].Slot)
		last, before, err := s.Releases(ctx, f.ID)
		require.NoError(t, err)
		require.Equal(t, p.ID, last.ID)
		require.Empty(t, before.ID)
		require.Equal(t, p.Settings, last.Settings)
	})
}

// TestReply: the last word of each side counts.
func TestReply(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		f := newFair(t, s)
		a, b := firm(t, s, "甲").EnterpriseID, firm(t, s, "乙").EnterpriseID
		r := market.FairReply{FairID: f.ID, Pair: market.PairOf(a, b), By: a, Result: market.ResultIntent}
		require.NoError(t, s.SaveReply(t.Context(), r))
		r.Result, r.Fen = market.ResultOrder, 120050
		require.NoError(t, s.SaveReply(t.Context(), r))
		list, err := s.Replies(t.Context(), f.ID)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.NotEmpty(t, list[0].OutcomeID)
		r.UpdatedAt, r.OutcomeID = list[0].UpdatedAt, list[0].OutcomeID
		require.Equal(t, r, list[0])
	})
}

// TestReplyGoesToTheLedger: what is tapped at a table is in the ledger, once,
// opens nobody's contact, and stands behind what the firm itself says later.
func TestReplyGoesToTheLedger(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f := t.Context(), newFair(t, s)
		a, b := firm(t, s, "甲"), firm(t, s, "乙")
		reply := func(by market.Actor, result market.FairResult, fen int64) {
			r := market.FairReply{FairID: f.ID, Pair: market.PairOf(a.EnterpriseID, b.EnterpriseID), By: by.EnterpriseID, Result: result, Fen: fen}
			require.NoError(t, s.SaveReply(ctx, r))
		}
		ledger := func() market.Result {
			all, err := s.RepliedOutcomes(ctx, f.ID)
			require.NoError(t, err)
			require.Len(t, all, 1)
			for _, o := range all {
				return o.Result()
			}
			return market.Result{}
		}
		reply(a, market.ResultNone, 0)
		none, err := s.RepliedOutcomes(ctx, f.ID)
		require.NoError(t, err)
		require.Empty(t, none, "nothing came of it, so nothing begins")

		reply(a, market.ResultOrder, 500)
		reply(a, market.ResultOrder, 500)
		require.Equal(t, market.Result{Stage: market.StageContract, Fen: 500, Strength: market.Claimed, Day: ledger().Day}, ledger())
		reply(b, market.ResultOrder, 500)
		require.Equal(t, market.Confirmed, ledger().Strength)
		list, _, err := s.IntroductionsFor(ctx, b.EnterpriseID, "", time.Now(), "", 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		i := list[0]
		require.Equal(t, f.ID, i.FairID)
		require.Equal(t, market.Asked, i.Status)
		require.False(t, i.Open() || i.Consented(a.EnterpriseID) || i.Consented(b.EnterpriseID))

		_, err = s.SaveClaim(ctx, a, i.ID, market.Claim{Stage: market.StageDelivered, Fen: 700, Day: ledger().Day})
		require.NoError(t, err)
		reply(a, market.ResultIntent, 0)
		require.EqualValues(t, 500, ledger().Fen, "the lower of 700 delivered and 500 contracted")
		reply(b, market.ResultNone, 0)
		require.Equal(t, market.StageContact, ledger().Stage, "the table's own word is mended at the table")
	})
}

// TestTakenBack: what was tapped by mistake is in the ledger no more, what the
// firm or the other side said otherwise stands, and the introduction that only
// the mistake began ends; one that says it again begins anew.
func TestTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f := t.Context(), newFair(t, s)
		a, b := firm(t, s, "甲"), firm(t, s, "乙")
		pair := market.PairOf(a.EnterpriseID, b.EnterpriseID)
		reply := func(by market.Actor, result market.FairResult, fen int64) {
			require.NoError(t, s.SaveReply(ctx, market.FairReply{FairID: f.ID, Pair: pair, By: by.EnterpriseID, Result: result, Fen: fen}))
		}
		back := func(by market.Actor) error {
			return s.TakeBackReply(ctx, market.Actor{UserID: "desk"}, f.ID, pair, by.EnterpriseID)
		}
		ledger := func() (all []market.Figure) {
			list, err := s.Outcomes(ctx, nil, "", "")
			require.NoError(t, err)
			return market.Sum(list)
		}
		lines := func() int {
			return len(words(t, s, `SELECT deed FROM audit WHERE deed LIKE 'take back%' OR deed = 'unclaim'`))
		}
		require.ErrorIs(t, back(a), market.ErrNotFound)
		reply(a, market.ResultSample, 0)
		reply(a, market.ResultOrder, 500)
		require.Equal(t, []market.Figure{{Stage: market.StageContract, Strength: market.Claimed, Count: 1, Fen: 500}}, ledger())
		require.NoError(t, back(a))
		require.Empty(t, ledger(), "the sample before it was tapped at the table, too")
		require.ErrorIs(t, back(a), market.ErrNotFound, "once")
		require.Equal(t, 2, lines())
		replies, err := s.Replies(ctx, f.ID)
		require.NoError(t, err)
		require.Empty(t, replies)
		kept := words(t, s, `SELECT stage FROM claim`)
		require.Len(t, kept, 2, "what was said is kept")
		talks := func() (out []market.IntroductionStatus) {
			list, _, err := s.IntroductionsFor(ctx, a.EnterpriseID, "", time.Now(), "", 10)
			require.NoError(t, err)
			for _, i := range list {
				out = append(out, i.Status)
			}
			return out
		}
		require.Equal(t, []market.IntroductionStatus{market.TakenBack}, talks())

		// Both sides speak; one takes its word back, the other's stands alone.
		reply(a, market.ResultOrder, 500)
		reply(b, market.ResultOrder, 500)
		require.Equal(t, []market.Figure{{Stage: market.StageContract, Strength: market.Confirmed, Count: 1, Fen: 500}}, ledger())
		require.NoError(t, back(b))
		require.Equal(t, []market.Figure{{Stage: market.StageContract, Strength: market.Claimed, Count: 1, Fen: 500}}, ledger())
		require.Equal(t, []market.IntroductionStatus{market.Asked, market.TakenBack}, talks())

		// What the firm itself said comes back from under what was tapped.
		list, _, err := s.IntroductionsFor(ctx, b.EnterpriseID, "", time.Now(), "", 1)
		require.NoError(t, err)
		_, err = s.SaveClaim(ctx, b, list[0].ID, market.Claim{Stage: market.StageSample, Day: time.Now().Format(time.DateOnly)})
		require.NoError(t, err)
		reply(b, market.ResultOrder, 500)
		require.Equal(t, market.StageContract, ledger()[0].Stage)
		require.NoError(t, back(b))
		require.Equal(t, []market.Figure{{Stage: market.StageSample, Strength: market.Confirmed, Count: 1}}, ledger())
		require.NoError(t, back(a))
		require.Equal(t, []market.Figure{{Stage: market.StageSample, Strength: market.Claimed, Count: 1}}, ledger(), "its own word is no word of the table")
	})
}

// TestDeskReplay: what a desk noted counts once however often and in whatever
// portions it is sent, a check-in and its undoing as well.
func TestDeskReplay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f, a := t.Context(), newFair(t, s), firm(t, s, "甲")
		require.NoError(t, s.SaveParty(ctx, a, market.FairParty{FairID: f.ID, EnterpriseID: a.EnterpriseID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "王"}, {Name: "李"}}}))
		deed := func(id string, kind market.DeskKind, rep, slot int) market.DeskDeed {
			return market.DeskDeed{ID: id, Kind: kind, EnterpriseID: a.EnterpriseID, Rep: rep, Slot: slot}
		}
		day := []market.DeskDeed{
			deed("1", market.DeskIn, 0, 0), deed("2", market.DeskIn, 1, 0), deed("3", market.DeskOut, 0, 0), deed("4", market.DeskAbsent, 0, 0),
			deed("5", market.DeskPresent, 0, 0), deed("6", market.DeskLate, 0, 4), deed("7", market.DeskLate, 0, 0), deed("8", market.DeskLate, 0, 3),
		}
		state := func() (reps []int, absent bool, late int) {
			list, err := s.Arrivals(ctx, f.ID, a.EnterpriseID)
			require.NoError(t, err)
			for _, x := range list {
				reps = append(reps, x.Rep)
			}
			p, err := s.Party(ctx, f.ID, a.EnterpriseID)
			require.NoError(t, err)
			return reps, p.Absent, p.LateUntil
		}
		for from := range day { // each portion overlaps what was sent before
			fresh, err := s.NoteAtDesk(ctx, market.Actor{UserID: "desk"}, f.ID, day[:from+1])
			require.NoError(t, err)
			require.Equal(t, 1, fresh)
			fresh, err = s.NoteAtDesk(ctx, market.Actor{UserID: "desk"}, f.ID, day[:from+1])
			require.NoError(t, err)
			require.Zero(t, fresh)
		}
		reps, absent, late := state()
		require.Equal(t, []int{1}, reps)
		require.False(t, absent)
		require.Equal(t, 3, late)

		// Who comes after all is not absent.
		_, err := s.NoteAtDesk(ctx, market.Actor{}, f.ID, []market.DeskDeed{deed("9", market.DeskAbsent, 0, 0), deed("10", market.DeskIn, 0, 0)})
		require.NoError(t, err)
		reps, absent, _ = state()
		require.ElementsMatch(t, []int{0, 1}, reps)
		require.False(t, absent)
	})
}

// TestUndoEdit: edits of a draft are taken back in turn by whoever comes, an
// added talk goes and comes back, and a talk that changed otherwise is let be.
func TestUndoEdit(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, f, who := t.Context(), newFair(t, s), market.Actor{UserID: "desk"}
		p := market.Plan{FairID: f.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 1, Seconds: 1}}
		require.NoError(t, s.CreatePlan(ctx, who, &p, nil))
		ab, cd := market.PairOf("a", "b"), market.PairOf("c", "d")
		first := market.Meeting{Pair: ab, Slot: 1, Table: 1, Must: true, Value: 30}
		require.NoError(t, s.SavePlanResult(ctx, p.ID, []market.Meeting{first}, market.PlanFigures{}))
		look := func() []market.Meeting {
			list, err := s.Meetings(ctx, p.ID, "")
			require.NoError(t, err)
			return list
		}
		edits := func() int {
			n, err := s.Edits(ctx, p.ID)
			require.NoError(t, err)
			return n
		}
		undo := func() bool {
			done, err := s.UndoEdit(ctx, who, p.ID)
			require.NoError(t, err)
			return done
		}
		_, err := s.UndoEdit(ctx, who, p.ID)
		require.True(t, market.IsKind(err, market.Conflict), "nothing to undo")
		_, err = s.EditMeeting(ctx, who, p.ID, ab, func(m *market.Meeting) { m.Slot, m.Table, m.Locked = 3, 2, true })
		require.NoError(t, err)
		require.NoError(t, s.AddMeeting(ctx, who, p.ID, market.Meeting{Pair: cd, Value: 20, Why: "displaced"}))
		added := market.Meeting{Pair: cd, Value: 20, Why: "displaced", Added: true}
		moved := market.Meeting{Pair: ab, Slot: 3, Table: 2, Locked: true, Must: true, Value: 30}
		require.Equal(t, []market.Meeting{added, moved}, look())
		require.NoError(t, s.RemoveMeeting(ctx, who, p.ID, cd))
		require.Equal(t, []market.Meeting{moved}, look())
		require.True(t, market.IsKind(s.RemoveMeeting(ctx, who, p.ID, ab), market.Conflict), "a firm wants it")
		require.ErrorIs(t, s.RemoveMeeting(ctx, who, p.ID, cd), market.ErrNotFound)
		require.Equal(t, 3, edits())
		require.True(t, undo())
		require.Equal(t, []market.Meeting{added, moved}, look())
		require.True(t, undo())
		require.True(t, undo())
		require.Equal(t, []market.Meeting{first}, look())
		require.Zero(t, edits())

		_, err = s.EditMeeting(ctx, who, p.ID, ab, func(m *market.Meeting) { m.Slot = 2 })
		require.NoError(t, err)
		require.NoError(t, s.update(ctx, func(ctx context.Context, t *tx) error { // as a pick does
			return t.putMeeting(ctx, p.ID, ab, &market.Meeting{Pair: ab, Slot: 5, Table: 1})
		}))
		require.False(t, undo())
		require.Equal(t, 5, look()[0].Slot)
		require.Zero(t, edits())

		_, err = s.EditMeeting(ctx, who, p.ID, ab, func(m *market.Meeting) { m.Slot = 4 })
		require.NoError(t, err)
		_, err = s.ReleasePlan(ctx, who, p.ID, market.PlanFigures{})
		require.NoError(t, err)
		require.Zero(t, edits())
		_, err = s.UndoEdit(ctx, who, p.ID)
		require.True(t, market.IsKind(err, market.Conflict), "a release is frozen")
	})
}

// TestOpenFairs: which fairs are under way, and how many firms each has.
func TestOpenFairs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲")
		var ids []string
		for _, phase := range market.FairPhases {
			f := newFair(t, s)
			f.Phase = phase
			require.NoError(t, s.UpdateFair(ctx, market.Actor{}, &f))
			ids = append(ids, f.ID)
		}
		require.NoError(t, s.SaveParty(ctx, a, market.FairParty{FairID: ids[1], EnterpriseID: a.EnterpriseID, Role: market.FairBoth, Parallel: 1}))
		list, err := s.OpenFairs(ctx)
		require.NoError(t, err)
		var got []string
		for _, f := range list {
			got = append(got, f.ID)
		}
		require.Equal(t, ids[1:len(ids)-1], got)
		count, err := s.CountParties(ctx, ids)
		require.NoError(t, err)
		require.Equal(t, map[string]int{ids[1]: 1}, count)
	})
}
