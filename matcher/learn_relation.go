package matcher

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// LearnedRelation is what firms' listings and agreements say goes into a product,
// for a person to review.
type LearnedRelation struct {
	chain.Relation
	Firms  int // that make the product and post a need of the material
	Makers int // that make the product and post any need
	Agreed int // potential proposals of the two on which both firms agreed to meet
}

// What a relation must rest on: so many firms, or agreements; and firms that make
// the product must buy the material so many times as often as others do.
const (
	LeastFirms  = 3
	leastAgreed = 2
	leastLift   = 2.0
	leastShare  = 0.1 // of the makers, at the least by what so few firms can show
)

// LearnRelations reads every listing that was published and every answer to a
// potential proposal. What the embedded tables and the additions say already is
// left out. The order is that of the products, then the surest first.
func LearnRelations(ctx context.Context, st *store.Store, least int) ([]LearnedRelation, error) {
	added, err := st.Additions(ctx)
	if err != nil {
		return nil, fmt.Errorf("matcher.LearnRelations: %w", err)
	}
	r := relationLearner{words: wordsOf(added), makes: map[string]map[string]bool{}, buys: map[string]map[string]bool{}, agreed: map[[2]string]int{}}
	if err := r.readListings(ctx, st); err != nil {
		return nil, fmt.Errorf("matcher.LearnRelations: %w", err)
	}
	if err := r.readAnswers(ctx, st); err != nil {
		return nil, fmt.Errorf("matcher.LearnRelations: %w", err)
	}
	return r.conclude(max(least, 2)), nil
}

// relationLearner counts by firm what it makes and buys, by head words.
type relationLearner struct {
	words       *chain.Words
	makes, buys map[string]map[string]bool // by firm
	agreed      map[[2]string]int          // material, product
}

func (r *relationLearner) heads(l *market.Listing) []string {
	return search.ReadWith(r.words.Of(l.ClusterID), l).Heads
}

func (r *relationLearner) readListings(ctx context.Context, st *store.Store) error {
	for after := ""; ; {
		list, err := st.ScanListings(ctx, "", after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			l := &list[i]
			after = l.ID
			if l.PublishedAt.IsZero() || l.Board != market.Goods {
				continue
			}
			of := r.makes
			if l.Side == market.Need {
				of = r.buys
			}
			if of[l.EnterpriseID] == nil {
				of[l.EnterpriseID] = map[string]bool{}
			}
			for _, h := range r.heads(l) {
				of[l.EnterpriseID][h] = true
			}
		}
	}
}

func (r *relationLearner) readAnswers(ctx context.Context, st *store.Store) error {
	var ids []string
	var pairs [][2]string
	err := st.Judgements(ctx, func(j market.Judgement) error {
		if p := j.Proposal; p.Kind == market.Potential && j.Good && j.Says >= 2 {
			ids, pairs = append(ids, p.NeedID, p.SupplyID), append(pairs, [2]string{p.SupplyID, p.NeedID})
		}
		return nil
	})
	if err != nil {
		return err
	}
	listings, err := st.Listings(ctx, unique(ids))
	if err != nil {
		return err
	}
	for _, p := range pairs {
		material, product := listings[p[0]], listings[p[1]]
		from, to := r.heads(&material), r.heads(&product)
		if len(from) > 0 && len(to) > 0 {
			r.agreed[[2]string{from[0], to[0]}]++
		}
	}
	return nil
}

func (r *relationLearner) conclude(least int) []LearnedRelation {
	makers, buyers, both := map[string]int{}, map[string]int{}, map[[2]string]int{}
	for firm, needs := range r.buys {
		for n := range needs {
			buyers[n]++
		}
		for s := range r.makes[firm] {
			makers[s]++
			for n := range needs {
				both[[2]string{n, s}]++
			}
		}
	}
	pairs := map[[2]string]bool{}
	for p, n := range both {
		if n >= least {
			pairs[p] = true
		}
	}
	for p, n := range r.agreed {
		if n >= leastAgreed {
			pairs[p] = true
		}
	}
	var out []LearnedRelation
	for p := range pairs {
		l := LearnedRelation{Relation: chain.Relation{From: p[0], To: p[1]}, Firms: both[p], Makers: makers[p[1]], Agreed: r.agreed[p]}
		share := surelyAtLeast(l.Firms, l.Makers)
		usual := float64(buyers[p[0]]) / float64(max(len(r.buys), 1))
		bought := l.Firms >= least && share >= leastShare && float64(l.Firms)/float64(l.Makers) >= leastLift*usual
		if !bought && l.Agreed < leastAgreed || r.known(l.Relation) {
			continue
		}
		// What firms agreed on is as sure as an auxiliary material of the tables.
		if l.Weight = share; !bought || l.Agreed >= leastAgreed {
			l.Weight = max(0.6, share)
		}
		l.Weight = math.Round(l.Weight*100) / 100
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b LearnedRelation) int {
		return cmp.Or(strings.Compare(a.To, b.To), cmp.Compare(b.Weight, a.Weight), strings.Compare(a.From, b.From))
	})
	return out
}

// known says that a relation, or that the two are one or a kind of each other, is
// no news.
func (r *relationLearner) known(x chain.Relation) bool {
	if chain.KindOf(x.From, x.To) || chain.KindOf(x.To, x.From) {
		return true
	}
	return slices.ContainsFunc(r.words.Of("").Upstream(x.To), func(u chain.Relation) bool { return u.From == x.From || chain.KindOf(x.From, u.From) })
}

// surelyAtLeast is the share that n of all show with nine tenths of certainty (Wilson's
// lower bound).
func surelyAtLeast(n, all int) float64 {
	if all == 0 {
		return 0
	}
	const z = 1.2816
	p, m := float64(n)/float64(all), float64(all)
	return max(0, (p+z*z/(2*m)-z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m)))/(1+z*z/m))
}
