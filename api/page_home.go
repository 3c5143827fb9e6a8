package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/region"
)

// pageCard is a ListingCard with what the template would else have to work out.
type pageCard struct {
	ListingCard
	Amount string // "60 吨/月"; empty: not stated
	Date   string // of publication
}

// Tags reports whether the card has a row of tags.
func (c pageCard) Tags() bool { return len(c.Enterprise.Honours)+len(c.Certificates) > 0 }

func pageCards(cards []ListingCard, lang string) []pageCard {
	out := make([]pageCard, len(cards))
	for i, c := range cards {
		out[i] = pageCard{ListingCard: c, Amount: pageAmount(c.Quantity, lang), Date: pageDay(c.PublishedAt)}
	}
	return out
}

// homeBody is what the search page shows.
type homeBody struct {
	Text               string
	Tabs, Hot, Sorts   []link
	Keep, KeepAll      []param
	Facets             []facetList
	Chosen             []link
	ClearURL           string
	PriceMin, PriceMax string
	Total              int
	Near               bool  // no listing says all of the words
	Place              *link // the region that a word names; leads to all regions
	Cards              []pageCard
	NextURL, FirstURL  string
}

// facetList is one facet with its choices.
type facetList struct {
	Name    string
	Choices []link
}

func (s *pageSite) home(c *fiber.Ctx, f *frame) (string, error) {
	in, err := searched(c)
	if err != nil {
		return "", err
	}
	found, err := s.find(c.UserContext(), f.Lang, in)
	if err != nil {
		return "", err
	}
	params := pageQuery(c)
	marks, err := s.chosen(c.UserContext(), params, f.Lang)
	if err != nil {
		return "", err
	}
	rest := without(params, "class", "region", "cluster", "honour", "price_min", "price_max")
	body := homeBody{
		Text: in.Q, Cards: pageCards(found.Items, f.Lang), Total: found.Total, Near: found.Near, Place: placeNamed(params, in.Q, found.Place),
		Keep: without(params, "q"), KeepAll: without(params, "price_min", "price_max"),
		PriceMin: in.PriceMin, PriceMax: in.PriceMax, ClearURL: "/" + with(rest, "", ""),
		Tabs: tabs(params, in.Side, f.Lang), Sorts: sorts(params, in.Q, f.Lang), Hot: hot(params),
		Facets: facetLists(params, found.Facets, f.Lang), Chosen: marks,
	}
	if found.Next != nil {
		body.NextURL = "/" + with(params, "after", *found.Next)
	}
	if in.After != "" {
		body.FirstURL = "/" + with(params, "", "")
	}
	f.Here, f.Body = "hall", body
	f.describeHome(params, in.Q, in.After != "")
	return "home", nil
}

// placeNamed leads from what lies in a place that the words name to the same
// without that word.
func placeNamed(params []param, text string, place *Named) *link {
	if place == nil {
		return nil
	}
	rest := slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		code, _ := region.Called(chain.Normalise(w))
		return code == place.Code
	})
	return &link{Name: place.Name, URL: "/" + with(without(params, "after"), "q", strings.Join(rest, " "))}
}

// searched reads the address. Choices that do not exist are taken for none; a
// cursor or a price that cannot be read is an error.
func searched(c *fiber.Ctx) (Search, error) {
	in := Search{
		Q: strings.TrimSpace(c.Query("q")), Side: c.Query("side"), Class: c.Query("class"), Region: c.Query("region"), Cluster: c.Query("cluster"), Honour: c.Query("honour"),
		PriceMin: c.Query("price_min"), PriceMax: c.Query("price_max"), Sort: c.Query("sort"), After: c.Query("after"),
	}
	if in.Side != string(market.Supply) && in.Side != string(market.Need) {
		in.Side = ""
	}
	if len(in.Class) > 6 || len(in.Region) > 6 || len(in.Honour) > 20 || len(in.Cluster) > 8000 || len(in.After) > 2000 {
		return in, market.Bad("", "error.notFound")
	}
	return in, nil
}

// find asks for the page, and for the facets again where a later page leaves
// them out. What it answers is what a visitor sees, whoever asks.
func (s *pageSite) find(ctx context.Context, lang string, in Search) (Found, error) {
	found, err := s.api.find(ctx, who{lang: lang}, in)
	if err != nil || in.After == "" {
		return found, err
	}
	in.After, in.Limit = "", 1
	first, err := s.api.find(ctx, who{lang: lang}, in)
	found.Facets = first.Facets
	return found, err
}

// describeHome names the page and says which of its many addresses a crawler may keep:
// the sides, the classes and the words, but no combinations and no later pages.
func (f *frame) describeHome(params []param, text string, later bool) {
	f.Title = frontend.Text(f.Lang, "page.home.title")
	f.Description = frontend.Text(f.Lang, "page.home.description")
	if text != "" {
		f.Title = frontend.Text(f.Lang, "page.home.titleSearch", text)
	}
	f.NoIndex = later || len(params) > 1
	for _, p := range params {
		if p.Name != "q" && p.Name != "side" && p.Name != "class" {
			f.NoIndex = true
		}
	}
	if !f.NoIndex {
		f.Canonical += with(params, "", "")
	}
}

func tabs(params []param, side, lang string) []link {
	var out []link
	for _, t := range []struct{ side, key string }{{"", "page.tab.all"}, {"supply", "page.tab.supply"}, {"need", "page.tab.need"}} {
		out = append(out, link{Name: frontend.Text(lang, t.key), URL: "/" + with(params, "side", t.side), On: t.side == side})
	}
	return out
}

// sorts offers the best first only where there are words to be good at.
func sorts(params []param, text, lang string) []link {
	kinds := []string{"newest", "price", "price_desc"}
	if text != "" {
		kinds = append([]string{"relevance"}, kinds...)
	}
	now := cmp.Or(valueOf(params, "sort"), kinds[0])
	var out []link
	for i, k := range kinds {
		value := k
		if i == 0 {
			value = ""
		}
		out = append(out, link{Name: frontend.Text(lang, "page.sort."+k), URL: "/" + with(params, "sort", value), On: k == now})
	}
	return out
}

// hot are words to begin with; shown while nothing is asked.
func hot(params []param) []link {
	if len(params) > 0 {
		return nil
	}
	var out []link
	for _, w := range []string{"6061 铝棒", "45# 圆钢", "线路板", "微晶纤维素", "沙发布", "轴承"} {
		out = append(out, link{Name: w, URL: "/" + with(nil, "q", w)})
	}
	return out
}

const shownChoices = 12

// facetLists are links with counts. The index counts parents too; of classes
// and regions what lies just below the chosen one helps.
func facetLists(params []param, buckets map[string][]FacetBucket, lang string) []facetList {
	var out []facetList
	for _, name := range []string{"class", "honour", "region"} {
		now := valueOf(params, name)
		list := facetList{Name: frontend.Text(lang, "page.facet."+name)}
		for _, b := range buckets[name] {
			if !facetLevel(name, b.Value, now) || len(list.Choices) >= shownChoices {
				continue
			}
			choice := link{Name: choiceName(name, b.Value, lang), Count: b.Count, On: b.Value == now, URL: "/" + with(params, name, b.Value)}
			if choice.On {
				choice.URL = "/" + with(params, name, "")
			}
			list.Choices = append(list.Choices, choice)
		}
		if len(list.Choices) > 0 {
			out = append(out, list)
		}
	}
	return out
}

// facetLevel shows divisions (two digits) of classes and provinces, then what
// lies one level below the chosen one.
func facetLevel(name, value, chosen string) bool {
	if value == chosen {
		return true
	}
	switch name {
	case "class":
		c, known := chain.ClassByCode(value)
		return known && c.Parent == chosen
	case "region":
		return regionBelow(value, chosen)
	}
	return true
}

// regionBelow: provinces below nothing, cities below a province, counties below a city.
func regionBelow(code, chosen string) bool {
	if len(code) != 6 {
		return false
	}
	switch {
	case chosen == "":
		return code[2:] == "0000"
	case len(chosen) != 6:
		return false
	case chosen[2:] == "0000":
		return code[:2] == chosen[:2] && code[2:] != "0000" && code[4:] == "00"
	case chosen[4:] == "00":
		return code[:4] == chosen[:4] && code[4:] != "00"
	}
	return false
}

func choiceName(facet, value, lang string) string {
	if facet == "region" {
		return pageRegion(value)
	}
	return facetName(lang, facet, value)
}

// chosen are the filters in force, each a link that takes it away.
func (s *pageSite) chosen(ctx context.Context, params []param, lang string) ([]link, error) {
	var out []link
	for _, p := range params {
		if !slices.Contains([]string{"class", "region", "cluster", "honour", "price_min", "price_max"}, p.Name) {
			continue
		}
		name := ""
		switch p.Name {
		case "price_min":
			name = "≥ ¥" + p.Value
		case "price_max":
			name = "≤ ¥" + p.Value
		case "cluster":
			var err error
			if name, err = s.clusterChoice(ctx, p.Value, lang); err != nil {
				return nil, err
			}
		case "honour":
			if !slices.Contains(market.Honours, market.HonourKind(p.Value)) {
				continue
			}
			fallthrough
		default:
			name = choiceName(p.Name, p.Value, lang)
		}
		out = append(out, link{Name: name, URL: "/" + with(params, p.Name, "")})
	}
	return out, nil
}

// clusterChoice names one cluster, or says how many are chosen.
func (s *pageSite) clusterChoice(ctx context.Context, value, lang string) (string, error) {
	ids := clusterList(value)
	names, err := s.api.clusterNames(ctx)
	if len(ids) == 1 && names[ids[0]] != "" {
		return names[ids[0]], err
	}
	return frontend.Text(lang, "page.clusters", itoa(len(ids))), err
}

func valueOf(params []param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
