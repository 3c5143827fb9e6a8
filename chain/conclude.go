package chain

import (
	"maps"
	"math"
	"slices"
)

const (
	alikeMost     = 60  // products called alike that are listened to,
	alikeOwn      = 30  // and rows of the table
	nearMost      = 150 // leads that the vectors alone may bring in
	asWiderOne    = 0.4 // the likeness of a wider kind
	asNarrowerOne = 0.5 // and of a narrower one
)

// evidence is what speaks for a lead.
type evidence struct {
	alike    float64 // sum of the squared likenesses of the products that have it
	alikeOwn float64 // the same for the rows of the table
	closest  float64 // the greatest of the likenesses
	closeOwn float64
	row      float64 // 1 for the first in the product's own row of the table, less behind
	near     float64 // how near the vectors place it, 0 for the nearest
	part     float64 // the greatest share that it has among products with a part of the name in common
	via      string
}

// What each kind of evidence counts, in the order of terms. Found by maximum likelihood
// on products with withheld relations (TestGraphOnWithheld fits them anew), once before
// parts of names were evidence and once with them; the mean of both is better than either.
var weights = [...]float64{
	0.19, -0.03, 0.01, -1.20, 1.33, 0.86, 0.40, 0.10, 0.12, 0.72, 1.95, 0.54,
}

// terms are what the weights are for.
func (d *direction) terms(name string, e *evidence) [len(weights)]float64 {
	has := 0.0
	if e.row > 0 {
		has = 1
	}
	usual, usualOwn := d.loaded.usual[name], d.own.usual[name]
	return [...]float64{
		math.Log(0.03 + e.alike), e.alike, math.Log(0.03 + e.alikeOwn), e.alikeOwn,
		e.row, has, e.near, math.Log(max(1, usual)), math.Log(1 + usualOwn), e.closest, e.closeOwn,
		math.Log(0.01 + e.part),
	}
}

// conclude lists what a product may lead to although no relation says so, the
// likeliest first; their weights are below 0.5, as what is said comes before them.
func (d *direction) conclude(word string, broader, narrower []string) []Lead {
	found := d.evidence(word, broader, narrower)
	out := make([]Lead, 0, len(found))
	for name, e := range found {
		sum := 0.0
		for i, t := range d.terms(name, e) {
			sum += weights[i] * t
		}
		out = append(out, Lead{Word: name, Weight: sum, Via: e.via})
	}
	slices.SortFunc(out, byWeight)
	if len(out) == 0 {
		return nil
	}
	top := out[0].Weight
	for i := range out {
		out[i].Weight = concludedMost * math.Exp((out[i].Weight-top)/concludedFall)
	}
	return out
}

// The weight of the likeliest conclusion, and how much less likely one is that weighs e times less.
const (
	concludedMost = 0.45
	concludedFall = 3
)

// evidence gathers what speaks for each lead that anything speaks for.
func (d *direction) evidence(word string, broader, narrower []string) map[string]*evidence {
	found := map[string]*evidence{}
	at := func(name string) *evidence {
		e := found[name]
		if e == nil {
			e = &evidence{}
			found[name] = e
		}
		return e
	}
	near := d.loaded.alikes(word, alikeMost)
	nearOwn := d.own.alikes(word, alikeOwn)
	kin := func(names []string, likeness float64) {
		for _, name := range names {
			near = append(near, alike{name, likeness})
			nearOwn = append(nearOwn, alike{name, likeness})
		}
	}
	kin(broader, asWiderOne)
	kin(narrower, asNarrowerOne)
	for _, a := range near {
		for _, l := range d.loaded.leads[a.name] {
			e := at(l.Word)
			e.alike += a.likeness * a.likeness * max(l.Weight, 0.1)
			if a.likeness > e.closest {
				e.closest, e.via = a.likeness, a.name
			}
		}
	}
	for _, a := range nearOwn {
		for _, l := range d.own.leads[a.name] {
			e := at(l.Word)
			e.alikeOwn += a.likeness * a.likeness
			if a.likeness > max(e.closeOwn, e.closest) {
				e.via = a.name
			}
			e.closeOwn = max(e.closeOwn, a.likeness)
		}
	}
	for i, l := range d.own.leads[word] {
		e := at(l.Word)
		e.row, e.via = 1-0.08*float64(min(i, 8)), word
	}
	d.addNear(word, found, at)
	delete(found, word)
	return found
}

// learn learns the vectors from the relations and the table.
func (d *direction) learn() {
	leads := map[string][]string{}
	for _, n := range []*neighbourhood{&d.loaded, &d.own} {
		for _, name := range n.names {
			for _, l := range n.leads[name] {
				leads[name] = once(leads[name], l.Word)
			}
		}
	}
	products := slices.Sorted(maps.Keys(leads))
	d.place = map[string]int32{}
	to := make([][]int32, len(products))
	for i, name := range products {
		for _, word := range leads[name] {
			at, ok := d.place[word]
			if !ok {
				at = int32(len(d.names))
				d.place[word], d.names = at, append(d.names, word)
			}
			to[i] = append(to[i], at)
		}
	}
	d.vectors = learnVectors(products, to, d.names)
	d.parts = newPartLeads(d.place, &d.loaded, &d.own)
}

// addNear adds what the vectors say: of the leads found, and of the nearest.
func (d *direction) addNear(word string, found map[string]*evidence, at func(string) *evidence) {
	if len(found) == 0 { // called like nothing at all
		return
	}
	d.once.Do(d.learn)
	near := d.vectors.near(word)
	if near == nil {
		return
	}
	nearest := greatest(near, nearMost)
	for _, i := range nearest {
		at(d.names[i])
	}
	shares := d.parts.shares(word, len(d.names))
	for name, e := range found {
		at := d.place[name]
		e.near, e.part = near[at]-near[nearest[0]], shares[at]
	}
}
