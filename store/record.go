package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"lianqiao/market"
)

const evidenceColumns = `id, enterprise_id, user_id, name, type, size, at`

// UpdateRecord keeps what the actor's firm says of itself beyond its name and
// place. e.Rev must be the stored one, else market.ErrStale. Every honour that
// is new or says something else goes into the association's queue, and nothing
// of the firm's verification changes.
func (s *Store) UpdateRecord(ctx context.Context, actor market.Actor, rev int64, r market.Record) (market.Enterprise, error) {
	var e market.Enterprise
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		if e, err = enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), actor.EnterpriseID); err != nil {
			return err
		}
		if err := r.Check(); err != nil {
			return err
		}
		if e.Rev != rev {
			return market.ErrStale
		}
		if err := t.ownEvidence(ctx, e.ID, &r); err != nil {
			return err
		}
		old := slices.Clone(e.Honours)
		e.Take(r)
		e.Rev, e.UpdatedAt = e.Rev+1, t.now
		if err := t.queueHonours(ctx, actor, &e, old); err != nil {
			return err
		}
		if err := t.dropEvidence(ctx, e.ID, &r); err != nil {
			return err
		}
		t.audit(actor, "edit", "enterprise", e.ID)
		return t.replaceEnterprise(ctx, &e, false)
	})
	if err != nil {
		return e, fmt.Errorf("store.UpdateRecord(%q): %w", actor.EnterpriseID, err)
	}
	return e, nil
}

// queueHonours asks the association about what is new among the firm's
// honours, and takes back what it no longer says.
func (t *tx) queueHonours(ctx context.Context, actor market.Actor, e *market.Enterprise, old []market.Honour) error {
	was := map[string]bool{}
	for _, h := range old {
		was[h.ID] = true
	}
	for _, h := range e.Honours {
		if h.Own && !was[h.ID] {
			if err := t.askReview(ctx, actor, "honour", h.ID, e); err != nil {
				return err
			}
		}
		delete(was, h.ID)
	}
	for id := range was {
		if err := t.dropReview(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// judgeHonour keeps what a reviewer says about a firm's own word.
func (t *tx) judgeHonour(ctx context.Context, r *market.Review, d market.Decision) error {
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), r.EnterpriseID)
	if err != nil || d.Status != market.ReviewApproved {
		return err // a returned one stays the firm's own word; the review holds the reason
	}
	if !e.Confirm(r.Of, d.ByName, t.now) {
		return market.ErrStale // the firm changed it meanwhile
	}
	e.Rev, e.UpdatedAt = e.Rev+1, t.now
	return t.replaceEnterprise(ctx, &e, false)
}

// SetHonours keeps what the association knows of a firm's qualifications: what
// it says stands as confirmed. What the firm says otherwise is gone.
func (s *Store) SetHonours(ctx context.Context, actor market.Actor, id, byName string, honours []market.Honour) (market.Enterprise, error) {
	var e market.Enterprise
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		if e, err = enterpriseWhere(ctx, t, `id = $1 AND merged_into = ''`+t.forUpdate(), id); err != nil {
			return err
		}
		if !actor.Operates(e.ClusterID) {
			return market.ErrNotFound
		}
		if err := market.CheckHonours(honours); err != nil {
			return err
		}
		r, old := e.Record(), slices.Clone(e.Honours)
		r.Honours = honours
		if err := t.ownEvidence(ctx, e.ID, &r); err != nil {
			return err
		}
		e.Take(r)
		for _, h := range e.Honours {
			if h.Own {
				e.Confirm(h.ID, byName, t.now)
				if err := t.dropReview(ctx, h.ID); err != nil {
					return err
				}
			}
		}
		e.Rev, e.UpdatedAt = e.Rev+1, t.now
		if err := t.queueHonours(ctx, actor, &e, old); err != nil {
			return err
		}
		t.auditOn(actor, id, "honours", "enterprise", id)
		return t.replaceEnterprise(ctx, &e, false)
	})
	if err != nil {
		return e, fmt.Errorf("store.SetHonours(%q): %w", id, err)
	}
	return e, nil
}

// SaveEvidence keeps a file of the actor's firm. The same id again changes nothing.
func (s *Store) SaveEvidence(ctx context.Context, actor market.Actor, f market.Evidence) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Owns(f.EnterpriseID) {
			return market.ErrNotFound
		}
		// The firm's row is locked: of many files at once none slips past the bound.
		if _, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), f.EnterpriseID); err != nil {
			return err
		}
		var kept int
		if err := one(ctx, t, `SELECT count(*) FROM evidence WHERE enterprise_id = $1`, into(&kept), f.EnterpriseID); err != nil {
			return err
		}
		if kept >= market.EvidenceMost {
			return &market.Error{Kind: market.TooMany, Field: "file", Message: "error.evidence.most", Args: []string{fmt.Sprint(market.EvidenceMost)}}
		}
		n, err := t.exec(ctx, `INSERT INTO evidence (`+evidenceColumns+`, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			f.ID, f.EnterpriseID, actor.UserID, f.Name, string(f.Type), len(f.Bytes), milli(t.now), f.Bytes)
		if n == 1 {
			t.audit(actor, "prove", "evidence", f.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveEvidence(%q): %w", f.ID, err)
	}
	return nil
}

// Evidence returns a file with its contents, for whoever may see it; that
// somebody else than the firm read it stands in the audit, where the firm
// reads of it.
func (s *Store) Evidence(ctx context.Context, actor market.Actor, id string) (f market.Evidence, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		err := one(ctx, t, `SELECT `+evidenceColumns+`, bytes FROM evidence WHERE id = $1`, func(r *sql.Rows) (err error) {
			var raw []byte
			f, err = scanEvidence(r, &raw)
			f.Bytes = raw
			return err
		}, id)
		if err != nil {
			return err
		}
		e, err := enterpriseWhere(ctx, t, `id = $1`, f.EnterpriseID)
		if err != nil {
			return err
		}
		if !actor.MaySeeEvidence(&e) {
			return market.ErrNotFound
		}
		if !actor.Owns(e.ID) || actor.Behalf {
			t.auditOn(actor, e.ID, "download", "evidence", id)
		}
		return nil
	})
	if err != nil {
		return market.Evidence{}, fmt.Errorf("store.Evidence(%q): %w", id, err)
	}
	return f, nil
}

func scanEvidence(r *sql.Rows, more ...any) (f market.Evidence, err error) {
	var at int64
	err = r.Scan(append([]any{&f.ID, &f.EnterpriseID, &f.UserID, &f.Name, &f.Type, &f.Size, &at}, more...)...)
	f.At = fromMilli(at)
	return f, err
}

// ownEvidence wants every file that the record names to be the firm's own.
func (t *tx) ownEvidence(ctx context.Context, enterpriseID string, r *market.Record) error {
	kept := map[string]bool{"": true}
	err := in(ctx, t, `SELECT id FROM evidence WHERE enterprise_id = $1 AND id IN (%s)`, r.Names(), func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		kept[id] = true
		return err
	}, enterpriseID)
	if err != nil {
		return err
	}
	var errs market.Errors
	for i, h := range r.Honours {
		if !kept[h.Evidence] {
			errs.Add(market.Bad(fmt.Sprintf("honours[%d].evidence", i), "error.notFound"))
		}
	}
	for i, c := range r.Certificates {
		if !kept[c.Evidence] {
			errs.Add(market.Bad(fmt.Sprintf("certificates[%d].evidence", i), "error.notFound"))
		}
	}
	return errs.Err()
}

// dropEvidence removes the firm's files that the record does not name, but
// those just sent: their form may still be open.
func (t *tx) dropEvidence(ctx context.Context, enterpriseID string, r *market.Record) error {
	idle, err := idsOf(ctx, t, `SELECT id FROM evidence WHERE enterprise_id = $1 AND at < $2`, enterpriseID, milli(t.now.Add(-market.EvidenceIdle)))
	if err != nil {
		return err
	}
	named := r.Names()
	for _, id := range idle {
		if slices.Contains(named, id) {
			continue
		}
		if _, err := t.exec(ctx, `DELETE FROM evidence WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}
