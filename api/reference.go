package api

import (
	"cmp"
	"context"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/region"
)

// Place is a division of the country.
type Place struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Parent string `json:"parent"`
}

// Class is an industry of GB/T 4754-2017.
type Class struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Parent string `json:"parent"`
}

// ClusterInfo is a cluster to choose.
type ClusterInfo struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Region string `json:"region"`
}

type itemsOf[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next"`
}

type referenceInput struct {
	V string `query:"v" maxLength:"60" doc:"Version of the caller; with it the answer may be kept for ever"`
}

type referenceOutput[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         itemsOf[T]
}

func (a *API) mountReference() {
	route(a, "GET /api/regions", market.Anyone, "regions", a.regions)
	route(a, "GET /api/classes", market.Anyone, "classes", a.classes)
	route(a, "GET /api/clusters", market.Anyone, "clusters", a.clusters)
}

func reference[T any](in *referenceInput, items []T) *referenceOutput[T] {
	out := &referenceOutput[T]{CacheControl: "public, max-age=300", Body: itemsOf[T]{Items: items}}
	if in.V != "" {
		out.CacheControl = "public, max-age=31536000, immutable"
	}
	return out
}

func (a *API) regions(_ context.Context, _ who, in *referenceInput) (*referenceOutput[Place], error) {
	items := []Place{}
	for _, r := range region.All() {
		items = append(items, Place{r.Code, r.Name, r.Parent})
	}
	return reference(in, items), nil
}

func (a *API) classes(_ context.Context, w who, in *referenceInput) (*referenceOutput[Class], error) {
	items := []Class{}
	for _, c := range chain.Classes() {
		items = append(items, Class{c.Code, className(w.lang, c.Code), c.Parent})
	}
	return reference(in, items), nil
}

func (a *API) clusters(ctx context.Context, _ who, in *referenceInput) (*referenceOutput[ClusterInfo], error) {
	list, err := a.cfg.Store.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	items := []ClusterInfo{}
	for _, c := range list {
		items = append(items, ClusterInfo{c.ID, c.Name, c.Region})
	}
	return reference(&referenceInput{}, items), nil
}

// facetName is what people call a facet's value.
func facetName(lang, facet, value string) string {
	switch facet {
	case "class":
		return className(lang, value)
	case "region":
		return region.Name(value)
	}
	return frontend.Text(lang, facet+"."+value)
}

// className names an industry. The finer ones have no English name of their
// own; in English they are their division with the code.
func className(lang, code string) string {
	c, _ := chain.ClassByCode(code)
	if lang != "en" {
		return c.Name
	}
	if c.NameEN == "" && len(code) > 2 {
		if division, ok := chain.ClassByCode(code[:2]); ok && division.NameEN != "" {
			return division.NameEN + " · " + code
		}
	}
	return cmp.Or(c.NameEN, c.Name)
}
