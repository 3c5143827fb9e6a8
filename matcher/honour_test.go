package matcher

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestHonourEndsInTheScore: only the clock moves, and an honour no longer
// earns points; what the firm says of itself never did, nor does a certificate
// past its date meet a demand.
func TestHonourEndsInTheScore(t *testing.T) {
	end := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	need := NewSide(market.Listing{Side: market.Need, Title: "求购 6061 铝棒", Region: "130110", Certificates: []string{"ISO9001"}}, market.Enterprise{ID: "a"})
	supply := func(h market.Honour, until time.Time) *Side {
		e := market.Enterprise{ID: "b", Honours: []market.Honour{h}, Certificates: []market.Certificate{{Name: "ISO9001", Until: until}}}
		return NewSide(market.Listing{Side: market.Supply, Title: "6061 铝棒", Region: "130110"}, e)
	}
	tier := func(s *Side, now time.Time) market.Verdict {
		_, terms := Present().Score(need, s, Wording{}, now)
		i := slices.IndexFunc(terms, func(x market.Term) bool { return x.Name == market.TermTier })
		return terms[i].Verdict
	}
	giant := supply(market.Honour{Kind: market.HonourGiant, Until: end}, time.Time{})
	require.Equal(t, market.Partly, tier(giant, end.Add(-time.Millisecond)))
	require.Equal(t, market.Unknown, tier(giant, end))
	require.Equal(t, market.Unknown, tier(supply(market.Honour{Kind: market.HonourGiant, Own: true}, time.Time{}), end))
	require.Empty(t, missingCertificates(need, giant))
	require.Equal(t, []string{"ISO9001"}, missingCertificates(need, supply(market.Honour{}, time.Now().Add(-time.Hour))))
}
