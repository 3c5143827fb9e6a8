package market

import "slices"

// FairRegime says who puts talks at a time and a table.
type FairRegime string

const (
	RegimeOrganiser FairRegime = "organiser" // 主办方排期: the solver, then the organiser's hand
	RegimePick      FairRegime = "pick"      // 双方自选: who agreed to meet picks a free slot
)

// FairRegimes lists the regimes, the usual one first.
var FairRegimes = []FairRegime{RegimeOrganiser, RegimePick}

// Invites reports whether the mark asks the other firm for a talk. Where firms
// pick their own slots the other is told of it; of a no it never is.
func (m WishMark) Invites() bool { return m == WishMust || m == WishWant }

// Opening is a slot in which two firms could meet, with the tables free in it.
type Opening struct {
	Slot   int
	Tables []int
}

// A Clash is what stands in the way of a talk at a time.
type Clash string

const (
	ClashSlot    Clash = "slot"    // no such slot, or no such table
	ClashRefused Clash = "refused" // the two must not meet
	ClashAway    Clash = "away"    // one of the two is not there
	ClashBusy    Clash = "busy"    // one of the two has another talk
	ClashTable   Clash = "table"   // the table, or every table, is taken or kept for another
	ClashMost    Clash = "most"    // one of the two has as many talks as a firm may have
)

// Places is a timetable as somebody sees it who looks for a free place in it.
type Places struct {
	hall  *Hall
	slots int
	busy  map[string]map[int]int
	count map[string]int
	taken map[[2]int]bool
}

// Places leaves out the talk of the pair itself: whoever moves it gives up the old place.
func (h *Hall) Places(meetings []Meeting, pair Pair) *Places {
	b := &Places{hall: h, slots: len(h.Fair.Slots()), busy: map[string]map[int]int{pair.A: {}, pair.B: {}}, count: map[string]int{}, taken: map[[2]int]bool{}}
	for _, m := range meetings {
		if m.Slot == 0 || m.Pair == pair {
			continue
		}
		b.taken[[2]int{m.Slot, m.Table}] = true
		for _, id := range []string{m.A, m.B} {
			if b.count[id]++; b.busy[id] != nil {
				b.busy[id][m.Slot]++
			}
		}
	}
	return b
}

// Openings lists where the pair could meet, in order of time.
func (b *Places) Openings(pair Pair) []Opening {
	var out []Opening
	for slot := 1; slot <= b.slots; slot++ {
		if b.firms(pair, slot) != "" {
			continue
		}
		if free := b.tables(pair, slot); len(free) > 0 {
			out = append(out, Opening{slot, free})
		}
	}
	return out
}

// Place finds the table for the pair in a slot: the one that is asked for, or
// with 0 the first that is free. A clash says why there is none.
func (b *Places) Place(pair Pair, slot, table int) (int, Clash) {
	if slot < 1 || slot > b.slots {
		return 0, ClashSlot
	}
	if c := b.firms(pair, slot); c != "" {
		return 0, c
	}
	free := b.tables(pair, slot)
	switch {
	case table == 0 && len(free) > 0:
		return free[0], ""
	case table > 0 && slices.Contains(free, table):
		return table, ""
	case table > 0 && !slices.ContainsFunc(b.hall.Fair.Tables, func(t FairTable) bool { return t.Number == table }):
		return 0, ClashSlot
	}
	return 0, ClashTable
}

// firms says which rule of the two firms forbids the slot.
func (b *Places) firms(pair Pair, slot int) Clash {
	if b.hall.Refused[pair] {
		return ClashRefused
	}
	for _, id := range []string{pair.A, pair.B} {
		p := b.hall.Parties[id]
		switch most := b.hall.Fair.MaxMeetings; {
		case p.CannotMeet(slot):
			return ClashAway
		case b.busy[id][slot] >= p.Seats(slot):
			return ClashBusy
		case most > 0 && b.count[id] >= most:
			return ClashMost
		}
	}
	return ""
}

// tables lists the free ones: a firm with tables of its own meets at those, and
// nobody else sits there.
func (b *Places) tables(pair Pair, slot int) []int {
	var own, free []int
	kept := false
	for _, t := range b.hall.Fair.Tables {
		mine := t.EnterpriseID != "" && (t.EnterpriseID == pair.A || t.EnterpriseID == pair.B)
		kept = kept || mine
		switch {
		case b.taken[[2]int{slot, t.Number}]:
		case mine:
			own = append(own, t.Number)
		case t.EnterpriseID == "":
			free = append(free, t.Number)
		}
	}
	if kept {
		return own
	}
	return free
}
