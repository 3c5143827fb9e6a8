package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// topics are those of a firm's notices, oldest first.
func topics(t *testing.T, s *Store, firm string) (out []market.Topic) {
	t.Helper()
	list, _, err := s.Notices(t.Context(), firm, "", 100)
	require.NoError(t, err)
	for _, n := range list {
		out = append([]market.Topic{n.Topic}, out...)
		require.Equal(t, firm, n.EnterpriseID)
	}
	return out
}

// sql does what time would have done.
func (s *Store) sql(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, s.update(t.Context(), func(ctx context.Context, x *tx) error {
		_, err := x.exec(ctx, query, args...)
		return err
	}))
}

// TestNotices: who is to know of a deed is told with it, once; who is not, never.
func TestNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b, c := firm(t, s, "甲厂"), firm(t, s, "乙厂"), firm(t, s, "丙厂")
		verify(t, s, a)
		verify(t, s, b)
		supply := post(t, s, b, market.Supply)
		drain(t, s)
		i, err := s.AskOnListing(ctx, a, supply.ID, "")
		require.NoError(t, err)
		require.Contains(t, kindsOf(drain(t, s)), market.Change{Kind: market.ChangeNotice, Of: b.EnterpriseID})
		_, err = s.AskOnListing(ctx, a, supply.ID, "")
		require.NoError(t, err)
		require.Equal(t, []market.Topic{"asked"}, topics(t, s, b.EnterpriseID))
		require.Empty(t, topics(t, s, a.EnterpriseID))

		_, err = s.DoIntroduction(ctx, b, i.ID, i.Rev, Accept, "")
		require.NoError(t, err)
		require.Equal(t, []market.Topic{"answered", "opened"}, topics(t, s, a.EnterpriseID))
		require.Equal(t, []market.Topic{"asked", "opened"}, topics(t, s, b.EnterpriseID))
		for range 3 { // in one hour: one notice
			require.NoError(t, s.Write(ctx, a, market.Message{IntroductionID: i.ID, Text: "您好"}, ""))
		}
		_, err = s.SaveClaim(ctx, b, i.ID, contract(500))
		require.NoError(t, err)
		require.Equal(t, []market.Topic{"asked", "opened", "message"}, topics(t, s, b.EnterpriseID))
		require.Equal(t, []market.Topic{"answered", "opened", "outcome"}, topics(t, s, a.EnterpriseID))

		unread, err := s.UnreadMessages(ctx, b, []string{i.ID})
		require.NoError(t, err)
		require.Equal(t, map[string]int{i.ID: 3}, unread)
		list, _, _, err := s.Messages(ctx, i.ID, "", 2)
		require.NoError(t, err)
		require.NoError(t, s.SeeMessages(ctx, b, i.ID, list[1].ID))
		require.NoError(t, s.SeeMessages(ctx, b, i.ID, list[0].ID))
		require.NoError(t, s.SeeMessages(ctx, b, i.ID, list[1].ID), "an older one takes nothing back")
		unread, err = s.UnreadMessages(ctx, b, []string{i.ID})
		require.NoError(t, err)
		require.Empty(t, unread)
		require.ErrorIs(t, s.SeeMessages(ctx, c, i.ID, list[0].ID), market.ErrNotFound)

		upto, n, err := s.UnseenNotices(ctx, b.UserID, b.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, "", upto)
		require.Equal(t, 3, n)
		page, next, err := s.Notices(ctx, b.EnterpriseID, "", 2)
		require.NoError(t, err)
		require.NotEmpty(t, next)
		rest, end, err := s.Notices(ctx, b.EnterpriseID, next, 2)
		require.NoError(t, err)
		require.Empty(t, end)
		require.Len(t, rest, 1)
		require.ErrorIs(t, s.SeeNotices(ctx, c, page[0].ID), market.ErrNotFound, "another firm's")
		require.NoError(t, s.SeeNotices(ctx, b, page[1].ID))
		_, n, err = s.UnseenNotices(ctx, b.UserID, b.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

func kindsOf(changes []market.Change) (out []market.Change) {
	for _, c := range changes {
		out = append(out, market.Change{Kind: c.Kind, Of: c.Of})
	}
	return out
}

// TestNoticesMuted: a firm that said never to another is told nothing of it.
func TestNoticesMuted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		i, err := s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
		require.NoError(t, err)
		require.NoError(t, s.Veto(ctx, b, i.ID, market.Never))
		before := topics(t, s, b.EnterpriseID)
		_, err = s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
		require.NoError(t, err)
		n, err := s.RemindDue(ctx, time.Now().Add(6*24*time.Hour), 10)
		require.NoError(t, err)
		require.Zero(t, n)
		require.Equal(t, before, topics(t, s, b.EnterpriseID))
	})
}

// TestReminder: two days before its end a firm is reminded of what waits for
// its word, once, and not of what it answered.
func TestReminder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, day := t.Context(), 24*time.Hour
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		_, err := s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
		require.NoError(t, err)
		answered, err := s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
		require.NoError(t, err)
		_, err = s.DoIntroduction(ctx, b, answered.ID, answered.Rev, Decline, "price")
		require.NoError(t, err)
		at := time.Now()
		for _, when := range []struct {
			after time.Duration
			want  int
		}{{5*day - time.Hour, 0}, {5*day + time.Hour, 1}, {5*day + time.Hour, 0}, {6 * day, 0}} {
			n, err := s.RemindDue(ctx, at.Add(when.after), 10)
			require.NoError(t, err)
			require.Equal(t, when.want, n, when.after)
		}
		require.Equal(t, []market.Topic{"asked", "asked", "reminder"}, topics(t, s, b.EnterpriseID))
		require.Equal(t, []market.Topic{"answered"}, topics(t, s, a.EnterpriseID))
		require.NoError(t, s.update(ctx, func(ctx context.Context, x *tx) error { return x.lapseDue(ctx, at.Add(8*day), 10) }))
		require.Equal(t, []market.Topic{"answered", "answered"}, topics(t, s, a.EnterpriseID), "it lapsed")
	})
}

// TestDeliveries: what is to be told at once goes out once over the way that
// the person chose, and comes back until it went or was given up.
func TestDeliveries(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, mails := t.Context(), []market.Channel{market.ByMail}
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		phone := market.User{ID: market.NewID(), Login: "13800000000", Name: "王", PasswordHash: "x"}
		require.NoError(t, s.AddUser(ctx, phone, market.Membership{Role: market.Member, EnterpriseID: b.EnterpriseID}))
		ask := func() {
			_, err := s.AskOnListing(ctx, a, post(t, s, b, market.Supply).ID, "")
			require.NoError(t, err)
		}
		take := func(at time.Time) []market.Delivery {
			for {
				n, err := s.PlanDeliveries(ctx, mails, 10)
				require.NoError(t, err)
				if n == 0 {
					break
				}
			}
			list, err := s.TakeDeliveries(ctx, at, 10)
			require.NoError(t, err)
			return list
		}
		ask()
		now := time.Now().Add(time.Second)
		list := take(now)
		require.Len(t, list, 1, "the one with a mail address")
		require.Equal(t, b.UserID, list[0].UserID)
		require.Empty(t, take(now), "another process has it")
		require.Len(t, take(now.Add(deliveryLease+time.Second)), 1, "it may have died")
		d := list[0]
		for tries := 1; ; tries++ {
			d = d.Tried("refused", now)
			require.NoError(t, s.SaveDelivery(ctx, d))
			if d.State == market.Failed {
				require.Equal(t, 6, tries)
				break
			}
			require.Empty(t, take(d.NextAt.Add(-time.Millisecond)))
			now = d.NextAt
			require.Len(t, take(now), 1)
		}
		require.Empty(t, take(now.Add(48*time.Hour)), "given up")

		choice := market.NoticeChoice{Lang: "zh-CN", Mail: "other@example.cn", Paces: map[market.Topic]market.Pace{market.TopicAsked: market.PaceDigest}}
		require.NoError(t, s.SaveNoticeChoice(ctx, b, choice))
		confirm := take(time.Now().Add(time.Second))
		require.Len(t, confirm, 1, "only the question whether the address is his")
		require.Contains(t, confirm[0].Day, "confirm")
		ask()
		require.Empty(t, take(time.Now().Add(time.Second)), "he wants the digest")
		require.ErrorIs(t, s.ConfirmMail(ctx, b.UserID, "elsewhere@example.cn"), market.ErrNotFound)
		require.NoError(t, s.ConfirmMail(ctx, b.UserID, "other@example.cn"))
		choices, err := s.NoticeChoices(ctx, []string{b.UserID})
		require.NoError(t, err)
		got := choices[b.UserID]
		way, to := got.Address("乙厂@example.cn")
		require.Equal(t, "mail other@example.cn", string(way)+" "+to)
		for n := range confirmationsMost {
			choice.Mail = string(rune('a'+n)) + "@example.cn"
			err = s.SaveNoticeChoice(ctx, b, choice)
		}
		require.True(t, market.IsKind(err, market.TooMany), "nobody's box is filled through us: %v", err)
	})
}

// TestDigests: one a day for each person, in the day's bounds, not twice.
func TestDigests(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, mails, now := t.Context(), []market.Channel{market.ByMail}, time.Now()
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		firm(t, s, "丙厂")
		need, supply := post(t, s, a, market.Need), post(t, s, b, market.Supply)
		saveMatches(t, s, matched(t, s, need, proposed(need, supply, 80)))
		_, err := s.AskOnListing(ctx, a, supply.ID, "")
		require.NoError(t, err)
		from, until := now.Add(-time.Hour), now.Add(time.Hour)
		plan := func(day string, from, until time.Time) int {
			n, err := s.PlanDigests(ctx, day, from, until, mails, 10)
			require.NoError(t, err)
			return n
		}
		require.Zero(t, plan("2026-11-23", until, until.Add(time.Hour)), "nothing new")
		require.Zero(t, plan("2026-11-23", from.Add(-time.Hour), from), "nothing new")
		require.Equal(t, 2, plan("2026-11-23", from, until), "not the firm without news")
		require.Zero(t, plan("2026-11-23", from, until), "again, as after a restart")
		list, err := s.TakeDeliveries(ctx, time.Now().Add(time.Second), 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		counts, err := s.Digest(ctx, b.UserID, b.EnterpriseID, from, until)
		require.NoError(t, err)
		require.Equal(t, map[market.Topic]int{market.TopicAsked: 1, market.TopicProposal: 1}, counts)
		notices, _, err := s.Notices(ctx, b.EnterpriseID, "", 1)
		require.NoError(t, err)
		require.NoError(t, s.SeeNotices(ctx, b, notices[0].ID))
		counts, err = s.Digest(ctx, b.UserID, b.EnterpriseID, from, until)
		require.NoError(t, err)
		require.Equal(t, map[market.Topic]int{market.TopicProposal: 1}, counts, "what was seen is not told again")
		require.NoError(t, s.EndNotices(ctx, b.UserID))
		require.Equal(t, 2, plan("2026-11-24", from, until))
		list, err = s.TakeDeliveries(ctx, time.Now().Add(time.Second), 10)
		require.NoError(t, err)
		require.Len(t, list, 1, "who ended all mails gets none")
		require.Equal(t, a.UserID, list[0].UserID)
	})
}
