package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lianqiao/market"
)

const (
	relayBatch = 256
	relayEvery = 500 * time.Millisecond // another process's commit does not kick us
	ackTimeout = 5 * time.Second
)

// Outbox is where changes wait until they are in the stream. TakeOutbox hands
// up to n of them to publish and deletes them only when that returns nil.
type Outbox interface {
	TakeOutbox(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error)
}

// wire is a change as it travels. Its ID travels as the message id, by which
// the stream drops a second copy.
type wire struct {
	ID   string            `json:"id"`
	Kind market.ChangeKind `json:"kind"`
	Of   string            `json:"of"`
}

// Relay moves changes from the outbox to the stream until the context ends. It
// wakes on Kick and twice a second. Any number of processes may relay.
func (b *Bus) Relay(ctx context.Context, outbox Outbox) error {
	tick := time.NewTicker(relayEvery)
	defer tick.Stop()
	failed := 0
	for {
		if err := b.drain(ctx, outbox); err != nil && ctx.Err() == nil {
			failed++
			b.log.Warn("relay", "err", err, "failed", failed)
			if _, err := b.refresh(ctx); err != nil {
				b.log.Warn("relay: stream", "err", err)
			}
			if pause(ctx, backoff(failed, 100*time.Millisecond, 5*time.Second)) != nil {
				return nil
			}
			continue
		}
		failed = 0
		select {
		case <-ctx.Done():
			return nil
		case <-b.kick:
		case <-tick.C:
		}
	}
}

// drain empties the outbox.
func (b *Bus) drain(ctx context.Context, outbox Outbox) error {
	for {
		n, err := outbox.TakeOutbox(ctx, relayBatch, b.publish)
		if err != nil || n < relayBatch {
			return err
		}
	}
}

// publish returns nil only after the stream acknowledged every change.
func (b *Bus) publish(ctx context.Context, changes []market.Change) error {
	acks := make([]jetstream.PubAckFuture, 0, len(changes))
	for _, c := range changes {
		body, err := json.Marshal(wire(c))
		if err != nil {
			return fmt.Errorf("publish change %s: %w", c.ID, err)
		}
		ack, err := b.js.PublishAsync(b.subject(c.Kind), body, jetstream.WithMsgID(c.ID))
		if err != nil {
			return fmt.Errorf("publish change %s: %w", c.ID, err)
		}
		acks = append(acks, ack)
	}
	for i, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return fmt.Errorf("publish change %s: %w", changes[i].ID, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// backoff doubles from first with every failure, up to most.
func backoff(failed int, first, most time.Duration) time.Duration {
	d := first << min(failed-1, 20)
	return min(d, most)
}
