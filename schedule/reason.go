package schedule

// reasons explains every meeting that is not placed, by the rule that stands in
// its way in the plan as it is.
func reasons(p *Problem, slots [][]int, slot []int) []Reason {
	held := make([]int, len(p.Parties))
	busy := make([][]int, len(p.Parties))
	full := make([]int, p.Slots+1)
	for i := range busy {
		busy[i] = make([]int, p.Slots+1)
	}
	for i, s := range slot {
		if s > 0 {
			for _, q := range [2]int{p.Meetings[i].A, p.Meetings[i].B} {
				held[q]++
				busy[q][s]++
			}
			full[s]++
		}
	}
	var out []Reason
	for i, s := range slot {
		if s == 0 {
			out = append(out, reason(p, slots[i], i, held, busy, full))
		}
	}
	return out
}

func reason(p *Problem, slots []int, i int, held []int, busy [][]int, full []int) Reason {
	m := p.Meetings[i]
	if len(slots) == 0 {
		return Reason{i, Veto, -1}
	}
	for _, q := range [2]int{m.A, m.B} {
		if limit := p.Parties[q].Max; limit > 0 && held[q] >= limit {
			return Reason{i, Cap, q}
		}
	}
	free := func(q, s int) bool { return busy[q][s] < max(1, p.Parties[q].Reps) }
	var a, b, both, table int
	for _, s := range slots {
		fa, fb := free(m.A, s), free(m.B, s)
		if fa {
			a++
		}
		if fb {
			b++
		}
		if fa && fb {
			both++
			if full[s] < p.Tables {
				table++
			}
		}
	}
	switch {
	case a == 0:
		return Reason{i, Full, m.A}
	case b == 0:
		return Reason{i, Full, m.B}
	case both == 0:
		return Reason{i, NoCommonSlot, -1}
	case table == 0:
		return Reason{i, NoTable, -1}
	case m.Table > 0:
		return Reason{i, NoTable, -1}
	case len(m.After) > 0:
		return Reason{i, Order, -1}
	}
	return Reason{i, Displaced, -1}
}
