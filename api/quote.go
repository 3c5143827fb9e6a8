package api

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/market"
)

// QuoteLine answers one spec of a need.
type QuoteLine struct {
	Spec   string `json:"spec"`
	Answer string `json:"answer" enum:",can,cannot,deviation" doc:"Empty: not answered, which a must may not be"`
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
	Files      []string    `json:"files,omitempty" nullable:"false" doc:"Ids of files put up for this need, all that the quote is to have"`
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
	Files      []FileInfo    `json:"files" nullable:"false" doc:"One's own also after they were taken back"`
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
		LeadDays       int             `json:"lead_days" doc:"How long the buyer can wait; 0: not said"`
		Mine           bool            `json:"mine" doc:"One's own need: all quotes; else one's own quote"`
		Offer          *Listing        `json:"offer" doc:"The supplier's own listing that the two talk about: what a first quote begins with"`
		Items          []Quote         `json:"items" nullable:"false"`
		Clarifications []Clarification `json:"clarifications" nullable:"false"`
	}
}

type quoteFileInput struct {
	ID      string `path:"id" maxLength:"64"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	RawBody huma.MultipartFormFiles[fileForm]
}

type quoteFileOutput struct{ Body FileInfo }

type clarifyInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Text string `json:"text"`
	}
}

func (a *API) mountQuotes() {
	route(a, "GET /api/listings/{id}/quotes", market.InPerson, "quotes", a.quotes)
	route(a, "PUT /api/listings/{id}/quote", market.InPerson, "quote", a.quote)
	route(a, "POST /api/listings/{id}/quote/files", market.InPerson, "send-quote-file", a.sendQuoteFile, created, func(op *huma.Operation) { op.MaxBodyBytes = fileMost })
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
	firms, err := a.firmsNow(ctx, ids)
	if err != nil {
		return nil, err
	}
	words, err := a.cfg.Store.Clarifications(ctx, need.ID)
	if err != nil {
		return nil, err
	}
	out := &quotesOutput{}
	b := &out.Body
	b.Need, b.Mine, b.LeadDays = a.cardOf(w, need, firms[need.EnterpriseID]), w.Owns(need.EnterpriseID), need.LeadDays
	if !b.Mine {
		if b.Offer, err = a.offerOn(ctx, w, need.ID); err != nil {
			return nil, err
		}
	}
	b.Specs, b.Items, b.Clarifications = []Spec{}, []Quote{}, []Clarification{}
	for _, s := range need.Specs {
		b.Specs = append(b.Specs, Spec{s.Name, string(s.Op), s.Value, s.Value2, s.Unit, s.Must})
	}
	for _, q := range list {
		b.Items = append(b.Items, quoteOf(q, a.refOf(firms[q.EnterpriseID]), !b.Mine))
	}
	for _, c := range words {
		b.Clarifications = append(b.Clarifications, Clarification{c.Text, c.At})
	}
	return out, nil
}

// firmsNow loads firms by id. A record that was merged into another one is shown
// as that one: two quotes of what is one firm now stand under one name.
func (a *API) firmsNow(ctx context.Context, ids []string) (map[string]market.Enterprise, error) {
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	var heirs []string
	for _, e := range firms {
		if e.MergedInto != "" {
			heirs = append(heirs, e.MergedInto)
		}
	}
	kept, err := a.cfg.Store.Enterprises(ctx, heirs)
	for id, e := range firms {
		if heir, ok := kept[e.MergedInto]; ok {
			firms[id] = heir
		}
	}
	return firms, err
}

// offerOn is the actor's own listing in the talk about a need; nil: none.
func (a *API) offerOn(ctx context.Context, w who, needID string) (*Listing, error) {
	l, err := a.cfg.Store.OfferOn(ctx, w.Actor, needID)
	if market.IsKind(err, market.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, l.EnterpriseID)
	if err != nil {
		return nil, err
	}
	v, err := a.listingOf(w, l, e)
	return &v, err
}

// quoteOf shows a quote; files that were taken back only to their own firm.
func quoteOf(q market.Quote, supplier EnterpriseRef, own bool) Quote {
	v := Quote{Supplier: supplier, Declined: q.Declined, Price: sumOf(q.Fen), Unit: q.Unit, MOQ: amountOf(q.MOQ), LeadDays: q.LeadDays, Sample: q.Sample,
		ValidUntil: q.ValidUntil, Note: q.Note, Lines: []QuoteLine{}, Files: []FileInfo{}, UpdatedAt: q.UpdatedAt}
	for _, l := range q.Lines {
		v.Lines = append(v.Lines, QuoteLine{l.Spec, string(l.Answer), l.Note})
	}
	for _, f := range q.Files {
		if own || f.RemovedAt.IsZero() {
			v.Files = append(v.Files, fileOf(f))
		}
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
		for _, id := range b.Files {
			q.Files = append(q.Files, market.Attachment{ID: id})
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

// sendQuoteFile puts up a file for the actor's quote on a need.
func (a *API) sendQuoteFile(ctx context.Context, w who, in *quoteFileInput) (*quoteFileOutput, error) {
	// Whose need it is comes before what is wrong with the file.
	if _, _, err := a.cfg.Store.Quotes(ctx, w.Actor, in.ID); err != nil {
		return nil, err
	}
	f, err := a.taken(ctx, in.RawBody.Data().File)
	if err != nil {
		return nil, err
	}
	f.ID, f.NeedID = market.NewID(), in.ID
	if in.Key != "" {
		f.ID = keyed("quote file", w.EnterpriseID, in.ID+" "+in.Key)
	}
	if err := a.cfg.Store.AttachToQuote(ctx, w.Actor, f); err != nil {
		return nil, err
	}
	return &quoteFileOutput{fileOf(f)}, nil
}
