package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/market"
	"lianqiao/region"
)

// EnterpriseInput is what a firm says of itself.
type EnterpriseInput struct {
	Name         string  `json:"name"`
	USCC         string  `json:"uscc,omitempty"`
	Kind         string  `json:"kind"`
	Region       string  `json:"region" doc:"County code of GB/T 2260"`
	ClusterID    string  `json:"cluster_id,omitempty"`
	About        string  `json:"about,omitempty"`
	MainProducts string  `json:"main_products,omitempty"`
	Contact      Contact `json:"contact"`
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

type enterpriseEdit struct {
	IfMatch string `header:"If-Match"`
	Body    EnterpriseInput
}

type enterpriseOutput struct {
	ETag string `header:"ETag"`
	Body Enterprise
}

func (a *API) mountEnterprises() {
	route(a, "GET /api/enterprises/{id}", market.Anyone, "get-enterprise", a.getEnterprise)
	route(a, "PUT /api/enterprise", market.AsEnterprise, "edit-enterprise", a.editEnterprise, edits)
}

// edits names the answers of an operation that demands If-Match.
func edits(op *huma.Operation) { op.Errors = append(op.Errors, 412, 428) }

func (a *API) getEnterprise(ctx context.Context, w who, in *idInput) (*enterpriseOutput, error) {
	e, err := a.cfg.Store.Enterprise(ctx, in.ID)
	if err == nil && e.MergedInto != "" { // an old link, kept somewhere
		e, err = a.cfg.Store.Enterprise(ctx, e.MergedInto)
	}
	if err != nil {
		return nil, err
	}
	return a.enterpriseAnswer(ctx, w, e)
}

func (a *API) enterpriseAnswer(ctx context.Context, w who, e market.Enterprise) (*enterpriseOutput, error) {
	v, err := a.enterpriseOf(ctx, w.lang, w.Actor, e)
	return &enterpriseOutput{etag(e.Rev), v}, err
}

func (a *API) editEnterprise(ctx context.Context, w who, in *enterpriseEdit) (*enterpriseOutput, error) {
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	n := in.Body.enterprise()
	e.Rev, e.Name, e.USCC, e.Kind, e.Region, e.ClusterID = rev, n.Name, n.USCC, n.Kind, n.Region, n.ClusterID
	e.About, e.MainProducts, e.Contact = n.About, n.MainProducts, n.Contact
	if err := a.checkEnterprise(ctx, &e); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.UpdateEnterprise(ctx, w.Actor, &e); err != nil {
		return nil, err
	}
	return a.enterpriseAnswer(ctx, w, e)
}

// checkEnterprise checks the record, and that its place and its cluster exist.
func (a *API) checkEnterprise(ctx context.Context, e *market.Enterprise) error {
	var errs market.Errors
	if err := e.Check(); err != nil && !errors.As(err, &errs) {
		return err
	}
	if _, ok := region.ByCode(e.Region); !ok && len(e.Region) == 6 {
		errs.Add(market.Bad("region", "error.region"))
	}
	clusters, err := a.cfg.Store.Clusters(ctx)
	if err != nil {
		return err
	}
	if e.ClusterID != "" && !slices.ContainsFunc(clusters, func(c market.Cluster) bool { return c.ID == e.ClusterID }) {
		errs.Add(market.Bad("cluster_id", "error.choose"))
	}
	return errs.Err()
}

func (in *EnterpriseInput) enterprise() market.Enterprise {
	return market.Enterprise{
		Name: strings.TrimSpace(in.Name), USCC: strings.ToUpper(strings.TrimSpace(in.USCC)), Kind: market.EnterpriseKind(in.Kind),
		Region: in.Region, ClusterID: in.ClusterID, About: in.About, MainProducts: in.MainProducts,
		Contact: market.Contact{Name: strings.TrimSpace(in.Contact.Name), Phone: strings.TrimSpace(in.Contact.Phone), Mail: strings.TrimSpace(in.Contact.Mail)},
	}
}
