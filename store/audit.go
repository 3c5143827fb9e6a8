package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"lianqiao/market"
)

// Audit is one line of who did what, to which thing, when, and for which
// enterprise. It holds ids only, never what was written.
type Audit struct {
	At           time.Time
	UserID       string
	EnterpriseID string // acted for; empty for officers
	Deed         string // create, edit, live, closed, answer …
	Kind         string // listing, enterprise, proposal …
	Of           string // id of the thing
}

// Audits returns the lines about a thing, oldest first, at most limit.
func (s *Store) Audits(ctx context.Context, of string, limit int) ([]Audit, error) {
	var out []Audit
	err := each(ctx, s.read, `SELECT at, user_id, enterprise_id, deed, kind, of FROM audit WHERE of = $1 ORDER BY id LIMIT $2`, func(r *sql.Rows) error {
		var a Audit
		var at int64
		err := r.Scan(&at, &a.UserID, &a.EnterpriseID, &a.Deed, &a.Kind, &a.Of)
		a.At = fromMilli(at)
		out = append(out, a)
		return err
	}, of, limit)
	if err != nil {
		return nil, fmt.Errorf("store.Audits(%q): %w", of, err)
	}
	return out, nil
}

// AuditSearch narrows what SearchAudit returns. Zero values bound nothing.
type AuditSearch struct {
	Clusters     []string // of the firms acted for
	EnterpriseID string
	Kind         string
	From, To     time.Time // To is not included
	After        string    // id of the last line seen
}

// private are the deeds that only the firm itself gets to see: whom it wants
// nothing to do with.
const private = `'known', 'competitor', 'never', 'unveto'`

// SearchAudit returns lines about firms, newest first, without their private
// words, and the id to go on after ("" at the end).
func (s *Store) SearchAudit(ctx context.Context, f AuditSearch, limit int) (list []Audit, next string, err error) {
	where, args := `a.enterprise_id <> '' AND a.deed NOT IN (`+private+`)`, []any{}
	bound := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(` AND `+condition, len(args))
	}
	if f.EnterpriseID != "" {
		// With the lines of records that became this one.
		args = append(args, f.EnterpriseID)
		n := len(args)
		where += fmt.Sprintf(` AND a.enterprise_id IN (SELECT $%d UNION ALL SELECT m.id FROM enterprise m WHERE m.merged_into = $%d)`, n, n)
	}
	if f.Kind != "" {
		bound(`a.kind = $%d`, f.Kind)
	}
	// Ids are in the order of time, and the index of time is theirs.
	if !f.From.IsZero() {
		bound(`a.id >= $%d`, market.FirstID(f.From))
	}
	if !f.To.IsZero() {
		bound(`a.id < $%d`, market.FirstID(f.To))
	}
	if f.After != "" {
		bound(`a.id < $%d`, f.After)
	}
	if len(f.Clusters) > 0 {
		var b strings.Builder
		places(&b, len(args), len(f.Clusters))
		where += ` AND e.cluster_id IN (` + b.String() + `)`
		for _, c := range f.Clusters {
			args = append(args, c)
		}
	}
	args = append(args, limit+1)
	var last string
	err = each(ctx, s.read, `SELECT a.id, a.at, a.user_id, a.enterprise_id, a.deed, a.kind, a.of FROM audit a JOIN enterprise e ON e.id = a.enterprise_id
		WHERE `+where+fmt.Sprintf(` ORDER BY a.id DESC LIMIT $%d`, len(args)), func(r *sql.Rows) error {
		var a Audit
		var at int64
		if len(list) == limit {
			next = last
			return nil
		}
		err := r.Scan(&last, &at, &a.UserID, &a.EnterpriseID, &a.Deed, &a.Kind, &a.Of)
		a.At = fromMilli(at)
		list = append(list, a)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.SearchAudit: %w", err)
	}
	return list, next, nil
}
