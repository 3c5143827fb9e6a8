package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMyData: a person reads who got his firm's contact, takes it all home,
// and erases his account with his password only.
func TestMyData(t *testing.T) { onBoth(t, readsAndErases) }

func readsAndErases(t *testing.T, w *world) {
	a, b, i := opened(t, w)
	w.ok(204, ask{by: a, method: "POST", path: "/api/introductions/" + i.ID + "/messages", body: map[string]string{"text": "您好"}})
	var d MyData
	w.ok(200, ask{by: a, path: "/api/my/data"}).into(t, &d)
	require.Len(t, d.Disclosures, 1)
	require.Equal(t, b.EnterpriseID, d.Disclosures[0].To.ID)
	require.Equal(t, []int{1, 1}, []int{d.Messages, d.Sessions})
	require.Equal(t, "0311-88880000", d.Contact.Phone)
	require.Equal(t, "write", d.Deeds[0].Deed)
	out := w.ok(200, ask{by: a, path: "/api/my/data/export"})
	require.Contains(t, out.header.Get("Content-Disposition"), "attachment")
	require.Contains(t, string(out.body), "您好")

	hash, err := HashPassword("连翘花开2026")
	require.NoError(t, err)
	require.NoError(t, w.store.ChangePassword(t.Context(), a.Actor, hash, digest(a.token)))
	require.Equal(t, "password", w.fails(422, ask{by: a, method: "POST", path: "/api/my/erase", body: map[string]string{"password": "不是这个密码"}}).Errors[0].Field)
	w.ok(200, ask{by: a, path: "/api/me"})
	w.ok(204, ask{by: a, method: "POST", path: "/api/my/erase", body: map[string]string{"password": "连翘花开2026"}})
	w.fails(401, ask{by: a, path: "/api/me"})
	w.fails(401, ask{method: "POST", path: "/api/sign-in", body: map[string]string{"login": d.User.Login, "password": "连翘花开2026"}})
	require.False(t, w.said(b, i.ID, "").Body.Open)
	require.Equal(t, "—", w.said(b, i.ID, "").Body.Items[0].By)
}
