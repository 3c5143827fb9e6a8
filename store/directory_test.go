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
				list, next, err := s.Directory(ctx, cluster, "", after, 1)
				require.NoError(t, err)
				for _, e := range list {
					got = append(got, e.ID)
				}
				after = next
			}
			require.Equal(t, want, got, cluster)
		}
		_, _, err := s.Directory(ctx, "", "", "nonsense", 1)
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

// TestLinks: the directory lists a firm under the links that it says now, and
// under what they belong to; two records that are merged stand once.
func TestLinks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		a, b := firm(t, s, "甲厂"), firm(t, s, "甲 厂")
		s.sql(t, `UPDATE enterprise SET cluster_id = $1, level = 'reviewed'`, "luquan")
		say := func(by market.Actor, codes ...string) {
			e, err := s.Enterprise(ctx, by.EnterpriseID)
			require.NoError(t, err)
			e, err = s.UpdateRecord(ctx, by, e.Rev, market.Record{Links: codes})
			require.NoError(t, err)
			kept, err := s.Enterprise(ctx, e.ID)
			require.NoError(t, err)
			require.Equal(t, codes, append([]string(nil), kept.Links...))
		}
		under := func(link string) []string {
			var out []string
			list, _, err := s.Directory(ctx, "", link, "", 10)
			require.NoError(t, err)
			for _, e := range list {
				out = append(out, e.ID)
			}
			return out
		}
		say(a, "3252", "3482")
		say(b, "3252", "33")
		require.Equal(t, []string{b.EnterpriseID, a.EnterpriseID}, under("3252"))
		require.Equal(t, []string{a.EnterpriseID}, under("348"), "what it belongs to")
		require.Equal(t, []string{b.EnterpriseID}, under("33"))
		require.Empty(t, under("3311"), "the finer one was not said")
		say(a, "3482")
		require.Equal(t, []string{b.EnterpriseID}, under("3252"))
		_, _, err := s.Directory(ctx, "", "x", "", 10)
		require.True(t, market.IsKind(err, market.Invalid))

		keep, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		drop, err := s.Enterprise(ctx, b.EnterpriseID)
		require.NoError(t, err)
		require.NoError(t, s.Merge(ctx, market.Actor{UserID: "op", Clusters: []string{"luquan"}}, keep, drop))
		require.Equal(t, []string{a.EnterpriseID}, under("3252"), "the links of both are the one's")
		keep, err = s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, []string{"3482", "3252", "33"}, keep.Links)
		left := 0
		require.NoError(t, one(ctx, s.read, `SELECT count(*) FROM enterprise_link`, into(&left)))
		require.Equal(t, 3, left)
	})
}
