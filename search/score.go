package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"lianqiao/chain"
)

// The formula of candidates. First BM25 with weighted terms,
//
//	points(listing) = Σ weight(term) × idf(term) × impact(term, listing)
//
// over the terms that the question and the listing share. The impact grows with
// how often the listing says the term and shrinks with its length. A listing is
// found when it has at least one generating term: terms generate from the rarest
// on, until together they stand in more than a budget of listings. What every
// listing has tells nothing apart, and walking it is what costs. The best of
// them, a pool a little larger than what was asked for, are then ordered by
//
//	score(listing) = points ÷ the most points + what covers.go adds

// Candidate is a listing that may fit.
type Candidate struct {
	ID    string
	Score float64 // what the order goes by; it compares answers to one question only
	Cover
}

// weighted is a term of the question.
type weighted struct {
	token  string
	weight float64
	times  int  // how often it is said
	also   bool // not said, but meant
	goods  bool // meant, as one of the goods of a segment
}

// wanted turns a reading into weighted tokens, each once: a word of a product by
// what kind of word it is, its characters as any text has them.
func (f *formula) wanted(r *chain.Reading) []weighted {
	var small [256]uint16
	out, once := make([]weighted, 0, len(r.Terms)+len(r.Grams)), newOnce(small[:], len(r.Terms)+len(r.Grams))
	for _, t := range r.Terms {
		token := t.Text
		if strings.ContainsFunc(token, unicode.IsSpace) {
			token = strings.Join(strings.Fields(token), "_")
		}
		if token == "" || t.Weight <= 0 {
			continue
		}
		w := t.Weight * f.word
		if !r.Known && (t.Kind == chain.KindGram || t.Text == r.Head && len(token) > len("两字")) {
			w *= f.unknown
		}
		if i, ok := once.at(out, token); ok {
			out[i].weight = max(out[i].weight, w)
			continue
		}
		out = append(out, weighted{token: token, weight: w, times: 1})
	}
	for _, g := range r.Grams {
		token, w := tokenOf(g), f.weightOf(g.Sign)
		if i, ok := once.at(out, token); ok {
			out[i].times, out[i].weight = max(out[i].times, g.Times), max(out[i].weight, w)
			continue
		}
		out = append(out, weighted{token: token, weight: w, times: g.Times})
	}
	return out
}

// said is what a question says. Goods that it names may stand in brackets in a
// listing, and what it has in brackets may be what a listing names: but two that
// have the same in brackets need not be the same, as in 泥炭(肥料) and 骨粉(肥料).
func (f *formula) said(r *chain.Reading) []weighted {
	out := f.wanted(r)
	has := func(token string) bool {
		return slices.ContainsFunc(out, func(w weighted) bool { return w.token == token })
	}
	for i := len(out) - 1; i >= 0; i-- {
		other := out[i]
		switch signOf(other.token) {
		case chain.GramPhrase:
			other.token = string(rune(chain.GramAside)) + other.token[1:]
			out = append(out, other)
		case chain.GramAside:
			other.token = string(rune(chain.GramPhrase)) + other.token[1:]
			if out = slices.Delete(out, i, i+1); !has(other.token) {
				out = append(out, other)
			}
		}
	}
	return out
}

// asking is what a question asks for: what it says, then other names of its heads
// and the goods of a segment of industry that it names, which count less.
func (f *formula) asking(r *chain.Reading) []weighted {
	out := f.said(r)
	if len(r.Meant)+len(r.Goods) == 0 {
		return out
	}
	at := make(map[string]bool, len(out))
	for i := range out {
		at[out[i].token] = true
	}
	mean := func(list []string, weight float64, goods bool) {
		if weight == 0 {
			return
		}
		for _, g := range list {
			for _, w := range f.wanted(named(g)) {
				sign := signOf(w.token)
				if at[w.token] || sign == chain.GramSingle || sign == chain.GramEnd || sign == chain.GramKind || sign == chain.GramStart {
					continue
				}
				at[w.token] = true
				w.weight *= weight
				w.also, w.goods = true, goods
				out = append(out, w)
			}
		}
	}
	mean(r.Meant, f.meant, false)
	mean(r.Goods, f.goods, true)
	return out
}

// named is the reading of a name that the tables mean by another. They are as many
// as the tables have, and are read once.
func named(name string) *chain.Reading {
	if r, ok := namesRead.Load(name); ok {
		return r.(*chain.Reading)
	}
	r := chain.Read(name, "")
	namesRead.Store(name, &r)
	return &r
}

var namesRead sync.Map

// tokenOf spells a gram as a token: its sign, where it has one, goes first.
func tokenOf(g chain.Gram) string {
	text := strings.ReplaceAll(g.Text, " ", "_")
	switch g.Sign {
	case chain.GramPair, chain.GramSingle:
		return text
	}
	return string(rune(g.Sign)) + text
}

// signOf tells from a token what it was made from.
func signOf(token string) chain.GramSign {
	switch sign := chain.GramSign(token[0]); sign {
	case chain.GramKind, chain.GramEnd, chain.GramWritten, chain.GramPhrase, chain.GramAside, chain.GramStart, chain.GramBranch:
		return sign
	}
	if len(token) <= 3 && token[0] >= 0x80 {
		return chain.GramSingle
	}
	return chain.GramPair
}

// weightOf is what a gram weighs in a question.
func (f *formula) weightOf(sign chain.GramSign) float64 {
	switch sign {
	case chain.GramSingle:
		return f.single
	case chain.GramKind:
		return f.kind
	case chain.GramEnd:
		return f.end
	case chain.GramWritten:
		return f.written
	case chain.GramStart:
		return f.start
	case chain.GramPhrase, chain.GramAside:
		return f.phrase
	case chain.GramBranch:
		return 0
	}
	return f.plain
}

// formula is what the parts of a text weigh, the constants of BM25, and what a cover
// adds to the order of candidates. The length that an impact is measured by is a
// fixed one: with the average of all listings every score would move when one of
// them comes or goes.
type formula struct {
	word    float64 // times the weight of the kind of word
	unknown float64 // and this of a head that no table knows: where it begins is a guess
	plain   float64
	single  float64
	kind    float64
	end     float64
	written float64
	start   float64
	phrase  float64
	goods   float64 // times what the word weighs when it is said
	segment float64 // what a cover counts where a segment of industry is asked for
	meant   float64 // the same of another name of what is said

	k1          float64
	lengthShare float64
	usualLength float64 // characters and pairs, those of a title twice

	shareAsked, shareOwn, shareNamed, shareBranch, shareContrary, shareAlike float64
}

// usual is the formula in use. All of it was chosen on the dev parts of the
// benches of real listings.
var usual = formula{
	word: 0.3, unknown: 0.6, plain: 0.8, single: 0.55, kind: 0.3, end: 0.4, written: 0.05, start: 0.15, phrase: 0.3, goods: 0.9, segment: 0.5, meant: 1,
	k1: 0.6, lengthShare: 0.6, usualLength: 40,
	shareAsked: 0.6, shareOwn: 0.2, shareNamed: 0.15, shareBranch: 0.25, shareContrary: 0.8, shareAlike: 0.3,
}

// Part is a part of the formula that a measurement can leave out.
type Part string

const (
	PartNone    Part = ""
	PartKinds   Part = "words of one kind"
	PartGoods   Part = "goods of segments"
	PartCovers  Part = "covers, exact names, branches"
	PartWords   Part = "weight of the tables' words"
	PartSingles Part = "single characters"
	PartLength  Part = "length of a listing"
	PartDenials Part = "what a listing denies"
	PartUnknown Part = "less weight of unknown words"
	PartAlike   Part = "order of characters in names"
)

// Parts lists them.
func Parts() []Part {
	return []Part{PartKinds, PartGoods, PartCovers, PartWords, PartSingles, PartLength, PartDenials, PartUnknown, PartAlike}
}

// without is the usual formula less one part.
func without(p Part) *formula {
	f := usual
	switch p {
	case PartKinds:
		f.kind, f.end = 0, 0
	case PartGoods:
		f.goods = 0
	case PartCovers:
		f.shareAsked, f.shareOwn, f.shareNamed, f.shareBranch = 0, 0, 0, 0
	case PartWords:
		f.word = 0
	case PartSingles:
		f.single = 0
	case PartLength:
		f.lengthShare = 0
	case PartDenials:
		f.shareContrary = 0
	case PartUnknown:
		f.unknown = 1
	case PartAlike:
		f.shareAlike = 0
	}
	return &f
}

// impact is the part of the formula that depends on the listing alone.
func (f *formula) impact(times, length int) float64 {
	t := float64(times)
	return t * (f.k1 + 1) / (t + f.k1*(1-f.lengthShare+f.lengthShare*float64(length)/f.usualLength))
}

// What is summed is summed as whole numbers: a sum is then the same in whatever
// order its parts come, and two processes that hold the same listings agree to
// the last digit.
const (
	valueUnit  = 1 << 24 // of weight × idf
	impactUnit = 1 << 14 // of an impact, which is at most k1 + 1
	pointUnit  = valueUnit * impactUnit
	coverUnit  = 1 << 20 // of a cover's weights and logarithms
)

func inUnits(x, unit float64) int64 { return int64(math.Round(x * unit)) }

// idf is how telling a term is that stands in df of all listings.
func idf(all, df int) float64 {
	return math.Log(float64(all)+1) - logOf(df)
}

// logOf is the logarithm of df and a half. Nearly all terms are rare ones.
func logOf(df int) float64 {
	if df < len(logs) {
		return logs[df]
	}
	return math.Log(float64(df) + 0.5)
}

var logs = func() (t [2048]float64) {
	for i := range t {
		t[i] = math.Log(float64(i) + 0.5)
	}
	return t
}()

// best orders candidates by score, ties by id, and cuts after n.
func best(found []Candidate, n int) []Candidate {
	slices.SortFunc(found, func(a, b Candidate) int {
		if a.Score != b.Score {
			return cmp.Compare(b.Score, a.Score)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return found[:min(n, len(found))]
}
