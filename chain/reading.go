// Package chain is the product knowledge of the trades: what a title says
// (product, grade, sizes, quantity), which words mean the same, what is made
// from what, and the classes of GB/T 4754-2017. Its tables are embedded and it
// imports nothing of ours.
package chain

// TermKind says what a term is.
type TermKind string

const (
	KindProduct  TermKind = "product"
	KindGram     TermKind = "gram" // two neighbouring Chinese characters
	KindGrade    TermKind = "grade"
	KindModel    TermKind = "model"
	KindMaterial TermKind = "material"
	KindProcess  TermKind = "process"
	KindStandard TermKind = "standard"
)

// Term is one retrieval term. Weight says how much sharing it means; the head
// product word is the heaviest.
type Term struct {
	Text   string
	Kind   TermKind
	Weight float64
}

// Size is one stated measure; Min equals Max for a single value.
type Size struct {
	Name string // 直径, 厚度, 公称直径 …
	Min  float64
	Max  float64
	Unit string // mm …
}

// Amount is a stated quantity.
type Amount struct {
	Value    float64
	Unit     string
	PerMonth bool
}

// Reading is what a free text says about its product.
type Reading struct {
	Head      string   // canonical head product word: 铝棒
	Word      string   // the same as it is written: 铝圆棒
	Known     bool     // the tables have the head
	Heads     []string // Head first, then those of the other phrases of the title
	Terms     []Term   // each once, in order of appearance
	Grams     []Gram   // what all that is written shares with other texts, each once
	Also      []Alias  // other names of the heads, by what was added to the tables
	Meant     []string // names that are looked for beside what is written
	Goods     []string // what the segments of industry consist of that the title names
	Grades    []string // canonical
	Models    []string // upper case
	Sizes     []Size
	Quantity  *Amount
	Materials []string
	Processes []string
	Standards []string
	Forms     []string
}

// Alias is another name of a head.
type Alias struct {
	Head int // its place in Heads
	Word string
}

// Weights of the kinds of terms.
const (
	weightHead     = 4.0
	weightProduct  = 2.5
	weightModel    = 3.0
	weightGrade    = 2.0
	weightMaterial = 1.5
	weightStandard = 1.0
	weightBroader  = 0.8 // what the head is a kind of
	weightProcess  = 0.8
	weightGram     = 0.4
	fromText       = 0.5 // factor for what stands only in the text
)

// maxText is how many characters of a text are read; what a trader wants to
// say stands at the beginning.
const maxText = 600

// Read understands a title and the text below it by the embedded tables.
func Read(title, text string) Reading { return Embedded.Read(title, text) }

// Read understands a title and the text below it.
func (b *Book) Read(title, text string) Reading {
	var r Reading
	t := scanner{book: b, r: &r, s: runes(title, maxText), factor: 1, title: true}
	t.scan()
	r.Known = t.known && !t.learned
	r.Goods = goodsIn(t.s)
	if r.Head == "" && len(r.Terms) == 0 && len(t.s) == 1 {
		r.add(string(t.s), KindGram, weightGram)
	}
	grams := newGramSet(3*len(t.s)+min(len(text), 2*maxGrams), b.unfolded)
	grams.title(t.s)
	if text != "" {
		all := runes(text, max(maxText, maxGrams))
		below := scanner{book: b, r: &r, s: all[:min(len(all), maxText)], factor: fromText}
		below.scan()
		grams.of(all[:min(len(all), maxGrams)], 1)
	}
	r.Grams = grams.list
	b.broader(&r)
	b.alsoNamed(&r)
	return r
}

// alsoNamed adds the names that additions give the heads.
func (b *Book) alsoNamed(r *Reading) {
	for i, h := range r.Heads {
		for _, w := range b.others(h) {
			r.Also = append(r.Also, Alias{i, w})
			r.Meant = once(r.Meant, w)
		}
	}
}

func (r *Reading) add(text string, kind TermKind, weight float64) {
	if text == "" {
		return
	}
	for i := range r.Terms {
		if r.Terms[i].Text == text {
			r.Terms[i].Weight = max(r.Terms[i].Weight, weight)
			return
		}
	}
	r.Terms = append(r.Terms, Term{text, kind, weight})
}

// broader adds what the head is a kind of, so that 紧固件 finds 螺栓.
func (b *Book) broader(r *Reading) {
	word := r.Head
	for range 4 {
		e, ok := b.word(word)
		if !ok || e.parent == "" {
			return
		}
		word = e.parent
		r.add(word, KindProduct, weightBroader)
	}
}

func once(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
