package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"lianqiao/chain"
	"lianqiao/market"
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

// BenchmarkCandidates puts the same questions to the
// matcher's candidates, to PostgreSQL and to SQLite, over real product names. A question is
// right when a listing of that very product is among the first ten.
func BenchmarkCandidates(b *testing.B) {
	table := newGrowth("one question, ten answers: questions/s, processor of each, recall@10")
	defer table.print()
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) { compareEngines(b, realNames(b, size), table) })
	}
}

const questions = 500

func compareEngines(b *testing.B, names []string, table *growth) {
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
		{name: "the matcher's candidates", ask: func(q string, _ []string) []int {
			found, err := index.Candidates(b.Context(), market.Supply, chain.Read(q, ""), 10, "")
			require.NoError(b, err)
			return ids(found)
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
		rate, used, recall := askAll(b, e, names, terms)
		table.put(len(names), e.name, "%.0f/s %.0f µs %.3f", rate, float64(used.Nanoseconds())/1000, recall)
	}
}

// askedFor is how long an engine is asked, so that the fastest is not measured
// while it warms up.
const askedFor = 2 * time.Second

// askAll asks an engine all questions, again and again, on one thread. What it
// used of the processors for each counts the database's own process, too; on a
// machine that has other work it tells more than the time that passed.
func askAll(b *testing.B, e sqlEngine, names []string, terms func(string) []string) (rate float64, used time.Duration, recall float64) {
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
	spent := func() time.Duration {
		if e.spent == nil {
			return cpuTime(b)
		}
		return cpuTime(b) + e.spent()
	}
	runtime.GC()
	began, before := time.Now(), spent()
	for ; time.Since(began) < askedFor; rounds++ {
		for _, q := range asked {
			if slices.ContainsFunc(e.ask(q.text, q.terms), func(i int) bool { return names[i] == q.name }) {
				right++
			}
		}
	}
	all := float64(rounds * questions)
	return all / time.Since(began).Seconds(), (spent() - before) / time.Duration(all), float64(right) / all
}

// BenchmarkPlatform runs the whole program on the real listings and as many
// again: import, posting to stored proposals, public search, full re-match.
func BenchmarkPlatform(b *testing.B) {
	table := newGrowth("the whole program")
	defer table.print()
	for _, size := range sizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) { measurePlatform(b, realNames(b, size), table) })
	}
}

func measurePlatform(b *testing.B, names []string, table *growth) {
	ctx := b.Context()
	put := func(row, format string, args ...any) { table.put(len(names), row, format, args...) }
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
	put("import", "%.0f rows/s", float64(len(names))/time.Since(began).Seconds())
	require.NoError(b, st.Close())

	began = time.Now()
	a, err := start(ctx, c)
	require.NoError(b, err)
	defer a.stop(context.Background())
	put("index from the store", "%.0f listings/s", float64(len(names))/time.Since(began).Seconds())
	began = time.Now()
	drained(b, a)
	put("backlog matched", "%.0f listings/s", float64(len(names))/time.Since(began).Seconds())
	sustained(b, a, buyers, names, put)
	paced(b, a, buyers, names, put)
	found(b, a, names, put)
	browsed(b, a, put)
	put("heap after all that", "%.0f MB", memory())
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
func sustained(b *testing.B, a *app, buyers []market.Enterprise, names []string, put func(row, format string, args ...any)) {
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
				if _, err := post(b.Context(), a, buyers[r.IntN(len(buyers))], need(r, names[r.IntN(len(names))])); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(b, clients.Wait())
	drained(b, a)
	put("posted to stored proposals, sustained", "%.0f posts/s", posts/time.Since(began).Seconds())
	put("posted to stored proposals, processor of each", "%.2f ms", 1000*(cpuTime(b)-used).Seconds()/posts)
}

func post(ctx context.Context, a *app, by market.Enterprise, title string) (id string, err error) {
	l := benchListing(by, market.Need, title)
	_, err = a.store.CreateListing(ctx, market.Actor{UserID: "bench", EnterpriseID: by.ID}, &l, "")
	return l.ID, err
}

// paced posts 100 needs a second, whether those before are done or not, and
// measures each from the moment that it was due to its stored proposals.
func paced(b *testing.B, a *app, buyers []market.Enterprise, names []string, put func(row, format string, args ...any)) {
	const posts, apart = 1000, 10 * time.Millisecond
	r := rand.New(rand.NewPCG(5, 6))
	var mu sync.Mutex
	waiting, took := map[string]time.Time{}, make([]time.Duration, 0, posts)
	all, ctx := errgroup.WithContext(b.Context())
	time.Sleep(2 * time.Second) // what the flood before has left is written in that time
	began := time.Now()
	for i := range posts {
		due := began.Add(time.Duration(i) * apart)
		time.Sleep(time.Until(due))
		buyer, title := buyers[r.IntN(len(buyers))], need(r, names[r.IntN(len(names))])
		all.Go(func() error {
			id, err := post(ctx, a, buyer, title)
			mu.Lock()
			defer mu.Unlock()
			waiting[id] = due
			return err
		})
		if i > 0 {
			continue
		}
		all.Go(func() error {
			for {
				done, err := arrived(ctx, a, &mu, waiting)
				if took = append(took, done...); err != nil || len(took) == posts {
					return err
				}
				time.Sleep(time.Millisecond / 2) // the resolution of this measurement
			}
		})
	}
	require.NoError(b, all.Wait())
	p50, p99 := percentile(took, .5), percentile(took, .99)
	put("one post to its stored proposals at 100/s, p50", "%.1f ms", 1000*p50.Seconds())
	put("one post to its stored proposals at 100/s, p99 (times p50)", "%.1f ms (%.1f)", 1000*p99.Seconds(), float64(p99)/float64(p50))
}

// arrived takes out of waiting what is matched and stored, and says how long
// after its due time each was seen to be.
func arrived(ctx context.Context, a *app, mu *sync.Mutex, waiting map[string]time.Time) (took []time.Duration, err error) {
	mu.Lock()
	asked := maps.Clone(waiting)
	mu.Unlock()
	left, err := a.store.Unmatched(ctx, time.Now().Add(time.Minute), 10_000)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, id := range left {
		delete(asked, id)
	}
	mu.Lock()
	defer mu.Unlock()
	for id, due := range asked {
		took = append(took, now.Sub(due))
		delete(waiting, id)
	}
	return took, nil
}

// found measures public search with facets.
func found(b *testing.B, a *app, names []string, put func(row, format string, args ...any)) {
	r := rand.New(rand.NewPCG(7, 8))
	timed(b, 500, "public search with facets", put, func() search.Query {
		return search.Query{Text: names[r.IntN(len(names))], Limit: 20}
	}, a)
}

// browsed measures public pages without words, none of which is kept from before:
// each asks for as many listings as no other.
func browsed(b *testing.B, a *app, put func(row, format string, args ...any)) {
	limit := 20
	next := func(q search.Query) func() search.Query {
		return func() search.Query {
			limit++
			q.Limit = limit
			return q
		}
	}
	timed(b, 40, "the home page, not kept", put, next(search.Query{}), a)
	timed(b, 40, "all supplies of a city, not kept", put, next(search.Query{Side: market.Supply, Region: "130100"}), a)
}

// timed asks the index n questions one after another.
func timed(b *testing.B, n int, row string, put func(row, format string, args ...any), next func() search.Query, a *app) {
	var took []time.Duration
	began, used := time.Now(), cpuTime(b)
	for range n {
		q, one := next(), time.Now()
		_, err := a.index.Find(b.Context(), q)
		require.NoError(b, err)
		took = append(took, time.Since(one))
	}
	put(row+", p50", "%.1f ms", 1000*percentile(took, .5).Seconds())
	put(row+", p99", "%.1f ms", 1000*percentile(took, .99).Seconds())
	put(row+", on one thread", "%.0f/s", float64(n)/time.Since(began).Seconds())
	put(row+", processor of each", "%.2f ms", 1000*(cpuTime(b)-used).Seconds()/float64(n))
}
