package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// sealMost is how many audit lines one seal covers.
const sealMost = 5000

// sealedLine is an audit line as it goes into the hash.
type sealedLine struct {
	ID, UserID, EnterpriseID, Deed, Kind, Of string
	At                                       int64
}

// Seal closes the audit lines written since the last seal under one hash that
// also covers the seal before: from then on no line can be changed, taken out
// or put in unnoticed. It returns how many lines it closed. Lines are picked
// by not being sealed, not by their ids, because ids commit out of order.
func (s *Store) Seal(ctx context.Context) (int, error) {
	closed := 0
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var last int64
		previous := ""
		err := one(ctx, t, `SELECT number, hash FROM seal ORDER BY number DESC LIMIT 1`, into(&last, &previous))
		if ignoreNotFound(err) != nil {
			return err
		}
		lines, err := auditLines(ctx, t, `seal = 0 ORDER BY id LIMIT $1`, sealMost)
		if err != nil || len(lines) == 0 {
			return err
		}
		// Of two processes that seal at once the second finds the number taken.
		n, err := t.exec(ctx, `INSERT INTO seal (number, lines, hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, last+1, len(lines), chained(previous, lines), milli(t.now))
		if err != nil || n == 0 {
			return err
		}
		ids := make([]string, len(lines))
		for i, l := range lines {
			ids[i] = l.ID
		}
		closed = len(lines)
		return in(ctx, t, `UPDATE audit SET seal = $1 WHERE id IN (%s)`, ids, func(*sql.Rows) error { return nil }, last+1)
	})
	if err != nil {
		return 0, fmt.Errorf("store.Seal: %w", err)
	}
	return closed, nil
}

// ErrBroken says that the audit is not what was sealed.
var ErrBroken = errors.New("the audit is not what was sealed")

// CheckSeals goes through every seal from the first and returns how many hold.
// The first that does not is ErrBroken with its number.
func (s *Store) CheckSeals(ctx context.Context) (int, error) {
	n, err := checkSeals(ctx, s.read)
	if err != nil {
		return n, fmt.Errorf("store.CheckSeals: %w", err)
	}
	return n, nil
}

func checkSeals(ctx context.Context, a asker) (int, error) {
	type seal struct {
		number int64
		lines  int
		hash   string
	}
	var seals []seal
	err := each(ctx, a, `SELECT number, lines, hash FROM seal ORDER BY number`, func(r *sql.Rows) error {
		var x seal
		err := r.Scan(&x.number, &x.lines, &x.hash)
		seals = append(seals, x)
		return err
	})
	if err != nil {
		return 0, err
	}
	previous := ""
	for i, x := range seals {
		lines, err := auditLines(ctx, a, `seal = $1 ORDER BY id`, x.number)
		if err != nil {
			return i, err
		}
		if x.number != int64(i+1) || len(lines) != x.lines || chained(previous, lines) != x.hash {
			return i, fmt.Errorf("seal %d: %w", i+1, ErrBroken)
		}
		previous = x.hash
	}
	var stray int64
	if err := one(ctx, a, `SELECT count(*) FROM audit WHERE seal > $1`, into(&stray), len(seals)); err != nil {
		return 0, err
	}
	if stray > 0 {
		return len(seals), fmt.Errorf("the last seals are gone: %w", ErrBroken)
	}
	return len(seals), nil
}

func auditLines(ctx context.Context, a asker, where string, arg any) ([]sealedLine, error) {
	var out []sealedLine
	err := each(ctx, a, `SELECT id, at, user_id, enterprise_id, deed, kind, of FROM audit WHERE `+where, func(r *sql.Rows) error {
		var l sealedLine
		err := r.Scan(&l.ID, &l.At, &l.UserID, &l.EnterpriseID, &l.Deed, &l.Kind, &l.Of)
		out = append(out, l)
		return err
	}, arg)
	return out, err
}

// chained is SHA-256 over the hash before and the lines as JSON, in which no
// two different lists are spelled alike.
func chained(previous string, lines []sealedLine) string {
	h := sha256.New()
	e := json.NewEncoder(h)
	_ = e.Encode(previous)
	for _, l := range lines {
		_ = e.Encode(l)
	}
	return hex.EncodeToString(h.Sum(nil))
}
