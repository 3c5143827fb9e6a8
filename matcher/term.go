package matcher

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
)

// Score sums the named terms of a pair, each quoted from both listings. The
// total is between 0 and 100 and the same for the same pair on the same day and
// among the same listings: how rare a word is, all of them decide.
func (w *Weights) Score(need, supply *Side, wording Wording, now time.Time) (total int, terms []market.Term) {
	return w.scoreFrom(0, need, supply, wording, now)
}

// anotherMost is the most that a product of another kind reaches: it is not
// proposed however well the rest agrees.
const anotherMost = DefaultThreshold - 10

// scoreFrom is Score for who wants to know of totals from least on: of a pair that
// cannot reach it, which nearly all are whose products differ, no terms are made.
func (w *Weights) scoreFrom(least int, need, supply *Side, wording Wording, now time.Time) (total int, terms []market.Term) {
	s := scorer{w: w, need: need, supply: supply, now: now}
	fit := s.relate(wording)
	if fit.Kind == chain.Different && least > anotherMost {
		return 0, nil
	}
	s.terms = make([]market.Term, 0, 14+len(need.specs))
	s.product(fit)
	s.wording(wording)
	s.grade()
	s.specs()
	s.class()
	s.quantity()
	s.moq()
	s.price()
	s.lead()
	s.distance()
	s.certificates()
	s.tier()
	s.fresh()
	sum := 0.0
	for i := range s.terms {
		sum += s.terms[i].Points
	}
	if fit.Kind == chain.Different {
		sum = math.Min(sum, anotherMost)
	}
	return int(math.Round(math.Min(100, math.Max(0, sum)))), s.terms
}

// Wording is how much of their words a need and a supply have in common, by the
// rarity of what they share, 0 … 1. The zero Wording is not known.
type Wording struct {
	Need   float64 // share of what the need says that the supply says, too
	Supply float64 // share of what the supply says that the need says, too

	Contrary bool // one says 非 of what the other says
}

// wordingOf turns the cover of a question into the wording of the pair.
func wordingOf(asking market.Side, c search.Cover) Wording {
	if asking == market.Need {
		return Wording{c.Asked, c.Own, c.Contrary}
	}
	return Wording{c.Own, c.Asked, c.Contrary}
}

// share counts the need's words more: a supply may well say more than is asked.
func (w Wording) share() float64 { return 0.7*w.Need + 0.3*w.Supply }

// scorer collects the terms of one pair.
type scorer struct {
	need, supply *Side
	now          time.Time
	w            *Weights
	terms        []market.Term
}

// add gives a term its points: share 1 is the maximum, 0 takes the miss away.
func (s *scorer) add(name market.TermName, w weight, share float64, need, supply, note string) {
	s.terms = append(s.terms, earned(market.Term{Name: name, Max: w.max, Need: need, Supply: supply, Note: note}, share, w.miss))
}

func earned(t market.Term, share, miss float64) market.Term {
	switch {
	case share >= 0.999:
		t.Verdict, t.Points = market.Fits, t.Max
	case share > 0.001:
		t.Verdict, t.Points = market.Partly, cents(t.Max*share)
	default:
		t.Verdict, t.Points = market.Misses, miss
	}
	return t
}

func (s *scorer) silent(name market.TermName, w weight, need, supply string) {
	s.terms = append(s.terms, market.Term{
		Name: name, Verdict: market.Unknown, Points: cents(w.max * unknownShare), Max: w.max, Need: need, Supply: supply,
	})
}

func cents(v float64) float64 { return math.Round(v*100) / 100 }

// relate tells how the two products are related.
func (s *scorer) relate(wording Wording) chain.Fit {
	fit := chain.Relate(s.need.Reading, s.supply.Reading)
	if wording.Contrary && (s.need.denies() || s.supply.denies()) {
		return chain.Fit{Kind: chain.Different, Need: fit.Need, Supply: fit.Supply}
	}
	if share := s.namesIt(); share > fit.Points {
		fit = chain.Fit{Kind: chain.Same, Points: share, Need: s.need.quotes.product, Supply: s.supply.quotes.product}
	}
	if share := s.wordsIt(wording); fit.Kind == chain.Different && share > 0 {
		fit = chain.Fit{Kind: chain.Shared, Points: share, Need: s.need.quotes.product, Supply: s.supply.quotes.product}
	}
	return fit
}

// denies says that a title says what the goods are not: 非金属储罐.
func (s *Side) denies() bool { return strings.Contains(s.plain, "非") }

func (s *scorer) product(fit chain.Fit) {
	need, supply := fit.Need, fit.Supply
	if need == "" {
		need = s.need.quotes.product
	}
	if supply == "" {
		supply = s.supply.quotes.product
	}
	s.add(market.TermProduct, s.w.product, fit.Points, need, supply, "")
}

// Two products that no table knows are one when they are called nearly alike and
// end alike, as the end of a name says what a thing is. Chosen on the dev parts
// of the benches, so that four in five of such pairs are right.
const (
	alikeFrom  = 0.6
	alikeWorth = 0.9
)

func (s *scorer) wordsIt(w Wording) float64 {
	share := w.share()
	if share < alikeFrom || s.need.quotes.end == "" || s.need.quotes.end != s.supply.quotes.end {
		return 0
	}
	if s.need.Reading.Known && s.supply.Reading.Known {
		return 0 // the tables know that they are two
	}
	return alikeWorth * share
}

func (s *scorer) wording(w Wording) {
	need, supply := s.need.Listing.Title, s.supply.Listing.Title
	if w == (Wording{}) {
		s.silent(market.TermWording, s.w.wording, need, supply)
		return
	}
	s.add(market.TermWording, s.w.wording, math.Min(1, w.share()), need, supply, "")
}

// namesIt helps where the head of a title is not understood: the same title,
// or one whose first word by itself is the product needed, offers it.
func (s *scorer) namesIt() float64 {
	need, supply := s.need.plain, s.supply.plain
	if need == "" || supply == "" {
		return 0
	}
	if s.need.goesBy(supply) || s.supply.goesBy(need) {
		return 0.95
	}
	first, _, _ := strings.Cut(supply, " ")
	switch {
	case need == supply:
		return 1
	case first == need || first == s.need.Reading.Head || s.supply.plainProduct == s.need.Reading.Head && s.need.Reading.Head != "":
		return 0.95
	}
	return 0
}

// goesBy says that a plain title is another name of what a side is about.
func (s *Side) goesBy(title string) bool {
	return slices.ContainsFunc(s.Reading.Also, func(a chain.Alias) bool { return a.Head == 0 && a.Word == title })
}

func (s *scorer) grade() {
	need, supply := s.need.quotes.grades, s.supply.quotes.grades
	if need == "" || supply == "" {
		s.silent(market.TermGrade, s.w.grade, need, supply)
		return
	}
	share := 0.0
	if sharesGrade(s.need.grades, s.supply.grades) {
		share = 1
	}
	s.add(market.TermGrade, s.w.grade, share, need, supply, "")
}

// specs shares one weight among all that the need demands, so that a long
// list of wishes does not outweigh the product.
func (s *scorer) specs() {
	if len(s.need.specs) == 0 {
		s.silent(market.TermSpec, s.w.spec, "", "")
		return
	}
	w := s.w.spec
	n := float64(len(s.need.specs))
	for _, want := range s.need.specs {
		t := market.Term{Name: market.TermSpec, Label: want.name, Max: cents(w.max / n), Need: want.quote}
		t.Supply = quoteOffer(want, s.supply.specs)
		share, known := bestOffer(want, s.supply.specs)
		if known {
			t = earned(t, share, cents(w.miss/n))
		} else {
			t.Verdict, t.Points = market.Unknown, cents(t.Max*unknownShare)
		}
		s.terms = append(s.terms, t)
	}
}

func quoteOffer(want spec, offers []spec) string {
	var out []string
	for _, o := range offers {
		if o.key == want.key {
			out = append(out, o.quote)
		}
	}
	return strings.Join(out, "、")
}

func (s *scorer) class() {
	need, supply := s.need.Listing.Class, s.supply.Listing.Class
	if need == "" || supply == "" {
		s.silent(market.TermClass, s.w.class, s.need.quotes.class, s.supply.quotes.class)
		return
	}
	same := 0
	for same < min(len(need), len(supply)) && need[same] == supply[same] {
		same++
	}
	share := 0.0
	switch {
	case same == min(len(need), len(supply)) || same >= 4:
		share = 1
	case same == 3:
		share = 0.7
	case same == 2:
		share = 0.4
	}
	s.add(market.TermClass, s.w.class, share, s.need.quotes.class, s.supply.quotes.class, "")
}

func className(code string) string {
	if c, ok := chain.ClassByCode(code); ok {
		return c.Name
	}
	return code
}

func quoteQuantity(q market.Quantity) string {
	if !q.Amount.IsPositive() {
		return ""
	}
	out := q.Amount.String() + q.Unit
	if q.Per == market.PerMonth {
		out += "/月"
	}
	return out
}

func (s *scorer) quantity() {
	n, o := s.need.Listing.Quantity, s.supply.Listing.Quantity
	need, supply := s.need.quotes.quantity, s.supply.quotes.quantity
	switch capacity(n, o) {
	case unsaid:
		s.silent(market.TermQuantity, s.w.quantity, need, supply)
	case enough:
		s.add(market.TermQuantity, s.w.quantity, 1, need, supply, "")
	case tight:
		s.add(market.TermQuantity, s.w.quantity, 0.5, need, supply, "")
	case short:
		s.add(market.TermQuantity, s.w.quantity, 0, need, supply, "")
	}
}

func (s *scorer) moq() {
	o := &s.supply.Listing
	need := s.need.quotes.quantity
	if !o.MOQ.IsPositive() {
		s.silent(market.TermMOQ, s.w.moq, need, "")
		return
	}
	supply := o.MOQ.String() + moqUnit(o)
	want, least, ok := leastOrder(s.need, s.supply)
	if !ok {
		s.silent(market.TermMOQ, s.w.moq, need, supply)
		return
	}
	if want >= least*(1-1e-9) {
		s.add(market.TermMOQ, s.w.moq, 1, need, supply, "")
		return
	}
	// An order close to the least one can be talked about.
	share := 0.0
	if want >= 0.8*least {
		share = 0.4
	}
	s.add(market.TermMOQ, s.w.moq, share, need, supply, percent(want/least))
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) + "%" }

func quotePrice(p market.Price) string {
	if p.Negotiable || p.Fen <= 0 {
		return ""
	}
	yuan := decimal.New(p.Fen, -2)
	if !yuan.IsInteger() {
		return yuan.StringFixed(2) + "元/" + p.Unit
	}
	return yuan.String() + "元/" + p.Unit
}

func (s *scorer) price() {
	need, supply := s.need.quotes.price, s.supply.quotes.price
	over, ok := overPrice(s.need.Listing.Price, s.supply.Listing.Price)
	if !ok {
		s.silent(market.TermPrice, s.w.price, need, supply)
		return
	}
	note := ""
	if math.Abs(over) >= 0.0005 {
		note = fmt.Sprintf("%+.1f%%", over*100)
	}
	s.add(market.TermPrice, s.w.price, priceShare(over), need, supply, note)
}

// priceShare falls from 1 at the buyer's limit to 0 at a fifth above it.
func priceShare(over float64) float64 {
	if over <= 1e-9 {
		return 1
	}
	return math.Max(0, 0.85*(1-over/0.2))
}

func quoteDays(days int) string {
	if days <= 0 {
		return ""
	}
	return strconv.Itoa(days) + "天"
}

func (s *scorer) lead() {
	n, o := s.need.Listing.LeadDays, s.supply.Listing.LeadDays
	if n <= 0 || o <= 0 {
		s.silent(market.TermLead, s.w.lead, s.need.quotes.lead, s.supply.quotes.lead)
		return
	}
	late := float64(o-n) / float64(n)
	share := 1.0
	if late > 0 {
		share = math.Max(0, 0.8-late)
	}
	s.add(market.TermLead, s.w.lead, share, s.need.quotes.lead, s.supply.quotes.lead, "")
}

func (s *scorer) distance() {
	need, supply := s.need.quotes.place, s.supply.quotes.place
	km, ok := kilometres(s.need, s.supply)
	if !ok {
		s.silent(market.TermDistance, s.w.distance, need, supply)
		return
	}
	// A day's lorry costs nothing; far places keep a little, so that distance alone is no miss.
	share := 1.0
	if km > 150 {
		share = math.Max(0.1, 1-math.Log(km/150)/math.Log(20))
	}
	s.add(market.TermDistance, s.w.distance, share, need, supply, strconv.Itoa(int(math.Round(km)))+"km")
}

func (s *scorer) certificates() {
	need, supply := s.need.quotes.certs, s.supply.quotes.certs
	if need == "" {
		s.silent(market.TermCert, s.w.cert, need, supply)
		return
	}
	missing := missingCertificates(s.need, s.supply)
	share := 1 - float64(len(missing))/float64(len(s.need.certs))
	s.add(market.TermCert, s.w.cert, share, need, supply, strings.Join(missing, "、"))
}

func (s *scorer) tier() {
	best, share := market.HonourKind(""), 0.0
	for _, h := range s.supply.Enterprise.LiveHonours(s.now) {
		if v := honourShare(h); v > share {
			best, share = h, v
		}
	}
	if best == "" {
		s.silent(market.TermTier, s.w.tier, "", "")
		return
	}
	s.add(market.TermTier, s.w.tier, share, "", string(best), "")
}

// fresh goes by the older of the two, in steps: a score that crept each day
// would rewrite every proposal each night.
func (s *scorer) fresh() {
	n, o := s.need.Listing.PublishedAt, s.supply.Listing.PublishedAt
	if n.IsZero() || o.IsZero() {
		s.silent(market.TermFresh, s.w.fresh, "", "")
		return
	}
	older := n
	if o.Before(n) {
		older = o
	}
	share := 0.3
	switch age := s.now.Sub(older); {
	case age <= 30*24*time.Hour:
		share = 1
	case age <= 90*24*time.Hour:
		share = 0.6
	}
	s.add(market.TermFresh, s.w.fresh, share, s.need.quotes.published, s.supply.quotes.published, "")
}
