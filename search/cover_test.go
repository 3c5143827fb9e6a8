package search

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
	"lianqiao/market"
)

// TestCoverIsMirrored: what a need covers of a supply, the supply covers of the
// need, whichever of the two asks.
func TestCoverIsMirrored(t *testing.T) {
	need, supply := listing(1, market.Need, "求购6061铝棒"), listing(2, market.Supply, "6061铝棒 铝板 可零切")
	x := inMemory(t, need, supply, listing(3, market.Supply, "床单"))
	asks, err := x.Candidates(t.Context(), market.Supply, Read(&need.Listing), 10, "")
	require.NoError(t, err)
	require.Len(t, asks, 1)
	offers, err := x.Candidates(t.Context(), market.Need, Read(&supply.Listing), 10, "")
	require.NoError(t, err)
	require.Len(t, offers, 1)
	require.InDelta(t, asks[0].Asked, offers[0].Own, 1e-9)
	require.InDelta(t, asks[0].Own, offers[0].Asked, 1e-9)
	require.Greater(t, asks[0].Asked, asks[0].Own, "the supply says more than is asked")
	covers, err := x.Covers(Read(&need.Listing), []string{supply.Listing.ID, "l000003", "gone"})
	require.NoError(t, err)
	require.Len(t, covers, 2)
	require.Equal(t, asks[0].Cover, covers[supply.Listing.ID])
	require.Less(t, covers["l000003"].Asked, 0.2)
}

// TestOtherWords: a listing that words everything otherwise is found, by the
// matcher and by a visitor; a segment of industry finds its goods.
func TestOtherWords(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "汽车用制动液"), listing(2, market.Supply, "光伏玻璃"), listing(3, market.Supply, "汽车坐垫"))
	found, err := x.Candidates(t.Context(), market.Supply, chain.Read("求购刹车液", ""), 1, "")
	require.NoError(t, err)
	require.Equal(t, "l000001", found[0].ID)
	page, err := x.Find(t.Context(), Query{Text: "汽车刹车液 现货"})
	require.NoError(t, err)
	require.Equal(t, "l000001", page.IDs[0])
	found, err = x.Candidates(t.Context(), market.Supply, chain.Read("光伏辅材", ""), 1, "")
	require.NoError(t, err)
	require.Equal(t, "l000002", found[0].ID)
}

// TestNamesGoods: another name is the thing itself, also in brackets; what two
// have in brackets, or one of them denies, makes them no more alike.
func TestNamesGoods(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "净化剂(澄清剂)"), listing(2, market.Supply, "泥炭(肥料)"),
		listing(3, market.Supply, "移动电话"), listing(4, market.Supply, "手机支架"), listing(5, market.Supply, "非金属储罐"), listing(6, market.Supply, "金属储罐"))
	covers := func(text string) map[string]Cover {
		found, err := x.Covers(chain.Read(text, ""), []string{"l000001", "l000002", "l000003", "l000004", "l000005", "l000006"})
		require.NoError(t, err)
		return found
	}
	require.True(t, covers("澄清剂")["l000001"].Named)
	require.True(t, covers("肥料")["l000002"].Named)
	require.False(t, covers("骨粉(肥料)")["l000002"].Named)
	require.True(t, covers("手机")["l000003"].Named)
	require.False(t, covers("手机")["l000004"].Named)
	tank := covers("金属储罐")
	require.Less(t, tank["l000005"].Asked, tank["l000006"].Asked)
	require.True(t, tank["l000005"].Contrary)
	require.False(t, tank["l000006"].Contrary)
	require.True(t, covers("非金属储罐")["l000006"].Contrary)
	require.False(t, covers("储罐")["l000005"].Contrary, "nothing was said of metal")
	require.False(t, covers("金属储罐、非金属储罐")["l000005"].Contrary, "either is asked for")
}

// TestContrary: what is not what is asked for comes last, although it is worded
// nearly like it, for the matcher and for a visitor.
func TestContrary(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "非金属瓶盖"), listing(2, market.Supply, "金属密封盖"))
	found, err := x.Candidates(t.Context(), market.Supply, chain.Read("求购金属瓶盖", ""), 2, "")
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, "l000002", found[0].ID)
	require.True(t, found[1].Contrary)
	page, err := x.Find(t.Context(), Query{Text: "求购金属瓶盖"})
	require.NoError(t, err)
	require.Equal(t, "l000002", page.IDs[0])
}

// TestAlike: of listings with the same characters, the one that has them in the
// order of the question comes first; of many names none is compared.
func TestAlike(t *testing.T) {
	alike := func(supply, asked string) float64 {
		r := chain.Read(asked, "")
		var q question
		for _, w := range usual.said(&r) {
			if signOf(w.token) == chain.GramPhrase {
				q.name(w.token)
			}
		}
		r = chain.Read(supply, "")
		_, spelt := namesOf(usual.wanted(&r))
		return q.alike(spelt)
	}
	require.InDelta(t, 2.0*3/(3+6), alike("金属密封盖机", "求购金属盖"), 1e-9)
	require.InDelta(t, 2.0*2/(3+5), alike("盖瓶金属机", "求购金属盖"), 1e-9)
	require.InDelta(t, 1, alike("铝棒、铜棒、钢管", "铜棒"), 1e-9, "the best of a few")
	require.Zero(t, alike("铝棒、铜棒、钢管、轴承", "铜棒"))
	require.Zero(t, alike("铜棒", "铝棒、铜棒、钢管、轴承"))
	require.InDelta(t, 1, alike("净化剂(澄清剂)", "澄清剂"), 1e-9, "another name in brackets")
	require.InDelta(t, 1, alike("移动电话", "手机"), 1e-9, "as they are folded")

	x := inMemory(t, listing(1, market.Supply, "阀门油泵"), listing(2, market.Supply, "油泵阀门"))
	for first, asked := range map[string]string{"l000001": "阀门用的油泵", "l000002": "油泵用的阀门"} {
		found, err := x.Candidates(t.Context(), market.Supply, chain.Read(asked, ""), 1, "")
		require.NoError(t, err)
		require.Equal(t, first, found[0].ID, asked)
	}
}

func FuzzAlike(f *testing.F) {
	f.Add("金属瓶盖", "金属密封盖")
	f.Fuzz(func(t *testing.T, a, b string) {
		var q question
		q.name("=" + a)
		if strings.ContainsRune(b, betweenNames) {
			return
		}
		first, second := []rune(a), []rune(b)
		first = first[:min(len(first), nameMost)]
		want := 2 * float64(commonSubsequence(first, second)) / float64(max(1, len(first)+len(second)))
		if got := q.names[0].most(second); len(first)+len(second) > 0 {
			require.InDelta(t, want, got, 1e-9)
		}
	})
}
