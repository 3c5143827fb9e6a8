package store

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestSeals: whatever is done to a sealed line is noticed.
func TestSeals(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲")
		n, err := s.CheckSeals(ctx)
		require.NoError(t, err)
		require.Zero(t, n)
		for range 3 {
			post(t, s, a, market.Supply)
			var wg sync.WaitGroup
			for range 4 { // several workers at once
				wg.Go(func() {
					_, err := s.Seal(ctx)
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		n, err = s.CheckSeals(ctx)
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, 3)
		var open int64
		require.NoError(t, one(ctx, s.read, `SELECT count(*) FROM audit WHERE seal = 0`, into(&open)))
		require.Zero(t, open)

		for name, forge := range map[string]string{
			"changed":                `UPDATE audit SET user_id = 'x' WHERE id = (SELECT min(id) FROM audit)`,
			"taken out":              `DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)`,
			"put in":                 `INSERT INTO audit (id, at, user_id, enterprise_id, deed, kind, of, seal) VALUES ('0', 1, 'x', '', 'edit', 'listing', 'x', 1)`,
			"last seal gone":         `DELETE FROM seal WHERE number = (SELECT max(number) FROM seal)`,
			"a seal in between gone": `DELETE FROM seal WHERE number = 2`,
			"seal rewritten":         `UPDATE seal SET hash = 'x' WHERE number = 1`,
		} {
			rollback := &market.Error{Kind: market.Conflict, Message: "only tried"}
			err := s.update(ctx, func(ctx context.Context, t1 *tx) error {
				if _, err := t1.exec(ctx, forge); err != nil {
					return err
				}
				_, err := checkSeals(ctx, t1)
				require.ErrorIs(t, err, ErrBroken, name)
				return rollback
			})
			require.ErrorIs(t, err, rollback, name)
		}
		_, err = s.CheckSeals(ctx)
		require.NoError(t, err)
	})
}
