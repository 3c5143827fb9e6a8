package api

import (
	"context"
	"maps"
	"slices"

	"lianqiao/chain"
	"lianqiao/frontend"
	"lianqiao/market"
)

// ReportLine is one talk with what came of it.
type ReportLine struct {
	Said              // the lower figure where both name one, or what the ledger has by now
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
	Talked   int            `json:"talked" doc:"Firms of which at least one talk was held"`
	Sums     Sums           `json:"sums"`
	Clusters []ReportPart   `json:"clusters" nullable:"false"`
	Chains   []ReportPart   `json:"chains" nullable:"false" doc:"By what the two have to do with each other; each talk counts once"`
	Ledger   []Figure       `json:"ledger" nullable:"false" doc:"What the talks came to in the ledger, by stage and strength"`
}

// ReportPart is a share: of a cluster, where a talk counts for each cluster of its
// firms, or of a class of goods.
type ReportPart struct {
	Code   string `json:"code" doc:"Of the class, empty where no listings fit; of a cluster its id"`
	Name   string `json:"name"`
	Firms  int    `json:"firms" doc:"Registered firms of the cluster; firms that talked about the class"`
	Held   int    `json:"held"`
	Strong int    `json:"strong" doc:"Intentions, samples and orders"`
	Sums
}

// Sums parts an amount by how well it stands: what was only said at the table,
// and what the ledger has as contracts.
type Sums struct {
	Said      string `json:"said" doc:"Yuan that a side named at the table and the ledger has no contract of"`
	Contracts int    `json:"contracts" doc:"Talks with a contract in the ledger"`
	Contract  string `json:"contract" doc:"Yuan of all contracts"`
	Claimed   string `json:"claimed" doc:"Yuan of contracts that one side claims"`
	Confirmed string `json:"confirmed" doc:"Yuan of contracts that both sides confirm"`
	Seen      string `json:"seen" doc:"Yuan of contracts whose documents the association saw"`
	Banded    int    `json:"banded" doc:"Contracts of which a band was said; its lower end counts"`
}

// ReportFirm is a firm of the fair with what it made of it.
type ReportFirm struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Role    string `json:"role"`
	Cluster string `json:"cluster" doc:"Id"`
	People  int    `json:"people"`
	Came    int    `json:"came"`
	Absent  bool   `json:"absent"`
	Held    int    `json:"held"`
	Strong  int    `json:"strong"`
	Sums
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
	Firms   []ReportFirm  `json:"firms" nullable:"false"`
}

type (
	fairReportOutput struct{ Body FairReport }
	unmetOutput      struct{ Body UnmetNeeds }
	replyInput       struct {
		ID    string `path:"id" maxLength:"64"`
		By    string `path:"by" maxLength:"64"`
		Other string `path:"other" maxLength:"64"`
	}
	bookOutput struct {
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
	route(a, "DELETE /api/fairs/{id}/replies/{by}/{other}", market.AsOperator, "take-back-reply", func(ctx context.Context, w who, in *replyInput) (*none, error) {
		if _, err := a.fairRun(ctx, w, in.ID); err != nil {
			return nil, err
		}
		return nil, a.cfg.Store.TakeBackReply(ctx, w.Actor, in.ID, market.PairOf(in.By, in.Other), in.By)
	})
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
	r.Release, r.Lines, r.Firms = last.Number, []ReportLine{}, []ReportFirm{}
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
		count.add(line, fen)
		if !w.MayRunFair(&f) {
			// What the two wrote, whom one wanted and did not get, and why: the organiser's affair.
			if line.Notes, line.Why = []string{}, ""; m.Slot == 0 && line.Result == "" {
				continue
			}
		}
		r.Lines = append(r.Lines, line)
	}
	clusters, err := a.clusterNames(ctx)
	r.Figures, r.Firms = count.done(clusters, w.lang), count.firms()
	r.Figures.Ledger = []Figure{}
	for _, x := range market.Sum(slices.Collect(maps.Values(outcomes))) {
		r.Figures.Ledger = append(r.Figures.Ledger, Figure{string(x.Stage), string(x.Strength), x.Count, x.Banded, fairAmount(x.Fen)})
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
	upTo, strength := int64(0), func(r string) int { return slices.Index(market.FairResults, market.FairResult(r)) }
	for _, x := range said {
		if x.By == m.A {
			line.ResultA = string(x.Result)
		} else {
			line.ResultB = string(x.Result)
		}
		if strength(string(x.Result)) > strength(line.Result) || line.Result == "" {
			line.Result = string(x.Result)
		}
		if x.Fen > 0 && x.Result != market.ResultNone && (fen == 0 || x.Fen < fen) {
			fen = x.Fen
		}
		if x.Note != "" {
			line.Notes = append(line.Notes, x.Note)
		}
		if o, ok := outcomes[x.OutcomeID]; ok {
			now := o.Result()
			line.Stage, line.Strength = string(now.Stage), string(now.Strength)
			if now.Stage.Counts() {
				fen, upTo = now.Fen, now.UpTo
			}
		}
	}
	line.Agreed = line.ResultA != "" && line.ResultA == line.ResultB
	line.Said = saidView(fen, upTo)
	return line, fen
}

func fairAmount(fen int64) string {
	if fen == 0 {
		return ""
	}
	return groupDigits(yuan(fen))
}
