package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// Harmless makes a cell that a spreadsheet would take for a formula plain text.
func Harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Writer writes CSV that Excel opens as UTF-8, every cell harmless.
type Writer struct{ csv *csv.Writer }

// NewWriter starts a table with the byte order mark that Excel wants to see.
func NewWriter(out io.Writer) (*Writer, error) {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return nil, err
	}
	return &Writer{csv.NewWriter(out)}, nil
}

// Write writes one row.
func (w *Writer) Write(cells ...string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = Harmless(c)
	}
	return w.csv.Write(safe)
}

// Close flushes what is buffered; the file below stays the caller's.
func (w *Writer) Close() error {
	w.csv.Flush()
	return w.csv.Error()
}
