// Package store keeps everything, in SQLite or PostgreSQL with one SQL text. A
// write commits its rows, its audit lines and its outbox lines together or not
// at all. Ids that do not exist, or are not the actor's, answer
// market.ErrNotFound.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"lianqiao/market"
)

// Store is one open database. It is safe for use by many goroutines.
type Store struct {
	read     *sql.DB       // SQLite: many readers that cannot write; PostgreSQL: the one pool
	write    *writer       // SQLite only
	log      *checkpointer // SQLite only
	postgres bool

	relaying  sync.Mutex // one TakeOutbox at a time in this process
	published published  // SQLite only
	onCommit  atomic.Pointer[func()]
	limits    atomic.Pointer[market.Limits]
	sealer    atomic.Pointer[sealer] // nil until UseKey
}

// Open opens the database named by dsn, "sqlite:///folder/file.db" or
// "postgres://…", and brings its tables up to date.
func Open(ctx context.Context, dsn string) (*Store, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite://"); ok {
		s, err := openSQLite(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("store.Open(%q): %w", dsn, err)
		}
		return s, nil
	}
	// Not the dsn in the error: it may hold a password.
	s, err := openPostgres(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("store.Open(postgres): %w", err)
	}
	return s, nil
}

// Close waits for writes under way and closes the database.
func (s *Store) Close() error {
	if s.write == nil {
		return s.read.Close()
	}
	return errors.Join(s.write.close(), s.log.close(), s.read.Close())
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int64
	if err := s.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("store.Ping: %w", err)
	}
	return nil
}

// OnCommit sets what is called, without delay or lock, after each commit that
// wrote outbox lines.
func (s *Store) OnCommit(f func()) { s.onCommit.Store(&f) }

func (s *Store) committed(changes int) {
	if s.log != nil {
		s.log.wrote()
	}
	if f := s.onCommit.Load(); f != nil && changes > 0 {
		(*f)()
	}
}

// sqliteDSN spells a file name for the driver. The path is escaped: an
// unescaped # or ? would open another file.
func sqliteDSN(path string, options ...string) string {
	q := url.Values{}
	for _, p := range append([]string{"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "foreign_keys(1)", "temp_store(2)"}, options...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func openSQLite(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// A batch of matches dirties some thousand pages: with the default 2 MB they
	// spill before the commit.
	write, err := sql.Open("sqlite", sqliteDSN(path, "cache_size(-65536)", "wal_autocheckpoint("+logMost+")")+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := checkSQLite(ctx, write); err != nil {
		write.Close()
		return nil, err
	}
	if err := migrate(ctx, write, false); err != nil {
		write.Close()
		return nil, err
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, "query_only(1)"))
	if err != nil {
		write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	s := &Store{read: read}
	if s.log, err = startCheckpointer(path); err != nil {
		read.Close()
		write.Close()
		return nil, err
	}
	if s.write, err = startWriter(ctx, write, s.committed); err != nil {
		_ = s.log.close() // err says already what went wrong
		read.Close()
		write.Close()
		return nil, err
	}
	return s, nil
}

// leastSQLite is the first version without the WAL-reset bug, which could
// damage a database on a checkpoint.
var leastSQLite = [3]int{3, 51, 3}

func checkSQLite(ctx context.Context, db *sql.DB) error {
	var text string
	if err := db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&text); err != nil {
		return err
	}
	if !sqliteNewEnough(text) {
		return fmt.Errorf("SQLite %s is too old: at least %d.%d.%d is needed", text, leastSQLite[0], leastSQLite[1], leastSQLite[2])
	}
	return nil
}

func sqliteNewEnough(version string) bool {
	var v [3]int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); n < 2 {
		return false
	}
	for i := range v {
		if v[i] != leastSQLite[i] {
			return v[i] > leastSQLite[i]
		}
	}
	return true
}

// openPostgres asks for the exec mode unless the address says otherwise: one
// round trip per statement and no prepared state on the server, so migrations
// and poolers in front of it cannot trip over statements prepared earlier.
func openPostgres(ctx context.Context, dsn string) (*Store, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fmt.Errorf("the address must start with sqlite:// or postgres://")
	}
	q := u.Query()
	if !q.Has("default_query_exec_mode") {
		q.Set("default_query_exec_mode", "exec")
		u.RawQuery = q.Encode()
	}
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(24)
	db.SetMaxIdleConns(24)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := migrate(ctx, db, true); err != nil {
		db.Close()
		return nil, err
	}
	return &Store{read: db, postgres: true}, nil
}
