package matcher

import (
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/region"
	"lianqiao/search"
)

// Side is one listing made ready for scoring: read once, compared often. It is
// not changed after NewSide and may be shared.
type Side struct {
	Listing    market.Listing
	Enterprise market.Enterprise
	Reading    chain.Reading // without its terms and grams, which only the index compares

	plain        string // title without the words of asking
	plainProduct string
	phrases      []string // of the title and text, between punctuation
	grades       []string // asked for or on offer, canonical
	specs        []spec   // typed ones first, then those read from the text
	certs        []string // plain spelling, of the listing and, for a supply, of its firm
	place        region.Region
	quotes       quotes
	rules        []market.Preference // its firm's own, that concern this side
}

// quotes are what the terms of a score quote of a listing, spelt once.
type quotes struct {
	product, grades, class, quantity, price, lead, place, certs, published string
	end                                                                    string
}

// NewSide reads a listing.
func NewSide(l market.Listing, e market.Enterprise) *Side {
	return sideOf(l, e, search.Read(&l))
}

// sideOf is a listing that has been read.
func sideOf(l market.Listing, e market.Enterprise, r chain.Reading) *Side {
	r.Terms, r.Grams, r.Goods, r.Meant = nil, nil, nil, nil
	s := &Side{Listing: l, Enterprise: e, Reading: r}
	s.plain = strings.TrimSpace(chain.Normalise(l.Title))
	for _, asking := range []string{"长期", "大量", "求购", "采购", "急需", "供应"} {
		s.plain = strings.TrimSpace(strings.TrimPrefix(s.plain, asking))
	}
	s.phrases = strings.FieldsFunc(chain.Normalise(l.Title+" "+l.Text), isAlternative)
	s.plainProduct = chain.Normalise(l.Product)
	s.readSpecs()
	for _, c := range l.Certificates {
		s.certs = append(s.certs, plainCertificate(c))
	}
	if l.Side == market.Supply {
		for _, c := range e.LiveCertificates(time.Now()) {
			s.certs = append(s.certs, plainCertificate(c))
		}
	}
	s.place, _ = region.ByCode(placeOf(s))
	s.quote()
	return s
}

func (s *Side) quote() {
	l := &s.Listing
	q := &s.quotes
	q.product = l.Title
	if l.Product != "" {
		q.product = l.Product
	}
	q.grades = strings.Join(unique(s.grades), "、")
	q.class = className(l.Class)
	q.quantity = quoteQuantity(l.Quantity)
	q.price = quotePrice(l.Price)
	q.lead = quoteDays(l.LeadDays)
	q.place = region.Name(s.place.Code)
	q.certs = strings.Join(l.Certificates, "、")
	if q.certs == "" && l.Side == market.Supply {
		q.certs = strings.Join(s.Enterprise.LiveCertificates(time.Now()), "、")
	}
	if !l.PublishedAt.IsZero() {
		q.published = l.PublishedAt.Format(time.DateOnly)
	}
	q.end = chain.Ending(l.Title)
}

// readSpecs sorts the typed specs into grades and others and adds what the
// text says beyond them.
func (s *Side) readSpecs() {
	named := map[string]bool{}
	for _, t := range s.Listing.Specs {
		if isGrade(t.Name) {
			s.grades = append(s.grades, gradesOf(t.Value)...)
			continue
		}
		if x, ok := typedSpec(t); ok {
			s.specs = append(s.specs, x)
			named[x.key] = true
		}
	}
	if len(s.grades) == 0 || s.Listing.Side == market.Supply {
		s.grades = append(s.grades, s.Reading.Grades...)
	}
	for _, size := range s.Reading.Sizes {
		if x, ok := readSpec(size); ok && !named[x.key] {
			s.specs = append(s.specs, x)
			named[x.key] = true
		}
	}
}

func isGrade(name string) bool {
	switch strings.TrimSpace(name) {
	case "牌号", "材质", "钢号", "材料牌号", "钢种", "合金牌号":
		return true
	}
	return false
}

// gradesOf splits "304、316L" into canonical grades.
func gradesOf(value string) []string {
	var out []string
	for _, g := range strings.FieldsFunc(value, isAlternative) {
		if c := chain.CanonicalGrade(g); c != "" {
			out = append(out, c)
		}
	}
	return out
}

func isAlternative(r rune) bool { return strings.ContainsRune("、,，;；/或 ", r) }

// plainCertificate drops what people write differently: case, blanks, the
// year of the standard and the words for certificate.
func plainCertificate(c string) string {
	c = strings.ToUpper(chain.Normalise(c))
	for _, filler := range []string{" ", "-", "认证", "证书", "体系", "质量管理", "环境管理", "GB/T"} {
		c = strings.ReplaceAll(c, filler, "")
	}
	if year := strings.IndexByte(c, ':'); year > 0 {
		c = c[:year]
	}
	return c
}
