package market

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// AdditionKind is what an addition says of its words.
type AdditionKind string

const (
	AddSame     AdditionKind = "same"     // they name the same thing
	AddClass    AdditionKind = "class"    // the one product is of a class of GB/T 4754-2017
	AddRelation AdditionKind = "relation" // the first goes into the second
)

// Addition is what the city or an association adds to the program's own tables
// of words. The city's counts for everybody, an association's where one of the
// two listings is of a firm of its cluster.
type Addition struct {
	ID        string
	ClusterID string // empty: the city's
	Kind      AdditionKind
	Words     []string // AddSame: two or more; AddClass: the product; AddRelation: material, product
	Class     string   // AddClass: the code
	Weight    float64  // AddRelation: 1 a chief material, less for what else goes in; to thousandths
	Source    string   // the file that it was imported from; empty: typed in
	Change    string   // of the change that made or removed it
	By        string   // the user who made it; empty: an import
	ByName    string   // of that user, where it was asked for
	CreatedAt time.Time
	RemovedAt time.Time // zero: in force
}

// Limits of one addition.
const (
	MinWord      = 2 // a single character is part of too many other words
	MaxWord      = 40
	MaxSameWords = 20
)

// AdditionWeight is what a relation counts that says nothing of its weight.
const AdditionWeight = 1

// Key is what tells two additions of one cluster and kind apart: the words, of
// names for the same thing in whatever order.
func (a *Addition) Key() string {
	words := make([]string, len(a.Words))
	for i, w := range a.Words {
		words[i] = strings.ToLower(strings.TrimSpace(w))
	}
	if a.Kind == AddSame {
		slices.Sort(words)
	}
	return strings.Join(words, "\t")
}

// Check reports every fault. goods says whether a word can name goods, class
// whether there is such a class: those tables are not this package's.
func (a *Addition) Check(goods, class func(string) bool) error {
	var errs Errors
	least, most := 2, 2
	switch a.Kind {
	case AddSame:
		most = MaxSameWords
	case AddClass:
		least, most = 1, 1
	case AddRelation:
	default:
		errs.Add(Bad("kind", "error.choose"))
		return errs
	}
	switch n := len(a.Words); {
	case n < least:
		errs.Add(Bad("words", "error.words.few", itoa(least)))
	case n > most:
		errs.Add(Bad("words", "error.words.many", itoa(most), itoa(n)))
	default:
		a.checkWords(&errs, goods)
	}
	if a.Kind == AddClass && !class(a.Class) {
		errs.Add(Bad("class", "error.class"))
	}
	if a.Kind == AddRelation && !(a.Weight >= 0.001 && a.Weight <= 1) {
		errs.Add(Bad("weight", "error.words.weight"))
	}
	return errs.Err()
}

func (a *Addition) checkWords(errs *Errors, goods func(string) bool) {
	seen := map[string]bool{}
	for i, w := range a.Words {
		field := "words[" + itoa(i) + "]"
		plain := strings.ToLower(strings.TrimSpace(w))
		switch n := utf8.RuneCountInString(plain); {
		case n < MinWord:
			errs.Add(Bad(field, "error.words.short", itoa(MinWord)))
		case maxText(field, w, MaxWord) != nil:
			errs.Add(maxText(field, w, MaxWord))
		case seen[plain]:
			errs.Add(Bad(field, "error.words.twice", w))
		case !goods(w):
			errs.Add(Bad(field, "error.words.goods", w))
		}
		seen[plain] = true
	}
}
