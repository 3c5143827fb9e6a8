package api

import (
	"context"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
)

// Failure is a message that a worker gave up on.
type Failure struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Of        string    `json:"of"`
	Tries     int       `json:"tries"`
	Reason    string    `json:"reason" doc:"What it means and what to do, in the reader's language"`
	Detail    string    `json:"detail,omitempty" doc:"The inner reason; administrators only"`
	CreatedAt time.Time `json:"created_at"`
}

type failuresInput struct {
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type failuresOutput struct{ Body itemsOf[Failure] }

func (a *API) mountOperator() {
	route(a, "GET /api/operator/failures", market.AsOperator, "failures", a.failures)
	route(a, "POST /api/operator/failures/{id}/retry", market.AsOperator, "retry-failure", a.retryFailure)
}

// failures lists what concerns the operator's clusters, to administrators all.
// The inner reason may quote what a firm wrote, so operators read a plain one.
func (a *API) failures(ctx context.Context, w who, in *failuresInput) (*failuresOutput, error) {
	list, next, err := a.cfg.Store.Failures(ctx, w.Actor, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	out := &failuresOutput{itemsOf[Failure]{Items: []Failure{}, Next: cursor(next)}}
	for _, f := range list {
		v := Failure{ID: f.ID, Kind: string(f.Kind), Of: f.Of, Tries: f.Tries, Reason: frontend.Text(w.lang, "failure."+string(f.Kind)), CreatedAt: f.CreatedAt}
		if w.Admin {
			v.Detail = f.Reason
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (a *API) retryFailure(ctx context.Context, w who, in *idInput) (*none, error) {
	return &none{}, a.cfg.Store.ResolveFailure(ctx, w.Actor, in.ID, true)
}
