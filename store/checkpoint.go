package store

import (
	"context"
	"database/sql"
	"time"
)

// checkpointer copies SQLite's log back into the database on a connection of its
// own, while the writer goes on. Left to SQLite a commit does it, and what was to
// be committed next waited for 50 to 90 ms each time.
type checkpointer struct {
	db      *sql.DB
	written chan struct{} // holds one: something was committed
	stop    context.CancelFunc
	stopped chan struct{}
}

const (
	logRest  = 2 * time.Second // between a commit and the copying: pages that are written often are copied once, and a flood of posts loses no tenth of its speed to it
	logTries = 4               // each copies what was committed during the one before; only a log that is copied whole begins anew
	logMost  = "64000"         // pages; with more a commit copies after all, and waits
)

func startCheckpointer(path string) (*checkpointer, error) {
	db, err := sql.Open("sqlite", sqliteDSN(path, "wal_autocheckpoint(0)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{db: db, written: make(chan struct{}, 1), stop: stop, stopped: make(chan struct{})}
	go c.run(ctx)
	return c, nil
}

// wrote says that there is something to copy. It waits for nothing.
func (c *checkpointer) wrote() {
	select {
	case c.written <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.written:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(logRest):
		}
		for range logTries {
			// A copy that fails loses nothing: all of it is still in the log.
			if left, err := c.copy(ctx); err != nil || left == 0 {
				break
			}
		}
	}
}

// copy copies what no reader needs as it was, and says how many pages of the log
// are left.
func (c *checkpointer) copy(ctx context.Context) (left int, err error) {
	var busy, pages, copied int
	err = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &pages, &copied)
	return pages - copied, err
}

func (c *checkpointer) close() error {
	c.stop()
	<-c.stopped
	return c.db.Close()
}
