package matcher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lianqiao/market"
	"lianqiao/schedule"
)

// fairRounds is how often a plan is computed anew for firms that got nothing.
const fairRounds = 4

// fairest computes the plan of the best total. The solver knows what each talk
// is worth, not that a firm's first talk is worth more than its fifth: so the
// best talks of firms with none or one are raised by the weights, and the
// solver runs again. The first run's bound is kept, because it is about the
// values that are shown.
func (f *floor) fairest(ctx context.Context, wanted []market.Meeting, tell func(placed, of int)) (best []market.Meeting, figures market.PlanFigures, err error) {
	weak := map[string]int{} // firms that had none or one, and how often none
	for round := range fairRounds {
		problem, index := f.problem(wanted)
		raised := raises(wanted, weak)
		for n, i := range index {
			problem.Meetings[n].Value += raised[i]
		}
		limited, cancel := context.WithTimeout(ctx, f.share(round))
		result, err := schedule.Solve(limited, problem, schedule.Options{Seed: f.plan.Settings.Seed, Effort: schedule.EffortFor(f.share(round)),
			Progress: func(r schedule.Result) { tell(r.Placed, len(problem.Meetings)) }})
		cancel()
		if err != nil {
			return nil, figures, err
		}
		list := f.seat(wanted, &problem, index, result)
		n := f.Count(list)
		n.Status, n.Bound = string(result.Status), result.Bound
		switch {
		case round == 0:
			best, figures = list, n
		case n.Better(&figures):
			// Proven is what was found for the values themselves.
			n.Status, n.Bound = string(schedule.Feasible), figures.Bound
			best, figures = list, n
		}
		if ctx.Err() != nil || !notice(list, weak) {
			break
		}
	}
	return best, figures, nil
}

// share is what a round gets of the time that the organiser gives, as effort and,
// on a machine too busy for that, as time: half for the first, whose bound is
// shown, the rest evenly, so that there is always some for firms that got nothing.
func (f *floor) share(round int) time.Duration {
	all := time.Duration(f.plan.Settings.Seconds) * time.Second
	if round == 0 {
		return all / 2
	}
	return all / 2 / (fairRounds - 1)
}

// notice keeps which firms have no talk, or one; false: none goes without.
func notice(list []market.Meeting, weak map[string]int) bool {
	got, asked := map[string]int{}, map[string]int{}
	for _, m := range list {
		for _, id := range []string{m.A, m.B} {
			switch {
			case m.Slot > 0:
				got[id]++
				asked[id]++
			case m.Why != market.WhyVeto && m.Why != "absent" && m.Why != "common":
				asked[id]++
			}
		}
	}
	any := false
	for id, n := range asked {
		switch {
		case got[id] == 0:
			weak[id]++
			any = true
		case got[id] == 1:
			weak[id] += 0
			any = any || n > 1
		}
	}
	return any
}

// raises is what the talks of weak firms are raised by: the best, and one more
// for each time that it did not help, by the weight of a firm that meets
// nobody; the next by that of one that meets one other.
func raises(wanted []market.Meeting, weak map[string]int) []int64 {
	out := make([]int64, len(wanted))
	of := map[string][]int{}
	for i, m := range wanted {
		for _, id := range []string{m.A, m.B} {
			if _, ok := weak[id]; ok && m.Why != market.WhyVeto {
				of[id] = append(of[id], i)
			}
		}
	}
	for id, talks := range of {
		slices.SortStableFunc(talks, func(i, j int) int { return cmp.Compare(wanted[j].Value, wanted[i].Value) })
		first := max(1, weak[id])
		for n, i := range talks[:min(first+1, len(talks))] {
			if n < first {
				out[i] += market.WeightEmpty
			} else {
				out[i] += market.WeightShort
			}
		}
	}
	return out
}

// mend moves the talks that a repair cannot leave where they are, and as few
// others as it takes; what was open before is placed afterwards, where there is
// room, and moves nobody.
func (f *floor) mend(ctx context.Context, wanted []market.Meeting) error {
	problem, index := f.problem(wanted)
	stood := schedule.Problem{Slots: problem.Slots, Morning: problem.Morning, Tables: problem.Tables, Parties: problem.Parties, Fairness: -1}
	var old schedule.Result
	var at []int
	for n, i := range index {
		x, m := wanted[i], problem.Meetings[n]
		if x.Slot == 0 {
			continue
		}
		old.Slot = append(old.Slot, m.Fixed)
		if !x.Locked {
			m.Fixed = 0
		}
		stood.Meetings, at = append(stood.Meetings, m), append(at, i)
	}
	result, err := schedule.Repair(ctx, stood, old, schedule.Options{Seed: f.plan.Settings.Seed})
	if err != nil {
		return err
	}
	for n, i := range at {
		x := &wanted[i]
		if s := result.Slot[n]; s > 0 && s != x.Slot {
			x.Slot, f.moved[x.Pair] = s, true
		} else if s == 0 && f.stays(*x) {
			x.Slot = 0 // it gave way
		}
	}
	return nil
}
