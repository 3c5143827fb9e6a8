package demo

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// TestLoad: the world is complete, valid and marked, and loading it again
// changes nothing.
func TestLoad(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "demo.db"))
	require.NoError(t, err)
	defer s.Close()
	hash := func(p string) (string, error) { return "hash of " + p, nil }
	for range 2 {
		require.NoError(t, Load(ctx, s, hash))
		all, err := s.ScanListings(ctx, market.Live, "", 1000)
		require.NoError(t, err)
		require.Len(t, all, 400)
		sides := map[market.Side]int{}
		firms := map[string]bool{}
		for _, l := range all {
			sides[l.Side]++
			firms[l.EnterpriseID] = true
		}
		require.Equal(t, map[market.Side]int{market.Supply: 315, market.Need: 85}, sides)
		for id := range firms {
			e, err := s.Enterprise(ctx, id)
			require.NoError(t, err)
			require.True(t, e.Demo)
			require.True(t, market.USCCDigitOK(e.USCC), e.USCC)
		}
	}
	clusters, err := s.Clusters(ctx)
	require.NoError(t, err)
	require.Len(t, clusters, 5)
	u, err := s.UserByLogin(ctx, "13800000001")
	require.NoError(t, err)
	require.Equal(t, "hash of "+Password, u.PasswordHash)
	buyer, _, err := s.Actor(ctx, u.ID)
	require.NoError(t, err)
	needs, _, err := s.ListingsOf(ctx, buyer.EnterpriseID, market.Live, "", 100)
	require.NoError(t, err)
	require.NotEmpty(t, needs)
}

// TestSmallPrices: what costs less than one fen is priced by the thousand.
func TestSmallPrices(t *testing.T) {
	p, err := price("0.011/点")
	require.NoError(t, err)
	require.Equal(t, market.Price{Fen: 1100, Unit: "千点"}, p)
}
