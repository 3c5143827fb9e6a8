package search

import (
	"slices"
	"strings"

	"lianqiao/market"
)

// Balance is how many live listings of each side there are in a class, with all
// below it, or ("") altogether.
type Balance struct {
	Class           string
	Supplies, Needs int
}

// Balances counts the live listings of the clusters, no clusters being all of
// them: altogether first, then by class in the order of codes. It counts what
// Find finds for the same clusters, class and side.
func (x *Index) Balances(clusters []string) (list []Balance, err error) {
	err = x.guard("Balances", func() error {
		list = x.shelf.balances(clusters)
		return nil
	})
	return list, err
}

func (s *shelf) balances(ids []string) []Balance {
	s.mu.RLock()
	defer s.mu.RUnlock()
	total, by := Balance{}, make([]Balance, len(s.values))
	clusters := s.clusters(ids)
	for i := range s.items {
		it := &s.items[i]
		if it.id == "" || len(ids) > 0 && !slices.Contains(clusters, it.cluster) {
			continue
		}
		total.add(it.side)
		for _, class := range it.class {
			if class != 0 {
				by[class].add(it.side)
			}
		}
	}
	out := []Balance{}
	for n, b := range by {
		if b != (Balance{}) {
			b.Class = s.values[n]
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Balance) int { return strings.Compare(a.Class, b.Class) })
	return append([]Balance{total}, out...)
}

func (b *Balance) add(side market.Side) {
	if side == market.Need {
		b.Needs++
	} else {
		b.Supplies++
	}
}
