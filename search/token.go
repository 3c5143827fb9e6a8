package search

import (
	"hash/maphash"
	"strings"
)

// numbers gives each token a number, as they come. Nearly all tokens are one or
// two Chinese characters with or without a sign, at most seven bytes: they are
// kept as numbers themselves, in one table that holds no pointers. A question looks
// up some fifty tokens, and in a map of strings each of them costs three places
// far apart in memory.
type numbers struct {
	short []shortToken // a hash table; places are tried one after another
	used  int
	long  map[string]uint32
}

type shortToken struct {
	packed uint64 // 0 is free
	number uint32
}

// pack writes a token of one to seven bytes as a number.
func pack(token string) (packed uint64, ok bool) {
	if len(token) == 0 || len(token) > 7 {
		return 0, false
	}
	packed = uint64(len(token))
	for i := range len(token) {
		packed = packed<<8 | uint64(token[i])
	}
	return packed, true
}

// of is the number of a token, if it has one.
func (t *numbers) of(token string) (number uint32, ok bool) {
	packed, short := pack(token)
	if !short {
		number, ok = t.long[token]
		return number, ok
	}
	if len(t.short) == 0 {
		return 0, false
	}
	at := &t.short[t.place(packed)]
	return at.number, at.packed != 0
}

// set gives a token its number. The token may be part of a longer text.
func (t *numbers) set(token string, number uint32) {
	packed, short := pack(token)
	if !short {
		if t.long == nil {
			t.long = map[string]uint32{}
		}
		t.long[strings.Clone(token)] = number
		return
	}
	if 4*t.used >= 3*len(t.short) {
		t.widen()
	}
	at := &t.short[t.place(packed)]
	if at.packed == 0 {
		t.used++
	}
	*at = shortToken{packed, number}
}

// place is where a packed token is, or is to be put.
func (t *numbers) place(packed uint64) int {
	const odd = 0x9e3779b97f4a7c15 // spreads neighbours: the golden ratio
	mask := len(t.short) - 1
	at := int(packed * odd >> 32)
	for ; ; at++ {
		if p := t.short[at&mask].packed; p == packed || p == 0 {
			return at & mask
		}
	}
}

func (t *numbers) widen() {
	old := t.short
	t.short = make([]shortToken, max(1024, 2*len(old)))
	for _, s := range old {
		if s.packed != 0 {
			t.short[t.place(s.packed)] = s
		}
	}
}

// once finds a token among those of a question that were listed before.
type once struct {
	slots []uint16 // a hash table: a place in the list and one more; 0 is free
}

// newOnce has room for so many tokens; small is used when they are few.
func newOnce(small []uint16, tokens int) once {
	n := len(small)
	if 2*tokens <= n {
		return once{small}
	}
	for n < 2*tokens {
		n *= 2
	}
	return once{make([]uint16, n)}
}

// at is the place of a token in the list; one that is new is entered as its next,
// and the caller puts it there.
func (o *once) at(list []weighted, token string) (place int, known bool) {
	for at := int(maphash.String(onceSeed, token)); ; at++ {
		slot := &o.slots[at&(len(o.slots)-1)]
		switch {
		case *slot == 0:
			*slot = uint16(len(list) + 1)
			return len(list), false
		case list[*slot-1].token == token:
			return int(*slot - 1), true
		}
	}
}

var onceSeed = maphash.MakeSeed()
