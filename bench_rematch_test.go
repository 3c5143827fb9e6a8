package main

import (
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/matcher"
	"lianqiao/search"
	"lianqiao/store"
)

// BenchmarkRematch matches all needs against all supplies, as the nightly sweep
// does, beside the lists in memory alone, which on one thread read and rank the
// same needs and neither score terms nor keep anything. What looking at every
// listing would cost is BenchmarkOracle's, in search.
func BenchmarkRematch(b *testing.B) {
	table := newGrowth("all needs against as many supplies: seconds, and those of the processors")
	defer table.print()
	for _, size := range []int{sizes[0], sizes[len(sizes)-1]} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { measureRematch(b, realNames(b, size), table) })
	}
}

func measureRematch(b *testing.B, names []string, table *growth) {
	ctx := b.Context()
	st, err := keptIn{Data: b.TempDir()}.open(ctx)
	require.NoError(b, err)
	defer st.Close()
	docs, asked := bothSides(b, st, names)
	index, err := search.Open("")
	require.NoError(b, err)
	defer index.Close()
	m := matcher.New(matcher.Config{Store: st, Index: index, Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, m.Rebuild(ctx, 1, "bench"))
	took := func(row string, f func() error) {
		began, used := time.Now(), cpuTime(b)
		require.NoError(b, f())
		table.put(len(names), row, "%.1f (%.1f)", time.Since(began).Seconds(), (cpuTime(b) - used).Seconds())
	}
	took("the lists alone", func() error {
		batch, err := search.NewBatch(func(yield func(search.Doc, error) bool) {
			for _, d := range docs {
				if !yield(d, nil) {
					return
				}
			}
		})
		for _, q := range asked {
			batch.Candidates(market.Supply, chain.Read(q, ""), 10, "")
		}
		return err
	})
	took("full re-match, every proposal new", func() error { return m.Sweep(ctx, "2026-11-23") })
	took("full re-match, nothing new", func() error { return m.Sweep(ctx, "2026-11-24") })
}

// bothSides keeps a supply and a need of each name, and returns the supplies and
// how the needs are worded.
func bothSides(b *testing.B, st *store.Store, names []string) (docs []search.Doc, asked []string) {
	sellers, buyers := benchFirms(b, st, "卖家", 2000), benchFirms(b, st, "买家", 2000)
	r := rand.New(rand.NewPCG(9, 10))
	docs, asked = make([]search.Doc, len(names)), make([]string, len(names))
	for part := range slices.Chunk(slices.Collect(seq(len(names))), 500) {
		var batch []market.Listing
		for _, i := range part {
			asked[i] = need(r, names[i])
			batch = append(batch, benchListing(sellers[i%len(sellers)], market.Supply, "长期供应"+names[i]),
				benchListing(buyers[i%len(buyers)], market.Need, asked[i]))
			docs[i] = search.Doc{Listing: batch[len(batch)-2], Enterprise: sellers[i%len(sellers)]}
		}
		_, _, _, err := st.ImportListings(b.Context(), batch)
		require.NoError(b, err)
	}
	return docs, asked
}

func seq(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
