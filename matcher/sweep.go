package matcher

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"lianqiao/chain"
	"lianqiao/market"
)

// Sweep is the nightly work of one worker: it expires what is due and matches
// again every need, and every supply that relations added to the tables are about. (Every process writes its own index anew when its Feed sees
// that a sweep is due.) The day is for the log: a sweep that runs twice finds
// nothing to do the second time.
func (m *Matcher) Sweep(ctx context.Context, day string) error {
	began := time.Now()
	expired, err := m.expire(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	matched, err := m.rematch(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	m.Log.Info("swept", "day", day, "expired", expired, "matched", matched, "took", time.Since(began).Round(time.Millisecond))
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

// rematch matches every live need, and the supplies that stand in a relation
// which was added, some at a time on each processor.
func (m *Matcher) rematch(ctx context.Context) (int, error) {
	added, err := m.Store.Additions(ctx)
	if err != nil {
		return 0, err
	}
	var words []string
	for _, a := range added {
		if a.Kind == market.AddRelation && !m.NoPotential {
			words = append(words, a.Words...)
		}
	}
	related := chain.NewConcerned(words)
	const together = 128
	var chunk []market.Listing
	total := 0
	work, matching := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	flush := func() {
		total += len(chunk)
		these := chunk
		work.Go(func() error { return guarded(func() error { return m.match(matching, these) }) })
		chunk = nil
	}
	for d, err := range m.live(matching) {
		if err != nil {
			return total, errors.Join(work.Wait(), err)
		}
		if d.Listing.Side != market.Need && (len(words) == 0 || !related.By(titleOf(&d.Listing))) {
			continue
		}
		if chunk = append(chunk, d.Listing); len(chunk) == together {
			flush()
		}
	}
	flush()
	return total, work.Wait()
}
