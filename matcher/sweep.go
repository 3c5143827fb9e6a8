package matcher

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lianqiao/market"
)

// Sweep is the nightly work of one worker: it expires what is due and matches
// every need again, then the supplies that could be mended for one of them or
// were to be mended before. (Every process writes its own index anew when its Feed sees
// that a sweep is due.) The day is for the log: a sweep that runs twice finds
// nothing to do the second time.
func (m *Matcher) Sweep(ctx context.Context, day string) error {
	began := time.Now()
	expired, err := m.expire(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	needs, hinted, err := m.rematch(ctx)
	if err == nil {
		err = m.mendAgain(ctx, hinted)
	}
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	m.Log.Info("swept", "day", day, "expired", expired, "needs", needs, "supplies", len(hinted), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// expire ends what is past its validity, a few at a time so that the writer
// stays free for others.
func (m *Matcher) expire(ctx context.Context) (int, error) {
	const few = 200
	total := 0
	for {
		n, err := m.Store.ExpireDue(ctx, m.Now(), few)
		total += n
		if err != nil || n < few {
			return total, err
		}
	}
}

// together is how many listings one transaction of the sweep matches.
const together = 128

// rematch matches every live need, some at a time on each processor, and returns
// the supplies that could be mended for one.
func (m *Matcher) rematch(ctx context.Context) (total int, hinted map[string]bool, err error) {
	var chunk []market.Listing
	var mu sync.Mutex
	hinted = map[string]bool{}
	hint := func(ids []string) {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			hinted[id] = true
		}
	}
	work, matching := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	flush := func() {
		total += len(chunk)
		these := chunk
		work.Go(func() error { return m.match(matching, these, hint) })
		chunk = nil
	}
	for d, err := range m.live(matching) {
		if err != nil {
			return total, nil, errors.Join(work.Wait(), err)
		}
		if d.Listing.Side != market.Need {
			continue
		}
		if chunk = append(chunk, d.Listing); len(chunk) == together {
			flush()
		}
	}
	flush()
	return total, hinted, work.Wait()
}

// mendAgain matches the hinted supplies and those with mends of another day.
func (m *Matcher) mendAgain(ctx context.Context, hinted map[string]bool) error {
	after := ""
	for {
		ids, err := m.Store.Mended(ctx, market.Supply, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			hinted[id] = true
		}
		if len(ids) < page {
			break
		}
		after = ids[len(ids)-1]
	}
	work, matching := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(hinted)), together) {
		work.Go(func() error { return m.matchIDs(matching, ids) })
	}
	return work.Wait()
}
