package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

// TakeGuess counts a try at an account before it is made, so that tries in
// several processes at once cannot slip past the limit. device is "" for all
// strangers together. Too many tries are a TooMany error and write nothing.
func (s *Store) TakeGuess(ctx context.Context, account, device string, now time.Time) error {
	// Most tries of an attack end here, without a turn on the writer.
	kept, err := guesses(ctx, s.read, account, device, ``)
	if err != nil {
		return fmt.Errorf("store.TakeGuess: %w", err)
	}
	if _, ok := kept.Take(now); !ok {
		return errTries
	}
	err = s.update(ctx, func(ctx context.Context, t *tx) error { return t.takeGuess(ctx, account, device, now) })
	if err != nil {
		return fmt.Errorf("store.TakeGuess: %w", err)
	}
	return nil
}

func (t *tx) takeGuess(ctx context.Context, account, device string, now time.Time) error {
	if _, err := t.exec(ctx, `INSERT INTO guess (account, device, times, updated_at) VALUES ($1, $2, '[]', $3) ON CONFLICT DO NOTHING`,
		account, device, milli(now)); err != nil {
		return err
	}
	kept, err := guesses(ctx, t, account, device, t.forUpdate())
	if err != nil {
		return err
	}
	kept, ok := kept.Take(now)
	if !ok {
		return errTries
	}
	return t.saveGuesses(ctx, account, device, kept, now)
}

var errTries = &market.Error{Kind: market.TooMany, Message: "error.tooManyTries"}

// ReturnGuess takes back the try that turned out right. The wrong ones stay
// counted: an owner who signs in does not give a stranger ten tries more.
func (s *Store) ReturnGuess(ctx context.Context, account, device string, at time.Time) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept, err := guesses(ctx, t, account, device, t.forUpdate())
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(kept, trim(at).Equal); i >= 0 {
			kept = slices.Delete(kept, i, i+1)
		}
		return t.saveGuesses(ctx, account, device, kept, at)
	})
	if err != nil {
		return fmt.Errorf("store.ReturnGuess: %w", err)
	}
	return nil
}

func (t *tx) saveGuesses(ctx context.Context, account, device string, g market.Guesses, now time.Time) error {
	times, err := asJSON(mapped(g, milli))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE guess SET times = $1, updated_at = $2 WHERE account = $3 AND device = $4`, times, milli(now), account, device)
	return err
}

func guesses(ctx context.Context, a asker, account, device, lock string) (market.Guesses, error) {
	var times string
	err := one(ctx, a, `SELECT times FROM guess WHERE account = $1 AND device = $2`+lock, into(&times), account, device)
	if market.IsKind(err, market.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept, err := fromJSON[int64](times)
	return mapped(kept, fromMilli), err
}

// devicesMost is how many browsers an account is known by; the newest stay.
const devicesMost = 20

// SaveDevice notes that the user signed in with the browser that holds the token.
func (s *Store) SaveDevice(ctx context.Context, tokenHash, userID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, `INSERT INTO device (token_hash, user_id, created_at, seen_at) VALUES ($1, $2, $3, $3)
			ON CONFLICT (token_hash, user_id) DO UPDATE SET seen_at = excluded.seen_at`, tokenHash, userID, milli(t.now)); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM device WHERE user_id = $1 AND seen_at < (SELECT seen_at FROM device WHERE user_id = $1
			ORDER BY seen_at DESC LIMIT 1 OFFSET $2)`, userID, devicesMost-1)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveDevice: %w", err)
	}
	return nil
}

// KnowsDevice reports whether the user signed in with this browser before.
func (s *Store) KnowsDevice(ctx context.Context, tokenHash, userID string) (bool, error) {
	var n int64
	if err := one(ctx, s.read, `SELECT count(*) FROM device WHERE token_hash = $1 AND user_id = $2`, into(&n), tokenHash, userID); err != nil {
		return false, fmt.Errorf("store.KnowsDevice: %w", err)
	}
	return n > 0, nil
}
