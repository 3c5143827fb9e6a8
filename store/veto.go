package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

func vetoedBy(ctx context.Context, a asker, by, other string) (bool, error) {
	var n int64
	err := one(ctx, a, `SELECT count(*) FROM veto WHERE enterprise_id = $1 AND other_id = $2`, into(&n), by, other)
	return n > 0, err
}

// partWays ends what is open between two firms after the first said a veto:
// the other's questions are declined without a reason, its own taken back. A
// contact that is open stays so for firms that merely know each other.
func (t *tx) partWays(ctx context.Context, actor market.Actor, other string, word market.Answer) error {
	open, err := introductionsWhere(ctx, t, `(by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1) AND status IN ('asked', 'agreed') ORDER BY id`+t.forUpdate(),
		actor.EnterpriseID, other)
	if err != nil {
		return err
	}
	for _, i := range open {
		switch {
		case i.Current(t.now) == market.Lapsed || !actor.MaySeeIntroduction(&i):
		case i.Status == market.Agreed && word == market.Known:
		case i.Consented(actor.EnterpriseID):
			_, err = t.doIntroduction(ctx, actor, i, Withdraw, "")
		default:
			_, err = t.doIntroduction(ctx, actor, i, Decline, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Veto keeps the actor's word that it wants nothing to do with the other party
// of an introduction, and ends what is open between the two.
func (s *Store) Veto(ctx context.Context, actor market.Actor, introductionID string, word market.Answer) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !word.Private() {
			return market.Bad("answer", "error.choose")
		}
		i, err := introductionByID(ctx, t, introductionID, ``)
		if err != nil {
			return err
		}
		if !actor.MaySeeIntroduction(&i) {
			return market.ErrNotFound
		}
		t.audit(actor, string(word), "introduction", i.ID)
		return t.veto(ctx, actor, i.Of(actor.EnterpriseID), i.ID, word)
	})
	if err != nil {
		return fmt.Errorf("store.Veto(%q): %w", introductionID, err)
	}
	return nil
}

// Unveto takes back every such word of the actor's firm about another.
func (s *Store) Unveto(ctx context.Context, actor market.Actor, otherID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM veto WHERE enterprise_id = $1 AND other_id = $2`, actor.EnterpriseID, otherID)
		if err == nil && n == 0 {
			err = market.ErrNotFound
		}
		t.audit(actor, "unveto", "enterprise", otherID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.Unveto(%q): %w", otherID, err)
	}
	return nil
}

// Vetoed returns whom the enterprise said never to, and in which word.
func (s *Store) Vetoed(ctx context.Context, enterpriseID string) (map[string]market.Answer, error) {
	out := map[string]market.Answer{}
	err := each(ctx, s.read, `SELECT other_id, word FROM veto WHERE enterprise_id = $1 ORDER BY created_at LIMIT 1000`, func(r *sql.Rows) error {
		var other string
		var word market.Answer
		err := r.Scan(&other, &word)
		out[other] = word
		return err
	}, enterpriseID)
	if err != nil {
		return nil, fmt.Errorf("store.Vetoed(%q): %w", enterpriseID, err)
	}
	return out, nil
}

// spare makes the firm that said never the one that is asked and does not see it.
func (t *tx) spare(ctx context.Context, i *market.Introduction) error {
	shy, err := vetoedBy(ctx, t, i.By, i.To)
	if err != nil {
		return err
	}
	if shy {
		i.By, i.To, i.FromID, i.ListingID = i.To, i.By, i.ListingID, i.FromID
	}
	i.Muted, err = vetoedBy(ctx, t, i.To, i.By)
	return err
}
