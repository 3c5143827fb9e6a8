package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
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
