// Package matcher proposes supplies to needs. It keeps the process's own index
// equal to the store, finds candidates there, asks the hard rules, scores with
// named terms and saves the proposals. The store stays the only truth: every
// listing and firm is read from it, never from the index or a message.
package matcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// Config is what a Matcher works with. Zero numbers mean the defaults.
type Config struct {
	Store         *store.Store
	Index         *search.Index
	Log           *slog.Logger
	Now           func() time.Time
	MaxPerListing int      // proposals one listing's match makes at most; 10
	Threshold     int      // least total of a proposal; DefaultThreshold
	Weights       *Weights // of the terms; Present()
	Candidates    int      // listings scored for one; 50
	Cached        int      // prepared sides kept, some 2 kB each; 200,000
	NoPotential   bool     // only what was posted is matched, nothing along the chain
	NoWait        bool     // negative control only: matching does not wait for the index
}

// Matcher is safe for concurrent use.
type Matcher struct {
	Config
	sides *sideCache
	words atomic.Pointer[chain.Words]
}

// New makes a matcher; it starts nothing.
func New(c Config) *Matcher {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxPerListing <= 0 {
		c.MaxPerListing = 10
	}
	if c.Threshold <= 0 {
		c.Threshold = DefaultThreshold
	}
	if c.Weights == nil {
		c.Weights = Present()
	}
	if c.Candidates <= 0 {
		c.Candidates = 50
	}
	if c.Cached <= 0 {
		c.Cached = 200_000
	}
	return &Matcher{Config: c, sides: newSideCache(c.Cached)}
}

// page is how many listings are read from the store at a time.
const page = 500

// Rebuild fills an empty index with everything live and sets its position.
// Until its last step the index says that it is fresh, so that a rebuild cut
// short is begun again.
func (m *Matcher) Rebuild(ctx context.Context, seq uint64, stream string) error {
	if err := m.Index.Reset(); err != nil {
		return fmt.Errorf("matcher.Rebuild: %w", err)
	}
	epoch := m.sides.clear()
	var chunk []search.Doc
	flush := func() error {
		sides, err := m.withRules(ctx, chunk)
		if err != nil {
			return err
		}
		m.sides.put(sides, epoch)
		err = m.Index.Apply(chunk, nil, 0, "")
		chunk = nil
		return err
	}
	for d, err := range m.live(ctx) {
		if err != nil {
			return fmt.Errorf("matcher.Rebuild: %w", err)
		}
		if chunk = append(chunk, d); len(chunk) == page {
			if err := flush(); err != nil {
				return fmt.Errorf("matcher.Rebuild: %w", err)
			}
		}
	}
	sides, err := m.withRules(ctx, chunk)
	if err != nil {
		return fmt.Errorf("matcher.Rebuild: %w", err)
	}
	m.sides.put(sides, epoch)
	if err := m.Index.Apply(chunk, nil, seq, stream); err != nil {
		return fmt.Errorf("matcher.Rebuild: %w", err)
	}
	return nil
}

// reindex writes every live listing anew and takes out what is none, without
// moving the position and without an empty moment: readers go on meanwhile.
// Only a Feed may call it, as nothing else may write the index at that time.
func (m *Matcher) reindex(ctx context.Context) error {
	at, stream := m.Index.Position()
	live, epoch := map[string]bool{}, m.sides.clear()
	var chunk []search.Doc
	flush := func(gone []string) error {
		sides, err := m.withRules(ctx, chunk)
		if err != nil {
			return err
		}
		m.sides.put(sides, epoch)
		err = m.Index.Apply(chunk, gone, at, stream)
		chunk = nil
		return err
	}
	for d, err := range m.live(ctx) {
		if err != nil {
			return err
		}
		live[d.Listing.ID] = true
		if chunk = append(chunk, d); len(chunk) == page {
			if err := flush(nil); err != nil {
				return err
			}
		}
	}
	ids, err := m.Index.IDs(ctx)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(ids, func(id string) bool { return live[id] })
	if len(gone) > 0 {
		m.Log.Warn("the index held listings that are not live", "count", len(gone))
	}
	return flush(gone)
}

// live walks every live listing with its firm, in the order of ids.
func (m *Matcher) live(ctx context.Context) func(yield func(search.Doc, error) bool) {
	return func(yield func(search.Doc, error) bool) {
		after := ""
		for {
			list, err := m.Store.ScanListings(ctx, market.Live, after, page)
			if err != nil {
				yield(search.Doc{}, err)
				return
			}
			docs, err := m.withFirms(ctx, list)
			if err != nil {
				yield(search.Doc{}, err)
				return
			}
			for _, d := range docs {
				if !yield(d, nil) {
					return
				}
			}
			if len(list) < page {
				return
			}
			after = list[len(list)-1].ID
		}
	}
}

func (m *Matcher) withFirms(ctx context.Context, list []market.Listing) ([]search.Doc, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].EnterpriseID)
	}
	firms, err := m.Store.Enterprises(ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	docs := make([]search.Doc, len(list))
	for i := range list {
		docs[i] = search.Doc{Listing: list[i], Enterprise: firms[list[i].EnterpriseID]}
	}
	return docs, nil
}

// Feed brings the own index up to seq: what changed is read anew from the
// store, so a change that is fed twice or late does no harm. A due sweep writes
// the whole index anew.
func (m *Matcher) Feed(ctx context.Context, changes []market.Change, seq uint64, stream string) error {
	if slices.ContainsFunc(changes, func(c market.Change) bool { return c.Kind == market.ChangeWords || c.Kind == market.ChangeSweep }) {
		if err := m.LoadWords(ctx); err != nil {
			return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
		}
	}
	if slices.ContainsFunc(changes, func(c market.Change) bool { return c.Kind == market.ChangeSweep }) {
		if err := m.reindex(ctx); err != nil {
			return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
		}
	}
	ids, err := m.touched(ctx, changes)
	if err != nil {
		return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
	}
	epoch := m.sides.forget(ids)
	listings, err := m.Store.Listings(ctx, ids)
	if err != nil {
		return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
	}
	var live []market.Listing
	var gone []string
	for _, id := range ids {
		if l, ok := listings[id]; ok && l.Status == market.Live {
			live = append(live, l)
		} else {
			gone = append(gone, id)
		}
	}
	docs, err := m.withFirms(ctx, live)
	if err != nil {
		return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
	}
	sides, err := m.withRules(ctx, docs)
	if err != nil {
		return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
	}
	m.sides.put(sides, epoch)
	if err := m.Index.Apply(docs, gone, seq, stream); err != nil {
		return fmt.Errorf("matcher.Feed(%d): %w", seq, err)
	}
	return nil
}

// readSides reads each listing once for the index and the score; twice where its
// cluster has words of its own.
func (m *Matcher) readSides(docs []search.Doc) map[string]*Side {
	sides := make(map[string]*Side, len(docs))
	for i := range docs {
		r := search.Read(&docs[i].Listing)
		docs[i].Reading = &r
		scored := r
		if l := &docs[i].Listing; m.Words().Of(l.ClusterID) != chain.Embedded {
			scored = m.readListing(l)
		}
		s := sideOf(docs[i].Listing, docs[i].Enterprise, scored)
		sides[s.Listing.ID] = s
	}
	return sides
}

// touched lists the listings that changes are about, each once: a firm's
// change touches all of its live listings.
func (m *Matcher) touched(ctx context.Context, changes []market.Change) ([]string, error) {
	var ids []string
	for _, c := range changes {
		switch c.Kind {
		case market.ChangeListing:
			ids = append(ids, c.Of)
		case market.ChangeEnterprise:
			of, err := m.listingsOf(ctx, c.Of)
			if err != nil && !market.IsKind(err, market.NotFound) {
				return nil, err
			}
			ids = append(ids, of...)
		}
	}
	return unique(ids), nil
}

func (m *Matcher) listingsOf(ctx context.Context, enterprise string) ([]string, error) {
	var ids []string
	after := ""
	for {
		list, next, err := m.Store.ListingsOf(ctx, enterprise, market.Live, after, 100)
		if err != nil {
			return nil, err
		}
		for i := range list {
			ids = append(ids, list[i].ID)
		}
		if next == "" {
			return ids, nil
		}
		after = next
	}
}

// unique keeps the first of each id, in order.
func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	out := ids[:0:0]
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// Apply matches one change without waiting for a position.
func (m *Matcher) Apply(ctx context.Context, c market.Change) error {
	return m.Match(ctx, []market.Change{c}, 0)
}

// Match matches the listings of a batch of changes. It waits until the index
// holds everything up to seq: of two listings posted at once, the later one
// then surely sees the earlier.
func (m *Matcher) Match(ctx context.Context, changes []market.Change, seq uint64) error {
	if !m.NoWait {
		if err := m.Index.Wait(ctx, seq); err != nil {
			return fmt.Errorf("matcher.Match(%d): %w", seq, err)
		}
	}
	var errs []error
	ids, err := m.touched(ctx, changes)
	if err == nil {
		err = m.matchIDs(ctx, ids)
	}
	errs = append(errs, err)
	for _, c := range changes {
		if c.Kind == market.ChangeSweep {
			errs = append(errs, m.Sweep(ctx, c.Of))
		}
		if c.Kind == market.ChangeWords {
			errs = append(errs, m.concerned(ctx, c.Of))
		}
		if c.Kind == market.ChangePlan {
			errs = append(errs, m.Solve(ctx, c.Of))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("matcher.Match(%d): %w", seq, err)
	}
	return nil
}

func (m *Matcher) matchIDs(ctx context.Context, ids []string) error {
	list, err := m.read(ctx, ids)
	if err != nil {
		return err
	}
	return m.match(ctx, list)
}

// read reads listings from the store, in the order of ids.
func (m *Matcher) read(ctx context.Context, ids []string) ([]market.Listing, error) {
	listings, err := m.Store.Listings(ctx, ids)
	list := make([]market.Listing, 0, len(ids))
	for _, id := range ids {
		if l, ok := listings[id]; ok {
			list = append(list, l)
		}
	}
	return list, err
}
