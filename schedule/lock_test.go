package schedule

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A lock holds even where the meeting is worth little and everybody else is a
// must: of random fairs with locks that do not contradict each other, every
// locked meeting is in its slot.
func TestLockedMeetingsStand(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := Problem{Slots: 4, Morning: 2, Tables: 2, Fairness: -1, Parties: make([]Party, 8)}
		busy, used, locks := map[[2]int]bool{}, map[int]int{}, 0
		for i := range p.Parties {
			p.Parties[i].Max = 2
		}
		for range 24 {
			a, b := r.IntN(8), r.IntN(8)
			if a == b {
				continue
			}
			m := Meeting{A: a, B: b, Value: 50 + int64(r.IntN(50)), Must: r.IntN(2) == 0}
			if s := 1 + r.IntN(4); locks < 4 && !busy[[2]int{a, 0}] && !busy[[2]int{b, 0}] && used[s] < 2 {
				m = Meeting{A: a, B: b, Value: 1, Fixed: s}
				busy[[2]int{a, 0}], busy[[2]int{b, 0}] = true, true
				used[s]++
				locks++
			}
			p.Meetings = append(p.Meetings, m)
		}
		got, err := Solve(context.Background(), p, Options{Seed: int64(seed)})
		require.NoError(t, err)
		require.Empty(t, Check(p, got))
		require.GreaterOrEqual(t, got.Bound, got.Value)
		for i, m := range p.Meetings {
			if m.Fixed > 0 {
				require.Equal(t, m.Fixed, got.Slot[i], "seed %d, meeting %d", seed, i)
			}
		}
	}
}
