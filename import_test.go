package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

func importStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite://"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func tableFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// TestImport: good rows go in whole, bad ones are named, twice is once, a
// changed row is an update.
func TestImport(t *testing.T) {
	ctx, s := context.Background(), importStore(t)
	const heading = "编号,产品,企业,数量,价格,参数,权重\n"
	path := tableFile(t, "rows.csv", heading+
		"1,6061 铝棒,石家庄甲公司,60 吨/月,22600/吨,牌号=6061!;直径=20~120 mm,0.9\n"+
		"2,圆钢,石家庄甲公司,很多,三千,直径,0.8\n"+
		"3,,石家庄乙公司,1件,面议,,0.7\n"+
		"4,=HYPERLINK(1),石家庄乙公司,x,,,0.7\n"+
		"5,不要的,石家庄乙公司,,,,9.8e-05\n")
	bad := filepath.Join(t.TempDir(), "bad.csv")
	c := importCmd{File: path, Side: "supply", Map: "id=编号,title=产品,enterprise=企业,quantity=数量,price=价格,specs=参数",
		Where: []string{"权重>=0.005"}, Region: "130100", Quantity: "1 批", Days: 365, Source: "rows", Errors: bad}
	var screen bytes.Buffer
	sum, err := c.load(ctx, s, &screen)
	require.NoError(t, err)
	require.Equal(t, tally{created: 1, bad: 3, skipped: 1}, sum)
	require.Contains(t, screen.String(), `row 3, column 数量, value "很多"`)
	require.Contains(t, screen.String(), `row 4, column 产品, value ""`)
	written, err := os.ReadFile(bad)
	require.NoError(t, err)
	require.Contains(t, string(written), "\n3,价格,三千,")

	all, err := s.ScanListings(ctx, market.Live, "", 10)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, int64(2_260_000), all[0].Price.Fen)
	require.Equal(t, []market.Spec{{Name: "牌号", Op: market.OpIs, Value: "6061", Must: true}, {Name: "直径", Op: market.OpRange, Value: "20", Value2: "120", Unit: "mm"}}, all[0].Specs)

	sum, err = c.load(ctx, s, &screen)
	require.NoError(t, err)
	require.Equal(t, tally{same: 1, bad: 3, skipped: 1}, sum)

	c.File = tableFile(t, "rows.csv", heading+"1,6061 铝棒,石家庄甲公司,80 吨/月,22600/吨,,0.9\n")
	sum, err = c.load(ctx, s, &screen)
	require.NoError(t, err)
	require.Equal(t, tally{updated: 1}, sum)
}

// TestImportWithoutHeading: numbers name the columns of a bench's table, and
// short words get their side before them.
func TestImportWithoutHeading(t *testing.T) {
	ctx, s := context.Background(), importStore(t)
	c := importCmd{File: tableFile(t, "queries.tsv", "N0\tLED显示屏\nN1\t铝棒\n"), Side: "need", Map: "id=1,title=2", Enterprise: "采购公司", Region: "130100", Quantity: "1 批", Days: 365}
	sum, err := c.load(ctx, s, &bytes.Buffer{})
	require.NoError(t, err)
	require.Equal(t, tally{created: 2}, sum)
	all, err := s.ScanListings(ctx, market.Live, "", 10)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"LED显示屏", "求购 铝棒"}, []string{all[0].Title, all[1].Title})
}
