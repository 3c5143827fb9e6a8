package api

import (
	"bytes"
	"context"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
	"lianqiao/store"
)

// SummaryLine is what a bureau reads of a cluster: figures, and nobody's words or
// contacts.
type SummaryLine struct {
	Cluster   ClusterRef `json:"cluster"`
	Region    Named      `json:"region"`
	Firms     int        `json:"firms"`
	Known     int        `json:"known" doc:"Firms reviewed or visited"`
	Supplies  int        `json:"supplies" doc:"Live"`
	Needs     int        `json:"needs" doc:"Live"`
	Disclosed int        `json:"disclosed" doc:"Introductions whose contacts were opened"`
	Outcomes  []Strong   `json:"outcomes" nullable:"false" doc:"By strength"`
}

// Strong is how many outcomes stand how well, and their sum.
type Strong struct {
	Strength string `json:"strength" enum:"claimed,confirmed,seen"`
	Count    int    `json:"count"`
	Banded   int    `json:"banded" doc:"Of count, those that said a band; the amount has its lower end"`
	Amount   string `json:"amount" doc:"Yuan"`
}

type summaryInput struct {
	From string `query:"from" maxLength:"10" doc:"Date, 2006-01-02; of introductions and outcomes"`
	To   string `query:"to" maxLength:"10"`
}

type summaryOutput struct {
	Body struct {
		Items []SummaryLine `json:"items" nullable:"false"`
		Total SummaryLine   `json:"total" doc:"What lies between two clusters is counted once here"`
	}
}

func (a *API) mountBureau() {
	route(a, "GET /api/bureau", market.AsReader, "summary", a.summary)
	route(a, "GET /api/bureau/summary.xlsx", market.AsReader, "summary-book", a.summaryBook)
}

func (a *API) summary(ctx context.Context, w who, in *summaryInput) (*summaryOutput, error) {
	var errs market.Errors
	for field, day := range map[string]string{"from": in.From, "to": in.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			errs.Add(market.Bad(field, "error.date"))
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	all, err := a.cfg.Store.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range all {
		if w.MayRead(c.ID) {
			ids = append(ids, c.ID)
		}
	}
	lines, err := a.cfg.Store.Summary(ctx, ids, in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := &summaryOutput{}
	out.Body.Items = []SummaryLine{}
	total, counted := store.SummaryLine{}, map[string]bool{}
	for _, c := range all {
		l := lines[c.ID]
		if l == nil {
			continue
		}
		out.Body.Items = append(out.Body.Items, summaryLine(c, l))
		total.Firms, total.Known, total.Supplies, total.Needs = total.Firms+l.Firms, total.Known+l.Known, total.Supplies+l.Supplies, total.Needs+l.Needs
		for _, o := range l.Outcomes {
			if !counted[o.ID] {
				counted[o.ID] = true
				total.Outcomes = append(total.Outcomes, o)
			}
		}
	}
	if len(ids) > 0 {
		total.Disclosed, err = a.cfg.Store.CountDisclosed(ctx, ids, in.From, in.To)
	}
	out.Body.Total = summaryLine(market.Cluster{}, &total)
	return out, err
}

func summaryLine(c market.Cluster, l *store.SummaryLine) SummaryLine {
	v := SummaryLine{Cluster: ClusterRef{c.ID, c.Name}, Firms: l.Firms, Known: l.Known, Supplies: l.Supplies, Needs: l.Needs, Disclosed: l.Disclosed}
	if r := regionOf(c.Region); r != nil {
		v.Region = *r
	}
	v.Outcomes = strongOf(market.Sum(l.Outcomes))
	return v
}

// strongOf adds figures up by strength.
func strongOf(figures []market.Figure) []Strong {
	out := []Strong{}
	for _, strength := range []market.Strength{market.Claimed, market.Confirmed, market.Seen} {
		s, fen := Strong{Strength: string(strength)}, int64(0)
		for _, f := range figures {
			if f.Strength == strength {
				s.Count, s.Banded, fen = s.Count+f.Count, s.Banded+f.Banded, fen+f.Fen
			}
		}
		s.Amount = yuan(fen)
		out = append(out, s)
	}
	return out
}

// summaryBook is the summary as a workbook, with sums that Excel can add up.
func (a *API) summaryBook(ctx context.Context, w who, in *summaryInput) (*bookOutput, error) {
	b, err := a.summary(ctx, w, in)
	if err != nil {
		return nil, err
	}
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	heading := []string{text("app.cluster"), text("app.region"), text("bureau.firms"), text("bureau.known"), text("bureau.supplies"), text("bureau.needs"), text("bureau.disclosed")}
	for _, s := range b.Body.Total.Outcomes {
		word := text("app.strength." + s.Strength)
		heading = append(heading, text("bureau.count", word), text("bureau.banded", word), text("bureau.amount", word))
	}
	var rows [][]any
	total := b.Body.Total
	total.Cluster.Name = text("bureau.total")
	for _, l := range append(b.Body.Items, total) {
		row := []any{l.Cluster.Name, l.Region.Name, int64(l.Firms), int64(l.Known), int64(l.Supplies), int64(l.Needs), int64(l.Disclosed)}
		for _, s := range l.Outcomes {
			amount, _ := numberOf(s.Amount)
			row = append(row, int64(s.Count), int64(s.Banded), amount)
		}
		rows = append(rows, row)
	}
	var out bytes.Buffer
	if err := sheet.WriteBook(&out, text("bureau.sheet"), heading, rows); err != nil {
		return nil, err
	}
	name := "bureau-" + a.now().In(chinaTime()).Format(time.DateOnly) + ".xlsx"
	return &bookOutput{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="` + name + `"`, out.Bytes()}, nil
}
