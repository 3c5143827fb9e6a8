package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"lianqiao/market"
)

const listingColumns = `id, rev, enterprise_id, cluster_id, side, board, status, title, class, product, specs,
	quantity_amount, quantity_unit, quantity_per, negotiable, price_fen, price_unit, moq, lead_days, region, certificates,
	valid_until, body, images, source, created_at, updated_at, published_at`

const insertListing = `INSERT INTO listing (` + listingColumns + `, matched_rev) VALUES `

const replaceListing = `UPDATE listing SET rev = $2, enterprise_id = $3, cluster_id = $4, side = $5, board = $6, status = $7, title = $8,
	class = $9, product = $10, specs = $11, quantity_amount = $12, quantity_unit = $13, quantity_per = $14, negotiable = $15,
	price_fen = $16, price_unit = $17, moq = $18, lead_days = $19, region = $20, certificates = $21, valid_until = $22,
	body = $23, images = $24, source = $25, created_at = $26, updated_at = $27, published_at = $28 WHERE id = $1`

func listingRow(l *market.Listing) ([]any, error) {
	specs, err1 := specsJSON(l.Specs)
	certificates, err2 := asJSON(l.Certificates)
	images, err3 := asJSON(l.Images)
	return []any{l.ID, l.Rev, l.EnterpriseID, l.ClusterID, string(l.Side), string(l.Board), string(l.Status), l.Title, l.Class, l.Product, specs,
		l.Quantity.Amount.String(), l.Quantity.Unit, string(l.Quantity.Per), number(l.Price.Negotiable), l.Price.Fen, l.Price.Unit,
		l.MOQ.String(), int64(l.LeadDays), l.Region, certificates, milli(l.ValidUntil), l.Text, images, l.Source,
		milli(l.CreatedAt), milli(l.UpdatedAt), milli(l.PublishedAt)}, errors.Join(err1, err2, err3)
}

func scanListing(r *sql.Rows) (l market.Listing, err error) {
	var specs, certificates, images, amount, moq string
	var negotiable, valid, created, updated, published int64
	if err := r.Scan(&l.ID, &l.Rev, &l.EnterpriseID, &l.ClusterID, &l.Side, &l.Board, &l.Status, &l.Title, &l.Class, &l.Product, &specs,
		&amount, &l.Quantity.Unit, &l.Quantity.Per, &negotiable, &l.Price.Fen, &l.Price.Unit, &moq, &l.LeadDays, &l.Region, &certificates,
		&valid, &l.Text, &images, &l.Source, &created, &updated, &published); err != nil {
		return l, err
	}
	var errs [5]error
	l.Specs, errs[0] = specsOf(specs)
	l.Certificates, errs[1] = fromJSON[string](certificates)
	l.Images, errs[2] = fromJSON[string](images)
	l.Quantity.Amount, errs[3] = decimal.NewFromString(amount)
	l.MOQ, errs[4] = decimal.NewFromString(moq)
	l.Price.Negotiable, l.ValidUntil = negotiable != 0, fromMilli(valid)
	l.CreatedAt, l.UpdatedAt, l.PublishedAt = fromMilli(created), fromMilli(updated), fromMilli(published)
	return l, errors.Join(errs[:]...)
}

func listingsWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Listing, error) {
	var out []market.Listing
	err := each(ctx, a, `SELECT `+listingColumns+` FROM listing WHERE `+where, func(r *sql.Rows) error {
		l, err := scanListing(r)
		out = append(out, l)
		return err
	}, args...)
	return out, err
}

func listingByID(ctx context.Context, a asker, id, lock string) (market.Listing, error) {
	found, err := listingsWhere(ctx, a, `id = $1`+lock, id)
	if err == nil && len(found) == 0 {
		err = market.ErrNotFound
	}
	if err != nil {
		return market.Listing{}, err
	}
	return found[0], nil
}

// Listing returns one listing or market.ErrNotFound.
func (s *Store) Listing(ctx context.Context, id string) (market.Listing, error) {
	l, err := listingByID(ctx, s.read, id, ``)
	if err != nil {
		return l, fmt.Errorf("store.Listing(%q): %w", id, err)
	}
	return l, nil
}

// Listings returns those of the ids that exist.
func (s *Store) Listings(ctx context.Context, ids []string) (map[string]market.Listing, error) {
	out := make(map[string]market.Listing, len(ids))
	err := in(ctx, s.read, `SELECT `+listingColumns+` FROM listing WHERE id IN (%s)`, ids, func(r *sql.Rows) error {
		l, err := scanListing(r)
		out[l.ID] = l
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.Listings: %w", err)
	}
	return out, nil
}

// CreateListing keeps a new listing of the actor's enterprise, as a draft or
// live at once, and fills in what the store decides: id, revision, cluster and
// times. key makes a repeated request harmless: under the same key of the same
// user the first listing is loaded into l and existed is true.
func (s *Store) CreateListing(ctx context.Context, actor market.Actor, l *market.Listing, key string) (existed bool, err error) {
	kept := *l
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		kept = *l
		existed, err = t.createListing(ctx, actor, &kept, key)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store.CreateListing: %w", err)
	}
	*l = kept
	return existed, nil
}

func (t *tx) createListing(ctx context.Context, actor market.Actor, l *market.Listing, key string) (existed bool, err error) {
	if l.EnterpriseID == "" {
		l.EnterpriseID = actor.EnterpriseID
	}
	if !actor.Owns(l.EnterpriseID) {
		return false, market.ErrNotFound
	}
	if l.ID == "" {
		l.ID = market.NewID()
	}
	if key != "" {
		first, err := t.claim(ctx, actor.UserID+" listing", key, l.ID)
		if err != nil {
			return false, err
		}
		if first != l.ID {
			*l, err = listingByID(ctx, t, first, ``)
			return true, err
		}
	}
	if err := t.newListing(ctx, l); err != nil {
		return false, err
	}
	t.audit(actor, "create", "listing", l.ID)
	return false, nil
}

// newListing checks a listing, fills in what the store decides and inserts it.
func (t *tx) newListing(ctx context.Context, l *market.Listing) error {
	err := one(ctx, t, `SELECT cluster_id FROM enterprise WHERE id = $1`, into(&l.ClusterID), l.EnterpriseID)
	if err != nil {
		return err
	}
	t.stamp(l)
	if err := t.checkListing(ctx, l); err != nil {
		return err
	}
	row, err := listingRow(l)
	if err != nil {
		return err
	}
	if l.Status == market.Live {
		t.changed(market.ChangeListing, l.ID)
	}
	return t.insert(ctx, insertListing, ``, [][]any{append(row, int64(0))})
}

// stamp fills in what a new listing has from the store.
func (t *tx) stamp(l *market.Listing) {
	l.Rev, l.UpdatedAt, l.ValidUntil = 1, t.now, trim(l.ValidUntil)
	if l.Board == "" {
		l.Board = market.Goods
	}
	if l.Status == "" {
		l.Status = market.Draft
	}
	if l.CreatedAt.IsZero() {
		l.CreatedAt = t.now
	}
	if l.Status == market.Live && l.PublishedAt.IsZero() {
		l.PublishedAt = t.now
	}
	l.CreatedAt, l.PublishedAt = trim(l.CreatedAt), trim(l.PublishedAt)
}

func (t *tx) checkListing(ctx context.Context, l *market.Listing) error {
	check := l.CheckDraft()
	if l.Status == market.Live {
		check = l.CheckLive(t.now)
	}
	if check != nil {
		return check
	}
	return t.ownImages(ctx, l)
}

// claim takes an idempotency key for an id and returns whose it is now. On
// PostgreSQL a second claim waits here until the first is decided.
func (t *tx) claim(ctx context.Context, scope, key, id string) (string, error) {
	n, err := t.exec(ctx, `INSERT INTO idempotency (scope, key, of, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		scope, key, id, milli(t.now))
	if err != nil || n == 1 {
		return id, err
	}
	var first string
	err = one(ctx, t, `SELECT of FROM idempotency WHERE scope = $1 AND key = $2`, into(&first), scope, key)
	return first, err
}

// UpdateListing keeps a listing as edited by its enterprise. l.Rev must be the
// stored revision, else market.ErrStale; on success l is what is stored now.
// Status, enterprise and source stay as they were; the side can change on a
// draft only, because proposals stand on it.
func (s *Store) UpdateListing(ctx context.Context, actor market.Actor, l *market.Listing) error {
	kept := *l
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept = *l
		return t.editListing(ctx, actor, &kept)
	})
	if err != nil {
		return fmt.Errorf("store.UpdateListing(%q): %w", l.ID, err)
	}
	*l = kept
	return nil
}

func (t *tx) editListing(ctx context.Context, actor market.Actor, l *market.Listing) error {
	old, err := t.ownListing(ctx, actor, l.ID, l.Rev)
	if err != nil {
		return err
	}
	if old.Status != market.Draft {
		l.Side = old.Side
	}
	if frozen, err := t.frozen(ctx, l.ID); err != nil || frozen {
		if err == nil {
			err = &market.Error{Kind: market.Conflict, Message: "error.listing.frozen"}
		}
		return err
	}
	l.Rev, l.Status, l.EnterpriseID, l.ClusterID, l.Board, l.Source = old.Rev+1, old.Status, old.EnterpriseID, old.ClusterID, old.Board, old.Source
	l.CreatedAt, l.PublishedAt, l.UpdatedAt, l.ValidUntil = old.CreatedAt, old.PublishedAt, t.now, trim(l.ValidUntil)
	if err := t.checkListing(ctx, l); err != nil {
		return err
	}
	t.audit(actor, "edit", "listing", l.ID)
	if old.Status == market.Live {
		// It stays on the market; the association reads it afterwards.
		if err := t.reviewIfWanted(ctx, actor, l); err != nil {
			return err
		}
	}
	return t.replaceListing(ctx, l, old.Status == market.Live)
}

// ownListing loads a listing that the actor may edit, at the revision he saw.
func (t *tx) ownListing(ctx context.Context, actor market.Actor, id string, rev int64) (market.Listing, error) {
	l, err := listingByID(ctx, t, id, t.forUpdate())
	switch {
	case err != nil:
		return l, err
	case !actor.MayEditListing(&l):
		return l, market.ErrNotFound
	case l.Rev != rev:
		return l, market.ErrStale
	}
	return l, nil
}

// replaceListing writes every column and tells the bus of what was or is public.
func (t *tx) replaceListing(ctx context.Context, l *market.Listing, wasLive bool) error {
	row, err := listingRow(l)
	if err != nil {
		return err
	}
	if wasLive || l.Status == market.Live {
		t.changed(market.ChangeListing, l.ID)
	}
	_, err = t.exec(ctx, replaceListing, row...)
	return err
}

// ListingsOf returns an enterprise's listings, newest first; status "" means
// all. next is what to pass as after for the following page, "" at the end; an
// after that no page gave is Invalid.
func (s *Store) ListingsOf(ctx context.Context, enterpriseID string, status market.Status, after string, limit int) (list []market.Listing, next string, err error) {
	where, args := `enterprise_id = $1`, []any{enterpriseID}
	and := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(condition, len(args))
	}
	if status != "" {
		and(` AND status = $%d`, string(status))
	}
	if after != "" {
		if uuid.Validate(after) != nil {
			return nil, "", market.Bad("after", "error.cursor")
		}
		and(` AND id < $%d`, after)
	}
	and(` ORDER BY id DESC LIMIT $%d`, limit+1)
	list, err = listingsWhere(ctx, s.read, where, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.ListingsOf(%q): %w", enterpriseID, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// ScanListings returns up to n listings of a status with ids above after, in
// order of their ids; status "" means all. It is for walking the whole table.
func (s *Store) ScanListings(ctx context.Context, status market.Status, after string, n int) ([]market.Listing, error) {
	var list []market.Listing
	var err error
	if status == "" {
		list, err = listingsWhere(ctx, s.read, `id > $1 ORDER BY id LIMIT $2`, after, n)
	} else {
		list, err = listingsWhere(ctx, s.read, `status = $1 AND id > $2 ORDER BY id LIMIT $3`, string(status), after, n)
	}
	if err != nil {
		return nil, fmt.Errorf("store.ScanListings(%q, %q): %w", status, after, err)
	}
	return list, nil
}

// Unmatched returns ids of live listings whose current revision no worker has
// matched although it was written before olderThan.
func (s *Store) Unmatched(ctx context.Context, olderThan time.Time, limit int) ([]string, error) {
	ids, err := idsOf(ctx, s.read, `SELECT id FROM listing WHERE status = 'live' AND matched_rev < rev AND updated_at < $1 ORDER BY updated_at, id LIMIT $2`,
		milli(olderThan), limit)
	if err != nil {
		return nil, fmt.Errorf("store.Unmatched: %w", err)
	}
	return ids, nil
}

// counted collects ids with a number each; query is as in wants it.
func counted(ctx context.Context, a asker, query string, ids []string) (map[string]int, error) {
	out := map[string]int{}
	err := in(ctx, a, query, ids, func(r *sql.Rows) error {
		var id string
		var n int
		err := r.Scan(&id, &n)
		out[id] = n
		return err
	})
	return out, err
}

// idsOf collects the first column.
func idsOf(ctx context.Context, a asker, query string, args ...any) ([]string, error) {
	var ids []string
	err := each(ctx, a, query, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, args...)
	return ids, err
}
