package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// enterpriseBody is what an enterprise's page shows.
type enterpriseBody struct {
	E       Enterprise
	Facts   facts
	Cards   []pageCard
	NextURL string
}

func (s *pageSite) enterprise(c *fiber.Ctx, f *frame) (string, error) {
	ctx := c.UserContext()
	// A visitor's view, whoever asks: this page is public.
	e, err := s.api.enterpriseView(ctx, market.Actor{}, c.Params("id"), f.Lang)
	if err != nil {
		return "", err
	}
	listings, next, err := s.api.cfg.Store.ListingsOf(ctx, e.ID, market.Live, c.Query("after"), 20)
	if err != nil {
		return "", err
	}
	ids := make([]string, len(listings))
	for i, l := range listings {
		ids[i] = l.ID
	}
	cards, err := s.api.cards(ctx, ids, f.Lang)
	if err != nil {
		return "", err
	}
	body := enterpriseBody{E: e, Facts: enterpriseFacts(&e, f.Lang), Cards: pageCards(cards, f.Lang)}
	if next != "" {
		body.NextURL = c.Path() + with(nil, "after", next)
	}
	f.Title, f.Description, f.Body = e.Name, cut(e.Name+" "+e.MainProducts+" "+e.About, 150), body
	f.NoIndex = c.Query("after") != ""
	return "enterprise", nil
}

func enterpriseFacts(e *Enterprise, lang string) facts {
	var out facts
	uscc := e.USCC
	if uscc != "" && !e.USCCOK {
		uscc += " (" + frontend.Text(lang, "page.enterprise.uscc.warn") + ")"
	}
	out.add(lang, "page.enterprise.kind", frontend.Text(lang, "page.enterprise.kind."+string(e.Kind)))
	out.add(lang, "page.enterprise.region", e.Region.Name)
	if e.Cluster != nil {
		out.add(lang, "page.enterprise.cluster", e.Cluster.Name)
	}
	out.add(lang, "page.enterprise.products", e.MainProducts)
	out.add(lang, "page.enterprise.certificates", strings.Join(e.Certificates, " · "))
	out.add(lang, "page.enterprise.uscc", uscc)
	return out
}
