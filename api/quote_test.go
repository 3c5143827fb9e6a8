package api

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// workbook is a price sheet as its first parts tell it.
func workbook(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		_, err := z.Create(part)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

// put puts up a file for a quote.
func (w *world) put(p person, needID, name string, content []byte, key string) answer {
	form, kind := named(w.t, name, content)
	return w.do(ask{by: p, method: "POST", path: "/api/listings/" + needID + "/quote/files", body: form, header: map[string]string{"Content-Type": kind, "Idempotency-Key": key}})
}

// TestQuoteFiles: a supplier's drawings and price sheets reach the buyer with
// the quote, stamped with his name and each download on record; another
// supplier of the same need gets nothing.
func TestQuoteFiles(t *testing.T) { onBoth(t, quotesWithFiles) }

func quotesWithFiles(t *testing.T, w *world) {
	buyer, one, rival := w.firm("买厂"), w.firm("供一厂"), w.firm("供二厂")
	admin := w.user(market.Membership{Role: market.Admin})
	l := aListing(market.Need, "求购 6061 铝棒")
	l.Specs = []market.Spec{{Name: "直径", Op: market.OpIs, Value: "60", Unit: "mm", Must: true}, {Name: "颜色", Op: market.OpIs, Value: "本色"}}
	need := w.post(buyer, l)
	for _, p := range []person{one, rival} {
		_, err := w.store.AskOnListing(t.Context(), p.Actor, need.ID, "")
		require.NoError(t, err)
	}
	drawing := picture(t, 200, 150)
	require.Equal(t, "error.quote.files.unverified", w.put(one, need.ID, "图.jpg", drawing, "").problem(t).Code)
	for _, p := range []person{one, rival} {
		require.NoError(t, w.store.JudgeEnterprise(t.Context(), admin.Actor, p.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
	}
	for name, bad := range map[string][]byte{"病毒.pdf": []byte("MZ\x90\x00"), "坏.pdf": []byte("%PDF-1.7 nothing"), "旧.xls": []byte("\xd0\xcf\x11\xe0"), "包.zip": []byte("PK\x03\x04")} {
		got := w.put(one, need.ID, name, bad, "")
		require.Equal(t, []any{422, "file"}, []any{got.status, got.problem(t).Errors[0].Field}, name)
	}
	require.Equal(t, 413, w.put(one, need.ID, "大.step", append([]byte("ISO-10303-21;"), make([]byte, market.AttachmentMost)...), "").status)
	for _, p := range []person{buyer, w.firm("路人厂")} {
		require.Equal(t, 404, w.put(p, need.ID, "图.jpg", drawing, "").status)
	}
	var plan, again, sheet FileInfo
	for _, to := range []*FileInfo{&plan, &again} { // the answer to the first got lost
		got := w.put(one, need.ID, "轴承座.jpg", drawing, "k1")
		require.Equal(t, 201, got.status)
		got.into(t, to)
	}
	require.Equal(t, plan, again)
	w.put(one, need.ID, "报价单.xlsx", workbook(t), "k2").into(t, &sheet)
	require.Equal(t, []any{"xlsx", false, "jpg", true}, []any{sheet.Type, sheet.Stamped, plan.Type, plan.Stamped})

	at := "/api/listings/" + need.ID + "/quote"
	offer := func(files ...string) map[string]any {
		return map[string]any{"price": "23000", "unit": "吨", "valid_until": day(9), "files": files, "lines": []map[string]any{{"spec": "直径", "answer": "can"}, {"spec": "颜色", "answer": ""}}}
	}
	unread := offer(plan.ID)
	unread["lines"] = []map[string]any{{"spec": "直径", "answer": ""}, {"spec": "颜色", "answer": "can"}}
	require.Equal(t, "lines[0].answer", w.fails(422, ask{by: one, method: "PUT", path: at, body: unread}).Errors[0].Field, "a must that nobody read is no promise")
	many := make([]string, market.QuoteFilesMost+1)
	for n := range many {
		many[n] = plan.ID
	}
	require.Equal(t, "files", w.fails(422, ask{by: one, method: "PUT", path: at, body: offer(many...)}).Errors[0].Field)
	require.Equal(t, "files[0]", w.fails(422, ask{by: rival, method: "PUT", path: at, body: offer(plan.ID)}).Errors[0].Field)
	w.fails(404, ask{by: buyer, path: "/api/files/" + plan.ID})
	w.ok(200, ask{by: one, method: "PUT", path: at, body: offer(plan.ID, sheet.ID)})
	w.ok(200, ask{by: rival, method: "PUT", path: at, body: offer()})

	quotes := func(p person) (got quotesOutput) {
		w.ok(200, ask{by: p, path: at + "s"}).into(t, &got.Body)
		return got
	}
	all := quotes(buyer).Body.Items
	require.Len(t, all, 2)
	require.Equal(t, []FileInfo{plan, sheet}, all[0].Files)
	require.Equal(t, []QuoteLine{{"直径", "can", ""}}, all[0].Lines, "what nobody answered is not in it")
	require.Empty(t, all[1].Files)
	require.Len(t, quotes(rival).Body.Items, 1)
	require.Empty(t, quotes(rival).Body.Items[0].Files)

	copied := w.ok(200, ask{by: buyer, path: "/api/files/" + plan.ID})
	require.NotEqual(t, drawing, copied.body, "it carries the buyer's name")
	require.Equal(t, drawing, w.ok(200, ask{by: one, path: "/api/files/" + plan.ID}).body)
	require.Equal(t, workbook(t), w.ok(200, ask{by: buyer, path: "/api/files/" + sheet.ID}).body)
	for _, path := range []string{"", "/downloads"} {
		none := w.do(ask{by: rival, path: "/api/files/" + missingID + path})
		require.Equal(t, told(none), told(w.do(ask{by: rival, path: "/api/files/" + plan.ID + path})))
	}
	w.fails(404, ask{by: buyer, path: "/api/files/" + plan.ID + "/downloads"})
	var log fetchedOutput
	w.ok(200, ask{by: one, path: "/api/files/" + plan.ID + "/downloads"}).into(t, &log.Body)
	require.Equal(t, []string{"供一厂", "买厂"}, []string{log.Body.Items[0].Enterprise.Name, log.Body.Items[1].Enterprise.Name})
	var mine MyData
	w.ok(200, ask{by: one, path: "/api/my/data"}).into(t, &mine)
	require.Equal(t, []string{"报价单.xlsx 买厂", "轴承座.jpg 买厂"}, []string{mine.Fetched[0].File + " " + mine.Fetched[0].By.Name, mine.Fetched[1].File + " " + mine.Fetched[1].By.Name})
	require.Equal(t, 2, mine.Files)
	require.Contains(t, string(w.ok(200, ask{by: one, path: "/api/my/data/export"}).body), "轴承座.jpg")
	var lines auditOutput
	w.ok(200, ask{by: admin, path: "/api/operator/audit?kind=attachment&enterprise=" + buyer.EnterpriseID}).into(t, &lines.Body)
	require.Equal(t, "download download", fmt.Sprint(lines.Body.Items[0].Deed, " ", lines.Body.Items[1].Deed))

	w.ok(200, ask{by: one, method: "PUT", path: at, body: offer(sheet.ID)})
	require.Equal(t, []FileInfo{sheet}, quotes(buyer).Body.Items[0].Files)
	plan.Removed = true
	require.Equal(t, []FileInfo{plan, sheet}, quotes(one).Body.Items[0].Files, "its own firm goes on seeing who got it")
	require.Equal(t, "error.file.removed", w.fails(409, ask{by: buyer, path: "/api/files/" + plan.ID}).Code)
}
