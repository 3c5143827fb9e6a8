package market

import (
	"fmt"
	"slices"
	"time"
)

// FairPhase is where a fair stands. Phases follow each other, but an operator
// may go back.
type FairPhase string

const (
	FairSetup    FairPhase = "setup"    // 筹备: only its operators see it
	FairRegister FairPhase = "register" // 报名
	FairWish     FairPhase = "wish"     // 选配: firms say whom they want to meet
	FairPlan     FairPhase = "plan"     // 初排: the timetable is provisional
	FairFinal    FairPhase = "final"    // 定稿: it is final, only the operator changes it
	FairDay      FairPhase = "day"      // 现场
	FairAfter    FairPhase = "after"    // 会后
)

// FairPhases lists the phases in order.
var FairPhases = []FairPhase{FairSetup, FairRegister, FairWish, FairPlan, FairFinal, FairDay, FairAfter}

// FairEntry says who may register by itself.
type FairEntry string

const (
	EntryClusters FairEntry = "clusters" // firms of the fair's clusters
	EntryInvited  FairEntry = "invited"  // nobody: the operator adds firms
	EntryOpen     FairEntry = "open"     // every firm
)

// FairRole is what a firm comes for.
type FairRole string

const (
	FairBuyer  FairRole = "buyer"
	FairSeller FairRole = "seller"
	FairBoth   FairRole = "both"
)

// Fair is a matching event held by the association of a cluster.
type Fair struct {
	ID                       string
	Rev                      int64
	Name                     string
	Place                    string
	Clusters                 []string // the holding one first; operators of any of them run the fair
	Entry                    FairEntry
	Phase                    FairPhase
	Regime                   FairRegime // empty: RegimeOrganiser
	Dates                    []FairDate // when each phase begins; for people, nothing happens by itself
	SlotMinutes              int        // 15, 20 or 30
	Sessions                 []FairSession
	Pauses                   []FairPause
	Tables                   []FairTable
	MinMeetings, MaxMeetings int    // of a firm; Max 0: no limit
	Secret                   []byte // signs the links on badges and tables
	Demo                     bool
	CreatedAt, UpdatedAt     time.Time
}

// FairDate is the day a phase begins.
type FairDate struct {
	Phase FairPhase
	Day   string // 2006-01-02
}

// FairSession is a stretch of a day in which meetings take place. Times are
// minutes after midnight in China.
type FairSession struct {
	Day      string
	From, To int
}

// FairPause blocks time within sessions: a break, or a talk on the agenda.
type FairPause struct {
	Day      string
	From, To int
	Title    string
	Talk     bool
}

// FairTable is a numbered table; one with an enterprise is kept for it.
type FairTable struct {
	Number       int
	Hall         string
	EnterpriseID string
}

// FairSlot is one round of meetings. Numbers begin at 1.
type FairSlot struct {
	Number, Session int
	Start, End      time.Time
}

// FairArrival is one representative who checked in.
type FairArrival struct {
	FairID, EnterpriseID string
	Rep                  int
	Via                  string // badge or desk
	At                   time.Time
}

// chinaZone is the zone of every time of day at a fair.
func chinaZone() *time.Location { return time.FixedZone("CST", 8*3600) }

// Slots computes the rounds of meetings: whole slots that fit into a session
// around its pauses.
func (f *Fair) Slots() []FairSlot {
	var out []FairSlot
	for n, s := range f.Sessions {
		day, err := time.ParseInLocation(time.DateOnly, s.Day, chinaZone())
		if err != nil || f.SlotMinutes < 1 {
			continue
		}
		for at := s.From; at+f.SlotMinutes <= s.To; {
			if p := f.pauseIn(s.Day, at, at+f.SlotMinutes); p != nil {
				at = p.To
				continue
			}
			start := day.Add(time.Duration(at) * time.Minute)
			out = append(out, FairSlot{len(out) + 1, n + 1, start, start.Add(time.Duration(f.SlotMinutes) * time.Minute)})
			at += f.SlotMinutes
		}
	}
	return out
}

func (f *Fair) pauseIn(day string, from, to int) *FairPause {
	for i, p := range f.Pauses {
		if p.Day == day && p.From < to && from < p.To {
			return &f.Pauses[i]
		}
	}
	return nil
}

// Check reports every fault of a fair's set-up.
func (f *Fair) Check() error {
	var errs Errors
	errs.Add(needText("name", f.Name, 2, 80))
	errs.Add(maxText("place", f.Place, 120))
	if len(f.Clusters) == 0 {
		errs.Add(Bad("clusters", "error.required"))
	}
	if !slices.Contains([]FairEntry{EntryClusters, EntryInvited, EntryOpen}, f.Entry) {
		errs.Add(Bad("entry", "error.choose"))
	}
	if !slices.Contains(FairPhases, f.Phase) {
		errs.Add(Bad("phase", "error.choose"))
	}
	if f.Regime != "" && !slices.Contains(FairRegimes, f.Regime) {
		errs.Add(Bad("regime", "error.choose"))
	}
	if !slices.Contains([]int{15, 20, 30}, f.SlotMinutes) {
		errs.Add(Bad("slot_minutes", "error.choose"))
	}
	if f.MinMeetings < 0 || f.MaxMeetings < 0 || f.MaxMeetings > 0 && f.MinMeetings > f.MaxMeetings {
		errs.Add(Bad("max_meetings", "error.fair.minMax"))
	}
	f.checkTimes(&errs)
	f.checkTables(&errs)
	return errs.Err()
}

func (f *Fair) checkTimes(errs *Errors) {
	if len(f.Sessions) == 0 || len(f.Sessions) > 20 {
		errs.Add(Bad("sessions", "error.fair.sessions"))
		return
	}
	for i, s := range f.Sessions {
		field := fmt.Sprintf("sessions[%d]", i)
		errs.Add(checkSpan(field, s.Day, s.From, s.To))
		if i > 0 {
			if b := f.Sessions[i-1]; s.Day < b.Day || s.Day == b.Day && s.From < b.To {
				errs.Add(Bad(field, "error.fair.order"))
			}
		}
	}
	if len(f.Pauses) > 100 {
		errs.Add(Bad("pauses", "error.fair.tables"))
	}
	for i, p := range f.Pauses {
		errs.Add(checkSpan(fmt.Sprintf("pauses[%d]", i), p.Day, p.From, p.To))
		errs.Add(maxText(fmt.Sprintf("pauses[%d].title", i), p.Title, 80))
	}
	for i, d := range f.Dates {
		if _, err := time.Parse(time.DateOnly, d.Day); err != nil || !slices.Contains(FairPhases, d.Phase) {
			errs.Add(Bad(fmt.Sprintf("dates[%d]", i), "error.date"))
		}
	}
	if len(*errs) == 0 && len(f.Slots()) == 0 {
		errs.Add(Bad("sessions", "error.fair.noSlot"))
	}
}

func checkSpan(field, day string, from, to int) *Error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return Bad(field+".day", "error.date")
	}
	if from < 0 || to > 24*60 || from >= to {
		return Bad(field+".to", "error.fair.span")
	}
	return nil
}

func (f *Fair) checkTables(errs *Errors) {
	if len(f.Tables) == 0 || len(f.Tables) > 1000 {
		errs.Add(Bad("tables", "error.fair.tables"))
	}
	seen := map[int]bool{}
	for i, t := range f.Tables {
		if t.Number < 1 || t.Number > 9999 || seen[t.Number] {
			errs.Add(Bad(fmt.Sprintf("tables[%d].number", i), "error.fair.tableNumber"))
		}
		seen[t.Number] = true
		errs.Add(maxText(fmt.Sprintf("tables[%d].hall", i), t.Hall, 40))
	}
}

// MayRunFair: operators of its clusters, and administrators.
func (a Actor) MayRunFair(f *Fair) bool {
	return a.Admin || slices.ContainsFunc(f.Clusters, func(id string) bool { return slices.Contains(a.Clusters, id) })
}

// MayInvite: who runs the fair registers firms of its clusters, others where the
// fair is open.
func (a Actor) MayInvite(f *Fair, cluster string) bool {
	return a.MayRunFair(f) && (a.Admin || f.Entry == EntryOpen || slices.Contains(f.Clusters, cluster))
}

// MayReadFair: its result, for whoever runs it and for the bureaus of its
// clusters.
func (a Actor) MayReadFair(f *Fair) bool {
	return a.MayRunFair(f) || slices.ContainsFunc(f.Clusters, a.MayRead)
}

// MaySeeFair: whoever runs it, reads its result or is registered always; other
// firms once it is announced and they may register. cluster is the cluster of the actor's firm.
func (a Actor) MaySeeFair(f *Fair, cluster string, registered bool) bool {
	if a.MayReadFair(f) {
		return true
	}
	return a.EnterpriseID != "" && (registered || f.Phase != FairSetup && f.lets(cluster))
}

// MayRegister: firms by themselves, while the fair takes registrations.
func (a Actor) MayRegister(f *Fair, cluster string) bool {
	return a.EnterpriseID != "" && f.Permits(Registering) && f.lets(cluster)
}

// Announced reports whether everybody may know of the fair: it is no longer being
// set up, and firms may come without an invitation.
func (f *Fair) Announced() bool {
	return f.Phase != FairSetup && f.Entry != EntryInvited
}

// Over reports whether the fair's last round has ended, or its organiser says so.
func (f *Fair) Over(now time.Time) bool {
	slots := f.Slots()
	return f.Phase == FairAfter || len(slots) == 0 || now.After(slots[len(slots)-1].End)
}

// FairDeed is something that firms do by themselves at a fair.
type FairDeed string

const (
	Registering FairDeed = "register" // register, change that or leave
	Wishing     FairDeed = "wish"     // say whom one wants to meet
	Picking     FairDeed = "pick"     // pick, change or cancel a slot, where the regime is that
	CheckingIn  FairDeed = "arrive"
	Replying    FairDeed = "reply" // say what came of a talk
)

// FairDeeds lists the deeds.
var FairDeeds = []FairDeed{Registering, Wishing, Picking, CheckingIn, Replying}

// Permits says what the phase lets firms do. An operator may do everything in
// every phase.
func (f *Fair) Permits(d FairDeed) bool {
	switch f.Phase {
	case FairRegister:
		return d == Registering || d == Wishing
	case FairWish:
		return d == Registering || d == Wishing || d == Picking && f.Regime == RegimePick
	case FairPlan:
		return d == Picking && f.Regime == RegimePick
	case FairDay:
		return d == CheckingIn || d == Replying
	case FairAfter:
		return d == Replying
	}
	return false
}

func (f *Fair) lets(cluster string) bool {
	return f.Entry == EntryOpen || f.Entry == EntryClusters && slices.Contains(f.Clusters, cluster)
}
