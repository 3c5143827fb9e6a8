package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/search"
	"lianqiao/store"
)

// trustWorld is a web over an empty store, with a clock that the test moves.
type trustWorld struct {
	*testing.T
	api *API
	at  time.Time
}

func newTrustWorld(t *testing.T) *trustWorld {
	s, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	require.NoError(t, s.UseKey(t.Context(), make([]byte, store.KeyBytes)))
	x, err := search.Open("")
	require.NoError(t, err)
	t.Cleanup(func() { x.Close() })
	a, err := New(Config{Store: s, Index: x, BaseURL: "https://lianqiao.example.cn"})
	require.NoError(t, err)
	w := &trustWorld{T: t, api: a, at: time.Now()}
	a.now = func() time.Time { return w.at }
	return w
}

// browser keeps its cookies.
type browser struct {
	*trustWorld
	cookies map[string]string
	forged  string // X-Forwarded-For
}

func (w *trustWorld) browser() *browser {
	return &browser{trustWorld: w, cookies: map[string]string{}}
}

type reply struct {
	status int
	body   string
}

// into reads the reply's JSON.
func (r reply) into(t *testing.T, out any) {
	require.NoError(t, json.Unmarshal([]byte(r.body), out), r.body)
}

func (b *browser) do(method, path string, body any, header ...string) reply {
	var sent io.Reader
	if body != nil {
		text, raw := body.([]byte)
		if !raw {
			var err error
			text, err = json.Marshal(body)
			require.NoError(b, err)
		}
		sent = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, path, sent)
	r.Header.Set("Content-Type", "application/json")
	if b.forged != "" {
		r.Header.Set("X-Forwarded-For", b.forged)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	var pairs []string
	for k, v := range b.cookies {
		pairs = append(pairs, k+"="+v)
	}
	r.Header.Set("Cookie", strings.Join(pairs, "; "))
	res, err := b.api.app.Test(r, -1)
	require.NoError(b, err)
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	text, err := io.ReadAll(res.Body)
	require.NoError(b, err)
	return reply{res.StatusCode, string(text)}
}

func (b *browser) signUp(firm, login, cluster string) Me {
	r := b.do("POST", "/api/sign-up", map[string]any{"login": login, "password": "right horse", "name": "测试员", "enterprise": map[string]any{
		"name": firm, "kind": "maker", "region": "130110", "cluster_id": cluster, "contact": map[string]any{"name": firm + "联系人", "phone": "139" + login[3:], "mail": ""}}})
	require.Equal(b, 201, r.status, r.body)
	var me Me
	r.into(b.T, &me)
	return me
}

func (b *browser) signIn(login, password string) reply {
	return b.do("POST", "/api/sign-in", map[string]any{"login": login, "password": password})
}

// officer adds an operator of a cluster, or an administrator, and signs in.
func (w *trustWorld) officer(login string, m market.Membership) *browser {
	hash, err := HashPassword("right horse")
	require.NoError(w, err)
	require.NoError(w, w.api.cfg.Store.AddUser(w.Context(), market.User{ID: market.NewID(), Login: login, Name: "干事", PasswordHash: hash}, m))
	b := w.browser()
	require.Equal(w, 200, b.signIn(login, "right horse").status)
	return b
}

// TestGuesses: of 10,000 guesses with forged addresses ten are tried; the
// owner still gets in from a browser that is known; a login without a user
// answers the same, byte by byte.
func TestGuesses(t *testing.T) {
	w := newTrustWorld(t)
	owner := w.browser()
	owner.signUp("甲厂", "13800000001", "")
	require.Equal(t, 204, owner.do("POST", "/api/sign-out", nil).status)

	thief, ghost := w.browser(), w.browser()
	tried := 0
	for n := range 10_000 {
		thief.forged = fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)
		// From the eleventh guess on the password is right: whatever is still tried gets in.
		guess := "wrong horse"
		if n >= market.GuessesMost {
			guess = "right horse"
		}
		r := thief.signIn("13800000001", guess)
		require.NotEqual(t, 200, r.status, "guess %d got in", n)
		if r.status == 401 {
			tried++
		}
		if n < 20 {
			require.Equal(t, r, ghost.signIn("13800000002", guess), "guess %d", n)
		}
	}
	require.Equal(t, market.GuessesMost, tried)
	require.Equal(t, 429, w.browser().signIn("13800000001", "right horse").status, "a stranger with the right password waits, too")
	require.Equal(t, 200, owner.signIn("13800000001", "right horse").status, "the owner's browser is known")

	// The known browser has ten tries of its own and no more.
	for n := range 12 {
		want := 401
		if n >= market.GuessesMost {
			want = 429
		}
		require.Equal(t, want, owner.signIn("13800000001", "wrong horse").status)
	}
	w.at = w.at.Add(market.GuessSpan)
	require.Equal(t, 200, w.browser().signIn("13800000001", "right horse").status)
}

// TestSignUpTellsNothing: a login that exists and a code that exists answer
// alike, and asking counts as guessing.
func TestSignUpTellsNothing(t *testing.T) {
	w := newTrustWorld(t)
	firm := func(login, uscc string) map[string]any {
		return map[string]any{"login": login, "password": "another one", "name": "某人", "enterprise": map[string]any{
			"name": "丙厂", "uscc": uscc, "kind": "maker", "region": "130110", "contact": map[string]any{"name": "某人", "phone": "13900000000"}}}
	}
	const code = "91110000600037341L"
	require.Equal(t, 201, w.browser().do("POST", "/api/sign-up", firm("13800000001", code)).status)
	asker := w.browser()
	login := asker.do("POST", "/api/sign-up", firm("13800000001", ""))
	require.Equal(t, 409, login.status)
	require.Equal(t, login, asker.do("POST", "/api/sign-up", firm("13800000002", code)))
	require.NotContains(t, login.body, "13800000001")
	for range market.GuessesMost - 1 {
		asker.do("POST", "/api/sign-up", firm("13800000001", ""))
	}
	require.Equal(t, 429, asker.do("POST", "/api/sign-up", firm("13800000001", "")).status)
	require.Equal(t, 429, asker.signIn("13800000001", "another one").status)
}

// TestSessions: listed, ended one by one and all at once, renewed while used,
// over in the end.
func TestSessions(t *testing.T) {
	w := newTrustWorld(t)
	office, phone, stranger := w.browser(), w.browser(), w.browser()
	office.signUp("甲厂", "13800000001", "")
	stranger.signUp("乙厂", "13800000002", "")
	require.Equal(t, 200, phone.signIn("13800000001", "right horse").status)
	var list struct{ Items []SessionView }
	read := func(b *browser) []SessionView {
		list.Items = nil
		b.do("GET", "/api/sessions", nil).into(t, &list)
		return list.Items
	}
	require.Len(t, read(office), 2)
	var other string
	for _, s := range read(office) {
		if !s.Here {
			other = s.ID
		}
	}
	require.Equal(t, 404, stranger.do("DELETE", "/api/sessions/"+other, nil).status)
	require.Equal(t, 204, office.do("DELETE", "/api/sessions/"+other, nil).status)
	require.Equal(t, 401, phone.do("GET", "/api/me", nil).status)
	require.Equal(t, 200, office.do("GET", "/api/me", nil).status)

	// Used every ten days a session outlives its idle time, but not its end.
	for day := 10; day <= 80; day += 10 {
		w.at = w.at.Add(10 * 24 * time.Hour)
		require.Equal(t, 200, office.do("GET", "/api/me", nil).status, "day %d", day)
	}
	end := read(office)[0]
	require.Equal(t, end.CreatedAt.Add(market.SessionMost), end.ExpiresAt)
}

// TestPasswords: changed with the old one, reset by a link of an operator of
// the firm's cluster, good once; other browsers are signed out.
func TestPasswords(t *testing.T) {
	w := newTrustWorld(t)
	for _, c := range []string{"luquan", "gaocheng"} {
		require.NoError(t, w.api.cfg.Store.SaveCluster(t.Context(), market.Cluster{ID: c, Name: c, Region: "130110"}))
	}
	office, phone := w.browser(), w.browser()
	office.signUp("甲厂", "13800000001", "luquan")
	phone.signIn("13800000001", "right horse")
	change := func(old, new string) int {
		return office.do("POST", "/api/password", map[string]any{"old": old, "new": new}).status
	}
	require.Equal(t, 422, change("wrong", "new password"))
	require.Equal(t, 422, change("right horse", "short"))
	require.Equal(t, 204, change("right horse", "new password"))
	require.Equal(t, 401, phone.do("GET", "/api/me", nil).status)
	require.Equal(t, 200, office.do("GET", "/api/me", nil).status)

	here := w.officer("op1", market.Membership{Role: market.Operator, ClusterID: "luquan"})
	there := w.officer("op2", market.Membership{Role: market.Operator, ClusterID: "gaocheng"})
	admin := w.officer("admin", market.Membership{Role: market.Admin})
	ask := func(b *browser, login string) reply {
		return b.do("POST", "/api/operator/reset-links", map[string]any{"login": login})
	}
	require.Equal(t, 403, ask(office, "13800000001").status)
	require.Equal(t, ask(there, "nobody"), ask(there, "13800000001"), "a stranger's login does not exist")
	require.Equal(t, 404, ask(here, "op2").status, "an operator never resets an officer")
	require.Equal(t, 200, ask(admin, "op2").status)
	var link TicketLink
	ask(here, "13800000001").into(t, &link)
	_, token, _ := strings.Cut(link.URL, "#")
	guest := w.browser()
	require.Contains(t, guest.do("POST", "/api/tickets/read", map[string]any{"token": token}).body, "13800000001")
	require.Equal(t, 404, guest.do("POST", "/api/tickets/read", map[string]any{"token": token + "x"}).status)
	reset := map[string]any{"token": token, "password": "third password"}
	require.Equal(t, 404, guest.do("POST", "/api/join", map[string]any{"token": token, "login": "13800000009", "password": "third password", "name": "某"}).status, "a reset is no invitation")
	require.Equal(t, 200, guest.do("POST", "/api/reset-password", reset).status)
	require.Equal(t, 404, guest.do("POST", "/api/reset-password", reset).status)
	require.Equal(t, 401, office.do("GET", "/api/me", nil).status)
	require.Equal(t, 200, office.signIn("13800000001", "third password").status)
}

// TestMembers: an owner lets people in by link and shows them out.
func TestMembers(t *testing.T) {
	w := newTrustWorld(t)
	owner, member, stranger := w.browser(), w.browser(), w.browser()
	owner.signUp("甲厂", "13800000001", "")
	stranger.signUp("乙厂", "13800000002", "")
	var link TicketLink
	owner.do("POST", "/api/enterprise/invitations", nil).into(t, &link)
	_, token, _ := strings.Cut(link.URL, "#")
	r := member.do("POST", "/api/join", map[string]any{"token": token, "login": "13800000003", "password": "right horse", "name": "小李"})
	require.Equal(t, 200, r.status, r.body)
	var me Me
	r.into(t, &me)
	require.Equal(t, []string{"member"}, me.Roles)
	require.Equal(t, "甲厂", me.Enterprise.Name)
	require.Equal(t, 403, member.do("POST", "/api/enterprise/invitations", nil).status)
	var list struct{ Items []MemberView }
	owner.do("GET", "/api/enterprise/members", nil).into(t, &list)
	require.Len(t, list.Items, 2)
	at := "/api/enterprise/members/" + me.User.ID
	require.Equal(t, 403, member.do("DELETE", at, nil).status)
	require.Equal(t, 404, stranger.do("DELETE", at, nil).status)
	require.Equal(t, 204, owner.do("DELETE", at, nil).status)
	require.Equal(t, 401, member.do("GET", "/api/me", nil).status)
	require.Equal(t, 404, owner.do("DELETE", "/api/enterprise/members/"+list.Items[0].ID, nil).status, "an owner stays")
}
