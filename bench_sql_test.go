package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// sqlEngine answers the candidates' question with a database alone, for the
// comparison in BenchmarkCandidates. ask returns document numbers, best first.
type sqlEngine struct {
	name  string
	ask   func(query string, terms []string) []int
	spent func() time.Duration // what a process of its own has used of the processors; nil where it has none
}

// postgresEngines fills a database of its own and returns the ways to ask it,
// or nothing where PostgreSQL cannot be reached.
func postgresEngines(b *testing.B, names []string, terms, tokens func(string) []string) []sqlEngine {
	dsn := testPG()
	ctx := context.Background()
	db, err := sql.Open("pgx", dsn)
	require.NoError(b, err)
	b.Cleanup(func() { db.Close() })
	if err := db.PingContext(ctx); err != nil {
		require.Empty(b, os.Getenv("CI"), "PostgreSQL: %v", err)
		b.Logf("SKIPPED PostgreSQL's part: %v", err)
		return nil
	}
	exec := func(q string, args ...any) {
		_, err := db.ExecContext(ctx, q, args...)
		require.NoError(b, err, q)
	}
	db.SetMaxOpenConns(1)
	exec(`DROP SCHEMA IF EXISTS lianqiao_bench CASCADE`)
	exec(`CREATE SCHEMA lianqiao_bench`)
	b.Cleanup(func() { _, _ = db.ExecContext(ctx, `DROP SCHEMA IF EXISTS lianqiao_bench CASCADE`) })
	exec(`SET search_path = lianqiao_bench`)
	exec(`SET max_parallel_workers_per_gather = 0`)
	exec(`CREATE TABLE doc (id int PRIMARY KEY, grams tsvector)`)
	for at := 0; at < len(names); at += 1000 {
		end := min(at+1000, len(names))
		var ids []int
		var grams []string
		for i := at; i < end; i++ {
			ids, grams = append(ids, i), append(grams, strings.Join(bigrams(names[i]), " "))
		}
		exec(`INSERT INTO doc SELECT i, to_tsvector('simple', g) FROM unnest($1::int[], $2::text[]) AS x(i, g)`, ids, grams)
	}
	postgresLists(names, "term", 10, terms, exec)
	postgresLists(names, "token", 40, tokens, exec)
	exec(`CREATE INDEX ON doc USING gin (grams)`)
	exec(`ANALYZE`)
	ask := func(q string, args ...any) []int {
		rows, err := db.QueryContext(ctx, q, args...)
		require.NoError(b, err)
		defer rows.Close()
		var out []int
		for rows.Next() {
			var id int
			require.NoError(b, rows.Scan(&id))
			out = append(out, id)
		}
		require.NoError(b, rows.Err())
		return out
	}
	spent := backendTime(b, db)
	return []sqlEngine{
		{"PostgreSQL bigram tsvector", func(query string, _ []string) []int {
			return ask(`SELECT id FROM doc, to_tsquery('simple', $1) q WHERE grams @@ q ORDER BY ts_rank(grams, q) DESC, id LIMIT 10`,
				strings.Join(bigrams(query), " | "))
		}, spent},
		{"PostgreSQL own posting lists, BM25, words", func(_ string, terms []string) []int {
			return ask(`SELECT d FROM (SELECT unnest(docs) AS d, idf * unnest(points) AS p FROM term WHERE term = ANY($1)) x
				GROUP BY d ORDER BY sum(p) DESC, d LIMIT 10`, terms)
		}, spent},
		{"  frequent words dropped", func(_ string, terms []string) []int {
			return ask(`SELECT d FROM (SELECT unnest(docs) AS d, idf * unnest(points) AS p FROM term WHERE term = ANY($1) AND cardinality(docs) <= $2) x
				GROUP BY d ORDER BY sum(p) DESC, d LIMIT 10`, terms, max(200, len(names)/100))
		}, spent},
		{"  over our words and characters", func(query string, _ []string) []int {
			return ask(`SELECT d FROM (SELECT unnest(docs) AS d, idf * unnest(points) AS p FROM token WHERE term = ANY($1)) x
				GROUP BY d ORDER BY sum(p) DESC, d LIMIT 10`, tokens(query))
		}, spent},
		{"  of these, frequent ones dropped", func(query string, _ []string) []int {
			return ask(`SELECT d FROM (SELECT unnest(docs) AS d, idf * unnest(points) AS p FROM token WHERE term = ANY($1) AND cardinality(docs) <= $2) x
				GROUP BY d ORDER BY sum(p) DESC, d LIMIT 10`, tokens(query), max(200, len(names)/100))
		}, spent},
	}
}

// backendTime tells what the one connection's server process has used of the
// processors, in steps of a hundredth of a second; nil where the server runs elsewhere.
func backendTime(b *testing.B, db *sql.DB) func() time.Duration {
	var pid int
	require.NoError(b, db.QueryRow(`SELECT pg_backend_pid()`).Scan(&pid))
	file := fmt.Sprintf("/proc/%d/stat", pid)
	if raw, err := os.ReadFile(file); err != nil || !strings.Contains(string(raw), "postgres") {
		return nil
	}
	return func() time.Duration {
		raw, err := os.ReadFile(file)
		require.NoError(b, err)
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		user, err1 := strconv.Atoi(fields[11])
		system, err2 := strconv.Atoi(fields[12])
		require.NoError(b, errors.Join(err1, err2))
		return time.Duration(user+system) * 10 * time.Millisecond
	}
}

// postgresLists keeps for each term the listings that have it, with the part of
// BM25 that does not depend on the question, for a usual number of terms.
func postgresLists(names []string, table string, usual float64, read func(string) []string, exec func(string, ...any)) {
	exec(`CREATE TABLE ` + table + ` (term text PRIMARY KEY, idf float8, docs int[], points float4[])`)
	type list struct {
		docs   []int
		points []float32
	}
	lists := map[string]*list{}
	for i, name := range names {
		said := read(name)
		for _, t := range said {
			if lists[t] == nil {
				lists[t] = &list{}
			}
			lists[t].docs = append(lists[t].docs, i)
			lists[t].points = append(lists[t].points, float32(2.2/(1+1.2*(0.25+0.75*float64(len(said))/usual))))
		}
	}
	for t, l := range lists {
		exec(`INSERT INTO `+table+` VALUES ($1, $2, $3, $4)`, t, math.Log(1+float64(len(names))/float64(len(l.docs))), l.docs, l.points)
	}
}

// sqliteEngine is FTS5 over bigrams.
func sqliteEngine(b *testing.B, names []string) sqlEngine {
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "fts.db"))
	require.NoError(b, err)
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE VIRTUAL TABLE doc USING fts5(grams, content='')`)
	require.NoError(b, err)
	tx, err := db.Begin()
	require.NoError(b, err)
	for i, n := range names {
		_, err := tx.Exec(`INSERT INTO doc(rowid, grams) VALUES ($1, $2)`, i, strings.Join(bigrams(n), " "))
		require.NoError(b, err)
	}
	require.NoError(b, tx.Commit())
	return sqlEngine{name: "SQLite FTS5 bigrams", ask: func(query string, _ []string) []int {
		grams := bigrams(query)
		for i, g := range grams {
			grams[i] = `"` + g + `"`
		}
		rows, err := db.Query(`SELECT rowid FROM doc WHERE doc MATCH $1 ORDER BY rank LIMIT 10`, strings.Join(grams, " OR "))
		require.NoError(b, err)
		defer rows.Close()
		var out []int
		for rows.Next() {
			var id int
			require.NoError(b, rows.Scan(&id))
			out = append(out, id)
		}
		require.NoError(b, rows.Err())
		return out
	}}
}

// bigrams are the overlapping pairs of letters and digits of a text.
func bigrams(s string) []string {
	runes := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t'\"|&!():*<>\\-/.,;+_#%（）、，。·", r) {
			return -1
		}
		return r
	}, strings.ToLower(s)))
	if len(runes) < 2 {
		return []string{fmt.Sprintf("%s_", string(runes))}
	}
	out := make([]string, 0, len(runes))
	for i := 0; i+1 < len(runes); i++ {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}
