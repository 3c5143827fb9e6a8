package api

import (
	"context"
	"slices"
	"time"

	"lianqiao/market"
	"lianqiao/store"
)

// Introduction is an introduction as one of its two parties sees it.
type Introduction struct {
	ID             string        `json:"id"`
	Rev            int64         `json:"rev"`
	ProposalID     string        `json:"proposal_id"`
	Status         string        `json:"status" enum:"asked,agreed,declined,lapsed,withdrawn"`
	Sent           bool          `json:"sent" doc:"One's own firm asked"`
	ByOperator     bool          `json:"by_operator"`
	Other          EnterpriseRef `json:"other"`
	Listing        *ListingCard  `json:"listing" doc:"Of the firm that is asked"`
	From           *ListingCard  `json:"from" doc:"Of the firm that asks, on a proposal"`
	Fair           string        `json:"fair" doc:"Name of the fair where the two sat at one table"`
	Note           string        `json:"note"`
	Reason         string        `json:"reason"`
	Consented      bool          `json:"consented" doc:"One's own consent is in force"`
	OtherConsented bool          `json:"other_consented"`
	Contact        *Contact      `json:"contact" doc:"The other's, while both consent and both are verified"`
	People         []Person      `json:"people" nullable:"false" doc:"More of the other's, with the contact"`
	Held           string        `json:"held" enum:",own,other" doc:"Whose verification an agreed introduction waits for"`
	Outcome        *Outcome      `json:"outcome" doc:"What the two say came of it"`
	MayClaim       bool          `json:"may_claim"`
	Thread         bool          `json:"thread" doc:"The two may read what they wrote to each other"`
	Unread         int           `json:"unread" doc:"Messages of the other firm that the reader has not seen"`
	CreatedAt      time.Time     `json:"created_at"`
	UpdatedAt      time.Time     `json:"updated_at"`
	ExpiresAt      time.Time     `json:"expires_at"`
}

type introductionsInput struct {
	View  string `query:"view" enum:",waiting,sent,agreed,closed"`
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type introductionsOutput struct {
	Body struct {
		Items []Introduction `json:"items" nullable:"false"`
		Next  *string        `json:"next"`
	}
}

type introductionOutput struct {
	ETag string `header:"ETag"`
	Body Introduction
}

type askInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Note string `json:"note,omitempty"`
	}
}

type introduceInput struct {
	Body struct {
		From    string `json:"from" maxLength:"64" doc:"A listing"`
		Listing string `json:"listing" maxLength:"64" doc:"The other listing"`
		Note    string `json:"note,omitempty" doc:"To both"`
	}
}

type introductionMove struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
}

type declineInput struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		Reason string `json:"reason,omitempty" doc:"For the other side; empty: none given"`
	}
}

type vetoInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Answer string `json:"answer" enum:"known,competitor,never"`
	}
}

// Vetoed is a firm that one's own wants nothing to do with.
type Vetoed struct {
	Enterprise EnterpriseRef `json:"enterprise"`
	Answer     string        `json:"answer"`
}

type vetoedOutput struct {
	Body struct {
		Items []Vetoed `json:"items" nullable:"false"`
	}
}

// Disclosed says to whom one's own contact was opened.
type Disclosed struct {
	IntroductionID string        `json:"introduction_id"`
	To             EnterpriseRef `json:"to"`
	At             time.Time     `json:"at"`
}

type disclosedOutput struct {
	Body struct {
		Items []Disclosed `json:"items" nullable:"false"`
	}
}

func (a *API) mountIntroductions() {
	route(a, "GET /api/my/introductions", market.InPerson, "my-introductions", a.myIntroductions)
	route(a, "GET /api/introductions/{id}", market.InPerson, "get-introduction", a.getIntroduction)
	route(a, "POST /api/listings/{id}/introductions", market.InPerson, "ask-introduction", a.askIntroduction)
	route(a, "POST /api/introductions/{id}/accept", market.InPerson, "accept-introduction", func(ctx context.Context, w who, in *introductionMove) (*introductionOutput, error) {
		return a.doIntroduction(ctx, w, in.ID, in.IfMatch, store.Accept, "")
	}, edits)
	route(a, "POST /api/introductions/{id}/decline", market.InPerson, "decline-introduction", func(ctx context.Context, w who, in *declineInput) (*introductionOutput, error) {
		return a.doIntroduction(ctx, w, in.ID, in.IfMatch, store.Decline, in.Body.Reason)
	}, edits)
	route(a, "POST /api/introductions/{id}/withdraw", market.InPerson, "withdraw-introduction", func(ctx context.Context, w who, in *introductionMove) (*introductionOutput, error) {
		return a.doIntroduction(ctx, w, in.ID, in.IfMatch, store.Withdraw, "")
	}, edits)
	route(a, "POST /api/introductions/{id}/veto", market.InPerson, "veto-firm", func(ctx context.Context, w who, in *vetoInput) (*none, error) {
		return nil, a.cfg.Store.Veto(ctx, w.Actor, in.ID, market.Answer(in.Body.Answer))
	})
	route(a, "GET /api/my/vetoes", market.InPerson, "my-vetoes", a.myVetoes)
	route(a, "DELETE /api/my/vetoes/{id}", market.InPerson, "take-back-veto", func(ctx context.Context, w who, in *idInput) (*none, error) {
		return nil, a.cfg.Store.Unveto(ctx, w.Actor, in.ID)
	})
	route(a, "POST /api/operator/introductions", market.AsOperator, "introduce", func(ctx context.Context, w who, in *introduceInput) (*none, error) {
		return nil, a.cfg.Store.Introduce(ctx, w.Actor, in.Body.From, in.Body.Listing, in.Body.Note)
	})
	route(a, "GET /api/my/disclosures", market.InPerson, "my-disclosures", a.myDisclosures)
}

func (a *API) myIntroductions(ctx context.Context, w who, in *introductionsInput) (*introductionsOutput, error) {
	list, next, err := a.cfg.Store.IntroductionsFor(ctx, w.EnterpriseID, store.IntroductionView(in.View), a.now(), in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	out := &introductionsOutput{}
	out.Body.Next = cursor(next)
	out.Body.Items, err = a.introductionsOf(ctx, w, list)
	return out, err
}

func (a *API) getIntroduction(ctx context.Context, w who, in *idInput) (*introductionOutput, error) {
	i, err := a.cfg.Store.Introduction(ctx, in.ID)
	if err == nil && !w.MaySeeIntroduction(&i) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return a.introductionAnswer(ctx, w, i)
}

func (a *API) introductionAnswer(ctx context.Context, w who, i market.Introduction) (*introductionOutput, error) {
	views, err := a.introductionsOf(ctx, w, []market.Introduction{i})
	if err != nil {
		return nil, err
	}
	return &introductionOutput{etag(i.Rev), views[0]}, nil
}

func (a *API) askIntroduction(ctx context.Context, w who, in *askInput) (*introductionOutput, error) {
	i, err := a.cfg.Store.AskOnListing(ctx, w.Actor, in.ID, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return a.introductionAnswer(ctx, w, i)
}

func (a *API) doIntroduction(ctx context.Context, w who, id, ifMatch string, deed store.Deed, reason string) (*introductionOutput, error) {
	i, err := a.cfg.Store.Introduction(ctx, id)
	if err == nil && !w.MaySeeIntroduction(&i) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, ifMatch)
	if err != nil {
		return nil, err
	}
	if i, err = a.cfg.Store.DoIntroduction(ctx, w.Actor, id, rev, deed, reason); err != nil {
		return nil, err
	}
	return a.introductionAnswer(ctx, w, i)
}

// introductionsOf shows introductions to one of their parties. Here alone a
// firm's contact leaves the house, and only where the policy says so.
func (a *API) introductionsOf(ctx context.Context, w who, list []market.Introduction) ([]Introduction, error) {
	firmIDs, listingIDs := []string{w.EnterpriseID}, []string{}
	for _, i := range list {
		if !w.MaySeeIntroduction(&i) {
			return nil, market.ErrNotFound
		}
		firmIDs, listingIDs = append(firmIDs, i.Of(w.EnterpriseID)), append(listingIDs, i.ListingID, i.FromID)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, firmIDs)
	if err != nil {
		return nil, err
	}
	listings, err := a.cfg.Store.Listings(ctx, listingIDs)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	outcomes, err := a.cfg.Store.OutcomesOn(ctx, ids)
	if err != nil {
		return nil, err
	}
	unread, err := a.cfg.Store.UnreadMessages(ctx, w.Actor, ids)
	if err != nil {
		return nil, err
	}
	fairs, err := a.fairNames(ctx, list)
	if err != nil {
		return nil, err
	}
	own, out := firms[w.EnterpriseID], []Introduction{}
	card := func(id string) *ListingCard {
		l, ok := listings[id]
		if !ok {
			return nil
		}
		c := a.cardOf(w, l, firms[l.EnterpriseID])
		return &c
	}
	for _, i := range list {
		other := firms[i.Of(w.EnterpriseID)]
		v := a.introductionOf(w, i, &other, &own)
		v.Listing, v.From = card(i.ListingID), card(i.FromID)
		v.Fair, v.MayClaim, v.Thread = fairs[i.FairID], w.MayClaim(&i), w.MayReadThread(&i)
		if v.Thread {
			v.Unread = unread[i.ID]
		}
		if o, ok := outcomes[i.ID]; ok && v.MayClaim {
			v.Outcome = outcomeOf(w, &i, o)
		}
		out = append(out, v)
	}
	return out, nil
}

// fairNames are the names of the fairs at which introductions began, by id.
func (a *API) fairNames(ctx context.Context, list []market.Introduction) (map[string]string, error) {
	names := map[string]string{}
	for _, i := range list {
		if i.FairID == "" || names[i.FairID] != "" {
			continue
		}
		f, err := a.cfg.Store.Fair(ctx, i.FairID)
		if err != nil {
			return nil, err
		}
		names[i.FairID] = f.Name
	}
	return names, nil
}

func (a *API) introductionOf(w who, i market.Introduction, other, own *market.Enterprise) Introduction {
	v := Introduction{
		ID: i.ID, Rev: i.Rev, ProposalID: i.ProposalID, Status: string(i.Current(a.now())), Sent: i.By == w.EnterpriseID, ByOperator: i.ByOperator,
		Other: a.refOf(*other), People: []Person{}, Note: i.Note, Reason: i.Reason, Consented: i.Consented(own.ID), OtherConsented: i.Consented(other.ID),
		CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt, ExpiresAt: i.ExpiresAt,
	}
	switch {
	case w.MaySeeContact(other, &i, own):
		v.Contact, v.People = &Contact{other.Contact.Name, other.Contact.Phone, other.Contact.Mail}, partnersPeople(other)
	case i.Status == market.Agreed && !own.Trusted():
		v.Held = "own"
	case i.Status == market.Agreed:
		v.Held = "other"
	}
	return v
}

func (a *API) myVetoes(ctx context.Context, w who, _ *none) (*vetoedOutput, error) {
	words, err := a.cfg.Store.Vetoed(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for id := range words {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	out := &vetoedOutput{}
	out.Body.Items = []Vetoed{}
	for _, id := range ids {
		out.Body.Items = append(out.Body.Items, Vetoed{a.refOf(firms[id]), string(words[id])})
	}
	return out, err
}

func (a *API) myDisclosures(ctx context.Context, w who, _ *none) (*disclosedOutput, error) {
	list, err := a.cfg.Store.Disclosures(ctx, "", w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range list {
		ids = append(ids, d.To)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	out := &disclosedOutput{}
	out.Body.Items = []Disclosed{}
	for _, d := range list {
		out.Body.Items = append(out.Body.Items, Disclosed{d.IntroductionID, a.refOf(firms[d.To]), d.At})
	}
	return out, err
}
