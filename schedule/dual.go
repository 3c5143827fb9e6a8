package schedule

import (
	"cmp"
	"context"
	"math"
	"slices"
)

const (
	capSweeps    = 60   // over all parties, before the descent
	approaches   = 300  // steps of any size before it, at most
	mostDescents = 5000 // steps of the descent
	unlikely     = 1e-5 // a step size below which no step will help
)

// dual is the Lagrangian dual of the time-indexed model: prices by party and slot,
// the hall being the last party; slot 0 stands for a party's cap. Any prices give a
// bound: what all meetings earn, each in its best slot or nowhere, and what the room
// that there is costs.
type dual struct {
	f     *field
	hall  int32 // where the hall's row begins
	room  []float64
	price []float64
	use   []float64 // of the meetings' own choice at the prices asked last
}

func newDual(p *Problem, f *field) *dual {
	n := (len(p.Parties) + 1) * int(f.width)
	d := &dual{f: f, hall: int32(len(p.Parties)) * f.width, room: make([]float64, n), price: make([]float64, n), use: make([]float64, n)}
	for q, there := range attendance(p) {
		row := d.room[q*int(f.width):][:f.width]
		for s := range row {
			row[s] = float64(max(1, p.Parties[q].Reps))
		}
		row[0] = there
	}
	for s := range f.width {
		d.room[d.hall+s] = float64(p.Tables)
	}
	d.room[d.hall] = float64(len(p.Meetings)) // nothing is counted there
	return d
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

// bound returns what these prices prove, and leaves in use what the meetings
// choose at them.
func (d *dual) bound(price []float64) float64 {
	f := d.f
	clear(d.use)
	sum := 0.0
	for k, c := range price {
		if c > 0 {
			sum += c * d.room[k]
		}
	}
	hall := price[d.hall:]
	for i := range f.rows {
		gain, at := d.choose(price, hall, int32(i), f.first[i], f.first[i+1], f.to)
		if at >= 0 {
			sum += gain
			d.count(int32(i), f.to[at])
		}
	}
	f.spent += int64(len(f.of))
	return sum
}

// choose returns what meeting i earns most among the slots to[from:until], and
// where; nobody when it earns nothing.
func (d *dual) choose(price, hall []float64, i, from, until int32, to []int32) (gain float64, at int32) {
	a, b := price[d.f.rows[i][0]:], price[d.f.rows[i][1]:]
	base := d.f.worth[i] - a[0] - b[0]
	at = nobody
	for c := from; c < until; c++ {
		s := to[c]
		if g := base - a[s] - b[s] - hall[s]; g > gain {
			gain, at = g, c
		}
	}
	return gain, at
}

func (d *dual) count(i, s int32) {
	a, b := d.f.rows[i][0], d.f.rows[i][1]
	d.use[a]++
	d.use[b]++
	d.use[a+s]++
	d.use[b+s]++
	d.use[d.hall+s]++
}

// priceCaps sets the prices on caps, one party at a time, to what is least for the
// bound while the others stand. Where the hall is not full, this alone is nearly
// the linear programme's bound, which steps along the subgradient take very long
// to come to.
func (d *dual) priceCaps() {
	of := make([][]int32, d.hall/d.f.width)
	for i, r := range d.f.rows {
		if d.f.first[i] < d.f.first[i+1] {
			for _, row := range r[:2] {
				of[row/d.f.width] = append(of[row/d.f.width], int32(i))
			}
		}
	}
	var gains []float64
	for range capSweeps {
		moved := false
		for q, list := range of {
			row := int32(q) * d.f.width
			room := int(d.room[row])
			if len(list) <= room {
				continue
			}
			gains = gains[:0]
			for _, i := range list {
				r := d.f.rows[i]
				gains = append(gains, d.f.worth[i]-d.price[r[0]+r[1]-row])
			}
			slices.SortFunc(gains, func(a, b float64) int { return cmp.Compare(b, a) })
			least, most := gains[room], gains[max(room-1, 0)] // any price from one to the other does
			next := max(0, (least+most)/2)
			moved = moved || math.Abs(next-d.price[row]) > 1e-9
			d.price[row] = next
		}
		if !moved {
			break
		}
	}
}

// approach takes steps along the subgradient (Held, Wolfe, Crowder 1974), up or
// down, away from prices at which no single step lowers the bound. It leaves the
// best prices.
func (d *dual) approach(steps int, have float64) {
	best := d.bound(d.price)
	kept := slices.Clone(d.price)
	step, failed := 1., 0
	for range min(steps, approaches) {
		norm := d.norm(d.use)
		if norm < 1e-9 || best <= have {
			break
		}
		size := step * (best - have) / norm
		for k, r := range d.room {
			d.price[k] = max(0, d.price[k]+size*(d.use[k]-r))
		}
		if now := d.bound(d.price); now < best {
			best, failed = now, 0
			copy(kept, d.price)
		} else if failed++; failed > 20 {
			step, failed = step/2, 0
		}
	}
	d.price = kept
}

// norm is the square of the length of the step that these uses ask for.
func (d *dual) norm(use []float64) float64 {
	sum := 0.0
	for k, r := range d.room {
		if g := use[k] - r; g > 0 || d.price[k] > 0 {
			sum += g * g
		}
	}
	return sum
}

// descend lowers the bound by the volume algorithm (Barahona, Anbil 2000): steps
// from the best prices along a moving average of what the meetings choose, which
// swings less than each choice does. have is a plan's worth, which no bound falls
// below.
func (d *dual) descend(ctx context.Context, steps int, have float64) float64 {
	d.approach(steps, have)
	best := d.bound(d.price)
	mean, next := slices.Clone(d.use), make([]float64, len(d.price))
	step, weight, failed := .1, .1, 0
	for round := 1; round <= steps && step > unlikely && best > have+1e-6 && ctx.Err() == nil; round++ {
		norm := d.norm(mean)
		if norm < 1e-9 {
			break
		}
		size := step * max(best-have, best*1e-4) / norm
		for k, r := range d.room {
			next[k] = max(0, d.price[k]+size*(mean[k]-r))
		}
		now := d.bound(next)
		along := 0.0 // does the step's choice still point the same way
		for k, r := range d.room {
			if g := mean[k] - r; g > 0 || d.price[k] > 0 {
				along += g * (d.use[k] - r)
			}
			mean[k] += weight * (d.use[k] - mean[k])
		}
		if now < best {
			best, failed = now, 0
			d.price, next = next, d.price
			if along > 0 {
				step = min(step*1.1, 2)
			}
		} else if failed++; failed >= 20 {
			step, failed = step*.66, 0
		}
		if round%100 == 0 {
			weight = max(weight*.9, .005)
		}
	}
	return best
}
