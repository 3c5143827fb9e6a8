package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestHonoursEnd: an honour past its date stops counting by itself: on the
// firm's page, beside its listings and in search.
func TestHonoursEnd(t *testing.T) {
	w, here, there := county(t)
	firm, visitor := w.browser(), w.browser()
	me := firm.signUp("甲厂", "13800000001", "luquan")
	at := "/api/operator/enterprises/" + me.Enterprise.ID + "/honours"
	until := w.at.AddDate(0, 0, 10).Format(time.DateOnly)
	body := map[string]any{"honours": []map[string]any{{"kind": "giant", "year": 2023, "until": until}, {"kind": "hightech", "year": 2024, "until": ""}}}
	require.Equal(t, 404, there.do("PUT", at, body).status)
	require.Equal(t, 200, here.do("PUT", at, body).status)
	l := firm.posted("supply", "6061 铝棒")
	kinds := func() (e Enterprise, beside []string, html string) {
		visitor.do("GET", "/api/enterprises/"+me.Enterprise.ID, nil).into(t, &e)
		var shown Listing
		visitor.do("GET", "/api/listings/"+l.ID, nil).into(t, &shown)
		_, html = page(t, w.api, "/enterprises/"+me.Enterprise.ID)
		return e, shown.Enterprise.Honours, html
	}
	e, beside, html := kinds()
	require.Len(t, e.Honours, 2)
	require.Equal(t, []string{"giant", "hightech"}, beside)
	require.Contains(t, html, "小巨人")
	w.at = w.at.AddDate(0, 0, 12)
	e, beside, html = kinds()
	require.Len(t, e.Honours, 1)
	require.Equal(t, []string{"hightech"}, beside)
	require.NotContains(t, html, "小巨人")
	require.Equal(t, 422, here.do("PUT", at, map[string]any{"honours": []map[string]any{{"kind": "nobel", "year": 2023, "until": ""}}}).status)
}

// TestOwnWord: what a firm says of itself is shown as its own word and counts
// for nothing until its association has seen the evidence; what it changes
// afterwards is its own word again.
func TestOwnWord(t *testing.T) {
	w, here, there := county(t)
	firm, stranger := w.browser(), w.browser()
	me := firm.signUp("甲厂", "13800000001", "luquan")
	other := stranger.signUp("乙厂", "13800000002", "gaocheng")
	pdf := "%PDF-1.4\n公示文件"
	form, kind := upload(t, "file", []byte(pdf))
	var file EvidenceInfo
	firm.do("POST", "/api/evidence", form, "Content-Type", kind).into(t, &file)

	rev := me.Enterprise.Rev
	put := func(b *browser, honours []map[string]any) reply {
		r := recordInput("honours", honours)
		return b.do("PUT", "/api/enterprise/record", r, "If-Match", etag(rev))
	}
	giant := map[string]any{"kind": "giant", "rank": "national", "number": "工信部企业函〔2024〕1号", "year": 2024, "evidence": file.ID}
	var e Enterprise
	put(firm, []map[string]any{giant}).into(t, &e)
	rev = e.Rev
	require.True(t, e.Honours[0].Own)
	require.Equal(t, "waiting", e.Honours[0].State)

	seen := func() (Enterprise, string) {
		var e Enterprise
		stranger.do("GET", "/api/enterprises/"+me.Enterprise.ID, nil).into(t, &e)
		_, html := page(t, w.api, "/enterprises/"+me.Enterprise.ID)
		return e, html
	}
	public, html := seen()
	require.True(t, public.Honours[0].Own)
	require.Empty(t, public.Honours[0].Evidence, "the file is nobody else's business")
	require.Contains(t, html, "企业自述")
	require.NotContains(t, html, "已审核")
	require.Equal(t, 404, stranger.do("GET", "/api/evidence/"+file.ID, nil).status)
	require.Equal(t, 404, there.do("GET", "/api/evidence/"+file.ID, nil).status)

	queue := here.queue()
	var waiting Review
	for _, r := range queue {
		if r.Kind == "honour" {
			waiting = r
		}
	}
	require.NotNil(t, waiting.Honour)
	got := here.do("GET", "/api/evidence/"+waiting.Honour.Evidence, nil)
	require.Equal(t, pdf, got.body)
	require.Equal(t, 422, here.decide(waiting.ID, map[string]any{"status": "suspended", "reason": "不行"}))
	require.Equal(t, 204, here.decide(waiting.ID, map[string]any{"status": "approved"}))
	public, html = seen()
	require.False(t, public.Honours[0].Own)
	require.Equal(t, "luquan集群协会", strings.TrimSpace(public.Honours[0].By))
	require.Contains(t, html, "已审核")

	var log struct{ Items []LogLine }
	firm.do("GET", "/api/enterprise/log", nil).into(t, &log)
	deeds := []string{}
	for _, l := range log.Items {
		deeds = append(deeds, l.Deed)
	}
	require.Contains(t, deeds, "download", "the firm reads who looked at its evidence")

	rev++
	put(firm, []map[string]any{giant}).into(t, &e)
	rev = e.Rev
	require.False(t, e.Honours[0].Own, "said again, it stays confirmed")
	giant["year"] = 2025
	put(firm, []map[string]any{giant}).into(t, &e)
	require.True(t, e.Honours[0].Own, "another honour than the one confirmed")
	rev = other.Enterprise.Rev
	require.Equal(t, http.StatusUnprocessableEntity, put(stranger, []map[string]any{giant}).status, "another firm's file proves nothing")
}

// TestLinks: a firm says at which links of the chain it stands; who says nothing
// is read by its main products. Both feed its page, the first the directory.
func TestLinks(t *testing.T) {
	w, here, _ := county(t)
	firm := w.browser()
	me := firm.signUp("甲厂", "13800000001", "luquan")
	here.approveAll()
	rev := me.Enterprise.Rev + 1
	put := func(links ...string) reply {
		return firm.do("PUT", "/api/enterprise/record", recordInput("links", links), "If-Match", etag(rev))
	}
	for field, links := range map[string][]string{"links[0]": {"9999"}, "links[1]": {"3252", "3252"}, "links[2]": {"3252", "33", "铝"}, "links": {"3252", "33", "34", "35", "36", "37", "38", "39", "30"}} {
		got := put(links...)
		require.Equal(t, 422, got.status)
		require.Contains(t, got.body, `"`+field+`"`, "the field is named")
	}
	var e Enterprise
	got := put("3252", "33")
	require.Equal(t, 200, got.status, got.body)
	got.into(t, &e)
	rev = e.Rev
	require.Equal(t, []Link{{"3252", "铝压延加工", true}, {"33", "金属制品业", true}}, e.Links)
	_, html := page(t, w.api, "/enterprises/"+e.ID)
	require.Contains(t, html, `href="/enterprises?link=3252">铝压延加工</a>`)
	for at, listed := range map[string]bool{"/enterprises": true, "/enterprises?link=3252": true, "/enterprises?link=325": true, "/enterprises?link=33&cluster=luquan": true, "/enterprises?link=3311": false, "/enterprises?link=33&cluster=gaocheng": false} {
		status, html := page(t, w.api, at)
		require.Equal(t, 200, status, at)
		require.Equal(t, listed, strings.Contains(html, "甲厂"), at)
	}
	status, _ := page(t, w.api, "/enterprises?link=nothing")
	require.Equal(t, 404, status)

	put().into(t, &e)
	rev = e.Rev
	require.Empty(t, e.Links, "nothing said, no products to read")
	firm.do("PUT", "/api/enterprise", map[string]any{"name": "甲厂", "uscc": "", "kind": "maker", "region": "130110", "cluster_id": "luquan", "about": "", "main_products": "6061 铝棒、家具",
		"contact": map[string]any{"name": "王", "phone": "13800000001", "mail": ""}}, "If-Match", etag(rev)).into(t, &e)
	require.NotEmpty(t, e.Links)
	require.Equal(t, Link{"3252", "铝压延加工", false}, e.Links[0])
	_, html = page(t, w.api, "/enterprises/"+e.ID)
	require.Contains(t, html, "按主要产品自动归类")
	require.NotContains(t, html, `href="/enterprises?link=`, "what was read is in no directory")
}
