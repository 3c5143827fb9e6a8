package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestGroupCommit lets writes gather behind one that holds the writer: those
// that fail or panic in the same transaction take only themselves back.
func TestGroupCommit(t *testing.T) {
	s := sqliteStore(t)
	var commits atomic.Int64
	s.OnCommit(func() { commits.Add(1) })
	holding, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = s.update(context.Background(), func(context.Context, *tx) error {
			close(holding)
			<-release
			return nil
		})
	})
	<-holding
	broken := errors.New("broken")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	errs := make([]error, 40)
	for i := range errs {
		wg.Go(func() {
			ctx := context.Background()
			if i%10 == 9 {
				ctx = gone
			}
			errs[i] = s.update(ctx, func(ctx context.Context, t *tx) error {
				t.changed(market.ChangeListing, fmt.Sprint(i))
				if _, err := t.exec(ctx, `INSERT INTO cluster (id, name, region, chains) VALUES ($1, '', '', '')`, fmt.Sprint(i)); err != nil {
					return err
				}
				switch i % 10 {
				case 3:
					return broken
				case 5:
					panic("at the disco")
				case 7: // a statement of the database's own refusal
					_, err := t.exec(ctx, `INSERT INTO cluster (id, name, region, chains) VALUES ($1, '', '', '')`, fmt.Sprint(i))
					return err
				}
				return nil
			})
		})
	}
	for len(s.write.jobs) < 36 { // those whose caller is gone never queue
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	kept := 0
	for i, err := range errs {
		switch i % 10 {
		case 3:
			require.ErrorIs(t, err, broken)
		case 5:
			require.ErrorContains(t, err, "panicked")
		case 7:
			require.True(t, duplicate(err), "%v", err)
		case 9:
			require.ErrorIs(t, err, context.Canceled)
		default:
			require.NoError(t, err, i)
			kept++
		}
	}
	clusters, err := s.Clusters(t.Context())
	require.NoError(t, err)
	require.Len(t, clusters, kept)
	require.Equal(t, int64(1), commits.Load(), "one commit for all")
	require.Len(t, drain(t, s), kept)
}

// TestOutboxLateCommit: a change whose id is older than one already taken, but
// which commits later, is taken all the same.
func TestOutboxLateCommit(t *testing.T) {
	s := postgresStore(t)
	begun, finish, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.update(context.Background(), func(ctx context.Context, t *tx) error {
			t.changed(market.ChangeListing, "late")
			if err := t.flush(ctx); err != nil {
				return err
			}
			t.changes = nil
			close(begun)
			<-finish
			return nil
		})
	}()
	<-begun
	require.NoError(t, s.Requeue(t.Context(), market.ChangeListing, []string{"early"}))
	first := drain(t, s)
	require.Len(t, first, 1)
	require.Equal(t, "early", first[0].Of)
	close(finish)
	require.NoError(t, <-done)
	second := drain(t, s)
	require.Len(t, second, 1)
	require.Equal(t, "late", second[0].Of)
	require.Less(t, second[0].ID, first[0].ID)
}

func TestOutboxKeepsWhatWasNotPublished(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		var kicked atomic.Int64
		s.OnCommit(func() { kicked.Add(1) })
		require.NoError(t, s.Requeue(t.Context(), market.ChangeListing, []string{"a", "b", "a", "c"}))
		require.Equal(t, int64(1), kicked.Load())
		down := errors.New("stream is down")
		_, err := s.TakeOutbox(t.Context(), 10, func(context.Context, []market.Change) error { return down })
		require.ErrorIs(t, err, down)
		n, err := s.TakeOutbox(t.Context(), 2, func(_ context.Context, c []market.Change) error {
			require.Equal(t, []string{"a", "b"}, []string{c[0].Of, c[1].Of})
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Len(t, drain(t, s), 1)
		require.Equal(t, int64(1), kicked.Load(), "taking is no news")
	})
}

// TestOutboxDeletesBeside: what was published is handed out no more, and its
// lines go without a commit of their own: with the next write, after a moment,
// or when the store is closed.
func TestOutboxDeletesBeside(t *testing.T) {
	path := "sqlite://" + t.TempDir() + "/a.db"
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	taken := func(s *Store) int {
		n, err := s.TakeOutbox(t.Context(), 10, func(context.Context, []market.Change) error { return nil })
		require.NoError(t, err)
		return n
	}
	lines := func() int {
		left, err := outbox(t.Context(), s.read, 10, ``)
		require.NoError(t, err)
		return len(left)
	}
	require.NoError(t, s.Requeue(t.Context(), market.ChangeListing, []string{"a", "b"}))
	require.Equal(t, 2, taken(s))
	require.Equal(t, 0, taken(s))
	require.NoError(t, s.Requeue(t.Context(), market.ChangeListing, []string{"c"}))
	require.Equal(t, 1, lines(), "the next write took them out")
	require.Equal(t, 1, taken(s))
	require.Eventually(t, func() bool { return lines() == 0 }, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool { return len(s.published.all()) == 0 }, 10*time.Second, 5*time.Millisecond)

	require.NoError(t, s.Requeue(t.Context(), market.ChangeListing, []string{"d"}))
	require.Equal(t, 1, taken(s))
	require.NoError(t, s.Close())
	s, err = Open(t.Context(), path)
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, 0, taken(s))
}
