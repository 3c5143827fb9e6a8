package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	keepFor   = 7 * 24 * time.Hour // a process away for longer rebuilds from the store
	keepBytes = 1 << 30
	dropTwins = 10 * time.Minute // a relay that lost an acknowledgement repeats within this
)

// ErrTooOld says that the stream does not join on to the position asked for:
// what followed it was already dropped, or the stream lost its end. The reader
// must rebuild from the store.
var ErrTooOld = errors.New("the stream does not join on to this position")

// ErrNewStream says that the stream was lost and made anew: positions in the
// old one mean nothing any more.
var ErrNewStream = errors.New("the stream was made anew")

// epoch is the life of one stream. ctx ends with it.
type epoch struct {
	id  string
	ctx context.Context
	end context.CancelFunc
}

// durable is the consumer's name in this epoch. A worker that has not noticed
// yet that the stream was made anew finds no consumer and looks, instead of
// comparing the new stream's sequences with positions in the old one.
func (e *epoch) durable(name string) string {
	return name + "-" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, e.id)
}

// refresh looks the stream up, makes it if it is missing, and starts a new
// epoch when it is not the one known so far.
func (b *Bus) refresh(ctx context.Context) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	stream, err := b.js.Stream(ctx, b.config.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = b.js.CreateStream(ctx, b.streamConfig())
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", b.config.Stream, err)
	}
	info := stream.CachedInfo()
	if info.Config.Replicas < b.config.Replicas {
		b.grow(ctx, info.Config)
	}
	b.enter(info.Created.UTC().Format(time.RFC3339Nano))
	return info, nil
}

func (b *Bus) streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: b.config.Stream, Subjects: []string{b.subject("*")},
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, Storage: jetstream.FileStorage,
		MaxAge: keepFor, MaxBytes: keepBytes, Duplicates: dropTwins, Replicas: max(1, b.config.Replicas),
	}
}

// grow adds copies to a stream made with fewer. Failing only means fewer copies.
func (b *Bus) grow(ctx context.Context, c jetstream.StreamConfig) {
	c.Replicas = b.config.Replicas
	if _, err := b.js.UpdateStream(ctx, c); err != nil {
		b.log.Warn("stream has fewer copies than wanted", "want", b.config.Replicas, "err", err)
	}
}

// enter starts an epoch unless the stream is the one known already.
func (b *Bus) enter(id string) {
	if now := b.epoch.Load(); now != nil && now.id == id {
		return
	}
	b.applying.Lock()
	defer b.applying.Unlock()
	before := b.epoch.Load()
	if before != nil && before.id == id {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	b.epoch.Store(&epoch{id: id, ctx: ctx, end: end})
	if before != nil {
		b.log.Warn("the stream was made anew", "was", before.id, "is", id)
		before.end()
	}
}

// StreamID is the identity of the stream: the moment it was made. Whoever finds
// another one than before rebuilds what was derived from the stream. Inside a
// Feed's apply it does not change.
func (b *Bus) StreamID() string { return b.epoch.Load().id }

// LastSeq is the sequence of the newest message; 0 in an empty stream.
func (b *Bus) LastSeq(ctx context.Context) (uint64, error) {
	info, err := b.refresh(ctx)
	if err != nil {
		return 0, fmt.Errorf("bus.LastSeq: %w", err)
	}
	return info.State.LastSeq, nil
}

// Pending counts the messages that the durable consumer has not finished:
// waiting ones and those a worker is busy with.
func (b *Bus) Pending(ctx context.Context, durable string) (uint64, error) {
	info, err := b.refresh(ctx)
	if err != nil {
		return 0, fmt.Errorf("bus.Pending(%q): %w", durable, err)
	}
	consumer, err := b.js.Consumer(ctx, b.config.Stream, b.epoch.Load().durable(durable))
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return info.State.Msgs, nil
	}
	if err != nil {
		return 0, fmt.Errorf("bus.Pending(%q): %w", durable, err)
	}
	c := consumer.CachedInfo()
	return c.NumPending + uint64(c.NumAckPending), nil
}
