package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/google/uuid"

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

// failuresOf reads failures with the cluster of what they are about: an
// operator deals with those of his clusters; the rest, such as a sweep's, is
// the administrators'.
const failuresOf = ` FROM failure f LEFT JOIN listing l ON f.kind = 'listing' AND l.id = f.of
	LEFT JOIN enterprise e ON f.kind = 'enterprise' AND e.id = f.of WHERE `

// ofActor is the condition that goes with failuresOf; its arguments follow args.
func ofActor(actor market.Actor, args ...any) (string, []any) {
	if actor.Admin {
		return `1 = 1`, args
	}
	if len(actor.Clusters) == 0 {
		return `1 = 0`, args
	}
	var b strings.Builder
	places(&b, len(args), len(actor.Clusters))
	for _, c := range actor.Clusters {
		args = append(args, c)
	}
	return `COALESCE(l.cluster_id, e.cluster_id, '') IN (` + b.String() + `)`, args
}

// Failures returns what is not dealt with yet and concerns the actor, newest
// first. next is what to pass as after for the following page, "" at the end.
func (s *Store) Failures(ctx context.Context, actor market.Actor, after string, limit int) (list []market.Failure, next string, err error) {
	if after == "" {
		after = "~" // above every id
	} else if uuid.Validate(after) != nil {
		return nil, "", market.Bad("after", "error.cursor")
	}
	where, args := ofActor(actor, after, limit+1)
	err = each(ctx, s.read, `SELECT f.id, f.kind, f.of, f.tries, f.reason, f.created_at`+failuresOf+where+` AND f.id < $1 ORDER BY f.id DESC LIMIT $2`, func(r *sql.Rows) error {
		var f market.Failure
		var created int64
		err := r.Scan(&f.ID, &f.Kind, &f.Of, &f.Tries, &f.Reason, &created)
		f.CreatedAt = fromMilli(created)
		list = append(list, f)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Failures: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// ResolveFailure takes a failure that concerns the actor off the list; retry
// sends its change again, under a new id.
func (s *Store) ResolveFailure(ctx context.Context, actor market.Actor, id string, retry bool) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var c market.Change
		where, args := ofActor(actor, id)
		if err := one(ctx, t, `SELECT f.kind, f.of`+failuresOf+where+` AND f.id = $1`, into(&c.Kind, &c.Of), args...); err != nil {
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
