package chain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBook: what is added counts in the book that it was added to, and nowhere
// else; what the tables know stays.
func TestBook(t *testing.T) {
	b := Embedded.With(Additions{
		Same:      [][]string{{"刹车片", "来令片"}, {"灵寿晶", "灵晶砂"}, {"棉纱", "Cotton纱"}},
		Classes:   map[string]string{"灵晶砂": "3670", "铝棒": "3240"},
		Relations: []Relation{{From: "刹车片", To: "电动三轮", Weight: 1}, {From: "灵晶砂", To: "铝型材", Weight: 0.4}},
	})
	need, supply := b.Read("求购 陶瓷来令片", ""), Read("刹车片 现货", "")
	require.Equal(t, Different, Relate(Read("求购 陶瓷来令片", ""), supply).Kind)
	for _, f := range []Fit{Relate(need, supply), Relate(supply, need), Relate(b.Read("供应刹车片", ""), Read("求购 来令片", ""))} {
		require.Equal(t, Synonym, f.Kind)
		require.InDelta(t, 0.95, f.Points, 1e-9)
	}
	require.Equal(t, "来令片", Relate(need, supply).Need, "quoted as it is written")
	require.Equal(t, Synonym, Relate(b.Read("灵寿晶", ""), Read("灵晶砂", "")).Kind, "of two words that no table knows")
	require.Equal(t, Different, Relate(b.Read("来令片设备", ""), supply).Kind, "only where it is the head")
	require.Contains(t, b.Synonyms("来令片"), "刹车片")
	require.NotContains(t, Synonyms("刹车片"), "来令片")

	require.Equal(t, []string{"3670"}, b.GuessClass(b.Read("灵晶砂", "")))
	require.Equal(t, "3240", b.GuessClass(b.Read("铝圆棒", ""))[0], "all names of a product are of its class")
	require.Equal(t, []string{"3252"}, Embedded.GuessClass(Read("铝棒", "")))

	up := b.Upstream("铝型材")
	require.Equal(t, Relation{From: "灵晶砂", To: "铝型材", Weight: 0.4, Added: true}, up[0])
	require.Len(t, up, len(Upstream("铝型材"))+1, "what is added hides nothing")
	require.Equal(t, "电动三轮", b.Downstream("刹车片")[0].To)

	plain := Read("6061 铝棒 Φ20–120", "厚度 2mm")
	require.Equal(t, plain, b.With(Additions{}).Read("6061 铝棒 Φ20–120", "厚度 2mm"), "who says none of the words is read as before")
	require.Same(t, b, b.With(Additions{}))
}

// TestNameOf: what ends a phrase and says nothing of the goods is no part of a
// name, and a name that is learned with a relation hides nothing.
func TestNameOf(t *testing.T) {
	for word, name := range map[string]string{"减震器总成": "减震器", "不锈钢管件": "不锈钢管件", "总成": "总成", "PCB 线路板": "pcb 线路板"} {
		require.Equal(t, name, nameOf(word))
	}
	b := Embedded.With(Additions{Relations: []Relation{{From: "食用酒精", To: "后减震器总成", Weight: 1}}})
	require.Equal(t, Narrower, Relate(Read("求购酒精", ""), b.Read("食用酒精", "")).Kind, "it is still a kind of what its end says")
	require.False(t, b.Read("食用酒精", "").Known, "the tables know no more of it than before")
	require.Equal(t, "食用酒精", b.Upstream("后减震器")[0].From)
}

// TestWords: a cluster's additions are its own; others find its listings by them.
func TestWords(t *testing.T) {
	w := NewWords(Additions{Same: [][]string{{"轴承", "培林"}}}, map[string]Additions{
		"a": {Same: [][]string{{"刹车片", "来令片"}}, Relations: []Relation{{From: "钢背", To: "刹车片", Weight: 1}}},
		"b": {},
	})
	require.Equal(t, []Alias{{0, "轴承"}}, w.Of("b").Read("培林", "").Also)
	require.Equal(t, []Alias{{0, "轴承"}}, w.Of("a").Read("培林", "").Also, "a city's words hold in every cluster")
	require.Empty(t, w.Of("b").Read("来令片", "").Also)
	require.Equal(t, []string{"刹车片"}, w.NamesElsewhere("b", w.Of("b").Read("来令片", "")))
	require.Empty(t, w.NamesElsewhere("a", w.Of("a").Read("来令片", "")))
	require.Equal(t, []string{"刹车片"}, w.LeadsElsewhere("", "钢背"))
	require.Same(t, Embedded, (*Words)(nil).Of("a"))
	require.Empty(t, (*Words)(nil).LeadsElsewhere("", "钢背"))
}

func TestConcerned(t *testing.T) {
	c := NewConcerned([]string{"来令片", "紧固件"})
	require.True(t, c.By("求购 陶瓷来令片"))
	require.True(t, c.By("六角螺栓 M8"), "a kind of one of the words")
	require.False(t, c.By("6061 铝棒"))
}

func TestNamesGoods(t *testing.T) {
	for word, is := range map[string]bool{"来令片": true, "铝棒": true, "pcb": true, "热轧": true, "供应": false, "直径": false, "12": false, "": false, "…": false} {
		require.Equal(t, is, NamesGoods(word), word)
	}
}
