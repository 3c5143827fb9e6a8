package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// fairNotice is what everybody may read of a fair: never who comes.
type fairNotice struct {
	ID, Name, Place, Hosts, Who string
	Sessions, Agenda            []string
	Until                       string // the day on which registration ends, where the organiser set one
	Firms                       int    // registered so far
	State                       string // open, closed or over
	Open                        bool
	first                       string
}

// fairNotices lists the fairs that are still to come, the next one first.
func (s *pageSite) fairNotices(c *fiber.Ctx, f *frame) (string, error) {
	list, err := s.api.comingFairs(c.UserContext(), f.Lang)
	f.Title, f.Description, f.Here, f.Body = frontend.Text(f.Lang, "fair.notices"), frontend.Text(f.Lang, "fair.notices.about"), "fairs", list
	return "fairs", err
}

// fairNotice is one fair; to the public one that is not announced does not exist.
func (s *pageSite) fairNotice(c *fiber.Ctx, f *frame) (string, error) {
	fair, err := s.api.cfg.Store.Fair(c.UserContext(), c.Params("id"))
	if err == nil && !fair.Announced() {
		err = market.ErrNotFound
	}
	if err != nil {
		return "", err
	}
	list, err := s.api.noticesOf(c.UserContext(), f.Lang, []market.Fair{fair})
	if err != nil {
		return "", err
	}
	n := list[0]
	f.Title, f.Here, f.Body = n.Name, "fairs", n
	f.Description = strings.Join([]string{n.Name, n.Hosts, n.Place, strings.Join(n.Sessions, "、")}, " · ")
	f.NoIndex = n.State == "over"
	return "fairnotice", nil
}

// comingFairs are the announced fairs that are not over.
func (a *API) comingFairs(ctx context.Context, lang string) ([]fairNotice, error) {
	fairs, err := a.cfg.Store.OpenFairs(ctx)
	if err != nil {
		return nil, err
	}
	now := a.now()
	fairs = slices.DeleteFunc(fairs, func(f market.Fair) bool { return !f.Announced() || f.Over(now) })
	list, err := a.noticesOf(ctx, lang, fairs)
	slices.SortStableFunc(list, func(x, y fairNotice) int { return cmp.Or(cmp.Compare(x.first, y.first), cmp.Compare(x.ID, y.ID)) })
	return list, err
}

func (a *API) noticesOf(ctx context.Context, lang string, fairs []market.Fair) ([]fairNotice, error) {
	names, err := a.clusterNames(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(fairs))
	for i := range fairs {
		ids[i] = fairs[i].ID
	}
	count, err := a.cfg.Store.CountParties(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]fairNotice, 0, len(fairs))
	for i := range fairs {
		n := noticeOf(&fairs[i], names, lang)
		n.Firms = count[n.ID]
		switch {
		case fairs[i].Over(a.now()):
			n.State, n.Open = "over", false
		case n.Open:
			n.State = "open"
		default:
			n.State = "closed"
		}
		out = append(out, n)
	}
	return out, nil
}

func noticeOf(f *market.Fair, names map[string]string, lang string) fairNotice {
	n := fairNotice{ID: f.ID, Name: f.Name, Place: f.Place, Open: f.Permits(market.Registering)}
	var hosts []string
	for _, id := range f.Clusters {
		hosts = append(hosts, names[id])
	}
	n.Hosts = strings.Join(hosts, "、")
	n.Who = frontend.Text(lang, "fair.notice.who."+string(f.Entry))
	for _, x := range f.Sessions {
		n.Sessions = append(n.Sessions, spanText(x.Day, x.From, x.To))
	}
	n.first = n.Sessions[0]
	n.Agenda = agendaOf(f)
	// Firms register until the timetable is made, or the fair begins.
	for _, d := range f.Dates {
		if d.Phase == market.FairPlan && n.Open {
			n.Until = d.Day
		}
	}
	return n
}

func spanText(day string, from, to int) string { return day + " " + clock(from) + "–" + clock(to) }

// agendaOf are the talks for everybody, during which nobody meets.
func agendaOf(f *market.Fair) []string {
	var out []string
	for _, p := range f.Pauses {
		if p.Talk {
			out = append(out, spanText(p.Day, p.From, p.To)+" "+p.Title)
		}
	}
	return out
}
