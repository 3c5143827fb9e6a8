package api

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"lianqiao/market"
)

// secrets hashes passwords, two at a time: a try costs 25 ms of a core.
type secrets struct {
	turn   chan struct{} // at work
	queue  chan struct{} // at work or waiting
	nobody string        // the hash that a login without a user is checked against
}

func newSecrets() *secrets {
	nobody, _ := HashPassword(rand.Text())
	return &secrets{turn: make(chan struct{}, 2), queue: make(chan struct{}, 64), nobody: nobody}
}

// HashPassword returns the argon2id hash of a password.
func HashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

func (s *secrets) hash(ctx context.Context, password string) (hash string, err error) {
	err = s.do(ctx, func() (err error) { hash, err = HashPassword(password); return })
	return hash, err
}

func (s *secrets) check(ctx context.Context, password, hash string) (ok bool, err error) {
	if len(password) > 1024 {
		password = password[:1024]
	}
	err = s.do(ctx, func() (err error) { ok, err = argon2id.ComparePasswordAndHash(password, hash); return })
	return ok, err
}

func (s *secrets) do(ctx context.Context, work func() error) error {
	select {
	case s.queue <- struct{}{}:
		defer func() { <-s.queue }()
	default:
		return errTooMany
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return errTooMany
	}
	return work()
}

var errTooMany = &market.Error{Kind: market.TooMany, Message: "error.tooManyTries"}

const (
	signUpsMost  = 1000 // a whole association may sit behind one address
	signUpsSpan  = 15 * time.Minute
	signUpsNames = 50_000 // counters kept; then the ended ones are thrown away
)

// throttle counts sign-ups by address in fixed spans, in this process only: it
// spares the machine. What guards accounts is kept in the store.
type throttle struct {
	mu    sync.Mutex
	tries map[string]try
}

type try struct {
	n     int
	until time.Time
}

func newThrottle() *throttle { return &throttle{tries: map[string]try{}} }

func (t *throttle) take(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	x := t.tries[name]
	if now.After(x.until) {
		t.prune(now)
		x = try{until: now.Add(signUpsSpan)}
	}
	x.n++
	t.tries[name] = x
	if x.n > signUpsMost {
		return errTooMany
	}
	return nil
}

func (t *throttle) prune(now time.Time) {
	if len(t.tries) < signUpsNames {
		return
	}
	for k, x := range t.tries {
		if now.After(x.until) {
			delete(t.tries, k)
		}
	}
}
