package search

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/stretchr/testify/require"
	bbolt "go.etcd.io/bbolt/errors"

	"lianqiao/market"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// listing number n, published n minutes after noon.
func listing(n int, side market.Side, title string) Doc {
	return Doc{
		Listing: market.Listing{
			ID: fmt.Sprintf("l%06d", n), EnterpriseID: fmt.Sprintf("e%d", n%7), Side: side, Status: market.Live,
			Title: title, Region: "130110", Price: market.Price{Negotiable: true},
			PublishedAt: noon.Add(time.Duration(n) * time.Minute),
		},
		Enterprise: market.Enterprise{ID: fmt.Sprintf("e%d", n%7), Name: "示例制造厂"},
	}
}

func inMemory(t testing.TB, docs ...Doc) *Index {
	t.Helper()
	x, err := Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	if len(docs) > 0 {
		require.NoError(t, x.Apply(docs, nil, 1, "stream"))
	}
	return x
}

func find(t testing.TB, x *Index, q Query) Page {
	t.Helper()
	page, err := x.Find(t.Context(), q)
	require.NoError(t, err)
	return page
}

func TestReopenKeepsListingsAndPosition(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir)
	require.NoError(t, err)
	require.True(t, x.Fresh())
	require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 41, "s1"))
	require.NoError(t, x.Apply([]Doc{listing(2, market.Supply, "供应铜棒")}, []string{"l000001"}, 42, "s1"))
	require.NoError(t, x.Close())

	x, err = Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.False(t, x.Fresh())
	seq, stream := x.Position()
	require.Equal(t, uint64(42), seq)
	require.Equal(t, "s1", stream)
	require.Equal(t, []string{"l000002"}, find(t, x, Query{}).IDs)
}

func TestHalfRebuiltIndexIsThrownAway(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 0, ""))
	require.True(t, x.Fresh())
	require.NoError(t, x.Close())

	x, err = Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.True(t, x.Fresh())
	count, err := x.Count()
	require.NoError(t, err)
	require.Zero(t, count)
}

// Every file of the index in turn is cut short, filled with rubbish and removed.
func TestDamageGivesNewEmptyIndex(t *testing.T) {
	harm := map[string]func(string) error{
		"truncate": func(f string) error { return os.Truncate(f, 10) },
		"rubbish":  func(f string) error { return os.WriteFile(f, []byte("rubbish, not an index"), 0o600) },
		"remove":   os.Remove,
	}
	for name, do := range harm {
		for _, pattern := range []string{"index_meta.json", "store/root.bolt", "store/*.zap"} {
			t.Run(name+" "+filepath.Base(pattern), func(t *testing.T) {
				dir := t.TempDir()
				x, err := Open(dir)
				require.NoError(t, err)
				require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 7, "s1"))
				require.NoError(t, x.Close())
				files, err := filepath.Glob(filepath.Join(dir, "v-*", pattern))
				require.NoError(t, err)
				require.NotEmpty(t, files)
				require.NoError(t, do(files[0]))

				x, err = Open(dir)
				require.NoError(t, err)
				defer x.Close()
				require.True(t, x.Fresh())
				require.NoError(t, x.Apply([]Doc{listing(2, market.Supply, "供应铝棒")}, nil, 8, "s1"))
				require.Equal(t, []string{"l000002"}, find(t, x, Query{Text: "铝棒"}).IDs)
			})
		}
	}
}

func TestOtherVersionIsRemoved(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "v-000000000000")
	require.NoError(t, os.MkdirAll(old, 0o700))
	x, err := Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.True(t, x.Fresh())
	require.NoDirExists(t, old)
}

func TestSecondOpenerIsRefusedAndHarmsNothing(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 7, "s1"))
	_, err = Open(dir)
	require.ErrorIs(t, err, bbolt.ErrTimeout)
	require.Equal(t, []string{"l000001"}, find(t, x, Query{}).IDs)
}

func TestPanicBecomesErrorUntilReset(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir)
	require.NoError(t, err)
	defer x.Close()
	require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 7, "s1"))
	whole := x.index
	x.index = panicking{whole}
	require.ErrorContains(t, x.Apply(nil, []string{"l000001"}, 8, "s1"), "disk full")
	require.True(t, x.Fresh())
	_, err = x.Find(t.Context(), Query{})
	require.ErrorIs(t, err, ErrDamaged)
	x.index = whole
	require.NoError(t, x.Reset())
	require.True(t, x.Fresh())
	require.NoError(t, x.Apply([]Doc{listing(2, market.Supply, "供应铝棒")}, nil, 9, "s1"))
	require.Equal(t, []string{"l000002"}, find(t, x, Query{}).IDs)
}

// TestLostWriter is bleve's background writer gone: whoever waits for it is let
// go, and the one who feeds the index hears of it.
func TestLostWriter(t *testing.T) {
	x, err := Open(t.TempDir())
	require.NoError(t, err)
	defer x.Close()
	require.NoError(t, x.Apply([]Doc{listing(1, market.Supply, "供应铝棒")}, nil, 7, "s1"))
	whole, stuck := x.index, make(chan struct{})
	defer close(stuck)
	x.index = hanging{whole, stuck}
	applied := make(chan error, 1)
	go func() { applied <- x.Apply(nil, []string{"l000001"}, 8, "s1") }()
	path := ""
	onDisk.Range(func(key, other any) bool {
		if other == x {
			path = key.(string)
		}
		return true
	})
	failed(scorch.NewScorchError("persister", "no space left", scorch.ErrPersist), path)
	require.False(t, x.Fresh(), "bleve tries a failed write again")
	failed(scorch.NewScorchError("persister", "gone", scorch.ErrAsyncPanic), path)
	<-x.Broken()
	require.ErrorIs(t, <-applied, ErrDamaged)
	require.True(t, x.Fresh())
	x.index = whole
	require.NoError(t, x.Reset())
	require.NoError(t, x.Apply([]Doc{listing(2, market.Supply, "供应铝棒")}, nil, 9, "s1"))
	require.Equal(t, []string{"l000002"}, find(t, x, Query{}).IDs)
}

func TestWait(t *testing.T) {
	x := inMemory(t)
	done := make(chan error, 1)
	go func() { done <- x.Wait(t.Context(), 2) }()
	require.NoError(t, x.Apply(nil, nil, 1, "s"))
	select {
	case err := <-done:
		t.Fatal("Wait returned before its sequence", err)
	default:
	}
	require.NoError(t, x.Apply(nil, nil, 2, "s"))
	require.NoError(t, <-done)
	require.NoError(t, x.Wait(t.Context(), 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, x.Wait(ctx, 3), context.Canceled)
}

func TestClosed(t *testing.T) {
	x, err := Open("")
	require.NoError(t, err)
	require.NoError(t, x.Close())
	require.NoError(t, x.Close())
	_, err = x.Count()
	require.ErrorIs(t, err, ErrClosed)
}
