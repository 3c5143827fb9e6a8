package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// saveMends keeps what the owners of the matched listings could change. Most
// often it is what it was, and then nothing is written.
func (t *tx) saveMends(ctx context.Context, current []ListingMatches, ids []string) error {
	kept, err := keptMends(ctx, t, ids)
	if err != nil {
		return err
	}
	var rows [][]any
	var gone []string
	for _, m := range current {
		text, err := mendsJSON(m.Mends)
		switch {
		case err != nil:
			return err
		case len(m.Mends) > 0 && kept[m.ListingID] != text:
			rows = append(rows, []any{m.ListingID, text, milli(t.now)})
		case len(m.Mends) == 0 && kept[m.ListingID] != "":
			gone = append(gone, m.ListingID)
		}
		kept[m.ListingID] = text // a listing may be in the batch twice
	}
	if err := in(ctx, t, `DELETE FROM mend WHERE listing_id IN (%s)`, gone, func(*sql.Rows) error { return nil }); err != nil {
		return err
	}
	return t.insert(ctx, `INSERT INTO mend (listing_id, mends, updated_at) VALUES `,
		` ON CONFLICT (listing_id) DO UPDATE SET mends = excluded.mends, updated_at = excluded.updated_at`, rows)
}

func keptMends(ctx context.Context, a asker, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := in(ctx, a, `SELECT listing_id, mends FROM mend WHERE listing_id IN (%s)`, ids, func(r *sql.Rows) error {
		var id, text string
		err := r.Scan(&id, &text)
		out[id] = text
		return err
	})
	return out, err
}

// Mends returns what the owners of listings could change, best first, as of
// the last match of each. Listings without any are left out.
func (s *Store) Mends(ctx context.Context, listingIDs []string) (map[string][]market.Mend, error) {
	kept, err := keptMends(ctx, s.read, listingIDs)
	if err != nil {
		return nil, fmt.Errorf("store.Mends: %w", err)
	}
	out := make(map[string][]market.Mend, len(kept))
	for id, text := range kept {
		if out[id], err = mendsOf(text); err != nil {
			return nil, fmt.Errorf("store.Mends(%q): %w", id, err)
		}
	}
	return out, nil
}

// Mended lists the live listings of a side that have mends, in the order of ids.
func (s *Store) Mended(ctx context.Context, side market.Side, after string, limit int) ([]string, error) {
	ids, err := idsOf(ctx, s.read, `SELECT m.listing_id FROM mend m JOIN listing l ON l.id = m.listing_id
		WHERE m.listing_id > $1 AND l.side = $2 AND l.status = 'live' ORDER BY m.listing_id LIMIT $3`, after, string(side), limit)
	if err != nil {
		return nil, fmt.Errorf("store.Mended: %w", err)
	}
	return ids, nil
}
