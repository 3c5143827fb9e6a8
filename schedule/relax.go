package schedule

import (
	"context"
	"slices"
)

// rules are the kinds of rules that can be given up, the mildest first. That
// nobody is in two places at once is not among them.
var rules = []struct {
	name string
	drop func(*Problem)
}{
	{"fairness", func(p *Problem) { p.Fairness = -1 }},
	{"cap", func(p *Problem) { eachParty(p, func(q *Party) { q.Max = 0 }) }},
	{"order", func(p *Problem) { eachMeeting(p, func(m *Meeting) { m.After = nil }) }},
	{"fixed", func(p *Problem) { eachMeeting(p, func(m *Meeting) { m.Fixed = 0 }) }},
	{"table", func(p *Problem) { eachMeeting(p, func(m *Meeting) { m.Table = 0 }) }},
	{"session", func(p *Problem) { eachMeeting(p, func(m *Meeting) { m.Session = 0 }) }},
	{"forbidden", func(p *Problem) {
		eachMeeting(p, func(m *Meeting) { m.Forbidden = nil })
		eachParty(p, func(q *Party) { q.Forbidden = nil })
	}},
	{"tables", func(p *Problem) { p.Tables = max(p.Tables, len(p.Meetings)) }},
}

const relaxEffort = 3000 * effortUnit

// relax returns the names of the fewest kinds of rules (of one or two; else a
// set from which none can be spared) without which a plan exists; nil when none
// was found.
func relax(ctx context.Context, p *Problem) []string {
	for i := range rules {
		if possible(ctx, p, []int{i}) {
			return []string{rules[i].name}
		}
	}
	for i := range rules {
		for j := range i {
			if possible(ctx, p, []int{j, i}) {
				return []string{rules[j].name, rules[i].name}
			}
		}
	}
	var all []int
	for i := range rules {
		all = append(all, i)
	}
	if !possible(ctx, p, all) {
		return nil
	}
	for i := range rules {
		fewer := slices.DeleteFunc(slices.Clone(all), func(k int) bool { return k == i })
		if possible(ctx, p, fewer) {
			all = fewer
		}
	}
	var names []string
	for _, i := range all {
		names = append(names, rules[i].name)
	}
	return names
}

// possible reports whether a plan is found once these kinds of rules are gone.
func possible(ctx context.Context, p *Problem, gone []int) bool {
	q := *p
	q.Parties, q.Meetings = slices.Clone(p.Parties), slices.Clone(p.Meetings)
	for _, i := range gone {
		rules[i].drop(&q)
	}
	slots := slotsOf(&q)
	if ctx.Err() != nil || impossible(&q, slots) {
		return false
	}
	m := encode(&q, slots)
	m.breaks(p.Slots)
	m.fair(q.Fairness)
	return m.solve(ctx, relaxEffort) == sat
}

func eachParty(p *Problem, change func(*Party)) {
	for i := range p.Parties {
		change(&p.Parties[i])
	}
}

func eachMeeting(p *Problem, change func(*Meeting)) {
	for i := range p.Meetings {
		change(&p.Meetings[i])
	}
}
