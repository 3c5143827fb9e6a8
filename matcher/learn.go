package matcher

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"lianqiao/market"
)

// Learning never changes anything by itself: it makes new weights of what people
// answered, with figures before and after, and a person decides whether the
// program is started with them.
//
// The chance that a proposal is welcome is fitted as a logistic curve over its
// total. Then each term may count more or less than the total says, as far as the
// answers bear it out: only terms that deviate by significantly more than chance
// change, by half to double, and only when the answers of other firms, which were
// held out, are foretold better with them.

// LeastAnswers is how many judged proposals learning wants, and LeastOfEach of
// welcome and of unwelcome ones.
const (
	LeastAnswers = 200
	LeastOfEach  = 40
)

// How sure the answers must be: in standard errors, of the curve and of a term,
// and of the gain on what was held out.
const (
	surely       = 3.0
	gainSurely   = 1.64
	factorLeast  = 0.5
	factorMost   = 2.0
	ridge        = 1.0 // of a term's part, per standard deviation
	heldOutOneIn = 4   // firms
)

// ErrTooFewAnswers says that learning would be guessing.
type ErrTooFewAnswers struct{ Answers, Good, Bad int }

func (e *ErrTooFewAnswers) Error() string {
	return fmt.Sprintf("%d answers that say something of a pair, %d welcome and %d not; learning wants %d, and %d of each", e.Answers, e.Good, e.Bad, LeastAnswers, LeastOfEach)
}

// ErrNothingLearned says that the answers give no reason to change a weight.
var ErrNothingLearned = errors.New("the answers give no reason to change a weight")

// Learned says what weights were made from and what they are worth.
type Learned struct {
	Answers int           `json:"answers"`
	Good    int           `json:"good"`
	HeldOut int           `json:"held_out"` // of the answers, by firms that were not learned from
	Factors []TermFactor  `json:"factors"`  // terms that changed, before all were brought back to 100 points
	Figures []BeforeAfter `json:"figures"`
}

// TermFactor is by how much a term counts more, or less, and how sure that is.
type TermFactor struct {
	Term   market.TermName `json:"term"`
	Factor float64         `json:"factor"`
	Surely float64         `json:"standard_errors"`
}

// BeforeAfter is one figure with the former weights and with the new ones.
type BeforeAfter struct {
	Name   string  `json:"name"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// sample is one judged proposal: the points of each term by the weights of w.
type sample struct {
	points  []float64
	total   float64
	good    float64
	says    float64
	heldOut bool
}

// samplesOf reads the points off the kept terms, as the weights w would give them.
func (w *Weights) samplesOf(judged []market.Judgement) []sample {
	terms := w.terms()
	at := map[market.TermName]int{}
	for i, t := range terms {
		at[t.name] = i
	}
	var out []sample
	says := 0.0
	for _, j := range judged {
		if j.Proposal.Kind == market.Potential {
			continue
		}
		most := make([]float64, len(terms))
		for _, t := range j.Proposal.Terms {
			if i, ok := at[t.Name]; ok {
				most[i] += t.Max
			}
		}
		s := sample{points: make([]float64, len(terms)), says: j.Says, heldOut: heldOut(j.Proposal.NeedBy)}
		if j.Good {
			s.good = 1
		}
		for _, t := range j.Proposal.Terms {
			i, ok := at[t.Name]
			if !ok || most[i] == 0 {
				continue
			}
			scale := terms[i].max / most[i]
			if p := t.Points * scale; t.Verdict == market.Misses && t.Points < 0 {
				s.points[i] += terms[i].miss * t.Max / most[i]
			} else {
				s.points[i] += p
			}
		}
		for _, p := range s.points {
			s.total += p
		}
		out = append(out, s)
		says += s.says
	}
	for i := range out { // together they say no more than so many answers
		out[i].says *= float64(len(out)) / says
	}
	return out
}

// heldOut puts a firm's needs on one side of the cut, whatever is answered to them.
func heldOut(firm string) bool {
	h := fnv.New32a()
	h.Write([]byte(firm))
	return h.Sum32()%heldOutOneIn == 0
}

// Learn makes new weights of judged proposals, in the order of their ids. It
// fails with ErrTooFewAnswers or ErrNothingLearned.
func (w *Weights) Learn(judged []market.Judgement) (*Weights, *Learned, error) {
	samples := w.samplesOf(judged)
	l := &Learned{Answers: len(samples)}
	var from, held []sample
	for _, s := range samples {
		l.Good += int(s.good)
		if s.heldOut {
			held = append(held, s)
		} else {
			from = append(from, s)
		}
	}
	l.HeldOut = len(held)
	if bad := l.Answers - l.Good; l.Answers < LeastAnswers || min(l.Good, bad) < LeastOfEach || len(held) < LeastOfEach/2 {
		return nil, nil, &ErrTooFewAnswers{l.Answers, l.Good, bad}
	}
	before := fitTotal(from, nil)
	if before.slope <= 0 || before.slope < surely*before.slopeError {
		return nil, l, ErrNothingLearned // people do not answer as the total says, nor by anything in it
	}
	factors := w.factors(from, l)
	if len(l.Factors) == 0 {
		return nil, l, ErrNothingLearned
	}
	after := fitTotal(from, factors)
	gain, err := gained(held, before, after, factors)
	l.Figures = append(l.Figures,
		BeforeAfter{"held-out answers: surprise (log loss)", loss(held, before, nil), loss(held, after, factors)},
		BeforeAfter{"held-out answers: welcome above unwelcome", above(held, nil), above(held, factors)})
	if gain <= gainSurely*err {
		return nil, l, ErrNothingLearned
	}
	return w.times(factors), l, nil
}

// factors is by how much each term counts more than the total says; 1 for those
// of which the answers are not sure. The term of which they are surest is let free
// first, then the next, with what the total says fitted anew each time.
func (w *Weights) factors(from []sample, l *Learned) []float64 {
	terms := w.terms()
	out := make([]float64, len(terms))
	var left []int
	for i := range terms {
		out[i] = 1
		if _, sd := spread(from, i); sd > 1e-6 {
			left = append(left, i)
		}
	}
	var free []int
	var slope float64
	var parts, errs []float64
	for {
		best, most := -1, surely
		for _, i := range left {
			if s, p, e := fitTerms(from, append(slices.Clone(free), i)); s > 0 && math.Abs(p[len(free)]) > most*e[len(free)] {
				best, most = i, math.Abs(p[len(free)])/e[len(free)]
			}
		}
		if best < 0 {
			break
		}
		free, left = append(free, best), slices.DeleteFunc(left, func(i int) bool { return i == best })
		slope, parts, errs = fitTerms(from, free)
	}
	for k, i := range free {
		out[i] = math.Round(100*min(factorMost, max(factorLeast, 1+parts[k]/slope))) / 100
		if out[i] != 1 {
			l.Factors = append(l.Factors, TermFactor{terms[i].name, out[i], cents(parts[k] / errs[k])})
		}
	}
	return out
}

// times are the weights with each term times its factor, brought back to 100
// points. Their version names what they come from and what they are.
func (w *Weights) times(factors []float64) *Weights {
	n := *w
	sum := 0.0
	for i, t := range n.terms() {
		t.max, t.miss = t.max*factors[i], t.miss*factors[i]
		sum += t.max
	}
	rest := 100.0
	for _, t := range n.terms() {
		t.max, t.miss = math.Round(t.max*1000/sum)/10, math.Round(t.miss*1000/sum)/10
		rest -= t.max
	}
	n.product.max = math.Round((n.product.max+rest)*10) / 10
	h := sha256.New()
	for _, t := range n.terms() {
		fmt.Fprintln(h, t.name, t.max, t.miss)
	}
	n.Version = w.Version + "-" + hex.EncodeToString(h.Sum(nil)[:3])
	return &n
}

// curve is the chance that a total is welcome: 1 ÷ (1 + e^−(at + slope × total)).
type curve struct{ at, slope, slopeError float64 }

func totalOf(s *sample, factors []float64) float64 {
	if factors == nil {
		return s.total
	}
	sum := 0.0
	for i, p := range s.points {
		sum += p * factors[i]
	}
	return sum
}

// fitTotal fits a curve over the total alone.
func fitTotal(list []sample, factors []float64) curve {
	rows := make([][]float64, len(list))
	for i := range list {
		rows[i] = []float64{1, totalOf(&list[i], factors) / 10}
	}
	x, e := logistic(list, rows, []float64{0, 1e-6})
	return curve{x[0], x[1] / 10, e[1] / 10}
}

// fitTerms fits what the free terms say beside the total, and the total's slope.
func fitTerms(list []sample, free []int) (slope float64, parts, errs []float64) {
	rows, pull := make([][]float64, len(list)), make([]float64, len(free)+2)
	means, sds := make([]float64, len(free)), make([]float64, len(free))
	for k, i := range free {
		means[k], sds[k] = spread(list, i)
		pull[k+2] = ridge
	}
	for n := range list {
		rows[n] = append(make([]float64, 0, len(pull)), 1, list[n].total/10)
		for k, i := range free {
			rows[n] = append(rows[n], (list[n].points[i]-means[k])/sds[k])
		}
	}
	x, e := logistic(list, rows, pull)
	for k := range free {
		parts, errs = append(parts, x[k+2]/sds[k]), append(errs, e[k+2]/sds[k])
	}
	return x[1] / 10, parts, errs
}

func spread(list []sample, term int) (mean, sd float64) {
	for i := range list {
		mean += list[i].points[term]
	}
	mean /= float64(len(list))
	for i := range list {
		d := list[i].points[term] - mean
		sd += d * d
	}
	return mean, math.Sqrt(sd / float64(len(list)))
}

// logistic fits by Newton's method, from 0 and so always the same way; pull draws
// each coefficient to 0. It returns the coefficients and their standard errors.
func logistic(list []sample, rows [][]float64, pull []float64) (x, errs []float64) {
	n := len(pull)
	x = make([]float64, n)
	likely, gradient, inverse := slopesAt(list, rows, pull, x)
	for range 100 {
		step := make([]float64, n)
		for k := range n {
			for m := range n {
				step[k] += inverse[k][m] * gradient[m]
			}
		}
		// Half as far, until it is no worse: where the curve is flat, Newton jumps.
		next, better := make([]float64, n), false
		for share := 1.0; share > 1e-6 && !better; share /= 2 {
			for k := range n {
				next[k] = x[k] + share*step[k]
			}
			l, g, inv := slopesAt(list, rows, pull, next)
			if better = l > likely+1e-10; better {
				likely, gradient, inverse = l, g, inv
			}
		}
		if !better {
			break
		}
		copy(x, next)
	}
	errs = make([]float64, n)
	for k := range n {
		errs[k] = math.Sqrt(inverse[k][k])
	}
	return x, errs
}

// slopesAt is how likely the answers are at x (logarithm, less the pull), which way
// it rises, and the inverse of how it bends.
func slopesAt(list []sample, rows [][]float64, pull, x []float64) (likely float64, gradient []float64, inverse [][]float64) {
	n := len(pull)
	gradient, bend := make([]float64, n), square(n)
	for i, row := range rows {
		z := 0.0
		for k, v := range row {
			z += v * x[k]
		}
		p := 1 / (1 + math.Exp(-z))
		says := list[i].says
		likely += says * (list[i].good*z - math.Max(z, 0) - math.Log1p(math.Exp(-math.Abs(z))))
		for k, v := range row {
			gradient[k] += says * (list[i].good - p) * v
			for m := range k + 1 {
				bend[k][m] += says * p * (1 - p) * v * row[m]
			}
		}
	}
	for k := range n {
		likely -= pull[k] * x[k] * x[k] / 2
		gradient[k] -= pull[k] * x[k]
		bend[k][k] += pull[k] + 1e-9
	}
	return likely, gradient, inverted(bend)
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

// inverted inverts a positive matrix given by its lower half (Cholesky).
func inverted(a [][]float64) [][]float64 {
	n := len(a)
	l, inv := square(n), square(n)
	for i := range n {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][i] = math.Sqrt(max(sum, 1e-12))
			} else {
				l[i][j] = sum / l[j][j]
			}
		}
	}
	for c := range n {
		y := make([]float64, n)
		for i := range n {
			sum := 0.0
			if i == c {
				sum = 1
			}
			for k := range i {
				sum -= l[i][k] * y[k]
			}
			y[i] = sum / l[i][i]
		}
		for i := n - 1; i >= 0; i-- {
			sum := y[i]
			for k := i + 1; k < n; k++ {
				sum -= l[k][i] * inv[k][c]
			}
			inv[i][c] = sum / l[i][i]
		}
	}
	return inv
}

// lossOf is how surprising an answer is to a curve.
func lossOf(s *sample, c curve, factors []float64) float64 {
	p := 1 / (1 + math.Exp(-(c.at + c.slope*totalOf(s, factors))))
	if s.good == 0 {
		p = 1 - p
	}
	return -math.Log(max(p, 1e-9))
}

func loss(list []sample, c curve, factors []float64) float64 {
	sum := 0.0
	for i := range list {
		sum += lossOf(&list[i], c, factors)
	}
	return round3(sum / float64(len(list)))
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

// gained is the mean gain of the new curve per answer, and its standard error.
func gained(list []sample, before, after curve, factors []float64) (mean, err float64) {
	n := float64(len(list))
	gains := make([]float64, len(list))
	for i := range list {
		gains[i] = lossOf(&list[i], before, nil) - lossOf(&list[i], after, factors)
		mean += gains[i] / n
	}
	for _, g := range gains {
		err += (g - mean) * (g - mean) / n
	}
	return mean, math.Sqrt(err / n)
}

// above is how often a welcome answer has the higher total of two; ties count half.
func above(list []sample, factors []float64) float64 {
	type ranked struct{ total, good float64 }
	all := make([]ranked, len(list))
	for i := range list {
		all[i] = ranked{totalOf(&list[i], factors), list[i].good}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Compare(a.total, b.total) })
	pairs, won, bad := 0.0, 0.0, 0.0
	for i := 0; i < len(all); {
		j, g := i, 0.0
		for ; j < len(all) && all[j].total == all[i].total; j++ {
			g += all[j].good
		}
		b := float64(j-i) - g
		won += g*bad + g*b/2
		pairs += g
		bad += b
		i = j
	}
	if pairs == 0 || bad == 0 {
		return 0
	}
	return round3(won / (pairs * bad))
}
