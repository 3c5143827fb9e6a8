package schedule

import "slices"

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
			m.day(i, gap)
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

// day says when the day of a party of one person begins and ends: without a gap it
// is as many slots long as there are meetings, with one it is longer. Nothing
// follows that does not follow from the rest, but the search sees early that the
// meetings no longer fit into the slots left.
func (m *model) day(i int, gap lit) {
	u, n, last := m.u[i], len(m.of[i]), m.p.Slots
	begun := make([]lit, last+2)   // begun[s]: busy in s or before
	still := make([]lit, last+n+2) // still[s]: busy in s or later
	for s := range still {
		still[s] = m.never
	}
	begun[0] = m.never
	for s := 1; s <= last; s++ {
		begun[s], still[s] = m.fresh(), m.fresh()
	}
	m.add(begun[last])
	m.add(still[1])
	for s := 1; s <= last; s++ {
		m.add(begun[s-1].not(), begun[s])
		m.add(u[s].not(), begun[s])
		m.add(begun[s].not(), begun[s-1], u[s])
		m.add(still[s+1].not(), still[s])
		m.add(u[s].not(), still[s])
		m.add(still[s].not(), still[s+1], u[s])
		m.add(begun[s-1], still[s+n-1])
		m.add(begun[s].not(), still[s].not(), u[s], gap)
		m.add(begun[s].not(), still[s+n].not(), gap)
	}
	for _, k := range m.of[i] {
		for s := 1; s <= last; s++ {
			m.add(m.late[k][s].not(), still[s])
			m.add(m.late[k][s+1], begun[s])
		}
	}
	m.noon(i, begun, still, gap)
	open := slices.DeleteFunc(slices.Clone(u[1:]), func(l lit) bool { return l == m.never })
	if 2*n > len(open) {
		m.exactly(open, n)
	}
}

// noon ties how many meetings of a party are after noon to where its day ends, and
// how many are before to where it begins. A day without a gap that has both is
// pinned to noon, so its share of either session settles it; and near noon is where
// the tables run short. Again nothing new, but with it a search decides on sessions
// before slots: on one large fair, three seeds, half the conflicts.
func (m *model) noon(i int, begun, still []lit, gap lit) {
	last, noon := m.p.Slots, m.p.Morning
	if noon == 0 || noon == last {
		return
	}
	var before, after []lit
	for _, k := range m.of[i] {
		before = append(before, m.late[k][noon+1].not())
		after = append(after, m.late[k][noon+1])
	}
	for j, more := range m.count(after, last-noon+1) { // more than j after noon
		end := m.never
		if noon+j < last {
			end = still[noon+j+1]
		}
		m.add(more.not(), end)
		m.add(begun[noon].not(), end.not(), more, gap)
	}
	for j, more := range m.count(before, noon+1) {
		start := m.never
		if j < noon {
			start = begun[noon-j]
		}
		m.add(more.not(), start)
		m.add(still[noon+1].not(), start.not(), more, gap)
	}
}

// exactly lets so many of the literals be true.
func (m *model) exactly(lits []lit, n int) {
	if len(lits) < n {
		m.add()
		return
	}
	count := m.count(lits, n+1)
	m.add(count[n-1])
	if n < len(count) {
		m.add(count[n].not())
	}
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
