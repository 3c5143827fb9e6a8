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
