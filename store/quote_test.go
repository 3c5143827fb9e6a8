package store

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

func quoted(needID string) market.Quote {
	return market.Quote{NeedID: needID, Fen: 1950000, Unit: "吨", MOQ: decimal.NewFromInt(5), LeadDays: 10, Sample: "免费 1 根", ValidUntil: time.Now().AddDate(0, 0, 10).Format(time.DateOnly),
		Lines: []market.QuoteLine{{Spec: "直径", Answer: market.Deviation, Note: "Φ38 起"}}}
}

// TestQuotes: suppliers never see each other, the buyer sees all, a need that
// was quoted on stays as it was.
func TestQuotes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, buyer, one, two, third := t.Context(), firm(t, s, "买"), firm(t, s, "供一"), firm(t, s, "供二"), firm(t, s, "丙")
		need := post(t, s, buyer, market.Need)
		require.ErrorIs(t, s.SaveQuote(ctx, one, quoted(need.ID)), market.ErrNotFound, "nobody asked yet")
		for _, a := range []market.Actor{one, two} {
			_, err := s.AskOnListing(ctx, a, need.ID, "可供")
			require.NoError(t, err)
			require.NoError(t, s.SaveQuote(ctx, a, quoted(need.ID)))
		}
		better := quoted(need.ID)
		better.Fen = 1930000
		require.NoError(t, s.SaveQuote(ctx, two, better))
		seen := func(a market.Actor) (firms []string, err error) {
			_, list, err := s.Quotes(ctx, a, need.ID)
			for _, q := range list {
				firms = append(firms, q.EnterpriseID)
			}
			return firms, err
		}
		all, err := seen(buyer)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{one.EnterpriseID, two.EnterpriseID}, all)
		for _, a := range []market.Actor{one, two} {
			own, err := seen(a)
			require.NoError(t, err)
			require.Equal(t, []string{a.EnterpriseID}, own)
		}
		_, err = seen(third)
		require.ErrorIs(t, err, market.ErrNotFound)
		_, list, err := s.Quotes(ctx, two, need.ID)
		require.NoError(t, err)
		require.Equal(t, int64(1930000), list[0].Fen)
		require.Equal(t, better.Lines, list[0].Lines)

		_, err = s.OfferOn(ctx, one, need.ID)
		require.ErrorIs(t, err, market.ErrNotFound, "it asked without a listing of its own")
		_, err = s.OfferOn(ctx, third, need.ID)
		require.ErrorIs(t, err, market.ErrNotFound)
		counts, err := s.QuoteCounts(ctx, []string{need.ID, market.NewID()})
		require.NoError(t, err)
		require.Equal(t, map[string]int{need.ID: 2}, counts)
		need.Title = "改过的需求"
		require.True(t, market.IsKind(s.UpdateListing(ctx, buyer, &need), market.Conflict))
		require.NoError(t, s.Clarify(ctx, buyer, need.ID, "要求附材质单"))
		require.ErrorIs(t, s.Clarify(ctx, one, need.ID, "我来补充"), market.ErrNotFound)
		_, err = s.SetStatus(ctx, buyer, need.ID, need.Rev, market.Live, time.Now().AddDate(0, 2, 0))
		require.NoError(t, err, "it can be extended")

		bad := quoted(need.ID)
		bad.Lines = nil
		require.True(t, market.IsKind(s.SaveQuote(ctx, one, bad), market.Invalid), "a must wants an answer")
		no := market.Quote{NeedID: need.ID, Declined: "capacity"}
		require.NoError(t, s.SaveQuote(ctx, one, no))
		_, err = s.SetStatus(ctx, buyer, need.ID, need.Rev+1, market.Closed, time.Time{})
		require.NoError(t, err)
		require.ErrorIs(t, s.SaveQuote(ctx, one, quoted(need.ID)), market.ErrStale)
	})
}

// papers puts up files for a quote and returns them.
func papers(t *testing.T, s *Store, a market.Actor, needID string, names ...string) (out []market.Attachment) {
	for _, name := range names {
		f := market.Attachment{ID: market.NewID(), NeedID: needID, Name: name, Type: market.STEP, Bytes: []byte("ISO-10303-21;" + name)}
		require.NoError(t, s.AttachToQuote(t.Context(), a, f))
		out = append(out, f)
	}
	return out
}

// bidding are a buyer with a need and two verified suppliers that asked on it.
func bidding(t *testing.T, s *Store) (buyer, one, two market.Actor, need market.Listing) {
	buyer, one, two = firm(t, s, "买"), firm(t, s, "供一"), firm(t, s, "供二")
	need = post(t, s, buyer, market.Need)
	for _, a := range []market.Actor{one, two} {
		verify(t, s, a)
		_, err := s.AskOnListing(t.Context(), a, need.ID, "可供")
		require.NoError(t, err)
	}
	return buyer, one, two, need
}

func names(files []market.Attachment) (out []string) {
	for _, f := range files {
		if f.RemovedAt.IsZero() {
			out = append(out, f.Name)
		}
	}
	return out
}

// TestQuoteFiles: what is put up is the firm's own until its quote is sent; then
// the buyer gets it, with a line in the log, and no other supplier ever does.
func TestQuoteFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, one, two, need := bidding(t, s)
		mine := papers(t, s, one, need.ID, "图纸.step", "证书.step", "价目.step")
		theirs := papers(t, s, two, need.ID, "对手.step")
		fetch := func(a market.Actor, f market.Attachment) error { return second(s.FetchFile(ctx, a, f.ID)) }
		require.ErrorIs(t, fetch(buyer, mine[0]), market.ErrNotFound, "no quote is sent yet")
		require.NoError(t, fetch(one, mine[0]))

		q := quoted(need.ID)
		q.Files = []market.Attachment{{ID: mine[0].ID}, {ID: mine[1].ID}}
		require.NoError(t, s.SaveQuote(ctx, one, q))
		other := quoted(need.ID)
		other.Files = []market.Attachment{{ID: theirs[0].ID}, {ID: mine[0].ID}}
		foreign := s.SaveQuote(ctx, two, other)
		other.Files[1].ID = market.NewID()
		require.Equal(t, s.SaveQuote(ctx, two, other).Error(), foreign.Error(), "another's file is as good as none")
		require.True(t, market.IsKind(foreign, market.Invalid), "%v", foreign)
		other.Files = other.Files[:1]
		require.NoError(t, s.SaveQuote(ctx, two, other))

		_, list, err := s.Quotes(ctx, buyer, need.ID)
		require.NoError(t, err)
		got := map[string][]string{}
		for _, q := range list {
			got[q.EnterpriseID] = names(q.Files)
		}
		require.Equal(t, map[string][]string{one.EnterpriseID: {"图纸.step", "证书.step"}, two.EnterpriseID: {"对手.step"}}, got)
		_, list, err = s.Quotes(ctx, two, need.ID)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, []string{"对手.step"}, names(list[0].Files))
		require.NoError(t, fetch(buyer, mine[0]))
		require.ErrorIs(t, fetch(buyer, mine[2]), market.ErrNotFound, "the quote did not take it along")
		for _, a := range []market.Actor{two, firm(t, s, "路人"), {UserID: one.UserID, EnterpriseID: one.EnterpriseID, Behalf: true}} {
			require.ErrorIs(t, fetch(a, mine[0]), market.ErrNotFound)
		}
		log, err := s.Downloads(ctx, mine[0].ID)
		require.NoError(t, err)
		require.Len(t, log, 2)
		require.Equal(t, buyer.EnterpriseID, log[0].EnterpriseID)
		by, err := s.DownloadsBy(ctx, one.EnterpriseID, 10)
		require.NoError(t, err)
		require.Equal(t, []market.Download{{AttachmentID: mine[0].ID, Name: "图纸.step", EnterpriseID: buyer.EnterpriseID, UserID: buyer.UserID, At: log[0].At}}, by, "one's own are left out")
		audits, err := s.Audits(ctx, mine[0].ID, 10)
		require.NoError(t, err)
		require.Equal(t, []string{"upload", "download", "download"}, []string{audits[0].Deed, audits[1].Deed, audits[2].Deed})

		// An amended quote without one of them takes it back; the log stays.
		q.Files = q.Files[1:]
		require.NoError(t, s.SaveQuote(ctx, one, q))
		_, list, err = s.Quotes(ctx, one, need.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"证书.step"}, names(list[0].Files))
		require.Len(t, list[0].Files, 2, "its own firm sees that it was there")
		require.True(t, market.IsKind(fetch(buyer, mine[0]), market.Conflict))
		log, err = s.Downloads(ctx, mine[0].ID)
		require.NoError(t, err)
		require.Len(t, log, 2)
		q.Files = append(q.Files, market.Attachment{ID: mine[0].ID})
		require.True(t, market.IsKind(s.SaveQuote(ctx, one, q), market.Invalid), "what was taken back is gone")

		require.NoError(t, s.SaveQuote(ctx, one, market.Quote{NeedID: need.ID, Declined: "capacity"}))
		require.True(t, market.IsKind(fetch(buyer, mine[1]), market.Conflict), "who will not quote takes all back")
	})
}

// TestQuoteFilesBounds: only a verified firm that may quote, only so many, only
// while the need is live; what no quote takes along does not stay.
func TestQuoteFilesBounds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, supplier, _, need := bidding(t, s)
		file := func() market.Attachment {
			return market.Attachment{ID: market.NewID(), NeedID: need.ID, Name: "a.step", Type: market.STEP, Bytes: []byte("ISO-10303-21;")}
		}
		for _, a := range []market.Actor{buyer, firm(t, s, "路人"), {UserID: "u"}, {UserID: supplier.UserID, EnterpriseID: supplier.EnterpriseID, Behalf: true}} {
			require.ErrorIs(t, s.AttachToQuote(ctx, a, file()), market.ErrNotFound)
		}
		unknown := firm(t, s, "未核实")
		_, err := s.AskOnListing(ctx, unknown, need.ID, "可供")
		require.NoError(t, err)
		require.True(t, market.IsKind(s.AttachToQuote(ctx, unknown, file()), market.Conflict))
		require.NoError(t, s.SaveQuote(ctx, unknown, quoted(need.ID)), "the quote itself may be sent")

		first := file()
		for range 2 { // the answer to the first got lost
			require.NoError(t, s.AttachToQuote(ctx, supplier, first))
		}
		for range market.AttachmentsMost - 1 {
			require.NoError(t, s.AttachToQuote(ctx, supplier, file()))
		}
		require.True(t, market.IsKind(s.AttachToQuote(ctx, supplier, file()), market.TooMany))
		require.NoError(t, s.AttachToQuote(ctx, supplier, first), "that is no new one")
		q := quoted(need.ID)
		q.Files = []market.Attachment{{ID: first.ID}}
		require.NoError(t, s.SaveQuote(ctx, supplier, q))
		left := func() (n int) {
			require.NoError(t, s.update(ctx, func(ctx context.Context, t *tx) error {
				return one(ctx, t, `SELECT count(*) FROM attachment WHERE removed_at = 0`, into(&n))
			}))
			return n
		}
		_, err = s.ExpireDue(ctx, time.Now().Add(market.EvidenceIdle-time.Minute), 10)
		require.NoError(t, err)
		require.Equal(t, market.AttachmentsMost, left())
		_, err = s.ExpireDue(ctx, time.Now().Add(market.EvidenceIdle+time.Minute), 10)
		require.NoError(t, err)
		require.Equal(t, 1, left())
		_, err = s.FetchFile(ctx, buyer, first.ID)
		require.NoError(t, err)

		_, err = s.SetStatus(ctx, buyer, need.ID, need.Rev, market.Closed, time.Time{})
		require.NoError(t, err)
		require.ErrorIs(t, s.AttachToQuote(ctx, supplier, file()), market.ErrStale)
	})
}

// TestMutedQuote: what a firm quotes to which the buyer said never is kept, and
// the buyer neither sees it nor hears of it, nor is his need frozen by it.
func TestMutedQuote(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, one, _, _ := bidding(t, s)
		list, err := introductionsWhere(ctx, s.read, `by_id = $1`, one.EnterpriseID)
		require.NoError(t, err)
		require.NoError(t, s.Veto(ctx, buyer, list[0].ID, market.Never))
		again := post(t, s, buyer, market.Need)
		before, _, err := s.Notices(ctx, buyer.EnterpriseID, "", 100)
		require.NoError(t, err)
		i, err := s.AskOnListing(ctx, one, again.ID, "还是想供")
		require.NoError(t, err)
		require.True(t, i.Muted)
		f := papers(t, s, one, again.ID, "图.step")
		q := quoted(again.ID)
		q.Files = f
		require.NoError(t, s.SaveQuote(ctx, one, q))
		_, own, err := s.Quotes(ctx, one, again.ID)
		require.NoError(t, err)
		require.Len(t, own, 1)

		_, heard, err := s.Quotes(ctx, buyer, again.ID)
		require.NoError(t, err)
		require.Empty(t, heard)
		require.ErrorIs(t, second(s.FetchFile(ctx, buyer, f[0].ID)), market.ErrNotFound)
		counts, err := s.QuoteCounts(ctx, []string{again.ID})
		require.NoError(t, err)
		require.Empty(t, counts)
		after, _, err := s.Notices(ctx, buyer.EnterpriseID, "", 100)
		require.NoError(t, err)
		require.Equal(t, before, after)
		again.Title = "改过的需求"
		require.NoError(t, s.UpdateListing(ctx, buyer, &again), "it is not frozen")
	})
}

// TestMergeQuoteFiles: of two records of one firm that both quoted, each quote
// keeps its own files, and the buyer still gets all.
func TestMergeQuoteFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, one, two, need := bidding(t, s)
		files := map[string]market.Attachment{}
		for name, a := range map[string]market.Actor{"一.step": one, "二.step": two} {
			q := quoted(need.ID)
			q.Files = papers(t, s, a, need.ID, name)
			require.NoError(t, s.SaveQuote(ctx, a, q))
			files[name] = q.Files[0]
		}
		keep, err := s.Enterprise(ctx, one.EnterpriseID)
		require.NoError(t, err)
		drop, err := s.Enterprise(ctx, two.EnterpriseID)
		require.NoError(t, err)
		require.NoError(t, s.Merge(ctx, market.Actor{UserID: "op", Admin: true}, keep, drop))
		_, list, err := s.Quotes(ctx, buyer, need.ID)
		require.NoError(t, err)
		require.Len(t, list, 2)
		for _, q := range list {
			require.Len(t, q.Files, 1)
			require.Equal(t, q.EnterpriseID, q.Files[0].EnterpriseID)
		}
		for _, f := range files {
			require.NoError(t, second(s.FetchFile(ctx, buyer, f.ID)))
		}
		_, list, err = s.Quotes(ctx, one, need.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"一.step"}, names(list[0].Files))
	})
}
