package matcher

import "lianqiao/market"

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
