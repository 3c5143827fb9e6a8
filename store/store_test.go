package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// onBoth runs a test on a fresh SQLite file and a fresh PostgreSQL schema.
func onBoth(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteStore(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresStore(t)) })
}

func sqliteStore(t testing.TB) *Store {
	s, err := Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "a #1?.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func postgresStore(t testing.TB) *Store {
	dsn := os.Getenv("LIANQIAO_TEST_PG")
	if dsn == "" {
		dsn = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	admin, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { admin.Close() })
	if err := admin.PingContext(t.Context()); err != nil {
		require.Empty(t, os.Getenv("CI"), "PostgreSQL must be there in CI: %v", err)
		t.Skipf("SKIPPED ON POSTGRESQL, this half is not tested: %v", err)
	}
	schema := "store_" + strings.ReplaceAll(market.NewID(), "-", "")
	_, err = admin.Exec(`CREATE SCHEMA ` + schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec(`DROP SCHEMA ` + schema + ` CASCADE`)
		require.NoError(t, err)
	})
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	s, err := Open(context.Background(), u.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// firm signs a firm up and returns who acts for it.
func firm(t testing.TB, s *Store, name string) market.Actor {
	u := market.User{ID: market.NewID(), Login: name + "@example.cn", Name: name, PasswordHash: "x"}
	e := market.Enterprise{ID: market.NewID(), Name: name, Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "王", Phone: "13800000000"},
		Honours: []market.Honour{{Kind: market.HonourGiant, Year: 2024, Until: time.UnixMilli(1900000000000).UTC()}}, Certificates: []market.Certificate{{Name: "ISO9001"}}}
	require.NoError(t, s.SignUp(t.Context(), u, e))
	a, got, err := s.Actor(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, name, got.Name)
	require.Equal(t, e.ID, a.EnterpriseID)
	return a
}

func aListing(side market.Side) market.Listing {
	return market.Listing{Side: side, Board: market.Goods, Status: market.Live, Title: "6061 铝棒 Φ40", Class: "3252", Product: "铝棒", Region: "130110",
		Specs:    []market.Spec{{Name: "直径", Op: market.OpRange, Value: "40", Value2: "60", Unit: "mm", Must: true}},
		Quantity: market.Quantity{Amount: decimal.RequireFromString("12.5"), Unit: "吨", Per: market.PerMonth},
		Price:    market.Price{Fen: 1980000, Unit: "吨"}, MOQ: decimal.NewFromInt(1), LeadDays: 7, Certificates: []string{"ISO9001"},
		ValidUntil: time.Now().AddDate(0, 1, 0), Text: "长期 <要> \u2028"}
}

func post(t testing.TB, s *Store, a market.Actor, side market.Side) market.Listing {
	l := aListing(side)
	_, err := s.CreateListing(t.Context(), a, &l, "")
	require.NoError(t, err)
	return l
}

// drain empties the outbox and returns what was in it.
func drain(t testing.TB, s *Store) []market.Change {
	var out []market.Change
	for {
		n, err := s.TakeOutbox(t.Context(), 100, func(_ context.Context, c []market.Change) error {
			out = append(out, c...)
			return nil
		})
		require.NoError(t, err)
		if n == 0 {
			return out
		}
	}
}

func TestListing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		l := post(t, s, a, market.Supply)
		got, err := s.Listing(ctx, l.ID)
		require.NoError(t, err)
		require.True(t, l.Quantity.Amount.Equal(got.Quantity.Amount) && l.MOQ.Equal(got.MOQ))
		got.Quantity.Amount, got.MOQ = l.Quantity.Amount, l.MOQ
		require.Equal(t, l, got)
		require.Equal(t, []market.ChangeKind{market.ChangeListing}, kinds(drain(t, s)))

		edited := got
		edited.Title = "6061-T6 铝棒"
		require.NoError(t, s.UpdateListing(ctx, a, &edited))
		require.Equal(t, int64(2), edited.Rev)
		require.ErrorIs(t, s.UpdateListing(ctx, a, &got), market.ErrStale)
		require.ErrorIs(t, s.UpdateListing(ctx, b, &edited), market.ErrNotFound)
		_, err = s.SetStatus(ctx, a, l.ID, 1, market.Closed, time.Time{})
		require.ErrorIs(t, err, market.ErrStale)
		closed, err := s.SetStatus(ctx, a, l.ID, 2, market.Closed, time.Time{})
		require.NoError(t, err)
		require.Equal(t, market.Closed, closed.Status)
		_, err = s.SetStatus(ctx, a, l.ID, 3, market.Live, time.Now().Add(-time.Hour))
		require.True(t, market.IsKind(err, market.Invalid), "%v", err)
		live, err := s.SetStatus(ctx, a, l.ID, 3, market.Live, time.Now().AddDate(0, 2, 0))
		require.NoError(t, err)
		require.Equal(t, int64(4), live.Rev)

		draft := aListing(market.Need)
		draft.Status, draft.Title = market.Draft, ""
		_, err = s.CreateListing(ctx, a, &draft, "")
		require.NoError(t, err)
		require.ErrorIs(t, s.DeleteDraft(ctx, b, draft.ID, 1), market.ErrNotFound)
		require.NoError(t, s.DeleteDraft(ctx, a, draft.ID, 1))
		_, err = s.Listing(ctx, draft.ID)
		require.ErrorIs(t, err, market.ErrNotFound)
		require.True(t, market.IsKind(s.DeleteDraft(ctx, a, l.ID, 4), market.Conflict))

		deeds, err := s.Audits(ctx, l.ID, 10)
		require.NoError(t, err)
		var words []string
		for _, d := range deeds {
			require.Equal(t, []string{a.UserID, a.EnterpriseID, "listing"}, []string{d.UserID, d.EnterpriseID, d.Kind})
			words = append(words, d.Deed)
		}
		require.Equal(t, []string{"create", "edit", "closed", "live"}, words)
	})
}

func kinds(changes []market.Change) []market.ChangeKind {
	var out []market.ChangeKind
	for _, c := range changes {
		out = append(out, c.Kind)
	}
	return out
}

func TestUnknownIDs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		for name, err := range map[string]error{
			"listing":    second(s.Listing(ctx, "x")),
			"enterprise": second(s.Enterprise(ctx, "' OR 1=1")),
			"uscc":       second(s.EnterpriseByUSCC(ctx, "")),
			"login":      second(s.UserByLogin(ctx, "nobody")),
			"session":    second(s.Session(ctx, "x")),
			"proposal":   second(s.Proposal(ctx, "x")),
			"image":      second(s.Image(ctx, "x")),
			"status":     second(s.SetStatus(ctx, a, "x", 1, market.Closed, time.Time{})),
			"update":     s.UpdateListing(ctx, a, &market.Listing{ID: "x"}),
			"interest":   s.SaveInterest(ctx, a, market.Interest{ProposalID: "x", Answer: market.Interested}),
			"failure":    s.ResolveFailure(ctx, a, "x", true),
			"firm":       s.UpdateEnterprise(ctx, a, &market.Enterprise{ID: "x"}),
			"create":     second(s.CreateListing(ctx, a, &market.Listing{EnterpriseID: "x"}, "")),
			"images":     s.SaveImage(ctx, a, market.Image{ID: "i", EnterpriseID: "x"}),
		} {
			require.ErrorIs(t, err, market.ErrNotFound, name)
		}
		l := aListing(market.Need)
		l.Images = []string{"stranger's"}
		_, err := s.CreateListing(ctx, a, &l, "")
		require.True(t, market.IsKind(err, market.Invalid), "%v", err)
		_, _, err = s.ProposalsFor(ctx, a.EnterpriseID, "", ViewOpen, "nonsense", 10)
		require.True(t, market.IsKind(err, market.Invalid), "%v", err)
	})
}

func second[T any](_ T, err error) error { return err }

func TestIdempotency(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		a, b := firm(t, s, "甲厂"), firm(t, s, "乙厂")
		var wg sync.WaitGroup
		ids, fresh := make([]string, 20), make([]bool, 20)
		errs := make([]error, 20)
		for i := range ids {
			wg.Go(func() {
				l := aListing(market.Need)
				var existed bool
				existed, errs[i] = s.CreateListing(context.Background(), a, &l, "same key")
				ids[i], fresh[i] = l.ID, !existed
			})
		}
		wg.Wait()
		created := 0
		for i, id := range ids {
			require.NoError(t, errs[i])
			require.Equal(t, ids[0], id)
			if fresh[i] {
				created++
			}
		}
		require.Equal(t, 1, created)
		l := aListing(market.Need)
		existed, err := s.CreateListing(t.Context(), b, &l, "same key")
		require.NoError(t, err)
		require.False(t, existed, "another's key")
		// A refused request does not use its key up.
		bad := aListing(market.Need)
		bad.Title = ""
		_, err = s.CreateListing(t.Context(), a, &bad, "second key")
		require.Error(t, err)
		bad.Title = "求购铝棒六零六一"
		existed, err = s.CreateListing(t.Context(), a, &bad, "second key")
		require.NoError(t, err)
		require.False(t, existed)
	})
}

func TestFiftyEditsOneWinner(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		a := firm(t, s, "甲厂")
		l := post(t, s, a, market.Need)
		errs := make([]error, 50)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				mine := l
				mine.Title = fmt.Sprintf("求购铝棒 第 %d 版", i)
				errs[i] = s.UpdateListing(context.Background(), a, &mine)
			})
		}
		wg.Wait()
		winner := -1
		for i, err := range errs {
			if err == nil {
				require.Equal(t, -1, winner, "two winners")
				winner = i
			} else {
				require.ErrorIs(t, err, market.ErrStale)
			}
		}
		got, err := s.Listing(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("求购铝棒 第 %d 版", winner), got.Title)
		require.Equal(t, int64(2), got.Rev)
	})
}

func TestPaging(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		var want []string
		for range 7 {
			want = append(want, post(t, s, a, market.Supply).ID)
		}
		var got, scanned []string
		for after := ""; ; {
			page, next, err := s.ListingsOf(ctx, a.EnterpriseID, market.Live, after, 3)
			require.NoError(t, err)
			for _, l := range page {
				got = append([]string{l.ID}, got...)
			}
			if after == "" {
				post(t, s, a, market.Supply) // what comes meanwhile does not shift the pages
			}
			if after = next; next == "" {
				break
			}
		}
		require.Equal(t, want, got)
		for after := ""; ; {
			page, err := s.ScanListings(ctx, market.Live, after, 3)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, l := range page {
				scanned = append(scanned, l.ID)
			}
			after = scanned[len(scanned)-1]
		}
		require.Equal(t, want, scanned[:7])
		require.Len(t, scanned, 8)
		many := append([]string{"x"}, scanned...)
		loaded, err := s.Listings(ctx, many)
		require.NoError(t, err)
		require.Len(t, loaded, 8)
		firms, err := s.Enterprises(ctx, []string{a.EnterpriseID, "x"})
		require.NoError(t, err)
		require.Len(t, firms, 1)
	})
}

func TestUsers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		require.Equal(t, []market.HonourKind{market.HonourGiant}, e.LiveHonours(time.Now()))
		require.Equal(t, int64(1900000000000), e.Honours[0].Until.UnixMilli())
		e.USCC, e.ClusterID = "91130100MA07XXXX1X", "luquan"
		l := post(t, s, a, market.Need)
		drain(t, s)
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		require.Equal(t, []market.ChangeKind{market.ChangeEnterprise}, kinds(drain(t, s)))
		l, err = s.Listing(ctx, l.ID)
		require.NoError(t, err)
		require.Equal(t, "luquan", l.ClusterID)
		stale := e
		stale.Rev = 1
		require.ErrorIs(t, s.UpdateEnterprise(ctx, a, &stale), market.ErrStale)

		err = s.SignUp(ctx, market.User{Login: "甲厂@example.cn"}, market.Enterprise{Name: "丙厂"})
		require.True(t, conflictOn(err, "login"), "%v", err)
		err = s.SignUp(ctx, market.User{Login: "new@example.cn"}, market.Enterprise{Name: "丙厂", USCC: e.USCC})
		require.True(t, conflictOn(err, "uscc"), "%v", err)
		_, err = s.UserByLogin(ctx, "new@example.cn")
		require.ErrorIs(t, err, market.ErrNotFound, "the user went with the enterprise")

		require.NoError(t, s.AddUser(ctx, market.User{ID: "op", Login: "op", Name: "协会"}, market.Membership{Role: market.Operator, ClusterID: "luquan"}))
		op, _, err := s.Actor(ctx, "op")
		require.NoError(t, err)
		require.Equal(t, market.Actor{UserID: "op", Clusters: []string{"luquan"}}, op)
		require.NoError(t, s.SaveCluster(ctx, market.Cluster{ID: "luquan", Name: "鹿泉", Region: "130110", Chains: []string{"电子"}}))
		clusters, err := s.Clusters(ctx)
		require.NoError(t, err)
		require.Equal(t, []market.Cluster{{ID: "luquan", Name: "鹿泉", Region: "130110", Chains: []string{"电子"}, Review: market.ReviewNone}}, clusters)

		x := market.Session{TokenHash: "h", UserID: "op", ExpiresAt: trim(time.Now().Add(time.Hour))}
		require.NoError(t, s.SaveSession(ctx, x))
		got, err := s.Session(ctx, "h")
		require.NoError(t, err)
		require.Equal(t, x, got)
		require.NoError(t, s.DropSessions(ctx, "op"))
		require.ErrorIs(t, second(s.Session(ctx, "h")), market.ErrNotFound)
		x.ExpiresAt = time.Now().Add(-time.Second)
		require.NoError(t, s.SaveSession(ctx, x))
		require.ErrorIs(t, second(s.Session(ctx, "h")), market.ErrNotFound, "expired")
		require.NoError(t, s.DropSession(ctx, "h"))

		i := market.Image{ID: "i1", EnterpriseID: a.EnterpriseID, Type: "image/jpeg", Width: 2, Height: 3, Bytes: []byte{0, 255, 10}, CreatedAt: trim(time.Now())}
		require.NoError(t, s.SaveImage(ctx, a, i))
		kept, err := s.Image(ctx, "i1")
		require.NoError(t, err)
		require.Equal(t, i, kept)
		on, err := s.ListingsWith(ctx, i)
		require.NoError(t, err)
		require.Empty(t, on)
		l.Images = []string{"i1"}
		require.NoError(t, s.UpdateListing(ctx, a, &l))
		on, err = s.ListingsWith(ctx, i)
		require.NoError(t, err)
		require.Len(t, on, 1)
		require.Equal(t, l.ID, on[0].ID)
	})
}

func conflictOn(err error, field string) bool {
	var e *market.Error
	return market.IsKind(err, market.Conflict) && errors.As(err, &e) && e.Field == field
}

func TestImportTwiceIsOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		var list []market.Listing
		for i := range 100 {
			l := aListing(market.Supply)
			l.EnterpriseID, l.Source, l.Status = a.EnterpriseID, fmt.Sprintf("file:%d", i), ""
			list = append(list, l)
		}
		count := func(list []market.Listing) [3]int {
			c, u, same, err := s.ImportListings(ctx, list)
			require.NoError(t, err)
			return [3]int{c, u, same}
		}
		require.Equal(t, [3]int{100, 0, 0}, count(list))
		require.Len(t, drain(t, s), 100)
		require.Equal(t, [3]int{0, 0, 100}, count(list))
		list[3].Title = "别的标题"
		require.Equal(t, [3]int{0, 1, 99}, count(list))
		require.Len(t, drain(t, s), 1)
		list[0].EnterpriseID = "x"
		_, _, _, err := s.ImportListings(ctx, list)
		require.ErrorIs(t, err, market.ErrNotFound)
		all, err := s.ScanListings(ctx, "", "", 1000)
		require.NoError(t, err)
		require.Len(t, all, 100)
	})
}

func TestExpireAndUnmatched(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ctx, a := t.Context(), firm(t, s, "甲厂")
		l := post(t, s, a, market.Need)
		later := time.Now().Add(time.Minute)
		ids, err := s.Unmatched(ctx, later, 10)
		require.NoError(t, err)
		require.Equal(t, []string{l.ID}, ids)
		saveMatches(t, s, matched(t, s, l))
		ids, err = s.Unmatched(ctx, later, 10)
		require.NoError(t, err)
		require.Empty(t, ids)
		drain(t, s)
		require.NoError(t, s.Requeue(ctx, market.ChangeListing, []string{l.ID, l.ID}))
		require.Len(t, drain(t, s), 1)
		n, err := s.ExpireDue(ctx, time.Now(), 10)
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = s.ExpireDue(ctx, time.Now().AddDate(0, 2, 0), 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		l, err = s.Listing(ctx, l.ID)
		require.NoError(t, err)
		require.Equal(t, market.Expired, l.Status)

		require.NoError(t, s.SaveFailure(ctx, market.Failure{ID: "f", Kind: market.ChangeListing, Of: l.ID, Tries: 5, Reason: "broken"}))
		admin, op, other := market.Actor{UserID: "a", Admin: true}, market.Actor{UserID: "o", Clusters: []string{"x", "luquan"}}, market.Actor{UserID: "p", Clusters: []string{"luancheng"}}
		require.NoError(t, s.SaveFailure(ctx, market.Failure{ID: "g", Kind: market.ChangeEnterprise, Of: l.EnterpriseID}))
		require.NoError(t, s.SaveFailure(ctx, market.Failure{ID: "s", Kind: market.ChangeSweep, Of: "2026-01-01"}))
		for _, c := range []struct {
			actor market.Actor
			ids   []string
		}{{admin, []string{"s", "g", "f"}}, {op, nil}, {other, nil}, {a, nil}} {
			failures, next, err := s.Failures(ctx, c.actor, "", 10)
			require.NoError(t, err)
			require.Empty(t, next)
			var ids []string
			for _, f := range failures {
				ids = append(ids, f.ID)
			}
			require.Equal(t, c.ids, ids)
		}
		e, err := s.Enterprise(ctx, a.EnterpriseID)
		require.NoError(t, err)
		e.ClusterID = "luquan"
		require.NoError(t, s.UpdateEnterprise(ctx, a, &e))
		failures, _, err := s.Failures(ctx, op, "", 10)
		require.NoError(t, err)
		require.Len(t, failures, 2, "the listing's and its firm's")
		require.ErrorIs(t, s.ResolveFailure(ctx, other, "f", true), market.ErrNotFound)
		require.ErrorIs(t, s.ResolveFailure(ctx, a, "f", true), market.ErrNotFound)
		require.ErrorIs(t, s.ResolveFailure(ctx, op, "s", true), market.ErrNotFound)
		drain(t, s)
		require.NoError(t, s.ResolveFailure(ctx, op, "f", true))
		again := drain(t, s)
		require.Len(t, again, 1)
		require.Equal(t, l.ID, again[0].Of)
		require.NotEqual(t, "f", again[0].ID)
	})
}

func TestSQLiteVersion(t *testing.T) {
	for v, want := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.53.0": true, "4.0.0": true, "3.8": false, "": false} {
		require.Equal(t, want, sqliteNewEnough(v), v)
	}
	_, err := Open(t.Context(), "mysql://x")
	require.Error(t, err)
}

// TestSettings makes sure that what is acknowledged is on disk.
func TestSettings(t *testing.T) {
	s := sqliteStore(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		for _, a := range []asker{s.read, s.write.db} {
			if a == asker(s.write.db) {
				a = s.write.conn
			}
			var got string
			require.NoError(t, one(t.Context(), a, `PRAGMA `+pragma, into(&got)))
			require.Equal(t, want, got, pragma)
		}
	}
	_, err := s.read.Exec(`DELETE FROM listing`)
	require.Error(t, err, "a reader cannot write")
}
