package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
	"lianqiao/matcher"
	"lianqiao/store"
)

func learned(t *testing.T, s *store.Store, out string) string {
	t.Helper()
	var said bytes.Buffer
	require.NoError(t, (&learnCmd{Out: out, Firms: 3}).learn(t.Context(), s, &said))
	return said.String()
}

// importedListings keeps listings of one firm and reads them back, by title.
func importedListings(t *testing.T, s *store.Store, firm string, side market.Side, titles ...string) map[string]market.Listing {
	t.Helper()
	ctx := t.Context()
	e, err := s.UpsertEnterprise(ctx, market.Enterprise{Name: firm, Kind: market.Maker, Region: "130110", Contact: market.Contact{Name: "王", Phone: "0311-1234567"}})
	require.NoError(t, err)
	var list []market.Listing
	for _, title := range titles {
		list = append(list, market.Listing{ID: market.NewID(), EnterpriseID: e.ID, Side: side, Board: market.Goods, Status: market.Live, Title: title, Region: "130110",
			Price: market.Price{Negotiable: true}, Quantity: market.Quantity{Amount: decimal.NewFromInt(5), Unit: "吨", Per: market.PerMonth}, ValidUntil: time.Now().AddDate(0, 1, 0), PublishedAt: time.Now()})
	}
	_, _, _, err = s.ImportListings(ctx, list)
	require.NoError(t, err)
	out := map[string]market.Listing{}
	kept, _, err := s.ListingsOf(ctx, e.ID, market.Live, "", 100)
	require.NoError(t, err)
	for _, l := range kept {
		out[l.Title] = l
	}
	return out
}

// TestLearnCommand: a world in which firms answer by the total and, more than it
// says, by the distance. The file moves that way, says what it is worth and can be
// started with; nothing else changes; too few answers are said to be too few.
func TestLearnCommand(t *testing.T) {
	s, out := importStore(t), t.TempDir()
	require.Contains(t, learned(t, s, out), "too few answers: 0 answers")
	ctx, rnd := t.Context(), rand.New(rand.NewPCG(3, 3))
	supply := importedListings(t, s, "供应厂", market.Supply, "铝棒 现货")["铝棒 现货"]
	for f := range 40 {
		var titles []string
		for n := range 20 {
			titles = append(titles, fmt.Sprintf("求购铝棒 %d-%d", f, n))
		}
		for _, need := range importedListings(t, s, fmt.Sprint("采购厂", f), market.Need, titles...) {
			product, near := 30+17*rnd.Float64(), rnd.Float64()
			p := market.Proposal{NeedID: need.ID, SupplyID: supply.ID, Kind: market.Direct, Weights: matcher.Present().Version, Terms: []market.Term{
				{Name: market.TermProduct, Verdict: market.Partly, Points: product, Max: 47},
				{Name: market.TermGrade, Verdict: market.Fits, Points: 9, Max: 9},
				{Name: market.TermDistance, Verdict: market.Partly, Points: 3 * near, Max: 3},
				{Name: market.TermPrice, Verdict: market.Partly, Points: 5 * rnd.Float64(), Max: 5}}}
			_, err := s.SaveMatches(ctx, []store.ListingMatches{{ListingID: need.ID, Rev: need.Rev, Side: market.Need, Keep: []market.Proposal{p}, Seen: map[string]int64{supply.ID: supply.Rev}}})
			require.NoError(t, err)
			kept, _, err := s.ProposalsFor(ctx, need.EnterpriseID, need.ID, store.ViewAll, "", 1)
			require.NoError(t, err)
			i := market.Interest{ProposalID: kept[0].ID, Answer: market.Interested}
			if welcome := 1 / (1 + math.Exp(-((product-38)/4 + 5*(near-0.5)))); rnd.Float64() > welcome {
				i.Answer, i.Reason = market.Unfit, "place"
			}
			require.NoError(t, s.SaveInterest(ctx, market.Actor{UserID: "u", EnterpriseID: need.EnterpriseID}, i))
		}
	}
	said := learned(t, s, out)
	require.Contains(t, said, "distance")
	require.Contains(t, said, "hard cases: wanted in the first three")
	require.Contains(t, said, "Nothing is changed")
	files, err := filepath.Glob(filepath.Join(out, "weights-*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	first, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Contains(t, string(first), `"held-out answers: surprise (log loss)"`)
	w, err := weighed{files[0]}.readWeights()
	require.NoError(t, err)
	require.NotEqual(t, matcher.Present().Version, w.Version)

	require.Equal(t, said, learned(t, s, out), "the same answers, the same file")
	again, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Equal(t, first, again)

	_, err = start(ctx, config{keptIn: keptIn{Data: t.TempDir()}, Addr: "127.0.0.1:0", Role: "all", Copies: 1, Log: "error", weighed: weighed{tableFile(t, "w.json", "{}")}})
	require.ErrorContains(t, err, "is missing", "nothing is started with half a file")
}

// TestLearnRelations: what firms that make a product post needs of becomes a
// relation, in a file that chain import takes; what everybody buys, what too few
// buy and what is known already does not.
func TestLearnRelations(t *testing.T) {
	s, out := importStore(t), t.TempDir()
	for f := range 6 {
		firm := fmt.Sprint("猫砂厂", f)
		importedListings(t, s, firm, market.Supply, "膨润土猫砂", "宠物尿垫")
		needs := []string{"求购纸箱"}
		if f < 5 {
			needs = append(needs, "求购膨润土")
		}
		if f < 2 {
			needs = append(needs, "求购香精")
		}
		importedListings(t, s, firm, market.Need, needs...)
	}
	for f := range 20 {
		firm := fmt.Sprint("别的厂", f)
		importedListings(t, s, firm, market.Supply, "供应铝型材")
		importedListings(t, s, firm, market.Need, "求购纸箱", "求购铝棒")
	}
	said := learned(t, s, out)
	require.Contains(t, said, "chain import -kind relation")
	path := filepath.Join(out, "relations.tsv")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(raw), "from\tto\tweight\tfirms\tmakers\tagreed\n"))
	require.Contains(t, string(raw), "膨润土\t膨润土猫砂\t")
	for _, no := range []string{"纸箱", "香精", "铝棒\t铝型材"} {
		require.NotContains(t, string(raw), no)
	}
	sum, err := (&chainImportCmd{File: path, Kind: "relation"}).load(t.Context(), s, &bytes.Buffer{})
	require.NoError(t, err)
	require.Zero(t, sum.bad)
	require.Positive(t, sum.created)
	require.Contains(t, learned(t, s, out), "relations: none", "what was taken over is no news")
}
