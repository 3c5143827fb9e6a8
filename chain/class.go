package chain

import (
	_ "embed"
	"slices"
)

// Class is a class of manufacturing of GB/T 4754-2017.
type Class struct {
	Code   string // two to four digits
	Name   string
	NameEN string // two digits only
	Parent string // code of the next class above in the table; empty at two digits
}

//go:embed classes.tsv
var classTable string

var (
	classes     = readClasses(classTable)
	classByCode = indexClasses(classes)
)

func readClasses(tsv string) []Class {
	var out []Class
	there := map[string]bool{"": true}
	for _, f := range rows(tsv, 4)[1:] {
		c := Class{f[0], f[1], f[2], f[3]}
		if !there[c.Parent] { // a group of one class only has no line: 2710 hangs below 27
			c.Parent = c.Parent[:2]
		}
		there[c.Code] = true
		out = append(out, c)
	}
	return out
}

func indexClasses(list []Class) map[string]int {
	m := make(map[string]int, len(list))
	for i, c := range list {
		m[c.Code] = i
	}
	return m
}

// Classes lists the manufacturing classes, parents before children.
func Classes() []Class { return slices.Clone(classes) }

// ClassByCode finds a class.
func ClassByCode(code string) (Class, bool) {
	i, ok := classByCode[code]
	if !ok {
		return Class{}, false
	}
	return classes[i], true
}

// GuessClass names the likely classes of what was read, likeliest first, at most three.
func (b *Book) GuessClass(r Reading) []string {
	var out []string
	for _, h := range append(slices.Clone(r.Heads), productsOf(r)...) {
		for word := h; word != "" && len(out) < 3; {
			e, ok := b.word(word)
			if !ok {
				word = tail(word)
				continue
			}
			if e.class != "" {
				out = once(out, e.class)
				break
			}
			word = e.parent
		}
	}
	return out
}

func productsOf(r Reading) []string {
	var out []string
	for _, t := range r.Terms {
		if t.Kind == KindProduct && t.Weight >= weightProduct {
			out = append(out, t.Text)
		}
	}
	return out
}

// tail is the product of the longest known word that ends an unknown one: 齿轮架
// has none, 复合铝棒 has 铝棒.
func tail(word string) string {
	s := []rune(word)
	for i := 1; i < len(s); i++ {
		if e, ok := words[string(s[i:])]; ok && e.kind == KindProduct {
			return e.canonical
		}
	}
	return ""
}
