package api

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// world is the real web on a loopback port, over a real store and a real index.
// The tests write people straight into the store, because a sign-up costs a
// password hash.
type world struct {
	t     testing.TB
	store *store.Store
	index *search.Index
	api   *API
	base  string
	seq   uint64
	dsn   string
}

// person is one signed-in browser. The zero person is a visitor.
type person struct {
	market.Actor
	token string
}

func newWorld(t testing.TB, proxies ...string) *world {
	t.Helper()
	return openWorld(t, "sqlite://"+filepath.Join(t.TempDir(), "world.db"), proxies...)
}

// onBoth runs a test in a world on SQLite and in one on PostgreSQL, whose
// writes run side by side and which takes no NUL.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, openWorld(t, postgresSchema(t))) })
}

// postgresSchema is the address of a schema that goes with the test.
func postgresSchema(t *testing.T) string {
	dsn := cmp.Or(os.Getenv("LIANQIAO_TEST_PG"), "postgres://postgres@127.0.0.1:5432/postgres")
	admin, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { admin.Close() })
	if err := admin.PingContext(t.Context()); err != nil {
		require.Empty(t, os.Getenv("CI"), "PostgreSQL must be there in CI: %v", err)
		t.Skipf("SKIPPED ON POSTGRESQL, this half is not tested: %v", err)
	}
	schema := "api_" + strings.ReplaceAll(market.NewID(), "-", "")
	_, err = admin.Exec(`CREATE SCHEMA ` + schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec(`DROP SCHEMA ` + schema + ` CASCADE`)
		require.NoError(t, err)
	})
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func openWorld(t testing.TB, db string, proxies ...string) *world {
	t.Helper()
	s, err := store.Open(t.Context(), db)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.UseKey(t.Context(), make([]byte, store.KeyBytes)))
	x, err := search.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &world{t: t, store: s, index: x, base: "http://" + listener.Addr().String(), dsn: db}
	w.api, err = New(Config{Store: s, Index: x, BaseURL: w.base, TrustedProxies: proxies, Version: "t"})
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- w.api.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		require.NoError(t, w.api.Shutdown(ctx))
		require.NoError(t, <-served)
	})
	return w
}

// firm signs a firm up and returns its first user.
func (w *world) firm(name string) person {
	w.t.Helper()
	u := market.User{ID: market.NewID(), Login: market.NewID() + "@example.cn", Name: name, PasswordHash: "x"}
	e := market.Enterprise{ID: market.NewID(), Name: name, Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "王 " + name, Phone: "0311-88880000"}}
	require.NoError(w.t, w.store.SignUp(w.t.Context(), u, e))
	return w.signedIn(u.ID)
}

// user adds a user with one membership.
func (w *world) user(m market.Membership) person {
	w.t.Helper()
	u := market.User{ID: market.NewID(), Login: market.NewID() + "@example.cn", Name: "某人", PasswordHash: "x"}
	require.NoError(w.t, w.store.AddUser(w.t.Context(), u, m))
	return w.signedIn(u.ID)
}

// signedIn opens one more browser of a user.
func (w *world) signedIn(userID string) person {
	w.t.Helper()
	p := person{token: "token-" + market.NewID()}
	now := time.Now()
	require.NoError(w.t, w.store.SaveSession(w.t.Context(), market.Session{TokenHash: digest(p.token), UserID: userID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}))
	var err error
	p.Actor, _, err = w.store.Actor(w.t.Context(), userID)
	require.NoError(w.t, err)
	return p
}

// sql does what time would have done.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	driver, dsn := "pgx", w.dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite://"); ok {
		driver, dsn = "sqlite", path
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(w.t, err)
	defer db.Close()
	_, err = db.ExecContext(w.t.Context(), query, args...)
	require.NoError(w.t, err)
}

// aListing is a good live listing.
func aListing(side market.Side, title string) market.Listing {
	return market.Listing{ID: market.NewID(), Side: side, Board: market.Goods, Status: market.Live, Title: title, Region: "130110", Class: "3252", Product: "铝棒",
		Quantity: market.Quantity{Amount: decimal.NewFromInt(60), Unit: "吨", Per: market.PerMonth}, Price: market.Price{Fen: 2_260_000, Unit: "吨"}, ValidUntil: time.Now().AddDate(0, 1, 0)}
}

func (w *world) post(p person, l market.Listing) market.Listing {
	w.t.Helper()
	_, err := w.store.CreateListing(w.t.Context(), p.Actor, &l, "")
	require.NoError(w.t, err)
	w.settle()
	return l
}

// propose keeps a proposal of two live listings, as the matcher would.
func (w *world) propose(need, supply market.Listing) market.Proposal {
	w.t.Helper()
	p := market.Proposal{NeedID: need.ID, SupplyID: supply.ID, Kind: market.Direct, Total: 88, Weights: "t",
		Terms: []market.Term{{Name: market.TermProduct, Verdict: market.Fits, Points: 40, Max: 40, Need: need.Product, Supply: cmp.Or(supply.Text, supply.Product)}}}
	again, err := w.store.SaveMatches(w.t.Context(), []store.ListingMatches{{ListingID: need.ID, Rev: need.Rev, Side: market.Need,
		Keep: []market.Proposal{p}, Seen: map[string]int64{supply.ID: supply.Rev}}})
	require.NoError(w.t, err)
	require.Empty(w.t, again)
	list, _, err := w.store.ProposalsFor(w.t.Context(), need.EnterpriseID, need.ID, store.ViewAll, "", 100)
	require.NoError(w.t, err)
	for _, p := range list {
		if p.SupplyID == supply.ID {
			return p
		}
	}
	w.t.Fatal("the proposal was not kept")
	return market.Proposal{}
}

// settle takes the outbox into the index, as the bus and the matcher would.
func (w *world) settle() {
	w.t.Helper()
	for {
		n, err := w.store.TakeOutbox(w.t.Context(), 100, func(ctx context.Context, changes []market.Change) error {
			for _, c := range changes {
				if c.Kind != market.ChangeListing {
					continue
				}
				l, err := w.store.Listing(ctx, c.Of)
				if err != nil {
					return err
				}
				e, err := w.store.Enterprise(ctx, l.EnterpriseID)
				if err != nil {
					return err
				}
				docs, gone := []search.Doc{{Listing: l, Enterprise: e}}, []string(nil)
				if l.Status != market.Live {
					docs, gone = nil, []string{l.ID}
				}
				w.seq++
				if err := w.index.Apply(docs, gone, w.seq, "t"); err != nil {
					return err
				}
			}
			return nil
		})
		require.NoError(w.t, err)
		if n == 0 {
			return
		}
	}
}

// ask is one request. Header values named here replace the usual ones.
type ask struct {
	by     person
	method string
	path   string
	body   any // string and []byte go as they are, anything else as JSON
	header map[string]string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), "%s", a.body)
}

// listing is the answer as a listing.
func (a answer) listing(t testing.TB) (l Listing) {
	t.Helper()
	a.into(t, &l)
	return l
}

// problem is the answer as a problem.
func (a answer) problem(t testing.TB) (p Problem) {
	t.Helper()
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"), "%s", a.body)
	a.into(t, &p)
	require.Equal(t, a.status, p.Status)
	return p
}

func (w *world) do(x ask) answer {
	w.t.Helper()
	r, err := w.request(x)
	require.NoError(w.t, err)
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(w.t, err, "%s %s", x.method, x.path)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return answer{res.StatusCode, res.Header, body}
}

func (w *world) request(x ask) (*http.Request, error) {
	body, kind := []byte(nil), "application/json"
	switch b := x.body.(type) {
	case nil:
		kind = ""
	case string:
		body = []byte(b)
	case []byte:
		body = b
	default:
		var err error
		if body, err = json.Marshal(b); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(w.t.Context(), cmp.Or(x.method, "GET"), w.base+x.path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if x.by.token != "" {
		r.Header.Set("Cookie", w.api.cookieName()+"="+x.by.token)
	}
	for k, v := range x.header {
		r.Header.Set(k, v)
	}
	return r, nil
}

// ok does a request that must succeed.
func (w *world) ok(status int, x ask) answer {
	w.t.Helper()
	a := w.do(x)
	require.Equal(w.t, status, a.status, "%s %s: %s", x.method, x.path, a.body)
	return a
}

// fails does a request that must be refused with the status, and shows why it was.
func (w *world) fails(status int, x ask) Problem {
	w.t.Helper()
	return w.ok(status, x).problem(w.t)
}

// at names the revision that an edit is based on.
func at(rev int64) map[string]string { return map[string]string{"If-Match": etag(rev)} }

// input is a good listing as the form sends it.
func input(side, title string) map[string]any {
	return map[string]any{"side": side, "title": title, "class": "3252", "product": "铝棒", "region": "130110", "text": "长期",
		"quantity": map[string]any{"amount": "60", "unit": "吨", "per": "month"}, "price": map[string]any{"amount": "22600", "unit": "吨"},
		"valid_until": day(30), "certificates": []string{"ISO9001"},
		"specs": []any{map[string]any{"name": "直径", "op": "range", "value": "40", "value2": "60", "unit": "mm", "must": true}}}
}

// day is so many days from now, as the form spells it.
func day(n int) string { return time.Now().In(chinaTime()).AddDate(0, 0, n).Format(time.DateOnly) }

// with is a copy of the object with one member set anew.
func (w *world) edited(m map[string]any, key string, value any) map[string]any {
	out := map[string]any{key: value}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// found counts what the public search finds.
func (w *world) found(q string) int {
	w.t.Helper()
	var f Found
	w.ok(200, ask{path: "/api/listings?q=" + q}).into(w.t, &f)
	require.Len(w.t, f.Items, f.Total, fmt.Sprint("total and items of ", q))
	return f.Total
}
