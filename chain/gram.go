package chain

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"
)

// Gram is a part of a text that another text can share: what no table knows is
// still found by its characters.
type Gram struct {
	Sign  GramSign
	Text  string
	Times int // how often it is written; in a title counts titleTimes
}

// GramSign says what part of a text a gram is.
type GramSign byte

const (
	GramPair    GramSign = 0   // two neighbouring Chinese characters, or a run of letters and digits and its parts
	GramSingle  GramSign = '.' // one Chinese character
	GramKind    GramSign = '~' // the kind of thing that a word is: 剂 for 制剂 and 化学品
	GramEnd     GramSign = '$' // the same of the word that ends a phrase
	GramWritten GramSign = '@' // a word as it is written, where several mean the same
	GramPhrase  GramSign = '=' // one of the goods that a title lists
	GramAside   GramSign = '(' // the same, in brackets behind others: it may only say what they are for
	GramStart   GramSign = '^' // the two characters that a title begins with
	GramBranch  GramSign = '!' // the title names a branch of business rather than goods
)

// maxGrams is how many characters of a text give grams: nearly all of a long
// description, as what is asked may stand at its end.
const maxGrams = 1000

// titleTimes is how much more a title says than the text below it.
const titleTimes = 2

// maxPhrases is how many goods of one title can be found by their whole names.
const maxPhrases = 40

// gramSet collects the grams of one reading.
type gramSet struct {
	unfolded bool // words for the same thing stay as they are written
	list     []Gram
	slots    []uint16 // a hash table: a place in list and one more; 0 is free
}

func newGramSet(room int, unfolded bool) gramSet {
	slots := 64
	for slots < 2*room {
		slots *= 2
	}
	return gramSet{unfolded: unfolded, list: make([]Gram, 0, room), slots: make([]uint16, slots)}
}

func (g *gramSet) add(sign GramSign, gram string, times int) {
	at := g.slot(sign, gram)
	if i := g.slots[at]; i > 0 {
		g.list[i-1].Times += times
		return
	}
	g.list = append(g.list, Gram{sign, gram, times})
	g.slots[at] = uint16(len(g.list))
	if 4*len(g.list) > 3*len(g.slots) {
		g.widen()
	}
}

// slot is where a gram is, or is to be put.
func (g *gramSet) slot(sign GramSign, gram string) int {
	at := int(maphash.String(gramSeed, gram)) + int(sign)
	for ; ; at++ {
		at &= len(g.slots) - 1
		i := g.slots[at]
		if i == 0 || g.list[i-1].Sign == sign && g.list[i-1].Text == gram {
			return at
		}
	}
}

// widen makes twice as many slots.
func (g *gramSet) widen() {
	g.slots = make([]uint16, 2*len(g.slots))
	for i := range g.list {
		g.slots[g.slot(g.list[i].Sign, g.list[i].Text)] = uint16(i + 1)
	}
}

var gramSeed = maphash.MakeSeed()

// of adds the characters of a normalised text, one word for each thing. The
// grams are parts of one string.
func (g *gramSet) of(s []rune, times int) {
	if !g.unfolded {
		s = fold(s, func(written string) { g.add(GramWritten, written, times) })
	}
	kinds(s, func(kind string, ends bool) {
		g.add(GramKind, kind, times)
		if ends {
			g.add(GramEnd, kind, times)
		}
	})
	text := string(s)
	denied := 0 // so many characters from here on are what it is not
	for i, from := 0, 0; i < len(s); i++ {
		to := from + utf8.RuneLen(s[i])
		if denied > 0 {
			denied--
		}
		switch {
		case latin(s[i]):
			for ; i+1 < len(s) && latin(s[i+1]); i++ {
				to += utf8.RuneLen(s[i+1])
			}
			g.run(text[from:to], times)
			denied = 0
		case denied == deniedLength:
			g.add(GramPair, string(s[i-1:i+deniedLength]), times)
		case denied > 0:
			if i+1 < len(s) && han(s[i+1]) {
				g.add(GramPair, text[from:to+utf8.RuneLen(s[i+1])], times)
			}
		case han(s[i]):
			if denies(s[i:]) {
				denied = deniedLength + 1
			}
			g.add(GramSingle, text[from:to], times)
			if i+1 < len(s) && han(s[i+1]) {
				g.add(GramPair, text[from:to+utf8.RuneLen(s[i+1])], times)
			}
		}
		from = to
	}
}

// letters is how many letters of a run another must share with it in a row.
const letters = 3

// run adds a run of letters and digits, and parts of it: m125a is also written
// m125afp, word2003 also word 2003, and what is one word to one is two to another.
// A number is never cut: 6061 and 6063 have nothing in common.
func (g *gramSet) run(run string, times int) {
	g.add(GramPair, run, times)
	for from, to := 0, 0; from < len(run); from = to {
		digits := digit(run[from])
		for to = from + 1; to < len(run) && digit(run[to]) == digits; {
			to++
		}
		switch part := run[from:to]; {
		case !digits && len(part) > letters:
			for i := range len(part) - letters + 1 {
				g.add(GramPair, part[i:i+letters], times)
			}
		case len(part) > 1 && len(part) < len(run):
			g.add(GramPair, part, times)
		}
	}
}

// deniedLength is how much of what follows it a 非 denies: 非金属储罐 is a 储罐
// that is not 金属, so that 金属 is no word of it, but 非金属 is.
const deniedLength = 2

func denies(s []rune) bool {
	return s[0] == '非' && len(s) > deniedLength && han(s[1]) && han(s[2])
}

// title adds what only a title says, besides its characters.
func (g *gramSet) title(s []rune) {
	g.of(s, titleTimes)
	s = withoutAsking(s)
	if len(s) >= 2 {
		g.add(GramStart, string(s[:2]), titleTimes)
	}
	n, branch := 0, false
	phrases(s, func(p []rune, aside bool) {
		branch = namesBranch(string(p))
		if !g.unfolded {
			p = slices.DeleteFunc(fold(p, func(string) {}), func(c rune) bool { return c == ' ' })
		}
		switch n++; {
		case n > maxPhrases:
		case aside:
			g.add(GramAside, string(p), 1)
		default:
			g.add(GramPhrase, string(p), 1)
		}
	})
	if n == 1 && branch {
		g.add(GramBranch, "", 1)
	}
}

// phrases calls f with the goods that a title lists, and whether each stands in
// brackets behind another.
func phrases(s []rune, f func(phrase []rune, aside bool)) {
	from, inside, some := 0, false, false
	end := func(at int) {
		if from < at {
			f(s[from:at], inside && some)
			some = some || !inside
		}
		from = at + 1
	}
	for i, c := range s {
		if betweenGoods(c) {
			end(i)
			inside = c == '(' || c == '（' || inside && c != ')' && c != '）'
		}
	}
	end(len(s))
}

func betweenGoods(c rune) bool {
	switch c {
	case '、', ',', '，', ';', '；', '/', '|', '(', ')', ' ', '（', '）':
		return true
	}
	return false
}

// withoutAsking cuts off the words by which a title asks or offers.
func withoutAsking(s []rune) []rune {
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		e, n := Embedded.match(s[i:])
		if n < 2 || e.kind != "" {
			return s[i:]
		}
		i += n
	}
	return s
}

// namesBranch says that a title is what a firm's books call a branch of its
// business. A listing of the goods themselves tells a buyer more.
func namesBranch(title string) bool {
	for _, end := range []string{"类", "系列", "业", "业务", "销售", "贸易", "服务", "其他", "等"} {
		if strings.HasSuffix(title, end) && len(title) > len(end) {
			return true
		}
	}
	return false
}

// Ending is the kind of thing that the first phrase of a title ends with, or its
// last character where the tables have no kind for it.
func Ending(title string) string {
	s := withoutAsking(runes(title, maxText))
	if i := slices.IndexFunc(s, func(c rune) bool { return !han(c) && !latin(c) }); i > 0 {
		s = s[:i]
	}
	if len(s) == 0 {
		return ""
	}
	s = fold(s, func(string) {})
	end := string(s[len(s)-1:])
	kinds(s, func(kind string, ends bool) {
		if ends {
			end = kind
		}
	})
	return end
}
