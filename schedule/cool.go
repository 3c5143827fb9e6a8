package schedule

import (
	"context"
	"math"
)

// steepness is -ln of numbers evenly spread from 0 to 1: what a move may cost is
// the temperature times one of them.
var steepness = func() (out [4096]float64) {
	for k := range out {
		out[k] = -math.Log((float64(k) + .5) / float64(len(out)))
	}
	return out
}()

// cool anneals: it puts meetings into slots drawn at random and drives out what is
// in their way, or moves that on, if the loss is one that the temperature allows.
func (f *field) cool(ctx context.Context, moves int, hot, cold float64) {
	if len(f.of) == 0 {
		return
	}
	const block = 1024 // moves of one temperature
	heat, factor := hot, math.Pow(cold/hot, block/float64(moves+block))
	for n := 0; n < moves && ctx.Err() == nil; n += block {
		for range min(block, moves-n) {
			x := f.rng.Uint64()
			f.try(int32(x>>32*uint64(len(f.of))>>32), heat*steepness[x&4095])
		}
		heat *= factor
	}
	f.spent += int64(moves)
}

// try moves the meeting of a column there if that loses no more than bar.
func (f *field) try(column int32, bar float64) {
	i, s := f.of[column], f.to[column]
	old := f.slot[i]
	if old == s || !f.inOrder(i, s) {
		return
	}
	var way [6]int32
	n := 0
	loss := 0.0
	if old == 0 {
		loss = -f.worth[i]
	}
	for _, row := range f.rows[i] {
		if j := f.at[row+s]; j >= 0 && (n == 0 || j != way[0] && j != way[n-1]) {
			way[n] = j
			n++
			loss += f.worth[j]
		}
	}
	if n == 0 && len(f.listed[s]) >= f.tables {
		way[0] = f.cheap(s)
		n, loss = 1, loss+f.worth[way[0]]
	}
	stay := false // whom the cap drives out cannot move on
	if f.capped && old == 0 {
		before := n
		n, stay = f.overCap(i, &way, n)
		for _, j := range way[before:n] {
			loss += f.worth[j]
		}
	}
	if loss <= bar {
		f.take(i, s, way[:n], nobody, 0)
		return
	}
	if stay {
		return
	}
	for _, j := range way[:n] {
		if loss-f.worth[j] <= bar {
			if t := f.elsewhere(j, s, i); t > 0 {
				f.take(i, s, way[:n], j, t)
				return
			}
		}
	}
}

// take puts meeting i into slot s in place of those in the way, of whom j moves to t.
func (f *field) take(i, s int32, way []int32, j, t int32) {
	if f.slot[i] > 0 {
		f.out(i)
	}
	for _, k := range way {
		f.out(k)
	}
	if j >= 0 {
		f.in(j, t)
	}
	f.in(i, s)
}

// cheap draws two meetings of a full slot and returns the one worth less.
func (f *field) cheap(s int32) int32 {
	list := f.listed[s]
	j, k := list[f.draw(len(list))], list[f.draw(len(list))]
	if f.worth[k] < f.worth[j] {
		return k
	}
	return j
}

// overCap adds to those in the way of meeting i, for each of its parties that has
// as many meetings as it accepts, one of them. It reports whether there is such a
// party.
func (f *field) overCap(i int32, way *[6]int32, n int) (int, bool) {
	full := false
	for side, q := range f.owners[i] {
		if f.held[q] < f.limit[q] {
			continue
		}
		full = true
		given := false
		for _, j := range way[:n] {
			given = given || f.owners[j][0] == q || f.owners[j][1] == q
		}
		row, from := f.rows[i][side], f.draw(int(f.width))
		for k := int32(0); k < f.width && !given; k++ {
			if j := f.at[row+(k+int32(from))%f.width]; j >= 0 {
				way[n], given = j, true
				n++
			}
		}
		if !given { // another person of the party holds them all
			way[n] = f.heldBy(q)
			n++
		}
	}
	return n, full
}

// heldBy finds a placed meeting of a party that is dealt out.
func (f *field) heldBy(q int32) int32 {
	from := f.draw(len(f.slot))
	for k := range f.slot {
		j := (k + from) % len(f.slot)
		if f.slot[j] > 0 && (f.owners[j][0] == q || f.owners[j][1] == q) {
			return int32(j)
		}
	}
	return nobody
}

// elsewhere finds a slot other than s that is free for meeting j once i leaves its
// own; 0: none.
func (f *field) elsewhere(j, s, i int32) int32 {
	if f.orders != nil && len(f.orders[j]) > 0 {
		return 0
	}
	r := &f.rows[j]
	left := f.slot[i]
	for c := f.first[j]; c < f.first[j+1]; c++ {
		t := f.to[c]
		a, b, table := f.at[r[0]+t], f.at[r[1]+t], f.at[r[2]+t]
		if t != s && (a < 0 || a == i) && (b < 0 || b == i) && (table < 0 || table == i) &&
			(t == left || len(f.listed[t]) < f.tables) {
			return t
		}
	}
	return 0
}
