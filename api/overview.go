package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/store"
)

// Overview is what an officer's clusters have, what waits for him and what comes
// next: figures only, and each is the count of a list that he may open.
type Overview struct {
	Clusters []ClusterRef   `json:"clusters" nullable:"false" doc:"Of which he may choose one"`
	Search   string         `json:"search" doc:"The clusters as the public search takes them; empty: all there are"`
	From     string         `json:"from" doc:"First day of the year, of introductions and outcomes"`
	To       string         `json:"to" doc:"Today"`
	Firms    OverviewFirms  `json:"firms"`
	Supplies int            `json:"supplies" doc:"Live"`
	Needs    int            `json:"needs" doc:"Live"`
	Agreed   *int           `json:"agreed" doc:"Introductions of this year whose contacts were opened; null for who only reviews"`
	Outcomes []Strong       `json:"outcomes" nullable:"false" doc:"Of this year, by strength; empty for who only reviews"`
	Waiting  []Waiting      `json:"waiting" nullable:"false" doc:"In all of his clusters; the longest waiting first"`
	Months   []Month        `json:"months" nullable:"false" doc:"Twelve, this one last"`
	Gaps     []ClassBalance `json:"gaps" nullable:"false" doc:"Classes with more live needs than supplies, the widest first"`
	Surplus  []ClassBalance `json:"surplus" nullable:"false" doc:"Classes with more live supplies than needs, the largest first"`
	Coarse   ClassBalance   `json:"coarse" doc:"Live listings without a class or with a division only: in no line"`
	Fair     *OverviewFair  `json:"fair" doc:"The next one"`
}

// OverviewFirms is how many firms are on record.
type OverviewFirms struct {
	All       int `json:"all"`
	Known     int `json:"known" doc:"Reviewed or visited"`
	Unclaimed int `json:"unclaimed" doc:"Nobody signs in for them"`
}

// Waiting is how many things of a kind wait for the officer.
type Waiting struct {
	Kind  string    `json:"kind" enum:"enterprise,listing,claim,honour,call,failure,lapsing"`
	Count int       `json:"count"`
	At    time.Time `json:"at" doc:"Since when the oldest waits; of lapsing: when the first ends"`
}

// Month is how many listings were published in a month.
type Month struct {
	Month    string `json:"month" doc:"2006-01"`
	Supplies int    `json:"supplies"`
	Needs    int    `json:"needs"`
}

// ClassBalance is how many live listings there are in a class, with all below it.
type ClassBalance struct {
	Class    string `json:"class"`
	Name     string `json:"name"`
	Supplies int    `json:"supplies"`
	Needs    int    `json:"needs"`
}

// OverviewFair is a fair to come.
type OverviewFair struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Place   string `json:"place"`
	Phase   string `json:"phase"`
	Day     string `json:"day" doc:"Its first day from today on"`
	Parties int    `json:"parties"`
}

// Lapsing is an introduction by an officer that ends soon unanswered.
type Lapsing struct {
	ID        string        `json:"id"`
	By        EnterpriseRef `json:"by"`
	To        EnterpriseRef `json:"to"`
	Subject   string        `json:"subject" doc:"Title of the listing it is about"`
	ExpiresAt time.Time     `json:"expires_at"`
}

type (
	overviewInput struct {
		Cluster string `query:"cluster" maxLength:"64" doc:"Empty: all of one's own"`
	}
	overviewOutput struct{ Body Overview }
	lapsingOutput  struct {
		Body struct {
			Items []Lapsing `json:"items" nullable:"false"`
		}
	}
)

func (a *API) mountOverview() {
	route(a, "GET /api/operator/overview", market.AsOfficer, "overview", func(ctx context.Context, w who, in *overviewInput) (*overviewOutput, error) {
		o, err := a.overview(ctx, w, in.Cluster)
		return &overviewOutput{o}, err
	})
	route(a, "GET /api/operator/overview.xlsx", market.AsOfficer, "overview-book", a.overviewBook)
	route(a, "GET /api/operator/lapsing", market.AsOperator, "lapsing", a.lapsing)
}

// scope is what an overview is over.
type scope struct {
	all      []ClusterRef
	overlook []string // the clusters of which firms and listings are counted
	read     []string // of them those whose introductions and outcomes are
	live     []string // as overlook, for the index: nil is everything
}

// scopeOf are the clusters of the actor, or the one that he chose of them. An
// administrator's are all, with the firms of no cluster.
func (a *API) scopeOf(ctx context.Context, w who, chosen string) (s scope, err error) {
	if chosen != "" && !w.MayOverlook(chosen) {
		return s, market.ErrNotFound
	}
	clusters, err := a.cfg.Store.Clusters(ctx)
	if err != nil {
		return s, err
	}
	s.all = []ClusterRef{}
	for _, c := range clusters {
		if !w.MayOverlook(c.ID) {
			continue
		}
		s.all = append(s.all, ClusterRef{c.ID, c.Name})
		if chosen != "" && chosen != c.ID {
			continue
		}
		s.overlook = append(s.overlook, c.ID)
		if w.MayRead(c.ID) {
			s.read = append(s.read, c.ID)
		}
	}
	s.live = s.overlook
	if w.Admin && chosen == "" {
		s.overlook, s.read, s.live = append(s.overlook, ""), append(s.read, ""), nil
	}
	return s, nil
}

func (a *API) overview(ctx context.Context, w who, chosen string) (Overview, error) {
	s, err := a.scopeOf(ctx, w, chosen)
	now := a.now().In(chinaTime())
	out := Overview{Clusters: s.all, Search: strings.Join(s.live, ","), From: now.Format("2006") + "-01-01", To: now.Format(time.DateOnly), Outcomes: []Strong{}, Waiting: []Waiting{},
		Months: []Month{}, Gaps: []ClassBalance{}, Surplus: []ClassBalance{}}
	if err != nil || len(s.overlook) == 0 {
		return out, err
	}
	for _, block := range []func(context.Context, who, scope, time.Time, *Overview) error{a.countFirms, a.countResults, a.countWaiting, a.countMonths, a.balance, a.nextFair} {
		if err := block(ctx, w, s, now, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (a *API) countFirms(ctx context.Context, _ who, s scope, _ time.Time, out *Overview) error {
	n, err := a.cfg.Store.CountFirms(ctx, s.overlook)
	out.Firms = OverviewFirms(n)
	return err
}

// countResults counts this year's introductions and outcomes as the ledger does.
func (a *API) countResults(ctx context.Context, _ who, s scope, _ time.Time, out *Overview) error {
	if len(s.read) == 0 {
		return nil
	}
	agreed, err := a.cfg.Store.CountDisclosed(ctx, s.read, out.From, out.To)
	if err != nil {
		return err
	}
	sums, err := a.cfg.Store.SumOutcomes(ctx, s.read, out.From, out.To)
	out.Agreed, out.Outcomes = &agreed, strongOf(sums)
	return err
}

// countWaiting counts what the actor has to do, in all of his clusters.
func (a *API) countWaiting(ctx context.Context, w who, _ scope, now time.Time, out *Overview) error {
	var list []store.Waiting
	if w.Allow(market.AsReviewer) == nil {
		reviews, err := a.cfg.Store.WaitingReviews(ctx, w.Actor)
		if err != nil {
			return err
		}
		list = reviews
	}
	if w.Allow(market.AsOperator) == nil {
		desk, err := a.cfg.Store.WaitingDesk(ctx, w.Actor, now)
		if err != nil {
			return err
		}
		list = append(list, desk...)
	}
	for _, x := range list {
		out.Waiting = append(out.Waiting, Waiting(x))
	}
	slices.SortFunc(out.Waiting, func(a, b Waiting) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	return nil
}

const monthsShown = 12

func (a *API) countMonths(ctx context.Context, _ who, s scope, now time.Time, out *Overview) error {
	var bounds []time.Time
	for i := range monthsShown + 1 {
		bounds = append(bounds, time.Date(now.Year(), now.Month()+time.Month(i+1-monthsShown), 1, 0, 0, 0, 0, now.Location()))
	}
	counts, err := a.cfg.Store.CountPublished(ctx, s.overlook, bounds)
	for i, n := range counts {
		out.Months = append(out.Months, Month{bounds[i].Format("2006-01"), n.Supplies, n.Needs})
	}
	return err
}

// balanceMost is how many classes are told to either side.
const balanceMost = 10

// balance asks the index, as the public search does that each line leads to.
func (a *API) balance(_ context.Context, w who, s scope, _ time.Time, out *Overview) error {
	list, err := a.cfg.Index.Balances(s.live)
	if err != nil {
		return err
	}
	total := list[0]
	out.Supplies, out.Needs = total.Supplies, total.Needs
	for _, b := range list[1:] {
		// A division has too much in it to compare, and of the finest classes most have no needs.
		if c, _ := chain.ClassByCode(b.Class); len(c.Parent) != 2 {
			continue
		}
		total.Supplies, total.Needs = total.Supplies-b.Supplies, total.Needs-b.Needs
		line := ClassBalance{b.Class, facetName(w.lang, "class", b.Class), b.Supplies, b.Needs}
		switch {
		case b.Needs > b.Supplies:
			out.Gaps = append(out.Gaps, line)
		case b.Supplies > b.Needs:
			out.Surplus = append(out.Surplus, line)
		}
	}
	out.Coarse = ClassBalance{Supplies: total.Supplies, Needs: total.Needs}
	widest := func(a, b ClassBalance) int {
		apart := func(x ClassBalance) int { return max(x.Needs-x.Supplies, x.Supplies-x.Needs) }
		return cmp.Or(cmp.Compare(apart(b), apart(a)), cmp.Compare(b.Needs, a.Needs), cmp.Compare(a.Class, b.Class))
	}
	slices.SortFunc(out.Gaps, widest)
	slices.SortFunc(out.Surplus, widest)
	out.Gaps, out.Surplus = out.Gaps[:min(len(out.Gaps), balanceMost)], out.Surplus[:min(len(out.Surplus), balanceMost)]
	return nil
}

// fairsMost is how many of the newest fairs the next one is looked for among.
const fairsMost = 100

func (a *API) nextFair(ctx context.Context, w who, s scope, now time.Time, out *Overview) error {
	list, err := a.cfg.Store.Fairs(ctx, "", fairsMost)
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Phase == market.FairAfter || !w.MayReadFair(&f) || !slices.ContainsFunc(f.Clusters, func(id string) bool { return slices.Contains(s.overlook, id) }) {
			continue
		}
		day := dayOfFair(&f, out.To)
		if day != "" && (out.Fair == nil || day < out.Fair.Day) {
			out.Fair = &OverviewFair{ID: f.ID, Name: f.Name, Place: f.Place, Phase: string(f.Phase), Day: day}
		}
	}
	if out.Fair == nil {
		return nil
	}
	parties, err := a.cfg.Store.Parties(ctx, out.Fair.ID)
	out.Fair.Parties = len(parties)
	return err
}

// dayOfFair is the fair's first day from today on; "" when it is over.
func dayOfFair(f *market.Fair, today string) (day string) {
	for _, s := range f.Sessions {
		if s.Day >= today && (day == "" || s.Day < day) {
			day = s.Day
		}
	}
	return day
}

// lapsingMost is how many are listed; they are those of two days.
const lapsingMost = 200

func (a *API) lapsing(ctx context.Context, w who, _ *none) (*lapsingOutput, error) {
	list, err := a.cfg.Store.Lapsing(ctx, w.Actor, a.now(), lapsingMost)
	if err != nil {
		return nil, err
	}
	var ids, listingIDs []string
	for _, i := range list {
		ids, listingIDs = append(ids, i.By, i.To), append(listingIDs, i.ListingID)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	listings, err := a.cfg.Store.Listings(ctx, listingIDs)
	out := &lapsingOutput{}
	out.Body.Items = []Lapsing{}
	for _, i := range list {
		v := Lapsing{ID: i.ID, By: a.refOf(firms[i.By]), To: a.refOf(firms[i.To]), ExpiresAt: i.ExpiresAt}
		if l, ok := listings[i.ListingID]; ok && w.MaySeeListing(&l) {
			v.Subject = l.Title
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, err
}
