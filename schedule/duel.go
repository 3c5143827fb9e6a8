package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
)

// duel narrows the least number of breaks from both ends on two goroutines. The
// careful side works from below: first no break at all, as a rule, then cores.
// The bold side works from above: it anneals, slides, and then searches the
// neighbourhoods of the best plan, at which the careful side helps when proofs
// take long. They meet after equal effort, not after equal time, and trade what
// they know in a fixed order; so the outcome does not depend on the machine.
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
	bold       bool
	seed       int64
	m          *model
	k          int // the bound that m has as a rule, if any
	lb, ub     int
	plan       []int
	quiet      bool // no core has turned up for a while
	infeasible bool
	fault      string // a panic of this side, with its stack

	rounds   int   // begun
	annealAt int   // bold, without a plan: anneals again when so many rounds are over
	moves    int   // of the next annealing
	rough    []int // bold, without a plan: one that is not fair
	slider   *slider
	near     *nearby
	cores    *cores // careful
}

const (
	annealMoves = 300  // of the first annealing, for every meeting and slot it may use
	slideTries  = 1600 // of sliding, likewise

	effortUnit  = 1000             // literals propagated in one iteration
	usualEffort = 50_000_000       // iterations: hours
	roundEffort = 600 * effortUnit // of each side between two meetings
	patience    = 40               // rounds in which the careful side does nothing but prove
	closeBy     = 2                // breaks between the two ends
	quietAfter  = 4 * roundEffort  // without a core
	manyBreaks  = int(^uint32(0) >> 1)
)

func newDuel(p *Problem, slots [][]int, o Options) *duel {
	d := &duel{p: p, slots: slots, ub: manyBreaks, left: usualEffort * effortUnit, report: o.Progress}
	if o.Effort > 0 {
		d.left = int64(o.Effort) * effortUnit
	}
	for i := range d.sides {
		d.sides[i] = &side{duel: d, bold: i > 0, seed: 2*o.Seed + int64(i)}
	}
	return d
}

// quiet reports whether no core has turned up for so long that lb probably is the
// answer.
func (d *duel) quiet() bool {
	c := d.sides[0].cores
	return c != nil && d.lb > 0 && c.stale >= quietAfter
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
		s.quiet = d.quiet()
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
	s.rounds++
	if s.bold {
		s.improve(ctx)
		return
	}
	if s.rounds > patience && s.rounds%2 == 0 && s.ub != manyBreaks && !s.closing() {
		s.look(ctx)
		return
	}
	if s.lb > 0 && (s.cores == nil || !s.cores.spent()) {
		s.narrow(ctx)
		return
	}
	s.settle(ctx)
}

// settle asks for a plan with lb breaks, the bound being a rule.
func (s *side) settle(ctx context.Context) {
	left := roundEffort - s.aim(s.lb)
	switch s.m.solve(ctx, left) {
	case sat:
		s.take(s.m.plan())
	case unsat:
		s.lb = s.k + 1
		s.infeasible = s.k >= len(s.m.total) // the bound was none
	}
}

// closing reports whether the two ends are so close that asking for a plan with lb
// breaks is likely to end the search, whatever the answer.
func (s *side) closing() bool {
	return s.ub != manyBreaks && s.lb > 0 && s.ub-s.lb <= closeBy
}

// narrow looks for cores.
func (s *side) narrow(ctx context.Context) {
	if s.cores == nil {
		s.cores = newCores(s.p, s.slots)
		s.m, s.k = s.cores.m, -1
		s.shuffle()
	}
	plan, infeasible := s.cores.run(ctx, roundEffort)
	s.infeasible = infeasible
	s.lb = max(s.lb, s.cores.lb)
	if plan != nil {
		s.take(plan)
	}
}

// aim prepares the model in which a bound is a rule and returns what that cost.
func (s *side) aim(k int) int64 {
	if s.m != nil && s.k == k {
		return 0
	}
	s.m, s.k = encode(s.p, s.slots), k
	s.m.breaks(k + 1)
	s.m.fair(s.p.Fairness)
	s.m.allow(k)
	s.m.pace.calm = s.bold
	s.shuffle()
	return int64(len(s.m.clauses)) + roundEffort/20
}

// improve does what comes next of the bold side: anneal, for want of a plan ask
// the clauses for any, slide, search the neighbourhoods. Once lb probably
// is the answer it asks three times in four for a plan that has no more: on tight
// fairs the neighbourhoods lead to within a break or two of it and no further.
//
// A plan that is only not fair is worked on in turn with asking for any, as if
// fairness were not asked for: with fewer breaks it becomes fair by itself.
func (s *side) improve(ctx context.Context) {
	if s.ub != manyBreaks && s.rough != nil {
		s.rough, s.slider, s.near = nil, nil, nil
	}
	switch {
	case s.ub == manyBreaks && s.rounds > s.annealAt:
		s.anneal(ctx)
	case s.ub == manyBreaks && (s.rough == nil || s.rounds%2 == 0):
		s.any(ctx)
	case s.near == nil && s.sliding(ctx):
	case s.rough == nil && s.quiet && s.rounds%4 != 0:
		s.settle(ctx)
	default:
		if s.rough == nil && s.k < 0 {
			s.m = nil
		}
		s.look(ctx)
	}
}

// at returns the plan to work on, its breaks, and the problem that it is one of.
func (s *side) at() (p *Problem, plan []int, breaks int) {
	if s.rough == nil {
		return s.p, s.duel.plan, s.ub
	}
	unfair := *s.p
	unfair.Fairness = -1
	return &unfair, s.rough, total(s.p, s.rough)
}

// look searches the neighbourhoods of the best plan.
func (s *side) look(ctx context.Context) {
	p, plan, breaks := s.at()
	if s.near == nil {
		s.near = newNearby(p, s.slots, plan, breaks, s.seed)
	}
	s.near.adopt(plan, breaks)
	if s.near.run(ctx, roundEffort) {
		s.lb = max(s.lb, s.near.breaks)
	}
	s.take(s.near.plan)
}

// any looks for a plan, no matter how many breaks it has.
func (s *side) any(ctx context.Context) {
	if s.m == nil {
		s.m, s.k = encode(s.p, s.slots), -1
		if s.p.Fairness >= 0 {
			s.m.breaks(s.p.Slots) // a party cannot have as many
			s.m.fair(s.p.Fairness)
		}
		s.shuffle()
	}
	switch s.m.solve(ctx, roundEffort) {
	case sat:
		s.take(s.m.plan())
	case unsat:
		s.infeasible = true
	}
}

// sliding lets the slider run; false when it has nothing more to do.
func (s *side) sliding(ctx context.Context) bool {
	if s.slider == nil {
		tries := 0
		for i := range s.slots {
			tries += slideTries * len(s.slots[i])
		}
		if slices.ContainsFunc(s.p.Parties, func(q Party) bool { return q.Reps > 1 }) {
			tries = 0 // chains move persons, and a plan does not say who of a party it means
		}
		p, plan, _ := s.at()
		s.slider = newSlider(p, s.slots, plan, min(tries, mostMoves), s.seed)
	}
	if s.slider.left == 0 {
		return false
	}
	if s.slider.run(ctx, roundEffort) {
		s.take(slices.Clone(s.slider.kept))
	}
	return true
}

// shuffle gives the first decisions an order that depends on the seed.
func (s *side) shuffle() {
	r := rand.New(rand.NewPCG(uint64(s.seed), 1))
	for v := range s.m.activity {
		s.m.activity[v] = r.Float64() * 1e-3
		s.m.order.up(v, s.m.activity)
	}
}

// take takes a plan over if it is the best. One that is not fair serves to go on
// from.
func (s *side) take(plan []int) {
	if !complete(s.p, plan) {
		s.rough = plan
	} else if breaks := total(s.p, plan); breaks < s.ub {
		s.plan, s.ub = plan, breaks
	}
}

// total counts the breaks of a plan.
func total(p *Problem, plan []int) int {
	sum := 0
	for _, n := range breaksOf(p, plan) {
		sum += n
	}
	return sum
}

// anneal looks for a plan that is good before anything is proven; every time
// longer, and again when four times as many rounds are over.
func (s *side) anneal(ctx context.Context) {
	worth := make([]float64, len(s.p.Meetings))
	for i := range worth {
		worth[i] = 5
	}
	if s.moves == 0 {
		for i := range s.slots {
			s.moves += annealMoves * len(s.slots[i])
		}
	}
	b := newBoard(apart(s.p, fixedAt(s.p)), s.slots, worth, 1, s.seed+int64(s.rounds))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.anneal(ctx, min(s.moves, mostMoves), 0.5, 0.1, func() bool {
		if !complete(s.p, b.slot) {
			return false
		}
		if b.idle() <= s.lb {
			cancel()
		}
		return true
	})
	if !slices.Contains(b.slot, 0) {
		s.take(slices.Clone(b.slot))
	}
	s.moves, s.annealAt = 2*s.moves, max(128, 4*s.annealAt)
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
