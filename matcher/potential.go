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
	cluster := t.listing.ClusterID
	book := m.Words().Of(cluster)
	var words []string
	for _, name := range t.side.names(0) {
		words = append(words, leadWords(book.Upstream(name), true)...)
		words = append(words, leadWords(book.Downstream(name), false)...)
		words = append(words, m.Words().LeadsElsewhere(cluster, name)...)
	}
	for _, word := range unique(words) {
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

// names are the head at a place with its other names.
func (s *Side) names(head int) []string {
	if head >= len(s.Reading.Heads) {
		return nil
	}
	out := []string{s.Reading.Heads[head]}
	for _, a := range s.Reading.Also {
		if a.Head == head {
			out = append(out, a.Word)
		}
	}
	return out
}

// leadWords are the weightiest words of relations, up or down: some of the
// tables', and beside them some of those that were added.
func leadWords(list []chain.Relation, up bool) []string {
	slices.SortStableFunc(list, func(a, b chain.Relation) int { return cmp.Compare(b.Weight, a.Weight) })
	var out []string
	asked := map[bool]int{}
	for _, r := range list {
		if asked[r.Added]++; asked[r.Added] > leadsAsked {
			continue
		}
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
// What was added counts where the book of either side's cluster has it.
func (m *Matcher) made(product, material *Side) (best chain.Relation) {
	own, other := m.Words().Of(product.Listing.ClusterID), m.Words().Of(material.Listing.ClusterID)
	best = madeBy(own, product, material)
	if other != own {
		if r := madeBy(other, product, material); r.Weight > best.Weight {
			best = r
		}
	}
	return best
}

func madeBy(book *chain.Book, product, material *Side) (best chain.Relation) {
	for i, head := range product.Reading.Heads {
		for _, name := range product.names(i) {
			for _, r := range book.Upstream(name) {
				if offered, share := offers(material, r); share > best.Weight {
					best = chain.Relation{From: offered, To: head, Weight: share}
				}
			}
		}
	}
	return best
}

// offers is the head of a material that a relation names, and what the relation
// is worth for it; 0 when it offers none.
func offers(material *Side, r chain.Relation) (head string, share float64) {
	for i, h := range material.Reading.Heads {
		for _, name := range material.names(i) {
			switch {
			case name == r.From:
				return h, r.Weight
			case chain.KindOf(name, r.From) && share == 0:
				head, share = h, 0.9*r.Weight
			}
		}
	}
	return head, share
}

// proposePotential makes the proposal of a product and a material, if the chain
// and the listings allow it.
func (m *Matcher) proposePotential(product, material *Side) (market.Proposal, bool) {
	p, s, now := &product.Listing, &material.Listing, m.Now()
	if p.ID == s.ID || p.EnterpriseID == s.EnterpriseID || p.Board != s.Board || !standing(p, now) || !standing(s, now) || excludesRegion(product, material) ||
		product.hides(material, product, material) || material.hides(product, product, material) {
		return market.Proposal{}, false
	}
	r := m.made(product, material)
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
