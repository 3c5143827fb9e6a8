package chain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGraph(t *testing.T) {
	g := NewGraph([]Relation{
		{From: "热轧钢板", To: "汽车车架", Weight: 1}, {From: "钢管", To: "自行车车架", Weight: 1},
		{From: "棉纱", To: "毛巾", Weight: 1}, {From: "染料", To: "毛巾", Weight: 0.6},
	}, []Kind{{Broad: "毛巾", Narrow: "擦手布"}})

	require.Equal(t, []string{"棉纱", "染料"}, leadWords(g.Upstream("毛巾")), "what is said comes as it is said")
	require.Equal(t, Lead{Word: "棉纱", Weight: 1}, g.Upstream("毛巾")[0])

	frame := g.Upstream("电动车车架")
	require.ElementsMatch(t, []string{"热轧钢板", "钢管"}, leadWords(frame), "a product never seen has what its like have")
	require.Less(t, frame[0].Weight, 1.0)
	require.NotEmpty(t, frame[0].Via)
	require.Equal(t, []string{"棉纱", "染料"}, leadWords(g.Upstream("擦手布")), "a narrower kind has what the wider one has")
	require.Equal(t, []string{"毛巾"}, leadWords(g.Downstream("棉纱")))
	require.Empty(t, g.Upstream("xyz"))
	require.Equal(t, frame, g.Upstream("电动车车架"), "the same question, the same answer")
}

func leadWords(leads []Lead) []string {
	var out []string
	for _, l := range leads {
		out = append(out, l.Word)
	}
	return out
}
