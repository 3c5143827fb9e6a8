package schedule

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
)

const (
	mustExtra   = 4     // times the greatest value: what a must counts more in the search
	lockExtra   = 10    // times as much: what a locked meeting does
	freed       = .45   // of the parties give up their meetings in a round
	firstSwings = 200   // changes of prices between two fixings, in the first dive
	swings      = 50    // in the later ones
	quickCool   = 30    // moves for every column, of the first annealing
	firstCool   = 100   // of the next ones, until dives begin
	coolMoves   = 70    // after a later dive
	leniency    = .0015 // of the bound, at first
	meetAfter   = 2000  // visits of every column: then the hands trade their plans
)

// choice looks for the most valuable plan, on two goroutines: each takes the best
// plan so far, lets a part of the parties give up their meetings, fills the plan
// again by a dive and an annealing, and keeps it if it is no worse. They meet after
// equal effort, so that a seed gives one answer on every machine.
type choice struct {
	p       *Problem
	slots   [][]int
	columns int
	rank    []float64 // by meeting: a lock outweighs all musts, a must all values
	worth   []float64 // by meeting, what the search goes by: a must counts for a few, a lock for more
	unit    float64   // what a middling meeting is worth
	order   []int32   // the most valuable first
	effort  int64
	spent   int64 // when the hands met last
	seed    int64
	told    func(Result)

	best  []int
	score float64 // of best, by rank
	bound float64 // on the sum of worth
	dealt *Problem
	hands [2]*hand
}

// hand is one of the two searches.
type hand struct {
	*choice
	*diver
	root  []float64 // the prices that dives begin with
	mine  []int     // the plan that it works on
	score float64
	top   []int // the best that it found since the hands met
	high  float64
	fault string // a panic, with its stack
}

func newChoice(p *Problem, slots [][]int, o Options) *choice {
	c := &choice{p: p, slots: slots, unit: median(p), seed: o.Seed, told: o.Progress, best: make([]int, len(p.Meetings))}
	c.rank = worths(p)
	extra := 1.0
	for _, m := range p.Meetings {
		extra = max(extra, mustExtra*float64(m.Value))
	}
	for i, m := range p.Meetings {
		c.worth = append(c.worth, float64(m.Value))
		if m.Must {
			c.worth[i] += extra
		}
		if m.Fixed > 0 {
			c.worth[i] += lockExtra * extra
		}
		c.columns += len(slots[i])
		c.order = append(c.order, int32(i))
	}
	slices.SortStableFunc(c.order, func(i, j int32) int { return cmp.Compare(c.rank[j], c.rank[i]) })
	if c.effort = usualVisits * int64(c.columns); o.Effort > 0 {
		c.effort = int64(o.Effort)
	}
	return c
}

// run searches until the plan is close to the bound or the effort is spent.
func (c *choice) run(ctx context.Context) {
	c.deal()
	h := c.hands[0]
	h.f.fill(c.order)
	c.consider(h.f.plan())
	proof := newDual(c.p, newField(c.p, c.p, c.slots, c.worth, 0))
	proof.priceCaps()
	c.bound = proof.bound(proof.price)
	for k, moves := range [2]int{quickCool, firstCool} { // enough for most fairs
		c.both(func(h *hand) { h.anneal(ctx, moves) })
		if c.within([2]float64{nearlyBest, closeEnough}[k]) || ctx.Err() != nil {
			return
		}
	}
	c.bound = min(c.bound, proof.descend(ctx, c.descents(), scoreOf(c.worth, c.best)))
	c.startAt(proof)
	c.both(func(h *hand) { h.begin(ctx) })
	for idle := 0; idle < c.patience() && !c.within(closeEnough) && ctx.Err() == nil && c.spent < c.effort; idle++ {
		before := c.score
		if c.dealt != c.p {
			c.deal()
			c.startAt(proof)
		}
		c.both(func(h *hand) { h.work(ctx, meetAfter*int64(c.columns)) })
		if c.score > before {
			idle = 0
		}
	}
}

// descents is how many steps of the bound's descent the effort allows.
func (c *choice) descents() int {
	return int(min(mostDescents, int64(approaches+10*c.columns), c.effort/int64(1+c.columns)))
}

// patience is how often the hands meet without a better plan before they give up.
func (c *choice) patience() int { return 2 + c.columns/40 }

// deal gives every person meetings of its own, so that the best plan stands.
func (c *choice) deal() {
	c.dealt = apart(c.p, c.best)
	for i := range c.hands {
		f := newField(c.p, c.dealt, c.slots, c.worth, uint64(2*c.seed)+uint64(i))
		if before := c.hands[i]; before != nil {
			f.rng, f.spent = before.f.rng, before.f.spent
		}
		d := newDual(c.dealt, f)
		c.hands[i] = &hand{choice: c, diver: newDiver(d)}
	}
}

// sum adds up what the hands have spent.
func (c *choice) sum() (n int64) {
	for _, h := range c.hands {
		n += h.f.spent
	}
	return n
}

// lenient is how much worse than the best a plan may be that is worked on further:
// less and less.
func (c *choice) lenient() float64 {
	left := 1 - float64(c.spent)/float64(c.effort)
	return leniency * c.bound * max(0, left)
}

// within reports whether the best plan is so near to the bound, as a share of it, or
// cannot be better because values are whole numbers.
func (c *choice) within(share float64) bool {
	return c.bound-scoreOf(c.worth, c.best) < max(share*c.bound, 1-1e-6)
}

// startAt lets dives begin with the prices that prove the bound. Persons pay what
// their party pays.
func (c *choice) startAt(proof *dual) {
	width := int(proof.f.width)
	for _, h := range c.hands {
		h.root = make([]float64, len(h.price))
		copy(h.root[h.hall:], proof.price[proof.hall:])
		for i := range c.p.Meetings {
			for side, q := range h.f.owners[i] {
				copy(h.root[h.f.rows[i][side]:][:width], proof.price[int(q)*width:][:width])
			}
		}
	}
}

// both lets the two hands work and takes over the better plan.
func (c *choice) both(work func(*hand)) {
	var wg sync.WaitGroup
	for _, h := range c.hands {
		h.top, h.high = c.best, c.score
		if h.mine == nil || h.score < c.score-c.lenient() {
			h.mine, h.score = c.best, c.score
		}
		wg.Go(func() {
			// A panic on this goroutine would end the process: hand it to Solve.
			defer func() {
				if fault := recover(); fault != nil {
					h.fault = fmt.Sprintf("%v\n%s", fault, debug.Stack())
				}
			}()
			work(h)
		})
	}
	wg.Wait()
	c.spent = c.sum()
	for _, h := range c.hands {
		if h.fault != "" {
			panic(h.fault)
		}
		c.consider(h.top)
	}
}

// consider takes over a plan that is no worse, and tells of a better one.
func (c *choice) consider(plan []int) {
	score := scoreOf(c.rank, plan)
	better := score > c.score
	if score >= c.score {
		c.best, c.score = plan, score
	}
	if better && c.told != nil && c.bound > 0 {
		c.told(c.result(slices.Clone(plan)))
	}
}

// begin makes a plan from nothing.
func (h *hand) begin(ctx context.Context) {
	h.f.load(make([]int, len(h.mine)))
	h.again(ctx, firstSwings, firstCool)
}

// work improves the plan in rounds until so much is spent.
func (h *hand) work(ctx context.Context, effort int64) {
	for until := h.f.spent + effort; h.f.spent < until && ctx.Err() == nil; {
		h.f.load(h.mine)
		h.free()
		h.again(ctx, swings, coolMoves)
	}
}

// free takes out the meetings of parties drawn at random.
func (h *hand) free() {
	rng := rand.New(h.f.rng)
	for row := int32(0); row < h.hall; row += h.f.width {
		if rng.Float64() >= freed {
			continue
		}
		for s := int32(1); s < h.f.width; s++ {
			if i := h.f.at[row+s]; i >= 0 {
				h.f.out(i)
			}
		}
	}
}

// again fills the field and keeps the plan if it is no worse.
func (h *hand) again(ctx context.Context, swings, moves int) {
	rng := rand.New(h.f.rng)
	for k, c := range h.root {
		if h.price[k] = c; c > 0 {
			h.price[k] += rng.Float64() * h.unit / 110
		}
	}
	h.dive(ctx, swings, h.unit)
	h.anneal(ctx, moves)
}

// anneal cools the field down, for so many moves a column, and keeps the plan if it
// is no worse.
func (h *hand) anneal(ctx context.Context, moves int) {
	h.f.cool(ctx, moves*len(h.f.of), h.unit/18, h.unit/110)
	h.f.fill(h.order)
	plan := h.f.plan()
	score := scoreOf(h.rank, plan)
	if score >= h.score || score >= h.high-h.lenient() {
		h.mine, h.score = plan, score
	}
	if score >= h.high {
		h.top, h.high = plan, score
	}
}
