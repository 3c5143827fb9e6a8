package api

import (
	"context"

	"lianqiao/market"
	"lianqiao/store"
)

type proposalsInput struct {
	Listing string `query:"listing" maxLength:"64"`
	View    string `query:"view" enum:",open,along,answered,closed" doc:"along: potential ones, along the chain"`
	After   string `query:"after" maxLength:"300"`
	Limit   int    `query:"limit"`
}

type proposalsOutput struct {
	Body struct {
		Items []Proposal `json:"items" nullable:"false"`
		Next  *string    `json:"next"`
	}
}

type proposalOutput struct {
	ETag string `header:"ETag"`
	Body Proposal
}

type answerInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Answer  string `json:"answer"`
		Reason  string `json:"reason,omitempty"`
		Note    string `json:"note,omitempty" doc:"One's own; the other side never reads it"`
		Message string `json:"message,omitempty" doc:"To the other side, with interested"`
		Always  bool   `json:"always,omitempty" doc:"With unfit: never again anything of the kind, see rules of the proposal"`
	}
}

// Matching is what a firm chose about its proposals.
type Matching struct {
	Potential bool `json:"potential" doc:"Wants proposals along the chain that nobody posted a need for"`
}

type (
	matchingOutput struct{ Body Matching }
	matchingInput  struct{ Body Matching }
)

func (a *API) mountProposals() {
	route(a, "GET /api/enterprise/matching", market.AsEnterprise, "matching", func(ctx context.Context, w who, _ *none) (*matchingOutput, error) {
		quiet, err := a.cfg.Store.WithoutPotential(ctx, []string{w.EnterpriseID})
		return &matchingOutput{Matching{!quiet[w.EnterpriseID]}}, err
	})
	route(a, "PUT /api/enterprise/matching", market.AsEnterprise, "set-matching", func(ctx context.Context, w who, in *matchingInput) (*none, error) {
		return nil, a.cfg.Store.SetPotential(ctx, w.Actor, in.Body.Potential)
	})
	route(a, "GET /api/my/proposals", market.AsEnterprise, "my-proposals", a.myProposals)
	route(a, "GET /api/proposals/{id}", market.AsEnterprise, "get-proposal", a.getProposal)
	route(a, "POST /api/proposals/{id}/answer", market.InPerson, "answer-proposal", a.answerProposal)
}

func (a *API) myProposals(ctx context.Context, w who, in *proposalsInput) (*proposalsOutput, error) {
	if in.Listing != "" {
		if _, err := a.ownListing(ctx, w, in.Listing); err != nil {
			return nil, err
		}
	}
	list, next, err := a.cfg.Store.ProposalsFor(ctx, w.EnterpriseID, in.Listing, store.View(in.View), in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	out := &proposalsOutput{}
	out.Body.Next = cursor(next)
	out.Body.Items, err = a.proposalsOf(ctx, w, list)
	return out, err
}

func (a *API) getProposal(ctx context.Context, w who, in *idInput) (*proposalOutput, error) {
	p, err := a.cfg.Store.Proposal(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	views, err := a.proposalsOf(ctx, w, []market.Proposal{p})
	if err != nil {
		return nil, err
	}
	return &proposalOutput{etag(p.Rev), views[0]}, nil
}

func (a *API) answerProposal(ctx context.Context, w who, in *answerInput) (*proposalOutput, error) {
	p, err := a.cfg.Store.Proposal(ctx, in.ID)
	if err == nil && !w.MaySeeProposal(&p) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	i := market.Interest{ProposalID: in.ID, EnterpriseID: w.EnterpriseID, UserID: w.UserID, Answer: market.Answer(in.Body.Answer), Reason: in.Body.Reason, Note: in.Body.Note, Message: in.Body.Message, Always: in.Body.Always}
	if err := i.Check(); err != nil {
		return nil, err
	}
	if i.Answer == market.Unfit {
		if i.Ground, err = a.ground(ctx, w, &p, i.Reason); err != nil {
			return nil, err
		}
	}
	if err := a.cfg.Store.SaveInterest(ctx, w.Actor, i); err != nil {
		return nil, err
	}
	return a.getProposal(ctx, w, &idInput{ID: in.ID})
}
