package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"lianqiao/market"
)

// who is the person behind a request.
type who struct {
	market.Actor
	lang    string
	address string
	agent   string
	token   string            // of the session cookie; empty for a visitor
	device  string            // of the cookie by which the browser is known
	keep    func(http.Cookie) // gives the browser a cookie; huma would join two into one line
}

type whoKey struct{}

// none is the input of an operation without any, or the output without a body.
type none struct{}

// route registers one operation: method and path, who may use it, what it is
// called and what it does. The permission is checked before the input is read,
// and stands in the description as x-permission.
func route[I, O any](a *API, at string, may market.Permission, name string, do func(context.Context, who, *I) (*O, error), more ...func(*huma.Operation)) {
	method, path, _ := strings.Cut(at, " ")
	op := huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: strings.ReplaceAll(name, "-", " "), MaxBodyBytes: bodyMost,
		Errors: []int{400, 401, 403, 404, 422}, Extensions: map[string]any{"x-permission": string(may)},
		Middlewares: huma.Middlewares{a.admit(may)},
	}
	for _, m := range more {
		m(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		w, _ := ctx.Value(whoKey{}).(who)
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		out, err := do(ctx, w, in)
		if err != nil {
			return nil, withoutPrecondition(&op, err, a.shown(w.lang, name, err))
		}
		return out, nil
	})
}

// withoutPrecondition answers 409 where the caller named no revision: a 412
// speaks of an If-Match that was not there.
func withoutPrecondition(op *huma.Operation, err error, p *Problem) *Problem {
	if errors.Is(err, market.ErrStale) && !slices.Contains(op.Errors, 412) {
		p.Status = 409
	}
	return p
}

func created(op *huma.Operation) { op.DefaultStatus = 201 }

// admit finds out who asks and whether he may.
func (a *API) admit(may market.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(ctx)
		w, err := a.who(c)
		if err == nil {
			err = w.Allow(may)
		}
		if err == nil {
			err = readable(c, ctx.Operation())
		}
		if err != nil {
			p := a.shown(w.lang, ctx.Operation().OperationID, err)
			_ = sendProblem(c, p)
			return
		}
		w.keep = func(k http.Cookie) { c.Response().Header.Add(fiber.HeaderSetCookie, k.String()) }
		c.Set(fiber.HeaderCacheControl, "private, no-store")
		next(huma.WithValue(ctx, whoKey{}, w))
	}
}

// readable refuses a body of a kind that the operation does not take.
func readable(c *fiber.Ctx, op *huma.Operation) error {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if op.RequestBody == nil || op.RequestBody.Content[kind] != nil || kind == "" && len(c.Request().Body()) == 0 {
		return nil
	}
	return fiber.ErrUnsupportedMediaType
}

// shown logs what is internal and makes a Problem of any error.
func (a *API) shown(lang, operation string, err error) *Problem {
	if statusOf(err) >= 500 {
		a.cfg.Log.Error("operation failed", "operation", operation, "err", err)
	}
	return problemOf(lang, err)
}

func (a *API) who(c *fiber.Ctx) (who, error) {
	w := who{lang: language(c), address: a.address(c), agent: c.Get(fiber.HeaderUserAgent), token: c.Cookies(a.cookieName()), device: c.Cookies(a.deviceName())}
	if w.token == "" || a.cfg.Store == nil {
		return w, nil
	}
	s, err := a.cfg.Store.Session(c.UserContext(), digest(w.token))
	if market.IsKind(err, market.NotFound) {
		w.token = ""
		return w, nil
	}
	if err != nil {
		return w, err
	}
	if err := a.renew(c.UserContext(), s); err != nil {
		return w, err
	}
	var u market.User
	if w.Actor, u, err = a.cfg.Store.Actor(c.UserContext(), s.UserID); err != nil {
		return w, err
	}
	if a.mustEnrol(w.Actor) && !u.SecondStep() {
		w.Actor = w.BeforeEnrolment()
		return w, nil
	}
	w.Actor, err = a.behalf(c, w.Actor)
	return w, err
}

// actingFor is the header by which an officer names the firm he acts for.
const actingFor = "X-Acting-For"

// behalf is the officer as the firm that he names. A firm that he may not act
// for, and one that does not exist, are refused alike.
func (a *API) behalf(c *fiber.Ctx, officer market.Actor) (market.Actor, error) {
	id := c.Get(actingFor)
	if id == "" {
		return officer, nil
	}
	e, err := a.cfg.Store.Enterprise(c.UserContext(), id)
	if err != nil && !market.IsKind(err, market.NotFound) {
		return officer, err
	}
	return officer.For(&e)
}

// actor is who asks for a page; a session that cannot be read is a visitor.
func (a *API) actor(c *fiber.Ctx) market.Actor {
	w, err := a.who(c)
	if err != nil {
		a.cfg.Log.Error("session", "err", err)
		return market.Actor{}
	}
	return w.Actor
}

// etag spells a revision.
func etag(rev int64) string { return `"` + strconv.FormatInt(rev, 10) + `"` }

// revision reads If-Match. An edit must name what it edits.
func revision(lang, ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, plain(lang, 428)
	}
	rev, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(ifMatch, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, market.ErrStale
	}
	return rev, nil
}

const limitMost = 100

func limit(n int) int {
	if n <= 0 {
		return 20
	}
	return min(n, limitMost)
}
