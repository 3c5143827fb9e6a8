package store

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

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
		ID       string            `json:"id,omitempty"`
		Kind     market.HonourKind `json:"kind"`
		Rank     market.HonourRank `json:"rank,omitempty"`
		Number   string            `json:"number,omitempty"`
		Year     int               `json:"year"`
		Until    int64             `json:"until,omitempty"` // milliseconds UTC
		Evidence string            `json:"evidence,omitempty"`
		Own      bool              `json:"own,omitempty"`
		By       string            `json:"by,omitempty"`
		At       int64             `json:"at,omitempty"` // milliseconds UTC
	}
	certificateJSON struct {
		Name     string `json:"name"`
		Number   string `json:"number,omitempty"`
		Until    int64  `json:"until,omitempty"` // milliseconds UTC
		Evidence string `json:"evidence,omitempty"`
	}
	capacityJSON struct {
		Kind    string          `json:"kind"`
		Name    string          `json:"name"`
		Count   int             `json:"count,omitempty"`
		Monthly decimal.Decimal `json:"monthly"`
		Spare   decimal.Decimal `json:"spare"`
		Unit    string          `json:"unit,omitempty"`
	}
	personJSON struct {
		Name  string            `json:"name"`
		Duty  string            `json:"duty,omitempty"`
		Phone string            `json:"phone"`
		Mail  string            `json:"mail,omitempty"`
		Shown market.Visibility `json:"shown"`
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
	return asJSON(mapped(l, func(h market.Honour) honourJSON {
		return honourJSON{h.ID, h.Kind, h.Rank, h.Number, h.Year, milli(h.Until), h.Evidence, h.Own, h.By, milli(h.At)}
	}))
}

func honoursOf(text string) ([]market.Honour, error) {
	l, err := fromJSON[honourJSON](text)
	return mapped(l, func(h honourJSON) market.Honour {
		return market.Honour{ID: h.ID, Kind: h.Kind, Rank: h.Rank, Number: h.Number, Year: h.Year, Until: fromMilli(h.Until), Evidence: h.Evidence,
			Own: h.Own, By: h.By, At: fromMilli(h.At)}
	}), err
}

// UnmarshalJSON also reads a bare name: so certificates were kept before they
// had a number and a date.
func (c *certificateJSON) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &c.Name)
	}
	type plain certificateJSON
	return json.Unmarshal(text, (*plain)(c))
}

func certificatesJSON(l []market.Certificate) (string, error) {
	return asJSON(mapped(l, func(c market.Certificate) certificateJSON {
		return certificateJSON{c.Name, c.Number, milli(c.Until), c.Evidence}
	}))
}

func certificatesOf(text string) ([]market.Certificate, error) {
	l, err := fromJSON[certificateJSON](text)
	return mapped(l, func(c certificateJSON) market.Certificate {
		return market.Certificate{Name: c.Name, Number: c.Number, Until: fromMilli(c.Until), Evidence: c.Evidence}
	}), err
}

func capacitiesJSON(l []market.Capacity) (string, error) {
	return asJSON(mapped(l, func(c market.Capacity) capacityJSON { return capacityJSON(c) }))
}

func capacitiesOf(text string) ([]market.Capacity, error) {
	l, err := fromJSON[capacityJSON](text)
	return mapped(l, func(c capacityJSON) market.Capacity { return market.Capacity(c) }), err
}

func peopleJSON(l []market.Person) (string, error) {
	return asJSON(mapped(l, func(p market.Person) personJSON { return personJSON(p) }))
}

func peopleOf(text string) ([]market.Person, error) {
	l, err := fromJSON[personJSON](text)
	return mapped(l, func(p personJSON) market.Person { return market.Person(p) }), err
}

// number spells a truth value as a number.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
