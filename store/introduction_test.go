package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// verify makes the actor's firm one that somebody stands behind.
func verify(t testing.TB, s *Store, a market.Actor) {
	require.NoError(t, s.update(t.Context(), func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE enterprise SET level = 'reviewed' WHERE id = $1`, a.EnterpriseID)
		return err
	}))
}

// paired are two verified firms with one open proposal between them.
func paired(t *testing.T, s *Store, name string) (buyer, seller market.Actor, p market.Proposal) {
	buyer, seller = firm(t, s, name+"甲"), firm(t, s, name+"乙")
	verify(t, s, buyer)
	verify(t, s, seller)
	need, supply := post(t, s, buyer, market.Need), post(t, s, seller, market.Supply)
	saveMatches(t, s, matched(t, s, need, proposed(need, supply, 80)))
	list := all(t, s, buyer)
	require.Len(t, list, 1)
	return buyer, seller, list[pair{need.ID, supply.ID}]
}

// on returns the introduction of a proposal.
func on(t testing.TB, s *Store, p market.Proposal) market.Introduction {
	m, err := s.IntroductionsOn(t.Context(), []string{p.ID})
	require.NoError(t, err)
	return m[p.ID]
}

func answer(t testing.TB, s *Store, a market.Actor, p market.Proposal, as market.Answer) error {
	i := market.Interest{ProposalID: p.ID, Answer: as}
	if as == market.Unfit {
		i.Reason = "price"
	}
	return s.SaveInterest(t.Context(), a, i)
}

// records counts the consents in force, the disclosures and their audit lines.
func records(t testing.TB, s *Store, id string) (consents, disclosures, audits int) {
	require.NoError(t, one(t.Context(), s.read, `SELECT COALESCE(SUM(CASE WHEN given = 1 THEN 1 ELSE -1 END), 0) FROM consent WHERE introduction_id = $1`, into(&consents), id))
	require.NoError(t, one(t.Context(), s.read, `SELECT count(*) FROM disclosure WHERE introduction_id = $1`, into(&disclosures), id))
	require.NoError(t, one(t.Context(), s.read, `SELECT count(*) FROM audit WHERE of = $1 AND deed = 'disclose'`, into(&audits), id))
	return consents, disclosures, audits
}

// TestInterestBecomesIntroduction: the first interest asks, the second accepts
// and opens the contacts; taking it back closes them.
func TestInterestBecomesIntroduction(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller, p := paired(t, s, "一")
		require.NoError(t, answer(t, s, buyer, p, market.Interested))
		i := on(t, s, p)
		require.Equal(t, market.Asked, i.Status)
		require.Equal(t, [4]string{buyer.EnterpriseID, seller.EnterpriseID, p.SupplyID, p.NeedID}, [4]string{i.By, i.To, i.ListingID, i.FromID})
		drain(t, s)
		require.NoError(t, answer(t, s, seller, p, market.Interested))
		require.Contains(t, kinds(drain(t, s)), market.ChangeIntroduction)
		i = on(t, s, p)
		require.True(t, i.Open())
		c, d, a := records(t, s, i.ID)
		require.Equal(t, [3]int{2, 2, 2}, [3]int{c, d, a})

		_, err := s.DoIntroduction(ctx, buyer, i.ID, i.Rev-1, Withdraw, "")
		require.ErrorIs(t, err, market.ErrStale)
		i, err = s.DoIntroduction(ctx, buyer, i.ID, i.Rev, Withdraw, "")
		require.NoError(t, err)
		require.False(t, i.Open())
		mine, err := s.InterestsOf(ctx, []string{p.ID}, buyer.EnterpriseID)
		require.NoError(t, err)
		require.Empty(t, mine[p.ID], "the answer on the proposal went with it")
		require.NoError(t, answer(t, s, buyer, p, market.Interested), "and can be given again")
		require.NotEqual(t, i.ID, on(t, s, p).ID)

		stranger := firm(t, s, "丙")
		_, err = s.DoIntroduction(ctx, stranger, i.ID, i.Rev, Withdraw, "")
		require.ErrorIs(t, err, market.ErrNotFound)
		require.ErrorIs(t, s.Veto(ctx, stranger, i.ID, market.Never), market.ErrNotFound)
	})
}

// TestUnverifiedWaits: two firms agreed, but nobody stands behind one of them.
func TestUnverifiedWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b := t.Context(), firm(t, s, "甲"), firm(t, s, "乙")
		verify(t, s, a)
		i, err := s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "请报价")
		require.NoError(t, err)
		i, err = s.DoIntroduction(ctx, b, i.ID, i.Rev, Accept, "")
		require.NoError(t, err)
		require.Equal(t, market.Agreed, i.Status)
		require.False(t, i.Open())
		verify(t, s, b)
		require.NoError(t, s.update(ctx, func(ctx context.Context, t *tx) error { return t.discloseFor(ctx, a, b.EnterpriseID) }))
		i, err = s.Introduction(ctx, i.ID)
		require.NoError(t, err)
		require.True(t, i.Open())
	})
}

// TestVetoIsPrivate: the firm that was told never can go on asking, and
// nothing that it sees tells it apart from a firm that does not answer.
func TestVetoIsPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller, p := paired(t, s, "一")
		require.NoError(t, answer(t, s, buyer, p, market.Interested))
		require.NoError(t, answer(t, s, seller, p, market.Competitor))
		i := on(t, s, p)
		require.Equal(t, market.Declined, i.Status)
		require.Empty(t, i.Reason)
		other := post(t, s, seller, market.Supply)
		i, err := s.AskOnListing(ctx, buyer, other.ID, "再问一次")
		require.NoError(t, err)
		require.True(t, i.Muted)
		sent, _, err := s.IntroductionsFor(ctx, buyer.EnterpriseID, IntroductionsSent, time.Now(), "", 10)
		require.NoError(t, err)
		require.Len(t, sent, 1)
		for _, v := range []IntroductionView{"", IntroductionsWaiting} {
			seen, _, err := s.IntroductionsFor(ctx, seller.EnterpriseID, v, time.Now(), "", 10)
			require.NoError(t, err)
			require.NotContains(t, seen, i)
		}
		_, err = s.DoIntroduction(ctx, seller, i.ID, i.Rev, Accept, "")
		require.ErrorIs(t, err, market.ErrNotFound)
		first := on(t, s, p)
		require.NoError(t, s.Veto(ctx, seller, first.ID, market.Competitor), "said again while the other's question is hidden")
		still, err := s.Introduction(ctx, i.ID)
		require.NoError(t, err)
		require.Equal(t, i, still, "the hidden question stays as it was")
		words, err := s.Vetoed(ctx, seller.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, map[string]market.Answer{buyer.EnterpriseID: market.Competitor}, words)
		none, err := s.Vetoed(ctx, buyer.EnterpriseID)
		require.NoError(t, err)
		require.Empty(t, none)
		never, err := s.Vetoes(ctx, []string{buyer.EnterpriseID})
		require.NoError(t, err)
		require.Equal(t, []string{seller.EnterpriseID}, never[buyer.EnterpriseID], "the matcher respects it")
		require.NoError(t, s.Unveto(ctx, seller, buyer.EnterpriseID))
		require.ErrorIs(t, s.Unveto(ctx, seller, buyer.EnterpriseID), market.ErrNotFound)
	})
}

// TestOpenIntroductionsAreBounded: at once as well; an answer frees a place,
// and so does time.
func TestOpenIntroductionsAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a, b := t.Context(), firm(t, s, "甲"), firm(t, s, "乙")
		s.SetLimits(market.Limits{OpenIntroductions: 3})
		var got [8]market.Introduction
		var errs [8]error
		var wg sync.WaitGroup
		for n := range got {
			l := post(t, s, b, market.Supply)
			wg.Go(func() { got[n], errs[n] = s.AskOnListing(ctx, a, l.ID, "") })
		}
		wg.Wait()
		var open []market.Introduction
		for n, err := range errs {
			if err == nil {
				open = append(open, got[n])
			} else {
				require.True(t, market.IsKind(err, market.TooMany), "%v", err)
			}
		}
		require.Len(t, open, 3)
		again, err := s.AskOnListing(ctx, a, open[0].ListingID, "")
		require.NoError(t, err, "asking twice is asking once")
		require.Equal(t, open[0].ID, again.ID)
		_, err = s.DoIntroduction(ctx, b, open[0].ID, 1, Decline, "price")
		require.NoError(t, err)
		_, err = s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
		require.NoError(t, err)
		_, err = s.AskOnListing(ctx, a, post(t, s, a, market.Supply).ID, "")
		require.ErrorIs(t, err, market.ErrNotFound, "one's own listing")

		drain(t, s)
		_, err = s.ExpireDue(ctx, time.Now().Add(market.IntroductionLife), 100)
		require.NoError(t, err)
		require.Contains(t, kinds(drain(t, s)), market.ChangeIntroduction)
		i, err := s.Introduction(ctx, open[1].ID)
		require.NoError(t, err)
		require.Equal(t, market.Lapsed, i.Status)
	})
}

// TestIntroductionRaces: fifty accept and withdraw one introduction at the same
// moment, all at the revision they saw: one wins, and the state, the consents
// and the disclosures tell the same story, on a proposal and on a listing, which
// has no other row to wait for than its own.
func TestIntroductionRaces(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		outcomes := map[market.IntroductionStatus]int{}
		for round := range 6 {
			buyer, seller, p := paired(t, s, fmt.Sprint(round))
			var i market.Introduction
			if round < 3 {
				require.NoError(t, answer(t, s, buyer, p, market.Interested))
				i = on(t, s, p)
			} else {
				var err error
				i, err = s.AskOnListing(ctx, buyer, post(t, s, seller, market.Supply).ID, "")
				require.NoError(t, err)
			}
			errs := make([]error, 50)
			var wg sync.WaitGroup
			for n := range errs {
				wg.Go(func() {
					if (n+round)%2 == 0 {
						_, errs[n] = s.DoIntroduction(ctx, seller, i.ID, i.Rev, Accept, "")
					} else {
						_, errs[n] = s.DoIntroduction(ctx, buyer, i.ID, i.Rev, Withdraw, "")
					}
				})
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else {
					require.True(t, errors.Is(err, market.ErrStale), "%v", err)
				}
			}
			require.Equal(t, 1, won)
			i, err := s.Introduction(ctx, i.ID)
			require.NoError(t, err)
			outcomes[i.Status]++
			c, d, a := records(t, s, i.ID)
			if i.Status == market.Agreed {
				require.Equal(t, [3]int{2, 2, 2}, [3]int{c, d, a})
				require.True(t, i.Open())
			} else {
				require.Equal(t, market.TakenBack, i.Status)
				require.Equal(t, [3]int{0, 0, 0}, [3]int{c, d, a})
				require.False(t, i.Open())
			}
		}
		t.Log(outcomes)
	})
}

// TestBothAskAtOnce: two parties who say yes at the same moment have one
// introduction, and it is agreed.
func TestBothAskAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		for round := range 5 {
			buyer, seller, p := paired(t, s, fmt.Sprint(round))
			var wg sync.WaitGroup
			var errs [2]error
			for n, a := range []market.Actor{buyer, seller} {
				wg.Go(func() { errs[n] = answer(t, s, a, p, market.Interested) })
			}
			wg.Wait()
			require.NoError(t, errors.Join(errs[:]...))
			i := on(t, s, p)
			require.True(t, i.Open())
			c, d, a := records(t, s, i.ID)
			require.Equal(t, [3]int{2, 2, 2}, [3]int{c, d, a})
		}
	})
}
