package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/store"
)

// TestKey: the first start makes a key that only its owner can read, later ones
// take it; a lost, a broken and another key are refused in plain words, and
// PostgreSQL wants one that is given.
func TestKey(t *testing.T) {
	ctx, in := t.Context(), keptIn{Data: t.TempDir()}
	file := filepath.Join(in.Data, "key")
	serve := func(k keyed, in keptIn) error {
		st, err := store.Open(ctx, "sqlite://"+filepath.Join(in.Data, "lianqiao.db"))
		require.NoError(t, err)
		defer st.Close()
		return k.use(ctx, st, in)
	}
	require.ErrorContains(t, serve(keyed{}, keptIn{Data: in.Data, DB: "postgres://x"}), "-key")
	require.ErrorContains(t, serve(keyed{Key: "abc"}, in), "64 hexadecimal digits")
	require.NoError(t, serve(keyed{}, in))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	made, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, serve(keyed{}, in))
	require.NoError(t, serve(keyed{Key: strings.TrimSpace(string(made))}, in), "the same key, given")
	require.ErrorIs(t, serve(keyed{Key: strings.Repeat("4c", 32)}, in), store.ErrOtherKey)

	require.NoError(t, os.Remove(file))
	require.ErrorContains(t, serve(keyed{}, in), "is missing")
	require.NoFileExists(t, file, "a lost key is not replaced")
	require.NoError(t, (&forgetCmd{in}).Run(ctx))
	require.NoError(t, serve(keyed{}, in))
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotEqual(t, made, again)
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, serve(keyed{}, in), "is no key")
}
