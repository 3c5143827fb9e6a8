package market

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func aFair() Fair {
	return Fair{Name: "冬季对接会", Clusters: []string{"luquan"}, Entry: EntryClusters, Phase: FairWish, SlotMinutes: 20,
		Sessions: []FairSession{{"2026-12-01", 9 * 60, 10*60 + 30}, {"2026-12-01", 14 * 60, 15 * 60}},
		Pauses:   []FairPause{{Day: "2026-12-01", From: 9*60 + 30, To: 9*60 + 45, Title: "茶歇"}},
		Tables:   []FairTable{{Number: 1}, {Number: 2, EnterpriseID: "C"}}}
}

// TestSlots: whole slots only, around the pauses, numbered through the sessions.
func TestSlots(t *testing.T) {
	f := aFair()
	require.NoError(t, f.Check())
	var got []string
	for _, s := range f.Slots() {
		got = append(got, s.Start.In(chinaZone()).Format("15:04")+"–"+s.End.In(chinaZone()).Format("15:04"))
	}
	require.Equal(t, []string{"09:00–09:20", "09:45–10:05", "10:05–10:25", "14:00–14:20", "14:20–14:40", "14:40–15:00"}, got)
	require.Equal(t, 2, f.Slots()[5].Session)
	f.Sessions[1].From = 10 * 60
	require.Error(t, f.Check(), "sessions overlap")
	f.Sessions = []FairSession{{"2026-12-01", 540, 550}}
	require.Error(t, f.Check(), "no slot fits")
}

func TestMeetingValue(t *testing.T) {
	for _, c := range []struct {
		a, b  WishMark
		total int
		value int64
		must  bool
	}{
		{"", "", 90, 0, false}, {WishWant, "", 0, 20, false}, {WishWant, WishWant, 55, 65, false},
		{WishMust, WishWant, 0, 70, true}, {WishMust, WishNo, 99, 0, false},
	} {
		value, must := MeetingValue(c.a, c.b, c.total)
		require.Equal(t, c.value, value, c)
		require.Equal(t, c.must, must, c)
	}
}

// TestWarnings: every kind of trouble is named, and a sound plan has none.
func TestWarnings(t *testing.T) {
	f := aFair()
	f.MaxMeetings, f.MinMeetings = 2, 1
	h := &Hall{Fair: &f, Refused: map[Pair]bool{{"A", "D"}: true}, Parties: map[string]FairParty{
		"A": {Parallel: 1, Away: []int{3}}, "B": {Parallel: 1}, "C": {Parallel: 2}, "D": {Parallel: 1, LateUntil: 2}, "E": {Absent: true}}}
	kinds := func(list ...Meeting) (out []string) {
		for _, w := range h.Warnings(list) {
			out = append(out, w.Kind+" "+w.EnterpriseID)
		}
		return out
	}
	at := func(a, b string, slot, table int) Meeting {
		return Meeting{Pair: PairOf(a, b), Slot: slot, Table: table}
	}
	require.Empty(t, kinds(at("B", "A", 1, 1), at("A", "C", 2, 2)))
	require.Empty(t, kinds(at("A", "C", 1, 2), at("B", "C", 1, 1)), "C holds two at a time")
	require.Equal(t, []string{"clash A", "clash A"}, kinds(at("A", "B", 1, 1), at("A", "C", 1, 2)))
	require.Equal(t, []string{"away A"}, kinds(at("A", "B", 3, 1)))
	require.Equal(t, []string{"away D"}, kinds(at("B", "D", 1, 1)))
	require.Equal(t, []string{"away E"}, kinds(at("B", "E", 1, 1)))
	require.Equal(t, []string{"refused "}, kinds(at("A", "D", 2, 1)))
	require.Equal(t, []string{"reserved C"}, kinds(at("A", "B", 1, 2)))
	require.Equal(t, []string{"table ", "table "}, kinds(at("A", "B", 2, 1), at("C", "D", 2, 1)))
	require.Equal(t, []string{"table "}, kinds(at("A", "B", 1, 9)))
	require.Equal(t, []string{"slot "}, kinds(at("A", "B", 7, 1)))
	require.Equal(t, []string{"least A", "least B"}, kinds(at("A", "B", 0, 0)))
	require.Equal(t, []string{"lock ", "least A", "least B"}, kinds(Meeting{Pair: PairOf("A", "B"), Locked: true}), "decided by a person, and nowhere")
	require.Equal(t, []string{"most C"}, kinds(at("A", "C", 1, 2), at("B", "C", 2, 2), at("D", "C", 4, 2)))
}

func TestCount(t *testing.T) {
	f := aFair()
	h := &Hall{Fair: &f}
	got := h.Count([]Meeting{
		{Pair: Pair{"A", "B"}, Slot: 1, Table: 1, Must: true, Value: 30}, {Pair: Pair{"A", "C"}, Slot: 3, Table: 2, Value: 20},
		{Pair: Pair{"B", "C"}, Slot: 4, Table: 2, Value: 20}, {Pair: Pair{"A", "D"}, Must: true, Value: 30},
	})
	// A idles in slot 2; the break between sessions is none. A and B change tables once each.
	require.Equal(t, PlanFigures{Asked: 4, Placed: 3, Musts: 2, MustsGot: 1, Value: 70, Gaps: 1, TableChanges: 2, Empty: 1}, got)
}

// TestFairPolicy: who may see, run and register.
func TestFairPolicy(t *testing.T) {
	f := aFair()
	operator, other := Actor{UserID: "u", Clusters: []string{"luquan"}}, Actor{UserID: "u", Clusters: []string{"shenze"}}
	firm := Actor{UserID: "u", EnterpriseID: "A"}
	require.True(t, operator.MayRunFair(&f))
	require.False(t, other.MayRunFair(&f))
	require.False(t, other.MaySeeFair(&f, "", false))
	require.False(t, firm.MayRunFair(&f))
	require.True(t, firm.MaySeeFair(&f, "luquan", false))
	require.False(t, firm.MaySeeFair(&f, "shenze", false))
	require.True(t, firm.MaySeeFair(&f, "shenze", true), "who is registered sees it")
	require.True(t, firm.MayRegister(&f, "luquan"))
	f.Phase = FairDay
	require.False(t, firm.MayRegister(&f, "luquan"))
	f.Phase = FairSetup
	require.False(t, firm.MaySeeFair(&f, "luquan", false))
	require.False(t, Actor{}.MaySeeFair(&f, "", false))
}

// TestAnnounced: a fair is public from the moment it is announced, unless one
// comes by invitation only; and over with its last round.
func TestAnnounced(t *testing.T) {
	f := Fair{SlotMinutes: 20, Sessions: []FairSession{{Day: "2026-12-01", From: 540, To: 590}}}
	for _, phase := range FairPhases {
		for entry, public := range map[FairEntry]bool{EntryClusters: true, EntryOpen: true, EntryInvited: false} {
			f.Phase, f.Entry = phase, entry
			require.Equal(t, public && phase != FairSetup, f.Announced(), "%s %s", phase, entry)
		}
	}
	f.Phase = FairFinal
	end := time.Date(2026, 12, 1, 9, 40, 0, 0, chinaZone()) // of two rounds; ten minutes are no third
	require.False(t, f.Over(end))
	require.True(t, f.Over(end.Add(time.Second)))
	f.Phase = FairAfter
	require.True(t, f.Over(end.Add(-time.Hour)))
}
