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

const outcomeColumns = `id, rev, introduction_id, by_id, to_id, by_cluster, to_cluster, stage, fen, day, strength, seen_by, seen_at, seen_stage, seen_fen, created_at, updated_at, folded_into, fen_to, seen_fen_to`

const claimColumns = `id, outcome_id, enterprise_id, user_id, stage, fen, quantity, day, ended, reason, at, fair_id, withdrawn_at, fen_to`

// outcomesWhere loads outcomes with the newest claim of each firm.
func outcomesWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Outcome, error) {
	var out []market.Outcome
	at := map[string]int{}
	err := each(ctx, a, `SELECT id, rev, introduction_id, by_id, to_id, by_cluster, to_cluster, seen_by, seen_at, seen_stage, seen_fen, seen_fen_to, created_at, updated_at
		FROM outcome WHERE `+where, func(r *sql.Rows) error {
		o := market.Outcome{Claims: map[string]market.Claim{}}
		var seen, created, updated int64
		err := r.Scan(&o.ID, &o.Rev, &o.IntroductionID, &o.By, &o.To, &o.ByCluster, &o.ToCluster, &o.SeenBy, &seen, &o.SeenStage, &o.SeenFen, &o.SeenUpTo, &created, &updated)
		o.SeenAt, o.CreatedAt, o.UpdatedAt = fromMilli(seen), fromMilli(created), fromMilli(updated)
		at[o.ID] = len(out)
		out = append(out, o)
		return err
	}, args...)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	ids := make([]string, 0, len(out))
	for _, o := range out {
		ids = append(ids, o.ID)
	}
	err = in(ctx, a, `SELECT outcome_id, enterprise_id, user_id, stage, fen, fen_to, quantity, day, ended, reason, at FROM claim WHERE outcome_id IN (%s) AND withdrawn_at = 0 ORDER BY id`, ids, func(r *sql.Rows) error {
		var c market.Claim
		var outcome string
		var ended, when int64
		err := r.Scan(&outcome, &c.EnterpriseID, &c.UserID, &c.Stage, &c.Fen, &c.UpTo, &c.Quantity, &c.Day, &ended, &c.Reason, &when)
		c.Ended, c.At = ended != 0, fromMilli(when)
		out[at[outcome]].Claims[c.EnterpriseID] = c
		return err
	})
	return out, err
}

// SaveClaim keeps what the actor's firm says came of an introduction that was
// once open, in place of what it said before. A contract that another
// introduction of the same two firms already counts, with the same day and
// amount, is a Conflict: a sum is counted once.
func (s *Store) SaveClaim(ctx context.Context, actor market.Actor, introductionID string, c market.Claim) (market.Outcome, error) {
	var o market.Outcome
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		o, err = t.saveClaim(ctx, actor, introductionID, c)
		return err
	})
	if err != nil {
		return o, fmt.Errorf("store.SaveClaim(%q): %w", introductionID, err)
	}
	return o, nil
}

func (t *tx) saveClaim(ctx context.Context, actor market.Actor, introductionID string, c market.Claim) (o market.Outcome, err error) {
	i, err := introductionByID(ctx, t, introductionID, t.forUpdate())
	if err != nil {
		return o, err
	}
	if !actor.MayClaim(&i) {
		return o, market.ErrNotFound
	}
	if err := c.Check(t.now); err != nil {
		return o, err
	}
	if !c.Stage.Counts() {
		c.Fen, c.UpTo = 0, 0
	}
	if !c.Ended {
		c.Reason = ""
	}
	return t.claimOn(ctx, actor, &i, c, "")
}

// claimOn keeps a checked claim on a locked introduction; fairID names the fair
// at whose table it was made, if it was.
func (t *tx) claimOn(ctx context.Context, actor market.Actor, i *market.Introduction, c market.Claim, fairID string) (o market.Outcome, err error) {
	if o, err = t.outcomeOf(ctx, i); err != nil {
		return o, err
	}
	c.EnterpriseID, c.UserID, c.At = actor.EnterpriseID, actor.UserID, t.now
	o.Claims[c.EnterpriseID] = c
	if err := t.countedOnce(ctx, &o); err != nil {
		return o, err
	}
	if err := t.insert(ctx, `INSERT INTO claim (`+claimColumns+`) VALUES `, ``, [][]any{{market.NewID(), o.ID, c.EnterpriseID, c.UserID, string(c.Stage), c.Fen, c.Quantity, c.Day,
		number(c.Ended), c.Reason, milli(c.At), fairID, int64(0), c.UpTo}}); err != nil {
		return o, err
	}
	t.audit(actor, "claim", "outcome", o.ID)
	t.notifyOn(i, i.Of(c.EnterpriseID), market.TopicOutcome, c.Stage, t.hour())
	return o, t.saveOutcome(ctx, &o)
}

// outcomeOf loads the outcome of a locked introduction, or begins it.
func (t *tx) outcomeOf(ctx context.Context, i *market.Introduction) (market.Outcome, error) {
	found, err := outcomesWhere(ctx, t, `introduction_id = $1`, i.ID)
	if err != nil || len(found) > 0 {
		return append(found, market.Outcome{})[0], err
	}
	o := market.Outcome{ID: market.NewID(), IntroductionID: i.ID, By: i.By, To: i.To, Claims: map[string]market.Claim{}, CreatedAt: t.now}
	for id, cluster := range map[string]*string{i.By: &o.ByCluster, i.To: &o.ToCluster} {
		if err := one(ctx, t, `SELECT cluster_id FROM enterprise WHERE id = $1`, into(cluster), id); err != nil {
			return o, err
		}
	}
	return o, t.insert(ctx, `INSERT INTO outcome (`+outcomeColumns+`) VALUES `, ``, [][]any{{o.ID, int64(0), o.IntroductionID, o.By, o.To, o.ByCluster, o.ToCluster,
		"", int64(0), "", "", "", int64(0), "", int64(0), milli(t.now), milli(t.now), "", int64(0), int64(0)}})
}

// countedOnce holds the two firms while it looks for the same sum elsewhere.
func (t *tx) countedOnce(ctx context.Context, o *market.Outcome) error {
	r := o.Result()
	if !r.Stage.Counts() {
		return nil
	}
	if t.postgres {
		if _, err := idsOf(ctx, t, `SELECT id FROM enterprise WHERE id IN ($1, $2) ORDER BY id`+t.forUpdate(), o.By, o.To); err != nil {
			return err
		}
	}
	others, err := outcomesWhere(ctx, t, `(by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1) AND id <> $3 AND folded_into = ''`, o.By, o.To, o.ID)
	for i := range others {
		if x := others[i].Result(); x.Stage.Counts() && x.Day == r.Day && market.SameSum(x.Fen, x.UpTo, r.Fen, r.UpTo) {
			return &market.Error{Kind: market.Conflict, Field: "amount", Message: "error.outcome.counted"}
		}
	}
	return err
}

func (t *tx) saveOutcome(ctx context.Context, o *market.Outcome) error {
	r := o.Result()
	o.Rev, o.UpdatedAt = o.Rev+1, t.now
	t.changed(market.ChangeIntroduction, o.IntroductionID)
	_, err := t.exec(ctx, `UPDATE outcome SET rev = $1, stage = $2, fen = $3, day = $4, strength = $5, seen_by = $6, seen_at = $7, seen_stage = $8, seen_fen = $9,
		updated_at = $10, folded_into = '', fen_to = $11, seen_fen_to = $12 WHERE id = $13`, o.Rev, string(r.Stage), r.Fen, r.Day, string(r.Strength), o.SeenBy, milli(o.SeenAt), string(o.SeenStage), o.SeenFen, milli(t.now), r.UpTo, o.SeenUpTo, o.ID)
	return err
}

// SeeDocument notes that the actor saw what proves an outcome as it stands;
// rev must be the stored one, else market.ErrStale.
func (s *Store) SeeDocument(ctx context.Context, actor market.Actor, id string, rev int64) (market.Outcome, error) {
	var o market.Outcome
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		found, err := outcomesWhere(ctx, t, `id = $1`+t.forUpdate(), id)
		switch {
		case err != nil:
			return err
		case len(found) == 0 || !actor.MayVouch(&found[0]):
			return market.ErrNotFound
		case found[0].Rev != rev:
			return market.ErrStale
		}
		o = found[0]
		r := o.Result()
		o.SeenBy, o.SeenAt, o.SeenStage, o.SeenFen, o.SeenUpTo = actor.UserID, t.now, r.Stage, r.Fen, r.UpTo
		for _, firm := range []string{o.By, o.To} {
			t.auditOn(actor, firm, "seen", "outcome", o.ID)
		}
		return t.saveOutcome(ctx, &o)
	})
	if err != nil {
		return o, fmt.Errorf("store.SeeDocument(%q): %w", id, err)
	}
	return o, nil
}

// OutcomesOn returns the outcomes of introductions, by introduction.
func (s *Store) OutcomesOn(ctx context.Context, introductionIDs []string) (map[string]market.Outcome, error) {
	out := map[string]market.Outcome{}
	for chunk := range slices.Chunk(introductionIDs, inChunk) {
		var b strings.Builder
		places(&b, 0, len(chunk))
		args := make([]any, len(chunk))
		for i, id := range chunk {
			args[i] = id
		}
		list, err := outcomesWhere(ctx, s.read, `introduction_id IN (`+b.String()+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("store.OutcomesOn: %w", err)
		}
		for _, o := range list {
			out[o.IntroductionID] = o
		}
	}
	return out, nil
}

// Outcomes returns every outcome of the clusters between two days (2006-01-02,
// both included; empty: no bound), newest first. One between firms of two
// clusters is returned once. No clusters: all of them.
func (s *Store) Outcomes(ctx context.Context, clusters []string, from, to string) ([]market.Outcome, error) {
	where, args := outcomesOf(clusters, from, to)
	list, err := outcomesWhere(ctx, s.read, where+` ORDER BY day DESC, id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("store.Outcomes: %w", err)
	}
	return list, nil
}

// SumOutcomes adds up by strength what Outcomes returns: how many, how many
// of them in a band, and fen.
func (s *Store) SumOutcomes(ctx context.Context, clusters []string, from, to string) (list []market.Figure, err error) {
	where, args := outcomesOf(clusters, from, to)
	err = each(ctx, s.read, `SELECT strength, count(*), SUM(CASE WHEN fen_to > 0 THEN 1 ELSE 0 END), CAST(SUM(fen) AS BIGINT) FROM outcome WHERE `+where+` GROUP BY strength`, func(r *sql.Rows) error {
		var f market.Figure
		err := r.Scan(&f.Strength, &f.Count, &f.Banded, &f.Fen)
		list = append(list, f)
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("store.SumOutcomes: %w", err)
	}
	return list, nil
}

// outcomesOf is the condition of Outcomes.
func outcomesOf(clusters []string, from, to string) (where string, args []any) {
	where = `stage <> '' AND folded_into = ''`
	if len(clusters) > 0 {
		var b strings.Builder
		places(&b, 0, len(clusters))
		where += ` AND (by_cluster IN (` + b.String() + `) OR to_cluster IN (` + b.String() + `))`
		for _, c := range clusters {
			args = append(args, c)
		}
	}
	for _, bound := range []struct{ op, day string }{{">=", from}, {"<=", to}} {
		if bound.day != "" {
			args = append(args, bound.day)
			where += fmt.Sprintf(` AND day %s $%d`, bound.op, len(args))
		}
	}
	return where, args
}

// CountDisclosed counts introductions whose contacts were opened between two
// days, of the clusters or (none) of all. Days are China's.
func (s *Store) CountDisclosed(ctx context.Context, clusters []string, from, to string) (int, error) {
	where, args := `disclosed_at > 0`, []any{}
	if len(clusters) > 0 {
		var b strings.Builder
		places(&b, 0, len(clusters))
		where += ` AND EXISTS (SELECT 1 FROM enterprise e WHERE e.id IN (by_id, to_id) AND e.cluster_id IN (` + b.String() + `))`
		for _, c := range clusters {
			args = append(args, c)
		}
	}
	china := time.FixedZone("CST", 8*3600)
	for _, bound := range []struct {
		op, day string
		plus    int
	}{{">=", from, 0}, {"<", to, 1}} {
		if day, err := time.ParseInLocation(time.DateOnly, bound.day, china); err == nil {
			args = append(args, milli(day.AddDate(0, 0, bound.plus)))
			where += fmt.Sprintf(` AND disclosed_at %s $%d`, bound.op, len(args))
		}
	}
	var n int
	if err := one(ctx, s.read, `SELECT count(*) FROM introduction WHERE `+where, into(&n), args...); err != nil {
		return 0, fmt.Errorf("store.CountDisclosed: %w", err)
	}
	return n, nil
}
