package notify

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// letter is a mail as its receiver gets it.
type letter struct{ to, subject, text, quiet string }

// postOffice is a mail server on a loopback port.
type postOffice struct {
	mu      sync.Mutex
	letters []letter
	refuse  error // for every mail from now on
	user    string
	server  *smtp.Server
	addr    string
}

func newPostOffice(t *testing.T, config *tls.Config) *postOffice {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &postOffice{addr: listener.Addr().String()}
	p.server = smtp.NewServer(p)
	p.server.Domain, p.server.TLSConfig = "localhost", config
	go func() { _ = p.server.Serve(listener) }()
	t.Cleanup(func() { _ = p.server.Close() })
	return p
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{office: p}, nil }

// taken returns what came in since the last time.
func (p *postOffice) taken() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.letters
	p.letters = nil
	slices.SortFunc(out, func(a, b letter) int { return strings.Compare(a.to, b.to) })
	return out
}

func (p *postOffice) refuses(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = err
}

type visit struct {
	office *postOffice
	to     []string
}

func (v *visit) AuthMechanisms() []string { return []string{"PLAIN"} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "lian" || password != "qiao:@/" {
			return smtp.ErrAuthFailed
		}
		v.office.mu.Lock()
		defer v.office.mu.Unlock()
		v.office.user = user
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *visit) Reset()                               {}
func (v *visit) Logout() error                        { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.to = append(v.to, to)
	return v.office.refuse
}

func (v *visit) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	for _, to := range v.to {
		v.office.letters = append(v.office.letters, letter{to, subject, strings.ReplaceAll(string(text), "\r\n", "\n"), m.Header.Get("List-Unsubscribe")})
	}
	return nil
}

// world is a store, a mail server, and a carrier between them.
type world struct {
	*testing.T
	store  *store.Store
	office *postOffice
	log    bytes.Buffer
	at     time.Time
	ways   map[market.Channel]Sender
	admin  market.Actor
	hour   int // of the digest: none comes up while a test goes through its minutes
}

func newWorld(t *testing.T) *world {
	s, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "n.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	w := &world{T: t, store: s, office: newPostOffice(t, nil), at: time.Now(), admin: market.Actor{UserID: "admin", Admin: true}, hour: (time.Now().In(china()).Hour() + 2) % 24}
	sender, err := NewSMTP("smtp+plain://"+w.office.addr, "lianqiao@example.cn")
	require.NoError(t, err)
	w.ways = map[market.Channel]Sender{market.ByMail: sender}
	return w
}

// carrier is one that was just started.
func (w *world) carrier() *Carrier {
	return New(Config{Store: w.store, Log: slog.New(slog.NewTextHandler(&w.log, nil)), BaseURL: "https://lianqiao.example.cn", Ways: w.ways, Hour: w.hour, Now: func() time.Time { return w.at }})
}

// round lets some time pass and then a new carrier work.
func (w *world) round(after time.Duration) []letter {
	w.Helper()
	w.at = w.at.Add(after)
	require.NoError(w, w.carrier().Round(w.Context()))
	return w.office.taken()
}

// firm signs up a verified firm whose private words begin with canary.
func (w *world) firm(name, login string) market.Actor {
	w.Helper()
	ctx := w.Context()
	u := market.User{ID: market.NewID(), Login: login, Name: "canary-person-" + name, PasswordHash: "x"}
	e := market.Enterprise{ID: market.NewID(), Name: name, Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "canary-contact-" + name, Phone: "13977770001", Mail: "canary-mail@example.cn"}}
	require.NoError(w, w.store.SignUp(ctx, u, e))
	require.NoError(w, w.store.JudgeEnterprise(ctx, w.admin, e.ID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
	a, _, err := w.store.Actor(ctx, u.ID)
	require.NoError(w, err)
	return a
}

func (w *world) post(a market.Actor) market.Listing {
	w.Helper()
	l := market.Listing{Side: market.Supply, Board: market.Goods, Status: market.Live, Title: "6061 铝棒 Φ40", Class: "3252", Product: "铝棒", Region: "130110", Price: market.Price{Negotiable: true}, ValidUntil: time.Now().AddDate(0, 1, 0)}
	_, err := w.store.CreateListing(w.Context(), a, &l, "")
	require.NoError(w, err)
	return l
}

// asked is an introduction that one firm asked of another.
func (w *world) asked(a, b market.Actor) market.Introduction {
	w.Helper()
	i, err := w.store.AskOnListing(w.Context(), a, w.post(b).ID, "canary-note")
	require.NoError(w, err)
	return i
}

// TestMails: every mail of two firms' whole way, each once, to whom it is
// addressed, and no private word of either in any of them or in the log.
func TestMails(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "b@example.cn")
	var all []letter
	expect := func(after time.Duration, want ...string) []letter {
		t.Helper()
		got := w.round(after)
		var have []string
		for _, l := range got {
			have = append(have, l.to+" "+l.subject)
		}
		require.Equal(t, want, have)
		require.Empty(t, w.round(0), "again, by another process")
		all = append(all, got...)
		return got
	}
	expect(time.Minute, "a@example.cn 【链桥】协会已处理您提交的信息", "b@example.cn 【链桥】协会已处理您提交的信息")
	i := w.asked(a, b)
	got := expect(time.Minute, "b@example.cn 【链桥】甲厂 希望与您对接，请在 7 天内答复")
	require.Contains(t, got[0].text, "https://lianqiao.example.cn/app/introductions\n")
	require.Contains(t, got[0].quiet, "<https://lianqiao.example.cn/n/")
	require.Contains(t, got[0].text, strings.Trim(got[0].quiet, "<>"))
	i, err := w.store.DoIntroduction(ctx, b, i.ID, i.Rev, store.Accept, "")
	require.NoError(t, err)
	expect(time.Minute, "a@example.cn 【链桥】您与 乙厂 已可互见联系方式", "b@example.cn 【链桥】您与 甲厂 已可互见联系方式")
	for range 3 {
		require.NoError(t, w.store.Write(ctx, a, market.Message{IntroductionID: i.ID, Text: "canary-message"}, ""))
	}
	expect(time.Minute, "b@example.cn 【链桥】甲厂 给您发来消息")

	got = expect(8*24*time.Hour, "a@example.cn 【链桥】与 乙厂 的对接进展如何？点三下即可答复", "b@example.cn 【链桥】与 甲厂 的对接进展如何？点三下即可答复")
	secret, err := w.store.Secret(ctx, "link")
	require.NoError(t, err)
	_, link, _ := strings.Cut(got[0].text, "/f/")
	link, _, _ = strings.Cut(link, "\n")
	require.True(t, market.LinkHolds(secret, market.LinkFollowUp, link, ""))
	id, _ := market.LinkID(link)
	q, err := w.store.FollowUp(ctx, id)
	require.NoError(t, err)
	require.Equal(t, a.EnterpriseID, q.EnterpriseID)

	require.Len(t, all, 8)
	for _, l := range all {
		require.NotContains(t, l.subject+l.text, "canary")
		require.NotContains(t, l.subject+l.text, "13977770001")
		other := map[string]string{"a@example.cn": "b@example.cn", "b@example.cn": "a@example.cn"}[l.to]
		require.NotContains(t, l.subject+l.text+l.quiet, other)
	}
	require.NotContains(t, w.log.String(), "canary")
	require.NotContains(t, w.log.String(), "example.cn")
}

// TestDigest: one mail a day at its hour with what nobody was told at once,
// nothing when nothing is new, and not twice after a restart.
func TestDigest(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "b@example.cn")
	i := w.asked(a, b)
	_, err := w.store.DoIntroduction(ctx, b, i.ID, i.Rev, store.Decline, "price")
	require.NoError(t, err)
	now := time.Now().In(china())
	due := w.carrier().digestAt(now, 0)
	if !due.After(now) {
		due = w.carrier().digestAt(now, 1)
	}
	w.at = due.Add(-time.Minute)
	before := w.round(0)
	require.Len(t, before, 3, "what was told at once: two decisions, one request")
	for _, l := range before {
		require.NotContains(t, l.subject, "每日汇总")
	}
	got := w.round(time.Minute)
	require.Len(t, got, 1, "the firm that was answered; the other knows all")
	require.Equal(t, "a@example.cn", got[0].to)
	require.Equal(t, "【链桥】"+due.Format(time.DateOnly)+" 每日汇总", got[0].subject)
	require.Contains(t, got[0].text, "· 1 条对接答复\n")
	require.NotContains(t, got[0].text, "请求对接")
	require.Empty(t, w.round(time.Hour), "started again")
	require.Empty(t, w.round(24*time.Hour), "nothing new")
}

// TestChoices: who wants no mails gets none, who confirmed another address gets
// them there, in his language.
func TestChoices(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "13800000000")
	w.round(time.Second)
	w.asked(a, b)
	require.Empty(t, w.round(time.Second), "a telephone number is no address")
	choice := market.NoticeChoice{Lang: "en", Mail: "b@example.cn"}
	require.NoError(t, w.store.SaveNoticeChoice(ctx, b, choice))
	w.asked(a, b)
	got := w.round(time.Second)
	require.Len(t, got, 1, "only whether the address is his")
	require.Equal(t, "b@example.cn", got[0].to)
	secret, err := w.store.Secret(ctx, "link")
	require.NoError(t, err)
	require.Contains(t, got[0].text, "/m/"+market.SealLink(secret, market.LinkConfirm, b.UserID, "b@example.cn"))
	require.NoError(t, w.store.ConfirmMail(ctx, b.UserID, "b@example.cn"))
	w.asked(a, b)
	got = w.round(time.Second)
	require.Len(t, got, 1)
	require.Contains(t, got[0].subject, "甲厂 ")
	require.NotContains(t, got[0].subject, "希望", "in English")
	w.asked(a, b)
	require.NoError(t, w.store.EndNotices(ctx, b.UserID))
	require.Empty(t, w.round(time.Second))
}

// TestRefused: a server that refuses is asked again with growing pauses; the
// log of deliveries says why, without the address.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	a, b := w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "b@example.cn")
	w.round(time.Second)
	w.office.refuses(&smtp.SMTPError{Code: 451, Message: "busy, b@example.cn must wait"})
	w.asked(a, b)
	last := func() market.Delivery {
		list, _, err := w.store.Deliveries(t.Context(), w.admin, "", 1)
		require.NoError(t, err)
		return list[0]
	}
	require.Empty(t, w.round(time.Second))
	require.Equal(t, market.Queued, last().State)
	require.Equal(t, 1, last().Tries)
	require.Contains(t, last().Reason, "451")
	require.NotContains(t, last().Reason+w.log.String(), "b@example.cn")
	w.office.refuses(nil)
	require.Empty(t, w.round(30*time.Second), "not yet")
	require.Len(t, w.round(time.Minute), 1)
	require.Equal(t, market.Sent, last().State)
	require.Equal(t, "", last().Reason)

	w.office.refuses(&smtp.SMTPError{Code: 550, Message: "no such user"})
	w.asked(a, b)
	for range 8 {
		require.Empty(t, w.round(13*time.Hour))
	}
	require.Equal(t, market.Failed, last().State)
	require.Equal(t, 6, last().Tries)
}

// TestLog: without a server nothing is sent, and the log says neither to whom
// nor what.
func TestLog(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.ways = map[market.Channel]Sender{market.ByMail: Log{slog.New(slog.NewTextHandler(&log, nil))}}
	w.asked(w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "b@example.cn"))
	require.Empty(t, w.round(time.Second))
	list, _, err := w.store.Deliveries(t.Context(), w.admin, "", 10)
	require.NoError(t, err)
	require.Len(t, list, 3)
	for _, d := range list {
		require.Equal(t, market.Dropped, d.State)
		require.Contains(t, log.String(), d.ID)
	}
	for _, word := range []string{"example.cn", "甲厂", "对接", "canary"} {
		require.NotContains(t, log.String()+w.log.String(), word)
	}
}

// TestWebhook: a gateway gets signed messages for those who sign in with a
// telephone number, and what it refuses comes again.
func TestWebhook(t *testing.T) {
	w := newWorld(t)
	var got []webhookBody
	status := 500
	gateway := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		h := Webhook{Secret: []byte("s")}
		if err != nil || r.Header.Get("X-Lianqiao-Signature") != h.sign(r.Header.Get("X-Lianqiao-Time"), body) {
			t.Error("the signature is wrong")
		}
		var b webhookBody
		if err := json.Unmarshal(body, &b); err != nil {
			t.Error(err)
		}
		got = append(got, b)
		out.WriteHeader(status)
	}))
	defer gateway.Close()
	w.ways[market.ByPhone] = Webhook{URL: gateway.URL, Secret: []byte("s")}
	a, b := w.firm("甲厂", "a@example.cn"), w.firm("乙厂", "13800000000")
	w.round(time.Second)
	require.Len(t, got, 1)
	status, got = 204, nil
	w.round(2 * time.Minute)
	w.asked(a, b)
	w.round(time.Second)
	require.Len(t, got, 2)
	require.Equal(t, "13800000000 【链桥】甲厂 希望与您对接，请在 7 天内答复", got[1].To+" "+got[1].Subject)
	require.NotContains(t, got[1].Text, "canary")
	require.NotEqual(t, Webhook{Secret: []byte("s")}.sign("1", []byte("x")), Webhook{Secret: []byte("t")}.sign("1", []byte("x")))
}

// TestSMTPEncrypted: STARTTLS with a password, refused where the certificate is
// not known or the server has none.
func TestSMTPEncrypted(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	require.NoError(t, err)
	known, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	office := newPostOffice(t, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}})
	_, port, err := net.SplitHostPort(office.addr)
	require.NoError(t, err)
	send := func(url string, trust bool) error {
		s, err := NewSMTP(url, "lianqiao@example.cn")
		require.NoError(t, err)
		if trust {
			pool := x509.NewCertPool()
			pool.AddCert(known)
			require.NoError(t, s.client.SetTLSConfig(&tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}))
		}
		return s.Send(context.Background(), Message{ID: "1", To: "x@example.cn", Subject: "你好", Text: "正文"})
	}
	right := "smtp://lian:qiao%3A%40%2F@127.0.0.1:" + port
	require.Error(t, send(right, false), "a certificate that nobody knows")
	require.Error(t, send("smtp://lian:wrong@127.0.0.1:"+port, true))
	require.Empty(t, office.taken())
	require.NoError(t, send(right, true))
	require.Len(t, office.taken(), 1)
	require.Equal(t, "lian", office.user)
	plain := newPostOffice(t, nil)
	require.Error(t, send("smtp://"+plain.addr, false), "a server that cannot encrypt")
	for _, bad := range []string{"", "http://x", "smtp+plain://a:b@localhost", "smtp://:25"} {
		_, err := NewSMTP(bad, "a@example.cn")
		require.Error(t, err, bad)
	}
	_, err = NewSMTP("smtp://x", "nobody")
	require.Error(t, err)
	require.False(t, errors.Is(err, errNoServer))
}

// TestReset: who forgot his password gets a link that works, which stands
// nowhere else; officers get none, and nobody more than a few a day.
func TestReset(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a := w.firm("甲厂", "a@example.cn")
	officer := market.User{ID: market.NewID(), Login: "officer@example.cn", Name: "官", PasswordHash: "x"}
	require.NoError(t, w.store.AddUser(ctx, officer, market.Membership{Role: market.Operator, ClusterID: "luquan"}))
	w.round(time.Second)
	for _, login := range []string{"a@example.cn", "officer@example.cn", "nobody@example.cn"} {
		require.NoError(t, w.store.AskReset(ctx, login, "count of "+login, time.Now()))
	}
	got := w.round(time.Second)
	require.Len(t, got, 1)
	require.Equal(t, "a@example.cn 【链桥】重设密码", got[0].to+" "+got[0].subject)
	_, token, _ := strings.Cut(got[0].text, "https://lianqiao.example.cn/app/ticket#")
	token, _, _ = strings.Cut(token, "\n")
	user, err := w.store.ResetPassword(ctx, market.Digest(token), "new", time.Now())
	require.NoError(t, err)
	require.Equal(t, a.UserID, user)
	_, err = w.store.ResetPassword(ctx, market.Digest(token), "newer", time.Now())
	require.ErrorIs(t, err, market.ErrNotFound, "once")
	require.NotContains(t, w.log.String(), token)
	for range 8 {
		require.NoError(t, w.store.AskReset(ctx, "a@example.cn", "count of a@example.cn", time.Now()))
	}
	require.Len(t, w.round(time.Second), 4, "five a day")
	for _, login := range []string{"a@example.cn", "nobody@example.cn"} {
		for err = nil; err == nil; {
			err = w.store.AskReset(ctx, login, "count of "+login, time.Now())
		}
		require.True(t, market.IsKind(err, market.TooMany), "%s: %v", login, err)
	}
}
