package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
)

// PlanFigures are what a plan is worth.
type PlanFigures struct {
	Asked        int    `json:"asked"`
	Placed       int    `json:"placed"`
	Musts        int    `json:"musts"`
	MustsGot     int    `json:"musts_got"`
	Value        int64  `json:"value"`
	Gaps         int    `json:"gaps"`
	TableChanges int    `json:"table_changes"`
	Empty        int    `json:"empty"`
	Short        int    `json:"short" doc:"Firms with more than one wish that meet one other"`
	Moved        int    `json:"moved"`
	Status       string `json:"status"`
	Bound        int64  `json:"bound"`
}

// PlanSettings steer the solver.
type PlanSettings struct {
	Seed    int64 `json:"seed" required:"false"`
	Seconds int   `json:"seconds" required:"false"`
	Fill    bool  `json:"fill" required:"false"`
	Repair  bool  `json:"repair" required:"false"`
	FromNow int   `json:"from_now" required:"false" doc:"Repair: slots before this one are over"`
}

// Plan is a timetable without its meetings.
type Plan struct {
	ID         string       `json:"id"`
	FairID     string       `json:"fair_id"`
	Rev        int64        `json:"rev"`
	Number     int          `json:"number"`
	Base       string       `json:"base"`
	Picked     bool         `json:"picked" doc:"Firms pick their slots in it"`
	State      string       `json:"state"`
	Progress   string       `json:"progress"`
	Settings   PlanSettings `json:"settings"`
	Figures    PlanFigures  `json:"figures"`
	CreatedAt  time.Time    `json:"created_at"`
	ReleasedAt *time.Time   `json:"released_at"`
}

// Meeting is one talk of a plan.
type Meeting struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Slot   int    `json:"slot" doc:"0: not placed"`
	Table  int    `json:"table"`
	Locked bool   `json:"locked"`
	Must   bool   `json:"must"`
	Added  bool   `json:"added" doc:"By the organiser's hand; may be removed"`
	Value  int64  `json:"value"`
	Why    string `json:"why" doc:"What kept it out, in words"`
}

// PlanWarning is one thing wrong with a plan.
type PlanWarning struct {
	Kind         string `json:"kind"`
	A            string `json:"a"`
	B            string `json:"b"`
	EnterpriseID string `json:"enterprise_id"`
	Slot         int    `json:"slot"`
	Table        int    `json:"table"`
	Text         string `json:"text"`
}

// WholePlan is a timetable with everything the operator's grid shows.
type WholePlan struct {
	Plan
	Meetings []Meeting         `json:"meetings" nullable:"false"`
	Warnings []PlanWarning     `json:"warnings" nullable:"false"`
	Names    map[string]string `json:"names"`
	Firms    []PlanFirm        `json:"firms" nullable:"false"`
	Terms    []PlanTerm        `json:"terms" nullable:"false" doc:"What the total is made of; musts come before it"`
	Total    int64             `json:"total"`
	Edits    int               `json:"edits" doc:"How many edits of the draft can be undone, also those of others"`
}

// MeetingEdit places, locks, takes out (slot 0), adds or removes one talk. What is not
// named stays as it is.
type MeetingEdit struct {
	A      string `json:"a" maxLength:"64"`
	B      string `json:"b" maxLength:"64"`
	Slot   *int   `json:"slot,omitempty" minimum:"0" maximum:"4096"`
	Table  *int   `json:"table,omitempty" minimum:"0" maximum:"9999"`
	Locked *bool  `json:"locked,omitempty"`
	Add    bool   `json:"add,omitempty" doc:"A new talk, for a walk-in"`
	Remove bool   `json:"remove,omitempty" doc:"A talk that was added by hand is no more"`
}

// PlanChange is one talk that stands elsewhere in the other plan.
type PlanChange struct {
	A     string `json:"a"`
	B     string `json:"b"`
	NameA string `json:"name_a"`
	NameB string `json:"name_b"`
	Slot  [2]int `json:"slot" nullable:"false"`
	Table [2]int `json:"table" nullable:"false"`
}

type (
	planCreate struct {
		Key  string `header:"Idempotency-Key" maxLength:"200"`
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			PlanSettings
			Base string `json:"base" required:"false" maxLength:"64"`
		}
	}
	plansOutput struct {
		Body struct {
			Items []Plan `json:"items" nullable:"false"`
		}
	}
	planOutput      struct{ Body Plan }
	wholePlanOutput struct {
		ETag string `header:"ETag"`
		Body WholePlan
	}
	meetingEdit struct {
		ID   string `path:"id" maxLength:"64"`
		Body MeetingEdit
	}
	compareInput struct {
		ID    string `path:"id" maxLength:"64"`
		Other string `path:"other" maxLength:"64"`
	}
	compareOutput struct {
		Body struct {
			Plans   [2]Plan      `json:"plans" nullable:"false"`
			Changes []PlanChange `json:"changes" nullable:"false"`
		}
	}
)

func (a *API) mountPlans() {
	route(a, "GET /api/fairs/{id}/plans", market.AsOperator, "fair-plans", a.fairPlans)
	route(a, "POST /api/fairs/{id}/plans", market.AsOperator, "create-plan", a.createPlan, created)
	route(a, "GET /api/plans/{id}", market.AsOperator, "get-plan", a.getPlan)
	route(a, "PUT /api/plans/{id}/meetings", market.AsOperator, "edit-meeting", a.editMeeting)
	route(a, "POST /api/plans/{id}/undo", market.AsOperator, "undo-edit", a.undoEdit)
	route(a, "POST /api/plans/{id}/release", market.AsOperator, "release-plan", a.releasePlan)
	route(a, "POST /api/plans/{id}/stop", market.AsOperator, "stop-plan", func(ctx context.Context, w who, in *idInput) (*none, error) {
		if _, _, err := a.planRun(ctx, w, in.ID); err != nil {
			return nil, err
		}
		return nil, a.cfg.Store.StopPlan(ctx, in.ID)
	})
	route(a, "GET /api/plans/{id}/compare/{other}", market.AsOperator, "compare-plans", a.comparePlans)
	a.mountPlanBook()
	route(a, "GET /api/fairs/{id}/timetable", market.AsEnterprise, "my-timetable", a.myTimetable)
}

func planView(p market.Plan) Plan {
	return Plan{p.ID, p.FairID, p.Rev, p.Number, p.Base, p.Picked, string(p.State), p.Progress, PlanSettings(p.Settings), PlanFigures(p.Figures), p.CreatedAt, momentOf(p.ReleasedAt)}
}

// planRun loads a plan of a fair that the reader runs.
func (a *API) planRun(ctx context.Context, w who, id string) (market.Plan, market.Fair, error) {
	p, err := a.cfg.Store.Plan(ctx, id)
	if err != nil {
		return p, market.Fair{}, err
	}
	f, err := a.fairRun(ctx, w, p.FairID)
	return p, f, err
}

func (a *API) fairPlans(ctx context.Context, w who, in *idInput) (*plansOutput, error) {
	if _, err := a.fairRun(ctx, w, in.ID); err != nil {
		return nil, err
	}
	list, err := a.cfg.Store.Plans(ctx, in.ID)
	out := &plansOutput{}
	out.Body.Items = []Plan{}
	for _, p := range list {
		out.Body.Items = append(out.Body.Items, planView(p))
	}
	return out, err
}

// createPlan queues a new draft. A base lends its locks; a repair keeps all of
// it that can be kept.
func (a *API) createPlan(ctx context.Context, w who, in *planCreate) (*planOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	s := market.PlanSettings(in.Body.PlanSettings)
	s.Seconds, s.Seed = cmp.Or(s.Seconds, 10), cmp.Or(s.Seed, 1)
	if err := s.Check(); err != nil {
		return nil, err
	}
	if in.Body.Base != "" {
		base, err := a.cfg.Store.Plan(ctx, in.Body.Base)
		if err != nil {
			return nil, err
		}
		if base.FairID != f.ID {
			return nil, market.ErrNotFound
		}
	} else if s.Repair {
		return nil, market.Bad("base", "error.required")
	}
	p := market.Plan{FairID: f.ID, Base: in.Body.Base, State: market.PlanQueued, Settings: s}
	if in.Key != "" {
		p.ID = keyed("plan", f.ID, w.UserID, in.Key)
	}
	if err := a.cfg.Store.CreatePlan(ctx, w.Actor, &p, nil); err != nil {
		return nil, err
	}
	return &planOutput{planView(p)}, nil
}

func (a *API) getPlan(ctx context.Context, w who, in *idInput) (*wholePlanOutput, error) {
	p, f, err := a.planRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	meetings, err := a.cfg.Store.Meetings(ctx, p.ID, "")
	if err != nil {
		return nil, err
	}
	hall, err := a.cfg.Store.Hall(ctx, &f)
	if err != nil {
		return nil, err
	}
	names, err := a.namesOf(ctx, hall, meetings)
	if err != nil {
		return nil, err
	}
	v := WholePlan{Plan: planView(p), Meetings: []Meeting{}, Warnings: []PlanWarning{}, Names: names}
	for _, m := range meetings {
		x := Meeting{m.A, m.B, m.Slot, m.Table, m.Locked, m.Must, m.Added, m.Value, ""}
		if m.Slot == 0 {
			x.Why = whyText(w.lang, m, names)
		}
		v.Meetings = append(v.Meetings, x)
	}
	if !p.Released() && p.State == market.PlanDone {
		// Figures follow every move; those of a release are frozen with it.
		n := hall.Count(meetings)
		n.Status, n.Bound, n.Moved = p.Figures.Status, p.Figures.Bound, p.Figures.Moved
		v.Figures = PlanFigures(n)
	}
	figures := market.PlanFigures(v.Figures)
	v.Terms, v.Total = planTerms(figures), figures.Total()
	if v.Edits, err = a.cfg.Store.Edits(ctx, p.ID); err != nil {
		return nil, err
	}
	if v.Firms, err = a.planFirms(ctx, hall, meetings, names); err != nil {
		return nil, err
	}
	slots := slotTimes(&f)
	for _, x := range hall.Warnings(meetings) {
		text := frontend.Text(w.lang, "fair.warn."+x.Kind, names[x.Pair.A], names[x.Pair.B], names[x.EnterpriseID], slots[x.Slot], itoa(x.Table))
		v.Warnings = append(v.Warnings, PlanWarning{x.Kind, x.Pair.A, x.Pair.B, x.EnterpriseID, x.Slot, x.Table, text})
	}
	return &wholePlanOutput{etag(p.Rev), v}, nil
}

// namesOf names everybody at the fair and in the meetings.
func (a *API) namesOf(ctx context.Context, hall *market.Hall, meetings []market.Meeting) (map[string]string, error) {
	var ids []string
	for id := range hall.Parties {
		ids = append(ids, id)
	}
	for _, m := range meetings {
		ids = append(ids, m.A, m.B)
	}
	slices.Sort(ids)
	firms, err := a.cfg.Store.Enterprises(ctx, slices.Compact(ids))
	names := map[string]string{}
	for id, e := range firms {
		names[id] = e.Name
	}
	return names, err
}

// slotTimes writes 09:20 for each slot number, and the day before it where a
// fair has several.
func slotTimes(f *market.Fair) map[int]string {
	layout := "15:04"
	if len(daysOf(f)) > 1 {
		layout = "01-02 15:04"
	}
	out := map[int]string{}
	for _, s := range f.Slots() {
		out[s.Number] = s.Start.In(chinaTime()).Format(layout)
	}
	return out
}

func (a *API) editMeeting(ctx context.Context, w who, in *meetingEdit) (*wholePlanOutput, error) {
	p, _, err := a.planRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	pair := market.PairOf(b.A, b.B)
	if b.Remove {
		if err := a.cfg.Store.RemoveMeeting(ctx, w.Actor, p.ID, pair); err != nil {
			return nil, err
		}
		return a.getPlan(ctx, w, &idInput{ID: p.ID})
	}
	edit := func(m *market.Meeting) {
		if b.Slot != nil {
			m.Slot, m.Why = *b.Slot, "taken"
		}
		if b.Table != nil {
			m.Table = *b.Table
		}
		if m.Slot == 0 {
			m.Table, m.Locked = 0, false
		} else if m.Why = ""; b.Locked != nil {
			m.Locked = *b.Locked
		}
	}
	if b.Add {
		err = a.addMeeting(ctx, w, &p, pair, edit)
	} else {
		_, err = a.cfg.Store.EditMeeting(ctx, w.Actor, p.ID, pair, edit)
	}
	if err != nil {
		return nil, err
	}
	return a.getPlan(ctx, w, &idInput{ID: p.ID})
}

// addMeeting adds a talk of two firms that take part, placed as the edit says.
func (a *API) addMeeting(ctx context.Context, w who, p *market.Plan, pair market.Pair, edit func(*market.Meeting)) error {
	parties, err := a.cfg.Store.Parties(ctx, p.FairID)
	if err != nil {
		return err
	}
	_, okA := parties[pair.A]
	if _, okB := parties[pair.B]; !okA || !okB || pair.A == pair.B {
		return market.ErrNotFound
	}
	m := market.Meeting{Pair: pair, Value: 20, Why: "displaced"}
	edit(&m)
	return a.cfg.Store.AddMeeting(ctx, w.Actor, p.ID, m)
}

// undoEdit takes the last edit back, whoever made it, also days later.
func (a *API) undoEdit(ctx context.Context, w who, in *idInput) (*wholePlanOutput, error) {
	p, _, err := a.planRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	undone, err := a.cfg.Store.UndoEdit(ctx, w.Actor, p.ID)
	if err == nil && !undone {
		err = &market.Error{Kind: market.Conflict, Message: "error.fair.editOver"}
	}
	if err != nil {
		return nil, err
	}
	return a.getPlan(ctx, w, in)
}

func (a *API) releasePlan(ctx context.Context, w who, in *idInput) (*planOutput, error) {
	p, f, err := a.planRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	meetings, err := a.cfg.Store.Meetings(ctx, p.ID, "")
	if err != nil {
		return nil, err
	}
	hall, err := a.cfg.Store.Hall(ctx, &f)
	if err != nil {
		return nil, err
	}
	n := hall.Count(meetings)
	n.Status, n.Bound, n.Moved = p.Figures.Status, p.Figures.Bound, p.Figures.Moved
	next, err := a.cfg.Store.ReleasePlan(ctx, w.Actor, p.ID, n)
	if err != nil {
		return nil, err
	}
	return &planOutput{planView(next)}, nil
}

func (a *API) comparePlans(ctx context.Context, w who, in *compareInput) (*compareOutput, error) {
	out := &compareOutput{}
	out.Body.Changes = []PlanChange{}
	var at [2]map[market.Pair]market.Meeting
	var all []market.Meeting
	var fair market.Fair
	for i, id := range []string{in.ID, in.Other} {
		p, f, err := a.planRun(ctx, w, id)
		if err != nil {
			return nil, err
		}
		if i == 1 && f.ID != fair.ID {
			return nil, market.ErrNotFound
		}
		fair = f
		list, err := a.cfg.Store.Meetings(ctx, p.ID, "")
		if err != nil {
			return nil, err
		}
		out.Body.Plans[i], at[i] = planView(p), map[market.Pair]market.Meeting{}
		for _, m := range list {
			at[i][m.Pair] = m
		}
		all = append(all, list...)
	}
	names, err := a.namesOf(ctx, &market.Hall{}, all)
	if err != nil {
		return nil, err
	}
	seen := map[market.Pair]bool{}
	for _, m := range all {
		x, y := at[0][m.Pair], at[1][m.Pair]
		if seen[m.Pair] || x.Slot == y.Slot && x.Table == y.Table {
			continue
		}
		seen[m.Pair] = true
		out.Body.Changes = append(out.Body.Changes, PlanChange{m.A, m.B, names[m.A], names[m.B], [2]int{x.Slot, y.Slot}, [2]int{x.Table, y.Table}})
	}
	return out, nil
}

// TimetableLine is one talk of one's own.
type TimetableLine struct {
	Other  EnterpriseRef `json:"other"`
	Slot   FairSlot      `json:"slot"`
	Table  int           `json:"table"`
	Hall   string        `json:"hall"`
	Change string        `json:"change" enum:",new,moved" doc:"Against the release before"`
	Was    string        `json:"was" doc:"For moved: the time and table before"`
}

type timetableOutput struct {
	Body struct {
		Release int             `json:"release" doc:"Number of the plan; 0: nothing released yet"`
		Items   []TimetableLine `json:"items" nullable:"false"`
		Gone    []EnterpriseRef `json:"gone" nullable:"false" doc:"Talks of the release before that are no more"`
		Asked   int             `json:"asked"`
		Got     int             `json:"got"`
		Badges  []FairLink      `json:"badges" nullable:"false"`
	}
}

// myTimetable shows a firm its own talks in the last release, and what changed
// for it since the one before. Drafts are nobody's business but the operator's.
func (a *API) myTimetable(ctx context.Context, w who, in *idInput) (*timetableOutput, error) {
	f, mine, _, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	out := &timetableOutput{}
	out.Body.Items, out.Body.Gone, out.Body.Badges = []TimetableLine{}, []EnterpriseRef{}, []FairLink{}
	if mine == nil {
		return out, nil
	}
	for i, r := range mine.Reps {
		out.Body.Badges = append(out.Body.Badges, FairLink{Name: r.Name, EnterpriseID: mine.EnterpriseID, Rep: i, URL: a.badgeURL(&f, mine.EnterpriseID, i)})
	}
	t, err := a.timetable(ctx, &f, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	wishes, err := a.cfg.Store.Wishes(ctx, f.ID, w.EnterpriseID)
	for _, x := range wishes {
		if x.Mark != market.WishNo {
			out.Body.Asked++
		}
	}
	out.Body.Release, out.Body.Items, out.Body.Gone, out.Body.Got = t.release, t.lines, t.gone, len(t.lines)
	return out, err
}

// planParties are the firms to be hinted at a plan: those of its fair once it
// is released, nobody before.
func (a *API) planParties(ctx context.Context, id string) ([]string, error) {
	p, err := a.cfg.Store.Plan(ctx, id)
	if err != nil || !p.Released() {
		return nil, err
	}
	parties, err := a.cfg.Store.Parties(ctx, p.FairID)
	return slices.Collect(maps.Keys(parties)), err
}

// timetable is one firm's part of the last release.
type timetable struct {
	release int
	lines   []TimetableLine
	gone    []EnterpriseRef
}

func (a *API) timetable(ctx context.Context, f *market.Fair, enterpriseID string) (t timetable, err error) {
	t.lines, t.gone = []TimetableLine{}, []EnterpriseRef{}
	last, before, err := a.cfg.Store.Releases(ctx, f.ID)
	if err == nil && f.Permits(market.Picking) {
		// What firms agreed among themselves is no secret from them.
		var picks market.Plan
		if picks, err = a.cfg.Store.Picks(ctx, f.ID); picks.ID != "" {
			last, before = picks, last
		}
	}
	if err != nil || last.ID == "" {
		return t, err
	}
	if t.release = last.Number; !last.Released() {
		t.release = before.Number
	}
	now, err := a.cfg.Store.Meetings(ctx, last.ID, enterpriseID)
	if err != nil {
		return t, err
	}
	then := map[market.Pair]market.Meeting{}
	if before.ID != "" {
		list, err := a.cfg.Store.Meetings(ctx, before.ID, enterpriseID)
		if err != nil {
			return t, err
		}
		for _, m := range list {
			then[m.Pair] = m
		}
	}
	var ids []string
	placed := map[market.Pair]bool{}
	slots, times := f.Slots(), slotTimes(f)
	for _, m := range now {
		ids = append(ids, m.Other(enterpriseID))
		placed[m.Pair] = m.Slot > 0 && m.Slot <= len(slots)
	}
	for pair := range then {
		ids = append(ids, pair.Other(enterpriseID))
	}
	slices.Sort(ids)
	firms, err := a.cfg.Store.Enterprises(ctx, slices.Compact(ids))
	if err != nil {
		return t, err
	}
	for pair, m := range then {
		if m.Slot > 0 && !placed[pair] {
			t.gone = append(t.gone, a.refOf(firms[pair.Other(enterpriseID)]))
		}
	}
	slices.SortFunc(t.gone, func(x, y EnterpriseRef) int { return cmp.Compare(x.ID, y.ID) })
	for _, m := range now {
		if !placed[m.Pair] {
			continue
		}
		other, was := a.refOf(firms[m.Other(enterpriseID)]), then[m.Pair]
		line := TimetableLine{Other: other, Slot: slotView(slots[m.Slot-1]), Table: m.Table, Hall: hallOf(f, m.Table)}
		switch {
		case before.ID == "" || was.Slot == m.Slot && was.Table == m.Table:
		case was.Slot == 0 || was.Slot > len(slots):
			line.Change = "new"
		default:
			line.Change, line.Was = "moved", times[was.Slot]+" · "+itoa(was.Table)
		}
		t.lines = append(t.lines, line)
	}
	return t, nil
}

func hallOf(f *market.Fair, table int) string {
	for _, t := range f.Tables {
		if t.Number == table {
			return t.Hall
		}
	}
	return ""
}
