// Package schedule computes the timetable of a fair: which meeting takes place
// in which slot. It places meetings so that nobody is in two places at once,
// then removes idle gaps, and proves what it can. The checker in check.go reads
// the same problem with its own eyes and shares no code with the solver.
package schedule

import (
	"errors"
	"fmt"
)

// Problem is one fair to be timed. Slots are numbered 1…Slots, tables
// 1…Tables; parties and meetings are known by their index.
type Problem struct {
	Slots    int // how many slots the fair has
	Morning  int // slots 1…Morning are session 1, the rest session 2
	Tables   int // meetings that fit into one slot
	Parties  []Party
	Meetings []Meeting
	Fairness int  // most breaks of a party minus fewest, at most this; -1: not asked
	All      bool // every meeting must be placed; otherwise the solver chooses
}

// Party is one firm at the fair. All its representatives count as one party.
type Party struct {
	Name      string
	Forbidden []int // slots in which it cannot meet
	Min, Max  int   // meetings it wants at least and accepts at most; Max 0: no limit
	Reps      int   // meetings it can hold at the same time; 0 reads as 1
}

// Meeting is one wish of two parties to talk.
type Meeting struct {
	A, B      int   // indexes of the two parties
	Session   int   // 0 any, 1 morning, 2 afternoon
	Fixed     int   // the slot it is locked to, 0: free; a locked one comes before any must
	After     []int // meetings that take place strictly before this one, if both do
	Value     int64 // what placing it is worth
	Must      bool  // counts before any value
	Forbidden []int // slots it may not use, besides those of its parties
	Table     int   // the table it is tied to, 0: any
}

// Status says how much a result is worth.
type Status string

// What is known about a result.
const (
	Optimal    Status = "optimal"    // proven: no plan is better
	Feasible   Status = "feasible"   // a plan, perhaps not the best
	Infeasible Status = "infeasible" // proven: no plan keeps all rules
	Unknown    Status = "unknown"    // nothing found in the effort allowed
)

// Options steer a search.
type Options struct {
	Seed     int64
	Effort   int          // iterations the search may spend; 0: the usual effort. Where it chooses wishes, EffortFor a time
	Progress func(Result) // told of every better plan, from the solver's goroutine
}

// Result is a timetable and what is known about it. Slot and Table follow the
// order of Problem.Meetings.
type Result struct {
	Slot     []int // 0: not placed
	Table    []int // 0: not placed
	Placed   int
	Musts    int // musts among the placed
	Breaks   int // idle gaps between consecutive meetings of a party, summed
	Value    int64
	Bound    int64 // All: no plan has fewer breaks; else: no plan with as many locked ones and musts is worth more
	Status   Status
	Unplaced []Reason
	Relax    []string // infeasible: a smallest set of kinds of rules without which a plan exists
}

// Why says what keeps one wish out of the plan.
type Why string

// The reasons, in the order in which they are tried.
const (
	Veto         Why = "veto"           // its own rules leave it no slot at all
	Cap          Why = "cap"            // a party already has as many meetings as it accepts
	Full         Why = "full"           // a party is busy in every slot it could use
	NoCommonSlot Why = "no common slot" // both have free slots, never the same one
	NoTable      Why = "tables"         // common slots exist, every table is taken in them
	Order        Why = "order"          // the only free common slots would break an order of meetings
	Displaced    Why = "displaced"      // a slot is free, the search ended before it was used
)

// Reason explains one meeting that is not placed.
type Reason struct {
	Meeting int
	Why     Why
	Party   int // the party the reason is about; -1: none in particular
}

// Fault is one rule that a result breaks.
type Fault struct {
	Rule    string
	Meeting int // -1: none in particular
	Party   int // -1: none in particular
	Message string
}

// ErrProblem is wrapped by every error about a problem that makes no sense.
var ErrProblem = errors.New("schedule: bad problem")

// Validate reports the first thing about a problem that makes no sense, such
// as a meeting of a party with itself. Rules that contradict each other are
// not errors: they make the problem infeasible.
func (p *Problem) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrProblem}, args...)...)
	}
	if p.Slots < 1 || p.Slots > 4096 || p.Morning < 0 || p.Morning > p.Slots {
		return bad("%d slots, %d of them in the morning", p.Slots, p.Morning)
	}
	if p.Tables < 1 {
		return bad("%d tables", p.Tables)
	}
	for i, party := range p.Parties {
		if party.Min < 0 || party.Max < 0 || party.Reps < 0 || party.Max > 0 && party.Min > party.Max {
			return bad("party %d: min %d, max %d, reps %d", i, party.Min, party.Max, party.Reps)
		}
	}
	for i, m := range p.Meetings {
		switch {
		case m.A < 0 || m.B < 0 || m.A >= len(p.Parties) || m.B >= len(p.Parties) || m.A == m.B:
			return bad("meeting %d: parties %d and %d", i, m.A, m.B)
		case m.Session < 0 || m.Session > 2:
			return bad("meeting %d: session %d", i, m.Session)
		case m.Fixed < 0 || m.Fixed > p.Slots:
			return bad("meeting %d: fixed to slot %d of %d", i, m.Fixed, p.Slots)
		case m.Table < 0 || m.Table > p.Tables:
			return bad("meeting %d: table %d of %d", i, m.Table, p.Tables)
		case m.Value < 0:
			return bad("meeting %d: value %d", i, m.Value)
		}
		for _, before := range m.After {
			if before < 0 || before >= len(p.Meetings) {
				return bad("meeting %d: after meeting %d", i, before)
			}
		}
	}
	return nil
}
