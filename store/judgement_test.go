package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestJudgements: what people did with a proposal is read as one word, and what
// says nothing of the pair is left out.
func TestJudgements(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		want := map[string]market.Judgement{}
		expect := func(p market.Proposal, good bool, says float64) {
			want[p.ID] = market.Judgement{Good: good, Says: says}
		}
		answer := func(a market.Actor, p market.Proposal, i market.Interest) {
			i.ProposalID = p.ID
			require.NoError(t, s.SaveInterest(ctx, a, i))
		}
		paired(t, s, "无人答")
		buyer, seller, p := paired(t, s, "谈成")
		answer(buyer, p, market.Interest{Answer: market.Interested})
		i := on(t, s, p)
		_, err := s.DoIntroduction(ctx, seller, i.ID, i.Rev, Accept, "")
		require.NoError(t, err)
		for _, a := range []market.Actor{buyer, seller} {
			_, err := s.SaveClaim(ctx, a, i.ID, contract(500))
			require.NoError(t, err)
		}
		expect(p, true, 3)
		buyer, seller, p = paired(t, s, "同意")
		answer(buyer, p, market.Interest{Answer: market.Interested})
		i = on(t, s, p)
		_, err = s.DoIntroduction(ctx, seller, i.ID, i.Rev, Accept, "")
		require.NoError(t, err)
		expect(p, true, 2)
		buyer, seller, p = paired(t, s, "婉拒")
		answer(buyer, p, market.Interest{Answer: market.Interested})
		i = on(t, s, p)
		_, err = s.DoIntroduction(ctx, seller, i.ID, i.Rev, Decline, "price")
		require.NoError(t, err)
		expect(p, false, 1)
		buyer, _, p = paired(t, s, "太远")
		answer(buyer, p, market.Interest{Answer: market.Unfit, Reason: "place"})
		expect(p, false, 1)
		buyer, _, p = paired(t, s, "感兴趣")
		answer(buyer, p, market.Interest{Answer: market.Interested})
		expect(p, true, 1)
		buyer, _, p = paired(t, s, "不要贸易商")
		answer(buyer, p, market.Interest{Answer: market.Unfit, Reason: "trader"})
		buyer, _, p = paired(t, s, "已认识")
		answer(buyer, p, market.Interest{Answer: market.Known})

		got := map[string]market.Judgement{}
		require.NoError(t, s.Judgements(ctx, func(j market.Judgement) error {
			require.NotEmpty(t, j.Proposal.Terms)
			got[j.Proposal.ID] = market.Judgement{Good: j.Good, Says: j.Says}
			return nil
		}))
		require.Equal(t, want, got)
	})
}
