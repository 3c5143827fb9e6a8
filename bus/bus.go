// Package bus carries changes from the store's outbox through one NATS
// JetStream stream to those who act on them. Relay fills the stream, Feed shows
// every message to every process in stream order, Work shares the messages out
// among all workers and keeps each until it is done or given up.
//
// The stream is a throw-away: whoever loses it finds another StreamID and
// rebuilds what it derived from it. When no address is configured, the NATS
// server runs inside the process, without an open port.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lianqiao/market"
)

// Config says which stream to use and where it is kept.
type Config struct {
	URL      string // NATS addresses, comma-separated; empty: embedded
	Dir      string // folder of the embedded server
	Stream   string // name of the stream, e.g. LIANQIAO
	Replicas int    // copies of the stream in a NATS cluster; 0 means 1
	// WorkOn names the kinds of change that Work hands out; empty: all. Nine in
	// ten changes are about proposals, which no worker acts on.
	WorkOn []market.ChangeKind
	Log    *slog.Logger
}

// Message is one change with its place in the stream.
type Message struct {
	Seq    uint64
	Change market.Change
}

// Bus is an open connection to the stream. It is safe for concurrent use.
type Bus struct {
	config   Config
	log      *slog.Logger
	embedded *embedded // nil when the server is elsewhere
	conn     *nats.Conn
	js       jetstream.JetStream
	kick     chan struct{}

	// applying is held for reading while a feed batch is applied and for writing
	// while the epoch changes, so that the stream cannot take another identity
	// under the reader's hands.
	applying sync.RWMutex
	epoch    atomic.Pointer[epoch]
	feed     feedState
}

// openWait is how long Open waits for a NATS server that is still starting.
const openWait = 2 * time.Minute

// Open connects, starting the embedded server when Config.URL is empty, and
// makes the stream if it is missing.
func Open(ctx context.Context, c Config) (*Bus, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	b := &Bus{config: c, log: c.Log, kick: make(chan struct{}, 1)}
	if err := b.connect(); err != nil {
		b.Close(ctx)
		return nil, fmt.Errorf("bus.Open(%q): %w", c.Stream, err)
	}
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	if err := b.firstRefresh(ctx); err != nil {
		b.Close(ctx)
		return nil, fmt.Errorf("bus.Open(%q): %w", c.Stream, err)
	}
	b.feed.told, b.feed.fresh = b.epoch.Load(), make(chan struct{})
	return b, nil
}

func (b *Bus) connect() error {
	opts := []nats.Option{
		nats.Name("lianqiao"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(200 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("bus disconnected", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.log.Info("bus connected again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.log.Warn("bus", "err", err) }),
	}
	if b.config.URL == "" {
		server, err := startEmbedded(b.config.Dir, b.log)
		if err != nil {
			return err
		}
		b.embedded = server
		opts = append(opts, nats.InProcessServer(server))
	}
	var err error
	if b.conn, err = nats.Connect(b.config.URL, opts...); err != nil {
		return err
	}
	// One relay batch is at most relayBatch messages, so a publisher never
	// stalls on the limit of unacknowledged messages.
	b.js, err = jetstream.New(b.conn, jetstream.WithPublishAsyncMaxPending(4*relayBatch),
		jetstream.WithPublishAsyncTimeout(ackTimeout), jetstream.WithDefaultTimeout(5*time.Second))
	return err
}

// firstRefresh waits for a server that is starting or a cluster without a leader.
func (b *Bus) firstRefresh(ctx context.Context) error {
	for {
		_, err := b.refresh(ctx)
		if err == nil {
			return nil
		}
		b.log.Info("waiting for the bus", "err", err)
		if pause(ctx, 300*time.Millisecond) != nil {
			return err
		}
	}
}

// Close ends the connection and then the embedded server. Stop the loops first.
func (b *Bus) Close(ctx context.Context) error {
	var errs []error
	if b.conn != nil {
		errs = append(errs, b.flush(ctx))
		b.conn.Close()
	}
	if ep := b.epoch.Load(); ep != nil {
		ep.end()
	}
	if b.embedded != nil {
		b.embedded.stop()
	}
	if err := errors.Join(errs...); err != nil && b.embedded == nil {
		return fmt.Errorf("bus.Close: %w", err)
	}
	return nil
}

// Kick tells Relay that the outbox has something new. It never blocks.
func (b *Bus) Kick() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// flush sends what is still in the connection's buffer, e.g. acknowledgements.
func (b *Bus) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return b.conn.FlushWithContext(ctx)
}

func (b *Bus) subject(kind market.ChangeKind) string {
	return strings.ToLower(b.config.Stream) + ".change." + string(kind)
}

// pause waits, or returns the context's error when that comes first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
