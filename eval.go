package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianqiao/matcher"
)

type evalCmd struct {
	JSON  bool     `name:"json" help:"One JSON object per bench on a line instead of a table."`
	Mode  string   `enum:"need,search,upstream,downstream,synonym" default:"need" help:"Who asks: ${enum}."`
	Chain string   `type:"existingfile" help:"Relations to load: from, relation, to, weight, separated by tabs."`
	Dirs  []string `arg:"" name:"dir" type:"existingdir" help:"Folders with docs.tsv, queries.tsv and qrels.tsv."`
}

// figures are the results of one bench. Queries without a relevant document
// are not counted.
type figures struct {
	Bench   string  `json:"bench"`
	Mode    string  `json:"mode"`
	Queries int     `json:"queries"`
	Hit1    float64 `json:"hit@1"`
	Hit10   float64 `json:"hit@10"`
	MRR10   float64 `json:"mrr@10"`
	Recall  float64 `json:"recall@10"`
	Rate    float64 `json:"queries_per_s"`
}

// Run measures every folder and prints its figures.
func (e *evalCmd) Run(ctx context.Context) error {
	var relations []matcher.Relation
	if e.Chain != "" {
		var err error
		if relations, err = readRelations(e.Chain); err != nil {
			return err
		}
	}
	if !e.JSON {
		fmt.Printf("%-46s %-10s %7s %6s %6s %6s %9s %9s\n", "bench", "mode", "queries", "hit@1", "hit@10", "mrr@10", "recall@10", "queries/s")
	}
	for _, dir := range e.Dirs {
		f, err := measure(ctx, dir, matcher.Mode(e.Mode), relations)
		if err != nil {
			return fmt.Errorf("eval %s: %w", dir, err)
		}
		if err := e.print(os.Stdout, f); err != nil {
			return err
		}
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
func measure(ctx context.Context, dir string, mode matcher.Mode, relations []matcher.Relation) (figures, error) {
	f := figures{Bench: benchName(dir), Mode: string(mode)}
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
	asker, err := matcher.NewAsker(texts, mode, relations)
	if err != nil {
		return f, err
	}
	defer asker.Close()
	good := relevant(judged)
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
	}
	f.mean(time.Since(began))
	return f, nil
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

// readRelations reads from, relation, to and perhaps a weight. 上游材料 says that from needs
// to, 下游产品 that from is an input of to; other kinds are no way of the chain.
func readRelations(file string) ([]matcher.Relation, error) {
	rows, err := readTable(file, 3)
	if err != nil {
		return nil, err
	}
	var out []matcher.Relation
	for _, row := range rows {
		weight := 1.0
		if len(row) > 3 {
			if v, err := strconv.ParseFloat(row[3], 64); err == nil {
				weight = v
			}
		}
		switch row[1] {
		case "上游材料", "upstream":
			out = append(out, matcher.Relation{Product: row[0], Material: row[2], Weight: weight})
		case "下游产品", "downstream":
			out = append(out, matcher.Relation{Product: row[2], Material: row[0], Weight: weight})
		}
	}
	return out, nil
}
