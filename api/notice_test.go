package api

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestNotices: a firm reads its own notices, page by page; what one of its
// people saw is not new to him any more, and still is to the others.
func TestNotices(t *testing.T) {
	w := newWorld(t)
	a, b, i := opened(t, w)
	colleague := w.user(market.Membership{Role: market.Member, EnterpriseID: b.EnterpriseID})
	unseen := func(p person) int {
		var me Me
		w.ok(200, ask{by: p, path: "/api/me"}).into(t, &me)
		return me.Counts.Notices
	}
	before := unseen(b)
	w.ok(204, ask{by: a, method: "POST", path: "/api/introductions/" + i.ID + "/messages", body: map[string]string{"text": "您好"}})
	require.Equal(t, before+1, unseen(b))
	var page noticesOutput
	w.ok(200, ask{by: b, path: "/api/notices?limit=2"}).into(t, &page.Body)
	require.Len(t, page.Body.Items, 2)
	require.NotNil(t, page.Body.Next)
	first := page.Body.Items[0]
	require.Equal(t, "message 甲厂 /app/introductions?view=agreed true", first.Topic+" "+first.Other.Name+" "+first.Path+" "+map[bool]string{true: "true"}[first.New])
	w.ok(204, ask{by: b, method: "POST", path: "/api/notices/seen", body: map[string]string{"upto": first.ID}})
	require.Zero(t, unseen(b))
	require.Equal(t, before+1, unseen(colleague))
	w.ok(200, ask{by: b, path: "/api/notices?limit=50&after=" + *page.Body.Next}).into(t, &page.Body)
	require.Nil(t, page.Body.Next)

	var talk Introduction
	w.ok(200, ask{by: b, path: "/api/introductions/" + i.ID}).into(t, &talk)
	require.Equal(t, 1, talk.Unread)
	w.ok(204, ask{by: b, method: "POST", path: "/api/introductions/" + i.ID + "/messages/seen", body: map[string]string{"upto": w.said(b, i.ID, "").Body.Items[0].ID}})
	w.ok(200, ask{by: b, path: "/api/introductions/" + i.ID}).into(t, &talk)
	require.Zero(t, talk.Unread)
	w.ok(200, ask{by: a, path: "/api/introductions/" + i.ID}).into(t, &talk)
	require.Zero(t, talk.Unread, "one's own words are not news")
}

// TestNoticeChoice: what is chosen is kept; what cannot be is refused by field.
func TestNoticeChoice(t *testing.T) {
	w := newWorld(t)
	a := w.firm("甲厂")
	choice := func(body map[string]any) ask {
		return ask{by: a, method: "PUT", path: "/api/notices/choice", body: body}
	}
	var got NoticeChoice
	w.ok(200, ask{by: a, path: "/api/notices/choice"}).into(t, &got)
	require.True(t, got.Reached, "the login is an address")
	require.Equal(t, "now", got.Paces["asked"])
	require.Equal(t, "digest", got.Paces["proposal"])
	w.ok(200, choice(map[string]any{"lang": "en", "mail": " Sales@Example.cn ", "paces": map[string]string{"asked": "never"}})).into(t, &got)
	require.Equal(t, NoticeWish{"en", "sales@example.cn", got.Paces}, got.NoticeWish)
	require.False(t, got.Confirmed)
	require.Equal(t, "never", got.Paces["asked"])
	for field, body := range map[string]map[string]any{
		"paces": {"lang": "en", "mail": "", "paces": map[string]string{"proposal": "now"}},
		"mail":  {"lang": "en", "mail": "a@b.cn\r\nBcc: c@d.cn", "paces": map[string]string{}},
	} {
		p := w.fails(422, choice(body))
		require.Equal(t, field, p.Errors[0].Field)
	}
}

// followUpLink is the link to a firm's question after a week.
func (w *world) followUpLink(p person) string {
	_, err := w.store.AskFollowUps(w.t.Context(), time.Now().Add(7*24*time.Hour), 10)
	require.NoError(w.t, err)
	w.sql(`UPDATE followup SET asked_at = $1 WHERE asked_at > 0 AND answered_at = 0`, time.Now().UnixMilli())
	var page noticesOutput
	w.ok(200, ask{by: p, path: "/api/notices"}).into(w.t, &page.Body)
	require.Equal(w.t, "followup", page.Body.Items[0].Topic)
	return page.Body.Items[0].Path
}

func (w *world) tap(path string, form url.Values) answer {
	return w.do(ask{method: "POST", path: path, body: form.Encode(), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}})
}

// TestFollowUpPage: three taps without sign-in and without a script say what
// came of it; the page opens nobody's contact, and a link that we did not make
// opens nothing.
func TestFollowUpPage(t *testing.T) {
	w := newWorld(t)
	a, _, i := opened(t, w)
	link := w.followUpLink(a)
	page := w.ok(200, ask{path: link})
	require.Contains(t, string(page.body), "乙厂")
	require.NotContains(t, string(page.body), "<script")
	require.Equal(t, 200, w.do(ask{path: link, header: map[string]string{"Accept-Language": "en"}}).status)
	claimed := func() market.Claim {
		out, err := w.store.OutcomesOn(t.Context(), []string{i.ID})
		require.NoError(t, err)
		return out[i.ID].Claims[a.EnterpriseID]
	}
	require.Empty(t, claimed().Stage, "looking says nothing")
	got := w.tap(link, url.Values{"answer": {"deal"}})
	require.Equal(t, 200, got.status)
	require.Contains(t, string(got.body), `name="band" value="100000.00">10–50 万元<`)
	require.Empty(t, claimed().Stage, "the amount is asked first")
	got = w.tap(link, url.Values{"answer": {"deal"}, "band": {"100000.00"}})
	require.Equal(t, 200, got.status)
	require.Contains(t, string(got.body), "已签合同或下单</b> · 10–50 万元")
	require.Equal(t, market.Claim{EnterpriseID: a.EnterpriseID, Stage: market.StageContract, Fen: 10_000_000, UpTo: 50_000_000, Day: day(0), At: claimed().At}, claimed())
	got = w.tap(link, url.Values{"answer": {"ended"}, "reason": {"price"}})
	require.Equal(t, 200, got.status)
	require.True(t, claimed().Ended)
	for _, body := range []answer{page, got} {
		require.NotContains(t, string(body.body), "0311-88880000")
	}
	for _, form := range []url.Values{{"answer": {"missed"}}, {"answer": {""}}, {"answer": {"deal"}, "band": {"99"}}, {"answer": {"deal"}, "band": {"200000"}}, {"answer": {"deal"}, "band": {"999999999999999999"}}, {"answer": {"ended"}, "reason": {"<b>"}}} {
		require.Equal(t, 422, w.tap(link, form).status, "%v", form)
	}
	require.True(t, claimed().Ended)
	token := strings.TrimPrefix(link, "/f/")
	for _, forged := range []string{"x", token[:len(token)-1], token[:21] + "A" + token[22:], token[:len(token)-2] + "AA", market.SealLink([]byte("guess"), market.LinkFollowUp, market.NewID(), "")} {
		require.Equal(t, 404, w.do(ask{path: "/f/" + forged}).status, forged)
		require.Equal(t, 404, w.tap("/f/"+forged, url.Values{"answer": {"none"}}).status, forged)
	}
	require.Equal(t, 404, w.do(ask{path: "/n/" + token}).status, "a link opens one kind of thing")

	w.sql(`UPDATE followup SET answered_at = $1 WHERE answered_at > 0`, time.Now().Add(-25*time.Hour).UnixMilli())
	require.NotContains(t, string(w.ok(200, ask{path: link}).body), "<button", "a day is over")
	require.Equal(t, 409, w.tap(link, url.Values{"answer": {"talking"}}).status)
}

// TestLinkPages: a mail address is confirmed, and mails are ended, by a tap on
// the page and not by opening it.
func TestLinkPages(t *testing.T) {
	w := newWorld(t)
	a := w.firm("甲厂")
	ctx := t.Context()
	secret, err := w.store.Secret(ctx, "link")
	require.NoError(t, err)
	require.NoError(t, w.store.SaveNoticeChoice(ctx, a.Actor, market.NoticeChoice{Lang: "zh-CN", Mail: "x@example.cn"}))
	choice := func() NoticeChoice {
		var got NoticeChoice
		w.ok(200, ask{by: a, path: "/api/notices/choice"}).into(t, &got)
		return got
	}
	confirm := "/m/" + market.SealLink(secret, market.LinkConfirm, a.UserID, "x@example.cn")
	require.Equal(t, 404, w.do(ask{path: "/m/" + market.SealLink(secret, market.LinkConfirm, a.UserID, "y@example.cn")}).status)
	require.Equal(t, 404, w.do(ask{path: "/m/" + market.SealLink(secret, market.LinkConfirm, market.NewID(), "")}).status)
	w.ok(200, ask{path: confirm})
	require.False(t, choice().Confirmed)
	require.Equal(t, 200, w.tap(confirm, nil).status)
	require.True(t, choice().Confirmed)

	quiet := "/n/" + market.SealLink(secret, market.LinkQuiet, a.UserID, "")
	w.ok(200, ask{path: quiet})
	require.Equal(t, "now", choice().Paces["asked"])
	require.Equal(t, 200, w.tap(quiet, nil).status)
	for topic, pace := range choice().Paces {
		require.Equal(t, "never", pace, topic)
	}
}
