package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"lianqiao/matcher"
)

// weighed is how commands are told of reviewed weights.
type weighed struct {
	Weights string `env:"LIANQIAO_WEIGHTS" help:"A reviewed file of weights, as learn writes it. Empty: the program's own."`
}

// readWeights reads the file, if one is named.
func (w weighed) readWeights() (*matcher.Weights, error) {
	if w.Weights == "" {
		return matcher.Present(), nil
	}
	f, err := os.Open(w.Weights)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	weights, err := matcher.ReadWeights(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Weights, err)
	}
	return weights, nil
}

// How often each bench is asked without each part, in turns, and for how long
// together: the fastest turn tells most of what a part costs, as other work on the
// machine only slows down.
const (
	turnsLeast = 3
	turnsMost  = 25
	turnsTime  = 30 * time.Second
)

// ablate prints a table for each bench: its figures and its cost with everything,
// and less one part at a time.
func (e *evalCmd) ablate(ctx context.Context, out io.Writer, how matcher.Asking) error {
	if len(e.Dirs) == 0 {
		return errors.New("-ablate wants the folder of a bench")
	}
	for _, dir := range e.Dirs {
		b, err := readBench(dir)
		if err != nil {
			return err
		}
		if how.Mode, err = e.mode(b.name); err != nil {
			return err
		}
		if err := e.ablateOne(ctx, out, b, how); err != nil {
			return fmt.Errorf("eval %s: %w", dir, err)
		}
	}
	return nil
}

func (e *evalCmd) ablateOne(ctx context.Context, out io.Writer, b bench, how matcher.Asking) error {
	parts := append([]matcher.Part{matcher.PartNone}, matcher.Parts()...)
	askers, best := make([]*matcher.Asker, len(parts)), make([]figures, len(parts))
	defer func() {
		for _, a := range askers {
			if a != nil {
				a.Close()
			}
		}
	}()
	for i, part := range parts {
		how.Without = part
		var err error
		if askers[i], err = matcher.NewAsker(b.texts, how); err != nil {
			return err
		}
	}
	begun := time.Now()
	for turn := 0; turn < turnsLeast || turn < turnsMost && time.Since(begun) < turnsTime; turn++ {
		for i := range parts {
			f, err := e.askAll(ctx, b, askers[i])
			if err != nil {
				return err
			}
			if f.Rate > best[i].Rate {
				best[i] = f
			}
		}
	}
	fmt.Fprintf(out, "%s, %s, %d queries\n%-34s %7s %7s %9s\n", b.name, how.Mode, len(b.queries), "without", "hit@10", "mrr@10", "µs/query")
	for i, part := range parts {
		fmt.Fprintf(out, "%-34s %7.3f %7.3f %9.0f\n", cmp.Or(string(part), "nothing"), best[i].Hit10, best[i].MRR10, 1e6/best[i].Rate)
	}
	return nil
}

// kept is the share of the right pairs that a threshold should keep.
const kept = 0.95

// calibrate prints the share of right pairs by the total of their score.
func (e *evalCmd) calibrate(ctx context.Context, out io.Writer, how matcher.Asking) error {
	hard, err := matcher.AskHardCases(ctx, how.Weights)
	if err != nil {
		return err
	}
	printBands(out, "the project's hard cases", hard.Totals)
	for _, dir := range e.Dirs {
		b, err := readBench(dir)
		if err != nil {
			return err
		}
		how.Mode = matcher.ModeNeed // the total of a pair is a need's
		judged, err := totalsOf(ctx, b, how)
		if err != nil {
			return err
		}
		printBands(out, b.name, judged)
	}
	return nil
}

// totalsOf are the totals of the first ten answers to every question.
func totalsOf(ctx context.Context, b bench, how matcher.Asking) ([]matcher.Judged, error) {
	asker, err := matcher.NewAsker(b.texts, how)
	if err != nil {
		return nil, err
	}
	defer asker.Close()
	var out []matcher.Judged
	for _, q := range b.queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ids, totals, err := asker.Totals(ctx, q[1], 10)
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			out = append(out, matcher.Judged{Total: totals[i], Good: slices.Contains(b.good[q[0]], id)})
		}
	}
	return out, nil
}

const band = 5 // points

// printBands prints how many answers of each band are right, what a threshold at
// its lower end would keep, and the one that keeps nearly all that is right.
func printBands(out io.Writer, name string, judged []matcher.Judged) {
	slices.SortFunc(judged, func(a, b matcher.Judged) int { return cmp.Compare(b.Total, a.Total) })
	right := count(judged, 0)
	fmt.Fprintf(out, "%s: %d answers, %d right\n%9s %8s %7s %7s   from here on up: %s\n", name, len(judged), right.good, "total", "answers", "right", "share", "right among them, of the right ones")
	for low := 100 / band * band; low >= 0; low -= band {
		at, above := count(judged, low), count(judged, low+band)
		if n := at.all - above.all; n > 0 {
			good := at.good - above.good
			fmt.Fprintf(out, "%4d–%-4d %8d %7d %6.0f%%   %.0f%%, %.0f%%\n", low, min(100, low+band-1), n, good, percent(good, n), percent(at.good, at.all), percent(at.good, right.good))
		}
	}
	threshold := 100
	for threshold > 0 && float64(count(judged, threshold).good) < kept*float64(right.good) {
		threshold--
	}
	for _, t := range []struct {
		what string
		at   int
	}{{"in force", matcher.DefaultThreshold}, {fmt.Sprintf("keeping %.0f%%", 100*kept), threshold}} {
		n := count(judged, t.at)
		fmt.Fprintf(out, "threshold %s, %d: %.0f%% of what is proposed is right, %.0f%% of what is right is proposed\n", t.what, t.at, percent(n.good, n.all), percent(n.good, right.good))
	}
	fmt.Fprintln(out)
}

type counted struct{ all, good int }

// count counts what reaches a total.
func count(judged []matcher.Judged, total int) (n counted) {
	for _, j := range judged {
		if j.Total >= total {
			n.all++
			if j.Good {
				n.good++
			}
		}
	}
	return n
}

func percent(part, of int) float64 {
	if of == 0 {
		return math.NaN()
	}
	return 100 * float64(part) / float64(of)
}
