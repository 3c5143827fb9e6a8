package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// SaveImage keeps a picture of the actor's enterprise; under an id that is kept
// already, the first one stays.
func (s *Store) SaveImage(ctx context.Context, actor market.Actor, i market.Image) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Owns(i.EnterpriseID) {
			return market.ErrNotFound
		}
		if i.CreatedAt.IsZero() {
			i.CreatedAt = t.now
		}
		n, err := t.exec(ctx, `INSERT INTO image (id, enterprise_id, type, width, height, code, bytes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			i.ID, i.EnterpriseID, i.Type, i.Width, i.Height, i.Code, i.Bytes, milli(i.CreatedAt))
		if n == 1 {
			t.audit(actor, "create", "image", i.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveImage(%q): %w", i.ID, err)
	}
	return nil
}

// Image returns a picture or market.ErrNotFound. Whether the reader may see it
// is decided by the caller, with ListingsWith.
func (s *Store) Image(ctx context.Context, id string) (market.Image, error) {
	var i market.Image
	var created int64
	err := one(ctx, s.read, `SELECT id, enterprise_id, type, width, height, code, bytes, created_at FROM image WHERE id = $1`,
		into(&i.ID, &i.EnterpriseID, &i.Type, &i.Width, &i.Height, &i.Code, &i.Bytes, &created), id)
	if err != nil {
		return i, fmt.Errorf("store.Image(%q): %w", id, err)
	}
	i.CreatedAt = fromMilli(created)
	return i, nil
}

// ImageCodes returns what the QR codes of pictures say, without empty ones.
func (s *Store) ImageCodes(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := in(ctx, s.read, `SELECT id, code FROM image WHERE code <> '' AND id IN (%s)`, ids, func(r *sql.Rows) error {
		var id, code string
		err := r.Scan(&id, &code)
		out[id] = code
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.ImageCodes: %w", err)
	}
	return out, nil
}

// ListingsWith returns the listings of its enterprise that carry a picture.
func (s *Store) ListingsWith(ctx context.Context, i market.Image) ([]market.Listing, error) {
	list, err := listingsWhere(ctx, s.read, `enterprise_id = $1 AND images LIKE $2`, i.EnterpriseID, `%"`+i.ID+`"%`)
	if err != nil {
		return nil, fmt.Errorf("store.ListingsWith(%q): %w", i.ID, err)
	}
	return list, nil
}

// ownImages wants every picture of a listing to be its enterprise's own.
func (t *tx) ownImages(ctx context.Context, l *market.Listing) error {
	for i, id := range l.Images {
		var n int64
		err := one(ctx, t, `SELECT count(*) FROM image WHERE id = $1 AND enterprise_id = $2`, into(&n), id, l.EnterpriseID)
		if err != nil {
			return err
		}
		if n == 0 {
			return market.Bad(fmt.Sprintf("images[%d]", i), "error.notFound")
		}
	}
	return nil
}
