package schedule

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quick: every so many rows of the published table are solved by every test
// run, as far as they are small.
const quick, small = 6, 10

const shortProof = 8 * roundEffort / effortUnit // iterations

// TestPublished solves the published benchmark and prints it beside the optimum
// of Bofill et al., JAIR 74 (2022). LIANQIAO_DATA names the folder of the data;
// LIANQIAO_PUBLISHED is a pattern of file:fairness, "*" for every row.
func TestPublished(t *testing.T) {
	dir, rows := publishedRows(t)
	only := os.Getenv("LIANQIAO_PUBLISHED")
	fmt.Printf("%-32s %2s %8s %8s %7s %7s  %s\n", "instance", "d", "optimum", "ours", "wall s", "cpu s", "proven")
	for i, r := range rows {
		name := r[2] + ":" + r[3]
		if ok, _ := filepath.Match(only, name); !ok && (only != "" || i%quick != 0) {
			continue
		}
		t.Run(name, func(t *testing.T) { published(t, filepath.Join(dir, "instances", r[2]), r[3], r[4]) })
	}
}

func publishedRows(t *testing.T) (dir string, rows [][]string) {
	dir = filepath.Join(os.Getenv("LIANQIAO_DATA"), "b2b-meetings")
	f, err := os.Open(filepath.Join(dir, "best_known.csv"))
	if os.Getenv("LIANQIAO_DATA") == "" || err != nil {
		t.Skip("SKIPPED: the published benchmark needs LIANQIAO_DATA/b2b-meetings")
	}
	defer f.Close()
	rows, err = csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return dir, rows[1:]
}

// TestShortProofs: that a large published fair has no plan without gaps is proven within a few
// seconds' effort, whatever the machine. It is how the clauses are stated that
// decides: no other test would notice a proof that got twenty times longer.
func TestShortProofs(t *testing.T) {
	dir, rows := publishedRows(t)
	tried := 0
	for _, r := range rows {
		data, err := os.ReadFile(filepath.Join(dir, "instances", r[2]))
		require.NoError(t, err)
		p, err := ParseDZN(data)
		require.NoError(t, err)
		if r[4] != "UNSAT" || r[3] != "0" || p.Slots <= small {
			continue
		}
		tried++
		p.Fairness, err = strconv.Atoi(r[3])
		require.NoError(t, err)
		d := newDuel(&p, slotsOf(&p), Options{Effort: shortProof})
		d.run(context.Background())
		require.True(t, d.infeasible, "%s, fairness %s", r[2], r[3])
	}
	require.Positive(t, tried)
}

func published(t *testing.T, file, fairness, optimum string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	p, err := ParseDZN(data)
	require.NoError(t, err)
	if os.Getenv("LIANQIAO_PUBLISHED") == "" && p.Slots > small {
		t.Skip("a large one; LIANQIAO_PUBLISHED='*' solves them all")
	}
	p.Fairness, err = strconv.Atoi(fairness)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	start, spent := time.Now(), processTime()
	r, err := Solve(ctx, p, Options{Seed: 1})
	require.NoError(t, err)
	ours := string(r.Status)
	switch r.Status {
	case Infeasible:
		ours = "UNSAT"
	case Optimal, Feasible:
		ours = strconv.Itoa(r.Breaks)
	}
	fmt.Printf("%-32s %2s %8s %8s %7.2f %7.2f  %s\n", filepath.Base(file), fairness, optimum, ours,
		time.Since(start).Seconds(), processTime()-spent, r.Status)
	require.Equal(t, optimum, ours)
}

func processTime() float64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}
