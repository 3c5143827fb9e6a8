package schedule

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCoresFindTheLeast holds cores alone against every plan of small problems,
// with what it assumes as assumptions and as rules.
func TestCoresFindTheLeast(t *testing.T) {
	tried, some := 0, 0
	for seed := uint64(0); tried < 80; seed++ {
		p := draw(seed)
		slots := slotsOf(&p)
		if !p.All || p.Slots > 5 || len(p.Meetings) > 6 || impossible(&p, slots) {
			continue
		}
		tried++
		best := exhaust(p)
		if best > 0 {
			some++
		}
		for _, stale := range []int64{0, hardenAfter} {
			c := newCores(&p, slots)
			c.stale = stale
			plan, infeasible := c.run(context.Background(), roundEffort)
			switch {
			case c.spent(): // without a core this is all it can say
				require.True(t, best < 0 || c.lb <= best, "problem %d", seed)
			case best < 0:
				require.True(t, infeasible, "problem %d", seed)
			default:
				require.NotNil(t, plan, "problem %d", seed)
				require.Equal(t, best, tell(&p, plan).Breaks, "problem %d", seed)
				require.Equal(t, best, c.lb, "problem %d", seed)
			}
		}
	}
	require.Positive(t, some)
}
