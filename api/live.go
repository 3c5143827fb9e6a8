package api

import (
	"bufio"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"lianqiao/market"
)

// heartbeat is how often a stream says that it lives: a closed browser shows
// only when a write fails.
const heartbeat = 15 * time.Second

// newProposal is how long ago a proposal may have changed for its parties to be
// hinted at it: messages are seconds old, and those of an hour ago need no hint.
const newProposal = 10 * time.Minute

// hint tells a browser what to ask for again. It carries no state.
type hint struct {
	kind market.ChangeKind
	id   string
}

// hub hands hints to the open browsers of each enterprise.
type hub struct {
	mu      sync.Mutex
	open    map[string]map[chan hint]bool
	stop    chan struct{}
	stopped sync.Once
}

func newHub() *hub { return &hub{open: map[string]map[chan hint]bool{}, stop: make(chan struct{})} }

func (h *hub) join(enterprise string) (hints chan hint, leave func()) {
	hints = make(chan hint, 32)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[enterprise] == nil {
		h.open[enterprise] = map[chan hint]bool{}
	}
	h.open[enterprise][hints] = true
	return hints, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.open[enterprise], hints)
		if len(h.open[enterprise]) == 0 {
			delete(h.open, enterprise)
		}
	}
}

// tell drops the hint for a browser that is behind; it reloads in its own time.
func (h *hub) tell(enterprise string, x hint) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for hints := range h.open[enterprise] {
		select {
		case hints <- x:
		default:
		}
	}
}

func (h *hub) browsers() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, hints := range h.open {
		n += len(hints)
	}
	return n
}

func (h *hub) close() { h.stopped.Do(func() { close(h.stop) }) }

// Apply hints a change to the browsers of those whom it concerns, and nobody else.
func (a *API) Apply(ctx context.Context, c market.Change) error {
	if a.hub.browsers() == 0 {
		return nil
	}
	var to []string
	var err error
	switch c.Kind {
	case market.ChangeMatches:
		to, err = a.cfg.Store.PartiesOf(ctx, c.Of, a.now().Add(-newProposal))
	case market.ChangeProposal:
		var p market.Proposal
		p, err = a.cfg.Store.Proposal(ctx, c.Of)
		to = []string{p.NeedBy, p.SupplyBy}
	case market.ChangeIntroduction:
		var i market.Introduction
		i, err = a.cfg.Store.Introduction(ctx, c.Of)
		if to = []string{i.By, i.To}; i.Muted {
			to = []string{i.By}
		}
	case market.ChangeListing:
		var l market.Listing
		l, err = a.cfg.Store.Listing(ctx, c.Of)
		to = []string{l.EnterpriseID}
	case market.ChangeEnterprise, market.ChangeNotice:
		to = []string{c.Of}
	case market.ChangePlan:
		to, err = a.planParties(ctx, c.Of)
	}
	if market.IsKind(err, market.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("api.Apply(%s %q): %w", c.Kind, c.Of, err)
	}
	for _, enterprise := range to {
		a.hub.tell(enterprise, hint{c.Kind, c.Of})
	}
	return nil
}

func (a *API) mountLive() {
	route(a, "GET /api/live", market.SignedIn, "live", a.live, func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {Description: "Hints as server-sent events", Content: map[string]*huma.MediaType{"text/event-stream": {}}}}
	})
}

func (a *API) live(_ context.Context, w who, _ *none) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := humafiber.Unwrap(ctx)
		c.Set("Content-Type", "text/event-stream")
		c.Set("Cache-Control", "no-store, no-transform")
		c.Set("X-Accel-Buffering", "no")
		c.Context().SetBodyStreamWriter(func(out *bufio.Writer) { a.stream(w, out) })
	}}, nil
}

// stream runs on a goroutine of its own, where a panic would end the process.
func (a *API) stream(w who, out *bufio.Writer) {
	defer func() {
		if p := recover(); p != nil {
			a.cfg.Log.Error("live stream", "panic", fmt.Sprint(p))
		}
	}()
	hints, leave := a.hub.join(w.EnterpriseID)
	defer leave()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	text := "retry: 3000\n: hello\n\n"
	for {
		if _, err := out.WriteString(text); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-a.hub.stop:
			return
		case x := <-hints:
			text = fmt.Sprintf("event: hint\ndata: {\"kind\":%q,\"id\":%q}\n\n", x.kind, x.id)
		case <-beat.C:
			if !a.stillIn(w) {
				return
			}
			text = ": beat\n\n"
		}
	}
}

// stillIn ends the stream of a browser that was signed out elsewhere.
func (a *API) stillIn(w who) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := a.cfg.Store.Session(ctx, digest(w.token))
	return !market.IsKind(err, market.NotFound)
}
