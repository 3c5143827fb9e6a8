package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// breakable is one condition of a file. Its mutants are the program in which it
// is always true, and the one in which it is always false.
type breakable struct {
	file, text     string
	line, from, to int // from and to are bytes of the file
}

// TestMutants is the negative control of the permission tests: it breaks one
// condition of the policy at a time, and one owner check of store and web at a
// time, and every one must be noticed. It runs the tests once for each, so it
// runs only when asked: LIANQIAO_MUTANTS=policy, =store or =all.
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
		caught += hunt(t, policy, "market", "+-", `Policy|Moves|Disclos|Introduc|Allow|Lapse|MustEnrol`, "-rapid.shrinktime=1ns", "-rapid.nofailfile")
		require.GreaterOrEqual(t, caught, 30)
	}
	if which != "policy" {
		checks := []breakable{}
		for _, file := range []string{"cluster", "enterprise", "image", "interest", "introduction", "listing", "message", "notice", "followup", "office", "outcome", "personal", "quote", "record", "review", "ticket", "veto"} {
			checks = append(checks, conditions(t, "store/"+file+".go", ownerCheck)...)
		}
		// A check that always refuses is no loosened one, so these become false only.
		caught += hunt(t, checks, "store", "-", `Known|Unknown|Owners|Users|Listing$|Interest|Veto|Quote|Nothing|Notices|CallList|Erase|Evidence`)
	}
	t.Logf("%d mutants caught", caught)
}

// ownerCheck picks conditions that ask whose a thing is.
func ownerCheck(text string) bool {
	return strings.HasPrefix(text, "!actor.May") || strings.HasPrefix(text, "!actor.Owns") || strings.HasPrefix(text, "!actor.Operates") || text == "!actor.Owner"
}

// harmless are mutants that change nothing anybody could notice, with the reason.
func harmless(c breakable, now string) bool {
	for _, known := range []string{
		// The second line of defence: the state says so as well.
		"i.ByConsent.Given() → true", "i.ToConsent.Given() → true", "i.Status == Agreed → true",
	} {
		if c.text+" → "+now == known {
			return true
		}
	}
	// The query has none but the firm's own; what is passed over is not yet its affair.
	return c.file == "store/personal.go" && c.text == "!actor.MaySeeIntroduction(&i)"
}

// conditions finds those of a file that pick wants: each operand of && and ||,
// each condition, each truth that is returned.
func conditions(t *testing.T, file string, pick func(string) bool) []breakable {
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	require.NoError(t, err)
	var out []breakable
	add := func(e ast.Expr) {
		c := breakable{file, "", set.Position(e.Pos()).Line, set.Position(e.Pos()).Offset, set.Position(e.End()).Offset}
		c.text = string(source[c.from:c.to])
		if !slices.Contains(out, c) && (pick == nil || pick(c.text)) {
			out = append(out, c)
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

// switched is the file with every condition handed through a switch that the
// environment sets, so that one build holds all mutants.
func switched(t *testing.T, file string, list []breakable) []byte {
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	type insertion struct {
		at, rank int // of those at one place, closing ones come first, then outer ones
		text     string
	}
	var all []insertion
	for n, c := range list {
		if c.file == file {
			all = append(all, insertion{c.from, 1<<30 - (c.to - c.from), fmt.Sprintf("mutated(%d, ", n)}, insertion{c.to, c.to - c.from - 1<<30, ")"})
		}
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return cmp.Or(a.at-b.at, a.rank-b.rank) })
	var out []byte
	done := 0
	for _, i := range all {
		out = append(append(out, source[done:i.at]...), i.text...)
		done = i.at
	}
	return append(out, source[done:]...)
}

const theSwitch = `package %s

import (
	"os"
	"strconv"
)

var mutant = os.Getenv("LIANQIAO_MUTANT")

func mutated(n int, is bool) bool {
	if mutant == "" || mutant[1:] != strconv.Itoa(n) {
		return is
	}
	return mutant[0] == '+'
}
`

// buildMutants makes the test program of a package that holds all mutants.
func buildMutants(t *testing.T, list []breakable, pkg string) string {
	dir := t.TempDir()
	here, err := os.Getwd()
	require.NoError(t, err)
	replace := map[string]string{}
	put := func(name string, text []byte) {
		copied := filepath.Join(dir, fmt.Sprint(len(replace))+".go")
		require.NoError(t, os.WriteFile(copied, text, 0o600))
		replace[filepath.Join(here, name)] = copied
	}
	for _, c := range list {
		if replace[filepath.Join(here, c.file)] == "" {
			put(c.file, switched(t, c.file, list))
		}
	}
	put(pkg+"/mutated.go", fmt.Appendf(nil, theSwitch, pkg))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	at, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mutants")
	require.NoError(t, os.WriteFile(at, overlay, 0o600))
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", at, "-o", program, "./"+pkg).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

// hunt runs the tests of a package on each mutant and returns how many fell.
// ways are the values that conditions get: + always true, - always false.
func hunt(t *testing.T, list []breakable, pkg, ways, run string, more ...string) (caught int) {
	program := buildMutants(t, list, pkg)
	test := func(mutant string) error {
		cmd := exec.Command(program, append([]string{"-test.failfast", "-test.timeout=5m", "-test.run", run}, more...)...)
		cmd.Dir = pkg
		cmd.Env = append(os.Environ(), "LIANQIAO_MUTANT="+mutant, "LIANQIAO_TEST_PG=postgres://nobody@127.0.0.1:1/none", "CI=")
		return cmd.Run()
	}
	require.NoError(t, test(""), "as it is, the tests of %s pass", pkg)
	for n, c := range list {
		for _, way := range ways {
			now := map[rune]string{'+': "true", '-': "false"}[way]
			switch {
			case c.text == now: // it says so already
			case test(fmt.Sprintf("%c%d", way, n)) != nil:
				caught++
			case !harmless(c, now):
				t.Errorf("nobody noticed %s:%d %s → %s", c.file, c.line, c.text, now)
			}
		}
	}
	t.Logf("%s: %d mutants of %d conditions caught", pkg, caught, len(list))
	return caught
}
