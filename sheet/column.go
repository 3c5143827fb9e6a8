package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Columns says which column of a table holds which field.
type Columns struct {
	Names map[string]string // field → column, as the heading or the user names it
	at    map[string]int    // column → its place in a row
}

// Bind finds the columns, and others that the caller asks for, in the heading.
// Where all are numbers, there is no heading.
func (c *Columns) Bind(rows *Rows, others ...string) error {
	c.at = map[string]int{}
	numbered := true
	for _, column := range c.Names {
		n, err := strconv.Atoi(column)
		numbered = numbered && err == nil && n > 0
		c.at[column] = n - 1
	}
	if numbered {
		return nil
	}
	if err := rows.ReadHeading(); err != nil {
		return err
	}
	wanted := others
	for _, column := range c.Names {
		wanted = append(wanted, column)
	}
	for _, column := range wanted {
		c.at[column] = slices.Index(rows.Heading, column)
		if c.at[column] < 0 {
			return fmt.Errorf("no column %q; the heading has: %s", column, strings.Join(rows.Heading, ", "))
		}
	}
	return nil
}

// headingWithin is how many rows a table may have above its heading: a title,
// a line with the date, a line of instructions.
const headingWithin = 10

// ErrHeading says that no row names the columns that are needed.
var ErrHeading = errors.New("no row of the first ten names the columns")

// Known finds the row that names the most of the columns in the first rows,
// whatever stands above it. words gives what each field is called; the fields of
// needs must be there. A column that several fields could mean is the first one's
// in the order of words.
func Known(rows *Rows, words []Heading, needs ...string) (Columns, error) {
	var best Columns
	var seen []line
	at := -1
	for len(seen) < headingWithin {
		cells, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Columns{}, err
		}
		seen = append(seen, line{cells, rows.Row()})
		c := columnsOf(cells, words)
		if len(c.Names) > len(best.Names) && !slices.ContainsFunc(needs, func(field string) bool { return c.Names[field] == "" }) {
			best, at = c, len(seen)-1
		}
	}
	if at < 0 {
		return Columns{}, ErrHeading
	}
	rows.Heading, rows.ahead = seen[at].cells, append(seen[at+1:], rows.ahead...)
	return best, nil
}

func columnsOf(cells []string, words []Heading) Columns {
	c := Columns{Names: map[string]string{}, at: map[string]int{}}
	for _, w := range words {
		i := slices.IndexFunc(cells, func(cell string) bool {
			_, taken := c.at[cell]
			return !taken && slices.Contains(w.Words, plainHeading(cell))
		})
		if i >= 0 {
			c.Names[w.Field], c.at[cells[i]] = cells[i], i
		}
	}
	return c
}

// Heading is a field and what people call its column; the first word is what a
// template calls it.
type Heading struct {
	Field string
	Words []string
}

// plainHeading is a heading without stars, blanks and what stands in brackets:
// "*数量（吨）" is 数量.
func plainHeading(cell string) string {
	var out strings.Builder
	depth := 0
	for _, r := range cell {
		switch {
		case r == '（' || r == '(':
			depth++
		case r == '）' || r == ')':
			depth--
		case depth > 0 || strings.ContainsRune(" \n\r\t　*＊:：", r):
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Cell is the text of a field in a row; empty where it is not mapped.
func (c *Columns) Cell(field string, cells []string) string {
	column, ok := c.Names[field]
	if !ok {
		return ""
	}
	return c.In(column, cells)
}

// In is the text of a column in a row.
func (c *Columns) In(column string, cells []string) string {
	if i, ok := c.at[column]; ok && i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// Blame finds the column and the value that a faulty field came from.
func (c *Columns) Blame(field string, cells []string) (column, value string) {
	field = root(field)
	if column = c.Names[field]; column == "" {
		return field, ""
	}
	return column, c.Cell(field, cells)
}

// inBrackets is what a heading has in brackets: 吨 of "数量（吨）".
func inBrackets(heading string) string {
	_, in, _ := strings.Cut(strings.NewReplacer("（", "(", "）", ")").Replace(heading), "(")
	in, _, _ = strings.Cut(in, ")")
	return strings.TrimSpace(in)
}
