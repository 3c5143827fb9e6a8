package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestErase: the person is gone, his firm leaves the market and can be claimed,
// what he did stays under his number, and the seals hold.
func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		buyer, seller, i := talking(t, s)
		require.NoError(t, s.Write(ctx, buyer, market.Message{IntroductionID: i.ID, Text: "您好"}, ""))
		live := post(t, s, buyer, market.Supply)
		require.NoError(t, s.SaveDevice(ctx, "d", buyer.UserID))
		require.NoError(t, s.SaveSession(ctx, market.Session{TokenHash: "h", UserID: buyer.UserID, ExpiresAt: time.Now().Add(time.Hour)}))
		_, err := s.Seal(ctx)
		require.NoError(t, err)
		member := market.User{ID: "m", Login: "m@example.cn", Name: "成员", PasswordHash: "x"}
		require.NoError(t, s.AddUser(ctx, member, market.Membership{Role: market.Member, EnterpriseID: buyer.EnterpriseID}))
		wanted := post(t, s, seller, market.Need)
		_, err = s.AskOnListing(ctx, buyer, wanted.ID, "可供")
		require.NoError(t, err)
		files := papers(t, s, buyer, wanted.ID, "发出.step", "未发.step")
		offer := quoted(wanted.ID)
		offer.Files = files[:1]
		require.NoError(t, s.SaveQuote(ctx, buyer, offer))
		was, err := s.PersonalData(ctx, buyer.UserID)
		require.NoError(t, err)
		require.Equal(t, [3]int{1, 1, 2}, [3]int{was.Messages, was.Devices, was.Files})

		require.True(t, market.IsKind(s.Erase(ctx, buyer), market.Conflict), "the last owner with other people")
		behalf := market.Actor{UserID: buyer.UserID, EnterpriseID: buyer.EnterpriseID, Behalf: true}
		require.ErrorIs(t, s.Erase(ctx, behalf), market.ErrNotFound)
		require.ErrorIs(t, s.Erase(ctx, market.Actor{}), market.ErrNotFound)
		require.ErrorIs(t, s.MakeOwner(ctx, seller, "m"), market.ErrNotFound)
		require.ErrorIs(t, s.MakeOwner(ctx, market.Actor{UserID: "m", EnterpriseID: buyer.EnterpriseID}, "m"), market.ErrNotFound)
		require.NoError(t, s.MakeOwner(ctx, buyer, "m"))
		require.NoError(t, s.Erase(ctx, buyer))

		_, err = s.UserByLogin(ctx, was.User.Login)
		require.ErrorIs(t, err, market.ErrNotFound)
		gone, err := s.PersonalData(ctx, buyer.UserID)
		require.NoError(t, err)
		require.Empty(t, gone.Memberships)
		require.Empty(t, gone.User.PasswordHash)
		require.NotContains(t, gone.User.Name, was.User.Name)
		_, err = s.Session(ctx, "h")
		require.ErrorIs(t, err, market.ErrNotFound)
		_, err = s.FetchFile(ctx, seller, files[0].ID)
		require.NoError(t, err, "what was sent stays with whom it was sent to")
		sent, err := s.FilesOf(ctx, buyer.UserID, 10)
		require.NoError(t, err)
		require.Len(t, sent, 2)
		require.Equal(t, []string{"发出.step"}, names(sent), "what nobody was sent is gone")
		deeds, err := s.DeedsOf(ctx, buyer.UserID, 100)
		require.NoError(t, err)
		require.Equal(t, "erase", deeds[0].Deed)
		require.Greater(t, len(deeds), 3)
		l, err := s.Listing(ctx, live.ID)
		require.NoError(t, err)
		require.Equal(t, market.Live, l.Status, "the firm has another owner")

		// The last person of the firm.
		other, _, err := s.Actor(ctx, "m")
		require.NoError(t, err)
		require.NoError(t, s.Erase(ctx, other))
		l, err = s.Listing(ctx, live.ID)
		require.NoError(t, err)
		require.Equal(t, market.Closed, l.Status)
		e, err := s.Enterprise(ctx, buyer.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, market.Contact{}, e.Contact)
		i, err = s.Introduction(ctx, i.ID)
		require.NoError(t, err)
		require.False(t, i.Open())

		_, err = s.Seal(ctx)
		require.NoError(t, err)
		n, err := s.CheckSeals(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
	})
}

// TestLastAdmin: somebody stays in charge.
func TestLastAdmin(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		for _, id := range []string{"a1", "a2"} {
			require.NoError(t, s.AddUser(t.Context(), market.User{ID: id, Login: id + "@example.cn", Name: id, PasswordHash: "x"}, market.Membership{Role: market.Admin}))
		}
		require.NoError(t, s.Erase(t.Context(), market.Actor{UserID: "a1", Admin: true}))
		require.True(t, market.IsKind(s.Erase(t.Context(), market.Actor{UserID: "a2", Admin: true}), market.Conflict))
	})
}

// TestSweepForgets: what the table of retention says goes, goes, and not before.
func TestSweepForgets(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		a := firm(t, s, "甲厂")
		draft := aListing(market.Supply)
		draft.Status = market.Draft
		_, err := s.CreateListing(t.Context(), a, &draft, "")
		require.NoError(t, err)
		_, err = s.ExpireDue(t.Context(), time.Now().Add(market.DraftLife-time.Hour), 10)
		require.NoError(t, err)
		_, err = s.Listing(t.Context(), draft.ID)
		require.NoError(t, err)
		_, err = s.ExpireDue(t.Context(), time.Now().Add(market.DraftLife+time.Hour), 10)
		require.NoError(t, err)
		_, err = s.Listing(t.Context(), draft.ID)
		require.ErrorIs(t, err, market.ErrNotFound)
		lines, err := s.Audits(t.Context(), draft.ID, 10)
		require.NoError(t, err)
		require.NotEmpty(t, lines, "the audit stays")
	})
}
