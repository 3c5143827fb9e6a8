package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"lianqiao/market"
)

// AuditQuery picks audit lines; what is empty does not count.
type AuditQuery struct {
	EnterpriseID string
	UserID       string
	Kind         string
	From, To     time.Time // from the first moment up to, and without, the second
	After        string    // the last id of the page before
}

// AuditFound is an audit line with the names of who did it and for whom.
type AuditFound struct {
	ID string
	Audit
	Person     string // empty: nobody, as of an import
	Enterprise string
}

// SearchAudit returns lines about firms of the actor's clusters, newest first,
// and what to pass as After for the next page. Words that a firm says in
// private (we know each other, competitor, never) are nobody else's.
func (s *Store) SearchAudit(ctx context.Context, actor market.Actor, q AuditQuery, limit int) (list []AuditFound, next string, err error) {
	to := since(q.To)
	if q.After != "" && q.After < to {
		to = q.After
	}
	where, args := `a.id >= $1 AND a.id < $2 AND a.deed NOT IN ('known', 'competitor', 'never')`, []any{since(q.From), to}
	for column, value := range map[string]string{"a.enterprise_id": q.EnterpriseID, "a.user_id": q.UserID, "a.kind": q.Kind} {
		if value != "" {
			args = append(args, value)
			where += fmt.Sprintf(` AND %s = $%d`, column, len(args))
		}
	}
	if !actor.Admin {
		if actor.UserID == "" || len(actor.Clusters) == 0 {
			return nil, "", nil
		}
		var b strings.Builder
		places(&b, len(args), len(actor.Clusters))
		where += ` AND e.cluster_id <> '' AND e.cluster_id IN (` + b.String() + `)`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	err = each(ctx, s.read, `SELECT a.id, a.at, a.user_id, COALESCE(u.name, ''), a.enterprise_id, e.name, a.deed, a.kind, a.of
		FROM audit a JOIN enterprise e ON e.id = a.enterprise_id LEFT JOIN user_account u ON u.id = a.user_id
		WHERE `+where+fmt.Sprintf(` ORDER BY a.id DESC LIMIT %d`, limit+1), func(r *sql.Rows) error {
		var f AuditFound
		var at int64
		err := r.Scan(&f.ID, &at, &f.UserID, &f.Person, &f.EnterpriseID, &f.Enterprise, &f.Deed, &f.Kind, &f.Of)
		f.At = fromMilli(at)
		list = append(list, f)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.SearchAudit: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// since is where the ids of a moment begin: the first 48 bits of a UUID of
// version 7 are its milliseconds.
func since(at time.Time) string {
	ms := max(at.UnixMilli(), 0)
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
}
