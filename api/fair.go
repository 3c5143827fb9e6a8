package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lianqiao/market"
)

// FairSpan is a stretch of a day, times as 09:00 in China.
type FairSpan struct {
	Day   string `json:"day" doc:"2006-01-02"`
	From  string `json:"from" doc:"09:00"`
	To    string `json:"to"`
	Title string `json:"title" required:"false"`
	Talk  bool   `json:"talk" required:"false" doc:"A talk on the agenda, not a break"`
}

// FairTable is one table; a kept one names its firm.
type FairTable struct {
	Number       int    `json:"number"`
	Hall         string `json:"hall" required:"false"`
	EnterpriseID string `json:"enterprise_id" required:"false"`
}

// FairDate is the day on which a phase begins.
type FairDate struct {
	Phase string `json:"phase"`
	Day   string `json:"day"`
}

// FairInput is a fair's set-up.
type FairInput struct {
	Name        string      `json:"name"`
	Place       string      `json:"place" required:"false"`
	Clusters    []string    `json:"clusters" nullable:"false"`
	Entry       string      `json:"entry"`
	Phase       string      `json:"phase"`
	Regime      string      `json:"regime" required:"false" enum:",organiser,pick" doc:"Who decides when two firms meet; empty: the organiser"`
	Dates       []FairDate  `json:"dates" required:"false" nullable:"false"`
	SlotMinutes int         `json:"slot_minutes"`
	Sessions    []FairSpan  `json:"sessions" nullable:"false"`
	Pauses      []FairSpan  `json:"pauses" required:"false" nullable:"false"`
	Tables      []FairTable `json:"tables" nullable:"false"`
	MinMeetings int         `json:"min_meetings" required:"false"`
	MaxMeetings int         `json:"max_meetings" required:"false"`
}

// FairSlot is one round of meetings.
type FairSlot struct {
	Number  int       `json:"number"`
	Session int       `json:"session"`
	Day     string    `json:"day"`
	Time    string    `json:"time"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
}

// Fair is a matching event as the reader may see it.
type Fair struct {
	FairInput
	ID     string     `json:"id"`
	Rev    int64      `json:"rev"`
	Demo   bool       `json:"demo"`
	Slots  []FairSlot `json:"slots" nullable:"false"`
	Runs   bool       `json:"runs" doc:"The reader runs this fair"`
	Reads  bool       `json:"reads" doc:"The reader reads its result"`
	Open   bool       `json:"open" doc:"The reader's firm may register now"`
	Wishes bool       `json:"wishes" doc:"Firms may say now whom they want to meet"`
	Picks  bool       `json:"picks" doc:"Firms may pick now when they meet"`
	Mine   *FairParty `json:"mine" doc:"The registration of the reader's firm"`
	Hosted string     `json:"hosted" doc:"Names of the clusters"`
}

type (
	fairOutput struct {
		ETag string `header:"ETag"`
		Body Fair
	}
	fairsInput struct {
		After string `query:"after" maxLength:"64"`
	}
	fairsOutput struct {
		Body struct {
			Items []Fair  `json:"items" nullable:"false"`
			Next  *string `json:"next"`
		}
	}
	fairCreate struct {
		Key  string `header:"Idempotency-Key" maxLength:"200"`
		Body FairInput
	}
	fairEdit struct {
		ID      string `path:"id" maxLength:"64"`
		IfMatch string `header:"If-Match"`
		Body    FairInput
	}
)

func (a *API) mountFairs() {
	route(a, "GET /api/fairs", market.SignedIn, "fairs", a.fairs)
	route(a, "POST /api/fairs", market.AsOperator, "create-fair", a.createFair, created)
	route(a, "GET /api/fairs/{id}", market.SignedIn, "get-fair", a.getFair)
	route(a, "PUT /api/fairs/{id}", market.AsOperator, "edit-fair", a.editFair, edits)
	a.mountParties()
	a.mountWishes()
	a.mountPlans()
	a.mountFairDay()
	a.mountFairReport()
}

// fairFor loads a fair that the reader may see.
func (a *API) fairFor(ctx context.Context, w who, id string) (f market.Fair, mine *market.FairParty, cluster string, err error) {
	if f, err = a.cfg.Store.Fair(ctx, id); err != nil {
		return f, nil, "", err
	}
	if w.EnterpriseID != "" {
		e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
		if err != nil {
			return f, nil, "", err
		}
		cluster = e.ClusterID
		of, err := a.cfg.Store.FairsOf(ctx, w.EnterpriseID)
		if err != nil {
			return f, nil, "", err
		}
		if p, ok := of[id]; ok {
			mine = &p
		}
	}
	if !w.MaySeeFair(&f, cluster, mine != nil) {
		return market.Fair{}, nil, "", market.ErrNotFound
	}
	return f, mine, cluster, nil
}

// fairRun loads a fair that the reader runs; to everybody else it does not exist.
func (a *API) fairRun(ctx context.Context, w who, id string) (market.Fair, error) {
	f, err := a.cfg.Store.Fair(ctx, id)
	if err == nil && !w.MayRunFair(&f) {
		err = market.ErrNotFound
	}
	return f, err
}

func (a *API) fairs(ctx context.Context, w who, in *fairsInput) (*fairsOutput, error) {
	const page = 50
	list, err := a.cfg.Store.Fairs(ctx, in.After, page)
	if err != nil {
		return nil, err
	}
	cluster, of := "", map[string]market.FairParty{}
	if w.EnterpriseID != "" {
		e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
		if err != nil {
			return nil, err
		}
		cluster = e.ClusterID
		if of, err = a.cfg.Store.FairsOf(ctx, w.EnterpriseID); err != nil {
			return nil, err
		}
	}
	names, err := a.clusterNames(ctx)
	if err != nil {
		return nil, err
	}
	out := &fairsOutput{}
	out.Body.Items = []Fair{}
	for _, f := range list {
		var mine *market.FairParty
		if p, ok := of[f.ID]; ok {
			mine = &p
		}
		if w.MaySeeFair(&f, cluster, mine != nil) {
			out.Body.Items = append(out.Body.Items, a.fairView(w.Actor, f, mine, cluster, names))
		}
	}
	if len(list) == page {
		out.Body.Next = &list[page-1].ID
	}
	return out, nil
}

func (a *API) clusterNames(ctx context.Context) (map[string]string, error) {
	list, err := a.cfg.Store.Clusters(ctx)
	names := map[string]string{}
	for _, c := range list {
		names[c.ID] = c.Name
	}
	return names, err
}

func (a *API) createFair(ctx context.Context, w who, in *fairCreate) (*fairOutput, error) {
	f := in.Body.fair()
	if err := a.checkFair(ctx, w, &f, nil); err != nil {
		return nil, err
	}
	if in.Key != "" {
		f.ID = keyed("fair", w.UserID, in.Key)
	}
	if err := a.cfg.Store.CreateFair(ctx, w.Actor, &f); err != nil {
		return nil, err
	}
	return a.fairAnswer(ctx, w, f, nil, "")
}

// checkFair also holds an operator to clusters: the holding one must be his,
// others may only stay.
func (a *API) checkFair(ctx context.Context, w who, f, kept *market.Fair) error {
	if err := f.Check(); err != nil {
		return err
	}
	names, err := a.clusterNames(ctx)
	if err != nil {
		return err
	}
	for _, id := range f.Clusters {
		if names[id] == "" {
			return market.Bad("clusters", "error.choose")
		}
	}
	if own := (market.Fair{Clusters: f.Clusters[:1]}); !w.MayRunFair(&own) && (kept == nil || kept.Clusters[0] != f.Clusters[0]) {
		return market.Bad("clusters", "error.fair.notYours")
	}
	return nil
}

func (a *API) getFair(ctx context.Context, w who, in *idInput) (*fairOutput, error) {
	f, mine, cluster, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	return a.fairAnswer(ctx, w, f, mine, cluster)
}

func (a *API) editFair(ctx context.Context, w who, in *fairEdit) (*fairOutput, error) {
	kept, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	f := in.Body.fair()
	f.ID, f.Rev, f.Secret, f.Demo, f.CreatedAt = kept.ID, rev, kept.Secret, kept.Demo, kept.CreatedAt
	if err := a.checkFair(ctx, w, &f, &kept); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.UpdateFair(ctx, w.Actor, &f); err != nil {
		return nil, err
	}
	return a.fairAnswer(ctx, w, f, nil, "")
}

func (a *API) fairAnswer(ctx context.Context, w who, f market.Fair, mine *market.FairParty, cluster string) (*fairOutput, error) {
	names, err := a.clusterNames(ctx)
	return &fairOutput{etag(f.Rev), a.fairView(w.Actor, f, mine, cluster, names)}, err
}

func (in *FairInput) fair() market.Fair {
	f := market.Fair{
		Name: strings.TrimSpace(in.Name), Place: strings.TrimSpace(in.Place), Clusters: in.Clusters, Entry: market.FairEntry(in.Entry), Phase: market.FairPhase(in.Phase), Regime: market.FairRegime(in.Regime),
		SlotMinutes: in.SlotMinutes, MinMeetings: in.MinMeetings, MaxMeetings: in.MaxMeetings,
	}
	for _, d := range in.Dates {
		f.Dates = append(f.Dates, market.FairDate{Phase: market.FairPhase(d.Phase), Day: d.Day})
	}
	for _, s := range in.Sessions {
		f.Sessions = append(f.Sessions, market.FairSession{Day: s.Day, From: minutes(s.From), To: minutes(s.To)})
	}
	for _, p := range in.Pauses {
		f.Pauses = append(f.Pauses, market.FairPause{Day: p.Day, From: minutes(p.From), To: minutes(p.To), Title: strings.TrimSpace(p.Title), Talk: p.Talk})
	}
	for _, t := range in.Tables {
		f.Tables = append(f.Tables, market.FairTable{Number: t.Number, Hall: strings.TrimSpace(t.Hall), EnterpriseID: t.EnterpriseID})
	}
	return f
}

// minutes reads 09:30; anything else is -1, which no check lets pass.
func minutes(s string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

func (a *API) fairView(actor market.Actor, f market.Fair, mine *market.FairParty, cluster string, names map[string]string) Fair {
	v := Fair{
		FairInput: FairInput{Name: f.Name, Place: f.Place, Clusters: texted(f.Clusters), Entry: string(f.Entry), Phase: string(f.Phase), Regime: string(f.Regime), Dates: []FairDate{},
			SlotMinutes: f.SlotMinutes, Sessions: []FairSpan{}, Pauses: []FairSpan{}, Tables: []FairTable{}, MinMeetings: f.MinMeetings, MaxMeetings: f.MaxMeetings},
		ID: f.ID, Rev: f.Rev, Demo: f.Demo, Slots: []FairSlot{}, Runs: actor.MayRunFair(&f), Reads: actor.MayReadFair(&f), Open: actor.MayRegister(&f, cluster),
		Wishes: f.Permits(market.Wishing), Picks: f.Permits(market.Picking),
	}
	var hosts []string
	for _, id := range f.Clusters {
		hosts = append(hosts, names[id])
	}
	v.Hosted = strings.Join(hosts, "、")
	for _, d := range f.Dates {
		v.Dates = append(v.Dates, FairDate{string(d.Phase), d.Day})
	}
	for _, s := range f.Sessions {
		v.Sessions = append(v.Sessions, FairSpan{Day: s.Day, From: clock(s.From), To: clock(s.To)})
	}
	for _, p := range f.Pauses {
		v.Pauses = append(v.Pauses, FairSpan{p.Day, clock(p.From), clock(p.To), p.Title, p.Talk})
	}
	for _, t := range f.Tables {
		// Which buyer has a table of its own is the organiser's affair until the release.
		if !v.Runs {
			t.EnterpriseID = ""
		}
		v.Tables = append(v.Tables, FairTable{t.Number, t.Hall, t.EnterpriseID})
	}
	for _, s := range f.Slots() {
		v.Slots = append(v.Slots, slotView(s))
	}
	if mine != nil {
		p := partyView(*mine)
		v.Mine = &p
	}
	return v
}

func slotView(s market.FairSlot) FairSlot {
	at := s.Start.In(chinaTime())
	return FairSlot{s.Number, s.Session, at.Format(time.DateOnly), at.Format("15:04"), s.Start, s.End}
}

// FairRep is a person who comes for a firm.
type FairRep struct {
	Name  string `json:"name"`
	Phone string `json:"phone" required:"false"`
	Away  []int  `json:"away,omitempty" nullable:"false" doc:"Slots in which this one cannot meet"`
}

// FairPartyInput is a registration.
type FairPartyInput struct {
	Role      string    `json:"role" enum:"buyer,seller,both"`
	Reps      []FairRep `json:"reps" required:"false" nullable:"false"`
	Parallel  int       `json:"parallel" required:"false" doc:"Meetings it can hold at a time"`
	Away      []int     `json:"away" required:"false" nullable:"false" doc:"Slots in which it cannot meet"`
	Absent    bool      `json:"absent" required:"false" doc:"Did not come; the operator's word"`
	LateUntil int       `json:"late_until" required:"false" doc:"Cannot meet before this slot; the operator's word"`
}

// FairParty is a registered firm, as itself or the operator sees it.
type FairParty struct {
	FairPartyInput
	EnterpriseID string `json:"enterprise_id"`
}

// FairFirm is a registered firm on the operator's list.
type FairFirm struct {
	FairParty
	Name    string    `json:"name"`
	Arrived []Arrived `json:"arrived" nullable:"false"`
	Wishes  int       `json:"wishes" doc:"How many firms it wants to meet; whom is its secret"`
}

// Arrived is one representative who checked in.
type Arrived struct {
	Rep int       `json:"rep"`
	Via string    `json:"via"`
	At  time.Time `json:"at"`
}

type (
	partyInput struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
	}
	partyEdit struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
		Body       FairPartyInput
	}
	registerInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body FairPartyInput
	}
	fairFirmsInput struct {
		ID string `path:"id" maxLength:"64"`
		Q  string `query:"q" maxLength:"80"`
	}
	fairFirmsOutput struct {
		Body struct {
			Items []EnterpriseRef `json:"items" nullable:"false"`
		}
	}
	partiesOutput struct {
		Body struct {
			Items []FairFirm `json:"items" nullable:"false"`
		}
	}
)

func (a *API) mountParties() {
	route(a, "PUT /api/fairs/{id}/registration", market.AsEnterprise, "register-for-fair", a.register)
	route(a, "DELETE /api/fairs/{id}/registration", market.AsEnterprise, "leave-fair", a.leave)
	route(a, "GET /api/fairs/{id}/parties", market.AsOperator, "fair-parties", a.fairParties)
	route(a, "PUT /api/fairs/{id}/parties/{enterprise}", market.AsOperator, "save-fair-party", a.saveParty)
	route(a, "DELETE /api/fairs/{id}/parties/{enterprise}", market.AsOperator, "drop-fair-party", func(ctx context.Context, w who, in *partyInput) (*none, error) {
		if _, err := a.fairRun(ctx, w, in.ID); err != nil {
			return nil, err
		}
		return nil, a.cfg.Store.DropParty(ctx, w.Actor, in.ID, in.Enterprise)
	})
	route(a, "GET /api/fairs/{id}/firms", market.AsOperator, "fair-firms", a.fairFirms)
}

// party reads a registration. Nobody named: the firm's contact comes.
func (in *FairPartyInput) party(fairID string, e market.Enterprise) market.FairParty {
	p := market.FairParty{FairID: fairID, EnterpriseID: e.ID, Role: market.FairRole(in.Role), Parallel: max(1, in.Parallel), Away: in.Away, Absent: in.Absent, LateUntil: in.LateUntil}
	for _, r := range in.Reps {
		p.Reps = append(p.Reps, market.FairRep{Name: strings.TrimSpace(r.Name), Phone: strings.TrimSpace(r.Phone), Away: r.Away})
	}
	if len(p.Reps) == 0 {
		p.Reps = []market.FairRep{{Name: e.Contact.Name, Phone: e.Contact.Phone}}
	}
	return p
}

func partyView(p market.FairParty) FairParty {
	v := FairParty{FairPartyInput{string(p.Role), []FairRep{}, p.Parallel, append([]int{}, p.Away...), p.Absent, p.LateUntil}, p.EnterpriseID}
	for _, r := range p.Reps {
		v.Reps = append(v.Reps, FairRep(r))
	}
	return v
}

func (a *API) register(ctx context.Context, w who, in *registerInput) (*fairOutput, error) {
	f, mine, cluster, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if !w.MayRegister(&f, cluster) && (mine == nil || !f.Permits(market.Registering)) {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
	}
	e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	p := in.Body.party(f.ID, e)
	p.Absent, p.LateUntil = false, 0
	if err := p.Check(&f); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.SaveParty(ctx, w.Actor, p); err != nil {
		return nil, err
	}
	return a.fairAnswer(ctx, w, f, &p, cluster)
}

func (a *API) leave(ctx context.Context, w who, in *idInput) (*none, error) {
	f, _, _, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if !f.Permits(market.Registering) {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
	}
	return nil, a.cfg.Store.DropParty(ctx, w.Actor, in.ID, w.EnterpriseID)
}

func (a *API) saveParty(ctx context.Context, w who, in *partyEdit) (*none, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, in.Enterprise)
	if err != nil {
		return nil, err
	}
	parties, err := a.cfg.Store.Parties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if _, known := parties[e.ID]; !known && !w.MayInvite(&f, e.ClusterID) {
		return nil, market.ErrNotFound
	}
	p := in.Body.party(f.ID, e)
	if err := p.Check(&f); err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.SaveParty(ctx, w.Actor, p)
}

func (a *API) fairParties(ctx context.Context, w who, in *idInput) (*partiesOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, names, err := a.namedParties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	arrivals, err := a.cfg.Store.Arrivals(ctx, f.ID, "")
	if err != nil {
		return nil, err
	}
	wishes, err := a.cfg.Store.Wishes(ctx, f.ID, "")
	if err != nil {
		return nil, err
	}
	byFirm, count := map[string][]Arrived{}, map[string]int{}
	for _, x := range arrivals {
		byFirm[x.EnterpriseID] = append(byFirm[x.EnterpriseID], Arrived{x.Rep, x.Via, x.At})
	}
	for _, x := range wishes {
		if x.Mark != market.WishNo {
			count[x.By]++
		}
	}
	out := &partiesOutput{}
	out.Body.Items = []FairFirm{}
	for id, p := range parties {
		out.Body.Items = append(out.Body.Items, FairFirm{partyView(p), names[id].Name, append([]Arrived{}, byFirm[id]...), count[id]})
	}
	slices.SortFunc(out.Body.Items, func(x, y FairFirm) int { return strings.Compare(x.Name+x.EnterpriseID, y.Name+y.EnterpriseID) })
	return out, nil
}

// namedParties are the registered firms with their records.
func (a *API) namedParties(ctx context.Context, fairID string) (map[string]market.FairParty, map[string]market.Enterprise, error) {
	parties, err := a.cfg.Store.Parties(ctx, fairID)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, 0, len(parties))
	for id := range parties {
		ids = append(ids, id)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	return parties, firms, err
}

func (a *API) fairFirms(ctx context.Context, w who, in *fairFirmsInput) (*fairFirmsOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, err := a.cfg.Store.Parties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.cfg.Store.FirmsOf(ctx, f.Clusters, in.Q, 300)
	if err != nil {
		return nil, err
	}
	out := &fairFirmsOutput{}
	out.Body.Items = []EnterpriseRef{}
	for _, e := range list {
		if _, there := parties[e.ID]; !there {
			out.Body.Items = append(out.Body.Items, a.refOf(e))
		}
	}
	return out, nil
}
