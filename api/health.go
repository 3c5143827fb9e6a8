package api

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lianqiao/market"
)

type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(a *API) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "lianqiao_request_seconds", Help: "Time to answer, by route.", Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 10),
	}, []string{"method", "route", "status"})}
	gauge := func(name, help string, f func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	gauge("lianqiao_live_browsers", "Open live streams.", func() float64 { return float64(a.hub.browsers()) })
	gauge("lianqiao_password_queue", "Password checks at work or waiting.", func() float64 { return float64(len(a.secrets.queue)) })
	gauge("lianqiao_indexed_listings", "Listings in this process's index.", a.indexed)
	gauge("lianqiao_index_sequence", "Stream sequence that the index holds.", func() float64 {
		if a.cfg.Index == nil {
			return 0
		}
		seq, _ := a.cfg.Index.Position()
		return float64(seq)
	})
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (a *API) indexed() float64 {
	if a.cfg.Index == nil {
		return 0
	}
	n, err := a.cfg.Index.Count()
	if err != nil {
		return -1
	}
	return float64(n)
}

func (a *API) mountHealth(app *fiber.App) {
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/readyz", a.readyz)
	app.Get("/metrics", adaptor.HTTPHandler(promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{})))
}

func (a *API) readyz(c *fiber.Ctx) error {
	if a.cfg.Ready == nil {
		return c.SendString("ok")
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), 3*time.Second)
	defer cancel()
	if err := a.cfg.Ready(ctx); err != nil {
		a.cfg.Log.Warn("not ready", "err", err)
		return fiber.ErrServiceUnavailable
	}
	return c.SendString("ok")
}

const requestHeader = "X-Request-Id"

var requestShape = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals("request").(string)
	return id
}

// observe numbers, measures and logs each request. The log has the route and
// not the path or query: these hold ids and what people look for.
func (a *API) observe(c *fiber.Ctx) error {
	id := c.Get(requestHeader)
	if !requestShape.MatchString(id) {
		id = uuid.NewString()
	}
	c.Locals("request", id)
	c.Set(requestHeader, id)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	start := time.Now()
	if err := c.Next(); err != nil {
		if err := c.App().ErrorHandler(c, err); err != nil {
			return err
		}
	}
	took, status := time.Since(start), c.Response().StatusCode()
	route := c.Route().Path
	a.metrics.requests.WithLabelValues(c.Method(), route, fmt.Sprint(status)).Observe(took.Seconds())
	a.cfg.Log.Info("request", "method", c.Method(), "route", route, "status", status, "ms", took.Milliseconds(), "request", id)
	return nil
}

func (a *API) guardPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c.Next()
}

// refuseBroken refuses an address that is no text, before a database is asked
// for it: PostgreSQL takes neither NUL nor broken UTF-8.
func (a *API) refuseBroken(c *fiber.Ctx) error {
	broken := func(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }
	path, err := url.PathUnescape(string(c.Request().URI().PathOriginal()))
	if err != nil || broken(path) {
		return market.ErrNotFound
	}
	field, bad := "", false
	for name, value := range c.Request().URI().QueryArgs().All() {
		if broken(string(name)) || broken(string(value)) {
			field, bad = strings.ToValidUTF8(strings.ReplaceAll(string(name), "\x00", ""), ""), true
		}
	}
	if key := c.Get("Idempotency-Key"); broken(key) {
		field, bad = "Idempotency-Key", true
	}
	if bad {
		return market.Bad(field, "error.badText")
	}
	return c.Next()
}

// limitBody refuses what is too large, and what is packed: a megabyte of it may
// unpack to a thousand, and the framework would unpack it unasked.
func (a *API) limitBody(c *fiber.Ctx) error {
	if packed := c.Get(fiber.HeaderContentEncoding); packed != "" && !strings.EqualFold(packed, "identity") {
		return fiber.ErrUnsupportedMediaType
	}
	if len(c.Request().Body()) > bodyLimit(c.Path()) {
		return &market.Error{Kind: market.TooLarge, Message: "error.http.413"}
	}
	return c.Next()
}
