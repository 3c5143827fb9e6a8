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
	Heads     []string // Head first, then those of the other phrases of the title
	Terms     []Term   // each once, in order of appearance
	Grams     []string // pairs of neighbouring Chinese characters of all that is written, each once
	Grades    []string // canonical
	Models    []string // upper case
	Sizes     []Size
	Quantity  *Amount
	Materials []string
	Processes []string
	Standards []string
	Forms     []string
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

// Read understands a title and the text below it.
func Read(title, text string) Reading {
	var r Reading
	t := scanner{r: &r, s: runes(title, maxText), factor: 1, title: true}
	t.scan()
	if r.Head == "" && len(r.Terms) == 0 && len(t.s) == 1 {
		r.add(string(t.s), KindGram, weightGram)
	}
	grams := gramSet{}
	grams.of(t.s)
	if text != "" {
		b := scanner{r: &r, s: runes(text, maxText), factor: fromText}
		b.scan()
		grams.of(b.s[:min(len(b.s), maxGrams)])
	}
	r.Grams = grams.list
	r.broader()
	return r
}

// maxGrams is how many characters of a text give grams.
const maxGrams = 300

// gramSet collects grams, also of words that say nothing about a product: what
// no table knows is still found by its characters.
type gramSet struct {
	list []string
	seen map[string]bool
}

func (g *gramSet) of(s []rune) {
	if g.seen == nil {
		g.seen = make(map[string]bool, len(s))
	}
	for i := range s {
		if !han(s[i]) {
			continue
		}
		g.add(string(s[i : i+1]))
		if i+1 < len(s) && han(s[i+1]) {
			g.add(string(s[i : i+2]))
		}
	}
}

func (g *gramSet) add(gram string) {
	if !g.seen[gram] {
		g.seen[gram] = true
		g.list = append(g.list, gram)
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
func (r *Reading) broader() {
	word := r.Head
	for range 4 {
		e, ok := words[word]
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
