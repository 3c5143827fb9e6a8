package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/matcher"
	"lianqiao/sheet"
)

type evalCmd struct {
	JSON   bool     `name:"json" help:"One JSON object per bench on a line instead of a table."`
	Mode   string   `enum:"need,search,upstream,downstream,synonym" default:"need" help:"Who asks: ${enum}."`
	Show   int      `help:"Also print so many questions whose first good answer is not on top, with what stood there."`
	Chain  string   `type:"existingfile" help:"Relations to load: from, relation, to, weight, separated by tabs."`
	Totals bool     `help:"Also print, by the total of a score, how many of the first ten answers are good."`
	Fall   float64  `default:"0.004" help:"How far a figure may fall below the golden one."`
	Dirs   []string `arg:"" name:"dir" type:"existingdir" help:"Folders with docs.tsv, queries.tsv and qrels.tsv."`
}

// figures are the results of one bench. Queries without a relevant document
// are not counted.
type figures struct {
	Bench   string  `json:"bench"`
	Mode    string  `json:"mode"`
	Chain   bool    `json:"chain,omitempty"` // relations were loaded
	Queries int     `json:"queries"`
	Hit1    float64 `json:"hit@1"`
	Hit10   float64 `json:"hit@10"`
	MRR10   float64 `json:"mrr@10"`
	Recall  float64 `json:"recall@10"`
	Rate    float64 `json:"queries_per_s"`
}

// goldenFigures are what the benches must reach again.
//
//go:embed matcher/testdata/eval.golden.json
var goldenFigures []byte

// fallen compares figures with the golden ones of their bench and mode, if there are any.
func (e *evalCmd) fallen(f figures) (string, error) {
	var golden []figures
	if err := json.Unmarshal(goldenFigures, &golden); err != nil {
		return "", fmt.Errorf("golden figures: %w", err)
	}
	for _, g := range golden {
		if benchName(g.Bench) == f.Bench && g.Mode == f.Mode && g.Chain == (e.Chain != "") &&
			(f.Hit10 < g.Hit10-e.Fall || f.MRR10 < g.MRR10-e.Fall) {
			return fmt.Sprintf("%s, %s: hit@10 %.3f and MRR@10 %.3f were %.3f and %.3f", f.Bench, f.Mode, f.Hit10, f.MRR10, g.Hit10, g.MRR10), nil
		}
	}
	return "", nil
}

// Run measures every folder, prints its figures and fails when one is worse than
// the golden figure.
func (e *evalCmd) Run(ctx context.Context) error {
	var graph *chain.Graph
	if e.Chain != "" {
		var err error
		if graph, err = readGraph(e.Chain); err != nil {
			return err
		}
	}
	if !e.JSON {
		fmt.Printf("%-46s %-10s %7s %6s %6s %6s %9s %9s\n", "bench", "mode", "queries", "hit@1", "hit@10", "mrr@10", "recall@10", "queries/s")
	}
	var worse []string
	for _, dir := range e.Dirs {
		f, err := e.measure(ctx, dir, graph)
		if err != nil {
			return fmt.Errorf("eval %s: %w", dir, err)
		}
		if err := e.print(os.Stdout, f); err != nil {
			return err
		}
		fell, err := e.fallen(f)
		if err != nil {
			return err
		}
		if fell != "" {
			worse = append(worse, fell)
		}
	}
	if len(worse) > 0 {
		return fmt.Errorf("worse than the golden figures: %s", strings.Join(worse, "; "))
	}
	return nil
}

func (e *evalCmd) print(w io.Writer, f figures) error {
	if e.JSON {
		return json.NewEncoder(w).Encode(f)
	}
	_, err := fmt.Fprintf(w, "%-46s %-10s %7d %6.3f %6.3f %6.3f %9.3f %9.0f\n", f.Bench, f.Mode, f.Queries, f.Hit1, f.Hit10, f.MRR10, f.Recall, f.Rate)
	return err
}

// measure indexes the docs as supply listings, asks every query and compares.
func (e *evalCmd) measure(ctx context.Context, dir string, graph *chain.Graph) (figures, error) {
	f := figures{Bench: benchName(dir), Mode: e.Mode, Chain: graph != nil}
	docs, err1 := readTable(filepath.Join(dir, "docs.tsv"), 2)
	queries, err2 := readTable(filepath.Join(dir, "queries.tsv"), 2)
	judged, err3 := readTable(filepath.Join(dir, "qrels.tsv"), 2)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return f, err
		}
	}
	texts := make([]matcher.Text, len(docs))
	for i, d := range docs {
		texts[i] = matcher.Text{ID: d[0], Text: d[1]}
	}
	asker, err := matcher.NewAsker(texts, matcher.Mode(e.Mode), graph)
	if err != nil {
		return f, err
	}
	defer asker.Close()
	good := relevant(judged)
	var t byTotal
	began := time.Now()
	for _, q := range queries {
		if len(good[q[0]]) == 0 {
			continue
		}
		found, err := asker.Ask(ctx, q[1], 10)
		if err != nil {
			return f, fmt.Errorf("query %s: %w", q[0], err)
		}
		f.count(found, good[q[0]])
		if e.Totals {
			if err := t.count(ctx, asker, q[1], good[q[0]]); err != nil {
				return f, err
			}
		}
		if e.Show > 0 && !slices.Contains(good[q[0]], append(found, "")[0]) {
			e.Show--
			show(os.Stderr, q[1], found, good[q[0]], texts)
		}
	}
	f.mean(time.Since(began))
	if e.Totals {
		t.print(os.Stderr)
	}
	return f, nil
}

// byTotal counts answers and good ones by tens of their totals.
type byTotal [11]struct{ all, good int }

func (t *byTotal) count(ctx context.Context, a *matcher.Asker, question string, good []string) error {
	ids, totals, err := a.Totals(ctx, question, 10)
	for i, id := range ids {
		t[totals[i]/10].all++
		if slices.Contains(good, id) {
			t[totals[i]/10].good++
		}
	}
	return err
}

func (t *byTotal) print(w io.Writer) {
	for i := range t {
		if n := t[i]; n.all > 0 {
			fmt.Fprintf(w, "  total %3d–%-3d %6d answers, %3d %% good\n", 10*i, min(100, 10*i+9), n.all, 100*n.good/n.all)
		}
	}
}

// show prints what was found for a question, + for what is good.
func show(w io.Writer, question string, found, good []string, texts []matcher.Text) {
	text := func(id string) string {
		i := slices.IndexFunc(texts, func(t matcher.Text) bool { return t.ID == id })
		if i < 0 {
			return "?"
		}
		r := []rune(texts[i].Text)
		return string(r[:min(len(r), 60)])
	}
	fmt.Fprintf(w, "%s\n", question)
	for i, id := range found {
		mark := " "
		if slices.Contains(good, id) {
			mark = "+"
		}
		fmt.Fprintf(w, "  %2d %s %s\n", i+1, mark, text(id))
	}
	for _, id := range good[:min(3, len(good))] {
		fmt.Fprintf(w, "  wanted %s\n", text(id))
	}
}

// benchName is the folder's name after that of its collection.
func benchName(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	parent := filepath.Dir(dir)
	if filepath.Base(parent) == "bench" {
		parent = filepath.Dir(parent)
	}
	return filepath.Base(parent) + "/" + filepath.Base(dir)
}

// relevant lists the documents with a grade above 0 for each query.
func relevant(judged [][]string) map[string][]string {
	good := map[string][]string{}
	for _, row := range judged {
		grade := 1.0
		if len(row) > 2 {
			grade, _ = strconv.ParseFloat(strings.TrimSpace(row[2]), 64)
		}
		if grade > 0 {
			good[row[0]] = append(good[row[0]], row[1])
		}
	}
	return good
}

// count adds one query's answer to the sums.
func (f *figures) count(found, good []string) {
	f.Queries++
	hits := 0
	for i, id := range found {
		if !slices.Contains(good, id) {
			continue
		}
		if hits++; hits == 1 {
			f.MRR10 += 1 / float64(i+1)
			f.Hit10++
			if i == 0 {
				f.Hit1++
			}
		}
	}
	f.Recall += float64(hits) / float64(len(good))
}

func (f *figures) mean(took time.Duration) {
	if f.Queries == 0 {
		return
	}
	n := float64(f.Queries)
	f.Hit1, f.Hit10, f.MRR10, f.Recall = f.Hit1/n, f.Hit10/n, f.MRR10/n, f.Recall/n
	f.Rate = n / took.Seconds()
}

// readTable reads lines of at least n fields separated by tabs.
func readTable(file string, n int) ([][]string, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var rows [][]string
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		if len(row) < n {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			return nil, fmt.Errorf("%s: line %d has %d fields, wants %d", file, len(rows)+1, len(row), n)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

// readGraph reads a file as chain import takes it, and the kinds of products in it.
func readGraph(file string) (*chain.Graph, error) {
	rows, err := sheet.Open(file)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var relations []chain.Relation
	var kinds []chain.Kind
	var columns additionColumns
	for {
		cells, err := rows.Next()
		if err == io.EOF {
			return chain.NewGraph(relations, kinds), nil
		}
		if err != nil {
			return nil, err
		}
		if rows.Row() == 1 {
			var heading bool
			if columns, heading = columnsOf(cells); heading {
				continue
			}
		}
		r, kind, fault := columns.relation(cells)
		switch {
		case fault != nil:
			return nil, fmt.Errorf("%s: row %d: the weight is no number", file, rows.Row())
		case kind == isKind:
			kinds = append(kinds, chain.Kind{Broad: r.From, Narrow: r.To})
		case kind == isRelation && r.From != "" && r.To != "":
			relations = append(relations, r)
		}
	}
}
