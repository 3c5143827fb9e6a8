package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"lianqiao/market"
)

const followUpColumns = `id, introduction_id, enterprise_id, other_id, days, due_at, asked_at, answered_at, answer, called_by`

func followUpsWhere(ctx context.Context, a asker, where string, args ...any) ([]market.FollowUp, error) {
	var out []market.FollowUp
	err := each(ctx, a, `SELECT `+followUpColumns+` FROM followup WHERE `+where, func(r *sql.Rows) error {
		var f market.FollowUp
		var due, asked, answered int64
		err := r.Scan(&f.ID, &f.IntroductionID, &f.EnterpriseID, &f.OtherID, &f.Days, &due, &asked, &answered, &f.Answer, &f.CalledBy)
		f.DueAt, f.AskedAt, f.AnsweredAt = fromMilli(due), fromMilli(asked), fromMilli(answered)
		out = append(out, f)
		return err
	}, args...)
	return out, err
}

// planFollowUps notes when both sides will be asked what came of it.
func (t *tx) planFollowUps(ctx context.Context, i *market.Introduction) error {
	var rows [][]any
	for _, firm := range []string{i.By, i.To} {
		for _, days := range market.FollowUpDays {
			rows = append(rows, []any{market.NewID(), i.ID, firm, i.Of(firm), int64(days), milli(t.now.AddDate(0, 0, days)), int64(0), int64(0), "", ""})
		}
	}
	return t.insert(ctx, `INSERT INTO followup (`+followUpColumns+`) VALUES `, ` ON CONFLICT (introduction_id, enterprise_id, days) DO NOTHING`, rows)
}

// AskFollowUps asks what is due, limit at most, and returns how many it went
// through. Whose introduction is over, and who said that it came to an end, is
// not asked.
func (s *Store) AskFollowUps(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		due, err := followUpsWhere(ctx, t, `asked_at = 0 AND due_at <= $1 ORDER BY due_at LIMIT $2`+t.forUpdate(), milli(now), limit)
		if n = len(due); err != nil {
			return err
		}
		for _, f := range due {
			i, err := introductionByID(ctx, t, f.IntroductionID, ``)
			if err != nil {
				return err
			}
			known, err := outcomesWhere(ctx, t, `introduction_id = $1`, f.IntroductionID)
			if err != nil {
				return err
			}
			if i.Status != market.Agreed || len(known) > 0 && known[0].Claims[f.EnterpriseID].Ended {
				if _, err := t.exec(ctx, `DELETE FROM followup WHERE id = $1`, f.ID); err != nil {
					return err
				}
				continue
			}
			if _, err := t.exec(ctx, `UPDATE followup SET asked_at = $1 WHERE id = $2`, milli(now), f.ID); err != nil {
				return err
			}
			t.notify(f.EnterpriseID, market.TopicFollowUp, "followup", f.ID, f.OtherID)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store.AskFollowUps: %w", err)
	}
	return n, nil
}

// RemindDue reminds firms of introductions that wait for their word and lapse
// soon, each once. It returns how many it reminded, limit at most.
func (s *Store) RemindDue(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		for _, side := range []string{"to", "by"} {
			list, err := introductionsWhere(ctx, t, strings.ReplaceAll(`status = 'asked' AND muted = 0 AND expires_at > $1 AND expires_at <= $2
				AND NOT (SIDE_consent_user <> '' AND SIDE_withdrawn_at = 0)
				AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.enterprise_id = introduction.SIDE_id AND n.key = 'reminder ' || introduction.id)
				ORDER BY expires_at LIMIT $3`, "SIDE", side), milli(now), milli(now.Add(market.ReminderBefore)), limit)
			if err != nil {
				return err
			}
			for _, i := range list {
				firm := i.To
				if side == "by" {
					firm = i.By
				}
				t.notifyOn(&i, firm, market.TopicReminder)
				n++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store.RemindDue: %w", err)
	}
	return n, nil
}

// FollowUp returns one question or market.ErrNotFound.
func (s *Store) FollowUp(ctx context.Context, id string) (market.FollowUp, error) {
	list, err := followUpsWhere(ctx, s.read, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = market.ErrNotFound
	}
	if err != nil {
		return market.FollowUp{}, fmt.Errorf("store.FollowUp(%q): %w", id, err)
	}
	return list[0], nil
}

// AnswerFollowUp keeps an answer and tells the ledger what it says. It comes by
// the sealed link, with the zero Actor, or from an operator who asked the firm
// by telephone. What a signed-in user of the firm said of the same or a later
// stage stands in the ledger.
func (s *Store) AnswerFollowUp(ctx context.Context, actor market.Actor, id string, answer market.FollowUpAnswer, fen, upTo int64, reason string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		list, err := followUpsWhere(ctx, t, `id = $1 AND asked_at > 0`+t.forUpdate(), id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return market.ErrNotFound
		}
		f := list[0]
		if err := t.mayAnswer(ctx, actor, &f, answer); err != nil {
			return err
		}
		if answer == market.AnswerMissed {
			t.auditOn(actor, f.EnterpriseID, "called", "introduction", f.IntroductionID)
			_, err := t.exec(ctx, `UPDATE followup SET asked_at = $1, answer = $2, called_by = $3 WHERE id = $4`, milli(t.now), string(answer), actor.UserID, f.ID)
			return err
		}
		if err := t.claimAnswer(ctx, actor, &f, answer, fen, upTo, reason); err != nil {
			return err
		}
		t.auditOn(actor, f.EnterpriseID, "answer", "introduction", f.IntroductionID)
		_, err = t.exec(ctx, `UPDATE followup SET answered_at = $1, answer = $2, called_by = $3 WHERE id = $4`, milli(t.now), string(answer), actor.UserID, f.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.AnswerFollowUp(%q): %w", id, err)
	}
	return nil
}

var errAnswered = &market.Error{Kind: market.Conflict, Message: "error.followup.answered"}

func (t *tx) mayAnswer(ctx context.Context, actor market.Actor, f *market.FollowUp, answer market.FollowUpAnswer) error {
	byLink := actor.UserID == ""
	if !byLink {
		e, err := enterpriseWhere(ctx, t, `id = $1`, f.EnterpriseID)
		if err != nil {
			return err
		}
		if !actor.Operates(e.ClusterID) {
			return market.ErrNotFound
		}
	}
	switch {
	case !slices.Contains(market.FollowUpAnswers, answer) && (byLink || answer != market.AnswerMissed):
		return market.Bad("answer", "error.choose")
	case byLink && t.now.Sub(f.AskedAt) > market.FollowUpLife:
		return market.ErrNotFound
	case !f.AnsweredAt.IsZero() && (!byLink || f.CalledBy != "" || t.now.Sub(f.AnsweredAt) > market.FollowUpChange):
		return errAnswered
	}
	return nil
}

// claimAnswer tells the ledger. A reply at a fair's table and an answer by link
// have no user: nobody signed in for them.
func (t *tx) claimAnswer(ctx context.Context, actor market.Actor, f *market.FollowUp, answer market.FollowUpAnswer, fen, upTo int64, reason string) error {
	claim, says := answer.Claim(fen, upTo, reason, t.now)
	if _, said := f.Answer.Claim(0, 0, "", t.now); !says && said {
		claim.Stage, says = market.StageContact, true // the answer is taken back: lines stay, so the least is said
	}
	if !says {
		return nil
	}
	if err := claim.Check(t.now); err != nil {
		return err
	}
	i, err := introductionByID(ctx, t, f.IntroductionID, t.forUpdate())
	if err != nil {
		return err
	}
	known, err := outcomesWhere(ctx, t, `introduction_id = $1`, i.ID)
	if err != nil {
		return err
	}
	if len(known) > 0 {
		last := known[0].Claims[f.EnterpriseID]
		if last.UserID != "" && !claim.Ended && last.Stage.Rank() >= claim.Stage.Rank() {
			return nil
		}
		if claim.Ended && last.Stage != "" {
			claim.Stage, claim.Fen, claim.UpTo, claim.Day = last.Stage, last.Fen, last.UpTo, last.Day
		}
	}
	_, err = t.claimOn(ctx, market.Actor{UserID: actor.UserID, EnterpriseID: f.EnterpriseID}, &i, claim, "")
	if market.IsKind(err, market.Conflict) {
		return nil // another introduction of the two counts this very sum
	}
	return err
}

// CallList returns the questions that firms of the actor's clusters left
// without an answer, the longest silent first.
func (s *Store) CallList(ctx context.Context, actor market.Actor, now time.Time, limit int) ([]market.FollowUp, error) {
	where, args := silentOf(actor, now)
	list, err := followUpsWhere(ctx, s.read, fmt.Sprintf(`%s ORDER BY asked_at, id LIMIT %d`, where, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("store.CallList: %w", err)
	}
	return list, nil
}

// silentOf is the condition of CallList.
func silentOf(actor market.Actor, now time.Time) (where string, args []any) {
	where, args = `answered_at = 0 AND asked_at > 0 AND asked_at <= $1`, []any{milli(now.Add(-market.FollowUpSilent))}
	if !actor.Admin {
		var b strings.Builder
		places(&b, len(args), len(actor.Clusters))
		where += ` AND enterprise_id IN (SELECT id FROM enterprise WHERE cluster_id <> '' AND cluster_id IN (` + b.String() + `))`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	return where, args
}

// SubjectsOf returns the listings that introductions are about, by introduction.
func (s *Store) SubjectsOf(ctx context.Context, introductionIDs []string) (map[string]string, error) {
	out := map[string]string{}
	err := in(ctx, s.read, `SELECT id, listing_id FROM introduction WHERE id IN (%s)`, introductionIDs, func(r *sql.Rows) error {
		var id, listing string
		err := r.Scan(&id, &listing)
		out[id] = listing
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.SubjectsOf: %w", err)
	}
	return out, nil
}

// OpenForCall returns the firm that a silent follow-up is about, to its own
// association, and notes that its telephone was opened.
func (s *Store) OpenForCall(ctx context.Context, actor market.Actor, id string) (market.Enterprise, error) {
	var e market.Enterprise
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		list, err := followUpsWhere(ctx, t, `id = $1`, id)
		if err == nil && len(list) == 0 {
			err = market.ErrNotFound
		}
		if err == nil {
			e, err = enterpriseWhere(ctx, t, `id = $1`, list[0].EnterpriseID)
		}
		if err != nil {
			return err
		}
		if !actor.MayCall(&e, &list[0], t.now) {
			return market.ErrNotFound
		}
		t.auditOn(actor, e.ID, "phone", "enterprise", e.ID)
		return nil
	})
	if err != nil {
		return market.Enterprise{}, fmt.Errorf("store.OpenForCall(%q): %w", id, err)
	}
	return e, nil
}
