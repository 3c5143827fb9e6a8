package matcher

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is what a bench must reach again, less a rounding.
type golden struct {
	Bench string  `json:"bench"` // folder below LIANQIAO_DATA
	Mode  Mode    `json:"mode"`
	Chain bool    `json:"chain"` // wants relations loaded: lianqiao eval -chain compares it
	Hit10 float64 `json:"hit@10"`
	MRR10 float64 `json:"mrr@10"`
}

// TestGolden asks the benches of real listings again.
func TestGolden(t *testing.T) {
	data := os.Getenv("LIANQIAO_DATA")
	if data == "" {
		t.Skip("SKIPPED: LIANQIAO_DATA names no folder of real listings; the golden figures are not compared")
	}
	raw, err := os.ReadFile("testdata/eval.golden.json")
	require.NoError(t, err)
	var want []golden
	require.NoError(t, json.Unmarshal(raw, &want))
	for _, g := range want {
		if g.Chain {
			continue
		}
		t.Run(g.Bench, func(t *testing.T) {
			hit, mrr := askAll(t, filepath.Join(data, g.Bench), g.Mode)
			t.Logf("hit@10 %.4f mrr@10 %.4f", hit, mrr)
			require.GreaterOrEqual(t, hit, g.Hit10-0.002)
			require.GreaterOrEqual(t, mrr, g.MRR10-0.002)
		})
	}
}

func askAll(t *testing.T, dir string, mode Mode) (hit, mrr float64) {
	var texts []Text
	for _, r := range table(t, dir, "docs.tsv") {
		texts = append(texts, Text{ID: r[0], Text: r[1]})
	}
	good := map[string][]string{}
	for _, r := range table(t, dir, "qrels.tsv") {
		if len(r) < 3 || r[2] != "0" {
			good[r[0]] = append(good[r[0]], r[1])
		}
	}
	asker, err := NewAsker(texts, Asking{Mode: mode})
	require.NoError(t, err)
	defer asker.Close()
	n := 0.0
	for _, q := range table(t, dir, "queries.tsv") {
		if len(good[q[0]]) == 0 {
			continue
		}
		n++
		found, err := asker.Ask(t.Context(), q[1], 10)
		require.NoError(t, err)
		if i := slices.IndexFunc(found, func(id string) bool { return slices.Contains(good[q[0]], id) }); i >= 0 {
			hit, mrr = hit+1, mrr+1/float64(i+1)
		}
	}
	return hit / n, mrr / n
}

func table(t *testing.T, dir, file string) (rows [][]string) {
	raw, err := os.ReadFile(filepath.Join(dir, file))
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimRight(string(raw), "\n"), "\n") {
		rows = append(rows, strings.Split(line, "\t"))
	}
	return rows
}
