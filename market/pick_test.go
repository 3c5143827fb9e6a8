package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlaces: what is free for a pair, and why a place is not.
func TestPlaces(t *testing.T) {
	f := aFair() // six slots; table 1 free, table 2 kept for C
	f.MaxMeetings = 2
	h := &Hall{Fair: &f, Refused: map[Pair]bool{{"A", "D"}: true}, Parties: map[string]FairParty{
		"A": {Parallel: 2, Reps: []FairRep{{Name: "王", Away: []int{3}}, {Name: "李", Away: []int{3, 4}}}}, "B": {Parallel: 1}, "C": {Parallel: 1, Away: []int{1}}, "D": {}, "E": {LateUntil: 5}}}
	at := func(a, b string, slot, table int) Meeting {
		return Meeting{Pair: PairOf(a, b), Slot: slot, Table: table}
	}
	plan := []Meeting{at("A", "E", 4, 3), at("B", "X", 2, 1)}
	place := func(a, b string, slot, table int) any {
		n, clash := h.Places(plan, PairOf(a, b)).Place(PairOf(a, b), slot, table)
		if clash != "" {
			return clash
		}
		return n
	}
	require.Equal(t, 1, place("A", "B", 1, 0))
	require.Equal(t, 1, place("A", "B", 1, 1))
	require.Equal(t, ClashBusy, place("A", "B", 2, 0))
	require.Equal(t, ClashAway, place("A", "B", 3, 0), "both of A's people are away")
	require.Equal(t, ClashBusy, place("A", "B", 4, 0), "the one who is there sits elsewhere")
	require.Equal(t, ClashAway, place("B", "E", 4, 0))
	require.Equal(t, ClashSlot, place("A", "B", 7, 0))
	require.Equal(t, ClashSlot, place("A", "B", 0, 0))
	require.Equal(t, ClashSlot, place("A", "B", 1, 9))
	require.Equal(t, ClashTable, place("A", "B", 1, 2), "kept for another")
	require.Equal(t, 2, place("A", "C", 2, 0), "C meets at its own")
	require.Equal(t, ClashTable, place("A", "C", 2, 1))
	require.Equal(t, ClashRefused, place("A", "D", 1, 0))
	require.Equal(t, ClashTable, place("A", "E", 5, 2))
	require.Equal(t, 1, place("A", "E", 5, 0), "its own talk does not stand in the way")
	plan = append(plan, at("B", "Y", 5, 1))
	require.Equal(t, ClashMost, place("A", "B", 1, 0))
	require.Equal(t, []Opening{{2, []int{2}}, {5, []int{2}}, {6, []int{2}}}, h.Places(plan, PairOf("A", "C")).Openings(PairOf("A", "C")))
	require.Empty(t, h.Places(plan, PairOf("A", "B")).Openings(PairOf("A", "B")))
}

// TestPermits is the whole table of what firms may do by themselves and when.
func TestPermits(t *testing.T) {
	for regime, want := range map[FairRegime]map[FairPhase][]FairDeed{
		RegimeOrganiser: {FairRegister: {Registering, Wishing}, FairWish: {Registering, Wishing}, FairDay: {CheckingIn, Replying}, FairAfter: {Replying}},
		RegimePick:      {FairRegister: {Registering, Wishing}, FairWish: {Registering, Wishing, Picking}, FairPlan: {Picking}, FairDay: {CheckingIn, Replying}, FairAfter: {Replying}},
	} {
		for _, phase := range FairPhases {
			var got []FairDeed
			for _, d := range FairDeeds {
				if f := (&Fair{Phase: phase, Regime: regime}); f.Permits(d) {
					got = append(got, d)
				}
			}
			require.Equal(t, want[phase], got, "%s %s", regime, phase)
		}
	}
}
