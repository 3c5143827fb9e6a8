package schedule

// slotsOf returns for every meeting the slots that its own rules leave it:
// session, lock, forbidden slots of its parties and its own, and the room that
// an order of meetings needs before and after it. An empty list means that the
// meeting can never take place.
func slotsOf(p *Problem) [][]int {
	closed := make([][]bool, len(p.Parties))
	for i, party := range p.Parties {
		closed[i] = make([]bool, p.Slots+1)
		for _, s := range party.Forbidden {
			if s >= 1 && s <= p.Slots {
				closed[i][s] = true
			}
		}
	}
	out := make([][]int, len(p.Meetings))
	for i, m := range p.Meetings {
		own := make([]bool, p.Slots+1)
		for _, s := range m.Forbidden {
			if s >= 1 && s <= p.Slots {
				own[s] = true
			}
		}
		for s := 1; s <= p.Slots; s++ {
			if closed[m.A][s] || closed[m.B][s] || own[s] || m.Fixed > 0 && m.Fixed != s ||
				m.Session == 1 && s > p.Morning || m.Session == 2 && s <= p.Morning {
				continue
			}
			out[i] = append(out[i], s)
		}
	}
	if p.All {
		narrow(p, out)
	}
	return out
}

// narrow drops the slots that an order of meetings rules out. A circle of
// orders empties its meetings' lists.
func narrow(p *Problem, slots [][]int) {
	for again := true; again; {
		again = false
		for i, m := range p.Meetings {
			for _, before := range m.After {
				if len(slots[before]) == 0 || len(slots[i]) == 0 {
					continue
				}
				first, last := slots[before][0], slots[i][len(slots[i])-1]
				for len(slots[i]) > 0 && slots[i][0] <= first {
					slots[i], again = slots[i][1:], true
				}
				for n := len(slots[before]); n > 0 && slots[before][n-1] >= last; n-- {
					slots[before], again = slots[before][:n-1], true
				}
			}
		}
	}
}
