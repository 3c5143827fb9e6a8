package matcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"lianqiao/market"
)

// DefaultThreshold is the total below which nothing is proposed. Two listings
// that say nothing but the same product reach 82; the right product in the
// wrong grade, or a product that shares only a word, stays below 55.
const DefaultThreshold = 58

// weight is what one term gives at most and what a miss takes away.
type weight struct {
	max  float64
	miss float64
}

// unknownShare is the part of a term's points that silence earns: a listing
// that says little is neither lifted nor sunk by it.
const unknownShare = 0.6

// Weights are what the terms of a score are worth. A proposal keeps the version
// that it was scored with; whoever changes a number changes the version.
type Weights struct {
	Version                                                                                       string
	product, wording, grade, spec, class, quantity, moq, price, lead, distance, cert, tier, fresh weight
}

// present sums to 100 over its max. The spec's is shared by all specs of a pair.
// A wrong grade costs so much that no other virtue makes up for it.
var present = Weights{
	Version:  "2026-11b",
	product:  weight{max: 47},
	wording:  weight{max: 8},
	grade:    weight{max: 9, miss: -37},
	spec:     weight{max: 11, miss: -16},
	class:    weight{max: 3, miss: -2},
	quantity: weight{max: 4, miss: -4},
	moq:      weight{max: 3, miss: -4},
	price:    weight{max: 5, miss: -8},
	lead:     weight{max: 2, miss: -3},
	distance: weight{max: 3},
	cert:     weight{max: 2},
	tier:     weight{max: 1.5},
	fresh:    weight{max: 1.5},
}

// terms names every weight, in a fixed order.
func (w *Weights) terms() []namedWeight {
	return []namedWeight{
		{market.TermProduct, &w.product}, {market.TermWording, &w.wording}, {market.TermGrade, &w.grade}, {market.TermSpec, &w.spec}, {market.TermClass, &w.class},
		{market.TermQuantity, &w.quantity}, {market.TermMOQ, &w.moq}, {market.TermPrice, &w.price}, {market.TermLead, &w.lead}, {market.TermDistance, &w.distance},
		{market.TermCert, &w.cert}, {market.TermTier, &w.tier}, {market.TermFresh, &w.fresh},
	}
}

type namedWeight struct {
	name market.TermName
	*weight
}

// weightsFile is how weights are kept for a person to read.
type weightsFile struct {
	Version string                          `json:"version"`
	Base    string                          `json:"base"`
	Terms   map[market.TermName]weightValue `json:"terms"`
	Learned *Learned                        `json:"learned,omitempty"`
}

type weightValue struct {
	Max  float64 `json:"max"`
	Miss float64 `json:"miss"`
}

// Write writes the weights as a file, with what they were learned from, if they were.
func (w *Weights) Write(out io.Writer, base string, learned *Learned) error {
	f := weightsFile{Version: w.Version, Base: base, Terms: map[market.TermName]weightValue{}, Learned: learned}
	for _, t := range w.terms() {
		f.Terms[t.name] = weightValue{t.max, t.miss}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(f)
}

// ReadWeights reads a reviewed file. It wants a version of its own, every term
// with a maximum above 0 and a miss of at most 0, and 100 points together.
func ReadWeights(in io.Reader) (*Weights, error) {
	var f weightsFile
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	w := &Weights{Version: f.Version}
	sum := 0.0
	for _, t := range w.terms() {
		v, ok := f.Terms[t.name]
		switch {
		case !ok:
			return nil, fmt.Errorf("weights: the term %q is missing", t.name)
		case !(v.Max > 0) || !(v.Miss <= 0) || math.IsInf(v.Miss, 0):
			return nil, fmt.Errorf("weights: %q wants a max above 0 and a miss of 0 or less, and has %g and %g", t.name, v.Max, v.Miss)
		}
		*t.weight = weight{max: v.Max, miss: v.Miss}
		sum += v.Max
	}
	switch {
	case len(f.Terms) != len(w.terms()):
		return nil, errors.New("weights: there are terms that no score has")
	case math.Abs(sum-100) > 0.05:
		return nil, fmt.Errorf("weights: the maxima add up to %g, not to 100", sum)
	case f.Version == "" || f.Version == present.Version && *w != present:
		return nil, fmt.Errorf("weights: the version %q is none of its own", f.Version)
	}
	return w, nil
}

// Present are the weights of this program, unless a reviewed file replaces them.
func Present() *Weights {
	w := present
	return &w
}

// honourShare is how much of the tier term an honour earns.
func honourShare(h market.HonourKind) float64 {
	switch h {
	case market.HonourLeader:
		return 1
	case market.HonourGiant, market.HonourChampion:
		return 0.9
	case market.HonourSpecialised, market.HonourFirstSet, market.HonourQuality:
		return 0.75
	case market.HonourHighTech, market.HonourGreenFactory:
		return 0.6
	}
	return 0.5
}
