package schedule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProbeKeepsConsequences: a search that is cancelled right after it learnt
// a unit leaves that unit without its consequences. Probing once skipped them,
// and rebuild then met a clause of a single literal.
func TestProbeKeepsConsequences(t *testing.T) {
	s := newSAT()
	a, b, c := pos(s.newVar()), pos(s.newVar()), s.newVar()
	s.add(a, b)
	s.assign(a.not(), none) // as learn does, not propagated yet
	s.probeAt = c
	s.probe(1)
	require.NotPanics(t, s.simplify)
	require.Equal(t, yes, s.value[b])
}
