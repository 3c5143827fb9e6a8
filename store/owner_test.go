package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestOwnersOnly: what is another's does not exist, whoever asks: another firm,
// another cluster's operator, a bureau, somebody without a firm.
func TestOwnersOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		a, b, stranger := firm(t, s, "甲厂"), firm(t, s, "乙厂"), firm(t, s, "丙厂")
		for _, x := range []market.Actor{a, b} {
			e, err := s.Enterprise(ctx, x.EnterpriseID)
			require.NoError(t, err)
			e.ClusterID = "luquan"
			require.NoError(t, s.UpdateEnterprise(ctx, x, &e))
			verify(t, s, x)
		}
		i := open(t, s, a, b)
		o, err := s.SaveClaim(ctx, a, i.ID, contract(500))
		require.NoError(t, err)
		need, supply := post(t, s, a, market.Need), post(t, s, b, market.Supply)
		operator := market.Actor{UserID: "op", Clusters: []string{"luquan"}}
		reviews, _, err := s.Reviews(ctx, operator, "", "", 10)
		require.NoError(t, err)
		require.NotEmpty(t, reviews)
		member := market.User{ID: "m", Login: "m@example.cn", Name: "成员", PasswordHash: "x"}
		require.NoError(t, s.AddUser(ctx, member, market.Membership{Role: market.Member, EnterpriseID: a.EnterpriseID}))
		require.NoError(t, s.AddUser(ctx, market.User{ID: "officer", Login: "o@example.cn", Name: "审核", PasswordHash: "x"}, market.Membership{Role: market.Reviewer, ClusterID: "luquan"}))
		proof := market.Evidence{ID: "proof", EnterpriseID: a.EnterpriseID, Name: "证.pdf", Type: market.PDF, Bytes: []byte("%PDF-")}
		require.NoError(t, s.SaveEvidence(ctx, a, proof))
		approve := market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}
		image := market.Image{ID: "i", EnterpriseID: a.EnterpriseID, Type: "image/jpeg"}
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)

		drawing := market.Attachment{ID: market.NewID(), IntroductionID: i.ID, Name: "图.step", Type: market.STEP, Bytes: []byte("ISO-10303-21;")}
		require.NoError(t, s.SendFile(ctx, a, drawing, ""))

		asked := post(t, s, a, market.Need)
		_, err = s.AskOnListing(ctx, b, asked.ID, "")
		require.NoError(t, err)
		offer := quoted(asked.ID)
		offer.Files = papers(t, s, b, asked.ID, "价目.step")
		require.NoError(t, s.SaveQuote(ctx, b, offer))

		for who, x := range map[string]market.Actor{
			"stranger": stranger, "neighbor": {UserID: "u", Clusters: []string{"gaocheng"}}, "bureau": {UserID: "u", Views: []string{"luquan"}}, "nobody": {UserID: "u"},
			"a member": {UserID: "m", EnterpriseID: a.EnterpriseID},
		} {
			theirs := map[string]error{
				"rule":     s.SetReview(ctx, x, "luquan", market.ReviewAll),
				"decide":   s.Decide(ctx, x, reviews[0].ID, approve),
				"judge":    s.JudgeEnterprise(ctx, x, a.EnterpriseID, approve),
				"honours":  second(s.SetHonours(ctx, x, a.EnterpriseID, "协会", nil)),
				"document": second(s.SeeDocument(ctx, x, o.ID, o.Rev)),
				"member":   s.RemoveMember(ctx, x, "m"),
				"dismiss":  s.Dismiss(ctx, x, market.Membership{UserID: "officer", Role: market.Reviewer, ClusterID: "luquan"}),
				"merge":    s.Merge(ctx, x, e, market.Enterprise{ID: b.EnterpriseID}),
				"bring":    s.Introduce(ctx, x, need.ID, supply.ID, ""),
			}
			if who != "a member" {
				theirs["claim"] = second(s.SaveClaim(ctx, x, i.ID, contract(500)))
				theirs["withdraw"] = second(s.DoIntroduction(ctx, x, i.ID, i.Rev, Withdraw, ""))
				theirs["withdraw at a guess"] = second(s.DoIntroduction(ctx, x, i.ID, i.Rev+7, Withdraw, ""))
				theirs["veto"] = s.Veto(ctx, x, i.ID, market.Never)
				theirs["write"] = s.Write(ctx, x, market.Message{IntroductionID: i.ID, Text: "你好"}, "")
				theirs["send"] = s.SendFile(ctx, x, market.Attachment{ID: market.NewID(), IntroductionID: i.ID}, "")
				theirs["fetch"] = second(s.FetchFile(ctx, x, drawing.ID))
				theirs["fetch of a quote"] = second(s.FetchFile(ctx, x, offer.Files[0].ID))
				theirs["attach"] = s.AttachToQuote(ctx, x, market.Attachment{ID: market.NewID(), NeedID: asked.ID})
				theirs["prove"] = s.SaveEvidence(ctx, x, proof)
				theirs["proof"] = second(s.Evidence(ctx, x, proof.ID))
				theirs["clarify"] = s.Clarify(ctx, x, need.ID, "补充")
				theirs["image"] = s.SaveImage(ctx, x, image)
				theirs["firm"] = s.UpdateEnterprise(ctx, x, &e)
				theirs["edit"] = s.UpdateListing(ctx, x, &need)
				theirs["create"] = second(s.CreateListing(ctx, x, &market.Listing{EnterpriseID: a.EnterpriseID, Side: market.Need}, ""))
				_, _, quotes := s.Quotes(ctx, x, need.ID)
				theirs["quotes"] = quotes
				theirs["quote"] = s.SaveQuote(ctx, x, quoted(need.ID))
			}
			for deed, err := range theirs {
				require.ErrorIs(t, err, market.ErrNotFound, "%s by %s", deed, who)
			}
		}
		require.NoError(t, s.Decide(ctx, operator, reviews[0].ID, approve))
		require.NoError(t, s.RemoveMember(ctx, a, "m"))
		require.NoError(t, s.Dismiss(ctx, operator, market.Membership{UserID: "officer", Role: market.Reviewer, ClusterID: "luquan"}))
		require.NoError(t, s.Introduce(ctx, operator, need.ID, supply.ID, ""))
	})
}

// TestReviewer: who only reviews decides the queue of his clusters, and
// nothing else there or anywhere.
func TestReviewer(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
		a := firm(t, s, "甲厂")
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		e.ClusterID = "luquan"
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		require.NoError(t, s.AddUser(ctx, market.User{ID: "r", Login: "r@example.cn", Name: "审核", PasswordHash: "x"}, market.Membership{Role: market.Reviewer, ClusterID: "luquan"}))
		reviewer, _, err := s.Actor(ctx, "r")
		require.NoError(t, err)
		foreign := market.Actor{UserID: "f", Reviews: []string{"gaocheng"}}
		approve := market.Decision{Status: market.ReviewApproved, Level: market.Reviewed, Basis: "营业执照"}
		none, _, err := s.Reviews(ctx, foreign, "", "", 10)
		require.NoError(t, err)
		require.Empty(t, none)
		list, _, err := s.Reviews(ctx, reviewer, "", "", 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.ErrorIs(t, s.Decide(ctx, foreign, list[0].ID, approve), market.ErrNotFound)
		require.ErrorIs(t, s.JudgeEnterprise(ctx, reviewer, a.EnterpriseID, approve), market.ErrNotFound)
		require.ErrorIs(t, s.SetReview(ctx, reviewer, "luquan", market.ReviewAll), market.ErrNotFound)
		require.NoError(t, s.Decide(ctx, reviewer, list[0].ID, approve))
	})
}
