package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lianqiao/market"
)

// ImportListings keeps listings from elsewhere, all or none. One whose Source
// is kept already is brought up to date where it differs, but never opened
// again when its firm closed it. Without a status they are live. Each one that
// is new or changed leaves a line in the audit, by nobody.
func (s *Store) ImportListings(ctx context.Context, list []market.Listing) (created, updated, same int, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		created, updated, same, err = t.importListings(ctx, market.Actor{}, list)
		return err
	})
	if err != nil {
		return 0, 0, 0, fmt.Errorf("store.ImportListings(%d): %w", len(list), err)
	}
	return created, updated, same, nil
}

func (t *tx) importListings(ctx context.Context, actor market.Actor, list []market.Listing) (created, updated, same int, err error) {
	known, clusters, err := t.importKnown(ctx, list)
	if err != nil {
		return 0, 0, 0, err
	}
	var rows [][]any
	fresh := map[string]bool{} // sources to be inserted by this call
	for _, l := range list {
		cluster, ok := clusters[l.EnterpriseID]
		if !ok {
			return 0, 0, 0, fmt.Errorf("source %q: enterprise %q: %w", l.Source, l.EnterpriseID, market.ErrNotFound)
		}
		l.ClusterID = cluster
		old, exists := known[l.Source]
		if exists && l.Source != "" {
			changed, err := t.importChanged(ctx, actor, &old, l)
			if err != nil {
				return 0, 0, 0, err
			}
			if changed {
				known[l.Source] = old
				updated++
			} else {
				same++
			}
			continue
		}
		if l.Source != "" && fresh[l.Source] {
			same++ // the same row key twice in one call: the first counts
			continue
		}
		fresh[l.Source] = true
		row, err := t.importRow(actor, &l)
		if err != nil {
			return 0, 0, 0, err
		}
		rows = append(rows, row)
		created++
	}
	return created, updated, same, t.insert(ctx, insertListing, ``, rows)
}

// importKnown loads what is kept under the sources, and the firms' clusters.
func (t *tx) importKnown(ctx context.Context, list []market.Listing) (map[string]market.Listing, map[string]string, error) {
	var sources, firms []string
	clusters := map[string]string{}
	for _, l := range list {
		if l.Source != "" {
			sources = append(sources, l.Source)
		}
		if _, ok := clusters[l.EnterpriseID]; !ok {
			clusters[l.EnterpriseID] = ""
			firms = append(firms, l.EnterpriseID)
		}
	}
	clear(clusters)
	known := map[string]market.Listing{}
	err1 := in(ctx, t, `SELECT `+listingColumns+` FROM listing WHERE source <> '' AND source IN (%s)`, sources, func(r *sql.Rows) error {
		l, err := scanListing(r)
		known[l.Source] = l
		return err
	})
	err2 := in(ctx, t, `SELECT id, cluster_id FROM enterprise WHERE id IN (%s)`, firms, func(r *sql.Rows) error {
		var id, cluster string
		err := r.Scan(&id, &cluster)
		clusters[id] = cluster
		return err
	})
	return known, clusters, errors.Join(err1, err2)
}

func (t *tx) importRow(actor market.Actor, l *market.Listing) ([]any, error) {
	if l.ID == "" {
		l.ID = market.NewID()
	}
	if l.Status == "" {
		l.Status = market.Live
	}
	t.stamp(l)
	check := l.CheckDraft()
	if l.Status == market.Live {
		check = l.CheckLive(t.now)
		t.changed(market.ChangeListing, l.ID)
	}
	if check != nil {
		return nil, fmt.Errorf("source %q: %w", l.Source, check)
	}
	t.auditOn(actor, l.EnterpriseID, "import", "listing", l.ID)
	row, err := listingRow(l)
	return append(row, int64(0)), err
}

// importChanged brings old up to date with l and reports whether that changed
// anything. An expired listing with a later validity is live again.
func (t *tx) importChanged(ctx context.Context, actor market.Actor, old *market.Listing, l market.Listing) (bool, error) {
	l.ID, l.Rev, l.Status, l.Side, l.Images = old.ID, old.Rev, old.Status, old.Side, old.Images
	l.CreatedAt, l.UpdatedAt, l.PublishedAt, l.ValidUntil = old.CreatedAt, old.UpdatedAt, old.PublishedAt, trim(l.ValidUntil)
	if l.Board == "" {
		l.Board = old.Board
	}
	if old.Status == market.Expired && l.ValidUntil.After(t.now) {
		l.Status, l.PublishedAt = market.Live, t.now
	}
	was, err1 := listingRow(old)
	is, err2 := listingRow(&l)
	if err := errors.Join(err1, err2); err != nil || sameRow(was, is) {
		return false, err
	}
	if l.EnterpriseID != old.EnterpriseID {
		return false, fmt.Errorf("source %q belongs to another enterprise: %w", l.Source, &market.Error{Kind: market.Conflict, Message: "error.source.taken"})
	}
	wasLive := old.Status == market.Live
	l.Rev, l.UpdatedAt = old.Rev+1, t.now
	*old = l
	t.auditOn(actor, l.EnterpriseID, "import", "listing", l.ID)
	return true, t.replaceListing(ctx, &l, wasLive)
}
