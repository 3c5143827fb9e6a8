package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// hostile is one request that means no good, or knows no better.
type hostile struct {
	name   string
	ask    ask
	status int
	field  string // to blame; empty: none is
}

// bodyOf is a listing's input with one member spelled raw.
func bodyOf(t *testing.T, member, raw string) string {
	m := input("supply", "看起来正常的标题")
	delete(m, strings.TrimSuffix(member, "!"))
	b, err := json.Marshal(m)
	require.NoError(t, err)
	return fmt.Sprintf(`{%q:%s,%s`, strings.TrimSuffix(member, "!"), raw, b[1:])
}

func packed(t *testing.T, n int) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(bytes.Repeat([]byte(" "), n))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

// hostileBodies are sent to POST /api/listings by a firm.
func hostileBodies(t *testing.T) []hostile {
	long := strings.Repeat("长", 34_000) // 100 KB
	specs := strings.TrimSuffix(strings.Repeat(`{"name":"a","op":"is","value":"1"},`, 31), ",")
	var out []hostile
	for _, x := range []struct {
		member, raw, field string
		status             int
	}{
		{"title", `5`, "title", 422}, {"title", `["a"]`, "title", 422}, {"title", `"` + long + `"`, "title", 422},
		{"title", `"6061\u0000铝棒"`, "title", 400}, {"title", `"6061 \u202e棒铝"`, "title", 422}, {"title", `"\u001b[2J铝棒铝棒"`, "title", 422},
		{"title", "\"\xff\xfe铝棒\"", "title", 400}, {"\xff", `1`, "", 400}, {"side", `"both"`, "side", 422}, {"side", `null`, "side", 422},
		{"text", `"` + long + `"`, "text", 422}, {"product", `"` + strings.Repeat("a", 61) + `"`, "product", 422},
		{"class", `"99999"`, "class", 422}, {"class", `"'; DROP TABLE listing; --"`, "class", 422}, {"region", `"999999"`, "region", 422}, {"region", `"130110\n"`, "region", 422},
		{"lead_days", `-1`, "lead_days", 422}, {"lead_days", `2.5`, "lead_days", 422}, {"lead_days", `"7"`, "lead_days", 422},
		{"lead_days", `1e30`, "lead_days", 422}, {"lead_days", `1e999`, "lead_days", 400}, {"lead_days", `NaN`, "", 400},
		{"lead_days", `9223372036854775807`, "lead_days", 422},
		{"moq", `"-1"`, "moq", 422}, {"moq", `"1e999999999"`, "moq", 422}, {"moq", `"NaN"`, "moq", 422}, {"moq", `"∞"`, "moq", 422},
		{"quantity", `{"amount":"-60","unit":"吨"}`, "quantity.amount", 422}, {"quantity", `{"amount":"` + strings.Repeat("9", 40) + `","unit":"吨"}`, "quantity.amount", 422},
		{"quantity", `{"amount":60,"unit":"吨"}`, "quantity.amount", 422}, {"quantity", `{"amount":"1","unit":"吨","per":"week"}`, "quantity.per", 422}, {"quantity", `"60吨"`, "quantity", 422},
		{"price", `{"amount":"-0.01","unit":"吨"}`, "price.amount", 422}, {"price", `{"amount":"0x10","unit":"吨"}`, "price.amount", 422}, {"price", `{"amount":"1","unit":"` + strings.Repeat("吨", 13) + `"}`, "price.unit", 422},
		{"valid_until", `"2026-02-30"`, "valid_until", 422}, {"valid_until", `"yesterday"`, "valid_until", 422}, {"valid_until", `"99999-01-01"`, "valid_until", 422},
		{"specs", `[` + specs + `]`, "specs", 422}, {"specs", `[{"name":"直径","op":"drop","value":"1"}]`, "specs[0].op", 422}, {"specs", `[{"name":"","op":"is","value":"1"}]`, "specs[0].name", 422},
		{"specs", `[{"name":"直径","op":"range","value":"60","value2":"40"}]`, "specs[0].value2", 422}, {"specs", `[{"name":"直径","op":"min","value":"1e999999999"}]`, "specs[0].value", 422},
		{"specs", `[{"name":"直径","op":"is","value":"1","value2":"` + long + `"}]`, "specs[0].value2", 422}, {"specs", `{}`, "specs", 422}, {"specs", `[null]`, "specs[0]", 422},
		{"certificates", `["a",7]`, "certificates[1]", 422}, {"certificates", `[` + strings.Repeat(`"a",`, 20) + `"a"]`, "certificates", 422},
		{"images", `["../../etc/passwd"]`, "images[0]", 422}, {"images", `["a","a","a","a","a","a","a","a","a","a"]`, "images", 422},
		{"text", `"a","text":"b"`, "text", 400}, {"text", `"a","TEXT":"b"`, "TEXT", 400},
	} {
		short := x.raw
		if len(short) > 40 {
			short = short[:40] + "…"
		}
		out = append(out, hostile{x.member + "=" + short, ask{body: bodyOf(t, x.member, x.raw)}, x.status, x.field})
	}
	good := bodyOf(t, "text", `"a"`)
	whole := func(name string, body any, status int, header ...string) {
		h := map[string]string{}
		for i := 0; i < len(header); i += 2 {
			h[header[i]] = header[i+1]
		}
		out = append(out, hostile{name, ask{body: body, header: h}, status, ""})
	}
	whole("no body", "", 400)
	whole("null", "null", 422)
	whole("array", "[]", 422)
	whole("text", `"hello"`, 422)
	whole("cut short", good[:len(good)-5], 400)
	whole("two bodies", good+good, 400)
	whole("deep arrays", `{"x":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+`}`, 400)
	whole("deep objects", strings.Repeat(`{"x":`, 100_000), 400)
	whole("1.5 MB", `{"side":"`+strings.Repeat("a", 1_500_000)+`"}`, 413)
	whole("as text", good, 415, "Content-Type", "text/plain")
	whole("as XML", "<listing/>", 415, "Content-Type", "application/xml")
	whole("as form", "side=supply&title=x", 415, "Content-Type", "application/x-www-form-urlencoded")
	whole("as nonsense", good, 415, "Content-Type", "\"';=//")
	whole("gzip bomb", packed(t, 64<<20), 415, "Content-Encoding", "gzip")
	whole("double packing", good, 415, "Content-Encoding", "gzip, gzip")
	whole("from another site", good, 403, "Origin", "https://evil.example")
	whole("broken cookie", good, 401, "Cookie", "__Host-lianqiao=';--; __Host-lianqiao=%00")
	out = append(out, hostile{"long key", ask{body: good, header: map[string]string{"Idempotency-Key": strings.Repeat("k", 201)}}, 422, "Idempotency-Key"})
	return out
}

// hostileRequests are the others. draft is the asking firm's own, foreign is not.
func hostileRequests(draft, foreign market.Listing) []hostile {
	mine, theirs, missing := "/api/listings/"+draft.ID, "/api/listings/"+foreign.ID, "/api/listings/"+market.NewID()
	get := func(name, path string, status int, field string) hostile {
		return hostile{name, ask{path: path}, status, field}
	}
	body := input("supply", "不该写进去的标题")
	return []hostile{
		{"edit what is another's", ask{method: "PUT", path: theirs, body: body, header: at(1)}, 404, ""},
		{"edit what is not", ask{method: "PUT", path: missing, body: body, header: at(1)}, 404, ""},
		{"delete what is another's", ask{method: "DELETE", path: theirs, header: at(1)}, 404, ""},
		{"publish what is another's", ask{method: "POST", path: theirs + "/publish", header: at(1)}, 404, ""},
		{"close what is another's", ask{method: "POST", path: theirs + "/close", header: at(1)}, 404, ""},
		{"renew what is another's", ask{method: "POST", path: theirs + "/renew", body: map[string]string{"valid_until": day(9)}, header: at(1)}, 404, ""},
		{"no revision", ask{method: "PUT", path: mine, body: body}, 428, ""},
		{"old revision", ask{method: "PUT", path: mine, body: body, header: map[string]string{"If-Match": `"0"`}}, 412, ""},
		{"revision of letters", ask{method: "PUT", path: mine, body: body, header: map[string]string{"If-Match": `"a"`}}, 412, ""},
		{"publish without quantity", ask{method: "POST", path: mine + "/publish", header: at(1)}, 422, "quantity.amount"},
		{"no such day", ask{method: "POST", path: mine + "/renew", body: map[string]string{"valid_until": "2026-13-01"}, header: at(1)}, 422, "valid_until"},
		{"day as number", ask{method: "POST", path: mine + "/renew", body: map[string]int{"valid_until": 20261301}, header: at(1)}, 422, "valid_until"},
		get("long id", "/api/listings/"+strings.Repeat("a", 65), 422, "id"), get("NUL in id", "/api/listings/a%00b", 404, ""), get("broken text in id", "/api/listings/%ff%fe", 404, ""),
		get("SQL in id", "/api/listings/"+url.PathEscape("' OR '1'='1"), 404, ""), get("way out in id", "/api/listings/..%2f..%2fetc%2fpasswd", 404, ""),
		get("broken cursor", "/api/listings?after=%21%21", 422, "after"), get("cursor of nobody", "/api/my/listings?after=zzz", 422, "after"), get("cursor without id", "/api/my/proposals?after=50.x", 422, "after"),
		get("long cursor", "/api/listings?after="+strings.Repeat("a", 2001), 422, "after"), get("limit of letters", "/api/listings?limit=many", 422, "limit"), get("giant limit", "/api/listings?limit=99999999999999999999", 422, "limit"),
		get("no such side", "/api/listings?side=both", 422, "side"), get("no such sort", "/api/listings?sort=random()", 422, "sort"), get("negative price", "/api/listings?price_min=-5", 422, "price_min"),
		get("price of letters", "/api/listings?price_max=NaN", 422, "price_max"), get("long question", "/api/listings?q="+strings.Repeat("a", 201), 422, "q"), get("broken text in question", "/api/listings?q=%ff", 422, "q"),
		get("NUL in question", "/api/listings?q=a%00b", 422, "q"), get("NUL in a name", "/api/listings?%00=1", 422, ""), get("proposals of another's listing", "/api/my/proposals?listing="+foreign.ID, 404, ""),
		get("no such place", "/api/nothing", 404, ""), get("files of the machine", "/api/../../etc/passwd", 404, ""), get("operators only", "/api/operator/failures", 403, ""),
		{"no such method", ask{method: "PATCH", path: mine, body: body}, 405, ""}, {"method not here", ask{method: "DELETE", path: "/api/me"}, 405, ""}, {"TRACE", ask{method: "TRACE", path: "/api/me"}, 405, ""},
		{"post to a page", ask{method: "POST", path: "/", body: "x"}, 405, ""},
		{"answer to nothing", ask{method: "POST", path: "/api/proposals/x/answer", body: map[string]string{"answer": "interested"}}, 404, ""},
		{"answer of a number", ask{method: "POST", path: "/api/proposals/x/answer", body: map[string]int{"answer": 1}}, 422, "answer"},
		{"firm without name", ask{method: "PUT", path: "/api/enterprise", body: firmInput("name", ""), header: at(1)}, 422, "name"},
		{"firm of nowhere", ask{method: "PUT", path: "/api/enterprise", body: firmInput("region", "999999"), header: at(1)}, 422, "region"},
		{"firm of no cluster", ask{method: "PUT", path: "/api/enterprise", body: firmInput("cluster_id", "x"), header: at(1)}, 422, "cluster_id"},
		{"code too short", ask{method: "PUT", path: "/api/enterprise", body: firmInput("uscc", "123"), header: at(1)}, 422, "uscc"},
		{"NUL in mail", ask{method: "PUT", path: "/api/enterprise", body: firmInput("contact", map[string]string{"name": "王", "phone": "0311-123", "mail": "a\x00b"}), header: at(1)}, 400, "contact.mail"}, {"escape in mail", ask{method: "PUT", path: "/api/enterprise", body: firmInput("contact", map[string]string{"name": "王", "phone": "0311-123", "mail": "a\x1bb"}), header: at(1)}, 422, "contact.mail"},
		{"empty certificate", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("certificates", []any{map[string]any{"name": ""}}), header: at(1)}, 422, "certificates[0].name"},
		{"spare above monthly", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("capacities", []any{map[string]any{"kind": "process", "name": "挤压", "monthly": "10", "spare": "11", "unit": "吨"}}), header: at(1)}, 422, "capacities[0].spare"},
		{"capacity of letters", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("capacities", []any{map[string]any{"kind": "process", "name": "挤压", "monthly": "1e9", "unit": "吨"}}), header: at(1)}, 422, "capacities[0].monthly"},
		{"honour of no kind", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("honours", []any{map[string]any{"kind": "nobel"}}), header: at(1)}, 422, "honours[0].kind"},
		{"honour until never", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("honours", []any{map[string]any{"kind": "giant", "until": "2026-02-30"}}), header: at(1)}, 422, "honours[0].until"},
		{"person without a telephone", ask{method: "PUT", path: "/api/enterprise/record", body: recordInput("people", []any{map[string]any{"name": "王", "phone": "", "shown": "public"}}), header: at(1)}, 422, "people[0].phone"},
		{"sign in as an object", ask{method: "POST", path: "/api/sign-in", body: `{"login":{"$ne":""},"password":"x"}`}, 422, "login"},
		{"sign in without password", ask{method: "POST", path: "/api/sign-in", body: `{"login":"a@example.cn"}`}, 422, "password"},
		{"NUL in login", ask{method: "POST", path: "/api/sign-in", body: `{"login":"a\u0000@example.cn","password":"x"}`}, 400, "login"},
		{"NUL in name", ask{method: "POST", path: "/api/sign-up", body: map[string]any{"login": "a@example.cn", "password": "连翘花开2026", "name": "某\x00人", "enterprise": firmInput("name", "丁厂")}}, 400, "name"},
		{"sign up with little", ask{method: "POST", path: "/api/sign-up", body: map[string]any{"login": "a@example.cn", "password": "短", "name": "某", "enterprise": firmInput("name", "丁厂")}}, 422, "password"},
		{"sign up with a book", ask{method: "POST", path: "/api/sign-up", body: map[string]any{"login": "a@example.cn", "password": strings.Repeat("a", 10_000), "name": "某", "enterprise": firmInput("name", "丁厂")}}, 422, "password"},
		{"read a book", ask{method: "POST", path: "/api/read", body: map[string]string{"title": "铝棒", "text": strings.Repeat("长", 5001)}}, 422, "text"},
	}
}

func firmInput(member string, value any) map[string]any {
	m := map[string]any{"name": "甲厂", "kind": "maker", "region": "130110", "contact": map[string]string{"name": "王", "phone": "0311-123"}}
	m[member] = value
	return m
}

// TestHostile: each request gets its 4xx in the reader's language, with the
// field and a remedy where a field is to blame; nothing kept is lost or
// changed; and the next good request works.
func TestHostile(t *testing.T) { onBoth(t, refusesHostile) }

func refusesHostile(t *testing.T, w *world) {
	a, b := w.firm("甲厂"), w.firm("乙厂")
	draft := aListing(market.Need, "求购 6061 铝棒")
	draft.Status, draft.Quantity = market.Draft, market.Quantity{}
	draft = w.post(a, draft)
	foreign := aListing(market.Supply, "别家的草稿")
	foreign.Status = market.Draft
	foreign = w.post(b, foreign)
	cases := hostileRequests(draft, foreign)
	for _, x := range hostileBodies(t) {
		x.ask.method, x.ask.path = "POST", "/api/listings"
		cases = append(cases, x)
	}
	require.GreaterOrEqual(t, len(cases), 30)
	before := w.kept(a, b)
	for _, x := range cases {
		for _, lang := range []string{"zh-CN", "en"} {
			t.Run(x.name+" "+lang, func(t *testing.T) {
				ask := x.ask
				ask.by, ask.header = a, map[string]string{"Accept-Language": lang}
				for k, v := range x.ask.header {
					ask.header[k] = v
				}
				w := *w
				w.t = t
				got := w.do(ask)
				require.Equal(t, x.status, got.status, "%s", got.body)
				p := got.problem(t)
				requireLanguage(t, lang, p.Title, p.Detail)
				require.NotContains(t, string(got.body), "Errorf", "internals")
				var fields []string
				for _, f := range p.Errors {
					fields = append(fields, f.Field)
					requireLanguage(t, lang, f.Message)
				}
				if x.field == "" {
					require.NotEmpty(t, p.Detail)
				} else {
					require.Contains(t, fields, x.field)
				}
				if x.status == 405 {
					require.NotEmpty(t, got.header.Get("Allow"))
				}
			})
		}
	}
	require.Equal(t, before, w.kept(a, b))
	w.ok(201, ask{by: a, method: "POST", path: "/api/listings", body: input("supply", "照常发布的铝棒")})
}

// requireLanguage wants a text in the reader's language, and a text at all.
func requireLanguage(t *testing.T, lang string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		require.NotEmpty(t, text)
		require.False(t, strings.HasPrefix(text, "error."), "no text for %s", text)
		require.Equal(t, lang == "zh-CN", strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }), "%s: %q", lang, text)
	}
}

// kept is everything that the firms have.
func (w *world) kept(firms ...person) []any {
	w.t.Helper()
	var out []any
	for _, p := range firms {
		e, err := w.store.Enterprise(w.t.Context(), p.EnterpriseID)
		require.NoError(w.t, err)
		proposals, _, err := w.store.ProposalsFor(w.t.Context(), p.EnterpriseID, "", "all", "", 1000)
		require.NoError(w.t, err)
		out = append(out, e, proposals)
	}
	listings, err := w.store.ScanListings(w.t.Context(), "", "", 1000)
	require.NoError(w.t, err)
	return append(out, listings)
}

// TestHostilePages: on a page a fault is a page.
func TestHostilePages(t *testing.T) {
	w := newWorld(t)
	for path, status := range map[string]int{
		"/listings/nothing": 404, "/listings/%00": 404, "/listings/%ff": 404, "/enterprises/" + url.PathEscape("../../x"): 404, "/enterprises/x?after=%00": 422,
		"/?price_min=abc": 422, "/?after=zzz": 422, "/?q=%ff": 422, "/?q=" + strings.Repeat("a", 201): 422, "/?sort=%00": 422,
		"/pages/..%2f..%2fgo.mod": 404, "/pages/../../go.mod": 404, "/app/..%2f..%2fgo.mod": 404, "/nowhere": 404, "/i/..%2f..%2fgo.mod": 404, "/i/nothing": 404,
	} {
		for _, lang := range []string{"zh-CN", "en"} {
			got := w.do(ask{path: path, header: map[string]string{"Accept": "text/html,*/*", "Accept-Language": lang}})
			require.Equal(t, status, got.status, path)
			require.True(t, strings.HasPrefix(got.header.Get("Content-Type"), "text/html"), "%s: %s", path, got.body)
			require.Contains(t, string(got.body), `<html lang="`+lang+`"`, path)
			require.NotContains(t, string(got.body), "module lianqiao", path)
		}
	}
	w.ok(405, ask{method: "POST", path: "/", header: map[string]string{"Accept": "text/html"}})
	w.ok(200, ask{path: "/"})
}

// TestKeptAsWritten: what is unusual and harmless goes in and comes out as it was.
func TestKeptAsWritten(t *testing.T) {
	w := newWorld(t)
	a := w.firm("甲厂")
	for _, title := range []string{"🔥铝棒👨‍👩‍👧特价", "=HYPERLINK(\"http://x\",\"点我\")", "<script>alert(1)</script>", "مرحبا 6061 قضيب", "'; DROP TABLE listing;--", "{{.Title}} %s ${x}"} {
		l := w.ok(201, ask{by: a, method: "POST", path: "/api/listings", body: input("supply", title)}).listing(t)
		require.Equal(t, title, l.Title)
		w.ok(200, ask{by: a, method: "POST", path: "/api/listings/" + l.ID + "/publish", header: at(l.Rev)})
		w.settle()
		require.Equal(t, title, w.ok(200, ask{path: "/api/listings/" + l.ID}).listing(t).Title)
		_, html := page(t, w.api, "/listings/"+l.ID)
		require.NotContains(t, html, "<script>alert")
	}
}

// recordInput is an empty record with one member set.
func recordInput(key string, value any) map[string]any {
	r := map[string]any{"honours": []any{}, "certificates": []any{}, "capacities": []any{}, "people": []any{}}
	r[key] = value
	return r
}

// TestMoreThanAsked: members that nobody asked for change nothing.
func TestMoreThanAsked(t *testing.T) {
	w := newWorld(t)
	a, b := w.firm("甲厂"), w.firm("乙厂")
	body := input("supply", "看起来正常的标题")
	for k, v := range map[string]any{"status": "live", "enterprise_id": b.EnterpriseID, "cluster_id": "x", "id": "mine", "rev": 99, "source": "x", "board": "finance", "published_at": "2020-01-01T00:00:00Z", "mine": false} {
		body[k] = v
	}
	l, err := w.store.Listing(t.Context(), w.ok(201, ask{by: a, method: "POST", path: "/api/listings", body: body}).listing(t).ID)
	require.NoError(t, err)
	require.Equal(t, []any{market.Draft, a.EnterpriseID, "", int64(1), "", market.Goods}, []any{l.Status, l.EnterpriseID, l.ClusterID, l.Rev, l.Source, l.Board})
	firm := firmInput("honours", []any{map[string]any{"kind": "leader", "year": 2026}})
	firm["demo"], firm["id"] = true, b.EnterpriseID
	w.ok(200, ask{by: a, method: "PUT", path: "/api/enterprise", body: firm, header: at(1)})
	e, err := w.store.Enterprise(t.Context(), a.EnterpriseID)
	require.NoError(t, err)
	require.Empty(t, e.Honours)
	require.False(t, e.Demo)
}

// TestHostileWire: what is hardly HTTP is refused, the body of a hundred
// megabytes before it is sent.
func TestHostileWire(t *testing.T) {
	w := newWorld(t)
	for name, x := range map[string]struct {
		text   string
		status int
	}{
		"long header":      {"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 20_000) + "\r\n\r\n", 431},
		"many headers":     {"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: a\r\n", 3000) + "\r\n", 431},
		"long address":     {"GET /" + strings.Repeat("a", 20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
		"hundred MB":       {"POST /api/listings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n", 413},
		"large image":      {"POST /api/images HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 30000000\r\n\r\n", 413},
		"image elsewhere":  {"POST /api/images/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n", 413},
		"endless chunk":    {"POST /api/listings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413},
		"negative length":  {"POST /api/listings HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
		"two lengths":      {"POST /api/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
		"length and chunk": {"POST /api/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /", 401},
		"half an escape":   {"GET /api/listings/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
		"no HTTP":          {"hello\r\n\r\n", 400},
		"NUL":              {"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(5*time.Second)))
		_, err = io.WriteString(conn, x.text)
		require.NoError(t, err, name)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err, name)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()), name)
		require.Equal(t, x.status, res.StatusCode, "%s: %s", name, body)
		require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"), "%s: %s", name, body)
		require.True(t, res.Close, "%s: what follows would be read as another request", name)
		require.NoError(t, conn.Close())
	}
	w.ok(200, ask{path: "/"})
}
