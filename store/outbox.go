package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// TakeOutbox hands up to n waiting changes to publish and deletes them, by
// their ids, only after it returned nil. On PostgreSQL the rows stay locked
// meanwhile, so that other processes take others. It returns how many it took.
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
// a network.
func (s *Store) takeSQLite(ctx context.Context, n int, publish func(context.Context, []market.Change) error) (int, error) {
	waiting, err := outbox(ctx, s.read, n, ``)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	if err := publish(ctx, waiting); err != nil {
		return 0, err
	}
	return len(waiting), s.update(ctx, func(ctx context.Context, t *tx) error { return dropOutbox(ctx, t, waiting) })
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
