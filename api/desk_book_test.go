package api

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianqiao/market"
)

// TestDeskBooks: what stands on a screen of the desk goes out as a workbook, in
// the reader's own bounds and without raw words.
func TestDeskBooks(t *testing.T) {
	w, here, there := county(t)
	admin := w.officer("admin", market.Membership{Role: market.Admin})
	firm := w.browser()
	firm.signUp("=甲厂", "13800000001", "luquan")
	cells := func(b *browser, at string) [][]string {
		got := b.do("GET", "/api/operator/"+at, nil)
		require.Equal(t, 200, got.status, got.body)
		require.NotContains(t, got.body, "13800000001")
		book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
		require.NoError(t, err)
		rows, err := book.GetRows(book.GetSheetName(0))
		require.NoError(t, err)
		return rows
	}
	rows := cells(here, "reviews.xlsx")
	require.Len(t, rows, 2)
	require.Equal(t, []string{"企业审核", "'=甲厂", "", "luquan集群", "未核实", "", "没有填写统一社会信用代码"}, rows[1][:7])
	require.Len(t, cells(there, "reviews.xlsx"), 1, "another association's queue")
	require.Len(t, cells(here, "reviews.xlsx?kind=listing"), 1)
	require.Equal(t, 403, firm.do("GET", "/api/operator/reviews.xlsx", nil).status)
	rows = cells(admin, "officers.xlsx")
	require.Contains(t, rows, []string{"干事", "op1", "协会运营", "luquan集群"})
	require.Equal(t, [][]string{{"发起企业", "对接企业", "关于", "到期时间"}}, cells(here, "lapsing.xlsx"))
	require.Equal(t, []string{"时间", "企业", "内容", "渠道", "状态", "发送次数", "原因"}, cells(here, "deliveries.xlsx")[0])
}

// TestPageThrough: every page is asked for once, and no more than bookMost rows.
func TestPageThrough(t *testing.T) {
	var asked []string
	require.NoError(t, pageThrough(func(after string) (*string, int, error) {
		asked = append(asked, after)
		if len(asked) == 3 {
			return nil, 1, nil
		}
		next := "after" + itoa(len(asked))
		return &next, limitMost, nil
	}))
	require.Equal(t, []string{"", "after1", "after2"}, asked)
	n := 0
	require.NoError(t, pageThrough(func(string) (*string, int, error) {
		n += limitMost
		next := "more"
		return &next, limitMost, nil
	}))
	require.Equal(t, bookMost, n)
}
