package store

import (
	"encoding/json"
	"fmt"
	"time"

	"lianqiao/market"
)

// The shapes in which lists are kept. They are market's types field by field,
// with names of their own, so that a renamed field there fails to compile here
// instead of losing what is kept.
type (
	specJSON struct {
		Name   string    `json:"name"`
		Op     market.Op `json:"op"`
		Value  string    `json:"value"`
		Value2 string    `json:"value2,omitempty"`
		Unit   string    `json:"unit,omitempty"`
		Must   bool      `json:"must,omitempty"`
	}
	termJSON struct {
		Name    market.TermName `json:"name"`
		Verdict market.Verdict  `json:"verdict"`
		Points  float64         `json:"points"`
		Max     float64         `json:"max"`
		Label   string          `json:"label,omitempty"`
		Need    string          `json:"need,omitempty"`
		Supply  string          `json:"supply,omitempty"`
		Note    string          `json:"note,omitempty"`
	}
	honourJSON struct {
		Kind  market.HonourKind `json:"kind"`
		Year  int               `json:"year"`
		Until int64             `json:"until,omitempty"` // milliseconds UTC
	}
)

// asJSON spells a list; an empty one is always [].
func asJSON[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(list)
	return string(b), err
}

// fromJSON reads a list; an empty one is nil.
func fromJSON[T any](text string) ([]T, error) {
	if text == "[]" || text == "" {
		return nil, nil
	}
	var list []T
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("kept list: %w", err)
	}
	return list, nil
}

func mapped[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func specsJSON(l []market.Spec) (string, error) {
	return asJSON(mapped(l, func(s market.Spec) specJSON { return specJSON(s) }))
}

func specsOf(text string) ([]market.Spec, error) {
	l, err := fromJSON[specJSON](text)
	return mapped(l, func(s specJSON) market.Spec { return market.Spec(s) }), err
}

func termsJSON(l []market.Term) (string, error) {
	return asJSON(mapped(l, func(t market.Term) termJSON { return termJSON(t) }))
}

func termsOf(text string) ([]market.Term, error) {
	l, err := fromJSON[termJSON](text)
	return mapped(l, func(t termJSON) market.Term { return market.Term(t) }), err
}

func honoursJSON(l []market.Honour) (string, error) {
	return asJSON(mapped(l, func(h market.Honour) honourJSON { return honourJSON{h.Kind, h.Year, milli(h.Until)} }))
}

func honoursOf(text string) ([]market.Honour, error) {
	l, err := fromJSON[honourJSON](text)
	return mapped(l, func(h honourJSON) market.Honour {
		until := time.Time{}
		if h.Until != 0 {
			until = fromMilli(h.Until)
		}
		return market.Honour{Kind: h.Kind, Year: h.Year, Until: until}
	}), err
}

// number spells a truth value as a number.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
