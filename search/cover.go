package search

import (
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
}

// coverPoints is what a cover adds to the order of candidates.
func (f *formula) coverPoints(c *Cover) float64 {
	p := f.shareAsked*c.Asked + f.shareOwn*c.Own
	if c.Named {
		p += f.shareNamed
	}
	if c.Branch {
		p -= f.shareBranch
	}
	return p
}

// coverWeight is what a term counts in a cover: signs that stand beside the
// words, and say nothing that they do not say, count nothing.
func (f *formula) coverWeight(sign chain.GramSign) float64 {
	switch sign {
	case chain.GramPhrase, chain.GramBranch, chain.GramStart:
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
	c.Branch = d.branch
	var shared, sharedLog, ownLog int64
	for _, t := range d.terms {
		ownLog += int64(b.coverLog[t.term])
		if !s.isAsked(t.term) {
			continue
		}
		asked := &q.terms[s.place[t.term]]
		shared += asked.cover
		sharedLog += asked.coverLog
		c.Named = c.Named || asked.sign == chain.GramPhrase && !asked.also
	}
	worth := func(cover, log int64) float64 { return (b.logAll*float64(cover) - float64(log)) / coverUnit }
	all, own := worth(q.cover, q.coverLog), worth(d.cover, ownLog)
	if all > 0 && own > 0 {
		c.Asked, c.Own = worth(shared, sharedLog)/all, worth(shared, sharedLog)/own
	}
	return c
}

// Covers tells how much each listing has in common with a reading; ids that are
// not held are left out.
func (b *Batch) Covers(r chain.Reading, ids []string) map[string]Cover {
	ask := b.formula.wanted(&r)
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
