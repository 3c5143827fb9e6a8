package api

import (
	"context"
	"strings"
	"time"

	"lianqiao/market"
)

// QuoteLine answers one spec of a need.
type QuoteLine struct {
	Spec   string `json:"spec"`
	Answer string `json:"answer" enum:"can,cannot,deviation"`
	Note   string `json:"note" required:"false"`
}

// QuoteInput is what a supplier answers to a need.
type QuoteInput struct {
	Declined   string      `json:"declined,omitempty" enum:",capacity,spec,price,lead,quantity,place,other" doc:"Will not quote, and why"`
	Price      string      `json:"price,omitempty" doc:"Yuan per unit"`
	Unit       string      `json:"unit,omitempty"`
	MOQ        string      `json:"moq,omitempty"`
	LeadDays   int         `json:"lead_days,omitempty"`
	Sample     string      `json:"sample,omitempty"`
	ValidUntil string      `json:"valid_until,omitempty" doc:"Date, 2006-01-02"`
	Note       string      `json:"note,omitempty"`
	Lines      []QuoteLine `json:"lines,omitempty" nullable:"false"`
}

type quoteInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body QuoteInput
}

// Quote is an answer to a need.
type Quote struct {
	Supplier   EnterpriseRef `json:"supplier"`
	Declined   string        `json:"declined"`
	Price      string        `json:"price"`
	Unit       string        `json:"unit"`
	MOQ        string        `json:"moq"`
	LeadDays   int           `json:"lead_days"`
	Sample     string        `json:"sample"`
	ValidUntil string        `json:"valid_until"`
	Note       string        `json:"note"`
	Lines      []QuoteLine   `json:"lines" nullable:"false"`
	UpdatedAt  time.Time     `json:"updated_at"`
}

// Clarification is a word of the buyer's to all who quoted.
type Clarification struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type quotesOutput struct {
	Body struct {
		Need           ListingCard     `json:"need"`
		Specs          []Spec          `json:"specs" nullable:"false"`
		Mine           bool            `json:"mine" doc:"One's own need: all quotes; else one's own quote"`
		Items          []Quote         `json:"items" nullable:"false"`
		Clarifications []Clarification `json:"clarifications" nullable:"false"`
	}
}

type clarifyInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Text string `json:"text"`
	}
}

func (a *API) mountQuotes() {
	route(a, "GET /api/listings/{id}/quotes", market.InPerson, "quotes", a.quotes)
	route(a, "PUT /api/listings/{id}/quote", market.InPerson, "quote", a.quote)
	route(a, "POST /api/listings/{id}/clarifications", market.InPerson, "clarify", func(ctx context.Context, w who, in *clarifyInput) (*none, error) {
		return nil, a.cfg.Store.Clarify(ctx, w.Actor, in.ID, strings.TrimSpace(in.Body.Text))
	})
}

func (a *API) quotes(ctx context.Context, w who, in *idInput) (*quotesOutput, error) {
	need, list, err := a.cfg.Store.Quotes(ctx, w.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	ids := []string{need.EnterpriseID}
	for _, q := range list {
		ids = append(ids, q.EnterpriseID)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	words, err := a.cfg.Store.Clarifications(ctx, need.ID)
	if err != nil {
		return nil, err
	}
	out := &quotesOutput{}
	b := &out.Body
	b.Need, b.Mine = a.cardOf(w, need, firms[need.EnterpriseID]), w.Owns(need.EnterpriseID)
	b.Specs, b.Items, b.Clarifications = []Spec{}, []Quote{}, []Clarification{}
	for _, s := range need.Specs {
		b.Specs = append(b.Specs, Spec{s.Name, string(s.Op), s.Value, s.Value2, s.Unit, s.Must})
	}
	for _, q := range list {
		b.Items = append(b.Items, quoteOf(q, a.refOf(firms[q.EnterpriseID])))
	}
	for _, c := range words {
		b.Clarifications = append(b.Clarifications, Clarification{c.Text, c.At})
	}
	return out, nil
}

func quoteOf(q market.Quote, supplier EnterpriseRef) Quote {
	v := Quote{Supplier: supplier, Declined: q.Declined, Price: sumOf(q.Fen), Unit: q.Unit, MOQ: amountOf(q.MOQ), LeadDays: q.LeadDays, Sample: q.Sample,
		ValidUntil: q.ValidUntil, Note: q.Note, Lines: []QuoteLine{}, UpdatedAt: q.UpdatedAt}
	for _, l := range q.Lines {
		v.Lines = append(v.Lines, QuoteLine{l.Spec, string(l.Answer), l.Note})
	}
	return v
}

func (a *API) quote(ctx context.Context, w who, in *quoteInput) (*quotesOutput, error) {
	var errs market.Errors
	b := in.Body
	q := market.Quote{NeedID: in.ID, Declined: b.Declined, LeadDays: b.LeadDays, Sample: b.Sample, ValidUntil: b.ValidUntil, Note: b.Note}
	if b.Declined == "" {
		q.Fen, q.Unit, q.MOQ = fen(&errs, "price", b.Price), b.Unit, amount(&errs, "moq", b.MOQ)
		for _, l := range b.Lines {
			q.Lines = append(q.Lines, market.QuoteLine{Spec: l.Spec, Answer: market.LineAnswer(l.Answer), Note: l.Note})
		}
	}
	// Whose need it is comes before what is wrong with the quote.
	if _, _, err := a.cfg.Store.Quotes(ctx, w.Actor, in.ID); err != nil {
		return nil, err
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.SaveQuote(ctx, w.Actor, q); err != nil {
		return nil, err
	}
	return a.quotes(ctx, w, &idInput{ID: in.ID})
}
