package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestSearchAudit: an association reads the lines of its own firms, newest
// first, page by page, without the words that are private to a firm.
func TestSearchAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		begun := time.Now().Add(-time.Second)
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		e.ClusterID = "luquan"
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		need, supply := post(t, s, a, market.Need), post(t, s, b, market.Supply)
		saveMatches(t, s, matched(t, s, need, proposed(need, supply, 80)))
		for _, p := range all(t, s, a) {
			require.NoError(t, s.SaveInterest(ctx, a, market.Interest{ProposalID: p.ID, Answer: market.Never}))
		}
		var seen []string
		search, after := AuditSearch{Clusters: []string{"luquan"}, From: begun}, ""
		for {
			search.After = after
			page, next, err := s.SearchAudit(ctx, search, 1)
			require.NoError(t, err)
			for _, x := range page {
				require.Equal(t, a.EnterpriseID, x.EnterpriseID)
				seen = append(seen, x.Deed+" "+x.Kind)
			}
			if after = next; next == "" {
				break
			}
		}
		require.Contains(t, seen, "create listing")
		require.Contains(t, seen, "edit enterprise")
		for _, x := range seen {
			require.NotContains(t, x, "never", "whom a firm wants nothing to do with is its own affair")
		}
		for name, f := range map[string]AuditSearch{
			"another cluster": {Clusters: []string{"gaocheng"}}, "before": {To: begun}, "after": {From: time.Now().Add(time.Hour)},
			"kind": {Kind: "plan"}, "firm": {EnterpriseID: "x"},
		} {
			list, _, err := s.SearchAudit(ctx, f, 10)
			require.NoError(t, err)
			require.Empty(t, list, name)
		}
		all, _, err := s.SearchAudit(ctx, AuditSearch{}, 100)
		require.NoError(t, err)
		require.Greater(t, len(all), len(seen))
	})
}
