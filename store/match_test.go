package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

func proposed(need, supply market.Listing, total int) market.Proposal {
	return market.Proposal{NeedID: need.ID, SupplyID: supply.ID, Kind: market.Direct, Total: total, Weights: "test",
		Terms: []market.Term{{Name: market.TermProduct, Verdict: market.Fits, Points: 40, Max: 40, Need: "铝棒", Supply: "铝棒"}}}
}

// matched is the result of a match that has just seen everything it keeps and
// every partner of before.
func matched(t testing.TB, s *Store, l market.Listing, keep ...market.Proposal) []ListingMatches {
	partners, err := s.Partners(t.Context(), []string{l.ID})
	require.NoError(t, err)
	ids := partners[l.ID]
	for _, p := range keep {
		ids = append(ids, pair{p.NeedID, p.SupplyID}.other(l.ID))
	}
	others, err := s.Listings(t.Context(), ids)
	require.NoError(t, err)
	seen := map[string]int64{}
	for id, o := range others {
		seen[id] = o.Rev
	}
	return []ListingMatches{{ListingID: l.ID, Rev: l.Rev, Side: l.Side, Keep: keep, Seen: seen}}
}

// saveMatches saves what has to be saved at once.
func saveMatches(t testing.TB, s *Store, m []ListingMatches) {
	again, err := s.SaveMatches(t.Context(), m)
	require.NoError(t, err)
	require.Empty(t, again)
}

func all(t *testing.T, s *Store, a market.Actor) map[pair]market.Proposal {
	list, _, err := s.ProposalsFor(t.Context(), a.EnterpriseID, "", ViewAll, "", 100)
	require.NoError(t, err)
	out := map[pair]market.Proposal{}
	for _, p := range list {
		out[pair{p.NeedID, p.SupplyID}] = p
	}
	return out
}

func TestSaveMatches(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		need, s1, s2, s3 := post(t, s, buyer, market.Need), post(t, s, seller, market.Supply), post(t, s, seller, market.Supply), post(t, s, seller, market.Supply)
		drain(t, s)
		// save returns how many proposals changed; somebody is told if and only if one did.
		save := func(m []ListingMatches) int {
			before, n := all(t, s, buyer), 0
			saveMatches(t, s, m)
			for at, p := range all(t, s, buyer) {
				if before[at].Rev != p.Rev {
					n++
				}
			}
			told := drain(t, s)
			require.Equal(t, n > 0, len(told) > 0)
			require.LessOrEqual(t, len(told), max(1, n))
			return n
		}
		three := matched(t, s, need, proposed(need, s1, 90), proposed(need, s2, 80), proposed(need, s3, 70))
		require.Equal(t, 3, save(three))
		first := all(t, s, buyer)
		require.Len(t, first, 3)
		p1 := first[pair{need.ID, s1.ID}]
		require.Equal(t, seller.EnterpriseID, p1.SupplyBy)
		require.Equal(t, three[0].Keep[0].Terms, p1.Terms)
		require.Equal(t, 0, save(three), "twice is once")
		require.Equal(t, first, all(t, s, buyer))
		require.Equal(t, 1, save(matched(t, s, s1, proposed(need, s1, 91))), "the same pair from the other side, rescored")
		require.Equal(t, p1.ID, all(t, s, buyer)[pair{need.ID, s1.ID}].ID)

		counts, err := s.ProposalCounts(ctx, []string{need.ID, s1.ID, "x"})
		require.NoError(t, err)
		require.Equal(t, map[string]int{need.ID: 3, s1.ID: 1}, counts)

		// Interested on 1 outlives the machine's opinion; 2 no longer fits; 3 is refused.
		require.NoError(t, s.SaveInterest(ctx, seller, market.Interest{ProposalID: p1.ID, Answer: market.Interested}))
		p3 := first[pair{need.ID, s3.ID}]
		require.NoError(t, s.SaveInterest(ctx, buyer, market.Interest{ProposalID: p3.ID, Answer: market.Unfit, Reason: "price"}))
		drain(t, s)
		require.Equal(t, 1, save(matched(t, s, need)))
		status := func(x market.Listing) market.ProposalStatus { return all(t, s, buyer)[pair{need.ID, x.ID}].Status }
		require.Equal(t, []market.ProposalStatus{market.Open, market.Withdrawn, market.Withdrawn}, []market.ProposalStatus{status(s1), status(s2), status(s3)})
		require.Equal(t, 2, save(three), "2 is open again, 1 rescored, 3 stays refused")
		require.Equal(t, []market.ProposalStatus{market.Open, market.Open, market.Withdrawn}, []market.ProposalStatus{status(s1), status(s2), status(s3)})
		answers, err := s.InterestsOf(ctx, []string{p1.ID, p3.ID}, "")
		require.NoError(t, err)
		require.Len(t, answers, 2)
		require.Equal(t, market.Interested, answers[p1.ID][0].Answer)
		refused, err := s.Refused(ctx, []string{need.ID, s3.ID})
		require.NoError(t, err)
		require.Equal(t, map[string][]string{need.ID: {s3.ID}, s3.ID: {need.ID}}, refused)

		open, err := s.OpenProposals(ctx, seller.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, 1, open, "1 is answered")

		// Closing takes everything along, even what somebody likes; live again, it may come back.
		closed, err := s.SetStatus(ctx, buyer, need.ID, need.Rev, market.Closed, time.Time{})
		require.NoError(t, err)
		require.Equal(t, []market.ProposalStatus{market.Withdrawn, market.Withdrawn, market.Withdrawn}, []market.ProposalStatus{status(s1), status(s2), status(s3)})
		require.ErrorIs(t, s.SaveInterest(ctx, buyer, market.Interest{ProposalID: p1.ID, Answer: market.Interested}), market.ErrStale)
		drain(t, s)
		require.Equal(t, 0, save(matched(t, s, closed, proposed(need, s1, 99))), "a closed need gets none")
		require.Equal(t, 0, save(matched(t, s, s1, proposed(need, s1, 99))), "nor from the other side")
		live, err := s.SetStatus(ctx, buyer, need.ID, closed.Rev, market.Live, time.Time{})
		require.NoError(t, err)
		drain(t, s)
		require.Equal(t, 0, save(three), "a result for an old revision is dropped")
		three[0].Rev = live.Rev
		require.Equal(t, 2, save(three))
		require.Equal(t, []market.ProposalStatus{market.Open, market.Open, market.Withdrawn}, []market.ProposalStatus{status(s1), status(s2), status(s3)})
	})
}

// TestMatchesCross is two workers that match the two halves of a pair at once.
// The one that began before the other half was there must not withdraw what the
// other proposed, nor keep a score of what has changed since.
func TestMatchesCross(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		buyer, seller := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		need := post(t, s, buyer, market.Need)
		early := matched(t, s, need)
		supply := post(t, s, seller, market.Supply)
		at := pair{need.ID, supply.ID}
		saveMatches(t, s, matched(t, s, supply, proposed(need, supply, 80)))
		saveMatches(t, s, early)
		require.Equal(t, market.Open, all(t, s, buyer)[at].Status, "the need's worker had not seen the supply")

		late := matched(t, s, need, proposed(need, supply, 80))
		unfit := matched(t, s, need)
		supply.Title = "改过的标题"
		require.NoError(t, s.UpdateListing(t.Context(), seller, &supply))
		before := all(t, s, buyer)[at]
		again, err := s.SaveMatches(t.Context(), late)
		require.NoError(t, err)
		require.Equal(t, []string{need.ID}, again, "the supply is not as it was seen")
		require.Equal(t, before, all(t, s, buyer)[at])
		saveMatches(t, s, unfit)
		require.Equal(t, market.Open, all(t, s, buyer)[at].Status, "unfit was the supply of before")
		saveMatches(t, s, matched(t, s, need))
		require.Equal(t, market.Withdrawn, all(t, s, buyer)[at].Status)
	})
}

func TestKnownIsForBothAndCanBeTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller, stranger := firm(t, s, "甲厂"), firm(t, s, "乙厂"), firm(t, s, "丙厂")
		need, s1, s2 := post(t, s, buyer, market.Need), post(t, s, seller, market.Supply), post(t, s, seller, market.Supply)
		both := matched(t, s, need, proposed(need, s1, 90), proposed(need, s2, 80))
		saveMatches(t, s, both)
		p1 := all(t, s, buyer)[pair{need.ID, s1.ID}]
		require.ErrorIs(t, s.SaveInterest(ctx, stranger, market.Interest{ProposalID: p1.ID, Answer: market.Known}), market.ErrNotFound)
		require.True(t, market.IsKind(s.SaveInterest(ctx, seller, market.Interest{ProposalID: p1.ID, Answer: market.Unfit}), market.Invalid))
		require.NoError(t, s.SaveInterest(ctx, seller, market.Interest{ProposalID: p1.ID, Answer: market.Known}))
		never, err := s.Vetoes(ctx, []string{buyer.EnterpriseID, seller.EnterpriseID})
		require.NoError(t, err)
		require.Equal(t, map[string][]string{buyer.EnterpriseID: {seller.EnterpriseID}, seller.EnterpriseID: {buyer.EnterpriseID}}, never)
		saveMatches(t, s, both)
		for at, p := range all(t, s, buyer) {
			require.Equal(t, market.Withdrawn, p.Status, at)
		}
		closed, _, err := s.ProposalsFor(ctx, buyer.EnterpriseID, need.ID, ViewClosed, "", 10)
		require.NoError(t, err)
		require.Len(t, closed, 2)
		answered, _, err := s.ProposalsFor(ctx, seller.EnterpriseID, "", ViewAnswered, "", 10)
		require.NoError(t, err)
		require.Len(t, answered, 1)

		require.NoError(t, s.SaveInterest(ctx, seller, market.Interest{ProposalID: p1.ID, Answer: market.Interested}))
		never, err = s.Vetoes(ctx, []string{buyer.EnterpriseID})
		require.NoError(t, err)
		require.Empty(t, never)
		saveMatches(t, s, both)
		var seen []string
		for after := ""; ; {
			page, next, err := s.ProposalsFor(ctx, buyer.EnterpriseID, "", ViewOpen, after, 1)
			require.NoError(t, err)
			require.Len(t, page, 1)
			seen = append(seen, page[0].SupplyID)
			if after = next; next == "" {
				break
			}
		}
		require.Equal(t, []string{s1.ID, s2.ID}, seen, "best first")
	})
}

// TestWorkersOverlap saves the same pairs from both sides at once, as two
// workers do, while the need is closed: nothing deadlocks, no pair is there
// twice, none is left open.
func TestWorkersOverlap(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		buyer, seller := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		need := post(t, s, buyer, market.Need)
		var supplies []market.Listing
		var keep []market.Proposal
		for range 20 {
			x := post(t, s, seller, market.Supply)
			supplies, keep = append(supplies, x), append(keep, proposed(need, x, 50))
		}
		var wg sync.WaitGroup
		errs := make([]error, 41)
		for i, x := range supplies {
			one, whole := matched(t, s, x, keep[i]), matched(t, s, need, keep...)
			wg.Go(func() { _, errs[i] = s.SaveMatches(context.Background(), one) })
			wg.Go(func() { _, errs[20+i] = s.SaveMatches(context.Background(), whole) })
		}
		wg.Go(func() {
			_, errs[40] = s.SetStatus(context.Background(), buyer, need.ID, need.Rev, market.Closed, time.Time{})
		})
		wg.Wait()
		for i, err := range errs {
			require.NoError(t, err, i)
		}
		for at, p := range all(t, s, buyer) {
			require.Equal(t, market.Withdrawn, p.Status, at)
		}
	})
}

func BenchmarkSaveMatches(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *Store{"sqlite": sqliteStore, "postgres": postgresStore} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			buyer, seller := firm(b, s, "甲厂"), firm(b, s, "乙厂")
			var supplies []market.Listing
			for range 400 {
				supplies = append(supplies, post(b, s, seller, market.Supply))
			}
			saved, i := 0, 0
			var spent time.Duration
			for b.Loop() {
				var batch []ListingMatches
				for range 64 {
					need := post(b, s, buyer, market.Need)
					var keep []market.Proposal
					for k := range 20 {
						i++
						p := proposed(need, supplies[(i+k)%len(supplies)], 50+k)
						for len(p.Terms) < 10 {
							p.Terms = append(p.Terms, market.Term{Name: market.TermSpec, Verdict: market.Partly, Points: 3, Max: 5, Label: "直径", Need: "40–60 mm", Supply: fmt.Sprint(i, " mm")})
						}
						keep = append(keep, p)
					}
					batch = append(batch, matched(b, s, need, keep...)...)
				}
				began := time.Now()
				_, err := s.SaveMatches(b.Context(), batch)
				require.NoError(b, err)
				spent += time.Since(began)
				saved += 64
			}
			b.ReportMetric(float64(saved)/spent.Seconds(), "listings/s")
		})
	}
}

func BenchmarkCreateListing(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *Store{"sqlite": sqliteStore, "postgres": postgresStore} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			a := firm(b, s, "甲厂")
			b.SetParallelism(8) // times GOMAXPROCS
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					l := aListing(market.Supply)
					if _, err := s.CreateListing(context.Background(), a, &l, market.NewID()); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "listings/s")
		})
	}
}
