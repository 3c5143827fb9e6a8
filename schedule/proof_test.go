package schedule

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProofs tries every plan of small problems and compares the fewest breaks,
// or that there is no plan, with what the solver says is proven.
func TestProofs(t *testing.T) {
	tried, none := 0, 0
	for seed := uint64(0); tried < 150; seed++ {
		p := draw(seed)
		if !p.All || p.Slots > 5 || len(p.Meetings) > 6 {
			continue
		}
		tried++
		best := exhaust(p)
		r, err := Solve(context.Background(), p, Options{Seed: int64(seed)})
		require.NoError(t, err)
		if best < 0 {
			none++
			require.Equal(t, Infeasible, r.Status, "problem %d", seed)
			continue
		}
		require.Equal(t, Optimal, r.Status, "problem %d", seed)
		require.Equal(t, best, r.Breaks, "problem %d", seed)
	}
	require.Positive(t, none)
	require.Less(t, none, tried)
}

// exhaust returns the fewest breaks of any plan that the checker accepts, -1
// when there is none.
func exhaust(p Problem) int {
	best := -1
	r := Result{Slot: make([]int, len(p.Meetings)), Status: Feasible}
	var try func(i int)
	try = func(i int) {
		if i < len(p.Meetings) {
			for s := 1; s <= p.Slots; s++ {
				r.Slot[i] = s
				try(i + 1)
			}
			return
		}
		c := checker{}
		breaks := 0
		for q := range p.Parties {
			breaks += c.idle(p, r, q)
		}
		if best >= 0 && breaks >= best {
			return
		}
		full := tell(&p, r.Slot)
		full.Status = Feasible
		if len(Check(p, full)) == 0 {
			best = breaks
		}
	}
	try(0)
	return best
}

// TestSameSeedSameResult: two runs agree to the slot.
func TestSameSeedSameResult(t *testing.T) {
	for seed := uint64(0); seed < 60; seed++ {
		p := draw(seed)
		one, err := Solve(context.Background(), p, Options{Seed: 3, Effort: 20_000})
		require.NoError(t, err)
		two, err := Solve(context.Background(), p, Options{Seed: 3, Effort: 20_000})
		require.NoError(t, err)
		require.Equal(t, one, two)
	}
}
