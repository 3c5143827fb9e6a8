package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// Clusters returns every cluster, by id.
func (s *Store) Clusters(ctx context.Context) ([]market.Cluster, error) {
	var out []market.Cluster
	err := each(ctx, s.read, `SELECT id, name, region, chains, review FROM cluster ORDER BY id`, func(r *sql.Rows) error {
		var c market.Cluster
		var chains string
		if err := r.Scan(&c.ID, &c.Name, &c.Region, &chains, &c.Review); err != nil {
			return err
		}
		var err error
		c.Chains, err = fromJSON[string](chains)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.Clusters: %w", err)
	}
	return out, nil
}

// SetReview says which listings of a cluster the actor reads first.
func (s *Store) SetReview(ctx context.Context, actor market.Actor, clusterID string, rule market.ReviewRule) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Operates(clusterID) {
			return market.ErrNotFound
		}
		if !rule.Known() {
			return market.Bad("review", "error.choose")
		}
		n, err := t.exec(ctx, `UPDATE cluster SET review = $1 WHERE id = $2`, string(rule), clusterID)
		if err == nil && n == 0 {
			err = market.ErrNotFound
		}
		t.audit(actor, "review-rule", "cluster", clusterID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SetReview(%q): %w", clusterID, err)
	}
	return nil
}

// SaveCluster keeps a cluster, new or changed; its review rule stays.
func (s *Store) SaveCluster(ctx context.Context, c market.Cluster) error {
	chains, err := asJSON(c.Chains)
	if err != nil {
		return err
	}
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO cluster (id, name, region, chains) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, chains = excluded.chains`,
			c.ID, c.Name, c.Region, chains)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveCluster(%q): %w", c.ID, err)
	}
	return nil
}
