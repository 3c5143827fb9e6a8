package schedule

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The JSON form of a problem. Parties are named by their place in the list,
// from 0; slots and tables count from 1. Absent fields are 0.
type (
	jsonProblem struct {
		Slots    int           `json:"slots"`
		Morning  int           `json:"morning"`
		Tables   int           `json:"tables"`
		Parties  []jsonParty   `json:"parties"`
		Meetings []jsonMeeting `json:"meetings"`
		Fairness *int          `json:"fairness"` // absent: not asked
		All      bool          `json:"all"`
	}
	jsonParty struct {
		Name      string `json:"name"`
		Forbidden []int  `json:"forbidden"`
		Min       int    `json:"min"`
		Max       int    `json:"max"`
		Reps      int    `json:"reps"`
	}
	jsonMeeting struct {
		A         int   `json:"a"`
		B         int   `json:"b"`
		Session   int   `json:"session"`
		Fixed     int   `json:"fixed"`
		After     []int `json:"after"`
		Value     int64 `json:"value"`
		Must      bool  `json:"must"`
		Forbidden []int `json:"forbidden"`
		Table     int   `json:"table"`
	}
)

// ParseJSON reads our own form of a problem; unknown fields are errors, so that
// a misspelt rule is not silently left out.
func ParseJSON(data []byte) (Problem, error) {
	var j jsonProblem
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return Problem{}, fmt.Errorf("%w: %w", ErrProblem, err)
	}
	p := Problem{Slots: j.Slots, Morning: j.Morning, Tables: j.Tables, Fairness: -1, All: j.All}
	if j.Fairness != nil {
		p.Fairness = *j.Fairness
	}
	for _, q := range j.Parties {
		p.Parties = append(p.Parties, Party(q))
	}
	for _, m := range j.Meetings {
		p.Meetings = append(p.Meetings, Meeting(m))
	}
	return p, p.Validate()
}

// Parse reads a problem in either form.
func Parse(data []byte) (Problem, error) {
	if b := bytes.TrimSpace(data); len(b) > 0 && b[0] == '{' {
		return ParseJSON(data)
	}
	return ParseDZN(data)
}
