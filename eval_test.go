package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/matcher"
)

// smallBench is a folder of a bench in which only the groups of words for the
// same thing tell that the first doc is wanted.
func smallBench(t *testing.T) string {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"docs.tsv":    "d1\t制动液 合成\nd2\t刹车灯 汽车\nd3\t刹车盘\nd4\t冷却液\nd5\t6061 铝棒\n",
		"queries.tsv": "q1\t刹车液\nq2\t6061 铝棒\nq3\t无人问\n",
		"qrels.tsv":   "q1\td1\t1\nq2\td5\t1\nq3\td4\t0\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// TestAblate: each part has its line, and the one that a question needs is missed.
func TestAblate(t *testing.T) {
	e := evalCmd{Mode: "need", Dirs: []string{smallBench(t)}}
	var out bytes.Buffer
	require.NoError(t, e.ablate(t.Context(), &out, matcher.Asking{}))
	mrr := map[string]string{}
	for line := range strings.Lines(out.String()) {
		if f := strings.Fields(line); len(f) > 3 {
			mrr[strings.Join(f[:len(f)-3], " ")] = f[len(f)-2]
		}
	}
	for _, p := range matcher.Parts() {
		require.Contains(t, mrr, string(p))
	}
	require.Equal(t, "1.000", mrr["nothing"])
	require.Less(t, mrr[string(matcher.PartSame)], "1.000")
	require.Contains(t, out.String(), "need, 2 queries", "a question without a right answer does not count")
}

// TestCalibrate: of the hard cases, what is proposed is right nearly always.
func TestCalibrate(t *testing.T) {
	e := evalCmd{Mode: "need", Dirs: []string{smallBench(t)}}
	var out bytes.Buffer
	require.NoError(t, e.calibrate(t.Context(), &out, matcher.Asking{Weights: matcher.Present()}))
	require.Contains(t, out.String(), "the project's hard cases: ")
	require.Contains(t, out.String(), "threshold in force, 58: 99% of what is proposed is right, 100% of what is right is proposed")

	out.Reset()
	printBands(&out, "x", []matcher.Judged{{Total: 82, Good: true}, {Total: 81, Good: false}, {Total: 70, Good: true}, {Total: 30, Good: false}})
	require.Contains(t, out.String(), "  80–84          2       1     50%   50%, 50%\n")
	require.Contains(t, out.String(), "threshold keeping 95%, 70: 67% of what is proposed is right, 100% of what is right is proposed")
}

// TestHalves: every question is in one half, always the same, and half a bench is
// not compared.
func TestHalves(t *testing.T) {
	dir := smallBench(t)
	var asked []int
	for half := 1; half <= 2; half++ {
		e := evalCmd{Mode: "need", Half: half}
		f, err := e.measure(t.Context(), dir, matcher.Asking{})
		require.NoError(t, err)
		asked = append(asked, f.Queries)
		fell, err := e.fallen(figures{Bench: "cmrc2018/question_to_paragraph", Mode: "search"})
		require.NoError(t, err)
		require.Empty(t, fell)
	}
	require.Equal(t, []int{0, 2}, asked, "both are in the second by their sums")
	require.Equal(t, 1, halfOf("铝板"))
	require.Equal(t, 2, halfOf("毛巾"))
	fell, err := (&evalCmd{}).fallen(figures{Bench: "cmrc2018/question_to_paragraph", Mode: "search"})
	require.NoError(t, err)
	require.NotEmpty(t, fell)
}
