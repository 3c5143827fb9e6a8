package matcher

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
)

// TestAskAlongTheChain: what a relation says comes first, then what is concluded,
// as far as there are listings of it; without relations the tables alone tell.
func TestAskAlongTheChain(t *testing.T) {
	texts := []Text{{"sand", "石英砂"}, {"soda", "纯碱"}, {"egg", "鸡蛋"}, {"gas", "天然气"}, {"frame", "铝合金门窗"}}
	asker := func(mode Mode, g *chain.Graph) *Asker {
		a, err := NewAsker(texts, Asking{Mode: mode, Graph: g})
		require.NoError(t, err)
		t.Cleanup(func() { a.Close() })
		return a
	}
	said := chain.NewGraph([]chain.Relation{{From: "天然气", To: "浮法玻璃", Weight: 1}}, nil)

	ids, err := asker(ModeUpstream, nil).Ask(t.Context(), "浮法玻璃", 2)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"sand", "soda"}, ids)
	ids, err = asker(ModeUpstream, said).Ask(t.Context(), "浮法玻璃", 10)
	require.NoError(t, err)
	require.Equal(t, "gas", ids[0])
	require.Subset(t, ids[1:], []string{"sand", "soda"})
	ids, err = asker(ModeDownstream, nil).Ask(t.Context(), "玻璃", 10)
	require.NoError(t, err)
	require.Contains(t, ids, "frame")
}
