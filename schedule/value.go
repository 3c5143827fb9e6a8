package schedule

import (
	"context"
	"math"
	"slices"
	"time"
)

const (
	usualVisits = 100_000 // of every column, when no effort is asked for
	closeEnough = .001    // of the bound: no search for more
	nearlyBest  = .0005   // of the bound: not even a longer annealing
	tidyMoves   = 5       // for every column
)

// visitsPerSecond is what two cores of 2026 visit in a second.
const visitsPerSecond = 60_000_000

// EffortFor is the effort that choosing wishes takes about so long with. The answer
// goes by the effort: on a slower machine it takes longer, or the deadline cuts in.
func EffortFor(d time.Duration) int { return max(1, int(d.Seconds()*visitsPerSecond)) }

// solveSome chooses which meetings to place: locked ones first, then musts, then
// value, then few breaks among the plans of that value.
func solveSome(ctx context.Context, p *Problem, o Options) Result {
	c := newChoice(p, slotsOf(p), o)
	c.run(ctx)
	// Few moves: they are made even when the deadline is over.
	r := c.result(c.tidy(context.WithoutCancel(ctx), o.Seed))
	if p.Fairness < 0 && r.Breaks == 0 && r.Bound == r.Value && c.firstsProven(r.Slot) {
		r.Status = Optimal
	}
	if o.Progress != nil {
		o.Progress(r)
	}
	return r
}

// result tells of a plan and of what is proven so far.
func (c *choice) result(slot []int) Result {
	r := tell(c.p, slot)
	r.Status = Feasible
	// What counts more in the search than its value is an equal sum on both sides.
	r.Bound = r.Value + max(0, int64(math.Floor(c.bound-scoreOf(c.worth, slot)+1e-6)))
	r.Unplaced = reasons(c.p, c.slots, r.Slot)
	return r
}

// firstsProven reports whether no plan places more locked meetings, or as many and
// more musts.
func (c *choice) firstsProven(slot []int) bool {
	first := make([]float64, len(slot))
	musts, all := 1.0, 0.0
	for _, m := range c.p.Meetings {
		if m.Must {
			musts++
		}
	}
	for i, m := range c.p.Meetings {
		if m.Must && len(c.slots[i]) > 0 {
			first[i]++
		}
		if m.Fixed > 0 && len(c.slots[i]) > 0 {
			first[i] += musts
		}
		all += first[i]
	}
	placed := scoreOf(first, slot)
	if placed == all {
		return true
	}
	d := newDual(c.p, newField(c.p, c.p, c.slots, first, 0))
	d.priceCaps()
	return d.descend(context.Background(), c.descents(), placed) < placed+1-1e-6
}

// worths weighs every meeting so that a locked one outweighs all musts together,
// and a must all values.
func worths(p *Problem) (worth []float64) {
	must := 1.0
	for _, m := range p.Meetings {
		must += float64(m.Value)
	}
	locked := must
	for _, m := range p.Meetings {
		if m.Must {
			locked += must
		}
	}
	for _, m := range p.Meetings {
		w := float64(m.Value)
		if m.Must {
			w += must
		}
		if m.Fixed > 0 {
			w += locked
		}
		worth = append(worth, w)
	}
	return worth
}

func median(p *Problem) float64 {
	var values []int64
	for _, m := range p.Meetings {
		values = append(values, m.Value)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 1
	}
	return max(1, float64(values[len(values)/2]))
}

func scoreOf(worth []float64, slot []int) float64 {
	sum := 0.0
	for i, s := range slot {
		if s > 0 {
			sum += worth[i]
		}
	}
	return sum
}

// fits reports whether meeting i finds both parties and a table free in slot s.
func (b *board) fits(i, s int) bool {
	m := b.p.Meetings[i]
	for _, q := range [2]int{m.A, m.B} {
		if b.at[q][s] >= 0 || b.p.Parties[q].Max > 0 && b.held[q] >= b.p.Parties[q].Max {
			return false
		}
	}
	return b.may[i][s] && b.full[s] < b.p.Tables
}

// tidy moves the meetings of a plan within the day until few idle gaps are left.
// None is given up and none is added, so it costs no value.
func (c *choice) tidy(ctx context.Context, seed int64) []int {
	slots := slices.Clone(c.slots)
	for i, s := range c.best {
		if s == 0 {
			slots[i] = nil
		}
	}
	b := newBoard(apart(c.p, c.best), slots, c.rank, 1, seed)
	b.load(c.best)
	b.anneal(ctx, tidyMoves*c.columns, 0.6, 0.1, func() bool { return true })
	return slices.Clone(b.slot)
}
