package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianqiao/market"
)

// TestOutcomeReport: from one side's word to the association's figures, once,
// in each reader's own bounds.
func TestOutcomeReport(t *testing.T) {
	w, here, there := county(t)
	admin := w.officer("admin", market.Membership{Role: market.Admin})
	bureau := w.officer("bureau", market.Membership{Role: market.Viewer, ClusterID: "luquan"})
	buyer, seller, third := w.browser(), w.browser(), w.browser()
	buyer.signUp("=买方厂", "13800000001", "luquan")
	seller.signUp("卖方厂", "13800000002", "luquan")
	third.signUp("第三厂", "13800000003", "gaocheng")
	here.approveAll()
	there.approveAll()
	var i Introduction
	buyer.do("POST", "/api/listings/"+seller.posted("supply", "6061 铝棒 直供").ID+"/introductions", map[string]any{}).into(t, &i)
	at := "/api/introductions/" + i.ID + "/outcome"
	claim := map[string]any{"stage": "contract", "amount": "120000.50", "quantity": "20 吨", "day": "2026-11-20"}
	require.Equal(t, 404, buyer.do("PUT", at, claim).status, "nothing comes of a question")
	require.Equal(t, 200, seller.do("POST", "/api/introductions/"+i.ID+"/accept", nil, "If-Match", etag(i.Rev)).status)
	require.Equal(t, third.do("PUT", "/api/introductions/nothing/outcome", claim), third.do("PUT", at, claim))
	require.Equal(t, 422, buyer.do("PUT", at, map[string]any{"stage": "contract", "day": "2026-11-20"}).status)
	require.Equal(t, 200, buyer.do("PUT", at, claim).status)
	report := func(b *browser) Report {
		var r Report
		got := b.do("GET", "/api/operator/outcomes?from=2026-11-01&to=2027-11-30", nil)
		require.Equal(t, 200, got.status, got.body)
		got.into(t, &r)
		return r
	}
	require.Equal(t, []string{"120000.50", "0.00"}, []string{report(here).Claimed, report(here).Confirmed})
	require.Equal(t, 200, seller.do("PUT", at, claim).status)
	for _, b := range []*browser{here, bureau, admin} {
		r := report(b)
		require.Equal(t, []Figure{{"contract", "confirmed", 1, 0, "120000.50"}}, r.Figures)
		require.Equal(t, 1, r.Agreed)
		require.Len(t, r.Lines, 1)
		require.Equal(t, "20 吨", r.Lines[0].Quantity)
	}
	require.Equal(t, Report{Confirmed: "0.00", Claimed: "0.00", Figures: []Figure{}, Lines: []LedgerLine{}}, report(there))
	require.Equal(t, 404, there.do("GET", "/api/operator/outcomes?cluster=luquan", nil).status)
	require.Equal(t, 403, buyer.do("GET", "/api/operator/outcomes", nil).status)

	line := report(here).Lines[0]
	see := "/api/operator/outcomes/" + line.ID + "/seen"
	require.Equal(t, 403, bureau.do("POST", see, nil, "If-Match", etag(line.Rev)).status, "a bureau reads")
	require.Equal(t, there.do("POST", "/api/operator/outcomes/nothing/seen", nil, "If-Match", `"1"`), there.do("POST", see, nil, "If-Match", etag(line.Rev)))
	require.Equal(t, 204, here.do("POST", see, nil, "If-Match", etag(line.Rev)).status)
	require.Equal(t, "seen", report(bureau).Lines[0].Strength)

	// What the two see, and what the exports say.
	buyer.do("GET", "/api/introductions/"+i.ID, nil).into(t, &i)
	require.Equal(t, []string{"seen", "120000.50", "120000.50"}, []string{i.Outcome.Strength, i.Outcome.Mine.Amount, i.Outcome.Theirs.Amount})
	text := here.do("GET", "/api/operator/outcomes/export?format=csv", nil).body
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"2026-11-20", "'=买方厂", "卖方厂", "合同", "120000.50", "", "20 吨", "已看凭证", ""}, rows[1])
	book, err := excelize.OpenReader(bytes.NewReader([]byte(bureau.do("GET", "/api/operator/outcomes/export?format=xlsx", nil).body)))
	require.NoError(t, err)
	cells, err := book.GetRows("对接成果")
	require.NoError(t, err)
	require.Len(t, cells, 2)
	require.Equal(t, []string{"2026-11-20", "'=买方厂", "卖方厂", "合同", "120000.5", "", "20 吨", "已看凭证"}, cells[1][:8])
	require.NotContains(t, there.do("GET", "/api/operator/outcomes/export?format=csv", nil).body, "买方厂")

	// Closing the contacts does not undo the contract.
	require.Equal(t, 200, buyer.do("POST", "/api/introductions/"+i.ID+"/withdraw", nil, "If-Match", etag(i.Rev)).status)
	require.Equal(t, "120000.50", report(here).Confirmed)
}

// TestOutcomeBand: a band is shown as one wherever an outcome is read, and its
// lower end is what counts.
func TestOutcomeBand(t *testing.T) {
	w, here, _ := county(t)
	buyer, seller := w.browser(), w.browser()
	buyer.signUp("买方厂", "13800000001", "luquan")
	seller.signUp("卖方厂", "13800000002", "luquan")
	here.approveAll()
	var i Introduction
	buyer.do("POST", "/api/listings/"+seller.posted("supply", "6061 铝棒 直供").ID+"/introductions", map[string]any{}).into(t, &i)
	at := "/api/introductions/" + i.ID + "/outcome"
	require.Equal(t, 200, seller.do("POST", "/api/introductions/"+i.ID+"/accept", nil, "If-Match", etag(i.Rev)).status)
	bad := buyer.do("PUT", at, map[string]any{"stage": "contract", "amount": "600000", "band": true, "day": "2026-11-20"})
	require.Equal(t, 422, bad.status)
	require.Contains(t, bad.body, `"amount"`, "the field is named")
	claim := map[string]any{"stage": "contract", "amount": "500000", "band": true, "day": "2026-11-20"}
	require.Equal(t, 200, buyer.do("PUT", at, claim).status)
	claim["amount"], claim["band"] = "820000", false
	seller.do("PUT", at, claim).into(t, &i)
	band, exact := Said{"500000.00", "1000000.00", true}, Said{Amount: "820000.00"}
	require.Equal(t, []Said{band, exact, band}, []Said{i.Outcome.Said, i.Outcome.Mine.Said, i.Outcome.Theirs.Said})
	require.Equal(t, "confirmed", i.Outcome.Strength)
	var r Report
	here.do("GET", "/api/operator/outcomes", nil).into(t, &r)
	require.Equal(t, []any{"500000.00", 1, []Figure{{"contract", "confirmed", 1, 1, "500000.00"}}, band}, []any{r.Confirmed, r.Banded, r.Figures, r.Lines[0].Said})

	text := here.do("GET", "/api/operator/outcomes/export?format=csv", nil).body
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"金额（元，区间按下限）", "登记的区间"}, {"500000.00", "50–100 万元"}}, [][]string{rows[0][4:6], rows[1][4:6]})
	book, err := excelize.OpenReader(bytes.NewReader([]byte(here.do("GET", "/api/operator/overview.xlsx", nil).body)))
	require.NoError(t, err)
	cells, err := book.GetRows("概况")
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(cells), "双方确认成果数 1 1 500000")
}

func TestBandText(t *testing.T) {
	var zh, en []string
	for _, fen := range market.Bands {
		upTo, _ := market.BandEnd(fen)
		zh, en = append(zh, saidView(fen, upTo).text("zh-CN")), append(en, saidView(fen, upTo).text("en"))
	}
	require.Equal(t, []string{"1,000 元–1 万元", "1–10 万元", "10–50 万元", "50–100 万元", "100–500 万元", "500 万元以上"}, zh)
	require.Equal(t, []string{"1,000–10,000 yuan", "10,000–100,000 yuan", "100,000–500,000 yuan", "500,000–1,000,000 yuan", "1,000,000–5,000,000 yuan", "5,000,000 yuan and more"}, en)
	require.Equal(t, "820,000", saidView(82_000_000, 0).text("zh-CN"))
}
