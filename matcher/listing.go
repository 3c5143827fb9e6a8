package matcher

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// task is one listing on its way through a match.
type task struct {
	listing market.Listing
	side    *Side
	others  []string // ids of the other side to be scored
	stood   map[string]bool
	covers  map[string]search.Cover // what each of the others has in common with it
}

// matchesMax is how often a listing is matched when its counterparts change
// under its hands; then its message fails and comes back later.
const matchesMax = 5

// match matches listings, and those again whose counterparts changed meanwhile.
func (m *Matcher) match(ctx context.Context, list []market.Listing) error {
	for range matchesMax {
		if len(list) == 0 {
			return nil
		}
		again, err := m.matchOnce(ctx, list)
		if err != nil {
			return err
		}
		if list, err = m.read(ctx, again); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		return fmt.Errorf("matched %d times, and %d listings still met counterparts that changed, first %s", matchesMax, len(list), list[0].ID)
	}
	return nil
}

// matchOnce matches listings together: one query for each thing needed, one
// transaction for the results. It returns those to be matched again.
func (m *Matcher) matchOnce(ctx context.Context, list []market.Listing) (again []string, err error) {
	tasks, err := m.tasks(ctx, list)
	if err != nil {
		return nil, err
	}
	others, never, err := m.meet(ctx, tasks)
	if err != nil {
		return nil, err
	}
	results := make([]store.ListingMatches, len(tasks))
	err = sideBySide(len(tasks), func(i int) error {
		t := &tasks[i]
		l := &t.listing
		results[i] = store.ListingMatches{ListingID: l.ID, Rev: l.Rev, Side: l.Side, Keep: m.keep(*t, others, never), Seen: map[string]int64{}}
		for _, id := range t.others {
			if o := others[id]; o != nil {
				results[i].Seen[id] = o.Listing.Rev
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	again, err = m.Store.SaveMatches(ctx, results)
	for _, t := range tasks {
		if slices.Contains(again, t.listing.ID) {
			m.sides.forget(t.others)
		}
	}
	return again, err
}

// meet reads whom the tasks are compared with, and what people said about them.
func (m *Matcher) meet(ctx context.Context, tasks []task) (others map[string]*Side, never words, err error) {
	var ids []string
	for _, t := range tasks {
		ids = append(ids, t.others...)
	}
	if others, err = m.prepare(ctx, unique(ids)); err != nil {
		return nil, never, err
	}
	never, err = m.never(ctx, tasks, others)
	return others, never, err
}

// tasks reads the listings and finds whom each is to be compared with. A
// listing that does not stand meets its partners only, and so loses them.
func (m *Matcher) tasks(ctx context.Context, list []market.Listing) ([]task, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	sides, err := m.sidesOf(ctx, list, ids)
	if err != nil {
		return nil, err
	}
	partners, err := m.Store.Partners(ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	now := m.Now()
	tasks := make([]task, len(list))
	err = sideBySide(len(list), func(i int) error {
		l := &list[i]
		tasks[i] = task{listing: *l, side: sides[l.ID], stood: map[string]bool{}, covers: map[string]search.Cover{}}
		if !standing(l, now) {
			tasks[i].others = partners[l.ID]
			return nil
		}
		return m.findOthers(ctx, &tasks[i], partners[l.ID])
	})
	return tasks, err
}

// sideBySide does n things, as many at a time as there are processors. A panic
// is an error: one listing that cannot be matched must not end the process.
func sideBySide(n int, do func(i int) error) error {
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		all.Go(func() error { return guarded(func() error { return do(i) }) })
	}
	return all.Wait()
}

func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// sidesOf are the listings as read before, or read now where they are others.
func (m *Matcher) sidesOf(ctx context.Context, list []market.Listing, ids []string) (map[string]*Side, error) {
	sides, _, _ := m.sides.take(ids)
	var others []market.Listing
	for _, l := range list {
		if s := sides[l.ID]; s == nil || s.Listing.Rev != l.Rev {
			others = append(others, l)
		}
	}
	docs, err := m.withFirms(ctx, others)
	if err != nil {
		return nil, err
	}
	read, err := m.withRules(ctx, docs)
	maps.Copy(sides, read)
	return sides, err
}

// findOthers are the index's candidates and the partners of open proposals: a
// pair that the other side's match made is scored again, not forgotten because
// this side has ten better ones.
func (m *Matcher) findOthers(ctx context.Context, t *task, partners []string) error {
	asked := m.asked(&t.listing)
	found, err := m.Index.Candidates(ctx, t.listing.Side.Other(), asked, m.Candidates, t.listing.EnterpriseID)
	if err != nil {
		return err
	}
	for _, c := range found {
		t.others = append(t.others, c.ID)
		t.covers[c.ID] = c.Cover
	}
	missing := slices.DeleteFunc(slices.Clone(partners), func(id string) bool { _, ok := t.covers[id]; return ok })
	if len(missing) > 0 {
		more, err := m.Index.Covers(asked, missing)
		if err != nil {
			return err
		}
		maps.Copy(t.covers, more)
	}
	for _, id := range partners {
		t.stood[id] = true
	}
	t.others = unique(append(t.others, partners...))
	return m.findPotential(ctx, t)
}

// prepare loads and reads those of the ids that are not kept from before.
func (m *Matcher) prepare(ctx context.Context, ids []string) (map[string]*Side, error) {
	sides, missing, epoch := m.sides.take(ids)
	if len(missing) == 0 {
		return sides, nil
	}
	listings, err := m.Store.Listings(ctx, missing)
	if err != nil {
		return nil, err
	}
	list := make([]market.Listing, 0, len(listings))
	for _, id := range missing {
		if l, ok := listings[id]; ok {
			list = append(list, l)
		}
	}
	docs, err := m.withFirms(ctx, list)
	if err != nil {
		return nil, err
	}
	read, err := m.withRules(ctx, docs)
	if err != nil {
		return nil, err
	}
	m.sides.put(read, epoch)
	maps.Copy(sides, read)
	return sides, nil
}

// words are what people said: whom a firm and a listing must not be offered,
// and which pairs a firm found unfit.
type words struct {
	firms    map[string][]string
	listings map[string][]string
	unfit    map[string][]market.Proposal
	sides    map[string]*Side // of the listings in unfit
	quiet    map[string]bool  // firms that want nothing but what was posted
}

// forbids reports whether the listing of a task must not be offered another.
func (w *words) forbids(t *task, o *Side) bool {
	return slices.Contains(w.listings[t.listing.ID], o.Listing.ID) || slices.Contains(w.firms[t.listing.EnterpriseID], o.Listing.EnterpriseID)
}

func (m *Matcher) never(ctx context.Context, tasks []task, others map[string]*Side) (w words, err error) {
	var firms, listings, along, met []string
	for _, t := range tasks {
		firms = append(firms, t.listing.EnterpriseID)
		listings = append(listings, t.listing.ID)
	}
	for _, o := range others {
		met = append(met, o.Listing.EnterpriseID)
	}
	slices.Sort(met)
	if w.firms, err = m.Store.Vetoes(ctx, unique(firms)); err != nil {
		return w, err
	}
	if w.listings, err = m.Store.Refused(ctx, unique(listings)); err != nil {
		return w, err
	}
	for _, t := range tasks {
		if t.listing.Side != market.Supply {
			continue
		}
		along = append(along, t.listing.EnterpriseID)
		for _, id := range t.others {
			if o := others[id]; o != nil && o.Listing.Side == market.Supply {
				along = append(along, o.Listing.EnterpriseID)
			}
		}
	}
	if w.quiet, err = m.Store.WithoutPotential(ctx, unique(along)); err != nil {
		return w, err
	}
	return w, m.readUnfit(ctx, &w, unique(firms), unique(met))
}

// readUnfit adds what the firms found unfit: theirs, and of those they met.
func (m *Matcher) readUnfit(ctx context.Context, w *words, firms, met []string) (err error) {
	if w.unfit, err = m.Store.Unfit(ctx, unique(append(slices.Clone(firms), met...))); err != nil || len(w.unfit) == 0 {
		return err
	}
	var ids []string
	for _, pairs := range w.unfit {
		for _, p := range pairs {
			if slices.Contains(firms, p.NeedBy) || slices.Contains(firms, p.SupplyBy) {
				ids = append(ids, p.NeedID, p.SupplyID)
			}
		}
	}
	slices.Sort(ids)
	w.sides, err = m.prepare(ctx, unique(ids))
	return err
}

// keep scores a listing against its others and returns the pairs that stand:
// the best MaxPerListing, and of those that stood before all that still fit.
func (m *Matcher) keep(t task, others map[string]*Side, never words) []market.Proposal {
	var fit []market.Proposal
	rank := map[string]int{}
	for _, id := range t.others {
		o := others[id]
		if o == nil || o.Listing.Side == t.listing.Side || never.forbids(&t, o) {
			continue
		}
		p, ok := m.propose(t.side, o, t.covers[id])
		if !ok {
			continue
		}
		rank[id] = p.Total
		if never.likeRefused(t.side, o, never.sides) {
			if rank[id] -= likeRefused; rank[id] < m.Threshold {
				continue
			}
		}
		fit = append(fit, p)
	}
	slices.SortFunc(fit, func(a, b market.Proposal) int {
		return cmp.Or(cmp.Compare(rank[otherOf(b, t.listing.ID)], rank[otherOf(a, t.listing.ID)]), strings.Compare(a.NeedID+a.SupplyID, b.NeedID+b.SupplyID))
	})
	kept := fit[:0]
	for i, p := range fit {
		if i < m.MaxPerListing || t.stood[p.SupplyID] || t.stood[p.NeedID] {
			kept = append(kept, p)
		}
	}
	return append(kept, m.potentials(&t, others, never)...)
}

// propose makes the proposal of two sides, if they pass.
func (m *Matcher) propose(a, b *Side, c search.Cover) (market.Proposal, bool) {
	need, supply := needFirst(a, b)
	now := m.Now()
	if Broken(need, supply, now) != RuleNone {
		return market.Proposal{}, false
	}
	total, terms := m.Weights.scoreFrom(m.Threshold, need, supply, wordingOf(a.Listing.Side, c), now)
	return market.Proposal{
		NeedID: need.Listing.ID, SupplyID: supply.Listing.ID,
		NeedBy: need.Listing.EnterpriseID, SupplyBy: supply.Listing.EnterpriseID,
		Kind: market.Direct, Status: market.Open, Total: total, Terms: terms, Weights: m.Weights.Version,
	}, total >= m.Threshold
}
