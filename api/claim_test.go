package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestClaim: a record that an association imported is given to its firm, with
// a link and the code or with the association's word, once.
func TestClaim(t *testing.T) {
	w, here, there := county(t)
	const one, two = "91110000600037341L", "91130100MA0D000371"
	kept := map[string]market.Enterprise{}
	for _, code := range []string{one, two} {
		e, err := w.api.cfg.Store.UpsertEnterprise(t.Context(), market.Enterprise{ID: market.NewID(), USCC: code, Name: "名录企业" + code[:4] + code[14:], Kind: market.Maker, Region: "130110", ClusterID: "luquan",
			Contact: market.Contact{Name: "王", Phone: "13900000000"}})
		require.NoError(t, err)
		kept[code] = e
	}
	at := "/api/operator/enterprises/" + kept[one].ID + "/claim-link"
	require.Equal(t, 404, there.do("POST", at, nil).status)
	var link TicketLink
	here.do("POST", at, nil).into(t, &link)
	_, token, _ := strings.Cut(link.URL, "#")
	join := func(uscc, login string) reply {
		return w.browser().do("POST", "/api/join", map[string]any{"token": token, "uscc": uscc, "login": login, "password": "right horse", "name": "厂长"})
	}
	require.Equal(t, 422, join(two, "13800000001").status, "whoever finds the link does not know the code")
	r := join(strings.ToLower(one), "13800000001")
	require.Equal(t, 200, r.status, r.body)
	var me Me
	r.into(t, &me)
	require.Equal(t, []string{"owner"}, me.Roles)
	require.Equal(t, kept[one].ID, me.Enterprise.ID)
	require.Equal(t, 404, join(one, "13800000002").status)
	require.Equal(t, 409, here.do("POST", at, nil).status)

	// By the association's word: until then the user has no firm.
	signUp := func(b *browser, login string) reply {
		return b.do("POST", "/api/sign-up", map[string]any{"login": login, "password": "right horse", "name": "厂长", "enterprise": map[string]any{
			"name": "名录企业", "uscc": two, "kind": "maker", "region": "130110", "contact": map[string]any{"name": "某", "phone": "13900000009"}}})
	}
	first, second := w.browser(), w.browser()
	require.Equal(t, 201, signUp(first, "13800000003").status)
	require.Equal(t, 201, signUp(second, "13800000004").status)
	require.Equal(t, 403, first.do("GET", "/api/my/listings", nil).status)
	first.do("GET", "/api/me", nil).into(t, &me)
	require.Equal(t, "waiting", me.Claim.Status)
	require.Empty(t, there.queue())
	var ids []string
	for _, r := range here.queue() {
		require.Equal(t, "claim", r.Kind)
		require.Equal(t, kept[two].ID, r.Enterprise.ID)
		ids = append(ids, r.ID)
	}
	require.Len(t, ids, 2)
	require.Equal(t, "13800000003", here.queue()[0].Claimant.Login)
	require.Equal(t, 204, here.decide(ids[0], map[string]any{"status": "approved"}))
	require.Equal(t, 409, here.decide(ids[1], map[string]any{"status": "approved"}), "it has an owner now")
	require.Equal(t, 204, here.decide(ids[1], map[string]any{"status": "returned", "reason": "该企业已认领"}))
	require.Equal(t, 200, first.do("GET", "/api/my/listings", nil).status)
	second.do("GET", "/api/me", nil).into(t, &me)
	require.Equal(t, MyClaim{kept[two].Name, "returned", "该企业已认领"}, *me.Claim)
	require.Equal(t, 409, signUp(w.browser(), "13800000005").status, "owned: as any other")
}

// TestBehalf: an officer does a firm's paper work, each act is shown to the
// firm; consent, contacts and quotes are not his, and other clusters' firms are not either.
func TestBehalf(t *testing.T) {
	w, here, there := county(t)
	firm, other := w.browser(), w.browser()
	me := firm.signUp("甲厂", "13800000001", "luquan")
	other.signUp("乙厂", "13800000002", "luquan")
	here.approveAll()
	as := []string{"X-Acting-For", me.Enterprise.ID}
	draft := map[string]any{"side": "need", "title": "求购 6061 铝棒", "region": "130110"}
	require.Equal(t, 403, there.do("POST", "/api/listings", draft, as...).status)
	require.Equal(t, there.do("POST", "/api/listings", draft, "X-Acting-For", "nothing"), there.do("POST", "/api/listings", draft, as...))
	require.Equal(t, 403, other.do("POST", "/api/listings", draft, as...).status, "a firm is no officer")
	r := here.do("POST", "/api/listings", draft, as...)
	require.Equal(t, 201, r.status, r.body)
	var mine struct{ Items []Listing }
	firm.do("GET", "/api/my/listings", nil).into(t, &mine)
	require.Len(t, mine.Items, 1)
	var log struct{ Items []LogLine }
	firm.do("GET", "/api/enterprise/log", nil).into(t, &log)
	require.Equal(t, []string{"干事", "create"}, []string{log.Items[0].Who, log.Items[0].Deed})

	var shown Me
	here.do("GET", "/api/me", nil, as...).into(t, &shown)
	require.True(t, shown.Behalf)
	require.Empty(t, shown.Roles)
	for _, path := range []string{"/api/my/introductions", "/api/my/disclosures", "/api/my/vetoes", "/api/enterprise/members", "/api/operator/reviews", "/api/listings/" + mine.Items[0].ID + "/quotes"} {
		require.Equal(t, 403, here.do("GET", path, nil, as...).status, path)
	}
	supply := other.posted("supply", "6061 铝棒 直供")
	require.Equal(t, 403, here.do("POST", "/api/listings/"+supply.ID+"/introductions", map[string]any{}, as...).status)
}
