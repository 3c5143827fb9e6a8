package chain

import (
	"strings"
	"unicode/utf8"
)

// scanner walks over one text. A phrase is a stretch of Chinese characters
// between spaces, punctuation and numbers; its head is its right-most product
// word, because that is where Chinese puts it: 铝棒加工设备 is a 设备.
type scanner struct {
	book   *Book
	r      *Reading
	s      []rune
	factor float64
	title  bool

	known   bool // the head so far is a word of the tables
	learned bool // or one of which they know no more than a relation
	phrase  phrase
	measure string // name of the measure that was just mentioned
}

// phrase collects the current stretch.
type phrase struct {
	head    *entry // last product word
	word    string // as written
	unknown []rune // characters since the last known word
	prev    []rune // the known word right before unknown
	stuff   string // last material named; a phrase that says nothing else offers it
	process string // last process named; a phrase without a product offers that work
}

func (p *scanner) scan() {
	for i := 0; i < len(p.s); {
		c := p.s[i]
		switch {
		case latin(c):
			// h型钢, t恤: a letter that belongs to the word.
			if e, n := p.book.match(p.s[i:]); n > 1 && e.kind == KindProduct && han(p.s[i+n-1]) {
				p.product(e, p.s[i:i+n])
				i += n
				continue
			}
			p.endPhrase()
			i = p.latin(i)
		case han(c):
			i = p.han(i)
		default:
			p.endPhrase()
			i++
		}
	}
	p.endPhrase()
}

func han(c rune) bool { return c >= 0x4e00 && c <= 0x9fff }

func latin(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == 'φ'
}

// han reads one word at i and returns where the next begins.
func (p *scanner) han(i int) int {
	e, n := p.book.match(p.s[i:])
	if n == 0 || n == 1 && p.endsUnknown(i) || p.denied(i) {
		p.phrase.unknown = append(p.phrase.unknown, p.s[i])
		p.measure = ""
		return i + 1
	}
	word := p.s[i : i+n]
	switch e.kind {
	case KindProduct:
		p.product(e, word)
	case "measure":
		p.measure = e.canonical
		p.flushUnknown()
	case KindMaterial:
		p.flushUnknown()
		p.r.Materials = once(p.r.Materials, e.canonical)
		p.r.add(e.canonical, KindMaterial, weightMaterial*p.factor)
		p.phrase.prev, p.phrase.stuff = word, e.canonical
	case KindProcess:
		p.flushUnknown()
		p.r.Processes = once(p.r.Processes, e.canonical)
		p.r.add(e.canonical, KindProcess, weightProcess*p.factor)
		p.phrase.prev = word
		if p.phrase.process == "" || e.canonical != "加工" {
			p.phrase.process = e.canonical
		}
	case "form":
		p.flushUnknown()
		p.r.Forms = once(p.r.Forms, e.canonical)
	default:
		p.filler(word)
	}
	return i + n
}

// filler ends a phrase. "罐体用" says what the product is for: no head.
func (p *scanner) filler(word []rune) {
	if len(word) > 0 && word[len(word)-1] == '用' {
		p.flushUnknown()
		p.phrase.head, p.phrase.prev = nil, nil
		return
	}
	p.endPhrase()
}

// denied says that a 非 before it denies the word at i: 非金属储罐 is not of 金属.
func (p *scanner) denied(i int) bool {
	u := p.phrase.unknown
	return len(u) > 0 && u[len(u)-1] == '非' && denies(p.s[i-1:])
}

// endsUnknown says that the character at i, by itself a counter, is the end of a
// word that no table knows: 焊条, 外套.
func (p *scanner) endsUnknown(i int) bool {
	return len(p.phrase.unknown) > 0 && i > 0 && han(p.s[i-1]) && strings.ContainsRune("条套台件包面级", p.s[i])
}

func (p *scanner) product(e *entry, word []rune) {
	p.flushUnknown()
	p.r.add(e.canonical, KindProduct, weightProduct*p.factor)
	if p.title {
		p.grams(word, weightGram)
	}
	p.phrase.head, p.phrase.word, p.phrase.prev = e, string(word), word
}

// grams adds the pairs of neighbouring characters.
func (p *scanner) grams(word []rune, weight float64) {
	text, from := string(word), 0
	for i := 0; i+1 < len(word); i++ {
		next := from + utf8.RuneLen(word[i])
		if i > 0 && word[i-1] == '非' && denies(word[i-1:]) {
			from = next
			continue
		}
		p.r.add(text[from:next+utf8.RuneLen(word[i+1])], KindGram, weight)
		from = next
	}
}

// flushUnknown keeps characters that no table knows, as grams.
func (p *scanner) flushUnknown() {
	if p.title && len(p.phrase.unknown) > 0 {
		p.grams(p.phrase.unknown, weightGram*1.5)
	}
	p.phrase.unknown = p.phrase.unknown[:0]
}

// endPhrase settles the head of the phrase that ends here. Unknown characters
// behind the last known word are the head themselves: 黄铜轴套 is a 轴套.
func (p *scanner) endPhrase() {
	ph := &p.phrase
	if p.title {
		tail := ph.unknown
		switch {
		case len(tail) >= 2:
			if len(tail) > 6 {
				tail = tail[len(tail)-4:]
			}
			p.head(string(tail), string(tail), false)
		case len(tail) == 1 && len(ph.prev) > 0:
			whole := string(ph.prev) + string(tail)
			p.head(whole, whole, false)
			p.grams([]rune(whole), weightGram)
		case ph.head != nil:
			if p.head(ph.head.canonical, ph.word, true) {
				p.learned = ph.head.learned
			}
		case ph.process != "" && ph.process != "加工":
			work := strings.TrimSuffix(ph.process, "加工") + "加工"
			p.head(work, work, false)
		case ph.stuff != "" && ph.process == "" && p.r.Head == "":
			p.head(ph.stuff, ph.stuff, false)
		}
	}
	p.flushUnknown()
	*ph = phrase{unknown: ph.unknown[:0]}
}

// head records the head of a phrase. The first known one is the head of the
// title; an unknown one only as long as there is no known one.
// It tells whether it is that of the title now.
func (p *scanner) head(canonical, word string, known bool) bool {
	r := p.r
	switch {
	case r.Head == "":
		r.Head, r.Word, p.known = canonical, word, known
		r.Heads = append(r.Heads, canonical)
	case known && !p.known:
		r.Head, r.Word, p.known = canonical, word, true
		r.Heads = append([]string{canonical}, r.Heads...)
	case known:
		r.Heads = once(r.Heads, canonical)
		return false
	default:
		return false
	}
	r.add(canonical, KindProduct, weightHead)
	return true
}
