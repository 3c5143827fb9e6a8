package api

import (
	"cmp"
	"slices"

	"lianqiao/frontend"
	"lianqiao/market"
)

// sums are amounts in fen by how well they stand.
type sums struct {
	said      int64
	contracts int
	banded    int
	of        map[string]int64 // by strength
}

// add counts a talk: its contract where the ledger has one, else what was said.
func (s *sums) add(line *ReportLine, fen int64) {
	if !market.Stage(line.Stage).Counts() {
		s.said += fen
		return
	}
	if s.of == nil {
		s.of = map[string]int64{}
	}
	s.contracts++
	if line.Band {
		s.banded++
	}
	s.of[line.Strength] += fen
}

func (s *sums) view() Sums {
	all := s.of[string(market.Claimed)] + s.of[string(market.Confirmed)] + s.of[string(market.Seen)]
	return Sums{fairAmount(s.said), s.contracts, fairAmount(all), fairAmount(s.of[string(market.Claimed)]), fairAmount(s.of[string(market.Confirmed)]), fairAmount(s.of[string(market.Seen)]), s.banded}
}

// reportPart is a share while it is added up.
type reportPart struct {
	firms        map[string]bool
	held, strong int
	sums         sums
}

func (p *reportPart) add(line *ReportLine, fen int64) {
	p.held++
	if line.Result != string(market.ResultNone) {
		p.strong++
	}
	p.sums.add(line, fen)
}

func (p *reportPart) view(code, name string) ReportPart {
	return ReportPart{code, name, len(p.firms), p.held, p.strong, p.sums.view()}
}

// reportCount adds up a report.
type reportCount struct {
	ReportFigures
	all      reportPart
	clusters map[string]*reportPart
	chains   map[string]*reportPart // by branch
	firm     map[string]*reportPart
	party    map[string]market.FairParty
	records  map[string]market.Enterprise
	came     map[string]int
}

func newReportCount(parties map[string]market.FairParty, firms map[string]market.Enterprise, arrivals []market.FairArrival) *reportCount {
	c := &reportCount{clusters: map[string]*reportPart{}, chains: map[string]*reportPart{}, firm: map[string]*reportPart{}, party: parties, records: firms, came: map[string]int{}}
	c.Firms, c.Results, c.Came = len(parties), map[string]int{}, len(arrivals)
	for _, x := range arrivals {
		c.came[x.EnterpriseID]++
	}
	c.Arrived = len(c.came)
	for id, p := range parties {
		c.People += len(p.Reps)
		part(c.clusters, firms[id].ClusterID).firms[id] = true
	}
	return c
}

func part(of map[string]*reportPart, key string) *reportPart {
	if of[key] == nil {
		of[key] = &reportPart{firms: map[string]bool{}}
	}
	return of[key]
}

func (c *reportCount) add(line ReportLine, fen int64) {
	switch {
	case line.Time != "":
		c.Planned++
	case line.Result == "":
		c.Unmet++
	}
	if line.Result == "" {
		return
	}
	c.Results[line.Result]++
	if line.Agreed {
		c.Agreed++
	}
	c.all.add(&line, fen)
	chain := part(c.chains, line.Class)
	chain.add(&line, fen)
	clusters := []string{}
	for _, id := range []string{line.A, line.B} {
		chain.firms[id] = true
		part(c.firm, id).add(&line, fen)
		clusters = append(clusters, c.records[id].ClusterID)
	}
	slices.Sort(clusters)
	for _, id := range slices.Compact(clusters) {
		part(c.clusters, id).add(&line, fen)
	}
}

func (c *reportCount) done(names map[string]string, lang string) ReportFigures {
	c.Held, c.Talked, c.Sums = c.all.held, len(c.firm), c.all.sums.view()
	c.Clusters, c.Chains = []ReportPart{}, []ReportPart{}
	for id, p := range c.clusters {
		c.Clusters = append(c.Clusters, p.view(id, cmp.Or(names[id], frontend.Text(lang, "fair.report.elsewhere"))))
	}
	for code, p := range c.chains {
		c.Chains = append(c.Chains, p.view(code, branchName(lang, code)))
	}
	for _, list := range [][]ReportPart{c.Clusters, c.Chains} {
		slices.SortFunc(list, func(x, y ReportPart) int { return cmp.Or(cmp.Compare(y.Held, x.Held), cmp.Compare(x.Name, y.Name)) })
	}
	return c.ReportFigures
}

// totals are the last rows of the tables by class and by cluster.
func (f *ReportFigures) totals(name string) (chains, clusters ReportPart) {
	chains = ReportPart{Name: name, Firms: f.Talked, Held: f.Held, Strong: f.Held - f.Results[string(market.ResultNone)], Sums: f.Sums}
	clusters = chains
	clusters.Firms = f.Firms
	return chains, clusters
}

// firms lists who was registered, by name.
func (c *reportCount) firms() []ReportFirm {
	out := []ReportFirm{}
	for id, p := range c.party {
		made := part(c.firm, id)
		out = append(out, ReportFirm{id, c.records[id].Name, string(p.Role), c.records[id].ClusterID, len(p.Reps), c.came[id], p.Absent, made.held, made.strong, made.sums.view()})
	}
	slices.SortFunc(out, func(x, y ReportFirm) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return out
}
