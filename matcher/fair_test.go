package matcher

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// hall is a store with a fair of some firms, the first of which has wishes.
type hall struct {
	t     *testing.T
	store *store.Store
	m     *Matcher
	fair  market.Fair
	firms []string
}

func newHall(t *testing.T, firms, tables int) *hall {
	s, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "fair.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	h := &hall{t: t, store: s, m: New(Config{Store: s, NoWait: true, Log: slog.New(slog.DiscardHandler)})}
	h.fair = market.Fair{Name: "对接会", Clusters: []string{"luquan"}, Entry: market.EntryOpen, Phase: market.FairPlan, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 660}, {Day: "2026-12-01", From: 840, To: 900}}}
	for n := range tables {
		h.fair.Tables = append(h.fair.Tables, market.FairTable{Number: n + 1})
	}
	require.NoError(t, s.CreateFair(t.Context(), market.Actor{}, &h.fair))
	for i := range firms {
		e, err := s.UpsertEnterprise(t.Context(), market.Enterprise{ID: market.NewID(), USCC: fmt.Sprintf("91130110MA0D%06d", i), Name: fmt.Sprintf("厂 %d", i), Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "王", Phone: "0311-1"}})
		require.NoError(t, err)
		h.firms = append(h.firms, e.ID)
		h.party(i, func(*market.FairParty) {})
	}
	return h
}

func (h *hall) party(i int, edit func(*market.FairParty)) {
	p := market.FairParty{FairID: h.fair.ID, EnterpriseID: h.firms[i], Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "王"}}}
	edit(&p)
	require.NoError(h.t, h.store.SaveParty(h.t.Context(), market.Actor{}, p))
}

func (h *hall) wish(by, other int, mark market.WishMark) {
	require.NoError(h.t, h.store.SaveWish(h.t.Context(), market.Wish{FairID: h.fair.ID, By: h.firms[by], Other: h.firms[other], Mark: mark}))
}

// solve computes a plan as the worker does and checks it against the rules.
func (h *hall) solve(base string, s market.PlanSettings) (market.Plan, map[market.Pair]market.Meeting) {
	s.Seed, s.Seconds = 1, 2
	p := market.Plan{FairID: h.fair.ID, Base: base, State: market.PlanQueued, Settings: s}
	require.NoError(h.t, h.store.CreatePlan(h.t.Context(), market.Actor{}, &p, nil))
	require.NoError(h.t, h.m.Apply(h.t.Context(), market.Change{Kind: market.ChangePlan, Of: p.ID}))
	p, err := h.store.Plan(h.t.Context(), p.ID)
	require.NoError(h.t, err)
	require.Equal(h.t, market.PlanDone, p.State)
	list, err := h.store.Meetings(h.t.Context(), p.ID, "")
	require.NoError(h.t, err)
	out := map[market.Pair]market.Meeting{}
	for _, m := range list {
		out[m.Pair] = m
	}
	require.Len(h.t, out, len(list))
	return p, out
}

func (h *hall) warnings(list map[market.Pair]market.Meeting) []market.Warning {
	hall, err := h.store.Hall(h.t.Context(), &h.fair)
	require.NoError(h.t, err)
	var all []market.Meeting
	for _, m := range list {
		all = append(all, m)
	}
	return hall.Warnings(all)
}

// TestSolve: wishes become talks without a clash; what one refuses, or what
// nobody asked for, does not; who is away does not meet; a locked talk stays.
func TestSolve(t *testing.T) {
	h := newHall(t, 8, 3)
	for i := range 8 {
		for j := i + 1; j < 8; j++ {
			if (i+j)%2 == 1 {
				h.wish(i, j, market.WishWant)
			}
		}
	}
	h.wish(0, 1, market.WishMust)
	h.wish(3, 2, market.WishNo)
	h.party(5, func(p *market.FairParty) { p.Away = []int{1, 2, 3} })
	plan, got := h.solve("", market.PlanSettings{})
	require.Empty(t, h.warnings(got))
	no := market.PairOf(h.firms[2], h.firms[3])
	require.Equal(t, market.Meeting{Pair: no, Why: market.WhyVeto}, got[no], "one wants, the other does not")
	require.NotContains(t, got, market.PairOf(h.firms[0], h.firms[2]), "nobody asked")
	must := market.PairOf(h.firms[0], h.firms[1])
	require.Positive(t, got[must].Slot)
	require.Len(t, got, 16)
	require.Equal(t, 15, plan.Figures.Asked)
	require.Positive(t, plan.Figures.Placed)
	for pair, m := range got {
		require.True(t, m.Slot > 0 || m.Why != "", pair)
	}
	// Again is the same plan; a second message changes nothing.
	_, again := h.solve("", market.PlanSettings{})
	require.Equal(t, got, again)
	require.NoError(t, h.m.Solve(t.Context(), plan.ID))
	// A person's lock outlives the solver, wherever it stands.
	_, err := h.store.EditMeeting(t.Context(), market.Actor{}, plan.ID, must, func(m *market.Meeting) { m.Slot, m.Table, m.Locked = 9, 3, true })
	require.NoError(t, err)
	_, locked := h.solve(plan.ID, market.PlanSettings{})
	require.Equal(t, 9, locked[must].Slot)
	require.Equal(t, 3, locked[must].Table)
	require.Empty(t, h.warnings(locked))
	// Two locks that contradict each other stand, are warned of, and spoil nothing else.
	other := market.PairOf(h.firms[0], h.firms[7])
	_, err = h.store.EditMeeting(t.Context(), market.Actor{}, plan.ID, other, func(m *market.Meeting) { m.Slot, m.Table, m.Locked = 9, 2, true })
	require.NoError(t, err)
	both, clashing := h.solve(plan.ID, market.PlanSettings{})
	require.Equal(t, [2]int{9, 9}, [2]int{clashing[must].Slot, clashing[other].Slot})
	require.Greater(t, both.Figures.Placed, 10)
	require.Len(t, h.warnings(clashing), 2)
}

// TestStopped: who has seen enough gets the best so far, also when nobody has
// begun with the plan yet.
func TestStopped(t *testing.T) {
	h := newHall(t, 8, 3)
	h.wish(0, 1, market.WishMust)
	p := market.Plan{FairID: h.fair.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 1, Seconds: 60}}
	require.NoError(t, h.store.CreatePlan(t.Context(), market.Actor{}, &p, nil))
	require.NoError(t, h.store.StopPlan(t.Context(), p.ID))
	require.NoError(t, h.store.SavePlanProgress(t.Context(), p.ID, market.PlanSolving, "1/1"))
	p, err := h.store.Plan(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, market.PlanStopping, p.State, "how far the solver is takes no wish back")
	require.NoError(t, h.m.Solve(t.Context(), p.ID))
	p, err = h.store.Plan(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, market.PlanDone, p.State)
	require.Equal(t, 1, p.Figures.MustsGot)
	require.NoError(t, h.store.StopPlan(t.Context(), p.ID))
	p, err = h.store.Plan(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, market.PlanDone, p.State, "nothing to stop")
}

// TestRepair: after a no-show only what must change changes, and what is over stays.
func TestRepair(t *testing.T) {
	h := newHall(t, 8, 4)
	for i := range 8 {
		for j := i + 1; j < 8; j++ {
			h.wish(i, j, market.WishWant)
		}
	}
	base, before := h.solve("", market.PlanSettings{})
	h.party(0, func(p *market.FairParty) { p.Absent = true })
	plan, after := h.solve(base.ID, market.PlanSettings{Repair: true, FromNow: 3})
	require.Empty(t, slices.DeleteFunc(h.warnings(after), func(w market.Warning) bool { return w.Kind == "away" && w.Slot < 3 }))
	gone, moved := 0, 0
	for pair, m := range after {
		was := before[pair]
		absent := pair.A == h.firms[0] || pair.B == h.firms[0]
		switch {
		case was.Slot > 0 && was.Slot < 3:
			require.Equal(t, was.Slot, m.Slot, "it is over")
		case absent:
			require.Zero(t, m.Slot)
			require.Equal(t, "absent", m.Why)
			if was.Slot > 0 {
				gone++
			}
		case was.Slot > 0 && (m.Slot != was.Slot || m.Table != was.Table):
			moved++
		}
	}
	require.Positive(t, gone)
	require.Zero(t, moved, "nobody else had to move")
	require.Equal(t, gone, plan.Figures.Moved)
}

// TestNobodyStarves: a firm's only talk comes before another's third, although
// that one is worth more; without the raise one firm meets nobody.
func TestNobodyStarves(t *testing.T) {
	h := newHall(t, 8, 1) // one table and nine slots for ten talks
	for i := range 4 {
		for j := range 4 {
			if i != j {
				h.wish(i, j, market.WishWant)
			}
		}
		h.wish(4+i, i, market.WishWant)
	}
	plan, got := h.solve("", market.PlanSettings{})
	require.Empty(t, h.warnings(got))
	require.Equal(t, 9, plan.Figures.Placed)
	require.Zero(t, plan.Figures.Empty)
	for pair, m := range got {
		if m.Slot == 0 {
			require.EqualValues(t, 60, m.Value, pair)
			require.Equal(t, "tables", m.Why)
		}
	}
}

// TestRepairLate: who comes late is moved, with a lock or without, and others
// only as far as it takes; what nobody could place before moves nobody.
func TestRepairLate(t *testing.T) {
	h := newHall(t, 6, 3)
	for i := range 6 {
		for j := i + 1; j < 6; j++ {
			h.wish(i, j, market.WishWant)
		}
	}
	base, before := h.solve("", market.PlanSettings{})
	require.Equal(t, 15, base.Figures.Placed)
	var lost []market.Pair
	for pair, m := range before {
		if (pair.A == h.firms[0] || pair.B == h.firms[0]) && m.Slot < 4 {
			lost = append(lost, pair)
			_, err := h.store.EditMeeting(t.Context(), market.Actor{}, base.ID, pair, func(m *market.Meeting) { m.Locked = true })
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, lost)
	h.party(0, func(p *market.FairParty) { p.LateUntil = 4 })
	plan, after := h.solve(base.ID, market.PlanSettings{Repair: true, FromNow: 1})
	require.Empty(t, h.warnings(after))
	for _, pair := range lost {
		require.GreaterOrEqual(t, after[pair].Slot, 4, "six slots are left for five talks")
	}
	require.Equal(t, 15, plan.Figures.Placed)
	require.LessOrEqual(t, plan.Figures.Moved, 3*len(lost))
}

// TestPeopleComeAndGo: a firm of two holds two talks only while both are there.
func TestPeopleComeAndGo(t *testing.T) {
	h := newHall(t, 8, 8)
	for i := 1; i < 8; i++ {
		h.wish(0, i, market.WishWant)
		h.party(i, func(p *market.FairParty) { p.Away = []int{1, 2, 3, 4, 5, 6} }) // the afternoon's three slots only
	}
	h.party(0, func(p *market.FairParty) {
		p.Parallel, p.Reps = 2, []market.FairRep{{Name: "王"}, {Name: "李", Away: []int{9}}}
	})
	plan, got := h.solve("", market.PlanSettings{})
	require.Empty(t, h.warnings(got))
	require.Equal(t, 4, plan.Figures.Placed, "two talks in each of the slots in which both are there")
}

// TestAddedTalk: a talk that the organiser added by hand is placed with the
// others, also where the roles of the two would not bring them together, and is
// still known for one that may be removed.
func TestAddedTalk(t *testing.T) {
	h := newHall(t, 3, 2)
	h.party(0, func(p *market.FairParty) { p.Role = market.FairBuyer })
	h.party(1, func(p *market.FairParty) { p.Role = market.FairBuyer })
	h.wish(0, 2, market.WishWant)
	first, _ := h.solve("", market.PlanSettings{})
	pair := market.PairOf(h.firms[0], h.firms[1])
	require.NoError(t, h.store.AddMeeting(t.Context(), market.Actor{}, first.ID, market.Meeting{Pair: pair, Value: 20, Why: "displaced"}))
	second, list := h.solve(first.ID, market.PlanSettings{})
	require.Len(t, list, 2)
	require.True(t, list[pair].Added)
	require.Positive(t, list[pair].Slot)
	require.False(t, list[market.PairOf(h.firms[0], h.firms[2])].Added)
	require.NoError(t, h.store.RemoveMeeting(t.Context(), market.Actor{}, second.ID, pair))
	_, list = h.solve(second.ID, market.PlanSettings{})
	require.Len(t, list, 1)
}
