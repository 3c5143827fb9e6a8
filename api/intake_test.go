package api

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"lianqiao/market"
	"lianqiao/sheet"
)

// send uploads a table.
func (w *world) send(by person, path, name string, content []byte) ask {
	body, kind := uploadNamed(w.t, "file", name, content)
	return ask{by: by, method: "POST", path: path, body: body, header: map[string]string{"Content-Type": kind}}
}

func (w *world) sheet(by person, path, name string, content []byte) (r SheetResult) {
	w.ok(http.StatusOK, w.send(by, path, name, content)).into(w.t, &r)
	return r
}

// TestTakeSheet: an officer's own 汇总表, with a title above the heading and in
// the code page of a Chinese Excel, is tried first, which keeps nothing; then its
// good rows go in and its bad ones are told cell by cell; again changes nothing.
func TestTakeSheet(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		require.NoError(t, w.store.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		require.NoError(t, w.store.SaveCluster(ctx, market.Cluster{ID: "luancheng", Name: "栾城", Region: "130111"}))
		desk := w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
		away, err := w.store.UpsertEnterprise(ctx, market.Enterprise{Name: "外县厂", Kind: market.Maker, Region: "130111", ClusterID: "luancheng"})
		require.NoError(t, err)
		table, err := simplifiedchinese.GB18030.NewEncoder().String("2026 年企业供需汇总表,,,,,,,,\n,,,,,,,,\n" +
			"序号,*企业名称,供需,产品名称,规格型号,数量（吨）,单价,所在地区,联系电话\n" +
			"1,甲机械厂,需,圆钢,45# Φ50–120,60,4200,石家庄市鹿泉区,0311-11112222\n" +
			"2,甲机械厂,供,减速机,速比=20!,30台,面议,,\n" +
			"3,乙厂,买,铝棒,,很多,,火星,1\n" +
			"4,外县厂,供,铸件,,5,,,\n")
		require.NoError(t, err)
		const path = "/api/operator/sheets/listings?cluster=luquan"
		tried := w.sheet(desk, path, "汇总表.csv", []byte(table))
		require.Equal(t, map[string]int{"created": 2, "firms": 1, "bad": 2}, tried.Count)
		require.False(t, tried.Done)
		require.Equal(t, []string{"序号"}, tried.Ignored)
		require.Equal(t, "需 · 圆钢 45# Φ50–120 · 60 吨 · ¥4200.00/吨 · 河北·石家庄·鹿泉区", tried.Good[0].Text)
		require.Equal(t, "供 · 供应 减速机 · 30 台 · 面议 · 河北·石家庄·鹿泉区", tried.Good[1].Text)
		var cells []string
		for _, b := range tried.Bad {
			cells = append(cells, fmt.Sprint(b.Row, " ", b.Column, " ", b.Value))
		}
		require.Equal(t, []string{"6 所在地区 火星", "6 供需 买", "6 数量（吨） 很多", "7 *企业名称 外县厂"}, cells)
		all, err := w.store.ScanListings(ctx, market.Live, "", 10)
		require.NoError(t, err)
		require.Empty(t, all, "tried is not kept")

		kept := w.sheet(desk, path+"&keep=true", "汇总表.csv", []byte(table))
		require.Equal(t, tried.Count, kept.Count)
		require.True(t, kept.Done)
		all, err = w.store.ScanListings(ctx, market.Live, "", 10)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, "luquan", all[0].ClusterID)
		firm := kept.Good[0].FirmID
		log, err := w.store.OfficersLog(ctx, firm, 10)
		require.NoError(t, err)
		require.Len(t, log, 3, "the record and both listings, under the officer's name")
		require.Equal(t, desk.UserID, log[0].UserID)
		require.Equal(t, map[string]int{"same": 2, "bad": 2}, w.sheet(desk, path+"&keep=true", "另一个名字.csv", []byte(table)).Count)
		there, err := w.store.Enterprise(ctx, away.ID)
		require.NoError(t, err)
		require.Equal(t, away.Rev, there.Rev, "another association's firm is left alone")

		other := w.user(market.Membership{Role: market.Operator, ClusterID: "luancheng"})
		w.fails(404, w.send(other, path+"&keep=true", "汇总表.csv", []byte(table)))
	})
}

// TestTakeFirms: what a record lacks is filled in, what its own people say is
// left alone, and files that are none are refused with what to do.
func TestTakeFirms(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	require.NoError(t, w.store.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
	desk := w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
	const path = "/api/operator/sheets/firms?cluster=luquan&keep=true"
	var book bytes.Buffer
	require.NoError(t, sheet.WriteBook(&book, "名录", []string{"单位名称", "统一社会信用代码", "主营产品", "联系人", "联系电话"}, [][]any{
		{"甲厂", "91130110MA0D000001", "", "", ""}, {"丙厂", "不是代码", "", "", ""}, {"", "", "没有名称", "", ""}}))
	r := w.sheet(desk, path, "名录.xlsx", book.Bytes())
	require.Equal(t, map[string]int{"created": 1, "firms": 1, "bad": 2}, r.Count)
	require.NotEmpty(t, r.Good[0].Warning, "a wrong check digit warns and is taken")
	r = w.sheet(desk, path, "名录.csv", []byte("企业名称\t\n企业名称,主要产品,联系人,电话\n甲厂,齿轮,张三,0311-1234567\n"))
	require.Equal(t, map[string]int{"updated": 1}, r.Count)
	e, err := w.store.Enterprise(ctx, r.Good[0].FirmID)
	require.NoError(t, err)
	require.Equal(t, market.Contact{Name: "张三", Phone: "0311-1234567"}, e.Contact)
	require.Equal(t, "91130110MA0D000001", e.USCC)

	require.Equal(t, "file", w.fails(422, w.send(desk, path, "图.jpg", []byte("x"))).Errors[0].Field)
	require.Equal(t, "file", w.fails(422, w.send(desk, path, "表.csv", []byte("甲,乙\n1,2\n"))).Errors[0].Field)
	require.Equal(t, "file", w.fails(422, w.send(desk, path, "长.csv", append([]byte("企业名称\n"), bytes.Repeat([]byte("厂厂\n"), rowsMost+1)...))).Errors[0].Field)
}

// TestTakeFairSheet: a list of who comes, a row a person, registers firms of the
// fair's clusters with their people; when a registered firm cannot meet stays.
func TestTakeFairSheet(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, id := range []string{"luquan", "luancheng"} {
		require.NoError(t, w.store.SaveCluster(ctx, market.Cluster{ID: id, Name: id, Region: "130110"}))
	}
	desk := w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
	guest, err := w.store.UpsertEnterprise(ctx, market.Enterprise{Name: "客厂", Kind: market.Maker, Region: "130110", ClusterID: "luancheng", Contact: market.Contact{Name: "客", Phone: "0311-7654321"}})
	require.NoError(t, err)
	f := market.Fair{Name: "冬季对接会", Clusters: []string{"luquan"}, Entry: market.EntryInvited, Phase: market.FairRegister, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Tables: []market.FairTable{{Number: 1}}}
	require.NoError(t, w.store.CreateFair(ctx, desk.Actor, &f))
	path := "/api/fairs/" + f.ID + "/sheet?keep=true"
	table := []byte("企业名称,参会身份,参会人,参会人电话\n甲厂,采购方,张三,13900000001\n甲厂,采购方,李四,13900000002\n客厂,供应方,客一,1\n乙厂,看客,王五,1\n无名厂,供应方,,\n")
	r := w.sheet(desk, path, "报名.csv", table)
	require.Equal(t, map[string]int{"created": 1, "firms": 1, "bad": 3}, r.Count)
	require.Equal(t, "采购方 · 张三 13900000001 · 李四 13900000002", r.Good[0].Text)
	parties, err := w.store.Parties(ctx, f.ID)
	require.NoError(t, err)
	require.Len(t, parties, 1)
	p := parties[r.Good[0].FirmID]
	require.Equal(t, market.FairBuyer, p.Role)
	require.Len(t, p.Reps, 2)

	p.Away, p.Parallel = []int{2}, 2
	require.NoError(t, w.store.SaveParty(ctx, desk.Actor, p))
	require.Equal(t, map[string]int{"same": 1, "bad": 3}, w.sheet(desk, path, "报名.csv", table).Count)
	r = w.sheet(desk, path, "报名.csv", []byte("企业名称,参会身份,参会人\n甲厂,双方,张三\n"))
	require.Equal(t, map[string]int{"updated": 1}, r.Count)
	p, err = w.store.Party(ctx, f.ID, r.Good[0].FirmID)
	require.NoError(t, err)
	require.Equal(t, []int{2}, p.Away)
	require.Equal(t, 1, p.Parallel)

	require.NoError(t, w.store.UpdateFair(ctx, desk.Actor, openedToAll(f)))
	require.Equal(t, map[string]int{"created": 1, "same": 1, "bad": 2}, w.sheet(desk, path, "报名.csv", []byte("企业名称,参会身份,参会人\n甲厂,双方,张三\n客厂,供应方,客一\n乙厂,看客,王五\n无名厂,供应方,\n")).Count)
	stays, err := w.store.Enterprise(ctx, guest.ID)
	require.NoError(t, err)
	require.Equal(t, guest.Rev, stays.Rev)
}

func openedToAll(f market.Fair) *market.Fair {
	f.Entry = market.EntryOpen
	return &f
}
