package api

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/store"
)

// county3 is a small world that keeps its own books: what the overview must say
// is reckoned from these, not from the store.
type county3 struct {
	*world
	rnd      *rand.Rand
	firms    []bookedFirm
	listings []bookedListing
	talks    []bookedTalk
	waiting  []bookedWait
	fairs    []market.Fair
}

type (
	bookedFirm struct {
		person
		cluster        string
		known, claimed bool
	}
	bookedListing struct {
		market.Listing
		cluster string
	}
	bookedTalk struct {
		clusters  [2]string
		thisYear  bool // its contacts were opened this year
		strength  market.Strength
		fen       int64
		outcome   string // id; "": nothing came of it
		claimYear bool   // the outcome's day is of this year
	}
	bookedWait struct{ cluster, kind string }
)

// countyClasses are those of its listings, with the line that each counts in.
// The standard has no third digit where a group has one class only.
var countyClasses = map[string]string{"3252": "325", "3251": "325", "325": "325", "32": "", "": "", "1311": "131", "132": "132", "3670": "3670", "2710": "2710", "3140": "3140", "3484": "348"}

var countyClusters = []string{"east", "south", "west"}

func newCounty3(w *world) *county3 {
	c := &county3{world: w, rnd: rand.New(rand.NewPCG(7, 9))}
	for _, id := range countyClusters {
		require.NoError(w.t, w.store.SaveCluster(w.t.Context(), market.Cluster{ID: id, Name: "集群 " + id, Region: "130110"}))
	}
	for i := range 14 {
		c.addFirm(append(countyClusters, "")[i%4], i)
	}
	for i := range 120 {
		c.addListing(i)
	}
	c.queue()
	for i := range 9 {
		c.talk(i)
	}
	c.desk()
	c.addFairs()
	w.settle()
	return c
}

func (c *county3) ok(err error) {
	c.t.Helper()
	require.NoError(c.t, err)
}

// addFirm signs a firm up, which then waits in the queue, is verified or, like the
// last ones, is only on record.
func (c *county3) addFirm(cluster string, i int) {
	ctx := c.t.Context()
	e := market.Enterprise{ID: market.NewID(), Name: fmt.Sprintf("示例厂 %02d", i), Kind: market.Maker, ClusterID: cluster, Region: "130110", Contact: market.Contact{Name: "王", Phone: "0311-88880000"}}
	b := bookedFirm{cluster: cluster, claimed: i < 10, known: i%3 > 0}
	if b.claimed {
		u := market.User{ID: market.NewID(), Login: market.NewID() + "@example.cn", Name: "某", PasswordHash: "x"}
		c.ok(c.store.SignUp(ctx, u, e))
		b.person = c.signedIn(u.ID)
	} else {
		kept, err := c.store.UpsertEnterprise(ctx, e)
		c.ok(err)
		b.Actor = market.Actor{EnterpriseID: kept.ID}
	}
	if b.known {
		c.ok(c.store.JudgeEnterprise(ctx, market.Actor{UserID: "u", Admin: true}, b.EnterpriseID, market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "执照"}))
	} else if b.claimed {
		c.waiting = append(c.waiting, bookedWait{cluster, "enterprise"})
	}
	c.firms = append(c.firms, b)
}

// addListing posts one of today or of some month before, and closes some.
func (c *county3) addListing(i int) {
	ctx, f := c.t.Context(), c.firms[i%10]
	l := aListing([]market.Side{market.Supply, market.Need}[c.rnd.IntN(2)], fmt.Sprintf("6061 铝棒 %d", i))
	l.Class = slices.Sorted(maps.Keys(countyClasses))[c.rnd.IntN(len(countyClasses))]
	l.PublishedAt = time.Now().AddDate(0, -c.rnd.IntN(14), -c.rnd.IntN(20))
	l.CreatedAt = l.PublishedAt
	if i%7 == 0 {
		l.Status, l.PublishedAt = market.Draft, time.Time{}
	}
	l = c.post(f.person, l)
	if c.rnd.IntN(5) == 0 && l.Status == market.Live {
		var err error
		l, err = c.store.SetStatus(ctx, f.Actor, l.ID, l.Rev, market.Closed, time.Time{})
		c.ok(err)
	}
	c.listings = append(c.listings, bookedListing{l, f.cluster})
}

// queue lets listings, honours and claims wait to be decided.
func (c *county3) queue() {
	ctx, admin := c.t.Context(), market.Actor{UserID: "u", Admin: true}
	c.ok(c.store.SetReview(ctx, admin, "east", market.ReviewAll))
	for i, l := range c.listings {
		if l.cluster == "east" && l.Status == market.Draft {
			l, err := c.store.SetStatus(ctx, c.firms[i%10].Actor, l.ID, l.Rev, market.Live, time.Time{})
			c.ok(err)
			require.Equal(c.t, market.Waiting, l.Status)
			c.waiting = append(c.waiting, bookedWait{"east", "listing"})
		}
	}
	for _, f := range c.firms[4:7] {
		file := market.Evidence{ID: market.NewID(), EnterpriseID: f.EnterpriseID, Name: "凭证.pdf", Type: market.PDF, Bytes: []byte("%PDF-1.4")}
		c.ok(c.store.SaveEvidence(ctx, f.Actor, file))
		e, err := c.store.Enterprise(ctx, f.EnterpriseID)
		c.ok(err)
		_, err = c.store.UpdateRecord(ctx, f.Actor, e.Rev, market.Record{Honours: []market.Honour{{Kind: market.HonourGiant, Year: 2024, Evidence: file.ID}}})
		c.ok(err)
		c.waiting = append(c.waiting, bookedWait{f.cluster, "honour"})
	}
	kept, err := c.store.UpsertEnterprise(ctx, market.Enterprise{Name: "待认领厂", USCC: "91110000600037341L", Kind: market.Maker, ClusterID: "south", Region: "130110"})
	c.ok(err)
	c.firms = append(c.firms, bookedFirm{person: person{Actor: market.Actor{EnterpriseID: kept.ID}}, cluster: "south"})
	c.ok(c.store.SignUp(ctx, market.User{ID: market.NewID(), Login: "claims@example.cn", Name: "某", PasswordHash: "x"}, market.Enterprise{ID: market.NewID(), Name: "待认领厂", USCC: kept.USCC, Kind: market.Maker, Region: "130110"}))
	c.waiting = append(c.waiting, bookedWait{"south", "claim"})
}

// liveOf is a live listing of a firm.
func (c *county3) liveOf(firm string) string {
	return c.listings[slices.IndexFunc(c.listings, func(l bookedListing) bool { return l.EnterpriseID == firm && l.Status == market.Live })].ID
}

// talk brings two verified firms together, of this year or of the last, and lets
// something come of most.
func (c *county3) talk(n int) {
	ctx := c.t.Context()
	known := slices.DeleteFunc(slices.Clone(c.firms[:10]), func(f bookedFirm) bool { return !f.known })
	by, to := known[n%len(known)], known[(n+1+n/len(known))%len(known)]
	i, err := c.store.AskOnListing(ctx, by.Actor, c.liveOf(to.EnterpriseID), "")
	c.ok(err)
	i, err = c.store.DoIntroduction(ctx, to.Actor, i.ID, i.Rev, store.Accept, "")
	c.ok(err)
	require.True(c.t, i.Open())
	b := bookedTalk{clusters: [2]string{by.cluster, to.cluster}, thisYear: n%4 != 3, claimYear: n%3 != 2}
	if !b.thisYear {
		c.sql(`UPDATE introduction SET disclosed_at = $1 WHERE id = $2`, time.Now().AddDate(-1, 0, -1).UnixMilli(), i.ID)
	}
	if n < 7 {
		day := time.Now().In(chinaTime())
		if !b.claimYear {
			day = day.AddDate(-1, 0, 0)
		}
		b.fen, b.strength = int64(n+1)*1_234_500, market.Claimed
		claim := market.Claim{Stage: market.StageContract, Fen: b.fen, Day: day.Format(time.DateOnly)}
		o, err := c.store.SaveClaim(ctx, by.Actor, i.ID, claim)
		c.ok(err)
		if n%2 == 0 {
			o, err = c.store.SaveClaim(ctx, to.Actor, i.ID, claim)
			c.ok(err)
			b.strength = market.Confirmed
		}
		if n > 4 {
			_, err = c.store.SeeDocument(ctx, market.Actor{UserID: "u", Admin: true}, o.ID, o.Rev)
			c.ok(err)
			b.strength = market.Seen
		}
		b.outcome = o.ID
	}
	c.talks = append(c.talks, b)
	for _, f := range []bookedFirm{by, to} { // both are asked what came of it, see desk
		c.waiting = append(c.waiting, bookedWait{f.cluster, "call"})
	}
}

// desk lets calls, failures and an officer's introductions wait.
func (c *county3) desk() {
	ctx := c.t.Context()
	_, err := c.store.AskFollowUps(ctx, time.Now().AddDate(0, 0, 8), 100)
	c.ok(err)
	c.sql(`UPDATE followup SET asked_at = $1 WHERE asked_at > 0`, time.Now().Add(-market.FollowUpSilent-time.Hour).UnixMilli())
	for i, l := range c.listings[:5] {
		c.ok(c.store.SaveFailure(ctx, market.Failure{ID: market.NewID(), Kind: market.ChangeListing, Of: l.ID, Tries: 5, Reason: fmt.Sprint(i)}))
		c.waiting = append(c.waiting, bookedWait{l.cluster, "failure"})
	}
	c.ok(c.store.SaveFailure(ctx, market.Failure{ID: market.NewID(), Kind: "sweep", Of: "all", Tries: 5}))
	c.waiting = append(c.waiting, bookedWait{"", "failure"})
	from, late, far := c.firms[0], c.firms[9], c.firms[6] // east; south, west
	for _, to := range []bookedFirm{late, far} {
		c.ok(c.store.Introduce(ctx, market.Actor{UserID: "u", Admin: true}, c.liveOf(from.EnterpriseID), c.liveOf(to.EnterpriseID), "私下说的"))
	}
	own, err := c.store.AskOnListing(ctx, c.firms[0].Actor, c.liveOf(c.firms[3].EnterpriseID), "")
	c.ok(err)
	c.sql(`UPDATE introduction SET expires_at = $1 WHERE id = $2 OR by_operator = 1 AND $3 IN (by_id, to_id)`, time.Now().Add(30*time.Hour).UnixMilli(), own.ID, late.EnterpriseID)
	c.waiting = append(c.waiting, bookedWait{from.cluster + "+" + late.cluster, "lapsing"})
	// A record that went in a merge counts nowhere, nor an outcome that another one counts.
	gone, err := c.store.UpsertEnterprise(ctx, market.Enterprise{Name: "并走的厂", Kind: market.Maker, ClusterID: "east", Region: "130110"})
	c.ok(err)
	c.sql(`UPDATE enterprise SET merged_into = $1 WHERE id = $2`, c.firms[0].EnterpriseID, gone.ID)
	c.sql(`UPDATE outcome SET folded_into = $1 WHERE id = $2`, c.talks[0].outcome, c.talks[1].outcome)
	c.talks[1].outcome = ""
}

func (c *county3) addFairs() {
	for i, x := range []struct {
		clusters []string
		phase    market.FairPhase
		day      int
	}{
		{[]string{"east"}, market.FairPlan, 9}, {[]string{"west", "east"}, market.FairRegister, 20}, {[]string{"west"}, market.FairDay, -1},
		{[]string{"west"}, market.FairAfter, 1}, {[]string{"south"}, market.FairSetup, 0},
	} {
		f := market.Fair{Name: fmt.Sprintf("对接会 %d", i), Clusters: x.clusters, Entry: market.EntryOpen, Phase: x.phase, SlotMinutes: 20, Sessions: []market.FairSession{{Day: day(x.day - 3), From: 540, To: 720}, {Day: day(x.day), From: 540, To: 720}}}
		if x.day > 5 {
			f.Sessions = f.Sessions[1:]
		}
		c.ok(c.store.CreateFair(c.t.Context(), market.Actor{}, &f))
		if i == 0 {
			c.ok(c.store.SaveParty(c.t.Context(), c.firms[0].Actor, market.FairParty{FairID: f.ID, EnterpriseID: c.firms[0].EnterpriseID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "王"}}}))
		}
		c.fairs = append(c.fairs, f)
	}
}

// reckoned is the overview as the books have it: of the clusters in scope, with
// introductions and outcomes of those in read, and what waits in those of desk.
// Admin is whether the firms of no cluster count too.
func (c *county3) reckoned(scope, read, queue, desk []string, admin bool) Overview {
	in := func(list []string, cluster string) bool {
		return admin && cluster == "" || slices.ContainsFunc(list, func(id string) bool { return slices.Contains(strings.Split(cluster, "+"), id) })
	}
	now := time.Now().In(chinaTime())
	out := Overview{From: now.Format("2006") + "-01-01", To: now.Format(time.DateOnly), Outcomes: []Strong{}, Gaps: []ClassBalance{}, Surplus: []ClassBalance{}}
	for _, f := range c.firms {
		if in(scope, f.cluster) {
			out.Firms.All++
			if f.known {
				out.Firms.Known++
			}
			if !f.claimed {
				out.Firms.Unclaimed++
			}
		}
	}
	for i := range 12 {
		out.Months = append(out.Months, Month{Month: time.Date(now.Year(), now.Month()-time.Month(11-i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")})
	}
	classes := map[string]*ClassBalance{}
	for _, l := range c.listings {
		if !in(scope, l.cluster) {
			continue
		}
		supply, need := 1, 0
		if l.Side == market.Need {
			supply, need = 0, 1
		}
		month := l.PublishedAt.In(chinaTime()).Format("2006-01")
		for i := range out.Months {
			if m := &out.Months[i]; !l.PublishedAt.IsZero() && m.Month == month {
				m.Supplies, m.Needs = m.Supplies+supply, m.Needs+need
			}
		}
		if l.Status != market.Live {
			continue
		}
		out.Supplies, out.Needs = out.Supplies+supply, out.Needs+need
		b := &out.Coarse
		if code := countyClasses[l.Class]; code != "" {
			if classes[code] == nil {
				classes[code] = &ClassBalance{Class: code, Name: className("zh-CN", code)}
			}
			b = classes[code]
		}
		b.Supplies, b.Needs = b.Supplies+supply, b.Needs+need
	}
	for _, b := range classes {
		if b.Needs > b.Supplies {
			out.Gaps = append(out.Gaps, *b)
		} else if b.Supplies > b.Needs {
			out.Surplus = append(out.Surplus, *b)
		}
	}
	order := func(sign int) func(a, b ClassBalance) int {
		return func(a, b ClassBalance) int {
			return cmp.Or(sign*((b.Needs-b.Supplies)-(a.Needs-a.Supplies)), b.Needs-a.Needs, strings.Compare(a.Class, b.Class))
		}
	}
	slices.SortFunc(out.Gaps, order(1))
	slices.SortFunc(out.Surplus, order(-1))
	c.reckonResults(&out, func(t bookedTalk) bool { return in(read, t.clusters[0]) || in(read, t.clusters[1]) }, len(read) > 0)
	counts := map[string]int{}
	for _, x := range c.waiting {
		list := desk
		if slices.Contains([]string{"enterprise", "listing", "claim", "honour"}, x.kind) {
			list = queue
		}
		if in(list, x.cluster) {
			counts[x.kind]++
		}
	}
	for kind, n := range counts {
		out.Waiting = append(out.Waiting, Waiting{Kind: kind, Count: n})
	}
	return out
}

func (c *county3) reckonResults(out *Overview, mine func(bookedTalk) bool, reads bool) {
	if !reads {
		return
	}
	agreed, counts, sums := 0, map[market.Strength]int{}, map[market.Strength]int64{}
	for _, t := range c.talks {
		if mine(t) && t.thisYear {
			agreed++
		}
		if mine(t) && t.claimYear && t.outcome != "" {
			counts[t.strength]++
			sums[t.strength] += t.fen
		}
	}
	out.Agreed = &agreed
	for _, s := range []market.Strength{"claimed", "confirmed", "seen"} {
		out.Outcomes = append(out.Outcomes, Strong{string(s), counts[s], 0, fmt.Sprintf("%d.%02d", sums[s]/100, sums[s]%100)})
	}
}

func (c *county3) overview(by person, cluster string) (o Overview) {
	c.t.Helper()
	c.world.ok(200, ask{by: by, path: "/api/operator/overview?cluster=" + cluster}).into(c.t, &o)
	return o
}

// officerOf holds an office in each of the clusters.
func (c *county3) officerOf(role market.Role, clusters ...string) person {
	p := c.user(market.Membership{Role: role, ClusterID: clusters[0]})
	for _, id := range clusters[1:] {
		c.sql(`INSERT INTO membership (user_id, role, enterprise_id, cluster_id, region) VALUES ($1, $2, '', $3, '')`, p.UserID, string(role), id)
	}
	return c.signedIn(p.UserID)
}

// same compares what was answered with the books, without what these do not have.
func (c *county3) same(want, got Overview, what string) {
	c.t.Helper()
	by := func(a, b Waiting) int { return strings.Compare(a.Kind, b.Kind) }
	for i := 1; i < len(got.Waiting); i++ {
		require.False(c.t, got.Waiting[i].At.Before(got.Waiting[i-1].At), "%s: the longest waiting first", what)
	}
	for i := range got.Waiting {
		require.False(c.t, got.Waiting[i].At.IsZero(), what)
		got.Waiting[i].At = time.Time{}
	}
	slices.SortFunc(want.Waiting, by)
	slices.SortFunc(got.Waiting, by)
	if len(want.Waiting) == 0 {
		want.Waiting = []Waiting{}
	}
	got.Clusters, got.Search, got.Fair = nil, "", nil
	require.Equal(c.t, want, got, what)
}

// TestOverview: every figure is what the world's own books say, for each office
// and each choice of a cluster, and the list that it leads to has as many lines.
func TestOverview(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := newCounty3(w)
		two := []string{"east", "west"}
		operator, reviewer, bureau, admin := c.officerOf(market.Operator, two...), c.officerOf(market.Reviewer, "south"), c.officerOf(market.Viewer, two...), w.user(market.Membership{Role: market.Admin})
		c.same(c.reckoned(two, two, two, two, false), c.overview(operator, ""), "operator")
		c.same(c.reckoned(two[1:], two[1:], two, two, false), c.overview(operator, "west"), "operator of west")
		c.same(c.reckoned([]string{"south"}, nil, []string{"south"}, nil, false), c.overview(reviewer, ""), "reviewer")
		c.same(c.reckoned(two, two, nil, nil, false), c.overview(bureau, ""), "bureau")
		all := countyClusters
		c.same(c.reckoned(all, all, all, all, true), c.overview(admin, ""), "admin")
		for _, x := range []struct {
			by      person
			cluster string
		}{{operator, ""}, {operator, "east"}, {reviewer, ""}, {bureau, "west"}, {admin, ""}, {admin, "south"}} {
			c.followed(x.by, x.cluster)
		}
		fair := func(by person, cluster string) string {
			if f := c.overview(by, cluster).Fair; f != nil {
				return fmt.Sprintf("%s %s %d", f.Name, f.Day, f.Parties)
			}
			return ""
		}
		require.Equal(t, "对接会 0 "+day(9)+" 1", fair(operator, ""), "the nearest")
		require.Equal(t, "对接会 1 "+day(20)+" 0", fair(bureau, "west"), "what is over is over")
		require.Equal(t, "对接会 4 "+day(0)+" 0", fair(admin, ""), "its second day is today")
		require.Empty(t, fair(reviewer, ""), "a reviewer runs no fair")
		w.fails(404, ask{by: operator, path: "/api/operator/overview?cluster=south"})
		w.fails(403, ask{by: c.firms[0].person, path: "/api/operator/overview"})
		w.fails(401, ask{path: "/api/operator/overview"})
		require.NotContains(t, string(w.do(ask{by: operator, path: "/api/operator/lapsing"}).body), "私下说的")
		c.book(operator)
	})
}

// followed opens the list of each figure and counts it.
func (c *county3) followed(by person, cluster string) {
	c.t.Helper()
	o, what := c.overview(by, cluster), fmt.Sprintf("%+v %q", by.Actor, cluster)
	total := func(path string, query ...string) int {
		c.t.Helper()
		q := url.Values{}
		for i := 0; i < len(query); i += 2 {
			q.Set(query[i], query[i+1])
		}
		sum, items, after := 0, 0, ""
		for page := 0; page == 0 || after != ""; page++ {
			q.Set("after", after)
			var list struct {
				Items []any
				Lines []any
				Total int
				Next  string
			}
			c.world.ok(200, ask{by: by, path: path + "?" + q.Encode()}).into(c.t, &list)
			if page == 0 {
				sum = list.Total
			}
			items, after = items+len(list.Items)+len(list.Lines), list.Next
		}
		require.Contains(c.t, []int{0, items}, sum, "%s %s: what the list says and what it has", what, path)
		return items
	}
	search := func(side, class string) int {
		return total("/api/listings", "side", side, "class", class, "cluster", o.Search)
	}
	require.Equal(c.t, o.Supplies, search("supply", ""), what)
	require.Equal(c.t, o.Needs, search("need", ""), what)
	for _, b := range slices.Concat(o.Gaps, o.Surplus) {
		require.Equal(c.t, []int{b.Supplies, b.Needs}, []int{search("supply", b.Class), search("need", b.Class)}, "%s: %s", what, b.Class)
	}
	if by.Admin || len(by.Clusters) > 0 {
		for show, n := range map[string]int{"": o.Firms.All, "known": o.Firms.Known, "unclaimed": o.Firms.Unclaimed} {
			require.Equal(c.t, n, total("/api/operator/enterprises", "show", show, "cluster", cluster), "%s: firms %s", what, show)
		}
	}
	for _, s := range o.Outcomes {
		export := c.world.ok(200, ask{by: by, path: "/api/operator/outcomes/export?format=csv&cluster=" + cluster + "&from=" + o.From + "&to=" + o.To + "&strength=" + s.Strength})
		require.Equal(c.t, s.Count, bytes.Count(export.body, []byte("\n"))-1, "%s: exported %s", what, s.Strength)
		require.Equal(c.t, s.Count, total("/api/operator/outcomes", "cluster", cluster, "from", o.From, "to", o.To, "strength", s.Strength), "%s: %s", what, s.Strength)
	}
	if o.Agreed != nil {
		var r Report
		c.world.ok(200, ask{by: by, path: "/api/operator/outcomes?cluster=" + cluster + "&from=" + o.From + "&to=" + o.To}).into(c.t, &r)
		require.Equal(c.t, *o.Agreed, r.Agreed, what)
	}
	for _, x := range o.Waiting {
		path, kind := map[string]string{"call": "/api/operator/calls", "failure": "/api/operator/failures", "lapsing": "/api/operator/lapsing"}[x.Kind], ""
		if path == "" {
			path, kind = "/api/operator/reviews", x.Kind
		}
		require.Equal(c.t, x.Count, total(path, "kind", kind), "%s: %s", what, x.Kind)
	}
}

// book reads the figures back from the workbook, as numbers.
func (c *county3) book(by person) {
	o := c.overview(by, "")
	book, err := excelize.OpenReader(bytes.NewReader(c.world.ok(200, ask{by: by, path: "/api/operator/overview.xlsx"}).body))
	require.NoError(c.t, err)
	text := func(key string) string { return frontend.Text("zh-CN", key) }
	require.Equal(c.t, []string{text("overview.figures"), text("overview.waiting"), text("overview.months"), text("overview.gaps"), text("overview.surplus"), text("overview.fair")}, book.GetSheetList())
	column := func(sheet string, n int) (out []string) {
		rows, err := book.GetRows(sheet)
		require.NoError(c.t, err)
		for _, r := range rows[1:] {
			out = append(out, r[n])
		}
		return out
	}
	want := []int{o.Firms.All, o.Firms.Known, o.Firms.Unclaimed, o.Supplies, o.Needs, *o.Agreed}
	for _, s := range o.Outcomes {
		want = append(want, s.Count)
	}
	words := []string{}
	for _, n := range want {
		words = append(words, strconv.Itoa(n))
	}
	require.Equal(c.t, words, column(text("overview.figures"), 1))
	for i, m := range o.Months {
		require.Equal(c.t, m.Month, column(text("overview.months"), 0)[i])
		require.Equal(c.t, strconv.Itoa(m.Needs), column(text("overview.months"), 2)[i])
	}
	require.Len(c.t, column(text("overview.waiting"), 0), len(o.Waiting))
	require.Equal(c.t, o.Gaps[0].Name, column(text("overview.gaps"), 1)[0])
	kind, err := book.GetCellType(text("overview.figures"), "B2")
	require.NoError(c.t, err)
	require.NotEqual(c.t, excelize.CellTypeSharedString, kind, "a number that Excel can add up")
}
