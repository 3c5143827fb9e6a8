package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pairsWait is how long the last pair may take to be proposed, and how long a
// request is repeated against processes that come and go.
const pairsWait = 180 * time.Second

// driver plays firms that post needs and supplies over HTTP, alternating
// between the base URLs, and repeats what was not acknowledged.
type driver struct {
	client *http.Client
	bases  []string
	turn   atomic.Int64
}

// firm is a signed-in user of a firm of his own.
type firm struct {
	driver *driver
	cookie string
}

// pair is a need and a supply of two firms that fit each other.
type pair struct {
	buyer, seller *firm
	need, supply  string // listing ids, acknowledged as published
}

func newDriver(bases ...string) *driver {
	return &driver{client: &http.Client{Timeout: 15 * time.Second}, bases: bases}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// once sends one request to the next base URL.
func (d *driver) once(ctx context.Context, method, path, cookie string, header map[string]string, body any) (answer, error) {
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		sent = bytes.NewReader(b)
	}
	base := d.bases[int(d.turn.Add(1))%len(d.bases)]
	req, err := http.NewRequestWithContext(ctx, method, base+path, sent)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := d.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, got}, err
}

// send repeats a request while it gets no answer, or one that says "later".
func (d *driver) send(ctx context.Context, method, path, cookie string, header map[string]string, body any) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, pairsWait)
	defer cancel()
	for {
		a, err := d.once(ctx, method, path, cookie, header, body)
		if err == nil && a.status != http.StatusTooManyRequests && a.status < 500 {
			return a, nil
		}
		select {
		case <-ctx.Done():
			return a, fmt.Errorf("%s %s: status %d %s: %w", method, path, a.status, a.body, errors.Join(err, ctx.Err()))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// signUp makes firm number n.
func (d *driver) signUp(ctx context.Context, n int) (*firm, error) {
	body := map[string]any{
		"login": fmt.Sprintf("137%08d", n), "password": "correct horse", "name": "测试员",
		"enterprise": map[string]any{
			"name": fmt.Sprintf("石家庄第%d测试厂", n), "uscc": fmt.Sprintf("91130100MA%08d", n), "kind": "maker", "region": "130110",
			"main_products": "机械零件", "contact": map[string]any{"name": "测试员", "phone": "0311-80000000"},
		},
	}
	a, err := d.send(ctx, http.MethodPost, "/api/sign-up", "", nil, body)
	if err == nil && a.status == http.StatusConflict { // the first try was acknowledged to nobody
		a, err = d.send(ctx, http.MethodPost, "/api/sign-in", "", nil, map[string]any{"login": body["login"], "password": body["password"]})
	}
	if err != nil {
		return nil, err
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "__Host-lianqiao" || c.Name == "lianqiao" {
			return &firm{driver: d, cookie: c.Name + "=" + c.Value}, nil
		}
	}
	return nil, fmt.Errorf("sign up: status %d without a cookie: %s", a.status, a.body)
}

// draft saves a listing and returns its id and ETag.
func (f *firm) draft(ctx context.Context, key string, listing map[string]any) (id, etag string, err error) {
	a, err := f.driver.send(ctx, http.MethodPost, "/api/listings", f.cookie, map[string]string{"Idempotency-Key": key}, listing)
	if err != nil {
		return "", "", err
	}
	var got struct {
		ID  string `json:"id"`
		Rev int64  `json:"rev"`
	}
	if err := json.Unmarshal(a.body, &got); err != nil || got.ID == "" {
		return "", "", fmt.Errorf("draft: status %d: %s", a.status, a.body)
	}
	return got.ID, strconv.Quote(strconv.FormatInt(got.Rev, 10)), nil
}

// publish returns when the listing is acknowledged as live.
func (f *firm) publish(ctx context.Context, id, etag string) error {
	a, err := f.driver.send(ctx, http.MethodPost, "/api/listings/"+id+"/publish", f.cookie, map[string]string{"If-Match": etag}, nil)
	if err != nil || a.status == http.StatusOK {
		return err
	}
	first := a
	// An answer that was lost on the way leaves a live listing with a newer revision.
	if a, err = f.driver.send(ctx, http.MethodGet, "/api/listings/"+id, f.cookie, nil, nil); err != nil {
		return err
	}
	var got struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(a.body, &got); err != nil || got.Status != "live" {
		return fmt.Errorf("publish: status %d: %s; then %d: %s", first.status, first.body, a.status, a.body)
	}
	return nil
}

var (
	pairMaterials = []string{"黄铜", "紫铜", "不锈钢", "碳钢", "铝合金", "钛合金", "尼龙", "聚氨酯", "陶瓷", "石墨", "硅胶", "铸铁", "锌合金", "镁合金", "橡胶", "聚乙烯", "碳纤维", "玻璃钢", "电木", "青铜"}
	pairParts     = []string{"轴套", "法兰", "垫圈", "阀体", "齿轮", "弹簧", "接头", "支架", "滑块", "导轨", "活塞", "端盖", "衬套", "螺母", "叶轮"}
)

// listings are the two halves of pair number n of a round: the same part, so
// that each of the two belongs among the other's proposals.
func pairListings(round, n int) (need, supply map[string]any) {
	product := pairMaterials[n%len(pairMaterials)] + pairParts[n/len(pairMaterials)%len(pairParts)]
	model := fmt.Sprintf("LQ%d-%04d", round, n)
	common := func(side, title string) map[string]any {
		return map[string]any{
			"side": side, "title": title, "product": product, "region": "130110",
			"quantity": map[string]any{"amount": "1000", "unit": "件", "per": "month"},
			"price":    map[string]any{"negotiable": true}, "valid_until": time.Now().AddDate(0, 1, 0).Format(time.DateOnly),
			"text": "型号 " + model,
		}
	}
	return common("need", "求购 "+product+" "+model), common("supply", "供应 "+product+" "+model)
}

// postPairs posts count pairs by that many clients at once, each with a buying
// and a selling firm. Both halves of a pair are published at the same moment.
func postPairs(ctx context.Context, d *driver, round, count, clients int) ([]pair, error) {
	pairs := make([]pair, count)
	errs := make([]error, clients)
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			buyer, err := d.signUp(ctx, round*1000+2*c)
			if err != nil {
				errs[c] = err
				return
			}
			seller, err := d.signUp(ctx, round*1000+2*c+1)
			for n := c; n < count && err == nil; n += clients {
				pairs[n] = pair{buyer: buyer, seller: seller}
				err = pairs[n].post(ctx, round, n)
			}
			errs[c] = err
		})
	}
	all.Wait()
	return pairs, errors.Join(errs...)
}

func (p *pair) post(ctx context.Context, round, n int) (err error) {
	need, supply := pairListings(round, n)
	var needTag, supplyTag string
	if p.need, needTag, err = p.buyer.draft(ctx, fmt.Sprintf("need-%d-%d", round, n), need); err != nil {
		return err
	}
	if p.supply, supplyTag, err = p.seller.draft(ctx, fmt.Sprintf("supply-%d-%d", round, n), supply); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- p.seller.publish(ctx, p.supply, supplyTag) }()
	err = p.buyer.publish(ctx, p.need, needTag)
	return errors.Join(err, <-done)
}

// proposal is what the tests compare of a proposal.
type proposal struct{ id, need, supply, status, total string }

// proposals reads every proposal of the firm, of one listing or ("") of all.
func (f *firm) proposals(ctx context.Context, listing string) ([]proposal, error) {
	var out []proposal
	query := url.Values{"view": {"open"}}
	if listing != "" {
		query.Set("listing", listing)
	}
	for {
		a, err := f.driver.send(ctx, http.MethodGet, "/api/my/proposals?"+query.Encode(), f.cookie, nil, nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Items []struct {
				ID           string      `json:"id"`
				Status       string      `json:"status"`
				Total        json.Number `json:"total"`
				Need, Supply struct{ ID string }
			} `json:"items"`
			Next *string `json:"next"`
		}
		if err := json.Unmarshal(a.body, &page); err != nil || a.status != http.StatusOK {
			return nil, fmt.Errorf("proposals: status %d: %s: %w", a.status, a.body, err)
		}
		for _, i := range page.Items {
			out = append(out, proposal{i.ID, i.Need.ID, i.Supply.ID, i.Status, i.Total.String()})
		}
		if page.Next == nil || *page.Next == "" {
			return out, nil
		}
		query.Set("after", *page.Next)
	}
}

// proposed reports whether the pair is among the buyer's proposals.
func (p *pair) proposed(ctx context.Context) (bool, error) {
	list, err := p.buyer.proposals(ctx, p.need)
	if err != nil {
		return false, err
	}
	for _, x := range list {
		if x.supply == p.supply {
			return true, nil
		}
	}
	return false, nil
}

// missing are the pairs that are not proposed now.
func missing(ctx context.Context, pairs []pair) ([]pair, error) {
	var (
		mu   sync.Mutex
		out  []pair
		errs []error
		all  sync.WaitGroup
		slot = make(chan struct{}, 8)
	)
	for _, p := range pairs {
		slot <- struct{}{}
		all.Go(func() {
			defer func() { <-slot }()
			ok, err := p.proposed(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
			} else if !ok {
				out = append(out, p)
			}
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// requireAllProposed waits until every pair is proposed to its buyer, and then
// finds no need and supply proposed twice.
func requireAllProposed(t *testing.T, pairs []pair) {
	t.Helper()
	begun := time.Now()
	left, err := missing(t.Context(), pairs)
	for ; err == nil && len(left) > 0 && time.Since(begun) < pairsWait; left, err = missing(t.Context(), left) {
		time.Sleep(100 * time.Millisecond) // between two looks at what the server says
	}
	require.NoError(t, err)
	t.Logf("%d of %d pairs proposed %v after the last post", len(pairs)-len(left), len(pairs), time.Since(begun).Round(time.Millisecond))
	for _, p := range left {
		t.Logf("lost: need %s, supply %s", p.need, p.supply)
	}
	require.Empty(t, left)
	seen := map[[2]string]string{}
	for f := range firmsOf(pairs) {
		list, err := f.proposals(t.Context(), "")
		require.NoError(t, err)
		for _, p := range list {
			key := [2]string{p.need, p.supply}
			require.Contains(t, []string{"", p.id}, seen[key], "need %s and supply %s are proposed twice", p.need, p.supply)
			seen[key] = p.id
		}
	}
}

func firmsOf(pairs []pair) map[*firm]bool {
	out := map[*firm]bool{}
	for _, p := range pairs {
		out[p.buyer], out[p.seller] = true, true
	}
	return out
}

// requireAllFound waits until each base URL finds exactly want listings: every
// acknowledged one is in the store, and the index of that process equals it.
func requireAllFound(t *testing.T, want int, bases ...string) {
	t.Helper()
	for _, base := range bases {
		d := newDriver(base)
		found := -1
		require.Eventually(t, func() bool {
			a, err := d.once(t.Context(), http.MethodGet, "/api/listings?limit=1", "", nil, nil)
			var page struct {
				Total int `json:"total"`
			}
			if err != nil || json.Unmarshal(a.body, &page) != nil {
				return false
			}
			found = page.Total
			return found == want
		}, pairsWait, 100*time.Millisecond, "%s finds %d of %d listings", base, &found, want)
	}
}

// snapshot is every proposal of the firms, in a fixed order.
func snapshot(t *testing.T, d *driver, pairs []pair) []proposal {
	t.Helper()
	set := map[string]proposal{}
	for f := range firmsOf(pairs) {
		moved := &firm{driver: d, cookie: f.cookie}
		list, err := moved.proposals(t.Context(), "")
		require.NoError(t, err)
		for _, p := range list {
			set[p.id] = p
		}
	}
	out := make([]proposal, 0, len(set))
	for _, p := range set {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].id < out[j].id })
	return out
}

// startTest starts the whole program in this process on a folder.
func startTest(t *testing.T, dir string, noWait bool) (*app, *driver) {
	t.Helper()
	a, err := start(t.Context(), config{keptIn: keptIn{Data: dir}, Addr: "127.0.0.1:0", Role: "all", Copies: 1, Log: "warn", noWait: noWait})
	require.NoError(t, err)
	return a, newDriver("http://" + a.addr)
}

// requireIdle waits until nothing is on its way to the matcher: the outbox is
// in the stream, the stream is worked off and every listing was matched.
func requireIdle(t *testing.T, a *app) {
	t.Helper()
	require.Eventually(t, func() bool {
		pending, err := a.bus.Pending(t.Context(), "match")
		if err != nil || pending > 0 {
			return false
		}
		waiting, err := a.store.Unmatched(t.Context(), time.Now().Add(time.Minute), 1)
		return err == nil && len(waiting) == 0
	}, pairsWait, 50*time.Millisecond)
}

// TestNoPairLost posts 300 pairs by 16 clients to one process. Then its index
// and its stream are deleted: everything heals and the proposals are the same.
func TestNoPairLost(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	dir := t.TempDir()
	a, d := startTest(t, dir, false)
	stopped := false
	defer func() {
		if !stopped {
			require.NoError(t, a.stop(context.Background()))
		}
	}()
	begun := time.Now()
	pairs, err := postPairs(t.Context(), d, 1, 300, 16)
	require.NoError(t, err)
	t.Logf("posted 300 pairs in %v", time.Since(begun).Round(time.Millisecond))
	requireAllProposed(t, pairs)
	requireAllFound(t, 600, d.bases...)
	requireIdle(t, a)
	before := snapshot(t, d, pairs)

	stopped = true
	require.NoError(t, a.stop(t.Context()))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "index")))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "stream")))
	a, d = startTest(t, dir, false)
	stopped = false
	requireAllFound(t, 600, d.bases...)
	requireIdle(t, a)
	require.Equal(t, before, snapshot(t, d, pairs))
	more, err := postPairs(t.Context(), d, 2, 16, 4)
	require.NoError(t, err)
	requireAllProposed(t, more)
}

// TestPairsAreLostWithoutTheWait is the negative control of TestNoPairLost: a
// matcher that does not wait for its own index loses pairs. Which ones is a
// race, so there are several rounds until the first loss.
func TestPairsAreLostWithoutTheWait(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	a, d := startTest(t, t.TempDir(), true)
	defer func() { require.NoError(t, a.stop(context.Background())) }()
	for round := 1; round <= 5; round++ {
		pairs, err := postPairs(t.Context(), d, round, 100, 16)
		require.NoError(t, err)
		requireIdle(t, a)
		lost, err := missing(t.Context(), pairs)
		require.NoError(t, err)
		t.Logf("round %d: %d of %d pairs lost", round, len(lost), len(pairs))
		if len(lost) > 0 {
			return
		}
	}
	require.Fail(t, "no pair was lost: the control does not show that the wait matters")
}
