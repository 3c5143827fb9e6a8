package api

import (
	"context"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/store"
)

// Addition is what an association adds to the tables of words.
type Addition struct {
	ID        string    `json:"id"`
	ClusterID string    `json:"cluster_id"`
	Kind      string    `json:"kind" enum:"same,class,relation"`
	Words     []string  `json:"words" nullable:"false" doc:"same: names of one thing; class: the product; relation: material, product"`
	Class     string    `json:"class,omitempty" doc:"class: code of GB/T 4754-2017"`
	Weight    float64   `json:"weight,omitempty" doc:"relation: 1 a chief material, less for what else goes in"`
	By        string    `json:"by" doc:"Who made it; empty: imported"`
	CreatedAt time.Time `json:"created_at"`
}

type wordsInput struct {
	Cluster string `query:"cluster" maxLength:"64"`
	Q       string `query:"q" maxLength:"200" doc:"Part of a word"`
	Kind    string `query:"kind" enum:",same,class,relation"`
	After   string `query:"after" maxLength:"64"`
	Limit   int    `query:"limit"`
}

type wordsOutput struct{ Body itemsOf[Addition] }

type addWordsInput struct {
	Body struct {
		ClusterID string   `json:"cluster_id" maxLength:"64"`
		Kind      string   `json:"kind" enum:"same,class,relation"`
		Words     []string `json:"words" nullable:"false" maxItems:"100"`
		Class     string   `json:"class,omitempty" maxLength:"8"`
		Weight    float64  `json:"weight,omitempty"`
	}
}

type additionOutput struct{ Body Addition }

func (a *API) mountWords() {
	route(a, "GET /api/operator/words", market.AsOperator, "words", a.listWords)
	route(a, "POST /api/operator/words", market.AsOperator, "add-words", a.addWords)
	route(a, "DELETE /api/operator/words/{id}", market.AsOperator, "remove-words", func(ctx context.Context, w who, in *idInput) (*none, error) {
		return nil, a.cfg.Store.RemoveAddition(ctx, w.Actor, in.ID)
	})
}

func (a *API) listWords(ctx context.Context, w who, in *wordsInput) (*wordsOutput, error) {
	if !w.Operates(in.Cluster) {
		return nil, market.ErrNotFound
	}
	list, next, err := a.cfg.Store.SearchAdditions(ctx, store.AdditionSearch{ClusterID: in.Cluster, Text: in.Q, Kind: market.AdditionKind(in.Kind), After: in.After}, limit(in.Limit))
	out := &wordsOutput{itemsOf[Addition]{Items: []Addition{}, Next: cursor(next)}}
	for i := range list {
		out.Body.Items = append(out.Body.Items, additionOf(&list[i]))
	}
	return out, err
}

func additionOf(a *market.Addition) Addition {
	return Addition{a.ID, a.ClusterID, string(a.Kind), a.Words, a.Class, a.Weight, a.ByName, a.CreatedAt}
}

func (a *API) addWords(ctx context.Context, w who, in *addWordsInput) (*additionOutput, error) {
	b := in.Body
	if !w.Operates(b.ClusterID) {
		return nil, market.ErrNotFound
	}
	x := market.Addition{ClusterID: b.ClusterID, Kind: market.AdditionKind(b.Kind), Words: b.Words, Class: b.Class, Weight: b.Weight}
	if x.Kind == market.AddRelation && x.Weight == 0 {
		x.Weight = market.AdditionWeight
	}
	isClass := func(code string) bool { _, ok := chain.ClassByCode(code); return ok }
	if err := x.Check(chain.NamesGoods, isClass); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.CreateAddition(ctx, w.Actor, &x); err != nil {
		return nil, err
	}
	return &additionOutput{additionOf(&x)}, nil
}
