package search

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
	"lianqiao/market"
)

// names reads the product names at $LIANQIAO_DATA/ckg-chain/products.tsv.
func names(t testing.TB) []string {
	t.Helper()
	dir := os.Getenv("LIANQIAO_DATA")
	if dir == "" {
		t.Skip("SKIPPED, NOTHING MEASURED: LIANQIAO_DATA does not name the folder of data sets")
	}
	f, err := os.Open(filepath.Join(dir, "ckg-chain", "products.tsv"))
	require.NoError(t, err)
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name := strings.TrimSpace(lines.Text()); name != "" && name != "name" {
			out = append(out, name)
		}
	}
	require.NoError(t, lines.Err())
	return out
}

// supplies are 100,000 supplies, one a product name.
func supplies(names []string) []Doc {
	docs := make([]Doc, 100_000)
	for i := range docs {
		docs[i] = listing(i, market.Supply, names[i%len(names)])
		docs[i].Listing.EnterpriseID = fmt.Sprintf("e%d", i%5000)
	}
	return docs
}

// needs words the names as a buyer would.
func needs(names []string) []chain.Reading {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]chain.Reading, 2000)
	for i := range out {
		out[i] = chain.Read("求购"+names[rnd.IntN(len(names))]+" 长期", "")
	}
	return out
}

func filled(b *testing.B, docs []Doc) *Index {
	b.Helper()
	x, err := Open(b.TempDir())
	require.NoError(b, err)
	b.Cleanup(func() { x.Close() })
	n := 0
	for part := range slices.Chunk(docs, 1000) {
		n += len(part)
		require.NoError(b, x.Apply(part, nil, uint64(n), "s"))
	}
	return x
}

// BenchmarkSearch has one index for all questions, as filling it takes a while.
// The target is 150 µs for the candidates of one need.
func BenchmarkSearch(b *testing.B) {
	names := names(b)
	docs, ask := supplies(names), needs(names)
	x := filled(b, docs)
	for _, n := range []int{10, 50, 200} {
		b.Run(fmt.Sprintf("Candidates/n=%d", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				_, err := x.Candidates(b.Context(), market.Supply, ask[i%len(ask)], n, "e1")
				require.NoError(b, err)
			}
		})
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, q := range map[string]Query{"text": {}, "text+filters": {Side: market.Supply, Region: "130100"}, "text+price": {PriceMin: 1}} {
		b.Run("Find/"+name, func(b *testing.B) {
			for b.Loop() {
				word := []rune(names[rnd.IntN(len(names))])
				q.Text = string(word[:min(len(word), 6)])
				_, err := x.Find(b.Context(), q)
				require.NoError(b, err)
			}
		})
	}
	for name, q := range map[string]Query{"all": {}, "filters": {Side: market.Supply, Region: "130100"}, "price": {PriceMin: 1, Sort: ByPrice}} {
		b.Run("Find/"+name, func(b *testing.B) {
			for b.Loop() {
				_, err := x.Find(b.Context(), q)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkBatch(b *testing.B) {
	names := names(b)
	docs, ask := supplies(names), needs(names)
	batch, err := NewBatch(each(docs))
	require.NoError(b, err)
	b.Run("Candidates/n=50", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			batch.Candidates(market.Supply, ask[i%len(ask)], 50, "e1")
		}
	})
}

// BenchmarkOracle asks the scorer that looks at every listing.
func BenchmarkOracle(b *testing.B) {
	names := names(b)
	docs, ask := supplies(names), needs(names)
	for _, size := range []int{10_000, 100_000} {
		oracle := newPlain(docs[:size])
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				oracle.candidates(market.Supply, ask[i%len(ask)], 10, "")
			}
		})
	}
}

// BenchmarkBalances counts the classes of three clusters among 100,000 listings.
func BenchmarkBalances(b *testing.B) {
	s := newShelf()
	s.put(shown(100_000))
	for b.Loop() {
		s.balances([]string{"luquan", "gaocheng", "32"})
	}
}
