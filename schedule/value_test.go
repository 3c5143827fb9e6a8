package schedule

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestValueAgainstEveryPlan tries every plan of small problems with all kinds of
// rules: the solver finds the best choice, and its bound and its proofs are true.
func TestValueAgainstEveryPlan(t *testing.T) {
	tried, optimal, below := 0, 0, 0
	for seed := uint64(0); tried < 40; seed++ {
		p := draw(seed)
		if p.All || p.Slots > 4 || len(p.Meetings) > 6 {
			continue
		}
		tried++
		p.Fairness = -1
		r, err := Solve(context.Background(), p, Options{Seed: int64(seed)})
		require.NoError(t, err)
		require.Empty(t, Check(p, r))
		best := bestChoice(p)
		rank := worths(&p)
		ours, most := scoreOf(rank, r.Slot), scoreOf(rank, best.Slot)
		require.LessOrEqual(t, ours, most, "problem %d", seed)
		if ours < most {
			below++
		}
		if best.Musts == r.Musts && most-ours == float64(best.Value-r.Value) {
			require.GreaterOrEqual(t, r.Bound, best.Value, "problem %d", seed)
		}
		if r.Status == Optimal {
			optimal++
			require.Equal(t, most, ours, "problem %d", seed)
		}
	}
	t.Logf("%d problems, %d proven, %d below the best", tried, optimal, below)
	require.Positive(t, optimal)
	require.LessOrEqual(t, below, 1)
}

// bestChoice returns the plan of the highest rank that the checker accepts.
func bestChoice(p Problem) Result {
	rank := worths(&p)
	var best Result
	high := -1.0
	slot := make([]int, len(p.Meetings))
	var try func(i int)
	try = func(i int) {
		if i < len(slot) {
			for s := range p.Slots + 1 {
				slot[i] = s
				try(i + 1)
			}
			return
		}
		if scoreOf(rank, slot) <= high {
			return
		}
		r := tell(&p, append([]int(nil), slot...))
		r.Status = Feasible
		if len(Check(p, r)) == 0 {
			best, high = r, scoreOf(rank, slot)
		}
	}
	try(0)
	return best
}
