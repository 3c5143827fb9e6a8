package api

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
)

// PlanFirm is what a firm asked for and what a plan gives it.
type PlanFirm struct {
	EnterpriseID string `json:"enterprise_id"`
	Name         string `json:"name"`
	Role         string `json:"role"`
	Asked        int    `json:"asked" doc:"Talks that it, or the other, wants"`
	Got          int    `json:"got"`
	Wished       int    `json:"wished" doc:"Its own wishes"`
	WishedGot    int    `json:"wished_got"`
	Musts        int    `json:"musts" doc:"Its own musts"`
	MustsGot     int    `json:"musts_got"`
	Gaps         int    `json:"gaps"`
	TableChanges int    `json:"table_changes"`
}

// PlanTerm is one part of a plan's total: so many of something at a weight.
type PlanTerm struct {
	Name   string `json:"name" enum:"value,empty,short,gap,table"`
	Count  int64  `json:"count"`
	Weight int64  `json:"weight"`
	Points int64  `json:"points"`
}

func (a *API) mountPlanBook() {
	route(a, "GET /api/plans/{id}/book.xlsx", market.AsOperator, "plan-book", a.planBook)
	route(a, "POST /api/plans/{id}/copy", market.AsOperator, "copy-plan", a.copyPlan, created)
}

// whyText says in words why a talk is not in the plan, and because of whom.
func whyText(lang string, m market.Meeting, names map[string]string) string {
	key := "fair.why." + cmp.Or(m.Why, "displaced")
	if name := names[m.WhyID]; name != "" {
		return frontend.Text(lang, key+".of", name)
	}
	return frontend.Text(lang, key)
}

func planTerms(f market.PlanFigures) []PlanTerm {
	term := func(name string, count, weight int64) PlanTerm { return PlanTerm{name, count, weight, count * weight} }
	return []PlanTerm{term("value", f.Value, 1), term("empty", int64(f.Empty), -market.WeightEmpty), term("short", int64(f.Short), -market.WeightShort),
		term("gap", int64(f.Gaps), -market.WeightGap), term("table", int64(f.TableChanges), -market.WeightTable)}
}

// planFirms sets beside each other what every firm asked for and got.
func (a *API) planFirms(ctx context.Context, hall *market.Hall, meetings []market.Meeting, names map[string]string) ([]PlanFirm, error) {
	wishes, err := a.cfg.Store.Wishes(ctx, hall.Fair.ID, "")
	if err != nil {
		return nil, err
	}
	of, placed := map[string][]market.Meeting{}, map[market.Pair]bool{}
	for _, m := range meetings {
		of[m.A], of[m.B] = append(of[m.A], m), append(of[m.B], m)
		placed[m.Pair] = m.Slot > 0
	}
	firms := map[string]*PlanFirm{}
	for id, p := range hall.Parties {
		firms[id] = &PlanFirm{EnterpriseID: id, Name: names[id], Role: string(p.Role)}
	}
	for id, list := range of {
		if firms[id] == nil { // it left after the plan was made
			firms[id] = &PlanFirm{EnterpriseID: id, Name: names[id]}
		}
		n := hall.Count(list)
		firms[id].Asked, firms[id].Got = len(list), n.Placed
		firms[id].Gaps, firms[id].TableChanges = hall.Idle(id, list)
	}
	for _, w := range wishes {
		f := firms[w.By]
		if f == nil || !w.Mark.Invites() {
			continue
		}
		got := 0
		if placed[market.PairOf(w.By, w.Other)] {
			got = 1
		}
		f.Wished, f.WishedGot = f.Wished+1, f.WishedGot+got
		if w.Mark == market.WishMust {
			f.Musts, f.MustsGot = f.Musts+1, f.MustsGot+got
		}
	}
	out := []PlanFirm{}
	for _, f := range firms {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(x, y PlanFirm) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.EnterpriseID, y.EnterpriseID))
	})
	return out, nil
}

// planBook is the plan as a workbook: the talks, the firms, what was not placed and why.
func (a *API) planBook(ctx context.Context, w who, in *idInput) (*bookOutput, error) {
	got, err := a.getPlan(ctx, w, in)
	if err != nil {
		return nil, err
	}
	p := got.Body
	f, err := a.fairRun(ctx, w, p.FairID)
	if err != nil {
		return nil, err
	}
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	talks := sheet.Table{Name: text("fair.book.talks"), Heading: []string{text("fair.day"), text("fair.time"), text("fair.hall"), text("fair.tableWord"), text("fair.firm") + " 1", text("fair.firm") + " 2", text("fair.must"), text("fair.value"), text("fair.locked")}}
	open := sheet.Table{Name: text("fair.book.open"), Heading: []string{text("fair.firm") + " 1", text("fair.firm") + " 2", text("fair.must"), text("fair.value"), text("fair.why")}}
	firms := sheet.Table{Name: text("fair.book.firms"), Heading: []string{text("fair.firm"), text("fair.role.ask"), text("fair.book.asked"), text("fair.book.got"), text("fair.book.wished"), text("fair.book.wishedGot"), text("fair.book.musts"), text("fair.book.mustsGot"), text("fair.gaps"), text("fair.changes")}}
	tick := map[bool]string{true: "✓"}
	slots := f.Slots()
	for _, m := range p.Meetings {
		if m.Slot < 1 || m.Slot > len(slots) {
			open.Rows = append(open.Rows, []any{p.Names[m.A], p.Names[m.B], tick[m.Must], m.Value, m.Why})
			continue
		}
		at := slotView(slots[m.Slot-1])
		talks.Rows = append(talks.Rows, []any{at.Day, at.Time, hallOf(&f, m.Table), int64(m.Table), p.Names[m.A], p.Names[m.B], tick[m.Must], m.Value, tick[m.Locked]})
	}
	for _, x := range p.Firms {
		role := ""
		if x.Role != "" {
			role = text("fair.role." + x.Role)
		}
		row := []any{x.Name, role}
		for _, n := range []int{x.Asked, x.Got, x.Wished, x.WishedGot, x.Musts, x.MustsGot, x.Gaps, x.TableChanges} {
			row = append(row, int64(n))
		}
		firms.Rows = append(firms.Rows, row)
	}
	return a.book("fair-plan-"+itoa(p.Number), talks, firms, open)
}

// book is a workbook for download, named after a thing and the day.
func (a *API) book(name string, tables ...sheet.Table) (*bookOutput, error) {
	var out bytes.Buffer
	err := sheet.WriteTables(&out, tables...)
	name = strings.Join([]string{name, a.now().In(chinaTime()).Format(time.DateOnly)}, "-") + ".xlsx"
	return &bookOutput{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", `attachment; filename="` + name + `"`, out.Bytes()}, err
}

type planCopy struct {
	Key string `header:"Idempotency-Key" maxLength:"200"`
	ID  string `path:"id" maxLength:"64"`
}

// copyPlan begins a new draft with what any plan held: so an operator goes back.
func (a *API) copyPlan(ctx context.Context, w who, in *planCopy) (*planOutput, error) {
	p, _, err := a.planRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	if p.State != market.PlanDone {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.fair.solving"}
	}
	meetings, err := a.cfg.Store.Meetings(ctx, p.ID, "")
	if err != nil {
		return nil, err
	}
	next := market.Plan{FairID: p.FairID, Base: p.ID, Picked: p.Picked, State: market.PlanDone, Settings: p.Settings, Figures: p.Figures}
	next.Settings.Repair, next.Figures.Moved = false, 0
	if in.Key != "" {
		next.ID = keyed("plan copy", p.ID, w.UserID, in.Key)
	}
	if err := a.cfg.Store.CreatePlan(ctx, w.Actor, &next, meetings); err != nil {
		return nil, err
	}
	return &planOutput{planView(next)}, nil
}
