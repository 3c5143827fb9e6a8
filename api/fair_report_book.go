package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"lianqiao/frontend"
	"lianqiao/sheet"
)

// fairBook is the report as a workbook: talks, shares, ledger and what is left to
// look for.
func (a *API) fairBook(ctx context.Context, w who, in *idInput) (*bookOutput, error) {
	r, err := a.fairReport(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	unmet, err := a.unmetNeeds(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	word := func(prefix, s string) string {
		if s == "" {
			return ""
		}
		return text(prefix + s)
	}
	result := func(s string) string { return word("fair.result.", s) }
	talks := sheet.Table{Name: text("fair.report.lines"), Heading: []string{text("fair.time"), text("fair.tableWord"), text("fair.firm") + " 1", text("fair.firm") + " 2", text("fair.report.chain"), text("fair.said") + " 1", text("fair.said") + " 2", text("fair.result"), text("ledger.amount"), text("ledger.band"), text("fair.stage"), text("fair.strength"), text("fair.notes"), text("fair.why")}}
	for _, x := range r.Lines {
		table, class, band := "", "", ""
		if x.Band {
			band = x.text(w.lang)
		}
		if x.Table > 0 {
			table = itoa(x.Table)
		}
		if x.Class != "" {
			class = branchName(w.lang, x.Class)
		}
		talks.Rows = append(talks.Rows, []any{x.Time, table, x.NameA, x.NameB, class, result(x.ResultA), result(x.ResultB), result(x.Result), inYuan(x.Amount), band,
			word("app.stage.", x.Stage), word("app.strength.", x.Strength), strings.Join(x.Notes, "；"), x.Why})
	}
	sums := func(x Sums) []any {
		return []any{inYuan(x.Said), x.Contracts, x.Banded, inYuan(x.Contract), inYuan(x.Claimed), inYuan(x.Confirmed), inYuan(x.Seen)}
	}
	sumHeads := []string{text("fair.report.said"), text("fair.report.contracts"), text("ledger.banded"), text("fair.report.contract"), text("app.strength.claimed"), text("app.strength.confirmed"), text("app.strength.seen")}
	shares := func(name, of string, parts []ReportPart, total ReportPart) sheet.Table {
		t := sheet.Table{Name: text(name), Heading: append([]string{text(of), text("fair.report.firms"), text("fair.report.held"), text("fair.report.strong")}, sumHeads...)}
		for _, p := range append(slices.Clone(parts), total) {
			t.Rows = append(t.Rows, append([]any{p.Name, p.Firms, p.Held, p.Strong}, sums(p.Sums)...))
		}
		return t
	}
	chains, clusters := r.Figures.totals(text("bureau.total"))
	firms := sheet.Table{Name: text("fair.report.firmList"), Heading: append([]string{text("fair.firm"), text("fair.role.ask"), text("fair.report.people"), text("fair.report.came"), text("fair.report.held"), text("fair.report.strong")}, sumHeads...)}
	for _, x := range r.Firms {
		firms.Rows = append(firms.Rows, append([]any{x.Name, word("fair.role.", x.Role), x.People, x.Came, x.Held, x.Strong}, sums(x.Sums)...))
	}
	ledger := sheet.Table{Name: text("fair.report.ledger"), Heading: []string{text("fair.stage"), text("fair.strength"), text("fair.report.count"), text("ledger.banded"), text("ledger.amount")}}
	for _, x := range r.Figures.Ledger {
		ledger.Rows = append(ledger.Rows, []any{word("app.stage.", x.Stage), word("app.strength.", x.Strength), x.Count, x.Banded, inYuan(x.Amount)})
	}
	needs := sheet.Table{Name: text("fair.report.needs"), Heading: []string{text("fair.report.chain"), text("fair.report.need"), text("fair.firm")}}
	for _, x := range unmet.Needs {
		needs.Rows = append(needs.Rows, []any{x.ClassName, x.Title, x.Enterprise})
	}
	return a.book("fair-report", talks, shares("fair.report.chains", "fair.report.chain", r.Figures.Chains, chains), shares("fair.report.clusters", "fair.report.cluster", r.Figures.Clusters, clusters), ledger, firms, needs)
}

// inYuan is an amount as a number to reckon with; an empty one stays empty.
func inYuan(amount string) any {
	n, err := strconv.ParseFloat(strings.ReplaceAll(amount, ",", ""), 64)
	if err != nil {
		return ""
	}
	return n
}
