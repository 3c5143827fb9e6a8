package schedule

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFaultIsAnError: a panic, here of the listener, does not end the process.
func TestFaultIsAnError(t *testing.T) {
	p := Problem{Slots: 3, Tables: 1, Fairness: -1, All: true, Parties: make([]Party, 2), Meetings: []Meeting{{A: 0, B: 1}}}
	_, err := Solve(context.Background(), p, Options{Progress: func(Result) { panic("planted") }})
	require.ErrorIs(t, err, ErrSolver)
	require.ErrorContains(t, err, "planted")
}

// TestFaultOfASide: the same for a panic on one of the searching goroutines.
func TestFaultOfASide(t *testing.T) {
	p := Problem{Slots: 3, Tables: 1, Fairness: -1, All: true, Parties: make([]Party, 2), Meetings: []Meeting{{A: 0, B: 1}}}
	d := newDuel(&p, slotsOf(&p), Options{})
	d.sides[1].annealAt = 1                      // nothing to do for the other
	d.sides[0].slots, d.sides[0].duel = nil, nil // its first step fails
	require.Panics(t, func() { d.round(context.Background()) })
}
