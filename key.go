package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lianqiao/store"
)

// keyed says where the key is under which the secrets of second steps are
// sealed. It is never in the database, so that who reads that, or a backup,
// cannot make anybody's codes.
type keyed struct {
	Key string `env:"LIANQIAO_KEY" help:"The key that secrets of second steps are sealed under, 64 hexadecimal digits (openssl rand -hex 32), the same for all webs. Empty, with SQLite only: the file 'key' in the data folder, made on the first start."`
}

// use gives the store its key, and makes one where that is right.
func (k keyed) use(ctx context.Context, st *store.Store, in keptIn) error {
	file := filepath.Join(in.Data, "key")
	text, from := k.Key, "-key or LIANQIAO_KEY"
	if text == "" {
		if in.DB != "" {
			return errors.New("PostgreSQL serves several processes, so they must be given one key: see -key; openssl rand -hex 32 makes one")
		}
		var err error
		if text, err = keyFile(ctx, st, file); err != nil {
			return err
		}
		from = file
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != store.KeyBytes {
		return fmt.Errorf("%s is no key: a key is %d hexadecimal digits", from, 2*store.KeyBytes)
	}
	err = st.UseKey(ctx, key)
	if errors.Is(err, store.ErrOtherKey) {
		return fmt.Errorf("the key in %s is not the one that this database was first served with; put that back, or, if it is lost, run lianqiao forget-key: %w", from, err)
	}
	return err
}

// keyFile reads the key of a data folder, and writes a fresh one where there is
// none yet. One that got lost is not replaced: what was sealed under it would
// look broken.
func keyFile(ctx context.Context, st *store.Store, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(text), err
	}
	used, err := st.Keyed(ctx)
	if err != nil {
		return "", err
	}
	if used {
		return "", fmt.Errorf("%s is missing, and this database was served with a key; put it back, or, if it is lost, run lianqiao forget-key", file)
	}
	key := make([]byte, store.KeyBytes)
	_, _ = rand.Read(key) // it never fails
	return hex.EncodeToString(key), writeKey(file, hex.EncodeToString(key)+"\n")
}

// writeKey is done when the key is on the disk: it must not be lost while what
// it sealed is not.
func writeKey(file, text string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

type forgetCmd struct {
	keptIn `embed:""`
}

// Run says how many people have to set their second step up anew.
func (f *forgetCmd) Run(ctx context.Context) error {
	st, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	n, err := st.ForgetKey(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("second steps turned off: %d\n", n)
	return nil
}
