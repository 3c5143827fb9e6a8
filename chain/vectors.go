package chain

import (
	"math"
	"math/rand/v2"
	"slices"
)

// vectors place the names of products and of leads in one space, in which a product
// stands near what it leads to. They are learned from the relations, part of
// name by part of name, so they also say something of names never seen. The same
// relations always give the same vectors.
type vectors struct {
	parts map[string]int32 // of products' names → place in from
	from  []float32        // vectorSize numbers for each part
	leads []float32        // and for each lead
}

// How the vectors are learned. More leads drawn by chance gained most on withheld
// relations; they are drawn once for several products, as their vectors cost most.
const (
	vectorSize  = 64
	vectorTurns = 8
	vectorOther = 64 // leads drawn by chance that a product is held against
	vectorBlock = 8  // products held against the same ones
	vectorMost  = 8  // leads of a product learned from in a turn, so that recipes do not rule
	vectorStep  = 0.1
	vectorStart = 0.1 // spread of the numbers at the start
	partLeast   = 2   // names that a part must occur in
)

// lesson is a product by its parts, with the leads it is known to have.
type lesson struct {
	parts []int32
	leads []int32
}

// learner holds what learning needs beside the vectors.
type learner struct {
	vectors
	to       []float32 // vectors of the parts of leads
	ofLead   [][]int32 // each lead's parts
	heatFrom []float32 // sums of squared slopes, which shorten the steps
	heatTo   []float32
	drawn    []float64 // running sums of how often a lead is drawn
	odds     []float64 // log of how likely a lead is among those drawn
	chance   *rand.Rand

	x, slope, turn []float32 // a product's vector and what moves it
	y              []float32 // vector of one of its leads
	others         []other
}

// other is a lead drawn by chance.
type other struct {
	lead  int32
	y     []float32
	slope []float32 // what moves it, of a whole block
	z     float64   // how near the product in hand is
	pull  float64   // how wrongly near
}

// nameParts are the pieces of a name that vectors are learned for.
func nameParts(name string) []string {
	r := []rune(name)
	out := make([]string, 0, 3*len(r)+3)
	for i := range r {
		for n := 1; n <= 3 && i+n <= len(r); n++ {
			out = append(out, string(r[i:i+n]))
		}
	}
	for n := 1; n <= min(3, len(r)); n++ {
		out = append(out, "$"+string(r[len(r)-n:]))
	}
	out = append(out, wholeName+name)
	slices.Sort(out)
	return slices.Compact(out)
}

// wholeName is the sign of the part that is all of a name.
const wholeName = "="

// learnVectors learns from what each product leads to; the leads are numbered as in names.
func learnVectors(products []string, to [][]int32, names []string) *vectors {
	l := &learner{chance: rand.New(rand.NewPCG(1, 2))}
	usual := make([]float64, len(names))
	for _, list := range to {
		for _, lead := range list {
			usual[lead]++
		}
	}
	l.parts = numberParts(products)
	ofLeads := numberParts(names)
	for _, name := range names {
		parts := known(ofLeads, name)
		if len(parts) == 0 { // nothing shared: a place of its own
			own := int32(len(ofLeads))
			ofLeads[wholeName+name], parts = own, []int32{own}
		}
		l.ofLead = append(l.ofLead, parts)
	}
	l.prepare(len(ofLeads), usual)
	var lessons []lesson
	for i, name := range products {
		if parts := known(l.parts, name); len(parts) > 0 {
			lessons = append(lessons, lesson{parts, slices.Clone(to[i])})
		}
	}
	for range vectorTurns {
		l.chance.Shuffle(len(lessons), func(i, j int) { lessons[i], lessons[j] = lessons[j], lessons[i] })
		for block := range slices.Chunk(lessons, vectorBlock) {
			l.draw()
			for _, one := range block {
				l.learn(one)
			}
			for i := range l.others {
				o := &l.others[i]
				l.step(o.lead, o.slope)
			}
		}
	}
	l.leads = make([]float32, len(names)*vectorSize)
	for i, parts := range l.ofLead {
		sum(l.leads[i*vectorSize:(i+1)*vectorSize], l.to, parts)
	}
	return &l.vectors
}

// numberParts numbers the parts that several names have, and names themselves
// that occur several times over.
func numberParts(names []string) map[string]int32 {
	count := map[string]int{}
	for _, name := range names {
		for _, p := range nameParts(name) {
			count[p]++
		}
	}
	parts := map[string]int32{}
	for _, name := range names {
		for _, p := range nameParts(name) {
			if _, ok := parts[p]; !ok && count[p] >= partLeast {
				parts[p] = int32(len(parts))
			}
		}
	}
	return parts
}

func known(parts map[string]int32, name string) []int32 {
	var out []int32
	for _, p := range nameParts(name) {
		if i, ok := parts[p]; ok {
			out = append(out, i)
		}
	}
	return out
}

func (l *learner) prepare(partsOfLeads int, usual []float64) {
	spread := func(n int) []float32 {
		v := make([]float32, n*vectorSize)
		for i := range v {
			v[i] = float32(l.chance.NormFloat64()) * vectorStart
		}
		return v
	}
	l.from, l.to = spread(len(l.parts)), spread(partsOfLeads)
	l.heatFrom, l.heatTo = make([]float32, len(l.parts)), make([]float32, partsOfLeads)
	total := 0.0
	for _, n := range usual {
		total += math.Sqrt(n)
		l.drawn = append(l.drawn, total)
	}
	for _, n := range usual {
		l.odds = append(l.odds, math.Log(vectorOther*math.Sqrt(max(1, n))/total))
	}
	l.x, l.y = make([]float32, vectorSize), make([]float32, vectorSize)
	l.slope, l.turn = make([]float32, vectorSize), make([]float32, vectorSize)
	for range vectorOther {
		l.others = append(l.others, other{y: make([]float32, vectorSize), slope: make([]float32, vectorSize)})
	}
}

// draw draws the leads that the products of a block are held against.
func (l *learner) draw() {
	for i := range l.others {
		o := &l.others[i]
		at, _ := slices.BinarySearch(l.drawn, l.chance.Float64()*l.drawn[len(l.drawn)-1])
		o.lead = int32(min(at, len(l.drawn)-1))
		sum(o.y, l.to, l.ofLead[o.lead])
		clear(o.slope)
	}
}

// sum sets a vector to the sum of its parts'.
func sum(v, of []float32, parts []int32) {
	clear(v)
	for _, p := range parts {
		add(v, of[int(p)*vectorSize:(int(p)+1)*vectorSize], 1)
	}
	shorten(v, parts)
}

// shorten makes a sum of parts, or its slope, independent of how many they are.
func shorten(v []float32, parts []int32) {
	scale := float32(1 / math.Sqrt(float64(len(parts)+1)))
	for k := range v {
		v[k] *= scale
	}
}

// vectorStride is how many numbers a turn of a loop takes: vectorSize is so many
// times it. One by one a product took three times as long.
const vectorStride = 8

func add(v, other []float32, times float32) {
	for ; len(v) >= vectorStride && len(other) >= vectorStride; v, other = v[vectorStride:], other[vectorStride:] {
		v[0] += times * other[0]
		v[1] += times * other[1]
		v[2] += times * other[2]
		v[3] += times * other[3]
		v[4] += times * other[4]
		v[5] += times * other[5]
		v[6] += times * other[6]
		v[7] += times * other[7]
	}
}

func product(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for ; len(a) >= vectorStride && len(b) >= vectorStride; a, b = a[vectorStride:], b[vectorStride:] {
		s0 += a[0]*b[0] + a[4]*b[4]
		s1 += a[1]*b[1] + a[5]*b[5]
		s2 += a[2]*b[2] + a[6]*b[6]
		s3 += a[3]*b[3] + a[7]*b[7]
	}
	return s0 + s1 + s2 + s3
}

// learn moves a product towards its leads and away from those drawn by chance.
func (l *learner) learn(one lesson) {
	if len(one.leads) > vectorMost {
		l.chance.Shuffle(len(one.leads), func(i, j int) { one.leads[i], one.leads[j] = one.leads[j], one.leads[i] })
		one.leads = one.leads[:vectorMost]
	}
	sum(l.x, l.from, one.parts)
	for i := range l.others {
		o := &l.others[i]
		o.z, o.pull = math.Exp(min(30, float64(product(l.x, o.y))-l.odds[o.lead])), 0
	}
	clear(l.slope)
	for _, lead := range one.leads {
		sum(l.y, l.to, l.ofLead[lead])
		near := math.Exp(min(30, float64(product(l.x, l.y))-l.odds[lead]))
		all := near
		for i := range l.others {
			if o := &l.others[i]; o.lead != lead {
				all += o.z
			}
		}
		for i := range l.others {
			if o := &l.others[i]; o.lead != lead {
				o.pull += o.z / all
			}
		}
		wrong := float32(near/all - 1)
		add(l.slope, l.y, wrong)
		clear(l.turn)
		add(l.turn, l.x, wrong)
		l.step(lead, l.turn)
	}
	for i := range l.others {
		if o := &l.others[i]; o.pull > 0 {
			add(l.slope, o.y, float32(o.pull))
			add(o.slope, l.x, float32(o.pull))
		}
	}
	shorten(l.slope, one.parts)
	step(l.from, l.heatFrom, one.parts, l.slope)
}

// step moves a lead against a slope.
func (l *learner) step(lead int32, slope []float32) {
	parts := l.ofLead[lead]
	shorten(slope, parts)
	step(l.to, l.heatTo, parts, slope)
}

// step moves the vectors of parts against a slope, the less the more they have moved.
func step(of, heat []float32, parts []int32, slope []float32) {
	square := product(slope, slope) / vectorSize
	for _, p := range parts {
		heat[p] += square
		add(of[int(p)*vectorSize:(int(p)+1)*vectorSize], slope, -vectorStep/float32(math.Sqrt(float64(heat[p])+1e-8)))
	}
}

// near says of every lead how near it is to a product; nil when no part of its
// name is known.
func (v *vectors) near(name string) []float64 {
	parts := known(v.parts, name)
	if len(parts) == 0 {
		return nil
	}
	x := make([]float32, vectorSize)
	sum(x, v.from, parts)
	out := make([]float64, len(v.leads)/vectorSize)
	for i := range out {
		out[i] = float64(product(x, v.leads[i*vectorSize:(i+1)*vectorSize]))
	}
	return out
}
