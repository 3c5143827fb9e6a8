package matcher

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
)

// Score sums the named terms of a pair, each quoted from both listings. The
// total is between 0 and 100 and the same for the same pair on the same day.
func Score(need, supply *Side, now time.Time) (total int, terms []market.Term) {
	s := scorer{need: need, supply: supply, now: now, weights: weights()}
	fit := s.product()
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
	for _, t := range s.terms {
		sum += t.Points
	}
	// A product of another kind is not proposed however well the rest agrees.
	if fit.Kind == chain.Different {
		sum = math.Min(sum, DefaultThreshold-10)
	}
	return int(math.Round(math.Min(100, math.Max(0, sum)))), s.terms
}

// scorer collects the terms of one pair.
type scorer struct {
	need, supply *Side
	now          time.Time
	weights      map[market.TermName]weight
	terms        []market.Term
}

// add gives a term its points: share 1 is the maximum, 0 takes the miss away.
func (s *scorer) add(name market.TermName, share float64, need, supply, note string) {
	w := s.weights[name]
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

func (s *scorer) silent(name market.TermName, need, supply string) {
	w := s.weights[name]
	s.terms = append(s.terms, market.Term{
		Name: name, Verdict: market.Unknown, Points: cents(w.max * unknownShare), Max: w.max, Need: need, Supply: supply,
	})
}

func cents(v float64) float64 { return math.Round(v*100) / 100 }

func (s *scorer) product() chain.Fit {
	fit := chain.Relate(s.need.Reading, s.supply.Reading)
	if share := s.namesIt(); share > fit.Points {
		fit = chain.Fit{Kind: chain.Same, Points: share, Need: s.need.quoteProduct(), Supply: s.supply.quoteProduct()}
	}
	need, supply := fit.Need, fit.Supply
	if need == "" {
		need = s.need.quoteProduct()
	}
	if supply == "" {
		supply = s.supply.quoteProduct()
	}
	s.add(market.TermProduct, fit.Points, need, supply, "")
	return fit
}

// namesIt helps where the head of a title is not understood: the same title,
// or one whose first word by itself is the product needed, offers it.
func (s *scorer) namesIt() float64 {
	need, supply := s.need.plain, s.supply.plain
	if need == "" || supply == "" {
		return 0
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

func (s *scorer) grade() {
	need, supply := strings.Join(s.need.grades, "、"), strings.Join(s.supply.grades, "、")
	if need == "" || supply == "" {
		s.silent(market.TermGrade, need, supply)
		return
	}
	share := 0.0
	if sharesGrade(s.need.grades, s.supply.grades) {
		share = 1
	}
	s.add(market.TermGrade, share, need, supply, "")
}

// specs shares one weight among all that the need demands, so that a long
// list of wishes does not outweigh the product.
func (s *scorer) specs() {
	if len(s.need.specs) == 0 {
		s.silent(market.TermSpec, "", "")
		return
	}
	w := s.weights[market.TermSpec]
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
		s.silent(market.TermClass, className(need), className(supply))
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
	s.add(market.TermClass, share, className(need), className(supply), "")
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
	need, supply := quoteQuantity(n), quoteQuantity(o)
	switch capacity(n, o) {
	case unsaid:
		s.silent(market.TermQuantity, need, supply)
	case enough:
		s.add(market.TermQuantity, 1, need, supply, "")
	case tight:
		s.add(market.TermQuantity, 0.5, need, supply, "")
	case short:
		s.add(market.TermQuantity, 0, need, supply, "")
	}
}

func (s *scorer) moq() {
	n, o := &s.need.Listing, &s.supply.Listing
	need := quoteQuantity(n.Quantity)
	if !o.MOQ.IsPositive() {
		s.silent(market.TermMOQ, need, "")
		return
	}
	unit := o.Quantity.Unit
	if unit == "" {
		unit = o.Price.Unit
	}
	supply := o.MOQ.String() + unit
	want, ok := convert(n.Quantity.Amount, n.Quantity.Unit, unit)
	if !ok || want <= 0 {
		s.silent(market.TermMOQ, need, supply)
		return
	}
	least := o.MOQ.InexactFloat64()
	if want >= least*(1-1e-9) {
		s.add(market.TermMOQ, 1, need, supply, "")
		return
	}
	// An order close to the least one can be talked about.
	share := 0.0
	if want >= 0.8*least {
		share = 0.4
	}
	s.add(market.TermMOQ, share, need, supply, percent(want/least))
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) + "%" }

func quotePrice(p market.Price) string {
	if p.Negotiable || p.Fen <= 0 {
		return ""
	}
	return fmt.Sprintf("%d.%02d元/%s", p.Fen/100, p.Fen%100, p.Unit)
}

func (s *scorer) price() {
	n, o := s.need.Listing.Price, s.supply.Listing.Price
	need, supply := quotePrice(n), quotePrice(o)
	if need == "" || supply == "" {
		s.silent(market.TermPrice, need, supply)
		return
	}
	each := 1.0 // the supply's price units in one of the need's
	if n.Unit != o.Unit {
		factor, ok := chain.Convert(1, n.Unit, o.Unit)
		if !ok || factor <= 0 {
			s.silent(market.TermPrice, need, supply)
			return
		}
		each = factor
	}
	over := float64(o.Fen)*each/float64(n.Fen) - 1
	note := ""
	if math.Abs(over) >= 0.0005 {
		note = fmt.Sprintf("%+.1f%%", over*100)
	}
	s.add(market.TermPrice, priceShare(over), need, supply, note)
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
		s.silent(market.TermLead, quoteDays(n), quoteDays(o))
		return
	}
	late := float64(o-n) / float64(n)
	share := 1.0
	if late > 0 {
		share = math.Max(0, 0.8-late)
	}
	s.add(market.TermLead, share, quoteDays(n), quoteDays(o), "")
}

func (s *scorer) distance() {
	n, o := placeOf(s.need), placeOf(s.supply)
	km, ok := region.Distance(n, o)
	if !ok || math.IsNaN(km) || km < 0 {
		s.silent(market.TermDistance, region.Name(n), region.Name(o))
		return
	}
	// A day's lorry costs nothing; far places keep a little, so that distance alone is no miss.
	share := 1.0
	if km > 150 {
		share = math.Max(0.1, 1-math.Log(km/150)/math.Log(20))
	}
	s.add(market.TermDistance, share, region.Name(n), region.Name(o), fmt.Sprintf("%.0fkm", km))
}

func (s *scorer) certificates() {
	need, supply := strings.Join(s.need.Listing.Certificates, "、"), strings.Join(s.supply.Listing.Certificates, "、")
	if supply == "" {
		supply = strings.Join(s.supply.Enterprise.Certificates, "、")
	}
	if need == "" {
		s.silent(market.TermCert, need, supply)
		return
	}
	missing := missingCertificates(s.need, s.supply)
	share := 1 - float64(len(missing))/float64(len(s.need.certs))
	s.add(market.TermCert, share, need, supply, strings.Join(missing, "、"))
}

func (s *scorer) tier() {
	best, share := market.HonourKind(""), 0.0
	for _, h := range s.supply.Enterprise.LiveHonours(s.now) {
		if v := honourShare(h); v > share {
			best, share = h, v
		}
	}
	if best == "" {
		s.silent(market.TermTier, "", "")
		return
	}
	s.add(market.TermTier, share, "", string(best), "")
}

// fresh goes by the older of the two, in steps: a score that crept each day
// would rewrite every proposal each night.
func (s *scorer) fresh() {
	n, o := s.need.Listing.PublishedAt, s.supply.Listing.PublishedAt
	if n.IsZero() || o.IsZero() {
		s.silent(market.TermFresh, "", "")
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
	s.add(market.TermFresh, share, n.Format(time.DateOnly), o.Format(time.DateOnly), "")
}
