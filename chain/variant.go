package chain

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed variants.tsv
var variantTable string

// variants are words for the same thing and words of one kind.
var variants = readVariants(variantTable)

type variantWords struct {
	same variantGroups
	near variantGroups
}

// variantGroups finds the first word of a group by any of its words.
type variantGroups struct{ trie[variant] }

// variant is one word of a group.
type variant struct {
	word  string
	first string // of the group
	runes []rune // of first
}

func readVariants(tsv string) variantWords {
	var v variantWords
	for _, f := range rows(tsv, 2) {
		g := &v.near
		if f[0] == "same" {
			g = &v.same
		}
		for _, group := range strings.Fields(f[1]) {
			list := strings.Split(group, ",")
			first := firstOf(list)
			for _, w := range list {
				// A single character is part of many words: others may become it, but not it another.
				if utf8.RuneCountInString(w) > 1 || w == first || f[0] != "same" || len(list) == 2 && utf8.RuneCountInString(first) == 1 {
					g.add(w, first)
				}
			}
		}
	}
	return v
}

// firstOf is what a group is written as: its single character, if it has one.
func firstOf(group []string) string {
	for _, w := range group {
		if utf8.RuneCountInString(w) == 1 {
			return w
		}
	}
	return group[0]
}

// add keeps the first group that names a word.
func (g *variantGroups) add(word, first string) {
	g.trie.add(word, variant{word, first, []rune(first)})
}

// fold writes a normalised text with one word for each thing and without the
// words that join others, so that 漂白用浸湿剂 and 漂白润湿剂 have the same
// characters. It is for comparing only: nobody gets to see it. written gets
// each of the words that others can stand for.
func fold(s []rune, written func(string)) []rune {
	out := make([]rune, 0, len(s)+4)
	for i := 0; i < len(s); {
		if !han(s[i]) {
			out = append(out, s[i])
			i++
			continue
		}
		v, n := variants.same.longest(s[i:])
		switch {
		case n > 0:
			out = append(out, v.runes...)
			if n > 1 {
				written(v.word)
			}
			i += n
		case s[i] == '用' || s[i] == '的':
			i++
		case s[i] == '和' || s[i] == '与' || s[i] == '及' || s[i] == '或':
			out = append(out, ' ')
			i++
		default:
			out = append(out, s[i])
			i++
		}
	}
	return out
}

// kinds calls f with the kind of every word of a folded text that has one, and
// whether the word ends a phrase, where Chinese says what a thing is.
func kinds(s []rune, f func(kind string, ends bool)) {
	for i := 0; i < len(s); {
		v, n := variants.near.longest(s[i:])
		if n == 0 {
			i++
			continue
		}
		i += n
		f(v.first, i == len(s) || !han(s[i]))
	}
}
