package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// WriteBook writes one table as XLSX. Every cell is text or, where it is an
// int64 or float64, a number; nothing is ever a formula.
func WriteBook(out io.Writer, name string, heading []string, rows [][]any) error {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("sheet.WriteBook: %w", err)
	}
	w, err := book.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("sheet.WriteBook: %w", err)
	}
	first := make([]any, len(heading))
	for i, h := range heading {
		first[i] = h
	}
	for n, row := range append([][]any{first}, rows...) {
		cells := make([]any, len(row))
		for i, c := range row {
			if s, ok := c.(string); ok {
				c = Harmless(s)
			}
			cells[i] = c
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), cells); err != nil {
			return fmt.Errorf("sheet.WriteBook: row %d: %w", n+1, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sheet.WriteBook: %w", err)
	}
	if err := book.Write(out); err != nil {
		return fmt.Errorf("sheet.WriteBook: %w", err)
	}
	return nil
}
