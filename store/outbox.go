package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"lianqiao/market"
)

// TakeOutbox hands up to n waiting changes to publish and deletes them, by
// their ids, only after it returned nil; what was taken is not handed out again.
// On PostgreSQL the rows stay locked meanwhile, so that other processes take
// others. It returns how many it took.
func (s *Store) TakeOutbox(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error) {
	s.relaying.Lock()
	defer s.relaying.Unlock()
	take := s.takeSQLite
	if s.postgres {
		take = s.takePostgres
	}
	taken, err := take(ctx, n, publish)
	if err != nil {
		return 0, fmt.Errorf("store.TakeOutbox: %w", err)
	}
	return taken, nil
}

// takeSQLite publishes outside any transaction: the writer must not wait for
// a network. Its lines are deleted with another write's commit, and are known as
// published until then; one that a crash leaves behind is published once more,
// and the stream drops the second copy.
func (s *Store) takeSQLite(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error) {
	known := s.published.all() // before the lines are read: what is not known any more is not there either
	waiting, err := outbox(ctx, s.read, n+len(known), ``)
	if err != nil {
		return 0, err
	}
	waiting = slices.DeleteFunc(waiting, func(c market.Change) bool { return known[c.ID] })
	waiting = waiting[:min(n, len(waiting))]
	if len(waiting) == 0 {
		return 0, nil
	}
	if err := publish(ctx, waiting); err != nil {
		return 0, err
	}
	s.published.add(waiting)
	dropped := s.write.later(func(ctx context.Context, t *tx) error { return dropOutbox(ctx, t, waiting) })
	go func() {
		if err := <-dropped; err != nil {
			slog.Warn("published lines of the outbox stay and are published again", "err", err)
		}
		s.published.remove(waiting)
	}()
	return len(waiting), nil
}

// published are the outbox's lines, by id, that are in the stream and not yet deleted.
type published struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (p *published) all() map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.ids)
}

func (p *published) add(changes []market.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ids == nil {
		p.ids = map[string]bool{}
	}
	for _, c := range changes {
		p.ids[c.ID] = true
	}
}

func (p *published) remove(changes []market.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range changes {
		delete(p.ids, c.ID)
	}
}

func (s *Store) takePostgres(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error) {
	pgTx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer pgTx.Rollback()
	waiting, err := outbox(ctx, pgTx, n, ` FOR UPDATE SKIP LOCKED`)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	if err := publish(ctx, waiting); err != nil {
		return 0, err
	}
	if err := dropOutbox(ctx, pgTx, waiting); err != nil {
		return 0, err
	}
	return len(waiting), pgTx.Commit()
}

func outbox(ctx context.Context, a asker, n int, lock string) ([]market.Change, error) {
	var out []market.Change
	err := each(ctx, a, `SELECT id, kind, of FROM outbox ORDER BY id LIMIT $1`+lock, func(r *sql.Rows) error {
		var c market.Change
		err := r.Scan(&c.ID, &c.Kind, &c.Of)
		out = append(out, c)
		return err
	}, n)
	return out, err
}

func dropOutbox(ctx context.Context, a asker, changes []market.Change) error {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = c.ID
	}
	return in(ctx, a, `DELETE FROM outbox WHERE id IN (%s)`, ids, func(*sql.Rows) error { return nil })
}

// Requeue asks that things be looked at again.
func (s *Store) Requeue(ctx context.Context, kind market.ChangeKind, ids []string) error {
	err := s.update(ctx, func(_ context.Context, t *tx) error {
		for _, id := range ids {
			t.changed(kind, id)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store.Requeue(%s): %w", kind, err)
	}
	return nil
}
