package api

import (
	"context"

	"lianqiao/market"
)

// Picked is where and when two firms meet that chose so themselves.
type Picked struct {
	Slot  int `json:"slot"`
	Table int `json:"table"`
}

// Opening is a slot in which two firms could meet.
type Opening struct {
	Slot   int   `json:"slot"`
	Tables []int `json:"tables" nullable:"false" doc:"That are free for the two"`
}

type (
	openingsOutput struct {
		Body struct {
			Items []Opening `json:"items" nullable:"false"`
		}
	}
	pickInput struct {
		ID         string `path:"id" maxLength:"64"`
		Enterprise string `path:"enterprise" maxLength:"64"`
		Body       struct {
			Slot  int `json:"slot" minimum:"1" maximum:"4096"`
			Table int `json:"table" required:"false" minimum:"0" maximum:"9999" doc:"0: any that is free"`
		}
	}
	pickedOutput struct{ Body Picked }
)

func (a *API) mountPicks() {
	route(a, "GET /api/fairs/{id}/openings/{enterprise}", market.AsEnterprise, "openings", a.openings)
	route(a, "PUT /api/fairs/{id}/picks/{enterprise}", market.AsEnterprise, "pick-slot", a.pickSlot)
	route(a, "DELETE /api/fairs/{id}/picks/{enterprise}", market.AsEnterprise, "unpick-slot", func(ctx context.Context, w who, in *partyInput) (*none, error) {
		if _, err := a.fairPicked(ctx, w, in.ID, in.Enterprise); err != nil {
			return nil, err
		}
		return nil, a.cfg.Store.Unpick(ctx, w.Actor, in.ID, in.Enterprise)
	})
}

// fairPicked loads a fair at which the reader's firm and another are registered
// and may pick when they meet.
func (a *API) fairPicked(ctx context.Context, w who, id, other string) (market.Fair, error) {
	f, mine, _, err := a.fairFor(ctx, w, id)
	if err != nil {
		return f, err
	}
	if mine == nil {
		return f, &market.Error{Kind: market.Conflict, Message: "error.fair.register"}
	}
	p, err := a.cfg.Store.Party(ctx, id, other)
	switch {
	case err != nil:
		return f, err
	case other == w.EnterpriseID || !mine.Role.MayMeet(p.Role):
		return f, market.ErrNotFound
	case !f.Permits(market.Picking):
		return f, &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
	}
	return f, nil
}

// picks is what a firm sees of a fair where firms pick slots; elsewhere it is empty.
type picks struct {
	asks     map[string]bool
	meetings map[market.Pair]market.Meeting
}

func (a *API) picks(ctx context.Context, f *market.Fair, enterpriseID string) (p picks, err error) {
	p.asks, p.meetings = map[string]bool{}, map[market.Pair]market.Meeting{}
	if f.Regime != market.RegimePick {
		return p, nil
	}
	wishes, err := a.cfg.Store.Wishes(ctx, f.ID, "")
	if err != nil {
		return p, err
	}
	hall, err := a.cfg.Store.Hall(ctx, f)
	if err != nil {
		return p, err
	}
	for _, x := range wishes {
		// Who must not meet does not ask: a veto looks like silence.
		if x.Other == enterpriseID && x.Mark.Invites() && !hall.Refused[market.PairOf(x.By, x.Other)] {
			p.asks[x.By] = true
		}
	}
	list, err := a.pickedSoFar(ctx, f, enterpriseID)
	for _, m := range list {
		p.meetings[m.Pair] = m
	}
	return p, err
}

// pickedSoFar are the meetings, of one firm when it is named, that a pick must
// not touch: those picked since the last release, or else the release.
func (a *API) pickedSoFar(ctx context.Context, f *market.Fair, enterpriseID string) ([]market.Meeting, error) {
	plan, err := a.cfg.Store.Picks(ctx, f.ID)
	if err == nil && plan.ID == "" {
		plan, _, err = a.cfg.Store.Releases(ctx, f.ID)
	}
	if err != nil || plan.ID == "" {
		return nil, err
	}
	return a.cfg.Store.Meetings(ctx, plan.ID, enterpriseID)
}

// of is whether the other asked, and where the two meet.
func (p *picks) of(enterpriseID, other string) (asks bool, met *Picked) {
	if m := p.meetings[market.PairOf(enterpriseID, other)]; m.Slot > 0 {
		met = &Picked{m.Slot, m.Table}
	}
	return p.asks[other], met
}

// openings lists where the two could meet. Who was not asked by the other
// learns nothing of when it is free.
func (a *API) openings(ctx context.Context, w who, in *partyInput) (*openingsOutput, error) {
	f, err := a.fairPicked(ctx, w, in.ID, in.Enterprise)
	if err != nil {
		return nil, err
	}
	p, err := a.picks(ctx, &f, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	if asks, met := p.of(w.EnterpriseID, in.Enterprise); !asks && met == nil {
		return nil, market.ErrNotFound
	}
	hall, err := a.cfg.Store.Hall(ctx, &f)
	if err != nil {
		return nil, err
	}
	list, err := a.pickedSoFar(ctx, &f, "")
	out := &openingsOutput{}
	out.Body.Items = []Opening{}
	pair := market.PairOf(w.EnterpriseID, in.Enterprise)
	for _, o := range hall.Places(list, pair).Openings(pair) {
		out.Body.Items = append(out.Body.Items, Opening(o))
	}
	return out, err
}

func (a *API) pickSlot(ctx context.Context, w who, in *pickInput) (*pickedOutput, error) {
	if _, err := a.fairPicked(ctx, w, in.ID, in.Enterprise); err != nil {
		return nil, err
	}
	m, err := a.cfg.Store.Pick(ctx, w.Actor, in.ID, in.Enterprise, in.Body.Slot, in.Body.Table)
	return &pickedOutput{Picked{m.Slot, m.Table}}, err
}
