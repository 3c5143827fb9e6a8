package matcher

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hardCase is one need with what should and should not be proposed for it.
type hardCase struct {
	need             string
	wanted, unwanted []string
}

func readPairs(t *testing.T) []hardCase {
	files, err := filepath.Glob("testdata/pairs/*.txt")
	require.NoError(t, err)
	var cases []hardCase
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, line := range strings.Split(string(raw), "\n") {
			kind, text, _ := strings.Cut(line, " ")
			switch kind {
			case "?":
				cases = append(cases, hardCase{need: text})
			case "+":
				cases[len(cases)-1].wanted = append(cases[len(cases)-1].wanted, text)
			case "-":
				cases[len(cases)-1].unwanted = append(cases[len(cases)-1].unwanted, text)
			}
		}
	}
	return cases
}

// TestPairs asks every need among the supplies of all cases: of the wanted, 95
// in 100 are in the first three, and of the unwanted as many below the threshold.
func TestPairs(t *testing.T) {
	cases := readPairs(t)
	require.GreaterOrEqual(t, len(cases), 60)
	var texts []Text
	for _, c := range cases {
		for _, s := range append(slices.Clone(c.wanted), c.unwanted...) {
			texts = append(texts, Text{ID: fmt.Sprintf("%04d", len(texts)), Text: s})
		}
	}
	asker, err := NewAsker(texts, ModeNeed, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, asker.Close()) })
	var wanted, found, unwanted, below int
	for _, c := range cases {
		answers, err := asker.need(t.Context(), c.need, 10)
		require.NoError(t, err)
		totals := map[string]float64{}
		place := map[string]int{}
		for i, a := range answers {
			s := texts[slices.IndexFunc(texts, func(x Text) bool { return x.ID == a.id })].Text
			totals[s] = a.total
			if _, ok := place[s]; !ok {
				place[s] = i + 1
			}
		}
		for _, w := range c.wanted {
			wanted++
			if place[w] > 0 && place[w] <= 3 && totals[w] >= DefaultThreshold {
				found++
			} else {
				t.Logf("%s: wanted %s is at place %d with %.0f", c.need, w, place[w], totals[w])
			}
		}
		for _, u := range c.unwanted {
			unwanted++
			if totals[u] < DefaultThreshold {
				below++
			} else {
				t.Logf("%s: unwanted %s has %.0f", c.need, u, totals[u])
			}
		}
	}
	t.Logf("%d cases: wanted in the first three %d/%d, unwanted below the threshold %d/%d", len(cases), found, wanted, below, unwanted)
	require.GreaterOrEqual(t, float64(found), 0.95*float64(wanted))
	require.GreaterOrEqual(t, float64(below), 0.95*float64(unwanted))
}
