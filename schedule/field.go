package schedule

import (
	"math"
	"math/rand/v2"
	"slices"
)

// field is a plan under change, in flat arrays, for the millions of moves that
// choosing wishes takes. A column is a meeting in a slot that it may use. A party
// is in one place at a time: one of several people is dealt out before (apart),
// its cap stays its own.
type field struct {
	p      *Problem // dealt out
	width  int32    // of a party's row in at
	tables int
	worth  []float64 // by meeting

	first []int32 // by meeting: its first column; one more at the end
	of    []int32 // by column: its meeting
	to    []int32 // by column: its slot

	rows   [][3]int32 // by meeting: where the rows of its parties and of its table begin
	owners [][2]int32 // by meeting: its parties before they were dealt out
	limit  []int32    // by party before: how many meetings it accepts
	held   []int32    // by party before: meetings placed
	capped bool
	orders [][]int32 // by meeting: meetings in an order with it, either way; nil: none at all

	slot   []int32
	at     []int32 // by row and slot: the meeting there, nobody
	listed [][]int32
	place  []int32 // by meeting: where it is in its slot's list
	sum    float64 // worth of what is placed

	rng   *rand.PCG
	spent int64 // moves tried and columns priced
}

// nobody stands where no meeting is.
const nobody = -1

// newField lays out p, whose parties of several people are dealt out as in dealt.
func newField(p, dealt *Problem, slots [][]int, worth []float64, seed uint64) *field {
	n := len(p.Meetings)
	f := &field{p: dealt, width: int32(p.Slots + 1), tables: p.Tables, worth: worth,
		rows: make([][3]int32, n), owners: make([][2]int32, n), slot: make([]int32, n), place: make([]int32, n),
		held: make([]int32, len(p.Parties)), listed: make([][]int32, p.Slots+1), rng: rand.NewPCG(seed, 7)}
	for _, q := range p.Parties {
		f.limit = append(f.limit, math.MaxInt32)
		if q.Max > 0 {
			f.limit[len(f.limit)-1], f.capped = int32(q.Max), true
		}
	}
	tied := tiedTables(dealt)
	loose := len(dealt.Parties) + p.Tables + 1 // the row of meetings that sit anywhere: nobody is ever in it
	f.at = make([]int32, (loose+1)*int(f.width))
	for k := range f.at {
		f.at[k] = nobody
	}
	for i, m := range dealt.Meetings {
		row := loose
		if m.Table > 0 && tied[m.Table] {
			row = len(dealt.Parties) + m.Table
		}
		f.rows[i] = [3]int32{int32(m.A) * f.width, int32(m.B) * f.width, int32(row) * f.width}
		f.owners[i] = [2]int32{int32(p.Meetings[i].A), int32(p.Meetings[i].B)}
		f.first = append(f.first, int32(len(f.of)))
		for _, s := range slots[i] {
			f.of, f.to = append(f.of, int32(i)), append(f.to, int32(s))
		}
		for _, k := range m.After {
			if f.orders == nil {
				f.orders = make([][]int32, n)
			}
			f.orders[i], f.orders[k] = append(f.orders[i], int32(k)), append(f.orders[k], int32(i))
		}
	}
	f.first = append(f.first, int32(len(f.of)))
	return f
}

// tiedTables tells which tables have meetings that only the table keeps apart: not
// those where one party sits all the time.
func tiedTables(p *Problem) []bool {
	tied, of := make([]bool, p.Tables+1), make([][]int, p.Tables+1)
	for _, m := range p.Meetings {
		if m.Table == 0 {
			continue
		}
		if of[m.Table] == nil {
			of[m.Table] = []int{m.A, m.B}
		}
		of[m.Table] = slices.DeleteFunc(of[m.Table], func(q int) bool { return q != m.A && q != m.B })
		tied[m.Table] = len(of[m.Table]) == 0
		if tied[m.Table] {
			of[m.Table] = []int{} // and stays so
		}
	}
	return tied
}

func (f *field) loose(row int32) bool { return int(row) == len(f.at)-int(f.width) }

// draw returns a number below n.
func (f *field) draw(n int) int { return int(f.rng.Uint64() >> 32 * uint64(n) >> 32) }

// in places a meeting that is open; it checks nothing.
func (f *field) in(i, s int32) {
	r := &f.rows[i]
	f.at[r[0]+s], f.at[r[1]+s] = i, i
	if !f.loose(r[2]) {
		f.at[r[2]+s] = i
	}
	f.held[f.owners[i][0]]++
	f.held[f.owners[i][1]]++
	f.place[i] = int32(len(f.listed[s]))
	f.listed[s] = append(f.listed[s], i)
	f.slot[i] = s
	f.sum += f.worth[i]
}

// out takes a placed meeting out.
func (f *field) out(i int32) {
	s, r := f.slot[i], &f.rows[i]
	f.at[r[0]+s], f.at[r[1]+s], f.at[r[2]+s] = nobody, nobody, nobody
	f.held[f.owners[i][0]]--
	f.held[f.owners[i][1]]--
	list := f.listed[s]
	last := list[len(list)-1]
	list[f.place[i]], f.place[last] = last, f.place[i]
	f.listed[s] = list[:len(list)-1]
	f.slot[i] = 0
	f.sum -= f.worth[i]
}

// fits reports whether an open meeting can be placed in slot s without moving
// anybody.
func (f *field) fits(i, s int32) bool {
	r, o := &f.rows[i], &f.owners[i]
	return f.at[r[0]+s] < 0 && f.at[r[1]+s] < 0 && f.at[r[2]+s] < 0 && len(f.listed[s]) < f.tables &&
		f.held[o[0]] < f.limit[o[0]] && f.held[o[1]] < f.limit[o[1]] && f.inOrder(i, s)
}

func (f *field) inOrder(i, s int32) bool {
	if f.orders == nil {
		return true
	}
	for _, k := range f.orders[i] {
		t := f.slot[k]
		if t > 0 && (t >= s && slices.Contains(f.p.Meetings[i].After, int(k)) || s >= t && slices.Contains(f.p.Meetings[k].After, int(i))) {
			return false
		}
	}
	return true
}

// load takes over a plan. What does not fit into it stays open.
func (f *field) load(slot []int) {
	for i := range f.slot {
		if f.slot[i] > 0 {
			f.out(int32(i))
		}
	}
	f.sum = 0
	for i, s := range slot {
		if s > 0 && f.fits(int32(i), int32(s)) {
			f.in(int32(i), int32(s))
		}
	}
}

// plan copies out where every meeting is.
func (f *field) plan() []int {
	out := make([]int, len(f.slot))
	for i, s := range f.slot {
		out[i] = int(s)
	}
	return out
}

// fill places what still fits, the most valuable first.
func (f *field) fill(order []int32) {
	for _, i := range order {
		if f.slot[i] > 0 {
			continue
		}
		for c := f.first[i]; c < f.first[i+1]; c++ {
			if f.fits(i, f.to[c]) {
				f.in(i, f.to[c])
				break
			}
		}
	}
}
