package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"lianqiao/market"
)

const sessionLife = 30 * 24 * time.Hour

type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

type signUpInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Login      string          `json:"login"`
		Password   string          `json:"password"`
		Name       string          `json:"name"`
		Enterprise EnterpriseInput `json:"enterprise"`
	}
}

type signInInput struct{ Body credentials }

type meOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type goneOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

func (a *API) mountSessions() {
	route(a, "POST /api/sign-up", market.Anyone, "sign-up", a.signUp, created)
	route(a, "POST /api/sign-in", market.Anyone, "sign-in", a.signIn)
	route(a, "POST /api/sign-out", market.Anyone, "sign-out", a.signOut)
	route(a, "POST /api/sign-out-everywhere", market.SignedIn, "sign-out-everywhere", a.signOutEverywhere)
	route(a, "GET /api/me", market.SignedIn, "me", func(ctx context.Context, w who, _ *none) (*meOutput, error) {
		me, err := a.me(ctx, w.UserID)
		return &meOutput{Body: me}, err
	})
}

func (a *API) signUp(ctx context.Context, w who, in *signUpInput) (*meOutput, error) {
	b := in.Body
	now := a.now()
	u := market.User{ID: market.NewID(), Login: strings.ToLower(strings.TrimSpace(b.Login)), Name: strings.TrimSpace(b.Name), CreatedAt: now}
	e := b.Enterprise.enterprise()
	e.ID, e.CreatedAt, e.UpdatedAt = market.NewID(), now, now
	if in.Key != "" {
		u.ID = keyed("sign-up", u.Login, in.Key)
	}
	if err := checkSignUp(u, e, b.Password); err != nil {
		return nil, err
	}
	if err := a.throttle.take(w.address); err != nil {
		return nil, err
	}
	hash, err := a.secrets.hash(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	u.PasswordHash = hash
	err = a.cfg.Store.SignUp(ctx, u, e)
	if market.IsKind(err, market.Conflict) && in.Key != "" && a.sameUser(ctx, u, b.Password) {
		err = nil // the same request again, its first answer got lost
	}
	if err != nil {
		return nil, err
	}
	return a.begin(ctx, w, u.ID)
}

func checkSignUp(u market.User, e market.Enterprise, password string) error {
	var errs market.Errors
	errs.Add(market.CheckLogin(u.Login))
	errs.Add(market.CheckPassword(password))
	if u.Name == "" {
		errs.Add(market.Bad("name", "error.required"))
	} else if len([]rune(u.Name)) > 40 {
		errs.Add(market.Bad("name", "error.tooLong", "40"))
	}
	if err := e.Check(); err != nil {
		for _, x := range err.(market.Errors) {
			fault := *x
			fault.Field = "enterprise." + fault.Field
			errs.Add(&fault)
		}
	}
	return errs.Err()
}

func (a *API) sameUser(ctx context.Context, u market.User, password string) bool {
	kept, err := a.cfg.Store.UserByLogin(ctx, u.Login)
	if err != nil || kept.ID != u.ID {
		return false
	}
	ok, err := a.secrets.check(ctx, password, kept.PasswordHash)
	return err == nil && ok
}

// signIn answers the same, after the same time, for a wrong password and for a
// login that does not exist.
func (a *API) signIn(ctx context.Context, w who, in *signInInput) (*meOutput, error) {
	login := strings.ToLower(strings.TrimSpace(in.Body.Login))
	if err := a.throttle.take(login + "|" + w.address); err != nil {
		return nil, err
	}
	u, err := a.cfg.Store.UserByLogin(ctx, login)
	if err != nil && !market.IsKind(err, market.NotFound) {
		return nil, err
	}
	hash := u.PasswordHash
	if hash == "" {
		hash = a.secrets.nobody
	}
	ok, err := a.secrets.check(ctx, in.Body.Password, hash)
	if err != nil {
		return nil, err
	}
	if !ok || u.ID == "" {
		return nil, &market.Error{Kind: market.Unauthorized, Message: "error.signIn.wrong"}
	}
	a.throttle.forget(login + "|" + w.address)
	return a.begin(ctx, w, u.ID)
}

// begin opens a session in the browser that asks.
func (a *API) begin(ctx context.Context, w who, userID string) (*meOutput, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	token, now := base64.RawURLEncoding.EncodeToString(raw), a.now()
	agent := []rune(strings.ToValidUTF8(w.agent, ""))
	s := market.Session{TokenHash: digest(token), UserID: userID, Agent: string(agent[:min(len(agent), 200)]), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionLife)}
	if err := a.cfg.Store.SaveSession(ctx, s); err != nil {
		return nil, err
	}
	me, err := a.me(ctx, userID)
	return &meOutput{SetCookie: []http.Cookie{a.cookie(token, int(sessionLife.Seconds()))}, Body: me}, err
}

func (a *API) signOut(ctx context.Context, w who, _ *none) (*goneOutput, error) {
	if w.token != "" {
		if err := a.cfg.Store.DropSession(ctx, digest(w.token)); err != nil {
			return nil, err
		}
	}
	return &goneOutput{[]http.Cookie{a.cookie("", -1)}}, nil
}

func (a *API) signOutEverywhere(ctx context.Context, w who, _ *none) (*goneOutput, error) {
	if err := a.cfg.Store.DropSessions(ctx, w.UserID); err != nil {
		return nil, err
	}
	return &goneOutput{[]http.Cookie{a.cookie("", -1)}}, nil
}

// secure reports whether browsers keep a Secure cookie from our address.
func (a *API) secure() bool {
	u, err := url.Parse(a.cfg.BaseURL)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func (a *API) cookieName() string {
	if a.secure() {
		return "__Host-lianqiao"
	}
	return "lianqiao"
}

func (a *API) cookie(value string, age int) http.Cookie {
	return http.Cookie{Name: a.cookieName(), Value: value, Path: "/", MaxAge: age, Secure: a.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// digest is what is kept of a token: a stolen database signs nobody in.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// keyed makes one id of an idempotency key and its scope.
func keyed(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.Join(parts, "\x00"))).String()
}

// refuseForeign refuses changes that another site's page asks a browser for.
func (a *API) refuseForeign(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	site := c.Get("Sec-Fetch-Site")
	if site == "cross-site" || site == "same-site" || !a.sameOrigin(c) {
		return &market.Error{Kind: market.Forbidden, Message: "error.foreignSite"}
	}
	return c.Next()
}

func (a *API) sameOrigin(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || strings.EqualFold(origin, a.cfg.BaseURL) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, string(c.Request().Host()))
}

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
	triesMost  = 10
	triesSpan  = 15 * time.Minute
	triesNames = 50_000 // counters kept; then the ended ones are thrown away
)

// throttle counts tries by name in fixed spans.
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
	now, most := time.Now(), triesMost
	if !strings.Contains(name, "|") {
		most = 1000 // sign-ups: a whole association may sit behind one address
	}
	x := t.tries[name]
	if now.After(x.until) {
		t.prune(now)
		x = try{until: now.Add(triesSpan)}
	}
	x.n++
	t.tries[name] = x
	if x.n > most {
		return errTooMany
	}
	return nil
}

func (t *throttle) prune(now time.Time) {
	if len(t.tries) < triesNames {
		return
	}
	for k, x := range t.tries {
		if now.After(x.until) {
			delete(t.tries, k)
		}
	}
}

func (t *throttle) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, name)
}
