package matcher

import (
	"context"
	"fmt"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
)

// Sweep is the nightly work: it expires what is due and matches every need
// again, in memory and with the scores of the index. The day is for the log:
// a sweep that runs twice finds nothing to do the second time.
func (m *Matcher) Sweep(ctx context.Context, day string) error {
	began := time.Now()
	expired, err := m.expire(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	batch, err := search.NewBatch(m.live(ctx))
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	needs, err := m.rematch(ctx, batch)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	m.Log.Info("swept", "day", day, "expired", expired, "listings", batch.Count(), "needs", needs, "took", time.Since(began).Round(time.Millisecond))
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

// rematch matches every live need against the batch.
func (m *Matcher) rematch(ctx context.Context, batch *search.Batch) (int, error) {
	find := func(_ context.Context, side market.Side, r chain.Reading, n int, skip string) ([]search.Candidate, error) {
		return batch.Candidates(side, r, n, skip), nil
	}
	const together = 128
	var chunk []market.Listing
	total := 0
	flush := func() error {
		total += len(chunk)
		err := m.match(ctx, chunk, find)
		chunk = chunk[:0]
		return err
	}
	for d, err := range m.live(ctx) {
		if err != nil {
			return total, err
		}
		if d.Listing.Side != market.Need {
			continue
		}
		if chunk = append(chunk, d.Listing); len(chunk) == together {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	return total, flush()
}
