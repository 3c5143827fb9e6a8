package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"lianqiao/market"
)

const enterpriseColumns = `id, rev, uscc, name, kind, cluster_id, region, about, main_products, honours, certificates,
	contact_name, contact_phone, contact_mail, level, level_by, level_by_name, level_basis, level_at, standing, standing_reason,
	demo, created_at, updated_at, capacities, staff, turnover, people, merged_into, links`

func enterpriseRow(e *market.Enterprise) ([]any, error) {
	honours, err1 := honoursJSON(e.Honours)
	certificates, err2 := certificatesJSON(e.Certificates)
	capacities, err3 := capacitiesJSON(e.Capacities)
	people, err4 := peopleJSON(e.People)
	if e.Verified.Level == "" {
		e.Verified.Level = market.Unverified
	}
	if e.Standing == "" {
		e.Standing = market.Active
	}
	return []any{e.ID, e.Rev, e.USCC, e.Name, string(e.Kind), e.ClusterID, e.Region, e.About, e.MainProducts, honours, certificates,
		e.Contact.Name, e.Contact.Phone, e.Contact.Mail, string(e.Verified.Level), e.Verified.By, e.Verified.ByName, e.Verified.Basis, milli(e.Verified.At),
		string(e.Standing), e.Reason, number(e.Demo), milli(e.CreatedAt), milli(e.UpdatedAt),
		capacities, string(e.Staff), string(e.Turnover), people, e.MergedInto, strings.Join(e.Links, " ")}, errors.Join(err1, err2, err3, err4)
}

func scanEnterprise(r *sql.Rows) (e market.Enterprise, err error) {
	var honours, certificates, capacities, people, links string
	var demo, created, updated, at int64
	if err := r.Scan(&e.ID, &e.Rev, &e.USCC, &e.Name, &e.Kind, &e.ClusterID, &e.Region, &e.About, &e.MainProducts, &honours, &certificates,
		&e.Contact.Name, &e.Contact.Phone, &e.Contact.Mail, &e.Verified.Level, &e.Verified.By, &e.Verified.ByName, &e.Verified.Basis, &at,
		&e.Standing, &e.Reason, &demo, &created, &updated, &capacities, &e.Staff, &e.Turnover, &people, &e.MergedInto, &links); err != nil {
		return e, err
	}
	var errs [4]error
	e.Honours, errs[0] = honoursOf(honours)
	e.Certificates, errs[1] = certificatesOf(certificates)
	e.Capacities, errs[2] = capacitiesOf(capacities)
	e.People, errs[3] = peopleOf(people)
	if links != "" {
		e.Links = strings.Fields(links)
	}
	e.Verified.At = fromMilli(at)
	e.Demo, e.CreatedAt, e.UpdatedAt = demo != 0, fromMilli(created), fromMilli(updated)
	return e, errors.Join(errs[:]...)
}

func enterpriseWhere(ctx context.Context, a asker, where string, args ...any) (e market.Enterprise, err error) {
	err = one(ctx, a, `SELECT `+enterpriseColumns+` FROM enterprise WHERE `+where, func(r *sql.Rows) error {
		e, err = scanEnterprise(r)
		return err
	}, args...)
	return e, err
}

// Enterprise returns one enterprise or market.ErrNotFound.
func (s *Store) Enterprise(ctx context.Context, id string) (market.Enterprise, error) {
	e, err := enterpriseWhere(ctx, s.read, `id = $1`, id)
	if err != nil {
		return e, fmt.Errorf("store.Enterprise(%q): %w", id, err)
	}
	return e, nil
}

// EnterpriseByUSCC returns the enterprise of a 统一社会信用代码 or market.ErrNotFound.
func (s *Store) EnterpriseByUSCC(ctx context.Context, uscc string) (market.Enterprise, error) {
	e, err := enterpriseWhere(ctx, s.read, `uscc = $1 AND uscc <> ''`, uscc)
	if err != nil {
		return e, fmt.Errorf("store.EnterpriseByUSCC: %w", err)
	}
	return e, nil
}

// Enterprises returns those of the ids that exist.
func (s *Store) Enterprises(ctx context.Context, ids []string) (map[string]market.Enterprise, error) {
	out := make(map[string]market.Enterprise, len(ids))
	err := in(ctx, s.read, `SELECT `+enterpriseColumns+` FROM enterprise WHERE id IN (%s)`, ids, func(r *sql.Rows) error {
		e, err := scanEnterprise(r)
		out[e.ID] = e
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.Enterprises: %w", err)
	}
	return out, nil
}

// UpdateEnterprise keeps the actor's own enterprise as edited. e.Rev must be
// the stored one, else market.ErrStale; on success e holds the new one.
func (s *Store) UpdateEnterprise(ctx context.Context, actor market.Actor, e *market.Enterprise) error {
	kept := *e
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept = *e
		return t.editEnterprise(ctx, actor, &kept)
	})
	if err != nil {
		return fmt.Errorf("store.UpdateEnterprise(%q): %w", e.ID, err)
	}
	*e = kept
	return nil
}

func (t *tx) editEnterprise(ctx context.Context, actor market.Actor, e *market.Enterprise) error {
	if !actor.Owns(e.ID) {
		return market.ErrNotFound
	}
	if err := e.Check(); err != nil {
		return err
	}
	old, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), e.ID)
	if err != nil {
		return err
	}
	if old.Rev != e.Rev {
		return market.ErrStale
	}
	e.Rev, e.CreatedAt, e.UpdatedAt, e.Demo = old.Rev+1, old.CreatedAt, t.now, old.Demo
	e.Standing, e.Reason, e.Verified = old.Standing, old.Reason, old.Verified
	if e.Name != old.Name || e.USCC != old.USCC || e.ClusterID != old.ClusterID {
		e.Verified = market.Verification{} // another name, code or association than the one that was verified
	}
	if e.Standing == market.Returned {
		e.Standing, e.Reason = market.Active, ""
	}
	if !e.Trusted() {
		if err := t.askReview(ctx, actor, "enterprise", e.ID, e); err != nil {
			return err
		}
	}
	if err := t.replaceEnterprise(ctx, e, old.ClusterID != e.ClusterID); err != nil {
		return err
	}
	t.audit(actor, "edit", "enterprise", e.ID)
	return nil
}

// replaceEnterprise writes every column and tells the bus.
func (t *tx) replaceEnterprise(ctx context.Context, e *market.Enterprise, moved bool) error {
	row, err := enterpriseRow(e)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE enterprise SET rev = $2, uscc = $3, name = $4, kind = $5, cluster_id = $6, region = $7, about = $8,
		main_products = $9, honours = $10, certificates = $11, contact_name = $12, contact_phone = $13, contact_mail = $14,
		level = $15, level_by = $16, level_by_name = $17, level_basis = $18, level_at = $19, standing = $20, standing_reason = $21,
		demo = $22, created_at = $23, updated_at = $24, capacities = $25, staff = $26, turnover = $27, people = $28, merged_into = $29, links = $30 WHERE id = $1`, row...)
	if duplicate(err) {
		return usccTaken()
	}
	if err == nil && moved {
		_, err = t.exec(ctx, `UPDATE listing SET cluster_id = $1 WHERE enterprise_id = $2`, e.ClusterID, e.ID)
	}
	if err == nil {
		err = t.placeInChain(ctx, e)
	}
	t.changed(market.ChangeEnterprise, e.ID)
	return err
}

// placeInChain lists the firm under its links; a record that went is under none.
func (t *tx) placeInChain(ctx context.Context, e *market.Enterprise) error {
	if _, err := t.exec(ctx, `DELETE FROM enterprise_link WHERE enterprise_id = $1`, e.ID); err != nil || e.MergedInto != "" {
		return err
	}
	var rows [][]any
	for _, code := range e.Links {
		rows = append(rows, []any{code, e.ID})
	}
	return t.insert(ctx, `INSERT INTO enterprise_link (code, enterprise_id) VALUES `, ``, rows)
}

func (t *tx) insertEnterprise(ctx context.Context, e *market.Enterprise) error {
	if e.ID == "" {
		e.ID = market.NewID()
	}
	e.Rev, e.UpdatedAt = 1, t.now
	if e.CreatedAt.IsZero() {
		e.CreatedAt = t.now
	}
	row, err := enterpriseRow(e)
	if err != nil {
		return err
	}
	err = t.insert(ctx, `INSERT INTO enterprise (`+enterpriseColumns+`) VALUES `, ``, [][]any{row})
	if duplicate(err) {
		return usccTaken()
	}
	if err == nil {
		err = t.placeInChain(ctx, e)
	}
	return err
}

func usccTaken() error {
	return &market.Error{Kind: market.Conflict, Field: "uscc", Message: "error.uscc.taken"}
}

// UpsertEnterprise keeps an imported enterprise and returns it as kept. One that
// is known already, by its USCC or else by its name, only gets what it has not:
// nothing that it says of itself is overwritten or blanked. One that somebody
// signs in for stays as it is; its people speak for it.
func (s *Store) UpsertEnterprise(ctx context.Context, e market.Enterprise) (market.Enterprise, error) {
	out, err := s.UpsertEnterprises(ctx, []market.Enterprise{e})
	if err != nil {
		return e, err
	}
	return out[0], nil
}

// UpsertEnterprises is UpsertEnterprise for many, in one transaction.
func (s *Store) UpsertEnterprises(ctx context.Context, list []market.Enterprise) ([]market.Enterprise, error) {
	var out []market.Enterprise
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		out = out[:0]
		for _, e := range list {
			kept, err := t.upsertEnterprise(ctx, market.Actor{}, e)
			if err != nil {
				return fmt.Errorf("%q: %w", e.Name, err)
			}
			out = append(out, kept)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store.UpsertEnterprises: %w", err)
	}
	return out, nil
}

func (t *tx) upsertEnterprise(ctx context.Context, actor market.Actor, e market.Enterprise) (market.Enterprise, error) {
	old, err := t.knownEnterprise(ctx, e)
	if market.IsKind(err, market.NotFound) {
		err = t.insertEnterprise(ctx, &e)
		t.importedFirm(actor, e.ID)
		return e, err
	}
	if err != nil {
		return e, err
	}
	return t.fillEnterprise(ctx, actor, old, e)
}

// importedFirm notes an import; that of an officer stands where the firm reads it.
func (t *tx) importedFirm(actor market.Actor, id string) {
	if actor.UserID != "" {
		actor.EnterpriseID = id
	}
	t.audit(actor, "import", "enterprise", id)
}

// fillEnterprise gives a kept record what it lacks, unless somebody signs in for it.
func (t *tx) fillEnterprise(ctx context.Context, actor market.Actor, old, e market.Enterprise) (market.Enterprise, error) {
	var members int64
	if err := one(ctx, t, `SELECT count(*) FROM membership WHERE enterprise_id = $1`, into(&members), old.ID); err != nil || members > 0 {
		return old, err
	}
	filled := filledFrom(old, e)
	was, err1 := enterpriseRow(&old)
	is, err2 := enterpriseRow(&filled)
	if err := errors.Join(err1, err2); err != nil || sameRow(was, is) {
		return old, err
	}
	filled.Rev, filled.UpdatedAt = old.Rev+1, t.now
	t.importedFirm(actor, old.ID)
	return filled, t.replaceEnterprise(ctx, &filled, old.ClusterID != filled.ClusterID)
}

// knownEnterprise finds whom an imported row means: the firm of its USCC, else
// the firm of its name unless that has another USCC. Where several share a name
// it is the oldest, so that the answer does not depend on chance.
func (t *tx) knownEnterprise(ctx context.Context, e market.Enterprise) (market.Enterprise, error) {
	if e.USCC != "" {
		old, err := t.standing(ctx, `uscc = $1`, e.USCC)
		if !market.IsKind(err, market.NotFound) {
			return old, err
		}
	}
	return enterpriseWhere(ctx, t, `name = $1 AND (uscc = '' OR $2 = '') AND merged_into = '' ORDER BY id LIMIT 1`+t.forUpdate(), e.Name, e.USCC)
}

// standing locks the record that a condition finds, or the one that took its place.
func (t *tx) standing(ctx context.Context, where, arg string) (market.Enterprise, error) {
	e, err := enterpriseWhere(ctx, t, where+t.forUpdate(), arg)
	if err != nil || e.MergedInto == "" {
		return e, err
	}
	return enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), e.MergedInto)
}

// filledFrom takes from e what the kept enterprise does not say.
func filledFrom(kept, e market.Enterprise) market.Enterprise {
	for _, f := range []struct{ to, from *string }{
		{&kept.USCC, &e.USCC}, {&kept.Name, &e.Name}, {&kept.ClusterID, &e.ClusterID}, {&kept.Region, &e.Region}, {&kept.About, &e.About}, {&kept.MainProducts, &e.MainProducts},
		{&kept.Contact.Name, &e.Contact.Name}, {&kept.Contact.Phone, &e.Contact.Phone}, {&kept.Contact.Mail, &e.Contact.Mail},
	} {
		*f.to = cmp.Or(*f.to, *f.from)
	}
	kept.Kind = cmp.Or(kept.Kind, e.Kind)
	if len(kept.Honours) == 0 {
		kept.Honours = e.Honours
	}
	if len(kept.Certificates) == 0 {
		kept.Certificates = e.Certificates
	}
	return kept
}

func sameRow(a, b []any) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
