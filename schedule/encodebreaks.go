package schedule

// breaks states what an idle gap is: a party is busy in a slot, idle in the
// next one, and busy again later.
func (m *model) breaks() {
	m.gaps = make([][]lit, len(m.p.Parties))
	for i := range m.p.Parties {
		m.gaps[i] = m.gapsOf(i)
	}
}

func (m *model) gapsOf(i int) []lit {
	if len(m.of[i]) < 2 {
		return nil
	}
	u := m.u[i]
	more := m.laterThan(i)
	var gaps []lit
	for s := 1; s+2 <= m.p.Slots; s++ {
		if u[s] == m.never || more[s+1] == m.never {
			continue
		}
		g := m.fresh()
		m.add(g, u[s].not(), u[s+1], more[s+1].not())
		m.add(g.not(), u[s])
		m.add(g.not(), u[s+1].not())
		m.add(g.not(), more[s+1])
		gaps = append(gaps, g)
	}
	return gaps
}

// laterThan returns by slot: the party is busy in some slot after it. For a
// party of one person the busy slots are as many as its meetings, and counting
// them prefix by prefix lets the search see early that they no longer fit.
func (m *model) laterThan(i int) []lit {
	u, n := m.u[i], len(m.of[i])
	more := make([]lit, m.p.Slots+1)
	if m.p.Parties[i].Reps > 1 {
		more[m.p.Slots] = m.never
		for s := m.p.Slots - 1; s >= 1; s-- {
			more[s] = m.either2(u[s+1], more[s+1])
		}
		return more
	}
	prev := []lit{} // prev[k]: more than k busy slots so far
	for s := 1; s <= m.p.Slots; s++ {
		now := make([]lit, 0, min(s, n))
		for k := 0; k < min(s, n); k++ {
			now = append(now, m.step(prev, k, u[s]))
		}
		if s >= n { // the meetings left must fit into the slots left
			more[s] = now[n-1].not()
		} else {
			more[s] = m.never.not()
		}
		for k := 0; k < n-(m.p.Slots-s) && k < len(now); k++ {
			m.add(now[k])
		}
		if len(prev) == n { // all meetings are over
			m.add(prev[n-1].not(), u[s].not())
		}
		prev = now
	}
	return more
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

func (m *model) either2(a, b lit) lit {
	if a == m.never {
		return b
	}
	if b == m.never {
		return a
	}
	return m.either([]lit{a, b})
}

// fair keeps the most and the fewest breaks of the parties within d.
func (m *model) fair(d int) {
	if d < 0 {
		return
	}
	var counts [][]lit
	most := 0
	for _, c := range m.counts() {
		counts = append(counts, c)
		most = max(most, len(c))
	}
	for k := 0; k+d < most; k++ {
		lifted := m.fresh() // somebody has more than k+d breaks, so all have more than k
		for _, c := range counts {
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

// counts returns by party a unary counter of its gaps.
func (m *model) counts() [][]lit {
	if m.unary == nil {
		m.unary = make([][]lit, len(m.gaps))
		for i, gaps := range m.gaps {
			m.unary[i] = m.count(gaps, len(gaps))
		}
	}
	return m.unary
}

// allow lets the plan have at most k breaks. It may be called again with less.
func (m *model) allow(k int) {
	var all []lit
	for _, gaps := range m.gaps {
		all = append(all, gaps...)
	}
	switch {
	case k == 0:
		for _, g := range all {
			m.add(g.not())
		}
	case m.total == nil:
		m.total = m.count(all, k+1)
	}
	if k < len(m.total) {
		m.add(m.total[k].not())
	}
}
