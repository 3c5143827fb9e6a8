package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestEvidence: a file is its firm's and its association's; what no record
// names goes, by an edit and by the nightly sweep; who leaves takes all along.
func TestEvidence(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		e.ClusterID = "luquan"
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		file := func(id string) market.Evidence {
			return market.Evidence{ID: id, EnterpriseID: a.EnterpriseID, Name: id + ".pdf", Type: market.PDF, Bytes: []byte("%PDF- " + id)}
		}
		for _, id := range []string{"named", "idle"} {
			require.NoError(t, s.SaveEvidence(ctx, a, file(id)))
		}
		require.ErrorIs(t, s.SaveEvidence(ctx, b, file("foreign")), market.ErrNotFound)
		r := market.Record{Honours: []market.Honour{{Kind: market.HonourGiant, Evidence: "named"}}, People: []market.Person{{Name: "李", Phone: "13900000009", Shown: market.ShownFirm}}}
		_, err = s.UpdateRecord(ctx, b, 1, r)
		require.Error(t, err, "another's file proves nothing")
		_, err = s.UpdateRecord(ctx, a, e.Rev-1, r)
		require.ErrorIs(t, err, market.ErrStale)
		e, err = s.UpdateRecord(ctx, a, e.Rev, r)
		require.NoError(t, err)
		for who, x := range map[string]market.Actor{"nobody": {}, "another firm": b, "another operator": {UserID: "u", Clusters: []string{"gaocheng"}}, "a bureau": {UserID: "u", Views: []string{"luquan"}}} {
			_, err := s.Evidence(ctx, x, "named")
			require.ErrorIs(t, err, market.ErrNotFound, who)
		}
		for _, x := range []market.Actor{a, {UserID: "u", Clusters: []string{"luquan"}}, {UserID: "u", Reviews: []string{"luquan"}}} {
			f, err := s.Evidence(ctx, x, "named")
			require.NoError(t, err)
			require.Equal(t, "%PDF- named", string(f.Bytes))
		}
		deeds, err := s.Audits(ctx, "named", 100)
		require.NoError(t, err)
		seen := 0
		for _, d := range deeds {
			if d.Deed == "download" {
				seen++
			}
		}
		require.Equal(t, 2, seen, "the firm reads who else looked at its evidence")
		_, err = s.Evidence(ctx, a, "idle")
		require.NoError(t, err, "its form may still be open")
		_, err = s.ExpireDue(ctx, time.Now().Add(market.EvidenceIdle+time.Minute), 10)
		require.NoError(t, err)
		_, err = s.Evidence(ctx, a, "idle")
		require.ErrorIs(t, err, market.ErrNotFound)
		_, err = s.Evidence(ctx, a, "named")
		require.NoError(t, err)
		require.NoError(t, s.Erase(ctx, a))
		e, err = s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		require.Empty(t, e.People)
		kept := e.Record()
		require.Empty(t, kept.Names())
		_, err = s.Evidence(ctx, market.Actor{UserID: "x", Admin: true}, "named")
		require.ErrorIs(t, err, market.ErrNotFound)
	})
}

// TestTOTPOnce: of many uses of one code at once one is taken, and none of an older one.
func TestTOTPOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		require.Error(t, s.UseTOTP(ctx, a.UserID, 5), "not on")
		require.NoError(t, s.UseKey(ctx, make([]byte, KeyBytes)))
		require.NoError(t, s.BeginTOTP(ctx, a, "SECRET"))
		require.Error(t, s.ConfirmTOTP(ctx, a, "ANOTHER", 5, nil, ""))
		_, begun, err := s.Actor(ctx, a.UserID)
		require.NoError(t, err)
		require.NoError(t, s.ConfirmTOTP(ctx, a, begun.TOTP.Secret, 5, []string{"r1", "r2"}, ""))
		require.Error(t, s.BeginTOTP(ctx, a, "THIRD"))
		results := make(chan error, 20)
		for i := range 20 {
			go func() {
				if i%2 == 0 {
					results <- s.UseTOTP(ctx, a.UserID, 6)
				} else {
					results <- s.UseRecovery(ctx, a.UserID, "r1")
				}
			}()
		}
		won := 0
		for range 20 {
			if <-results == nil {
				won++
			}
		}
		require.Equal(t, 2, won, "one code and one recovery code")
		require.Error(t, s.UseTOTP(ctx, a.UserID, 5))
		require.NoError(t, s.UseTOTP(ctx, a.UserID, 7))
		require.NoError(t, s.DropTOTP(ctx, a))
		_, u, err := s.Actor(ctx, a.UserID)
		require.NoError(t, err)
		require.False(t, u.SecondStep())
	})
}
