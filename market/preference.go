package market

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// PreferenceKind is what a firm's own rule is about.
type PreferenceKind string

const (
	PreferNear     PreferenceKind = "near"     // nobody farther than so many kilometres
	PreferMakers   PreferenceKind = "makers"   // no traders
	PreferPrice    PreferenceKind = "price"    // no price above the buyer's limit
	PreferSpec     PreferenceKind = "spec"     // no stated grade or spec that is not met
	PreferMOQ      PreferenceKind = "moq"      // no least order above what is wanted
	PreferQuantity PreferenceKind = "quantity" // no quantity that is only just enough
	PreferNot      PreferenceKind = "not"      // not this product
)

// PreferenceStatus is whether a rule works.
type PreferenceStatus string

const (
	PreferenceOn        PreferenceStatus = "on"
	PreferenceOff       PreferenceStatus = "off"       // the firm switched it off; answers do not switch it on again
	PreferenceSuggested PreferenceStatus = "suggested" // a few answers say so; it does nothing yet
	PreferenceRemoved   PreferenceStatus = "removed"   // not shown; only a tap brings it back
)

// Preference is a firm's own rule about what it is offered, made of what it
// found unfit. It is private to the firm: whom it hides is not told.
type Preference struct {
	ID           string
	Rev          int64
	EnterpriseID string
	Side         Side // of the firm's own listings that it concerns
	Kind         PreferenceKind
	Value        string // PreferNear: kilometres; PreferNot: the product's head word; else empty
	Status       PreferenceStatus
	Asked        bool // the firm said "never again"; else it was concluded from Answers
	Answers      int  // of the same reason that it rests on
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Of is what tells two preferences of one firm, side and kind apart.
func (p *Preference) Of() string {
	if p.Kind == PreferNot {
		return p.Value
	}
	return ""
}

// How many answers of the same reason suggest a rule, and make one.
const (
	AnswersSuggest = 2
	AnswersMake    = 3
)

var preferenceOf = map[string]PreferenceKind{
	"place": PreferNear, "trader": PreferMakers, "price": PreferPrice, "spec": PreferSpec, "moq": PreferMOQ, "quantity": PreferQuantity, "product": PreferNot,
}

// Reason is the one that makes a rule of the kind.
func (k PreferenceKind) Reason() string {
	for reason, kind := range preferenceOf {
		if kind == k {
			return reason
		}
	}
	return ""
}

// Ground is what in this proposal bears out a firm's reason for finding it
// unfit: the kilometres, the product's head word, or that the term is indeed
// lost. It is empty where the reason names nothing that a rule could go by.
func (p *Proposal) Ground(reason, otherHead string, otherKind EnterpriseKind) string {
	lost := func(names ...TermName) string {
		for _, t := range p.Terms {
			if slices.Contains(names, t.Name) && (t.Verdict == Misses || t.Verdict == Partly) {
				return string(t.Name)
			}
		}
		return ""
	}
	switch reason {
	case "place":
		for _, t := range p.Terms {
			if km, ok := strings.CutSuffix(t.Note, "km"); ok && t.Name == TermDistance {
				return km
			}
		}
	case "product":
		return otherHead
	case "trader":
		if otherKind == Trader {
			return string(Trader)
		}
	case "price":
		return lost(TermPrice)
	case "spec":
		return lost(TermGrade, TermSpec)
	case "moq":
		return lost(TermMOQ)
	case "quantity":
		return lost(TermQuantity)
	}
	return ""
}

// Conclude makes a rule of the grounds of answers with one reason, the newest
// first; false when they say nothing. One that the firm asked for works at
// once, others are suggested first and made by AnswersMake.
func Conclude(reason string, grounds []string, asked bool) (Preference, bool) {
	kind := preferenceOf[reason]
	p := Preference{Kind: kind, Asked: asked, Status: PreferenceOn}
	if kind == "" || len(grounds) == 0 || grounds[0] == "" {
		return p, false
	}
	switch kind {
	case PreferNear:
		nearest := 0
		for _, g := range grounds {
			if km, err := strconv.Atoi(g); err == nil && km > 0 && (nearest == 0 || km < nearest) {
				nearest = km
			}
			p.Answers++
		}
		if asked { // the firm speaks of what it sees
			nearest, _ = strconv.Atoi(grounds[0])
		}
		p.Value = strconv.Itoa(within(nearest))
		if p.Value == "0" {
			return p, false
		}
	case PreferNot:
		p.Value = grounds[0]
		for _, g := range grounds {
			if g == p.Value {
				p.Answers++
			}
		}
	default:
		p.Answers = len(grounds)
	}
	if !asked && p.Answers < AnswersMake {
		p.Status = PreferenceSuggested
	}
	return p, asked || p.Answers >= AnswersSuggest
}

// within is the widest round distance that shuts out the kilometres.
func within(km int) int {
	step := 10
	if km > 100 {
		step = 50
	}
	return max(0, (km-1)/step*step)
}
