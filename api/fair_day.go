package api

import (
	"context"
	"time"

	"lianqiao/market"
)

// FairLink is a signed address that stands on a badge, a table or a screen.
type FairLink struct {
	Name         string `json:"name"`
	EnterpriseID string `json:"enterprise_id"`
	Rep          int    `json:"rep"`
	Table        int    `json:"table"`
	URL          string `json:"url"`
}

// ArrivalInput is one check-in that a desk noted, perhaps a while ago and
// without a network. Sent again, it counts no second time.
type ArrivalInput struct {
	EnterpriseID string     `json:"enterprise_id" required:"false" maxLength:"64"`
	Rep          int        `json:"rep" required:"false" minimum:"0" maximum:"99"`
	Badge        string     `json:"badge" required:"false" maxLength:"300" doc:"Instead: what the scanner read from a badge"`
	At           *time.Time `json:"at,omitempty"`
}

type (
	linksOutput struct {
		Body struct {
			Badges []FairLink `json:"badges" nullable:"false"`
			Tables []FairLink `json:"tables" nullable:"false"`
			Wall   string     `json:"wall"`
			Print  string     `json:"print"`
		}
	}
	arrivalsInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Items []ArrivalInput `json:"items" maxItems:"500" nullable:"false"`
		}
	}
	arrivalsOutput struct {
		Body struct {
			Fresh   int   `json:"fresh" doc:"How many were new"`
			Unknown []int `json:"unknown" nullable:"false" doc:"Positions that name nobody who is registered"`
		}
	}
	unarriveInput struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
		Rep        int    `path:"rep" minimum:"0" maximum:"99"`
	}
)

func (a *API) mountFairDay() {
	route(a, "GET /api/fairs/{id}/links", market.AsOperator, "fair-links", a.fairLinks)
	route(a, "POST /api/fairs/{id}/arrivals", market.AsOperator, "arrive", a.arrive)
	route(a, "DELETE /api/fairs/{id}/arrivals/{enterprise}/{rep}", market.AsOperator, "undo-arrival", func(ctx context.Context, w who, in *unarriveInput) (*none, error) {
		if _, err := a.fairRun(ctx, w, in.ID); err != nil {
			return nil, err
		}
		return nil, a.cfg.Store.Unarrive(ctx, w.Actor, in.ID, in.Enterprise, in.Rep)
	})
}

func (a *API) fairLinks(ctx context.Context, w who, in *idInput) (*linksOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, firms, err := a.namedParties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	out := &linksOutput{}
	out.Body.Badges, out.Body.Tables = []FairLink{}, []FairLink{}
	for id, p := range parties {
		for i, r := range p.Reps {
			out.Body.Badges = append(out.Body.Badges, FairLink{Name: firms[id].Name + " · " + r.Name, EnterpriseID: id, Rep: i, URL: a.badgeURL(&f, id, i)})
		}
	}
	for _, t := range f.Tables {
		out.Body.Tables = append(out.Body.Tables, FairLink{Name: t.Hall, Table: t.Number, URL: a.tableURL(&f, t.Number)})
	}
	out.Body.Wall, out.Body.Print = a.wallURL(&f), a.cfg.BaseURL+"/fairs/"+f.ID+"/print"
	return out, nil
}

// arrive takes what a desk noted. Who is not registered is told back, the rest counts.
func (a *API) arrive(ctx context.Context, w who, in *arrivalsInput) (*arrivalsOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, err := a.cfg.Store.Parties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	out := &arrivalsOutput{}
	out.Body.Unknown = []int{}
	var list []market.FairArrival
	for i, x := range in.Body.Items {
		if x.Badge != "" {
			if l, err := a.badge(f, x.Badge); err == nil {
				x.EnterpriseID, x.Rep = l.enterprise, l.number
			}
		}
		p, ok := parties[x.EnterpriseID]
		if !ok || x.Rep >= len(p.Reps) {
			out.Body.Unknown = append(out.Body.Unknown, i)
			continue
		}
		arrival := market.FairArrival{FairID: f.ID, EnterpriseID: x.EnterpriseID, Rep: x.Rep, Via: "desk"}
		if x.At != nil && x.At.Before(a.now()) && x.At.After(a.now().Add(-48*time.Hour)) {
			arrival.At = *x.At
		}
		list = append(list, arrival)
	}
	out.Body.Fresh, err = a.cfg.Store.Arrive(ctx, list)
	return out, err
}

// badge opens what a scanner read: the whole address or the token alone.
func (a *API) badge(f market.Fair, text string) (sealedLink, error) {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '/' {
			text = text[i+1:]
			break
		}
	}
	fairID, body, sealed, err := cutToken(text)
	if err != nil || fairID != f.ID {
		return sealedLink{}, market.ErrNotFound
	}
	return openToken(f, body, sealed, linkBadge)
}
