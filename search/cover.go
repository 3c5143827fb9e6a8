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

// What a cover adds to the order of candidates. Chosen on the dev parts of the
// benches of real listings.
const (
	shareAsked  = 0.6
	shareOwn    = 0.2
	shareNamed  = 0.15
	shareBranch = 0.15
)

func (c *Cover) points() float64 {
	p := shareAsked*c.Asked + shareOwn*c.Own
	if c.Named {
		p += shareNamed
	}
	if c.Branch {
		p -= shareBranch
	}
	return p
}

// coverWeight is what a term counts in a cover: signs that stand beside the
// words, and say nothing that they do not say, count nothing.
func coverWeight(sign chain.GramSign) float64 {
	switch sign {
	case chain.GramPhrase, chain.GramBranch, chain.GramStart:
		return 0
	}
	return weightOf(sign)
}

// asked is a question whose terms are marked.
type asked struct {
	all   float64  // the weight of all that it says
	terms []uint32 // marked
}

// say marks the terms of a question.
func (b *Batch) say(s *sums, ask []weighted) asked {
	if more := len(b.terms) - len(s.mark); more > 0 {
		s.mark = append(s.mark, make([]float64, more+more/4)...)
	}
	said := asked{terms: make([]uint32, 0, len(ask))}
	for i := range ask {
		if ask[i].also {
			continue
		}
		k, ok := b.term[ask[i].token]
		if !ok {
			said.all += coverWeight(signOf(ask[i].token)) * (b.logAll - logOf(0))
			continue
		}
		v := b.worth(k)
		said.all += v
		s.mark[k] = max(v, tiny)
		said.terms = append(said.terms, k)
	}
	return said
}

// tiny marks a term that counts nothing.
const tiny = 1e-12

func (s *sums) unsay(said asked) {
	for _, k := range said.terms {
		s.mark[k] = 0
	}
}

// worth is what a term counts in a cover.
func (b *Batch) worth(k uint32) float64 {
	p := &b.about[k]
	if p.cover == 0 {
		return 0
	}
	return float64(p.cover) * (b.logAll - logOf(int(p.df)))
}

func (b *Batch) cover(s *sums, said asked, doc uint32) (c Cover) {
	shared, own := 0.0, 0.0
	for _, t := range b.docs[doc].terms {
		v := s.mark[t.term]
		switch {
		case v > tiny:
			shared, own = shared+v, own+v
		case v == 0:
			own += b.worth(t.term)
		}
		switch b.about[t.term].sign {
		case chain.GramPhrase:
			c.Named = c.Named || v > 0
		case chain.GramBranch:
			c.Branch = true
		}
	}
	if said.all > 0 && own > 0 {
		c.Asked, c.Own = shared/said.all, shared/own
	}
	return c
}

// Covers tells how much each listing has in common with a reading; ids that are
// not held are left out.
func (b *Batch) Covers(r chain.Reading, ids []string) map[string]Cover {
	ask := wanted(&r)
	b.mu.RLock()
	defer b.mu.RUnlock()
	s := b.sums.Get().(*sums)
	said := b.say(s, ask)
	defer func() { s.unsay(said); b.sums.Put(s) }()
	out := make(map[string]Cover, len(ids))
	for _, id := range ids {
		if n, ok := b.at[id]; ok {
			out[id] = b.cover(s, said, n)
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
