package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadMessage: what a message says of goods and terms fills the form.
func TestReadMessage(t *testing.T) {
	w := newWorld(t)
	firm := w.firm("甲厂")
	read := func(side, title, text string) ReadResult {
		var out ReadResult
		w.ok(200, ask{by: firm, method: "POST", path: "/api/read", body: map[string]string{"side": side, "title": title, "text": text}}).into(t, &out)
		return out
	}
	r := read("need", "求购 45# 圆钢 Φ50 20吨/月", "价格4200-4350元/吨，7天内到货，送到石家庄栾城，需 ISO9001，报价截止2099年12月5日")
	require.Equal(t, DealRead{
		Price: Price{Amount: "4350", Unit: "吨"}, LeadDays: 7, Region: regionOf("130111"), ValidUntil: "2099-12-05", Certificates: []string{"ISO 9001"},
	}, r.DealRead)
	require.Equal(t, Quantity{Amount: "20", Unit: "吨", Per: "month"}, r.Quantity)

	r = read("supply", "6061铝棒 现货20吨", "价格1.98-2.1万元/吨，起订500公斤，报价截止2020年12月5日，货在一个说不清的地方")
	require.Equal(t, DealRead{Price: Price{Amount: "19800", Unit: "吨"}, MOQ: "0.5", Certificates: []string{}}, r.DealRead)

	require.Equal(t, DealRead{Price: Price{Negotiable: true}, Certificates: []string{}}, read("supply", "传动箱体加工 价格面议", "").DealRead)
}
