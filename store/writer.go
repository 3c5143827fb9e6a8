package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// batchMost is how many writes share one commit at most.
const batchMost = 64

// errClosed answers writes that come after Close.
var errClosed = errors.New("store: closed")

// job is one write waiting for its turn.
type job struct {
	ctx  context.Context
	do   func(context.Context, *tx) error
	done chan error
}

// writer is SQLite's only writing connection. One goroutine takes whatever
// writes wait and runs them in one transaction, each in a savepoint of its own,
// because the fsync of a durable commit costs ten times the write itself. A
// write that fails takes back its own savepoint and no other's.
type writer struct {
	db        *sql.DB
	conn      *sql.Conn
	stmts     map[string]*sql.Stmt
	jobs      chan *job
	committed func(changes int)

	aside   sync.Mutex
	waiting []*job // see later

	gate    sync.RWMutex // held for reading while a job is handed over
	closed  bool
	stopped chan struct{}
}

func startWriter(ctx context.Context, db *sql.DB, committed func(int)) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, jobs: make(chan *job, batchMost),
		committed: committed, stopped: make(chan struct{})}
	go w.run()
	return w, nil
}

// do hands a write over and waits until it is on disk, or failed.
func (w *writer) do(ctx context.Context, f func(context.Context, *tx) error) error {
	j := &job{ctx: ctx, do: f, done: make(chan error, 1)}
	if err := w.hand(j); err != nil {
		return err
	}
	// Not ctx.Done here: once a write may have begun, the caller must learn how it ended.
	return <-j.done
}

// laterMost is how long a write of later waits for another's commit.
const laterMost = 100 * time.Millisecond

// later hands over a write that nobody waits for and that may be lost: it goes
// with the next commit of any other write, or after laterMost, and so costs the
// disk nothing of its own. The answer comes when it is on disk, or failed.
func (w *writer) later(f func(context.Context, *tx) error) <-chan error {
	j := &job{ctx: context.Background(), do: f, done: make(chan error, 1)}
	w.aside.Lock()
	defer w.aside.Unlock()
	w.waiting = append(w.waiting, j)
	if len(w.waiting) == 1 {
		time.AfterFunc(laterMost, w.commitWaiting)
	}
	return j.done
}

// commitWaiting has what still waits committed.
func (w *writer) commitWaiting() {
	w.aside.Lock()
	none := len(w.waiting) == 0
	w.aside.Unlock()
	if none {
		return
	}
	err := w.do(context.Background(), func(context.Context, *tx) error { return nil })
	if err == nil {
		return
	}
	for _, j := range w.takeWaiting() { // the writer is closed
		j.done <- err
	}
}

func (w *writer) takeWaiting() []*job {
	w.aside.Lock()
	defer w.aside.Unlock()
	taken := w.waiting
	w.waiting = nil
	return taken
}

func (w *writer) hand(j *job) error {
	w.gate.RLock()
	defer w.gate.RUnlock()
	if w.closed {
		return errClosed
	}
	if err := j.ctx.Err(); err != nil {
		return err
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

func (w *writer) close() error {
	w.gate.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.gate.Unlock()
	<-w.stopped
	for _, s := range w.stmts {
		s.Close()
	}
	return errors.Join(w.conn.Close(), w.db.Close())
}

func (w *writer) run() {
	defer close(w.stopped)
	for first := range w.jobs {
		batch := append(make([]*job, 0, batchMost), first)
	more:
		for len(batch) < batchMost {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break more
				}
				batch = append(batch, j)
			default:
				break more
			}
		}
		w.commit(append(batch, w.takeWaiting()...))
	}
	if left := w.takeWaiting(); len(left) > 0 {
		w.commit(left)
	}
}

// commit runs a batch in one transaction and tells everyone how it ended.
func (w *writer) commit(batch []*job) {
	results := make([]error, len(batch))
	changes, err := w.together(batch, results)
	if err == nil {
		w.committed(changes)
	}
	for i, j := range batch {
		if results[i] == nil && err != nil {
			results[i] = fmt.Errorf("store: commit: %w", err)
		}
		j.done <- results[i]
	}
}

// together fills results with each write's own error; the error it returns
// means that nothing of the batch was kept.
func (w *writer) together(batch []*job, results []error) (changes int, err error) {
	// The writes of others hang on this transaction, and an interrupted
	// statement would roll back all of it: no caller's deadline reaches in here.
	ctx := context.Background()
	if _, err := w.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return 0, err
	}
	for i, j := range batch {
		if results[i] = j.ctx.Err(); results[i] != nil {
			continue
		}
		n, own, err := w.alone(context.WithoutCancel(j.ctx), j)
		results[i] = own
		if err != nil {
			_, back := w.ExecContext(ctx, `ROLLBACK`)
			return 0, errors.Join(err, back)
		}
		changes += n
	}
	if _, err := w.ExecContext(ctx, `COMMIT`); err != nil {
		_, back := w.ExecContext(ctx, `ROLLBACK`)
		return 0, errors.Join(err, back)
	}
	return changes, nil
}

// alone runs one write in a savepoint. own is the write's error, err the
// transaction's.
func (w *writer) alone(ctx context.Context, j *job) (changes int, own, err error) {
	if _, err := w.ExecContext(ctx, `SAVEPOINT one`); err != nil {
		return 0, nil, err
	}
	t := newTx(w, false)
	if own = w.guarded(ctx, j, t); own != nil {
		if _, err := w.ExecContext(ctx, `ROLLBACK TO one`); err != nil {
			return 0, own, err
		}
		t.changes = nil
	}
	_, err = w.ExecContext(ctx, `RELEASE one`)
	return len(t.changes), own, err
}

// guarded turns a panic of a write into its error: the other writes go on.
func (w *writer) guarded(ctx context.Context, j *job, t *tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: write panicked: %v", p)
		}
	}()
	if err := j.do(ctx, t); err != nil {
		return err
	}
	return t.flush(ctx)
}

// stmtMost bounds the prepared statements kept; texts with lists of many
// lengths could otherwise gather without end.
const stmtMost = 512

func (w *writer) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	if len(w.stmts) >= stmtMost {
		for text, s := range w.stmts {
			s.Close()
			delete(w.stmts, text)
		}
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

// ExecContext runs a statement on the writing connection, prepared once.
func (w *writer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := w.prepared(ctx, query) //nolint:sqlclosecheck // kept, and closed with the writer
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext asks on the writing connection, prepared once.
func (w *writer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := w.prepared(ctx, query) //nolint:sqlclosecheck // kept, and closed with the writer
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}
