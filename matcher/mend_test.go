package matcher

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// edit keeps a changed listing and tells the index, as its owner would.
func (w *world) edit(l market.Listing) market.Listing {
	require.NoError(w.t, w.Store.UpdateListing(w.t.Context(), market.Actor{UserID: "u", EnterpriseID: l.EnterpriseID}, &l))
	w.seq++
	require.NoError(w.t, w.Feed(w.t.Context(), []market.Change{change(l.ID)}, w.seq, "s"))
	return l
}

func (w *world) listing(id string) market.Listing {
	l, err := w.Store.Listing(w.t.Context(), id)
	require.NoError(w.t, err)
	return l
}

func (w *world) mended(id string) []market.Mend {
	m, err := w.Mends(w.t.Context(), []string{id})
	require.NoError(w.t, err)
	return m[id]
}

// totals are the open proposals of a listing by the other listing.
func (w *world) totals(l market.Listing) map[string]int {
	out := map[string]int{}
	for _, p := range w.open(market.Enterprise{ID: l.EnterpriseID}) {
		if p.NeedID == l.ID || p.SupplyID == l.ID {
			out[otherOf(p, l.ID)] = p.Total
		}
	}
	return out
}

func TestMendNamesTheCertificate(t *testing.T) {
	w := newWorld(t)
	seller := w.firm("乙供应厂")
	supply := w.post(seller, market.Supply, "6061铝棒")
	for i := range 4 {
		need := w.listing(w.post(w.firm(fmt.Sprintf("采购厂%d", i)), market.Need, "求购6061铝棒").ID)
		need.Certificates = []string{"ISO 9001"}
		w.edit(need)
	}
	require.Equal(t, []market.Mend{{Term: market.TermCert, To: "ISO 9001", Reach: 4}}, w.mended(supply.ID))
	supply = w.listing(supply.ID)
	supply.Certificates = []string{"ISO9001:2015"}
	supply = w.edit(supply)
	w.match(supply.ID)
	require.Len(t, w.totals(supply), 4)
	require.Empty(t, w.mended(supply.ID), "what was promised came true and is promised no more")
}

// TestMendIsNotPromisedOfTheRefused: who was refused is no counterpart to be reached.
func TestMendIsNotPromisedOfTheRefused(t *testing.T) {
	w := newWorld(t)
	seller, buyer := w.firm("乙供应厂"), w.firm("采购厂")
	supply := w.post(seller, market.Supply, "6061铝棒")
	need := w.post(buyer, market.Need, "求购6061铝棒")
	w.match(supply.ID)
	p := w.open(buyer)
	require.Len(t, p, 1)
	require.NoError(t, w.Store.SaveInterest(t.Context(), market.Actor{UserID: "u", EnterpriseID: buyer.ID}, market.Interest{ProposalID: p[0].ID, Answer: market.Never}))
	need = w.listing(need.ID)
	need.Certificates = []string{"ISO 9001"}
	w.edit(need)
	w.match(supply.ID)
	require.Empty(t, w.mended(supply.ID))
}

// TestMendsComeTrue is the property: of listings made at random, each change
// that a mend names is made, and the matcher then proposes exactly as many more
// counterparts as it promised, and betters as many as it said.
func TestMendsComeTrue(t *testing.T) {
	kinds := map[market.TermName]int{}
	for seed := range uint64(6) {
		w := newWorld(t)
		r := rand.New(rand.NewPCG(seed, 7))
		var all []market.Listing
		for i := range 14 {
			side, title := market.Need, "求购6061铝棒"
			if i%2 == 0 {
				side, title = market.Supply, "6061铝棒"
			}
			all = append(all, w.edit(w.random(r, w.listing(w.post(w.firm(fmt.Sprintf("厂%d", i)), side, title).ID))))
		}
		for _, l := range all {
			w.match(l.ID)
			kept := w.totals(l)
			for _, mend := range w.mended(l.ID) {
				kinds[mend.Term]++
				changed := w.applied(l, mend)
				changed = w.edit(changed)
				w.match(l.ID)
				got := w.totals(l)
				reach, lift := 0, 0
				for id, total := range got {
					if old, ok := kept[id]; !ok {
						reach++
					} else if total > old {
						lift++
					}
				}
				require.Equal(t, [2]int{mend.Reach, mend.Lift}, [2]int{reach, lift}, "seed %d: %s %+v", seed, l.Side, mend)
				back := l
				back.Rev = changed.Rev
				l = w.edit(back)
				w.match(l.ID)
				require.Equal(t, kept, w.totals(l), "what is changed back is as it was")
			}
		}
	}
	t.Log(kinds)
	for _, term := range []market.TermName{market.TermCert, market.TermMOQ, market.TermPrice, market.TermQuantity, market.TermLead, market.TermSpec, market.TermGrade} {
		require.Positive(t, kinds[term], "%s was never mended", term)
	}
}

// applied is the listing after what the mend says, found among the hints anew.
func (w *world) applied(l market.Listing, mend market.Mend) market.Listing {
	tasks, err := w.tasks(w.t.Context(), []market.Listing{l})
	require.NoError(w.t, err)
	others, err := w.prepare(w.t.Context(), tasks[0].others)
	require.NoError(w.t, err)
	for _, o := range others {
		for _, h := range hintsOf(tasks[0].side, o) {
			if h.term == mend.Term && h.label == mend.Label && h.to == mend.To {
				l.Specs, l.Certificates = slices.Clone(l.Specs), slices.Clone(l.Certificates)
				h.apply(&l)
				return l
			}
		}
	}
	require.Fail(w.t, "no pair hints at the mend", "%+v", mend)
	return l
}

// random makes a listing say things that often nearly fit.
func (w *world) random(r *rand.Rand, l market.Listing) market.Listing {
	pick := func(n ...int64) decimal.Decimal { return decimal.NewFromInt(n[r.IntN(len(n))]) }
	l.Quantity = market.Quantity{Amount: pick(2, 5, 8, 12), Unit: "吨", Per: market.PerMonth}
	l.LeadDays = r.IntN(4) * 10
	l.Price = market.Price{Fen: 2000000 + int64(r.IntN(5))*100000, Unit: "吨"}
	if r.IntN(2) == 0 {
		l.Certificates = []string{[]string{"ISO 9001", "IATF 16949"}[r.IntN(2)]}
	}
	l.Specs = nil
	switch r.IntN(3) {
	case 0:
		l.Specs = []market.Spec{{Name: "直径", Op: market.OpIs, Value: pick(20, 60, 100).String(), Unit: "mm", Must: r.IntN(2) == 0}}
	case 1:
		l.Specs = []market.Spec{{Name: "牌号", Op: market.OpIs, Value: []string{"6061", "7075"}[r.IntN(2)], Must: true}}
	}
	if l.Side == market.Supply {
		l.MOQ = pick(0, 3, 6, 10)
		l.Title = []string{"6061铝棒", "铝棒 现货", "7075铝棒"}[r.IntN(3)]
	}
	return l
}
