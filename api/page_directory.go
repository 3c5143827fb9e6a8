package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/region"
)

// firmCard is a firm in the directory.
type firmCard struct {
	EnterpriseRef
	Products, Region, Cluster string
	Links                     []Named // those that the firm says itself
	Supplies, Needs           int
}

// directoryBody is what the directory of firms shows.
type directoryBody struct {
	Clusters          []link
	Firms             []firmCard
	Link              string // the link that was chosen, by name
	LinkOff           string // the address without it
	NextURL, FirstURL string
}

const directoryPage = 30

// directory lists the firms that somebody stands behind: who only signed up is
// found through what he posts, not here.
func (s *pageSite) directory(c *fiber.Ctx, f *frame) (string, error) {
	ctx, chosen, code, after := c.UserContext(), c.Query("cluster"), c.Query("link"), c.Query("after")
	clusters, err := s.api.cfg.Store.Clusters(ctx)
	if err != nil {
		return "", err
	}
	names := map[string]string{}
	at, known := chain.ClassByCode(code)
	if code != "" && !known {
		return "", market.ErrNotFound
	}
	body := directoryBody{Clusters: []link{{Name: frontend.Text(f.Lang, "page.directory.all"), URL: "/enterprises" + with(nil, "link", code), On: chosen == ""}}}
	for _, k := range clusters {
		names[k.ID] = k.Name
		body.Clusters = append(body.Clusters, link{Name: k.Name, URL: "/enterprises" + with([]param{{"link", code}}, "cluster", k.ID), On: chosen == k.ID})
	}
	if chosen != "" && names[chosen] == "" {
		return "", market.ErrNotFound
	}
	firms, next, err := s.api.cfg.Store.Directory(ctx, chosen, code, after, directoryPage)
	if err != nil {
		return "", err
	}
	if body.Firms, err = s.firmCards(c, f.Lang, firms, names); err != nil {
		return "", err
	}
	if known {
		body.Link, body.LinkOff = className(f.Lang, at.Code), "/enterprises"+with(nil, "cluster", chosen)
	}
	of := with([]param{{"cluster", chosen}}, "link", code)
	if next != "" {
		body.NextURL = "/enterprises" + with([]param{{"cluster", chosen}, {"link", code}}, "after", next)
	}
	if after != "" {
		body.FirstURL = "/enterprises" + of
	}
	f.Here, f.Body, f.NoIndex = "firms", body, after != ""
	f.Title = strings.Join(strings.Fields(names[chosen]+" "+body.Link+" "+frontend.Text(f.Lang, "page.nav.firms")), " ")
	f.Description = frontend.Text(f.Lang, "page.directory.description")
	if !f.NoIndex {
		f.Canonical += of
	}
	return "directory", nil
}

func (s *pageSite) firmCards(c *fiber.Ctx, lang string, firms []market.Enterprise, clusters map[string]string) ([]firmCard, error) {
	ids := make([]string, len(firms))
	for i := range firms {
		ids[i] = firms[i].ID
	}
	live, err := s.api.cfg.Store.LiveCounts(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	out := make([]firmCard, len(firms))
	for i := range firms {
		e := &firms[i]
		out[i] = firmCard{
			EnterpriseRef: s.api.refOf(*e), Products: cutText(e.MainProducts, 80), Region: region.Name(e.Region), Cluster: clusters[e.ClusterID],
			Supplies: live[e.ID][market.Supply], Needs: live[e.ID][market.Need],
		}
		for _, code := range e.Links {
			out[i].Links = append(out[i].Links, Named{code, className(lang, code)})
		}
	}
	return out, nil
}
