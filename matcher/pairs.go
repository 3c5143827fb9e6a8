package matcher

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed testdata/pairs/*.txt
var pairFiles embed.FS

// HardCase is one need with what should and should not be proposed for it, in
// our own words.
type HardCase struct {
	Need             string
	Wanted, Unwanted []string
}

// HardCases reads those of the project: "?" a need, "+" wanted, "-" unwanted.
func HardCases() ([]HardCase, error) {
	entries, err := pairFiles.ReadDir("testdata/pairs")
	if err != nil {
		return nil, err
	}
	var cases []HardCase
	for _, e := range entries {
		raw, err := pairFiles.ReadFile("testdata/pairs/" + e.Name())
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(raw)) {
			kind, text, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			switch kind {
			case "?":
				cases = append(cases, HardCase{Need: text})
			case "+":
				cases[len(cases)-1].Wanted = append(cases[len(cases)-1].Wanted, text)
			case "-":
				cases[len(cases)-1].Unwanted = append(cases[len(cases)-1].Unwanted, text)
			}
		}
	}
	return cases, nil
}

// HardResult is how the cases came out.
type HardResult struct {
	Wanted, Found   int      // supplies, and those in the first three at or above the threshold
	Unwanted, Below int      // supplies, and those below the threshold
	Misses          []string // what went wrong, in words
	Totals          []Judged // of every supply that a case speaks of and that was found
}

// Judged is a total that somebody judged.
type Judged struct {
	Total int
	Good  bool
}

// AskHardCases asks every need among the supplies of all cases.
func AskHardCases(ctx context.Context, w *Weights) (r HardResult, err error) {
	cases, err := HardCases()
	if err != nil {
		return r, err
	}
	var texts []Text
	for _, c := range cases {
		for _, s := range append(slices.Clone(c.Wanted), c.Unwanted...) {
			texts = append(texts, Text{ID: fmt.Sprintf("%04d", len(texts)), Text: s})
		}
	}
	asker, err := NewAsker(texts, Asking{Mode: ModeNeed, Weights: w})
	if err != nil {
		return r, err
	}
	defer asker.Close()
	for _, c := range cases {
		answers, err := asker.need(ctx, c.Need, 10)
		if err != nil {
			return r, err
		}
		place, total := map[string]int{}, map[string]int{}
		for i, a := range answers {
			s := texts[slices.IndexFunc(texts, func(x Text) bool { return x.ID == a.id })].Text
			total[s] = int(a.total)
			if _, ok := place[s]; !ok {
				place[s] = i + 1
			}
		}
		r.count(c, place, total)
	}
	return r, nil
}

func (r *HardResult) count(c HardCase, place, total map[string]int) {
	for _, s := range c.Wanted {
		r.Wanted++
		if place[s] > 0 {
			r.Totals = append(r.Totals, Judged{total[s], true})
		}
		if place[s] > 0 && place[s] <= 3 && total[s] >= DefaultThreshold {
			r.Found++
		} else {
			r.Misses = append(r.Misses, fmt.Sprintf("%s: wanted %s is at place %d with %d", c.Need, s, place[s], total[s]))
		}
	}
	for _, s := range c.Unwanted {
		r.Unwanted++
		if place[s] > 0 {
			r.Totals = append(r.Totals, Judged{total[s], false})
		}
		if total[s] < DefaultThreshold {
			r.Below++
		} else {
			r.Misses = append(r.Misses, fmt.Sprintf("%s: unwanted %s has %d", c.Need, s, total[s]))
		}
	}
}
