package chain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReadDeal(t *testing.T) {
	today := time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC)
	for text, want := range map[string]Deal{
		"求购 45# 圆钢 Φ50 20吨/月，价格4200左右，7天内到货，送到栾城": {Low: 4200, High: 4200, LeadDays: 7, Place: "栾城"},
		"供应6061铝棒，￥19,800元/吨含税，起订量500公斤，交期10-15天": {Low: 19800, High: 19800, Unit: "吨", MOQ: &Amount{Value: 500, Unit: "公斤"}, LeadDays: 15},
		"四件套胆布 单价：6.8-7.5元/米  5000米起订 石家庄自提":      {Low: 6.8, High: 7.5, Unit: "米", MOQ: &Amount{Value: 5000, Unit: "米"}, Place: "石家庄"},
		"离心机整机 12.5万元一台，生产周期两个月，价格可谈":             {Low: 125000, High: 125000, Unit: "台", LeadDays: 60},
		"定制传动箱体 价格面议 交货期：15个工作日":                  {Negotiable: true, LeadDays: 21},
		"报价3天内有效，要 50 套":                          {},
		"注册资本500万元，年产值3亿元，年产 2 万吨":                {},
		"12月20日前到货，报价截止12月5日":                     {LeadDays: 22, Until: "2026-12-05"},
		"有效期至2027年1月31日，半个月内交货":                   {LeadDays: 15, Until: "2027-01-31"},
		"13月45日前到货，报价截止0月5日":                      {},
		"2020年3月1日前到货":                            {},
		"1月10日前报价，十五天发货":                          {LeadDays: 15, Until: "2027-01-10"},
		"需有ISO9001、IATF16949，出口件要RoHS，无需CE认证":     {Certificates: []string{"ISO 9001", "IATF 16949", "RoHS"}},
		"MOQ 1000 pcs，交货地点：河北省石家庄市深泽县":            {MOQ: &Amount{Value: 1000, Unit: "pcs"}, Place: "河北省石家庄市深泽县"},
		"304不锈钢管 Φ25×2 价格随行就市":                    {},
		"起订1万只，出厂价0.35元/只，发货地：藁城":                 {Low: .35, High: .35, Unit: "只", MOQ: &Amount{Value: 10000, Unit: "只"}, Place: "藁城"},
	} {
		require.Equal(t, want, ReadDeal(text, today), text)
	}
}

// TestLeastIsNoQuantity: what is sold at least is not what there is.
func TestLeastIsNoQuantity(t *testing.T) {
	for text, want := range map[string]*Amount{
		"不锈钢垫片 500件起订":          nil,
		"不锈钢垫片 起订量500件，月产3万件":   {Value: 30000, Unit: "件", PerMonth: true},
		"不锈钢垫片 MOQ 500 件，现货2万件": {Value: 20000, Unit: "件"},
	} {
		require.Equal(t, want, Read(text, "").Quantity, text)
	}
}
