package schedule

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnfairPlanServes: from a plan that is only not fair the bold side comes to
// one that is, without asking the clauses for any.
func TestUnfairPlanServes(t *testing.T) {
	p := Problem{Slots: 7, Morning: 7, Tables: 2, All: true, Fairness: 0, Parties: make([]Party, 5),
		Meetings: []Meeting{{A: 0, B: 1}, {A: 0, B: 2}, {A: 0, B: 3}, {A: 0, B: 4}}}
	rough := []int{1, 3, 5, 7}
	require.False(t, complete(&p, rough))
	d := newDuel(&p, slotsOf(&p), Options{})
	s := d.sides[1]
	s.ub, s.rounds, s.annealAt = manyBreaks, 3, 128
	s.take(rough)
	require.Nil(t, s.plan)
	s.improve(context.Background())
	require.Nil(t, s.m, "the clauses were asked")
	require.NotNil(t, s.plan)
	require.True(t, complete(&p, s.plan))
	require.Zero(t, s.ub)
}

// TestStars: every meeting is answered for once, by a party that is in it, and the
// party with most meetings answers for all of its own.
func TestStars(t *testing.T) {
	for seed := uint64(0); seed < 50; seed++ {
		p := draw(seed)
		m := encode(&p, slotsOf(&p))
		by := make([]int, len(p.Meetings))
		for k, star := range m.stars() {
			for _, i := range star.meetings {
				by[i]++
				require.Contains(t, m.of[star.party], i)
			}
			if k == 0 {
				require.Len(t, star.meetings, len(m.of[star.party]))
			}
		}
		for i, n := range by {
			require.Equal(t, 1, n, "problem %d, meeting %d", seed, i)
		}
	}
}
