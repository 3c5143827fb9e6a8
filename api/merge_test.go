package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMerge: an operator finds two records of one firm, compares and merges
// them; people sign in as before, links of old lead to what is left, and both
// are read by whom it concerns.
func TestMerge(t *testing.T) {
	w, here, there := county(t)
	a, b, c := w.browser(), w.browser(), w.browser()
	first := a.signUp("石家庄甲铝业有限公司", "13800000001", "luquan").Enterprise
	second := b.signUp("石家庄甲铝业有限责任公司", "13800000002", "luquan").Enterprise
	c.signUp("丙厂", "13800000003", "luquan")
	here.approveAll()
	l := b.posted("supply", "6061 铝棒")
	// Both records asked about one need and quoted on it.
	need := c.posted("need", "求购 6061 铝棒")
	for n, firm := range []*browser{a, b} {
		require.Less(t, firm.do("POST", "/api/listings/"+need.ID+"/introductions", map[string]any{"note": "可供"}).status, 300)
		price := []string{"19500", "19200"}[n]
		require.Less(t, firm.do("PUT", "/api/listings/"+need.ID+"/quote", map[string]any{"price": price, "unit": "吨", "valid_until": "2099-01-01"}).status, 300)
	}

	var found struct{ Items []Duplicate }
	here.do("GET", "/api/operator/duplicates", nil).into(t, &found)
	require.Len(t, found.Items, 1)
	require.Equal(t, []string{"name"}, found.Items[0].Why)
	there.do("GET", "/api/operator/duplicates", nil).into(t, &found)
	require.Empty(t, found.Items)
	at := "/api/operator/compare?a=" + first.ID + "&b=" + second.ID
	require.Equal(t, 404, there.do("GET", at, nil).status)
	r := here.do("GET", at, nil)
	require.NotContains(t, r.body, "13900000002", "nobody's telephone is shown for it")
	var sides struct{ A, B RecordSide }
	r.into(t, &sides)
	require.Equal(t, []int{0, 1, 1, 1}, []int{sides.A.Live, sides.B.Live, sides.A.People, sides.B.People})

	body := map[string]any{"keep": first.ID, "keep_rev": sides.A.Enterprise.Rev, "drop": second.ID, "drop_rev": sides.B.Enterprise.Rev}
	require.Equal(t, 404, there.do("POST", "/api/operator/merge", body).status)
	require.Equal(t, 403, a.do("POST", "/api/operator/merge", body).status)
	body["drop_rev"] = 99
	require.Equal(t, 409, here.do("POST", "/api/operator/merge", body).status)
	body["drop_rev"] = sides.B.Enterprise.Rev
	require.Equal(t, 204, here.do("POST", "/api/operator/merge", body).status)
	require.Equal(t, 404, here.do("POST", "/api/operator/merge", body).status)
	require.Equal(t, 404, here.do("GET", at, nil).status)

	var quotes struct{ Items []Quote }
	c.do("GET", "/api/listings/"+need.ID+"/quotes", nil).into(t, &quotes)
	require.Len(t, quotes.Items, 2, "what both said stays")
	for _, q := range quotes.Items {
		require.Equal(t, first.ID, q.Supplier.ID, "and stands under the one name that is left")
	}
	var me Me
	b.do("GET", "/api/me", nil).into(t, &me)
	require.Equal(t, first.ID, me.Enterprise.ID)
	require.Contains(t, a.do("GET", "/api/my/listings", nil).body, l.ID)
	require.Contains(t, a.do("GET", "/api/enterprise/log", nil).body, `"merge"`)
	var e Enterprise
	c.do("GET", "/api/enterprises/"+second.ID, nil).into(t, &e)
	require.Equal(t, first.ID, e.ID)
	status, _ := page(t, w.api, "/enterprises/"+second.ID)
	require.Equal(t, 301, status)
	status, _ = page(t, w.api, "/enterprises/"+first.ID)
	require.Equal(t, 200, status)
	require.Equal(t, 403, here.do("GET", "/api/my/listings", nil, actingFor, second.ID).status)
}
