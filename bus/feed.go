package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lianqiao/market"
)

// batchMax is how many messages are handed over at once, to Feed and to Work.
const batchMax = 64

// feedState tells Work whether this process's feed follows the present stream.
type feedState struct {
	mu    sync.Mutex
	used  bool          // Feed was called at least once
	told  *epoch        // the newest epoch that Feed's caller knows of
	fresh chan struct{} // closed and replaced whenever on changes
	on    *epoch        // the epoch that a running Feed follows
}

// Feed shows every message from sequence from on to apply, in stream order,
// without gaps, in batches of at most 64. It survives lost connections. It
// returns when the context ends (nil), when apply fails (that error), when the
// stream was made anew (ErrNewStream) and when the stream does not join on to
// from (ErrTooOld); the caller then rebuilds and calls again. One Feed at a
// time per Bus; apply calls nothing of the Bus but StreamID.
func (b *Bus) Feed(ctx context.Context, from uint64, apply func(context.Context, []Message) error) error {
	ep, err := b.startFeed(max(1, from))
	if err != nil {
		return err
	}
	r := &reader{bus: b, epoch: ep, next: max(1, from), apply: apply}
	for failed := 0; ctx.Err() == nil; {
		before := r.next
		err := r.read(ctx)
		if r.fatal != nil && ctx.Err() == nil {
			return r.fatal
		}
		if r.next > before {
			failed = 0
		}
		failed++
		if ctx.Err() == nil {
			b.log.Warn("feed interrupted, resuming", "from", r.next, "err", err)
			_ = pause(ctx, backoff(failed, 50*time.Millisecond, 2*time.Second)) // an end is seen by the loop
		}
	}
	return nil
}

// startFeed returns the epoch to follow, or ErrNewStream once for each epoch
// that the caller has not been told of: its position is of another stream.
func (b *Bus) startFeed(from uint64) (*epoch, error) {
	b.feed.mu.Lock()
	defer b.feed.mu.Unlock()
	b.feed.used = true
	if now := b.epoch.Load(); b.feed.told != now {
		b.feed.told = now
		return nil, fmt.Errorf("bus.Feed(%d): %w", from, ErrNewStream)
	}
	return b.feed.told, nil
}

// following marks that the feed reads this epoch, so that Work may go on.
func (b *Bus) following(ep *epoch) {
	b.feed.mu.Lock()
	defer b.feed.mu.Unlock()
	if b.feed.on != ep {
		b.feed.on = ep
		close(b.feed.fresh)
		b.feed.fresh = make(chan struct{})
	}
}

// reader is one Feed at work.
type reader struct {
	bus   *Bus
	epoch *epoch
	next  uint64 // the sequence wanted next
	apply func(context.Context, []Message) error
	fatal error // ends the Feed
}

// read follows the stream until something breaks. The consumer it makes is a
// throw-away without acknowledgements: the position is the reader's own.
func (r *reader) read(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	consumer, err := r.bus.js.CreateConsumer(ctx, r.bus.config.Stream, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: r.next,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: 30 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("feed consumer: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	messages, broken := make(chan jetstream.Msg, batchMax), make(chan error, 1)
	flow, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case messages <- m:
		case <-ctx.Done():
		}
	}, jetstream.PullMaxMessages(4*batchMax), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(2*time.Second),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			select {
			case broken <- err:
			default:
			}
		}))
	if err != nil {
		return fmt.Errorf("feed consumer: %w", err)
	}
	defer flow.Stop()
	r.bus.following(r.epoch)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-broken:
			return err
		case <-r.epoch.ctx.Done():
			r.fatal = r.newStream()
			return r.fatal
		case m := <-messages:
			if err := r.take(ctx, m, messages); err != nil {
				return err
			}
		}
	}
}

// check finds out whether the stream still is the one followed and still holds
// what comes next.
func (r *reader) check(ctx context.Context) error {
	info, err := r.bus.refresh(ctx)
	if err != nil {
		return err
	}
	if r.bus.epoch.Load() != r.epoch {
		r.fatal = r.newStream()
	} else if info.State.LastSeq+1 < r.next || info.State.FirstSeq > r.next && info.State.LastSeq >= r.next {
		r.fatal = fmt.Errorf("bus.Feed(%d): stream holds %d to %d: %w", r.next, info.State.FirstSeq, info.State.LastSeq, ErrTooOld)
	}
	return r.fatal
}

func (r *reader) newStream() error {
	r.bus.feed.mu.Lock()
	r.bus.feed.told = r.bus.epoch.Load()
	r.bus.feed.mu.Unlock()
	return fmt.Errorf("bus.Feed(%d): %w", r.next, ErrNewStream)
}

// take applies the message and those already waiting behind it.
func (r *reader) take(ctx context.Context, first jetstream.Msg, more <-chan jetstream.Msg) error {
	batch := make([]Message, 0, batchMax)
	for m := first; ; {
		got, err := parse(m)
		if err != nil {
			return err
		}
		// A message lost on the way shows as a gap: the stream itself has none,
		// it only drops from its front, and that check finds out.
		if got.Seq != r.next+uint64(len(batch)) {
			return fmt.Errorf("feed: got message %d instead of %d", got.Seq, r.next+uint64(len(batch)))
		}
		batch = append(batch, got)
		if len(batch) == batchMax || len(more) == 0 {
			break
		}
		m = <-more
	}
	return r.hand(ctx, batch)
}

func (r *reader) hand(ctx context.Context, batch []Message) error {
	r.bus.applying.RLock()
	defer r.bus.applying.RUnlock()
	if r.bus.epoch.Load() != r.epoch {
		return ErrNewStream // read again: check reports it
	}
	if err := guard(ctx, batch, r.apply); err != nil {
		r.fatal = fmt.Errorf("bus.Feed(%d): %w", r.next, err)
		return r.fatal
	}
	r.next += uint64(len(batch))
	return nil
}

// guard turns a panic of a handler into an error: one bad listing must not take
// the process down for everybody.
func guard(ctx context.Context, batch []Message, f func(context.Context, []Message) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(ctx, batch)
}

// parse reads a message. A body that is not ours is a Change without a kind,
// which receivers pass over.
func parse(m jetstream.Msg) (Message, error) {
	meta, err := m.Metadata()
	if err != nil {
		return Message{}, fmt.Errorf("message without metadata: %w", err)
	}
	var w wire
	if err := json.Unmarshal(m.Data(), &w); err != nil {
		w = wire{}
	}
	if w.ID == "" {
		w.ID = m.Headers().Get(nats.MsgIdHdr)
	}
	return Message{Seq: meta.Sequence.Stream, Change: market.Change(w)}, nil
}
