package api

import (
	"context"
	"strconv"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
)

type readInput struct {
	Body struct {
		Side  string `json:"side,omitempty"`
		Title string `json:"title"`
		Text  string `json:"text,omitempty"`
	}
}

// ReadResult is what the reader understood of a free text, for filling the form.
type ReadResult struct {
	Product  string   `json:"product"`
	Class    *Named   `json:"class"`
	Grades   []string `json:"grades" nullable:"false"`
	Specs    []Spec   `json:"specs" nullable:"false"`
	Quantity Quantity `json:"quantity"`
	Contacts []string `json:"contacts" nullable:"false" doc:"What reads like a way to be reached, and would be public"`
	DealRead
}

// DealRead are the terms of the deal that a text names; empty is not said.
type DealRead struct {
	Price        Price    `json:"price" doc:"Of a range the end that this side has to say: a need's highest, a supply's lowest"`
	MOQ          string   `json:"moq" doc:"In the unit of the quantity"`
	LeadDays     int      `json:"lead_days"`
	Region       *Named   `json:"region" doc:"Where the goods are handed over"`
	ValidUntil   string   `json:"valid_until" doc:"2006-01-02"`
	Certificates []string `json:"certificates" nullable:"false"`
}

type readOutput struct{ Body ReadResult }

type similarInput struct {
	Q    string `query:"q"`
	Side string `query:"side" enum:",supply,need"`
}

type similarOutput struct {
	Body struct {
		Items []ListingCard `json:"items" nullable:"false"`
		Next  *string       `json:"next"`
	}
}

func (a *API) mountReading() {
	route(a, "POST /api/read", market.AsEnterprise, "read-text", a.read)
	route(a, "GET /api/similar", market.AsEnterprise, "similar-listings", a.similar)
}

func (a *API) read(ctx context.Context, w who, in *readInput) (*readOutput, error) {
	draft := market.Listing{Side: market.Need, Title: in.Body.Title, Text: in.Body.Text}
	if err := draft.CheckDraft(); err != nil {
		return nil, err
	}
	firm, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	book := a.words().Of(firm.ClusterID)
	r := book.Read(in.Body.Title, in.Body.Text)
	out := ReadResult{Product: r.Head, Grades: texted(r.Grades), Specs: []Spec{}, Contacts: []string{}}
	for _, f := range market.HiddenContacts(in.Body.Title + "\n\n\n" + in.Body.Text) {
		out.Contacts = append(out.Contacts, f.Quote)
	}
	if codes := book.GuessClass(r); len(codes) > 0 {
		out.Class = classOf(w.lang, codes[0])
	}
	for _, g := range r.Grades {
		out.Specs = append(out.Specs, Spec{Name: "牌号", Op: string(market.OpIs), Value: g, Must: true})
	}
	for _, s := range r.Sizes {
		out.Specs = append(out.Specs, specOf(s))
	}
	if q := r.Quantity; q != nil {
		out.Quantity = Quantity{Amount: plainNumber(q.Value), Unit: q.Unit, Per: string(market.Once)}
		if q.PerMonth {
			out.Quantity.Per = string(market.PerMonth)
		}
	}
	deal := chain.ReadDeal(in.Body.Title+"\n"+in.Body.Text, a.now().In(chinaTime()))
	if out.Quantity.Unit == "" && deal.MOQ != nil {
		out.Quantity.Unit = deal.MOQ.Unit
	}
	out.DealRead = a.dealOf(&deal, in.Body.Side, out.Quantity.Unit, firm.Region)
	return &readOutput{out}, nil
}

// dealOf leaves out what a listing could not say: a least amount in another unit
// than the quantity's that cannot be turned into it, a day that is over.
func (a *API) dealOf(d *chain.Deal, side, unit, near string) DealRead {
	out := DealRead{Price: Price{Negotiable: d.Negotiable, Unit: d.Unit}, LeadDays: d.LeadDays, Certificates: texted(d.Certificates)}
	if price := d.Low; d.High > 0 {
		if side == string(market.Need) {
			price = d.High
		}
		out.Price.Amount = plainNumber(price)
	}
	if d.MOQ != nil {
		if v, ok := chain.Convert(d.MOQ.Value, d.MOQ.Unit, unit); ok {
			out.MOQ = plainNumber(v)
		} else if d.MOQ.Unit == "" {
			out.MOQ = plainNumber(d.MOQ.Value)
		}
	}
	if code, ok := region.Find(d.Place, near); ok && d.Place != "" {
		out.Region = regionOf(code)
	}
	if d.Until >= a.now().In(chinaTime()).Format(time.DateOnly) {
		out.ValidUntil = d.Until
	}
	return out
}

func specOf(s chain.Size) Spec {
	v := Spec{Name: s.Name, Op: string(market.OpIs), Value: plainNumber(s.Min), Unit: s.Unit}
	if s.Max > s.Min {
		v.Op, v.Value2 = string(market.OpRange), plainNumber(s.Max)
	}
	return v
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (a *API) similar(ctx context.Context, w who, in *similarInput) (*similarOutput, error) {
	found, err := a.find(ctx, w, Search{Q: in.Q, Side: in.Side, Limit: 5})
	out := &similarOutput{}
	out.Body.Items = found.Items
	return out, err
}
