package schedule

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"
)

// heldOut are the seeds of the fairs that the solver was not tuned on: they are
// looked at when it is finished, not before.
var heldOut = [12]uint64{9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9009, 9010, 9011, 9012}

type fairKind struct {
	name   string
	firms  int
	tables int
	there  float64
}

// BenchmarkValue prints, beside the time, how far the plan is below the bound
// that the solver itself proves, and how far greedy is.
func BenchmarkValue(b *testing.B) {
	for _, c := range []fairKind{{"ordinary", 50, 25, .8}, {"ordinary", 200, 100, .8}, {"ordinary", 1000, 500, .8},
		{"hard", 50, 8, .42}, {"hard", 200, 32, .42}, {"hard", 200, 50, .42}, {"hard", 1000, 160, .42}} {
		b.Run(fmt.Sprint(c.name, "/", c.firms, "/", c.tables), func(b *testing.B) {
			for range b.N {
				measure(b, fair(c.firms, c.tables, c.there, 7), Options{Seed: 1})
			}
		})
	}
	for _, there := range []float64{.8, .42} {
		b.Run(fmt.Sprint("same side/200/50/", there), func(b *testing.B) {
			for range b.N {
				measure(b, sameSide(fair(200, 50, there, 7)), Options{Seed: 1})
			}
		})
	}
}

// sameSide turns every third wish into one of a buyer for the next buyer but some.
func sameSide(p Problem) Problem {
	buyers := len(p.Parties) / 2
	for i := range p.Meetings {
		if i%3 == 0 {
			p.Meetings[i].B = (p.Meetings[i].A + 1 + i%(buyers-1)) % buyers
		}
	}
	return p
}

// measure solves a fair with the effort of five seconds, of a minute for a thousand
// firms, and reports it. No deadline cuts in, so that other work on the machine
// changes nothing but the time.
func measure(b *testing.B, p Problem, o Options) Result {
	limit := 5 * time.Second
	if len(p.Parties) >= 1000 {
		limit = time.Minute
	}
	o.Effort = EffortFor(limit)
	start := processTime()
	r, err := Solve(context.Background(), p, o)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(processTime()-start, "cpu-s")
	if faults := Check(p, r); len(faults) > 0 {
		b.Fatal(faults[0])
	}
	c := newChoice(&p, slotsOf(&p), Options{})
	g := newField(&p, &p, c.slots, c.worth, 1)
	g.fill(c.order)
	below := func(v float64) float64 { return 100 * (float64(r.Bound) - v) / float64(r.Bound) }
	b.ReportMetric(below(float64(r.Value)), "%gap")
	b.ReportMetric(below(g.sum), "%greedy")
	b.ReportMetric(float64(r.Breaks), "breaks")
	return r
}

// BenchmarkHeldOut holds hard fairs of held-out seeds, availability from 40 to 45 %,
// half and a third of the usual tables by turns, against the linear programme, which
// CBC solves.
func BenchmarkHeldOut(b *testing.B) {
	if _, err := exec.LookPath("cbc"); err != nil {
		b.Skip("SKIPPED: the linear programme needs Debian's coinor-cbc")
	}
	worst, sum, loosest := 0.0, 0.0, 0.0
	for k, seed := range heldOut {
		tables, there := [2]int{32, 50}[k%2], [3]float64{.40, .42, .45}[k%3]
		b.Run(fmt.Sprint(tables, "/", there, "/", seed), func(b *testing.B) {
			p := fair(200, tables, there, seed)
			lp, err := lpBound(&p, b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			r := measure(b, p, Options{Seed: 1})
			gap := 100 * (lp - float64(r.Value)) / lp
			b.ReportMetric(gap, "%lp")
			worst, sum = max(worst, gap), sum+gap
			loosest = max(loosest, 100*(float64(r.Bound)-lp)/lp)
		})
	}
	fmt.Printf("below the LP by %.2f %% on average, %.2f %% at worst; bound above it by %.3f %% at most\n", sum/float64(len(heldOut)), worst, loosest)
}
