package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/sync/singleflight"

	"lianqiao/frontend"
	"lianqiao/market"
)

// mountFairPages adds what people open by scanning: check-in, table and wall.
// The pages need no script and no sign-in; the link is the key.
func (s *pageSite) mountFairPages(app *fiber.App, small fiber.Handler) {
	app.Get("/c/:token", small, s.shown(s.badge))
	app.Post("/c/:token", s.shown(s.checkIn))
	app.Get("/c/:token/calendar.ics", s.calendar)
	app.Get("/t/:token", small, s.shown(s.table))
	app.Post("/t/:token", s.shown(s.reply))
	app.Get("/w/:token", small, s.shown(s.wall))
	app.Get("/q/:kind/:token", s.qr)
	app.Get("/fairs", small, s.shown(s.fairNotices))
	app.Get("/fairs/:id", small, s.shown(s.fairNotice))
	app.Get("/fairs/:id/print", small, s.shown(s.printed))
	app.Get("/fairs/:id/report", small, s.shown(s.report))
}

// open loads the fair of a link and makes sure the link is one of ours.
func (s *pageSite) open(c *fiber.Ctx, kind byte) (sealedLink, error) {
	fairID, body, sealed, err := cutToken(c.Params("token"))
	if err != nil {
		return sealedLink{}, err
	}
	f, err := s.api.cfg.Store.Fair(c.UserContext(), fairID)
	if err != nil {
		return sealedLink{}, err
	}
	return openToken(f, body, sealed, kind)
}

// badgeBody is a representative's page: check-in and own timetable.
type badgeBody struct {
	Fair             market.Fair
	Token, Firm, Rep string
	Arrived          string // time of check-in
	MayCheckIn       bool
	Lines            []TimetableLine
	Gone             []EnterpriseRef
	Agenda           []string
	Released         bool
}

func (s *pageSite) badge(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.open(c, linkBadge)
	if err != nil {
		return "", err
	}
	ctx, st := c.UserContext(), s.api.cfg.Store
	p, err := st.Party(ctx, l.fair.ID, l.enterprise)
	if err != nil {
		return "", err
	}
	if l.number >= len(p.Reps) {
		return "", market.ErrNotFound
	}
	e, err := st.Enterprise(ctx, l.enterprise)
	if err != nil {
		return "", err
	}
	t, err := s.api.timetable(ctx, &l.fair, l.enterprise)
	if err != nil {
		return "", err
	}
	arrived, err := st.Arrivals(ctx, l.fair.ID, l.enterprise)
	if err != nil {
		return "", err
	}
	body := badgeBody{Fair: l.fair, Token: c.Params("token"), Firm: e.Name, Rep: p.Reps[l.number].Name, MayCheckIn: l.fair.Permits(market.CheckingIn), Lines: dated(&l.fair, t.lines), Gone: t.gone, Agenda: agendaOf(&l.fair), Released: t.release > 0}
	for _, x := range arrived {
		if x.Rep == l.number {
			body.Arrived = x.At.In(chinaTime()).Format("15:04")
		}
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = l.fair.Name, true, "", "fair", body
	return "badge", nil
}

// checkIn counts the representative; the browser then asks for the page again.
func (s *pageSite) checkIn(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.open(c, linkBadge)
	if err != nil {
		return "", err
	}
	if !l.fair.Permits(market.CheckingIn) {
		return s.badge(c, f)
	}
	p, err := s.api.cfg.Store.Party(c.UserContext(), l.fair.ID, l.enterprise)
	if err != nil {
		return "", err
	}
	if l.number >= len(p.Reps) {
		return "", market.ErrNotFound
	}
	_, err = s.api.cfg.Store.Arrive(c.UserContext(), []market.FairArrival{{FairID: l.fair.ID, EnterpriseID: l.enterprise, Rep: l.number, Via: "badge"}})
	if err != nil {
		return "", err
	}
	return s.badge(c, f)
}

// calendar is the personal timetable for a phone's calendar.
func (s *pageSite) calendar(c *fiber.Ctx) error {
	l, err := s.open(c, linkBadge)
	if err != nil {
		return err
	}
	t, err := s.api.timetable(c.UserContext(), &l.fair, l.enterprise)
	if err != nil {
		return err
	}
	out := calendarOf(&l.fair, l.enterprise, t, s.api.now())
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.SendString(out)
}

// seat is one talk at a table, with names.
type seat struct {
	market.Meeting
	NameA, NameB, Time, Hall string
	Now                      bool
	Replied                  string
}

// hall keeps the talks of fairs for a moment, because on the day hundreds of
// screens and phones ask for the same ones every second.
type hall struct {
	kept   *expirable.LRU[string, []seat]
	asking singleflight.Group
}

// hallFor is how old a talk on a screen may be; with the second between two
// looks of a screen, a release is everywhere within two.
const hallFor = 500 * time.Millisecond

func newHall() hall { return hall{kept: expirable.NewLRU[string, []seat](64, nil, hallFor)} }

// seats are the placed talks of the last release, in the order of their slots.
func (s *pageSite) seats(c *fiber.Ctx, fair *market.Fair, keep func(market.Meeting) bool) ([]seat, error) {
	all, ok := s.hall.kept.Get(fair.ID)
	if !ok {
		loaded, err, _ := s.hall.asking.Do(fair.ID, func() (any, error) {
			// Not this request's context: others wait for the answer, too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), 10*time.Second)
			defer cancel()
			list, err := s.loadSeats(ctx, fair)
			if err == nil {
				s.hall.kept.Add(fair.ID, list)
			}
			return list, err
		})
		if err != nil {
			return nil, err
		}
		all = loaded.([]seat)
	}
	var out []seat
	for _, x := range all {
		if keep(x.Meeting) {
			out = append(out, x)
		}
	}
	return out, nil
}

func (s *pageSite) loadSeats(ctx context.Context, fair *market.Fair) ([]seat, error) {
	last, _, err := s.api.cfg.Store.Releases(ctx, fair.ID)
	if err != nil || last.ID == "" {
		return nil, err
	}
	list, err := s.api.cfg.Store.Meetings(ctx, last.ID, "")
	if err != nil {
		return nil, err
	}
	slots, times := fair.Slots(), slotTimes(fair)
	list = slices.DeleteFunc(list, func(m market.Meeting) bool { return m.Slot < 1 || m.Slot > len(slots) })
	names, err := s.api.namesOf(ctx, &market.Hall{}, list)
	out := make([]seat, len(list))
	for i, m := range list {
		out[i] = seat{Meeting: m, NameA: names[m.A], NameB: names[m.B], Time: times[m.Slot], Hall: hallOf(fair, m.Table)}
	}
	return out, err
}

// slotNow is the round under way, or the one that begins next; 0 after the last.
func (s *pageSite) slotNow(fair *market.Fair) (now, next int) {
	at := s.api.now()
	for _, x := range fair.Slots() {
		switch {
		case !at.Before(x.Start) && at.Before(x.End):
			now = x.Number
		case at.Before(x.Start) && next == 0:
			next = x.Number
		}
	}
	return now, next
}

type tableBody struct {
	Fair    market.Fair
	Token   string
	Table   int
	Seats   []seat
	Chosen  *seat
	By      string
	Results []market.FairResult
	Saved   string // what was just said; "back": it was taken back
	Again   string // address to say something else of the talk just told about
	Slot    string // of that talk, and who spoke of it
	Of      string
	Said    bool // the chosen side has said something of the chosen talk
}

// table asks which talk, which side, what came of it: three taps.
func (s *pageSite) table(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.open(c, linkTable)
	if err != nil {
		return "", err
	}
	seats, err := s.seats(c, &l.fair, func(m market.Meeting) bool { return m.Table == l.number })
	if err != nil {
		return "", err
	}
	now, _ := s.slotNow(&l.fair)
	body := tableBody{Fair: l.fair, Token: c.Params("token"), Table: l.number, Seats: seats, Results: market.FairResults, Saved: c.Query("saved")}
	for i := range seats {
		x := &seats[i]
		x.Now = x.Slot == now
		if of := c.Query("of"); itoa(x.Slot) == c.Query("again") && (of == x.A || of == x.B) {
			body.Again, body.Slot, body.Of = "/t/"+body.Token+"?slot="+itoa(x.Slot)+"&by="+of, itoa(x.Slot), of
		}
		if by := c.Query("by"); by != "" && itoa(x.Slot) == c.Query("slot") && (by == x.A || by == x.B) {
			body.Chosen, body.By = x, by
		}
	}
	if body.Chosen != nil && l.fair.Permits(market.Replying) {
		if body.Said, err = s.api.cfg.Store.Replied(c.UserContext(), l.fair.ID, body.Chosen.Pair, body.By); err != nil {
			return "", err
		}
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = frontend.Text(f.Lang, "fair.table", itoa(l.number)), true, "", "fair", body
	return "table", nil
}

// tookBack stands among the results of a talk for: nobody said anything.
const tookBack = "back"

func (s *pageSite) reply(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.open(c, linkTable)
	if err != nil {
		return "", err
	}
	seats, err := s.seats(c, &l.fair, func(m market.Meeting) bool { return m.Table == l.number && itoa(m.Slot) == c.FormValue("slot") })
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(seats, func(x seat) bool { return c.FormValue("by") == x.A || c.FormValue("by") == x.B })
	if i < 0 || !l.fair.Permits(market.Replying) {
		return "", market.ErrNotFound
	}
	r := market.FairReply{FairID: l.fair.ID, Pair: seats[i].Pair, By: c.FormValue("by"), Result: market.FairResult(c.FormValue("result")), Note: strings.TrimSpace(c.FormValue("note"))}
	if c.FormValue("result") == tookBack {
		if err := s.api.cfg.Store.TakeBackReply(c.UserContext(), market.Actor{EnterpriseID: r.By}, r.FairID, r.Pair, r.By); err != nil {
			return "", err
		}
		c.Request().URI().QueryArgs().Set("saved", tookBack)
		return s.table(c, f)
	}
	if text := strings.ReplaceAll(strings.TrimSpace(c.FormValue("amount")), ",", ""); text != "" {
		if r.Fen, err = fenOf(text); err != nil {
			return "", err
		}
	}
	if err := r.Check(); err != nil {
		return "", err
	}
	if err := s.api.cfg.Store.SaveReply(c.UserContext(), r); err != nil {
		return "", err
	}
	args := c.Request().URI().QueryArgs()
	args.Set("saved", string(r.Result))
	args.Set("again", c.FormValue("slot"))
	args.Set("of", r.By)
	return s.table(c, f)
}

// fenOf reads yuan with at most two decimals.
func fenOf(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	var fen int64
	digits := whole + (fraction + "00")[:2]
	if len(fraction) > 2 || len(digits) > 15 || whole == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, market.Bad("amount", "error.value")
	}
	_, err := fmt.Sscanf(digits, "%d", &fen)
	return fen, err
}

// qr draws the code of a link. It holds nothing that the asker did not send.
func (s *pageSite) qr(c *fiber.Ctx) error {
	kind := c.Params("kind")
	if _, _, _, err := cutToken(c.Params("token")); err != nil || !slices.Contains([]string{"c", "t", "w"}, kind) {
		return market.ErrNotFound
	}
	svg, err := qrSVG(s.api.cfg.BaseURL + "/" + kind + "/" + c.Params("token"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	c.Set(fiber.HeaderCacheControl, "private, max-age=86400")
	return c.SendString(svg)
}

// sheetOf is what is printed for one firm.
type sheetOf struct {
	Firm   string
	Badges []FairLink
	Lines  []TimetableLine
}

type printBody struct {
	Fair   market.Fair
	Sheets []sheetOf
	Tables []FairLink
	Days   string
}

// printed is badges, personal timetables and table cards, a page of paper each.
func (s *pageSite) printed(c *fiber.Ctx, f *frame) (string, error) {
	ctx := c.UserContext()
	w, err := s.api.who(c)
	if err != nil {
		return "", err
	}
	fair, err := s.api.fairRun(ctx, w, c.Params("id"))
	if err != nil {
		return "", err
	}
	parties, firms, err := s.api.namedParties(ctx, fair.ID)
	if err != nil {
		return "", err
	}
	seats, err := s.seats(c, &fair, func(market.Meeting) bool { return true })
	if err != nil {
		return "", err
	}
	lines := map[string][]TimetableLine{}
	slots := fair.Slots()
	for _, x := range seats {
		slot := slotView(slots[x.Slot-1])
		lines[x.A] = append(lines[x.A], TimetableLine{Other: EnterpriseRef{Name: x.NameB}, Slot: slot, Table: x.Table, Hall: x.Hall})
		lines[x.B] = append(lines[x.B], TimetableLine{Other: EnterpriseRef{Name: x.NameA}, Slot: slot, Table: x.Table, Hall: x.Hall})
	}
	body := printBody{Fair: fair}
	for id, p := range parties {
		sheet := sheetOf{Firm: firms[id].Name, Lines: dated(&fair, lines[id])}
		for i, r := range p.Reps {
			sheet.Badges = append(sheet.Badges, FairLink{Name: r.Name, URL: "/q/c/" + token(&fair, linkBadge, id, i)})
		}
		body.Sheets = append(body.Sheets, sheet)
	}
	slices.SortFunc(body.Sheets, func(x, y sheetOf) int { return cmp.Compare(x.Firm, y.Firm) })
	for _, t := range fair.Tables {
		body.Tables = append(body.Tables, FairLink{Name: strings.TrimSpace(t.Hall + " " + firms[t.EnterpriseID].Name), Table: t.Number, URL: "/q/t/" + token(&fair, linkTable, "", t.Number)})
	}
	body.Days = strings.Join(daysOf(&fair), "、")
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = fair.Name, true, "", "fair printed", body
	return "print", nil
}

// dated puts the day before the time of each talk where a fair has several.
func dated(f *market.Fair, lines []TimetableLine) []TimetableLine {
	times := slotTimes(f)
	for i := range lines {
		lines[i].Slot.Time = times[lines[i].Slot.Number]
	}
	return lines
}

// daysOf are the fair's days, each once.
func daysOf(f *market.Fair) []string {
	var out []string
	for _, x := range f.Sessions {
		if !slices.Contains(out, x.Day) {
			out = append(out, x.Day)
		}
	}
	return out
}
