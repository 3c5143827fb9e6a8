package matcher

import (
	"context"
	"fmt"
	"time"

	"lianqiao/market"
)

// Sweep is the nightly work of one worker: it expires what is due and matches
// every need again. (Every process writes its own index anew when its Feed sees
// that a sweep is due.) The day is for the log: a sweep that runs twice finds
// nothing to do the second time.
func (m *Matcher) Sweep(ctx context.Context, day string) error {
	began := time.Now()
	expired, err := m.expire(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	needs, err := m.rematch(ctx)
	if err != nil {
		return fmt.Errorf("matcher.Sweep(%s): %w", day, err)
	}
	m.Log.Info("swept", "day", day, "expired", expired, "needs", needs, "took", time.Since(began).Round(time.Millisecond))
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

// rematch matches every live need.
func (m *Matcher) rematch(ctx context.Context) (int, error) {
	const together = 128
	var chunk []market.Listing
	total := 0
	flush := func() error {
		total += len(chunk)
		err := m.match(ctx, chunk)
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
