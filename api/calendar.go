package api

import (
	"fmt"
	"strings"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
)

// calendarOf writes a firm's timetable as RFC 5545. A talk keeps its UID for
// ever, so that a phone moves the entry it has; the sequence is the release's
// number, which only grows, and a talk that is gone is told to be cancelled.
func calendarOf(f *market.Fair, enterpriseID string, t timetable, now time.Time) string {
	const stamp = "20060102T150405Z"
	text := strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r", "", "\n", "\\n")
	var out strings.Builder
	line := func(format string, args ...any) { fold(&out, fmt.Sprintf(format, args...)) }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Lianqiao//fair//ZH")
	line("METHOD:PUBLISH")
	event := func(other EnterpriseRef, status string, start, end time.Time, where string) {
		line("BEGIN:VEVENT")
		line("UID:%s-%s-%s@lianqiao", f.ID, enterpriseID, other.ID)
		line("SEQUENCE:%d", t.release)
		line("STATUS:%s", status)
		line("DTSTAMP:%s", now.UTC().Format(stamp))
		line("DTSTART:%s", start.UTC().Format(stamp))
		line("DTEND:%s", end.UTC().Format(stamp))
		line("SUMMARY:%s", text.Replace(other.Name))
		if where != "" {
			line("LOCATION:%s", text.Replace(where))
		}
		line("END:VEVENT")
	}
	for _, x := range t.lines {
		where := frontend.Text("zh-CN", "fair.table", itoa(x.Table)) + " " + x.Hall
		event(x.Other, "CONFIRMED", x.Slot.Start, x.Slot.End, strings.TrimSpace(f.Place+" "+where))
	}
	// An entry needs a time, also one that is no more: the fair's first slot.
	if slots := f.Slots(); len(slots) > 0 {
		for _, other := range t.gone {
			event(other, "CANCELLED", slots[0].Start, slots[0].End, "")
		}
	}
	line("END:VCALENDAR")
	return out.String()
}

// fold writes a line in pieces of at most 75 bytes, never through a character.
func fold(out *strings.Builder, line string) {
	width := 0
	for _, r := range line {
		if n := len(string(r)); width+n > 75 {
			out.WriteString("\r\n ")
			width = 1 + n
		} else {
			width += n
		}
		out.WriteRune(r)
	}
	out.WriteString("\r\n")
}
