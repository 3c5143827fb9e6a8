package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestDirectory: it lists who is verified, and nobody twice or left out on the
// way through its pages.
func TestDirectory(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		var all, luquan []string
		for _, x := range []struct {
			name, cluster string
			level         market.Level
			standing      market.Standing
			merged        string
		}{
			{"甲厂", "luquan", market.Reviewed, market.Active, ""},
			{"乙厂", "luquan", market.Unverified, market.Active, ""},
			{"丙厂", "shenze", market.Visited, market.Active, ""},
			{"丁厂", "luquan", market.Reviewed, market.Suspended, ""},
			{"戊厂", "luquan", market.Reviewed, market.Active, "elsewhere"},
			{"己厂", "luquan", market.Visited, market.Active, ""},
		} {
			e, err := s.UpsertEnterprise(ctx, market.Enterprise{ID: market.NewID(), Name: x.name, Kind: market.Maker, Region: "130110", ClusterID: x.cluster, Verified: market.Verification{Level: x.level}, Standing: x.standing, MergedInto: x.merged})
			require.NoError(t, err)
			if x.level == market.Unverified || x.standing == market.Suspended || x.merged != "" {
				continue
			}
			all = append([]string{e.ID}, all...)
			if x.cluster == "luquan" {
				luquan = append([]string{e.ID}, luquan...)
			}
		}
		for cluster, want := range map[string][]string{"": all, "luquan": luquan, "nowhere": nil} {
			var got []string
			for after, more := "", true; more; more = after != "" {
				list, next, err := s.Directory(ctx, cluster, after, 1)
				require.NoError(t, err)
				for _, e := range list {
					got = append(got, e.ID)
				}
				after = next
			}
			require.Equal(t, want, got, cluster)
		}
		_, _, err := s.Directory(ctx, "", "nonsense", 1)
		require.True(t, market.IsKind(err, market.Invalid))

		a, b := firm(t, s, "庚厂"), firm(t, s, "辛厂")
		post(t, s, a, market.Need)
		post(t, s, a, market.Supply)
		post(t, s, a, market.Supply)
		live, err := s.LiveCounts(ctx, []string{a.EnterpriseID, b.EnterpriseID})
		require.NoError(t, err)
		require.Equal(t, map[string]map[market.Side]int{a.EnterpriseID: {market.Need: 1, market.Supply: 2}}, live)
	})
}
