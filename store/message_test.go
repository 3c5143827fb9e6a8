package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// talking are two firms with open contacts.
func talking(t *testing.T, s *Store) (buyer, seller market.Actor, i market.Introduction) {
	buyer, seller, p := paired(t, s, "谈")
	require.NoError(t, answer(t, s, buyer, p, market.Interested))
	require.NoError(t, answer(t, s, seller, p, market.Interested))
	i = on(t, s, p)
	require.True(t, i.Open())
	return buyer, seller, i
}

// TestNothingAfterWithdrawal: of messages and a withdrawal at once, none is
// kept that came after the consent was gone.
func TestNothingAfterWithdrawal(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		buyer, seller, i := talking(t, s)
		var wait sync.WaitGroup
		for n := range 20 {
			wait.Go(func() {
				err := s.Write(t.Context(), buyer, market.Message{IntroductionID: i.ID, Text: fmt.Sprint(n)}, "")
				require.True(t, err == nil || market.IsKind(err, market.Conflict), "%v", err)
			})
		}
		wait.Go(func() {
			_, err := s.DoIntroduction(t.Context(), seller, i.ID, i.Rev, Withdraw, "")
			require.NoError(t, err)
		})
		wait.Wait()
		kept, err := s.Introduction(t.Context(), i.ID)
		require.NoError(t, err)
		before, _, _, err := s.Messages(t.Context(), i.ID, "", 100)
		require.NoError(t, err)
		for _, m := range before {
			require.False(t, m.At.After(kept.UpdatedAt.Add(time.Second)))
		}
		require.Error(t, s.Write(t.Context(), buyer, market.Message{IntroductionID: i.ID, Text: "还有一句"}, ""))
		after, _, _, err := s.Messages(t.Context(), i.ID, "", 100)
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}

// TestMessagesInOrder: the pages of a thread hold each message once, newest first.
func TestMessagesInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		buyer, _, i := talking(t, s)
		for n := range 7 {
			for range 2 {
				require.NoError(t, s.Write(t.Context(), buyer, market.Message{IntroductionID: i.ID, Text: fmt.Sprint(n)}, fmt.Sprint("key ", n)))
			}
		}
		got, before := "", ""
		for {
			page, _, next, err := s.Messages(t.Context(), i.ID, before, 3)
			require.NoError(t, err)
			for _, m := range page {
				got += m.Text
			}
			if before = next; next == "" {
				break
			}
		}
		require.Equal(t, "6543210", got)
	})
}

// TestFilesHaveAnEnd: after its time a file's contents are gone, its name and log stay.
func TestFilesHaveAnEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		buyer, seller, i := talking(t, s)
		f := market.Attachment{ID: market.NewID(), IntroductionID: i.ID, Name: "a.step", Type: market.STEP, Bytes: []byte("ISO-10303-21;")}
		require.NoError(t, s.SendFile(t.Context(), buyer, f, ""))
		got, err := s.FetchFile(t.Context(), seller, f.ID)
		require.NoError(t, err)
		require.Equal(t, f.Bytes, got.Bytes)
		_, err = s.ExpireDue(t.Context(), time.Now().Add(market.AttachmentLife-time.Hour), 10)
		require.NoError(t, err)
		_, err = s.FetchFile(t.Context(), seller, f.ID)
		require.NoError(t, err)
		_, err = s.ExpireDue(t.Context(), time.Now().Add(market.AttachmentLife+time.Hour), 10)
		require.NoError(t, err)
		_, err = s.FetchFile(t.Context(), seller, f.ID)
		require.True(t, market.IsKind(err, market.Conflict), "%v", err)
		log, err := s.Downloads(t.Context(), f.ID)
		require.NoError(t, err)
		require.Len(t, log, 2)
	})
}
