package schedule

import "slices"

// tables keeps the meetings of a slot within the tables, and tells meetings
// tied to one table apart.
func (m *model) tables() {
	single := !slices.ContainsFunc(m.p.Parties, func(p Party) bool { return p.Reps > 1 })
	for s := 1; s <= m.p.Slots; s++ {
		var here []lit
		tied := make([][]lit, m.p.Tables+1)
		for i := range m.x {
			if m.x[i][s] < 0 {
				continue
			}
			here = append(here, pos(m.x[i][s]))
			if t := m.p.Meetings[i].Table; t > 0 {
				tied[t] = append(tied[t], pos(m.x[i][s]))
			}
		}
		for _, lits := range tied {
			m.atMostOne(lits)
		}
		if !single {
			m.atMost(here, m.p.Tables)
		}
	}
	if single {
		m.busy(m.stars())
	}
}

// star is a party and the meetings for which it answers.
type star struct {
	party    int
	meetings []int
}

// stars lets the party with most meetings answer for them, then the one with most
// of those left, and so forth, until every meeting is answered for.
func (m *model) stars() []star {
	left := make([]int, len(m.of)) // by party: meetings nobody answers for
	for q, meetings := range m.of {
		left[q] = len(meetings)
	}
	answered := make([]bool, len(m.x))
	var out []star
	for open := len(m.x); open > 0; {
		most := 0
		for q := range left {
			if left[q] > left[most] {
				most = q
			}
		}
		it := star{party: most}
		for _, i := range m.of[most] {
			if !answered[i] {
				answered[i] = true
				open--
				left[m.p.Meetings[i].A]--
				left[m.p.Meetings[i].B]--
				it.meetings = append(it.meetings, i)
			}
		}
		out = append(out, it)
	}
	return out
}

// busy states the tables twice over and ties the two together.
//
// First by stars: a party is in one meeting at a time, so the stars that shine in a
// slot are its meetings. They are few, and one that answers for all meetings of its
// party shines exactly when that is busy; so what is known of a day bears on the
// tables at once. Then by the parties that are busy: they are twice as many as the
// meetings. (Implied constraint after Bofill et al., "Scheduling B2B meetings",
// CP 2014.) Of fairs where gaps come from too few tables either count alone makes
// some proofs ten times as long; on some fairs the one, on others the other.
func (m *model) busy(stars []star) {
	need := m.leastIn()
	for s := 1; s <= m.p.Slots; s++ {
		meetings := m.count(m.shining(stars, s), m.p.Tables+1)
		var here []lit
		for i := range m.u {
			if m.u[i][s] != m.never {
				here = append(here, m.u[i][s])
			}
		}
		parties := m.count(here, 2*m.p.Tables+1)
		for k := range max(len(meetings), (len(parties)+1)/2) {
			more := m.never // there are more than k meetings
			if k < len(meetings) && k < m.p.Tables {
				more = meetings[k]
			} else if k < len(meetings) {
				m.add(meetings[k].not())
			}
			if k < need[s] {
				m.add(more)
			}
			for j := 2 * k; j <= 2*k+1; j++ {
				also := m.never
				if j < len(parties) {
					also = parties[j]
				}
				m.add(more.not(), also)
				m.add(also.not(), more)
			}
		}
	}
}

// shining returns a literal for every star, true exactly when it has a meeting in
// slot s.
func (m *model) shining(stars []star, s int) []lit {
	var out []lit
	for _, star := range stars {
		if len(star.meetings) == len(m.of[star.party]) {
			out = append(out, m.u[star.party][s])
			continue
		}
		var here []lit
		for _, i := range star.meetings {
			if m.x[i][s] >= 0 {
				here = append(here, pos(m.x[i][s]))
			}
		}
		out = append(out, m.either(here))
	}
	return slices.DeleteFunc(out, func(l lit) bool { return l == m.never })
}

// leastIn returns by slot how many meetings must be in it because the other
// slots of its session, or of the day, cannot hold more.
func (m *model) leastIn() []int {
	morning, afternoon := 0, 0
	for _, slots := range m.slots {
		if len(slots) > 0 && slots[len(slots)-1] <= m.p.Morning {
			morning++
		} else if len(slots) > 0 && slots[0] > m.p.Morning {
			afternoon++
		}
	}
	need := make([]int, m.p.Slots+1)
	for s := range need {
		need[s] = len(m.x) - m.p.Tables*(m.p.Slots-1)
		if s <= m.p.Morning {
			need[s] = max(need[s], morning-m.p.Tables*(m.p.Morning-1))
		} else {
			need[s] = max(need[s], afternoon-m.p.Tables*(m.p.Slots-m.p.Morning-1))
		}
	}
	return need
}
