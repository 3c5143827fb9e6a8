package market

import "math"

// Mend is one change that a firm could make to its own listing, with what it
// would come to: worked out by matching the listing as if it were changed so.
// It names no other firm, and quotes only what live listings say to everybody.
type Mend struct {
	Term  TermName // what the change is about
	Label string   // for TermSpec and TermGrade: the spec's name
	Own   string   // what the listing says now; may be empty
	To    string   // what it would say instead: 300件, ISO 9001 …
	Reach int      // how many more counterparts would be proposed
	Lift  int      // how many of those proposed already would fit better
}

// MaxMends is how many mends a listing keeps, best first.
const MaxMends = 4

// Mendable are the terms of a proposal, by their place, that points were lost on
// and that the side could mend by changing its own listing, each with the total
// the proposal would then have. What a thing is, and where it is made, are no
// matter of writing it down differently.
func (p *Proposal) Mendable(side Side) map[int]int {
	sum := 0.0
	for _, t := range p.Terms {
		sum += t.Points
	}
	out := map[int]int{}
	for i, t := range p.Terms {
		if t.Verdict != Misses && t.Verdict != Partly || !mends(side, t.Name) {
			continue
		}
		if total := min(100, int(math.Round(sum-t.Points+t.Max))); total > p.Total {
			out[i] = total
		}
	}
	return out
}

func mends(side Side, name TermName) bool {
	switch name {
	case TermMOQ, TermPrice, TermLead, TermQuantity, TermCert:
		return true
	case TermSpec, TermGrade:
		return side == Supply
	}
	return false
}
