package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
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
	JSON  bool     `name:"json" help:"One JSON object per bench on a line instead of a table."`
	Mode  string   `enum:"auto,need,search,upstream,downstream,synonym" default:"auto" help:"Who asks: ${enum}; auto: as the golden figures of the bench, or else need."`
	Show  int      `help:"Also print so many questions whose first good answer is not on top, with what stood there."`
	Chain string   `type:"existingfile" help:"Relations to load, in a file as chain import takes it."`
	Half  int      `enum:"0,1,2" default:"0" help:"Ask only the first or the second half of the questions, parted by the CRC-32 of their words: who tunes looks at the misses of the first alone. Half a bench is not compared with golden figures."`
	Fall  float64  `default:"0.004" help:"How far a figure may fall below the golden one."`
	Dirs  []string `arg:"" optional:"" name:"dir" type:"existingdir" help:"Folders with docs.tsv, queries.tsv and qrels.tsv."`

	Ablate    bool `xor:"what" help:"Print what each part of the ranking adds, and what it costs, by leaving out one at a time."`
	Calibrate bool `xor:"what" help:"Print by the total of a score how many of the first ten answers are right, on the benches and the project's own hard cases, and what thresholds would keep."`

	weighed `embed:""`
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
	if e.Half > 0 {
		return "", nil
	}
	if err := json.Unmarshal(goldenFigures, &golden); err != nil {
		return "", fmt.Errorf("golden figures: %w", err)
	}
	for _, g := range golden {
		if benchName(g.Bench) == f.Bench && g.Mode == f.Mode && g.Chain == f.Chain &&
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
	weights, err := e.readWeights()
	if err != nil {
		return err
	}
	how := matcher.Asking{Graph: graph, Weights: weights}
	switch {
	case e.Ablate:
		return e.ablate(ctx, os.Stdout, how)
	case e.Calibrate:
		return e.calibrate(ctx, os.Stdout, how)
	case len(e.Dirs) == 0:
		return errors.New("no folder of a bench is named")
	}
	if !e.JSON {
		fmt.Printf("%-46s %-10s %7s %6s %6s %6s %9s %9s\n", "bench", "mode", "queries", "hit@1", "hit@10", "mrr@10", "recall@10", "queries/s")
	}
	var worse []string
	for _, dir := range e.Dirs {
		f, err := e.measure(ctx, dir, how)
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

// bench is a folder of docs, queries and judgements.
type bench struct {
	name    string
	texts   []matcher.Text
	queries [][]string // id, text; those with a right answer
	good    map[string][]string
}

func readBench(dir string) (bench, error) {
	b := bench{name: benchName(dir)}
	docs, err1 := readTable(filepath.Join(dir, "docs.tsv"), 2)
	queries, err2 := readTable(filepath.Join(dir, "queries.tsv"), 2)
	judged, err3 := readTable(filepath.Join(dir, "qrels.tsv"), 2)
	if err := errors.Join(err1, err2, err3); err != nil {
		return b, err
	}
	for _, d := range docs {
		b.texts = append(b.texts, matcher.Text{ID: d[0], Text: d[1]})
	}
	b.good = relevant(judged)
	for _, q := range queries {
		if len(b.good[q[0]]) > 0 {
			b.queries = append(b.queries, q)
		}
	}
	return b, nil
}

// halfOf is the half, 1 or 2, that a question is in.
func halfOf(text string) int { return 1 + int(crc32.ChecksumIEEE([]byte(text))&1) }

// mode is who asks a bench.
func (e *evalCmd) mode(bench string) (matcher.Mode, error) {
	if e.Mode != "auto" {
		return matcher.Mode(e.Mode), nil
	}
	var golden []figures
	if err := json.Unmarshal(goldenFigures, &golden); err != nil {
		return "", fmt.Errorf("golden figures: %w", err)
	}
	for _, g := range golden {
		if benchName(g.Bench) == bench {
			return matcher.Mode(g.Mode), nil
		}
	}
	return matcher.ModeNeed, nil
}

// measure indexes the docs as supply listings, asks every query and compares.
func (e *evalCmd) measure(ctx context.Context, dir string, how matcher.Asking) (f figures, err error) {
	b, err := readBench(dir)
	if err != nil {
		return f, err
	}
	if how.Mode, err = e.mode(b.name); err != nil {
		return f, err
	}
	b.queries = slices.DeleteFunc(b.queries, func(q []string) bool { return e.Half > 0 && halfOf(q[1]) != e.Half })
	return e.ask(ctx, b, how)
}

// ask puts a bench's questions.
func (e *evalCmd) ask(ctx context.Context, b bench, how matcher.Asking) (figures, error) {
	asker, err := matcher.NewAsker(b.texts, how)
	if err != nil {
		return figures{}, err
	}
	defer asker.Close()
	return e.askAll(ctx, b, asker)
}

func (e *evalCmd) askAll(ctx context.Context, b bench, asker *matcher.Asker) (figures, error) {
	f := figures{Bench: b.name, Mode: string(asker.Mode), Chain: asker.Graph != nil}
	began := time.Now()
	for _, q := range b.queries {
		if err := ctx.Err(); err != nil {
			return f, err
		}
		found, err := asker.Ask(ctx, q[1], 10)
		if err != nil {
			return f, fmt.Errorf("query %s: %w", q[0], err)
		}
		f.count(found, b.good[q[0]])
		if e.Show > 0 && !slices.Contains(b.good[q[0]], append(found, "")[0]) {
			e.Show--
			show(os.Stderr, q[1], found, b.good[q[0]], b.texts)
		}
	}
	f.mean(time.Since(began))
	return f, nil
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
