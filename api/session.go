package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"lianqiao/market"
)

type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second step, where it is on: of the device, or one for when it is lost"`
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

type meOutput struct{ Body Me }

func (a *API) mountSessions() {
	route(a, "POST /api/sign-up", market.Anyone, "sign-up", a.signUp, created)
	route(a, "POST /api/sign-in", market.Anyone, "sign-in", a.signIn)
	route(a, "POST /api/sign-out", market.Anyone, "sign-out", a.signOut)
	route(a, "POST /api/sign-out-everywhere", market.Enrolling, "sign-out-everywhere", a.signOutEverywhere)
	route(a, "GET /api/sessions", market.SignedIn, "sessions", a.sessions)
	route(a, "DELETE /api/sessions/{id}", market.SignedIn, "end-session", a.endSession)
	route(a, "GET /api/me", market.Enrolling, "me", func(ctx context.Context, w who, _ *none) (*meOutput, error) {
		u, err := a.cfg.Store.User(ctx, w.UserID)
		if err != nil {
			return nil, err
		}
		me, err := a.meAs(ctx, w.lang, w.Actor, u)
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
	if err := a.checkSignUp(ctx, u, e, b.Password); err != nil {
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
	if market.IsKind(err, market.Conflict) {
		err = a.signUpTaken(ctx, w, u, in.Key, b.Password)
	}
	if err != nil {
		return nil, err
	}
	return a.begin(ctx, w, u.ID)
}

// signUpTaken answers a sign-up whose login or code exists. It does not say
// which of the two, and it counts as a guess at that login, so it can neither
// be asked often nor asked quietly: a miss leaves a firm behind.
func (a *API) signUpTaken(ctx context.Context, w who, u market.User, key, password string) error {
	if err := a.cfg.Store.TakeGuess(ctx, digest(u.Login), "", a.now()); err != nil {
		return err
	}
	if key != "" && a.sameUser(ctx, u, password) {
		return nil // the same request again, its first answer got lost
	}
	return &market.Error{Kind: market.Conflict, Message: "error.signUp.taken"}
}

func (a *API) checkSignUp(ctx context.Context, u market.User, e market.Enterprise, password string) error {
	errs, faults := checkUser(u, password), market.Errors{}
	if err := a.checkEnterprise(ctx, &e); err != nil && !errors.As(err, &faults) {
		return err
	}
	for _, x := range faults {
		fault := *x
		fault.Field = "enterprise." + fault.Field
		errs.Add(&fault)
	}
	return errs.Err()
}

func checkUser(u market.User, password string) (errs market.Errors) {
	errs.Add(market.CheckLogin(u.Login))
	errs.Add(market.CheckPassword(password))
	if u.Name == "" {
		errs.Add(market.Bad("name", "error.required"))
	} else if n := len([]rune(u.Name)); n > 40 {
		errs.Add(market.Bad("name", "error.tooLong", "40", itoa(n)))
	}
	return errs
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
// login that does not exist. Tries are counted per account before they are
// made, whatever address they say they come from; a browser that the user
// signed in with before has a count of its own, so that strangers cannot lock
// the owner out.
func (a *API) signIn(ctx context.Context, w who, in *signInInput) (*meOutput, error) {
	login := strings.ToLower(strings.TrimSpace(in.Body.Login))
	u, err := a.cfg.Store.UserByLogin(ctx, login)
	if err != nil && !market.IsKind(err, market.NotFound) {
		return nil, err
	}
	device, err := a.deviceOf(ctx, w, u.ID)
	if err != nil {
		return nil, err
	}
	at := a.now()
	if err := a.cfg.Store.TakeGuess(ctx, digest(login), device, at); err != nil {
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
	asked := u.SecondStep() && plainCode(in.Body.Code) == ""
	if u.SecondStep() && !asked {
		if err := a.useCode(ctx, u, in.Body.Code); err != nil {
			return nil, err // a wrong code stays counted, as a wrong password does
		}
	}
	if err := a.cfg.Store.ReturnGuess(ctx, digest(login), device, at); err != nil {
		return nil, err
	}
	if asked {
		return nil, &market.Error{Kind: market.Unauthorized, Field: "code", Message: "error.totp.wanted"}
	}
	return a.begin(ctx, w, u.ID)
}

// deviceOf names the browser that asks when the user signed in with it before.
// A login without a user asks the store as well, so that both take as long.
func (a *API) deviceOf(ctx context.Context, w who, userID string) (string, error) {
	if w.device == "" {
		return "", nil
	}
	known, err := a.cfg.Store.KnowsDevice(ctx, digest(w.device), userID)
	if err != nil || !known {
		return "", err
	}
	return digest(w.device), nil
}

// begin opens a session in the browser that asks, and knows it from now on.
func (a *API) begin(ctx context.Context, w who, userID string) (*meOutput, error) {
	token, now := market.NewToken(), a.now()
	agent := []rune(strings.ToValidUTF8(w.agent, ""))
	s := market.Session{TokenHash: digest(token), UserID: userID, Agent: string(agent[:min(len(agent), 200)]), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(market.SessionIdle)}
	if err := a.cfg.Store.SaveSession(ctx, s); err != nil {
		return nil, err
	}
	device := w.device
	if device == "" {
		device = market.NewToken()
	}
	if err := a.cfg.Store.SaveDevice(ctx, digest(device), userID); err != nil {
		return nil, err
	}
	// The browser keeps the cookie as long as any session may last; the store decides when it ends.
	w.keep(a.cookie(a.cookieName(), token, int(market.SessionMost.Seconds())))
	w.keep(a.cookie(a.deviceName(), device, 365*24*3600))
	me, err := a.me(ctx, w.lang, userID)
	return &meOutput{me}, err
}

// renew moves the end of a session in use.
func (a *API) renew(ctx context.Context, s market.Session) error {
	s, due := s.Renewed(a.now())
	if !due {
		return nil
	}
	return a.cfg.Store.TouchSession(ctx, s)
}

// SessionView is one browser that is signed in.
type SessionView struct {
	ID        string    `json:"id"`
	Agent     string    `json:"agent"`
	Here      bool      `json:"here" doc:"The browser that asks"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

type sessionsOutput struct {
	Body struct {
		Items []SessionView `json:"items" nullable:"false"`
	}
}

func (a *API) sessions(ctx context.Context, w who, _ *none) (*sessionsOutput, error) {
	list, err := a.cfg.Store.Sessions(ctx, w.UserID, a.now())
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Items = []SessionView{}
	for _, s := range list {
		out.Body.Items = append(out.Body.Items, SessionView{sessionID(s), s.Agent, s.TokenHash == digest(w.token), s.CreatedAt, s.SeenAt, s.ExpiresAt})
	}
	return out, nil
}

// sessionID names a session to its user; it opens nothing.
func sessionID(s market.Session) string { return digest(s.TokenHash)[:24] }

func (a *API) endSession(ctx context.Context, w who, in *idInput) (*none, error) {
	list, err := a.cfg.Store.Sessions(ctx, w.UserID, a.now())
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if sessionID(s) == in.ID {
			return nil, a.cfg.Store.DropSession(ctx, s.TokenHash)
		}
	}
	return nil, market.ErrNotFound
}

func (a *API) signOut(ctx context.Context, w who, _ *none) (*none, error) {
	if w.token != "" {
		if err := a.cfg.Store.DropSession(ctx, digest(w.token)); err != nil {
			return nil, err
		}
	}
	w.keep(a.cookie(a.cookieName(), "", -1))
	return nil, nil
}

func (a *API) signOutEverywhere(ctx context.Context, w who, _ *none) (*none, error) {
	if err := a.cfg.Store.DropSessions(ctx, w.UserID); err != nil {
		return nil, err
	}
	w.keep(a.cookie(a.cookieName(), "", -1))
	return nil, nil
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

// deviceName is the cookie by which a browser is known after it signed out.
func (a *API) deviceName() string { return a.cookieName() + "-device" }

func (a *API) cookie(name, value string, age int) http.Cookie {
	return http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: a.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func digest(token string) string { return market.Digest(token) }

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
