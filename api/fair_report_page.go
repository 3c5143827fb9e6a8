package api

import (
	"strings"

	"slices"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// reportBody is a fair's report for paper.
type reportBody struct {
	Fair       market.Fair
	Hosts      string
	Days, When string
	Report     FairReport
	Held       []ReportLine
	Quotes     []reportQuote
	Unmet      UnmetNeeds
	Chains     []ReportPart
	Clusters   []ReportPart
}

// reportQuote is what the two of a talk said in their own words.
type reportQuote struct {
	Of    string
	Notes []string
}

// report is the whole report as a page to be printed or kept as PDF.
func (s *pageSite) report(c *fiber.Ctx, f *frame) (string, error) {
	ctx := c.UserContext()
	w, err := s.api.who(c)
	if err != nil {
		return "", err
	}
	w.lang = f.Lang
	body := reportBody{}
	if body.Report, err = s.api.fairReport(ctx, w, c.Params("id")); err != nil {
		return "", err
	}
	if body.Unmet, err = s.api.unmetNeeds(ctx, w, c.Params("id")); err != nil {
		return "", err
	}
	if body.Fair, err = s.api.cfg.Store.Fair(ctx, c.Params("id")); err != nil {
		return "", err
	}
	names, err := s.api.clusterNames(ctx)
	if err != nil {
		return "", err
	}
	body.Hosts = s.api.fairView(w.Actor, body.Fair, nil, "", names).Hosted
	body.Days, body.When = strings.Join(daysOf(&body.Fair), "、"), s.api.now().In(chinaTime()).Format("2006-01-02 15:04")
	n := body.Report.Figures
	chains, clusters := n.totals(frontend.Text(f.Lang, "bureau.total"))
	body.Chains, body.Clusters = append(n.Chains, chains), append(n.Clusters, clusters)
	for _, x := range body.Report.Lines {
		if x.Result == "" {
			continue
		}
		body.Held = append(body.Held, x)
		if len(x.Notes) > 0 {
			body.Quotes = append(body.Quotes, reportQuote{x.NameA + " × " + x.NameB, x.Notes})
		}
	}
	strength := func(x ReportLine) int { return slices.Index(market.FairResults, market.FairResult(x.Result)) }
	slices.SortStableFunc(body.Held, func(x, y ReportLine) int { return strength(y) - strength(x) })
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = body.Fair.Name, true, "", "fair printed report", body
	return "report", nil
}
