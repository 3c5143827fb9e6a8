package schedule

// augment places an open meeting without driving out another: where one party has
// slot s free and the other slot t, the meeting that keeps the first busy in t goes
// to s along a chain (as in colouring the edges of a graph: Vizing 1964), and the
// open one takes t. It reports whether it could.
func (b *board) augment(i int) bool {
	m := b.p.Meetings[i]
	for _, q := range [2]int{m.A, m.B} {
		other := m.A + m.B - q
		if limit := b.p.Parties[q].Max; limit > 0 && b.held[q] >= limit {
			return false
		}
		for _, t := range b.slots[i] {
			j := b.at[q][t]
			if b.at[other][t] >= 0 || b.full[t] >= b.p.Tables || j < 0 {
				continue
			}
			for _, s := range b.slots[j] {
				if b.at[q][s] < 0 && b.makeRoom(i, j, s, t) {
					return true
				}
			}
		}
	}
	return false
}

// makeRoom moves meeting j from slot t to s, and whom that drags along, if
// meeting i then fits into t.
func (b *board) makeRoom(i, j, s, t int) bool {
	if !b.grow(j, s) {
		return false
	}
	b.swap(t, s)
	if b.legal(s) && b.legal(t) && b.fits(i, t) {
		moved := append([]int(nil), b.chain...)
		if b.tryPut(i, t) {
			return true
		}
		b.chain = append(b.chain[:0], moved...)
	}
	b.swap(t, s)
	return false
}
