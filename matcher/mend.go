package matcher

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"lianqiao/chain"
	"lianqiao/market"
)

// A mend is found in two steps. Each pair that does not pass, or passes with a
// miss, hints at single changes of the listing being matched that would help
// it. Then the changes that most pairs hint at are tried: the listing is read
// as if changed and matched again with the pairs it could matter to, so that
// what is promised is what the matcher will do.
const (
	mendsTried = 8 // changes tried for one listing
	mendSteps  = 3 // values tried for one term: the mildest, one between, the hardest
)

// hint is a change of a listing that one pair asks for.
type hint struct {
	term  market.TermName
	label string
	own   string
	to    string
	size  float64 // how great the change is, for ordering those of one term
	apply func(*market.Listing)
}

func (h hint) key() string { return string(h.term) + "\x00" + h.label + "\x00" + h.to }

// How far a firm may be asked to go. Beyond these a hint would be no advice.
const (
	leastMOQ   = 0.1  // of its least order
	leastPrice = 0.8  // of the price asked
	mostPrice  = 1.25 // of the price paid
	leastLead  = 0.5  // of the days to deliver
	mostLead   = 2.0  // of the days it can wait
	mostMore   = 3.0  // of the quantity offered, or wanted
	leastWant  = 0.5  // of the quantity wanted
)

// Mends tells what the owners of live listings could change so that more
// listings of the other side would be proposed, or fit better. It counts what
// the matcher would do now: who must not meet the firm is no counterpart, and
// one place in the list of the best is taken once.
func (m *Matcher) Mends(ctx context.Context, listingIDs []string) (map[string][]market.Mend, error) {
	out := map[string][]market.Mend{}
	list, err := m.read(ctx, listingIDs)
	if err != nil {
		return nil, fmt.Errorf("matcher.Mends(%d): %w", len(listingIDs), err)
	}
	list = slices.DeleteFunc(list, func(l market.Listing) bool { return !standing(&l, m.Now()) })
	tasks, err := m.tasks(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("matcher.Mends(%d): %w", len(listingIDs), err)
	}
	others, never, err := m.meet(ctx, tasks)
	if err != nil {
		return nil, fmt.Errorf("matcher.Mends(%d): %w", len(listingIDs), err)
	}
	for _, t := range tasks {
		out[t.listing.ID] = m.mends(t, others, never, m.keep(t, others, never))
	}
	return out, nil
}

// mends tries what would bring the task's listing more pairs than kept.
func (m *Matcher) mends(t task, others map[string]*Side, never words, kept []market.Proposal) []market.Mend {
	groups := m.hints(t, others, never)
	if len(groups) == 0 {
		return nil
	}
	before := make(map[string]int, len(kept))
	for _, p := range kept {
		before[otherOf(p, t.listing.ID)] = p.Total
	}
	best := map[string]market.Mend{}
	for _, g := range groups {
		mend := m.try(t, others, never, before, g)
		name := string(mend.Term) + mend.Label
		if mend.Reach+mend.Lift > 0 && (best[name].To == "" || better(mend, best[name]) < 0) {
			best[name] = mend
		}
	}
	list := slices.SortedFunc(maps.Values(best), better)
	return list[:min(len(list), market.MaxMends)]
}

func better(a, b market.Mend) int {
	return cmp.Or(cmp.Compare(b.Reach, a.Reach), cmp.Compare(b.Lift, a.Lift), strings.Compare(string(a.Term)+a.Label, string(b.Term)+b.Label))
}

func otherOf(p market.Proposal, listing string) string {
	if p.NeedID == listing {
		return p.SupplyID
	}
	return p.NeedID
}

// wished is one change with the pairs that hint at it, or at a milder one.
type wished struct {
	hint
	pairs []string
}

// hints collects the changes worth trying, in a fixed order.
func (m *Matcher) hints(t task, others map[string]*Side, never words) (out []wished) {
	found := map[string]*wished{}
	for _, id := range t.others {
		o := others[id]
		if o == nil || o.Listing.Side == t.listing.Side || never.forbids(&t, o) {
			continue
		}
		own := hintsOf(t.side, o)
		if len(own) == 0 || !m.related(t, o) {
			continue
		}
		for _, h := range own {
			if found[h.key()] == nil {
				found[h.key()] = &wished{hint: h}
			}
			found[h.key()].pairs = append(found[h.key()].pairs, id)
		}
	}
	byTerm := map[string][]wished{}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		name := string(found[key].term) + "\x00" + found[key].label
		byTerm[name] = append(byTerm[name], *found[key])
	}
	for _, name := range slices.Sorted(maps.Keys(byTerm)) {
		out = append(out, steps(byTerm[name])...)
	}
	slices.SortStableFunc(out, func(a, b wished) int { return cmp.Compare(len(b.pairs), len(a.pairs)) })
	return out[:min(len(out), mendsTried)]
}

// steps picks the changes of one term that are tried. Where one may go further
// or less far, a harder change helps those that hint at a milder one, too.
func steps(list []wished) []wished {
	slices.SortStableFunc(list, func(a, b wished) int { return cmp.Compare(a.size, b.size) })
	if list[0].size > 0 {
		for i := 1; i < len(list); i++ {
			list[i].pairs = append(slices.Clone(list[i-1].pairs), list[i].pairs...)
		}
		if n := len(list); n > mendSteps {
			list = []wished{list[0], list[n/2], list[n-1]}
		}
	}
	return list
}

// related keeps pairs out that no change of a price or a paper can bring together.
func (m *Matcher) related(t task, o *Side) bool {
	need, supply := needFirst(t.side, o)
	if !t.covered(o.Listing.ID) {
		return false
	}
	s := scorer{w: m.Weights, need: need, supply: supply, now: m.Now()}
	return s.relate(wordingOf(t.listing.Side, t.covers[o.Listing.ID])).Kind != chain.Different
}

func (t *task) covered(id string) bool { _, ok := t.covers[id]; return ok }

func needFirst(a, b *Side) (need, supply *Side) {
	if a.Listing.Side == market.Supply {
		return b, a
	}
	return a, b
}

// try matches the listing as if changed with those it stands with and those
// that hint at the change.
func (m *Matcher) try(t task, others map[string]*Side, never words, before map[string]int, g wished) market.Mend {
	l := t.listing
	l.Specs, l.Certificates = slices.Clone(l.Specs), slices.Clone(l.Certificates)
	g.apply(&l)
	changed := t
	reading := m.readListing(&l)
	changed.listing, changed.side = l, sideOf(l, t.side.Enterprise, reading)
	changed.side.rules = t.side.rules
	changed.others = unique(append(slices.Collect(maps.Keys(before)), g.pairs...))
	changed.stood = make(map[string]bool, len(before))
	for id := range before {
		changed.stood[id] = true
	}
	// What is said elsewhere than in the sums weighs in the wording.
	if covers, err := m.Index.Covers(reading, changed.others); err == nil {
		changed.covers = covers
	}
	mend := market.Mend{Term: g.term, Label: g.label, Own: g.own, To: g.to}
	for _, p := range m.keep(changed, others, never) {
		total, stood := before[otherOf(p, l.ID)]
		switch {
		case !stood:
			mend.Reach++
		case p.Total > total:
			mend.Lift++
		}
	}
	return mend
}

// hintsOf are the single changes of own that the pair with other asks for.
func hintsOf(own, other *Side) []hint {
	if own.Listing.Side == market.Supply {
		return supplyHints(own, other)
	}
	return needHints(own, other)
}

func supplyHints(own, need *Side) []hint {
	var out []hint
	l, n := &own.Listing, &need.Listing
	if missing := missingCertificates(need, own); len(missing) == 1 {
		c := missing[0]
		out = append(out, hint{term: market.TermCert, own: own.quotes.certs, to: c, apply: func(l *market.Listing) { l.Certificates = append(l.Certificates, c) }})
	}
	if want, ok := convert(n.Quantity.Amount, n.Quantity.Unit, moqUnit(l)); ok && l.MOQ.IsPositive() && want > 0 {
		if least := l.MOQ.InexactFloat64(); want < least && want >= leastMOQ*least {
			out = append(out, amountHint(market.TermMOQ, l.MOQ.String()+moqUnit(l), want, moqUnit(l), least/want, false, func(l *market.Listing, d decimal.Decimal) { l.MOQ = d }))
		}
	}
	if q := capacity(n.Quantity, l.Quantity); q == short || q == tight {
		want, _ := convert(n.Quantity.Amount, n.Quantity.Unit, l.Quantity.Unit)
		if have := l.Quantity.Amount.InexactFloat64(); want > have && want <= mostMore*have {
			out = append(out, amountHint(market.TermQuantity, own.quotes.quantity, want, l.Quantity.Unit, want/have, true, func(l *market.Listing, d decimal.Decimal) { l.Quantity.Amount = d }))
		}
	}
	if limit, ok := fenPer(n.Price, l.Price.Unit); ok && own.quotes.price != "" && limit < l.Price.Fen && float64(limit) >= leastPrice*float64(l.Price.Fen) {
		out = append(out, priceHint(own, limit, float64(l.Price.Fen)/float64(limit)))
	}
	if want := n.LeadDays; want > 0 && l.LeadDays > want && float64(want) >= leastLead*float64(l.LeadDays) {
		out = append(out, leadHint(own, want, float64(l.LeadDays)/float64(want)))
	}
	out = append(out, supplySpecHints(own, need)...)
	if m := notTo.FindStringSubmatch(l.Text); m != nil && need.quotes.place != "" && namesPlace(m[1], need.quotes.place) {
		out = append(out, hint{term: market.TermDistance, own: m[0], to: m[1], apply: func(l *market.Listing) { l.Text = notTo.ReplaceAllString(l.Text, "") }})
	}
	return out
}

// supplySpecHints: what is typed on the supply and not what the need demands,
// could be on offer as well.
func supplySpecHints(own, need *Side) []hint {
	var out []hint
	if len(own.grades) > 0 && len(need.grades) > 0 && !sharesGrade(need.grades, own.grades) {
		g := need.grades[0]
		out = append(out, hint{term: market.TermGrade, own: own.quotes.grades, to: g, apply: func(l *market.Listing) {
			l.Specs = append(l.Specs, market.Spec{Name: "牌号", Op: market.OpIs, Value: g})
		}})
	}
	for _, demand := range need.Listing.Specs {
		want, ok := typedSpec(demand)
		if !ok || isGrade(demand.Name) || isRegionSpec(demand.Name) || !slices.ContainsFunc(own.Listing.Specs, func(s market.Spec) bool { return specKey(s.Name) == want.key }) {
			continue
		}
		if share, known := bestOffer(want, own.specs); !known || share >= 0.5 {
			continue
		}
		offer := demand
		offer.Must = false
		out = append(out, hint{term: market.TermSpec, label: demand.Name, own: quoteOffer(want, own.specs), to: want.quote,
			apply: func(l *market.Listing) { l.Specs = append(l.Specs, offer) }})
	}
	return out
}

func needHints(own, supply *Side) []hint {
	var out []hint
	l, o := &own.Listing, &supply.Listing
	if missing := missingCertificates(own, supply); len(missing) == 1 {
		c := missing[0]
		out = append(out, hint{term: market.TermCert, own: own.quotes.certs, to: c, apply: func(l *market.Listing) {
			l.Certificates = slices.DeleteFunc(l.Certificates, func(x string) bool { return x == c })
		}})
	}
	amount := l.Quantity.Amount.InexactFloat64()
	setAmount := func(l *market.Listing, d decimal.Decimal) { l.Quantity.Amount = d }
	if least, ok := convert(o.MOQ, moqUnit(o), l.Quantity.Unit); ok && o.MOQ.IsPositive() && least > amount && least <= mostMore*amount {
		out = append(out, amountHint(market.TermMOQ, own.quotes.quantity, least, l.Quantity.Unit, least/amount, true, setAmount))
	}
	if capacity(l.Quantity, o.Quantity) == short {
		have, _ := convert(o.Quantity.Amount, o.Quantity.Unit, l.Quantity.Unit)
		if o.Quantity.Per == market.PerMonth && l.Quantity.Per != market.PerMonth {
			have *= 3
		}
		if have < amount && have >= leastWant*amount {
			out = append(out, amountHint(market.TermQuantity, own.quotes.quantity, have, l.Quantity.Unit, amount/have, false, setAmount))
		}
	}
	if asked, ok := fenPer(o.Price, l.Price.Unit); ok && own.quotes.price != "" && asked > l.Price.Fen && float64(asked) <= mostPrice*float64(l.Price.Fen) {
		out = append(out, priceHint(own, asked, float64(asked)/float64(l.Price.Fen)))
	}
	if days := o.LeadDays; l.LeadDays > 0 && days > l.LeadDays && float64(days) <= mostLead*float64(l.LeadDays) {
		out = append(out, leadHint(own, days, float64(days)/float64(l.LeadDays)))
	}
	return append(out, needSpecHints(own, supply)...)
}

// needSpecHints: a must-have that the supply does not meet could be a wish.
func needSpecHints(own, supply *Side) []hint {
	var out []hint
	soften := func(i int) func(*market.Listing) {
		return func(l *market.Listing) { l.Specs[i].Must = false }
	}
	for i, s := range own.Listing.Specs {
		if !s.Must {
			continue
		}
		h := hint{term: market.TermSpec, label: s.Name, own: quoteSpec(s), to: quoteSpec(s), apply: soften(i)}
		want, ok := typedSpec(s)
		switch {
		case isRegionSpec(s.Name):
			h.term = market.TermDistance
			if supply.quotes.place != "" && !namesPlace(s.Value, supply.quotes.place) {
				out = append(out, h)
			}
		case isGrade(s.Name):
			if len(supply.grades) > 0 && !sharesGrade(gradesOf(s.Value), supply.grades) {
				g := supply.grades[0]
				h.term, h.to = market.TermGrade, g
				h.apply = func(l *market.Listing) { l.Specs[i].Value += "、" + g }
				out = append(out, h)
			}
		case ok:
			if share, known := bestOffer(want, supply.specs); known && share < 0.5 {
				out = append(out, h)
			}
		}
	}
	return out
}

func moqUnit(l *market.Listing) string { return cmp.Or(l.Quantity.Unit, l.Price.Unit) }

// amountHint rounds so that the changed amount still reaches what is asked.
func amountHint(term market.TermName, own string, to float64, unit string, size float64, up bool, set func(*market.Listing, decimal.Decimal)) hint {
	d := decimal.NewFromFloat(to)
	if up {
		d = d.RoundCeil(3)
	} else {
		d = d.RoundFloor(3)
	}
	return hint{term: term, own: own, to: d.String() + unit, size: size, apply: func(l *market.Listing) { set(l, d) }}
}

func priceHint(own *Side, fen int64, size float64) hint {
	p := own.Listing.Price
	p.Fen = fen
	return hint{term: market.TermPrice, own: own.quotes.price, to: quotePrice(p), size: size, apply: func(l *market.Listing) { l.Price.Fen = fen }}
}

func leadHint(own *Side, days int, size float64) hint {
	return hint{term: market.TermLead, own: own.quotes.lead, to: quoteDays(days), size: size, apply: func(l *market.Listing) { l.LeadDays = days }}
}

// fenPer is a price counted per another unit, in whole 分.
func fenPer(p market.Price, unit string) (int64, bool) {
	if p.Negotiable || p.Fen <= 0 {
		return 0, false
	}
	if p.Unit == unit {
		return p.Fen, true
	}
	each, ok := chain.Convert(1, unit, p.Unit)
	if !ok || each <= 0 {
		return 0, false
	}
	return int64(float64(p.Fen) * each), true
}
