package api

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"mime/multipart"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// opened are two verified firms whose contacts are open to each other.
func opened(t *testing.T, w *world) (a, b person, i market.Introduction) {
	a, b = w.firm("甲厂"), w.firm("乙厂")
	admin := w.user(market.Membership{Role: market.Admin})
	for _, p := range []person{a, b} {
		require.NoError(t, w.store.JudgeEnterprise(t.Context(), admin.Actor, p.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
	}
	l := w.post(b, aListing(market.Supply, "6061 铝棒 长期供应"))
	i, err := w.store.AskOnListing(t.Context(), a.Actor, l.ID, "")
	require.NoError(t, err)
	i, err = w.store.DoIntroduction(t.Context(), b.Actor, i.ID, i.Rev, store.Accept, "")
	require.NoError(t, err)
	return a, b, i
}

func named(t testing.TB, name string, content []byte) (body []byte, kind string) {
	var out bytes.Buffer
	m := multipart.NewWriter(&out)
	part, err := m.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(content)
	require.NoError(t, err)
	require.NoError(t, m.Close())
	return out.Bytes(), m.FormDataContentType()
}

func (w *world) said(p person, id, query string) messagesOutput {
	var out messagesOutput
	w.ok(200, ask{by: p, path: "/api/introductions/" + id + "/messages" + query}).into(w.t, &out.Body)
	return out
}

// TestThread: two firms talk, page by page, until one of them shuts the door;
// what was said stays with both.
func TestThread(t *testing.T) { onBoth(t, talks) }

func talks(t *testing.T, w *world) {
	a, b, i := opened(t, w)
	c := w.firm("丙厂")
	at := "/api/introductions/" + i.ID
	for n := range 5 {
		by := []person{a, b}[n%2]
		key := map[string]string{"Idempotency-Key": fmt.Sprint("k", n)}
		for range 2 { // the answer to the first got lost
			w.ok(204, ask{by: by, method: "POST", path: at + "/messages", body: map[string]string{"text": fmt.Sprintf(" 第 %d 句 ", n)}, header: key})
		}
	}
	require.Equal(t, "text", w.fails(422, ask{by: a, method: "POST", path: at + "/messages", body: map[string]string{"text": " "}}).Errors[0].Field)
	require.Equal(t, "text", w.fails(422, ask{by: a, method: "POST", path: at + "/messages", body: map[string]string{"text": string(bytes.Repeat([]byte("长"), 1001))}}).Errors[0].Field)
	first := w.said(b, i.ID, "?limit=3")
	require.True(t, first.Body.Open)
	require.Len(t, first.Body.Items, 3)
	require.Equal(t, []any{"第 4 句", "甲厂", false}, []any{first.Body.Items[0].Text, first.Body.Items[0].By, first.Body.Items[0].Own})
	second := w.said(b, i.ID, "?limit=3&before="+*first.Body.Next)
	require.Len(t, second.Body.Items, 2)
	require.Equal(t, "第 0 句", second.Body.Items[1].Text)
	require.Nil(t, second.Body.Next)
	w.fails(404, ask{by: c, path: at + "/messages"})
	w.fails(404, ask{by: c, method: "POST", path: at + "/messages", body: map[string]string{"text": "我也在"}})

	kept, err := w.store.Introduction(t.Context(), i.ID)
	require.NoError(t, err)
	w.ok(200, ask{by: b, method: "POST", path: at + "/withdraw", header: map[string]string{"If-Match": etag(kept.Rev)}})
	for _, p := range []person{a, b} {
		require.Equal(t, "error.thread.closed", w.fails(409, ask{by: p, method: "POST", path: at + "/messages", body: map[string]string{"text": "还有一句"}}).Code)
		form, kind := named(t, "图.png", picture(t, 4, 4))
		w.fails(409, ask{by: p, method: "POST", path: at + "/files", body: form, header: map[string]string{"Content-Type": kind}})
		after := w.said(p, i.ID, "")
		require.False(t, after.Body.Open)
		require.Len(t, after.Body.Items, 5)
	}
}

// TestThreadBeforeContacts: nothing is written before both agreed.
func TestThreadBeforeContacts(t *testing.T) {
	w := newWorld(t)
	a, b := w.firm("甲厂"), w.firm("乙厂")
	l := w.post(b, aListing(market.Supply, "6061 铝棒 长期供应"))
	i, err := w.store.AskOnListing(t.Context(), a.Actor, l.ID, "")
	require.NoError(t, err)
	for _, p := range []person{a, b} {
		w.fails(404, ask{by: p, path: "/api/introductions/" + i.ID + "/messages"})
		w.fails(404, ask{by: p, method: "POST", path: "/api/introductions/" + i.ID + "/messages", body: map[string]string{"text": "先加微信"}})
	}
}

// TestFiles: a file is what its bytes are; the other firm's copy of a drawing
// is stamped, the sender's own is not; each download is in the sender's log.
func TestFiles(t *testing.T) { onBoth(t, sendsFiles) }

func sendsFiles(t *testing.T, w *world) {
	a, b, i := opened(t, w)
	at := "/api/introductions/" + i.ID
	send := func(name string, content []byte) answer {
		form, kind := named(t, name, content)
		return w.do(ask{by: a, method: "POST", path: at + "/files", body: form, header: map[string]string{"Content-Type": kind}})
	}
	drawing := picture(t, 200, 150)
	step := []byte("ISO-10303-21;\nHEADER;\n")
	require.Equal(t, 204, send("../../转向节\u202egpj.exe", drawing).status)
	require.Equal(t, 204, send("模型.stp", step).status)
	for name, bad := range map[string][]byte{"病毒.pdf": []byte("MZ\x90\x00"), "空.pdf": {}, "网页.png": []byte("<script>"), "坏.pdf": []byte("%PDF-1.7 nothing"), "炸弹.png": bomb(t, 50000, 50000)} {
		got := send(name, bad)
		require.Equal(t, 422, got.status, name)
		require.Equal(t, "file", got.problem(t).Errors[0].Field, name)
	}
	require.Equal(t, 413, send("大.step", append(step, make([]byte, market.AttachmentMost)...)).status)

	list := w.said(b, i.ID, "").Body.Items
	require.Len(t, list, 2)
	model, plan := list[0].File, list[1].File
	require.Equal(t, []any{"模型.step", "step", false, int64(len(step))}, []any{model.Name, model.Type, model.Stamped, model.Size})
	require.Equal(t, []any{"转向节gpj.jpg", true}, []any{plan.Name, plan.Stamped})

	own := w.ok(200, ask{by: a, path: "/api/files/" + plan.ID})
	require.Equal(t, drawing, own.body)
	copied := w.ok(200, ask{by: b, path: "/api/files/" + plan.ID})
	require.NotEqual(t, drawing, copied.body)
	require.Equal(t, []string{"image/jpeg", "nosniff"}, []string{copied.header.Get("Content-Type"), copied.header.Get("X-Content-Type-Options")})
	require.Contains(t, copied.header.Get("Content-Disposition"), "attachment")
	m, err := jpeg.Decode(bytes.NewReader(copied.body))
	require.NoError(t, err)
	require.Equal(t, 200, m.Bounds().Dx())
	raw := w.ok(200, ask{by: b, path: "/api/files/" + model.ID})
	require.Equal(t, step, raw.body)
	require.Equal(t, "application/octet-stream", raw.header.Get("Content-Type"))

	var log fetchedOutput
	w.ok(200, ask{by: a, path: "/api/files/" + plan.ID + "/downloads"}).into(t, &log.Body)
	require.Len(t, log.Body.Items, 2)
	require.Equal(t, []string{"乙厂", "乙厂"}, []string{log.Body.Items[0].Enterprise.Name, log.Body.Items[0].Person})
	w.fails(404, ask{by: b, path: "/api/files/" + plan.ID + "/downloads"})
	stranger := w.firm("丙厂")
	w.fails(404, ask{by: stranger, path: "/api/files/" + plan.ID})
	w.ok(200, ask{by: a, path: "/api/files/" + plan.ID + "/downloads"}).into(t, &log.Body)
	require.Len(t, log.Body.Items, 2, "who was refused fetched nothing")
}
