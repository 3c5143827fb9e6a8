package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// followed is an introduction of two firms of one cluster that were asked after
// seven days what came of it, with the questions to both.
func followed(t *testing.T, s *Store) (a, b market.Actor, i market.Introduction, questions map[string]market.FollowUp) {
	ctx := t.Context()
	require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110"}))
	a, b = firm(t, s, "甲厂"), firm(t, s, "乙厂")
	s.sql(t, `UPDATE enterprise SET cluster_id = 'luquan'`)
	verify(t, s, a)
	verify(t, s, b)
	i = open(t, s, a, b)
	n, err := s.AskFollowUps(ctx, time.Now().Add(7*24*time.Hour-time.Minute), 10)
	require.NoError(t, err)
	require.Zero(t, n, "not before its day")
	n, err = s.AskFollowUps(ctx, time.Now().Add(7*24*time.Hour), 10)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = s.AskFollowUps(ctx, time.Now().Add(7*24*time.Hour), 10)
	require.NoError(t, err)
	require.Zero(t, n, "each once")
	s.sql(t, `UPDATE followup SET asked_at = $1 WHERE asked_at > 0`, milli(time.Now()))
	list, err := followUpsWhere(ctx, s.read, `asked_at > 0`)
	require.NoError(t, err)
	questions = map[string]market.FollowUp{}
	for _, f := range list {
		questions[f.EnterpriseID] = f
		require.Equal(t, 7, f.Days)
	}
	require.Contains(t, topics(t, s, a.EnterpriseID), market.TopicFollowUp)
	return a, b, i, questions
}

// TestFollowUpLink: who holds the link says what came of it, may change it for
// a day, and says it for his own firm alone.
func TestFollowUpLink(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b, i, questions := followed(t, s)
		f := questions[a.EnterpriseID]
		link := market.Actor{}
		ledger := func() map[string]market.Claim {
			out, err := s.OutcomesOn(ctx, []string{i.ID})
			require.NoError(t, err)
			return out[i.ID].Claims
		}
		require.Error(t, s.AnswerFollowUp(ctx, link, f.ID, "nonsense", 0, 0, ""))
		require.Error(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerMissed, 0, 0, ""), "that is an operator's word")
		require.ErrorIs(t, s.AnswerFollowUp(ctx, link, market.NewID(), market.AnswerTalking, 0, 0, ""), market.ErrNotFound)
		require.NoError(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerNone, 0, 0, ""))
		require.Empty(t, ledger(), "that says nothing")
		require.Error(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerDeal, 0, 0, ""), "a deal has an amount")
		require.NoError(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerDeal, market.Bands[1], market.Bands[2], ""))
		got := ledger()
		require.Len(t, got, 1)
		require.Equal(t, market.StageContract, got[a.EnterpriseID].Stage)
		require.Equal(t, market.Bands[1:3], []int64{got[a.EnterpriseID].Fen, got[a.EnterpriseID].UpTo}, "the band that was tapped")
		require.Empty(t, got[a.EnterpriseID].UserID, "nobody signed in")
		require.Contains(t, topics(t, s, b.EnterpriseID), market.TopicOutcome)
		require.NoError(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerNone, 0, 0, ""), "it was a slip")
		require.Equal(t, market.StageContact, ledger()[a.EnterpriseID].Stage)
		require.NoError(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerSample, 0, 0, ""))

		_, err := s.SaveClaim(ctx, a, i.ID, contract(500))
		require.NoError(t, err)
		require.NoError(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerTalking, 0, 0, ""))
		require.Equal(t, int64(500), ledger()[a.EnterpriseID].Fen, "what a signed-in user said of more stands")

		s.sql(t, `UPDATE followup SET answered_at = $1 WHERE id = $2`, milli(time.Now().Add(-25*time.Hour)), f.ID)
		require.ErrorIs(t, s.AnswerFollowUp(ctx, link, f.ID, market.AnswerEnded, 0, 0, "price"), errAnswered, "a day is over")
		s.sql(t, `UPDATE followup SET asked_at = $1 WHERE id = $2`, milli(time.Now().Add(-61*24*time.Hour)), questions[b.EnterpriseID].ID)
		require.ErrorIs(t, s.AnswerFollowUp(ctx, link, questions[b.EnterpriseID].ID, market.AnswerTalking, 0, 0, ""), market.ErrNotFound, "the link is too old")

		n, err := s.AskFollowUps(ctx, time.Now().Add(30*24*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, 2, n, "the next date has a question of its own")
	})
}

// TestFollowUpEnds: whose introduction is over, and who said that it came to an
// end, is not asked again.
func TestFollowUpEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b, i, questions := followed(t, s)
		require.NoError(t, s.AnswerFollowUp(ctx, market.Actor{}, questions[a.EnterpriseID].ID, market.AnswerEnded, 0, 0, "price"))
		_, err := s.AskFollowUps(ctx, time.Now().Add(30*24*time.Hour), 10)
		require.NoError(t, err)
		list, err := followUpsWhere(ctx, s.read, `days = 30`)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, b.EnterpriseID, list[0].EnterpriseID)
		i, err = s.Introduction(ctx, i.ID)
		require.NoError(t, err)
		_, err = s.DoIntroduction(ctx, b, i.ID, i.Rev, Withdraw, "")
		require.NoError(t, err)
		_, err = s.AskFollowUps(ctx, time.Now().Add(91*24*time.Hour), 10)
		require.NoError(t, err)
		list, err = followUpsWhere(ctx, s.read, `days = 90`)
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

// TestCallList: after a week of silence the firm's own association calls, and
// what it is told stands in the ledger under its name.
func TestCallList(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b, i, questions := followed(t, s)
		s.sql(t, `UPDATE enterprise SET cluster_id = 'luancheng' WHERE id = $1`, b.EnterpriseID)
		f := questions[a.EnterpriseID]
		operator, foreign := market.Actor{UserID: "op", Clusters: []string{"luquan"}}, market.Actor{UserID: "op2", Clusters: []string{"luancheng", ""}}
		calls := func(x market.Actor) int {
			list, err := s.CallList(ctx, x, time.Now(), 10)
			require.NoError(t, err)
			return len(list)
		}
		require.Zero(t, calls(operator), "the week is not over")
		_, err := s.OpenForCall(ctx, operator, f.ID)
		require.ErrorIs(t, err, market.ErrNotFound, "no reason to call yet")
		s.sql(t, `UPDATE followup SET asked_at = $1 WHERE asked_at > 0`, milli(time.Now().Add(-market.FollowUpSilent)))
		require.Equal(t, 1, calls(operator))
		require.Equal(t, 1, calls(foreign), "its own")
		require.Equal(t, 2, calls(market.Actor{UserID: "admin", Admin: true}))
		for _, x := range []market.Actor{foreign, a, b, {UserID: "u"}} {
			_, err := s.OpenForCall(ctx, x, f.ID)
			require.ErrorIs(t, err, market.ErrNotFound)
			require.ErrorIs(t, s.AnswerFollowUp(ctx, x, f.ID, market.AnswerTalking, 0, 0, ""), market.ErrNotFound)
		}
		e, err := s.OpenForCall(ctx, operator, f.ID)
		require.NoError(t, err)
		require.Equal(t, "13800000000", e.Contact.Phone)
		log, _, err := s.SearchAudit(ctx, AuditSearch{EnterpriseID: a.EnterpriseID, Kind: "enterprise"}, 10)
		require.NoError(t, err)
		require.Equal(t, "phone", log[0].Deed, "the firm can see who saw it")

		require.NoError(t, s.AnswerFollowUp(ctx, operator, f.ID, market.AnswerMissed, 0, 0, ""))
		require.Zero(t, calls(operator), "in a week again")
		s.sql(t, `UPDATE followup SET asked_at = $1 WHERE id = $2`, milli(time.Now().Add(-market.FollowUpSilent)), f.ID)
		require.Equal(t, 1, calls(operator))
		require.NoError(t, s.AnswerFollowUp(ctx, operator, f.ID, market.AnswerDeal, market.Bands[2], 0, ""))
		require.Zero(t, calls(operator))
		out, err := s.OutcomesOn(ctx, []string{i.ID})
		require.NoError(t, err)
		require.Equal(t, "op", out[i.ID].Claims[a.EnterpriseID].UserID)
		require.ErrorIs(t, s.AnswerFollowUp(ctx, market.Actor{}, f.ID, market.AnswerTalking, 0, 0, ""), errAnswered, "the link does not overrule what was told")
	})
}
