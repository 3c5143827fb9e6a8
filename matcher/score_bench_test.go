package matcher

import (
	"testing"
	"time"

	"lianqiao/market"
)

// BenchmarkScore scores one pair whose sides are read already.
func BenchmarkScore(b *testing.B) {
	now := time.Now()
	firm := market.Enterprise{ID: "f", Region: "130110", Certificates: []string{"ISO9001"}}
	need := NewSide(market.Listing{Side: market.Need, Title: "求购6061铝棒 Φ50", Region: "130110", PublishedAt: now, LeadDays: 10, Price: market.Price{Fen: 200000, Unit: "吨"}}, firm)
	supply := NewSide(market.Listing{Side: market.Supply, Title: "6061-T6铝棒 Φ20–150 可零切", Region: "130100", PublishedAt: now, LeadDays: 7, Price: market.Price{Fen: 190000, Unit: "吨"}}, firm)
	b.ReportAllocs()
	for b.Loop() {
		Score(need, supply, Wording{0.9, 0.5}, now)
	}
}
