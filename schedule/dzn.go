package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	dznEntry   = regexp.MustCompile(`(?s)([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?);`)
	dznComment = regexp.MustCompile(`%[^\n]*`)
	dznSet     = regexp.MustCompile(`\{([^}]*)\}`)
)

// ParseDZN reads a file of the B2B meeting scheduling benchmark (MiniZinc
// data). Every meeting must be placed; fairness is the caller's to set, because
// the files do not carry it.
func ParseDZN(data []byte) (Problem, error) {
	entries := map[string]string{}
	for _, m := range dznEntry.FindAllStringSubmatch(dznComment.ReplaceAllString(string(data), ""), -1) {
		entries[m[1]] = strings.TrimSpace(m[2])
	}
	p := Problem{Fairness: -1, All: true}
	var parties, meetings int
	for _, field := range []struct {
		name string
		into *int
	}{{"nBusiness", &parties}, {"nMeetings", &meetings}, {"nTables", &p.Tables}, {"nTotalSlots", &p.Slots}, {"nMorningSlots", &p.Morning}} {
		n, err := strconv.Atoi(entries[field.name])
		if err != nil || n < 0 || n > 1_000_000 {
			return Problem{}, fmt.Errorf("%w: %s is %q", ErrProblem, field.name, entries[field.name])
		}
		*field.into = n
	}
	p.Parties, p.Meetings = make([]Party, parties), make([]Meeting, meetings)
	if err := dznMeetings(&p, entries); err != nil {
		return Problem{}, err
	}
	return p, p.Validate()
}

func dznMeetings(p *Problem, entries map[string]string) error {
	var rows [][]int
	for _, row := range strings.Split(strings.Trim(entries["requested"], "[]| \t\r\n"), "|") {
		if strings.TrimSpace(row) == "" {
			continue
		}
		ints, err := dznInts(row)
		if err != nil {
			return err
		}
		rows = append(rows, ints)
	}
	if len(rows) != len(p.Meetings) {
		return fmt.Errorf("%w: requested has %d rows, nMeetings is %d", ErrProblem, len(rows), len(p.Meetings))
	}
	for i, row := range rows {
		if len(row) < 3 || row[2] < 1 || row[2] > 3 {
			return fmt.Errorf("%w: requested row %d is %v", ErrProblem, i+1, row)
		}
		p.Meetings[i] = Meeting{A: row[0] - 1, B: row[1] - 1, Session: row[2] % 3, Must: true, Value: 1}
	}
	forbidden, err := dznSets(entries, "forbidden", len(p.Parties))
	if err != nil {
		return err
	}
	for i, slots := range forbidden {
		for _, s := range slots {
			if s > 0 { // 0 is the benchmark's way to write an empty set
				p.Parties[i].Forbidden = append(p.Parties[i].Forbidden, s)
			}
		}
	}
	return dznExtras(p, entries)
}

// dznExtras reads the two arrays that only some of the settings have.
func dznExtras(p *Problem, entries map[string]string) error {
	if text, ok := entries["fixed"]; ok {
		fixed, err := dznInts(strings.Trim(text, "[]"))
		if err != nil || len(fixed) != len(p.Meetings) {
			return fmt.Errorf("%w: fixed has %d entries, nMeetings is %d", ErrProblem, len(fixed), len(p.Meetings))
		}
		for i, s := range fixed {
			p.Meetings[i].Fixed = s
		}
	}
	before, err := dznSets(entries, "precedences", len(p.Meetings))
	if err != nil {
		return err
	}
	for i, set := range before {
		for _, m := range set {
			if m > 0 {
				p.Meetings[i].After = append(p.Meetings[i].After, m-1)
			}
		}
	}
	return nil
}

// dznSets reads an array of sets; an absent array has no entries.
func dznSets(entries map[string]string, name string, want int) ([][]int, error) {
	text, ok := entries[name]
	if !ok {
		return nil, nil
	}
	found := dznSet.FindAllStringSubmatch(text, -1)
	if len(found) != want {
		return nil, fmt.Errorf("%w: %s has %d sets, not %d", ErrProblem, name, len(found), want)
	}
	sets := make([][]int, len(found))
	for i, f := range found {
		ints, err := dznInts(f[1])
		if err != nil {
			return nil, err
		}
		sets[i] = ints
	}
	return sets, nil
}

func dznInts(text string) ([]int, error) {
	var out []int
	for _, word := range strings.Split(text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		if from, to, ok := strings.Cut(word, ".."); ok {
			a, errA := strconv.Atoi(strings.TrimSpace(from))
			b, errB := strconv.Atoi(strings.TrimSpace(to))
			if errA != nil || errB != nil || b-a > 10_000 {
				return nil, fmt.Errorf("%w: range %q", ErrProblem, word)
			}
			for n := a; n <= b; n++ {
				out = append(out, n)
			}
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("%w: %q is no number", ErrProblem, word)
		}
		out = append(out, n)
	}
	return out, nil
}
