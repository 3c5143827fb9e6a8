package main

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/matcher"
	"lianqiao/search"
	"lianqiao/store"
)

// testPG is the PostgreSQL that tests and benches may make schemas in.
func testPG() string {
	if dsn := os.Getenv("LIANQIAO_TEST_PG"); dsn != "" {
		return dsn
	}
	return "postgres://postgres@127.0.0.1:5432/postgres"
}

// realNames are product names of real firms: 33,574 rows of the listing data,
// then names of further products up to n. It skips loudly without the data.
func realNames(b *testing.B, n int) []string {
	dir := os.Getenv("LIANQIAO_DATA")
	if dir == "" {
		b.Skip("SKIPPED: LIANQIAO_DATA names no folder of real listings")
	}
	var names []string
	for _, row := range readTSV(b, filepath.Join(dir, "ckg-chain", "company_product.tsv")) {
		weight, err := strconv.ParseFloat(row[len(row)-1], 64)
		if err == nil && weight >= 0.005 {
			names = append(names, row[1])
		}
	}
	for _, row := range readTSV(b, filepath.Join(dir, "ckg-chain", "products.tsv")) {
		names = append(names, row[0])
	}
	names = slices.DeleteFunc(names, func(s string) bool { return strings.ContainsFunc(s, isRefused) })
	if len(names) < n {
		more := len(names)
		for i := 0; len(names) < n; i++ {
			names = append(names, names[i%more]+" "+strconv.Itoa(100+i%900))
		}
	}
	return names[:n]
}

// isRefused reports a character that no title may hold.
func isRefused(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }

func readTSV(b *testing.B, file string) [][]string {
	f, err := os.Open(file)
	require.NoError(b, err)
	defer f.Close()
	var rows [][]string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		rows = append(rows, strings.Split(lines.Text(), "\t"))
	}
	return rows[1:]
}

// need writes a product name the way a buyer would ask for it.
func need(r *rand.Rand, name string) string {
	before := []string{"长期求购", "大量采购", "长期采购", "急需采购", "我厂需要", "寻现货"}
	after := []string{"", " 5吨/月", " 200件", "，要求提供检测报告", " 现货", "，每月3万米"}
	return before[r.IntN(len(before))] + name + after[r.IntN(len(after))]
}

// benchFirms makes n firms, as a city has them.
func benchFirms(b *testing.B, st *store.Store, name string, n int) []market.Enterprise {
	firms := make([]market.Enterprise, n)
	for i := range firms {
		firms[i] = market.Enterprise{
			ID: market.NewID(), Name: fmt.Sprintf("示例%s%d厂", name, i), Kind: market.Maker, Region: "130110",
			Contact: market.Contact{Name: "示例", Phone: "0311-0000000"},
		}
	}
	kept, err := st.UpsertEnterprises(b.Context(), firms)
	require.NoError(b, err)
	return kept
}

func benchListing(firm market.Enterprise, side market.Side, title string) market.Listing {
	now := time.Now()
	return market.Listing{
		ID: market.NewID(), EnterpriseID: firm.ID, Side: side, Board: market.Goods, Status: market.Live,
		Title: clip(title, market.MaxTitle), Region: "130110", Price: market.Price{Negotiable: true},
		Quantity:   market.Quantity{Amount: decimal.NewFromInt(5), Unit: "吨", Per: market.PerMonth},
		ValidUntil: now.AddDate(0, 6, 0), CreatedAt: now, UpdatedAt: now, PublishedAt: now,
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func percentile(d []time.Duration, p float64) time.Duration {
	slices.Sort(d)
	return d[min(len(d)-1, int(p*float64(len(d))))]
}

// cpuTime is what this process has used of the processors so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is what the process holds after a collection, in MB.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkCandidates puts the same questions to the index, to the exhaustive
// scorer, to PostgreSQL and to SQLite, over real product names. A question is
// right when a listing of that very product is among the first ten.
func BenchmarkCandidates(b *testing.B) {
	for _, size := range []int{10_000, 67_148, 100_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { compareEngines(b, realNames(b, size)) })
	}
}

const questions = 500

func compareEngines(b *testing.B, names []string) {
	index, err := search.Open("")
	require.NoError(b, err)
	defer index.Close()
	firm := market.Enterprise{ID: "firm", Name: "示例", Region: "130110"}
	docs := make([]search.Doc, len(names))
	number := make(map[string]int, len(names))
	for i, name := range names {
		l := benchListing(firm, market.Supply, name)
		l.ID = fmt.Sprintf("%08d", i)
		number[l.ID] = i
		docs[i] = search.Doc{Listing: l, Enterprise: firm}
	}
	began := time.Now()
	for part := range slices.Chunk(docs, 1000) {
		require.NoError(b, index.Apply(part, nil, 1, "bench"))
	}
	b.ReportMetric(float64(len(docs))/time.Since(began).Seconds(), "indexed/s")
	exhaustive, err := search.NewBatch(func(yield func(search.Doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	})
	require.NoError(b, err)
	ids := func(found []search.Candidate) []int {
		out := make([]int, len(found))
		for i, c := range found {
			out[i] = number[c.ID]
		}
		return out
	}
	terms := func(text string) []string {
		r := chain.Read(text, "")
		out := make([]string, len(r.Terms))
		for i, t := range r.Terms {
			out[i] = t.Text
		}
		return out
	}
	engines := []sqlEngine{
		{"index", func(q string, _ []string) []int {
			found, err := index.Candidates(b.Context(), market.Supply, chain.Read(q, ""), 10, "")
			require.NoError(b, err)
			return ids(found)
		}},
		{"exhaustive", func(q string, _ []string) []int {
			return ids(exhaustive.Candidates(market.Supply, chain.Read(q, ""), 10, ""))
		}},
	}
	tokens := func(text string) []string {
		r := chain.Read(text, "")
		out := terms(text)
		for _, g := range r.Grams {
			out = append(out, fmt.Sprint(g.Sign, g.Text))
		}
		return out
	}
	engines = append(engines, postgresEngines(b, names, terms, tokens)...)
	engines = append(engines, sqliteEngine(b, names))
	for _, e := range engines {
		rate, recall := askAll(e, names, terms)
		b.Logf("%7d listings  %-40s %9.0f questions/s  recall@10 %.3f", len(names), e.name, rate, recall)
		if e.name == "index" {
			b.ReportMetric(rate, "questions/s")
			b.ReportMetric(recall, "recall@10")
		}
	}
}

// askedFor is how long an engine is asked, so that the fastest is not measured
// while it warms up.
const askedFor = 2 * time.Second

// askAll asks an engine all questions, again and again, on one thread.
func askAll(e sqlEngine, names []string, terms func(string) []string) (rate, recall float64) {
	r := rand.New(rand.NewPCG(1, 2))
	type question struct {
		name, text string
		terms      []string
	}
	asked := make([]question, questions)
	for i := range asked {
		name := names[r.IntN(len(names))]
		text := need(r, name)
		asked[i] = question{name, text, terms(text)}
	}
	right, rounds := 0, 0
	runtime.GC()
	began := time.Now()
	for ; time.Since(began) < askedFor; rounds++ {
		for _, q := range asked {
			if slices.ContainsFunc(e.ask(q.text, q.terms), func(i int) bool { return names[i] == q.name }) {
				right++
			}
		}
	}
	all := float64(rounds * questions)
	return all / time.Since(began).Seconds(), float64(right) / all
}

// BenchmarkPlatform runs the whole program on the real listings and as many
// again: import, posting to stored proposals, public search, full re-match.
func BenchmarkPlatform(b *testing.B) {
	for _, size := range []int{10_000, 67_148, 100_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { measurePlatform(b, realNames(b, size)) })
	}
}

func measurePlatform(b *testing.B, names []string) {
	ctx := b.Context()
	c := config{keptIn: keptIn{Data: b.TempDir()}, Addr: "127.0.0.1:0", Role: "all", Log: "error"}
	st, err := c.open(ctx)
	require.NoError(b, err)
	sellers, buyers := benchFirms(b, st, "卖家", 2000), benchFirms(b, st, "买家", 500)
	began := time.Now()
	for part := range slices.Chunk(names, 500) {
		batch := make([]market.Listing, len(part))
		for i, name := range part {
			batch[i] = benchListing(sellers[i%len(sellers)], market.Supply, "长期供应"+name)
		}
		_, _, _, err := st.ImportListings(ctx, batch)
		require.NoError(b, err)
	}
	b.Logf("import                     %8.0f rows/s", float64(len(names))/time.Since(began).Seconds())
	require.NoError(b, st.Close())

	began = time.Now()
	a, err := start(ctx, c)
	require.NoError(b, err)
	defer a.stop(context.Background())
	b.Logf("index from the store       %8.0f listings/s", float64(len(names))/time.Since(began).Seconds())
	began = time.Now()
	drained(b, a)
	b.Logf("backlog matched            %8.0f listings/s", float64(len(names))/time.Since(began).Seconds())
	sustained(b, a, buyers, names)
	paced(b, a, buyers, names)
	found(b, a, names)
	began = time.Now()
	require.NoError(b, a.matcher.Sweep(ctx, time.Now().Format(time.DateOnly)))
	b.Logf("full re-match              %8.1f s for %d listings", time.Since(began).Seconds(), len(names))
	b.Logf("heap after all that        %8.0f MB", memory())
}

// drained waits until every listing is matched.
func drained(b *testing.B, a *app) {
	require.Eventually(b, func() bool {
		left, err := a.store.Unmatched(b.Context(), time.Now().Add(time.Minute), 1)
		return err == nil && len(left) == 0
	}, 20*time.Minute, 20*time.Millisecond)
}

// sustained posts needs from 64 clients as fast as they are taken, and counts
// until the last is matched and stored.
func sustained(b *testing.B, a *app, buyers []market.Enterprise, names []string) {
	const posts = 4000
	work := make(chan int, posts)
	for i := range posts {
		work <- i
	}
	close(work)
	began, used := time.Now(), cpuTime(b)
	var clients errgroup.Group
	for n := range 64 {
		clients.Go(func() error {
			r := rand.New(rand.NewPCG(3, uint64(n)))
			for range work {
				if err := post(b.Context(), a, buyers[r.IntN(len(buyers))], need(r, names[r.IntN(len(names))])); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(b, clients.Wait())
	taken := time.Since(began)
	drained(b, a)
	b.Logf("posted to stored proposals %8.0f listings/s, sustained (taken at %.0f/s; %.2f ms of processor each)",
		posts/time.Since(began).Seconds(), posts/taken.Seconds(), 1000*(cpuTime(b)-used).Seconds()/posts)
}

func post(ctx context.Context, a *app, by market.Enterprise, title string) error {
	l := benchListing(by, market.Need, title)
	_, err := a.store.CreateListing(ctx, market.Actor{UserID: "bench", EnterpriseID: by.ID}, &l, "")
	return err
}

// paced posts 100 needs a second and measures from the post to its stored proposals.
func paced(b *testing.B, a *app, buyers []market.Enterprise, names []string) {
	r := rand.New(rand.NewPCG(5, 6))
	var took []time.Duration
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		<-tick.C
		began := time.Now()
		require.NoError(b, post(b.Context(), a, buyers[r.IntN(len(buyers))], need(r, names[r.IntN(len(names))])))
		for {
			left, err := a.store.Unmatched(b.Context(), time.Now().Add(time.Minute), 1)
			require.NoError(b, err)
			if len(left) == 0 {
				break
			}
			time.Sleep(200 * time.Microsecond) // the resolution of this measurement
		}
		took = append(took, time.Since(began))
	}
	p50, p99 := percentile(took, .5), percentile(took, .99)
	b.Logf("post to stored proposals   p50 %v  p99 %v  (%.1f x) at up to 100 a second", p50, p99, float64(p99)/float64(p50))
}

// found measures public search with facets.
func found(b *testing.B, a *app, names []string) {
	r := rand.New(rand.NewPCG(7, 8))
	var took []time.Duration
	began := time.Now()
	for range 500 {
		one := time.Now()
		_, err := a.index.Find(b.Context(), search.Query{Text: names[r.IntN(len(names))], Limit: 20})
		require.NoError(b, err)
		took = append(took, time.Since(one))
	}
	b.Logf("public search              p50 %v  p99 %v  %.0f/s on one thread", percentile(took, .5), percentile(took, .99), 500/time.Since(began).Seconds())
}

// BenchmarkRematch matches all needs against all supplies, as the nightly sweep
// does, beside the exhaustive scorer alone, which reads and ranks the same
// needs in memory and neither scores terms nor keeps anything.
func BenchmarkRematch(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { measureRematch(b, realNames(b, size)) })
	}
}

func measureRematch(b *testing.B, names []string) {
	ctx := b.Context()
	st, err := keptIn{Data: b.TempDir()}.open(ctx)
	require.NoError(b, err)
	defer st.Close()
	sellers, buyers := benchFirms(b, st, "卖家", 2000), benchFirms(b, st, "买家", 2000)
	r := rand.New(rand.NewPCG(9, 10))
	docs, asked := make([]search.Doc, len(names)), make([]string, len(names))
	for part := range slices.Chunk(slices.Collect(seq(len(names))), 500) {
		var batch []market.Listing
		for _, i := range part {
			asked[i] = need(r, names[i])
			batch = append(batch, benchListing(sellers[i%len(sellers)], market.Supply, "长期供应"+names[i]),
				benchListing(buyers[i%len(buyers)], market.Need, asked[i]))
			docs[i] = search.Doc{Listing: batch[len(batch)-2], Enterprise: sellers[i%len(sellers)]}
		}
		_, _, _, err := st.ImportListings(ctx, batch)
		require.NoError(b, err)
	}
	index, err := search.Open("")
	require.NoError(b, err)
	defer index.Close()
	m := matcher.New(matcher.Config{Store: st, Index: index, Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, m.Rebuild(ctx, 1, "bench"))
	took := func(f func() error) float64 {
		began := time.Now()
		require.NoError(b, f())
		return time.Since(began).Seconds()
	}
	plain := took(func() error {
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
	first := took(func() error { return m.Sweep(ctx, "2026-11-23") })
	again := took(func() error { return m.Sweep(ctx, "2026-11-24") })
	b.Logf("%d x %d: exhaustive scorer %.1f s; re-match with all proposals new %.1f s (%.1f x), nothing new %.1f s (%.1f x)",
		len(names), len(names), plain, first, first/plain, again, again/plain)
	b.ReportMetric(again/plain, "x-exhaustive")
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
