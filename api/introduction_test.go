package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestIntroductionOverTheWire: a stranger learns nothing on the way, the two
// parties learn the contact after both agreed and both are verified, and lose
// it in the same request in which one of them takes its consent back.
func TestIntroductionOverTheWire(t *testing.T) {
	w, here, there := county(t)
	buyer, seller, third := w.browser(), w.browser(), w.browser()
	buyer.signUp("买方厂", "13800000001", "luquan")
	seller.signUp("卖方厂", "13800000002", "luquan")
	third.signUp("第三厂", "13800000003", "gaocheng")
	const buyerPhone, sellerPhone = "13900000001", "13900000002"
	here.approveAll()
	there.approveAll()
	l := seller.posted("supply", "6061 铝棒 直供")
	r := buyer.do("POST", "/api/listings/"+l.ID+"/introductions", map[string]any{"note": "请报价"})
	require.Equal(t, 200, r.status, r.body)
	var i Introduction
	r.into(t, &i)
	at := "/api/introductions/" + i.ID
	secrets := func(b *browser, path string) {
		body := b.do("GET", path, nil).body
		require.NotContains(t, body, sellerPhone)
		require.NotContains(t, body, buyerPhone)
	}
	for _, b := range []*browser{third, here, there} {
		require.Equal(t, b.do("GET", "/api/introductions/nothing", nil), b.do("GET", at, nil))
		for _, deed := range []string{"accept", "decline", "withdraw"} {
			body := map[string]any{}
			require.Equal(t, b.do("POST", "/api/introductions/nothing/"+deed, body, "If-Match", `"1"`), b.do("POST", at+"/"+deed, body, "If-Match", `"1"`), deed)
		}
	}
	secrets(seller, "/api/my/introductions?view=waiting")
	require.Equal(t, 409, buyer.do("POST", at+"/accept", nil, "If-Match", etag(i.Rev)).status, "one cannot agree for the other")
	require.Equal(t, 428, seller.do("POST", at+"/accept", nil).status)
	require.Equal(t, 404, seller.do("POST", "/api/listings/"+l.ID+"/introductions", map[string]any{}).status, "one's own listing")

	r = seller.do("POST", at+"/accept", nil, "If-Match", etag(i.Rev))
	require.Equal(t, 200, r.status, r.body)
	r.into(t, &i)
	require.Equal(t, buyerPhone, i.Contact.Phone)
	buyer.do("GET", at, nil).into(t, &i)
	require.Equal(t, sellerPhone, i.Contact.Phone)
	for _, path := range []string{"/api/enterprises/" + i.Other.ID, "/api/listings/" + l.ID, "/enterprises/" + i.Other.ID} {
		secrets(buyer, path) // nowhere else
		secrets(third, path)
	}
	var gave struct{ Items []Disclosed }
	seller.do("GET", "/api/my/disclosures", nil).into(t, &gave)
	require.Len(t, gave.Items, 1)
	require.Equal(t, "买方厂", gave.Items[0].To.Name)

	// A suspended firm's contacts are shut, both ways, and open again when it is back.
	judge := func(status string) {
		require.Equal(t, 204, here.do("POST", "/api/operator/enterprises/"+i.Other.ID+"/decide", map[string]any{"status": status, "reason": "核查", "level": "reviewed", "basis": "营业执照"}).status)
	}
	judge("suspended")
	secrets(buyer, at)
	secrets(seller, "/api/my/introductions")
	judge("approved")
	require.Contains(t, buyer.do("GET", at, nil).body, sellerPhone)

	require.Equal(t, 200, seller.do("POST", at+"/withdraw", nil, "If-Match", etag(i.Rev)).status)
	secrets(buyer, at)
	secrets(buyer, "/api/my/introductions")
	secrets(seller, "/api/my/introductions?view=closed")
}

// TestLiveHints: a change of an introduction is hinted to its two parties.
func TestIntroductionHints(t *testing.T) {
	w, _, _ := county(t)
	buyer, seller := w.browser(), w.browser()
	b, s := buyer.signUp("买方厂", "13800000001", ""), seller.signUp("卖方厂", "13800000002", "")
	var i Introduction
	buyer.do("POST", "/api/listings/"+seller.posted("supply", "6061 铝棒 直供").ID+"/introductions", map[string]any{}).into(t, &i)
	got := map[string]chan hint{}
	for _, of := range []string{b.Enterprise.ID, s.Enterprise.ID, "third"} {
		hints, leave := w.api.hub.join(of)
		defer leave()
		got[of] = hints
	}
	require.NoError(t, w.api.Apply(t.Context(), market.Change{Kind: market.ChangeIntroduction, Of: i.ID}))
	require.Len(t, got[b.Enterprise.ID], 1)
	require.Len(t, got[s.Enterprise.ID], 1)
	require.Empty(t, got["third"])
}

// TestOperatorIntroduces: the association asks both; nothing is open before
// both agreed, and a firm that said never is not bothered.
func TestOperatorIntroduces(t *testing.T) {
	w, here, there := county(t)
	a, b := w.browser(), w.browser()
	a.signUp("甲厂", "13800000001", "luquan")
	b.signUp("乙厂", "13800000002", "gaocheng")
	here.approveAll()
	there.approveAll()
	need, supply := a.posted("need", "求购 6061 铝棒"), b.posted("supply", "供应 6061 铝棒")
	body := map[string]any{"from": need.ID, "listing": supply.ID, "note": "协会牵线"}
	third := w.officer("op3", market.Membership{Role: market.Operator, ClusterID: "elsewhere"})
	require.Equal(t, 404, third.do("POST", "/api/operator/introductions", body).status)
	require.Equal(t, 404, here.do("POST", "/api/operator/introductions", map[string]any{"from": need.ID, "listing": need.ID}).status)
	require.Equal(t, 204, here.do("POST", "/api/operator/introductions", body).status)
	require.Equal(t, 204, here.do("POST", "/api/operator/introductions", body).status, "once is enough")
	waiting := func(x *browser) []Introduction {
		var list struct{ Items []Introduction }
		x.do("GET", "/api/my/introductions?view=waiting", nil).into(t, &list)
		return list.Items
	}
	require.Len(t, waiting(a), 1)
	require.Len(t, waiting(b), 1)
	i := waiting(b)[0]
	require.True(t, i.ByOperator)
	at := "/api/introductions/" + i.ID
	require.Equal(t, 200, b.do("POST", at+"/accept", nil, "If-Match", etag(i.Rev)).status)
	a.do("GET", at, nil).into(t, &i)
	require.Nil(t, i.Contact)
	require.Equal(t, 200, a.do("POST", at+"/accept", nil, "If-Match", etag(i.Rev)).status)
	a.do("GET", at, nil).into(t, &i)
	require.Equal(t, "13900000002", i.Contact.Phone)
	var log struct{ Items []LogLine }
	b.do("GET", "/api/enterprise/log", nil).into(t, &log)
	require.Equal(t, "introduce", log.Items[0].Deed)

	require.Equal(t, 204, a.do("POST", at+"/veto", map[string]any{"answer": "never"}).status)
	require.Equal(t, 204, here.do("POST", "/api/operator/introductions", body).status, "the operator is not told")
	require.Empty(t, waiting(a))
	require.Len(t, waiting(b), 1)
}
