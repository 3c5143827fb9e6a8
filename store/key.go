package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"lianqiao/market"
)

// KeyBytes is how long a key is.
const KeyBytes = 32

// ErrOtherKey is the answer to a key under which nothing here was sealed.
var ErrOtherKey = errors.New("what is kept was sealed under another key")

var errNoKey = errors.New("the store was given no key")

// sealedMark begins every sealed text. No base32 does: it has no small letters.
const sealedMark = "v1."

// keyRow names the row of the table secret by which a key is known again.
const keyRow = "key"

// sealer seals texts that nobody may read in the database or in a backup of it:
// AES-256-GCM under a key that is kept elsewhere. The id of whose text it is
// goes into the seal, so that no row's text can be moved to another row.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (*sealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &sealer{aead}, err
}

func (s *sealer) seal(id, text string) string {
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return sealedMark + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(text), []byte(id)))
}

func (s *sealer) open(id, sealed string) (string, error) {
	coded, ok := strings.CutPrefix(sealed, sealedMark)
	raw, err := base64.RawStdEncoding.DecodeString(coded)
	if n := s.aead.NonceSize(); ok && err == nil && len(raw) > n {
		var text []byte
		if text, err = s.aead.Open(nil, raw[:n], raw[n:], []byte(id)); err == nil {
			return string(text), nil
		}
	}
	return "", errors.New("a sealed text is broken, or another's")
}

// UseKey gives the store the key that secrets of second steps are sealed under.
// The first key is known again from then on: another one is ErrOtherKey, so that
// several processes cannot seal under several keys. Secrets that an earlier
// version of the program kept open are sealed.
func (s *Store) UseKey(ctx context.Context, key []byte) error {
	mark, err := markOf(key)
	if err != nil {
		return fmt.Errorf("store.UseKey: %w", err)
	}
	sealer, err := newSealer(key)
	if err != nil {
		return fmt.Errorf("store.UseKey: %w", err)
	}
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, `INSERT INTO secret (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, keyRow, mark); err != nil {
			return err
		}
		var known []byte
		if err := one(ctx, t, `SELECT bytes FROM secret WHERE name = $1`, into(&known), keyRow); err != nil {
			return err
		}
		if !hmac.Equal(known, mark) {
			return ErrOtherKey
		}
		return t.sealOpen(ctx, sealer)
	})
	if err != nil {
		return fmt.Errorf("store.UseKey: %w", err)
	}
	s.sealer.Store(sealer)
	return nil
}

// markOf is what a key is known again by; it tells nothing of the key.
func markOf(key []byte) ([]byte, error) {
	if len(key) != KeyBytes {
		return nil, fmt.Errorf("a key has %d bytes, not %d", KeyBytes, len(key))
	}
	return hkdf.Key(sha256.New, key, nil, "lianqiao: known again by", sha256.Size)
}

func (t *tx) sealOpen(ctx context.Context, sealer *sealer) error {
	open := map[string]string{}
	err := each(ctx, t, `SELECT id, totp_secret FROM user_account WHERE totp_secret <> '' AND totp_secret NOT LIKE '`+sealedMark+`%'`+t.forUpdate(), func(r *sql.Rows) error {
		var id, secret string
		err := r.Scan(&id, &secret)
		open[id] = secret
		return err
	})
	for id, secret := range open {
		if err == nil {
			_, err = t.exec(ctx, `UPDATE user_account SET totp_secret = $1 WHERE id = $2`, sealer.seal(id, secret), id)
		}
	}
	return err
}

// Keyed reports whether a key was ever used on this database.
func (s *Store) Keyed(ctx context.Context) (bool, error) {
	names, err := idsOf(ctx, s.read, `SELECT name FROM secret WHERE name = $1`, keyRow)
	if err != nil {
		return false, fmt.Errorf("store.Keyed: %w", err)
	}
	return len(names) > 0, nil
}

// ForgetKey is for when the key is lost: every second step is turned off, with
// a line in the audit for each, and the next key that is used is the key. It
// returns how many people have to set theirs up anew.
func (s *Store) ForgetKey(ctx context.Context) (n int, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		users, err := idsOf(ctx, t, `SELECT id FROM user_account WHERE totp_secret <> ''`+t.forUpdate())
		if err != nil {
			return err
		}
		n = len(users)
		for _, id := range users {
			t.audit(market.Actor{}, "totp-reset", "user", id)
		}
		if _, err := t.exec(ctx, `UPDATE user_account SET totp_secret = '', totp_at = 0, recovery = '[]' WHERE totp_secret <> ''`); err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM secret WHERE name = $1`, keyRow)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store.ForgetKey: %w", err)
	}
	return n, nil
}

// OpenTOTP is the secret that a user's device knows, in base32; empty where
// there is none.
func (s *Store) OpenTOTP(u market.User) (string, error) {
	if u.TOTP.Secret == "" {
		return "", nil
	}
	sealer := s.sealer.Load()
	if sealer == nil {
		return "", fmt.Errorf("store.OpenTOTP(%q): %w", u.ID, errNoKey)
	}
	secret, err := sealer.open(u.ID, u.TOTP.Secret)
	if err != nil {
		return "", fmt.Errorf("store.OpenTOTP(%q): %w", u.ID, err)
	}
	return secret, nil
}
