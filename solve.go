package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"lianqiao/schedule"
)

type solveCmd struct {
	JSON     bool          `help:"Print one JSON object instead of a table."`
	Deadline time.Duration `default:"10s" help:"Stop after this long with the best timetable so far."`
	Fairness int           `default:"-1" help:"Most breaks of a firm minus fewest, at most this; -1: as the file says, or not asked."`
	Seed     int64         `help:"The same seed gives the same timetable, unless the deadline cuts in."`
	File     string        `arg:"" help:"A fair: MiniZinc data (.dzn) of the B2B benchmark, or our JSON; - for standard input."`
}

// solved is what the command prints; slots and tables are in the file's order.
type solved struct {
	Slots   []int            `json:"slots"`
	Tables  []int            `json:"tables"`
	Placed  int              `json:"placed"`
	Breaks  int              `json:"breaks"`
	Value   int64            `json:"value"`
	Bound   int64            `json:"bound"`
	Status  schedule.Status  `json:"status"`
	Seconds float64          `json:"seconds"`
	Left    []solvedUnplaced `json:"unplaced,omitempty"`
	Relax   []string         `json:"relax,omitempty"`
}

type solvedUnplaced struct {
	Meeting int          `json:"meeting"` // from 1, as in the file
	Why     schedule.Why `json:"why"`
}

// Run solves one file and holds the answer against the independent checker.
func (c *solveCmd) Run(ctx context.Context) error {
	start := time.Now()
	ctx, cancel := context.WithDeadline(ctx, start.Add(c.Deadline))
	defer cancel()
	data, err := readFile(c.File)
	if err != nil {
		return err
	}
	p, err := schedule.Parse(data)
	if err != nil {
		return err
	}
	if c.Fairness >= 0 {
		p.Fairness = c.Fairness
	}
	o := schedule.Options{Seed: c.Seed}
	if !p.All {
		o.Effort = schedule.EffortFor(c.Deadline)
	}
	r, err := schedule.Solve(ctx, p, o)
	if err != nil {
		return err
	}
	if faults := schedule.Check(p, r); len(faults) > 0 {
		return fmt.Errorf("the timetable breaks a rule, please report this: %+v", faults[0])
	}
	out := solved{Slots: r.Slot, Tables: r.Table, Placed: r.Placed, Breaks: r.Breaks, Value: r.Value, Bound: r.Bound,
		Status: r.Status, Relax: r.Relax}
	for _, u := range r.Unplaced {
		out.Left = append(out.Left, solvedUnplaced{u.Meeting + 1, u.Why})
	}
	out.Seconds = time.Since(start).Seconds()
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	return out.print(os.Stdout, p)
}

func (s solved) print(w io.Writer, p schedule.Problem) error {
	for i, slot := range s.Slots {
		if _, err := fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\n", i+1, p.Meetings[i].A+1, p.Meetings[i].B+1, slot, s.Tables[i]); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "placed %d of %d, breaks %d, value %d, bound %d, %s, %.2f s\n",
		s.Placed, len(s.Slots), s.Breaks, s.Value, s.Bound, s.Status, s.Seconds)
	for _, u := range s.Left {
		fmt.Fprintf(w, "not placed: %d, %s\n", u.Meeting, u.Why)
	}
	if len(s.Relax) > 0 {
		fmt.Fprintf(w, "a timetable exists without: %v\n", s.Relax)
	}
	return err
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}
