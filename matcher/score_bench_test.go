package matcher

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// BenchmarkScore scores one pair whose sides are read already.
func BenchmarkScore(b *testing.B) {
	now := time.Now()
	firm := market.Enterprise{ID: "f", Region: "130110", Certificates: []market.Certificate{{Name: "ISO9001"}}}
	need := NewSide(market.Listing{Side: market.Need, Title: "求购6061铝棒 Φ50", Region: "130110", PublishedAt: now, LeadDays: 10, Price: market.Price{Fen: 200000, Unit: "吨"}}, firm)
	supply := NewSide(market.Listing{Side: market.Supply, Title: "6061-T6铝棒 Φ20–150 可零切", Region: "130100", PublishedAt: now, LeadDays: 7, Price: market.Price{Fen: 190000, Unit: "吨"}}, firm)
	b.ReportAllocs()
	for b.Loop() {
		Present().Score(need, supply, Wording{Need: 0.9, Supply: 0.5}, now)
	}
}

// BenchmarkNeed finds and scores the counterparts of one need among 100,000
// real product names, as a posted need has it, and reports the slowest in 100.
func BenchmarkNeed(b *testing.B) {
	dir := os.Getenv("LIANQIAO_DATA")
	if dir == "" {
		b.Skip("SKIPPED, NOTHING MEASURED: LIANQIAO_DATA names no folder of real listings")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "ckg-chain", "products.tsv"))
	require.NoError(b, err)
	names := strings.Fields(string(raw))
	texts := make([]Text, 100_000)
	for i := range texts {
		texts[i] = Text{ID: fmt.Sprintf("%08d", i), Text: names[i*7%len(names)]}
	}
	asker, err := NewAsker(texts, Asking{Mode: ModeNeed})
	require.NoError(b, err)
	b.Cleanup(func() { asker.Close() })
	var took []time.Duration
	i := 0
	for b.Loop() {
		began := time.Now()
		_, err := asker.need(b.Context(), "长期求购"+names[i*31%len(names)], 10)
		require.NoError(b, err)
		took = append(took, time.Since(began))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
