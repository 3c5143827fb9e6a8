package api

import (
	"context"
	"time"

	"lianqiao/market"
)

// Failure is a message that a worker gave up on.
type Failure struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Of        string    `json:"of"`
	Tries     int       `json:"tries"`
	Reason    string    `json:"reason"`
	CreatedAt time.Time `json:"created_at"`
}

type failuresOutput struct {
	Body struct {
		Items []Failure `json:"items" nullable:"false"`
		Next  *string   `json:"next"`
	}
}

func (a *API) mountOperator() {
	route(a, "GET /api/operator/failures", market.AsOperator, "failures", a.failures)
	route(a, "POST /api/operator/failures/{id}/retry", market.AsOperator, "retry-failure", func(ctx context.Context, w who, in *idInput) (*none, error) {
		return nil, a.cfg.Store.ResolveFailure(ctx, w.Actor, in.ID, true)
	})
}

func (a *API) failures(ctx context.Context, _ who, _ *none) (*failuresOutput, error) {
	list, err := a.cfg.Store.Failures(ctx, 200)
	if err != nil {
		return nil, err
	}
	out := &failuresOutput{}
	out.Body.Items = []Failure{}
	for _, f := range list {
		out.Body.Items = append(out.Body.Items, Failure{f.ID, string(f.Kind), f.Of, f.Tries, f.Reason, f.CreatedAt})
	}
	return out, nil
}
