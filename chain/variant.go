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
type variantGroups struct {
	first   map[string][]rune
	longest map[rune]int // in characters, by first character
}

func readVariants(tsv string) variantWords {
	v := variantWords{newVariantGroups(), newVariantGroups()}
	for _, f := range rows(tsv, 2) {
		g := v.near
		if f[0] == "same" {
			g = v.same
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

func newVariantGroups() variantGroups {
	return variantGroups{map[string][]rune{}, map[rune]int{}}
}

// add keeps the first group that names a word.
func (g *variantGroups) add(word, first string) {
	if _, ok := g.first[word]; ok {
		return
	}
	g.first[word] = []rune(first)
	c, _ := utf8.DecodeRuneInString(word)
	g.longest[c] = max(g.longest[c], utf8.RuneCountInString(word))
}

// match finds the longest word at the start of s; n is its length, 0 for none.
func (g *variantGroups) match(s []rune) (first []rune, n int) {
	var buf [64]byte
	for n = min(g.longest[s[0]], len(s), 16); n > 0; n-- {
		b := buf[:0]
		for _, c := range s[:n] {
			b = utf8.AppendRune(b, c)
		}
		if first, ok := g.first[string(b)]; ok {
			return first, n
		}
	}
	return nil, 0
}

// fold writes a normalised text with one word for each thing and without the
// words that join others, so that 漂白用浸湿剂 and 漂白润湿剂 have the same
// characters. It is for comparing only: nobody gets to see it. written gets
// each of the words that others can stand for.
func fold(s []rune, written func([]rune)) []rune {
	out := make([]rune, 0, len(s)+4)
	for i := 0; i < len(s); {
		if !han(s[i]) {
			out = append(out, s[i])
			i++
			continue
		}
		first, n := variants.same.match(s[i:])
		switch {
		case n > 0:
			out = append(out, first...)
			if n > 1 {
				written(s[i : i+n])
			}
			i += n
		case s[i] == '用' || s[i] == '的':
			i++
		case strings.ContainsRune("和与及或", s[i]):
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
		first, n := variants.near.match(s[i:])
		if n == 0 {
			i++
			continue
		}
		i += n
		f(string(first), i == len(s) || !han(s[i]))
	}
}
