package api

import (
	"context"
	"fmt"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/search"
)

// Preference is a rule of one's own firm about what it is offered.
type Preference struct {
	ID     string    `json:"id"`
	Rev    int64     `json:"rev"`
	Side   string    `json:"side" doc:"Of one's own listings that it concerns"`
	Kind   string    `json:"kind"`
	Status string    `json:"status" enum:"on,off,suggested"`
	Text   string    `json:"text"`
	Why    string    `json:"why" doc:"What it was made of"`
	Since  time.Time `json:"since"`
}

// ReasonRule is what "never again" would come to with a reason.
type ReasonRule struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

type preferencesOutput struct {
	Body struct {
		Items []Preference `json:"items" nullable:"false"`
	}
}

type preferenceEdit struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		On bool `json:"on"`
	}
}

func (a *API) mountPreferences() {
	route(a, "GET /api/my/preferences", market.InPerson, "my-preferences", a.myPreferences)
	route(a, "PUT /api/my/preferences/{id}", market.InPerson, "switch-preference", func(ctx context.Context, w who, in *preferenceEdit) (*preferencesOutput, error) {
		status := market.PreferenceOff
		if in.Body.On {
			status = market.PreferenceOn
		}
		return a.setPreference(ctx, w, in.ID, in.IfMatch, status)
	}, edits)
	route(a, "DELETE /api/my/preferences/{id}", market.InPerson, "remove-preference", func(ctx context.Context, w who, in *listingMove) (*preferencesOutput, error) {
		return a.setPreference(ctx, w, in.ID, in.IfMatch, market.PreferenceRemoved)
	}, edits)
}

func (a *API) myPreferences(ctx context.Context, w who, _ *none) (*preferencesOutput, error) {
	list, err := a.cfg.Store.PreferencesOf(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	out := &preferencesOutput{}
	out.Body.Items = []Preference{}
	for _, p := range list {
		if w.MaySeePreference(&p) {
			out.Body.Items = append(out.Body.Items, preferenceOf(w.lang, p))
		}
	}
	return out, nil
}

// setPreference answers with the list as it is then.
func (a *API) setPreference(ctx context.Context, w who, id, ifMatch string, status market.PreferenceStatus) (*preferencesOutput, error) {
	p, err := a.cfg.Store.Preference(ctx, id)
	if err == nil && !w.MaySeePreference(&p) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, ifMatch)
	if err != nil {
		return nil, err
	}
	if err := a.cfg.Store.SetPreference(ctx, w.Actor, id, rev, status); err != nil {
		return nil, err
	}
	return a.myPreferences(ctx, w, nil)
}

func preferenceOf(lang string, p market.Preference) Preference {
	why := frontend.Text(lang, "prefer.asked")
	if !p.Asked {
		why = frontend.Text(lang, "prefer.answers", itoa(p.Answers), frontend.Text(lang, "app.reason."+p.Kind.Reason()))
	}
	return Preference{p.ID, p.Rev, string(p.Side), string(p.Kind), string(p.Status), preferenceText(lang, p), why, p.UpdatedAt}
}

func preferenceText(lang string, p market.Preference) string {
	return frontend.Text(lang, fmt.Sprintf("prefer.%s.%s", p.Side, p.Kind), p.Value)
}

// reasonRules says of each reason what "never again" would mean on this proposal.
func (a *API) reasonRules(w who, p *market.Proposal, other *market.Listing, firm *market.Enterprise) []ReasonRule {
	out := []ReasonRule{}
	head := search.ReadWith(a.words().Of(other.ClusterID), other).Head
	for _, reason := range market.UnfitReasons {
		if rule, ok := market.Conclude(reason, []string{p.Ground(reason, head, firm.Kind)}, true); ok {
			rule.Side = p.Side(w.EnterpriseID)
			out = append(out, ReasonRule{reason, preferenceText(w.lang, rule)})
		}
	}
	return out
}

// ground is what bears out an answer's reason, taken from what is stored and
// not from who answers.
func (a *API) ground(ctx context.Context, w who, p *market.Proposal, reason string) (string, error) {
	id := p.NeedID
	if p.Side(w.EnterpriseID) == market.Need {
		id = p.SupplyID
	}
	other, err := a.cfg.Store.Listing(ctx, id)
	if err != nil {
		return "", err
	}
	firm, err := a.cfg.Store.Enterprise(ctx, other.EnterpriseID)
	return p.Ground(reason, search.ReadWith(a.words().Of(other.ClusterID), &other).Head, firm.Kind), err
}
