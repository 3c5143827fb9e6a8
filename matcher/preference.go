package matcher

import (
	"context"
	"math"
	"slices"
	"strconv"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
)

// withRules reads the docs as sides, each with its firm's own rules.
func (m *Matcher) withRules(ctx context.Context, docs []search.Doc) (map[string]*Side, error) {
	firms := make([]string, len(docs))
	for i := range docs {
		firms[i] = docs[i].Listing.EnterpriseID
	}
	rules, err := m.Store.PreferencesOn(ctx, unique(firms))
	if err != nil {
		return nil, err
	}
	sides := m.readSides(docs)
	for _, s := range sides {
		for _, r := range rules[s.Listing.EnterpriseID] {
			if r.Side == s.Listing.Side {
				s.rules = append(s.rules, r)
			}
		}
	}
	return sides, nil
}

// hides reports whether a rule of own's firm keeps the pair from being proposed.
// What is not stated breaks no rule.
func (own *Side) hides(other, need, supply *Side) bool {
	return slices.ContainsFunc(own.rules, func(r market.Preference) bool {
		switch r.Kind {
		case market.PreferNear:
			km, ok := kilometres(need, supply)
			most, err := strconv.Atoi(r.Value)
			return ok && err == nil && int(math.Round(km)) > most
		case market.PreferMakers:
			return other.Enterprise.Kind == market.Trader
		case market.PreferPrice:
			over, ok := overPrice(need.Listing.Price, supply.Listing.Price)
			return ok && over >= 0.0005
		case market.PreferSpec:
			return !meetsStated(need, supply)
		case market.PreferMOQ:
			want, least, ok := leastOrder(need, supply)
			return ok && want < least*(1-1e-9)
		case market.PreferQuantity:
			c := capacity(need.Listing.Quantity, supply.Listing.Quantity)
			return c == short || c == tight
		case market.PreferNot:
			return other.Reading.Head == r.Value
		}
		return false
	})
}

// meetsStated is meetsMusts with everything demanded a must-have.
func meetsStated(need, supply *Side) bool {
	if len(need.grades) > 0 && len(supply.grades) > 0 && !sharesGrade(need.grades, supply.grades) {
		return false
	}
	return !slices.ContainsFunc(need.specs, func(want spec) bool {
		share, known := bestOffer(want, supply.specs)
		return known && share < 0.999
	})
}

// A "not this" speaks against near-identical offers of the same firm, too: they
// stand behind by so many points, and must reach the threshold without them.
const likeRefused = 15

// sounds reports whether two listings of a firm are near-identical: the same
// product in the same grades, or the same title.
func (s *Side) sounds(o *Side) bool {
	if s == o || s.plain != "" && s.plain == o.plain {
		return true
	}
	return s.Reading.Head != "" && s.Reading.Head == o.Reading.Head &&
		(len(s.grades) == 0 && len(o.grades) == 0 || sharesGrade(s.grades, o.grades))
}

// likeRefused reports whether either firm found a pair unfit that is
// near-identical to this one.
func (w words) likeRefused(a, b *Side, sides map[string]*Side) bool {
	need, supply := needFirst(a, b)
	for _, by := range []*Side{need, supply} {
		for _, p := range w.unfit[by.Listing.EnterpriseID] {
			if p.NeedBy != need.Listing.EnterpriseID || p.SupplyBy != supply.Listing.EnterpriseID {
				continue
			}
			n, s := sides[p.NeedID], sides[p.SupplyID]
			if n != nil && s != nil && n.sounds(need) && s.sounds(supply) {
				return true
			}
		}
	}
	return false
}

// kilometres are between the two places, if both are known.
func kilometres(need, supply *Side) (float64, bool) {
	km, ok := need.place.To(supply.place)
	return km, ok && !math.IsNaN(km) && km >= 0
}

// overPrice is by which share a supply's price is above what the need pays at
// most; false when the two cannot be compared.
func overPrice(need, supply market.Price) (float64, bool) {
	if need.Negotiable || supply.Negotiable || need.Fen <= 0 || supply.Fen <= 0 {
		return 0, false
	}
	each := 1.0 // the supply's price units in one of the need's
	if need.Unit != supply.Unit {
		factor, ok := chain.Convert(1, need.Unit, supply.Unit)
		if !ok || factor <= 0 {
			return 0, false
		}
		each = factor
	}
	return float64(supply.Fen)*each/float64(need.Fen) - 1, true
}

// leastOrder is what is wanted beside the least order, in the supply's unit.
func leastOrder(need, supply *Side) (want, least float64, ok bool) {
	n, o := &need.Listing, &supply.Listing
	if !o.MOQ.IsPositive() {
		return 0, 0, false
	}
	want, ok = convert(n.Quantity.Amount, n.Quantity.Unit, moqUnit(o))
	return want, o.MOQ.InexactFloat64(), ok && want > 0
}
