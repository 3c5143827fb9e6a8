package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mutant is one condition of the source made always true or always false.
type mutant struct {
	file, was, now string
	line           int
	source         []byte
}

func (m mutant) String() string { return fmt.Sprintf("%s:%d %s → %s", m.file, m.line, m.was, m.now) }

// TestMutants is the negative control of the permission tests: it breaks one
// condition of the policy at a time, and one owner check of store and web at a
// time, and every one must be noticed. It builds the program anew for each, so
// it runs only when asked: LIANQIAO_MUTANTS=policy, =store or =all.
func TestMutants(t *testing.T) {
	which := os.Getenv("LIANQIAO_MUTANTS")
	if which == "" {
		t.Skip("SKIPPED: set LIANQIAO_MUTANTS to policy, store or all")
	}
	caught := 0
	if which != "store" {
		policy := append(conditions(t, "market/policy.go", nil), conditions(t, "market/introduction.go", nil)...)
		policy = append(policy, conditions(t, "market/intake.go", nil)...)
		// That a walk of random steps fails is enough; the shortest one is not looked for.
		caught += hunt(t, policy, "./market", `Policy|Moves|Disclos|Introduc|Allow|Lapse|MustEnrol`, "-rapid.shrinktime=1ns", "-rapid.nofailfile")
		require.GreaterOrEqual(t, caught, 30)
	}
	if which != "policy" {
		checks := []mutant{}
		for _, file := range []string{"cluster", "enterprise", "image", "interest", "introduction", "listing", "message", "notice", "followup", "office", "outcome", "personal", "quote", "record", "review", "ticket", "veto"} {
			checks = append(checks, conditions(t, "store/"+file+".go", ownerCheck)...)
		}
		caught += hunt(t, checks, "./store", `Known|Unknown|Owners|Users|Listing$|Interest|Veto|Quotes|Notices|CallList|Erase|Evidence`)
	}
	t.Logf("%d mutants caught", caught)
}

// ownerCheck picks conditions that ask whose a thing is.
func ownerCheck(text string) bool {
	return strings.HasPrefix(text, "!actor.May") || strings.HasPrefix(text, "!actor.Owns") || strings.HasPrefix(text, "!actor.Operates") || text == "!actor.Owner"
}

// harmless are mutants that change nothing anybody could notice, with the reason.
func harmless(m mutant) bool {
	for _, known := range []string{
		// The second line of defence: the state says so as well.
		"i.ByConsent.Given() → (true)", "i.ToConsent.Given() → (true)", "i.Status == Agreed → (true)",
	} {
		if strings.HasSuffix(m.String(), known) {
			return true
		}
	}
	// The query has none but the firm's own; what is passed over is not yet its affair.
	return m.file == "store/personal.go" && m.was == "!actor.MaySeeIntroduction(&i)"
}

// conditions makes the mutants of a file: each operand of && and ||, each
// condition, each truth that is returned or kept.
func conditions(t *testing.T, file string, pick func(string) bool) []mutant {
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	require.NoError(t, err)
	var out []mutant
	seen := map[[2]int]bool{}
	add := func(e ast.Expr) {
		from, to := set.Position(e.Pos()).Offset, set.Position(e.End()).Offset
		text := string(source[from:to])
		if seen[[2]int{from, to}] || pick != nil && !pick(text) {
			return
		}
		seen[[2]int{from, to}] = true
		for _, now := range []string{"(true)", "(false)"} {
			if pick != nil && now == "(true)" {
				continue // a check that always refuses is no loosened one
			}
			if now == "("+text+")" {
				continue // it says so already
			}
			broken := bytes.Join([][]byte{source[:from], []byte(now), source[to:]}, nil)
			out = append(out, mutant{file, text, now, set.Position(e.Pos()).Line, broken})
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				add(n.X)
				add(n.Y)
			}
		case *ast.IfStmt:
			add(n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, c := range n.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						add(e)
					}
				}
			}
		case *ast.FuncDecl:
			if r := n.Type.Results; r != nil && len(r.List) == 1 && fmt.Sprint(r.List[0].Type) == "bool" {
				ast.Inspect(n.Body, func(x ast.Node) bool {
					if ret, ok := x.(*ast.ReturnStmt); ok {
						add(ret.Results[0])
					}
					return true
				})
			}
		}
		return true
	})
	return out
}

// hunt runs the tests of a package on each mutant and returns how many fell.
func hunt(t *testing.T, list []mutant, pkg, run string, more ...string) (caught int) {
	dir := t.TempDir()
	broken := 0
	for _, m := range list {
		file, err := filepath.Abs(m.file)
		require.NoError(t, err)
		copied := filepath.Join(dir, "mutant.go")
		require.NoError(t, os.WriteFile(copied, m.source, 0o600))
		overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: copied}})
		require.NoError(t, err)
		at := filepath.Join(dir, "overlay.json")
		require.NoError(t, os.WriteFile(at, overlay, 0o600))
		cmd := exec.Command("go", append([]string{"test", "-vet=off", "-count=1", "-failfast", "-ldflags=-s -w", "-overlay", at, "-run", run, pkg}, more...)...)
		cmd.Env = append(os.Environ(), "LIANQIAO_TEST_PG=postgres://nobody@127.0.0.1:1/none", "CI=")
		got, err := cmd.CombinedOutput()
		switch {
		case bytes.Contains(got, []byte("[build failed]")):
			broken++ // the compiler noticed
		case err != nil:
			caught++
		case !harmless(m):
			t.Errorf("nobody noticed %s", m)
		}
	}
	t.Logf("%s: %d mutants caught, %d do not compile, of %d", pkg, caught, broken, len(list))
	return caught
}
