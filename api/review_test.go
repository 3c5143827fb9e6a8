package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// listing drafts a listing; publish sends it on.
func (b *browser) listing(side, title string, more map[string]any) Listing {
	body := map[string]any{"side": side, "title": title, "product": "铝棒", "class": "3252", "region": "130110", "quantity": map[string]any{"amount": "10", "unit": "吨", "per": "once"},
		"price": map[string]any{"negotiable": true}, "valid_until": time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	for k, v := range more {
		body[k] = v
	}
	r := b.do("POST", "/api/listings", body)
	require.Equal(b, 201, r.status, r.body)
	var l Listing
	r.into(b.T, &l)
	return l
}

func (b *browser) publish(l Listing) reply {
	return b.do("POST", "/api/listings/"+l.ID+"/publish", nil, "If-Match", etag(l.Rev))
}

// posted publishes a listing that goes live at once.
func (b *browser) posted(side, title string) Listing {
	l := b.listing(side, title, nil)
	r := b.publish(l)
	require.Equal(b, 200, r.status, r.body)
	r.into(b.T, &l)
	return l
}

func (b *browser) queue() []Review {
	var list struct{ Items []Review }
	r := b.do("GET", "/api/operator/reviews?limit=100", nil)
	require.Equal(b, 200, r.status, r.body)
	r.into(b.T, &list)
	return list.Items
}

func (b *browser) decide(id string, body map[string]any) int {
	return b.do("POST", "/api/operator/reviews/"+id+"/decide", body).status
}

// approveAll lets everything through that waits for the officer.
func (b *browser) approveAll() {
	for _, r := range b.queue() {
		require.Equal(b, 204, b.decide(r.ID, map[string]any{"status": "approved", "level": "reviewed", "basis": "营业执照"}))
	}
}

// county is a world with two clusters, each with its operator.
func county(t *testing.T) (w *trustWorld, here, there *browser) {
	w = newTrustWorld(t)
	for _, c := range []string{"luquan", "gaocheng"} {
		require.NoError(t, w.api.cfg.Store.SaveCluster(t.Context(), market.Cluster{ID: c, Name: c + "集群", Region: "130110"}))
	}
	return w, w.officer("op1", market.Membership{Role: market.Operator, ClusterID: "luquan"}), w.officer("op2", market.Membership{Role: market.Operator, ClusterID: "gaocheng"})
}

// TestReview: a new firm waits for its own association and nobody else's; what
// is returned can be mended and sent again; three words with who, when, why.
func TestReview(t *testing.T) {
	w, here, there := county(t)
	w.api.cfg.Store.SetLimits(market.Limits{UnverifiedLive: 3})
	firm := w.browser()
	me := firm.signUp("甲厂", "13800000001", "luquan")
	require.Equal(t, "unverified", me.Enterprise.Verified.Level)
	require.Empty(t, there.queue())
	list := here.queue()
	require.Len(t, list, 1)
	require.Equal(t, "noUscc", list[0].Findings[0].Code)
	require.NotContains(t, fmt.Sprint(list), "联系人", "a reviewer has no need of the contact")
	require.Equal(t, 404, there.decide(list[0].ID, map[string]any{"status": "approved", "level": "visited", "basis": "现场"}))
	require.Equal(t, 403, firm.decide(list[0].ID, map[string]any{"status": "approved", "level": "visited", "basis": "现场"}))
	require.Equal(t, 422, here.decide(list[0].ID, map[string]any{"status": "approved"}))
	require.Equal(t, 422, here.decide(list[0].ID, map[string]any{"status": "returned"}))

	// Three listings may stand unverified, the fourth may not.
	for n := range 3 {
		firm.posted("supply", fmt.Sprintf("6061 铝棒 第 %d 种", n))
	}
	fourth := firm.listing("supply", "6061 铝棒 第四种", nil)
	r := firm.publish(fourth)
	require.Equal(t, 409, r.status, r.body)

	require.Equal(t, 204, here.decide(list[0].ID, map[string]any{"status": "returned", "reason": "请补统一社会信用代码"}))
	require.Equal(t, 409, here.decide(list[0].ID, map[string]any{"status": "approved", "level": "reviewed", "basis": "营业执照"}))
	firm.do("GET", "/api/me", nil).into(t, &me)
	require.Equal(t, []string{"returned", "请补统一社会信用代码"}, []string{me.Enterprise.Standing, me.Enterprise.Reason})
	var public Enterprise
	there.do("GET", "/api/enterprises/"+me.Enterprise.ID, nil).into(t, &public)
	require.Empty(t, public.Reason, "the reason is the firm's own")
	require.Equal(t, 204, firm.do("POST", "/api/enterprise/review", nil).status)
	require.Equal(t, 204, firm.do("POST", "/api/enterprise/review", nil).status)
	list = here.queue()
	require.Len(t, list, 1, "asking twice is asking once")
	require.Equal(t, 204, here.decide(list[0].ID, map[string]any{"status": "approved", "level": "visited", "basis": "现场走访"}))
	there.do("GET", "/api/enterprises/"+me.Enterprise.ID, nil).into(t, &public)
	require.Equal(t, []string{"visited", "luquan集群协会", "现场走访"}, []string{public.Verified.Level, public.Verified.By, public.Verified.Basis})
	require.NotNil(t, public.Verified.At)
	require.Equal(t, 200, firm.publish(fourth).status)

	var log struct{ Items []LogLine }
	firm.do("GET", "/api/enterprise/log", nil).into(t, &log)
	require.Len(t, log.Items, 2)
	require.Equal(t, "干事", log.Items[0].Who)

	// Suspended: off the market, no new listing, until it is taken back.
	at := "/api/operator/enterprises/" + me.Enterprise.ID + "/decide"
	require.Equal(t, 404, there.do("POST", at, map[string]any{"status": "suspended", "reason": "虚假信息"}).status)
	require.Equal(t, 204, here.do("POST", at, map[string]any{"status": "suspended", "reason": "虚假信息"}).status)
	var mine struct{ Items []Listing }
	firm.do("GET", "/api/my/listings?status=live", nil).into(t, &mine)
	require.Empty(t, mine.Items)
	require.Equal(t, 403, firm.publish(firm.listing("supply", "6061 铝棒 第五种", nil)).status)

	// A new name is not the name that was verified.
	require.Equal(t, 204, here.do("POST", at, map[string]any{"status": "approved", "level": "reviewed", "basis": "营业执照"}).status)
	firm.do("GET", "/api/me", nil).into(t, &me)
	r = firm.do("PUT", "/api/enterprise", map[string]any{"name": "另一家厂", "kind": "maker", "region": "130110", "cluster_id": "luquan", "contact": map[string]any{"name": "某", "phone": "13900000000", "mail": ""}},
		"If-Match", etag(me.Enterprise.Rev))
	require.Equal(t, 200, r.status, r.body)
	require.Contains(t, r.body, `"level":"unverified"`)
}

// TestListingReview: a cluster that reads everything first.
func TestListingReview(t *testing.T) {
	w, here, there := county(t)
	firm, other := w.browser(), w.browser()
	firm.signUp("甲厂", "13800000001", "luquan")
	other.signUp("乙厂", "13800000002", "gaocheng")
	here.approveAll()
	rule := "/api/operator/clusters/luquan/review"
	require.Equal(t, 404, there.do("PUT", rule, map[string]any{"review": "all"}).status)
	require.Equal(t, 204, here.do("PUT", rule, map[string]any{"review": "first3"}).status)

	l := firm.listing("supply", "求购 6061 铝棒 微信 wang1234", map[string]any{"class": ""})
	r := firm.publish(l)
	require.Contains(t, r.body, `"status":"waiting"`)
	require.Equal(t, 404, other.do("GET", "/api/listings/"+l.ID, nil).status, "what waits is not public")
	require.Equal(t, 404, there.do("GET", "/api/listings/"+l.ID, nil).status)
	require.Equal(t, 200, here.do("GET", "/api/listings/"+l.ID, nil).status)
	list := here.queue()
	require.Len(t, list, 1)
	var codes []string
	for _, f := range list[0].Findings {
		codes = append(codes, f.Code)
		require.NotContains(t, f.Text, "finding.")
	}
	require.Equal(t, []string{"reversed", "contact", "class"}, codes)
	require.Equal(t, 204, here.decide(list[0].ID, map[string]any{"status": "returned", "reason": "方向选错了"}))
	var mine struct{ Items []Listing }
	firm.do("GET", "/api/my/listings", nil).into(t, &mine)
	require.Equal(t, []string{"returned", "方向选错了"}, []string{mine.Items[0].Status, mine.Items[0].Reason})
	require.Contains(t, firm.publish(mine.Items[0]).body, `"status":"waiting"`)
	here.approveAll()
	var live Listing
	other.do("GET", "/api/listings/"+l.ID, nil).into(t, &live)
	require.Equal(t, "live", live.Status)
	require.Empty(t, live.Reason)

	// A duplicate is noticed; what its firm takes back leaves the queue.
	again := firm.listing("supply", "求购 6061 铝棒， 微信 WANG1234", nil)
	firm.publish(again).into(t, &again)
	list = here.queue()
	require.Contains(t, fmt.Sprint(list[0].Findings), "alike")
	require.Equal(t, 200, firm.do("POST", "/api/listings/"+again.ID+"/close", nil, "If-Match", etag(again.Rev)).status)
	require.Empty(t, here.queue())
	require.Equal(t, 404, other.do("GET", "/api/listings/"+again.ID, nil).status)

	// After three the firm is trusted to post; under "all" an edit of what is live is read afterwards.
	for n := range 2 {
		x := firm.listing("supply", fmt.Sprintf("牌号 %d 铝板 %s", 5000+n, strings.Repeat("厚", n+1)), nil)
		firm.publish(x)
	}
	here.approveAll()
	require.Contains(t, firm.publish(firm.listing("supply", "第四条 不锈钢法兰", nil)).body, `"status":"live"`)
	here.do("PUT", rule, map[string]any{"review": "all"})
	firm.do("GET", "/api/my/listings?status=live", nil).into(t, &mine)
	body, err := json.Marshal(map[string]any{"side": "supply", "title": "改过的标题 法兰", "region": "130110", "quantity": mine.Items[0].Quantity, "price": mine.Items[0].Price, "valid_until": mine.Items[0].ValidUntil})
	require.NoError(t, err)
	require.Equal(t, 200, firm.do("PUT", "/api/listings/"+mine.Items[0].ID, json.RawMessage(body), "If-Match", etag(mine.Items[0].Rev)).status)
	require.Len(t, here.queue(), 1)
	require.Equal(t, 204, here.decide(here.queue()[0].ID, map[string]any{"status": "suspended", "reason": "违规"}))
	require.Equal(t, 404, other.do("GET", "/api/listings/"+mine.Items[0].ID, nil).status)
}

// TestWaitingPicture: who decides the queue sees the pictures of what waits there,
// for a telephone number in one is found by eye; nobody else does.
func TestWaitingPicture(t *testing.T) {
	w, here, there := county(t)
	firm, stranger := w.browser(), w.browser()
	firm.signUp("甲厂", "13800000001", "luquan")
	stranger.signUp("乙厂", "13800000002", "luquan")
	here.approveAll()
	require.Equal(t, 204, here.do("PUT", "/api/operator/clusters/luquan/review", map[string]any{"review": "all"}).status)
	form, kind := upload(t, "file", picture(t, 40, 30))
	var pic ImageRef
	firm.do("POST", "/api/images", form, "Content-Type", kind).into(t, &pic)
	l := firm.listing("supply", "6061 铝棒", map[string]any{"images": []string{pic.ID}})
	reviewer := w.officer("reviewer", market.Membership{Role: market.Reviewer, ClusterID: "luquan"})
	require.Equal(t, 404, reviewer.do("GET", pic.URL, nil).status, "a draft is its firm's own")
	require.Equal(t, 200, firm.publish(l).status)
	require.Len(t, here.queue()[0].Listing.Images, 1)
	for _, b := range []*browser{firm, here, reviewer} {
		require.Equal(t, 200, b.do("GET", pic.URL, nil).status)
	}
	bureau := w.officer("bureau", market.Membership{Role: market.Viewer, ClusterID: "luquan"})
	for _, b := range []*browser{stranger, there, bureau, w.browser()} {
		require.Equal(t, 404, b.do("GET", pic.URL, nil).status)
	}
	here.approveAll()
	require.Equal(t, 200, stranger.do("GET", pic.URL, nil).status, "live")
}
