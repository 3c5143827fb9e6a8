package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/region"
)

// This file is the only place that decides what a reader gets to see of a
// listing, an enterprise or a proposal.

// Named is a code or id with the name people know.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// ClusterRef names a cluster.
type ClusterRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Contact is whom to call.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Mail  string `json:"mail" required:"false"`
}

// Enterprise is a firm as the reader may see it.
type Enterprise struct {
	ID           string        `json:"id"`
	Rev          int64         `json:"rev"`
	USCC         string        `json:"uscc"`
	USCCOK       bool          `json:"uscc_ok"`
	Name         string        `json:"name"`
	Kind         string        `json:"kind"`
	Cluster      *ClusterRef   `json:"cluster"`
	Region       Named         `json:"region"`
	About        string        `json:"about"`
	MainProducts string        `json:"main_products"`
	Links        []Link        `json:"links" nullable:"false"`
	Honours      []Honour      `json:"honours" nullable:"false"`
	Certificates []Certificate `json:"certificates" nullable:"false"`
	Capacities   []Capacity    `json:"capacities" nullable:"false"`
	Staff        string        `json:"staff" enum:",lt20,20to299,300to999,1000up" doc:"People"`
	Turnover     string        `json:"turnover" enum:",lt3m,3mto20m,20mto400m,400mup" doc:"Yuan a year"`
	People       []Person      `json:"people" nullable:"false" doc:"Whom the reader may call"`
	Contact      *Contact      `json:"contact,omitempty" doc:"One's own only"`
	Verified     Verified      `json:"verified"`
	Standing     string        `json:"standing" enum:"active,returned,suspended"`
	Reason       string        `json:"reason" doc:"Of a return or suspension; one's own only"`
	Demo         bool          `json:"demo"`
}

// Link is a place of a firm in the chain: a class of goods.
type Link struct {
	Code string `json:"code" doc:"GB/T 4754-2017, two to four digits"`
	Name string `json:"name"`
	Own  bool   `json:"own" doc:"The firm says so; else its main products were read"`
}

// Verified says how well a firm is known, by whom, since when, on what basis.
type Verified struct {
	Level string     `json:"level" enum:"unverified,reviewed,visited"`
	By    string     `json:"by"`
	Basis string     `json:"basis"`
	At    *time.Time `json:"at"`
}

// EnterpriseRef is a firm beside a listing.
type EnterpriseRef struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Demo    bool     `json:"demo"`
	Honours []string `json:"honours" nullable:"false"`
	Level   string   `json:"level" enum:"unverified,reviewed,visited"`
}

// Spec is one property of a listing.
type Spec struct {
	Name   string `json:"name"`
	Op     string `json:"op"`
	Value  string `json:"value"`
	Value2 string `json:"value2" required:"false"`
	Unit   string `json:"unit" required:"false"`
	Must   bool   `json:"must" required:"false"`
}

// Quantity is an amount; an empty amount is not stated.
type Quantity struct {
	Amount string `json:"amount" required:"false"`
	Unit   string `json:"unit" required:"false"`
	Per    string `json:"per" required:"false"`
}

// Price is yuan for a unit.
type Price struct {
	Negotiable bool   `json:"negotiable" required:"false"`
	Amount     string `json:"amount" required:"false"`
	Unit       string `json:"unit" required:"false"`
}

// ImageRef is a picture of a listing.
type ImageRef struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// ListingCard is a listing in a list.
type ListingCard struct {
	ID           string        `json:"id"`
	Side         string        `json:"side"`
	Status       string        `json:"status"`
	Title        string        `json:"title"`
	Product      string        `json:"product"`
	Price        Price         `json:"price"`
	Quantity     Quantity      `json:"quantity"`
	Region       *Named        `json:"region"`
	Class        *Named        `json:"class"`
	Enterprise   EnterpriseRef `json:"enterprise"`
	Certificates []string      `json:"certificates" nullable:"false"`
	PublishedAt  *time.Time    `json:"published_at"`
	ValidUntil   string        `json:"valid_until"`
	Excerpt      string        `json:"excerpt"`
	ImageURL     *string       `json:"image_url"`
}

// Listing is a whole listing.
type Listing struct {
	ID            string        `json:"id"`
	Rev           int64         `json:"rev"`
	Side          string        `json:"side"`
	Status        string        `json:"status"`
	Title         string        `json:"title"`
	Class         *Named        `json:"class"`
	Product       string        `json:"product"`
	Specs         []Spec        `json:"specs" nullable:"false"`
	Quantity      Quantity      `json:"quantity"`
	Price         Price         `json:"price"`
	MOQ           string        `json:"moq"`
	LeadDays      int           `json:"lead_days"`
	Region        *Named        `json:"region"`
	Certificates  []string      `json:"certificates" nullable:"false"`
	ValidUntil    string        `json:"valid_until"`
	Text          string        `json:"text"`
	Images        []ImageRef    `json:"images" nullable:"false"`
	Enterprise    EnterpriseRef `json:"enterprise"`
	CreatedAt     time.Time     `json:"created_at"`
	UpdatedAt     time.Time     `json:"updated_at"`
	PublishedAt   *time.Time    `json:"published_at"`
	Mine          bool          `json:"mine"`
	Reason        string        `json:"reason" doc:"Of a return or suspension; one's own only"`
	ProposalsOpen *int          `json:"proposals_open,omitempty" doc:"In one's own list only"`
	Quotes        int           `json:"quotes,omitempty" doc:"How many answered one's own need: from the first on only extension, closing and clarifications"`
	Mends         []Mend        `json:"mends,omitempty" doc:"What would reach more; in one's own list only"`
}

// Mend is a change of one's own listing that would reach more counterparts.
type Mend struct {
	Term  string `json:"term"`
	Text  string `json:"text"`
	Reach int    `json:"reach" doc:"How many more would be proposed"`
	Lift  int    `json:"lift" doc:"How many of those proposed would fit better"`
}

// ProposalTerm is one named part of a score with its sentence.
type ProposalTerm struct {
	Name    string  `json:"name"`
	Verdict string  `json:"verdict"`
	Points  float64 `json:"points"`
	Max     float64 `json:"max"`
	Label   string  `json:"label"`
	Need    string  `json:"need"`
	Supply  string  `json:"supply"`
	Note    string  `json:"note"`
	Text    string  `json:"text"`
	Mend    string  `json:"mend" doc:"What one could change on one's own listing, and the total then; or empty"`
}

// GivenAnswer is what the reader's firm answered.
type GivenAnswer struct {
	Answer string    `json:"answer"`
	Reason string    `json:"reason"`
	Note   string    `json:"note"`
	At     time.Time `json:"at"`
}

// Proposal is a suggested pair, as one of its two parties sees it.
type Proposal struct {
	ID              string         `json:"id"`
	Rev             int64          `json:"rev"`
	Kind            string         `json:"kind"`
	Status          string         `json:"status"`
	Total           int            `json:"total"`
	MySide          string         `json:"my_side"`
	Need            ListingCard    `json:"need"`
	Supply          ListingCard    `json:"supply"`
	Terms           []ProposalTerm `json:"terms" nullable:"false"`
	NearMisses      []string       `json:"near_misses" nullable:"false"`
	Rules           []ReasonRule   `json:"rules" nullable:"false" doc:"What 'never again' would come to, by reason; while one may answer"`
	Answer          *GivenAnswer   `json:"answer"`
	OtherInterested bool           `json:"other_interested"`
	Introduction    *ProposalTalk  `json:"introduction" doc:"What the answers came to"`
	CreatedAt       time.Time      `json:"created_at"`
	UpdatedAt       time.Time      `json:"updated_at"`
}

// ProposalTalk is the newest introduction on a proposal.
type ProposalTalk struct {
	ID        string    `json:"id"`
	Rev       int64     `json:"rev"`
	Status    string    `json:"status"`
	Sent      bool      `json:"sent"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Me is the signed-in person.
type Me struct {
	User       MeUser      `json:"user"`
	Enterprise *Enterprise `json:"enterprise"`
	Roles      []string    `json:"roles" nullable:"false"`
	Clusters   []string    `json:"clusters" nullable:"false"`
	Counts     MeCounts    `json:"counts"`
	Behalf     bool        `json:"behalf" doc:"An officer who acts for the enterprise: header X-Acting-For"`
	SecondStep bool        `json:"second_step" doc:"Signs in with a code as well"`
	MustEnrol  bool        `json:"must_enrol" doc:"An officer who has to set up the second step before anything else"`
	Claim      *MyClaim    `json:"claim" doc:"Of a user without an enterprise who waits for one"`
}

// MyClaim is what became of the wish to own a firm's record.
type MyClaim struct {
	Enterprise string `json:"enterprise"`
	Status     string `json:"status" enum:"waiting,returned,suspended,approved"`
	Reason     string `json:"reason"`
}

// MeUser names the user.
type MeUser struct {
	ID    string `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
}

// MeCounts are the figures beside the menu.
type MeCounts struct {
	ProposalsOpen        int `json:"proposals_open"`
	IntroductionsWaiting int `json:"introductions_waiting"`
	Notices              int `json:"notices" doc:"Not seen yet; at most 100 are counted"`
}

// cardOf shows a listing that the reader may see; a party's listing that went
// off the market is shown to the other party by its title alone.
func (a *API) cardOf(w who, l market.Listing, e market.Enterprise) ListingCard {
	c := ListingCard{ID: l.ID, Side: string(l.Side), Status: string(l.Status), Title: l.Title, Enterprise: a.refOf(e), Certificates: []string{}}
	if !w.MaySeeListing(&l) {
		return c
	}
	c.Product, c.Price, c.Quantity = l.Product, priceOf(l.Price), quantityOf(l.Quantity)
	c.Region, c.Class, c.Certificates = regionOf(l.Region), classOf(w.lang, l.Class), texted(l.Certificates)
	c.PublishedAt, c.ValidUntil, c.Excerpt = momentOf(l.PublishedAt), dayOf(l.ValidUntil), excerpt(l.Text)
	if len(l.Images) > 0 {
		u := imageURL(l.Images[0])
		c.ImageURL = &u
	}
	return c
}

// listingOf shows a listing, or market.ErrNotFound to whom it is none of his business.
func (a *API) listingOf(w who, l market.Listing, e market.Enterprise) (Listing, error) {
	if !w.MaySeeListing(&l) {
		return Listing{}, market.ErrNotFound
	}
	v := Listing{
		ID: l.ID, Rev: l.Rev, Side: string(l.Side), Status: string(l.Status), Title: l.Title, Class: classOf(w.lang, l.Class), Product: l.Product,
		Specs: []Spec{}, Quantity: quantityOf(l.Quantity), Price: priceOf(l.Price), MOQ: amountOf(l.MOQ), LeadDays: l.LeadDays,
		Region: regionOf(l.Region), Certificates: texted(l.Certificates), ValidUntil: dayOf(l.ValidUntil), Text: l.Text, Images: []ImageRef{},
		Enterprise: a.refOf(e), CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt, PublishedAt: momentOf(l.PublishedAt), Mine: w.Owns(l.EnterpriseID),
	}
	for _, s := range l.Specs {
		v.Specs = append(v.Specs, Spec{s.Name, string(s.Op), s.Value, s.Value2, s.Unit, s.Must})
	}
	for _, id := range l.Images {
		v.Images = append(v.Images, ImageRef{id, imageURL(id)})
	}
	return v, nil
}

func (a *API) refOf(e market.Enterprise) EnterpriseRef {
	r := EnterpriseRef{ID: e.ID, Name: e.Name, Demo: e.Demo, Honours: []string{}, Level: string(e.Verified.Level)}
	for _, h := range e.LiveHonours(a.now()) {
		r.Honours = append(r.Honours, string(h))
	}
	return r
}

func (a *API) enterpriseOf(ctx context.Context, lang string, actor market.Actor, e market.Enterprise) (Enterprise, error) {
	v := Enterprise{
		ID: e.ID, Rev: e.Rev, USCC: e.USCC, USCCOK: market.USCCDigitOK(e.USCC), Name: e.Name, Kind: string(e.Kind),
		Region: Named{e.Region, region.Name(e.Region)}, About: e.About, MainProducts: e.MainProducts,
		Links: []Link{}, Honours: []Honour{}, Certificates: []Certificate{}, Capacities: []Capacity{}, People: []Person{}, Demo: e.Demo,
		Verified: Verified{string(e.Verified.Level), e.Verified.ByName, e.Verified.Basis, momentOf(e.Verified.At)}, Standing: string(e.Standing),
	}
	codes, own := a.linksOf(&e)
	for _, code := range codes {
		v.Links = append(v.Links, Link{code, className(lang, code), own})
	}
	if err := a.recordOf(ctx, actor, &e, &v); err != nil {
		return v, err
	}
	if actor.MaySeeOwnContact(e.ID) {
		v.Contact, v.Reason = &Contact{e.Contact.Name, e.Contact.Phone, e.Contact.Mail}, e.Reason
	}
	if e.ClusterID == "" {
		return v, nil
	}
	clusters, err := a.cfg.Store.Clusters(ctx)
	for _, c := range clusters {
		if c.ID == e.ClusterID {
			v.Cluster = &ClusterRef{c.ID, c.Name}
		}
	}
	return v, err
}

func (a *API) me(ctx context.Context, lang, userID string) (Me, error) {
	actor, u, err := a.cfg.Store.Actor(ctx, userID)
	if err != nil {
		return Me{}, err
	}
	if a.mustEnrol(actor) && !u.SecondStep() {
		actor = actor.BeforeEnrolment()
	}
	return a.meAs(ctx, lang, actor, u)
}

// meAs is the person as the actor he is in this request.
func (a *API) meAs(ctx context.Context, lang string, actor market.Actor, u market.User) (Me, error) {
	var err error
	me := Me{User: MeUser{u.ID, u.Login, u.Name}, Roles: []string{}, Clusters: texted(actor.Clusters), SecondStep: u.SecondStep(), MustEnrol: actor.MustEnrol}
	if me.MustEnrol {
		return me, nil
	}
	if len(actor.Clusters) > 0 {
		me.Roles = append(me.Roles, string(market.Operator))
	}
	if len(actor.Reviews) > 0 {
		me.Roles = append(me.Roles, string(market.Reviewer))
	}
	if len(actor.Views) > 0 {
		me.Roles = append(me.Roles, string(market.Viewer))
	}
	if actor.Admin {
		me.Roles = append(me.Roles, string(market.Admin))
	}
	if actor.EnterpriseID == "" {
		me.Claim, err = a.myClaim(ctx, u.ID)
		return me, err
	}
	me.Behalf = actor.Behalf
	switch {
	case actor.Owner:
		me.Roles = append(me.Roles, string(market.Owner))
	case !actor.Behalf:
		me.Roles = append(me.Roles, string(market.Member))
	}
	e, err := a.cfg.Store.Enterprise(ctx, actor.EnterpriseID)
	if err != nil {
		return me, err
	}
	shown, err := a.enterpriseOf(ctx, lang, actor, e)
	if err != nil {
		return me, err
	}
	me.Enterprise = &shown
	if me.Counts.ProposalsOpen, err = a.cfg.Store.OpenProposals(ctx, actor.EnterpriseID); err != nil {
		return me, err
	}
	if me.Counts.IntroductionsWaiting, err = a.cfg.Store.WaitingIntroductions(ctx, actor.EnterpriseID, a.now()); err != nil || actor.Behalf {
		return me, err
	}
	_, me.Counts.Notices, err = a.cfg.Store.UnseenNotices(ctx, actor.UserID, actor.EnterpriseID)
	return me, err
}

func (a *API) myClaim(ctx context.Context, userID string) (*MyClaim, error) {
	last, err := a.cfg.Store.LastReviews(ctx, []string{userID})
	r, ok := last[userID]
	if err != nil || !ok {
		return nil, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, r.EnterpriseID)
	return &MyClaim{e.Name, string(r.Status), r.Reason}, err
}

// cardsOf shows listings by id, in the order given; what is gone or hidden is left out.
func (a *API) cardsOf(ctx context.Context, w who, ids []string) ([]ListingCard, error) {
	listings, firms, err := a.withFirms(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := []ListingCard{}
	for _, id := range ids {
		if l, ok := listings[id]; ok && w.MaySeeListing(&l) {
			out = append(out, a.cardOf(w, l, firms[l.EnterpriseID]))
		}
	}
	return out, nil
}

func (a *API) withFirms(ctx context.Context, ids []string) (map[string]market.Listing, map[string]market.Enterprise, error) {
	listings, err := a.cfg.Store.Listings(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	var of []string
	for _, l := range listings {
		of = append(of, l.EnterpriseID)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, of)
	return listings, firms, err
}

// proposalsOf shows proposals to one of their parties.
func (a *API) proposalsOf(ctx context.Context, w who, list []market.Proposal) ([]Proposal, error) {
	var ids, listingIDs []string
	for _, p := range list {
		if !w.MaySeeProposal(&p) {
			return nil, market.ErrNotFound
		}
		ids, listingIDs = append(ids, p.ID), append(listingIDs, p.NeedID, p.SupplyID)
	}
	listings, firms, err := a.withFirms(ctx, listingIDs)
	if err != nil {
		return nil, err
	}
	answers, err := a.cfg.Store.InterestsOf(ctx, ids, "")
	if err != nil {
		return nil, err
	}
	talks, err := a.cfg.Store.IntroductionsOn(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := []Proposal{}
	for _, p := range list {
		need, supply := listings[p.NeedID], listings[p.SupplyID]
		v := proposalOf(w, p, answers[p.ID])
		if i, ok := talks[p.ID]; ok && w.MaySeeIntroduction(&i) {
			v.Introduction = &ProposalTalk{i.ID, i.Rev, string(i.Current(a.now())), i.By == w.EnterpriseID, i.ExpiresAt}
		}
		v.Need, v.Supply = a.cardOf(w, need, firms[need.EnterpriseID]), a.cardOf(w, supply, firms[supply.EnterpriseID])
		// The terms quote both listings, so they go when one of the two may not be read.
		if w.MaySeeListing(&need) && w.MaySeeListing(&supply) {
			v.explain(w.lang, &p, p.Side(w.EnterpriseID))
			if p.Status == market.Open && v.Answer == nil && !w.Behalf {
				other := need
				if p.Side(w.EnterpriseID) == market.Need {
					other = supply
				}
				firm := firms[other.EnterpriseID]
				v.Rules = a.reasonRules(w, &p, &other, &firm)
			}
		}
		out = append(out, v)
	}
	return out, nil
}

func proposalOf(w who, p market.Proposal, answers []market.Interest) Proposal {
	v := Proposal{
		ID: p.ID, Rev: p.Rev, Kind: string(p.Kind), Status: string(p.Status), Total: p.Total, MySide: string(p.Side(w.EnterpriseID)),
		Terms: []ProposalTerm{}, NearMisses: []string{}, Rules: []ReasonRule{}, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
	for _, i := range answers {
		switch {
		case w.Owns(i.EnterpriseID):
			v.Answer = &GivenAnswer{string(i.Answer), i.Reason, i.Note, i.UpdatedAt}
		case i.Answer == market.Interested:
			v.OtherInterested = true
		}
	}
	return v
}

func (v *Proposal) explain(lang string, p *market.Proposal, side market.Side) {
	mendable := p.Mendable(side)
	for i, t := range p.Terms {
		verdict := string(t.Verdict)
		if t.Name == market.TermDistance && t.Need == t.Supply && t.Verdict == market.Fits {
			verdict = "same"
		}
		text := frontend.Text(lang, fmt.Sprintf("term.%s.%s", t.Name, verdict), t.Need, t.Supply, t.Note, t.Label)
		mend := ""
		if total, ok := mendable[i]; ok {
			mend = frontend.Text(lang, "mend.total", mendText(lang, side, mendOf(side, t)), itoa(total))
		}
		v.Terms = append(v.Terms, ProposalTerm{string(t.Name), string(t.Verdict), t.Points, t.Max, t.Label, t.Need, t.Supply, t.Note, text, mend})
		if t.Verdict == market.Misses {
			v.NearMisses = append(v.NearMisses, text)
		}
	}
}

// mendOf is what the side could change to win a term: what the other one says.
func mendOf(side market.Side, t market.Term) market.Mend {
	m := market.Mend{Term: t.Name, Label: t.Label, Own: t.Need, To: t.Supply}
	if side == market.Supply {
		m.Own, m.To = t.Supply, t.Need
	}
	if t.Name == market.TermCert {
		m.To = t.Note
	}
	return m
}

func mendText(lang string, side market.Side, m market.Mend) string {
	return frontend.Text(lang, fmt.Sprintf("mend.%s.%s", side, m.Term), m.Own, m.To, m.Label)
}

func mendsOf(lang string, side market.Side, list []market.Mend) []Mend {
	out := make([]Mend, len(list))
	for i, m := range list {
		text := mendText(lang, side, m)
		if m.Reach > 0 {
			text += frontend.Text(lang, "mend.reach."+string(side), itoa(m.Reach))
		}
		if m.Lift > 0 {
			text += frontend.Text(lang, "mend.lift."+string(side), itoa(m.Lift))
		}
		out[i] = Mend{string(m.Term), text, m.Reach, m.Lift}
	}
	return out
}

func regionOf(code string) *Named {
	if code == "" {
		return nil
	}
	return &Named{code, region.Name(code)}
}

func classOf(lang, code string) *Named {
	if code == "" {
		return nil
	}
	return &Named{code, className(lang, code)}
}

func priceOf(p market.Price) Price {
	if p.Negotiable || p.Fen == 0 {
		return Price{Negotiable: p.Negotiable, Unit: p.Unit}
	}
	return Price{Amount: yuan(p.Fen), Unit: p.Unit}
}

func yuan(fen int64) string {
	return decimal.New(fen, -2).StringFixed(2)
}

func quantityOf(q market.Quantity) Quantity {
	return Quantity{amountOf(q.Amount), q.Unit, string(q.Per)}
}

func amountOf(d decimal.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func texted(list []string) []string { return append([]string{}, list...) }

func excerpt(text string) string {
	r := []rune(text)
	if len(r) <= 120 {
		return text
	}
	return string(r[:120]) + "…"
}

func imageURL(id string) string { return "/i/" + id }

func itoa(n int) string { return strconv.Itoa(n) }

// chinaTime is the zone of every date without a time.
func chinaTime() *time.Location { return time.FixedZone("CST", 8*3600) }

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(chinaTime()).Format(time.DateOnly)
}
