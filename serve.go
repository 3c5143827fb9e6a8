package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"lianqiao/api"
	"lianqiao/bus"
	"lianqiao/demo"
	"lianqiao/market"
	"lianqiao/matcher"
	"lianqiao/notify"
	"lianqiao/search"
	"lianqiao/store"
)

// config is what a serving process is told.
type config struct {
	keptIn      `embed:""`
	Addr        string   `default:"127.0.0.1:8080" env:"LIANQIAO_ADDR" help:"Where the web listens; a worker answers only /livez, /readyz and /metrics there."`
	Role        string   `name:"run" default:"all" enum:"all,web,worker" env:"LIANQIAO_RUN" help:"What this process does: all, web or worker."`
	NATS        string   `name:"nats" env:"LIANQIAO_NATS" help:"NATS addresses (nats://…,nats://…). Empty: embedded, without an open port."`
	Copies      int      `name:"replicas" default:"1" env:"LIANQIAO_REPLICAS" help:"Copies of the stream in a NATS cluster: 1 or 3."`
	URL         string   `env:"LIANQIAO_URL" help:"The address people use, e.g. https://lianqiao.example.cn. Empty: the listening address."`
	Proxies     []string `name:"trusted-proxies" env:"LIANQIAO_TRUSTED_PROXIES" help:"Addresses or networks of our own reverse proxies, whose X-Forwarded-For is believed."`
	Chain       bool     `name:"potential" default:"true" negatable:"" env:"LIANQIAO_POTENTIAL" help:"Propose what a product is usually made from although nobody posted a need."`
	Demo        bool     `env:"LIANQIAO_DEMO" help:"Fill an empty database with an invented world, marked 示例."`
	RequireTOTP bool     `name:"require-totp" env:"LIANQIAO_REQUIRE_TOTP" help:"Operators, reviewers and administrators must sign in with a code of a device as well; until they set it up they can do nothing else."`
	Log         string   `default:"info" enum:"debug,info,warn,error" env:"LIANQIAO_LOG" help:"Least level that is logged."`

	keyed   `embed:""`
	weighed `embed:""`
	bounds  `embed:""`
	ways    `embed:""`

	// noWait is the negative control of the tests: the matcher does not wait
	// for its own index, and pairs are lost.
	noWait bool
}

// bounds are the settings that bound what a firm may do.
type bounds struct {
	OpenIntroductions int `default:"10" env:"LIANQIAO_OPEN_INTRODUCTIONS" help:"How many introductions a firm may ask for that are not answered yet; 0: no bound."`
	UnverifiedLive    int `default:"3" env:"LIANQIAO_UNVERIFIED_LIVE" help:"How many live listings a firm may have that nobody verified; 0: no bound."`
}

// ways are the settings by which messages leave the house.
type ways struct {
	Mail          string `env:"LIANQIAO_MAIL" help:"The mail server: smtp://user:password@host:587 (STARTTLS), smtps://…:465 or, on the same machine, smtp+plain://host:25. Empty: mails are only noted in the log."`
	MailFrom      string `default:"lianqiao@localhost" env:"LIANQIAO_MAIL_FROM" help:"The sender's address of mails."`
	Webhook       string `env:"LIANQIAO_WEBHOOK" help:"The address of a gateway that sends SMS or WeChat messages, for users who sign in with a telephone number. Empty: none."`
	DigestHour    int    `default:"8" env:"LIANQIAO_DIGEST_HOUR" help:"The hour, in China, at which the daily digest goes out: 0 to 23."`
	WebhookSecret string `env:"LIANQIAO_WEBHOOK_SECRET" help:"What messages to the gateway are signed with."`
}

// senders are the ways that are set.
func (w ways) senders(log *slog.Logger) (map[market.Channel]notify.Sender, error) {
	if w.DigestHour < 0 || w.DigestHour > 23 {
		return nil, errors.New("the digest's hour is one of 0 to 23, see -digest-hour")
	}
	out := map[market.Channel]notify.Sender{market.ByMail: notify.Log{Log: log}}
	if w.Mail != "" {
		smtp, err := notify.NewSMTP(w.Mail, w.MailFrom)
		if err != nil {
			return nil, err
		}
		out[market.ByMail] = smtp
	}
	if w.Webhook != "" {
		if w.WebhookSecret == "" {
			return nil, errors.New("a webhook needs a secret, see -webhook-secret")
		}
		out[market.ByPhone] = notify.Webhook{URL: w.Webhook, Secret: []byte(w.WebhookSecret)}
	}
	return out, nil
}

func (c config) web() bool    { return c.Role != "worker" }
func (c config) worker() bool { return c.Role != "web" }

func (c config) baseURL(addr string) string {
	if c.URL != "" {
		return c.URL
	}
	return "http://" + addr
}

// app is one running process.
type app struct {
	addr string // where the web listens, or a worker's health

	log     *slog.Logger
	store   *store.Store
	bus     *bus.Bus
	index   *search.Index
	matcher *matcher.Matcher
	api     *api.API
	carrier *notify.Carrier // nil in a web

	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

// start wires everything and returns when requests are answered. What it
// started, stop stops in reverse order; a failed start leaves nothing running.
func start(ctx context.Context, c config) (a *app, err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log)); err != nil && c.Log != "" {
		return nil, fmt.Errorf("start: log level: %w", err)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a fifth less processor time for each post, some 100 MB more memory at 100,000 listings
	}
	running, cancel := context.WithCancel(context.Background())
	a = &app{cancel: cancel, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))}
	begun := a // a return of nil takes a away before the deferred call
	defer func() {
		if err != nil {
			_ = begun.stop(context.Background()) // err says already what went wrong
		}
	}()
	if err := a.open(ctx, c); err != nil {
		return nil, err
	}
	weights, err := c.weighed.readWeights()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	a.matcher = matcher.New(matcher.Config{Store: a.store, Index: a.index, Log: a.log, Weights: weights, NoPotential: !c.Chain, NoWait: c.noWait})
	if err := a.matcher.LoadWords(ctx); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	from, err := a.catchUp(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.serve(c); err != nil {
		return nil, err
	}
	if c.worker() {
		senders, err := c.senders(a.log)
		if err != nil {
			return nil, fmt.Errorf("start: %w", err)
		}
		a.carrier = notify.New(notify.Config{Store: a.store, Log: a.log, BaseURL: strings.TrimRight(c.baseURL(a.addr), "/"), Ways: senders, Hour: c.DigestHour})
	}
	a.keep(running, "relay", func(ctx context.Context) error { return a.bus.Relay(ctx, a.store) })
	a.keep(running, "feed", func(ctx context.Context) error { return a.feed(ctx, &from) })
	if c.worker() {
		for range matchLoops {
			a.keep(running, "match", func(ctx context.Context) error { return a.bus.Work(ctx, "match", a.match, a.gaveUp) })
		}
		a.keep(running, "heal", a.heal)
		a.keep(running, "nightly", a.nightly)
		a.keep(running, "seal", a.seal)
		a.keep(running, "notify", a.carrier.Run)
	}
	return a, nil
}

// matchLoops is how many batches a worker has in hand: while one waits for the
// disk, the other computes.
const matchLoops = 4

// open opens what is kept: the store, the demo world if asked for, the bus and the index.
func (a *app) open(ctx context.Context, c config) (err error) {
	if a.store, err = c.keptIn.open(ctx); err != nil {
		return fmt.Errorf("start: store: %w", err)
	}
	if c.web() {
		if err := c.keyed.use(ctx, a.store, c.keptIn); err != nil {
			return fmt.Errorf("start: %w", err)
		}
	}
	a.store.SetLimits(market.Limits{OpenIntroductions: c.OpenIntroductions, UnverifiedLive: c.UnverifiedLive})
	if c.Demo {
		if err := demo.Load(ctx, a.store, api.HashPassword); err != nil {
			return fmt.Errorf("start: demo: %w", err)
		}
	}
	a.bus, err = bus.Open(ctx, bus.Config{URL: c.NATS, Dir: filepath.Join(c.Data, "stream"), Stream: "LIANQIAO", Replicas: c.Copies, Log: a.log,
		WorkOn: []market.ChangeKind{market.ChangeListing, market.ChangeEnterprise, market.ChangePlan, market.ChangeWords, market.ChangeSweep}})
	if err != nil {
		return fmt.Errorf("start: bus: %w", err)
	}
	a.store.OnCommit(a.bus.Kick)
	if a.index, err = search.Open(filepath.Join(c.Data, "index")); err != nil {
		return fmt.Errorf("start: index: %w", err)
	}
	return nil
}

func (a *app) serve(c config) error {
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	a.addr = listener.Addr().String()
	a.api, err = api.New(api.Config{Store: a.store, Index: a.index, Log: a.log, BaseURL: c.baseURL(a.addr), TrustedProxies: c.Proxies, Ready: a.ready, Mends: a.matcher.Mends, Words: a.matcher.Words, Version: version, RequireTOTP: c.RequireTOTP, MailSet: c.Mail != "", HealthOnly: !c.web()})
	if err != nil {
		return fmt.Errorf("start: api: %w", err)
	}
	a.tasks.Go(func() {
		if err := a.api.Serve(listener); err != nil {
			a.log.Error("web stopped", "err", err)
		}
	})
	return nil
}

// catchUp makes the index belong to this stream: an index that is new, or was
// fed by another stream, is rebuilt from the store. It returns the first
// sequence that the index does not hold yet.
//
// The order matters: first the stream's last sequence, then the scan. Every
// message up to that sequence was committed before the scan began, so the scan
// sees it.
func (a *app) catchUp(ctx context.Context) (uint64, error) {
	seq, stream := a.index.Position()
	if !a.index.Fresh() && stream == a.bus.StreamID() {
		return seq + 1, nil
	}
	last, err := a.bus.LastSeq(ctx)
	if err != nil {
		return 0, fmt.Errorf("catch up: %w", err)
	}
	if err := a.matcher.Rebuild(ctx, last, a.bus.StreamID()); err != nil {
		return 0, fmt.Errorf("catch up: %w", err)
	}
	return last + 1, nil
}

// feed keeps the own index equal to the store and tells browsers what changed.
// After a failure it resumes where the index stands, rebuilding if the stream
// no longer reaches back that far.
func (a *app) feed(ctx context.Context, from *uint64) error {
	following, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-a.index.Broken():
			stop()
		case <-following.Done():
		}
	}()
	err := a.bus.Feed(following, *from, func(ctx context.Context, batch []bus.Message) error {
		last := batch[len(batch)-1].Seq
		if err := a.matcher.Feed(ctx, changes(batch), last, a.bus.StreamID()); err != nil {
			return err
		}
		*from = last + 1
		for _, m := range batch {
			if err := a.api.Apply(ctx, m.Change); err != nil {
				a.log.Warn("live hint", "err", err)
			}
			if a.carrier != nil && m.Change.Kind == market.ChangeNotice {
				a.carrier.Kick()
			}
		}
		return nil
	})
	if ctx.Err() != nil || err == nil && following.Err() == nil {
		return err
	}
	next, caught := a.catchUp(ctx)
	if errors.Is(err, bus.ErrTooOld) {
		next, caught = a.rebuild(ctx)
	}
	if caught != nil {
		return errors.Join(err, caught)
	}
	*from = next
	return err
}

func (a *app) rebuild(ctx context.Context) (uint64, error) {
	last, err := a.bus.LastSeq(ctx)
	if err != nil {
		return 0, err
	}
	return last + 1, a.matcher.Rebuild(ctx, last, a.bus.StreamID())
}

func (a *app) match(ctx context.Context, batch []bus.Message) error {
	return a.matcher.Match(ctx, changes(batch), batch[len(batch)-1].Seq)
}

func (a *app) gaveUp(ctx context.Context, m bus.Message, tries int, reason error) error {
	return a.store.SaveFailure(ctx, market.Failure{ID: m.Change.ID, Kind: m.Change.Kind, Of: m.Change.Of, Tries: tries, Reason: reason.Error(), CreatedAt: time.Now()})
}

func changes(batch []bus.Message) []market.Change {
	out := make([]market.Change, len(batch))
	for i, m := range batch {
		out[i] = m.Change
	}
	return out
}

// heal asks again for listings that no worker has matched although they were
// posted a while ago: their messages went with a lost stream.
func (a *app) heal(ctx context.Context) error {
	return every(ctx, time.Minute, func() error {
		pending, err := a.bus.Pending(ctx, "match")
		if err != nil || pending > 0 {
			return err
		}
		plans, err := a.store.WaitingPlans(ctx, time.Now().Add(-2*time.Minute))
		if err != nil {
			return err
		}
		if len(plans) > 0 {
			a.log.Info("asking again for queued plans", "count", len(plans))
			if err := a.store.Requeue(ctx, market.ChangePlan, plans); err != nil {
				return err
			}
		}
		ids, err := a.store.Unmatched(ctx, time.Now().Add(-20*time.Second), 1000)
		if err != nil || len(ids) == 0 {
			return err
		}
		a.log.Info("asking again for unmatched listings", "count", len(ids))
		return a.store.Requeue(ctx, market.ChangeListing, ids)
	})
}

// nightly asks for the sweep at three in the morning. Each worker asks; the
// sweep is the same however often it runs.
func (a *app) nightly(ctx context.Context) error {
	asked := time.Now().Format(time.DateOnly)
	return every(ctx, time.Minute, func() error {
		now := time.Now()
		if today := now.Format(time.DateOnly); today != asked && now.Hour() >= 3 {
			asked = today
			return a.store.Requeue(ctx, market.ChangeSweep, []string{today})
		}
		return nil
	})
}

// seal closes the audit's new lines under a hash once a minute.
func (a *app) seal(ctx context.Context) error {
	return every(ctx, time.Minute, func() error {
		_, err := a.store.Seal(ctx)
		return err
	})
}

// every runs f now and then once a period until the context ends.
func every(ctx context.Context, period time.Duration, f func() error) error {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		if err := f(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// keep runs a task until stop, starting it again a second after it fails.
func (a *app) keep(ctx context.Context, name string, task func(context.Context) error) {
	a.tasks.Go(func() {
		for ctx.Err() == nil {
			if err := task(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("task failed, starting it again", "task", name, "err", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
}

// ready reports why the process should not get requests yet, or nil.
func (a *app) ready(ctx context.Context) error {
	if err := a.store.Ping(ctx); err != nil {
		return err
	}
	_, err := a.bus.LastSeq(ctx)
	return err
}

// stop ends everything in the reverse order of start.
func (a *app) stop(ctx context.Context) error {
	var errs []error
	if a.api != nil {
		errs = append(errs, a.api.Shutdown(ctx))
	}
	a.cancel()
	a.tasks.Wait()
	if a.bus != nil {
		errs = append(errs, a.bus.Close(ctx))
	}
	if a.index != nil {
		errs = append(errs, a.index.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}

// Run sweeps without a server. It takes the folder's index, so that it fails
// while a server uses the folder, and leaves it without a position: the next start fills it anew.
func (s *sweepCmd) Run(ctx context.Context) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	index, err := search.Open(filepath.Join(s.Data, "index"))
	if err != nil {
		return fmt.Errorf("sweep: a server seems to use this folder: %w", err)
	}
	defer index.Close()
	weights, err := s.weighed.readWeights()
	if err != nil {
		return err
	}
	m := matcher.New(matcher.Config{Store: st, Index: index, Log: slog.Default(), Weights: weights})
	if err := m.LoadWords(ctx); err != nil {
		return err
	}
	if err := m.Rebuild(ctx, 0, ""); err != nil {
		return err
	}
	return m.Sweep(ctx, time.Now().Format(time.DateOnly))
}

type healthCmd struct {
	Addr string `default:"127.0.0.1:8080" env:"LIANQIAO_ADDR" help:"Where the server listens."`
}

// Run exits with an error unless the server answers that it is ready.
func (h *healthCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(h.Addr)
	if err != nil {
		return err
	}
	if host == "" || host == "0.0.0.0" {
		host = "127.0.0.1"
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/readyz"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", res.Status)
	}
	return nil
}
