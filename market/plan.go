package market

import (
	"cmp"
	"slices"
	"time"
)

// PlanState is where the computing of a plan stands.
type PlanState string

const (
	PlanQueued   PlanState = "queued"
	PlanSolving  PlanState = "solving"
	PlanStopping PlanState = "stopping" // somebody has seen enough: the best so far is taken
	PlanDone     PlanState = "done"
	PlanFailed   PlanState = "failed"
)

// Plan is a timetable of a fair. A draft changes; a released one never does.
type Plan struct {
	ID, FairID string
	Rev        int64
	Number     int    // 1, 2, … within the fair
	Base       string // the plan it repairs or continues; its locks are kept
	Picked     bool   // firms pick their slots in it, until it is released
	State      PlanState
	Progress   string // for people: what has been found so far
	Settings   PlanSettings
	Figures    PlanFigures
	CreatedAt  time.Time
	ReleasedAt time.Time // zero: a draft
}

// Released reports whether the plan is frozen.
func (p *Plan) Released() bool { return !p.ReleasedAt.IsZero() }

// PlanSettings steer the solver.
type PlanSettings struct {
	Seed    int64
	Seconds int  // the solver stops after so long with the best so far
	Fill    bool // talks that nobody asked for but the matcher proposes, too
	Repair  bool // keep what can be kept of Base
	FromNow int  // repair: slots before this one are over
}

// Check wants settings that end.
func (s *PlanSettings) Check() error {
	if s.Seconds < 1 || s.Seconds > 60 {
		return Bad("seconds", "error.value")
	}
	return nil
}

// PlanFigures are what a plan is worth, counted from its meetings.
type PlanFigures struct {
	Asked, Placed   int
	Musts, MustsGot int
	Value           int64
	Gaps            int    // idle slots between a firm's meetings, within a session
	TableChanges    int    // meetings at another table than the firm's one before
	Empty           int    // firms with wishes that meet nobody
	Short           int    // firms with more than one wish that meet one other
	Moved           int    // repair: meetings of the base that stand elsewhere or are gone
	Status          string // what the solver proved
	Bound           int64
}

// The weights of a plan's total: what a talk is worth (MeetingValue) less these.
// Musts come before any total.
const (
	WeightEmpty = 60 // a firm that meets nobody
	WeightShort = 15 // a firm that meets only one other
	WeightGap   = 3  // an idle slot between two talks of a firm
	WeightTable = 1  // a change of tables
)

// Total is what the plan is worth, by the weights.
func (f *PlanFigures) Total() int64 {
	return f.Value - WeightEmpty*int64(f.Empty) - WeightShort*int64(f.Short) - WeightGap*int64(f.Gaps) - WeightTable*int64(f.TableChanges)
}

// Better reports whether the plan is to be preferred: more musts, then the total.
func (f *PlanFigures) Better(than *PlanFigures) bool {
	return f.MustsGot > than.MustsGot || f.MustsGot == than.MustsGot && f.Total() > than.Total()
}

// WhyVeto stands for a talk that one side wants and the other, or one of the
// two for good, does not. It is told as a reason and counts for nothing.
const WhyVeto = "veto"

// Warning is one thing wrong with a plan. Warnings are shown, never refused:
// the person at the desk knows more.
type Warning struct {
	Kind         string // lock, clash, table, away, refused, reserved, slot, most, least
	Pair         Pair   // the meeting; empty for a firm as a whole
	EnterpriseID string
	Slot, Table  int
}

// Hall is what a plan is checked against.
type Hall struct {
	Fair    *Fair
	Parties map[string]FairParty
	Refused map[Pair]bool // one said no, or they know each other
}

// Count computes the figures of meetings.
func (h *Hall) Count(meetings []Meeting) PlanFigures {
	var f PlanFigures
	asked, got := map[string]int{}, map[string][]Meeting{}
	for _, m := range meetings {
		if m.Slot == 0 && m.Why == WhyVeto {
			continue
		}
		f.Asked++
		asked[m.A]++
		asked[m.B]++
		if m.Must {
			f.Musts++
		}
		if m.Slot == 0 {
			continue
		}
		f.Placed++
		f.Value += m.Value
		if m.Must {
			f.MustsGot++
		}
		got[m.A], got[m.B] = append(got[m.A], m), append(got[m.B], m)
	}
	for id, n := range asked {
		switch {
		case len(got[id]) == 0:
			f.Empty++
		case len(got[id]) == 1 && n > 1:
			f.Short++
		}
	}
	for id, list := range got {
		gaps, changes := h.Idle(id, list)
		f.Gaps, f.TableChanges = f.Gaps+gaps, f.TableChanges+changes
	}
	return f
}

// Idle counts a firm's idle slots between its placed talks, within a session,
// and how often it changes tables.
func (h *Hall) Idle(enterpriseID string, talks []Meeting) (gaps, changes int) {
	session := map[int]int{}
	for _, s := range h.Fair.Slots() {
		session[s.Number] = s.Session
	}
	list := slices.DeleteFunc(slices.Clone(talks), func(m Meeting) bool { return m.Slot == 0 || m.A != enterpriseID && m.B != enterpriseID })
	slices.SortFunc(list, func(a, b Meeting) int { return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Table, b.Table)) })
	for i := 1; i < len(list); i++ {
		if session[list[i].Slot] == session[list[i-1].Slot] {
			gaps += max(0, list[i].Slot-list[i-1].Slot-1)
		}
		if list[i].Table != list[i-1].Table {
			changes++
		}
	}
	return gaps, changes
}

// Warnings lists everything wrong with meetings, in their order.
func (h *Hall) Warnings(meetings []Meeting) []Warning {
	var out []Warning
	slots := len(h.Fair.Slots())
	tables := map[int]FairTable{}
	for _, t := range h.Fair.Tables {
		tables[t.Number] = t
	}
	busy, taken, count := map[string]map[int]int{}, map[[2]int]int{}, map[string]int{}
	for _, m := range meetings {
		if m.Slot == 0 {
			continue
		}
		taken[[2]int{m.Slot, m.Table}]++
		for _, id := range []string{m.A, m.B} {
			if busy[id] == nil {
				busy[id] = map[int]int{}
			}
			busy[id][m.Slot]++
			count[id]++
		}
	}
	for _, m := range meetings {
		if m.Slot == 0 {
			if m.Locked { // somebody decided where it is, and it is nowhere
				out = append(out, Warning{Kind: "lock", Pair: m.Pair})
			}
			continue
		}
		warn := func(kind, id string) { out = append(out, Warning{kind, m.Pair, id, m.Slot, m.Table}) }
		t, there := tables[m.Table]
		switch {
		case m.Slot > slots:
			warn("slot", "")
		case !there, taken[[2]int{m.Slot, m.Table}] > 1:
			warn("table", "")
		case t.EnterpriseID != "" && t.EnterpriseID != m.A && t.EnterpriseID != m.B:
			warn("reserved", t.EnterpriseID)
		}
		if h.Refused[m.Pair] {
			warn("refused", "")
		}
		for _, id := range []string{m.A, m.B} {
			p, ok := h.Parties[id]
			if !ok || p.CannotMeet(m.Slot) {
				warn("away", id)
			}
			if busy[id][m.Slot] > max(1, p.Seats(m.Slot)) {
				warn("clash", id)
			}
		}
	}
	return append(out, h.counts(meetings, count)...)
}

// counts warns of firms with too many or too few meetings.
func (h *Hall) counts(meetings []Meeting, count map[string]int) []Warning {
	var out []Warning
	var ids []string
	for _, m := range meetings {
		ids = append(ids, m.A, m.B)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		switch n := count[id]; {
		case h.Fair.MaxMeetings > 0 && n > h.Fair.MaxMeetings:
			out = append(out, Warning{Kind: "most", EnterpriseID: id})
		case n < h.Fair.MinMeetings && !h.Parties[id].Absent:
			out = append(out, Warning{Kind: "least", EnterpriseID: id})
		}
	}
	return out
}
