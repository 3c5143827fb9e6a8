package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lianqiao/sheet"
)

// readMap reads "title=产品,enterprise=企业", or a file with one pair a line.
func readMap(spec string) (map[string]string, error) {
	if !strings.Contains(spec, "=") {
		content, err := os.ReadFile(spec)
		if err != nil {
			return nil, fmt.Errorf("-map: %w", err)
		}
		spec = string(content)
	}
	pairs := map[string]string{}
	for _, one := range strings.FieldsFunc(spec, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if one = strings.TrimSpace(one); one == "" || one[0] == '#' {
			continue
		}
		field, column, ok := strings.Cut(one, "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		if !ok || column == "" {
			return nil, fmt.Errorf("-map: %q is no field=column", one)
		}
		// A column that only -where asks for may stand here as itself.
		if !slices.Contains(sheet.ListingFields, field) && field != column {
			return nil, fmt.Errorf("-map: no field %q; there are %s", field, strings.Join(sheet.ListingFields, " "))
		}
		pairs[field] = column
	}
	if pairs["title"] == "" && pairs["product"] == "" {
		return nil, errors.New("-map: neither title nor product is mapped")
	}
	return pairs, nil
}

// condition is one -where.
type condition struct{ column, op, value string }

var conditionText = regexp.MustCompile(`^([^<>=!]+)(>=|<=|!=|=|>|<)(.*)$`)

func readCondition(s string) (condition, error) {
	m := conditionText.FindStringSubmatch(s)
	if m == nil {
		return condition{}, fmt.Errorf("-where %q: want column>=value", s)
	}
	return condition{strings.TrimSpace(m[1]), m[2], strings.TrimSpace(m[3])}, nil
}

// holds compares as numbers where both are numbers, else as texts.
func (c condition) holds(value string) bool {
	a, err1 := strconv.ParseFloat(value, 64)
	b, err2 := strconv.ParseFloat(c.value, 64)
	order := strings.Compare(value, c.value)
	if err1 == nil && err2 == nil {
		order = cmp.Compare(a, b)
	}
	switch c.op {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	case "!=":
		return order != 0
	}
	return order == 0
}

// readFirms reads the table of firms: key column → full name.
func readFirms(path, key string) (map[string]string, error) {
	rows, err := sheet.Open(path)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if err := rows.ReadHeading(); err != nil {
		return nil, err
	}
	k, name := slices.Index(rows.Heading, key), -1
	for _, n := range []string{"fullname", "name", "企业名称", "名称"} {
		if name < 0 {
			name = slices.Index(rows.Heading, n)
		}
	}
	if k < 0 || name < 0 {
		return nil, fmt.Errorf("%s: no column %q, or no fullname or name", path, key)
	}
	names := map[string]string{}
	for {
		cells, err := rows.Next()
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if k < len(cells) && name < len(cells) {
			names[cells[k]] = cells[name]
		}
	}
}
