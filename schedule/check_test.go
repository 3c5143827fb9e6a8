package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// draw makes a small random problem with every kind of rule.
func draw(seed uint64) Problem {
	r := rand.New(rand.NewPCG(seed, 11))
	p := Problem{Slots: 2 + r.IntN(9), Tables: 1 + r.IntN(4), Fairness: r.IntN(4) - 1, All: r.IntN(2) == 0}
	p.Morning = r.IntN(p.Slots + 1)
	for range 3 + r.IntN(6) {
		party := Party{}
		for s := 1; s <= p.Slots; s++ {
			if r.IntN(12) == 0 {
				party.Forbidden = append(party.Forbidden, s)
			}
		}
		if r.IntN(5) == 0 {
			party.Max = 1 + r.IntN(4)
		}
		if r.IntN(6) == 0 {
			party.Reps = 2
		}
		p.Parties = append(p.Parties, party)
	}
	n := 1 + r.IntN(3*len(p.Parties)/2)
	for i := range n {
		m := Meeting{A: r.IntN(len(p.Parties)), Value: int64(1 + r.IntN(20)), Must: r.IntN(6) == 0}
		m.B = (m.A + 1 + r.IntN(len(p.Parties)-1)) % len(p.Parties)
		switch r.IntN(12) {
		case 0:
			m.Session = 1 + r.IntN(2)
		case 1:
			m.Fixed = 1 + r.IntN(p.Slots)
		case 2:
			m.Table = 1 + r.IntN(p.Tables)
		case 3:
			m.Forbidden = []int{1 + r.IntN(p.Slots)}
		case 4:
			if i > 0 {
				m.After = []int{r.IntN(i)}
			}
		}
		p.Meetings = append(p.Meetings, m)
	}
	return p
}

// TestRandomProblems holds the solver against the checker. LIANQIAO_RANDOM says
// how many problems to draw.
func TestRandomProblems(t *testing.T) {
	n := 10_000
	if text := os.Getenv("LIANQIAO_RANDOM"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	seen := map[string]int{}
	for seed := range n {
		p := draw(uint64(seed))
		r, err := Solve(context.Background(), p, Options{Seed: int64(seed), Effort: 20_000})
		require.NoError(t, err, "problem %d", seed)
		require.Empty(t, Check(p, r), "problem %d: %+v\n%+v", seed, p, r)
		seen[fmt.Sprint("all ", p.All, " ", r.Status)]++
	}
	t.Log(seen)
	require.Positive(t, seen["all true infeasible"])
	require.Positive(t, seen["all true optimal"])
}

// TestPlantedFaults spoils good plans and expects the checker to say so.
func TestPlantedFaults(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(400) {
		p := draw(seed)
		r, err := Solve(context.Background(), p, Options{Effort: 5_000})
		require.NoError(t, err)
		if r.Placed == 0 {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, 5))
		i := rng.IntN(len(r.Slot))
		for r.Slot[i] == 0 {
			i = (i + 1) % len(r.Slot)
		}
		r.Slot[i] = 0 // its table stays taken
		faults := Check(p, r)
		require.NotEmpty(t, faults)
		r.Slot[i] = 1 + rng.IntN(p.Slots)
		for _, f := range Check(p, r) {
			found[f.Rule]++
		}
	}
	t.Log(found)
	for _, rule := range []string{"clash", "forbidden", "session", "fixed", "order", "figures", "table"} {
		require.Positive(t, found[rule], rule)
	}
}
