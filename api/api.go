// Package api is the web: the JSON API under /api, the public pages, the app
// under /app, and live hints to signed-in browsers.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// Config is what the web needs.
type Config struct {
	Store          *store.Store
	Index          *search.Index
	Log            *slog.Logger
	BaseURL        string                      // the address people use, without a slash at the end
	TrustedProxies []string                    // addresses or networks whose X-Forwarded-For is believed
	Ready          func(context.Context) error // nil: always ready
	// Mends tells what the owners of live listings could change; nil: nothing.
	Mends       func(ctx context.Context, listingIDs []string) (map[string][]market.Mend, error)
	Words       func() *chain.Words // what was added to the tables of words; nil: nothing
	Version     string
	MailSet     bool // mails go out; else they are only written down
	RequireTOTP bool // operators, reviewers and administrators need the second step
	HealthOnly  bool // a worker's: /livez, /readyz and /metrics, nothing else
}

func (a *API) words() *chain.Words {
	if a.cfg.Words == nil {
		return nil
	}
	return a.cfg.Words()
}

// API is the web of one process.
type API struct {
	cfg      Config
	app      *fiber.App
	huma     huma.API
	proxies  []netip.Prefix
	hub      *hub
	secrets  *secrets
	throttle *throttle
	metrics  *metrics
	stamping chan struct{} // held by whoever stamps a drawing
	now      func() time.Time
}

const (
	bodyMost  = 1 << 20  // of any request but a picture
	imageMost = 12 << 20 // of a picture
	patience  = 15 * time.Second
)

// New wires the routes. Nothing listens yet.
func New(cfg Config) (*API, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	proxies, err := networks(cfg.TrustedProxies)
	if err != nil {
		return nil, err
	}
	a := &API{cfg: cfg, proxies: proxies, hub: newHub(), secrets: newSecrets(), throttle: newThrottle(), stamping: make(chan struct{}, 1), now: time.Now}
	a.metrics = newMetrics(a)
	a.app = fiber.New(fiber.Config{
		Immutable: true, // fiber reuses request memory: strings kept without this are overwritten
		AppName:   "lianqiao", DisableStartupMessage: true,
		ReadBufferSize: 16384, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		WriteTimeout: 0, // a live stream has no end
		BodyLimit:    2 * imageMost, ErrorHandler: a.fiberError,
		DisablePreParseMultipartForm: true, // first the permission, then the form
	})
	a.app.Server().HeaderReceived = hardLimit
	site := newPageSite(a)
	a.app.Use(a.observe, site.fallen, a.guardPanic, a.refuseBroken, a.limitBody, a.refuseForeign)
	a.mountHealth(a.app)
	if !cfg.HealthOnly {
		a.describe(a.app)
		site.mount(a.app)
		a.mountApp(a.app)
	}
	a.app.Use(nowhere(a.app.GetRoutes(true)))
	return a, nil
}

// nowhere answers what no route took: 405 where another method would have been.
func nowhere(routes []fiber.Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var allowed []string
		for _, r := range routes {
			if fiber.RoutePatternMatch(c.Path(), r.Path) && !slices.Contains(allowed, r.Method) {
				allowed = append(allowed, r.Method)
			}
		}
		if len(allowed) == 0 {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderAllow, strings.Join(allowed, ", "))
		return fiber.ErrMethodNotAllowed
	}
}

// hardLimit ends a request whose body is far too large as soon as its head is
// read, or a chunked one on the way. One that is not quite so large is read and
// refused by limitBody: the browser of an honest person sends all before it
// listens, and would show a broken connection instead of the reason.
func hardLimit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	return fasthttp.RequestConfig{MaxRequestBodySize: 2 * bodyLimit(path)}
}

// bodyLimit is the most bytes that a request to the path may send.
func bodyLimit(path string) int {
	switch path {
	case "/api/images":
		return imageMost
	case "/api/evidence":
		return fileMost
	}
	if strings.HasSuffix(path, "/files") && (strings.HasPrefix(path, "/api/introductions/") || strings.HasPrefix(path, "/api/listings/")) {
		return fileMost
	}
	if strings.HasPrefix(path, "/api/operator/sheets/") || strings.HasPrefix(path, "/api/fairs/") && strings.HasSuffix(path, "/sheet") {
		return sheetMost
	}
	return bodyMost
}

// describe registers every operation of the API.
func (a *API) describe(app *fiber.App) {
	installErrors.Do(useProblems)
	a.huma = newHuma(app)
	a.mountSessions()
	a.mountPasswords()
	a.mountTOTP()
	a.mountOffices()
	a.mountWords()
	a.mountBureau()
	a.mountOverview()
	a.mountMerges()
	a.mountEnterprises()
	a.mountRecords()
	a.mountListings()
	a.mountProposals()
	a.mountPreferences()
	a.mountFairs()
	a.mountIntroductions()
	a.mountMessages()
	a.mountNotices()
	a.mountPersonal()
	a.mountReviews()
	a.mountDeskBooks()
	a.mountIntake()
	a.mountOutcomes()
	a.mountAudit()
	a.mountQuotes()
	a.mountImages(app)
	a.mountReading()
	a.mountReference()
	a.mountOperator()
	a.mountLive()
	a.mountDescription(app)
}

// installErrors guards huma's process-wide error constructors.
var installErrors sync.Once

// Serve answers on the listener until Shutdown, also a Shutdown that came first:
// the server beneath forgets that, and would serve for ever.
func (a *API) Serve(l net.Listener) error {
	once := &closedOnce{Listener: l}
	go func() {
		<-a.hub.stop
		_ = once.Close()
	}()
	return a.app.Listener(once)
}

// closedOnce is a listener that may be closed again.
type closedOnce struct {
	net.Listener
	once sync.Once
}

func (l *closedOnce) Close() (err error) {
	l.once.Do(func() { err = l.Listener.Close() })
	return err
}

// Shutdown ends live streams, waits for requests under way and stops.
func (a *API) Shutdown(ctx context.Context) error {
	a.hub.close()
	if err := a.app.ShutdownWithContext(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("api.Shutdown: %w", err)
	}
	return nil
}

func networks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
			continue
		}
		addr, err := netip.ParseAddr(s)
		if err != nil {
			return nil, fmt.Errorf("api: trusted proxy %q: %w", s, err)
		}
		out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
	}
	return out, nil
}

// address is where a request comes from: the right-most hop of X-Forwarded-For
// that is no proxy of ours. What stands left of it anybody can invent.
func (a *API) address(c *fiber.Ctx) string {
	at, err := netip.ParseAddr(c.Context().RemoteIP().String())
	if err != nil {
		return ""
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && a.trusted(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop
	}
	return at.Unmap().String()
}

func (a *API) trusted(addr netip.Addr) bool {
	for _, p := range a.proxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
