package api

import (
	"context"

	"lianqiao/frontend"
	"lianqiao/market"
)

// Chance is a change of one's listing and how many more counterparts it brings.
type Chance struct {
	Term  string `json:"term" enum:"certificate,quantity,moq,lead"`
	Value string `json:"value" doc:"What the listing would have to say, or no longer to ask"`
	Gain  int    `json:"gain"`
	Text  string `json:"text"`
}

type chancesOutput struct {
	Body struct {
		Items []Chance `json:"items" nullable:"false"`
	}
}

// chances are the owner's alone: what a firm could change is its own affair.
func (a *API) chances(ctx context.Context, w who, in *idInput) (*chancesOutput, error) {
	l, err := a.ownListing(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	out := &chancesOutput{}
	out.Body.Items = []Chance{}
	if l.Status != market.Live || a.cfg.Chances == nil {
		return out, nil
	}
	list, err := a.cfg.Chances(ctx, l.ID)
	for _, c := range list {
		text := frontend.Text(w.lang, "chance."+string(l.Side)+"."+string(c.Term), c.Value, itoa(c.Gain))
		out.Body.Items = append(out.Body.Items, Chance{string(c.Term), c.Value, c.Gain, text})
	}
	return out, err
}
