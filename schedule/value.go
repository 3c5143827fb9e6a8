package schedule

import (
	"cmp"
	"context"
	"math"
	"slices"
)

const (
	ascents    = 1000 // steps of the bound's ascent
	capSweeps  = 60   // over all parties, before it
	valueMoves = 40   // of each annealing, for every meeting and slot it may use
	mostMoves  = 30_000_000

	closeEnough = 0.001 // of the bound: no search for more
)

// solveSome chooses which meetings to place: locked ones first, then musts, then
// value, then few breaks among the plans of that value.
func solveSome(ctx context.Context, p *Problem, o Options) Result {
	slots := slotsOf(p)
	worth := worths(p)
	b := newBoard(apart(p, fixedAt(p)), slots, worth, 0, o.Seed)
	b.greedy()
	best := slices.Clone(b.slot)
	u := ascend(ctx, p, slots, worth, b.score())
	moves := 0
	for i := range slots {
		moves += valueMoves * len(slots[i])
	}
	moves = min(moves, mostMoves)
	if o.Effort > 0 {
		moves = min(moves, o.Effort)
	}
	if b.score() < math.Floor(u+1e-6) {
		typical := median(p)
		for _, n := range [3]int{moves / 8, moves, min(20*moves, mostMoves)} { // a short cooling is enough for most fairs
			b.anneal(ctx, n, typical/8, typical/60, func() bool { return true })
			b.greedy()
			if b.score() >= scoreOf(worth, best) {
				best = slices.Clone(b.slot)
			}
			if u-b.score() < u*closeEnough {
				break
			}
		}
		b.load(best)
	}
	b.tidy(ctx, moves/8)
	r := tell(p, slices.Clone(b.slot))
	r.Status = Feasible
	r.Bound = max(r.Value, r.Value+int64(math.Floor(u+1e-6)-scoreOf(worth, r.Slot)))
	if p.Fairness < 0 && r.Breaks == 0 && float64(r.Bound) == float64(r.Value) {
		r.Status = Optimal
	}
	r.Unplaced = reasons(p, slots, r.Slot)
	if o.Progress != nil {
		o.Progress(r)
	}
	return r
}

// worths weighs every meeting so that a locked one outweighs all musts together,
// and a must all values.
func worths(p *Problem) (worth []float64) {
	must := 1.0
	for _, m := range p.Meetings {
		must += float64(m.Value)
	}
	locked := must
	for _, m := range p.Meetings {
		if m.Must {
			locked += must
		}
	}
	for _, m := range p.Meetings {
		w := float64(m.Value)
		if m.Must {
			w += must
		}
		if m.Fixed > 0 {
			w += locked
		}
		worth = append(worth, w)
	}
	return worth
}

func median(p *Problem) float64 {
	var values []int64
	for _, m := range p.Meetings {
		values = append(values, m.Value)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 1
	}
	return max(1, float64(values[len(values)/2]))
}

func (b *board) score() float64 { return scoreOf(b.worth, b.slot) }

func scoreOf(worth []float64, slot []int) float64 {
	sum := 0.0
	for i, s := range slot {
		if s > 0 {
			sum += worth[i]
		}
	}
	return sum
}

// greedy places what still fits, the most valuable first, in the slot where
// its parties lose least. Then it makes room for what did not fit.
func (b *board) greedy() {
	order := make([]int, len(b.slot))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(b.worth[j], b.worth[i]) })
	for _, i := range order {
		if b.slot[i] == 0 {
			for _, s := range b.slots[i] {
				if b.fits(i, s) {
					b.put(i, s)
					if b.chain = append(b.chain[:0], i); b.legal(s) {
						break
					}
					b.put(i, 0)
				}
			}
		}
	}
	for again := true; again; {
		again = false
		for _, i := range order {
			if b.slot[i] == 0 && b.augment(i) {
				again = true
			}
		}
	}
}

// fits reports whether meeting i finds both parties and a table free in slot s.
func (b *board) fits(i, s int) bool {
	m := b.p.Meetings[i]
	for _, q := range [2]int{m.A, m.B} {
		if b.at[q][s] >= 0 || b.p.Parties[q].Max > 0 && b.held[q] >= b.p.Parties[q].Max {
			return false
		}
	}
	return b.may[i][s] && b.full[s] < b.p.Tables
}

// tidy moves meetings within the day until few idle gaps are left; it gives up
// no meeting for that.
func (b *board) tidy(ctx context.Context, moves int) {
	worth := b.worth
	b.worth = make([]float64, len(worth))
	for i := range b.worth {
		b.worth[i] = 1e6 + 1e6*worth[i]
	}
	b.pause = 1
	b.anneal(ctx, moves, 0.6, 0.1, func() bool { return true })
	b.worth, b.pause = worth, 0
}

// ascend returns an upper bound on the weight of any plan, the lower of two: once
// from prices on caps alone and, where that does not settle the matter, from none.
func ascend(ctx context.Context, p *Problem, slots [][]int, worth []float64, have float64) float64 {
	d := dual{p, slots, worth, attendance(p), p.Slots + 1}
	price := make([]float64, (len(p.Parties)+1)*d.width)
	d.priceCaps(price)
	best := d.climb(ctx, price, have)
	if best > have*(1+closeEnough) {
		clear(price)
		best = min(best, d.climb(ctx, price, have))
	}
	return best
}

// dual is the Lagrangian dual of the time-indexed model, with prices by party and
// slot, the hall being the last party; slot 0 stands for a party's cap.
type dual struct {
	p     *Problem
	slots [][]int
	worth []float64
	there []float64 // by party: meetings it can hold at most
	width int
}

// room is how much there is of what the k-th price is on.
func (d *dual) room(k int) float64 {
	q, s := k/d.width, k%d.width
	switch hall := q == len(d.p.Parties); {
	case hall && s == 0:
		return math.Inf(1)
	case hall:
		return float64(d.p.Tables)
	case s > 0:
		return float64(max(1, d.p.Parties[q].Reps))
	}
	return d.there[q]
}

// climb lowers the bound by subgradient steps (Held, Wolfe, Crowder 1974).
func (d *dual) climb(ctx context.Context, price []float64, have float64) float64 {
	use, room := make([]float64, len(price)), make([]float64, len(price))
	for k := range room {
		room[k] = d.room(k)
	}
	best, step, stale := math.Inf(1), 1.0, 0
	for round := range ascents {
		if ctx.Err() != nil && !math.IsInf(best, 1) {
			break
		}
		clear(use)
		bound := relaxed(d.p, d.slots, d.worth, price, use, round)
		for k, c := range price {
			if c > 0 {
				bound += c * room[k]
			}
		}
		if bound < best-1e-9 {
			best, stale = bound, 0
		} else if stale++; stale > 20 {
			step, stale = step/2, 0
		}
		norm := 0.0
		for k, r := range room {
			if !math.IsInf(r, 1) && (price[k] > 0 || use[k] > r) {
				norm += (use[k] - r) * (use[k] - r)
			}
		}
		if norm == 0 || best <= have {
			break
		}
		size := step * max(bound-have, bound/100) / norm
		for k, r := range room {
			if !math.IsInf(r, 1) {
				price[k] = max(0, price[k]+size*(use[k]-r))
			}
		}
	}
	return best
}

// attendance returns how many meetings a party can hold at most: what it
// accepts, or as many as its slots allow. That follows from the other rules, but
// a price on it saves hundreds of steps.
func attendance(p *Problem) []float64 {
	out := make([]float64, len(p.Parties))
	for i, q := range p.Parties {
		closed := map[int]bool{}
		for _, s := range q.Forbidden {
			if s >= 1 && s <= p.Slots {
				closed[s] = true
			}
		}
		n := (p.Slots - len(closed)) * max(1, q.Reps)
		if q.Max > 0 {
			n = min(n, q.Max)
		}
		out[i] = float64(n)
	}
	return out
}

// relaxed places every meeting where it earns most at these prices, alone.
func relaxed(p *Problem, slots [][]int, worth, price, use []float64, round int) float64 {
	width, hall := p.Slots+1, len(p.Parties)*(p.Slots+1)
	sum := 0.0
	for i, m := range p.Meetings {
		a, b := m.A*width, m.B*width
		gain, at := 0.0, 0
		for k := range slots[i] { // equal prices: not all into the same slot
			s := slots[i][(k+i+round)%len(slots[i])]
			if g := worth[i] - price[a] - price[b] - price[a+s] - price[b+s] - price[hall+s]; g > gain {
				gain, at = g, s
			}
		}
		if at > 0 {
			sum += gain
			use[a]++
			use[b]++
			use[a+at]++
			use[b+at]++
			use[hall+at]++
		}
	}
	return sum
}

// priceCaps sets the prices on caps, one party at a time, to what is least for the
// bound while the others stand. Where the hall is not full, this alone is nearly
// the linear programme's bound, which steps along the subgradient take very long
// to come to.
func (d *dual) priceCaps(price []float64) {
	of := make([][]int, len(d.p.Parties))
	for i, m := range d.p.Meetings {
		if len(d.slots[i]) > 0 {
			of[m.A] = append(of[m.A], i)
			of[m.B] = append(of[m.B], i)
		}
	}
	var gains []float64
	for range capSweeps {
		for q, list := range of {
			room := int(d.there[q])
			if len(list) <= room {
				continue
			}
			gains = gains[:0]
			for _, i := range list {
				m := d.p.Meetings[i]
				gains = append(gains, d.worth[i]-price[(m.A+m.B-q)*d.width])
			}
			slices.SortFunc(gains, func(a, b float64) int { return cmp.Compare(b, a) })
			least, most := gains[room], gains[max(room-1, 0)] // any price from one to the other does
			price[q*d.width] = max(0, (least+most)/2)
		}
	}
}
