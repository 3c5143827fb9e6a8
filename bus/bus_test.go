package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

const patience = 30 * time.Second

func openBus(t *testing.T, dir string) *Bus {
	t.Helper()
	b, err := Open(t.Context(), Config{Dir: dir, Stream: "TEST", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return b
}

func newBus(t *testing.T) *Bus {
	t.Helper()
	b := openBus(t, t.TempDir())
	t.Cleanup(func() { require.NoError(t, b.Close(context.Background())) })
	return b
}

// run starts a loop of the bus; stop ends it and returns its error.
func run(t *testing.T, loop func(context.Context) error) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- loop(ctx) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() { cancel(); err = <-ended })
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return stop
}

func change(i int) market.Change {
	return market.Change{ID: fmt.Sprintf("c%04d", i), Kind: market.ChangeListing, Of: fmt.Sprintf("l%04d", i)}
}

func publish(t *testing.T, b *Bus, from, to int) {
	t.Helper()
	var cs []market.Change
	for i := from; i <= to; i++ {
		cs = append(cs, change(i))
	}
	require.NoError(t, b.publish(t.Context(), cs))
}

func next[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		panic("unreachable")
	}
}

// feedInto sends every message that Feed shows to a channel.
func feedInto(b *Bus, from uint64, out chan<- Message) func(context.Context) error {
	return func(ctx context.Context) error {
		return b.Feed(ctx, from, func(_ context.Context, batch []Message) error {
			for _, m := range batch {
				out <- m
			}
			return nil
		})
	}
}

// memOutbox is an outbox in memory whose rows get their place when they are
// taken, like rows of transactions that commit late.
type memOutbox struct {
	mu   sync.Mutex
	rows map[string]market.Change
}

func (o *memOutbox) put(cs ...market.Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range cs {
		o.rows[c.ID] = c
	}
}

func (o *memOutbox) left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rows)
}

func (o *memOutbox) TakeOutbox(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error) {
	o.mu.Lock()
	var take []market.Change
	for _, c := range o.rows {
		if len(take) < n {
			take = append(take, c)
		}
	}
	o.mu.Unlock()
	if len(take) == 0 {
		return 0, nil
	}
	if err := publish(ctx, take); err != nil {
		return 0, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range take {
		delete(o.rows, c.ID)
	}
	return len(take), nil
}

func TestFeedKeepsOrderAndResumes(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 300)
	got := make(chan Message, 1000)
	stop := run(t, feedInto(b, 1, got))
	for i := 1; i <= 300; i++ {
		require.Equal(t, Message{Seq: uint64(i), Change: change(i)}, next(t, got))
	}
	require.NoError(t, stop())
	publish(t, b, 301, 310)
	run(t, feedInto(b, 291, got))
	for i := 291; i <= 310; i++ {
		require.Equal(t, Message{Seq: uint64(i), Change: change(i)}, next(t, got))
	}
}

func TestFeedReturnsTheHandlersError(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 3)
	broken := errors.New("index is broken")
	err := b.Feed(t.Context(), 1, func(context.Context, []Message) error { return broken })
	require.ErrorIs(t, err, broken)
	err = b.Feed(t.Context(), 1, func(context.Context, []Message) error { panic("bad batch") })
	require.ErrorContains(t, err, "bad batch")
}

func TestFeedSaysThatThePositionIsGone(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 10)
	stream, err := b.js.Stream(t.Context(), "TEST")
	require.NoError(t, err)
	require.NoError(t, stream.Purge(t.Context()))
	nothing := func(context.Context, []Message) error { return nil }
	require.ErrorIs(t, b.Feed(t.Context(), 5, nothing), ErrTooOld)
	require.ErrorIs(t, b.Feed(t.Context(), 12, nothing), ErrTooOld, "ahead of the stream")
	got := make(chan Message, 10)
	run(t, feedInto(b, 11, got))
	publish(t, b, 11, 11)
	require.Equal(t, uint64(11), next(t, got).Seq)
}

func TestFeedSurvivesALostConnection(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 5)
	got := make(chan Message, 100)
	run(t, feedInto(b, 1, got))
	for range 5 {
		next(t, got)
	}
	require.NoError(t, b.conn.ForceReconnect())
	require.Eventually(t, b.conn.IsConnected, patience, time.Millisecond)
	publish(t, b, 6, 10)
	for i := 6; i <= 10; i++ {
		require.Equal(t, uint64(i), next(t, got).Seq)
	}
}

func TestWorkIsSharedAndEachMessageDoneOnce(t *testing.T) {
	b := newBus(t)
	var mu sync.Mutex
	times, share := map[string]int{}, map[int]int{}
	all := make(chan struct{})
	handler := func(who int) Handle {
		return func(_ context.Context, batch []Message) error {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range batch {
				times[m.Change.ID]++
			}
			share[who] += len(batch)
			if len(times) == 500 {
				select {
				case <-all:
				default:
					close(all)
				}
			}
			return nil
		}
	}
	for who := range 2 {
		run(t, func(ctx context.Context) error { return b.Work(ctx, "match", handler(who), nil) })
	}
	publish(t, b, 1, 250)
	publish(t, b, 251, 500)
	next(t, all)
	drained(t, b, "match")
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, times, 500)
	for id, n := range times {
		require.Equal(t, 1, n, id)
	}
	require.Equal(t, 500, share[0]+share[1])
}

func drained(t *testing.T, b *Bus, durable string) {
	t.Helper()
	require.Eventually(t, func() bool {
		n, err := b.Pending(t.Context(), durable)
		return err == nil && n == 0
	}, patience, 10*time.Millisecond)
}

func quickWorker(b *Bus, handle Handle, gaveUp GaveUp) func(context.Context) error {
	w := &worker{bus: b, durable: "match", handle: handle, gaveUp: gaveUp, wait: []time.Duration{time.Millisecond}, busy: time.Second}
	return func(ctx context.Context) error {
		failed := 0
		return w.run(ctx, &failed)
	}
}

func TestAFailedMessageComesBackAlone(t *testing.T) {
	b := newBus(t)
	done := make(chan uint64, 100)
	tries := 0
	handle := func(_ context.Context, batch []Message) error {
		for _, m := range batch {
			if m.Seq == 3 {
				if tries++; tries <= 3 {
					return errors.New("not now")
				}
			}
		}
		for _, m := range batch {
			done <- m.Seq
		}
		return nil
	}
	publish(t, b, 1, 5)
	run(t, quickWorker(b, handle, func(context.Context, Message, int, error) error { return errors.New("too early to give up") }))
	got := map[uint64]int{}
	for range 5 {
		got[next(t, done)]++
	}
	require.Equal(t, map[uint64]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, got)
	drained(t, b, "match")
}

func TestGivingUpIsRecordedAndEndsTheMessage(t *testing.T) {
	b := newBus(t)
	type record struct {
		m      Message
		tries  int
		reason string
	}
	records := make(chan record, 10)
	refuse := true
	gaveUp := func(_ context.Context, m Message, tries int, reason error) error {
		if refuse {
			refuse = false
			return errors.New("database is away")
		}
		records <- record{m, tries, reason.Error()}
		return nil
	}
	publish(t, b, 1, 1)
	run(t, quickWorker(b, func(context.Context, []Message) error { panic("cannot read this") }, gaveUp))
	require.Equal(t, record{Message{1, change(1)}, triesMax + 1, "panic: cannot read this"}, next(t, records),
		"the first giving up failed, so there was one more delivery")
	drained(t, b, "match")
}

func TestRelayPublishesRowsThatCommitLate(t *testing.T) {
	b := newBus(t)
	o := &memOutbox{rows: map[string]market.Change{}}
	got := make(chan Message, 2000)
	run(t, feedInto(b, 1, got))
	o.put(change(2), change(3))
	run(t, func(ctx context.Context) error { return b.Relay(ctx, o) })
	b.Kick()
	seen := map[string]bool{next(t, got).Change.ID: true, next(t, got).Change.ID: true}
	o.put(change(1)) // its id is older than those already published
	b.Kick()
	seen[next(t, got).Change.ID] = true
	require.Equal(t, map[string]bool{"c0001": true, "c0002": true, "c0003": true}, seen)
	for i := 4; i <= 1003; i++ {
		o.put(change(i))
	}
	b.Kick()
	for range 1000 {
		seen[next(t, got).Change.ID] = true
	}
	require.Len(t, seen, 1003)
	require.Eventually(t, func() bool { return o.left() == 0 }, patience, 10*time.Millisecond)
}

func TestRelayingTwiceIsOnce(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 10)
	publish(t, b, 1, 11)
	last, err := b.LastSeq(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(11), last)
}

func TestRestartKeepsMessagesAndIdentity(t *testing.T) {
	dir := t.TempDir()
	b := openBus(t, dir)
	publish(t, b, 1, 20)
	id := b.StreamID()
	require.NoError(t, b.Close(t.Context()))

	b = openBus(t, dir)
	require.Equal(t, id, b.StreamID())
	last, err := b.LastSeq(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(20), last)
	require.NoError(t, b.Close(t.Context()))

	b = openBus(t, filepath.Join(dir, "elsewhere"))
	defer b.Close(context.Background())
	require.NotEqual(t, id, b.StreamID())
}

func TestEmbeddedServerIsStartedAgain(t *testing.T) {
	b := newBus(t)
	publish(t, b, 1, 5)
	id := b.StreamID()
	got := make(chan Message, 100)
	run(t, feedInto(b, 1, got))
	for range 5 {
		next(t, got)
	}
	b.embedded.mu.Lock()
	server := b.embedded.server
	b.embedded.mu.Unlock()
	require.NoError(t, server.ShutdownJetStream())
	require.Eventually(t, func() bool { return b.publish(t.Context(), []market.Change{change(6)}) == nil }, patience, 10*time.Millisecond)
	require.Equal(t, Message{6, change(6)}, next(t, got))
	require.Equal(t, id, b.StreamID())
}

// TestStreamDeletedWhileRunning: relay makes the stream anew, Feed tells its
// caller, and Work waits until Feed was called again.
func TestStreamDeletedWhileRunning(t *testing.T) {
	b := newBus(t)
	old := b.StreamID()
	publish(t, b, 1, 3)
	fed, worked := make(chan Message, 100), make(chan Message, 100)
	ended := make(chan error, 1)
	go func() { ended <- feedInto(b, 1, fed)(t.Context()) }()
	run(t, func(ctx context.Context) error {
		return b.Work(ctx, "match", func(_ context.Context, batch []Message) error {
			for _, m := range batch {
				worked <- m
			}
			return nil
		}, nil)
	})
	for range 3 {
		next(t, fed)
		next(t, worked)
	}
	require.NoError(t, b.js.DeleteStream(t.Context(), "TEST"))
	o := &memOutbox{rows: map[string]market.Change{}}
	o.put(change(4))
	run(t, func(ctx context.Context) error { return b.Relay(ctx, o) })
	require.ErrorIs(t, next(t, ended), ErrNewStream)
	require.NotEqual(t, old, b.StreamID())
	require.Empty(t, worked, "nobody follows the new stream yet")
	run(t, feedInto(b, 1, fed))
	require.Equal(t, Message{1, change(4)}, next(t, fed))
	require.Equal(t, Message{1, change(4)}, next(t, worked))
}

func TestWorkOnSomeKindsOnly(t *testing.T) {
	b := newBus(t)
	b.config.WorkOn = []market.ChangeKind{market.ChangeListing, market.ChangeSweep}
	require.NoError(t, b.publish(t.Context(), []market.Change{
		{ID: "a", Kind: market.ChangeProposal, Of: "p"}, {ID: "b", Kind: market.ChangeListing, Of: "l"}, {ID: "c", Kind: market.ChangeSweep, Of: "d"}}))
	worked := make(chan Message, 10)
	run(t, quickWorker(b, func(_ context.Context, batch []Message) error {
		for _, m := range batch {
			worked <- m
		}
		return nil
	}, nil))
	require.Equal(t, uint64(2), next(t, worked).Seq)
	require.Equal(t, uint64(3), next(t, worked).Seq)
	drained(t, b, "match")
	require.Empty(t, worked)
}
