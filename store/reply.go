package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"lianqiao/market"
)

const replyColumns = `fair_id, a_id, b_id, by_id, result, fen, note, outcome_id, updated_at`

// SaveReply keeps one side's report on a talk, the last word counts, and tells
// the ledger: on the introduction that opened the two firms' contacts, else on
// one that begins with the fair. What a signed-in user said there of the same
// or a later stage stands.
func (s *Store) SaveReply(ctx context.Context, r market.FairReply) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.lockFirm(ctx, r.A); err != nil { // both sides may reply at once
			return err
		}
		outcome, err := t.replied(ctx, &r)
		if err != nil {
			return err
		}
		t.changed(market.ChangeFair, r.FairID)
		return t.insert(ctx, `INSERT INTO fair_reply (`+replyColumns+`) VALUES `,
			` ON CONFLICT (fair_id, a_id, b_id, by_id) DO UPDATE SET result = excluded.result, fen = excluded.fen, note = excluded.note, outcome_id = excluded.outcome_id, updated_at = excluded.updated_at`,
			[][]any{{r.FairID, r.A, r.B, r.By, string(r.Result), r.Fen, r.Note, outcome, milli(t.now)}})
	})
	if err != nil {
		return fmt.Errorf("store.SaveReply(%q): %w", r.FairID, err)
	}
	return nil
}

// replied claims in the ledger what the reply says and returns the outcome, or
// "" when there is nothing to tell.
func (t *tx) replied(ctx context.Context, r *market.FairReply) (string, error) {
	i, err := t.introductionAt(ctx, r)
	if err != nil || i.ID == "" {
		return "", err
	}
	known, err := outcomesWhere(ctx, t, `introduction_id = $1`, i.ID)
	if err != nil {
		return "", err
	}
	claim, last, id := r.Claim(t.now), market.Claim{}, ""
	if len(known) > 0 {
		last, id = known[0].Claims[r.By], known[0].ID
	}
	said := last.UserID != ""
	switch {
	case r.Result == market.ResultNone && (last.Stage == "" || said):
		return id, nil
	case said && last.Stage.Rank() >= claim.Stage.Rank():
		return id, nil
	}
	o, err := t.claimOn(ctx, market.Actor{EnterpriseID: r.By}, &i, claim, r.FairID)
	if market.IsKind(err, market.Conflict) {
		return id, nil // another introduction of the two counts this very sum
	}
	return o.ID, err
}

// neverMet is an introduction that began at a table, with words that were all
// taken back there before anybody consented to it.
const neverMet = `status = 'withdrawn' AND by_consent_user = '' AND to_consent_user = ''`

// TakeBackReply withdraws one side's report on a talk, and what it claimed in
// the ledger: what the firm had said there before stands again. An introduction
// that only such words began ends with the last of them, unless somebody has
// consented to it. The audit keeps what was said. Without a report it answers
// market.ErrNotFound.
func (s *Store) TakeBackReply(ctx context.Context, actor market.Actor, fairID string, pair market.Pair, by string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.lockFirm(ctx, pair.A); err != nil {
			return err
		}
		list, err := repliesWhere(ctx, t, `fair_id = $1 AND a_id = $2 AND b_id = $3`, fairID, pair.A, pair.B)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(r market.FairReply) bool { return r.By == by })
		if i < 0 {
			return market.ErrNotFound
		}
		if _, err := t.exec(ctx, `DELETE FROM fair_reply WHERE fair_id = $1 AND a_id = $2 AND b_id = $3 AND by_id = $4`, fairID, pair.A, pair.B, by); err != nil {
			return err
		}
		t.auditOn(actor, by, "take back "+string(list[i].Result)+" on "+pair.Other(by), "fair", fairID)
		t.changed(market.ChangeFair, fairID)
		others := slices.ContainsFunc(list, func(r market.FairReply) bool { return r.By != by && r.Result != market.ResultNone })
		return t.unclaim(ctx, actor, fairID, &list[i], !others)
	})
	if err != nil {
		return fmt.Errorf("store.TakeBackReply(%q): %w", fairID, err)
	}
	return nil
}

// unclaim withdraws what a firm claimed at the tables of a fair in one outcome.
func (t *tx) unclaim(ctx context.Context, actor market.Actor, fairID string, r *market.FairReply, last bool) error {
	if r.OutcomeID == "" {
		return nil
	}
	var introduction string
	if err := one(ctx, t, `SELECT introduction_id FROM outcome WHERE id = $1`, into(&introduction), r.OutcomeID); err != nil {
		return err
	}
	i, err := introductionByID(ctx, t, introduction, t.forUpdate())
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE claim SET withdrawn_at = $4 WHERE outcome_id = $1 AND enterprise_id = $2 AND fair_id = $3 AND withdrawn_at = 0`, r.OutcomeID, r.By, fairID, milli(t.now))
	if err != nil {
		return err
	}
	if n > 0 {
		o, err := t.outcomeOf(ctx, &i)
		if err == nil {
			err = t.countedOnce(ctx, &o)
		}
		if err != nil {
			return err
		}
		t.auditOn(actor, r.By, "unclaim", "outcome", o.ID)
		if err := t.saveOutcome(ctx, &o); err != nil {
			return err
		}
	}
	if !last || i.FairID != fairID || i.Status != market.Asked || i.ByConsent.UserID != "" || i.ToConsent.UserID != "" {
		return nil
	}
	i.Rev, i.Status, i.UpdatedAt = i.Rev+1, market.TakenBack, t.now
	t.audit(actor, string(Withdraw), "introduction", i.ID)
	return t.saveIntroduction(ctx, &i)
}

// introductionAt finds, or begins, the introduction that a reply belongs to. A
// talk that came to nothing begins none.
func (t *tx) introductionAt(ctx context.Context, r *market.FairReply) (market.Introduction, error) {
	for _, where := range []string{
		`fair_id = $3 AND (by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1) AND NOT (` + neverMet + `) ORDER BY id DESC LIMIT 1`,
		`(by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1) AND status = 'agreed' AND disclosed_at > 0 AND $3 <> '' ORDER BY id DESC LIMIT 1`,
	} {
		found, err := introductionsWhere(ctx, t, where+t.forUpdate(), r.A, r.B, r.FairID)
		if err != nil || len(found) > 0 {
			return append(found, market.Introduction{})[0], err
		}
	}
	if r.Result == market.ResultNone {
		return market.Introduction{}, nil
	}
	i := market.Met(r.FairID, r.Pair, t.now)
	i.ID = market.NewID()
	if err := t.spare(ctx, &i); err != nil {
		return i, err
	}
	return i, t.insertIntroduction(ctx, market.Actor{EnterpriseID: r.By}, i, "met")
}

// Replied reports whether a side has a report on a talk.
func (s *Store) Replied(ctx context.Context, fairID string, pair market.Pair, by string) (bool, error) {
	list, err := repliesWhere(ctx, s.read, `fair_id = $1 AND a_id = $2 AND b_id = $3 AND by_id = $4`, fairID, pair.A, pair.B, by)
	if err != nil {
		return false, fmt.Errorf("store.Replied(%q): %w", fairID, err)
	}
	return len(list) > 0, nil
}

// Replies returns all reports of a fair, by pair and side.
func (s *Store) Replies(ctx context.Context, fairID string) ([]market.FairReply, error) {
	out, err := repliesWhere(ctx, s.read, `fair_id = $1`, fairID)
	if err != nil {
		return nil, fmt.Errorf("store.Replies(%q): %w", fairID, err)
	}
	return out, nil
}

func repliesWhere(ctx context.Context, a asker, where string, args ...any) ([]market.FairReply, error) {
	var out []market.FairReply
	err := each(ctx, a, `SELECT `+replyColumns+` FROM fair_reply WHERE `+where+` ORDER BY a_id, b_id, by_id`, func(r *sql.Rows) error {
		var x market.FairReply
		var at int64
		err := r.Scan(&x.FairID, &x.A, &x.B, &x.By, &x.Result, &x.Fen, &x.Note, &x.OutcomeID, &at)
		x.UpdatedAt = fromMilli(at)
		out = append(out, x)
		return err
	}, args...)
	return out, err
}

// RepliedOutcomes returns the outcomes that a fair's replies went into, by id.
func (s *Store) RepliedOutcomes(ctx context.Context, fairID string) (map[string]market.Outcome, error) {
	list, err := outcomesWhere(ctx, s.read, `id IN (SELECT outcome_id FROM fair_reply WHERE fair_id = $1 AND outcome_id <> '')`, fairID)
	if err != nil {
		return nil, fmt.Errorf("store.RepliedOutcomes(%q): %w", fairID, err)
	}
	out := make(map[string]market.Outcome, len(list))
	for _, o := range list {
		out[o.ID] = o
	}
	return out, nil
}

// Subjects returns, for each pair that reported on a talk, what the two had to
// do with each other: the class of the need of the best proposal between them,
// whatever became of it. A pair without any is left out.
func (s *Store) Subjects(ctx context.Context, fairID string) (map[market.Pair]string, error) {
	out, totals := map[market.Pair]string{}, map[market.Pair]int{}
	err := each(ctx, s.read, `SELECT p.need_by, p.supply_by, p.total, l.class FROM (
			SELECT DISTINCT a_id, b_id FROM fair_reply WHERE fair_id = $1) r
		JOIN proposal p ON p.need_by IN (r.a_id, r.b_id) AND p.supply_by IN (r.a_id, r.b_id)
		JOIN listing l ON l.id = p.need_id ORDER BY p.id`, func(rows *sql.Rows) error {
		var need, supply, class string
		var total int
		err := rows.Scan(&need, &supply, &total, &class)
		if pair := market.PairOf(need, supply); total > totals[pair] {
			out[pair], totals[pair] = class, total
		}
		return err
	}, fairID)
	if err != nil {
		return nil, fmt.Errorf("store.Subjects(%q): %w", fairID, err)
	}
	return out, nil
}

// UnmetNeeds returns the live needs of a fair's firms for which nobody with whom
// the firm came to more than a talk has a supply proposed, by class and id, limit
// at most.
func (s *Store) UnmetNeeds(ctx context.Context, fairID string, limit int) ([]market.Listing, error) {
	list, err := listingsWhere(ctx, s.read, `side = 'need' AND status = 'live'
		AND enterprise_id IN (SELECT enterprise_id FROM fair_party WHERE fair_id = $1)
		AND NOT EXISTS (SELECT 1 FROM proposal p JOIN fair_reply r ON r.fair_id = $1 AND r.result <> 'none'
			AND (r.a_id = p.need_by AND r.b_id = p.supply_by OR r.b_id = p.need_by AND r.a_id = p.supply_by)
			WHERE p.need_id = listing.id) ORDER BY class, id LIMIT $2`, fairID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.UnmetNeeds(%q): %w", fairID, err)
	}
	return list, nil
}
