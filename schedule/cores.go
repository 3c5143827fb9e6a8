package schedule

import (
	"context"
	"slices"
)

// cores raises the least number of breaks by learning where they must be. It
// allows no party a break; when the clauses name parties of which one must have
// one (a core), these together are allowed one from then on, and so forth. The
// other parties stay without, so that the question remains a narrow one until a
// plan answers it; and that plan is the best. (OLL: Andres, Kaufmann, Matheis,
// Schaub 2012; Morgado, Dodaro, Marques-Silva 2014.)
type cores struct {
	m        *model
	counters []*counter
	found    [][]lit // cores of which no counter is made yet
	lb       int     // no plan has fewer breaks
}

// counter counts breaks in unary and says how many are allowed.
type counter struct {
	out   []lit // the k-th is true when there are more than k
	allow int
	idle  bool // in a core found: allowed any number until counters are made
}

// Efforts for making one core smaller.
const trimEffort, dropEffort, shrinkEffort = 200 * effortUnit, 60 * effortUnit, 600 * effortUnit

func newCores(p *Problem, slots [][]int) *cores {
	c := &cores{m: encode(p, slots)}
	c.m.breaks(p.Slots/2 + 1) // no party can have as many
	c.m.fair(p.Fairness)
	for _, out := range c.m.gaps {
		if len(out) > 0 {
			c.counters = append(c.counters, &counter{out: out})
		}
	}
	return c
}

// run spends so much effort. It returns the last plan found, nil if none, and
// whether it has found out that there is none. A plan with lb breaks is the best.
func (c *cores) run(ctx context.Context, effort int64) (plan []int, infeasible bool) {
	for last := c.m.props + effort; c.m.props < last && ctx.Err() == nil; {
		owner := map[lit]*counter{}
		var allowed []lit
		for _, k := range c.counters {
			if !k.idle && k.allow < len(k.out) {
				l := k.out[k.allow].not()
				owner[l] = k
				allowed = append(allowed, l)
			}
		}
		switch c.m.solve(ctx, last-c.m.props, allowed...) {
		case stopped:
			return plan, false
		case sat:
			plan = c.m.plan()
			if len(c.found) == 0 {
				return plan, false
			}
			c.count()
		case unsat:
			core := c.shrink(ctx, slices.Clone(c.m.core))
			if len(core) == 0 {
				return plan, true
			}
			c.lb++
			for i, l := range core {
				owner[l].idle = true
				core[i] = l.not()
			}
			c.m.add(core...)
			c.found = append(c.found, core)
		}
	}
	return plan, false
}

// count makes the counters of the cores found: one more break is allowed in each
// of its members, and one, which there must be, in all of them together.
func (c *cores) count() {
	for _, k := range c.counters {
		if k.idle {
			k.idle = false
			k.allow++
		}
	}
	for _, core := range c.found {
		if len(core) > 1 {
			c.counters = append(c.counters, &counter{out: c.m.count(core, len(core)), allow: 1})
		}
	}
	c.found = nil
}

// shrink drops what a core can easily do without.
func (c *cores) shrink(ctx context.Context, core []lit) []lit {
	last := c.m.props + shrinkEffort
	for len(core) > 1 && c.m.solve(ctx, trimEffort, core...) == unsat && len(c.m.core) < len(core) {
		core = slices.Clone(c.m.core)
	}
	for i := 0; i < len(core) && len(core) > 1 && c.m.props < last; {
		if c.m.solve(ctx, dropEffort, slices.Delete(slices.Clone(core), i, i+1)...) == unsat {
			core, i = slices.Clone(c.m.core), 0
		} else {
			i++
		}
	}
	return core
}
