package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mayImport is the table of docs/design.md: which of our packages each package
// may import, and which libraries it must never touch.
var mayImport = map[string]struct {
	ours  []string
	never []string
}{
	"market":   {never: []string{"database/sql", "net/http", "encoding/json"}},
	"chain":    {never: []string{"database/sql", "net/http"}},
	"region":   {never: []string{"database/sql", "net/http"}},
	"frontend": {never: []string{"database/sql"}},
	"sheet":    {ours: []string{"market"}, never: []string{"database/sql"}},
	"bus":      {ours: []string{"market"}, never: []string{"database/sql"}},
	"store":    {ours: []string{"market"}, never: []string{"net/http", "github.com/nats-io/nats.go"}},
	"search":   {ours: []string{"market", "chain", "region"}, never: []string{"database/sql", "github.com/nats-io/nats.go"}},
	"matcher":  {ours: []string{"market", "chain", "region", "schedule", "store", "search"}, never: []string{"database/sql", "github.com/nats-io/nats.go", "github.com/gofiber/fiber"}},
	"api":      {ours: []string{"market", "chain", "region", "store", "search", "frontend", "sheet", "stamp"}, never: []string{"database/sql", "github.com/nats-io/nats.go"}},
	"stamp":    {never: []string{"database/sql", "net/http"}},
	"schedule": {ours: []string{"market"}, never: []string{"database/sql", "net/http"}},
	"notify":   {ours: []string{"market", "store", "frontend"}, never: []string{"database/sql", "github.com/nats-io/nats.go", "github.com/gofiber/fiber"}},
	"demo":     {ours: []string{"market", "store"}, never: []string{"database/sql", "net/http"}},
}

// TestImports holds the arrows between packages in one direction.
func TestImports(t *testing.T) {
	for pkg, rule := range mayImport {
		files, err := filepath.Glob(filepath.Join(pkg, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "package %s of the table does not exist", pkg)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, path := range imports(t, file) {
				if ours, ok := strings.CutPrefix(path, "lianqiao/"); ok {
					require.Contains(t, rule.ours, ours, "%s imports %s", file, path)
				}
				for _, never := range rule.never {
					require.False(t, path == never || strings.HasPrefix(path, never+"/"), "%s imports %s", file, path)
				}
			}
		}
	}
}

// TestEveryPackageIsInTheTable keeps a new folder from growing beside the table.
func TestEveryPackageIsInTheTable(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		files, err := filepath.Glob(filepath.Join(e.Name(), "*.go"))
		require.NoError(t, err)
		if len(files) > 0 {
			require.Contains(t, mayImport, e.Name())
		}
		require.False(t, slices.Contains([]string{"internal", "pkg", "cmd", "utils", "common", "models", "service"}, e.Name()))
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		paths = append(paths, path)
	}
	return paths
}
