package schedule

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkValue prints, beside the time, how far the plan is below the bound
// that the solver itself proves, and how far greedy is.
func BenchmarkValue(b *testing.B) {
	for _, c := range []struct {
		name   string
		firms  int
		tables int
		there  float64
	}{{"ordinary", 50, 25, .8}, {"ordinary", 200, 100, .8}, {"ordinary", 1000, 500, .8}, {"hard", 50, 8, .42}, {"hard", 200, 32, .42}, {"hard", 1000, 160, .42}} {
		b.Run(fmt.Sprint(c.name, "/", c.firms), func(b *testing.B) {
			var gap, greedy float64
			for range b.N {
				p := fair(c.firms, c.tables, c.there, 7)
				r, err := Solve(context.Background(), p, Options{Seed: 1})
				if err != nil {
					b.Fatal(err)
				}
				worth := worths(&p)
				g := newBoard(&p, slotsOf(&p), worth, 0, 1)
				g.greedy()
				gap = 100 * float64(r.Bound-r.Value) / float64(r.Bound)
				greedy = 100 * (float64(r.Bound) - g.score()) / float64(r.Bound)
			}
			b.ReportMetric(gap, "%gap")
			b.ReportMetric(greedy, "%greedy")
		})
	}
}
