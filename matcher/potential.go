package matcher

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"lianqiao/chain"
	"lianqiao/market"
)

// A potential proposal brings together two supplies of which one is usually made
// from the other: nobody posted the need, the chain says that there is one. The
// product stands where a need would, the material where a supply does. It is
// found and withdrawn in the same match as everything else, and ranks below
// every direct proposal, as its terms cannot add up to the threshold of those.

// What a potential proposal is scored by, and the total below which there is
// none: a chief material from anywhere, or an auxiliary one from nearby.
const (
	potentialChain    = 40
	potentialDistance = 8
	potentialTier     = 4
	potentialFresh    = 3
	potentialLeast    = 38
)

const (
	leadsAsked   = 4 // words up, and words down the chain, that are looked for
	leadListings = 6 // listings looked at for each
	potentialMax = 3 // kept of a listing in each direction, beside those that stood
)

// findPotential adds the listings along the chain to a task of a supply.
func (m *Matcher) findPotential(ctx context.Context, t *task) error {
	if m.NoPotential || t.listing.Side != market.Supply || t.side.Reading.Head == "" {
		return nil
	}
	words := append(leadWords(chain.Upstream(t.side.Reading.Head), true), leadWords(chain.Downstream(t.side.Reading.Head), false)...)
	for _, word := range words {
		found, err := m.Index.Candidates(ctx, market.Supply, chain.Read(word, ""), leadListings, t.listing.EnterpriseID)
		if err != nil {
			return err
		}
		for _, c := range found {
			t.others = append(t.others, c.ID)
		}
	}
	t.others = unique(t.others)
	return nil
}

// leadWords are the weightiest words of relations, up or down.
func leadWords(list []chain.Relation, up bool) []string {
	slices.SortStableFunc(list, func(a, b chain.Relation) int { return cmp.Compare(b.Weight, a.Weight) })
	var out []string
	for _, r := range list[:min(len(list), leadsAsked)] {
		if up {
			out = append(out, r.From)
		} else {
			out = append(out, r.To)
		}
	}
	return out
}

// made is the relation by which a product is made from a material, the
// weightiest that their heads have; its weight is 0 when there is none. A kind
// of the material counts a little less than the very one.
func made(product, material *Side) (best chain.Relation) {
	for _, head := range product.Reading.Heads {
		for _, r := range chain.Upstream(head) {
			for _, offered := range material.Reading.Heads {
				share := r.Weight
				switch {
				case offered == r.From:
				case chain.KindOf(offered, r.From):
					share *= 0.9
				default:
					continue
				}
				if share > best.Weight {
					best = chain.Relation{From: offered, To: head, Weight: share}
				}
			}
		}
	}
	return best
}

// proposePotential makes the proposal of a product and a material, if the chain
// and the listings allow it.
func (m *Matcher) proposePotential(product, material *Side) (market.Proposal, bool) {
	p, s, now := &product.Listing, &material.Listing, m.Now()
	if p.ID == s.ID || p.EnterpriseID == s.EnterpriseID || p.Board != s.Board || !standing(p, now) || !standing(s, now) || excludesRegion(product, material) ||
		product.hides(material, product, material) || material.hides(product, product, material) {
		return market.Proposal{}, false
	}
	r := made(product, material)
	if r.Weight == 0 {
		return market.Proposal{}, false
	}
	x := scorer{w: m.Weights, need: product, supply: material, now: now}
	x.add(market.TermChain, weight{max: potentialChain}, r.Weight, r.To, r.From, "")
	x.rescaled(x.distance, potentialDistance)
	x.rescaled(x.tier, potentialTier)
	x.rescaled(x.fresh, potentialFresh)
	sum := 0.0
	for i := range x.terms {
		sum += x.terms[i].Points
	}
	total := int(math.Round(sum))
	return market.Proposal{
		NeedID: p.ID, SupplyID: s.ID, NeedBy: p.EnterpriseID, SupplyBy: s.EnterpriseID,
		Kind: market.Potential, Status: market.Open, Total: total, Terms: x.terms, Weights: m.Weights.Version,
	}, total >= potentialLeast
}

// rescaled adds a term as Score would, with another maximum.
func (s *scorer) rescaled(term func(), most float64) {
	term()
	t := &s.terms[len(s.terms)-1]
	t.Points, t.Max = cents(t.Points*most/t.Max), most
}

// potentials are the potential proposals of a supply with its others: the best
// of each direction, and those that stood before.
func (m *Matcher) potentials(t *task, others map[string]*Side, never words) []market.Proposal {
	if m.NoPotential || t.listing.Side != market.Supply || never.quiet[t.listing.EnterpriseID] {
		return nil
	}
	var out []market.Proposal
	for _, asBuyer := range []bool{true, false} {
		var fit []market.Proposal
		for _, id := range t.others {
			o := others[id]
			if o == nil || o.Listing.Side != market.Supply || never.quiet[o.Listing.EnterpriseID] || never.forbids(t, o) {
				continue
			}
			product, material := t.side, o
			if !asBuyer {
				product, material = o, t.side
			}
			if p, ok := m.proposePotential(product, material); ok {
				fit = append(fit, p)
			}
		}
		slices.SortFunc(fit, func(a, b market.Proposal) int {
			return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.NeedID+a.SupplyID, b.NeedID+b.SupplyID))
		})
		for i, p := range fit {
			if i < potentialMax || t.stood[p.SupplyID] || t.stood[p.NeedID] {
				out = append(out, p)
			}
		}
	}
	return out
}
