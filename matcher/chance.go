package matcher

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"lianqiao/market"
	"lianqiao/search"
)

// How many changes are tried for a listing, and how many are told.
const (
	fixesTried = 12
	fixesTold  = 3
)

// fix is one change of a listing.
type fix struct {
	market.Chance
	apply func(*market.Listing)
}

// Chances tells what the owner of a live listing could change so that more
// listings of the other side fit, the most telling first. It looks at those that
// come near now, and goes by what they say in public: whom the other side does
// not want to meet is not taken out, or the count would tell.
func (m *Matcher) Chances(ctx context.Context, listingID string) ([]market.Chance, error) {
	list, err := m.read(ctx, []string{listingID})
	if err != nil {
		return nil, fmt.Errorf("matcher.Chances(%q): %w", listingID, err)
	}
	if len(list) == 0 || !standing(&list[0], m.Now()) {
		return nil, nil
	}
	tasks, err := m.tasks(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("matcher.Chances(%q): %w", listingID, err)
	}
	t := &tasks[0]
	others, err := m.prepare(ctx, t.others)
	if err != nil {
		return nil, fmt.Errorf("matcher.Chances(%q): %w", listingID, err)
	}
	near := slices.DeleteFunc(slices.Collect(maps.Values(others)), func(o *Side) bool { return o.Listing.Side == t.listing.Side })
	slices.SortFunc(near, func(a, b *Side) int { return strings.Compare(a.Listing.ID, b.Listing.ID) })
	missing := slices.DeleteFunc(near, func(o *Side) bool {
		_, fits := m.propose(t.side, o, t.covers[o.Listing.ID])
		return fits
	})
	var out []market.Chance
	for _, f := range fixes(t.side, missing) {
		if f.Gain = m.gain(t, f, missing); f.Gain > 0 {
			out = append(out, f.Chance)
		}
	}
	slices.SortStableFunc(out, func(a, b market.Chance) int { return cmp.Compare(b.Gain, a.Gain) })
	return out[:min(len(out), fixesTold)], nil
}

// gain counts the listings that fit once the change is made.
func (m *Matcher) gain(t *task, f fix, missing []*Side) (n int) {
	l := t.listing
	l.Certificates = slices.Clone(l.Certificates)
	f.apply(&l)
	side := sideOf(l, t.side.Enterprise, search.Read(&l))
	for _, o := range missing {
		if _, fits := m.propose(side, o, t.covers[o.Listing.ID]); fits {
			n++
		}
	}
	return n
}

// fixes lists the changes that may help with one of the missing listings, each
// once, those that more of them call for first.
func fixes(own *Side, missing []*Side) []fix {
	var out []fix
	called := map[market.Chance]int{}
	for _, o := range missing {
		for _, f := range fixesFor(own, o) {
			if called[f.Chance]++; called[f.Chance] == 1 {
				out = append(out, f)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b fix) int {
		return cmp.Or(cmp.Compare(called[b.Chance], called[a.Chance]), strings.Compare(a.Value, b.Value))
	})
	return out[:min(len(out), fixesTried)]
}

// fixesFor are the changes by which one pair may come to fit. Only the owner's
// own offer or demand is changed, never what the product is.
func fixesFor(own, other *Side) (out []fix) {
	need, supply := own, other
	supplies := own.Listing.Side == market.Supply
	if supplies {
		need, supply = other, own
	}
	n, s := &need.Listing, &supply.Listing
	if missing := missingCertificates(need, supply); len(missing) > 0 {
		value := strings.Join(missing, "、")
		out = append(out, fix{market.Chance{Term: market.TermCert, Value: value}, func(l *market.Listing) {
			if supplies {
				l.Certificates = append(l.Certificates, missing...)
			} else {
				l.Certificates = slices.DeleteFunc(l.Certificates, func(c string) bool { return slices.Contains(missing, c) })
			}
		}})
	}
	if capacity(n.Quantity, s.Quantity) == short {
		q := own.Listing.Quantity
		if want, ok := convert(other.Listing.Quantity.Amount, other.Listing.Quantity.Unit, q.Unit); ok {
			q.Amount = decimal.NewFromFloat(math.Ceil(want))
			if !supplies {
				q.Amount = decimal.NewFromFloat(math.Floor(want))
			}
			q.Per = other.Listing.Quantity.Per
			out = append(out, fix{market.Chance{Term: market.TermQuantity, Value: quoteQuantity(q)}, func(l *market.Listing) { l.Quantity = q }})
		}
	}
	if !supplies {
		return out
	}
	unit := cmp.Or(s.Quantity.Unit, s.Price.Unit)
	if want, ok := convert(n.Quantity.Amount, n.Quantity.Unit, unit); ok && want > 0 && want < s.MOQ.InexactFloat64()*(1-1e-9) {
		least := decimal.NewFromFloat(math.Floor(want))
		out = append(out, fix{market.Chance{Term: market.TermMOQ, Value: least.String() + unit}, func(l *market.Listing) { l.MOQ = least }})
	}
	if n.LeadDays > 0 && s.LeadDays > n.LeadDays {
		days := n.LeadDays
		out = append(out, fix{market.Chance{Term: market.TermLead, Value: strconv.Itoa(days) + "天"}, func(l *market.Listing) { l.LeadDays = days }})
	}
	return out
}
