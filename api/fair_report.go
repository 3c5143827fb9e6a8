package api

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
)

// ReportLine is one talk with what came of it.
type ReportLine struct {
	A        string   `json:"a"`
	B        string   `json:"b"`
	NameA    string   `json:"name_a"`
	NameB    string   `json:"name_b"`
	Time     string   `json:"time"`
	Table    int      `json:"table"`
	Class    string   `json:"class" doc:"What the two have to do with each other: two digits of GB/T 4754; empty: no listings of theirs fit"`
	ResultA  string   `json:"result_a"`
	ResultB  string   `json:"result_b"`
	Result   string   `json:"result" doc:"The stronger of the two words; empty: nobody said anything"`
	Agreed   bool     `json:"agreed" doc:"Both sides said the same"`
	Amount   string   `json:"amount" doc:"Yuan; the lower figure where both name one, or what the ledger has by now"`
	Stage    string   `json:"stage" enum:",contact,sample,trial,contract,delivered,reorder" doc:"How far the ledger has it by now"`
	Strength string   `json:"strength" enum:",claimed,confirmed,seen" doc:"How well that stands"`
	Notes    []string `json:"notes" nullable:"false" doc:"What the two said in their own words"`
	Why      string   `json:"why" doc:"For a talk that was asked for and not placed"`
}

// ReportFigures are counted from the lines, so each can be opened.
type ReportFigures struct {
	Firms    int            `json:"firms"`
	Arrived  int            `json:"arrived"`
	People   int            `json:"people"`
	Came     int            `json:"came"`
	Planned  int            `json:"planned"`
	Held     int            `json:"held" doc:"Talks of which at least one side reported"`
	Agreed   int            `json:"agreed"`
	Unmet    int            `json:"unmet" doc:"Talks asked for and not placed"`
	Results  map[string]int `json:"results"`
	Amount   string         `json:"amount"`
	Clusters []ReportPart   `json:"clusters" nullable:"false"`
	Chains   []ReportPart   `json:"chains" nullable:"false" doc:"By what the two have to do with each other; each talk counts once"`
	Ledger   []Figure       `json:"ledger" nullable:"false" doc:"What the talks came to in the ledger, by stage and strength"`
}

// ReportPart is a share: of a cluster, where a talk counts for each cluster of its
// firms, or of a class of goods.
type ReportPart struct {
	Code   string `json:"code" doc:"Of the class; empty for a cluster, and where no listings fit"`
	Name   string `json:"name"`
	Firms  int    `json:"firms"`
	Held   int    `json:"held"`
	Strong int    `json:"strong" doc:"Intentions, samples and orders"`
	Amount string `json:"amount"`
}

// UnmetNeed is a live need of a fair's firm that the fair did not help.
type UnmetNeed struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	Class        string `json:"class"`
	ClassName    string `json:"class_name"`
	EnterpriseID string `json:"enterprise_id"`
	Enterprise   string `json:"enterprise"`
}

// UnmetNeeds are the first of them.
type UnmetNeeds struct {
	Needs []UnmetNeed `json:"needs" nullable:"false"`
	More  bool        `json:"more"`
}

// unmetMost is how many needs a report lists.
const unmetMost = 1000

// FairReport is a fair's result.
type FairReport struct {
	Release int           `json:"release"`
	Figures ReportFigures `json:"figures"`
	Lines   []ReportLine  `json:"lines" nullable:"false"`
}

type (
	fairReportOutput struct{ Body FairReport }
	unmetOutput      struct{ Body UnmetNeeds }
	bookOutput       struct {
		ContentType        string `header:"Content-Type"`
		ContentDisposition string `header:"Content-Disposition"`
		Body               []byte
	}
)

func (a *API) mountFairReport() {
	route(a, "GET /api/fairs/{id}/report", market.AsReader, "fair-report", func(ctx context.Context, w who, in *idInput) (*fairReportOutput, error) {
		r, err := a.fairReport(ctx, w, in.ID)
		return &fairReportOutput{r}, err
	})
	route(a, "GET /api/fairs/{id}/report.xlsx", market.AsReader, "fair-report-book", a.fairBook)
	route(a, "GET /api/fairs/{id}/unmet", market.AsReader, "fair-unmet", func(ctx context.Context, w who, in *idInput) (*unmetOutput, error) {
		needs, err := a.unmetNeeds(ctx, w, in.ID)
		return &unmetOutput{needs}, err
	})
}

func (a *API) fairReport(ctx context.Context, w who, id string) (r FairReport, err error) {
	f, err := a.cfg.Store.Fair(ctx, id)
	if err == nil && !w.MayReadFair(&f) {
		err = market.ErrNotFound
	}
	if err != nil {
		return r, err
	}
	last, _, err := a.cfg.Store.Releases(ctx, id)
	if err != nil {
		return r, err
	}
	r.Release, r.Lines = last.Number, []ReportLine{}
	var meetings []market.Meeting
	if last.ID != "" {
		if meetings, err = a.cfg.Store.Meetings(ctx, last.ID, ""); err != nil {
			return r, err
		}
	}
	replies, err := a.cfg.Store.Replies(ctx, id)
	if err != nil {
		return r, err
	}
	outcomes, err := a.cfg.Store.RepliedOutcomes(ctx, id)
	if err != nil {
		return r, err
	}
	subjects, err := a.cfg.Store.Subjects(ctx, id)
	if err != nil {
		return r, err
	}
	parties, firms, err := a.namedParties(ctx, id)
	if err != nil {
		return r, err
	}
	arrivals, err := a.cfg.Store.Arrivals(ctx, id, "")
	if err != nil {
		return r, err
	}
	said := map[market.Pair][]market.FairReply{}
	for _, x := range replies {
		said[x.Pair] = append(said[x.Pair], x)
	}
	// What was said of a talk counts although a later release moved or dropped it.
	for _, x := range replies {
		if !slices.ContainsFunc(meetings, func(m market.Meeting) bool { return m.Pair == x.Pair }) {
			meetings = append(meetings, market.Meeting{Pair: x.Pair})
		}
	}
	names, err := a.namesOf(ctx, &market.Hall{Parties: parties}, meetings)
	if err != nil {
		return r, err
	}
	times := slotTimes(&f)
	count := newReportCount(parties, firms, arrivals)
	for _, m := range meetings {
		line, fen := reportLine(m, said[m.Pair], outcomes)
		line.NameA, line.NameB, line.Time = names[m.A], names[m.B], times[m.Slot]
		line.Class = branchOf(subjects[m.Pair])
		if m.Slot == 0 && line.Result == "" {
			line.Why = whyText(w.lang, m, names)
		}
		count.add(line, fen, firms)
		if !w.MayRunFair(&f) {
			// What the two wrote, whom one wanted and did not get, and why: the organiser's affair.
			if line.Notes, line.Why = []string{}, ""; m.Slot == 0 && line.Result == "" {
				continue
			}
		}
		r.Lines = append(r.Lines, line)
	}
	clusters, err := a.clusterNames(ctx)
	r.Figures = count.done(clusters, w.lang)
	r.Figures.Ledger = []Figure{}
	for _, x := range market.Sum(slices.Collect(maps.Values(outcomes))) {
		r.Figures.Ledger = append(r.Figures.Ledger, Figure{string(x.Stage), string(x.Strength), x.Count, fairAmount(x.Fen)})
	}
	return r, err
}

// branchOf is the branch of industry of a class: its first two digits.
func branchOf(class string) string { return class[:min(2, len(class))] }

func branchName(lang, code string) string {
	c, ok := chain.ClassByCode(code)
	switch {
	case !ok:
		return frontend.Text(lang, "fair.report.noClass")
	case lang == "en":
		return c.NameEN
	}
	return c.Name
}

// unmetNeeds lists what is left to look for, for whoever may read the fair.
func (a *API) unmetNeeds(ctx context.Context, w who, id string) (out UnmetNeeds, err error) {
	f, err := a.cfg.Store.Fair(ctx, id)
	if err == nil && !w.MayReadFair(&f) {
		err = market.ErrNotFound
	}
	if err != nil {
		return out, err
	}
	needs, err := a.cfg.Store.UnmetNeeds(ctx, id, unmetMost+1)
	if err != nil {
		return out, err
	}
	out.More, needs = len(needs) > unmetMost, needs[:min(len(needs), unmetMost)]
	_, firms, err := a.namedParties(ctx, id)
	out.Needs = make([]UnmetNeed, len(needs))
	for i, l := range needs {
		out.Needs[i] = UnmetNeed{l.ID, l.Title, l.Class, branchName(w.lang, branchOf(l.Class)), l.EnterpriseID, firms[l.EnterpriseID].Name}
	}
	return out, err
}

// reportLine puts the words of both sides together, and what the ledger has.
func reportLine(m market.Meeting, said []market.FairReply, outcomes map[string]market.Outcome) (line ReportLine, fen int64) {
	line = ReportLine{A: m.A, B: m.B, Table: m.Table, Notes: []string{}}
	strength := func(r string) int { return slices.Index(market.FairResults, market.FairResult(r)) }
	for _, x := range said {
		if x.By == m.A {
			line.ResultA = string(x.Result)
		} else {
			line.ResultB = string(x.Result)
		}
		if strength(string(x.Result)) > strength(line.Result) || line.Result == "" {
			line.Result = string(x.Result)
		}
		if x.Fen > 0 && (fen == 0 || x.Fen < fen) {
			fen = x.Fen
		}
		if x.Note != "" {
			line.Notes = append(line.Notes, x.Note)
		}
		if o, ok := outcomes[x.OutcomeID]; ok {
			now := o.Result()
			line.Stage, line.Strength = string(now.Stage), string(now.Strength)
			if now.Stage.Counts() {
				fen = now.Fen
			}
		}
	}
	line.Agreed = line.ResultA != "" && line.ResultA == line.ResultB
	line.Amount = fairAmount(fen)
	return line, fen
}

func fairAmount(fen int64) string {
	if fen == 0 {
		return ""
	}
	return groupDigits(yuan(fen))
}

// reportCount adds up a report.
type reportCount struct {
	ReportFigures
	fen  int64
	part map[string]*ReportPart // by cluster
	fens map[string]int64
	link map[string]*reportLink // by branch
}

// reportLink is what talks about the goods of one branch came to.
type reportLink struct {
	ReportPart
	fen   int64
	firms map[string]bool
}

func newReportCount(parties map[string]market.FairParty, firms map[string]market.Enterprise, arrivals []market.FairArrival) *reportCount {
	c := &reportCount{part: map[string]*ReportPart{}, fens: map[string]int64{}, link: map[string]*reportLink{}}
	c.Firms, c.Results, c.Came = len(parties), map[string]int{}, len(arrivals)
	came := map[string]bool{}
	for _, x := range arrivals {
		came[x.EnterpriseID] = true
	}
	c.Arrived = len(came)
	for id, p := range parties {
		c.People += len(p.Reps)
		c.of(firms[id].ClusterID).Firms++
	}
	return c
}

func (c *reportCount) of(cluster string) *ReportPart {
	if c.part[cluster] == nil {
		c.part[cluster] = &ReportPart{}
	}
	return c.part[cluster]
}

func (c *reportCount) add(line ReportLine, fen int64, firms map[string]market.Enterprise) {
	switch {
	case line.Time != "":
		c.Planned++
	case line.Result == "":
		c.Unmet++
	}
	if line.Result == "" {
		return
	}
	c.Held++
	c.Results[line.Result]++
	c.fen += fen
	if line.Agreed {
		c.Agreed++
	}
	link := c.link[line.Class]
	if link == nil {
		link = &reportLink{ReportPart: ReportPart{Code: line.Class}, firms: map[string]bool{}}
		c.link[line.Class] = link
	}
	link.Held++
	if line.Result != string(market.ResultNone) {
		link.Strong++
	}
	link.fen += fen
	link.firms[line.A], link.firms[line.B] = true, true
	clusters := []string{firms[line.A].ClusterID, firms[line.B].ClusterID}
	slices.Sort(clusters)
	for _, id := range slices.Compact(clusters) {
		p := c.of(id)
		p.Held++
		if line.Result != string(market.ResultNone) {
			p.Strong++
		}
		c.fens[id] += fen
	}
}

func (c *reportCount) done(names map[string]string, lang string) ReportFigures {
	c.Amount, c.Clusters = fairAmount(c.fen), []ReportPart{}
	for id, p := range c.part {
		p.Name, p.Amount = cmp.Or(names[id], frontend.Text(lang, "fair.report.elsewhere")), fairAmount(c.fens[id])
		c.Clusters = append(c.Clusters, *p)
	}
	c.Chains = []ReportPart{}
	for code, l := range c.link {
		l.Name, l.Amount, l.Firms = branchName(lang, code), fairAmount(l.fen), len(l.firms)
		c.Chains = append(c.Chains, l.ReportPart)
	}
	for _, list := range [][]ReportPart{c.Clusters, c.Chains} {
		slices.SortFunc(list, func(x, y ReportPart) int { return cmp.Or(cmp.Compare(y.Held, x.Held), cmp.Compare(x.Name, y.Name)) })
	}
	return c.ReportFigures
}

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
	talks := sheet.Table{Name: text("fair.report.lines"), Heading: []string{text("fair.time"), text("fair.tableWord"), text("fair.firm") + " 1", text("fair.firm") + " 2", text("fair.report.chain"), text("fair.said") + " 1", text("fair.said") + " 2", text("fair.result"), text("fair.amount"), text("fair.stage"), text("fair.strength"), text("fair.notes"), text("fair.why")}}
	for _, x := range r.Lines {
		table, class := "", ""
		if x.Table > 0 {
			table = itoa(x.Table)
		}
		if x.Class != "" {
			class = branchName(w.lang, x.Class)
		}
		talks.Rows = append(talks.Rows, []any{x.Time, table, x.NameA, x.NameB, class, result(x.ResultA), result(x.ResultB), result(x.Result), x.Amount,
			word("app.stage.", x.Stage), word("app.strength.", x.Strength), strings.Join(x.Notes, "；"), x.Why})
	}
	shares := func(name, of string, parts []ReportPart) sheet.Table {
		t := sheet.Table{Name: text(name), Heading: []string{text(of), text("fair.report.firms"), text("fair.report.held"), text("fair.report.strong"), text("fair.amount")}}
		for _, p := range parts {
			t.Rows = append(t.Rows, []any{p.Name, p.Firms, p.Held, p.Strong, p.Amount})
		}
		return t
	}
	ledger := sheet.Table{Name: text("fair.report.ledger"), Heading: []string{text("fair.stage"), text("fair.strength"), text("fair.report.count"), text("fair.amount")}}
	for _, x := range r.Figures.Ledger {
		ledger.Rows = append(ledger.Rows, []any{word("app.stage.", x.Stage), word("app.strength.", x.Strength), x.Count, x.Amount})
	}
	needs := sheet.Table{Name: text("fair.report.needs"), Heading: []string{text("fair.report.chain"), text("fair.report.need"), text("fair.firm")}}
	for _, x := range unmet.Needs {
		needs.Rows = append(needs.Rows, []any{x.ClassName, x.Title, x.Enterprise})
	}
	var out bytes.Buffer
	err = sheet.WriteTables(&out, talks, shares("fair.report.chains", "fair.report.chain", r.Figures.Chains), shares("fair.report.clusters", "fair.report.cluster", r.Figures.Clusters), ledger, needs)
	if err != nil {
		return nil, err
	}
	name := "fair-report-" + a.now().In(chinaTime()).Format(time.DateOnly) + ".xlsx"
	return &bookOutput{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="` + name + `"`, out.Bytes()}, nil
}
