package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestGuessesAtOnce: fifty tries at one moment, as from several processes, are
// ten; the window slides.
func TestGuessesAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		now := time.Now()
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				err := s.TakeGuess(t.Context(), "account", "", now)
				if err == nil {
					taken.Add(1)
				} else if !market.IsKind(err, market.TooMany) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, market.GuessesMost, taken.Load())
		require.NoError(t, s.TakeGuess(t.Context(), "account", "device", now))
		require.NoError(t, s.ReturnGuess(t.Context(), "account", "", now))
		require.NoError(t, s.TakeGuess(t.Context(), "account", "", now.Add(time.Minute)))
		require.Error(t, s.TakeGuess(t.Context(), "account", "", now.Add(14*time.Minute)))
		require.NoError(t, s.TakeGuess(t.Context(), "account", "", now.Add(market.GuessSpan)))
	})
}

// TestDevices: a browser is known to the users who signed in with it, and an
// account keeps the newest.
func TestDevices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b := t.Context(), firm(t, s, "甲厂"), firm(t, s, "乙厂")
		require.NoError(t, s.SaveDevice(ctx, "d", a.UserID))
		for who, want := range map[string]bool{a.UserID: true, b.UserID: false, "": false} {
			known, err := s.KnowsDevice(ctx, "d", who)
			require.NoError(t, err)
			require.Equal(t, want, known)
		}
		_, err := s.ExpireDue(ctx, time.Now().AddDate(1, 0, 1), 10)
		require.NoError(t, err)
		known, err := s.KnowsDevice(ctx, "d", a.UserID)
		require.NoError(t, err)
		require.False(t, known)
	})
}
