package schedule

import (
	"context"
	"math"
)

const (
	sure     = .9 // of the choices at changing prices: such a column is fixed
	atLeast  = 2  // in a hundred open meetings are fixed between two changes of prices
	warmUp   = 4  // the first in so many choices do not count
	priceCut = 1. / 550
)

// diver makes a plan from prices: it lets them swing about the best ones, fixes
// the columns that the meetings choose nearly always, prices what is left anew, and
// so on until nothing fits. The prices know of conflicts along chains of any length,
// which moves of a few meetings do not see.
type diver struct {
	*dual
	open  []int32 // meetings not placed that still fit somewhere
	first []int32 // by open meeting: its first slot; one more at the end
	to    []int32 // the slots
	hits  []int32 // how often each was chosen
	left  []float64
	live  []int32 // the prices that open meetings ask about
	asked []bool  // by price: it is among these
}

func newDiver(d *dual) *diver {
	return &diver{dual: d, left: make([]float64, len(d.room)), asked: make([]bool, len(d.room))}
}

// dive fills the field. rounds is how often prices change between two fixings, unit
// what a middling meeting is worth.
func (d *diver) dive(ctx context.Context, rounds int, unit float64) {
	for ctx.Err() == nil && d.gather() {
		d.swing(rounds, unit*priceCut)
		counted := rounds - rounds/warmUp
		fixed, least := 0, 1+len(d.open)*atLeast/100
		for share := sure; fixed < least && share > .05; share -= .1 {
			fixed += d.fix(int32(math.Ceil(share * float64(counted))))
		}
		if fixed == 0 {
			return
		}
	}
}

// gather lists what is open and the room that is left.
func (d *diver) gather() bool {
	f := d.f
	d.open, d.first, d.to, d.live = d.open[:0], d.first[:0], d.to[:0], d.live[:0]
	copy(d.left, d.room)
	for i := range f.rows {
		if s := f.slot[i]; s > 0 {
			for _, row := range f.rows[i][:2] {
				d.left[row]--
				d.left[row+s]--
			}
			d.left[d.hall+s]--
			continue
		}
		n := len(d.to)
		for c := f.first[i]; c < f.first[i+1]; c++ {
			if f.fits(int32(i), f.to[c]) {
				d.to = append(d.to, f.to[c])
			}
		}
		if len(d.to) > n {
			d.open, d.first = append(d.open, int32(i)), append(d.first, int32(n))
			d.ask(int32(i), d.to[n:])
		}
	}
	for _, k := range d.live {
		d.asked[k] = false
	}
	d.first = append(d.first, int32(len(d.to)))
	d.hits = append(d.hits[:0], make([]int32, len(d.to))...)
	return len(d.open) > 0
}

// ask lists the prices that meeting i asks about in these slots.
func (d *diver) ask(i int32, slots []int32) {
	for _, row := range [3]int32{d.f.rows[i][0], d.f.rows[i][1], d.hall} {
		for n := range len(slots) + 1 {
			k := row // a cap's, or nothing's
			if n > 0 {
				k += slots[n-1]
			}
			if !d.asked[k] {
				d.asked[k] = true
				d.live = append(d.live, k)
			}
		}
	}
}

// swing changes prices by single steps against what is chosen at them, and counts
// the choices.
func (d *diver) swing(rounds int, step float64) {
	hall := d.price[d.hall:]
	for n := range rounds {
		for _, k := range d.live {
			d.use[k] = 0
		}
		for k, i := range d.open {
			_, c := d.choose(d.price, hall, i, d.first[k], d.first[k+1], d.to)
			if c < 0 {
				continue
			}
			d.count(i, d.to[c])
			if n >= rounds/warmUp {
				d.hits[c]++
			}
		}
		for _, k := range d.live {
			d.price[k] = max(0, d.price[k]+step*(d.use[k]-d.left[k]))
		}
	}
	d.f.spent += int64(rounds) * int64(len(d.to))
}

// fix places the meetings at columns that were chosen so often, and returns how
// many.
func (d *diver) fix(often int32) int {
	fixed := 0
	for k, i := range d.open {
		for c := d.first[k]; c < d.first[k+1] && d.f.slot[i] == 0; c++ {
			if d.hits[c] >= often && d.f.fits(i, d.to[c]) {
				d.f.in(i, d.to[c])
				fixed++
			}
		}
	}
	return fixed
}
