package api

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/region"
	"lianqiao/sheet"
	"lianqiao/store"
)

const (
	sheetMost = 8 << 20 // bytes of an uploaded table
	rowsMost  = 2000    // rows of one; a longer one goes in by the command
	faultMost = 1000    // faults that are told
	validDays = 180     // of listings that are read in
)

// BadCell is what is wrong with one cell of a table.
type BadCell struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Remedy string `json:"remedy"`
}

// GoodRow is a row that was, or would be, taken.
type GoodRow struct {
	Row     int    `json:"row"`
	Firm    string `json:"firm"`
	FirmID  string `json:"firm_id" doc:"Empty while only tried and new"`
	Fresh   bool   `json:"fresh" doc:"The firm gets a new record"`
	Text    string `json:"text" doc:"How the row was understood"`
	What    string `json:"what" enum:"created,updated,same"`
	Warning string `json:"warning" doc:"Taken all the same"`
}

// SheetResult is what became of a table, or would become.
type SheetResult struct {
	Done    bool           `json:"done" doc:"Taken; else only tried"`
	Count   map[string]int `json:"count" doc:"created, updated, same, firms (new records), bad"`
	Good    []GoodRow      `json:"good" nullable:"false"`
	Bad     []BadCell      `json:"bad" nullable:"false"`
	Columns []string       `json:"columns" nullable:"false" doc:"Headings that were understood"`
	Ignored []string       `json:"ignored" nullable:"false" doc:"Headings that nobody knows; nothing of theirs is kept"`
}

type sheetForm struct {
	File huma.FormFile `form:"file" required:"true"`
}

type (
	sheetInput struct {
		Kind    string `path:"kind" enum:"firms,listings"`
		Cluster string `query:"cluster" maxLength:"64"`
		Keep    bool   `query:"keep" doc:"Take the good rows; else the table is only tried"`
		RawBody huma.MultipartFormFiles[sheetForm]
	}
	fairSheetInput struct {
		ID      string `path:"id" maxLength:"64"`
		Keep    bool   `query:"keep" doc:"Take the good rows; else the table is only tried"`
		RawBody huma.MultipartFormFiles[sheetForm]
	}
	templateInput struct {
		Kind string `path:"kind" enum:"firms,listings,parties"`
	}
	sheetOutput struct{ Body SheetResult }
)

func (a *API) mountIntake() {
	big := func(op *huma.Operation) { op.MaxBodyBytes = sheetMost }
	route(a, "GET /api/operator/sheets/{kind}", market.AsOperator, "sheet-template", a.sheetTemplate)
	route(a, "POST /api/operator/sheets/{kind}", market.AsOperator, "take-sheet", a.takeSheet, big)
	route(a, "GET /api/operator/enterprises.xlsx", market.AsOperator, "export-firms", a.exportFirms)
	route(a, "POST /api/fairs/{id}/sheet", market.AsOperator, "take-fair-sheet", a.takeFairSheet, big)
}

// tableIn is an uploaded table on its way in.
type tableIn struct {
	rows    *sheet.Rows
	columns sheet.Columns
	lang    string
	at      []int // row number of each intake
	texts   []string
	intakes []market.Intake
	out     SheetResult
}

// openTable reads the heading of an upload.
func openTable(lang string, form *sheetForm, words []sheet.Heading, needs ...string) (*tableIn, error) {
	raw, err := io.ReadAll(io.LimitReader(form.File, sheetMost))
	if err != nil {
		return nil, err
	}
	t := &tableIn{lang: lang, out: SheetResult{Count: map[string]int{}, Good: []GoodRow{}, Bad: []BadCell{}, Columns: []string{}, Ignored: []string{}}}
	if t.rows, err = sheet.Read(form.File.Filename, raw); err != nil {
		return nil, tableFault(err)
	}
	if t.columns, err = sheet.Known(t.rows, words, needs...); err != nil {
		return nil, errors.Join(tableFault(err), t.rows.Close())
	}
	for _, h := range t.rows.Heading {
		known := false
		for _, column := range t.columns.Names {
			known = known || column == h
		}
		switch {
		case h == "":
		case known:
			t.out.Columns = append(t.out.Columns, h)
		default:
			t.out.Ignored = append(t.out.Ignored, h)
		}
	}
	return t, nil
}

// tableFault says what is wrong with a whole file.
func tableFault(err error) error {
	switch {
	case errors.Is(err, sheet.ErrHeading):
		return market.Bad("file", "intake.heading")
	case errors.Is(err, sheet.ErrTooLarge):
		return &market.Error{Kind: market.TooLarge, Field: "file", Message: "intake.tooLarge"}
	}
	return market.Bad("file", "intake.kind")
}

// each hands over the rows below the heading, up to the most we take.
func (t *tableIn) each(read func(row int, cells []string) market.Errors) error {
	for n := 0; ; n++ {
		cells, err := t.rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return tableFault(err)
		}
		if n == rowsMost {
			return market.Bad("file", "intake.rows", itoa(rowsMost))
		}
		if faults := read(t.rows.Row(), cells); len(faults) > 0 {
			t.out.Count["bad"]++
			for _, f := range faults {
				column, value := t.columns.Blame(f.Field, cells)
				t.blame(t.rows.Row(), column, value, f)
			}
		}
	}
}

func (t *tableIn) blame(row int, column, value string, f *market.Error) {
	if len(t.out.Bad) < faultMost {
		t.out.Bad = append(t.out.Bad, BadCell{row, column, value, frontend.Text(t.lang, f.Message, f.Args...)})
	}
}

func (t *tableIn) add(row int, text string, x market.Intake) {
	t.at, t.texts, t.intakes = append(t.at, row), append(t.texts, text), append(t.intakes, x)
}

// take keeps the good rows, or tries to.
func (t *tableIn) take(ctx context.Context, st *store.Store, actor market.Actor, cluster string, keep bool) (*sheetOutput, error) {
	taken, err := st.TakeIn(ctx, actor, cluster, t.intakes, !keep)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, x := range taken {
		firm := &t.intakes[i].Firm
		if x.Fault != nil {
			t.out.Count["bad"]++
			t.blame(t.at[i], cmp.Or(t.columns.Names[x.Fault.Field], t.columns.Names["enterprise"]), firm.Name, x.Fault)
			continue
		}
		t.out.Count[string(x.What)]++
		if x.Fresh && !seen[x.Firm] {
			t.out.Count["firms"]++
		}
		seen[x.Firm] = true
		g := GoodRow{Row: t.at[i], Firm: firm.Name, FirmID: x.Firm, Fresh: x.Fresh, Text: t.texts[i], What: string(x.What)}
		if x.Fresh && !keep {
			g.FirmID = ""
		}
		if firm.USCC != "" && !market.USCCDigitOK(firm.USCC) {
			g.Warning = found(t.lang, "uscc", firm.USCC).Text
		}
		t.out.Good = append(t.out.Good, g)
	}
	slices.SortStableFunc(t.out.Bad, func(x, y BadCell) int { return x.Row - y.Row })
	t.out.Done = keep
	return &sheetOutput{t.out}, nil
}

func (a *API) firmReader(t *tableIn, near string) sheet.FirmReader {
	return sheet.FirmReader{Columns: t.columns, Region: near, Now: a.now(), RegionOf: func(place string) (string, bool) { return region.Find(place, near) }}
}

// operated finds a cluster that the officer runs, for its place.
func (a *API) operated(ctx context.Context, w who, id string) (market.Cluster, error) {
	clusters, err := a.cfg.Store.Clusters(ctx)
	if err != nil {
		return market.Cluster{}, err
	}
	i := slices.IndexFunc(clusters, func(c market.Cluster) bool { return c.ID == id })
	if i < 0 || !w.Operates(id) {
		return market.Cluster{}, market.ErrNotFound
	}
	return clusters[i], nil
}

// takeSheet reads an association's table of firms, or of what they offer and
// seek. Bad rows are told cell by cell, the good ones go in.
func (a *API) takeSheet(ctx context.Context, w who, in *sheetInput) (*sheetOutput, error) {
	c, err := a.operated(ctx, w, in.Cluster)
	if err != nil {
		return nil, err
	}
	words, needs := sheet.FirmHeadings, []string{"enterprise"}
	if in.Kind == "listings" {
		words, needs = sheet.ListingHeadings, []string{"enterprise", "product"}
	}
	t, err := openTable(w.lang, in.RawBody.Data(), words, needs...)
	if err != nil {
		return nil, err
	}
	defer t.rows.Close()
	firms := a.firmReader(t, c.Region)
	read := func(row int, cells []string) market.Errors {
		e, faults := firms.ReadFirm(cells)
		if len(faults) == 0 {
			t.add(row, strings.Join(kept(e.USCC, region.Name(e.Region), e.MainProducts, e.Contact.Name, e.Contact.Phone), " · "), market.Intake{Firm: e})
		}
		return faults
	}
	if in.Kind == "listings" {
		listings := sheet.ListingReader{FirmReader: firms, Source: "desk " + c.ID, Prose: true, ValidUntil: a.now().Truncate(24*time.Hour).AddDate(0, 0, validDays)}
		listings.Quantity, _ = sheet.ReadQuantity("1 批")
		read = func(row int, cells []string) market.Errors {
			x, faults := listings.Read(cells)
			if len(faults) == 0 {
				t.add(row, listingText(w.lang, &x.Listing), market.Intake{Firm: x.Firm, Listing: &x.Listing})
			}
			return faults
		}
	}
	if err := t.each(read); err != nil {
		return nil, err
	}
	return t.take(ctx, a.cfg.Store, w.Actor, c.ID, in.Keep)
}

// listingText says how a row was understood.
func listingText(lang string, l *market.Listing) string {
	amount := ""
	if l.Quantity.Amount.IsPositive() {
		amount = l.Quantity.Amount.String() + " " + l.Quantity.Unit
		if l.Quantity.Per == market.PerMonth {
			amount += frontend.Text(lang, "app.perMonth")
		}
	}
	price := frontend.Text(lang, "app.negotiable")
	if !l.Price.Negotiable {
		price = "¥" + yuan(l.Price.Fen) + "/" + l.Price.Unit
	}
	return strings.Join(kept(frontend.Text(lang, "app.side."+string(l.Side)), l.Title, amount, price, region.Name(l.Region)), " · ")
}

// kept are the texts that say something.
func kept(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// takeFairSheet registers the firms of an association's list for a fair. One row
// a person is as good as one row a firm.
func (a *API) takeFairSheet(ctx context.Context, w who, in *fairSheetInput) (*sheetOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	// Firms without a record begin one in a cluster of the fair that he runs.
	i := slices.IndexFunc(f.Clusters, w.Operates)
	if i < 0 {
		return nil, market.ErrNotFound
	}
	c, err := a.operated(ctx, w, f.Clusters[i])
	if err != nil {
		return nil, err
	}
	t, err := openTable(w.lang, in.RawBody.Data(), sheet.PartyHeadings, "enterprise")
	if err != nil {
		return nil, err
	}
	defer t.rows.Close()
	parties := sheet.PartyReader{FirmReader: a.firmReader(t, c.Region), FairID: f.ID}
	of := map[string]int{} // by name, place in t.intakes
	err = t.each(func(row int, cells []string) market.Errors {
		firm, p, faults := parties.Read(cells)
		n, again := of[firm.Name]
		if again && len(faults) == 0 {
			p = sheet.Join(*t.intakes[n].Party, p)
		}
		if len(p.Reps) > 9 {
			faults.Add(market.Bad("reps", "error.fair.reps"))
		}
		if len(faults) > 0 {
			return faults
		}
		if !again {
			n = len(t.intakes)
			of[firm.Name] = n
			t.add(row, "", market.Intake{Firm: firm})
		}
		t.intakes[n].Party, t.texts[n] = &p, partyText(w.lang, &p, &firm)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.take(ctx, a.cfg.Store, w.Actor, c.ID, in.Keep)
}

func partyText(lang string, p *market.FairParty, e *market.Enterprise) string {
	var reps []string
	for _, r := range p.Reps {
		reps = append(reps, strings.Join(kept(r.Name, r.Phone), " "))
	}
	if len(reps) == 0 {
		reps = kept(strings.Join(kept(e.Contact.Name, e.Contact.Phone), " "))
	}
	return strings.Join(append([]string{frontend.Text(lang, "fair.role."+string(p.Role))}, reps...), " · ")
}

// examples are the rows of the templates below their headings.
var examples = map[string][][]any{
	"firms":    {{"石家庄示例机械有限公司", "", "生产", "鹿泉区", "减速机、齿轮", "张三", "0311-00000000", ""}},
	"listings": {{"需", "", "圆钢", "45# Φ50–120", "60", "吨/月", "4200", "", "", "", "需要探伤", "", "石家庄示例机械有限公司", "", "生产", "鹿泉区", "", "张三", "0311-00000000", ""}},
	"parties":  {{"采购方", "张三、李四", "0311-00000000", "石家庄示例机械有限公司", "", "生产", "鹿泉区", "减速机、齿轮", "张三", "0311-00000000", ""}},
}

// sheetTemplate is an empty table to be filled, with one line to show how.
func (a *API) sheetTemplate(_ context.Context, w who, in *templateInput) (*bookOutput, error) {
	words := map[string][]sheet.Heading{"firms": sheet.FirmHeadings, "listings": sheet.ListingHeadings, "parties": sheet.PartyHeadings}[in.Kind]
	table := sheet.Table{Name: frontend.Text(w.lang, "intake.kind."+in.Kind), Rows: examples[in.Kind]}
	for _, h := range words {
		table.Heading = append(table.Heading, h.Words[0])
	}
	return a.book("template-"+in.Kind, table)
}

// exportFirms is the officer's firms as a workbook. Its first columns are those
// that a table of firms is read by; whom to call is the firm's own to show.
func (a *API) exportFirms(ctx context.Context, w who, in *FirmsFilter) (*bookOutput, error) {
	search, err := in.search(w)
	if err != nil {
		return nil, err
	}
	text := func(key string) string { return frontend.Text(w.lang, key) }
	clusters, err := a.clusterNames(ctx)
	if err != nil {
		return nil, err
	}
	word := map[string]string{}
	for _, h := range sheet.FirmHeadings {
		word[h.Field] = h.Words[0]
	}
	table := sheet.Table{Name: text("app.desk.firms"), Heading: []string{word["enterprise"], word["uscc"], word["kind"], word["region"], word["products"], text("record.links"), text("app.cluster"), text("firms.level"), text("firms.by"), text("app.verified.basis"), text("firms.at"), text("firms.standing"), text("record.honours")}}
	for after := ""; ; {
		list, next, err := a.cfg.Store.OperatedEnterprises(ctx, w.Actor, search, after, limitMost)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			var honours, links []string
			codes, _ := a.linksOf(&e)
			for _, code := range codes {
				links = append(links, className(w.lang, code))
			}
			for _, h := range e.Honours {
				if h.Counts(a.now()) {
					honours = append(honours, text("honour."+string(h.Kind)))
				}
			}
			table.Rows = append(table.Rows, []any{e.Name, e.USCC, text("app.kind." + string(e.Kind)), region.Name(e.Region), e.MainProducts, strings.Join(links, "、"), clusters[e.ClusterID],
				text("level." + string(e.Verified.Level)), e.Verified.ByName, e.Verified.Basis, dayOf(e.Verified.At), text("app.standing." + string(e.Standing)), strings.Join(honours, "、")})
		}
		if after = next; after == "" {
			return a.book("firms", table)
		}
	}
}
