package matcher

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPairs asks every need among the supplies of all cases: of the wanted, 95
// in 100 are in the first three, and of the unwanted as many below the threshold.
func TestPairs(t *testing.T) {
	cases, err := HardCases()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(cases), 150)
	r, err := AskHardCases(t.Context(), Present())
	require.NoError(t, err)
	for _, miss := range r.Misses {
		t.Log(miss)
	}
	t.Logf("%d cases: wanted in the first three %d/%d, unwanted below the threshold %d/%d", len(cases), r.Found, r.Wanted, r.Below, r.Unwanted)
	require.GreaterOrEqual(t, float64(r.Found), 0.95*float64(r.Wanted))
	require.GreaterOrEqual(t, float64(r.Below), 0.95*float64(r.Unwanted))
}
