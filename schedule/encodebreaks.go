package schedule

// breaks states what an idle gap is: all runs of busy slots of a party, but one.
// It counts them up to most for each party.
func (m *model) breaks(most int) {
	m.gaps = make([][]lit, len(m.p.Parties))
	for i := range m.p.Parties {
		if len(m.of[i]) < 2 {
			continue
		}
		gap := m.never
		if runs := m.count(m.runs(i), most+1); len(runs) > 1 {
			m.gaps[i] = runs[1:]
			gap = runs[1]
		}
		if m.p.Parties[i].Reps <= 1 {
			m.prefixes(i, gap)
		}
	}
}

// runs returns a literal for every slot of a party in which a run of busy slots
// may begin, true exactly when one does.
func (m *model) runs(i int) []lit {
	var out []lit
	before := m.never
	for _, u := range m.u[i][1:] {
		switch {
		case u == m.never:
		case before == m.never:
			out = append(out, u)
		default:
			r := m.fresh()
			m.add(r, u.not(), before)
			m.add(r.not(), u)
			m.add(r.not(), before.not())
			out = append(out, r)
		}
		before = u
	}
	return out
}

// prefixes counts the busy slots of a party of one person, slot by slot: they are
// as many as its meetings. Nothing follows that does not follow from the rest, but
// the search sees early that the meetings left no longer fit into the slots left;
// without it a proof takes five times as long.
func (m *model) prefixes(i int, gap lit) {
	u, n := m.u[i], len(m.of[i])
	prev := []lit{} // prev[k]: more than k busy slots so far
	for s := 1; s <= m.p.Slots; s++ {
		now := make([]lit, 0, min(s, n))
		for k := 0; k < min(s, n); k++ {
			now = append(now, m.step(prev, k, u[s]))
		}
		for k := 0; k < n-(m.p.Slots-s) && k < len(now); k++ {
			m.add(now[k])
		}
		if len(prev) == n { // all meetings are over
			m.add(prev[n-1].not(), u[s].not())
		}
		for k := 0; k < len(prev) && k+1 < n; k++ {
			m.add(prev[k].not(), now[k+1], gap)
		}
		prev = now
	}
}

// step: more than k busy slots up to here ⇔ more than k before, or k before
// and busy here.
func (m *model) step(prev []lit, k int, busy lit) lit {
	carry, before := m.never, m.never.not()
	if k < len(prev) {
		carry = prev[k]
	}
	if k > 0 {
		before = prev[k-1]
	}
	if busy == m.never {
		return carry
	}
	l := m.fresh()
	m.add(carry.not(), l)
	m.add(before.not(), busy.not(), l)
	m.add(l.not(), carry, before)
	m.add(l.not(), carry, busy)
	return l
}

// fair keeps the most and the fewest breaks of the parties within d.
func (m *model) fair(d int) {
	if d < 0 {
		return
	}
	most := 0
	for _, c := range m.gaps {
		most = max(most, len(c))
	}
	for k := 0; k+d < most; k++ {
		lifted := m.fresh() // somebody has more than k+d breaks, so all have more than k
		for _, c := range m.gaps {
			if k+d < len(c) {
				m.add(c[k+d].not(), lifted)
			}
			if k < len(c) {
				m.add(lifted.not(), c[k])
			} else {
				m.add(lifted.not())
			}
		}
	}
}

// allow lets the plan have at most k breaks.
func (m *model) allow(k int) {
	m.countTo(k + 1)
	if k < len(m.total) {
		m.add(m.total[k].not())
	}
}

// countTo counts the breaks of a plan, up to limit.
func (m *model) countTo(limit int) { m.total = m.sum(m.gaps, limit) }

// sum adds up unary counters.
func (m *model) sum(counters [][]lit, limit int) []lit {
	switch n := len(counters); n {
	case 0:
		return nil
	case 1:
		return counters[0][:min(limit, len(counters[0]))]
	default:
		return m.merge(m.sum(counters[:n/2], limit), m.sum(counters[n/2:], limit), limit)
	}
}
