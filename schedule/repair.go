package schedule

import (
	"cmp"
	"context"
	"slices"
)

// Repair makes an old plan keep the rules of a problem that has changed: who
// stays away has every slot forbidden, who is over is fixed to its slot. What
// still stands stays where it is; what is open is placed, the most valuable
// first, moving at most two others, and as few as possible, for each.
func Repair(ctx context.Context, p Problem, old Result, o Options) (Result, error) {
	if err := p.Validate(); err != nil {
		return Result{}, err
	}
	if len(old.Slot) != len(p.Meetings) {
		return Result{}, ErrProblem
	}
	slots := slotsOf(&p)
	worth := worths(&p)
	b := newBoard(apart(&p, old.Slot), slots, worth, 0, o.Seed)
	order := make([]int, len(p.Meetings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(worth[j], worth[i]) })
	for _, i := range order { // what stands
		if s := old.Slot[i]; s > 0 && b.fits(i, s) {
			b.tryPut(i, s)
		}
	}
	for again := true; again && ctx.Err() == nil; { // what is open
		again = false
		for _, i := range order {
			if b.slot[i] == 0 && b.squeeze(i) {
				again = true
			}
		}
	}
	r := tell(&p, slices.Clone(b.slot))
	r.Status, r.Unplaced = Feasible, reasons(&p, slots, r.Slot)
	for _, w := range p.Meetings {
		r.Bound += w.Value
	}
	if p.All {
		r.Bound = 0
		if !complete(&p, r.Slot) {
			r.Status = Unknown
		}
	}
	return r, nil
}

// tryPut places a meeting where it fits, unless a rule beyond fitting forbids it.
func (b *board) tryPut(i, s int) bool {
	b.put(i, s)
	if b.chain = append(b.chain[:0], i); b.legal(s) {
		return true
	}
	b.put(i, 0)
	return false
}

// squeeze places an open meeting with the fewest moves of others; it reports
// whether it could.
func (b *board) squeeze(i int) bool {
	for moves := range 3 {
		for _, s := range b.slots[i] {
			if b.yield(i, s, moves) {
				return true
			}
		}
	}
	return false
}

// yield tries to place meeting i in slot s by moving exactly so many others to
// slots that are free.
func (b *board) yield(i, s, moves int) bool {
	var way []int
	for _, q := range [2]int{b.p.Meetings[i].A, b.p.Meetings[i].B} {
		if j := b.at[q][s]; j >= 0 && !slices.Contains(way, j) {
			way = append(way, j)
		}
	}
	if len(way) > moves {
		return false
	}
	if len(way) < moves {
		if moves != 1 || b.full[s] < b.p.Tables || len(way) > 0 {
			return false
		}
		for _, j := range slices.Clone(b.listed[s]) { // any one gives up its table
			if b.yieldTo(i, s, []int{j}) {
				return true
			}
		}
		return false
	}
	return b.yieldTo(i, s, way)
}

func (b *board) yieldTo(i, s int, way []int) bool {
	for _, j := range way {
		b.put(j, 0)
	}
	if b.fits(i, s) && b.tryPut(i, s) {
		placed := 0
		for _, j := range way {
			for _, t := range b.slots[j] {
				if t != s && b.fits(j, t) && b.tryPut(j, t) {
					placed++
					break
				}
			}
		}
		if placed == len(way) {
			return true
		}
		b.put(i, 0)
	}
	for _, j := range way {
		b.put(j, s)
	}
	return false
}
