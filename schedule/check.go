package schedule

import "fmt"

// Check reads a plan against a problem's rules and returns every rule it
// breaks. It is written from the rules alone and calls nothing of the solver,
// whose claims it is there to doubt.
func Check(p Problem, r Result) []Fault {
	if len(r.Slot) != len(p.Meetings) || len(r.Table) != len(p.Meetings) {
		return []Fault{{Rule: "shape", Meeting: -1, Party: -1, Message: fmt.Sprintf("%d slots and %d tables for %d meetings", len(r.Slot), len(r.Table), len(p.Meetings))}}
	}
	var c checker
	for i := range p.Meetings {
		c.meeting(p, r, i)
	}
	if len(c.faults) > 0 { // slots out of range cannot be counted
		return c.faults
	}
	c.places(p, r)
	c.parties(p, r)
	if r.Status == Optimal || r.Status == Feasible {
		c.figures(p, r)
	}
	return c.faults
}

type checker struct{ faults []Fault }

func (c *checker) fault(rule string, meeting, party int, format string, args ...any) {
	c.faults = append(c.faults, Fault{rule, meeting, party, fmt.Sprintf(format, args...)})
}

func (c *checker) meeting(p Problem, r Result, i int) {
	m, s := p.Meetings[i], r.Slot[i]
	if s == 0 {
		if p.All && (r.Status == Optimal || r.Status == Feasible) {
			c.fault("all", i, -1, "not placed")
		}
		if r.Table[i] != 0 {
			c.fault("table", i, -1, "table %d without a slot", r.Table[i])
		}
		return
	}
	if s < 0 || s > p.Slots {
		c.fault("slot", i, -1, "slot %d of %d", s, p.Slots)
	}
	if r.Table[i] < 1 || r.Table[i] > p.Tables || m.Table > 0 && r.Table[i] != m.Table {
		c.fault("table", i, -1, "table %d", r.Table[i])
	}
	if m.Session == 1 && s > p.Morning || m.Session == 2 && s <= p.Morning {
		c.fault("session", i, -1, "slot %d is not in session %d", s, m.Session)
	}
	if m.Fixed > 0 && s != m.Fixed {
		c.fault("fixed", i, -1, "slot %d, fixed to %d", s, m.Fixed)
	}
	for _, f := range m.Forbidden {
		if f == s {
			c.fault("forbidden", i, -1, "slot %d", s)
		}
	}
	for _, q := range []int{m.A, m.B} {
		for _, f := range p.Parties[q].Forbidden {
			if f == s {
				c.fault("forbidden", i, q, "slot %d", s)
			}
		}
	}
	for _, before := range m.After {
		if r.Slot[before] > 0 && r.Slot[before] >= s {
			c.fault("order", i, -1, "slot %d, not after meeting %d in slot %d", s, before, r.Slot[before])
		}
	}
}

// places checks that nobody and no table is in two meetings at once.
func (c *checker) places(p Problem, r Result) {
	type key struct{ who, slot int }
	people, table, count := map[key]int{}, map[key]int{}, map[int]int{}
	for i, s := range r.Slot {
		if s == 0 {
			continue
		}
		for _, q := range []int{p.Meetings[i].A, p.Meetings[i].B} {
			people[key{q, s}]++
			if n := people[key{q, s}]; n > max(1, p.Parties[q].Reps) {
				c.fault("clash", i, q, "%d meetings in slot %d", n, s)
			}
		}
		table[key{r.Table[i], s}]++
		if table[key{r.Table[i], s}] > 1 {
			c.fault("table", i, -1, "table %d taken twice in slot %d", r.Table[i], s)
		}
		count[s]++
		if count[s] > p.Tables {
			c.fault("tables", i, -1, "%d meetings in slot %d", count[s], s)
		}
	}
}

func (c *checker) parties(p Problem, r Result) {
	held := make([]int, len(p.Parties))
	for i, s := range r.Slot {
		if s > 0 {
			held[p.Meetings[i].A]++
			held[p.Meetings[i].B]++
		}
	}
	for q, party := range p.Parties {
		if party.Max > 0 && held[q] > party.Max {
			c.fault("cap", -1, q, "%d meetings, at most %d", held[q], party.Max)
		}
	}
}

// figures counts again what the result says of itself.
func (c *checker) figures(p Problem, r Result) {
	placed, musts, breaks, value := 0, 0, 0, int64(0)
	for i, s := range r.Slot {
		if s > 0 {
			placed++
			value += p.Meetings[i].Value
			if p.Meetings[i].Must {
				musts++
			}
		}
	}
	low, high := -1, 0
	for q := range p.Parties {
		n := c.idle(p, r, q)
		breaks += n
		high = max(high, n)
		if low < 0 || n < low {
			low = n
		}
	}
	if p.Fairness >= 0 && p.All && high-low > p.Fairness {
		c.fault("fairness", -1, -1, "breaks from %d to %d, allowed apart %d", low, high, p.Fairness)
	}
	if placed != r.Placed || musts != r.Musts || breaks != r.Breaks || value != r.Value {
		c.fault("figures", -1, -1, "counted %d placed, %d musts, %d breaks, value %d", placed, musts, breaks, value)
	}
	if p.All && int64(breaks) < r.Bound || !p.All && r.Status == Optimal && value < r.Bound {
		c.fault("bound", -1, -1, "bound %d, breaks %d, value %d", r.Bound, breaks, value)
	}
}

// idle counts the idle gaps of one party the plain way: walk through the day.
func (c *checker) idle(p Problem, r Result, q int) int {
	there := map[int]bool{}
	for i, s := range r.Slot {
		if s > 0 && (p.Meetings[i].A == q || p.Meetings[i].B == q) {
			there[s] = true
		}
	}
	gaps, met, waiting := 0, 0, false
	for s := 1; s <= p.Slots && met < len(there); s++ {
		if there[s] {
			if waiting {
				gaps++
			}
			met++
		}
		waiting = met > 0 && !there[s]
	}
	return gaps
}
