package api

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// TestListingLife: sign up, post, list, edit, close, renew, all through the API.
func TestListingLife(t *testing.T) {
	w := newWorld(t)
	res := w.ok(201, ask{method: "POST", path: "/api/sign-up", body: map[string]any{"login": "A@Example.cn", "password": "连翘花开2026", "name": "张三",
		"enterprise": map[string]any{"name": "甲铝业", "kind": "maker", "region": "130110", "contact": map[string]any{"name": "张三", "phone": "13900001111"}}}})
	cookie, err := http.ParseSetCookie(res.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.HttpOnly && cookie.Secure && cookie.SameSite == http.SameSiteLaxMode && strings.HasPrefix(cookie.Name, "__Host-"), "%v", cookie)
	owner := person{token: cookie.Value}

	created := w.ok(201, ask{by: owner, method: "POST", path: "/api/listings", body: input("supply", "6061 铝棒 长期供应")})
	l := created.listing(t)
	require.Equal(t, "draft", l.Status)
	require.Equal(t, etag(l.Rev), created.header.Get("ETag"))
	here := "/api/listings/" + l.ID
	w.fails(404, ask{path: here})
	require.Zero(t, w.found("铝棒"))

	l = w.ok(200, ask{by: owner, method: "POST", path: here + "/publish", header: at(l.Rev)}).listing(t)
	w.settle()
	require.Equal(t, "live", w.ok(200, ask{path: here}).listing(t).Status)
	require.Equal(t, 1, w.found("铝棒"))
	status, html := 0, ""
	status, html = page(t, w.api, "/listings/"+l.ID)
	require.Equal(t, 200, status)
	require.Contains(t, html, "6061 铝棒 长期供应")

	l = w.ok(200, ask{by: owner, method: "PUT", path: here, body: input("supply", "6061-T6 铝棒 长期供应"), header: at(l.Rev)}).listing(t)
	var mine listingsOutput
	w.ok(200, ask{by: owner, path: "/api/my/listings?status=live"}).into(t, &mine.Body)
	require.Len(t, mine.Body.Items, 1)
	require.Equal(t, "6061-T6 铝棒 长期供应", mine.Body.Items[0].Title)

	l = w.ok(200, ask{by: owner, method: "POST", path: here + "/close", header: at(l.Rev)}).listing(t)
	w.settle()
	require.Equal(t, "closed", l.Status)
	w.fails(404, ask{path: here})
	require.Zero(t, w.found("铝棒"))
	require.Equal(t, "valid_until", w.fails(422, ask{by: owner, method: "POST", path: here + "/renew", body: map[string]any{"valid_until": day(-1)}, header: at(l.Rev)}).Errors[0].Field)
	l = w.ok(200, ask{by: owner, method: "POST", path: here + "/renew", body: map[string]any{"valid_until": day(60)}, header: at(l.Rev)}).listing(t)
	w.settle()
	require.Equal(t, []string{"live", day(60)}, []string{l.Status, l.ValidUntil})
	require.Equal(t, 1, w.found("铝棒"))

	w.fails(409, ask{by: owner, method: "DELETE", path: here, header: at(l.Rev)}) // what was public stays
	draft := w.ok(201, ask{by: owner, method: "POST", path: "/api/listings", body: map[string]any{"side": "need"}}).listing(t)
	require.Empty(t, w.ok(204, ask{by: owner, method: "DELETE", path: "/api/listings/" + draft.ID, header: at(draft.Rev)}).body)
	w.fails(404, ask{by: owner, path: "/api/listings/" + draft.ID})

	w.ok(204, ask{by: owner, method: "POST", path: "/api/sign-out"})
	w.fails(401, ask{by: owner, path: "/api/me"})
}

// TestPaging: pages of a list hold each listing once, in one order.
func TestPaging(t *testing.T) {
	w := newWorld(t)
	a := w.firm("甲厂")
	want := map[string]bool{}
	for i := range 5 {
		want[w.post(a, aListing(market.Supply, fmt.Sprintf("铝棒 %d 号料", i))).ID] = true
	}
	for _, at := range []string{"/api/my/listings?limit=2", "/api/listings?limit=2", "/api/listings?limit=2&q=" + url.QueryEscape("铝棒")} {
		got, after := map[string]bool{}, ""
		for range 3 {
			var out struct {
				Items []struct{ ID string }
				Next  *string
			}
			w.ok(200, ask{by: a, path: at + "&after=" + after}).into(t, &out)
			for _, l := range out.Items {
				require.False(t, got[l.ID], "%s: twice", at)
				got[l.ID] = true
			}
			if out.Next == nil {
				break
			}
			after = url.QueryEscape(*out.Next)
		}
		require.Equal(t, want, got, at)
	}
}

// TestTwoEditors: of two people who edit one thing the second is told, and
// nothing is overwritten; an edit that does not say what it is based on is
// refused. Every operation that demands a revision is asked.
func TestTwoEditors(t *testing.T) { onBoth(t, twoEditors) }

func twoEditors(t *testing.T, w *world) {
	first := w.firm("甲厂")
	second := w.user(market.Membership{Role: market.Owner, EnterpriseID: first.EnterpriseID})
	l := w.post(first, aListing(market.Supply, "6061 铝棒 长期供应"))
	here := "/api/listings/" + l.ID
	tag := w.ok(200, ask{by: second, path: here}).header.Get("ETag")
	w.ok(200, ask{by: first, method: "PUT", path: here, body: input("supply", "第一个人改的"), header: map[string]string{"If-Match": tag}})
	p := w.fails(412, ask{by: second, method: "PUT", path: here, body: input("supply", "第二个人改的"), header: map[string]string{"If-Match": tag}})
	require.Equal(t, "error.stale", p.Code)
	require.Equal(t, "第一个人改的", w.ok(200, ask{path: here}).listing(t).Title)

	firm := map[string]any{"name": "甲厂改名", "kind": "trader", "region": "130110", "contact": map[string]any{"name": "王", "phone": "0311-1"}}
	w.ok(200, ask{by: first, method: "PUT", path: "/api/enterprise", body: w.edited(firm, "contact", map[string]any{"name": "王", "phone": "0311-111"}), header: at(1)})
	edits := map[string]ask{
		"edit-listing": {method: "PUT", path: here, body: input("supply", "第三次改的")}, "delete-draft": {method: "DELETE", path: here},
		"publish-listing": {method: "POST", path: here + "/publish"}, "close-listing": {method: "POST", path: here + "/close"},
		"renew-listing":   {method: "POST", path: here + "/renew", body: map[string]any{"valid_until": day(9)}},
		"edit-enterprise": {method: "PUT", path: "/api/enterprise", body: w.edited(firm, "contact", map[string]any{"name": "李", "phone": "0311-222"})},
	}
	edits["edit-record"] = ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("staff", "lt20")}
	operator, fair := w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"}), w.aFair()
	require.NoError(t, w.store.UpdateFair(t.Context(), market.Actor{}, &fair))
	edits["edit-fair"] = ask{by: operator, method: "PUT", path: "/api/fairs/" + fair.ID, body: fairInput("改过的名字")}
	talk, outcome := twice(t, w, first)
	for _, deed := range []string{"accept", "decline", "withdraw"} {
		edits[deed+"-introduction"] = ask{method: "POST", path: "/api/introductions/" + talk + "/" + deed, body: map[string]any{}}
	}
	edits["see-document"] = ask{by: w.user(market.Membership{Role: market.Admin}), method: "POST", path: "/api/operator/outcomes/" + outcome + "/seen"}
	refused := w.propose(w.post(first, aListing(market.Need, "求购紫铜排")), w.post(w.firm("丁厂"), aListing(market.Supply, "供应紫铜排")))
	require.NoError(t, w.store.SaveInterest(t.Context(), first.Actor, market.Interest{ProposalID: refused.ID, Answer: market.Unfit, Reason: "place", Ground: "420", Always: true}))
	rules, err := w.store.PreferencesOf(t.Context(), first.EnterpriseID)
	require.NoError(t, err)
	require.NoError(t, w.store.SetPreference(t.Context(), first.Actor, rules[0].ID, rules[0].Rev, market.PreferenceOff))
	edits["switch-preference"] = ask{method: "PUT", path: "/api/my/preferences/" + rules[0].ID, body: map[string]any{"on": false}}
	edits["remove-preference"] = ask{method: "DELETE", path: "/api/my/preferences/" + rules[0].ID}
	before, err := w.store.Listing(t.Context(), l.ID)
	require.NoError(t, err)
	for name, op := range w.operations() {
		if _, demands := op.Responses["428"]; !demands {
			continue
		}
		x, ok := edits[name]
		require.True(t, ok, "%s demands a revision and has no example here", name)
		if x.by.token == "" {
			x.by = second
		}
		require.Equal(t, "error.http.428", w.fails(428, x).Code, name)
		for _, old := range []string{`"1"`, `W/"1"`, "1", `"99"`, `"-1"`, "*", `"a"`, `""`, `"1", "2"`} {
			x.header = map[string]string{"If-Match": old}
			require.Equal(t, "error.stale", w.fails(412, x).Code, "%s with %s", name, old)
		}
	}
	after, err := w.store.Listing(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
	e, err := w.store.Enterprise(t.Context(), first.EnterpriseID)
	require.NoError(t, err)
	require.Equal(t, "0311-111", e.Contact.Phone)
}

// aFair is a fair of the cluster luquan.
func (w *world) aFair() market.Fair {
	w.t.Helper()
	require.NoError(w.t, w.store.SaveCluster(w.t.Context(), market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
	f := market.Fair{Name: "对接会", Clusters: []string{"luquan"}, Entry: market.EntryOpen, Phase: market.FairWish, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Tables: []market.FairTable{{Number: 1}}}
	require.NoError(w.t, w.store.CreateFair(w.t.Context(), market.Actor{}, &f))
	return f
}

func fairInput(name string) map[string]any {
	return map[string]any{"name": name, "clusters": []string{"luquan"}, "entry": "open", "phase": "wish", "slot_minutes": 20,
		"sessions": []any{map[string]any{"day": "2026-12-01", "from": "09:00", "to": "12:00"}}, "tables": []any{map[string]any{"number": 1}}}
}

// twice returns an introduction of the firm and its outcome, both moved twice.
func twice(t *testing.T, w *world, p person) (introduction, outcome string) {
	other, admin := w.firm("对方厂"), w.user(market.Membership{Role: market.Admin})
	for _, firm := range []person{p, other} {
		require.NoError(t, w.store.JudgeEnterprise(t.Context(), admin.Actor, firm.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
	}
	i, err := w.store.AskOnListing(t.Context(), p.Actor, w.post(other, aListing(market.Supply, "对方的 6061 铝棒")).ID, "")
	require.NoError(t, err)
	i, err = w.store.DoIntroduction(t.Context(), other.Actor, i.ID, i.Rev, store.Accept, "")
	require.NoError(t, err)
	for _, by := range []person{p, other} {
		o, err := w.store.SaveClaim(t.Context(), by.Actor, i.ID, market.Claim{Stage: market.StageSample, Day: "2026-11-01"})
		require.NoError(t, err)
		outcome = o.ID
	}
	return i.ID, outcome
}

// operations are all described operations by name.
func (w *world) operations() map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for _, item := range w.api.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch, item.Head, item.Options, item.Trace} {
			if op != nil {
				out[op.OperationID] = op
			}
		}
	}
	return out
}

// TestTwiceIsOnce: every operation that creates takes a key; the same key
// twice, or from several browsers at once, makes one thing and one answer.
// Another firm's same key makes another thing.
func TestTwiceIsOnce(t *testing.T) { onBoth(t, twiceIsOnce) }

func twiceIsOnce(t *testing.T, w *world) {
	a, b := w.firm("甲厂"), w.firm("乙厂")
	form, kind := upload(t, "file", picture(t, 40, 30))
	examples := map[string]ask{
		"create-listing": {by: a, method: "POST", path: "/api/listings", body: input("need", "求购 6061 铝棒")},
		"upload-image":   {by: a, method: "POST", path: "/api/images", body: form, header: map[string]string{"Content-Type": kind}},
		"send-evidence":  {by: a, method: "POST", path: "/api/evidence", body: form, header: map[string]string{"Content-Type": kind}},
		"sign-up": {method: "POST", path: "/api/sign-up", body: map[string]any{"login": "new@example.cn", "password": "连翘花开2026", "name": "李四",
			"enterprise": map[string]any{"name": "丙厂", "uscc": "91130100MA0000000X", "kind": "maker", "region": "130110", "contact": map[string]any{"name": "李", "phone": "0311-2"}}}},
	}
	admin := w.user(market.Membership{Role: market.Admin})
	need := w.post(w.firm("丁厂"), aListing(market.Need, "求购 6061 铝棒"))
	for _, firm := range []person{a, b} { // both may quote, with files
		require.NoError(t, w.store.JudgeEnterprise(t.Context(), admin.Actor, firm.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
		_, err := w.store.AskOnListing(t.Context(), firm.Actor, need.ID, "")
		require.NoError(t, err)
	}
	examples["send-quote-file"] = ask{by: a, method: "POST", path: "/api/listings/" + need.ID + "/quote/files", body: form, header: map[string]string{"Content-Type": kind}}
	another := map[string]person{}
	f := w.aFair()
	done := market.Plan{FairID: f.ID, State: market.PlanDone, Settings: market.PlanSettings{Seed: 1, Seconds: 1}}
	require.NoError(t, w.store.CreatePlan(t.Context(), market.Actor{}, &done, nil))
	for name, path := range map[string]string{"create-fair": "/api/fairs", "create-plan": "/api/fairs/" + f.ID + "/plans", "copy-plan": "/api/plans/" + done.ID + "/copy"} {
		x := ask{by: w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"}), method: "POST", path: path, body: map[string]any{"seed": 1}}
		if name == "create-fair" {
			x.body = fairInput("冬季对接会")
		}
		if name == "copy-plan" {
			x.body = nil
		}
		examples[name], another[name] = x, w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
	}
	for name, op := range w.operations() {
		if op.DefaultStatus != 201 {
			continue
		}
		keyed := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "header" && p.Name == "Idempotency-Key" })
		require.True(t, keyed, "%s creates and takes no Idempotency-Key", name)
		x, ok := examples[name]
		require.True(t, ok, "%s creates and has no example here", name)
		x.header = maps.Clone(x.header)
		if x.header == nil {
			x.header = map[string]string{}
		}
		x.header["Idempotency-Key"] = "同一个 key-1"
		answers := make([]answer, 5)
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() { answers[i] = w.do(x) })
		}
		all.Wait()
		answers[4] = w.do(x)
		for _, got := range answers {
			require.Equal(t, 201, got.status, "%s: %s", name, got.body)
			require.JSONEq(t, string(answers[0].body), string(got.body), name)
		}
		if x.by.token != "" {
			if x.by = b; another[name].token != "" {
				x.by = another[name]
			}
			require.NotEqual(t, string(answers[0].body), string(w.ok(201, x).body), "%s: another firm's key is another key", name)
		}
	}
	mine, _, err := w.store.ListingsOf(t.Context(), a.EnterpriseID, "", "", 10)
	require.NoError(t, err)
	require.Len(t, mine, 1)
	_, err = w.store.EnterpriseByUSCC(t.Context(), "91130100MA0000000X")
	require.NoError(t, err)
	other := w.do(ask{method: "POST", path: "/api/sign-up", header: map[string]string{"Idempotency-Key": "同一个 key-1"}, body: w.edited(examples["sign-up"].body.(map[string]any), "password", "猜一个密码看看2026")})
	require.Equal(t, 409, other.status, "the key alone signs nobody in")
}

// picture is a JPEG with a comment that must not come out again.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	i := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		i.Set(x, x%height, color.RGBA{uint8(x), 200, 30, 255})
	}
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, i, nil))
	note := "GPS 38.04 114.51"
	return slices.Concat(out.Bytes()[:2], []byte{0xff, 0xfe, 0, byte(len(note) + 2)}, []byte(note), out.Bytes()[2:])
}

func upload(t testing.TB, field string, content []byte) (body []byte, kind string) {
	t.Helper()
	return uploadNamed(t, field, "图.jpg", content)
}

func uploadNamed(t testing.TB, field, name string, content []byte) (body []byte, kind string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	part, err := form.CreateFormFile(field, name)
	require.NoError(t, err)
	_, err = part.Write(content)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return out.Bytes(), form.FormDataContentType()
}

// bomb is a PNG of few bytes that says it has width × height pixels.
func bomb(t testing.TB, width, height uint32) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))))
	b := out.Bytes()
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// TestImages: what is kept is drawn anew, shown to the firm alone until a live
// listing carries it; what is no picture or too large is refused.
func TestImages(t *testing.T) {
	w := newWorld(t)
	a, b := w.firm("甲厂"), w.firm("乙厂")
	send := func(field string, content []byte) ask {
		form, kind := upload(t, field, content)
		return ask{by: a, method: "POST", path: "/api/images", body: form, header: map[string]string{"Content-Type": kind}}
	}
	var i ImageInfo
	w.ok(201, send("file", picture(t, 3200, 800))).into(t, &i)
	require.Equal(t, []int{1600, 400}, []int{i.Width, i.Height})
	got := w.ok(200, ask{by: a, path: i.URL})
	require.Equal(t, "image/jpeg", got.header.Get("Content-Type"))
	require.NotContains(t, string(got.body), "GPS")
	size, err := jpeg.DecodeConfig(bytes.NewReader(got.body))
	require.NoError(t, err)
	require.Equal(t, []int{1600, 400}, []int{size.Width, size.Height})

	// Written out: importing image/gif here would teach the server to read it.
	const pixel = "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
	for name, bad := range map[string]struct {
		x      ask
		status int
		code   string
	}{
		"no image":        {send("file", []byte("MZ 这不是图片")), 422, "error.image.type"},
		"cut short":       {send("file", picture(t, 900, 900)[:700]), 422, "error.image.type"},
		"gif":             {send("file", []byte(pixel)), 422, "error.image.type"},
		"empty":           {send("file", nil), 422, "error.image.type"},
		"svg":             {send("file", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`)), 422, "error.image.type"},
		"pixel bomb":      {send("file", bomb(t, 60000, 60000)), 413, "error.image.pixels"},
		"overflow":        {send("file", bomb(t, 1<<31-1, 1<<31-1)), 422, "error.image.type"},
		"wrong field":     {send("files", picture(t, 4, 4)), 422, "error.http.422"},
		"no form":         {ask{by: a, method: "POST", path: "/api/images", body: picture(t, 4, 4), header: map[string]string{"Content-Type": "image/jpeg"}}, 415, "error.http.415"},
		"broken form":     {ask{by: a, method: "POST", path: "/api/images", body: "--x\r\n", header: map[string]string{"Content-Type": "multipart/form-data; boundary=x"}}, 422, "error.http.422"},
		"too many bytes":  {send("file", make([]byte, imageMost+1)), 413, "error.http.413"},
		"no sign-in":      {ask{method: "POST", path: "/api/images", body: "x"}, 401, "error.signIn"},
		"without a firm":  {ask{by: w.user(market.Membership{Role: market.Admin}), method: "POST", path: "/api/images", body: "x"}, 403, "error.forbidden"},
		"another's image": {ask{by: b, method: "POST", path: "/api/listings", body: w.edited(input("supply", "借用别家图片"), "images", []string{i.ID})}, 422, "error.image.unknown"},
	} {
		require.Equal(t, bad.code, w.fails(bad.status, bad.x).Code, name)
	}

	w.fails(404, ask{by: b, path: i.URL})
	l := w.ok(201, ask{by: a, method: "POST", path: "/api/listings", body: w.edited(input("supply", "带图片的铝棒"), "images", []string{i.ID})}).listing(t)
	w.fails(404, ask{by: b, path: i.URL})
	w.ok(200, ask{by: a, method: "POST", path: "/api/listings/" + l.ID + "/publish", header: at(l.Rev)})
	w.ok(200, ask{path: i.URL})
}

// TestForeignSites: a page of another site cannot make a browser change
// anything, whatever session the browser has.
func TestForeignSites(t *testing.T) {
	w := newWorld(t)
	a := w.firm("甲厂")
	host := strings.TrimPrefix(w.base, "http://")
	for _, foreign := range []map[string]string{
		{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": w.base + ".evil.example"}, {"Origin": "http://evil.example/" + host},
		{"Origin": "http://" + host + "@evil.example"}, {"Origin": "%"}, {"Origin": "http://127.0.0.1:1"},
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": w.base},
	} {
		p := w.fails(403, ask{by: a, method: "POST", path: "/api/listings", body: input("supply", "外站提交的供应"), header: foreign})
		require.Equal(t, "error.foreignSite", p.Code, "%v", foreign)
		w.fails(403, ask{by: a, method: "POST", path: "/api/sign-out-everywhere", header: foreign})
	}
	list, _, err := w.store.ListingsOf(t.Context(), a.EnterpriseID, "", "", 10)
	require.NoError(t, err)
	require.Empty(t, list)
	for _, own := range []map[string]string{nil, {"Origin": w.base, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}} {
		w.ok(201, ask{by: a, method: "POST", path: "/api/listings", body: input("supply", "自己提交的供应"), header: own})
	}
	w.ok(200, ask{by: a, path: "/api/me", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}) // reading: the browser keeps the answer from the other site
}

// TestForgedAddress: what stands left in X-Forwarded-For is invented and buys
// nobody more tries.
func TestForgedAddress(t *testing.T) {
	tries := func(w *world, forwarded func(i int) string, most int) int {
		for i := range most {
			got := w.do(ask{method: "POST", path: "/api/sign-in", body: credentials{Login: "nobody@example.cn", Password: "猜一个密码看看"}, header: map[string]string{"X-Forwarded-For": forwarded(i)}})
			if got.status == 429 {
				return i
			}
			require.Equal(t, 401, got.status)
		}
		return most
	}
	direct := newWorld(t)
	require.Equal(t, market.GuessesMost, tries(direct, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 30))
	behind := newWorld(t, "127.0.0.1", "10.0.0.0/8")
	require.Equal(t, market.GuessesMost, tries(behind, func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.7, 10.1.2.3", i) }, 30))
	require.Equal(t, 401, behind.do(ask{method: "POST", path: "/api/sign-in", body: credentials{Login: "another@example.cn", Password: "x"}, header: map[string]string{"X-Forwarded-For": "198.51.100.7, 10.1.2.3"}}).status, "another person behind the same proxy")
}

// TestAnswers: both parties answer; the other side learns of interest only.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.firm("甲厂"), w.firm("乙厂"), w.firm("丙厂")
	need, supply := w.post(a, aListing(market.Need, "求购 6061 铝棒")), w.post(b, aListing(market.Supply, "供应 6061 铝棒"))
	p := w.propose(need, supply)
	here := "/api/proposals/" + p.ID
	reply := func(by person, answer, reason string) ask {
		return ask{by: by, method: "POST", path: here + "/answer", body: map[string]any{"answer": answer, "reason": reason, "note": "只给自己看的话"}}
	}
	see := func(by person) (v Proposal) {
		w.ok(200, ask{by: by, path: here}).into(t, &v)
		return v
	}
	w.fails(404, ask{by: c, path: here})
	w.fails(404, reply(c, "interested", ""))
	require.Equal(t, "reason", w.fails(422, reply(a, "unfit", "")).Errors[0].Field)
	require.Equal(t, "answer", w.fails(422, reply(a, "maybe", "")).Errors[0].Field)

	w.ok(200, reply(a, "interested", ""))
	require.True(t, see(b).OtherInterested)
	require.Nil(t, see(b).Answer)
	require.Equal(t, "interested", see(a).Answer.Answer)
	w.ok(200, reply(b, "unfit", "price"))
	seen := w.ok(200, ask{by: a, path: here})

	var v Proposal
	seen.into(t, &v)
	require.Equal(t, "withdrawn", v.Status)
	require.False(t, v.OtherInterested)
	require.Equal(t, "price", see(b).Answer.Reason)

	closed := w.post(b, aListing(market.Supply, "供应 6063 铝棒"))
	p = w.propose(need, closed)
	here = "/api/proposals/" + p.ID
	_, err := w.store.SetStatus(t.Context(), b.Actor, closed.ID, closed.Rev, market.Closed, closed.ValidUntil)
	require.NoError(t, err)
	require.Equal(t, "error.stale", w.fails(409, reply(a, "interested", "")).Code)
}

// TestLiveHints: a hint reaches the browsers of the firms that it concerns.
func TestLiveHints(t *testing.T) {
	w := newWorld(t)
	a, b := w.firm("甲厂"), w.firm("乙厂")
	hints, next := w.listen(a), w.listen(b)
	of := w.post(b, aListing(market.Supply, "供应 6061 铝棒"))
	mine := w.post(a, aListing(market.Supply, "供应 6063 铝棒"))
	for _, id := range []string{of.ID, mine.ID} {
		require.NoError(t, w.api.Apply(t.Context(), market.Change{Kind: market.ChangeListing, Of: id}))
	}
	require.Equal(t, `{"kind":"listing","id":"`+mine.ID+`"}`, hints(), "the first that A hears of is its own")
	require.Equal(t, `{"kind":"listing","id":"`+of.ID+`"}`, next())
}

// listen opens a live stream and returns what waits for its next hint.
func (w *world) listen(p person) func() string {
	w.t.Helper()
	r, err := w.request(ask{by: p, path: "/api/live"})
	require.NoError(w.t, err)
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { res.Body.Close() })
	require.Equal(w.t, "text/event-stream", res.Header.Get("Content-Type"))
	one, text := make([]byte, 1), ""
	until := func(mark string) string {
		for !strings.HasSuffix(text, mark) {
			_, err := io.ReadFull(res.Body, one)
			require.NoError(w.t, err)
			text += string(one)
		}
		read := strings.TrimSuffix(text, mark)
		text = ""
		return read
	}
	until(": hello\n\n")
	return func() string {
		until("data: ")
		return until("\n\n")
	}
}

// TestAround: what watches the process finds it, and a request keeps its number.
func TestAround(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/livez", "/readyz", "/metrics", "/api/openapi.json", "/api/openapi.yaml", "/api/docs", "/robots.txt"} {
		require.NotEmpty(t, w.ok(200, ask{path: path}).body, path)
	}
	require.Contains(t, string(w.ok(200, ask{path: "/metrics"}).body), `route="/api/openapi.json"`)
	require.Equal(t, "my-number-1", w.ok(200, ask{path: "/api/clusters", header: map[string]string{"X-Request-Id": "my-number-1"}}).header.Get("X-Request-Id"))
	require.NotContains(t, w.ok(200, ask{path: "/api/clusters", header: map[string]string{"X-Request-Id": "<script>alert(1)</script>"}}).header.Get("X-Request-Id"), "script")
}

// TestClassNames: who reads English reads no Chinese class, on a page, in the
// API and in a facet.
func TestClassNames(t *testing.T) {
	w := newWorld(t)
	l := w.post(w.firm("甲厂"), aListing(market.Supply, "6061 aluminium bar"))
	for lang, want := range map[string]string{"zh-CN": "铝压延加工", "en": "Smelting and rolling of non-ferrous metals · 3252"} {
		h := map[string]string{"Accept-Language": lang}
		got := w.ok(200, ask{path: "/api/listings/" + l.ID, header: h}).listing(t)
		require.Equal(t, want, got.Class.Name)
		require.Contains(t, string(w.ok(200, ask{path: "/listings/" + l.ID, header: h}).body), want)
		var f Found
		w.ok(200, ask{path: "/api/listings", header: h}).into(t, &f)
		require.Equal(t, want, f.Items[0].Class.Name)
		var list itemsOf[Class]
		w.ok(200, ask{path: "/api/classes", header: h}).into(t, &list)
		for _, c := range append(list.Items, Class{Name: f.Facets["class"][0].Name}) {
			requireLanguage(t, lang, c.Name)
		}
	}
}

// TestStopBeforeStart: a server that is stopped before it began to serve ends.
func TestStopBeforeStart(t *testing.T) {
	for range 20 {
		newWorld(t) // its cleanup waits for Serve
	}
	w := newWorld(t)
	require.NoError(t, w.api.Shutdown(t.Context()))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, w.api.Serve(l))
}
