package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"lianqiao/market"
)

// AcceptOffice uses the link to an office for a user who is there already.
func (s *Store) AcceptOffice(ctx context.Context, actor market.Actor, tokenHash string, now time.Time) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		x, err := t.useTicket(ctx, tokenHash, market.ForOffice, now)
		if err != nil {
			return err
		}
		return t.takeOffice(ctx, market.Actor{UserID: actor.UserID}, x)
	})
	if err != nil {
		return fmt.Errorf("store.AcceptOffice: %w", err)
	}
	return nil
}

func (t *tx) takeOffice(ctx context.Context, actor market.Actor, x market.Ticket) error {
	for _, m := range x.Memberships(actor.UserID) {
		if err := t.insertMembership(ctx, m); err != nil {
			return err
		}
		t.audit(actor, "office-"+string(m.Role), "user", actor.UserID)
	}
	return nil
}

// Dismiss ends an office. The links to offices that its holder has handed out
// and nobody used yet end with it. An office that is not the actor's to end
// does not exist for him.
func (s *Store) Dismiss(ctx context.Context, actor market.Actor, m market.Membership) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.MayAppoint(m) {
			return market.ErrNotFound
		}
		n, err := t.exec(ctx, `DELETE FROM membership WHERE user_id = $1 AND role = $2 AND enterprise_id = '' AND cluster_id = $3 AND region = $4`,
			m.UserID, string(m.Role), m.ClusterID, m.Region)
		if err == nil && n == 0 {
			err = market.ErrNotFound
		}
		if err != nil {
			return err
		}
		t.audit(actor, "dismiss", "user", m.UserID)
		_, err = t.exec(ctx, `DELETE FROM ticket WHERE made_by = $1 AND purpose = 'office'`, m.UserID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.Dismiss: %w", err)
	}
	return nil
}

// officeKey orders offices; it is the cursor of their pages.
const officeKey = `m.role || ' ' || m.cluster_id || ' ' || m.region || ' ' || m.user_id`

// Officers returns the offices that the actor may fill and end; after is the
// cursor of the page before.
func (s *Store) Officers(ctx context.Context, actor market.Actor, after string, limit int) (list []market.Officer, next string, err error) {
	where, args := `m.role IN ('operator', 'reviewer', 'viewer') AND `+officeKey+` > $1`, []any{after}
	if !actor.Admin {
		var b strings.Builder
		places(&b, 1, len(actor.Clusters))
		where += ` AND m.role = 'reviewer' AND m.cluster_id <> '' AND m.cluster_id IN (` + b.String() + `)`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	var keys []string
	err = each(ctx, s.read, fmt.Sprintf(`SELECT m.user_id, m.role, m.cluster_id, m.region, u.login, u.name, `+officeKey+` FROM membership m JOIN user_account u ON u.id = m.user_id
		WHERE `+where+` ORDER BY 7 LIMIT %d`, limit+1), func(r *sql.Rows) error {
		var o market.Officer
		var key string
		err := r.Scan(&o.UserID, &o.Role, &o.ClusterID, &o.Region, &o.Login, &o.Name, &key)
		list, keys = append(list, o), append(keys, key)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Officers: %w", err)
	}
	if len(list) > limit {
		list, next = list[:limit], keys[limit-1]
	}
	return list, next, nil
}

// SummaryLine is what a bureau reads of one cluster.
type SummaryLine struct {
	ClusterID string
	Firms     int // on record
	Known     int // of them reviewed or visited
	Supplies  int // live
	Needs     int // live
	Disclosed int // introductions whose contacts were opened, of either side
	Outcomes  []market.Outcome
}

// Summary counts what the clusters have now, and what came of introductions
// between two days (2006-01-02, both included; empty: no bound). One between
// two clusters counts in both.
func (s *Store) Summary(ctx context.Context, clusters []string, from, to string) (map[string]*SummaryLine, error) {
	out := map[string]*SummaryLine{}
	for _, c := range clusters {
		out[c] = &SummaryLine{ClusterID: c}
	}
	err := in(ctx, s.read, `SELECT cluster_id, count(*), SUM(CASE WHEN level = 'unverified' THEN 0 ELSE 1 END) FROM enterprise
		WHERE merged_into = '' AND cluster_id IN (%s) GROUP BY cluster_id`, clusters, func(r *sql.Rows) error {
		var l SummaryLine
		err := r.Scan(&l.ClusterID, &l.Firms, &l.Known)
		out[l.ClusterID].Firms, out[l.ClusterID].Known = l.Firms, l.Known
		return err
	})
	if err == nil {
		err = in(ctx, s.read, `SELECT cluster_id, side, count(*) FROM listing WHERE status = 'live' AND cluster_id IN (%s) GROUP BY cluster_id, side`, clusters, func(r *sql.Rows) error {
			var id string
			var side market.Side
			var n int
			err := r.Scan(&id, &side, &n)
			if side == market.Need {
				out[id].Needs = n
			} else {
				out[id].Supplies = n
			}
			return err
		})
	}
	var outcomes []market.Outcome
	if err == nil && len(clusters) > 0 {
		outcomes, err = s.Outcomes(ctx, clusters, from, to)
	}
	for _, o := range outcomes {
		for _, c := range both(o.ByCluster, o.ToCluster) {
			if l := out[c]; l != nil {
				l.Outcomes = append(l.Outcomes, o)
			}
		}
	}
	for _, c := range clusters {
		if err == nil {
			out[c].Disclosed, err = s.CountDisclosed(ctx, []string{c}, from, to)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("store.Summary: %w", err)
	}
	return out, nil
}

func both(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// operated is the condition that a row is of one of the actor's clusters.
func operated(actor market.Actor) (string, []any) {
	var b strings.Builder
	places(&b, 0, len(actor.Clusters))
	args := make([]any, len(actor.Clusters))
	for i, c := range actor.Clusters {
		args[i] = c
	}
	return `cluster_id <> '' AND cluster_id IN (` + b.String() + `)`, args
}
