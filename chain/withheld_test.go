package chain

import (
	"bufio"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// withheld is a data set of relations of which those of some products are held
// back and asked for.
type withheld struct {
	relations []Relation
	kinds     []Kind
	sets      map[string][]string        // train and dev of the bench; other: more products of firms
	wanted    map[string]map[string]bool // product → what it is made from
}

func readWithheld(t *testing.T) *withheld {
	dir := os.Getenv("LIANQIAO_DATA")
	if dir == "" || os.Getenv("LIANQIAO_WITHHELD") == "" {
		t.Skip("takes minutes: set LIANQIAO_DATA and LIANQIAO_WITHHELD=1")
	}
	w := &withheld{sets: map[string][]string{}, wanted: map[string]map[string]bool{}}
	said := map[string]map[string]bool{}
	eachRow(t, filepath.Join(dir, "ckg-chain", "product_edges.tsv"), func(f []string) {
		switch a, b := Normalise(f[0]), Normalise(f[2]); f[1] {
		case "上游材料":
			w.relations = append(w.relations, Relation{From: b, To: a, Weight: 1})
			if said[a] == nil {
				said[a] = map[string]bool{}
			}
			said[a][b] = true
		case "下游产品":
			w.relations = append(w.relations, Relation{From: a, To: b, Weight: 1})
		case "产品小类":
			w.kinds = append(w.kinds, Kind{Broad: a, Narrow: b})
		}
	})
	eachRow(t, filepath.Join(dir, "ckg-chain", "bench", "t3_linkpred.tsv"), func(f []string) {
		product := Normalise(f[1])
		if w.wanted[product] == nil {
			w.wanted[product] = map[string]bool{}
			w.sets[f[0]] = append(w.sets[f[0]], product)
		}
		w.wanted[product][Normalise(f[2])] = true
	})
	eachRow(t, filepath.Join(dir, "ckg-chain", "company_product.tsv"), func(f []string) {
		if product := Normalise(f[1]); w.wanted[product] == nil && said[product] != nil {
			w.sets["other"] = append(w.sets["other"], product)
			w.wanted[product] = said[product]
		}
	})
	return w
}

func eachRow(t *testing.T, file string, do func(f []string)) {
	in, err := os.Open(file)
	require.NoError(t, err)
	defer in.Close()
	lines := bufio.NewScanner(in)
	for n := 0; lines.Scan(); n++ {
		if f := strings.Split(lines.Text(), "\t"); n > 0 && len(f) > 2 {
			do(f)
		}
	}
	require.NoError(t, lines.Err())
}

// graph is made of all relations but those that say what some products are made
// from, in whichever direction they say it.
func (w *withheld) graph(without []string) *Graph {
	hidden := map[string]bool{}
	for _, p := range without {
		hidden[p] = true
	}
	return NewGraph(slices.DeleteFunc(slices.Clone(w.relations), func(r Relation) bool { return hidden[r.To] }), w.kinds)
}

// part parts products by chance.
func part(products []string, n int) [][]string {
	list := slices.Sorted(slices.Values(products))
	chance := rand.New(rand.NewPCG(3, 4))
	chance.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	out := make([][]string, n)
	for i, p := range list {
		out[i%n] = append(out[i%n], p)
	}
	return out
}

// reached counts where the first right answers stand.
type reached struct{ asked, first, ten, rank, hundred float64 }

func (r *reached) add(answers []string, wanted map[string]bool) {
	r.asked++
	at := slices.IndexFunc(answers, func(w string) bool { return wanted[w] })
	if at >= 0 && at < 100 {
		r.hundred++
	}
	if at >= 0 && at < 10 {
		r.ten++
		r.rank += 1 / float64(at+1)
	}
	if at == 0 {
		r.first++
	}
}

func (r *reached) String() string {
	return fmt.Sprintf("%3.0f products: hit@1 %.3f, hit@10 %.3f, MRR@10 %.3f, hit@100 %.3f", r.asked, r.first/r.asked, r.ten/r.asked, r.rank/r.asked, r.hundred/r.asked)
}

// question is a product with the evidence for all that it may be made from.
type question struct {
	set, product string
	fold         int
	names        []string
	terms        [][len(weights)]float64
}

func (q *question) ranked(by []float64) []string {
	sums := make([]float64, len(q.names))
	for i := range sums {
		for k := range by {
			sums[i] += by[k] * q.terms[i][k]
		}
	}
	var out []string
	for _, i := range greatest(sums, 100) {
		out = append(out, q.names[i])
	}
	return out
}

// leftOut are the parts of the evidence that are left out in turn.
var leftOut = []struct {
	name  string
	terms []int // places of their terms
}{
	{"everything", nil},
	{"without vectors", []int{6}},
	{"without names called alike", []int{0, 1, 9}},
	{"without parts of names", []int{11}},
	{"without rows of the table", []int{2, 3, 4, 5, 8, 10}},
	{"vectors alone", []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11}},
}

// TestGraphOnWithheld asks what products are made from whose relations are held
// back: the dev part of the bench, and in four parts its train part and all other
// products of firms. It prints what is reached, with everything and without parts of
// the evidence. LIANQIAO_WITHHELD=fit also fits the weights anew, on three of the
// four parts for the fourth, and on all four for the dev part.
func TestGraphOnWithheld(t *testing.T) {
	w := readWithheld(t)
	set := map[string]string{}
	for name, products := range w.sets {
		for _, p := range products {
			set[p] = name
		}
	}
	const dev = 4
	sum := map[string]*reached{}
	count := func(what string, q *question, by []float64) {
		for _, s := range []string{q.set, "all"} {
			key := fmt.Sprintf("%-27s %-6s", what, s)
			if sum[key] == nil {
				sum[key] = &reached{}
			}
			sum[key].add(q.ranked(by), w.wanted[q.product])
		}
	}
	var questions []*question
	for fold, held := range append(part(append(slices.Clone(w.sets["train"]), w.sets["other"]...), dev), w.sets["dev"]) {
		g, bare := w.graph(held), w.graph(held)
		bare.up.own = newNeighbourhood(nil)
		g.up.once.Do(g.up.learn)
		begun := time.Now()
		for _, p := range held {
			q := ask(g, p)
			q.set, q.fold = set[p], fold
			questions = append(questions, q)
		}
		t.Logf("part %d: %d products, %v each", fold, len(held), time.Since(begun)/time.Duration(len(held)))
		for _, q := range questions[len(questions)-len(held):] {
			for _, l := range leftOut {
				by := weights
				for _, k := range l.terms {
					by[k] = 0
				}
				count(l.name, q, by[:])
			}
			without := ask(bare, q.product)
			without.set = q.set
			count("without the table at all", without, weights[:])
		}
	}
	if os.Getenv("LIANQIAO_WITHHELD") == "fit" {
		for fold := range dev + 1 {
			by := fit(questions, w.wanted, func(q *question) bool { return q.fold != fold && q.fold != dev })
			t.Logf("fitted without part %d: %.2f", fold, by)
			for _, q := range questions {
				if q.fold == fold {
					count("fitted", q, by)
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sum)) {
		t.Logf("%s %v", key, sum[key])
	}
	for _, s := range []string{"train", "other"} {
		r := sum[fmt.Sprintf("%-27s %-6s", "everything", s)]
		require.Greater(t, r.ten/r.asked, 0.40, s)
		require.Greater(t, r.rank/r.asked, 0.24, s)
	}
}

// ask gathers the evidence for a product.
func ask(g *Graph, product string) *question {
	q := &question{product: product}
	found := g.up.evidence(product, g.broader[product], g.narrower[product])
	q.names = slices.Sorted(maps.Keys(found))
	for _, name := range q.names {
		q.terms = append(q.terms, g.up.terms(name, found[name]))
	}
	return q
}

// fit finds the weights under which the right answers are likeliest.
func fit(questions []*question, wanted map[string]map[string]bool, use func(*question) bool) []float64 {
	by, heat := make([]float64, len(weights)), make([]float64, len(weights))
	for range 300 {
		slope := make([]float64, len(by))
		n := 0.0
		for _, q := range questions {
			if use(q) && slices.ContainsFunc(q.names, func(w string) bool { return wanted[q.product][w] }) {
				n++
				q.slope(by, wanted[q.product], slope)
			}
		}
		for k := range by {
			s := slope[k]/n + 0.001*by[k]
			heat[k] += s * s
			by[k] -= 0.3 * s / math.Sqrt(heat[k]+1e-8)
		}
	}
	return by
}

func (q *question) slope(by []float64, wanted map[string]bool, slope []float64) {
	odds := make([]float64, len(q.names))
	all, right := 0.0, 0.0
	for i := range odds {
		for k := range by {
			odds[i] += by[k] * q.terms[i][k]
		}
	}
	top := slices.Max(odds)
	for i := range odds {
		odds[i] = math.Exp(odds[i] - top)
		all += odds[i]
		if wanted[q.names[i]] {
			right += odds[i]
		}
	}
	for i := range odds {
		d := odds[i] / all
		if wanted[q.names[i]] {
			d -= odds[i] / right
		}
		for k := range by {
			slope[k] += d * q.terms[i][k]
		}
	}
}
