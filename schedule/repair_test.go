package schedule

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// fair draws a fair of value mode: buyers and sellers in halves, every firm
// there in a share of the slots, ten wishes a buyer.
func fair(firms, tables int, there float64, seed uint64) Problem {
	r := rand.New(rand.NewPCG(seed, 99))
	p := Problem{Slots: 16, Morning: 8, Tables: tables, Fairness: -1}
	for range firms {
		q := Party{}
		for s := 1; s <= p.Slots; s++ {
			if r.Float64() >= there {
				q.Forbidden = append(q.Forbidden, s)
			}
		}
		p.Parties = append(p.Parties, q)
	}
	for buyer := range firms / 2 {
		for _, k := range r.Perm(firms - firms/2)[:min(10, firms/2)] {
			p.Meetings = append(p.Meetings, Meeting{A: buyer, B: firms/2 + k, Value: int64(10 + r.IntN(90))})
		}
	}
	return p
}

// TestRepairNoShows: a tenth of the firms stays away from 10:00 on. What was
// held before stays, nine in ten of the moves nobody needs are not made.
func TestRepairNoShows(t *testing.T) {
	for seed := range uint64(5) {
		p := fair(60, 20, 0.8, seed)
		old, err := Solve(context.Background(), p, Options{Seed: 1})
		require.NoError(t, err)
		const now = 4
		r := rand.New(rand.NewPCG(seed, 1))
		gone := map[int]bool{}
		for _, q := range r.Perm(len(p.Parties))[:6] {
			gone[q] = true
			for s := now + 1; s <= p.Slots; s++ {
				p.Parties[q].Forbidden = append(p.Parties[q].Forbidden, s)
			}
		}
		remaining := int64(0) // the value of what nobody's absence ended
		for i, m := range p.Meetings {
			if s := old.Slot[i]; s > 0 && s <= now {
				p.Meetings[i].Fixed = s
				remaining += m.Value
			} else if s > now && !gone[m.A] && !gone[m.B] {
				remaining += m.Value
			}
			for s := 1; s <= now && p.Meetings[i].Fixed == 0; s++ { // the past is over
				p.Meetings[i].Forbidden = append(p.Meetings[i].Forbidden, s)
			}
		}
		fixed, err := Repair(context.Background(), p, old, Options{})
		require.NoError(t, err)
		require.Empty(t, Check(p, fixed))
		moved := 0
		for i, s := range fixed.Slot {
			if old.Slot[i] > 0 && s > 0 && s != old.Slot[i] {
				moved++
			}
		}
		t.Logf("value %d, remaining %d, after repair %d, moved %d of %d", old.Value, remaining, fixed.Value, moved, old.Placed)
		require.GreaterOrEqual(t, fixed.Value, remaining)
	}
}

// TestRelaxNamesTheRule: two meetings of one firm locked to one slot.
func TestRelaxNamesTheRule(t *testing.T) {
	p := Problem{Slots: 3, Morning: 3, Tables: 2, Fairness: -1, All: true, Parties: make([]Party, 3),
		Meetings: []Meeting{{A: 0, B: 1, Fixed: 2}, {A: 0, B: 2, Fixed: 2}}}
	r, err := Solve(context.Background(), p, Options{})
	require.NoError(t, err)
	require.Equal(t, Infeasible, r.Status)
	require.Equal(t, []string{"fixed"}, r.Relax)
}
