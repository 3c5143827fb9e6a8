package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// firmColumns are the columns that hold a firm, apart from the audit, which is
// never changed, and the row of the firm itself.
var firmColumns = map[string][]string{
	"listing": {"enterprise_id"}, "image": {"enterprise_id"}, "evidence": {"enterprise_id"}, "proposal": {"need_by", "supply_by"}, "interest": {"enterprise_id"},
	"introduction": {"by_id", "to_id"}, "consent": {"enterprise_id"}, "disclosure": {"of_id", "to_id"}, "outcome": {"by_id", "to_id"}, "claim": {"enterprise_id"},
	"quote": {"enterprise_id"}, "message": {"enterprise_id"}, "attachment": {"enterprise_id"}, "download": {"enterprise_id"}, "veto": {"enterprise_id", "other_id"},
	"fair_party": {"enterprise_id"}, "fair_arrival": {"enterprise_id"}, "fair_wish": {"by_id", "other_id"}, "fair_meeting": {"a_id", "b_id"}, "fair_reply": {"a_id", "b_id", "by_id"},
	"membership": {"enterprise_id"}, "review": {"enterprise_id"}, "ticket": {"enterprise_id"}, "matching": {"enterprise_id"}, "preference": {"enterprise_id"},
}

// toldColumns hold a firm, too; a merge itself tells and asks, so their rows are
// not the same before and after: TestMergeMovesNotices. A firm's links follow its
// record: TestLinks.
var toldColumns = []string{"notice.enterprise_id", "notice.other_id", "notice_seen.enterprise_id", "delivery.enterprise_id", "followup.enterprise_id", "followup.other_id", "enterprise_link.enterprise_id"}

// forgottenColumns are of what a merge leaves out on purpose: to undo an edit
// would bring the record back that goes.
var forgottenColumns = []string{"fair_edit.a_id", "fair_edit.b_id"}

// TestMergeKnowsEveryColumn: a new column that holds a firm has to be thought of.
func TestMergeKnowsEveryColumn(t *testing.T) {
	s := sqliteStore(t)
	for _, column := range words(t, s, `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
		AND (c.name IN ('enterprise_id', 'by_id', 'to_id', 'of_id', 'other_id', 'a_id', 'b_id', 'need_by', 'supply_by')) AND m.name <> 'audit'`) {
		known := slices.Contains(toldColumns, column) || slices.Contains(forgottenColumns, column)
		for table, columns := range firmColumns {
			for _, c := range columns {
				known = known || column == table+"."+c
			}
		}
		require.True(t, known, "%s holds a firm that a merge does not move", column)
	}
}

// crowd is a random world in which two records, keep and drop, deal with
// others and with each other.
type crowd struct {
	*testing.T
	s          *Store
	r          *rand.Rand
	keep, drop market.Actor
	others     []market.Actor
	fairs      []market.Fair
}

func (c *crowd) firms() []market.Actor { return append([]market.Actor{c.keep, c.drop}, c.others...) }

func (c *crowd) some() (a, b market.Actor) {
	all := c.firms()
	i, j := c.r.IntN(len(all)), c.r.IntN(len(all)-1)
	if j >= i {
		j++
	}
	return all[i], all[j]
}

func populate(t *testing.T, s *Store, seed uint64) *crowd {
	ctx := t.Context()
	require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
	c := &crowd{T: t, s: s, r: rand.New(rand.NewPCG(seed, 7))}
	for i := range 7 {
		a := firm(t, s, fmt.Sprintf("厂%d", i))
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		e.ClusterID = "luquan"
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		verify(t, s, a)
		c.others = append(c.others, a)
	}
	c.keep, c.drop, c.others = c.others[0], c.others[1], c.others[2:]
	for i := range 3 {
		f := market.Fair{Name: fmt.Sprintf("会%d", i), Clusters: []string{"luquan"}, Entry: market.EntryOpen, Phase: market.FairWish, SlotMinutes: 20,
			Sessions: []market.FairSession{{Day: "2026-12-01", From: 540, To: 720}}, Tables: []market.FairTable{{Number: 1, EnterpriseID: c.drop.EnterpriseID}}}
		require.NoError(t, s.CreateFair(ctx, market.Actor{}, &f))
		plan := market.Plan{FairID: f.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 1, Seconds: 1}}
		require.NoError(t, s.CreatePlan(ctx, market.Actor{}, &plan, nil))
		c.fairs = append(c.fairs, f)
		meetings := map[market.Pair]market.Meeting{}
		for n, a := range c.firms() {
			if c.r.IntN(4) > 0 {
				require.NoError(t, s.SaveParty(ctx, market.Actor{}, market.FairParty{FairID: f.ID, EnterpriseID: a.EnterpriseID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: fmt.Sprint("代表", n)}, {Name: "助理"}}}))
				_, err := s.Arrive(ctx, []market.FairArrival{{FairID: f.ID, EnterpriseID: a.EnterpriseID, Rep: c.r.IntN(2), Via: "desk"}})
				require.NoError(t, err)
			}
		}
		for range 12 {
			a, b := c.some()
			meetings[market.PairOf(a.EnterpriseID, b.EnterpriseID)] = market.Meeting{Pair: market.PairOf(a.EnterpriseID, b.EnterpriseID), Slot: 1 + c.r.IntN(5), Table: 1}
			require.NoError(t, s.SaveWish(ctx, market.Wish{FairID: f.ID, By: a.EnterpriseID, Other: b.EnterpriseID, Mark: []market.WishMark{market.WishMust, market.WishWant, market.WishNo}[c.r.IntN(3)]}))
			if a.EnterpriseID != c.keep.EnterpriseID {
				require.NoError(t, s.SaveReply(ctx, market.FairReply{FairID: f.ID, Pair: market.PairOf(a.EnterpriseID, b.EnterpriseID), By: a.EnterpriseID, Result: market.ResultIntent}))
			}
		}
		var list []market.Meeting
		for _, m := range meetings {
			list = append(list, m)
		}
		require.NoError(t, s.SavePlanResult(ctx, plan.ID, list, market.PlanFigures{}))
		for _, m := range list {
			_, err := s.EditMeeting(ctx, market.Actor{}, plan.ID, m.Pair, func(m *market.Meeting) { m.Locked = true })
			require.NoError(t, err)
		}
	}
	for range 60 {
		c.live()
	}
	return c
}

// live lets a random thing happen between two random firms.
func (c *crowd) live() {
	t, ctx := c.T, c.T.Context()
	a, b := c.some()
	require.NoError(t, c.s.SaveImage(ctx, a, market.Image{ID: market.NewID(), EnterpriseID: a.EnterpriseID, Type: "image/jpeg", Bytes: []byte("x")}))
	l := post(t, c.s, b, []market.Side{market.Need, market.Supply}[c.r.IntN(2)])
	i, err := c.s.AskOnListing(ctx, a, l.ID, "你好")
	if err != nil {
		return // vetoed, or known before
	}
	if c.r.IntN(3) == 0 && l.Side == market.Need {
		q := quoted(l.ID)
		q.Files = papers(t, c.s, a, l.ID, "报价图.step")
		require.NoError(t, c.s.SaveQuote(ctx, a, q))
		if b.MaySeeIntroduction(&i) {
			_, err = c.s.FetchFile(ctx, b, q.Files[0].ID)
			require.NoError(t, err)
		}
	}
	if a.EnterpriseID != c.keep.EnterpriseID && a.EnterpriseID != c.drop.EnterpriseID && c.r.IntN(2) == 0 {
		return
	}
	// The other record asks on the same listing: after the merge only one can be open.
	for from, twin := range map[string]market.Actor{c.keep.EnterpriseID: c.drop, c.drop.EnterpriseID: c.keep} {
		if a.EnterpriseID == from && b.EnterpriseID != twin.EnterpriseID && c.r.IntN(3) == 0 {
			_, _ = c.s.AskOnListing(ctx, twin, l.ID, "我们也要")
		}
	}
	if i, err = c.s.DoIntroduction(ctx, b, i.ID, i.Rev, Accept, ""); err != nil {
		return // the other does not see it
	}
	require.NoError(t, c.s.Write(ctx, a, market.Message{IntroductionID: i.ID, Text: "几时交货"}, ""))
	f := market.Attachment{ID: market.NewID(), IntroductionID: i.ID, Name: "图.step", Type: market.STEP, Bytes: []byte("ISO-10303-21;")}
	require.NoError(t, c.s.SendFile(ctx, b, f, ""))
	_, err = c.s.FetchFile(ctx, a, f.ID)
	require.NoError(t, err)
	claim := market.Claim{Stage: market.StageContract, Fen: int64(100 + c.r.IntN(3)), Day: "2026-11-20"}
	if _, err := c.s.SaveClaim(ctx, a, i.ID, claim); err == nil && c.r.IntN(2) == 0 {
		_, err = c.s.SaveClaim(ctx, b, i.ID, claim)
		require.NoError(t, err)
	}
	if c.r.IntN(12) == 0 {
		require.NoError(t, c.s.Veto(ctx, b, i.ID, market.Known))
	}
}

func (c *crowd) count(query string, args ...any) (n int) {
	require.NoError(c, one(c.Context(), c.s.read, query, into(&n), args...))
	return n
}

// ledger is what the two records had with each other firm by day and amount,
// each sum once, and what everybody else had.
func (c *crowd) ledger() (sums map[string]bool, rest int64) {
	list, err := c.s.Outcomes(c.Context(), nil, "", "")
	require.NoError(c, err)
	sums = map[string]bool{}
	own := map[string]bool{c.keep.EnterpriseID: true, c.drop.EnterpriseID: true}
	for _, o := range list {
		r := o.Result()
		switch {
		case !r.Stage.Counts(): // no sum yet
		case own[o.By] && own[o.To]:
		case own[o.By]:
			sums[fmt.Sprint(o.To, r.Day, r.Fen)] = true
		case own[o.To]:
			sums[fmt.Sprint(o.By, r.Day, r.Fen)] = true
		default:
			rest += r.Fen
		}
	}
	return sums, rest
}

// TestMerge: in random worlds nothing that was said is lost or counted twice,
// and everything but what the two records had between themselves is the one's
// that stays.
func TestMerge(t *testing.T) {
	for seed := range uint64(3) {
		onBoth(t, func(t *testing.T, s *Store) {
			c, ctx := populate(t, s, seed), t.Context()
			keep, drop := c.keep.EnterpriseID, c.drop.EnterpriseID
			rows, held, left := map[string]int{}, map[string]int{}, map[string]int{}
			for table, columns := range firmColumns {
				rows[table] = c.count(`SELECT count(*) FROM ` + table)
				for _, column := range columns {
					held[table+"."+column] = c.count(`SELECT count(*) FROM `+table+` WHERE `+column+` IN ($1, $2)`, keep, drop)
				}
			}
			joined := c.count(`SELECT count(*) FROM fair_party a JOIN fair_party b ON a.fair_id = b.fair_id WHERE a.enterprise_id = $1 AND b.enterprise_id = $2`, keep, drop)
			require.Positive(t, rows["quote"]*rows["claim"]*rows["veto"]*rows["download"]*rows["fair_reply"]*joined, "the world is too small to show anything")
			between := map[string]int{}
			for query, name := range map[string]string{`SELECT count(*) FROM introduction WHERE by_id = $2 AND to_id = $1`: "introduction.by_id", `SELECT count(*) FROM introduction WHERE to_id = $2 AND by_id = $1`: "introduction.to_id"} {
				between[name] = c.count(query, keep, drop)
			}
			sums, rest := c.ledger()
			users := held["membership.enterprise_id"]
			drain(t, s)
			went, err := idsOf(ctx, s.read, `SELECT id FROM listing WHERE enterprise_id = $1`, drop)
			require.NoError(t, err)
			require.NotEmpty(t, went)

			operator := market.Actor{UserID: "op", Clusters: []string{"luquan"}}
			var a market.Enterprise
			a, err = s.Enterprise(ctx, keep)
			require.NoError(t, err)
			b, err := s.Enterprise(ctx, drop)
			require.NoError(t, err)
			stale := b
			stale.Rev--
			require.ErrorIs(t, s.Merge(ctx, operator, a, stale), market.ErrStale)
			require.ErrorIs(t, s.Merge(ctx, market.Actor{UserID: "x", Clusters: []string{"gaocheng"}}, a, b), market.ErrNotFound)
			require.ErrorIs(t, s.Merge(ctx, c.keep, a, b), market.ErrNotFound)
			require.NoError(t, s.Merge(ctx, operator, a, b))
			require.ErrorIs(t, s.Merge(ctx, operator, a, b), market.ErrNotFound, "once")

			for table, columns := range firmColumns {
				want := rows[table]
				if table == "fair_party" {
					want -= joined
				}
				require.Equal(t, want, c.count(`SELECT count(*) FROM `+table), "rows of %s", table)
				for _, column := range columns {
					want := held[table+"."+column]
					if table == "fair_party" {
						want -= joined
					}
					require.Equal(t, want, c.count(`SELECT count(*) FROM `+table+` WHERE `+column+` IN ($1, $2)`, keep, drop), "%s.%s", table, column)
					left[table+"."+column] = c.count(`SELECT count(*) FROM `+table+` WHERE `+column+` = $1`, drop)
				}
			}
			for _, all := range []string{"listing.enterprise_id", "image.enterprise_id", "fair_party.enterprise_id", "membership.enterprise_id", "review.enterprise_id", "fair_arrival.enterprise_id"} {
				require.Zero(t, left[all], all)
			}
			require.Equal(t, between["introduction.by_id"], left["introduction.by_id"])
			require.Equal(t, between["introduction.to_id"], left["introduction.to_id"])
			for _, of := range []string{"message", "attachment", "consent"} {
				require.Zero(t, c.count(`SELECT count(*) FROM `+of+` x JOIN introduction i ON i.id = x.introduction_id WHERE x.enterprise_id NOT IN (i.by_id, i.to_id)`), "%s of somebody who is no party", of)
			}
			require.Zero(t, c.count(`SELECT count(*) FROM claim c JOIN outcome o ON o.id = c.outcome_id WHERE c.enterprise_id NOT IN (o.by_id, o.to_id)`))
			require.Zero(t, c.count(`SELECT count(*) FROM introduction WHERE by_id = to_id`))
			require.Positive(t, c.count(`SELECT count(*) FROM fair_edit`))
			require.Zero(t, c.count(`SELECT count(*) FROM fair_edit WHERE $1 IN (a_id, b_id)`, drop))
			require.Zero(t, c.count(`SELECT count(*) FROM introduction WHERE status IN ('asked', 'agreed') AND (by_id = $1 OR to_id = $1)`, drop))
			require.Zero(t, c.count(`SELECT count(*) FROM fair WHERE tables LIKE $1`, "%"+drop+"%"))

			after, restAfter := c.ledger()
			require.Equal(t, sums, after, "each sum once, none lost")
			require.Equal(t, rest, restAfter)
			list, err := s.Outcomes(ctx, nil, "", "")
			require.NoError(t, err)
			own := 0
			for _, o := range list {
				if (o.By == keep || o.To == keep) && o.Result().Stage.Counts() {
					own++
				}
			}
			require.Len(t, sums, own, "nothing is counted twice")

			u, _, err := s.Actor(ctx, c.drop.UserID)
			require.NoError(t, err)
			require.Equal(t, keep, u.EnterpriseID)
			require.Equal(t, users, c.count(`SELECT count(*) FROM membership WHERE enterprise_id = $1`, keep))
			gone, err := s.Enterprise(ctx, drop)
			require.NoError(t, err)
			require.Equal(t, keep, gone.MergedInto)
			told := map[string]bool{}
			for _, x := range drain(t, s) {
				told[x.Of] = true
			}
			require.True(t, told[keep])
			for _, id := range went {
				require.True(t, told[id], "the index hears of each listing")
			}
			seen, _, err := s.SearchAudit(ctx, AuditSearch{EnterpriseID: keep}, 500)
			require.NoError(t, err)
			deeds := map[string]bool{}
			for _, x := range seen {
				deeds[x.Deed+" "+x.EnterpriseID] = true
			}
			require.True(t, deeds["merge "+keep] && deeds["merged "+drop] && deeds["sign-up "+drop], "the audit tells of both")
		})
	}
}

// TestMergeFields: what one record does not say the other's word fills; a code
// leads to the record that is left, and so does an import.
func TestMergeFields(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, admin := t.Context(), market.Actor{UserID: "admin", Admin: true}
		upsert := func(e market.Enterprise) market.Enterprise {
			e.Kind, e.Region = market.Maker, "130110"
			e, err := s.UpsertEnterprise(ctx, e)
			require.NoError(t, err)
			return e
		}
		a := upsert(market.Enterprise{Name: "石家庄（甲）铝业有限公司", Contact: market.Contact{Name: "王", Phone: "0311-88880000"}})
		b := upsert(market.Enterprise{Name: "石家庄(甲)铝业有限责任公司", USCC: "91130100MA07XXXX1A", About: "做铝棒", Contact: market.Contact{Name: "李", Phone: "0311 8888 0001"},
			Honours: []market.Honour{{Kind: market.HonourGiant, Year: 2025}}})
		upsert(market.Enterprise{Name: "别家", Contact: market.Contact{Phone: "13900000000"}})
		found, err := s.Duplicates(ctx, admin)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, []string{a.ID, b.ID, "name"}, []string{found[0].A.ID, found[0].B.ID, found[0].Why[0]})
		none, err := s.Duplicates(ctx, market.Actor{UserID: "x", Clusters: []string{"luquan"}})
		require.NoError(t, err)
		require.Empty(t, none)
		require.NoError(t, s.Merge(ctx, admin, a, b))
		kept, err := s.EnterpriseByUSCC(ctx, "91130100MA07XXXX1A")
		require.NoError(t, err)
		require.Equal(t, []any{a.ID, "做铝棒", "0311-88880000", 1}, []any{kept.ID, kept.About, kept.Contact.Phone, len(kept.Honours)})
		require.Equal(t, []market.Person{{Name: "李", Phone: "0311 8888 0001", Shown: market.ShownFirm}}, kept.People)
		require.Equal(t, a.ID, upsert(market.Enterprise{Name: "石家庄（甲）铝业有限公司", USCC: "91130100MA07XXXX1A"}).ID)
		found, err = s.Duplicates(ctx, admin)
		require.NoError(t, err)
		require.Empty(t, found)

		c := upsert(market.Enterprise{Name: "丙", USCC: "91130100MA07XXXX2B", Contact: market.Contact{Phone: "031188880000"}})
		found, err = s.Duplicates(ctx, admin)
		require.NoError(t, err)
		require.Equal(t, []string{"phone"}, found[0].Why)
		require.NoError(t, s.Merge(ctx, admin, c, kept))
		old, err := s.Enterprise(ctx, b.ID)
		require.NoError(t, err)
		require.Equal(t, c.ID, old.MergedInto, "whoever was merged before follows")
		require.Equal(t, c.ID, upsert(market.Enterprise{Name: "换了名字", USCC: "91130100MA07XXXX1A"}).ID, "an import of the old code means the record that is left")
		suspended, err := s.Enterprise(ctx, c.ID)
		require.NoError(t, err)
		require.NoError(t, s.JudgeEnterprise(ctx, admin, c.ID, market.Decision{Status: market.ReviewSuspended, Reason: "违规"}))
		d := upsert(market.Enterprise{Name: "丁"})
		require.Error(t, s.Merge(ctx, admin, d, suspended))
	})
}

// TestMergeMovesNotices: what a record was told and asked goes with it.
func TestMergeMovesNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		_, drop, _, questions := followed(t, s)
		keep := firm(t, s, "新甲厂")
		s.sql(t, `UPDATE enterprise SET cluster_id = 'luquan'`)
		before := topics(t, s, drop.EnterpriseID)
		require.NoError(t, s.SeeNotices(ctx, drop, func() string {
			list, _, err := s.Notices(ctx, drop.EnterpriseID, "", 1)
			require.NoError(t, err)
			return list[0].ID
		}()))
		a, err := s.Enterprise(ctx, keep.EnterpriseID)
		require.NoError(t, err)
		b, err := s.Enterprise(ctx, drop.EnterpriseID)
		require.NoError(t, err)
		require.NoError(t, s.Merge(ctx, market.Actor{UserID: "op", Clusters: []string{"luquan"}}, a, b))
		require.Subset(t, topics(t, s, keep.EnterpriseID), before)
		require.Empty(t, topics(t, s, drop.EnterpriseID))
		f, err := s.FollowUp(ctx, questions[drop.EnterpriseID].ID)
		require.NoError(t, err)
		require.Equal(t, keep.EnterpriseID, f.EnterpriseID)
		upto, _, err := s.UnseenNotices(ctx, drop.UserID, keep.EnterpriseID)
		require.NoError(t, err)
		require.NotEmpty(t, upto)
	})
}
