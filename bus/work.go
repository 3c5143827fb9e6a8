package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	ackWait   = 30 * time.Second // a dead worker's messages go to another after this
	sayBusy   = 10 * time.Second
	fetchWait = 5 * time.Second
	triesMax  = 5 // deliveries before a message is given up
)

// retryAfter is how long a failed message rests, by how often it was delivered.
var retryAfter = []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second}

// Handle acts on a batch; nil means every message of it is done.
type Handle func(context.Context, []Message) error

// GaveUp records a message that failed for the last time.
type GaveUp func(ctx context.Context, m Message, tries int, reason error) error

// Work shares the stream's messages with all other workers of the same durable
// name and returns when the context ends. A message is acknowledged after
// handle returned nil, so it may be handled twice when a worker dies. A failed
// batch is tried again one by one; a message that failed alone comes back
// later, and after five deliveries gaveUp is called and it ends. If gaveUp
// itself fails, the message comes back.
//
// While this process's Feed has not yet caught up with a stream made anew, Work
// waits: its sequences would be compared with positions of the old stream.
func (b *Bus) Work(ctx context.Context, durable string, handle func(context.Context, []Message) error, gaveUp func(context.Context, Message, int, error) error) error {
	w := &worker{bus: b, durable: durable, handle: handle, gaveUp: gaveUp, wait: retryAfter, busy: sayBusy}
	for failed := 0; ctx.Err() == nil; {
		err := w.run(ctx, &failed)
		if ctx.Err() != nil {
			break
		}
		failed++
		level := slog.LevelWarn
		if failed == 1 && errors.Is(err, nats.ErrNoResponders) {
			level = slog.LevelDebug // the consumer's leader is being found: at every start, and after a node went
		}
		b.log.Log(ctx, level, "work interrupted, resuming", "durable", durable, "err", err)
		if pause(ctx, backoff(failed, 50*time.Millisecond, 5*time.Second)) != nil {
			break
		}
	}
	return nil
}

// worker is one Work at work.
type worker struct {
	bus     *Bus
	durable string
	handle  Handle
	gaveUp  GaveUp
	wait    []time.Duration
	busy    time.Duration
}

// job is a message in this worker's hands.
type job struct {
	msg     jetstream.Msg
	message Message
	tries   int
}

// run works on the present stream until something breaks.
func (w *worker) run(ctx context.Context, failed *int) error {
	if _, err := w.bus.refresh(ctx); err != nil {
		return err
	}
	ep := w.bus.epoch.Load()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ep.ctx, cancel)()
	if err := w.bus.awaitFeed(ctx, ep); err != nil {
		return err
	}
	consumer, err := w.bus.js.CreateOrUpdateConsumer(ctx, w.bus.config.Stream, jetstream.ConsumerConfig{
		Durable: ep.durable(w.durable), DeliverPolicy: jetstream.DeliverAllPolicy, AckPolicy: jetstream.AckExplicitPolicy,
		FilterSubjects: w.bus.workSubjects(), AckWait: ackWait, MaxDeliver: -1, MaxAckPending: 16 * batchMax,
	})
	if err != nil {
		return fmt.Errorf("consumer %s: %w", w.durable, err)
	}
	for {
		jobs, err := w.fetch(ctx, consumer)
		if err != nil {
			return err
		}
		*failed = 0
		if len(jobs) > 0 {
			w.do(ctx, jobs)
		}
	}
}

// workSubjects are the subjects of Config.WorkOn; none means all.
func (b *Bus) workSubjects() []string {
	var out []string
	for _, k := range b.config.WorkOn {
		out = append(out, b.subject(k))
	}
	return out
}

// awaitFeed waits until this process's Feed, if it has one, follows ep.
func (b *Bus) awaitFeed(ctx context.Context, ep *epoch) error {
	for {
		b.feed.mu.Lock()
		ok, fresh := !b.feed.used || b.feed.on == ep, b.feed.fresh
		b.feed.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-fresh:
		}
	}
}

// fetch waits for one message and then takes what lies ready, so that no worker
// hoards what another could do.
func (w *worker) fetch(ctx context.Context, consumer jetstream.Consumer) ([]job, error) {
	waiting, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	first, err := consumer.Fetch(1, jetstream.FetchContext(waiting))
	if err != nil {
		return nil, w.fetchErr(ctx, err)
	}
	jobs, err := collect(nil, first)
	if len(jobs) == 0 {
		return nil, w.fetchErr(ctx, err)
	}
	rest, err := consumer.FetchNoWait(batchMax - 1)
	if err != nil {
		return jobs, nil // the next fetch meets the same trouble with empty hands
	}
	jobs, _ = collect(jobs, rest)
	return jobs, nil
}

// fetchErr tells an empty stream (nil) from trouble.
func (w *worker) fetchErr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil || errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoMessages) {
		return nil
	}
	return fmt.Errorf("fetch for %s: %w", w.durable, err)
}

func collect(jobs []job, batch jetstream.MessageBatch) ([]job, error) {
	for m := range batch.Messages() {
		message, err := parse(m)
		if err != nil {
			return jobs, err
		}
		meta, err := m.Metadata()
		if err != nil {
			return jobs, err
		}
		jobs = append(jobs, job{msg: m, message: message, tries: int(meta.NumDelivered)})
	}
	return jobs, batch.Error()
}

// do handles the jobs together, or one by one when that fails, and settles
// every one of them.
func (w *worker) do(ctx context.Context, jobs []job) {
	stop := w.sayBusy(jobs)
	err := guard(ctx, messagesOf(jobs), w.handle)
	stop()
	if err == nil {
		for i := range jobs {
			w.settled(&jobs[i], jobs[i].msg.Ack())
		}
		return
	}
	if len(jobs) == 1 {
		w.failed(ctx, &jobs[0], err)
		return
	}
	w.bus.log.Debug("batch failed, trying one by one", "durable", w.durable, "size", len(jobs), "err", err)
	for i := range jobs {
		stop := w.sayBusy(jobs[i:])
		err := guard(ctx, messagesOf(jobs[i:i+1]), w.handle)
		stop()
		if err != nil {
			w.failed(ctx, &jobs[i], err)
			continue
		}
		w.settled(&jobs[i], jobs[i].msg.Ack())
	}
}

func messagesOf(jobs []job) []Message {
	out := make([]Message, len(jobs))
	for i := range jobs {
		out[i] = jobs[i].message
	}
	return out
}

// sayBusy keeps the messages from being given to another worker until stop.
func (w *worker) sayBusy(jobs []job) (stop func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(w.busy)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			for i := range jobs {
				if err := jobs[i].msg.InProgress(); err != nil {
					w.bus.log.Warn("in progress", "durable", w.durable, "seq", jobs[i].message.Seq, "err", err)
				}
			}
		}
	}()
	return func() { close(done); <-gone }
}

// failed sends a message back to rest, or ends it after its last try.
func (w *worker) failed(ctx context.Context, j *job, reason error) {
	if ctx.Err() != nil { // stopping is not the message's fault: another worker takes it at once
		w.settled(j, j.msg.Nak())
		return
	}
	w.bus.log.Warn("message failed", "durable", w.durable, "seq", j.message.Seq, "kind", j.message.Change.Kind, "of", j.message.Change.Of, "tries", j.tries, "err", reason)
	if j.tries < triesMax {
		w.settled(j, j.msg.NakWithDelay(w.wait[min(j.tries, len(w.wait))-1]))
		return
	}
	if err := w.gaveUp(ctx, j.message, j.tries, reason); err != nil {
		w.bus.log.Error("giving up failed, message comes back", "durable", w.durable, "seq", j.message.Seq, "err", err)
		w.settled(j, j.msg.NakWithDelay(w.wait[len(w.wait)-1]))
		return
	}
	w.settled(j, j.msg.TermWithReason("gave up"))
}

// settled logs an acknowledgement that could not be sent: the message comes back.
func (w *worker) settled(j *job, err error) {
	if err != nil {
		w.bus.log.Warn("acknowledge", "durable", w.durable, "seq", j.message.Seq, "err", err)
	}
}
