package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
	"lianqiao/sheet"
	"lianqiao/store"
)

func loadWords(t *testing.T, s *store.Store, kind, name, content string) (sum tally, screen string) {
	t.Helper()
	var out bytes.Buffer
	c := chainImportCmd{File: tableFile(t, name, content), Kind: kind}
	sum, err := c.load(context.Background(), s, &out)
	require.NoError(t, err)
	return sum, out.String()
}

func inForce(t *testing.T, s *store.Store) (out [][]string) {
	t.Helper()
	list, err := s.Additions(context.Background())
	require.NoError(t, err)
	for _, a := range list {
		out = append(out, a.Words)
	}
	return out
}

// TestChainImport: each kind of file, with headings and without; good rows go in,
// bad ones are named, twice is once.
func TestChainImport(t *testing.T) {
	t.Setenv("LANG", "en")
	s := importStore(t)
	const same = "# 本市词表\n刹车片\t来令片\n求购\t收购\n螺母\n"
	sum, screen := loadWords(t, s, "same", "same.tsv", same)
	require.Equal(t, tally{created: 1, bad: 2, skipped: 1}, sum)
	require.Contains(t, screen, `row 3, column 1, value "求购": `)
	require.Contains(t, screen, `row 4, column 1, value "螺母": Give at least 2 words`)
	sum, _ = loadWords(t, s, "same", "same.tsv", same)
	require.Equal(t, tally{same: 1, bad: 2, skipped: 1}, sum)
	sum, _ = loadWords(t, s, "same", "alias.csv", "序号,标准名称,别名\n1,电机,马达、摩打\n")
	require.Equal(t, tally{created: 1, skipped: 1}, sum)

	sum, screen = loadWords(t, s, "class", "class.csv", "代码,产品\n3670,来令片\n99,刹车盘\n")
	require.Equal(t, tally{created: 1, bad: 1, skipped: 1}, sum)
	require.Contains(t, screen, `row 3, column 代码, value "99": There is no such class`)
	sum, _ = loadWords(t, s, "class", "class.csv", "代码,产品\n3660,来令片\n")
	require.Equal(t, tally{updated: 1, skipped: 1}, sum)

	sum, screen = loadWords(t, s, "relation", "relation.tsv", "钢背\t刹车片\t0.8\n刹车片\t上游材料\t摩擦粉\n铝锭\t下游产品\t铝棒\t0.5\n轴承\t产品小类\t深沟球轴承\n钢背\t刹车盘\t2\n")
	require.Equal(t, tally{created: 3, bad: 1, skipped: 1}, sum)
	require.Contains(t, screen, `row 5, column 3, value "2": Write a number between 0 and 1`)
	require.Equal(t, [][]string{{"刹车片", "来令片"}, {"电机", "马达", "摩打"}, {"来令片"}, {"钢背", "刹车片"}, {"摩擦粉", "刹车片"}, {"铝锭", "铝棒"}}, inForce(t, s))

	n, err := s.RemoveImported(t.Context(), "", "relation.tsv")
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	require.Len(t, inForce(t, s), 3)
	_, err = (&chainImportCmd{File: "x.tsv", Kind: "same", Cluster: "nowhere"}).load(t.Context(), s, &bytes.Buffer{})
	require.ErrorContains(t, err, "no cluster")
}

// TestChainImportBook reads a workbook and keeps the bad rows in a file.
func TestChainImportBook(t *testing.T) {
	s := importStore(t)
	path, bad := filepath.Join(t.TempDir(), "words.xlsx"), filepath.Join(t.TempDir(), "bad.csv")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, sheet.WriteBook(f, "词", []string{"from", "to", "weight", "support"}, [][]any{{"钢背", "刹车片", 0.4, 12}, {"钢背", "钢背", 1, 3}}))
	require.NoError(t, f.Close())
	sum, err := (&chainImportCmd{File: path, Kind: "relation", Errors: bad}).load(t.Context(), s, &bytes.Buffer{})
	require.NoError(t, err)
	require.Equal(t, tally{created: 1, bad: 1, skipped: 1}, sum)
	list, err := s.Additions(t.Context())
	require.NoError(t, err)
	require.InDelta(t, 0.4, list[0].Weight, 1e-9)
	written, err := os.ReadFile(bad)
	require.NoError(t, err)
	require.Contains(t, string(written), "3,to,钢背,")
}

// TestRelationFileForEval: what is imported can be measured before.
func TestRelationFileForEval(t *testing.T) {
	g, err := readGraph(tableFile(t, "r.tsv", "from\tto\tweight\n钢背\t刹车片\t0.8\n"))
	require.NoError(t, err)
	require.Equal(t, chain.Lead{Word: "钢背", Weight: 0.8}, g.Upstream("刹车片")[0])
	g, err = readGraph(tableFile(t, "ckg.tsv", "from\trelation\tto\n刹车片\t上游材料\t钢背\n毛巾\t产品小类\t浴巾\n棉纱\t下游产品\t毛巾\n"))
	require.NoError(t, err)
	require.Equal(t, "钢背", g.Upstream("刹车片")[0].Word)
	require.Equal(t, "棉纱", g.Upstream("浴巾")[0].Word)
}

// TestChainImportReachesServing: what is imported beside a running process brings
// listings together that it had matched before, and removed it parts them.
func TestChainImportReachesServing(t *testing.T) {
	dir := t.TempDir()
	a, d := startTest(t, dir, false)
	defer func() { require.NoError(t, a.stop(context.Background())) }()
	ctx := t.Context()
	buyer, err := d.signUp(ctx, 1)
	require.NoError(t, err)
	seller, err := d.signUp(ctx, 2)
	require.NoError(t, err)
	p := pair{buyer: buyer, seller: seller}
	post := func(f *firm, side, title, product string) string {
		need, _ := pairListings(1, 1)
		need["side"], need["title"], need["product"], need["text"] = side, title, product, ""
		id, tag, err := f.draft(ctx, side, need)
		require.NoError(t, err)
		require.NoError(t, f.publish(ctx, id, tag))
		return id
	}
	p.need, p.supply = post(buyer, "need", "求购 陶瓷来令片", "来令片"), post(seller, "supply", "刹车片 现货", "刹车片")
	requireIdle(t, a)
	proposed, err := p.proposed(ctx)
	require.NoError(t, err)
	require.False(t, proposed, "without the words nobody knows that they are one")

	beside, err := store.Open(ctx, "sqlite://"+filepath.Join(dir, "lianqiao.db"))
	require.NoError(t, err)
	defer beside.Close()
	sum, _ := loadWords(t, beside, "same", "same.tsv", "刹车片\t来令片\n")
	require.Equal(t, tally{created: 1}, sum)
	requireAllProposed(t, []pair{p})

	_, err = beside.RemoveImported(ctx, "", "same.tsv")
	require.NoError(t, err)
	require.Eventually(t, func() bool { proposed, err := p.proposed(ctx); return err == nil && !proposed }, pairsWait, 100*time.Millisecond)
}
