package api

import (
	"slices"
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
	kept, err := s.api.cfg.Store.Enterprise(ctx, c.Params("id"))
	if err != nil {
		return "", err
	}
	if kept.MergedInto != "" {
		return "", c.Redirect("/enterprises/"+kept.MergedInto, fiber.StatusMovedPermanently)
	}
	e, err := s.api.enterpriseOf(ctx, f.Lang, market.Actor{}, kept)
	if err != nil {
		return "", err
	}
	listings, next, err := s.api.cfg.Store.ListingsOf(ctx, e.ID, market.Live, c.Query("after"), 20)
	if err != nil {
		return "", err
	}
	cards := make([]ListingCard, len(listings))
	for i, l := range listings {
		cards[i] = s.api.cardOf(who{lang: f.Lang}, l, kept)
	}
	body := enterpriseBody{E: e, Facts: enterpriseFacts(&e, f.Lang), Cards: pageCards(cards, f.Lang)}
	if next != "" {
		body.NextURL = c.Path() + with(nil, "after", next)
	}
	f.Title, f.Description, f.Body = e.Name, cutText(e.Name+" "+e.MainProducts+" "+e.About, 150), body
	f.NoIndex = c.Query("after") != ""
	return "enterprise", nil
}

// linksRead is how many links are read from a firm's main products.
const linksRead = 6

// linksOf are the codes of the firm's places in the chain: those that it says
// itself (own), else the classes of goods that its main products belong to by the
// words of its cluster, in the order it names them.
func (a *API) linksOf(e *market.Enterprise) (out []string, own bool) {
	if len(e.Links) > 0 {
		return e.Links, true
	}
	book := a.words().Of(e.ClusterID)
	for _, product := range strings.FieldsFunc(e.MainProducts, func(r rune) bool { return strings.ContainsRune("、，,；;。/ \n\t", r) }) {
		codes := book.GuessClass(book.Read(product, ""))
		if len(codes) > 0 && !slices.Contains(out, codes[0]) && len(out) < linksRead {
			out = append(out, codes[0])
		}
	}
	return out, false
}

func enterpriseFacts(e *Enterprise, lang string) facts {
	var out facts
	uscc := e.USCC
	if uscc != "" && !e.USCCOK {
		uscc += " (" + frontend.Text(lang, "page.enterprise.uscc.warn") + ")"
	}
	out.add(lang, "page.enterprise.kind", frontend.Text(lang, "page.enterprise.kind."+e.Kind))
	out.add(lang, "page.enterprise.region", e.Region.Name)
	if e.Cluster != nil {
		out.add(lang, "page.enterprise.cluster", e.Cluster.Name)
	}
	verified := frontend.Text(lang, "level."+e.Verified.Level)
	if e.Verified.At != nil {
		verified = strings.Join([]string{verified, e.Verified.By, pageDay(e.Verified.At), e.Verified.Basis}, " · ")
	}
	out.add(lang, "page.enterprise.verified", verified)
	out.add(lang, "page.enterprise.products", e.MainProducts)
	var certificates []string
	for _, c := range e.Certificates {
		certificates = append(certificates, strings.TrimSpace(c.Name+" "+c.Number))
	}
	out.add(lang, "page.enterprise.certificates", strings.Join(certificates, " · "))
	if e.Staff != "" {
		out.add(lang, "record.staff", frontend.Text(lang, "record.staff."+e.Staff))
	}
	if e.Turnover != "" {
		out.add(lang, "record.turnover", frontend.Text(lang, "record.turnover."+e.Turnover))
	}
	out.add(lang, "page.enterprise.uscc", uscc)
	return out
}
