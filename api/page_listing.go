package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
)

// fact is one line of a list of facts.
type fact struct {
	Name, Value string
	Must        bool
}

// facts leaves out what is not stated.
type facts []fact

func (f *facts) add(lang, key, value string) {
	if value != "" {
		*f = append(*f, fact{Name: frontend.Text(lang, key), Value: value})
	}
}

// listingBody is what a listing's page shows.
type listingBody struct {
	L               Listing
	Facts, Specs    facts
	ActURL, ActName string
	AskURL          string // empty on one's own listing
	SimilarURL      string
	Alike, Others   []ListingCard // of the same side, and those who may answer it
	Share           string        // the page's full address; empty while nobody else can open it
}

func (s *pageSite) listing(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.read(c.UserContext(), who{Actor: s.api.actor(c), lang: f.Lang}, c.Params("id"))
	if err != nil {
		return "", err
	}
	body := listingBody{L: l, Facts: listingFacts(&l, f.Lang), Specs: specFacts(l.Specs, f.Lang)}
	body.SimilarURL = "/" + with([]param{{"q", cmp.Or(l.Product, l.Title)}}, "side", l.Side)
	// Whoever can supply posts a supply, and the matcher puts the two together.
	side := map[string]string{"supply": "need", "need": "supply"}[l.Side]
	body.ActURL = "/app/listings/new" + with([]param{{"side", side}}, "like", l.ID)
	body.ActName = frontend.Text(f.Lang, "page.listing.act."+l.Side)
	body.AskURL = "/app/ask/" + l.ID
	if l.Mine {
		body.AskURL, body.ActURL, body.ActName = "", "/app/listings/"+l.ID+"/edit", frontend.Text(f.Lang, "page.listing.edit")
	}
	if l.Status == "live" {
		body.Share = f.Canonical
		if body.Alike, err = s.alike(c.UserContext(), f.Lang, &l, l.Side); err != nil {
			return "", err
		}
		if body.Others, err = s.alike(c.UserContext(), f.Lang, &l, side); err != nil {
			return "", err
		}
	}
	if len(l.Images) > 0 {
		f.Picture = s.api.cfg.BaseURL + l.Images[0].URL
	}
	f.Title = l.Title
	f.Description = cutText(strings.Join([]string{frontend.Text(f.Lang, "page.side."+l.Side+".long"), l.Title, l.Enterprise.Name, l.Text}, " "), 150)
	f.NoIndex = l.Status != "live"
	f.Body = body
	return "listing", nil
}

// alike are a few other listings of a side about the same product. What shares
// a word and nothing more is left out.
func (s *pageSite) alike(ctx context.Context, lang string, l *Listing, side string) ([]ListingCard, error) {
	const most, trade = 4, 3 // digits of the class that a trade has in common
	found, err := s.api.find(ctx, who{lang: lang}, Search{Q: cmp.Or(l.Product, l.Title), Side: side, Limit: 4 * most})
	out := slices.DeleteFunc(found.Items, func(c ListingCard) bool {
		near := c.Product != "" && c.Product == l.Product ||
			c.Class != nil && l.Class != nil && len(l.Class.Code) >= trade && strings.HasPrefix(c.Class.Code, l.Class.Code[:trade])
		return c.ID == l.ID || !near
	})
	return out[:min(most, len(out))], err
}

// listingQR draws the code of a listing's address, for whoever has it on a PC
// and wants it on a phone.
func (s *pageSite) listingQR(c *fiber.Ctx) error {
	l, err := s.read(c.UserContext(), who{Actor: s.api.actor(c), lang: language(c)}, c.Params("id"))
	if err != nil {
		return err
	}
	svg, err := qrSVG(s.api.cfg.BaseURL + "/listings/" + l.ID)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	c.Set(fiber.HeaderCacheControl, "private, max-age=86400")
	return c.SendString(svg)
}

func (s *pageSite) read(ctx context.Context, w who, id string) (Listing, error) {
	l, err := s.api.cfg.Store.Listing(ctx, id)
	if err != nil {
		return Listing{}, err
	}
	e, err := s.api.cfg.Store.Enterprise(ctx, l.EnterpriseID)
	if err != nil {
		return Listing{}, err
	}
	return s.api.listingOf(w, l, e)
}

func listingFacts(l *Listing, lang string) facts {
	side := l.Side
	var out facts
	out.add(lang, "page.listing.product", l.Product)
	out.add(lang, "page.listing.quantity."+side, pageAmount(l.Quantity, lang))
	if l.MOQ != "" {
		out.add(lang, "page.listing.moq", strings.TrimSpace(groupDigits(l.MOQ)+" "+l.Quantity.Unit))
	}
	if l.LeadDays > 0 {
		out.add(lang, "page.listing.lead."+side, frontend.Text(lang, "page.days", strconv.Itoa(l.LeadDays)))
	}
	if l.Region != nil {
		out.add(lang, "page.listing.region", l.Region.Name)
	}
	if l.Class != nil {
		out.add(lang, "page.listing.class", l.Class.Name)
	}
	out.add(lang, "page.listing.certificates."+side, strings.Join(l.Certificates, " · "))
	out.add(lang, "page.listing.valid", l.ValidUntil)
	out.add(lang, "page.listing.published", pageDay(l.PublishedAt))
	return out
}

func specFacts(specs []Spec, lang string) facts {
	var out facts
	for _, s := range specs {
		value := s.Value
		switch s.Op {
		case "min":
			value = frontend.Text(lang, "page.op.min", value)
		case "max":
			value = frontend.Text(lang, "page.op.max", value)
		case "range":
			value += " – " + s.Value2
		}
		out = append(out, fact{Name: s.Name, Value: strings.TrimSpace(value + " " + s.Unit), Must: s.Must})
	}
	return out
}

// cutText shortens to n characters.
func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
