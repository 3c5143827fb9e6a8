package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lianqiao/market"
)

const preferenceColumns = `id, rev, enterprise_id, side, kind, value, status, asked, answers, created_at, updated_at`

func scanPreference(r *sql.Rows) (p market.Preference, err error) {
	var asked, created, updated int64
	err = r.Scan(&p.ID, &p.Rev, &p.EnterpriseID, &p.Side, &p.Kind, &p.Value, &p.Status, &asked, &p.Answers, &created, &updated)
	p.Asked, p.CreatedAt, p.UpdatedAt = asked != 0, fromMilli(created), fromMilli(updated)
	return p, err
}

// learn makes or strengthens a rule of an answer. What the firm itself said of a
// rule stands: one that it switched off or removed comes back only when asked for.
func (t *tx) learn(ctx context.Context, actor market.Actor, side market.Side, i market.Interest) error {
	if i.Ground == "" {
		return nil
	}
	grounds, err := idsOf(ctx, t, `SELECT i.ground FROM interest i JOIN proposal p ON p.id = i.proposal_id
		WHERE i.enterprise_id = $1 AND i.reason = $2 AND i.answer = 'unfit' AND i.ground <> '' AND p.`+string(side)+`_by = $1
		ORDER BY i.updated_at DESC, i.proposal_id`, i.EnterpriseID, i.Reason)
	if err != nil {
		return err
	}
	p, ok := market.Conclude(i.Reason, append([]string{i.Ground}, without(grounds, i.Ground)...), i.Always)
	if !ok {
		return nil
	}
	p.EnterpriseID, p.Side = i.EnterpriseID, side
	return t.putPreference(ctx, actor, p)
}

// without is the list less one of the word.
func without(list []string, word string) []string {
	for n, x := range list {
		if x == word {
			return append(append([]string{}, list[:n]...), list[n+1:]...)
		}
	}
	return list
}

func (t *tx) putPreference(ctx context.Context, actor market.Actor, p market.Preference) error {
	var old market.Preference
	err := one(ctx, t, `SELECT `+preferenceColumns+` FROM preference WHERE enterprise_id = $1 AND side = $2 AND kind = $3 AND of = $4`+t.forUpdate(), func(r *sql.Rows) (err error) {
		old, err = scanPreference(r)
		return err
	}, p.EnterpriseID, string(p.Side), string(p.Kind), p.Of())
	kept := err == nil
	switch {
	case errors.Is(err, market.ErrNotFound):
		old = market.Preference{ID: market.NewID(), CreatedAt: t.now}
	case err != nil:
		return err
	}
	if kept && !p.Asked && (old.Asked || old.Status == market.PreferenceOff || old.Status == market.PreferenceRemoved) {
		return nil
	}
	if kept && old.Status == p.Status && old.Value == p.Value && old.Answers == p.Answers && old.Asked == p.Asked {
		return nil
	}
	_, err = t.exec(ctx, `INSERT INTO preference (of, `+preferenceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (enterprise_id, side, kind, of) DO UPDATE SET rev = preference.rev + 1, value = excluded.value, status = excluded.status,
		asked = excluded.asked, answers = excluded.answers, updated_at = excluded.updated_at`,
		p.Of(), old.ID, old.Rev+1, p.EnterpriseID, string(p.Side), string(p.Kind), p.Value, string(p.Status), number(p.Asked), p.Answers, milli(old.CreatedAt), milli(t.now))
	t.audit(actor, "prefer "+string(p.Status), "preference", old.ID)
	if p.Status == market.PreferenceOn {
		t.changed(market.ChangeEnterprise, p.EnterpriseID)
	}
	return err
}

// SetPreference switches a rule of the actor's firm on or off, or removes it,
// and has the firm's live listings matched again. The revision is the one read.
func (s *Store) SetPreference(ctx context.Context, actor market.Actor, id string, rev int64, status market.PreferenceStatus) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		p, err := preferenceByID(ctx, t, id, t.forUpdate())
		switch {
		case err != nil:
			return err
		case !actor.MaySeePreference(&p) || p.Status == market.PreferenceRemoved:
			return market.ErrNotFound
		case p.Rev != rev:
			return market.ErrStale
		}
		t.audit(actor, "prefer "+string(status), "preference", id)
		if p.Status == market.PreferenceOn || status == market.PreferenceOn {
			t.changed(market.ChangeEnterprise, p.EnterpriseID)
		}
		_, err = t.exec(ctx, `UPDATE preference SET status = $1, rev = rev + 1, updated_at = $2 WHERE id = $3`, string(status), milli(t.now), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SetPreference(%q): %w", id, err)
	}
	return nil
}

func preferenceByID(ctx context.Context, a asker, id, lock string) (p market.Preference, err error) {
	err = one(ctx, a, `SELECT `+preferenceColumns+` FROM preference WHERE id = $1`+lock, func(r *sql.Rows) error {
		p, err = scanPreference(r)
		return err
	}, id)
	return p, err
}

// Preference returns one rule or market.ErrNotFound.
func (s *Store) Preference(ctx context.Context, id string) (market.Preference, error) {
	p, err := preferenceByID(ctx, s.read, id, ``)
	if err != nil {
		return p, fmt.Errorf("store.Preference(%q): %w", id, err)
	}
	return p, nil
}

// maxPreferences is more than a person makes by hand.
const maxPreferences = 200

// PreferencesOf lists a firm's rules but the removed ones, newest first.
func (s *Store) PreferencesOf(ctx context.Context, enterpriseID string) (list []market.Preference, err error) {
	err = each(ctx, s.read, `SELECT `+preferenceColumns+` FROM preference WHERE enterprise_id = $1 AND status <> 'removed' ORDER BY updated_at DESC, id LIMIT $2`, func(r *sql.Rows) error {
		p, err := scanPreference(r)
		list = append(list, p)
		return err
	}, enterpriseID, maxPreferences)
	if err != nil {
		return nil, fmt.Errorf("store.PreferencesOf(%q): %w", enterpriseID, err)
	}
	return list, nil
}

// PreferencesOn are the working rules of each of the firms, in a fixed order.
func (s *Store) PreferencesOn(ctx context.Context, enterpriseIDs []string) (map[string][]market.Preference, error) {
	out := map[string][]market.Preference{}
	err := in(ctx, s.read, `SELECT `+preferenceColumns+` FROM preference WHERE status = 'on' AND enterprise_id IN (%s) ORDER BY id`, enterpriseIDs, func(r *sql.Rows) error {
		p, err := scanPreference(r)
		if n := len(out[p.EnterpriseID]); n == 0 || out[p.EnterpriseID][n-1].ID != p.ID {
			out[p.EnterpriseID] = append(out[p.EnterpriseID], p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.PreferencesOn: %w", err)
	}
	return out, nil
}

// Unfit are the pairs that each of the firms found unfit, by firm.
func (s *Store) Unfit(ctx context.Context, enterpriseIDs []string) (map[string][]market.Proposal, error) {
	out := map[string][]market.Proposal{}
	err := in(ctx, s.read, `SELECT i.enterprise_id, p.need_id, p.supply_id, p.need_by, p.supply_by FROM interest i JOIN proposal p ON p.id = i.proposal_id
		WHERE i.answer = 'unfit' AND i.enterprise_id IN (%s) ORDER BY p.id`, enterpriseIDs, func(r *sql.Rows) error {
		var by string
		var p market.Proposal
		err := r.Scan(&by, &p.NeedID, &p.SupplyID, &p.NeedBy, &p.SupplyBy)
		out[by] = append(out[by], p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.Unfit: %w", err)
	}
	return out, nil
}
