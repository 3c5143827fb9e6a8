package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// sizes are the numbers of listings that a bench is run with, to show how its
// costs grow.
var sizes = []int{10_000, 67_148, 100_000}

// growth is the table of a bench: what is measured goes down, the number of
// listings across.
type growth struct {
	title string
	rows  []string
	cells map[string]string // by row and size
}

func newGrowth(title string) *growth { return &growth{title: title, cells: map[string]string{}} }

func (g *growth) cell(row string, size int) string { return fmt.Sprint(row, "|", size) }

// put writes one cell.
func (g *growth) put(size int, row, format string, args ...any) {
	if !slices.Contains(g.rows, row) {
		g.rows = append(g.rows, row)
	}
	g.cells[g.cell(row, size)] = fmt.Sprintf(format, args...)
}

// print writes the table, with the sizes that were measured.
func (g *growth) print() {
	var measured []int
	for _, size := range sizes {
		if slices.ContainsFunc(g.rows, func(row string) bool { return g.cells[g.cell(row, size)] != "" }) {
			measured = append(measured, size)
		}
	}
	if len(measured) == 0 {
		return
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer func() { _ = w.Flush() }()
	line := []string{"\n" + g.title}
	for _, size := range measured {
		line = append(line, fmt.Sprintf("%d listings", size))
	}
	fmt.Fprintln(w, strings.Join(line, "\t"))
	for _, row := range g.rows {
		line = append(line[:0], row)
		for _, size := range measured {
			line = append(line, g.cells[g.cell(row, size)])
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
}
