package search

import (
	"math"
	"slices"
	"strings"

	"lianqiao/chain"
)

// Cover says how much a question and a listing say in common, both ways, by the
// rarity of what is shared. Of two listings it is the same, and mirrored, whichever
// of them asks.
type Cover struct {
	Asked  float64 // share of what the question says that the listing says, too
	Own    float64 // share of what the listing says that the question says, too
	Named  bool    // the listing lists these very goods
	Branch bool    // the listing names a branch of business, not goods

	Contrary bool // one of them says 非 of what the other says
}

// coverPoints is what a cover adds to the order of candidates. Where a segment of
// industry is asked for, the words of its name tell less.
func (f *formula) coverPoints(c *Cover, segment bool) float64 {
	p := f.shareAsked*c.Asked + f.shareOwn*c.Own
	if segment {
		p *= f.segment
	}
	if c.Named {
		p += f.shareNamed
	}
	if c.Branch {
		p -= f.shareBranch
	}
	if c.Contrary {
		p -= f.shareContrary
	}
	return p
}

// coverWeight is what a term counts in a cover: signs that stand beside the
// words, and say nothing that they do not say, count nothing.
func (f *formula) coverWeight(sign chain.GramSign) float64 {
	switch sign {
	case chain.GramPhrase, chain.GramAside, chain.GramBranch, chain.GramStart:
		return 0
	}
	return f.weightOf(sign)
}

// coverOf is a coverWeight in units.
func (f *formula) coverOf(sign chain.GramSign) int64 {
	return inUnits(f.coverWeight(sign), coverUnit)
}

// coverLogOf is what standing in df listings takes off what a term counts.
func (f *formula) coverLogOf(sign chain.GramSign, df int) int64 {
	return inUnits(f.coverWeight(sign)*logOf(df), coverUnit)
}

// cover compares a listing with the marked question. A term counts its weight ×
// (log of all listings − log of those that have it).
func (b *Batch) cover(s *sums, q *question, doc uint32) (c Cover) {
	d := &b.docs[doc]
	c.Branch, c.Contrary = d.branch, d.denies(q.contraries)
	var shared, sharedLog, ownLog int64
	for _, t := range d.terms {
		ownLog += int64(b.coverLog[t.term])
		if !s.isAsked(t.term) {
			continue
		}
		asked := &q.terms[s.place[t.term]]
		shared += asked.cover
		sharedLog += asked.coverLog
		c.Named = c.Named || namesGoods(asked.sign) && !asked.also
	}
	worth := func(cover, log int64) float64 { return (b.logAll*float64(cover) - float64(log)) / coverUnit }
	all, own := worth(q.cover, q.coverLog), worth(d.cover, ownLog)
	if all > 0 && own > 0 {
		c.Asked, c.Own = worth(shared, sharedLog)/all, worth(shared, sharedLog)/own
	}
	return c
}

func namesGoods(sign chain.GramSign) bool {
	return sign == chain.GramPhrase || sign == chain.GramAside
}

// contrary is a term of a listing that denies what a question says, or says what
// it denies.
type contrary struct {
	term uint32
	own  uint32 // what the question says; a listing that says both denies nothing
}

// deny keeps that a term of three characters, 非金属, denies one of two.
func (b *Batch) deny(token string, k uint32) {
	if what := denied(token); what != "" {
		b.denials[b.termOf(what)] = k
	}
}

// denied is what a term of a listing or a question denies.
func denied(token string) string {
	if what, ok := strings.CutPrefix(token, "非"); ok && len(what) == len("金属") {
		return what
	}
	return ""
}

// contrary is the contrary of a term of a question, if any listing has it.
func (b *Batch) contrary(token string, k uint32, known bool) (contrary, bool) {
	if what := denied(token); what != "" {
		other, ok := b.term.of(what)
		if !known {
			k = nobodysTerm
		}
		return contrary{other, k}, ok
	}
	other, ok := b.denials[k]
	return contrary{other, k}, ok && known
}

const nobodysTerm = math.MaxUint32

// oneWay drops what the question itself says both ways: 金属和非金属管道.
func oneWay(list []contrary) []contrary {
	all := slices.Clone(list)
	return slices.DeleteFunc(list, func(c contrary) bool {
		return slices.ContainsFunc(all, func(other contrary) bool { return other.own == c.term })
	})
}

// denies says that a listing says the contrary of a question, and not both.
func (d *batchDoc) denies(list []contrary) bool {
	return slices.ContainsFunc(list, func(c contrary) bool { return d.has(c.term) && !d.has(c.own) })
}

func (d *batchDoc) has(k uint32) bool {
	return slices.ContainsFunc(d.terms, func(t said) bool { return t.term == k })
}

// Covers tells how much each listing has in common with a reading; ids that are
// not held are left out.
func (b *Batch) Covers(r chain.Reading, ids []string) map[string]Cover {
	ask := b.formula.said(&r)
	b.mu.RLock()
	defer b.mu.RUnlock()
	s := b.sums.Get().(*sums)
	q := b.question("", ask, 0, s)
	s.mark(&q, len(b.terms))
	defer func() { s.unmark(&q); b.sums.Put(s) }()
	out := make(map[string]Cover, len(ids))
	for _, id := range ids {
		if n, ok := b.at[id]; ok {
			out[id] = b.cover(s, &q, n)
		}
	}
	return out
}

// Covers tells how much each listing has in common with a reading; ids that are
// not held are left out.
func (x *Index) Covers(r chain.Reading, ids []string) (found map[string]Cover, err error) {
	err = x.guard("Covers", func() error {
		found = x.lists.Covers(r, ids)
		return nil
	})
	return found, err
}
