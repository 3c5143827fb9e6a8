package store

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write schema.golden.sql anew")

// schema spells the tables and indexes as SQLite keeps them.
func schema(ctx context.Context, a asker) (string, error) {
	var b strings.Builder
	err := each(ctx, a, `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'goose!_%' ESCAPE '!'
		ORDER BY tbl_name, type DESC, name`, func(r *sql.Rows) error {
		var text string
		err := r.Scan(&text)
		b.WriteString(text + ";\n")
		return err
	})
	return b.String(), err
}

func TestSchemaIsGolden(t *testing.T) {
	got, err := schema(t.Context(), sqliteStore(t).read)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("schema.golden.sql", []byte(got), 0o644))
	}
	want, err := os.ReadFile("schema.golden.sql")
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run go test ./store -update when the change is meant")
}

// TestSchemasAreEqual holds both databases to the same tables, columns, types
// and indexes.
func TestSchemasAreEqual(t *testing.T) {
	lite := words(t, sqliteStore(t), `SELECT m.name || ' ' || c.name || ' ' || lower(c.type) FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' UNION ALL SELECT 'index ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
	pg := words(t, postgresStore(t), `SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema()
		UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'`)
	require.Equal(t, lite, pg)
}

func words(t *testing.T, s *Store, query string) []string {
	list, err := idsOf(t.Context(), s.read, query)
	require.NoError(t, err)
	list = slices.DeleteFunc(list, func(w string) bool { return strings.Contains(w, "goose") || strings.Contains(w, "sqlite_") })
	slices.Sort(list)
	return list
}

// TestTablesAreBackedUp keeps a new table from being forgotten in backups.
func TestTablesAreBackedUp(t *testing.T) {
	s := sqliteStore(t)
	want := map[string]bool{"outbox": true}
	for _, tab := range backupTables() {
		want[tab.name] = true
		columns, err := idsOf(t.Context(), s.read, `SELECT name FROM pragma_table_info($1)`, tab.name)
		require.NoError(t, err)
		require.ElementsMatch(t, columns, strings.FieldsFunc(tab.columns, func(r rune) bool { return strings.ContainsRune(", \n\t", r) }), tab.name)
	}
	for _, w := range words(t, s, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		require.True(t, want[w], "table %s is in no backup", w)
	}
}
