package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLogIsCopiedBesideTheWriter: what is committed gets into the database by
// itself, a reader that still needs the old pages puts it off and nobody waits
// for it, and the log begins anew instead of growing.
func TestLogIsCopiedBesideTheWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(t.Context(), "sqlite://"+path)
	require.NoError(t, err)
	defer s.Close()
	write := func() {
		require.NoError(t, s.write.do(t.Context(), func(ctx context.Context, x *tx) error {
			_, err := x.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS big (v TEXT)`)
			require.NoError(t, err)
			_, err = x.ExecContext(ctx, `INSERT INTO big SELECT hex(randomblob(2000)) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n)`)
			return err
		}))
	}
	size := func(name string) int64 {
		f, err := os.Stat(name)
		require.NoError(t, err)
		return f.Size()
	}
	old, err := s.read.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	var n int
	require.NoError(t, old.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_master`).Scan(&n))
	before := size(path)
	write()
	require.NoError(t, s.write.do(t.Context(), func(context.Context, *tx) error { return nil }))
	left, err := s.log.copy(t.Context())
	require.NoError(t, err)
	require.Positive(t, left, "the reader still needs what was there")
	require.NoError(t, old.Rollback())

	write()
	require.Eventually(t, func() bool { return size(path) > before+2<<20 }, 20*time.Second, 10*time.Millisecond, "nobody copies the log")
	require.Eventually(t, func() bool { left, err := s.log.copy(t.Context()); return err == nil && left == 0 }, 20*time.Second, 10*time.Millisecond)
	log := size(path + "-wal")
	for range 3 {
		write()
		require.Eventually(t, func() bool { left, err := s.log.copy(t.Context()); return err == nil && left == 0 }, 20*time.Second, 10*time.Millisecond)
	}
	require.LessOrEqual(t, size(path+"-wal"), log, "the log begins anew")
}
