package schedule

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
)

const mostMoves = 30_000_000 // of one annealing of a board

// board is a plan under change: where every meeting is, who is busy when, and
// what that costs. Meetings move between two slots along chains (Kempe): when a
// meeting takes a slot, the ones it drives out take the slot it left, and so on.
type board struct {
	p      *Problem
	worth  []float64 // by meeting: what leaving it out costs
	pause  float64   // what one break costs
	may    [][]bool  // by meeting and slot
	slots  [][]int
	slot   []int
	at     [][]int    // by party and slot: its meeting there, -1 none
	busy   [][]uint64 // by party: the slots it is busy in, one bit each
	held   []int      // by party: meetings placed
	full   []int      // by slot: meetings placed
	listed [][]int    // by slot: the meetings in it
	place  []int      // by meeting: where it is in its slot's list
	orders [][]int    // by meeting: meetings in an order with it, either way

	rng   *rand.Rand
	chain []int
	from  []int // where the meetings of the chain came from
	mark  []bool
	touch []int // parties of the chain
	seen  []bool
}

func newBoard(p *Problem, slots [][]int, worth []float64, pause float64, seed int64) *board {
	n := len(p.Meetings)
	b := &board{p: p, worth: worth, pause: pause, slots: slots, slot: make([]int, n), place: make([]int, n),
		orders: make([][]int, n), may: make([][]bool, n), mark: make([]bool, n), held: make([]int, len(p.Parties)),
		seen: make([]bool, len(p.Parties)), full: make([]int, p.Slots+1), listed: make([][]int, p.Slots+1),
		rng: rand.New(rand.NewPCG(uint64(seed), 7))}
	for i, m := range p.Meetings {
		b.may[i] = make([]bool, p.Slots+1)
		for _, s := range slots[i] {
			b.may[i][s] = true
		}
		for _, k := range m.After {
			b.orders[i] = append(b.orders[i], k)
			b.orders[k] = append(b.orders[k], i)
		}
	}
	for range p.Parties {
		b.busy = append(b.busy, make([]uint64, p.Slots/64+1))
		at := make([]int, p.Slots+1)
		for s := range at {
			at[s] = -1
		}
		b.at = append(b.at, at)
	}
	return b
}

// put places a meeting, or takes it out when s is 0; it checks nothing.
func (b *board) put(i, s int) {
	m := b.p.Meetings[i]
	if old := b.slot[i]; old > 0 {
		for _, q := range [2]int{m.A, m.B} {
			if b.at[q][old] == i {
				b.at[q][old] = -1
				b.busy[q][old/64] &^= 1 << (old % 64)
			}
			b.held[q]--
		}
		b.full[old]--
		list := b.listed[old]
		last := list[len(list)-1]
		list[b.place[i]] = last
		b.place[last] = b.place[i]
		b.listed[old] = list[:len(list)-1]
	}
	b.slot[i] = s
	if s > 0 {
		for _, q := range [2]int{m.A, m.B} {
			b.at[q][s] = i
			b.busy[q][s/64] |= 1 << (s % 64)
			b.held[q]++
		}
		b.full[s]++
		b.place[i] = len(b.listed[s])
		b.listed[s] = append(b.listed[s], i)
	}
}

// gaps counts the breaks of a party: runs of busy slots, less one.
func (b *board) gaps(q int) int {
	runs, carry := 0, uint64(0)
	for _, w := range b.busy[q] {
		runs += bits.OnesCount64(w &^ (w<<1 | carry))
		carry = w >> 63
	}
	return max(0, runs-1)
}

func (b *board) idle() int {
	n := 0
	for q := range b.busy {
		n += b.gaps(q)
	}
	return n
}

// pain is what the breaks of a party cost; one with more breaks than fairness
// would allow beside a party without any costs more.
func (b *board) pain(q int) float64 {
	n := b.gaps(q)
	cost := b.pause * float64(n)
	if d := b.p.Fairness; d >= 0 && n > d {
		cost += 2 * b.pause * float64(n-d)
	}
	return cost
}

// grow collects the chain that moving meeting i from its slot to t drags along.
// It reports false when a meeting of it may not go where it would have to.
func (b *board) grow(i, t int) bool {
	s := b.slot[i]
	b.chain = append(b.chain[:0], i)
	b.mark[i] = true
	ok := true
	for k := 0; k < len(b.chain) && ok; k++ {
		j := b.chain[k]
		to := t
		if b.slot[j] == t {
			to = s
		}
		if !b.may[j][to] {
			ok = false
			break
		}
		for _, q := range [2]int{b.p.Meetings[j].A, b.p.Meetings[j].B} {
			if other := b.at[q][to]; other >= 0 && !b.mark[other] {
				b.mark[other] = true
				b.chain = append(b.chain, other)
			}
		}
	}
	for _, j := range b.chain {
		b.mark[j] = false
	}
	return ok
}

// swap moves the chain; doing it twice undoes it.
func (b *board) swap(s, t int) {
	b.from = b.from[:0]
	for _, j := range b.chain {
		b.from = append(b.from, b.slot[j])
		b.put(j, 0)
	}
	for k, j := range b.chain {
		b.put(j, s+t-b.from[k])
	}
}

func (b *board) partiesOfChain() {
	b.touch = b.touch[:0]
	for _, j := range b.chain {
		for _, q := range [2]int{b.p.Meetings[j].A, b.p.Meetings[j].B} {
			if !b.seen[q] {
				b.seen[q] = true
				b.touch = append(b.touch, q)
			}
		}
	}
	for _, q := range b.touch {
		b.seen[q] = false
	}
}

func (b *board) painOfChain() float64 {
	cost := 0.0
	for _, q := range b.touch {
		cost += b.pain(q)
	}
	return cost
}

// legal checks the rules that chains do not keep by themselves.
func (b *board) legal(s int) bool {
	if s > 0 && b.full[s] > b.p.Tables {
		return false
	}
	for _, j := range b.chain {
		if b.slot[j] == 0 {
			continue
		}
		if !b.inOrder(j) {
			return false
		}
		if t := b.p.Meetings[j].Table; t > 0 {
			for _, k := range b.listed[b.slot[j]] {
				if k != j && b.p.Meetings[k].Table == t {
					return false
				}
			}
		}
	}
	return true
}

func (b *board) inOrder(j int) bool {
	for _, k := range b.orders[j] {
		if b.slot[k] == 0 {
			continue
		}
		for _, before := range b.p.Meetings[j].After {
			if before == k && b.slot[k] >= b.slot[j] {
				return false
			}
		}
		for _, before := range b.p.Meetings[k].After {
			if before == j && b.slot[j] >= b.slot[k] {
				return false
			}
		}
	}
	return true
}

// shift tries to move a placed meeting to slot t at the given temperature.
func (b *board) shift(i, t int, heat float64) float64 {
	s := b.slot[i]
	if !b.grow(i, t) {
		return 0
	}
	b.partiesOfChain()
	before := b.painOfChain()
	b.swap(s, t)
	delta := b.painOfChain() - before
	if !b.legal(s) || !b.legal(t) || !b.accept(delta, heat) {
		b.swap(s, t)
		return 0
	}
	return delta
}

// insert tries to place an open meeting in slot t, driving out what is in its
// way.
func (b *board) insert(i, t int, heat float64) float64 {
	m := b.p.Meetings[i]
	b.chain = append(b.chain[:0], i)
	delta := -b.worth[i]
	drive := func(j int) {
		if j >= 0 && (len(b.chain) == 1 || b.chain[1] != j) {
			b.chain = append(b.chain, j)
			delta += b.worth[j]
		}
	}
	drive(b.at[m.A][t])
	drive(b.at[m.B][t])
	if len(b.chain) == 1 && b.full[t] >= b.p.Tables {
		drive(b.listed[t][b.rng.IntN(len(b.listed[t]))])
	}
	for _, q := range [2]int{m.A, m.B} {
		if limit := b.p.Parties[q].Max; limit > 0 && b.held[q] >= limit && b.at[q][t] < 0 {
			return 0
		}
	}
	b.partiesOfChain()
	if b.pause > 0 {
		delta -= b.painOfChain()
	}
	for _, j := range b.chain[1:] {
		b.put(j, 0)
	}
	b.put(i, t)
	if b.pause > 0 {
		delta += b.painOfChain()
	}
	if !b.legal(t) || !b.accept(delta, heat) {
		b.put(i, 0)
		for _, j := range b.chain[1:] {
			b.put(j, t)
		}
		return 0
	}
	return delta
}

func (b *board) accept(delta, heat float64) bool {
	return delta <= 0 || heat > 0 && b.rng.Float64() < math.Exp(-delta/heat)
}

// anneal cools the board down over a number of moves and leaves it at the best
// plan met. fine says which plans count.
func (b *board) anneal(ctx context.Context, moves int, hot, cold float64, fine func() bool) {
	movable := b.movable()
	if len(movable) == 0 {
		return
	}
	cost, best := 0.0, math.Inf(1)
	var kept []int
	heat, cool := hot, math.Pow(cold/hot, 1/float64(moves/1024+1))
	for n := range moves {
		if n&1023 == 0 {
			heat *= cool
			if ctx.Err() != nil {
				break
			}
		}
		i := movable[b.rng.IntN(len(movable))]
		t := b.slots[i][b.rng.IntN(len(b.slots[i]))]
		switch {
		case t == b.slot[i]:
			continue
		case b.slot[i] == 0:
			cost += b.insert(i, t, heat)
		default:
			cost += b.shift(i, t, heat)
		}
		if cost < best-1e-9 && fine() {
			best = cost
			kept = append(kept[:0], b.slot...)
		}
	}
	if kept != nil {
		b.load(kept)
	}
}

func (b *board) movable() []int {
	var out []int
	for i := range b.slots {
		if len(b.slots[i]) > 1 || len(b.slots[i]) == 1 && b.slot[i] == 0 {
			out = append(out, i)
		}
	}
	return out
}

// load takes over a plan as it is.
func (b *board) load(slot []int) {
	for i := range slot {
		b.put(i, 0)
	}
	for i, s := range slot {
		if s > 0 {
			b.put(i, s)
		}
	}
}
