package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

// SetStatus publishes, renews, closes or expires a listing for its enterprise.
// rev must be the stored revision, else market.ErrStale; until, when not zero,
// is the new validity. What leaves the market takes its open proposals with
// it. Where the association reads listings first, publishing makes it wait.
func (s *Store) SetStatus(ctx context.Context, actor market.Actor, id string, rev int64, to market.Status, until time.Time) (market.Listing, error) {
	var l market.Listing
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		l, err = t.setStatus(ctx, actor, id, rev, to, until, s.Limits())
		return err
	})
	if err != nil {
		return market.Listing{}, fmt.Errorf("store.SetStatus(%q, %s): %w", id, to, err)
	}
	return l, nil
}

func (t *tx) setStatus(ctx context.Context, actor market.Actor, id string, rev int64, to market.Status, until time.Time, most market.Limits) (market.Listing, error) {
	l, err := t.ownListing(ctx, actor, id, rev)
	if err != nil {
		return l, err
	}
	if to != market.Live && to != market.Closed && to != market.Expired {
		return l, market.Bad("status", "error.choose")
	}
	was := l.Status
	l.Status, l.Rev, l.UpdatedAt = to, l.Rev+1, t.now
	if !until.IsZero() {
		l.ValidUntil = trim(until)
	}
	if to == market.Live {
		if err := t.publish(ctx, actor, &l, was, most); err != nil {
			return l, err
		}
	} else if err := t.dropReview(ctx, id); err != nil {
		return l, err
	} else if err := t.withdrawOf(ctx, []string{id}); err != nil {
		return l, err
	}
	t.audit(actor, string(l.Status), "listing", id)
	return l, t.replaceListing(ctx, &l, was == market.Live)
}

// withdrawOf withdraws every open proposal of the listings.
func (t *tx) withdrawOf(ctx context.Context, listings []string) error {
	var open []string
	collect := func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		open = append(open, id)
		return err
	}
	for _, side := range []string{"need_id", "supply_id"} {
		if err := in(ctx, t, `SELECT id FROM proposal WHERE status = 'open' AND `+side+` IN (%s)`, listings, collect); err != nil {
			return err
		}
	}
	return t.withdraw(ctx, open)
}

// withdraw withdraws proposals and tells their parties.
func (t *tx) withdraw(ctx context.Context, ids []string) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		t.changed(market.ChangeProposal, id)
	}
	return in(ctx, t, `UPDATE proposal SET status = 'withdrawn', rev = rev + 1, updated_at = $1 WHERE status = 'open' AND id IN (%s)`,
		ids, func(*sql.Rows) error { return nil }, milli(t.now))
}

// DeleteDraft removes a draft for good. Anything that was ever public stays.
func (s *Store) DeleteDraft(ctx context.Context, actor market.Actor, id string, rev int64) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		l, err := t.ownListing(ctx, actor, id, rev)
		if err != nil {
			return err
		}
		if l.Status != market.Draft {
			return &market.Error{Kind: market.Conflict, Message: "error.notDraft"}
		}
		t.audit(actor, "delete", "listing", id)
		_, err = t.exec(ctx, `DELETE FROM listing WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.DeleteDraft(%q): %w", id, err)
	}
	return nil
}

// keyLife is how long a repeated request finds its first answer.
const keyLife = 48 * time.Hour

// ExpireDue expires up to limit live listings whose validity ended by now and
// returns how many. It also lapses introductions that nobody answered and
// forgets what served its time.
func (s *Store) ExpireDue(ctx context.Context, now time.Time, limit int) (int, error) {
	var ids []string
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		ids, err = idsOf(ctx, t, `SELECT id FROM listing WHERE status = 'live' AND valid_until <= $1 ORDER BY id LIMIT $2`+t.forUpdate(), milli(now), limit)
		if err != nil {
			return err
		}
		if err := t.expire(ctx, ids); err != nil {
			return err
		}
		if err := t.lapseDue(ctx, now, limit); err != nil {
			return err
		}
		return t.forget(ctx, now)
	})
	if err != nil {
		return 0, fmt.Errorf("store.ExpireDue: %w", err)
	}
	return len(ids), nil
}

// forget drops what served its time: ended sessions, unused tickets, old tries,
// browsers and drafts not touched for a year, keys of requests, evidence
// that no record names, the contents of old files and of those that no quote
// took along. market.Retentions is the table of it.
func (t *tx) forget(ctx context.Context, now time.Time) error {
	for query, before := range map[string]time.Time{
		`DELETE FROM delivery WHERE created_at <= $1`:    now.Add(-market.NoticeLife),
		`DELETE FROM notice WHERE at <= $1`:              now.Add(-market.NoticeLife),
		`DELETE FROM session WHERE expires_at <= $1`:     now,
		`DELETE FROM ticket WHERE expires_at <= $1`:      now,
		`DELETE FROM guess WHERE updated_at <= $1`:       now.Add(-market.GuessSpan),
		`DELETE FROM device WHERE seen_at <= $1`:         now.Add(-market.DeviceLife),
		`DELETE FROM idempotency WHERE created_at <= $1`: now.Add(-keyLife),
		`DELETE FROM evidence WHERE at <= $1 AND NOT EXISTS (SELECT 1 FROM enterprise e WHERE e.id = evidence.enterprise_id
			AND (e.honours LIKE '%' || evidence.id || '%' OR e.certificates LIKE '%' || evidence.id || '%'))`: now.Add(-market.EvidenceIdle),
		`DELETE FROM listing WHERE status = 'draft' AND published_at = 0 AND updated_at <= $1`: now.Add(-market.DraftLife),
	} {
		if _, err := t.exec(ctx, query, milli(before)); err != nil {
			return err
		}
	}
	for which, before := range map[string]time.Time{
		`at <= $3`: now.Add(-market.AttachmentLife),
		`at <= $3 AND need_id <> '' AND quoted_at = 0`: now.Add(-market.EvidenceIdle),
	} {
		if _, err := t.exec(ctx, emptyFiles+which, []byte{}, milli(t.now), milli(before)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) expire(ctx context.Context, ids []string) error {
	for _, id := range ids {
		t.changed(market.ChangeListing, id)
	}
	err := in(ctx, t, `UPDATE listing SET status = 'expired', rev = rev + 1, updated_at = $1 WHERE id IN (%s)`, ids,
		func(*sql.Rows) error { return nil }, milli(t.now))
	if err != nil {
		return err
	}
	return t.withdrawOf(ctx, ids)
}
