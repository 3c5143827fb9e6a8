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
	err := each(ctx, s.read, `SELECT id, name, region, chains FROM cluster ORDER BY id`, func(r *sql.Rows) error {
		var c market.Cluster
		var chains string
		if err := r.Scan(&c.ID, &c.Name, &c.Region, &chains); err != nil {
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

// SaveCluster keeps a cluster, new or changed.
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
