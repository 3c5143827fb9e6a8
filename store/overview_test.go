package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// county fills a cluster of so many listings, ten to a firm, and half as much of
// all else, besides four clusters of a tenth of that.
func county(t testing.TB, s *Store, listings int) {
	t.Helper()
	rows := func(n int, head, columns string) {
		query := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO %s SELECT %s FROM n`, n-1, head, columns)
		if !s.postgres {
			query = fmt.Sprintf(`INSERT INTO %s WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT %s FROM n`, head, n-1, columns)
		}
		require.NoError(t, s.update(t.Context(), func(ctx context.Context, tx *tx) error {
			_, err := tx.exec(ctx, query)
			return err
		}), head)
	}
	const cluster = `CASE WHEN i % 14 < 10 THEN 'big' ELSE 'c' || (i % 14) END`
	all, firms, now := listings*14/10, listings*14/100, time.Now().UnixMilli()
	ago := fmt.Sprintf(`(%d - CAST(i %% 1400 AS BIGINT) * 86400000 / 2)`, now)
	rows(firms, `enterprise (id, rev, uscc, name, kind, cluster_id, region, about, main_products, honours, certificates, contact_name, contact_phone, contact_mail, demo, created_at, updated_at, level)`,
		`'e' || i, 1, '', 'firm ' || i, 'maker', `+cluster+`, '130110', '`+strings.Repeat("简介", 100)+`', '', '[]', '[]', '', '', '', 0, 0, 0, CASE WHEN i % 3 = 0 THEN 'unverified' ELSE 'reviewed' END`)
	require.NoError(t, s.AddUser(t.Context(), market.User{ID: "u", Login: "u@example.cn", Name: "u", PasswordHash: "x"}, market.Membership{Role: market.Admin}))
	rows(firms/2, `membership (user_id, role, enterprise_id, cluster_id, region)`, `'u', 'owner', 'e' || (i * 2), '', ''`)
	rows(all, `listing (id, rev, matched_rev, enterprise_id, cluster_id, side, board, status, title, class, product, specs, quantity_amount, quantity_unit, quantity_per, negotiable, price_fen, price_unit, moq, lead_days, region, certificates, valid_until, body, images, source, created_at, updated_at, published_at)`,
		fmt.Sprintf(`'l' || i, 1, 1, 'e' || (i %% %d), %s, CASE WHEN i %% 10 = 3 THEN 'need' ELSE 'supply' END, 'goods', CASE WHEN i %% 4 = 0 THEN 'expired' ELSE 'live' END, 'title', '3252', 'p', '[]', '1', 't', '', 0, 1, 't', '0', 0, '130110', '[]', 0, '%s', '[]', '', 0, 0, %s`, firms, cluster, strings.Repeat("说明", 300), ago))
	rows(all/20, `introduction (id, rev, proposal_id, listing_id, from_id, by_id, to_id, made_by, by_operator, muted, status, note, reason, by_consent_user, by_consent_at, by_withdrawn_at, to_consent_user, to_consent_at, to_withdrawn_at, disclosed_at, created_at, updated_at, expires_at)`,
		fmt.Sprintf(`'i' || i, 1, '', 'l' || i, '', 'e' || (i %% %d), 'e' || ((i + 7) %% %d), '', i %% 2, 0, CASE WHEN i %% 3 = 0 THEN 'lapsed' ELSE 'agreed' END, '', '', '', 0, 0, '', 0, 0, CASE WHEN i %% 3 = 0 THEN 0 ELSE %s END, 0, 0, %s`, firms, firms, ago, ago))
	rows(all/40, `outcome (id, rev, introduction_id, by_id, to_id, by_cluster, to_cluster, stage, fen, day, strength, seen_by, seen_at, seen_stage, seen_fen, created_at, updated_at)`,
		fmt.Sprintf(`'o' || i, 1, 'i' || i, 'e' || (i %% %d), 'e' || ((i + 7) %% %d), %s, 'c12', 'contract', 100, '%d-0' || (1 + (i %% 9)) || '-01', CASE WHEN i %% 3 = 0 THEN 'seen' ELSE 'claimed' END, '', 0, '', 0, 0, 0`, firms, firms, cluster, time.Now().Year()))
	rows(all/20, `followup (id, introduction_id, enterprise_id, other_id, days, due_at, asked_at, answered_at, answer, called_by)`,
		fmt.Sprintf(`'f' || i, 'i' || i, 'e' || (i %% %d), '', 7, 0, %s, CASE WHEN i %% 5 = 0 THEN 0 ELSE 1 END, '', ''`, firms, ago))
	rows(all/20, `review (id, kind, of, enterprise_id, cluster_id, status, reason, asked_by, asked_at, decided_by, decided_at)`,
		fmt.Sprintf(`'r' || i, CASE WHEN i %% 3 = 0 THEN 'enterprise' ELSE 'listing' END, 'l' || i, 'e' || (i %% %d), %s, CASE WHEN i %% 5 = 0 THEN 'waiting' ELSE 'approved' END, '', '', %s, '', 0`, firms, cluster, ago))
	rows(200, `failure (id, kind, of, tries, reason, created_at)`, `'x' || i, 'listing', 'l' || i, 5, '', 1`)
}

// overviewQueries are what an overview of the cluster asks, by name.
func overviewQueries(s *Store) map[string]func(context.Context) error {
	clusters, operator, now := []string{"big"}, market.Actor{UserID: "u", Clusters: []string{"big"}}, time.Now()
	from, to := now.Format("2006")+"-01-01", now.Format(time.DateOnly)
	return map[string]func(context.Context) error{
		"firms": func(ctx context.Context) error { _, err := s.CountFirms(ctx, clusters); return err },
		"months": func(ctx context.Context) error {
			var bounds []time.Time
			for i := range 13 {
				bounds = append(bounds, time.Date(now.Year(), now.Month()+time.Month(i-11), 1, 0, 0, 0, 0, time.UTC))
			}
			_, err := s.CountPublished(ctx, clusters, bounds)
			return err
		},
		"disclosed": func(ctx context.Context) error { _, err := s.CountDisclosed(ctx, clusters, from, to); return err },
		"outcomes":  func(ctx context.Context) error { _, err := s.SumOutcomes(ctx, clusters, from, to); return err },
		"reviews":   func(ctx context.Context) error { _, err := s.WaitingReviews(ctx, operator); return err },
		"desk":      func(ctx context.Context) error { _, err := s.WaitingDesk(ctx, operator, now); return err },
		"firm list": func(ctx context.Context) error {
			_, err := s.CountOperated(ctx, operator, FirmSearch{ClusterID: "big", Unclaimed: true})
			return err
		},
	}
}

// TestOverviewPlans: SQLite answers an overview from indexes, and counts firms and
// listings without a look at their rows. Only the list of failures is gone
// through: it is short, and what each is of is looked up by its id.
func TestOverviewPlans(t *testing.T) {
	s := sqliteStore(t)
	spy := &spy{of: s.read.Driver(), dsn: fileOf(t, s), asked: map[string][]any{}}
	plain := s.read
	s.read = sql.OpenDB(spy)
	for name, ask := range overviewQueries(s) {
		require.NoError(t, ask(t.Context()), name)
	}
	require.NoError(t, s.read.Close())
	s.read = plain
	require.Len(t, spy.asked, 10)
	for query, args := range spy.asked {
		err := each(t.Context(), s.read, `EXPLAIN QUERY PLAN `+query, func(r *sql.Rows) error {
			var id, parent, zero int
			var step string
			err := r.Scan(&id, &parent, &zero, &step)
			require.True(t, !strings.HasPrefix(step, "SCAN ") || step == "SCAN f" || step == "SCAN CONSTANT ROW", "%s\n%s", step, query)
			counts := strings.HasPrefix(step, "SEARCH enterprise ") || strings.HasPrefix(step, "SEARCH listing ")
			require.True(t, !counts || strings.Contains(step, "USING COVERING INDEX"), "%s\n%s", step, query)
			return err
		}, args...)
		require.NoError(t, err)
	}
}

// fileOf is the file of a SQLite store, as its driver opens it.
func fileOf(t *testing.T, s *Store) (file string) {
	require.NoError(t, one(t.Context(), s.read, `SELECT file FROM pragma_database_list`, into(&file)))
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// spy opens connections of a driver, and keeps what is asked on them.
type spy struct {
	of    driver.Driver
	dsn   string
	asked map[string][]any
}

func (s *spy) Driver() driver.Driver { return s.of }

func (s *spy) Connect(context.Context) (driver.Conn, error) {
	c, err := s.of.Open(s.dsn)
	return &spyConn{c, s}, err
}

type spyConn struct {
	driver.Conn
	spy *spy
}

func (c *spyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	values := []any{}
	for _, a := range args {
		values = append(values, a.Value)
	}
	c.spy.asked[query] = values
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// BenchmarkOverview asks what an overview of a cluster of 100,000 listings asks.
func BenchmarkOverview(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *Store{"sqlite": sqliteStore, "postgres": postgresStore} {
		b.Run(engine, func(b *testing.B) {
			s := open(b)
			county(b, s, 100_000)
			if s.postgres {
				_, err := s.read.ExecContext(b.Context(), `VACUUM ANALYZE`)
				require.NoError(b, err)
			}
			for name, ask := range overviewQueries(s) {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						require.NoError(b, ask(b.Context()))
					}
				})
			}
		})
	}
}
