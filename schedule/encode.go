package schedule

// model is a problem as clauses. Every meeting of it takes place.
//
//	x[m][s]  meeting m is in slot s (-1 where it cannot be)
//	late[m][s] meeting m is in slot s or later
//	u[p][s]  party p is busy in slot s
//	gaps[p][k] party p has more than k breaks
//	total[k] there are more than k breaks
type model struct {
	*satSolver
	p     *Problem
	slots [][]int
	of    [][]int // meetings of a party
	x     [][]int
	late  [][]lit
	u     [][]lit
	gaps  [][]lit
	total []lit
	never lit // a literal that is false
}

// encode states the hard rules; countBreaks adds the objective.
func encode(p *Problem, slots [][]int) *model {
	m := &model{satSolver: newSAT(), p: p, slots: slots, of: make([][]int, len(p.Parties))}
	m.never = pos(m.newVar())
	m.add(m.never.not())
	for i, meeting := range p.Meetings {
		m.of[meeting.A] = append(m.of[meeting.A], i)
		m.of[meeting.B] = append(m.of[meeting.B], i)
	}
	m.meetings()
	m.orders()
	m.parties()
	m.tables()
	return m
}

func (m *model) fresh() lit { return pos(m.newVar()) }

// meetings puts every meeting into exactly one of its slots, by way of saying from
// which slot on it is: such a literal sums up many slots, and what is learnt about
// it holds for all of them.
func (m *model) meetings() {
	m.x = make([][]int, len(m.p.Meetings))
	m.late = make([][]lit, len(m.p.Meetings))
	for i := range m.x {
		m.x[i] = make([]int, m.p.Slots+1)
		for s := range m.x[i] {
			m.x[i][s] = -1
		}
		for _, s := range m.slots[i] {
			m.x[i][s] = m.newVar()
		}
		m.late[i] = make([]lit, m.p.Slots+2)
		next := m.never
		m.late[i][m.p.Slots+1] = next
		for s := m.p.Slots; s >= 1; s-- {
			next = m.orIn(m.x[i][s], next)
			m.late[i][s] = next
		}
		m.add(next)
	}
}

// orIn returns a literal that is true exactly when x or next is, and lets not both
// be. There may be no x.
func (m *model) orIn(x int, next lit) lit {
	switch {
	case x < 0:
		return next
	case next == m.never:
		return pos(x)
	}
	l := m.fresh()
	m.add(next.not(), l)
	m.add(pos(x).not(), l)
	m.add(l.not(), pos(x), next)
	m.add(pos(x).not(), next.not())
	return l
}

func (m *model) atMostOne(lits []lit) {
	for i, a := range lits {
		for _, b := range lits[:i] {
			m.add(a.not(), b.not())
		}
	}
}

// orders states which meetings come before which: once the earlier one is in
// slot s or later, the later one is in none of the slots up to s.
func (m *model) orders() {
	for i, meeting := range m.p.Meetings {
		for _, before := range meeting.After {
			for s := 1; s <= m.p.Slots; s++ {
				m.add(m.late[before][s].not(), m.late[i][s+1])
			}
		}
	}
}

// parties keeps every party to as many meetings at a time as it has people.
func (m *model) parties() {
	m.u = make([][]lit, len(m.p.Parties))
	for i, party := range m.p.Parties {
		m.u[i] = make([]lit, m.p.Slots+1)
		for s := 1; s <= m.p.Slots; s++ {
			var here []lit
			for _, k := range m.of[i] {
				if m.x[k][s] >= 0 {
					here = append(here, pos(m.x[k][s]))
				}
			}
			m.u[i][s] = m.either(here)
			if party.Reps <= 1 {
				m.atMostOne(here)
			} else if party.Reps < len(here) {
				m.atMost(here, party.Reps)
			}
		}
	}
}

// either returns a literal that is true exactly when one of them is.
func (m *model) either(lits []lit) lit {
	if len(lits) == 0 {
		return m.never
	}
	if len(lits) == 1 {
		return lits[0]
	}
	l := m.fresh()
	for _, k := range lits {
		m.add(k.not(), l)
	}
	m.add(append([]lit{l.not()}, lits...)...)
	return l
}

// atMost lets at most k of the literals be true.
func (m *model) atMost(lits []lit, k int) {
	if k >= len(lits) {
		return
	}
	count := m.count(lits, k+1)
	if k < len(count) {
		m.add(count[k].not())
	}
}

// count returns a unary counter of the literals: the k-th answer is true
// exactly when more than k of them are; it stops at limit. (Totaliser: Bailleux
// and Boufkhad 2003, cut off as by Büttner and Rintanen 2005.)
func (m *model) count(lits []lit, limit int) []lit {
	if len(lits) <= 1 {
		return lits
	}
	left := m.count(lits[:len(lits)/2], limit)
	right := m.count(lits[len(lits)/2:], limit)
	return m.merge(left, right, limit)
}

func (m *model) merge(a, b []lit, limit int) []lit {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]lit, min(len(a)+len(b), limit))
	for i := range out {
		out[i] = m.fresh()
	}
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			if i+j > 0 { // i of a and j of b make at least i+j
				up := []lit{out[min(i+j, limit)-1]}
				if i > 0 {
					up = append(up, a[i-1].not())
				}
				if j > 0 {
					up = append(up, b[j-1].not())
				}
				if i+j <= limit {
					m.add(up...)
				}
			}
			if i+j < len(out) { // no more than i of a and j of b make at most i+j
				down := []lit{out[i+j].not()}
				if i < len(a) {
					down = append(down, a[i])
				}
				if j < len(b) {
					down = append(down, b[j])
				}
				m.add(down...)
			}
		}
	}
	return out
}

// plan reads the model found as slots of the meetings.
func (m *model) plan() []int {
	out := make([]int, len(m.x))
	for i := range out {
		for _, s := range m.slots[i] {
			if m.holds(m.x[i][s]) {
				out[i] = s
			}
		}
	}
	return out
}
