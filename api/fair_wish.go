package api

import (
	"cmp"
	"context"
	"slices"

	"lianqiao/market"
)

// Counterpart is another registered firm, with why the two may have business.
type Counterpart struct {
	Enterprise EnterpriseRef `json:"enterprise"`
	Region     *Named        `json:"region"`
	Products   string        `json:"products"`
	Role       string        `json:"role"`
	Total      int           `json:"total" doc:"Of the best proposal between the two; 0: none"`
	Proposal   *Proposal     `json:"proposal"`
	Mark       string        `json:"mark" doc:"One's own wish; the other never learns of it, but where firms pick slots"`
	Asks       bool          `json:"asks" doc:"It asked to meet the reader, who may pick a slot"`
	Met        *Picked       `json:"met" doc:"Where the two meet, if they picked it"`
}

type (
	counterpartsOutput struct {
		Body struct {
			Items []Counterpart `json:"items" nullable:"false"`
		}
	}
	wishInput struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
		Body       struct {
			Mark string `json:"mark" enum:",must,want,no"`
		}
	}
)

func (a *API) mountWishes() {
	route(a, "GET /api/fairs/{id}/counterparts", market.AsEnterprise, "counterparts", a.counterparts)
	route(a, "PUT /api/fairs/{id}/wishes/{enterprise}", market.AsEnterprise, "save-wish", a.saveWish)
	a.mountPicks()
}

// counterparts are for registered firms only: who comes is not public.
func (a *API) counterparts(ctx context.Context, w who, in *idInput) (*counterpartsOutput, error) {
	f, mine, _, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if mine == nil {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.register"}
	}
	parties, firms, err := a.namedParties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	wishes, err := a.cfg.Store.Wishes(ctx, f.ID, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	marks := map[string]string{}
	for _, x := range wishes {
		marks[x.Other] = string(x.Mark)
	}
	best, err := a.bestProposals(ctx, w, f.ID)
	if err != nil {
		return nil, err
	}
	vetoed, err := a.cfg.Store.Vetoed(ctx, w.EnterpriseID) // one's own word; the other's looks like silence
	if err != nil {
		return nil, err
	}
	picks, err := a.picks(ctx, &f, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	out := &counterpartsOutput{}
	out.Body.Items = []Counterpart{}
	for id, p := range parties {
		if id == w.EnterpriseID || !mine.Role.MayMeet(p.Role) || vetoed[id] != "" {
			continue
		}
		e := firms[id]
		c := Counterpart{Enterprise: a.refOf(e), Region: regionOf(e.Region), Products: e.MainProducts, Role: string(p.Role), Mark: marks[id]}
		c.Asks, c.Met = picks.of(w.EnterpriseID, id)
		if b, ok := best[id]; ok {
			c.Total, c.Proposal = b.Total, &b
		}
		out.Body.Items = append(out.Body.Items, c)
	}
	slices.SortFunc(out.Body.Items, func(x, y Counterpart) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.Enterprise.Name, y.Enterprise.Name), cmp.Compare(x.Enterprise.ID, y.Enterprise.ID))
	})
	return out, nil
}

func (a *API) bestProposals(ctx context.Context, w who, fairID string) (map[string]Proposal, error) {
	best, err := a.cfg.Store.BestProposals(ctx, fairID, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	var others []string
	var list []market.Proposal
	for other, p := range best {
		others, list = append(others, other), append(list, p)
	}
	views, err := a.proposalsOf(ctx, w, list)
	if err != nil {
		return nil, err
	}
	out := map[string]Proposal{}
	for i, other := range others {
		out[other] = views[i]
	}
	return out, nil
}

func (a *API) saveWish(ctx context.Context, w who, in *wishInput) (*none, error) {
	f, mine, _, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if mine == nil {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.register"}
	}
	if !f.Permits(market.Wishing) {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
	}
	parties, err := a.cfg.Store.Parties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if p, ok := parties[in.Enterprise]; !ok || in.Enterprise == w.EnterpriseID || !mine.Role.MayMeet(p.Role) {
		return nil, market.ErrNotFound
	}
	return nil, a.cfg.Store.SaveWish(ctx, market.Wish{FairID: f.ID, By: w.EnterpriseID, Other: in.Enterprise, Mark: market.WishMark(in.Body.Mark)})
}
