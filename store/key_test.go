package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, KeyBytes) }

func mustExec(t *testing.T, s *Store, query string, args ...any) {
	t.Helper()
	require.NoError(t, s.update(t.Context(), func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, query, args...)
		return err
	}))
}

func userOf(t *testing.T, s *Store, id string) market.User {
	t.Helper()
	u, err := s.User(t.Context(), id)
	require.NoError(t, err)
	return u
}

// TestSecretsAreSealed: neither the database nor a backup of it holds the secret
// of a second step; one row's seal opens nothing in another row, and no other
// key opens it.
func TestSecretsAreSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b := t.Context(), firm(t, s, "甲厂"), firm(t, s, "乙厂")
		const secret = "JBSWY3DPEHPK3PXP"
		require.Error(t, s.BeginTOTP(ctx, a, secret), "no key, no secret")
		require.Error(t, s.UseKey(ctx, key(1)[1:]))
		require.NoError(t, s.UseKey(ctx, key(1)))
		require.NoError(t, s.BeginTOTP(ctx, a, secret))
		u := userOf(t, s, a.UserID)
		require.NotContains(t, u.TOTP.Secret, secret)
		got, err := s.OpenTOTP(u)
		require.NoError(t, err)
		require.Equal(t, secret, got)
		var backup bytes.Buffer
		require.NoError(t, s.Backup(ctx, &backup))
		z, err := gzip.NewReader(&backup)
		require.NoError(t, err)
		text, err := io.ReadAll(z)
		require.NoError(t, err)
		require.NotContains(t, string(text), secret)
		require.Contains(t, string(text), u.TOTP.Secret)

		require.NoError(t, s.BeginTOTP(ctx, b, secret))
		require.NotEqual(t, u.TOTP.Secret, userOf(t, s, b.UserID).TOTP.Secret, "one secret is never sealed alike twice")
		mustExec(t, s, `UPDATE user_account SET totp_secret = $1 WHERE id = $2`, u.TOTP.Secret, b.UserID)
		_, err = s.OpenTOTP(userOf(t, s, b.UserID))
		require.Error(t, err, "moved to another row")
		for _, broken := range []string{secret, "v1.", "v1.AAAA", u.TOTP.Secret[:len(u.TOTP.Secret)-2], "v1." + strings.Repeat("A", 80)} {
			u.TOTP.Secret = broken
			_, err = s.OpenTOTP(u)
			require.Error(t, err, broken)
		}

		require.ErrorIs(t, s.UseKey(ctx, key(2)), ErrOtherKey)
		require.NoError(t, s.UseKey(ctx, key(1)), "a second process with the same key")
		n, err := s.ForgetKey(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		used, err := s.Keyed(ctx)
		require.NoError(t, err)
		require.False(t, used)
		require.Empty(t, userOf(t, s, a.UserID).TOTP.Secret)
		require.NoError(t, s.UseKey(ctx, key(2)))
	})
}

// TestOpenSecretsGetSealed: what an earlier version kept open is sealed when a
// key is first used, and goes on working.
func TestOpenSecretsGetSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b := t.Context(), firm(t, s, "甲厂"), firm(t, s, "乙厂")
		mustExec(t, s, `UPDATE user_account SET totp_secret = 'JBSWY3DPEHPK3PXP', totp_at = 1, totp_step = 5, recovery = '["r"]' WHERE id = $1`, a.UserID)
		require.NoError(t, s.UseKey(ctx, key(1)))
		require.NoError(t, s.UseKey(ctx, key(1)))
		u := userOf(t, s, a.UserID)
		require.True(t, u.SecondStep())
		require.Equal(t, int64(5), u.TOTP.Step)
		require.Equal(t, []string{"r"}, u.TOTP.Recovery)
		require.NotContains(t, u.TOTP.Secret, "JBSW")
		got, err := s.OpenTOTP(u)
		require.NoError(t, err)
		require.Equal(t, "JBSWY3DPEHPK3PXP", got)
		none, err := s.OpenTOTP(userOf(t, s, b.UserID))
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
