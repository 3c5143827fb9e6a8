package schedule

import (
	"context"
	"math/rand/v2"
	"slices"
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

// TestRepairNoShows: a tenth of the firms stays away from 10:00 on. Nothing is
// lost of what their absence does not end, and few others move.
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
		moved := moves(old.Slot, fixed.Slot)
		t.Logf("value %d, remaining %d, after repair %d, moved %d of %d", old.Value, remaining, fixed.Value, moved, old.Placed)
		require.GreaterOrEqual(t, fixed.Value, remaining)
	}
}

// TestRepairMovesFew holds repairs of small fairs against every possible plan: of
// those that are worth as much as the repaired one, the one that moves fewest.
func TestRepairMovesFew(t *testing.T) {
	moved, least := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 21))
		p := Problem{Slots: 4, Morning: 2, Tables: 2, Fairness: -1, Parties: make([]Party, 6)}
		for range 7 {
			a := r.IntN(3)
			p.Meetings = append(p.Meetings, Meeting{A: a, B: 3 + r.IntN(3), Value: int64(10 + r.IntN(90))})
		}
		old, err := Solve(context.Background(), p, Options{Seed: 1})
		require.NoError(t, err)
		gone := r.IntN(6) // it leaves after the first slot
		p.Parties[gone].Forbidden = []int{2, 3, 4}
		late := r.IntN(6)
		p.Parties[late].Forbidden = append(p.Parties[late].Forbidden, 1)
		fixed, err := Repair(context.Background(), p, old, Options{})
		require.NoError(t, err)
		require.Empty(t, Check(p, fixed))
		moved += moves(old.Slot, fixed.Slot)
		least += fewestMoves(p, old.Slot, fixed.Value)
	}
	t.Logf("moved %d, the least is %d", moved, least)
	require.Positive(t, least)
	require.LessOrEqual(t, moved, 2*least)
}

// moves counts the meetings that stand in another slot than before.
func moves(old, now []int) (n int) {
	for i, s := range now {
		if s > 0 && old[i] > 0 && s != old[i] {
			n++
		}
	}
	return n
}

// fewestMoves tries every plan and returns the fewest moves of one worth at least
// as much.
func fewestMoves(p Problem, old []int, value int64) int {
	best := len(old)
	slot := make([]int, len(old))
	var try func(i int, worth int64)
	try = func(i int, worth int64) {
		if i < len(slot) {
			for s := range p.Slots + 1 {
				if slot[i] = s; stands(p, slot[:i+1]) {
					gain := p.Meetings[i].Value
					if s == 0 {
						gain = 0
					}
					try(i+1, worth+gain)
				}
			}
			return
		}
		if worth >= value {
			best = min(best, moves(old, slot))
		}
	}
	try(0, 0)
	return best
}

// stands reports whether the last meeting may stand where it does beside the
// others.
func stands(p Problem, slot []int) bool {
	last := len(slot) - 1
	s, m, here := slot[last], p.Meetings[last], 0
	if s == 0 {
		return true
	}
	for i, t := range slot {
		if t != s {
			continue
		}
		here++
		o := p.Meetings[i]
		if i < last && (o.A == m.A || o.A == m.B || o.B == m.A || o.B == m.B) {
			return false
		}
	}
	return here <= p.Tables && !slices.Contains(p.Parties[m.A].Forbidden, s) && !slices.Contains(p.Parties[m.B].Forbidden, s)
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
