package api

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianqiao/market"
)

// appointed hands out a link and returns its token.
func (b *browser) appointed(role string, scope ...string) string {
	r := b.do("POST", "/api/operator/officers", map[string]any{"role": role, "scope": scope})
	require.Equal(b, 200, r.status, r.body)
	var link TicketLink
	r.into(b.T, &link)
	return link.URL[len(link.URL)-43:]
}

func (b *browser) joins(token, login string) reply {
	return b.do("POST", "/api/join", map[string]any{"token": token, "login": login, "password": "right horse", "name": "新干事"})
}

func (b *browser) officers() []Officer {
	var list struct{ Items []Officer }
	r := b.do("GET", "/api/operator/officers", nil)
	require.Equal(b, 200, r.status, r.body)
	r.into(b.T, &list)
	return list.Items
}

// TestOffices: administrators appoint operators, reviewers and viewers, an
// operator the reviewers of his own clusters, each by a link that is good once;
// who is dismissed can do nothing more, and his links neither.
func TestOffices(t *testing.T) {
	w, here, there := county(t)
	admin := w.officer("admin", market.Membership{Role: market.Admin})
	both := admin.appointed("operator", "luquan", "gaocheng")
	var x Ticket
	w.browser().do("POST", "/api/tickets/read", map[string]any{"token": both}).into(t, &x)
	require.Equal(t, Ticket{Purpose: "office", Role: "operator", Scope: "gaocheng集群、luquan集群"}, x)
	operator := w.browser()
	require.Equal(t, 200, operator.joins(both, "13800000011").status)
	require.Equal(t, 404, w.browser().joins(both, "13800000012").status, "good once")
	var me Me
	operator.do("GET", "/api/me", nil).into(t, &me)
	require.ElementsMatch(t, []string{"luquan", "gaocheng"}, me.Clusters)

	for _, forbidden := range []map[string]any{{"role": "operator", "scope": []string{"luquan"}}, {"role": "viewer", "scope": []string{"130100"}}, {"role": "reviewer", "scope": []string{"luquan", "gaocheng"}}, {"role": "reviewer", "scope": []string{"nowhere"}}} {
		require.Equal(t, 404, here.do("POST", "/api/operator/officers", forbidden).status, forbidden)
	}
	require.Equal(t, 422, admin.do("POST", "/api/operator/officers", map[string]any{"role": "admin", "scope": []string{"luquan"}}).status)
	require.Equal(t, 404, admin.do("POST", "/api/operator/officers", map[string]any{"role": "viewer", "scope": []string{"999999"}}).status)

	// Somebody with an account and a firm takes an office beside it.
	firm := w.browser()
	firm.signUp("甲厂", "13800000001", "luquan")
	require.Equal(t, 403, firm.do("GET", "/api/operator/reviews", nil).status)
	require.Equal(t, 200, firm.do("POST", "/api/tickets/accept", map[string]any{"token": here.appointed("reviewer", "luquan")}).status)
	require.Equal(t, 200, firm.do("GET", "/api/operator/reviews", nil).status)
	require.Equal(t, 403, firm.do("GET", "/api/operator/officers", nil).status)

	require.Len(t, here.officers(), 1)
	require.Empty(t, there.officers())
	require.Len(t, admin.officers(), 5, "three operators, of whom one has two clusters, and a reviewer")
	reviewer := here.officers()[0]
	end := map[string]any{"user_id": reviewer.UserID, "role": "reviewer", "scope": "luquan"}
	require.Equal(t, 404, there.do("POST", "/api/operator/officers/dismiss", end).status)
	require.Equal(t, 204, here.do("POST", "/api/operator/officers/dismiss", end).status)
	require.Equal(t, 404, here.do("POST", "/api/operator/officers/dismiss", end).status)
	require.Equal(t, 403, firm.do("GET", "/api/operator/reviews", nil).status)

	left := operator.appointed("reviewer", "luquan")
	for _, o := range admin.officers() {
		if o.Login == "13800000011" {
			require.Equal(t, 204, admin.do("POST", "/api/operator/officers/dismiss", map[string]any{"user_id": o.UserID, "role": "operator", "scope": o.Scope}).status)
		}
	}
	require.Equal(t, 403, operator.do("GET", "/api/operator/officers", nil).status)
	require.Equal(t, 404, w.browser().joins(left, "13800000013").status, "a link of somebody who was dismissed")
}

// TestBureau: a viewer reads the figures of every cluster of his place, also of
// one that comes later, and nobody's contacts, words or records.
func TestBureau(t *testing.T) {
	w, here, _ := county(t)
	for id, region := range map[string]string{"qinghe": "130534", "tangshan": "130202"} {
		require.NoError(t, w.api.cfg.Store.SaveCluster(t.Context(), market.Cluster{ID: id, Name: id + "集群", Region: region}))
	}
	admin := w.officer("admin", market.Membership{Role: market.Admin})
	city, county, province := w.browser(), w.browser(), w.browser()
	require.Equal(t, 200, city.joins(admin.appointed("viewer", "130100"), "13800000021").status)
	require.Equal(t, 200, county.joins(admin.appointed("viewer", "130534"), "13800000022").status)
	require.Equal(t, 200, province.joins(admin.appointed("viewer", "130000"), "13800000023").status)
	a := w.browser()
	a.signUp("甲厂", "13800000001", "luquan")
	here.approveAll()
	a.posted("supply", "6061 铝棒")

	summary := func(b *browser) (out struct {
		Items []SummaryLine
		Total SummaryLine
	}) {
		r := b.do("GET", "/api/bureau", nil)
		require.Equal(t, 200, r.status, r.body)
		require.NotContains(t, r.body, "甲厂")
		r.into(t, &out)
		return out
	}
	clusters := func(b *browser) (out []string) {
		for _, l := range summary(b).Items {
			out = append(out, l.Cluster.ID)
		}
		return out
	}
	require.Equal(t, []string{"gaocheng", "luquan"}, clusters(city))
	require.Equal(t, []string{"qinghe"}, clusters(county))
	require.Equal(t, []string{"gaocheng", "luquan", "qinghe", "tangshan"}, clusters(province))
	require.NoError(t, w.api.cfg.Store.SaveCluster(t.Context(), market.Cluster{ID: "shenze", Name: "深泽集群", Region: "130128"}))
	require.Equal(t, []string{"gaocheng", "luquan", "shenze"}, clusters(city))

	l := summary(city).Items[1]
	require.Equal(t, []int{1, 1, 1, 0}, []int{l.Firms, l.Known, l.Supplies, l.Needs})
	require.Equal(t, 1, summary(city).Total.Supplies)
	for _, at := range []string{"/api/operator/enterprises", "/api/operator/reviews", "/api/operator/audit", "/api/operator/officers", "/api/operator/failures"} {
		require.Equal(t, 403, city.do("GET", at, nil).status, at)
	}
	require.Equal(t, 200, city.do("GET", "/api/operator/outcomes?cluster=luquan", nil).status)
	require.Equal(t, 404, county.do("GET", "/api/operator/outcomes?cluster=luquan", nil).status)
	require.Equal(t, 422, city.do("GET", "/api/bureau?from=yesterday", nil).status)

	book, err := excelize.OpenReader(bytes.NewReader([]byte(city.do("GET", "/api/bureau/summary.xlsx", nil).body)))
	require.NoError(t, err)
	rows, err := book.GetRows("辖区汇总")
	require.NoError(t, err)
	require.Len(t, rows, 5, "a heading, three clusters, the total")
	require.Equal(t, "合计", rows[4][0])
	require.Equal(t, rows[2][2:7], rows[4][2:7])
}
