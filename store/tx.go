package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"lianqiao/market"
)

// asker runs statements: a pool, a transaction or the writer's connection.
type asker interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// tx is one write under way. Audit and outbox lines gather in it and are
// written last, in one statement each.
type tx struct {
	asker
	postgres bool
	now      time.Time
	changes  []market.Change
	audits   []Audit
	notices  []market.Notice
}

func newTx(a asker, postgres bool) *tx {
	return &tx{asker: a, postgres: postgres, now: trim(time.Now())}
}

// trim drops what the database does not keep of a time: parts of milliseconds and the zone.
func trim(t time.Time) time.Time { return fromMilli(milli(t)) }

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// changed asks that the bus be told of a thing, once however often it is asked.
func (t *tx) changed(kind market.ChangeKind, of string) {
	t.changes = append(t.changes, market.Change{Kind: kind, Of: of})
}

// audit notes who did what to which thing.
func (t *tx) audit(a market.Actor, deed, kind, of string) {
	t.audits = append(t.audits, Audit{At: t.now, UserID: a.UserID, EnterpriseID: a.EnterpriseID, Deed: deed, Kind: kind, Of: of})
}

// auditOn notes what an officer did to a firm's thing, where the firm reads it.
func (t *tx) auditOn(a market.Actor, enterpriseID, deed, kind, of string) {
	a.EnterpriseID = enterpriseID
	t.audit(a, deed, kind, of)
}

// flush writes the gathered lines.
func (t *tx) flush(ctx context.Context) error {
	seen := make(map[market.Change]bool, len(t.changes))
	kept := t.changes[:0]
	var lines, audits [][]any
	for _, c := range t.changes {
		if seen[c] {
			continue
		}
		seen[c] = true
		c.ID = market.NewID()
		kept = append(kept, c)
		lines = append(lines, []any{c.ID, string(c.Kind), c.Of})
	}
	t.changes = kept
	for _, a := range t.audits {
		audits = append(audits, []any{market.NewID(), milli(a.At), a.UserID, a.EnterpriseID, a.Deed, a.Kind, a.Of})
	}
	if err := t.insert(ctx, `INSERT INTO outbox (id, kind, of) VALUES `, ``, lines); err != nil {
		return err
	}
	if err := t.insertNotices(ctx); err != nil {
		return err
	}
	return t.insert(ctx, `INSERT INTO audit (id, at, user_id, enterprise_id, deed, kind, of) VALUES `, ``, audits)
}

// exec runs a statement and returns how many rows it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insertRows is how many rows go into one statement: many on PostgreSQL, where
// each statement is a round trip.
func (t *tx) insertRows() int {
	if t.postgres {
		return 256
	}
	return 32
}

// insert runs head + (…),(…) + tail for all rows, some at a time.
func (t *tx) insert(ctx context.Context, head, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(t.insertRows(), len(rows))
		query, args := t.values(head, tail, rows[:n])
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// values spells one multi-row statement. SQLite gets nameless parameters: its
// driver looks each name up in the list of all, which took longer than the
// insert itself.
func (t *tx) values(head, tail string, rows [][]any) (string, []any) {
	var b strings.Builder
	b.WriteString(head)
	args := make([]any, 0, len(rows)*len(rows[0]))
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		if t.postgres {
			places(&b, len(args), len(row))
		} else {
			b.WriteString(strings.Repeat("?,", len(row)-1) + "?")
		}
		b.WriteByte(')')
		args = append(args, row...)
	}
	b.WriteString(tail)
	return b.String(), args
}

// places writes $from+1,…,$from+n.
func places(b *strings.Builder, from, n int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "$%d", from+i+1)
	}
}

// forUpdate locks the rows of a SELECT on PostgreSQL; SQLite has one writer.
func (t *tx) forUpdate() string {
	if t.postgres {
		return ` FOR NO KEY UPDATE`
	}
	return ``
}

// inChunk is how many ids one IN list takes.
const inChunk = 200

// in runs a query once per chunk of ids, with %s in its text standing for the
// list and the fixed arguments before it, and scans every row.
func in(ctx context.Context, a asker, query string, ids []string, scan func(*sql.Rows) error, fixed ...any) error {
	for len(ids) > 0 {
		n := min(inChunk, len(ids))
		// Powers of two keep the number of different texts small.
		width := 1
		for width < n {
			width *= 2
		}
		var b strings.Builder
		places(&b, len(fixed), width)
		args := append(make([]any, 0, len(fixed)+width), fixed...)
		for i := range width {
			args = append(args, ids[min(i, n-1)])
		}
		if err := each(ctx, a, strings.ReplaceAll(query, "%s", b.String()), scan, args...); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// each scans every row of a query.
func each(ctx context.Context, a asker, query string, scan func(*sql.Rows) error, args ...any) error {
	rows, err := a.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the first row of a query, or answers market.ErrNotFound.
func one(ctx context.Context, a asker, query string, scan func(*sql.Rows) error, args ...any) error {
	found := false
	err := each(ctx, a, query, func(r *sql.Rows) error {
		if found {
			return nil
		}
		found = true
		return scan(r)
	}, args...)
	if err == nil && !found {
		return market.ErrNotFound
	}
	return err
}

// into makes a scanner of plain targets.
func into(targets ...any) func(*sql.Rows) error {
	return func(r *sql.Rows) error { return r.Scan(targets...) }
}

// update runs a write: on SQLite in the writer's next batch, on PostgreSQL in
// a transaction of its own, again when the database asked to try again.
func (s *Store) update(ctx context.Context, do func(context.Context, *tx) error) error {
	if !s.postgres {
		return s.write.do(ctx, do)
	}
	for try := 1; ; try++ {
		err := s.updatePostgres(ctx, do)
		if err == nil || !tryAgain(err) || try == 5 {
			return err
		}
	}
}

func (s *Store) updatePostgres(ctx context.Context, do func(context.Context, *tx) error) error {
	pgTx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer pgTx.Rollback()
	t := newTx(pgTx, true)
	if err := do(ctx, t); err != nil {
		return err
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	if err := pgTx.Commit(); err != nil {
		return err
	}
	s.committed(len(t.changes))
	return nil
}

// tryAgain tells deadlocks and serialization failures, which a second try mends.
func tryAgain(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// duplicate tells a broken unique index or primary key.
func duplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == 1555 || lite.Code() == 2067)
}
