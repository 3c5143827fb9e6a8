package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// SaveFailure keeps a message that a worker gave up on; saving it again counts
// its new tries.
func (s *Store) SaveFailure(ctx context.Context, f market.Failure) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if f.CreatedAt.IsZero() {
			f.CreatedAt = t.now
		}
		_, err := t.exec(ctx, `INSERT INTO failure (id, kind, of, tries, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET tries = excluded.tries, reason = excluded.reason, created_at = excluded.created_at`,
			f.ID, string(f.Kind), f.Of, f.Tries, f.Reason, milli(f.CreatedAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveFailure(%q): %w", f.ID, err)
	}
	return nil
}

// Failures returns what is not dealt with yet, newest first, at most limit.
func (s *Store) Failures(ctx context.Context, limit int) ([]market.Failure, error) {
	var out []market.Failure
	err := each(ctx, s.read, `SELECT id, kind, of, tries, reason, created_at FROM failure ORDER BY created_at DESC, id LIMIT $1`, func(r *sql.Rows) error {
		var f market.Failure
		var created int64
		err := r.Scan(&f.ID, &f.Kind, &f.Of, &f.Tries, &f.Reason, &created)
		f.CreatedAt = fromMilli(created)
		out = append(out, f)
		return err
	}, limit)
	if err != nil {
		return nil, fmt.Errorf("store.Failures: %w", err)
	}
	return out, nil
}

// ResolveFailure takes a failure off the list; retry sends its change again,
// under a new id.
func (s *Store) ResolveFailure(ctx context.Context, actor market.Actor, id string, retry bool) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var c market.Change
		if err := one(ctx, t, `SELECT kind, of FROM failure WHERE id = $1`, into(&c.Kind, &c.Of), id); err != nil {
			return err
		}
		if retry {
			t.changed(c.Kind, c.Of)
		}
		t.audit(actor, "resolve", "failure", id)
		_, err := t.exec(ctx, `DELETE FROM failure WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.ResolveFailure(%q): %w", id, err)
	}
	return nil
}
