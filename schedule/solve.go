package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrSolver is wrapped by the error that stands for a fault in the solver; the
// fair it was given is not to blame.
var ErrSolver = errors.New("schedule: the solver failed")

// Solve returns the best timetable it can find and what it can prove about it.
// Effort is counted in iterations, so that a seed always gives the same result;
// the deadline of the context only stops it, with the best plan so far. A fault
// of the solver itself comes back as an error that wraps ErrSolver.
func Solve(ctx context.Context, p Problem, o Options) (result Result, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			result, err = Result{}, fmt.Errorf("%w: %v\n%s", ErrSolver, fault, debug.Stack())
		}
	}()
	if err := p.Validate(); err != nil {
		return Result{}, err
	}
	if p.All {
		return solveAll(ctx, &p, o), nil
	}
	return solveSome(ctx, &p, o), nil
}

// solveAll places every meeting and removes idle gaps.
func solveAll(ctx context.Context, p *Problem, o Options) Result {
	slots := slotsOf(p)
	if impossible(p, slots) {
		return contradiction(ctx, p)
	}
	d := newDuel(p, slots, o)
	d.run(ctx)
	switch {
	case d.infeasible:
		return contradiction(ctx, p)
	case d.plan == nil:
		return nothing(p, Unknown)
	}
	r := tell(p, d.plan)
	r.Bound, r.Status = int64(d.lb), Feasible
	if d.lb >= r.Breaks {
		r.Status = Optimal
	}
	return r
}

// impossible reports what needs no search: a meeting without a slot, a party
// with more meetings than it accepts.
func impossible(p *Problem, slots [][]int) bool {
	count := make([]int, len(p.Parties))
	for i, m := range p.Meetings {
		if len(slots[i]) == 0 {
			return true
		}
		count[m.A]++
		count[m.B]++
	}
	for i, party := range p.Parties {
		if party.Max > 0 && count[i] > party.Max {
			return true
		}
	}
	return false
}

// contradiction says which rules would have to give way.
func contradiction(ctx context.Context, p *Problem) Result {
	r := nothing(p, Infeasible)
	r.Relax = relax(ctx, p)
	return r
}

func nothing(p *Problem, status Status) Result {
	return Result{Slot: make([]int, len(p.Meetings)), Table: make([]int, len(p.Meetings)), Status: status}
}

// tell turns slots into a result: its figures and a table for every meeting.
func tell(p *Problem, slot []int) Result {
	r := Result{Slot: slot, Table: seat(p, slot)}
	for i, s := range slot {
		if s == 0 {
			continue
		}
		r.Placed++
		r.Value += p.Meetings[i].Value
		if p.Meetings[i].Must {
			r.Musts++
		}
	}
	for _, n := range breaksOf(p, slot) {
		r.Breaks += n
	}
	return r
}

// breaksOf counts the idle gaps of every party.
func breaksOf(p *Problem, slot []int) []int {
	busy := make([][]bool, len(p.Parties))
	for i := range busy {
		busy[i] = make([]bool, p.Slots+1)
	}
	for i, s := range slot {
		if s > 0 {
			busy[p.Meetings[i].A][s] = true
			busy[p.Meetings[i].B][s] = true
		}
	}
	out := make([]int, len(p.Parties))
	for i := range busy {
		last := 0
		for s := 1; s <= p.Slots; s++ {
			if !busy[i][s] {
				continue
			}
			if last > 0 && last+1 < s {
				out[i]++
			}
			last = s
		}
	}
	return out
}

// seat gives every placed meeting a table: its own where it is tied to one,
// else the one at which either party sat last, else the first that is free.
func seat(p *Problem, slot []int) []int {
	table := make([]int, len(slot))
	in := make([][]int, p.Slots+1)
	for i, s := range slot {
		in[s] = append(in[s], i)
	}
	last := make([]int, len(p.Parties)) // where a party sat last
	for s := 1; s <= p.Slots; s++ {
		taken := make([]bool, p.Tables+1)
		take := func(i, t int) {
			if t > 0 && table[i] == 0 && !taken[t] {
				table[i], taken[t] = t, true
			}
		}
		for _, i := range in[s] {
			take(i, p.Meetings[i].Table)
		}
		for _, i := range in[s] {
			take(i, last[p.Meetings[i].A])
			take(i, last[p.Meetings[i].B])
		}
		next := 1
		for _, i := range in[s] {
			for table[i] == 0 && next <= p.Tables {
				take(i, next)
				next++
			}
			last[p.Meetings[i].A], last[p.Meetings[i].B] = table[i], table[i]
		}
	}
	return table
}
