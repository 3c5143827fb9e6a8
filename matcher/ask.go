package matcher

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"lianqiao/chain"
	"lianqiao/market"
	"lianqiao/search"
)

// Mode is who asks in an evaluation.
type Mode string

const (
	ModeNeed       Mode = "need"       // a need looks for supplies
	ModeSearch     Mode = "search"     // a visitor types words
	ModeUpstream   Mode = "upstream"   // a product looks for what it is made from
	ModeDownstream Mode = "downstream" // a material looks for what is made from it
	ModeSynonym    Mode = "synonym"    // another name of the same goods
)

// Text is a document of a bench: a supply listing that is a title and nothing else.
type Text struct {
	ID   string
	Text string
}

// Asking is how the questions of a bench are put.
type Asking struct {
	Mode    Mode
	Graph   *chain.Graph // loaded relations; may be nil
	Weights *Weights     // of the score; Present unless given
	Without Part         // what is left out
}

// Part is a part of the ranking that a measurement can leave out: one of the
// index's formula, or one of these.
type Part string

const (
	PartNone  Part = ""
	PartSame  Part = "words for the same thing"
	PartTotal Part = "total of the score, in the order"
)

// Parts lists what a measurement can leave out.
func Parts() []Part {
	out := []Part{PartSame}
	for _, p := range search.Parts() {
		out = append(out, Part(p))
	}
	return append(out, PartTotal)
}

// Asker puts the questions of a bench to the code that serves users: the same
// index, reading, chain and score.
type Asker struct {
	Asking
	index *search.Index
	book  *chain.Book
	sides map[string]*Side
	graph *chain.Graph // the loaded one, or what the tables alone tell
	now   time.Time
}

// NewAsker indexes the texts in memory. Close it.
func NewAsker(texts []Text, how Asking) (*Asker, error) {
	index, err := search.OpenWithout(search.Part(how.Without))
	if err != nil {
		return nil, err
	}
	a := &Asker{Asking: how, index: index, book: chain.Embedded, sides: map[string]*Side{}, now: time.Now()}
	if how.Without == PartSame {
		a.book = a.book.Unfolded()
	}
	if a.Weights == nil {
		a.Weights = Present()
	}
	if a.graph = how.Graph; a.graph == nil && (how.Mode == ModeUpstream || how.Mode == ModeDownstream) {
		a.graph = chain.NewGraph(nil, nil)
	}
	docs := make([]search.Doc, len(texts))
	for i, t := range texts {
		l := market.Listing{ID: t.ID, EnterpriseID: "bench", Side: market.Supply, Board: market.Goods, Status: market.Live, PublishedAt: a.now}
		l.Title, l.Text = cutTitle(t.Text)
		r := search.ReadWith(a.book, &l)
		docs[i] = search.Doc{Listing: l, Reading: &r}
	}
	for chunk := range slices.Chunk(docs, 2000) {
		if err := index.Apply(chunk, nil, 1, "bench"); err != nil {
			index.Close()
			return nil, err
		}
	}
	for i := range docs {
		a.sides[docs[i].Listing.ID] = sideOf(docs[i].Listing, docs[i].Enterprise, *docs[i].Reading)
	}
	return a, nil
}

// cutTitle parts a text into a title of legal length and the rest.
func cutTitle(s string) (title, text string) {
	r := []rune(s)
	if len(r) <= market.MaxTitle {
		return s, ""
	}
	return string(r[:market.MaxTitle]), string(r[market.MaxTitle:])
}

// Close lets the index go.
func (a *Asker) Close() error { return a.index.Close() }

// Ask returns the ids of the n best listings.
func (a *Asker) Ask(ctx context.Context, text string, n int) ([]string, error) {
	switch a.Mode {
	case ModeSearch:
		page, err := a.index.Find(ctx, search.Query{Text: text, Side: market.Supply, Limit: n, Book: a.book})
		return page.IDs, err
	case ModeUpstream, ModeDownstream:
		return a.along(ctx, text, n)
	}
	found, err := a.need(ctx, text, n+1)
	if a.Mode == ModeSynonym {
		// The same words are not another name.
		found = slices.DeleteFunc(found, func(x answer) bool {
			return chain.Normalise(a.sides[x.id].Listing.Title) == chain.Normalise(text)
		})
	}
	return idsOf(found, n), err
}

// Totals returns the n best listings with the totals of their scores, as a need
// that is posted gets them.
func (a *Asker) Totals(ctx context.Context, text string, n int) (ids []string, totals []int, err error) {
	found, err := a.need(ctx, text, n)
	for _, f := range found[:min(n, len(found))] {
		ids, totals = append(ids, f.id), append(totals, int(f.total))
	}
	return ids, totals, err
}

// What the order of a list shown to a person goes by, beside the score of a
// candidate: the total of the pair's own score, and how many of the candidates
// are worded the same, as the name that the trade uses is likelier meant than
// one that a single firm has. Chosen on the benches of real listings.
const (
	orderTotal = 0.1
	orderUsual = 0.02
)

// answer is a listing with its score.
type answer struct {
	id    string
	total float64
	rank  float64 // what the order goes by
	named bool    // it lists the very goods
}

func idsOf(found []answer, n int) []string {
	ids := make([]string, 0, n)
	for _, f := range found[:min(n, len(found))] {
		ids = append(ids, f.id)
	}
	return ids
}

// need asks as a posted need does: candidates first, then the score.
func (a *Asker) need(ctx context.Context, text string, n int) ([]answer, error) {
	l := market.Listing{ID: "need", Side: market.Need, Board: market.Goods, Status: market.Live, PublishedAt: a.now}
	l.Title, l.Text = cutTitle(text)
	asked := search.ReadWith(a.book, &l)
	need := sideOf(l, market.Enterprise{}, asked)
	found, err := a.index.Candidates(ctx, market.Supply, asked, max(50, 5*n), "")
	if err != nil {
		return nil, fmt.Errorf("matcher.Ask(%q): %w", text, err)
	}
	same := map[string]float64{}
	for _, c := range found {
		same[a.sides[c.ID].plain]++
	}
	out := make([]answer, 0, len(found))
	for _, c := range found {
		total, _ := a.Weights.Score(need, a.sides[c.ID], wordingOf(market.Need, c.Cover), a.now)
		// A list shown to a person is ordered by both, as equal words tell more
		// than the steps of the score do.
		rank := c.Score + a.orderTotal()*float64(total)/100 + orderUsual*math.Log2(same[a.sides[c.ID].plain])
		out = append(out, answer{id: c.ID, total: float64(total), rank: rank, named: c.Named})
	}
	slices.SortFunc(out, byRank)
	return out, nil
}

func (a *Asker) orderTotal() float64 {
	if a.Without == PartTotal {
		return 0
	}
	return orderTotal
}

func byRank(x, y answer) int {
	return cmp.Or(cmp.Compare(y.rank, x.rank), strings.Compare(x.id, y.id))
}

// along follows the chain first and asks for each word it leads to, surest first,
// until no further word could come among the n best.
func (a *Asker) along(ctx context.Context, text string, n int) ([]string, error) {
	best := map[string]answer{}
	most := 0.0 // the greatest rank that a listing had for any word
	for i, w := range a.next(text) {
		if most > 0 && len(best) >= n && nthRank(best, n) >= most*w.weight {
			break
		}
		found, err := a.need(ctx, w.word, n)
		if err != nil {
			return nil, err
		}
		for k, f := range found {
			// For a conclusion only the listings of that very name speak, or the best.
			if w.weight < 1 && k > 0 && !f.named {
				continue
			}
			// What fits less than a proposal would is not what the relation names.
			if f.total < DefaultThreshold {
				continue
			}
			most = max(most, f.rank)
			f.rank = f.rank*w.weight - float64(i)/1000
			if old, ok := best[f.id]; !ok || f.rank > old.rank {
				best[f.id] = f
			}
		}
	}
	return idsOf(ranked(best), n), nil
}

func ranked(best map[string]answer) []answer {
	list := slices.Collect(maps.Values(best))
	slices.SortFunc(list, byRank)
	return list
}

// nthRank is the rank of the n-th best answer.
func nthRank(best map[string]answer, n int) float64 { return ranked(best)[n-1].rank }

// lead is a word the chain leads to.
type lead struct {
	word   string
	weight float64
}

// next are the words up or down the chain, surest first.
func (a *Asker) next(text string) []lead {
	loaded, own := (*chain.Graph).Upstream, chain.Upstream
	end := func(r chain.Relation) string { return r.From }
	if a.Mode == ModeDownstream {
		loaded, own = (*chain.Graph).Downstream, chain.Downstream
		end = func(r chain.Relation) string { return r.To }
	}
	word := chain.Normalise(text)
	var out []lead
	for _, l := range loaded(a.graph, word) {
		out = append(out, lead{l.Word, l.Weight})
	}
	for _, r := range own(word) {
		out = append(out, lead{end(r), ownLead * r.Weight})
	}
	slices.SortStableFunc(out, func(x, y lead) int { return cmp.Compare(y.weight, x.weight) })
	return out
}

var ownLead = 0.9
