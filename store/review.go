package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"lianqiao/market"
)

const reviewColumns = `id, kind, of, enterprise_id, cluster_id, status, reason, asked_by, asked_at, decided_by, decided_at`

func reviewsWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Review, error) {
	var out []market.Review
	err := each(ctx, a, `SELECT `+reviewColumns+` FROM review WHERE `+where, func(r *sql.Rows) error {
		var x market.Review
		var asked, decided int64
		err := r.Scan(&x.ID, &x.Kind, &x.Of, &x.EnterpriseID, &x.ClusterID, &x.Status, &x.Reason, &x.AskedBy, &asked, &x.DecidedBy, &decided)
		x.AskedAt, x.DecidedAt = fromMilli(asked), fromMilli(decided)
		out = append(out, x)
		return err
	}, args...)
	return out, err
}

// askReview puts a thing of the firm's into its association's queue, once.
func (t *tx) askReview(ctx context.Context, actor market.Actor, kind, of string, e *market.Enterprise) error {
	_, err := t.exec(ctx, `INSERT INTO review (`+reviewColumns+`) VALUES ($1, $2, $3, $4, $5, 'waiting', '', $6, $7, '', 0)
		ON CONFLICT (of) WHERE status = 'waiting' DO UPDATE SET cluster_id = excluded.cluster_id`,
		market.NewID(), kind, of, e.ID, e.ClusterID, actor.UserID, milli(t.now))
	return err
}

// dropReview takes out of the queue what its firm no longer wants read.
func (t *tx) dropReview(ctx context.Context, of string) error {
	_, err := t.exec(ctx, `UPDATE review SET status = 'dropped', decided_at = $1 WHERE of = $2 AND status = 'waiting'`, milli(t.now), of)
	return err
}

// publish decides whether a checked listing goes live or waits to be read.
func (t *tx) publish(ctx context.Context, actor market.Actor, l *market.Listing, was market.Status, most market.Limits) error {
	if err := t.checkListing(ctx, l); err != nil {
		return err
	}
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), l.EnterpriseID)
	if err != nil {
		return err
	}
	if err := t.mayGoLive(ctx, &e, l, most); err != nil {
		return err
	}
	if was == market.Live {
		return nil
	}
	wants := was == market.SentBack || was == market.Barred || was == market.Waiting
	if !wants {
		if wants, err = t.wantsReview(ctx, l); err != nil {
			return err
		}
	}
	if wants {
		l.Status = market.Waiting
		return t.askReview(ctx, actor, "listing", l.ID, &e)
	}
	l.PublishedAt = t.now
	return nil
}

// mayGoLive: no firm that is suspended, and few listings of a firm that nobody
// stands behind.
func (t *tx) mayGoLive(ctx context.Context, e *market.Enterprise, l *market.Listing, most market.Limits) error {
	if e.Standing == market.Suspended {
		return &market.Error{Kind: market.Forbidden, Message: "error.firm.suspended"}
	}
	if most.UnverifiedLive == 0 || e.Trusted() {
		return nil
	}
	var live int
	if err := one(ctx, t, `SELECT count(*) FROM listing WHERE enterprise_id = $1 AND status IN ('live', 'waiting') AND id <> $2`, into(&live), e.ID, l.ID); err != nil {
		return err
	}
	if live >= most.UnverifiedLive {
		return &market.Error{Kind: market.Conflict, Message: "error.listing.most", Args: []string{fmt.Sprint(most.UnverifiedLive)}}
	}
	return nil
}

func (t *tx) wantsReview(ctx context.Context, l *market.Listing) (bool, error) {
	rule := market.ReviewNone
	err := one(ctx, t, `SELECT review FROM cluster WHERE id = $1`, into(&rule), l.ClusterID)
	if err != nil && !market.IsKind(err, market.NotFound) || rule == market.ReviewNone {
		return false, ignoreNotFound(err)
	}
	var published int
	err = one(ctx, t, `SELECT count(*) FROM listing WHERE enterprise_id = $1 AND published_at > 0 AND id <> $2`, into(&published), l.EnterpriseID, l.ID)
	return rule.Wants(published), err
}

func ignoreNotFound(err error) error {
	if market.IsKind(err, market.NotFound) {
		return nil
	}
	return err
}

func (t *tx) reviewIfWanted(ctx context.Context, actor market.Actor, l *market.Listing) error {
	wants, err := t.wantsReview(ctx, l)
	if err != nil || !wants {
		return err
	}
	return t.askReview(ctx, actor, "listing", l.ID, &market.Enterprise{ID: l.EnterpriseID, ClusterID: l.ClusterID})
}

// Reviews returns what waits for the actor, oldest first, of one kind or ("")
// of all; after is the last id of the page before.
func (s *Store) Reviews(ctx context.Context, actor market.Actor, kind, after string, limit int) (list []market.Review, next string, err error) {
	where, args := waitingOf(actor, kind)
	args = append(args, after)
	list, err = reviewsWhere(ctx, s.read, fmt.Sprintf(`%s AND id > $%d ORDER BY id LIMIT %d`, where, len(args), limit+1), args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Reviews: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// waitingOf is the condition of what waits for the actor in his queue.
func waitingOf(actor market.Actor, kind string) (where string, args []any) {
	where = `status = 'waiting'`
	if !actor.Admin {
		var b strings.Builder
		clusters := slices.Concat(actor.Clusters, actor.Reviews)
		places(&b, 0, len(clusters))
		where += ` AND cluster_id <> '' AND cluster_id IN (` + b.String() + `)`
		for _, c := range clusters {
			args = append(args, c)
		}
	}
	if kind != "" {
		args = append(args, kind)
		where += fmt.Sprintf(` AND kind = $%d`, len(args))
	}
	return where, args
}

// Review returns one review or market.ErrNotFound.
func (s *Store) Review(ctx context.Context, id string) (market.Review, error) {
	list, err := reviewsWhere(ctx, s.read, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = market.ErrNotFound
	}
	if err != nil {
		return market.Review{}, fmt.Errorf("store.Review(%q): %w", id, err)
	}
	return list[0], nil
}

// LastReviews returns the newest decided or waiting review of each thing.
func (s *Store) LastReviews(ctx context.Context, of []string) (map[string]market.Review, error) {
	out := map[string]market.Review{}
	err := in(ctx, s.read, `SELECT of, enterprise_id, status, reason, decided_at FROM review WHERE status <> 'dropped' AND of IN (%s) ORDER BY id`, of, func(r *sql.Rows) error {
		var x market.Review
		var at int64
		err := r.Scan(&x.Of, &x.EnterpriseID, &x.Status, &x.Reason, &at)
		x.DecidedAt = fromMilli(at)
		out[x.Of] = x
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.LastReviews: %w", err)
	}
	return out, nil
}

// Decide keeps what the actor says about something in his queue; what was
// decided meanwhile is market.ErrStale.
func (s *Store) Decide(ctx context.Context, actor market.Actor, id string, d market.Decision) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		list, err := reviewsWhere(ctx, t, `id = $1`+t.forUpdate(), id)
		switch {
		case err != nil:
			return err
		case len(list) == 0 || !actor.MayReview(&list[0]):
			return market.ErrNotFound
		case list[0].Status != market.ReviewWaiting:
			return market.ErrStale
		}
		r := list[0]
		if err := d.Check(r.Kind); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE review SET status = $1, reason = $2, decided_by = $3, decided_at = $4 WHERE id = $5`,
			string(d.Status), d.Reason, actor.UserID, milli(t.now), r.ID); err != nil {
			return err
		}
		t.auditOn(actor, r.EnterpriseID, string(d.Status), r.Kind, r.Of)
		t.notify(r.EnterpriseID, market.TopicReview, r.Kind, r.Of, "", r.ID)
		switch r.Kind {
		case "enterprise":
			return t.judgeEnterprise(ctx, actor, r.Of, d)
		case "claim":
			return t.judgeClaim(ctx, &r, d)
		case "honour":
			return t.judgeHonour(ctx, &r, d)
		}
		return t.judgeListing(ctx, r.Of, d, s.Limits())
	})
	if err != nil {
		return fmt.Errorf("store.Decide(%q): %w", id, err)
	}
	return nil
}

// JudgeEnterprise is Decide for a firm that is in no queue: an operator
// suspends it, takes it back or verifies it by himself.
func (s *Store) JudgeEnterprise(ctx context.Context, actor market.Actor, id string, d market.Decision) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		e, err := enterpriseWhere(ctx, t, `id = $1 AND merged_into = ''`, id)
		if err != nil {
			return err
		}
		if !actor.Operates(e.ClusterID) {
			return market.ErrNotFound
		}
		if err := d.Check("enterprise"); err != nil {
			return err
		}
		if err := t.dropReview(ctx, id); err != nil {
			return err
		}
		t.auditOn(actor, id, string(d.Status), "enterprise", id)
		t.notify(id, market.TopicReview, "enterprise", id, "", milli(t.now))
		return t.judgeEnterprise(ctx, actor, id, d)
	})
	if err != nil {
		return fmt.Errorf("store.JudgeEnterprise(%q): %w", id, err)
	}
	return nil
}

func (t *tx) judgeEnterprise(ctx context.Context, actor market.Actor, id string, d market.Decision) error {
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), id)
	if err != nil {
		return err
	}
	e.Rev, e.UpdatedAt = e.Rev+1, t.now
	switch d.Status {
	case market.ReviewApproved:
		e.Standing, e.Reason = market.Active, ""
		e.Verified = market.Verification{Level: d.Level, By: actor.UserID, ByName: d.ByName, Basis: d.Basis, At: t.now}
	case market.ReviewReturned:
		e.Standing, e.Reason = market.Returned, d.Reason
	case market.ReviewSuspended:
		e.Standing, e.Reason = market.Suspended, d.Reason
		if err := t.closeAll(ctx, id); err != nil {
			return err
		}
	}
	if err := t.replaceEnterprise(ctx, &e, false); err != nil {
		return err
	}
	// Contacts that were open are hidden from this moment on; both sides are told.
	if err := t.tellIntroductions(ctx, id); err != nil {
		return err
	}
	return t.discloseFor(ctx, actor, id)
}

func (t *tx) tellIntroductions(ctx context.Context, enterpriseID string) error {
	ids, err := idsOf(ctx, t, `SELECT id FROM introduction WHERE (by_id = $1 OR to_id = $1) AND status = 'agreed'`, enterpriseID)
	for _, id := range ids {
		t.changed(market.ChangeIntroduction, id)
	}
	return err
}

// closeAll takes every listing of a firm off the market.
func (t *tx) closeAll(ctx context.Context, enterpriseID string) error {
	ids, err := idsOf(ctx, t, `SELECT id FROM listing WHERE enterprise_id = $1 AND status IN ('live', 'waiting') ORDER BY id`+t.forUpdate(), enterpriseID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t.changed(market.ChangeListing, id)
		if err := t.dropReview(ctx, id); err != nil {
			return err
		}
	}
	if err := in(ctx, t, `UPDATE listing SET status = 'closed', rev = rev + 1, updated_at = $1 WHERE id IN (%s)`, ids,
		func(*sql.Rows) error { return nil }, milli(t.now)); err != nil {
		return err
	}
	return t.withdrawOf(ctx, ids)
}

func (t *tx) judgeListing(ctx context.Context, id string, d market.Decision, most market.Limits) error {
	l, err := listingByID(ctx, t, id, t.forUpdate())
	if err != nil {
		return err
	}
	was := l.Status
	l.Rev, l.UpdatedAt = l.Rev+1, t.now
	switch d.Status {
	case market.ReviewApproved:
		e, err := enterpriseWhere(ctx, t, `id = $1`, l.EnterpriseID)
		if err != nil {
			return err
		}
		if err := t.mayGoLive(ctx, &e, &l, most); err != nil {
			return err
		}
		l.Status = market.Live
		if was != market.Live {
			l.PublishedAt = t.now
		}
		if err := t.checkListing(ctx, &l); err != nil {
			return err
		}
	case market.ReviewReturned:
		l.Status = market.SentBack
	case market.ReviewSuspended:
		l.Status = market.Barred
	}
	if was == market.Live && l.Status != market.Live {
		if err := t.withdrawOf(ctx, []string{id}); err != nil {
			return err
		}
	}
	t.changed(market.ChangeListing, id)
	return t.replaceListing(ctx, &l, was == market.Live)
}

// ListingsLike returns the firm's other live and waiting listings of the side,
// newest first, to look for near duplicates among.
func (s *Store) ListingsLike(ctx context.Context, l *market.Listing, limit int) ([]market.Listing, error) {
	list, err := listingsWhere(ctx, s.read, `enterprise_id = $1 AND side = $2 AND id <> $3 AND status IN ('live', 'waiting') ORDER BY id DESC LIMIT $4`,
		l.EnterpriseID, string(l.Side), l.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.ListingsLike(%q): %w", l.ID, err)
	}
	return list, nil
}

// AskReview sends the actor's firm to its association again, once it mended
// what was returned. A firm that is verified has nothing to ask.
func (s *Store) AskReview(ctx context.Context, actor market.Actor) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), actor.EnterpriseID)
		if err != nil || e.Trusted() || e.Standing == market.Suspended {
			return err
		}
		if e.Standing == market.Returned {
			e.Standing, e.Reason, e.Rev = market.Active, "", e.Rev+1
			if err := t.replaceEnterprise(ctx, &e, false); err != nil {
				return err
			}
		}
		t.audit(actor, "ask-review", "enterprise", e.ID)
		return t.askReview(ctx, actor, "enterprise", e.ID, &e)
	})
	if err != nil {
		return fmt.Errorf("store.AskReview(%q): %w", actor.EnterpriseID, err)
	}
	return nil
}

// FirmSearch narrows what OperatedEnterprises returns. Zero fields do not.
type FirmSearch struct {
	Text      string // part of the name
	ClusterID string
	Known     bool // reviewed or visited
	Unclaimed bool // nobody signs in for it
}

// firmsOf is the condition of OperatedEnterprises.
func firmsOf(actor market.Actor, f FirmSearch) (where string, args []any) {
	where = `merged_into = ''`
	if !actor.Admin {
		var b strings.Builder
		places(&b, 0, len(actor.Clusters))
		where += ` AND cluster_id IN (` + b.String() + `)`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	if f.ClusterID != "" {
		args = append(args, f.ClusterID)
		where += fmt.Sprintf(` AND cluster_id = $%d`, len(args))
	}
	if f.Text != "" {
		args = append(args, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(f.Text)+"%")
		where += fmt.Sprintf(` AND name LIKE $%d ESCAPE '!'`, len(args))
	}
	if f.Known {
		where += ` AND level <> 'unverified'`
	}
	if f.Unclaimed {
		where += ` AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.enterprise_id = enterprise.id)`
	}
	return where, args
}

// OperatedEnterprises returns the firms of the actor's clusters by id; after is
// the last id of the page before.
func (s *Store) OperatedEnterprises(ctx context.Context, actor market.Actor, f FirmSearch, after string, limit int) (list []market.Enterprise, next string, err error) {
	where, args := firmsOf(actor, f)
	args = append(args, after)
	err = each(ctx, s.read, fmt.Sprintf(`SELECT `+enterpriseColumns+` FROM enterprise WHERE `+where+` AND id > $%d ORDER BY id LIMIT %d`, len(args), limit+1), func(r *sql.Rows) error {
		e, err := scanEnterprise(r)
		list = append(list, e)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.OperatedEnterprises: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// CountOperated counts what OperatedEnterprises returns on all pages.
func (s *Store) CountOperated(ctx context.Context, actor market.Actor, f FirmSearch) (n int, err error) {
	where, args := firmsOf(actor, f)
	if err = one(ctx, s.read, `SELECT count(*) FROM enterprise WHERE `+where, into(&n), args...); err != nil {
		return 0, fmt.Errorf("store.CountOperated: %w", err)
	}
	return n, nil
}

// LogLine is an audit line with its person's name.
type LogLine struct {
	Audit
	Name string
}

// OfficersLog returns what people who do not belong to the enterprise did to
// it or in its name, newest first.
func (s *Store) OfficersLog(ctx context.Context, enterpriseID string, limit int) ([]LogLine, error) {
	var out []LogLine
	err := each(ctx, s.read, `SELECT a.at, a.user_id, a.enterprise_id, a.deed, a.kind, a.of, u.name FROM audit a JOIN user_account u ON u.id = a.user_id
		WHERE a.enterprise_id = $1 AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_id = a.user_id AND m.enterprise_id = $1)
		ORDER BY a.id DESC LIMIT $2`, func(r *sql.Rows) error {
		var l LogLine
		var at int64
		err := r.Scan(&at, &l.UserID, &l.EnterpriseID, &l.Deed, &l.Kind, &l.Of, &l.Name)
		l.At = fromMilli(at)
		out = append(out, l)
		return err
	}, enterpriseID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.OfficersLog(%q): %w", enterpriseID, err)
	}
	return out, nil
}
