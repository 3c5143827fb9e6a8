package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
)

// duel narrows the least number of breaks from both sides on two goroutines:
// one proves bound after bound impossible, the other looks for better plans.
// They meet after equal effort, not after equal time, and trade what they know
// in a fixed order; so the outcome does not depend on the machine.
type duel struct {
	p      *Problem
	slots  [][]int
	left   int64 // effort left, in literals propagated by each side
	report func(Result)

	lb, ub     int // no plan has fewer breaks than lb; plan has ub
	plan       []int
	infeasible bool

	sides [2]*side
}

// side is one of the two searches.
type side struct {
	*duel
	low        bool // tries the lowest bound that is still possible
	seed       int64
	m          *model
	k          int // the bound that m works on; -1: any number of breaks
	lb, ub     int
	plan       []int
	infeasible bool
	fault      string // a panic of this side, with its stack

	// the high side only
	board *board
	rng   *rand.Rand
	best  []int // the best plan this side knows
	fixed bool  // m allows breaks to some of the parties only, so it proves nothing
	loose int   // how many more parties than those of best may have them
	spent int64 // on m
}

const (
	annealMoves = 300 // of each annealing, for every meeting and slot it may use

	effortUnit  = 1000             // literals propagated in one iteration
	usualEffort = 50_000_000       // iterations: hours
	roundEffort = 600 * effortUnit // of each side between two meetings
	manyBreaks  = int(^uint32(0) >> 1)
)

func newDuel(p *Problem, slots [][]int, o Options) *duel {
	d := &duel{p: p, slots: slots, ub: manyBreaks, left: usualEffort * effortUnit, report: o.Progress}
	if o.Effort > 0 {
		d.left = int64(o.Effort) * effortUnit
	}
	for i := range d.sides {
		d.sides[i] = &side{duel: d, low: i == 0, seed: 2*o.Seed + int64(i), k: -2, rng: rand.New(rand.NewPCG(uint64(o.Seed), 3))}
	}
	return d
}

func (d *duel) done() bool { return d.infeasible || d.lb >= d.ub }

func (d *duel) run(ctx context.Context) {
	for !d.done() && d.left > 0 && ctx.Err() == nil {
		d.left -= roundEffort
		d.round(ctx)
	}
}

// round lets both sides work once. When the first side settles the matter the
// second is not waited for: it could not have changed the outcome.
func (d *duel) round(ctx context.Context) {
	second, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for i, s := range d.sides {
		s.lb, s.ub, s.plan = d.lb, d.ub, nil
		if d.plan != nil {
			s.best = d.plan
		}
		wg.Go(func() {
			// A panic on this goroutine would end the process: hand it to Solve.
			defer func() {
				if fault := recover(); fault != nil {
					s.fault = fmt.Sprintf("%v\n%s", fault, debug.Stack())
					cancel()
				}
			}()
			if i > 0 {
				s.work(second)
				return
			}
			s.work(ctx)
			if s.infeasible || s.lb >= s.ub {
				cancel()
			}
		})
	}
	wg.Wait()
	for _, s := range d.sides {
		if s.fault != "" {
			panic(s.fault)
		}
		d.infeasible = d.infeasible || s.infeasible
		d.lb = max(d.lb, s.lb)
		if s.plan != nil && s.ub < d.ub {
			d.ub, d.plan = s.ub, s.plan
			if d.report != nil {
				r := tell(d.p, d.plan)
				r.Status, r.Bound = Feasible, int64(d.lb)
				d.report(r)
			}
		}
		if d.done() {
			return
		}
	}
}

// work spends one round's effort.
func (s *side) work(ctx context.Context) {
	if !s.low && s.board == nil {
		s.start(ctx)
		return
	}
	for left := int64(roundEffort); left > 0 && !s.infeasible && s.lb < s.ub && ctx.Err() == nil; {
		if s.m == nil || s.k < s.lb && s.k != -1 || s.k >= s.ub || s.k == -1 && s.ub < manyBreaks {
			left -= s.aim()
		}
		before := s.m.props
		a := s.m.solve(ctx, left)
		left -= s.m.props - before
		s.spent += s.m.props - before
		switch {
		case a == sat:
			s.take(s.m.plan())
		case a == unsat && s.fixed:
			s.m, s.loose = nil, s.loose*2+4
		case a == unsat && s.k < 0:
			s.infeasible = true
		case a == unsat:
			s.lb = s.k + 1
		case s.fixed && s.spent > 10*roundEffort:
			s.m = nil // another neighbourhood
		}
	}
}

func (s *side) take(plan []int) {
	breaks := 0
	for _, n := range breaksOf(s.p, plan) {
		breaks += n
	}
	if breaks < s.ub {
		s.plan, s.ub, s.best, s.loose = plan, breaks, plan, 4
	}
}

// start anneals a first plan.
func (s *side) start(ctx context.Context) {
	worth := make([]float64, len(s.p.Meetings))
	for i := range worth {
		worth[i] = 5
	}
	s.board = newBoard(s.p, s.slots, worth, 1, s.seed)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	moves := 0
	for i := range s.slots {
		moves += annealMoves * len(s.slots[i])
	}
	for range 2 {
		s.board.anneal(ctx, min(moves, mostMoves), 0.6, 0.1, func() bool {
			if !complete(s.p, s.board.slot) {
				return false
			}
			if s.board.idle() == 0 {
				cancel()
			}
			return true
		})
		if complete(s.p, s.board.slot) {
			s.take(slices.Clone(s.board.slot))
		}
		if s.lb >= s.ub {
			return
		}
	}
}

// complete reports whether every meeting is placed and the breaks are fair.
func complete(p *Problem, slot []int) bool {
	if slices.Contains(slot, 0) {
		return false
	}
	if p.Fairness < 0 {
		return true
	}
	n := breaksOf(p, slot)
	return len(n) == 0 || slices.Max(n)-slices.Min(n) <= p.Fairness
}

// narrowTo forbids breaks to every party that has none in the best plan, but
// for a few drawn by lot: what is left is small enough to be searched through.
func (s *side) narrowTo() {
	allowed := make([]bool, len(s.p.Parties))
	for i, n := range breaksOf(s.p, s.best) {
		allowed[i] = n > 0
	}
	for range s.loose {
		allowed[s.rng.IntN(len(allowed))] = true
	}
	s.fixed = false
	for i, gaps := range s.m.gaps {
		if !allowed[i] {
			for _, g := range gaps {
				s.m.add(g.not())
			}
			s.fixed = s.fixed || len(gaps) > 0
		}
	}
}

// aim prepares the model for the next bound and returns what that cost.
func (s *side) aim() int64 {
	k := s.next()
	if !s.fixed && s.k > k && k >= s.lb && s.m != nil && !s.m.broken && s.m.total != nil {
		s.m.allow(k) // the same model, tighter
		s.k = k
		return 0
	}
	s.m, s.k, s.spent = encode(s.p, s.slots, true), k, 0
	s.m.breaks()
	s.m.fair(s.p.Fairness)
	if !s.low && s.best != nil {
		s.narrowTo()
	}
	if k >= 0 {
		s.m.allow(k)
	}
	s.shuffle()
	return int64(len(s.m.clauses)) + roundEffort/20
}

// shuffle gives the first decisions an order that depends on the seed.
func (s *side) shuffle() {
	r := rand.New(rand.NewPCG(uint64(s.seed), 1))
	for v := range s.m.activity {
		s.m.activity[v] = r.Float64() * 1e-3
		s.m.order.up(v, s.m.activity)
	}
}

// next is the bound to try: the lowest possible, or the middle of what is open.
func (s *side) next() int {
	switch {
	case s.low:
		return s.lb
	case s.ub == manyBreaks:
		return -1
	}
	return max(s.lb, s.ub-1-(s.ub-s.lb)/4)
}
