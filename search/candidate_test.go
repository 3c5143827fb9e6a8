package search

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
	"lianqiao/market"
)

var products = strings.Fields("铝棒 铝板 铝型材 铜棒 铜板 不锈钢管 不锈钢板 无缝钢管 螺纹钢 轴承 轴承钢 轴承座 齿轮 齿轮箱 减速机 电机 电机轴 毛巾 浴巾 床单 纯棉床单 被罩 连接器 电路板 印制电路板 线束 传感器 压力传感器 注射液 胶囊 中药饮片 连翘 法兰 不锈钢法兰 阀门 球阀 蝶阀 紧固件 螺栓 螺母")
var details = strings.Fields("6061 6063 304 316L 45 Q235 T6 精密 定制 加工 出口 高强度 耐磨 热轧 冷拉 大口径 小批量 GB/T3098 DN50 M8 M10")

// invent makes n random listings; many are alike, so that ties are common.
func invent(n int, seed uint64) []Doc {
	rnd := rand.New(rand.NewPCG(seed, 1))
	docs := make([]Doc, n)
	for i := range docs {
		var words []string
		for range 1 + rnd.IntN(3) {
			words = append(words, products[min(rnd.IntN(len(products)), rnd.IntN(len(products)))])
		}
		for range rnd.IntN(4) {
			words = append(words, details[rnd.IntN(len(details))])
		}
		docs[i] = listing(i, []market.Side{market.Supply, market.Need}[rnd.IntN(2)], strings.Join(words, " "))
		if rnd.IntN(3) == 0 {
			docs[i].Listing.Text = strings.Join(details[:rnd.IntN(len(details))], " ")
		}
	}
	return docs
}

// plain is the formula of score.go and cover.go once more, by looking at every
// listing. It shares idf, impact and the weights with them, and no way of
// finding anything.
type plain struct {
	docs       []Doc
	has        []map[string]int // how often each listing says each term
	length     []int
	everywhere map[string]int                 // listings with a term
	df         map[market.Side]map[string]int // the same, of a side
}

func newPlain(docs []Doc) *plain {
	p := &plain{
		docs: docs, has: make([]map[string]int, len(docs)), length: make([]int, len(docs)),
		everywhere: map[string]int{}, df: map[market.Side]map[string]int{market.Need: {}, market.Supply: {}},
	}
	for i := range docs {
		p.has[i] = map[string]int{}
		reading := Read(&docs[i].Listing)
		for _, t := range usual.wanted(&reading) {
			times := min(t.times, timesMost)
			p.has[i][t.token] = times
			if sign := signOf(t.token); sign == chain.GramPair || sign == chain.GramSingle {
				p.length[i] += times
			}
			p.everywhere[t.token]++
			p.df[docs[i].Listing.Side][t.token]++
		}
	}
	return p
}

func (o *plain) candidates(side market.Side, r chain.Reading, n int, skip string) []Candidate {
	df := o.df[side]
	all := usual.said(&r)
	meant := usual.asking(&r)
	segment := slices.ContainsFunc(meant, func(w weighted) bool { return w.goods })
	for i, d := range o.docs {
		names := slices.DeleteFunc(slices.Collect(maps.Keys(o.has[i])), func(token string) bool { return token[0] != '=' })
		if d.Listing.Side == side && len(names) == 1 && slices.ContainsFunc(all, func(w weighted) bool { return w.token == names[0] }) {
			segment = false
		}
	}
	for i := range meant {
		if meant[i].goods && !segment {
			meant[i].weight *= whenListed
		}
	}
	ask := slices.DeleteFunc(meant, func(w weighted) bool { return df[w.token] == 0 || w.weight == 0 })
	slices.SortFunc(ask, func(a, b weighted) int {
		return cmp.Or(df[a.token]-df[b.token], strings.Compare(a.token, b.token))
	})
	generating, postings := 0, 0
	for i, w := range ask {
		if postings += df[w.token]; i == 0 || postings <= budget(n+max(beside, n/4)) {
			generating = i + 1
		}
	}
	points := map[int]int64{}
	for i := range o.docs {
		l := &o.docs[i].Listing
		if l.Side != side || l.EnterpriseID == skip {
			continue
		}
		sum, found := int64(0), false
		for j, w := range ask {
			if times := o.has[i][w.token]; times > 0 {
				sum += inUnits(w.weight*idf(len(o.docs), df[w.token]), valueUnit) * inUnits(usual.impact(times, o.length[i]), impactUnit)
				found = found || j < generating
			}
		}
		if found {
			points[i] = sum
		}
	}
	order := slices.SortedFunc(maps.Values(points), func(a, b int64) int { return cmp.Compare(b, a) })
	var found []Candidate
	for i, p := range points {
		if len(order) > n+max(beside, n/4) && p < order[n+max(beside, n/4)-1] {
			continue
		}
		c := Candidate{ID: o.docs[i].Listing.ID, Cover: oracleCover(all, o.has[i], o.everywhere, len(o.docs))}
		c.Score = float64(p)/float64(order[0]) + usual.coverPoints(&c.Cover, segment)
		if !segment {
			c.Score += usual.shareAlike * oracleAlike(all, o.has[i])
		}
		found = append(found, c)
	}
	return best(found, n)
}

func oracleCover(ask []weighted, has, df map[string]int, docs int) (c Cover) {
	worth := func(token string) float64 {
		sign := signOf(token)
		return (float64(usual.coverOf(sign))*math.Log(float64(docs)+1) - float64(usual.coverLogOf(sign, df[token]))) / coverUnit
	}
	shared, all, own := 0.0, 0.0, 0.0
	for _, w := range ask {
		all += worth(w.token)
		if has[w.token] > 0 {
			shared += worth(w.token)
			c.Named = c.Named || namesGoods(signOf(w.token))
		}
	}
	for t := range has {
		own += worth(t)
		c.Branch = c.Branch || t == "!"
	}
	c.Asked, c.Own = shared/all, shared/own
	return c
}

// oracleAlike compares every name with every other by a table.
func oracleAlike(ask []weighted, has map[string]int) float64 {
	var listed [][]rune
	goods := 0
	for token := range has {
		switch token[0] {
		case '=':
			goods++
			fallthrough
		case '(':
			listed = append(listed, []rune(token[1:]))
		}
	}
	all, both, asked := 0, 0.0, 0
	for _, w := range ask {
		if w.token[0] != '=' {
			continue
		}
		asked++
		name, most := []rune(w.token[1:]), 0.0
		for _, other := range listed {
			most = max(most, 2*float64(commonSubsequence(name, other))/float64(len(name)+len(other)))
		}
		all += len(name)
		both += most * float64(len(name))
	}
	if goods > fewNames || asked > fewNames || all == 0 {
		return 0
	}
	return both / float64(all)
}

func commonSubsequence(a, b []rune) int {
	best := make([][]int, len(a)+1)
	best[0] = make([]int, len(b)+1)
	for i, x := range a {
		best[i+1] = make([]int, len(b)+1)
		for j, y := range b {
			best[i+1][j+1] = max(best[i][j+1], best[i+1][j])
			if x == y {
				best[i+1][j+1] = best[i][j] + 1
			}
		}
	}
	return best[len(a)][len(b)]
}

func each(docs []Doc) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// The index, whatever its segments and deletions, and the batch both find
// exactly what the oracle finds.
func TestCandidatesEqualOracle(t *testing.T) {
	for _, n := range []int{300, 6000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			docs := invent(n, uint64(n))
			x := inMemory(t)
			fillUnevenly(t, x, docs)
			gone := map[string]bool{}
			for i := 0; i < n; i += 9 {
				gone[docs[i].Listing.ID] = true
			}
			require.NoError(t, x.Apply(nil, slices.Collect(mapKeys(gone)), 1, "s"))
			docs = slices.DeleteFunc(docs, func(d Doc) bool { return gone[d.Listing.ID] })
			batch, err := NewBatch(each(docs))
			require.NoError(t, err)
			compare(t, x, batch, docs)
		})
	}
}

// fillUnevenly makes segments of many sizes, and replaces listings now and then.
func fillUnevenly(t *testing.T, x *Index, docs []Doc) {
	t.Helper()
	for from, size := 0, 50; from < len(docs); from, size = from+size, size*2 {
		to := min(from+size, len(docs))
		again := listing(from, market.Supply, "旧标题 将被替换")
		require.NoError(t, x.Apply([]Doc{again}, nil, 0, ""))
		require.NoError(t, x.Apply(docs[from:to], nil, 0, ""))
	}
}

func mapKeys(m map[string]bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func compare(t *testing.T, x *Index, batch *Batch, docs []Doc) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(5, 5))
	oracle := newPlain(docs)
	some := 0
	for range 60 {
		asking := docs[rnd.IntN(len(docs))].Listing
		r := Read(&asking)
		skip := []string{"", asking.EnterpriseID}[rnd.IntN(2)]
		top := []int{1, 10, 100}[rnd.IntN(3)]
		want := oracle.candidates(asking.Side.Other(), r, top, skip)
		got, err := x.Candidates(t.Context(), asking.Side.Other(), r, top, skip)
		require.NoError(t, err)
		requireSame(t, want, got, asking.Title)
		requireSame(t, want, batch.Candidates(asking.Side.Other(), r, top, skip), asking.Title)
		some += len(want)
	}
	require.Greater(t, some, 200)
}

// requireSame compares as numbers compare that were added up in another order:
// listings that tie but for a rounding may change places.
func requireSame(t *testing.T, want, got []Candidate, title string) {
	t.Helper()
	require.Len(t, got, len(want), title)
	scores := map[string]float64{}
	for i := range want {
		scores[want[i].ID] = want[i].Score
	}
	for i := range got {
		require.InDelta(t, want[i].Score, got[i].Score, 1e-9, title)
		if score, ok := scores[got[i].ID]; ok {
			require.InDelta(t, score, got[i].Score, 1e-9, title)
		} else {
			require.InDelta(t, want[len(want)-1].Score, got[i].Score, 1e-9, "%s: %s is not among the best", title, got[i].ID)
		}
		if want[i].ID == got[i].ID {
			require.Equal(t, want[i].Named, got[i].Named, title)
			require.InDelta(t, want[i].Asked, got[i].Asked, 1e-9, title)
		}
	}
}

func TestCandidatesOfNothing(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "供应铝棒"))
	found, err := x.Candidates(t.Context(), market.Supply, chain.Reading{}, 10, "")
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = x.Candidates(t.Context(), market.Need, chain.Read("铝棒", ""), 10, "")
	require.NoError(t, err)
	require.Empty(t, found, "the other side must not answer")
}

func TestDeletedListingIsNoCandidate(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "铝棒"), listing(2, market.Supply, "铝棒"))
	require.NoError(t, x.Apply(nil, []string{"l000001"}, 2, "stream"))
	found, err := x.Candidates(t.Context(), market.Supply, chain.Read("铝棒", ""), 10, "")
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "l000002", found[0].ID)
}

// TestListsAfterReopening: the lists that a start loads from bleve are those
// that were there before.
func TestListsAfterReopening(t *testing.T) {
	dir, docs := t.TempDir(), invent(2000, 7)
	x, err := Open(dir)
	require.NoError(t, err)
	fillUnevenly(t, x, docs)
	require.NoError(t, x.Apply(nil, []string{docs[0].Listing.ID, docs[1999].Listing.ID}, 9, "s"))
	require.NoError(t, x.Close())
	x, err = Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.Equal(t, 1998, x.lists.Count())
	batch, err := NewBatch(each(docs[1:1999]))
	require.NoError(t, err)
	compare(t, x, batch, docs[1:1999])
}
