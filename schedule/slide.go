package schedule

import (
	"context"
	"math"
	"slices"
)

// slider anneals a board on which every meeting is placed, for idle gaps alone,
// some tries at a time.
//
// Moving a meeting between two slots drags a path of meetings along (a Kempe
// chain). A party in the midst of the path is busy in both slots before and
// after, so only the two parties at its ends can gain or lose a gap: a try is
// weighed by looking at two days, before anything is moved.
type slider struct {
	*board
	open       []int // the meetings that can move at all
	strict     bool  // there are rules that chains do not keep by themselves
	left       int   // tries to go
	heat, cool float64
	cost, best float64 // of the board and of the best plan met, relative to the first
	kept       []int   // the best plan met
}

// newSlider starts from a plan of a problem whose parties are single persons.
func newSlider(p *Problem, slots [][]int, plan []int, tries int, seed int64) *slider {
	s := &slider{board: newBoard(p, slots, nil, 1, seed), left: tries, heat: slideHot,
		cool: math.Pow(slideCold/slideHot, 1/float64(tries/1024+1)), kept: slices.Clone(plan)}
	s.load(plan)
	s.open = s.movable()
	if len(s.open) == 0 {
		s.left = 0
	}
	s.strict = slices.ContainsFunc(p.Meetings, func(m Meeting) bool { return len(m.After) > 0 || m.Table > 0 })
	return s
}

// Temperatures in breaks: at first one break more is often taken, at the end
// hardly ever.
const slideHot, slideCold = 0.4, 0.1

// run makes so many tries and reports whether a better plan was met.
func (s *slider) run(ctx context.Context, tries int) bool {
	better := false
	for range min(tries, s.left) {
		if s.left--; s.left&1023 == 0 {
			s.heat *= s.cool
			if ctx.Err() != nil {
				break
			}
		}
		i := s.open[s.rng.IntN(len(s.open))]
		from, to := s.slot[i], s.slots[i][s.rng.IntN(len(s.slots[i]))]
		if from == to {
			continue
		}
		delta, ok := s.weigh(i, to)
		if !ok || !s.accept(delta, s.heat) {
			continue
		}
		s.swap(from, to)
		if s.strict && (!s.legal(from) || !s.legal(to)) {
			s.swap(from, to)
			continue
		}
		s.cost += delta
		if s.cost < s.best-1e-9 && complete(s.p, s.slot) {
			s.best, better = s.cost, true
			copy(s.kept, s.slot)
		}
	}
	return better
}

// weigh collects the chain of moving meeting i to slot t and returns what it
// would cost; false when a meeting may not go where it would have to, or a slot
// would overflow.
func (b *board) weigh(i, t int) (delta float64, ok bool) {
	s, m := b.slot[i], &b.p.Meetings[i]
	b.chain = append(b.chain[:0], i)
	a, closed, ok := b.follow(i, m.A, t)
	if !ok || closed {
		return 0, ok
	}
	z, _, ok := b.follow(i, m.B, t)
	if !ok {
		return 0, false
	}
	gain := 0 // meetings that slot t gains
	for _, j := range b.chain {
		if b.slot[j] == s {
			gain++
		} else {
			gain--
		}
	}
	if b.full[t]+gain > b.p.Tables || b.full[s]-gain > b.p.Tables {
		return 0, false
	}
	return b.turned(a, s, t) + b.turned(z, s, t), true
}

// follow walks along the chain of moving meeting i to slot t, by way of its party
// q, and returns the party at the end, or that it came back to i. It reports not
// ok when a meeting may not go where it would have to.
func (b *board) follow(i, q, t int) (end int, closed, ok bool) {
	both := b.slot[i] + t
	for to := t; ; {
		next := b.at[q][to]
		if next < 0 || next == i {
			return q, next == i, true
		}
		to = both - to
		if !b.may[next][to] {
			return q, false, false
		}
		b.chain = append(b.chain, next)
		if m := &b.p.Meetings[next]; m.A == q {
			q = m.B
		} else {
			q = m.A
		}
	}
}

// turned is what it costs when a busy and an idle slot of a party change places.
func (b *board) turned(q, s, t int) float64 {
	before := b.pain(q)
	flip := func() {
		b.busy[q][s/64] ^= 1 << (s % 64)
		b.busy[q][t/64] ^= 1 << (t % 64)
	}
	flip()
	after := b.pain(q)
	flip()
	return after - before
}
