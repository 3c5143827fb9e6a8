package search

import (
	"math/bits"
	"slices"
	"strings"

	"lianqiao/chain"
)

// Covers tell what two texts share, but not in what order. Of two names of one thing
// the longer mostly has the characters of the shorter as they follow each other, with
// others between: of 金属瓶盖, 金属密封盖 has three, and 瓶盖机 has two. This is measured
// as 2 × the longest common subsequence ÷ the lengths of both. Names are compared
// as they are folded, one word for each thing.

// name is one of the goods that a question names: of each of its characters the
// places where it stands, in a hash table.
type name struct {
	slots  [2 * nameMost]places
	length int
}

type places struct {
	char rune
	at   uint64 // a bit for each place; 0 is free
}

// nameMost is how many characters of a question's name are compared.
const nameMost = 64

// at are the places of a character.
func (n *name) at(char rune) *places {
	for i := uint32(char); ; i++ {
		p := &n.slots[i%uint32(len(n.slots))]
		if p.char == char || p.at == 0 {
			return p
		}
	}
}

// most is the greatest share that it has in common with one of some names. The
// bit-parallel way of Hyyrö, 2004: a place is a bit, and one addition moves all of
// them.
func (n *name) most(names []rune) (share float64) {
	free, length := ^uint64(0), 0
	end := func() {
		same := bits.OnesCount64(^free & (1<<n.length - 1))
		share = max(share, 2*float64(same)/float64(n.length+length))
		free, length = ^uint64(0), 0
	}
	for _, char := range names {
		if char == betweenNames {
			end()
			continue
		}
		use := free & n.at(char).at
		free = (free + use) | (free - use)
		length++
	}
	end()
	return share
}

// name adds a name, spelt as a token.
func (q *question) name(token string) {
	if len(q.names) > fewNames {
		return
	}
	q.names = append(q.names, name{})
	n := &q.names[len(q.names)-1]
	for _, char := range token[1:] {
		if n.length == nameMost {
			break
		}
		p := n.at(char)
		p.char = char
		p.at |= 1 << n.length
		n.length++
	}
}

// alike is how much of the names a question and a listing both have, 0 to 1: of
// each name that is asked the most that any of the listing's has.
func (q *question) alike(spelt []rune) float64 {
	if len(spelt) == 0 || len(q.names) > fewNames {
		return 0
	}
	all, both := 0, 0.0
	for i := range q.names {
		n := &q.names[i]
		all += n.length
		both += float64(n.length) * n.most(spelt)
	}
	if all == 0 {
		return 0
	}
	return both / float64(all)
}

// compareNames adds to the scores how much alike the names are, to those that can
// be among the best by it. Of a segment of industry the name says little.
func (b *Batch) compareNames(s *sums, q *question) {
	share := b.formula.shareAlike
	if q.segment || share == 0 {
		return
	}
	for i := range s.best {
		r := &s.best[i]
		if inUnits(r.score+share, coverUnit) >= s.top.bar() {
			r.score += share * q.alike(b.docs[s.found[r.place].doc].spelt)
		}
	}
}

// fewNames is how many names a question or a listing may have for them to be
// compared: among many things there is always one that is called alike.
const fewNames = 3

// betweenNames stands in no name.
const betweenNames = ' '

// namesOf counts the goods that a listing lists, and spells them if they are few,
// with what stands in brackets behind them.
func namesOf(terms []weighted) (n int32, spelt []rune) {
	var names []string
	for i := range terms {
		switch signOf(terms[i].token) {
		case chain.GramPhrase:
			n++
			names = append(names, terms[i].token[1:])
		case chain.GramAside:
			names = append(names, terms[i].token[1:])
		}
	}
	if n > fewNames {
		return n, nil
	}
	return n, slices.Clip([]rune(strings.Join(names, string(betweenNames))))
}
