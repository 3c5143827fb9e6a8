package chain

import "slices"

// trie finds the longest of many words at the start of a text, at one step a
// character: a map of words has to be asked once for each length that a word may
// have, and nearly every place of a text begins no word at all.
type trie[T any] struct {
	roots runeTable[int32] // by the first character of a word: a node
	nodes []trieNode[T]    // the first is none
}

type trieNode[T any] struct {
	chars []rune  // that may come next, ascending
	to    []int32 // the nodes that they lead to
	value *T      // nil where no word ends
}

// add puts a word in, unless it is in.
func (t *trie[T]) add(word string, value T) {
	at := int32(0)
	for i, c := range word {
		at = t.step(at, c, i == 0)
	}
	if at != 0 && t.nodes[at].value == nil {
		t.nodes[at].value = &value
	}
}

// step goes from a node to the next by a character, and makes the next if there is none.
func (t *trie[T]) step(at int32, c rune, first bool) int32 {
	if len(t.nodes) == 0 {
		t.nodes = make([]trieNode[T], 1)
	}
	next := int32(len(t.nodes))
	if first {
		if have := t.roots.of(c); have != 0 {
			return have
		}
		t.roots.set(c, next)
	} else {
		n := &t.nodes[at]
		i, there := slices.BinarySearch(n.chars, c)
		if there {
			return n.to[i]
		}
		n.chars, n.to = slices.Insert(n.chars, i, c), slices.Insert(n.to, i, next)
	}
	t.nodes = append(t.nodes, trieNode[T]{})
	return next
}

// longest is the longest word at the start of s; n is its length in characters,
// 0 for none.
func (t *trie[T]) longest(s []rune) (value *T, n int) {
	at := t.roots.of(s[0])
	for i := 1; at != 0; i++ {
		node := &t.nodes[at]
		if node.value != nil {
			value, n = node.value, i
		}
		if i == len(s) {
			break
		}
		at = node.next(s[i])
	}
	return value, n
}

// next is the node that a character leads to, 0 for none.
func (n *trieNode[T]) next(c rune) int32 {
	if len(n.chars) > 8 {
		if i, there := slices.BinarySearch(n.chars, c); there {
			return n.to[i]
		}
		return 0
	}
	for i, have := range n.chars {
		if have == c {
			return n.to[i]
		}
	}
	return 0
}

// runeTable keeps a value for each of some characters, 256 characters on a page.
type runeTable[T any] struct {
	pages []*[256]T
}

// of is the value of a character, the zero one where none was set.
func (t *runeTable[T]) of(c rune) (value T) {
	if page := int(c >> 8); page < len(t.pages) && t.pages[page] != nil {
		return t.pages[page][c&0xff]
	}
	return value
}

func (t *runeTable[T]) set(c rune, value T) {
	page := int(c >> 8)
	for len(t.pages) <= page {
		t.pages = append(t.pages, nil)
	}
	if t.pages[page] == nil {
		t.pages[page] = new([256]T)
	}
	t.pages[page][c&0xff] = value
}
