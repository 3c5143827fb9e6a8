package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/store"
)

// Finding is something a reviewer should look at.
type Finding struct {
	Code  string `json:"code"`
	Quote string `json:"quote"`
	Text  string `json:"text"`
}

// Review is one thing in an association's queue.
type Review struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind" enum:"enterprise,listing,claim,honour"`
	AskedAt    time.Time  `json:"asked_at"`
	Enterprise Enterprise `json:"enterprise"`
	Listing    *Listing   `json:"listing"`
	Claimant   *MeUser    `json:"claimant" doc:"Who wants to own the firm"`
	Honour     *Honour    `json:"honour" doc:"What the firm wants confirmed"`
	Findings   []Finding  `json:"findings" nullable:"false"`
}

type reviewsInput struct {
	Kind  string `query:"kind" enum:",enterprise,listing,claim,honour" doc:"Empty: all"`
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type reviewsOutput struct {
	Body struct {
		Items []Review `json:"items" nullable:"false"`
		Total int      `json:"total" doc:"On all pages; only told on the first"`
		Next  *string  `json:"next"`
	}
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Status string `json:"status" enum:"approved,returned,suspended"`
		Reason string `json:"reason,omitempty" doc:"Wanted unless approved; the firm reads it"`
		Level  string `json:"level,omitempty" enum:",reviewed,visited" doc:"Of an approved enterprise"`
		Basis  string `json:"basis,omitempty" doc:"Of an approved enterprise"`
	}
}

// OperatedCluster is a cluster with its settings.
type OperatedCluster struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Review string `json:"review" enum:"none,first3,all"`
}

type operatedOutput struct {
	Body struct {
		Items []OperatedCluster `json:"items" nullable:"false"`
	}
}

type reviewRuleInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Review string `json:"review" enum:"none,first3,all"`
	}
}

// FirmsFilter chooses among an officer's firms.
type FirmsFilter struct {
	Q       string `query:"q" maxLength:"80"`
	Cluster string `query:"cluster" maxLength:"64" doc:"Empty: all of one's own"`
	Show    string `query:"show" enum:",known,unclaimed" doc:"Only firms that were reviewed or visited, or that nobody signs in for"`
}

type firmsInput struct {
	FirmsFilter
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type firmsOutput struct {
	Body struct {
		Items []Enterprise `json:"items" nullable:"false"`
		Total int          `json:"total" doc:"On all pages; only told on the first"`
		Next  *string      `json:"next"`
	}
}

// LogLine is something that an officer did to one's firm.
type LogLine struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	Deed string    `json:"deed"`
	Kind string    `json:"kind"`
	Of   string    `json:"of"`
}

type logOutput struct {
	Body struct {
		Items []LogLine `json:"items" nullable:"false"`
	}
}

func (a *API) mountReviews() {
	route(a, "GET /api/operator/reviews", market.AsReviewer, "reviews", a.reviews)
	route(a, "POST /api/operator/reviews/{id}/decide", market.AsReviewer, "decide-review", a.decideReview)
	route(a, "GET /api/operator/enterprises", market.AsOperator, "operated-enterprises", a.operatedFirms)
	route(a, "POST /api/operator/enterprises/{id}/decide", market.AsOperator, "judge-enterprise", a.judgeEnterprise)
	route(a, "GET /api/operator/clusters", market.AsReader, "operated-clusters", a.operatedClusters)
	route(a, "PUT /api/operator/clusters/{id}/review", market.AsOperator, "set-review-rule", func(ctx context.Context, w who, in *reviewRuleInput) (*none, error) {
		return nil, a.cfg.Store.SetReview(ctx, w.Actor, in.ID, market.ReviewRule(in.Body.Review))
	})
	route(a, "POST /api/enterprise/review", market.AsEnterprise, "ask-review", func(ctx context.Context, w who, _ *none) (*none, error) {
		return nil, a.cfg.Store.AskReview(ctx, w.Actor)
	})
	route(a, "GET /api/enterprise/log", market.AsEnterprise, "officers-log", a.officersLog)
}

func (a *API) reviews(ctx context.Context, w who, in *reviewsInput) (*reviewsOutput, error) {
	list, next, err := a.cfg.Store.Reviews(ctx, w.Actor, in.Kind, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	var firmIDs, listingIDs []string
	for _, r := range list {
		firmIDs = append(firmIDs, r.EnterpriseID)
		if r.Kind == "listing" {
			listingIDs = append(listingIDs, r.Of)
		}
	}
	firms, err := a.cfg.Store.Enterprises(ctx, firmIDs)
	if err != nil {
		return nil, err
	}
	listings, err := a.cfg.Store.Listings(ctx, listingIDs)
	if err != nil {
		return nil, err
	}
	out := &reviewsOutput{}
	out.Body.Items, out.Body.Next = []Review{}, cursor(next)
	if in.After == "" {
		if out.Body.Total, err = a.countReviews(ctx, w, in.Kind); err != nil {
			return nil, err
		}
	}
	for _, r := range list {
		if !w.MayReview(&r) {
			continue
		}
		e := firms[r.EnterpriseID]
		v := Review{ID: r.ID, Kind: r.Kind, AskedAt: r.AskedAt, Findings: []Finding{}}
		if v.Enterprise, err = a.enterpriseOf(ctx, w.lang, w.Actor, e); err != nil {
			return nil, err
		}
		if l, ok := listings[r.Of]; ok {
			shown, err := a.listingOf(w, l, e)
			if err != nil {
				continue // taken back meanwhile
			}
			v.Listing = &shown
			v.Findings, err = a.listingFindings(ctx, w.lang, &l)
			if err != nil {
				return nil, err
			}
		} else if r.Kind == "honour" {
			i := slices.IndexFunc(v.Enterprise.Honours, func(h Honour) bool { return h.ID == r.Of })
			if i < 0 {
				continue // changed meanwhile
			}
			v.Honour = &v.Enterprise.Honours[i]
		} else if v.Findings = firmFindings(w.lang, &e); r.Kind == "claim" {
			u, err := a.cfg.Store.User(ctx, r.Of)
			if err != nil {
				return nil, err
			}
			v.Claimant = &MeUser{u.ID, u.Login, u.Name}
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

// countReviews counts what waits for the actor, of one kind or ("") of all.
func (a *API) countReviews(ctx context.Context, w who, kind string) (n int, err error) {
	waiting, err := a.cfg.Store.WaitingReviews(ctx, w.Actor)
	for _, x := range waiting {
		if kind == "" || kind == x.Kind {
			n += x.Count
		}
	}
	return n, err
}

func found(lang, code, quote string) Finding {
	return Finding{code, quote, frontend.Text(lang, "finding."+code, quote)}
}

func firmFindings(lang string, e *market.Enterprise) []Finding {
	out := []Finding{}
	switch {
	case e.USCC == "":
		out = append(out, found(lang, "noUscc", ""))
	case !market.USCCDigitOK(e.USCC):
		out = append(out, found(lang, "uscc", e.USCC))
	}
	for _, f := range market.HiddenContacts(e.About + " \n" + e.MainProducts) {
		out = append(out, found(lang, f.Code, f.Quote))
	}
	return out
}

func (a *API) listingFindings(ctx context.Context, lang string, l *market.Listing) ([]Finding, error) {
	out := []Finding{}
	texts := []string{l.Title, l.Text}
	for _, s := range l.Specs {
		texts = append(texts, s.Name+" "+s.Value)
	}
	for _, f := range append(market.Reversed(l), market.HiddenContacts(strings.Join(texts, "\n\n\n"))...) {
		out = append(out, found(lang, f.Code, f.Quote))
	}
	said, err := a.cfg.Store.ImageCodes(ctx, l.Images)
	for _, id := range l.Images {
		if said[id] != "" {
			out = append(out, found(lang, "code", cutText(said[id], 80)))
		}
	}
	if err != nil {
		return nil, err
	}
	if _, ok := chain.ClassByCode(l.Class); !ok {
		out = append(out, found(lang, "class", l.Class))
	}
	others, err := a.cfg.Store.ListingsLike(ctx, l, 200)
	for _, o := range others {
		if market.Alike(l.Title, o.Title) >= market.AlikeEnough {
			out = append(out, found(lang, "alike", o.Title))
			break
		}
	}
	return out, err
}

// decision reads the input; who stands behind it is the cluster's association.
func (a *API) decision(ctx context.Context, w who, in *decideInput, clusterID string) (market.Decision, error) {
	d := market.Decision{Status: market.ReviewStatus(in.Body.Status), Reason: strings.TrimSpace(in.Body.Reason), Level: market.Level(in.Body.Level), Basis: strings.TrimSpace(in.Body.Basis)}
	var err error
	d.ByName, err = a.associationOf(ctx, clusterID)
	return d, err
}

// associationOf is who stands behind what is decided for a cluster, as shown.
func (a *API) associationOf(ctx context.Context, clusterID string) (string, error) {
	clusters, err := a.cfg.Store.Clusters(ctx)
	for _, c := range clusters {
		if c.ID == clusterID {
			return frontend.Text("zh-CN", "review.byCluster", c.Name), err
		}
	}
	return frontend.Text("zh-CN", "review.byPlatform"), err
}

func (a *API) decideReview(ctx context.Context, w who, in *decideInput) (*none, error) {
	r, err := a.cfg.Store.Review(ctx, in.ID)
	if err == nil && !w.MayReview(&r) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	d, err := a.decision(ctx, w, in, r.ClusterID)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.Decide(ctx, w.Actor, in.ID, d)
}

// operatedFirm loads a firm of the actor's clusters; others do not exist for him.
func (a *API) operatedFirm(ctx context.Context, w who, id string) (market.Enterprise, error) {
	e, err := a.cfg.Store.Enterprise(ctx, id)
	if err == nil && (!w.Operates(e.ClusterID) || e.MergedInto != "") {
		err = market.ErrNotFound
	}
	return e, err
}

func (a *API) judgeEnterprise(ctx context.Context, w who, in *decideInput) (*none, error) {
	e, err := a.operatedFirm(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	d, err := a.decision(ctx, w, in, e.ClusterID)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.JudgeEnterprise(ctx, w.Actor, in.ID, d)
}

// search is the filter; a cluster that is not the actor's does not exist for him.
func (in *FirmsFilter) search(w who) (store.FirmSearch, error) {
	if in.Cluster != "" && !w.Operates(in.Cluster) {
		return store.FirmSearch{}, market.ErrNotFound
	}
	return store.FirmSearch{Text: in.Q, ClusterID: in.Cluster, Known: in.Show == "known", Unclaimed: in.Show == "unclaimed"}, nil
}

func (a *API) operatedFirms(ctx context.Context, w who, in *firmsInput) (*firmsOutput, error) {
	search, err := in.search(w)
	if err != nil {
		return nil, err
	}
	list, next, err := a.cfg.Store.OperatedEnterprises(ctx, w.Actor, search, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	out := &firmsOutput{}
	if in.After == "" {
		if out.Body.Total, err = a.cfg.Store.CountOperated(ctx, w.Actor, search); err != nil {
			return nil, err
		}
	}
	out.Body.Items, out.Body.Next = []Enterprise{}, cursor(next)
	for _, e := range list {
		v, err := a.enterpriseOf(ctx, w.lang, w.Actor, e)
		if err != nil {
			return nil, err
		}
		v.Reason = e.Reason
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (a *API) operatedClusters(ctx context.Context, w who, _ *none) (*operatedOutput, error) {
	clusters, err := a.cfg.Store.Clusters(ctx)
	out := &operatedOutput{}
	out.Body.Items = []OperatedCluster{}
	for _, c := range clusters {
		if w.MayRead(c.ID) {
			out.Body.Items = append(out.Body.Items, OperatedCluster{c.ID, c.Name, string(c.Review)})
		}
	}
	return out, err
}

// officersLog shows a firm what officers did to it.
func (a *API) officersLog(ctx context.Context, w who, _ *none) (*logOutput, error) {
	list, err := a.cfg.Store.OfficersLog(ctx, w.EnterpriseID, 200)
	out := &logOutput{}
	out.Body.Items = []LogLine{}
	for _, l := range list {
		out.Body.Items = append(out.Body.Items, LogLine{l.At, l.Name, l.Deed, l.Kind, l.Of})
	}
	return out, err
}
