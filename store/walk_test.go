package store

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestDisclosureWalk takes the stored introductions of two firms through random
// deeds of both, of a stranger, of their association and of its reviewer. What
// market.TestDisclosureSteps holds of the rules is held here of the rows: none is
// disclosed without both consents and both verified, and each disclosure has its
// line in the audit. No introduction that is over is open.
func TestDisclosureWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		const steps = 500
		ctx, r := t.Context(), rand.New(rand.NewPCG(11, 28))
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		operator := market.Actor{UserID: "op", Clusters: []string{"luquan"}}
		firms := []market.Actor{firm(t, s, "甲厂"), firm(t, s, "乙厂"), firm(t, s, "丙厂")}
		var listings [2]market.Listing
		for n, a := range firms {
			e, err := s.Enterprise(ctx, a.EnterpriseID)
			require.NoError(t, err)
			e.ClusterID = "luquan"
			require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
			if n < 2 {
				listings[n] = post(t, s, a, []market.Side{market.Need, market.Supply}[n])
			}
		}
		levels := map[string]market.Level{}
		seen, opened := map[string]bool{}, map[string]bool{}
		for range steps {
			who := r.IntN(3)
			i, err := latest(t, s, firms[0], firms[1])
			known := err == nil
			switch deed := r.IntN(10); {
			case deed < 2:
				if who < 2 {
					_, err = s.AskOnListing(ctx, firms[who], listings[1-who].ID, "")
				}
			case deed == 2:
				err = s.Introduce(ctx, operator, listings[0].ID, listings[1].ID, "")
			case deed < 5:
				level := []market.Level{market.Reviewed, market.Visited, market.Unverified}[r.IntN(3)]
				decision := market.Decision{Status: market.ReviewApproved, Level: level, Basis: "营业执照"}
				if level == market.Unverified {
					decision = market.Decision{Status: market.ReviewReturned, Reason: "请补充"}
				}
				if err = s.JudgeEnterprise(ctx, operator, firms[who].EnterpriseID, decision); err == nil {
					e, err := s.Enterprise(ctx, firms[who].EnterpriseID)
					require.NoError(t, err)
					levels[e.ID] = e.Verified.Level
				}
			case known:
				_, err = s.DoIntroduction(ctx, firms[who], i.ID, i.Rev, []Deed{Accept, Accept, Accept, Decline, Withdraw}[deed-5], "price")
			}
			var told *market.Error
			require.True(t, err == nil || errors.As(err, &told) || errors.Is(err, market.ErrNotFound) || errors.Is(err, market.ErrStale), "%v", err)

			if i, err = latest(t, s, firms[0], firms[1]); err != nil {
				continue
			}
			seen[i.ID] = true
			consents, disclosures, audits := records(t, s, i.ID)
			require.Equal(t, disclosures, audits, "each disclosure has its line")
			if i.Open() {
				require.Equal(t, []int{2, 2}, []int{consents, disclosures})
			}
			if disclosures > 0 && !opened[i.ID] {
				opened[i.ID] = true
				for _, f := range firms[:2] {
					require.Contains(t, []market.Level{market.Reviewed, market.Visited}, levels[f.EnterpriseID], "who is disclosed to is verified")
				}
			}
		}
		require.Greater(t, len(opened), 5, "the walk opens contacts")
		require.Greater(t, len(seen), len(opened)+5, "and begins anew")
		for id := range seen {
			_, disclosures, audits := records(t, s, id)
			require.Contains(t, []int{0, 2}, disclosures)
			require.Equal(t, disclosures, audits)
			if disclosures > 0 {
				var gave int
				require.NoError(t, one(ctx, s.read, `SELECT count(DISTINCT c.enterprise_id) FROM consent c, disclosure d WHERE c.introduction_id = $1 AND d.introduction_id = $1 AND c.given = 1 AND c.at <= d.at`, into(&gave), id))
				require.Equal(t, 2, gave, "both consented first")
			}
		}
	})
}

// latest is the newest introduction of two firms.
func latest(t *testing.T, s *Store, a, b market.Actor) (market.Introduction, error) {
	var id string
	if err := one(t.Context(), s.read, `SELECT id FROM introduction WHERE (by_id = $1 AND to_id = $2) OR (by_id = $2 AND to_id = $1) ORDER BY id DESC LIMIT 1`, into(&id), a.EnterpriseID, b.EnterpriseID); err != nil {
		return market.Introduction{}, err
	}
	return s.Introduction(t.Context(), id)
}
