package search

import (
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
	Kind   bool    // the listing lists a kind of them, by the end of its name
	Wider  bool    // the question names a kind of what the listing lists
	Branch bool    // the listing names a branch of business, not goods
}

// coverPoints is what a cover adds to the order of candidates.
func (f *formula) coverPoints(c *Cover, segment bool) float64 {
	p := f.shareAsked*c.Asked + f.shareOwn*c.Own
	if segment {
		p *= f.segment
	}
	switch {
	case c.Named:
		p += f.shareNamed
	case c.Kind:
		p += f.shareKind
	case c.Wider:
		p += f.shareWider
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
	c.Branch = d.branch
	var shared, sharedLog, ownLog int64
	for _, t := range d.terms {
		ownLog += int64(b.coverLog[t.term])
		p := s.place[t.term]
		if p == 0 {
			continue
		}
		asked := &q.terms[p-1]
		shared += asked.cover
		sharedLog += asked.coverLog
		c.Named = c.Named || namesGoods(asked.sign) && !asked.also
	}
	c.Kind, c.Wider = b.ends(q, d)
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

// ends tells whether what the listing lists ends with a name of the question, and
// the reverse: the end of a name says what a thing is, so 铜导体 is a 导体, and
// 导体测试仪 is none.
func (b *Batch) ends(q *question, d *batchDoc) (kind, wider bool) {
	for _, k := range d.names {
		own := b.terms[k].name
		for _, asked := range q.names {
			switch {
			case len(asked) < len(own):
				kind = kind || len(asked) >= shortestName && strings.HasSuffix(own, asked)
			case len(asked) > len(own):
				wider = wider || len(own) >= shortestName && strings.HasSuffix(asked, own)
			}
		}
	}
	return kind, wider
}

const (
	shortestName = len("两字")
	namesMost    = 8 // a longer list of goods is not compared like this
)

// Covers tells how much each listing has in common with a reading; ids that are
// not held are left out.
func (b *Batch) Covers(r chain.Reading, ids []string) map[string]Cover {
	ask := b.formula.said(&r)
	b.mu.RLock()
	defer b.mu.RUnlock()
	q := b.question("", ask, 0)
	s := b.sums.Get().(*sums)
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
