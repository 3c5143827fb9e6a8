package schedule

import (
	"context"
	"math"
	"math/rand/v2"
)

// nearby improves a plan by large neighbourhoods: it lets a part of the meetings
// free, holds the others where they are and asks the clauses for a break less.
// All questions go to one model, so that what is learnt from one neighbourhood
// serves the next ones. (Large neighbourhood search: Shaw 1998.)
type nearby struct {
	m      *model
	plan   []int
	breaks int // of the plan
	rng    *rand.Rand
	share  [3]float64 // by kind of neighbourhood: how many of the meetings it frees
	free   []bool     // by meeting: free in the neighbourhood at hand
	count  int        // meetings free
	ahead  int64      // effort left for looking ahead before the first question
	asked  int64      // questions since the plan became better
	kind   int        // of the question at hand
	left   int64      // effort left of it: a round may end before it does
}

// Kinds of neighbourhoods. Each has the day of one party in it, mostly of one
// with a break.
const (
	people = iota // a party, whom it meets, whom these meet …
	window        // neighbouring slots
	spread        // slots anywhere
)

const (
	askEffort  = 500 * effortUnit   // of the shortest question
	lookAhead  = 1_500 * effortUnit // before the first question
	firstShare = 0.5
	leastShare = 0.05
)

func newNearby(p *Problem, slots [][]int, plan []int, breaks int, seed int64) *nearby {
	n := &nearby{m: encode(p, slots), plan: plan, breaks: breaks, free: make([]bool, len(plan)), ahead: lookAhead,
		rng: rand.New(rand.NewPCG(uint64(seed), 3)), share: [3]float64{firstShare, firstShare, firstShare}}
	n.m.breaks(breaks + 1)
	n.m.fair(p.Fairness)
	n.m.countTo(breaks + 1)
	n.noMore()
	n.m.nextProbe = math.MaxInt64 // it looks ahead once, at the beginning
	return n
}

// noMore makes it a rule that no plan has more breaks than the one at hand.
func (n *nearby) noMore() {
	if n.breaks < len(n.m.total) {
		n.m.add(n.m.total[n.breaks].not())
	}
}

// adopt goes on from a plan found elsewhere, if it is better.
func (n *nearby) adopt(plan []int, breaks int) {
	if breaks < n.breaks {
		n.plan, n.breaks, n.asked, n.left = plan, breaks, 0, 0
		n.noMore()
	}
}

// run asks questions until the effort is spent or it is proven that no plan
// is better.
func (n *nearby) run(ctx context.Context, effort int64) (proven bool) {
	for last := n.m.props + effort; n.m.props < last && n.breaks > 0 && ctx.Err() == nil; {
		if n.ahead > 0 {
			before := n.m.props
			if n.m.probe(min(n.ahead, last-before)) {
				n.ahead = 0
			}
			n.ahead -= n.m.props - before
			continue
		}
		if n.left <= 0 {
			n.asked++
			n.left = askEffort * luby(n.asked)
			n.kind = [4]int{people, window, window, spread}[n.rng.IntN(4)]
			n.choose(n.kind)
		}
		kind, before := n.kind, n.m.props
		a := n.ask(ctx, n.breaks-1, min(n.left, last-before))
		n.left -= n.m.props - before
		if a == stopped && n.left > 0 {
			return false
		}
		n.left = 0
		switch a {
		case sat:
			n.noMore()
			n.asked = 0
		case unsat:
			if n.settled() {
				return true
			}
			n.share[kind] = min(1, n.share[kind]*1.03)
			if n.rng.IntN(2) == 0 {
				n.wander(ctx)
			}
		case stopped:
			n.share[kind] = max(leastShare, n.share[kind]*0.97)
		}
	}
	return n.breaks == 0
}

// ask looks for a plan with at most so many breaks that keeps the meetings that
// are not free, and takes it over.
func (n *nearby) ask(ctx context.Context, breaks int, effort int64) answer {
	var held []lit
	if breaks < len(n.m.total) {
		held = append(held, n.m.total[breaks].not())
	}
	for i, s := range n.plan {
		if !n.free[i] {
			held = append(held, pos(n.m.x[i][s]))
		}
	}
	a := n.m.solve(ctx, effort, held...)
	if a == sat {
		n.plan = n.m.plan()
		n.breaks = total(n.m.p, n.plan)
	}
	return a
}

// settled reports whether the last answer needed none of the meetings held.
func (n *nearby) settled() bool {
	for _, l := range n.m.core {
		if n.breaks-1 >= len(n.m.total) || l != n.m.total[n.breaks-1].not() {
			return false
		}
	}
	return true
}

// wander exchanges the plan for one as good, elsewhere in the neighbourhood.
func (n *nearby) wander(ctx context.Context) {
	for i, free := range n.free {
		if free {
			for _, s := range n.m.slots[i] {
				n.m.phase[n.m.x[i][s]] = n.rng.IntN(4) == 0
			}
		}
	}
	n.m.target, n.m.best = n.m.target[:0], 0
	n.ask(ctx, n.breaks, askEffort)
}

// choose frees the meetings of a neighbourhood and sets all phases to the plan.
func (n *nearby) choose(kind int) {
	clear(n.free)
	n.count = 0
	n.m.target, n.m.best = n.m.target[:0], 0
	for i, s := range n.plan {
		n.m.phase[n.m.x[i][s]] = true
	}
	want := int(n.share[kind] * float64(len(n.plan)))
	party := n.party()
	for _, i := range n.m.of[party] {
		n.release(i)
	}
	switch kind {
	case people:
		n.around(party, want)
	case window:
		n.between(want)
	case spread:
		for _, s := range n.rng.Perm(n.m.p.Slots) {
			if n.count >= want {
				return
			}
			n.releaseSlot(s + 1)
		}
	}
}

// party draws one, three times in four among those with a break.
func (n *nearby) party() int {
	var waiting []int
	for q, k := range breaksOf(n.m.p, n.plan) {
		if k > 0 {
			waiting = append(waiting, q)
		}
	}
	if n.rng.IntN(4) == 0 {
		return n.rng.IntN(len(n.m.of))
	}
	return waiting[n.rng.IntN(len(waiting))]
}

func (n *nearby) release(i int) {
	if !n.free[i] {
		n.free[i] = true
		n.count++
	}
}

func (n *nearby) releaseSlot(s int) {
	for i, at := range n.plan {
		if at == s {
			n.release(i)
		}
	}
}

// around frees the meetings of a party, of those it meets, of those these meet,
// in an order drawn by lot.
func (n *nearby) around(party, want int) {
	known := make([]bool, len(n.m.of))
	known[party] = true
	for queue := []int{party}; n.count < want && len(queue) > 0; {
		k := n.rng.IntN(len(queue))
		q := queue[k]
		queue[k] = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, i := range n.m.of[q] {
			n.release(i)
			for _, other := range [2]int{n.m.p.Meetings[i].A, n.m.p.Meetings[i].B} {
				if !known[other] {
					known[other] = true
					queue = append(queue, other)
				}
			}
		}
	}
}

// between frees slots next to each other.
func (n *nearby) between(want int) {
	first := 1 + n.rng.IntN(n.m.p.Slots)
	last := first
	for n.releaseSlot(first); n.count < want && (first > 1 || last < n.m.p.Slots); {
		if first > 1 && (last == n.m.p.Slots || n.rng.IntN(2) == 0) {
			first--
			n.releaseSlot(first)
		} else {
			last++
			n.releaseSlot(last)
		}
	}
}
