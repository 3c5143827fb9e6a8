package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Table is one sheet of a book. Every cell is text or, where it is an int64 or
// float64, a number; nothing is ever a formula.
type Table struct {
	Name    string
	Heading []string
	Rows    [][]any
}

// WriteBook writes one table as XLSX.
func WriteBook(out io.Writer, name string, heading []string, rows [][]any) error {
	return WriteTables(out, Table{name, heading, rows})
}

// WriteTables writes tables as one XLSX, a sheet each.
func WriteTables(out io.Writer, tables ...Table) error {
	book := excelize.NewFile()
	defer book.Close()
	for i, t := range tables {
		var err error
		if i == 0 {
			err = book.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = book.NewSheet(t.Name)
		}
		if err == nil {
			err = writeTable(book, t)
		}
		if err != nil {
			return fmt.Errorf("sheet.WriteTables(%q): %w", t.Name, err)
		}
	}
	if err := book.Write(out); err != nil {
		return fmt.Errorf("sheet.WriteTables: %w", err)
	}
	return nil
}

func writeTable(book *excelize.File, t Table) error {
	w, err := book.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	first := make([]any, len(t.Heading))
	for i, h := range t.Heading {
		first[i] = h
	}
	for n, row := range append([][]any{first}, t.Rows...) {
		cells := make([]any, len(row))
		for i, c := range row {
			if s, ok := c.(string); ok {
				c = Harmless(s)
			}
			cells[i] = c
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), cells); err != nil {
			return fmt.Errorf("row %d: %w", n+1, err)
		}
	}
	return w.Flush()
}
