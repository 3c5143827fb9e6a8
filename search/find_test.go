package search

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// testdata/find.txt holds relevance as plain text: listings "id | side | title | text",
// then questions "? text => ids in order".
func TestRelevance(t *testing.T) {
	f, err := os.Open("testdata/find.txt")
	require.NoError(t, err)
	defer f.Close()
	var docs []Doc
	var questions [][2]string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if question, ok := strings.CutPrefix(line, "? "); ok {
			text, want, found := strings.Cut(question, "=>")
			require.True(t, found, line)
			questions = append(questions, [2]string{strings.TrimSpace(text), strings.TrimSpace(want)})
			continue
		}
		part := strings.Split(line, "|")
		require.Len(t, part, 4, line)
		d := listing(len(docs), market.Side(strings.TrimSpace(part[1])), strings.TrimSpace(part[2]))
		d.Listing.ID, d.Listing.Text = strings.TrimSpace(part[0]), strings.TrimSpace(part[3])
		docs = append(docs, d)
	}
	x := inMemory(t, docs...)
	for _, q := range questions {
		assert.Equal(t, q[1], strings.Join(find(t, x, Query{Text: q[0]}).IDs, " "), "question %q", q[0])
	}
}

// A firm's whole name finds its own listings, on every page, and where no firm is
// called so it is words like others.
func TestFirmsName(t *testing.T) {
	var docs []Doc
	for i, name := range []string{"石家庄恒砺机械制造有限公司（示例）", "石家庄砺恒机械制造有限公司", "石家庄恒砺机械制造有限公司（示例）", "栾城机械制造有限公司"} {
		d := listing(i, market.Supply, fmt.Sprintf("减速机 %d", i))
		d.Enterprise.Name = name
		docs = append(docs, d)
	}
	x := inMemory(t, docs...)
	for _, text := range []string{"石家庄恒砺机械制造有限公司", "石家庄恒砺机械制造有限公司（示例）", "恒砺机械制造有限公司"} {
		q := Query{Text: text, Limit: 1}
		page := find(t, x, q)
		assert.Equal(t, []any{[]string{docs[2].Listing.ID}, 2, false}, []any{page.IDs, page.Total, page.Near}, text)
		q.After = page.Next
		assert.Equal(t, []string{docs[0].Listing.ID}, find(t, x, q).IDs, text)
	}
	assert.Equal(t, 4, find(t, x, Query{Text: "减速机厂"}).Total, "no firm is called so")
}

// A place among the words is where listings lie, page after page; where none lies
// there, it is a word like others.
func TestPlaceAmongWords(t *testing.T) {
	var docs []Doc
	for i, code := range []string{"130111", "130110", "130111", "441900"} {
		d := listing(i, market.Supply, fmt.Sprintf("减速机 %d", i))
		d.Listing.Region = code
		docs = append(docs, d)
	}
	x := inMemory(t, docs...)
	for text, want := range map[string]string{"栾城 减速机": "l000002 l000000", "减速机 栾城区": "l000002 l000000", "东莞 减速机": "l000003", "石家庄 减速机": "l000002 l000001 l000000"} {
		q := Query{Text: text, Limit: 1}
		var got []string
		for {
			page := find(t, x, q)
			require.NotEmpty(t, page.Place, text)
			got = append(got, page.IDs...)
			if q.After = page.Next; page.Next == "" {
				break
			}
		}
		assert.Equal(t, want, strings.Join(got, " "), text)
	}
	for _, q := range []Query{{Text: "深泽 减速机"}, {Text: "减速机"}, {Text: "栾城"}, {Text: "栾城 减速机", Region: "130110"}} {
		assert.Empty(t, find(t, x, q).Place, q.Text)
	}
}

// What a firm is called tells little of what it lists: a plate that is not of the
// steel asked for does not come first because its seller's name has 不锈钢 in it.
// A word that a firm's name has whole finds the firm all the same.
func TestFirmsNamesAreNoGoods(t *testing.T) {
	var docs []Doc
	for i, d := range [][2]string{{"石家庄冀川金属材料有限公司", "304 不锈钢板 8K 镜面"}, {"天津钢津不锈钢有限公司", "316L 不锈钢中厚板 6-40 mm"}, {"天津钢津不锈钢有限公司", "Q235B 热轧板"}, {"唐山坤特钢铁有限公司", "304 不锈钢板 0.6-3 mm"}} {
		doc := listing(i, market.Supply, d[1])
		doc.Enterprise.Name = d[0]
		docs = append(docs, doc)
	}
	x := inMemory(t, docs...)
	assert.ElementsMatch(t, []string{"l000000", "l000003"}, find(t, x, Query{Text: "304不锈钢板"}).IDs[:2])
	assert.Equal(t, "l000000", find(t, x, Query{Text: "冀川金属材料"}).IDs[0])
}

// A grade is said by who spells it otherwise.
func TestGradeInOtherSpelling(t *testing.T) {
	x := inMemory(t, listing(1, market.Supply, "45# 圆钢 Φ40"), listing(2, market.Supply, "40Cr 圆钢"), listing(3, market.Supply, "SUS304 薄板"))
	for text, want := range map[string]string{"45号钢": "l000001", "C45": "l000001", "06Cr19Ni10": "l000003"} {
		page := find(t, x, Query{Text: text})
		assert.Equal(t, []any{[]string{want}, false}, []any{page.IDs, page.Near}, text)
	}
}

// Where nobody says all of the words, what comes near is shown, and said to be that.
func TestNear(t *testing.T) {
	docs := []Doc{listing(1, market.Supply, "热浸锌加工 锌锅 12.5 米"), listing(2, market.Supply, "6061 铝棒")}
	for i := range 100 {
		docs = append(docs, listing(100+i, market.Supply, fmt.Sprintf("冷轧钢板 %d", i)))
	}
	x := inMemory(t, docs...)
	for text, near := range map[string]bool{"电饭锅": true, "铝棒": false, "铝棒 6082": true, "冷轧钢板": false, "核潜艇": false, "阻燃冷轧钢板": true, "铝棒 6061 冷轧 钢板": true} {
		page := find(t, x, Query{Text: text, Limit: 2})
		assert.Equal(t, near, page.Near, text)
		if page.Next != "" {
			assert.Equal(t, near, find(t, x, Query{Text: text, Limit: 2, After: page.Next}).Near, text)
		}
	}
}

func TestFilters(t *testing.T) {
	a, b, c := listing(1, market.Supply, "供应铝棒"), listing(2, market.Need, "求购铝棒"), listing(3, market.Supply, "供应铝板")
	b.Listing.Region, c.Listing.Region = "130102", "110101"
	a.Listing.Price, c.Listing.Price = market.Price{Fen: 1_980_000, Unit: "吨"}, market.Price{Fen: 2_100_000, Unit: "吨"}
	c.Enterprise.Honours = []market.Honour{{Kind: market.HonourGiant}, {Kind: market.HonourLeader, Until: noon.AddDate(-1, 0, 0)}}
	a.Listing.Class, a.Listing.ClusterID, c.Listing.ClusterID = "3252", "luquan", "gaocheng"
	x := inMemory(t, a, b, c)
	for name, test := range map[string]struct {
		q    Query
		want []string
	}{
		"all, newest first":     {Query{}, []string{"l000003", "l000002", "l000001"}},
		"side":                  {Query{Side: market.Need}, []string{"l000002"}},
		"province":              {Query{Region: "130000"}, []string{"l000002", "l000001"}},
		"city":                  {Query{Region: "130100"}, []string{"l000002", "l000001"}},
		"county":                {Query{Region: "130110"}, []string{"l000001"}},
		"honour":                {Query{Honour: market.HonourGiant}, []string{"l000003"}},
		"honour that has ended": {Query{Honour: market.HonourLeader}, []string{}},
		"class":                 {Query{Class: "3252"}, []string{"l000001"}},
		"class above":           {Query{Class: "32"}, []string{"l000001"}},
		"price from":            {Query{PriceMin: 2_000_000}, []string{"l000003"}},
		"price to":              {Query{PriceMax: 2_000_000}, []string{"l000001"}},
		"cheapest first":        {Query{Sort: ByPrice}, []string{"l000001", "l000003", "l000002"}},
		"dearest first":         {Query{Sort: ByPriceDesc}, []string{"l000003", "l000001", "l000002"}},
		"cluster":               {Query{Clusters: []string{"luquan"}}, []string{"l000001"}},
		"either cluster":        {Query{Clusters: []string{"luquan", "gaocheng"}}, []string{"l000003", "l000001"}},
		"no such cluster":       {Query{Clusters: []string{"nowhere"}}, []string{}},
		"text and cluster":      {Query{Text: "铝棒", Clusters: []string{"luquan", "gaocheng"}}, []string{"l000001"}},
		"loose and cluster":     {Query{Text: "铝棒 6082 热轧 圆", Clusters: []string{"luquan"}}, []string{"l000001"}},
		"text and side":         {Query{Text: "铝棒", Side: market.Supply}, []string{"l000001"}},
		"as of":                 {Query{AsOf: a.Listing.PublishedAt}, []string{"l000001"}},
		"only punctuation":      {Query{Text: "！？"}, []string{}},
	} {
		page := find(t, x, test.q)
		require.Equal(t, test.want, page.IDs, name)
		require.Equal(t, len(test.want), page.Total, name)
	}
}

func TestFacets(t *testing.T) {
	a, b := listing(1, market.Supply, "供应铝棒"), listing(2, market.Need, "求购铝棒")
	b.Listing.Region = "130102"
	b.Enterprise.Honours = []market.Honour{{Kind: market.HonourGiant}}
	facets := find(t, inMemory(t, a, b), Query{Text: "铝棒"}).Facets
	require.Equal(t, []Bucket{{"130000", 2}, {"130100", 2}, {"130102", 1}, {"130110", 1}}, facets["region"])
	require.Equal(t, []Bucket{{"need", 1}, {"supply", 1}}, facets["side"])
	require.Equal(t, []Bucket{{"giant", 1}}, facets["honour"])
	require.Equal(t, []Bucket{}, facets["class"])
}

// TestHonoursEndByTheClock: nothing is indexed anew, only the clock moves; and
// what a firm says of itself never counts.
func TestHonoursEndByTheClock(t *testing.T) {
	a, b := listing(1, market.Supply, "供应铝棒"), listing(2, market.Supply, "供应铝板")
	end := noon.AddDate(1, 0, 0)
	a.Enterprise.Honours = []market.Honour{{Kind: market.HonourGiant, Until: end}, {Kind: market.HonourGiant, Until: noon.AddDate(-1, 0, 0)}, {Kind: market.HonourLeader, Own: true}}
	b.Enterprise.Honours = []market.Honour{{Kind: market.HonourGiant}, {Kind: market.HonourHighTech, Until: end}}
	x := inMemory(t, a, b)
	at := func(now time.Time, kind market.HonourKind) []string {
		return find(t, x, Query{Honour: kind, AsOf: now}).IDs
	}
	facet := func(now time.Time) []Bucket { return find(t, x, Query{AsOf: now}).Facets["honour"] }
	before, after := end.Add(-time.Millisecond), end
	require.Equal(t, []string{"l000002", "l000001"}, at(before, market.HonourGiant))
	require.Equal(t, []string{"l000002"}, at(after, market.HonourGiant))
	require.Empty(t, at(before, market.HonourLeader))
	require.Equal(t, []Bucket{{"giant", 2}, {"hightech", 1}}, facet(before))
	require.Equal(t, []Bucket{{"giant", 1}}, facet(after))
}

// Every listing that stood at the first page comes once and in the order of
// one big page, while others come in and are changed between pages.
func TestPagesAreStable(t *testing.T) {
	for _, sort := range []Sort{ByRelevance, ByNewest, ByPrice, ByPriceDesc} {
		t.Run(string(sort), func(t *testing.T) {
			docs := invent(200, 3)
			for i := range docs {
				if i%3 > 0 {
					docs[i].Listing.Price = market.Price{Fen: int64(100 + i%5)}
				}
			}
			x := inMemory(t, docs...)
			q := Query{Text: "钢", Sort: sort, Limit: MaxLimit}
			whole := find(t, x, q)
			require.Greater(t, whole.Total, 30)
			q.Limit = 7
			var got []string
			for n := 0; ; n++ {
				page := find(t, x, q)
				got = append(got, page.IDs...)
				require.Equal(t, whole.Total, page.Total)
				if page.Next == "" {
					break
				}
				q.After = page.Next
				late := listing(1000+n, market.Supply, "不锈钢管 无缝钢管 钢")
				late.Listing.PublishedAt = time.Now().Add(time.Hour)
				late.Listing.Price = market.Price{Fen: int64(100 + n%5)}
				require.NoError(t, x.Apply([]Doc{late}, nil, uint64(n), "s"))
			}
			require.Equal(t, whole.IDs, got)
		})
	}
}

func TestCursorIsChecked(t *testing.T) {
	x := inMemory(t, invent(50, 4)...)
	next := find(t, x, Query{Limit: 3}).Next
	require.NotEmpty(t, next)
	for name, q := range map[string]Query{
		"rubbish":        {After: "rubbish!"},
		"not ours":       {After: "e30"},
		"too long":       {After: strings.Repeat("A", 5000)},
		"other question": {After: next, Side: market.Need},
		"other order":    {After: next, Sort: ByPrice},
	} {
		_, err := x.Find(t.Context(), q)
		require.Equal(t, market.Bad("after", "error.cursor"), err, name)
	}
}

func TestLastPageHasNoNext(t *testing.T) {
	var docs []Doc
	for i := range 5 {
		docs = append(docs, listing(i, market.Supply, fmt.Sprintf("铝棒 %d", i)))
	}
	x := inMemory(t, docs...)
	require.Empty(t, find(t, x, Query{Limit: 6}).Next)
	page := find(t, x, Query{Limit: 4})
	page = find(t, x, Query{Limit: 4, After: page.Next})
	require.Equal(t, []string{"l000000"}, page.IDs)
	require.Nil(t, page.Facets["side"])
}
