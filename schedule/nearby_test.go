package schedule

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// crowded draws a fair on which every meeting must be placed and gaps are hard
// to avoid, with orders of meetings and forbidden slots.
func crowded(seed uint64) Problem {
	r := rand.New(rand.NewPCG(seed, 21))
	p := Problem{Slots: 10, Morning: 5, Tables: 6, Fairness: 3, All: true, Parties: make([]Party, 12)}
	for i := range p.Parties {
		if r.IntN(3) == 0 {
			p.Parties[i].Forbidden = []int{1 + r.IntN(p.Slots)}
		}
	}
	for range 40 {
		a := r.IntN(len(p.Parties))
		m := Meeting{A: a, B: (a + 1 + r.IntN(len(p.Parties)-1)) % len(p.Parties), Value: 1}
		if n := len(p.Meetings); n > 0 && r.IntN(8) == 0 {
			m.After = []int{r.IntN(n)}
		}
		p.Meetings = append(p.Meetings, m)
	}
	return p
}

// start returns a crowded fair with some plan that keeps its rules.
func start(t *testing.T, seed uint64) (p Problem, slots [][]int, plan []int) {
	t.Helper()
	p = crowded(seed)
	slots = slotsOf(&p)
	m := encode(&p, slots)
	m.breaks(p.Slots)
	m.fair(p.Fairness)
	if m.solve(context.Background(), 2_000*effortUnit) != sat {
		return p, slots, nil
	}
	return p, slots, m.plan()
}

// TestNearbyKeepsRules: plans of the neighbourhood search are right, never
// worse than before, and sometimes better; what it calls proven is.
func TestNearbyKeepsRules(t *testing.T) {
	tried, better, settled := 0, 0, 0
	for seed := range uint64(8) {
		p, slots, plan := start(t, seed)
		if plan == nil {
			continue
		}
		tried++
		before := tell(&p, plan).Breaks
		n := newNearby(&p, slots, plan, before, 1)
		for range 6 {
			held := n.breaks
			proven := n.run(context.Background(), roundEffort)
			r := tell(&p, n.plan)
			r.Status = Feasible
			require.Empty(t, Check(p, r), "fair %d", seed)
			require.Equal(t, n.breaks, r.Breaks, "fair %d", seed)
			require.LessOrEqual(t, r.Breaks, held, "fair %d", seed)
			if proven {
				settled++
				if r.Breaks > 0 {
					m := encode(&p, slots)
					m.breaks(r.Breaks)
					m.fair(p.Fairness)
					m.allow(r.Breaks - 1)
					require.NotEqual(t, sat, m.solve(context.Background(), 3*roundEffort), "fair %d", seed)
				}
				break
			}
		}
		if n.breaks < before {
			better++
		}
	}
	t.Log(tried, "fairs,", better, "better,", settled, "proven")
	require.Positive(t, better)
	require.Positive(t, settled)
}

// TestSliderWeighsRight: what a try is said to cost is what it costs, and the
// plan kept is right.
func TestSliderWeighsRight(t *testing.T) {
	weighed, better := 0, 0
	for seed := range uint64(12) {
		p, slots, plan := start(t, seed)
		if plan == nil {
			continue
		}
		s := newSlider(&p, slots, plan, 100_000, 1)
		for range 300 {
			i := s.open[s.rng.IntN(len(s.open))]
			from, to := s.slot[i], slots[i][s.rng.IntN(len(slots[i]))]
			if from == to {
				continue
			}
			before := 0.0
			for q := range p.Parties {
				before += s.pain(q)
			}
			delta, ok := s.weigh(i, to)
			if !ok {
				continue
			}
			s.swap(from, to)
			after := 0.0
			for q := range p.Parties {
				after += s.pain(q)
			}
			weighed++
			require.InDelta(t, after-before, delta, 1e-9, "fair %d", seed)
			require.LessOrEqual(t, slices.Max(s.full), p.Tables)
			s.swap(from, to)
		}
		s.run(context.Background(), 100_000)
		r := tell(&p, s.kept)
		r.Status = Feasible
		require.Empty(t, Check(p, r), "fair %d", seed)
		require.LessOrEqual(t, r.Breaks, tell(&p, plan).Breaks)
		if r.Breaks < tell(&p, plan).Breaks {
			better++
		}
	}
	require.Positive(t, weighed)
	require.Positive(t, better)
}

// TestCrowdedSameSeed: two runs of the whole search agree to the slot, also
// where it comes to the neighbourhoods.
func TestCrowdedSameSeed(t *testing.T) {
	for seed := range uint64(3) {
		p := crowded(seed)
		one, err := Solve(context.Background(), p, Options{Seed: 3, Effort: 6_000})
		require.NoError(t, err)
		two, err := Solve(context.Background(), p, Options{Seed: 3, Effort: 6_000})
		require.NoError(t, err)
		require.Equal(t, one, two)
	}
}
