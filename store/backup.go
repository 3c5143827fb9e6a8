package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"lianqiao/market"
)

// table is what a backup holds of one table. The columns are named here, not
// asked of the database, so that a backup reads the same from either.
type table struct{ name, columns, key string }

// backupTables lists every table but the outbox, parents before children. The
// outbox is not kept: a restored store gets a new stream and a new index, which
// are built from the listings.
func backupTables() []table {
	return []table{
		{"cluster", "id, name, region, chains, review", "id"},
		{"enterprise", enterpriseColumns, "id"},
		{"enterprise_link", "code, enterprise_id", "enterprise_id, code"},
		{"user_account", "id, login, name, password_hash, created_at, totp_secret, totp_at, totp_step, recovery", "id"},
		{"membership", "user_id, role, enterprise_id, cluster_id, region", "user_id, role, enterprise_id, cluster_id, region"},
		{"session", "token_hash, user_id, agent, created_at, seen_at, expires_at", "token_hash"},
		{"guess", "account, device, times, updated_at", "account, device"},
		{"device", "token_hash, user_id, created_at, seen_at", "token_hash, user_id"},
		{"ticket", "token_hash, purpose, user_id, enterprise_id, made_by, created_at, expires_at, role, scope", "token_hash"},
		{"listing", listingColumns + ", matched_rev", "id"},
		{"image", "id, enterprise_id, type, width, height, bytes, created_at, code", "id"},
		{"evidence", evidenceColumns + ", bytes", "id"},
		{"proposal", proposalColumns, "id"},
		{"interest", "proposal_id, enterprise_id, user_id, answer, reason, note, created_at, updated_at, ground", "proposal_id, enterprise_id"},
		{"preference", "of, " + preferenceColumns, "id"},
		{"addition", "of, removed_by, " + additionColumns, "id"},
		{"fair", fairColumns, "id"},
		{"fair_party", partyColumns, "fair_id, enterprise_id"},
		{"fair_arrival", "fair_id, enterprise_id, rep, via, at", "fair_id, enterprise_id, rep"},
		{"fair_deed", "fair_id, id", "fair_id, id"},
		{"fair_wish", "fair_id, by_id, other_id, mark, updated_at", "fair_id, by_id, other_id"},
		{"fair_plan", planColumns, "id"},
		{"fair_meeting", "plan_id, " + meetingColumns, "plan_id, a_id, b_id"},
		{"fair_edit", "plan_id, number, a_id, b_id, was, became", "plan_id, number"},
		{"fair_reply", replyColumns, "fair_id, a_id, b_id, by_id"},
		{"veto", "enterprise_id, other_id, proposal_id, created_at, word", "enterprise_id, other_id, proposal_id"},
		{"review", reviewColumns, "id"},
		{"introduction", introductionColumns, "id"},
		{"consent", "id, introduction_id, enterprise_id, user_id, given, at", "id"},
		{"disclosure", "id, introduction_id, of_id, to_id, at", "id"},
		{"outcome", outcomeColumns, "id"},
		{"claim", claimColumns, "id"},
		{"attachment", attachmentColumns + ", bytes", "id"},
		{"message", messageColumns, "id"},
		{"download", "id, attachment_id, enterprise_id, user_id, at", "id"},
		{"quote", quoteColumns, "need_id, enterprise_id"},
		{"clarification", "id, listing_id, user_id, body, at", "id"},
		{"notice", noticeColumns, "id"},
		{"notice_seen", "user_id, enterprise_id, upto", "user_id, enterprise_id"},
		{"message_seen", "user_id, introduction_id, upto", "user_id, introduction_id"},
		{"notice_choice", "user_id, lang, mail, confirmed_at, paces", "user_id"},
		{"delivery", deliveryColumns, "id"},
		{"followup", followUpColumns, "id"},
		{"secret", "name, bytes", "name"},
		{"matching", "enterprise_id, potential", "enterprise_id"},
		{"idempotency", "scope, key, of, created_at", "scope, key"},
		{"audit", "id, at, user_id, enterprise_id, deed, kind, of, seal", "id"},
		{"seal", "number, lines, hash, at", "number"},
		{"failure", "id, kind, of, tries, reason, created_at", "id"},
	}
}

const backupFormat = "lianqiao-backup-1"

// backupLine is one line of a backup: the head, a table's beginning, a row, or the end.
type backupLine struct {
	Format string `json:"format,omitempty"`
	Table  string `json:"table,omitempty"`
	Row    []cell `json:"row,omitempty"`
	End    bool   `json:"end,omitempty"`
	Rows   int64  `json:"rows,omitempty"` // with End: how many there are
}

// cell is a kept value: text as a JSON string, a number as a JSON number, bytes
// as {"bytes": base64}.
type cell struct{ value any }

type cellBytes struct {
	Bytes []byte `json:"bytes"`
}

// MarshalJSON spells the value.
func (c cell) MarshalJSON() ([]byte, error) {
	if b, ok := c.value.([]byte); ok {
		return json.Marshal(cellBytes{b})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(c.value)
	return b.Bytes(), err
}

// UnmarshalJSON reads the value.
func (c *cell) UnmarshalJSON(text []byte) error {
	switch {
	case len(text) > 0 && text[0] == '"':
		var s string
		err := json.Unmarshal(text, &s)
		c.value = s
		return err
	case len(text) > 0 && text[0] == '{':
		var b cellBytes
		err := json.Unmarshal(text, &b)
		c.value = b.Bytes
		return err
	}
	var n int64
	err := json.Unmarshal(text, &n)
	c.value = n
	return err
}

// Backup writes everything kept, as of one moment, as gzipped JSON lines that
// either database can be restored from. Work goes on meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	z := gzip.NewWriter(w)
	b := bufio.NewWriter(z)
	if err := s.backup(ctx, json.NewEncoder(b)); err != nil {
		return fmt.Errorf("store.Backup: %w", err)
	}
	if err := errors.Join(b.Flush(), z.Close()); err != nil {
		return fmt.Errorf("store.Backup: %w", err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, out *json.Encoder) error {
	options := &sql.TxOptions{ReadOnly: true}
	if s.postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	snapshot, err := s.read.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer snapshot.Rollback()
	if err := out.Encode(backupLine{Format: backupFormat}); err != nil {
		return err
	}
	var rows int64
	for _, tab := range backupTables() {
		if err := out.Encode(backupLine{Table: tab.name}); err != nil {
			return err
		}
		width := strings.Count(tab.columns, ",") + 1
		err := each(ctx, snapshot, `SELECT `+tab.columns+` FROM `+tab.name+` ORDER BY `+tab.key, func(r *sql.Rows) error {
			rows++
			line := backupLine{Row: make([]cell, width)}
			targets := make([]any, width)
			for i := range targets {
				targets[i] = &line.Row[i].value
			}
			if err := r.Scan(targets...); err != nil {
				return err
			}
			return out.Encode(line)
		})
		if err != nil {
			return fmt.Errorf("table %s: %w", tab.name, err)
		}
	}
	return out.Encode(backupLine{End: true, Rows: rows})
}

// Restore fills an empty store from a backup, all of it or nothing.
func (s *Store) Restore(ctx context.Context, r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("store.Restore: not a backup: %w", err)
	}
	// A write may be tried twice, but r can be read only once.
	tried := false
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		if tried {
			return errors.New("interrupted by another transaction")
		}
		tried = true
		return t.restore(ctx, json.NewDecoder(bufio.NewReader(z)))
	})
	if err != nil {
		return fmt.Errorf("store.Restore: %w", err)
	}
	return nil
}

func (t *tx) restore(ctx context.Context, in *json.Decoder) error {
	if err := t.wantEmpty(ctx); err != nil {
		return err
	}
	var head backupLine
	if err := in.Decode(&head); err != nil || head.Format != backupFormat {
		return fmt.Errorf("this is not a backup of the format %s", backupFormat)
	}
	tables := map[string]table{}
	for _, tab := range backupTables() {
		tables[tab.name] = tab
	}
	f := filler{t: t}
	for {
		var line backupLine
		if err := in.Decode(&line); err != nil {
			return fmt.Errorf("the backup is cut short after %d rows: %w", f.rows, err)
		}
		switch {
		case line.End:
			return f.end(ctx, line.Rows)
		case line.Table != "":
			tab, ok := tables[line.Table]
			if !ok {
				return fmt.Errorf("unknown table %q", line.Table)
			}
			if err := f.begin(ctx, tab); err != nil {
				return err
			}
		default:
			if err := f.add(ctx, line.Row); err != nil {
				return err
			}
		}
	}
}

func (t *tx) wantEmpty(ctx context.Context) error {
	for _, tab := range backupTables() {
		var n int64
		if err := one(ctx, t, `SELECT count(*) FROM (SELECT 1 FROM `+tab.name+` LIMIT 1) AS x`, into(&n)); err != nil {
			return err
		}
		if n > 0 {
			return &market.Error{Kind: market.Conflict, Message: "error.restore.notEmpty"}
		}
	}
	return nil
}

// filler inserts the rows of a backup, some at a time.
type filler struct {
	t       *tx
	tab     table
	waiting [][]any
	rows    int64
}

func (f *filler) begin(ctx context.Context, tab table) error {
	err := f.flush(ctx)
	f.tab = tab
	return err
}

func (f *filler) add(ctx context.Context, cells []cell) error {
	if want := strings.Count(f.tab.columns, ",") + 1; f.tab.name == "" || len(cells) != want {
		return fmt.Errorf("a row of table %q has %d values", f.tab.name, len(cells))
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = c.value
	}
	f.waiting = append(f.waiting, row)
	f.rows++
	if len(f.waiting) < f.t.insertRows() {
		return nil
	}
	return f.flush(ctx)
}

func (f *filler) flush(ctx context.Context) error {
	err := f.t.insert(ctx, `INSERT INTO `+f.tab.name+` (`+f.tab.columns+`) VALUES `, ``, f.waiting)
	f.waiting = f.waiting[:0]
	if err != nil {
		return fmt.Errorf("table %s: %w", f.tab.name, err)
	}
	return nil
}

func (f *filler) end(ctx context.Context, rows int64) error {
	if f.rows != rows {
		return fmt.Errorf("the backup says %d rows and has %d", rows, f.rows)
	}
	return f.flush(ctx)
}
