package store

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// fill keeps something in every table.
func fill(t *testing.T, s *Store) {
	ctx := t.Context()
	buyer, seller := firm(t, s, "甲厂"), firm(t, s, "乙厂")
	require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "c", Name: "鹿泉 <&>", Region: "130110"}))
	require.NoError(t, s.SaveImage(ctx, buyer, market.Image{ID: "i", EnterpriseID: buyer.EnterpriseID, Type: "image/jpeg", Bytes: []byte{0, 1, 254, 255}}))
	require.NoError(t, s.SaveEvidence(ctx, buyer, market.Evidence{ID: "v", EnterpriseID: buyer.EnterpriseID, Name: "证.pdf", Type: market.PDF, Bytes: []byte{37, 0, 254}}))
	require.NoError(t, s.SaveSession(ctx, market.Session{TokenHash: "h", UserID: buyer.UserID, ExpiresAt: time.Now().Add(time.Hour)}))
	require.NoError(t, s.TakeGuess(ctx, "h", "", time.Now()))
	require.NoError(t, s.SaveDevice(ctx, "d", buyer.UserID))
	require.NoError(t, s.SaveTicket(ctx, buyer, market.Ticket{TokenHash: "t", Purpose: market.ForInvite, EnterpriseID: buyer.EnterpriseID, ExpiresAt: time.Now().Add(time.Hour)}))
	need, keyed := post(t, s, buyer, market.Need), aListing(market.Supply)
	_, err := s.CreateListing(ctx, seller, &keyed, "key")
	require.NoError(t, err)
	_, err = s.UpdateRecord(ctx, seller, 1, market.Record{Links: []string{"3252", "33"}})
	require.NoError(t, err)
	saveMatches(t, s, matched(t, s, need, proposed(need, keyed, 77)))
	for _, p := range all(t, s, buyer) {
		require.NoError(t, s.SaveInterest(ctx, buyer, market.Interest{ProposalID: p.ID, Answer: market.Known, Note: "老朋友\n\"引号\""}))
	}
	wanted := post(t, s, buyer, market.Need)
	saveMatches(t, s, matched(t, s, wanted, proposed(wanted, post(t, s, firm(t, s, "丙厂"), market.Supply), 70)))
	list, _, err := s.ProposalsFor(ctx, buyer.EnterpriseID, wanted.ID, ViewOpen, "", 10)
	require.NoError(t, err)
	for _, p := range list {
		require.NoError(t, s.SaveInterest(ctx, buyer, market.Interest{ProposalID: p.ID, Answer: market.Unfit, Reason: "place", Ground: "420", Always: true}))
	}
	i, err := s.AskOnListing(ctx, buyer, keyed.ID, "请报价")
	require.NoError(t, err)
	for _, a := range []market.Actor{buyer, seller} {
		verify(t, s, a)
	}
	_, err = s.DoIntroduction(ctx, seller, i.ID, 1, Accept, "")
	require.NoError(t, err)
	band := contract(market.Bands[2])
	band.UpTo = market.Bands[3]
	_, err = s.SaveClaim(ctx, buyer, i.ID, band)
	require.NoError(t, err)
	drawing := market.Attachment{ID: market.NewID(), IntroductionID: i.ID, Name: "图.step", Type: market.STEP, Bytes: []byte("ISO-10303-21;\x00")}
	require.NoError(t, s.SendFile(ctx, buyer, drawing, ""))
	_, err = s.FetchFile(ctx, seller, drawing.ID)
	require.NoError(t, err)
	other := post(t, s, buyer, market.Need)
	_, err = s.AskOnListing(ctx, seller, other.ID, "可供")
	require.NoError(t, err)
	offer := quoted(other.ID)
	offer.Files = papers(t, s, seller, other.ID, "价目.step")
	require.NoError(t, s.SaveQuote(ctx, seller, offer))
	require.NoError(t, s.Clarify(ctx, buyer, other.ID, "要求附材质单"))
	messages, _, _, err := s.Messages(ctx, i.ID, "", 1)
	require.NoError(t, err)
	require.NoError(t, s.SeeMessages(ctx, seller, i.ID, messages[0].ID))
	notices, _, err := s.Notices(ctx, seller.EnterpriseID, "", 1)
	require.NoError(t, err)
	require.NoError(t, s.SeeNotices(ctx, seller, notices[0].ID))
	require.NoError(t, s.SaveNoticeChoice(ctx, seller, market.NoticeChoice{Lang: "en", Mail: "a@example.cn", Paces: map[market.Topic]market.Pace{market.TopicAsked: market.PaceNever}}))
	_, err = s.Secret(ctx, "link")
	require.NoError(t, err)
	require.NoError(t, s.SetPotential(ctx, seller, true))
	require.NoError(t, s.CreateAddition(ctx, market.Actor{UserID: "u", Clusters: []string{"c"}}, &market.Addition{ClusterID: "c", Kind: market.AddSame, Words: []string{"刹车片", "来令片"}}))
	_, err = s.Seal(ctx)
	require.NoError(t, err)
	fillFair(t, s, buyer, seller)
	require.NoError(t, s.SaveFailure(ctx, market.Failure{ID: "f", Kind: market.ChangeListing, Of: need.ID, Tries: 5, Reason: "x"}))
}

// fillFair keeps a fair of two firms with everything that happens on it.
func fillFair(t *testing.T, s *Store, a, b market.Actor) {
	ctx, f := t.Context(), newFair(t, s)
	talk := market.PairOf(a.EnterpriseID, b.EnterpriseID)
	for _, x := range []market.Actor{a, b} {
		require.NoError(t, s.SaveParty(ctx, x, market.FairParty{FairID: f.ID, EnterpriseID: x.EnterpriseID, Role: market.FairBoth, Parallel: 1, Reps: []market.FairRep{{Name: "王"}}}))
	}
	require.NoError(t, s.SaveWish(ctx, market.Wish{FairID: f.ID, By: a.EnterpriseID, Other: b.EnterpriseID, Mark: market.WishWant}))
	p := market.Plan{FairID: f.ID, State: market.PlanQueued, Settings: market.PlanSettings{Seed: 1, Seconds: 1}}
	require.NoError(t, s.CreatePlan(ctx, market.Actor{}, &p, nil))
	require.NoError(t, s.SavePlanResult(ctx, p.ID, []market.Meeting{{Pair: talk, Slot: 1, Table: 1, Value: 30}}, market.PlanFigures{Placed: 1}))
	_, err := s.NoteAtDesk(ctx, a, f.ID, []market.DeskDeed{{ID: "deed", Kind: market.DeskIn, EnterpriseID: a.EnterpriseID}})
	require.NoError(t, err)
	_, err = s.EditMeeting(ctx, a, p.ID, talk, func(m *market.Meeting) { m.Slot = 2 })
	require.NoError(t, err)
	require.NoError(t, s.SaveReply(ctx, market.FairReply{FairID: f.ID, Pair: talk, By: a.EnterpriseID, Result: market.ResultIntent}))
}

// dump is a backup's lines, in an order that no database decides.
func dump(t *testing.T, backup []byte) []string {
	z, err := gzip.NewReader(bytes.NewReader(backup))
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	slices.Sort(lines)
	return lines
}

func TestBackupRestore(t *testing.T) {
	kinds := []struct {
		name string
		open func(testing.TB) *Store
	}{{"sqlite", sqliteStore}, {"postgres", postgresStore}}
	for _, from := range kinds {
		for _, to := range kinds {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				a := from.open(t)
				fill(t, a)
				var first, second bytes.Buffer
				require.NoError(t, a.Backup(t.Context(), &first))
				b := to.open(t)
				require.Error(t, b.Restore(t.Context(), bytes.NewReader(first.Bytes()[:first.Len()-40])), "cut short")
				require.NoError(t, b.Restore(t.Context(), bytes.NewReader(first.Bytes())))
				require.NoError(t, b.Backup(t.Context(), &second))
				require.Equal(t, dump(t, first.Bytes()), dump(t, second.Bytes()))
				err := b.Restore(t.Context(), bytes.NewReader(first.Bytes()))
				require.True(t, market.IsKind(err, market.Conflict), "%v", err)
				for _, tab := range backupTables() {
					var n int64
					require.NoError(t, one(t.Context(), b.read, `SELECT count(*) FROM `+tab.name, into(&n)))
					require.Positive(t, n, "nothing of %s was tried", tab.name)
				}
			})
		}
	}
}
