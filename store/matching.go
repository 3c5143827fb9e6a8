package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// WithoutPotential returns those of the enterprises that want no potential proposals.
func (s *Store) WithoutPotential(ctx context.Context, enterpriseIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := in(ctx, s.read, `SELECT enterprise_id FROM matching WHERE potential = 0 AND enterprise_id IN (%s)`, enterpriseIDs, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		out[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.WithoutPotential: %w", err)
	}
	return out, nil
}

// SetPotential says whether the actor's firm wants potential proposals. Its
// listings are then matched again, which makes them or takes them away.
func (s *Store) SetPotential(ctx context.Context, actor market.Actor, wanted bool) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		t.audit(actor, "matching", "enterprise", actor.EnterpriseID)
		t.changed(market.ChangeEnterprise, actor.EnterpriseID)
		_, err := t.exec(ctx, `INSERT INTO matching (enterprise_id, potential) VALUES ($1, $2) ON CONFLICT (enterprise_id) DO UPDATE SET potential = excluded.potential`,
			actor.EnterpriseID, number(wanted))
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SetPotential: %w", err)
	}
	return nil
}
