package chain

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestGraph(t *testing.T) {
	relations := []Relation{
		{From: "热轧钢板", To: "汽车车架", Weight: 1}, {From: "钢管", To: "自行车车架", Weight: 1},
		{From: "棉纱", To: "毛巾", Weight: 1}, {From: "染料", To: "毛巾", Weight: 0.6},
	}
	kinds := []Kind{{Broad: "毛巾", Narrow: "擦手布"}}
	g := NewGraph(relations, kinds)

	towel := g.Upstream("毛巾")
	require.Equal(t, []Lead{{Word: "棉纱", Weight: 1}, {Word: "染料", Weight: 0.6}}, towel[:2], "what is said comes first, as it is said")
	require.Len(t, towel, 2+leadsBeside)
	frame := g.Upstream("电动车车架")
	require.Subset(t, leadWords(frame[:10]), []string{"热轧钢板", "钢管"}, "a product never seen has what its like have")
	for _, l := range append(frame, towel[2:]...) {
		require.Less(t, l.Weight, 0.5, "what is concluded counts less than what is said")
	}
	require.Equal(t, "棉纱", g.Upstream("擦手布")[0].Word, "a narrower kind has what the wider one has")
	require.Equal(t, "毛巾", g.Downstream("棉纱")[0].Word)
	require.Empty(t, g.Upstream("ψξ"), "nothing is called like it")
	require.Equal(t, frame, NewGraph(relations, kinds).Upstream("电动车车架"), "the same relations, the same conclusions")
}

// TestPartLeads: the part of a name that tells most counts, and the more who have it.
func TestPartLeads(t *testing.T) {
	known := newNeighbourhood(map[string][]Lead{
		"铜管": {{Word: "电解铜"}}, "铜棒": {{Word: "电解铜"}}, "铜线": {{Word: "电解铜"}, {Word: "拉丝油"}}, "钢管": {{Word: "圆钢"}},
	})
	place := map[string]int32{"电解铜": 0, "拉丝油": 1, "圆钢": 2}
	parts := newPartLeads(place, &known)
	require.Equal(t, []float64{3.0 / 6, 1.0 / 6, 0}, parts.shares("铜箔", 3), "three of three that are called 铜")
	require.Equal(t, []float64{3.0 / 6, 1.0 / 6, 1.0 / 5}, parts.shares("铜方管", 3), "and one of the two that end like it")
	require.Equal(t, []float64{0, 0, 0}, parts.shares("水泥", 3))
}

// TestComposition: what the table tells holds without any relation, also for a
// name that it does not list.
func TestComposition(t *testing.T) {
	g := NewGraph(nil, nil)
	require.ElementsMatch(t, []string{"石英砂", "纯碱"}, leadWords(g.Upstream("浮法玻璃")[:2]))
	require.Equal(t, "浮法玻璃", g.Upstream("浮法玻璃")[0].Via)
	require.Subset(t, leadWords(g.Upstream("超白浮法玻璃")[:5]), []string{"石英砂", "纯碱"})
	require.Contains(t, leadWords(g.Downstream("氧化铝")[:10]), "电解铝")

	listed := map[string]bool{}
	for _, f := range rows(compositionTable, 2) {
		require.Len(t, f, 2, f)
		require.False(t, listed[f[0]], "%s has two rows", f[0])
		listed[f[0]] = true
		require.NotEmpty(t, strings.Fields(f[1]), f[0])
		for _, w := range strings.Fields(f[1]) {
			require.NotEqual(t, f[0], w)
			require.LessOrEqual(t, utf8.RuneCountInString(w), 14, f[0])
		}
	}
}

func leadWords(leads []Lead) []string {
	var out []string
	for _, l := range leads {
		out = append(out, l.Word)
	}
	return out
}
