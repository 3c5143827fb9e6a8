package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
	"lianqiao/search"
)

// ListingInput is what a person writes into the form.
type ListingInput struct {
	Side         string    `json:"side"`
	Title        string    `json:"title,omitempty"`
	Class        string    `json:"class,omitempty"`
	Product      string    `json:"product,omitempty"`
	Specs        []Spec    `json:"specs,omitempty" nullable:"false"`
	Quantity     *Quantity `json:"quantity,omitempty"`
	Price        *Price    `json:"price,omitempty"`
	MOQ          string    `json:"moq,omitempty"`
	LeadDays     int       `json:"lead_days,omitempty"`
	Region       string    `json:"region,omitempty"`
	Certificates []string  `json:"certificates,omitempty" nullable:"false"`
	ValidUntil   string    `json:"valid_until,omitempty" doc:"Date, 2006-01-02"`
	Text         string    `json:"text,omitempty"`
	Images       []string  `json:"images,omitempty" nullable:"false" doc:"Picture ids"`
}

type listingPost struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body ListingInput
}

type listingEdit struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
	Body    ListingInput
}

type listingMove struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
}

type listingRenew struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		ValidUntil string `json:"valid_until"`
	}
}

type listingOutput struct {
	ETag string `header:"ETag"`
	Body Listing
}

func (a *API) mountListings() {
	route(a, "GET /api/listings", market.Anyone, "find-listings", a.findListings)
	route(a, "POST /api/listings", market.AsEnterprise, "create-listing", a.createListing, created)
	route(a, "GET /api/listings/{id}", market.Anyone, "get-listing", a.getListing)
	route(a, "PUT /api/listings/{id}", market.AsEnterprise, "edit-listing", a.editListing, edits)
	route(a, "DELETE /api/listings/{id}", market.AsEnterprise, "delete-draft", a.deleteDraft, edits)
	route(a, "POST /api/listings/{id}/publish", market.AsEnterprise, "publish-listing", a.publishListing, edits)
	route(a, "POST /api/listings/{id}/close", market.AsEnterprise, "close-listing", a.closeListing, edits)
	route(a, "POST /api/listings/{id}/renew", market.AsEnterprise, "renew-listing", a.renewListing, edits)
	route(a, "GET /api/my/listings", market.AsEnterprise, "my-listings", a.myListings)
}

// listing reads the input. The faults it finds are those of form; market finds
// those of meaning.
func (in *ListingInput) listing() (market.Listing, error) {
	var errs market.Errors
	l := market.Listing{
		Side: market.Side(in.Side), Board: market.Goods, Title: strings.TrimSpace(in.Title), Class: in.Class, Product: strings.TrimSpace(in.Product),
		LeadDays: in.LeadDays, Region: in.Region, Certificates: in.Certificates, Text: in.Text, Images: in.Images,
		MOQ: amount(&errs, "moq", in.MOQ), ValidUntil: endOf(&errs, "valid_until", in.ValidUntil),
	}
	for _, s := range in.Specs {
		l.Specs = append(l.Specs, market.Spec{Name: s.Name, Op: market.Op(s.Op), Value: s.Value, Value2: s.Value2, Unit: s.Unit, Must: s.Must})
	}
	if q := in.Quantity; q != nil {
		l.Quantity = market.Quantity{Amount: amount(&errs, "quantity.amount", q.Amount), Unit: q.Unit, Per: market.Per(q.Per)}
	}
	if p := in.Price; p != nil {
		l.Price = market.Price{Negotiable: p.Negotiable, Unit: p.Unit}
		if !p.Negotiable {
			l.Price.Fen = fen(&errs, "price.amount", p.Amount)
		}
	}
	if _, ok := chain.ClassByCode(in.Class); in.Class != "" && !ok {
		errs.Add(market.Bad("class", "error.choose"))
	}
	if _, ok := region.ByCode(in.Region); in.Region != "" && !ok {
		errs.Add(market.Bad("region", "error.region"))
	}
	var wrong market.Errors
	if errors.As(l.CheckDraft(), &wrong) {
		errs = append(errs, wrong...)
	}
	return l, errs.Err()
}

// amount reads decimal text; the length is bounded before it is parsed, for an
// exponent is short to write and endless to compute with.
func amount(errs *market.Errors, field, s string) decimal.Decimal {
	s = strings.TrimSpace(s)
	if s == "" {
		return decimal.Zero
	}
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 30 || strings.ContainsAny(s, "eE") {
		errs.Add(market.Bad(field, "error.amount"))
		return decimal.Zero
	}
	return d
}

func fen(errs *market.Errors, field, s string) int64 {
	d := amount(errs, field, s)
	if d.IsNegative() || d.GreaterThan(decimal.New(1, 12)) {
		errs.Add(market.Bad(field, "error.amount"))
		return 0
	}
	return d.Shift(2).Round(0).IntPart()
}

// endOf reads a date as its last moment in China.
func endOf(errs *market.Errors, field, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, s, chinaTime())
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		errs.Add(market.Bad(field, "error.date"))
		return time.Time{}
	}
	return t.Add(24*time.Hour - time.Second)
}

func (a *API) listingAnswer(ctx context.Context, w who, l market.Listing) (*listingOutput, error) {
	e, err := a.cfg.Store.Enterprise(ctx, l.EnterpriseID)
	if err != nil {
		return nil, err
	}
	v, err := a.listingOf(w, l, e)
	if err == nil && w.MayEditListing(&l) {
		var last map[string]market.Review
		last, err = a.cfg.Store.LastReviews(ctx, []string{l.ID})
		v.Reason = last[l.ID].Reason
		if err == nil {
			var quotes map[string]int
			quotes, err = a.cfg.Store.QuoteCounts(ctx, []string{l.ID})
			v.Quotes = quotes[l.ID]
		}
	}
	return &listingOutput{etag(l.Rev), v}, err
}

func (a *API) createListing(ctx context.Context, w who, in *listingPost) (*listingOutput, error) {
	l, err := in.Body.listing()
	if err != nil {
		return nil, err
	}
	l.Status = market.Draft
	if err := a.ownImages(ctx, w, l.Images); err != nil {
		return nil, err
	}
	if _, err := a.cfg.Store.CreateListing(ctx, w.Actor, &l, in.Key); err != nil {
		return nil, err
	}
	return a.listingAnswer(ctx, w, l)
}

// ownListing loads a listing for its owner; to anybody else it does not exist.
func (a *API) ownListing(ctx context.Context, w who, id string) (market.Listing, error) {
	l, err := a.cfg.Store.Listing(ctx, id)
	if err == nil && !w.MayEditListing(&l) {
		err = market.ErrNotFound
	}
	return l, err
}

func (a *API) getListing(ctx context.Context, w who, in *idInput) (*listingOutput, error) {
	l, err := a.cfg.Store.Listing(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.listingAnswer(ctx, w, l)
}

func (a *API) editListing(ctx context.Context, w who, in *listingEdit) (*listingOutput, error) {
	old, err := a.ownListing(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	l, err := in.Body.listing()
	if err == nil && old.Status == market.Live {
		err = l.CheckLive(a.now())
	}
	if err != nil {
		return nil, err
	}
	if err := a.ownImages(ctx, w, l.Images); err != nil {
		return nil, err
	}
	l.ID, l.Rev, l.EnterpriseID = in.ID, rev, old.EnterpriseID
	if err := a.cfg.Store.UpdateListing(ctx, w.Actor, &l); err != nil {
		return nil, err
	}
	return a.listingAnswer(ctx, w, l)
}

func (a *API) deleteDraft(ctx context.Context, w who, in *listingMove) (*none, error) {
	if _, err := a.ownListing(ctx, w, in.ID); err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return &none{}, a.cfg.Store.DeleteDraft(ctx, w.Actor, in.ID, rev)
}

func (a *API) publishListing(ctx context.Context, w who, in *listingMove) (*listingOutput, error) {
	return a.move(ctx, w, in.ID, in.IfMatch, market.Live, time.Time{})
}

func (a *API) closeListing(ctx context.Context, w who, in *listingMove) (*listingOutput, error) {
	return a.move(ctx, w, in.ID, in.IfMatch, market.Closed, time.Time{})
}

func (a *API) renewListing(ctx context.Context, w who, in *listingRenew) (*listingOutput, error) {
	var errs market.Errors
	until := endOf(&errs, "valid_until", in.Body.ValidUntil)
	if until.IsZero() && len(errs) == 0 {
		errs.Add(market.Bad("valid_until", "error.required"))
	}
	if _, err := a.ownListing(ctx, w, in.ID); err != nil {
		return nil, err
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return a.move(ctx, w, in.ID, in.IfMatch, market.Live, until)
}

func (a *API) move(ctx context.Context, w who, id, ifMatch string, to market.Status, until time.Time) (*listingOutput, error) {
	l, err := a.ownListing(ctx, w, id)
	if err != nil {
		return nil, err
	}
	rev, err := revision(w.lang, ifMatch)
	if err != nil {
		return nil, err
	}
	if !until.IsZero() {
		l.ValidUntil = until
	}
	if to == market.Live {
		if err := l.CheckLive(a.now()); err != nil {
			return nil, err
		}
	}
	l, err = a.cfg.Store.SetStatus(ctx, w.Actor, id, rev, to, until)
	if err != nil {
		return nil, err
	}
	return a.listingAnswer(ctx, w, l)
}

type myListingsInput struct {
	Status string `query:"status" enum:",draft,waiting,returned,live,expired,closed,suspended"`
	After  string `query:"after" maxLength:"300"`
	Limit  int    `query:"limit"`
}

type listingsOutput struct {
	Body struct {
		Items []Listing `json:"items" nullable:"false"`
		Next  *string   `json:"next"`
	}
}

func (a *API) myListings(ctx context.Context, w who, in *myListingsInput) (*listingsOutput, error) {
	list, next, err := a.cfg.Store.ListingsOf(ctx, w.EnterpriseID, market.Status(in.Status), in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range list {
		ids = append(ids, l.ID)
	}
	counts, err := a.cfg.Store.ProposalCounts(ctx, ids)
	if err != nil {
		return nil, err
	}
	reviews, err := a.cfg.Store.LastReviews(ctx, ids)
	if err != nil {
		return nil, err
	}
	quotes, err := a.cfg.Store.QuoteCounts(ctx, ids)
	if err != nil {
		return nil, err
	}
	mends, err := a.mendsOfLive(ctx, list)
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	out := &listingsOutput{}
	out.Body.Items, out.Body.Next = []Listing{}, cursor(next)
	for _, l := range list {
		v, err := a.listingOf(w, l, e)
		if err != nil {
			return nil, err
		}
		n := counts[l.ID]
		v.ProposalsOpen, v.Reason, v.Quotes = &n, reviews[l.ID].Reason, quotes[l.ID]
		v.Mends = mendsOf(w.lang, l.Side, mends[l.ID])
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

// mendsOfLive are what the owner of the listings could change on those that are live.
func (a *API) mendsOfLive(ctx context.Context, list []market.Listing) (map[string][]market.Mend, error) {
	var ids []string
	for _, l := range list {
		if l.Status == market.Live {
			ids = append(ids, l.ID)
		}
	}
	if a.cfg.Mends == nil || len(ids) == 0 {
		return nil, nil
	}
	return a.cfg.Mends(ctx, ids)
}

func cursor(next string) *string {
	if next == "" {
		return nil
	}
	return &next
}

// Search is the public search; pages and API ask alike.
type Search struct {
	Q        string `query:"q"`
	Side     string `query:"side" enum:",all,supply,need"`
	Class    string `query:"class" maxLength:"6"`
	Region   string `query:"region" maxLength:"6"`
	Cluster  string `query:"cluster" maxLength:"8000" doc:"Ids of clusters, parted by commas: of any of these"`
	Honour   string `query:"honour" maxLength:"20"`
	PriceMin string `query:"price_min" maxLength:"30"`
	PriceMax string `query:"price_max" maxLength:"30"`
	Sort     string `query:"sort" enum:",relevance,newest,price,price_desc"`
	After    string `query:"after" maxLength:"2000"`
	Limit    int    `query:"limit"`
}

// FacetBucket is one choice of a facet.
type FacetBucket struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Found is a page of the public search.
type Found struct {
	Items  []ListingCard            `json:"items" nullable:"false"`
	Next   *string                  `json:"next"`
	Total  int                      `json:"total"`
	Near   bool                     `json:"near" doc:"No listing says all of the words: these only come near"`
	Place  *Named                   `json:"place" doc:"The region that a word of the text names: only what lies there is listed"`
	Facets map[string][]FacetBucket `json:"facets"`
}

type foundOutput struct{ Body Found }

func (a *API) findListings(ctx context.Context, w who, in *Search) (*foundOutput, error) {
	found, err := a.find(ctx, w, *in)
	return &foundOutput{found}, err
}

// find answers the public search for API and pages.
func (a *API) find(ctx context.Context, w who, in Search) (Found, error) {
	q, err := in.query()
	if err != nil {
		return Found{}, err
	}
	q.Book = a.words().Of("")
	page, err := a.cfg.Index.Find(ctx, q)
	if err != nil {
		return Found{}, err
	}
	items, err := a.cardsOf(ctx, w, page.IDs)
	if err != nil {
		return Found{}, err
	}
	out := Found{Items: items, Next: cursor(page.Next), Total: page.Total, Near: page.Near, Place: regionOf(page.Place), Facets: map[string][]FacetBucket{}}
	for facet, buckets := range page.Facets {
		out.Facets[facet] = []FacetBucket{}
		for _, b := range buckets {
			out.Facets[facet] = append(out.Facets[facet], FacetBucket{b.Value, facetName(w.lang, facet, b.Value), b.Count})
		}
	}
	return out, nil
}

func (in *Search) query() (search.Query, error) {
	var errs market.Errors
	if len([]rune(in.Q)) > 200 {
		errs.Add(market.Bad("q", "error.tooLong", "200", itoa(len([]rune(in.Q)))))
	}
	side := market.Side(in.Side)
	if in.Side == "all" {
		side = ""
	}
	return search.Query{
		Text: in.Q, Side: side, Class: in.Class, Region: in.Region, Clusters: clusterList(in.Cluster), Honour: market.HonourKind(in.Honour),
		PriceMin: fen(&errs, "price_min", in.PriceMin), PriceMax: fen(&errs, "price_max", in.PriceMax),
		Sort: search.Sort(in.Sort), After: in.After, Limit: limit(in.Limit),
	}, errs.Err()
}

// clusterList parts the ids of clusters.
func clusterList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}
