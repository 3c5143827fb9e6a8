package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"lianqiao/market"
)

// FirmCount is how many firms are on record.
type FirmCount struct {
	All       int
	Known     int // of them reviewed or visited
	Unclaimed int // of them those that nobody signs in for
}

// CountFirms counts the firms of the clusters.
func (s *Store) CountFirms(ctx context.Context, clusters []string) (n FirmCount, err error) {
	err = in(ctx, s.read, `SELECT level, count(*) FROM enterprise WHERE merged_into = '' AND cluster_id IN (%s) GROUP BY level`, clusters, func(r *sql.Rows) error {
		var level market.Level
		var firms int
		err := r.Scan(&level, &firms)
		if n.All += firms; level != market.Unverified {
			n.Known += firms
		}
		return err
	})
	if err == nil {
		err = in(ctx, s.read, `SELECT count(*) FROM enterprise WHERE merged_into = '' AND cluster_id IN (%s)
			AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.enterprise_id = enterprise.id)`, clusters, func(r *sql.Rows) error {
			var firms int
			err := r.Scan(&firms)
			n.Unclaimed += firms
			return err
		})
	}
	if err != nil {
		return n, fmt.Errorf("store.CountFirms: %w", err)
	}
	return n, nil
}

// SideCount is how many supplies and needs there are.
type SideCount struct{ Supplies, Needs int }

// CountPublished counts the listings of the clusters by the span of time in which
// they were last published, whatever became of them since: the span i begins at
// bounds[i] and ends before bounds[i+1].
func (s *Store) CountPublished(ctx context.Context, clusters []string, bounds []time.Time) ([]SideCount, error) {
	out := make([]SideCount, len(bounds)-1)
	args := make([]any, len(bounds))
	var counts []string
	for i, b := range bounds {
		args[i] = milli(b)
		if i == 0 {
			continue
		}
		// A count of each span reads the index alone.
		for _, side := range []market.Side{market.Supply, market.Need} {
			counts = append(counts, fmt.Sprintf(`SELECT %d, '%s', count(*) FROM listing WHERE cluster_id IN (%%s) AND side = '%s' AND published_at >= $%d AND published_at < $%d`, i-1, side, side, i, i+1))
		}
	}
	err := in(ctx, s.read, strings.Join(counts, ` UNION ALL `), clusters, func(r *sql.Rows) error {
		var i, n int
		var side market.Side
		err := r.Scan(&i, &side, &n)
		if err == nil && side == market.Need {
			out[i].Needs += n
		} else if err == nil {
			out[i].Supplies += n
		}
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("store.CountPublished: %w", err)
	}
	return out, nil
}

// Waiting is how many things of a kind wait for an officer.
type Waiting struct {
	Kind  string // of a review; call, failure or lapsing
	Count int
	At    time.Time // since when the oldest waits; of what lapses: when the first does
}

// WaitingReviews counts what waits in the actor's queue, by kind.
func (s *Store) WaitingReviews(ctx context.Context, actor market.Actor) ([]Waiting, error) {
	where, args := waitingOf(actor, "")
	var out []Waiting
	err := each(ctx, s.read, `SELECT kind, count(*), MIN(asked_at) FROM review WHERE `+where+` GROUP BY kind`, func(r *sql.Rows) error {
		var w Waiting
		var at int64
		err := r.Scan(&w.Kind, &w.Count, &at)
		w.At = fromMilli(at)
		out = append(out, w)
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("store.WaitingReviews: %w", err)
	}
	return out, nil
}

// WaitingDesk counts what else waits for an operator at a moment: calls, failures
// and introductions by an officer that are about to lapse.
func (s *Store) WaitingDesk(ctx context.Context, actor market.Actor, now time.Time) ([]Waiting, error) {
	calls, callArgs := silentOf(actor, now)
	failures, failureArgs := ofActor(actor)
	lapsing, lapsingArgs := lapsingOf(actor, now)
	var out []Waiting
	for _, x := range []struct {
		kind, query string
		args        []any
	}{
		{"call", `SELECT count(*), COALESCE(MIN(asked_at), 0) FROM followup WHERE ` + calls, callArgs},
		{"failure", `SELECT count(*), COALESCE(MIN(f.created_at), 0)` + failuresOf + failures, failureArgs},
		{"lapsing", `SELECT count(*), COALESCE(MIN(expires_at), 0) FROM introduction WHERE ` + lapsing, lapsingArgs},
	} {
		w := Waiting{Kind: x.kind}
		var at int64
		if err := one(ctx, s.read, x.query, into(&w.Count, &at), x.args...); err != nil {
			return nil, fmt.Errorf("store.WaitingDesk(%s): %w", x.kind, err)
		}
		if w.At = fromMilli(at); w.Count > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// Lapsing returns the introductions that an officer suggested to firms of the
// actor's clusters and that lapse soon, the first to do so first. What the firms
// ask each other by themselves is their own affair, and one that a firm muted
// stands here like any other: a veto looks like silence.
func (s *Store) Lapsing(ctx context.Context, actor market.Actor, now time.Time, limit int) ([]market.Introduction, error) {
	where, args := lapsingOf(actor, now)
	list, err := introductionsWhere(ctx, s.read, fmt.Sprintf(`%s ORDER BY expires_at, id LIMIT %d`, where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("store.Lapsing: %w", err)
	}
	return list, nil
}

// lapsingOf is the condition of Lapsing.
func lapsingOf(actor market.Actor, now time.Time) (where string, args []any) {
	where, args = `status = 'asked' AND expires_at > $1 AND expires_at <= $2 AND by_operator = 1`, []any{milli(now), milli(now.Add(market.ReminderBefore))}
	if !actor.Admin {
		var b strings.Builder
		places(&b, len(args), len(actor.Clusters))
		where += ` AND EXISTS (SELECT 1 FROM enterprise e WHERE e.id IN (by_id, to_id) AND e.cluster_id <> '' AND e.cluster_id IN (` + b.String() + `))`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	return where, args
}
