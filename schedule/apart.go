package schedule

import (
	"cmp"
	"slices"
)

// apart gives every person of a party meetings of its own, as evenly as they come:
// the board moves meetings of parties that are in one place at a time. What is
// lost is that a person does not take over what was another's. Meetings that
// stand in the same slot (at, 0 where one stands nowhere) go to different persons.
// The meetings keep their numbers; a plan for the answer is one for p.
func apart(p *Problem, at []int) *Problem {
	if !slices.ContainsFunc(p.Parties, func(q Party) bool { return q.Reps > 1 }) {
		return p
	}
	q := *p
	q.Parties, q.Meetings = slices.Clone(p.Parties), slices.Clone(p.Meetings)
	of := make([][]int, len(p.Parties))
	for i, m := range p.Meetings {
		of[m.A] = append(of[m.A], i)
		of[m.B] = append(of[m.B], i)
	}
	for i, party := range p.Parties {
		n := party.Reps
		if party.Max > 0 {
			n = min(n, party.Max)
		}
		if n <= 1 {
			continue
		}
		person := make([]int, n) // their numbers as parties
		for k := range person {
			one := party
			one.Min, one.Reps = 0, 1
			if party.Max > 0 {
				one.Max = party.Max / n
				if k < party.Max%n {
					one.Max++
				}
			}
			if person[k] = i; k > 0 {
				person[k] = len(q.Parties)
				q.Parties = append(q.Parties, one)
			}
			q.Parties[person[k]] = one
		}
		q.share(i, of[i], person, at)
	}
	return &q
}

// share deals the meetings of party i out to its persons, those that stand first.
func (q *Problem) share(i int, meetings, person, at []int) {
	slices.SortStableFunc(meetings, func(a, b int) int { return cmp.Compare(min(at[b], 1), min(at[a], 1)) })
	load := make([]int, len(person))
	busy := map[[2]int]bool{} // by person and slot
	for _, m := range meetings {
		best := 0
		for k := range person {
			mine, theirs := busy[[2]int{k, at[m]}], busy[[2]int{best, at[m]}]
			if theirs && !mine || theirs == mine && load[k] < load[best] {
				best = k
			}
		}
		load[best]++
		if at[m] > 0 {
			busy[[2]int{best, at[m]}] = true
		}
		if q.Meetings[m].A == i {
			q.Meetings[m].A = person[best]
		} else {
			q.Meetings[m].B = person[best]
		}
	}
}

// fixedAt is the slot that each meeting is locked to.
func fixedAt(p *Problem) []int {
	at := make([]int, len(p.Meetings))
	for i, m := range p.Meetings {
		at[i] = m.Fixed
	}
	return at
}
