package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"lianqiao/market"
	"lianqiao/matcher"
	"lianqiao/store"
)

// learnCmd makes weights and relations of what people answered. It writes files
// and changes nothing.
type learnCmd struct {
	keptIn  `embed:""`
	weighed `embed:""`
	Out     string   `default:"learned" help:"Folder for the files: weights-VERSION.json and relations.tsv."`
	Firms   int      `default:"3" help:"How many firms that make a product must post a need of a material for a relation of the two."`
	Bench   []string `type:"existingdir" help:"Folders of benches, as eval takes them, for the figures before and after; may be repeated."`
}

// Run learns. Too few answers, or none that give a reason, are no failure of the
// command: it says so and writes what else there is.
func (c *learnCmd) Run(ctx context.Context) error {
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return c.learn(ctx, st, os.Stdout)
}

func (c *learnCmd) learn(ctx context.Context, st *store.Store, out io.Writer) error {
	before, err := c.readWeights()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	if err := c.learnWeights(ctx, st, before, out); err != nil {
		return err
	}
	return c.learnRelations(ctx, st, out)
}

func (c *learnCmd) learnWeights(ctx context.Context, st *store.Store, before *matcher.Weights, out io.Writer) error {
	var judged []market.Judgement
	if err := st.Judgements(ctx, func(j market.Judgement) error { judged = append(judged, j); return nil }); err != nil {
		return err
	}
	after, learned, err := before.Learn(judged)
	var few *matcher.ErrTooFewAnswers
	switch {
	case errors.As(err, &few):
		fmt.Fprintf(out, "weights: too few answers: %v\n", err)
		return nil
	case errors.Is(err, matcher.ErrNothingLearned):
		fmt.Fprintf(out, "weights: %d answers, %d of them welcome: %v; %s stays\n", learned.Answers, learned.Good, err, before.Version)
		return nil
	case err != nil:
		return err
	}
	if err := c.figures(ctx, before, after, learned); err != nil {
		return err
	}
	var file bytes.Buffer
	if err := after.Write(&file, before.Version, learned); err != nil {
		return err
	}
	path := filepath.Join(c.Out, "weights-"+after.Version+".json")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(out, "weights: %s, from %d answers, %d of them welcome, %d held out\n", path, learned.Answers, learned.Good, learned.HeldOut)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range learned.Factors {
		fmt.Fprintf(t, "  %s\t× %.2f\t(%.1f standard errors)\n", f.Term, f.Factor, f.Surely)
	}
	fmt.Fprintf(t, "  figure\tbefore\tafter\n")
	for _, f := range learned.Figures {
		fmt.Fprintf(t, "  %s\t%.3f\t%.3f\n", f.Name, f.Before, f.After)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "Nothing is changed. Read the file; to use it, start every process with -weights %s (LIANQIAO_WEIGHTS).\n", path)
	return nil
}

// figures adds those of the hard cases and of the benches that were named.
func (c *learnCmd) figures(ctx context.Context, before, after *matcher.Weights, l *matcher.Learned) error {
	b, err := matcher.AskHardCases(ctx, before)
	if err != nil {
		return err
	}
	a, err := matcher.AskHardCases(ctx, after)
	if err != nil {
		return err
	}
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	l.Figures = append(l.Figures,
		matcher.BeforeAfter{Name: "hard cases: wanted in the first three", Before: share(b.Found, b.Wanted), After: share(a.Found, a.Wanted)},
		matcher.BeforeAfter{Name: "hard cases: unwanted below the threshold", Before: share(b.Below, b.Unwanted), After: share(a.Below, a.Unwanted)})
	e := evalCmd{Mode: "auto"}
	for _, dir := range c.Bench {
		was, err := e.measure(ctx, dir, matcher.Asking{Weights: before})
		if err != nil {
			return err
		}
		is, err := e.measure(ctx, dir, matcher.Asking{Weights: after})
		if err != nil {
			return err
		}
		l.Figures = append(l.Figures, matcher.BeforeAfter{Name: was.Bench + ": hit@10", Before: was.Hit10, After: is.Hit10}, matcher.BeforeAfter{Name: was.Bench + ": mrr@10", Before: was.MRR10, After: is.MRR10})
	}
	return nil
}

func (c *learnCmd) learnRelations(ctx context.Context, st *store.Store, out io.Writer) error {
	list, err := matcher.LearnRelations(ctx, st, c.Firms)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintf(out, "relations: none that at least %d firms bear out and that is not known\n", c.Firms)
		return nil
	}
	var file bytes.Buffer
	fmt.Fprintln(&file, "from\tto\tweight\tfirms\tmakers\tagreed")
	for _, r := range list {
		fmt.Fprintf(&file, "%s\t%s\t%s\t%d\t%d\t%d\n", r.From, r.To, strconv.FormatFloat(r.Weight, 'f', -1, 64), r.Firms, r.Makers, r.Agreed)
	}
	path := filepath.Join(c.Out, "relations.tsv")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(out, "relations: %s, %d. Nothing is changed. Strike out what is wrong; to use the rest: lianqiao chain import -kind relation %s\n", path, len(list), path)
	return nil
}
