package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/store"
)

// The foreign-tenant test asks every operation of the description, as every
// kind of actor, for every private thing of firm A, and then for a thing that
// does not exist. Who has no right must get the same answer to both, to the
// byte, and never a private word of firm A. A new operation without an example
// in tenantExamples fails the test, as does one that says nothing of who may
// use it.
//
// To see it red, take away one check and run `go test ./api -run Tenant`:
//   - market.Actor.MaySeeListing: return true → drafts and closed listings are read
//   - API.ownListing: drop the MayEditListing line → 412 for what is A's, 404 for what is not
//   - API.enterpriseOf: drop the MaySeeContact check → A's telephone in every answer
//   - API.proposalsOf: drop the MaySeeProposal check → a stranger reads the proposal
//   - proposalOf: take any answer for v.Answer → the other party reads A's note
//   - Store.ResolveFailure: drop the visible-to-operator condition → another cluster's operator sends it again
//   - API.maySeeImage: drop MaySeeListing → the picture of a draft is sent
//   - API.proposalsOf: always explain → C reads what the terms quote of a closed listing
//   - API.cardOf: show all of a card → C reads what stood on A's closed listing
//   - API.failures: show Detail to all → the operator reads the inner reason

// secret is a private word of firm A and who may read it.
type secret struct {
	word string
	to   []string
	at   string // the operation at which A's association may read it, too
}

// tenants is a world in which firm A has one of everything that is private.
type tenants struct {
	*world
	actors  map[string]person
	things  map[string]string            // A's: placeholder → id
	own     map[string]map[string]string // actor → placeholder → id of a thing of its own
	secrets []secret
}

const missingID = "00000000-0000-7000-8000-000000000000"

func newTenants(t *testing.T) *tenants {
	w := newWorld(t)
	ctx := t.Context()
	for _, id := range []string{"luquan", "luancheng"} {
		require.NoError(t, w.store.SaveCluster(ctx, market.Cluster{ID: id, Name: "集群 " + id, Region: "130110"}))
	}
	x := &tenants{world: w, actors: map[string]person{}, own: map[string]map[string]string{}}
	for name, e := range map[string]market.Enterprise{
		"A": {Name: "甲厂", ClusterID: "luquan", Contact: market.Contact{Name: "秘密联系人", Phone: "13977770001", Mail: "canary-mail@example.cn"}},
		"B": {Name: "乙厂", ClusterID: "luancheng", Contact: market.Contact{Name: "乙", Phone: "13911110000"}},
		"C": {Name: "丙厂", Contact: market.Contact{Name: "丙", Phone: "13922220000"}},
	} {
		e.ID, e.Kind, e.Region = market.NewID(), market.Maker, "130110"
		u := market.User{ID: market.NewID(), Login: "canary-login-" + strings.ToLower(name) + "@example.cn", Name: "秘密用户" + name, PasswordHash: w.api.secrets.nobody}
		require.NoError(t, w.store.SignUp(ctx, u, e))
		x.actors[name] = w.signedIn(u.ID)
	}
	x.actors["visitor"] = person{}
	x.actors["operator"] = w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
	x.actors["foreign operator"] = w.user(market.Membership{Role: market.Operator, ClusterID: "luancheng"})
	x.actors["reviewer"] = w.user(market.Membership{Role: market.Reviewer, ClusterID: "luquan"})
	x.actors["bureau"] = w.user(market.Membership{Role: market.Viewer, Region: "130100"})
	x.actors["admin"] = w.user(market.Membership{Role: market.Admin})
	x.things = x.furnish("A", "C")
	x.own["B"], x.own["C"] = x.furnish("B", "C"), x.furnish("C", "B")
	require.NoError(t, w.store.SaveFailure(ctx, market.Failure{ID: x.things["failure"], Kind: market.ChangeListing, Of: x.things["live"], Tries: 5, Reason: "秘密原因 canary-reason"}))
	x.secrets = []secret{
		{"秘密联系人", []string{"A"}, "call-phone"}, {"13977770001", []string{"A"}, "call-phone"}, {"canary-notices", []string{"A"}, ""}, {"canary-mail", []string{"A"}, ""}, {"canary-login-a", []string{"A"}, ""}, {"秘密用户A", []string{"A", "C"}, ""},
		{"秘密对接会A", []string{"A", "operator", "bureau", "admin"}, ""}, {"秘密代表A", []string{"A", "operator", "admin"}, ""}, {"秘密草稿A", []string{"A"}, ""}, {"秘密正文A-draft", []string{"A"}, ""}, {"秘密正文A-closed", []string{"A"}, ""}, {"秘密正文A-expired", []string{"A"}, ""},
		{"秘密下架A", []string{"A", "C"}, ""}, {"秘密过期A", []string{"A"}, ""}, {"秘密备注A", []string{"A"}, ""}, {"canary-reason", []string{"admin"}, ""},
		{"秘密待审A", []string{"A", "operator", "reviewer", "admin"}, ""}, {"悄悄话A", []string{"A", "C"}, ""}, {"7654321.00", []string{"A", "C", "operator", "bureau", "admin"}, ""},
		{"888777.66", []string{"A", "C"}, ""}, {"555444.33", []string{"A", "B"}, ""}, {"canary-member", []string{"A"}, ""}, {"秘密退回原因", []string{"A"}, ""},
		{"canary-officer", []string{"operator", "admin"}, ""}, {"秘密审核员", []string{"operator", "admin"}, ""},
		{"canary-proof-a", []string{"A", "operator", "reviewer", "admin"}, ""},
		{"秘密agreedA", []string{"A"}, ""}, {"秘密associationA", []string{"A", "operator", "reviewer", "admin"}, ""}, {"秘密firmA", []string{"A"}, ""},
		{"秘密图纸A", []string{"A", "C"}, ""}, {"canary-step", []string{"A", "C"}, ""}, {"私下说的A", []string{"A", "C"}, ""},
		{"秘密报价图A", []string{"A", "C"}, ""}, {"canary-quote-step", []string{"A", "C"}, ""}, {"333222.11", []string{"A", "C"}, ""},
		{"秘密规则A", []string{"A"}, ""}, {"秘密词", []string{"operator", "admin"}, ""},
	}
	x.confide()
	return x
}

// confide gives firm A what grows between firms and their association: an
// introduction that was open and is shut again, an outcome, quotes of B and C
// on a need, a veto, something in the queue, something returned.
func (x *tenants) confide() {
	t, ctx, a, b, c, admin := x.t, x.t.Context(), x.actors["A"], x.actors["B"], x.actors["C"], x.actors["admin"]
	must := func(err error) { t.Helper(); require.NoError(t, err) }
	for _, p := range []person{a, b, c} {
		must(x.store.JudgeEnterprise(ctx, admin.Actor, p.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}))
	}
	talks, err := x.store.IntroductionsOn(ctx, []string{x.things["proposal"]})
	must(err)
	x.things["introduction"] = talks[x.things["proposal"]].ID

	i, err := x.store.AskOnListing(ctx, a.Actor, x.own["C"]["live"], "悄悄话A")
	must(err)
	i, err = x.store.DoIntroduction(ctx, c.Actor, i.ID, i.Rev, store.Accept, "")
	must(err)
	o, err := x.store.SaveClaim(ctx, a.Actor, i.ID, market.Claim{Stage: market.StageContract, Fen: 765432100, Day: "2026-11-01"})
	must(err)
	file := market.Attachment{ID: market.NewID(), IntroductionID: i.ID, Name: "秘密图纸A.step", Type: market.STEP, Bytes: []byte("ISO-10303-21; canary-step")}
	must(x.store.SendFile(ctx, a.Actor, file, ""))
	must(x.store.Write(ctx, a.Actor, market.Message{IntroductionID: i.ID, Text: "私下说的A"}, ""))
	x.silence(i)
	_, err = x.store.DoIntroduction(ctx, a.Actor, i.ID, i.Rev, store.Withdraw, "")
	must(err)
	x.things["file"] = file.ID
	x.things["agreed"], x.things["outcome"] = i.ID, o.ID

	need := x.post(a, aListing(market.Need, "公开需求A"))
	x.things["quoted"], x.things["need"] = need.ID, x.post(c, aListing(market.Need, "公开需求C")).ID
	for p, price := range map[*person]int64{&b: 55544433, &c: 88877766} {
		_, err := x.store.AskOnListing(ctx, p.Actor, need.ID, "")
		must(err)
		must(x.store.SaveQuote(ctx, p.Actor, market.Quote{NeedID: need.ID, Fen: price, Unit: "吨", ValidUntil: day(9)}))
	}
	x.quoteFile()
	v, err := x.store.AskOnListing(ctx, a.Actor, x.own["B"]["live"], "")
	must(err)
	must(x.store.Veto(ctx, a.Actor, v.ID, market.Never))
	x.things["vetoed"] = b.EnterpriseID

	u := market.User{ID: market.NewID(), Login: "canary-member@example.cn", Name: "成员", PasswordHash: "x"}
	must(x.store.AddUser(ctx, u, market.Membership{Role: market.Member, EnterpriseID: a.EnterpriseID}))
	x.things["member"], x.things["session"] = u.ID, sessionID(market.Session{TokenHash: digest(a.token)})
	x.things["account"], x.things["firm of luquan"], x.things["rule"] = "canary-login-a@example.cn", a.EnterpriseID, "luquan"
	x.things["overlooked"], x.things["operated"] = "luquan", "luquan"
	officer := market.User{ID: market.NewID(), Login: "canary-officer@example.cn", Name: "秘密审核员", PasswordHash: "x"}
	must(x.store.AddUser(ctx, officer, market.Membership{Role: market.Reviewer, ClusterID: "luquan"}))
	x.things["officer"] = officer.ID
	added := market.Addition{ClusterID: "luquan", Kind: market.AddSame, Words: []string{"秘密词甲", "秘密词乙"}}
	must(x.store.CreateAddition(ctx, x.actors["operator"].Actor, &added))
	x.things["addition"] = added.ID
	x.queue(a)
}

// quoteFile lets A quote on a need of C's, with a file. B has nothing to do with
// it; what a supplier of the same need learns is TestQuoteFiles.
func (x *tenants) quoteFile() {
	t, ctx, a := x.t, x.t.Context(), x.actors["A"]
	need := x.post(x.actors["C"], aListing(market.Need, "公开需求C 求报价"))
	f := market.Attachment{ID: market.NewID(), NeedID: need.ID, Name: "秘密报价图A.step", Type: market.STEP, Bytes: []byte("ISO-10303-21; canary-quote-step")}
	_, err := x.store.AskOnListing(ctx, a.Actor, need.ID, "")
	require.NoError(t, err)
	require.NoError(t, x.store.AttachToQuote(ctx, a.Actor, f))
	require.NoError(t, x.store.SaveQuote(ctx, a.Actor, market.Quote{NeedID: need.ID, Fen: 33322211, Unit: "吨", ValidUntil: day(9), Files: []market.Attachment{f}}))
	x.things["asked need"], x.things["quote file"] = need.ID, f.ID
}

// silence asks both firms of an introduction what came of it, and neither
// answers. A chose where its mails go.
func (x *tenants) silence(i market.Introduction) {
	ctx, a := x.t.Context(), x.actors["A"]
	require.NoError(x.t, x.store.SaveNoticeChoice(ctx, a.Actor, market.NoticeChoice{Lang: "zh-CN", Mail: "canary-notices@example.cn"}))
	_, err := x.store.AskFollowUps(ctx, time.Now().Add(8*24*time.Hour), 100)
	require.NoError(x.t, err)
	x.sql(`UPDATE followup SET asked_at = $1 WHERE asked_at > 0`, time.Now().Add(-market.FollowUpSilent).UnixMilli())
	calls, err := x.store.CallList(ctx, x.actors["operator"].Actor, time.Now(), 10)
	require.NoError(x.t, err)
	require.Len(x.t, calls, 1)
	x.things["call"] = calls[0].ID
	notices, _, err := x.store.Notices(ctx, a.EnterpriseID, "", 1)
	require.NoError(x.t, err)
	messages, _, _, err := x.store.Messages(ctx, i.ID, "", 1)
	require.NoError(x.t, err)
	x.things["notice"], x.things["message"] = notices[0].ID, messages[0].ID
}

// queue sends two listings of A's to its association, which returns one.
func (x *tenants) queue(a person) {
	t, ctx, admin := x.t, x.t.Context(), x.actors["admin"]
	require.NoError(t, x.store.SetReview(ctx, admin.Actor, "luquan", market.ReviewAll))
	for _, title := range []string{"秘密退回A 铝棒", "秘密待审A 铝棒"} {
		l := aListing(market.Supply, title)
		l.Status = market.Draft
		l = x.post(a, l)
		_, err := x.store.SetStatus(ctx, a.Actor, l.ID, l.Rev, market.Live, time.Time{})
		require.NoError(t, err)
		list, _, err := x.store.Reviews(ctx, admin.Actor, "", "", 100)
		require.NoError(t, err)
		for _, r := range list {
			if r.Of != l.ID {
				continue
			}
			x.things["waiting"], x.things["review"] = l.ID, r.ID
			if strings.Contains(title, "退回") {
				x.things["returned"] = l.ID
				require.NoError(t, x.store.Decide(ctx, admin.Actor, r.ID, market.Decision{Status: market.ReviewReturned, Reason: "秘密退回原因"}))
			}
		}
	}
	require.NoError(t, x.store.SetReview(ctx, admin.Actor, "luquan", market.ReviewNone))
}

// elsewhere are operations whose success other tests show: with a ticket, with
// a password, with a firm that nobody owns, in a thread that is open.
var elsewhere = []string{"live", "sign-in", "read-ticket", "reset-password", "join", "change-password", "begin-totp", "confirm-totp", "accept-office", "merge", "drop-totp", "make-claim-link", "write-message", "send-file", "erase-account"}

// asked says who is asked by TestTenantOwner where it is not A.
var askedOf = map[string]string{
	"duplicates": "operator", "compare-records": "operator", "officers": "operator", "appoint": "operator", "dismiss": "operator", "summary": "operator", "summary-book": "operator", "overview": "operator", "overview-book": "operator", "lapsing": "operator", "fair-report": "operator", "fair-unmet": "operator", "fair-report-book": "operator",
	"failures": "admin", "retry-failure": "admin", "accept-introduction": "C", "decline-introduction": "C", "ask-introduction": "C",
	"reset-totp": "operator", "make-reset-link": "operator", "introduce": "operator", "reviews": "operator", "decide-review": "operator", "operated-enterprises": "operator", "judge-enterprise": "operator", "set-honours": "operator",
	"operated-clusters": "operator", "set-review-rule": "operator", "outcomes": "operator", "export-outcomes": "operator", "audit": "operator", "export-audit": "operator", "see-document": "operator",
	"export-reviews": "operator", "export-deliveries": "operator", "export-lapsing": "operator", "export-officers": "operator",
	"export-firms": "operator", "sheet-template": "operator", "take-sheet": "operator", "words": "operator", "add-words": "operator", "remove-words": "operator", "deliveries": "operator", "calls": "operator", "export-calls": "operator", "call-phone": "operator", "answer-call": "operator",
}

// revision is the stored one of A's thing.
func (x *tenants) revision(thing string) int64 {
	if l, err := x.store.Listing(x.t.Context(), x.things[thing]); err == nil {
		return l.Rev
	}
	if i, err := x.store.Introduction(x.t.Context(), x.things[thing]); err == nil {
		return i.Rev
	}
	if thing == "" {
		e, err := x.store.Enterprise(x.t.Context(), x.actors["A"].EnterpriseID)
		require.NoError(x.t, err)
		return e.Rev
	}
	if f, err := x.store.Fair(x.t.Context(), x.things[thing]); err == nil {
		return f.Rev
	}
	if thing == "outcome" {
		list, err := x.store.Outcomes(x.t.Context(), nil, "", "")
		require.NoError(x.t, err)
		return list[0].Rev
	}
	return 1
}

// furnish gives a firm one of everything, with a proposal to another firm.
func (x *tenants) furnish(name, other string) map[string]string {
	t, p, q := x.t, x.actors[name], x.actors[other]
	things := map[string]string{"evidence": x.record(p, name), "enterprise": p.EnterpriseID, "failure": market.NewID(), "cluster": "luquan", "table": "firms"}
	for _, status := range []market.Status{market.Draft, market.Live, market.Closed, market.Expired} { // in this order: ids are cursors, too
		kind := string(status)
		title := map[string]string{"draft": "秘密草稿", "live": "公开供应", "closed": "秘密下架", "expired": "秘密过期"}[kind] + name
		l := aListing(market.Supply, title)
		if l.Text = "秘密正文" + name + "-" + kind; kind == "live" {
			l.Text = "公开正文"
		}
		if kind == "draft" {
			l.Status = market.Draft
		}
		pic := market.Image{ID: market.NewID(), EnterpriseID: p.EnterpriseID, Type: "image/jpeg", Width: 1, Height: 1, Bytes: []byte("图 " + name)}
		if kind == "draft" || kind == "live" {
			require.NoError(t, x.store.SaveImage(t.Context(), p.Actor, pic))
			l.Images, things["image of "+kind] = []string{pic.ID}, pic.ID
		}
		l = x.post(p, l)
		things[kind] = l.ID
		if kind == "closed" {
			things["proposal on closed"] = x.propose(x.post(q, aListing(market.Need, "求购旧铝棒 "+other+name)), l).ID
		}
		if status == market.Closed || status == market.Expired {
			_, err := x.store.SetStatus(t.Context(), p.Actor, l.ID, l.Rev, status, time.Time{})
			require.NoError(t, err)
		}
	}
	x.furnishFair(p, name, things)
	x.furnishPicks(p, name, things)
	supply, err := x.store.Listing(t.Context(), things["live"])
	require.NoError(t, err)
	things["proposal"] = x.propose(x.post(q, aListing(market.Need, "求购铝棒 "+other+name)), supply).ID
	no := x.propose(x.post(q, aListing(market.Need, "求购异物 "+other+name)), supply)
	require.NoError(t, x.store.SaveInterest(t.Context(), p.Actor, market.Interest{ProposalID: no.ID, Answer: market.Unfit, Reason: "product", Ground: "秘密规则" + name, Always: true}))
	rules, err := x.store.PreferencesOf(t.Context(), p.EnterpriseID)
	require.NoError(t, err)
	things["preference"] = rules[0].ID
	x.settle()
	require.NoError(t, x.store.SaveInterest(t.Context(), p.Actor, market.Interest{ProposalID: things["proposal"], Answer: market.Interested, Note: "秘密备注" + name}))
	return things
}

// record gives a firm an honour with evidence, and people that it shows to some.
func (x *tenants) record(p person, name string) string {
	f := market.Evidence{ID: market.NewID(), EnterpriseID: p.EnterpriseID, Name: "凭证.pdf", Type: market.PDF, Bytes: []byte("%PDF-1.4 canary-proof-" + strings.ToLower(name))}
	require.NoError(x.t, x.store.SaveEvidence(x.t.Context(), p.Actor, f))
	e, err := x.store.Enterprise(x.t.Context(), p.EnterpriseID)
	require.NoError(x.t, err)
	r := market.Record{Honours: []market.Honour{{Kind: market.HonourGiant, Number: "公开文号" + name, Evidence: f.ID}}}
	for _, shown := range []market.Visibility{market.ShownAgreed, market.ShownAssociation, market.ShownFirm} {
		r.People = append(r.People, market.Person{Name: "秘密" + string(shown) + name, Phone: "13955550000", Shown: shown})
	}
	_, err = x.store.UpdateRecord(x.t.Context(), p.Actor, e.Rev, r)
	require.NoError(x.t, err)
	return f.ID
}

// furnishFair gives a firm a fair to which it was invited with one other firm,
// and a draft of its timetable.
func (x *tenants) furnishFair(p person, name string, things map[string]string) {
	ctx := x.t.Context()
	party, err := x.store.UpsertEnterprise(ctx, market.Enterprise{Name: "客厂" + name, Kind: market.Maker, ClusterID: "luquan", Region: "130110", Contact: market.Contact{Name: "客", Phone: "13900000000"}})
	require.NoError(x.t, err)
	f := market.Fair{Name: "秘密对接会" + name, Clusters: []string{"luquan"}, Entry: market.EntryInvited, Phase: market.FairWish, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Tables: []market.FairTable{{Number: 1}}}
	require.NoError(x.t, x.store.CreateFair(ctx, market.Actor{}, &f))
	for _, id := range []string{p.EnterpriseID, party.ID} {
		require.NoError(x.t, x.store.SaveParty(ctx, market.Actor{}, market.FairParty{FairID: f.ID, EnterpriseID: id, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "秘密代表" + name}}}))
	}
	plan := market.Plan{FairID: f.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 1, Seconds: 1}}
	require.NoError(x.t, x.store.CreatePlan(ctx, market.Actor{}, &plan, nil))
	require.NoError(x.t, x.store.SavePlanResult(ctx, plan.ID, []market.Meeting{{Pair: market.PairOf(p.EnterpriseID, party.ID), Slot: 1, Table: 1, Value: 20}}, market.PlanFigures{}))
	pair := market.PairOf(p.EnterpriseID, party.ID)
	_, err = x.store.EditMeeting(ctx, market.Actor{}, plan.ID, pair, func(m *market.Meeting) { m.Slot = 2 })
	require.NoError(x.t, err)
	require.NoError(x.t, x.store.SaveReply(ctx, market.FairReply{FairID: f.ID, Pair: pair, By: p.EnterpriseID, Result: market.ResultNone}))
	things["fair"], things["plan"], things["party"] = f.ID, plan.ID, party.ID
}

// furnishPicks gives a firm a fair at which it picked when it meets another,
// whose name nobody else may read.
func (x *tenants) furnishPicks(p person, name string, things map[string]string) {
	ctx := x.t.Context()
	guest, err := x.store.UpsertEnterprise(ctx, market.Enterprise{Name: "约谈客厂" + name, Kind: market.Maker, ClusterID: "luquan", Region: "130110", Contact: market.Contact{Name: "客", Phone: "13900000000"}})
	require.NoError(x.t, err)
	f := market.Fair{Name: "自选对接会" + name, Clusters: []string{"luquan"}, Entry: market.EntryInvited, Regime: market.RegimePick, Phase: market.FairWish, SlotMinutes: 20,
		Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Tables: []market.FairTable{{Number: 1}}}
	require.NoError(x.t, x.store.CreateFair(ctx, market.Actor{}, &f))
	for _, id := range []string{p.EnterpriseID, guest.ID} {
		require.NoError(x.t, x.store.SaveParty(ctx, market.Actor{}, market.FairParty{FairID: f.ID, EnterpriseID: id, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "代表"}}}))
	}
	require.NoError(x.t, x.store.SaveWish(ctx, market.Wish{FairID: f.ID, By: guest.ID, Other: p.EnterpriseID, Mark: market.WishWant}))
	_, err = x.store.Pick(ctx, p.Actor, f.ID, guest.ID, 2, 0)
	require.NoError(x.t, err)
	things["picked fair"], things["guest"] = f.ID, guest.ID
}

// tenantExample is how an operation is asked. {x} is the id of a thing; of it
// stands for A's thing of that name, the actor's own, or none.
type tenantExample struct {
	path   map[string][]string // path parameter → what it may name
	query  map[string]string   // every parameter of the description
	body   string              // JSON with every member of the description; empty: no body
	header map[string]string
	form   bool
	table  string // CSV that is uploaded
}

var revisionOne = map[string]string{"If-Match": `"1"`}

const (
	listingExample = `{"side":"supply","title":"例子里的标题","class":"3252","product":"铝棒","specs":[],"quantity":{"amount":"1","unit":"吨","per":"once"},"price":{"negotiable":true},` +
		`"moq":"1","lead_days":1,"region":"130110","certificates":[],"valid_until":"2027-01-01","text":"","images":["{image of draft}"]}`
	firmExample = `{"name":"例子","uscc":"","kind":"maker","region":"130110","cluster_id":"{cluster}","about":"","main_products":"","contact":{"name":"例","phone":"0311-123"}}`
)

const (
	fairExample = `{"name":"例子","place":"","clusters":["{cluster}"],"entry":"invited","phase":"wish","regime":"organiser","dates":[],"slot_minutes":20,` +
		`"sessions":[{"day":"2026-12-01","from":"09:00","to":"12:00"}],"pauses":[],"tables":[{"number":1}],"min_meetings":0,"max_meetings":0}`
	partyExample = `{"role":"seller","reps":[{"name":"秘密代表A","away":[1]}],"parallel":1,"away":[1],"absent":false,"late_until":0}`
)

var (
	ofFair  = map[string][]string{"id": {"fair"}}
	ofParty = map[string][]string{"id": {"fair"}, "enterprise": {"party"}}
	ofPick  = map[string][]string{"id": {"picked fair"}, "enterprise": {"guest"}}
	ofPlan  = map[string][]string{"id": {"plan"}}
)

var (
	anyListing  = []string{"draft", "live", "closed", "expired"}
	readListing = append([]string{"waiting", "returned"}, anyListing...)
	revisionOld = map[string]string{"If-Match": `"77"`} // C would get A's contact by agreeing
	anyTicket   = `{"token":"no such ticket"`
)

// tenantExamples has a line for every operation of the description.
var tenantExamples = map[string]tenantExample{
	"sign-up":             {body: `{"login":"{fresh}@example.cn","password":"连翘花开2026","name":"例","enterprise":` + firmExample + `}`},
	"sign-in":             {body: `{"login":"{login}","password":"不是这个密码","code":""}`},
	"sign-out":            {},
	"sign-out-everywhere": {},
	"me":                  {},
	"get-enterprise":      {path: map[string][]string{"id": {"enterprise"}}},
	"edit-enterprise":     {body: firmExample, header: revisionOne},
	"edit-record": {body: `{"honours":[{"kind":"giant","rank":"","number":"","year":2024,"until":"","evidence":"{evidence}"}],"certificates":[{"name":"ISO9001","number":"","until":"","evidence":"{evidence}"}],` +
		`"links":["3252"],"capacities":[{"kind":"process","name":"挤压","count":0,"monthly":"10","spare":"1","unit":"吨"}],"staff":"lt20","turnover":"","people":[]}`, header: revisionOne},
	"send-evidence":     {form: true},
	"fetch-evidence":    {path: map[string][]string{"id": {"evidence"}}},
	"find-listings":     {query: map[string]string{"q": "{words}", "side": "", "class": "", "region": "", "cluster": "", "honour": "", "price_min": "", "price_max": "", "sort": "", "after": "", "limit": "50"}},
	"create-listing":    {body: listingExample},
	"get-listing":       {path: map[string][]string{"id": readListing}},
	"edit-listing":      {path: map[string][]string{"id": anyListing}, body: listingExample, header: revisionOne},
	"delete-draft":      {path: map[string][]string{"id": anyListing}, header: revisionOne},
	"publish-listing":   {path: map[string][]string{"id": anyListing}, header: revisionOne},
	"close-listing":     {path: map[string][]string{"id": anyListing}, header: revisionOne},
	"renew-listing":     {path: map[string][]string{"id": anyListing}, body: `{"valid_until":"2027-01-01"}`, header: revisionOne},
	"my-listings":       {query: map[string]string{"status": "", "after": "{draft}", "limit": "50"}},
	"my-proposals":      {query: map[string]string{"listing": "{live}", "view": "", "after": "", "limit": "50"}},
	"get-proposal":      {path: map[string][]string{"id": {"proposal", "proposal on closed"}}},
	"answer-proposal":   {path: map[string][]string{"id": {"proposal", "proposal on closed"}}, body: `{"answer":"interested","reason":"","note":"","message":"","always":false}`},
	"my-preferences":    {},
	"switch-preference": {path: map[string][]string{"id": {"preference"}}, body: `{"on":false}`, header: revisionOne},
	"remove-preference": {path: map[string][]string{"id": {"preference"}}, header: revisionOne},
	"upload-image":      {form: true},
	"read-text":         {body: `{"side":"need","title":"6061 铝棒","text":""}`},
	"similar-listings":  {query: map[string]string{"q": "{words}", "side": ""}},
	"regions":           {query: map[string]string{"v": ""}},
	"classes":           {query: map[string]string{"v": ""}},
	"clusters":          {query: map[string]string{"v": ""}},
	"failures":          {query: map[string]string{"after": "", "limit": "50"}},
	"retry-failure":     {path: map[string][]string{"id": {"failure"}}},
	"live":              {}, // TestLiveHints

	"fairs":             {query: map[string]string{"after": ""}},
	"create-fair":       {body: fairExample},
	"get-fair":          {path: ofFair},
	"edit-fair":         {path: ofFair, body: fairExample, header: revisionOne},
	"register-for-fair": {path: ofFair, body: partyExample},
	"leave-fair":        {path: ofFair},
	"fair-parties":      {path: ofFair},
	"save-fair-party":   {path: ofParty, body: partyExample},
	"drop-fair-party":   {path: ofParty},
	"fair-firms":        {path: ofFair, query: map[string]string{"q": ""}},
	"sheet-template":    {path: map[string][]string{"kind": {"table"}}},
	"take-sheet":        {path: map[string][]string{"kind": {"table"}}, query: map[string]string{"cluster": "{rule}", "keep": "true"}, table: "企业名称,联系人\n表上新厂,例\n甲厂,例\n乙厂,例\n"},
	"take-fair-sheet":   {path: ofFair, query: map[string]string{"keep": "true"}, table: "企业名称,参会人\n表上新厂,例\n"},
	"export-firms":      {query: map[string]string{"q": "", "cluster": "{operated}", "show": ""}},
	"counterparts":      {path: ofFair},
	"save-wish":         {path: ofParty, body: `{"mark":"want"}`},
	"openings":          {path: ofPick},
	"pick-slot":         {path: ofPick, body: `{"slot":1,"table":0}`},
	"unpick-slot":       {path: ofPick},
	"fair-plans":        {path: ofFair},
	"create-plan":       {path: ofFair, body: `{"seed":1,"seconds":1,"fill":false,"repair":false,"from_now":0,"base":"{plan}"}`},
	"get-plan":          {path: ofPlan},
	"edit-meeting":      {path: ofPlan, body: `{"a":"{enterprise}","b":"{party}","slot":2,"table":1,"locked":true,"add":false,"remove":false}`},
	"release-plan":      {path: ofPlan},
	"plan-book":         {path: ofPlan},
	"copy-plan":         {path: ofPlan},
	"stop-plan":         {path: ofPlan},
	"compare-plans":     {path: map[string][]string{"id": {"plan"}, "other": {"plan"}}},
	"my-timetable":      {path: ofFair},
	"fair-links":        {path: ofFair},
	"note-at-desk":      {path: ofFair, body: `{"items":[{"id":"{fresh}","kind":"in","enterprise_id":"{party}","rep":0,"slot":0}]}`},
	"take-back-reply":   {path: map[string][]string{"id": {"fair"}, "by": {"enterprise"}, "other": {"party"}}},
	"undo-edit":         {path: ofPlan},
	"fair-report":       {path: ofFair},
	"fair-report-book":  {path: ofFair},
	"fair-unmet":        {path: ofFair},
	"sessions":          {},
	"end-session":       {path: map[string][]string{"id": {"session"}}},
	"change-password":   {body: `{"old":"不是这个密码","new":"连翘花开2026"}`},
	"make-reset-link":   {body: `{"login":"{account}"}`},
	"forgot-password":   {body: `{"login":"{login}"}`},
	"read-ticket":       {body: anyTicket + `}`},
	"reset-password":    {body: anyTicket + `,"password":"连翘花开2026","code":""}`},
	"begin-totp":        {body: `{"password":"不是这个密码"}`},
	"confirm-totp":      {body: `{"code":"000000"}`},
	"drop-totp":         {body: `{"password":"不是这个密码","code":"000000"}`},
	"words":             {query: map[string]string{"cluster": "{rule}", "q": "", "kind": "", "after": "", "limit": "50"}},
	"add-words":         {body: `{"cluster_id":"{rule}","kind":"relation","words":["钢背","{fresh}"],"class":"","weight":1}`},
	"remove-words":      {path: map[string][]string{"id": {"addition"}}},
	"officers":          {query: map[string]string{"after": "", "limit": "50"}},
	"appoint":           {body: `{"role":"reviewer","scope":["{rule}"]}`},
	"dismiss":           {body: `{"user_id":"{officer}","role":"reviewer","scope":"luquan"}`},
	"accept-office":     {body: anyTicket + `}`},
	"duplicates":        {},
	"compare-records":   {query: map[string]string{"a": "{firm of luquan}", "b": "{party}"}},
	"merge":             {body: `{"keep":"{firm of luquan}","keep_rev":77,"drop":"{party}","drop_rev":77}`},
	"overview":          {query: map[string]string{"cluster": "{overlooked}"}},
	"overview-book":     {query: map[string]string{"cluster": "{overlooked}"}},
	"lapsing":           {},
	"summary":           {query: map[string]string{"from": "", "to": ""}},
	"summary-book":      {query: map[string]string{"from": "", "to": ""}},
	"reset-totp":        {body: `{"login":"{account}"}`},
	"join":              {body: anyTicket + `,"uscc":"","login":"{fresh}@example.cn","password":"连翘花开2026","name":"例"}`},
	"members":           {},
	"invite":            {},
	"remove-member":     {path: map[string][]string{"id": {"member"}}},
	"make-claim-link":   {path: map[string][]string{"id": {"firm of luquan"}}},

	"matching":              {},
	"set-matching":          {body: `{"potential":true}`},
	"my-introductions":      {query: map[string]string{"view": "", "after": "", "limit": "50"}},
	"get-introduction":      {path: map[string][]string{"id": {"introduction", "agreed"}}},
	"ask-introduction":      {path: map[string][]string{"id": readListing}, body: `{"note":""}`},
	"introduce":             {body: `{"from":"{live}","listing":"{need}","note":""}`},
	"accept-introduction":   {path: map[string][]string{"id": {"introduction"}}, header: revisionOld},
	"decline-introduction":  {path: map[string][]string{"id": {"introduction"}}, body: `{"reason":"price"}`, header: revisionOld},
	"withdraw-introduction": {path: map[string][]string{"id": {"introduction"}}, header: revisionOld},
	"veto-firm":             {path: map[string][]string{"id": {"introduction"}}, body: `{"answer":"never"}`},
	"my-vetoes":             {},
	"take-back-veto":        {path: map[string][]string{"id": {"vetoed"}}},
	"my-disclosures":        {},
	"messages":              {path: map[string][]string{"id": {"agreed"}}, query: map[string]string{"before": "", "limit": "50"}},
	"write-message":         {path: map[string][]string{"id": {"agreed"}}, body: `{"text":"例子"}`},
	"send-file":             {path: map[string][]string{"id": {"agreed"}}, form: true},
	"fetch-file":            {path: map[string][]string{"id": {"file", "quote file"}}},
	"my-data":               {},
	"export-my-data":        {},
	"erase-account":         {body: `{"password":"不是这个密码"}`},
	"make-owner":            {path: map[string][]string{"id": {"member"}}},
	"file-downloads":        {path: map[string][]string{"id": {"file", "quote file"}}},
	"claim-outcome":         {path: map[string][]string{"id": {"agreed"}}, body: `{"stage":"sample","amount":"","band":false,"quantity":"","day":"2026-11-01","ended":false,"reason":""}`},
	"quotes":                {path: map[string][]string{"id": {"quoted", "asked need"}}},
	"quote":                 {path: map[string][]string{"id": {"asked need"}}, body: `{"declined":"","price":"3","unit":"吨","moq":"","lead_days":0,"sample":"","valid_until":"2099-01-01","note":"","lines":[],"files":["{quote file}"]}`},
	"send-quote-file":       {path: map[string][]string{"id": {"asked need"}}, form: true},
	"clarify":               {path: map[string][]string{"id": {"quoted"}}, body: `{"text":"补充一句"}`},

	"notices":        {query: map[string]string{"after": "", "limit": "50"}},
	"see-notices":    {body: `{"upto":"{notice}"}`},
	"notice-choice":  {},
	"choose-notices": {body: `{"lang":"zh-CN","mail":"","paces":{}}`},
	"see-messages":   {path: map[string][]string{"id": {"agreed"}}, body: `{"upto":"{message}"}`},
	"deliveries":     {query: map[string]string{"after": "", "limit": "50"}},
	"calls":          {},
	"export-reviews": {query: map[string]string{"kind": ""}}, "export-deliveries": {}, "export-lapsing": {}, "export-officers": {},
	"export-calls": {query: map[string]string{"format": "csv"}},
	"call-phone":   {path: map[string][]string{"id": {"call"}}},
	"answer-call":  {path: map[string][]string{"id": {"call"}}, body: `{"answer":"talking","amount":"","band":false,"reason":""}`},

	"reviews":              {query: map[string]string{"kind": "", "after": "", "limit": "50"}},
	"decide-review":        {path: map[string][]string{"id": {"review"}}, body: `{"status":"approved","reason":"","level":"reviewed","basis":"营业执照"}`},
	"operated-enterprises": {query: map[string]string{"q": "", "cluster": "{operated}", "show": "", "after": "", "limit": "50"}},
	"judge-enterprise":     {path: map[string][]string{"id": {"firm of luquan"}}, body: `{"status":"approved","reason":"","level":"reviewed","basis":"营业执照"}`},
	"set-honours":          {path: map[string][]string{"id": {"firm of luquan"}}, body: `{"honours":[]}`},
	"operated-clusters":    {},
	"set-review-rule":      {path: map[string][]string{"id": {"rule"}}, body: `{"review":"none"}`},
	"ask-review":           {},
	"officers-log":         {},
	"outcomes":             {query: map[string]string{"cluster": "{rule}", "from": "", "to": "", "strength": ""}},
	"export-outcomes":      {query: map[string]string{"cluster": "{rule}", "from": "", "to": "", "strength": "", "format": "csv"}},
	"audit":                {query: map[string]string{"enterprise": "{firm of luquan}", "kind": "", "from": "", "to": "", "after": "", "limit": "50"}},
	"export-audit":         {query: map[string]string{"enterprise": "{firm of luquan}", "kind": "", "from": "", "to": "", "after": "", "limit": "50"}},
	"see-document":         {path: map[string][]string{"id": {"outcome"}}, header: revisionOld},
}

// entitled says who has a right to A's thing of a name; there the answers may differ.
var entitled = map[string][]string{
	"draft": {"A"}, "closed": {"A"}, "expired": {"A"}, "proposal": {"A", "C"}, "proposal on closed": {"A", "C"}, "image of draft": {"A"},
	"failure": {"operator", "admin"},
	"fair":    {"A", "operator", "bureau", "admin"}, "plan": {"operator", "admin"}, "party": {"A", "operator", "admin"}, "picked fair": {"A"}, "guest": {"A"},
	"officer":  {"operator", "admin"},
	"table":    {"operator", "foreign operator", "admin"},
	"evidence": {"A", "operator", "reviewer", "admin"},
	"waiting":  {"A", "operator", "reviewer", "admin"}, "returned": {"A", "operator", "reviewer", "admin"}, "session": {"A"}, "member": {"A"}, "account": {"operator", "admin"}, "vetoed": {"A"},
	"introduction": {"A", "C"}, "agreed": {"A", "C"}, "quoted": {"A", "B", "C"}, "review": {"operator", "reviewer", "admin"}, "outcome": {"operator", "admin"}, "file": {"A", "C"},
	"asked need": {"A", "C"}, "quote file": {"A", "C"},
	"notice": {"A"}, "message": {"A", "C"}, "call": {"operator", "admin"},
	"firm of luquan": {"operator", "admin"}, "addition": {"operator", "admin"}, "rule": {"operator", "bureau", "admin"}, "overlooked": {"operator", "reviewer", "bureau", "admin"}, "operated": {"operator", "admin"},
	// Public things, that only A may change.
	"live": {"A"}, "enterprise": {"A"}, "image of live": {"A"}, "cluster": {"A"},
}

// public are the operations that show anybody a thing of these names.
var public = map[string][]string{"get-listing": {"live"}, "get-enterprise": {"enterprise"}, "edit-enterprise": {"cluster"}, "sign-up": {"cluster"}, "ask-introduction": {"live"}, "introduce": {"live", "need"}, "create-fair": {"cluster"}, "edit-fair": {"cluster"}}

// TestTenantExamples: nothing of the description is left out of the examples.
func TestTenantExamples(t *testing.T) {
	w := newWorld(t)
	operations := w.operations()
	require.ElementsMatch(t, slices.Collect(maps.Keys(operations)), slices.Collect(maps.Keys(tenantExamples)), "operations and examples")
	full := w.firm("甲厂").Actor
	full.Admin, full.Clusters = true, []string{"luquan"}
	for name, op := range operations {
		x := tenantExamples[name]
		may, _ := op.Extensions["x-permission"].(string)
		require.NoError(t, full.Allow(market.Permission(may)), "%s says nothing of who may use it", name)
		for _, p := range op.Parameters {
			switch p.In {
			case "path":
				require.NotEmpty(t, x.path[p.Name], "%s: path parameter %s", name, p.Name)
			case "query":
				require.Contains(t, x.query, p.Name, "%s: query parameter %s", name, p.Name)
			}
		}
		if op.RequestBody == nil || x.form || x.table != "" {
			continue
		}
		var given map[string]any
		require.NoError(t, json.Unmarshal([]byte(x.body), &given), name)
		schema := op.RequestBody.Content["application/json"].Schema
		if schema.Ref != "" {
			schema = w.api.huma.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
		}
		for member := range schema.Properties {
			require.Contains(t, given, member, "%s: member %s of the body", name, member)
		}
	}
}

// TestPermissionFirst: who may not use an operation learns nothing of what is
// wrong with what he sent, for it is not read.
func TestPermissionFirst(t *testing.T) {
	w := newWorld(t)
	firm, admin := w.firm("甲厂"), w.user(market.Membership{Role: market.Admin})
	for name, op := range w.operations() {
		may := market.Permission(op.Extensions["x-permission"].(string))
		path := strings.NewReplacer("{", "", "}", strings.Repeat("a", 99)).Replace(op.Path) + "?limit=x&after=!&side=x"
		for _, p := range []person{{}, firm, admin} {
			want := statusOf(p.Allow(may))
			if p.Allow(may) == nil {
				continue
			}
			for _, kind := range []string{"application/json", "text/garbage"} {
				w.fails(want, ask{by: p, method: op.Method, path: path, body: "{{{", header: map[string]string{"Content-Type": kind, "If-Match": "x", "Idempotency-Key": strings.Repeat("k", 300)}})
			}
			require.Contains(t, []int{401, 403}, want, name)
		}
	}
}

// fill makes a request of an example; ids are what stands in its places.
func (x *tenants) fill(op *huma.Operation, example tenantExample, choice map[string]string, ids func(place, thing string) string) ask {
	out := ask{method: op.Method, path: op.Path, header: maps.Clone(example.header)}
	for name := range example.path {
		out.path = strings.ReplaceAll(out.path, "{"+name+"}", ids("path "+name, choice[name]))
	}
	in := func(place, text string) string {
		for _, thing := range append(slices.Sorted(maps.Keys(x.things)), "login", "words", "fresh") {
			if strings.Contains(text, "{"+thing+"}") {
				text = strings.ReplaceAll(text, "{"+thing+"}", ids(place, thing))
			}
		}
		return text
	}
	query := []string{}
	for _, name := range slices.Sorted(maps.Keys(example.query)) {
		if v := in("query "+name, example.query[name]); v != "" {
			query = append(query, name+"="+v)
		}
	}
	if len(query) > 0 {
		out.path += "?" + strings.Join(query, "&")
	}
	if example.body != "" {
		out.body = in("body", example.body)
	}
	if example.form || example.table != "" {
		content, name := picture(x.t, 4, 4), "图.jpg"
		if example.table != "" {
			content, name = []byte(example.table), "表.csv"
		}
		form, kind := uploadNamed(x.t, "file", name, content)
		out.body, out.header = form, map[string]string{"Content-Type": kind}
	}
	return out
}

// foreign is A's thing, missing is none, mine the actor's own.
func (x *tenants) foreign(thing string) string {
	switch thing {
	case "login":
		return "canary-login-a@example.cn"
	case "words":
		return "%E7%A7%98%E5%AF%86%E8%8D%89%E7%A8%BFA" // 秘密草稿A
	case "fresh":
		return market.NewID()
	}
	return x.things[thing]
}

func (x *tenants) missing(thing string) string {
	switch thing {
	case "login":
		return "canary-login-z@example.cn"
	case "words":
		return "%E6%9C%A8%E6%9C%89%E8%8D%89%E7%A8%BFA"
	case "fresh":
		return market.NewID()
	case "cluster":
		return "nowhere"
	case "table":
		return "listings"
	case "rep":
		return "1"
	}
	return missingID
}

func (x *tenants) mine(actor, thing string) string {
	if thing == "login" { // each try counts
		return market.NewID() + "@example.cn"
	}
	if id := x.own[actor][thing]; id != "" {
		return id
	}
	return x.missing(thing)
}

// places lists where an example takes an id, and each choice of what it names.
func places(example tenantExample, things []string) (out [][2]string) {
	for name, kinds := range example.path {
		for _, kind := range kinds {
			out = append(out, [2]string{"path " + name, kind})
		}
	}
	look := func(place, text string) {
		for _, thing := range things {
			if strings.Contains(text, "{"+thing+"}") {
				out = append(out, [2]string{place, thing})
			}
		}
	}
	for name, text := range example.query {
		look("query "+name, text)
	}
	look("body", example.body)
	return out
}

// asActor sends a request in a new browser: some operations end sessions.
func (x *tenants) asActor(actor string, a ask) answer {
	if p := x.actors[actor]; p.UserID != "" {
		a.by = x.signedIn(p.UserID)
	}
	return x.do(a)
}

// told is everything that an answer tells but its date and number.
func told(a answer) string {
	h := a.header.Clone()
	h.Del("Date")
	h.Del(requestHeader)
	var out bytes.Buffer
	fmt.Fprintln(&out, a.status)
	_ = h.Write(&out)
	return out.String() + "\n" + string(a.body)
}

// keepsSecrets wants no word in the answer that the actor may not read.
func (x *tenants) keepsSecrets(t *testing.T, operation, actor string, a answer) {
	t.Helper()
	all := told(a)
	for _, s := range x.secrets {
		if s.at == operation && s.at != "" && (actor == "operator" || actor == "admin") {
			continue
		}
		if !slices.Contains(s.to, actor) {
			require.NotContains(t, all, s.word, "%s reads it", actor)
		}
	}
}

func (x *tenants) entitledTo(operation, actor, thing string) bool {
	return slices.Contains(entitled[thing], actor) || slices.Contains(public[operation], thing)
}

// TestTenantMatrix is every operation × actor × id.
func TestTenantMatrix(t *testing.T) {
	x := newTenants(t)
	things := append(slices.Sorted(maps.Keys(x.things)), "login", "words")
	asked := 0
	operations := x.operations()
	// First those that only read: an answer of C's own would stand before A's.
	names := slices.SortedFunc(maps.Keys(operations), func(a, b string) int {
		return cmp.Or(cmp.Compare(operations[a].Method, operations[b].Method), cmp.Compare(a, b)) // DELETE, GET, POST, PUT
	})
	for _, name := range names {
		if name == "live" {
			continue
		}
		op, example := operations[name], tenantExamples[name]
		for _, actor := range []string{"visitor", "B", "C", "foreign operator", "operator", "reviewer", "bureau", "admin"} {
			own := func(_, thing string) string {
				if thing == "fresh" {
					return market.NewID()
				}
				return x.mine(actor, thing)
			}
			choice := map[string]string{}
			for param, kinds := range example.path {
				choice[param] = kinds[0]
			}
			if len(example.path) == 0 { // with its own ids, or none: lists and the like
				x.keepsSecrets(t, name, actor, x.asActor(actor, x.fill(op, example, choice, own)))
				asked++
			}
			for _, at := range places(example, things) {
				place, thing := at[0], at[1]
				if param, ok := strings.CutPrefix(place, "path "); ok {
					choice[param] = thing
				}
				one := func(id func(string) string) answer {
					return x.asActor(actor, x.fill(op, example, choice, func(p, th string) string {
						if p == place && th == thing {
							return id(th)
						}
						return own(p, th)
					}))
				}
				t.Run(fmt.Sprintf("%s as %s with %s=%s", name, actor, place, thing), func(t *testing.T) {
					a := one(x.foreign)
					x.keepsSecrets(t, name, actor, a)
					asked += 2
					if !x.entitledTo(name, actor, thing) {
						require.Equal(t, told(one(x.missing)), told(a), "a foreign id and a missing one")
					}
				})
			}
		}
	}
	t.Logf("%d requests", asked)
	require.Greater(t, asked, 300)
}

// TestTenantOwner: the examples are good, and the secrets are where the test
// looks for them: to firm A each operation answers with success, and A reads
// every secret of its own somewhere.
func TestTenantOwner(t *testing.T) {
	heard, changed := "", false
	fresh := newTenants(t)
	operations := fresh.operations()
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		op, example := operations[name], tenantExamples[name]
		kinds := []string{""}
		for _, k := range example.path {
			kinds = k
		}
		for _, kind := range kinds {
			if slices.Contains(elsewhere, name) || name == "delete-draft" && kind != "draft" || name == "answer-proposal" && kind != "proposal" || name == "ask-introduction" && kind != "live" {
				continue
			}
			if changed || op.Method != http.MethodGet {
				fresh = newTenants(t) // the last one may have changed things
			}
			changed = op.Method != http.MethodGet
			asAdmin := ""
			if _, ofFairs := example.path["id"]; name == "create-fair" || ofFairs && slices.Contains([]string{"fair", "plan"}, example.path["id"][0]) && op.Extensions["x-permission"] == string(market.AsOperator) {
				asAdmin = "admin"
			}
			actor := cmp.Or(askedOf[name], asAdmin, "A")
			choice := map[string]string{}
			for param, names := range example.path {
				choice[param] = names[0]
			}
			if len(example.path) == 1 {
				choice["id"] = kind
			}
			a := fresh.fill(op, example, choice, func(_, thing string) string { return fresh.foreign(thing) })
			if a.header["If-Match"] != "" {
				a.header["If-Match"] = etag(fresh.revision(kind))
			}
			got := fresh.asActor(actor, a)
			require.Less(t, got.status, 300, "%s as %s with %s: %s", name, actor, kind, got.body)
			heard += told(got)
		}
	}
	for _, s := range fresh.secrets {
		require.True(t, strings.Contains(heard, s.word), "%s is nowhere", s.word)
	}
}

// TestTenantPages: the same for what is no operation: pages and pictures.
func TestTenantPages(t *testing.T) {
	x := newTenants(t)
	examples := map[string][]string{ // route → what its id may name
		"/": nil, "/enterprises": nil, "/sign-in": nil, "/sitemap.xml": nil, "/robots.txt": nil, "/app": nil, "/app/*": nil, "/livez": nil, "/readyz": nil, "/metrics": nil, "/pages/:file": nil,
		// What these open stands in their signed links: TestFairLinks, TestFairIsItsOperators.
		"/f/:token": nil, "/n/:token": nil, "/m/:token": nil, // TestFollowUpPage, TestLinkPages
		"/c/:token": nil, "/c/:token/calendar.ics": nil, "/t/:token": nil, "/w/:token": nil, "/q/:kind/:token": nil, "/fairs/:id/print": nil, "/fairs/:id/report": nil, "/fairs": nil, "/fairs/:id": nil, // TestFairNotices
		"/api/openapi.json": nil, "/api/openapi.yaml": nil, "/api/docs": nil,
		"/listings/:id": anyListing, "/listings/:id/qr.svg": anyListing, "/enterprises/:id": {"enterprise"}, "/i/:id": {"image of draft", "image of live"},
	}
	described := map[string]bool{}
	for _, op := range x.operations() {
		described[strings.NewReplacer("{", ":", "}", "").Replace(op.Path)] = true
	}
	for _, r := range x.api.app.GetRoutes(true) {
		if described[r.Path] {
			continue
		}
		kinds, ok := examples[r.Path]
		require.True(t, ok, "%s %s has no example here", r.Method, r.Path)
		if r.Method != http.MethodGet {
			continue
		}
		for actor := range x.actors {
			if len(kinds) == 0 {
				x.keepsSecrets(t, "", actor, x.asActor(actor, ask{path: r.Path}))
			}
			for _, kind := range kinds {
				at := func(id string) answer {
					return x.asActor(actor, ask{path: strings.ReplaceAll(r.Path, ":id", id), header: map[string]string{"Accept": "text/html"}})
				}
				a, none := at(x.things[kind]), at(missingID)
				x.keepsSecrets(t, "", actor, a)
				open := slices.Contains([]string{"live", "enterprise", "image of live"}, kind)
				if !open && actor != "A" {
					sides := strings.NewReplacer(x.things[kind], "ID", missingID, "ID")
					require.Equal(t, sides.Replace(told(none)), sides.Replace(told(a)), "%s as %s with %s", r.Path, actor, kind)
				} else {
					require.Equal(t, 200, a.status, "%s as %s with %s", r.Path, actor, kind)
				}
			}
		}
	}
}
