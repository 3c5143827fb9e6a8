package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestCalendar: a moved talk keeps its UID with a higher sequence, one that is
// gone is cancelled under the same UID, and no line is longer than 75 bytes.
func TestCalendar(t *testing.T) {
	f := market.Fair{ID: "f", Place: "一层；东, 西", SlotMinutes: 20, Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}}
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	other := EnterpriseRef{ID: "o", Name: strings.Repeat("很长的名字", 12)}
	first := calendarOf(&f, "e", timetable{release: 2, lines: []TimetableLine{{Other: other, Slot: slotView(f.Slots()[1]), Table: 3}}}, now)
	moved := calendarOf(&f, "e", timetable{release: 5, lines: []TimetableLine{{Other: other, Slot: slotView(f.Slots()[2]), Table: 3}}}, now)
	gone := calendarOf(&f, "e", timetable{release: 7, gone: []EnterpriseRef{other}}, now)
	for text, want := range map[string][]string{
		first: {"SEQUENCE:2", "STATUS:CONFIRMED", "DTSTART:20261201T012000Z", "LOCATION:一层；东\\, 西 3 号桌"},
		moved: {"SEQUENCE:5", "STATUS:CONFIRMED", "DTSTART:20261201T014000Z"},
		gone:  {"SEQUENCE:7", "STATUS:CANCELLED"},
	} {
		require.True(t, strings.HasSuffix(text, "END:VCALENDAR\r\n"))
		for _, line := range strings.Split(text, "\r\n") {
			require.LessOrEqual(t, len(line), 75, line)
		}
		unfolded := strings.Split(strings.ReplaceAll(text, "\r\n ", ""), "\r\n")
		require.Contains(t, unfolded, "UID:f-e-o@lianqiao")
		require.Contains(t, unfolded, "SUMMARY:"+other.Name)
		for _, line := range want {
			require.Contains(t, unfolded, line)
		}
	}
}
