package matcher

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// judgedWorld invents judged proposals; welcome is the chance that one is, by its
// total and the share that each of its terms earned.
func judgedWorld(n int, seed uint64, welcome func(total float64, share map[market.TermName]float64) float64) []market.Judgement {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var out []market.Judgement
	for i := range n {
		p := market.Proposal{ID: fmt.Sprint(i), NeedBy: fmt.Sprint("firm ", rnd.IntN(n/4)), Kind: market.Direct, Weights: present.Version}
		share, total := map[market.TermName]float64{}, 0.0
		for _, w := range Present().terms() {
			t := market.Term{Name: w.name, Max: w.max}
			switch x := rnd.Float64(); {
			case x < 0.3:
				t.Verdict, t.Points = market.Unknown, cents(w.max*unknownShare)
			default:
				t = earned(t, min(1, max(0, x*1.8-0.7)), w.miss)
			}
			if w.name == market.TermProduct {
				t = earned(t, []float64{1, 0.95, 0.8}[rnd.IntN(3)], 0)
			}
			share[w.name] = t.Points / t.Max
			total += t.Points
			p.Terms = append(p.Terms, t)
		}
		out = append(out, market.Judgement{Proposal: p, Good: rnd.Float64() < welcome(total, share), Says: 1})
	}
	return out
}

func curveAt(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func weightOfTerm(w *Weights, name market.TermName) float64 {
	for _, t := range w.terms() {
		if t.name == name {
			return t.max
		}
	}
	return 0
}

// TestLearn: who answers by the total and, more than it says, by the distance and
// hardly by the price, moves these two the right way and nothing else far.
func TestLearn(t *testing.T) {
	judged := judgedWorld(3000, 7, func(total float64, share map[market.TermName]float64) float64 {
		return curveAt((total-62)/8 + 3*(share[market.TermDistance]-0.5) - 5.0/8*share[market.TermPrice])
	})
	w, l, err := Present().Learn(judged)
	require.NoError(t, err)
	require.Greater(t, weightOfTerm(w, market.TermDistance), 1.5*weightOfTerm(&present, market.TermDistance))
	require.Less(t, weightOfTerm(w, market.TermPrice), 0.8*weightOfTerm(&present, market.TermPrice))
	require.NotEqual(t, present.Version, w.Version)
	require.True(t, strings.HasPrefix(w.Version, present.Version+"-"))
	for _, f := range l.Factors {
		require.Contains(t, []market.TermName{market.TermDistance, market.TermPrice}, f.Term)
	}
	require.Less(t, l.Figures[0].After, l.Figures[0].Before, "what was held out surprises less")
	require.Greater(t, l.Figures[1].After, l.Figures[1].Before)

	again, _, err := Present().Learn(judged)
	require.NoError(t, err)
	require.Equal(t, w, again, "the same answers, the same weights")

	var file bytes.Buffer
	require.NoError(t, w.Write(&file, present.Version, l))
	read, err := ReadWeights(&file)
	require.NoError(t, err)
	require.Equal(t, w, read)
}

// TestLearnNothing: answers at random, and answers that go just as the total
// says, leave the weights as they are, in whatever world.
func TestLearnNothing(t *testing.T) {
	for seed := range uint64(10) {
		_, _, err := Present().Learn(judgedWorld(1200, seed, func(float64, map[market.TermName]float64) float64 { return 0.4 }))
		require.ErrorIs(t, err, ErrNothingLearned, "random, seed %d", seed)
		_, l, err := Present().Learn(judgedWorld(1200, seed, func(total float64, _ map[market.TermName]float64) float64 { return curveAt((total - 62) / 8) }))
		require.ErrorIs(t, err, ErrNothingLearned, "by the total, seed %d: %+v", seed, l)
	}
	var few *ErrTooFewAnswers
	_, _, err := Present().Learn(judgedWorld(LeastAnswers-1, 1, func(float64, map[market.TermName]float64) float64 { return 0.5 }))
	require.True(t, errors.As(err, &few))
	require.Equal(t, LeastAnswers-1, few.Answers)
	_, _, err = Present().Learn(judgedWorld(1000, 1, func(float64, map[market.TermName]float64) float64 { return 0.01 }))
	require.True(t, errors.As(err, &few), "hardly anything is welcome")
}

func TestReadWeights(t *testing.T) {
	var good bytes.Buffer
	require.NoError(t, Present().Write(&good, "", nil))
	_, err := ReadWeights(strings.NewReader(good.String()))
	require.NoError(t, err)
	for change, want := range map[[2]string]string{
		{`"max": 47`, `"max": 50`}:                                "add up to 103",
		{`"miss": -37`, `"miss": 37`}:                             `"grade" wants`,
		{`"max": 1.5`, `"max": 0`}:                                "wants a max above 0",
		{`"distance"`, `"distanze"`}:                              `"distance" is missing`,
		{`"version": "` + present.Version + `"`, `"version": ""`}: "none of its own",
		{`"base"`, `"bass"`}:                                      "unknown field",
	} {
		_, err := ReadWeights(strings.NewReader(strings.Replace(good.String(), change[0], change[1], 1)))
		require.ErrorContains(t, err, want)
	}
	other := *Present()
	other.product.max, other.wording.max = 40, 15
	var file bytes.Buffer
	require.NoError(t, other.Write(&file, "", nil))
	_, err = ReadWeights(&file)
	require.ErrorContains(t, err, "none of its own", "other numbers under the program's own version")
}
