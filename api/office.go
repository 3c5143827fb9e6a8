package api

import (
	"context"
	"slices"

	"lianqiao/market"
	"lianqiao/region"
)

// Officer is somebody with one of his offices.
type Officer struct {
	UserID string `json:"user_id"`
	Login  string `json:"login"`
	Name   string `json:"name"`
	Role   string `json:"role" enum:"operator,reviewer,viewer"`
	Scope  string `json:"scope" doc:"Id of a cluster, or a viewer's GB/T 2260 code of a place"`
	Of     string `json:"of" doc:"Name of the cluster or the place"`
}

type officersInput struct {
	After string `query:"after" maxLength:"200"`
	Limit int    `query:"limit"`
}

type officersOutput struct{ Body itemsOf[Officer] }

type appointInput struct {
	Body struct {
		Role  string   `json:"role" enum:"operator,reviewer,viewer"`
		Scope []string `json:"scope" nullable:"false" minItems:"1" maxItems:"50" doc:"Ids of clusters, or for a viewer GB/T 2260 codes of places"`
	}
}

type dismissInput struct {
	Body struct {
		UserID string `json:"user_id" maxLength:"64"`
		Role   string `json:"role" enum:"operator,reviewer,viewer"`
		Scope  string `json:"scope" maxLength:"64"`
	}
}

func (a *API) mountOffices() {
	route(a, "GET /api/operator/officers", market.AsOperator, "officers", a.officers)
	route(a, "POST /api/operator/officers", market.AsOperator, "appoint", a.appoint)
	route(a, "POST /api/operator/officers/dismiss", market.AsOperator, "dismiss", func(ctx context.Context, w who, in *dismissInput) (*none, error) {
		b := in.Body
		return nil, a.cfg.Store.Dismiss(ctx, w.Actor, market.OfficeOf(b.UserID, market.Role(b.Role), b.Scope))
	})
	route(a, "POST /api/tickets/accept", market.SignedIn, "accept-office", func(ctx context.Context, w who, in *ticketInput) (*meOutput, error) {
		if w.Behalf {
			return nil, market.ErrNotFound
		}
		if err := a.cfg.Store.AcceptOffice(ctx, w.Actor, digest(in.Body.Token), a.now()); err != nil {
			return nil, err
		}
		me, err := a.me(ctx, w.lang, w.UserID)
		return &meOutput{me}, err
	})
}

func (a *API) officers(ctx context.Context, w who, in *officersInput) (*officersOutput, error) {
	list, next, err := a.cfg.Store.Officers(ctx, w.Actor, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	names, err := a.clusterNames(ctx)
	out := &officersOutput{itemsOf[Officer]{Items: []Officer{}, Next: cursor(next)}}
	for _, o := range list {
		if w.MayAppoint(o.Membership) {
			out.Body.Items = append(out.Body.Items, Officer{o.UserID, o.Login, o.Name, string(o.Role), o.Scope(), scopeName(names, o.Scope())})
		}
	}
	return out, err
}

func scopeName(clusters map[string]string, scope string) string {
	if name := clusters[scope]; name != "" {
		return name
	}
	return region.Name(scope)
}

// appoint hands out a link to an office. Whoever opens it takes the office with
// the account he has or with a new one, so nobody learns who has an account.
func (a *API) appoint(ctx context.Context, w who, in *appointInput) (*ticketLinkOutput, error) {
	names, err := a.clusterNames(ctx)
	if err != nil {
		return nil, err
	}
	x := market.Ticket{Purpose: market.ForOffice, Role: market.Role(in.Body.Role), Scope: slices.Compact(slices.Sorted(slices.Values(in.Body.Scope)))}
	for _, m := range x.Memberships("") {
		_, place := region.ByCode(m.Region)
		known := x.Role == market.Viewer && place || x.Role != market.Viewer && names[m.ClusterID] != ""
		if !known || !w.MayAppoint(m) {
			return nil, market.ErrNotFound
		}
	}
	return a.ticket(ctx, w, x)
}
