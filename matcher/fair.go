package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"lianqiao/market"
	"lianqiao/schedule"
)

// fillFrom is the least total of a proposal whose two firms are put at a table
// though neither asked, when the operator wants empty tables filled.
const fillFrom = 60

// floor is what a plan is computed from.
type floor struct {
	*market.Hall
	plan   market.Plan
	wishes map[market.Pair][2]market.WishMark // of A and of B
	totals map[market.Pair]int
	base   map[market.Pair]market.Meeting
	moved  map[market.Pair]bool // a repair put it elsewhere
}

// Solve computes a queued plan and saves its timetable. A plan that is done or
// released is left alone, so a second message does no harm; one that another
// worker left half-way is begun again.
func (m *Matcher) Solve(ctx context.Context, planID string) error {
	plan, err := m.Store.Plan(ctx, planID)
	if market.IsKind(err, market.NotFound) {
		return nil
	}
	if err != nil || plan.Released() || !slices.Contains([]market.PlanState{market.PlanQueued, market.PlanSolving, market.PlanStopping}, plan.State) {
		return err
	}
	if err := m.solve(ctx, plan); err != nil {
		if ctx.Err() == nil {
			if err := m.Store.SavePlanProgress(ctx, planID, market.PlanFailed, ""); err != nil {
				return err
			}
		}
		return fmt.Errorf("matcher.Solve(%q): %w", planID, err)
	}
	return nil
}

func (m *Matcher) solve(ctx context.Context, plan market.Plan) error {
	if err := m.Store.SavePlanProgress(ctx, plan.ID, market.PlanSolving, ""); err != nil {
		return err
	}
	f, err := m.floor(ctx, plan)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, time.Duration(plan.Settings.Seconds)*time.Second)
	defer cancel()
	go m.stopped(limited, plan.ID, cancel)
	wanted := f.wanted()
	if plan.Settings.Repair {
		if err := f.mend(limited, wanted); err != nil {
			return err
		}
	}
	meetings, figures, err := f.fairest(limited, wanted, m.teller(ctx, plan))
	if err != nil {
		return err
	}
	for _, x := range meetings {
		if b, ok := f.base[x.Pair]; ok && plan.Settings.Repair && b.Slot > 0 && (b.Slot != x.Slot || b.Table != x.Table) {
			figures.Moved++
		}
	}
	return m.Store.SavePlanResult(ctx, plan.ID, meetings, figures)
}

// stopped ends the search when somebody wants no better plan than the one so far.
func (m *Matcher) stopped(ctx context.Context, planID string, stop func()) {
	every := time.NewTicker(300 * time.Millisecond)
	defer every.Stop()
	for {
		if p, err := m.Store.Plan(ctx, planID); err == nil && p.State == market.PlanStopping {
			stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// teller keeps how far the solver is, three times a second.
func (m *Matcher) teller(ctx context.Context, plan market.Plan) func(placed, of int) {
	told := time.Time{}
	return func(placed, of int) {
		if time.Since(told) < 300*time.Millisecond {
			return
		}
		told = time.Now()
		if err := m.Store.SavePlanProgress(ctx, plan.ID, market.PlanSolving, strconv.Itoa(placed)+"/"+strconv.Itoa(of)); err != nil {
			m.Log.Warn("plan progress", "plan", plan.ID, "err", err)
		}
	}
}

func (m *Matcher) floor(ctx context.Context, plan market.Plan) (*floor, error) {
	fair, err := m.Store.Fair(ctx, plan.FairID)
	if err != nil {
		return nil, err
	}
	hall, err := m.Store.Hall(ctx, &fair)
	if err != nil {
		return nil, err
	}
	f := &floor{Hall: hall, plan: plan, wishes: map[market.Pair][2]market.WishMark{}, base: map[market.Pair]market.Meeting{}, moved: map[market.Pair]bool{}}
	wishes, err := m.Store.Wishes(ctx, fair.ID, "")
	if err != nil {
		return nil, err
	}
	for _, w := range wishes {
		pair := market.PairOf(w.By, w.Other)
		marks := f.wishes[pair]
		marks[map[bool]int{true: 0, false: 1}[w.By == pair.A]] = w.Mark
		f.wishes[pair] = marks
	}
	if f.totals, err = m.Store.BestTotals(ctx, fair.ID); err != nil || plan.Base == "" {
		return f, err
	}
	base, err := m.Store.Meetings(ctx, plan.Base, "")
	for _, x := range base {
		f.base[x.Pair] = x
	}
	return f, err
}

// wanted lists the talks to place, best first and in a fixed order.
func (f *floor) wanted() []market.Meeting {
	var out []market.Meeting
	seen := map[market.Pair]bool{}
	add := func(pair market.Pair) {
		a, okA := f.Parties[pair.A]
		b, okB := f.Parties[pair.B]
		kept := f.base[pair]
		if seen[pair] || !okA || !okB || !a.Role.MayMeet(b.Role) && !kept.Locked && !kept.Added {
			return
		}
		seen[pair] = true
		marks := f.wishes[pair]
		if f.Refused[pair] && !kept.Locked {
			if marks[0].Invites() || marks[1].Invites() {
				out = append(out, market.Meeting{Pair: pair, Why: market.WhyVeto})
			}
			return
		}
		value, must := market.MeetingValue(marks[0], marks[1], f.totals[pair])
		if value == 0 && f.plan.Settings.Fill && f.totals[pair] >= fillFrom {
			value = int64(f.totals[pair]) / 10
		}
		if value == 0 {
			value = kept.Value
		}
		if value > 0 || kept.Locked {
			out = append(out, market.Meeting{Pair: pair, Value: value, Must: must, Locked: kept.Locked, Added: kept.Added, Slot: kept.Slot, Table: kept.Table})
		}
	}
	for pair := range f.wishes {
		add(pair)
	}
	for pair := range f.totals {
		add(pair)
	}
	for pair := range f.base {
		add(pair)
	}
	slices.SortFunc(out, func(x, y market.Meeting) int {
		return cmp.Or(-compareBool(x.Must, y.Must), cmp.Compare(y.Value, x.Value), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

func compareBool(a, b bool) int {
	return cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[b])
}

// stays reports whether a meeting keeps its place: a person locked it, or a
// repair finds nothing wrong with it.
func (f *floor) stays(x market.Meeting) bool {
	if x.Slot == 0 || x.Slot > len(f.Fair.Slots()) {
		return false
	}
	if f.moved[x.Pair] {
		return true
	}
	if !f.plan.Settings.Repair {
		return x.Locked
	}
	// A lock does not hold who did not come, or is not there yet.
	a, b := f.Parties[x.A], f.Parties[x.B]
	if x.Locked && !a.Absent && !b.Absent && x.Slot >= max(a.LateUntil, b.LateUntil) {
		return true
	}
	return x.Slot < f.plan.Settings.FromNow || !a.CannotMeet(x.Slot) && !b.CannotMeet(x.Slot)
}

// problem puts the wanted talks as the solver reads them; index gives for each
// meeting of the problem its place in wanted. A talk that stays although its
// firms cannot be there (locked by a person, or already over) is left out, and
// its slot closed to both, so that it makes nothing infeasible.
func (f *floor) problem(wanted []market.Meeting) (p schedule.Problem, index []int) {
	slots := f.Fair.Slots()
	p = schedule.Problem{Slots: len(slots), Tables: len(f.Fair.Tables), Fairness: -1}
	for _, s := range slots {
		if s.Session == 1 {
			p.Morning++
		}
	}
	party := map[string]int{}
	number := func(id string) int {
		if n, ok := party[id]; ok {
			return n
		}
		x := f.Parties[id]
		// The least number of meetings is warned of, not demanded: one firm that
		// nobody wants to meet would make the whole fair infeasible.
		made := schedule.Party{Name: id, Max: f.Fair.MaxMeetings, Reps: f.seats(id)}
		for s := 1; s <= len(slots); s++ {
			if x.Seats(s) < made.Reps || s < f.plan.Settings.FromNow {
				made.Forbidden = append(made.Forbidden, s)
			}
		}
		party[id] = len(p.Parties)
		p.Parties = append(p.Parties, made)
		return party[id]
	}
	busy, used, held := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for i, x := range wanted {
		if x.Why == market.WhyVeto {
			continue
		}
		meeting := schedule.Meeting{A: number(x.A), B: number(x.B), Value: x.Value, Must: x.Must, Table: f.tableOf(x.Pair)}
		if f.stays(x) {
			if f.closed(x) || x.Slot < f.plan.Settings.FromNow {
				p.Parties[meeting.A].Forbidden = append(p.Parties[meeting.A].Forbidden, x.Slot)
				p.Parties[meeting.B].Forbidden = append(p.Parties[meeting.B].Forbidden, x.Slot)
				continue
			}
			a, b := [2]int{meeting.A, x.Slot}, [2]int{meeting.B, x.Slot}
			if busy[a] >= p.Parties[meeting.A].Reps || busy[b] >= p.Parties[meeting.B].Reps || used[x.Slot] >= p.Tables {
				// Two locks that contradict each other both stand, and are warned of.
				for _, at := range [2][2]int{a, b} {
					if busy[at] == 0 {
						p.Parties[at[0]].Forbidden = append(p.Parties[at[0]].Forbidden, x.Slot)
						busy[at] = p.Parties[at[0]].Reps
					}
				}
				continue
			}
			busy[a], busy[b], used[x.Slot] = busy[a]+1, busy[b]+1, used[x.Slot]+1
			for _, n := range []int{meeting.A, meeting.B} {
				if held[n]++; p.Parties[n].Max > 0 {
					p.Parties[n].Max = max(p.Parties[n].Max, held[n])
				}
			}
			meeting.Fixed = x.Slot
		}
		p.Meetings, index = append(p.Meetings, meeting), append(index, i)
	}
	return p, index
}

// seats is how many talks the solver may give a firm at once. It knows one
// number for all slots; where people come and go it is the one that leaves the
// most seats, and slots with fewer are closed.
func (f *floor) seats(id string) int {
	p := f.Parties[id]
	best, most := 1, 0
	for n := 1; n <= max(1, p.Parallel); n++ {
		sum := 0
		for s := range f.Fair.Slots() {
			if p.Seats(s+1) >= n {
				sum += n
			}
		}
		if sum > most {
			best, most = n, sum
		}
	}
	return best
}

func (f *floor) closed(x market.Meeting) bool {
	a, b := f.Parties[x.A], f.Parties[x.B]
	return a.CannotMeet(x.Slot) || b.CannotMeet(x.Slot)
}

// tableOf is the position, from 1, of the table kept for one of a pair; 0: any.
func (f *floor) tableOf(pair market.Pair) int {
	for i, t := range f.Fair.Tables {
		if t.EnterpriseID != "" && (t.EnterpriseID == pair.A || t.EnterpriseID == pair.B) {
			return i + 1
		}
	}
	return 0
}

// seat makes meetings of a result. Tables are given here: what stays keeps its
// own, a kept table goes to its firm, and the rest sit where one of the two
// sat before, so that few people change tables.
func (f *floor) seat(wanted []market.Meeting, p *schedule.Problem, index []int, r schedule.Result) []market.Meeting {
	out := slices.Clone(wanted)
	open := map[int]bool{}
	why := map[int]schedule.Reason{}
	for _, u := range r.Unplaced {
		why[u.Meeting] = u
	}
	for n, i := range index {
		x := &out[i]
		if r.Slot[n] == 0 {
			x.Slot, x.Table = 0, 0
			x.Why, x.WhyID = f.whyNot(x.Pair, p, why[n])
			continue
		}
		open[i] = x.Slot != r.Slot[n] || f.moved[x.Pair] || !f.stays(*x)
		x.Slot = r.Slot[n]
	}
	taken := map[[2]int]bool{}
	for i, x := range out {
		if x.Slot > 0 && !open[i] {
			taken[[2]int{x.Slot, x.Table}] = true
		}
	}
	order := make([]int, 0, len(open))
	for i, x := range out {
		if x.Slot > 0 && open[i] {
			order = append(order, i)
		}
	}
	// Meetings at a kept table first, or others might take its place.
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(out[i].Slot, out[j].Slot), -compareBool(f.tableOf(out[i].Pair) > 0, f.tableOf(out[j].Pair) > 0), cmp.Compare(i, j))
	})
	sat := map[string]int{}
	for _, i := range order {
		x := &out[i]
		x.Table = f.freeTable(x, taken, sat)
		taken[[2]int{x.Slot, x.Table}] = true
		sat[x.A], sat[x.B] = x.Table, x.Table
	}
	return out
}

// freeTable picks a table in the meeting's slot; 0 when all are taken.
func (f *floor) freeTable(x *market.Meeting, taken map[[2]int]bool, sat map[string]int) int {
	best, score := 0, -1
	for _, t := range f.Fair.Tables {
		own := t.EnterpriseID == x.A || t.EnterpriseID == x.B
		if taken[[2]int{x.Slot, t.Number}] || t.EnterpriseID != "" && !own {
			continue
		}
		points := 0
		if own {
			points += 4
		}
		if sat[x.A] == t.Number {
			points++
		}
		if sat[x.B] == t.Number {
			points++
		}
		if points > score {
			best, score = t.Number, points
		}
	}
	return best
}

// whyNot says what kept a talk out, and whose fault it is if it is one firm's.
func (f *floor) whyNot(pair market.Pair, p *schedule.Problem, r schedule.Reason) (why, of string) {
	for _, id := range []string{pair.A, pair.B} {
		if f.Parties[id].Absent {
			return "absent", id
		}
	}
	if r.Party >= 0 && r.Party < len(p.Parties) && (r.Why == schedule.Cap || r.Why == schedule.Full) {
		of = p.Parties[r.Party].Name
	}
	switch r.Why {
	case schedule.Veto, schedule.NoCommonSlot:
		return "common", ""
	case schedule.Cap:
		return "cap", of
	case schedule.Full:
		return "full", of
	case schedule.NoTable:
		return "tables", ""
	}
	return "displaced", ""
}
