package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// pageWorld is an API over one firm with one live listing and one draft.
func pageWorld(t *testing.T) (a *API, live, draft market.Listing) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	e, err := s.UpsertEnterprise(ctx, market.Enterprise{ID: market.NewID(), Name: "甲<b>公司", Kind: market.Maker, Region: "130111", Contact: market.Contact{Name: "张三", Phone: "13911112222"}})
	require.NoError(t, err)
	now := time.Now()
	live = market.Listing{ID: market.NewID(), EnterpriseID: e.ID, Side: market.Supply, Board: market.Goods, Status: market.Live, Title: "6061 铝棒 <script>", Region: "130111",
		Class: "3252", Quantity: market.Quantity{Amount: decimal.NewFromInt(60), Unit: "吨", Per: market.PerMonth}, Price: market.Price{Fen: 2260000, Unit: "吨"}, ValidUntil: now.AddDate(0, 1, 0), CreatedAt: now, UpdatedAt: now, PublishedAt: now, Source: "t:1"}
	draft = live
	draft.ID, draft.Status, draft.Title, draft.Source = market.NewID(), market.Draft, "还没有发布的草稿", "t:2"
	_, _, _, err = s.ImportListings(ctx, []market.Listing{live, draft})
	require.NoError(t, err)
	x, err := search.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { x.Close() })
	require.NoError(t, x.Apply([]search.Doc{{Listing: live, Enterprise: e}}, nil, 1, "t"))
	a, err = New(Config{Store: s, Index: x, BaseURL: "https://lianqiao.example.cn", Version: "t"})
	require.NoError(t, err)
	return a, live, draft
}

func page(t *testing.T, a *API, at string) (int, string) {
	t.Helper()
	r := httptest.NewRequest("GET", at, nil)
	r.Header.Set("Accept", "text/html")
	res, err := a.app.Test(r, -1)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		require.Equal(t, pageCSP, res.Header.Get("Content-Security-Policy"), at)
	}
	return res.StatusCode, string(body)
}

// TestPages: what is public is shown and escaped, what is not does not exist.
func TestPages(t *testing.T) {
	a, live, draft := pageWorld(t)
	for at, want := range map[string]int{
		"/": 200, "/?q=铝棒&side=supply": 200, "/?q=zzqq": 200, "/?class=32&lang=en": 200, "/?side=robots": 200,
		"/listings/" + live.ID: 200, "/enterprises/" + live.EnterpriseID: 200, "/sitemap.xml": 200, "/robots.txt": 200, "/pages/style.css": 200, "/pages/icon.svg": 200,
		"/listings/" + live.ID + "/qr.svg": 200, "/pages/share.js": 200, "/listings/" + draft.ID + "/qr.svg": 404, "/listings/nothing/qr.svg": 404,
		"/listings/" + draft.ID: 404, "/listings/nothing": 404, "/enterprises/nothing": 404, "/nowhere": 404, "/pages/layout.html": 404, "/?price_min=x": 422,
	} {
		status, body := page(t, a, at)
		require.Equal(t, want, status, at)
		for _, never := range []string{"13911112222", "张三", draft.Title, "<script>", "甲<b>", "page.", "ZgotmplZ"} {
			if never == "page." && strings.HasSuffix(at, ".css") {
				continue
			}
			require.NotContains(t, body, never, at)
		}
	}
}

// TestNearIsSaid: what only comes near what was asked is not passed off as it.
func TestNearIsSaid(t *testing.T) {
	a, live, _ := pageWorld(t)
	for text, near := range map[string]bool{"铝棒": false, "铝棒+6082": true} {
		_, body := page(t, a, "/?q="+text)
		require.Contains(t, body, "/listings/"+live.ID, text)
		require.Equal(t, near, strings.Contains(body, `class="near"`), text)
	}
}

// TestPlaceInWords: a place among the words is where it lies, which is said and can
// be lifted.
func TestPlaceInWords(t *testing.T) {
	a, live, _ := pageWorld(t)
	for text, placed := range map[string]bool{"铝棒": false, "河北 铝棒": true, "河北省 铝棒": true, "广东 铝棒": false} {
		status, body := page(t, a, "/?side=supply&q="+url.QueryEscape(text))
		require.Equal(t, 200, status)
		require.Equal(t, placed, strings.Contains(body, `class="placed"`), text)
		require.Equal(t, placed, strings.Contains(body, `href="/?side=supply&amp;q=`+url.QueryEscape("铝棒")+`" rel="nofollow">查看所有地区`), text)
		require.Contains(t, body, "/listings/"+live.ID, text)
	}
}

// TestDirectoryPage: the directory names whom an association stands behind, by
// cluster, without a way to reach them, and sends nobody who merely signed up.
func TestDirectoryPage(t *testing.T) {
	a, _, _ := pageWorld(t)
	s := a.cfg.Store
	require.NoError(t, s.SaveCluster(t.Context(), market.Cluster{ID: "luquan", Name: "鹿泉集群", Region: "130110"}))
	require.NoError(t, s.SaveCluster(t.Context(), market.Cluster{ID: "shenze", Name: "深泽集群", Region: "130128"}))
	e, err := s.UpsertEnterprise(t.Context(), market.Enterprise{ID: market.NewID(), Name: "乙<i>公司", Kind: market.Maker, Region: "130110", ClusterID: "luquan", MainProducts: "线路板",
		Contact: market.Contact{Name: "李四", Phone: "13922223333"}, Verified: market.Verification{Level: market.Visited}})
	require.NoError(t, err)
	for at, named := range map[string]bool{"/enterprises": true, "/enterprises?cluster=luquan": true, "/enterprises?cluster=shenze": false, "/enterprises?after=" + e.ID: false} {
		status, body := page(t, a, at)
		require.Equal(t, 200, status, at)
		require.Equal(t, named, strings.Contains(body, `<a href="/enterprises/`+e.ID+`">乙&lt;i&gt;公司</a>`), at)
		require.Contains(t, body, "鹿泉集群")
		require.NotContains(t, body, "13922223333")
		require.NotContains(t, body, "甲&lt;b&gt;公司", "nobody verified it")
	}
	for at, want := range map[string]int{"/enterprises?cluster=nowhere": 404, "/enterprises?after=x": 422} {
		status, _ := page(t, a, at)
		require.Equal(t, want, status, at)
	}
}

// TestFacetPagesAreNotForCrawlers: a search by side or class may be kept,
// combinations may not.
func TestFacetPagesAreNotForCrawlers(t *testing.T) {
	a, _, _ := pageWorld(t)
	for at, hidden := range map[string]bool{"/": false, "/?class=32": false, "/?class=32&side=supply": true, "/?region=130000": true, "/?sort=price": true} {
		_, body := page(t, a, at)
		require.Equal(t, hidden, strings.Contains(body, `content="noindex, follow"`), at)
		require.Contains(t, body, `<link rel="canonical" href="https://lianqiao.example.cn/`, at)
	}
}

// TestSharing: a listing says of itself what a chat program shows of a link,
// and gives its full address.
func TestSharing(t *testing.T) {
	a, live, _ := pageWorld(t)
	_, body := page(t, a, "/listings/"+live.ID)
	address := "https://lianqiao.example.cn/listings/" + live.ID
	for _, want := range []string{`<meta property="og:title" content="6061 铝棒 &lt;script&gt;">`, `<meta property="og:url" content="` + address + `">`, `<input readonly value="` + address + `"`} {
		require.Contains(t, body, want)
	}
	_, home := page(t, a, "/")
	require.NotContains(t, home, "share.js", "no script where nothing is copied")
}

// TestAppSpeaksOneLanguage: who comes to the app first gets the language that
// his browser prefers, in the cookie that the app's own texts go by.
func TestAppSpeaksOneLanguage(t *testing.T) {
	w := newWorld(t)
	for _, x := range []struct{ prefers, has, gets string }{
		{"en-US,en;q=0.9", "", "lang=en"},
		{"zh-CN,zh;q=0.9,en;q=0.8", "", "lang=zh-CN"},
		{"", "", "lang=zh-CN"},
		{"en", "lang=zh-CN", ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/app/listings/new", nil)
		require.NoError(t, err)
		r.Header.Set("Accept-Language", x.prefers)
		r.Header.Set("Cookie", x.has)
		a, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, a.Body.Close())
		require.Equal(t, x.gets, strings.Split(a.Header.Get("Set-Cookie"), ";")[0], x)
	}
}

// TestReadLinks: a firm's page names its places in the chain, each once, by what it
// says it makes; what no table knows is passed over.
func TestReadLinks(t *testing.T) {
	w := newWorld(t)
	links, _ := w.api.linksOf(&market.Enterprise{MainProducts: "6061铝棒、铝管；轴承，谁也不知道的东西"})
	require.Len(t, links, 2)
	require.Equal(t, []string{"3252"}, links[:1])
	none, own := w.api.linksOf(&market.Enterprise{})
	require.Empty(t, none)
	require.False(t, own)
	p := w.firm("甲厂")
	e, err := w.store.Enterprise(t.Context(), p.EnterpriseID)
	require.NoError(t, err)
	e.MainProducts = "轴承"
	require.NoError(t, w.store.UpdateEnterprise(t.Context(), p.Actor, &e))
	status, body := page(t, w.api, "/enterprises/"+e.ID)
	require.Equal(t, 200, status)
	require.Contains(t, body, className("zh-CN", links[1]))
}
