package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// SaveInterest keeps what the actor's enterprise answers to a proposal, in
// place of its earlier answer, and asks for, accepts, declines or takes back the
// introduction that this comes to. Unfit and a veto withdraw the proposal; a veto also
// withdraws every other open proposal between the two firms that nobody is
// interested in, and keeps new ones from being made. Interested opens the
// proposal again unless somebody refused it; when a listing is off the market
// the answer is market.ErrStale.
func (s *Store) SaveInterest(ctx context.Context, actor market.Actor, i market.Interest) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error { return t.saveInterest(ctx, actor, i, s.Limits()) })
	if err != nil {
		return fmt.Errorf("store.SaveInterest(%q): %w", i.ProposalID, err)
	}
	return nil
}

func (t *tx) saveInterest(ctx context.Context, actor market.Actor, i market.Interest, most market.Limits) error {
	if i.Answer == market.Interested {
		if err := t.lockFirm(ctx, actor.EnterpriseID); err != nil {
			return err
		}
	}
	p, err := t.answerable(ctx, actor, i.ProposalID)
	if err != nil {
		return err
	}
	if err := i.Check(); err != nil {
		return err
	}
	i.EnterpriseID, i.UserID = actor.EnterpriseID, actor.UserID
	if i.Answer != market.Unfit {
		i.Reason, i.Ground, i.Always = "", "", false
	}
	if err := t.putInterest(ctx, actor, i); err != nil {
		return err
	}
	if err := t.saveVeto(ctx, actor, &p, i); err != nil {
		return err
	}
	if err := t.learn(ctx, actor, p.Side(actor.EnterpriseID), i); err != nil {
		return err
	}
	t.audit(actor, string(i.Answer), "proposal", p.ID)
	t.changed(market.ChangeProposal, p.ID)
	if err := t.settle(ctx, &p, i.Answer); err != nil {
		return err
	}
	return t.follow(ctx, actor, &p, i, most)
}

func (t *tx) putInterest(ctx context.Context, actor market.Actor, i market.Interest) error {
	_, err := t.exec(ctx, `INSERT INTO interest (proposal_id, enterprise_id, user_id, answer, reason, ground, note, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (proposal_id, enterprise_id) DO UPDATE SET
		user_id = excluded.user_id, answer = excluded.answer, reason = excluded.reason, ground = excluded.ground, note = excluded.note, updated_at = excluded.updated_at`,
		i.ProposalID, actor.EnterpriseID, actor.UserID, string(i.Answer), i.Reason, i.Ground, i.Note, milli(t.now), milli(t.now))
	return err
}

// answerable loads a proposal of the actor's. The listings are locked before
// it, in the order of ids, as SaveMatches does.
func (t *tx) answerable(ctx context.Context, actor market.Actor, id string) (market.Proposal, error) {
	p, err := proposalByID(ctx, t, id, ``)
	if err != nil {
		return p, err
	}
	if !actor.MaySeeProposal(&p) {
		return p, market.ErrNotFound
	}
	if t.postgres {
		if _, err := idsOf(ctx, t, `SELECT id FROM listing WHERE id IN ($1, $2) ORDER BY id`+t.forUpdate(), p.NeedID, p.SupplyID); err != nil {
			return p, err
		}
	}
	return proposalByID(ctx, t, id, t.forUpdate())
}

// saveVeto keeps or takes back the word that was spoken on this proposal.
func (t *tx) saveVeto(ctx context.Context, actor market.Actor, p *market.Proposal, i market.Interest) error {
	other := p.NeedBy
	if p.Side(i.EnterpriseID) == market.Need {
		other = p.SupplyBy
	}
	if i.Answer.Private() {
		return t.veto(ctx, actor, other, p.ID, i.Answer)
	}
	_, err := t.exec(ctx, `DELETE FROM veto WHERE enterprise_id = $1 AND other_id = $2 AND proposal_id = $3`, i.EnterpriseID, other, p.ID)
	return err
}

// veto keeps the word of the actor's firm about another, spoken on a proposal
// or an introduction, withdraws the other open proposals between the two that
// nobody is interested in, and ends their open introductions.
func (t *tx) veto(ctx context.Context, actor market.Actor, other, spokenOn string, word market.Answer) error {
	if _, err := t.exec(ctx, `INSERT INTO veto (enterprise_id, other_id, proposal_id, created_at, word) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (enterprise_id, other_id, proposal_id) DO UPDATE SET word = excluded.word`, actor.EnterpriseID, other, spokenOn, milli(t.now), string(word)); err != nil {
		return err
	}
	between, err := idsOf(ctx, t, `SELECT id FROM proposal WHERE status = 'open' AND id <> $3
		AND (need_by = $1 AND supply_by = $2 OR need_by = $2 AND supply_by = $1)
		AND NOT EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id AND i.answer = 'interested')`, actor.EnterpriseID, other, spokenOn)
	if err != nil {
		return err
	}
	if err := t.withdraw(ctx, between); err != nil {
		return err
	}
	return t.partWays(ctx, actor, other, word)
}

// settle makes the proposal's status agree with the answers.
func (t *tx) settle(ctx context.Context, p *market.Proposal, answer market.Answer) error {
	status := market.Withdrawn
	if answer == market.Interested {
		var live, refused int64
		if err := one(ctx, t, `SELECT count(*) FROM listing WHERE id IN ($1, $2) AND status = 'live'`, into(&live), p.NeedID, p.SupplyID); err != nil {
			return err
		}
		if live < 2 {
			return market.ErrStale
		}
		if err := one(ctx, t, `SELECT count(*) FROM interest WHERE proposal_id = $1 AND answer <> 'interested'`, into(&refused), p.ID); err != nil {
			return err
		}
		if refused == 0 {
			status = market.Open
		}
	}
	_, err := t.exec(ctx, `UPDATE proposal SET status = $1, rev = rev + 1, updated_at = $2 WHERE id = $3`, string(status), milli(t.now), p.ID)
	return err
}

// InterestsOf returns the answers to each of the proposals: one firm's, or both
// parties' when enterpriseID is empty.
func (s *Store) InterestsOf(ctx context.Context, proposalIDs []string, enterpriseID string) (map[string][]market.Interest, error) {
	out := make(map[string][]market.Interest, len(proposalIDs))
	err := in(ctx, s.read, `SELECT proposal_id, enterprise_id, user_id, answer, reason, ground, note, created_at, updated_at FROM interest
		WHERE ($1 = '' OR enterprise_id = $1) AND proposal_id IN (%s) ORDER BY proposal_id, enterprise_id`, proposalIDs, func(r *sql.Rows) error {
		var i market.Interest
		var created, updated int64
		err := r.Scan(&i.ProposalID, &i.EnterpriseID, &i.UserID, &i.Answer, &i.Reason, &i.Ground, &i.Note, &created, &updated)
		i.CreatedAt, i.UpdatedAt = fromMilli(created), fromMilli(updated)
		out[i.ProposalID] = append(out[i.ProposalID], i)
		return err
	}, enterpriseID)
	if err != nil {
		return nil, fmt.Errorf("store.InterestsOf: %w", err)
	}
	return out, nil
}

// Vetoes returns, for each enterprise, those it must never be paired with
// because either of the two said they know each other.
func (s *Store) Vetoes(ctx context.Context, enterpriseIDs []string) (map[string][]string, error) {
	out, err := vetoes(ctx, s.read, enterpriseIDs)
	if err != nil {
		return nil, fmt.Errorf("store.Vetoes: %w", err)
	}
	return out, nil
}

func vetoes(ctx context.Context, a asker, enterpriseIDs []string) (map[string][]string, error) {
	asked := make(map[string]bool, len(enterpriseIDs))
	for _, id := range enterpriseIDs {
		asked[id] = true
	}
	out := map[string][]string{}
	for _, column := range []string{"enterprise_id", "other_id"} {
		err := in(ctx, a, `SELECT enterprise_id, other_id FROM veto WHERE `+column+` IN (%s)`, enterpriseIDs, func(r *sql.Rows) error {
			var x, y string
			err := r.Scan(&x, &y)
			if asked[x] {
				out[x] = append(out[x], y)
			}
			if asked[y] {
				out[y] = append(out[y], x)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return sorted(out), nil
}
