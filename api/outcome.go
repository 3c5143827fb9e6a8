package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
)

// Said is an amount as it was said, of a contract and later: exact, or a band.
type Said struct {
	Amount   string `json:"amount" doc:"Yuan; of a band its lower end, which is what counts"`
	AmountTo string `json:"amount_to" doc:"Yuan, the upper end of a band, itself outside; empty: an exact amount, or a band without one"`
	Band     bool   `json:"band" doc:"The amount is a band, counted by its lower end"`
}

// Claim is what one firm says came of an introduction.
type Claim struct {
	Said
	Stage    string    `json:"stage"`
	Quantity string    `json:"quantity"`
	Day      string    `json:"day"`
	Ended    bool      `json:"ended"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

// Outcome is what came of an introduction, as one of its parties sees it.
type Outcome struct {
	Said
	Stage    string `json:"stage"`
	Strength string `json:"strength" enum:"claimed,confirmed,seen"`
	Ended    bool   `json:"ended"`
	Mine     *Claim `json:"mine"`
	Theirs   *Claim `json:"theirs"`
}

type claimInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Stage    string `json:"stage" enum:"contact,sample,trial,contract,delivered,reorder"`
		Amount   string `json:"amount,omitempty" doc:"Yuan; wanted from the contract on"`
		Band     bool   `json:"band,omitempty" doc:"The amount is the lower end of one of the bands: 1000, 10000, 100000, 500000, 1000000 or 5000000, each up to the next"`
		Quantity string `json:"quantity,omitempty"`
		Day      string `json:"day" doc:"Date, 2006-01-02"`
		Ended    bool   `json:"ended,omitempty"`
		Reason   string `json:"reason,omitempty" enum:",price,quality,lead,spec,payment,silence,other"`
	}
}

// LedgerLine is one outcome in an association's ledger.
type LedgerLine struct {
	Said
	ID       string        `json:"id"`
	Rev      int64         `json:"rev"`
	By       EnterpriseRef `json:"by"`
	To       EnterpriseRef `json:"to"`
	Stage    string        `json:"stage"`
	Quantity string        `json:"quantity"`
	Day      string        `json:"day"`
	Strength string        `json:"strength" enum:"claimed,confirmed,seen"`
	Ended    bool          `json:"ended"`
	Reason   string        `json:"reason"`
}

// Figure is one line of the report.
type Figure struct {
	Stage    string `json:"stage"`
	Strength string `json:"strength"`
	Count    int    `json:"count"`
	Banded   int    `json:"banded" doc:"Of count, those that said a band; the amount has its lower end"`
	Amount   string `json:"amount"`
}

// Report is an association's figures: every outcome once.
type Report struct {
	Total     int          `json:"total" doc:"Outcomes, also those beyond the lines"`
	Agreed    int          `json:"agreed" doc:"Introductions whose contacts were opened"`
	Confirmed string       `json:"confirmed" doc:"Yuan that both sides say, or whose document was seen"`
	Claimed   string       `json:"claimed" doc:"Yuan that one side says"`
	Banded    int          `json:"banded" doc:"Outcomes in these sums of which a band was said; its lower end counts"`
	Figures   []Figure     `json:"figures" nullable:"false"`
	Lines     []LedgerLine `json:"lines" nullable:"false"`
	More      bool         `json:"more" doc:"There are more lines than are shown; the export has all"`
}

// ReportInput chooses what a ledger shows. Its name is exported because huma passes
// over what is embedded by another one.
type ReportInput struct {
	Cluster  string `query:"cluster" maxLength:"64" doc:"Empty: all of one's own"`
	From     string `query:"from" maxLength:"10" doc:"Date, 2006-01-02"`
	To       string `query:"to" maxLength:"10"`
	Strength string `query:"strength" enum:",claimed,confirmed,seen" doc:"Only outcomes that stand so well"`
}

type reportOutput struct{ Body Report }

type exportInput struct {
	ReportInput
	Format string `query:"format" enum:"csv,xlsx"`
}

type seenInput struct {
	ID      string `path:"id" maxLength:"64"`
	IfMatch string `header:"If-Match"`
}

func (a *API) mountOutcomes() {
	route(a, "PUT /api/introductions/{id}/outcome", market.InPerson, "claim-outcome", a.claimOutcome)
	route(a, "GET /api/operator/outcomes", market.AsReader, "outcomes", func(ctx context.Context, w who, in *ReportInput) (*reportOutput, error) {
		r, err := a.report(ctx, w, in)
		return &reportOutput{r}, err
	})
	route(a, "GET /api/operator/outcomes/export", market.AsReader, "export-outcomes", a.exportOutcomes, asFile("The ledger as CSV or XLSX"))
	route(a, "POST /api/operator/outcomes/{id}/seen", market.AsOperator, "see-document", a.seeDocument, edits)
}

func (a *API) claimOutcome(ctx context.Context, w who, in *claimInput) (*introductionOutput, error) {
	i, err := a.cfg.Store.Introduction(ctx, in.ID)
	if err == nil && !w.MayClaim(&i) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	var errs market.Errors
	b := in.Body
	c := market.Claim{Stage: market.Stage(b.Stage), Quantity: strings.TrimSpace(b.Quantity), Day: b.Day, Ended: b.Ended, Reason: b.Reason}
	c.Fen, c.UpTo = saidOf(&errs, b.Amount, b.Band)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	if _, err := a.cfg.Store.SaveClaim(ctx, w.Actor, in.ID, c); err != nil {
		return nil, err
	}
	return a.introductionAnswer(ctx, w, i)
}

func outcomeOf(w who, i *market.Introduction, o market.Outcome) *Outcome {
	r := o.Result()
	v := &Outcome{Said: saidView(r.Fen, r.UpTo), Stage: string(r.Stage), Strength: string(r.Strength), Ended: r.Ended}
	v.Mine, v.Theirs = claimOf(o.Claims[w.EnterpriseID]), claimOf(o.Claims[i.Of(w.EnterpriseID)])
	return v
}

func claimOf(c market.Claim) *Claim {
	if c.Stage == "" {
		return nil
	}
	return &Claim{saidView(c.Fen, c.UpTo), string(c.Stage), c.Quantity, c.Day, c.Ended, c.Reason, c.At}
}

// saidOf reads an amount that is exact or begins a band.
func saidOf(errs *market.Errors, amount string, band bool) (f, upTo int64) {
	f = fen(errs, "amount", strings.ReplaceAll(amount, ",", ""))
	if band {
		var ok bool
		if upTo, ok = market.BandEnd(f); !ok {
			errs.Add(market.Bad("amount", "error.choose"))
		}
	}
	return f, upTo
}

func saidView(fen, upTo int64) Said {
	v := Said{Amount: sumOf(fen), Band: upTo > 0}
	if v.Band && upTo < market.AmountMost {
		v.AmountTo = yuan(upTo)
	}
	return v
}

// text is the amount as people say it: 50–100 万元, or an exact one in digits.
func (s Said) text(lang string) string {
	from, to := strings.TrimSuffix(s.Amount, ".00"), strings.TrimSuffix(s.AmountTo, ".00")
	switch {
	case !s.Band:
		return groupDigits(s.Amount)
	case lang == "en" && to == "":
		return frontend.Text(lang, "band.up", groupDigits(from))
	case lang == "en":
		return frontend.Text(lang, "band.yuan", groupDigits(from), groupDigits(to))
	}
	tens, ok := strings.CutSuffix(from, "0000")
	switch {
	case ok && to == "":
		return frontend.Text(lang, "band.up", tens)
	case ok:
		return frontend.Text(lang, "band.wan", tens, strings.TrimSuffix(to, "0000"))
	}
	return frontend.Text(lang, "band.yuan", groupDigits(from), strings.TrimSuffix(to, "0000"))
}

// sumOf writes fen as yuan; nothing is nothing.
func sumOf(fen int64) string {
	if fen == 0 {
		return ""
	}
	return yuan(fen)
}

// ledger loads the outcomes that the actor may read.
func (a *API) ledger(ctx context.Context, w who, in *ReportInput) ([]market.Outcome, []string, error) {
	var errs market.Errors
	for field, day := range map[string]string{"from": in.From, "to": in.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			errs.Add(market.Bad(field, "error.date"))
		}
	}
	if err := errs.Err(); err != nil {
		return nil, nil, err
	}
	clusters := append(append([]string{}, w.Clusters...), w.Views...)
	if in.Cluster != "" {
		if !w.MayRead(in.Cluster) {
			return nil, nil, market.ErrNotFound
		}
		clusters = []string{in.Cluster}
	} else if w.Admin {
		clusters = nil
	}
	list, err := a.cfg.Store.Outcomes(ctx, clusters, in.From, in.To)
	if in.Strength != "" {
		list = slices.DeleteFunc(list, func(o market.Outcome) bool { return string(o.Result().Strength) != in.Strength })
	}
	return list, clusters, err
}

// linesMost is how many outcomes a page shows; an export has all.
const linesMost = 200

func (a *API) report(ctx context.Context, w who, in *ReportInput) (Report, error) {
	list, clusters, err := a.ledger(ctx, w, in)
	if err != nil {
		return Report{}, err
	}
	out := Report{Figures: []Figure{}, Lines: []LedgerLine{}, Total: len(list), More: len(list) > linesMost}
	var confirmed, claimed int64
	for _, f := range market.Sum(list) {
		out.Figures = append(out.Figures, Figure{string(f.Stage), string(f.Strength), f.Count, f.Banded, sumOf(f.Fen)})
		out.Banded += f.Banded
		if f.Strength == market.Claimed {
			claimed += f.Fen
		} else {
			confirmed += f.Fen
		}
	}
	out.Confirmed, out.Claimed = yuan(confirmed), yuan(claimed)
	if out.Agreed, err = a.cfg.Store.CountDisclosed(ctx, clusters, in.From, in.To); err != nil {
		return Report{}, err
	}
	out.Lines, err = a.lines(ctx, w, list[:min(len(list), linesMost)])
	return out, err
}

func (a *API) lines(ctx context.Context, w who, list []market.Outcome) ([]LedgerLine, error) {
	var ids []string
	for _, o := range list {
		ids = append(ids, o.By, o.To)
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := []LedgerLine{}
	for _, o := range list {
		if !w.MayReadOutcome(&o) {
			continue
		}
		r := o.Result()
		out = append(out, LedgerLine{saidView(r.Fen, r.UpTo), o.ID, o.Rev, a.refOf(firms[o.By]), a.refOf(firms[o.To]), string(r.Stage), r.Quantity, r.Day, string(r.Strength), r.Ended, r.Reason})
	}
	return out, nil
}

func (a *API) seeDocument(ctx context.Context, w who, in *seenInput) (*none, error) {
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	_, err = a.cfg.Store.SeeDocument(ctx, w.Actor, in.ID, rev)
	return nil, err
}

func (a *API) exportOutcomes(ctx context.Context, w who, in *exportInput) (*huma.StreamResponse, error) {
	list, _, err := a.ledger(ctx, w, &in.ReportInput)
	if err != nil {
		return nil, err
	}
	lines, err := a.lines(ctx, w, list)
	if err != nil {
		return nil, err
	}
	text := func(key string) string { return frontend.Text(w.lang, key) }
	heading := []string{text("ledger.day"), text("ledger.by"), text("ledger.to"), text("ledger.stage"), text("ledger.amount"), text("ledger.band"), text("ledger.quantity"), text("ledger.strength"), text("ledger.ended")}
	var rows [][]any
	for _, l := range lines {
		ended, band := "", ""
		if l.Band {
			band = l.text(w.lang)
		}
		if l.Ended {
			ended = text("app.end." + l.Reason)
		}
		rows = append(rows, []any{l.Day, l.By.Name, l.To.Name, text("app.stage." + l.Stage), l.Amount, band, l.Quantity, text("app.strength." + l.Strength), ended})
	}
	if in.Format == "xlsx" {
		for _, row := range rows { // a sum that Excel can add up
			if f, ok := numberOf(row[4].(string)); ok {
				row[4] = f
			}
		}
	}
	return a.exported("outcomes", in.Format, text("ledger.sheet"), heading, rows)
}

// asFile describes an operation that answers with a file.
func asFile(what string) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {Description: what, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}}
	}
}

// exported is a table as a file to keep, in the format csv or xlsx.
func (a *API) exported(name, format, title string, heading []string, rows [][]any) (*huma.StreamResponse, error) {
	var out strings.Builder
	kind, err := "text/csv; charset=utf-8", error(nil)
	if format == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = sheet.WriteBook(&out, title, heading, rows)
	} else {
		err = writeCSV(&out, heading, rows)
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := humafiber.Unwrap(ctx)
		c.Set("Content-Type", kind)
		c.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="lianqiao-%s-%s.%s"`, name, a.now().In(chinaTime()).Format("20060102"), format))
		_ = c.SendString(out.String())
	}}, nil
}

func writeCSV(out *strings.Builder, heading []string, rows [][]any) error {
	w, err := sheet.NewWriter(out)
	if err != nil {
		return err
	}
	if err := w.Write(heading...); err != nil {
		return err
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = c.(string)
		}
		if err := w.Write(cells...); err != nil {
			return err
		}
	}
	return w.Close()
}

func numberOf(s string) (float64, bool) {
	var f float64
	_, err := fmt.Sscanf(s, "%g", &f)
	return f, err == nil
}
