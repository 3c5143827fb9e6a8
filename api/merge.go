package api

import (
	"context"

	"lianqiao/market"
	"lianqiao/store"
)

// Duplicate is two records that may be of one firm.
type Duplicate struct {
	A   Enterprise `json:"a" doc:"The older one"`
	B   Enterprise `json:"b"`
	Why []string   `json:"why" nullable:"false" doc:"name, phone"`
}

// RecordSide is one of two records that are compared, with what hangs on it.
type RecordSide struct {
	Enterprise    Enterprise `json:"enterprise"`
	Listings      int        `json:"listings"`
	Live          int        `json:"live"`
	Introductions int        `json:"introductions"`
	Outcomes      int        `json:"outcomes"`
	Messages      int        `json:"messages"`
	Fairs         int        `json:"fairs"`
	People        int        `json:"people"`
}

type duplicatesOutput struct {
	Body struct {
		Items []Duplicate `json:"items" nullable:"false"`
	}
}

type compareRecordsInput struct {
	A string `query:"a" maxLength:"64" required:"true"`
	B string `query:"b" maxLength:"64" required:"true"`
}

type compareRecordsOutput struct {
	Body struct {
		A         RecordSide `json:"a"`
		B         RecordSide `json:"b"`
		SamePhone bool       `json:"same_phone"`
	}
}

type mergeInput struct {
	Body struct {
		Keep    string `json:"keep" maxLength:"64" doc:"The record that stays"`
		KeepRev int64  `json:"keep_rev" doc:"As compared"`
		Drop    string `json:"drop" maxLength:"64" doc:"The record that becomes a part of it"`
		DropRev int64  `json:"drop_rev" doc:"As compared"`
	}
}

func (a *API) mountMerges() {
	route(a, "GET /api/operator/duplicates", market.AsOperator, "duplicates", a.duplicates)
	route(a, "GET /api/operator/compare", market.AsOperator, "compare-records", a.compareRecords)
	route(a, "POST /api/operator/merge", market.AsOperator, "merge", a.merge)
}

func (a *API) duplicates(ctx context.Context, w who, _ *none) (*duplicatesOutput, error) {
	list, err := a.cfg.Store.Duplicates(ctx, w.Actor)
	if err != nil {
		return nil, err
	}
	out := &duplicatesOutput{}
	out.Body.Items = []Duplicate{}
	for _, d := range list {
		v := Duplicate{Why: d.Why}
		if v.A, err = a.enterpriseOf(ctx, w.lang, w.Actor, d.A); err != nil {
			return nil, err
		}
		if v.B, err = a.enterpriseOf(ctx, w.lang, w.Actor, d.B); err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (a *API) compareRecords(ctx context.Context, w who, in *compareRecordsInput) (*compareRecordsOutput, error) {
	out := &compareRecordsOutput{}
	var phones [2]string
	for i, side := range []struct {
		id string
		to *RecordSide
	}{{in.A, &out.Body.A}, {in.B, &out.Body.B}} {
		e, err := a.operatedFirm(ctx, w, side.id)
		if err != nil {
			return nil, err
		}
		h, err := a.cfg.Store.Holdings(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		v, err := a.enterpriseOf(ctx, w.lang, w.Actor, e)
		if err != nil {
			return nil, err
		}
		*side.to = recordSide(v, h)
		phones[i] = market.PlainPhone(e.Contact.Phone)
	}
	out.Body.SamePhone = phones[0] == phones[1] && phones[0] != ""
	return out, nil
}

func recordSide(v Enterprise, h store.Holdings) RecordSide {
	return RecordSide{v, h.Listings, h.Live, h.Introductions, h.Outcomes, h.Messages, h.Fairs, h.People}
}

func (a *API) merge(ctx context.Context, w who, in *mergeInput) (*none, error) {
	b := in.Body
	keep, drop := market.Enterprise{ID: b.Keep, Rev: b.KeepRev}, market.Enterprise{ID: b.Drop, Rev: b.DropRev}
	return nil, a.cfg.Store.Merge(ctx, w.Actor, keep, drop)
}
