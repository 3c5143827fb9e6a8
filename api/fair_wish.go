package api

import (
	"cmp"
	"context"
	"maps"
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
	Met        *Picked       `json:"met" doc:"Where the two meet"`
	Slots      []int         `json:"slots" nullable:"false" doc:"In which the two could meet, if the reader may pick"`
}

// Picked is where two firms meet that chose so themselves.
type Picked struct {
	Slot  int `json:"slot"`
	Table int `json:"table"`
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
	pickInput struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
		Body       struct {
			Slot int `json:"slot" minimum:"0" maximum:"4096" doc:"0 takes the meeting back"`
		}
	}
	pickedOutput struct{ Body Picked }
)

func (a *API) mountWishes() {
	route(a, "GET /api/fairs/{id}/counterparts", market.AsEnterprise, "counterparts", a.counterparts)
	route(a, "PUT /api/fairs/{id}/wishes/{enterprise}", market.AsEnterprise, "save-wish", a.saveWish)
	route(a, "PUT /api/fairs/{id}/picks/{enterprise}", market.AsEnterprise, "pick-slot", a.pickSlot)
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
	picks, err := a.picks(ctx, &f, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	out := &counterpartsOutput{}
	out.Body.Items = []Counterpart{}
	for id, p := range parties {
		if id == w.EnterpriseID || !mine.Role.MayMeet(p.Role) {
			continue
		}
		e := firms[id]
		c := Counterpart{Enterprise: a.refOf(e), Region: regionOf(e.Region), Products: e.MainProducts, Role: string(p.Role), Mark: marks[id], Slots: []int{}}
		picks.show(&c, w.EnterpriseID)
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

// picks is what a firm sees of a fair where firms pick slots; elsewhere it is empty.
type picks struct {
	open     bool
	hall     *market.Hall
	meetings []market.Meeting
	asks     map[string]bool
}

func (a *API) picks(ctx context.Context, f *market.Fair, enterpriseID string) (p picks, err error) {
	if f.Regime != market.RegimePick {
		return p, nil
	}
	p.open, p.asks = f.MayPick(), map[string]bool{}
	wishes, err := a.cfg.Store.Wishes(ctx, f.ID, "")
	if err != nil {
		return p, err
	}
	for _, x := range wishes {
		if x.Other == enterpriseID && x.Mark != market.WishNo {
			p.asks[x.By] = true
		}
	}
	draft, err := a.cfg.Store.Picked(ctx, f.ID)
	if err == nil && draft.ID != "" {
		p.meetings, err = a.cfg.Store.Meetings(ctx, draft.ID, "")
	}
	if err != nil {
		return p, err
	}
	p.hall, err = a.cfg.Store.Hall(ctx, f)
	return p, err
}

// show adds to a counterpart what the two agreed, or could agree.
func (p *picks) show(c *Counterpart, enterpriseID string) {
	if p.hall == nil {
		return
	}
	pair := market.PairOf(enterpriseID, c.Enterprise.ID)
	c.Asks = p.asks[c.Enterprise.ID]
	for _, m := range p.meetings {
		if m.Pair == pair && m.Slot > 0 {
			c.Met = &Picked{m.Slot, m.Table}
		}
	}
	if p.open && (c.Asks || c.Met != nil) {
		c.Slots = slices.Sorted(maps.Keys(p.hall.Open(p.meetings, pair)))
	}
}

func (a *API) pickSlot(ctx context.Context, w who, in *pickInput) (*pickedOutput, error) {
	_, mine, _, err := a.fairFor(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if mine == nil {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.register"}
	}
	m, err := a.cfg.Store.Pick(ctx, w.Actor, in.ID, in.Enterprise, in.Body.Slot)
	return &pickedOutput{Picked{m.Slot, m.Table}}, err
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
	if f.Phase != market.FairRegister && f.Phase != market.FairWish {
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
