package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"lianqiao/market"
)

const (
	wallFew  = 7  // talks that stand below each other, so that they are read from the last row of chairs
	wallMost = 21 // talks on a screen that holds nothing else: three columns
	wallTurn = 8 * time.Second
)

// wallPart is what stands on the wall under one heading: the talks of now or of
// the next round, or as many of them as a screen holds.
type wallPart struct {
	When, Time  string // now or next
	Seats       []seat
	Off         bool // not this part's turn; a phone, which scrolls, shows it all the same
	Number, Of  int  // of the parts of this heading
	First, Last int  // tables
	Columns     int
}

type wallBody struct {
	Fair  market.Fair
	Parts []wallPart
	Clock string
	Crowd bool // the parts take turns
}

// wall is the screen in the hall. It asks for itself again every second. What
// is too much for one screen takes turns by the clock, so that every screen of
// the hall shows the same and none needs a script.
func (s *pageSite) wall(c *fiber.Ctx, f *frame) (string, error) {
	l, err := s.open(c, linkWall)
	if err != nil {
		return "", err
	}
	now, next := s.slotNow(&l.fair)
	seats, err := s.seats(c, &l.fair, func(m market.Meeting) bool { return m.Slot == now || m.Slot == next })
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(seats, func(a, b seat) int { return cmp.Compare(a.Table, b.Table) })
	times := slotTimes(&l.fair)
	at := s.api.now()
	body := wallBody{Fair: l.fair, Clock: at.In(chinaTime()).Format("15:04")}
	of := func(slot int) []seat {
		return slices.DeleteFunc(slices.Clone(seats), func(x seat) bool { return x.Slot != slot })
	}
	body.Parts, body.Crowd = wallParts(wallPart{When: "now", Time: times[now], Seats: of(now)}, wallPart{When: "next", Time: times[next], Seats: of(next)}, at)
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = l.fair.Name, true, "", "fair wallpaper", body
	c.Set("Refresh", "1")
	return "wall", nil
}

// wallParts puts both rounds beside each other while they fit, else parts of
// them that take turns.
func wallParts(now, next wallPart, at time.Time) (parts []wallPart, crowd bool) {
	most := max(len(now.Seats), len(next.Seats))
	if most <= 2*wallFew {
		for _, p := range []wallPart{now, next} {
			p.Number, p.Of, p.Columns = 1, 1, 1+(most-1)/wallFew
			parts = append(parts, p)
		}
		return parts, false
	}
	for _, p := range []wallPart{now, next} {
		n := 0
		for chunk := range slices.Chunk(p.Seats, wallMost) {
			n++
			parts = append(parts, wallPart{When: p.When, Time: p.Time, Seats: chunk, Number: n, Of: (len(p.Seats) + wallMost - 1) / wallMost, First: chunk[0].Table, Last: chunk[len(chunk)-1].Table, Columns: 3})
		}
	}
	turn := int(at.Unix()/int64(wallTurn/time.Second)) % len(parts)
	for i := range parts {
		parts[i].Off = i != turn
	}
	return parts, true
}
