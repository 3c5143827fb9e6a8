package api

import (
	"context"

	"lianqiao/frontend"
	"lianqiao/sheet"
)

// overviewBook is the overview as a workbook, a sheet for each block, with numbers
// that Excel can add up.
func (a *API) overviewBook(ctx context.Context, w who, in *overviewInput) (*bookOutput, error) {
	o, err := a.overview(ctx, w, in.Cluster)
	if err != nil {
		return nil, err
	}
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	supplies, needs := text("bureau.supplies"), text("bureau.needs")
	figures := sheet.Table{Name: text("overview.figures"), Heading: []string{text("overview.figure"), text("overview.count"), text("ledger.banded"), text("ledger.amount"), text("overview.span")}}
	year := text("overview.year", o.From, o.To)
	figure := func(key string, n int) {
		figures.Rows = append(figures.Rows, []any{text(key), n, "", "", text("overview.now")})
	}
	figure("bureau.firms", o.Firms.All)
	figure("bureau.known", o.Firms.Known)
	figure("overview.unclaimed", o.Firms.Unclaimed)
	figure("bureau.supplies", o.Supplies)
	figure("bureau.needs", o.Needs)
	if o.Agreed != nil {
		figures.Rows = append(figures.Rows, []any{text("bureau.disclosed"), *o.Agreed, "", "", year})
	}
	for _, s := range o.Outcomes {
		figures.Rows = append(figures.Rows, []any{text("bureau.count", text("app.strength."+s.Strength)), s.Count, s.Banded, inYuan(s.Amount), year})
	}
	waiting := sheet.Table{Name: text("overview.waiting"), Heading: []string{text("overview.matter"), text("overview.count"), text("overview.since")}}
	for _, x := range o.Waiting {
		waiting.Rows = append(waiting.Rows, []any{text("overview.wait." + x.Kind), x.Count, dayOf(x.At)})
	}
	months := sheet.Table{Name: text("overview.months"), Heading: []string{text("overview.month"), text("overview.newSupplies"), text("overview.newNeeds")}}
	for _, m := range o.Months {
		months.Rows = append(months.Rows, []any{m.Month, m.Supplies, m.Needs})
	}
	balance := func(name string, lines []ClassBalance, more ...ClassBalance) sheet.Table {
		t := sheet.Table{Name: name, Heading: []string{text("overview.code"), text("overview.class"), supplies, needs, text("overview.difference")}}
		for _, b := range append(lines, more...) {
			t.Rows = append(t.Rows, []any{b.Class, b.Name, b.Supplies, b.Needs, b.Supplies - b.Needs})
		}
		return t
	}
	fair := sheet.Table{Name: text("overview.fair"), Heading: []string{text("fair.name"), text("overview.day"), text("fair.place"), text("fair.phase"), text("overview.parties")}}
	if f := o.Fair; f != nil {
		fair.Rows = append(fair.Rows, []any{f.Name, f.Day, f.Place, text("fair.phase." + f.Phase), f.Parties})
	}
	return a.book("overview", figures, waiting, months, balance(text("overview.gaps"), o.Gaps), balance(text("overview.surplus"), o.Surplus), fair)
}
