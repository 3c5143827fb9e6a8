package matcher

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
)

// Rule names a hard rule: a pair that breaks one is never proposed, whatever
// its score.
type Rule string

const (
	RuleNone     Rule = ""
	RuleOwn      Rule = "own"      // both listings are of one enterprise
	RuleSides    Rule = "sides"    // not a need and a supply of one board
	RuleLive     Rule = "live"     // one is not live, or past its validity
	RuleSpec     Rule = "spec"     // a must-have is stated otherwise
	RuleCert     Rule = "cert"     // a demanded certificate is missing
	RuleCapacity Rule = "capacity" // less on offer than is wanted
	RuleRegion   Rule = "region"   // one side excludes the place of the other
	RuleFirm     Rule = "firm"     // a rule that one of the firms made for itself
)

// Broken is the first hard rule that the pair breaks at now. Vetoes and
// refusals are people's words, not the listings': Match asks the store.
func Broken(need, supply *Side, now time.Time) Rule {
	n, s := &need.Listing, &supply.Listing
	switch {
	case n.Side != market.Need || s.Side != market.Supply || n.Board != s.Board:
		return RuleSides
	case n.EnterpriseID != "" && n.EnterpriseID == s.EnterpriseID:
		return RuleOwn
	case !standing(n, now) || !standing(s, now):
		return RuleLive
	case !meetsMusts(need, supply):
		return RuleSpec
	case len(missingCertificates(need, supply)) > 0:
		return RuleCert
	case capacity(n.Quantity, s.Quantity) == short:
		return RuleCapacity
	case excludesRegion(need, supply):
		return RuleRegion
	case need.hides(supply, need, supply) || supply.hides(need, need, supply):
		return RuleFirm
	}
	return RuleNone
}

// standing reports whether a listing may be matched at now.
func standing(l *market.Listing, now time.Time) bool {
	return l.Status == market.Live && (l.ValidUntil.IsZero() || l.ValidUntil.After(now))
}

// meetsMusts is false when a must-have is contradicted. Silence contradicts nothing.
func meetsMusts(need, supply *Side) bool {
	for _, t := range need.Listing.Specs {
		if t.Must && isGrade(t.Name) && len(supply.grades) > 0 && !sharesGrade(gradesOf(t.Value), supply.grades) {
			return false
		}
	}
	for _, want := range need.specs {
		if !want.must || isRegionSpec(want.name) {
			continue
		}
		if share, known := bestOffer(want, supply.specs); known && share < 0.5 {
			return false
		}
	}
	return true
}

func sharesGrade(a, b []string) bool {
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool { return x == y || chain.SameGrade(x, y) }) {
			return true
		}
	}
	return false
}

// bestOffer is how far the supply's specs of the same name serve a demand.
func bestOffer(want spec, offers []spec) (share float64, known bool) {
	for _, o := range offers {
		if o.key != want.key {
			continue
		}
		if s, ok := o.meets(want); ok {
			share, known = max(share, s), true
		}
	}
	return share, known
}

func missingCertificates(need, supply *Side) []string {
	var out []string
	for i, c := range need.certs {
		if !slices.ContainsFunc(supply.certs, func(have string) bool { return have == c || strings.Contains(have, c) }) {
			out = append(out, need.Listing.Certificates[i])
		}
	}
	return out
}

// plenty says how an offer's capacity stands to a wanted quantity.
type plenty int

const (
	unsaid plenty = iota
	short
	tight
	enough
)

// capacity compares what is wanted with what is on offer. A single order may
// be served out of three months' make; a monthly demand wants at least one
// month in stock.
func capacity(need, supply market.Quantity) plenty {
	if !need.Amount.IsPositive() || !supply.Amount.IsPositive() {
		return unsaid
	}
	want, ok := convert(need.Amount, need.Unit, supply.Unit)
	if !ok {
		return unsaid
	}
	have := supply.Amount.InexactFloat64() * (1 + 1e-9)
	reach := have
	if supply.Per == market.PerMonth && need.Per != market.PerMonth {
		reach = 3 * have
	}
	switch {
	case want > reach:
		return short
	case want > have, supply.Per != market.PerMonth && need.Per == market.PerMonth && 3*want > have:
		return tight
	}
	return enough
}

func convert(d decimal.Decimal, from, to string) (float64, bool) {
	v := d.InexactFloat64()
	if from == to {
		return v, true
	}
	if from == "" || to == "" {
		return 0, false
	}
	return chain.Convert(v, from, to)
}

func isRegionSpec(name string) bool {
	switch strings.TrimSpace(name) {
	case "产地", "地区", "区域", "供货地区", "供货区域", "供应商地区":
		return true
	}
	return false
}

var (
	onlyFrom = regexp.MustCompile(`(?:仅限|只限|限)([\p{Han}]{2,4}?)(?:省|市|地区|内|企业|厂家|供应商)`)
	notTo    = regexp.MustCompile(`不(?:发|供|送)(?:货)?(?:到|往|至)?([\p{Han}]{2}(?:[、,，和及][\p{Han}]{2})*)`)
)

// excludesRegion reads "仅限河北省企业" on a need and "不发新疆、西藏" on a
// supply, and a need's must-have on the place.
func excludesRegion(need, supply *Side) bool {
	from := supply.quotes.place
	for _, t := range need.Listing.Specs {
		if t.Must && isRegionSpec(t.Name) && from != "" && !namesPlace(t.Value, from) {
			return true
		}
	}
	if m := onlyFrom.FindStringSubmatch(need.Listing.Text); m != nil && from != "" && isPlace(m[1]) && !namesPlace(m[1], from) {
		return true
	}
	to := need.quotes.place
	if m := notTo.FindStringSubmatch(supply.Listing.Text); m != nil && to != "" {
		return namesPlace(m[1], to)
	}
	return false
}

// isPlace keeps "限高内" and the like from being taken for a place.
func isPlace(word string) bool {
	return slices.ContainsFunc(region.All(), func(r region.Region) bool { return strings.HasPrefix(r.Name, word) })
}

func placeOf(s *Side) string {
	if s.Listing.Region != "" {
		return s.Listing.Region
	}
	return s.Enterprise.Region
}

// namesPlace reports whether one of the listed places is part of a full name.
func namesPlace(list, full string) bool {
	for _, p := range strings.FieldsFunc(list, func(r rune) bool { return isAlternative(r) || r == '和' || r == '及' }) {
		p = strings.TrimRight(p, "省市")
		if p != "" && strings.Contains(full, p) {
			return true
		}
	}
	return false
}
