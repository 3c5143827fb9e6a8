// Package sheet reads and writes the tables that people keep: CSV, TSV and XLSX.
package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// Limits of one file. A spreadsheet of 400 KB may unpack to 400 MB, so both
// what lies on the disk and what comes out of it are bounded.
const (
	MaxFile   = 256 << 20 // bytes on disk
	maxUnzip  = 512 << 20 // bytes of all parts of a workbook
	maxFields = 500
	maxCell   = 100_000 // bytes
)

// Errors that say what is wrong with a whole file.
var (
	ErrTooLarge = errors.New("the file is larger than we read, or unpacks to more")
	ErrKind     = errors.New("the file is not CSV, TSV or XLSX")
	ErrEmpty    = errors.New("the file has no heading row")
)

// Rows is a table read row by row; the whole of it is never in memory.
type Rows struct {
	Heading []string // the first row, trimmed
	Size    int64    // bytes of the file, for a progress bar
	next    func() ([]string, error)
	close   func() error
	at      func() int64
	row     int
	ahead   []line // read already, to come again
}

type line struct {
	cells []string
	row   int
}

// Open opens a table by its name's ending: .csv, .tsv, .txt (tab-parted) or
// .xlsx (first sheet).
func Open(path string) (*Rows, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxFile {
		return nil, fmt.Errorf("%s: %w", path, ErrTooLarge)
	}
	return open(path, info.Size())
}

// Read opens a table that was uploaded under a name. Excel is read from memory,
// so the caller bounds content.
func Read(name string, content []byte) (*Rows, error) {
	var r *Rows
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		r, err = readText(bytes.NewReader(content), ',')
	case ".tsv", ".txt":
		r, err = readText(bytes.NewReader(content), '\t')
	case ".xlsx":
		var book *excelize.File
		if book, err = excelize.OpenReader(bytes.NewReader(content), bookLimits); err != nil {
			err = errors.Join(ErrKind, err)
		} else {
			r, err = bookRows(book)
		}
	default:
		err = ErrKind
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.Size = int64(len(content))
	return r, nil
}

func open(path string, size int64) (*Rows, error) {
	var r *Rows
	var err error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		r, err = openText(path, ',')
	case ".tsv", ".txt":
		r, err = openText(path, '\t')
	case ".xlsx":
		r, err = openBook(path)
	default:
		err = ErrKind
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r.Size = size
	return r, nil
}

// ReadHeading takes the first row as the names of the columns. A table that has
// none (queries of a bench) is read without calling it.
func (r *Rows) ReadHeading() error {
	head, err := r.Next()
	if err == io.EOF {
		return ErrEmpty
	}
	r.Heading = head
	return err
}

// Next returns the next row that is not empty, its cells trimmed; io.EOF after the last.
func (r *Rows) Next() ([]string, error) {
	if len(r.ahead) > 0 {
		first := r.ahead[0]
		r.ahead, r.row = r.ahead[1:], first.row
		return first.cells, nil
	}
	for {
		cells, err := r.next()
		if err != nil {
			return nil, err
		}
		r.row++
		if len(cells) > maxFields {
			cells = cells[:maxFields]
		}
		full := false
		for i, c := range cells {
			if len(c) > maxCell {
				c = strings.ToValidUTF8(c[:maxCell], "")
			}
			cells[i] = strings.TrimSpace(c)
			full = full || cells[i] != ""
		}
		if full {
			return cells, nil
		}
	}
}

// Row is the number of the row that Next returned last; the first of a file is 1.
func (r *Rows) Row() int { return r.row }

// Done is how many bytes of Size have been read, about.
func (r *Rows) Done() int64 { return r.at() }

// Close closes the file.
func (r *Rows) Close() error { return r.close() }

// counter counts the bytes that pass.
type counter struct {
	in io.Reader
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

func openText(path string, comma rune) (*Rows, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	rows, err := readText(f, comma)
	if err != nil {
		f.Close()
		return nil, err
	}
	rows.close = f.Close
	return rows, nil
}

func readText(in io.Reader, comma rune) (*Rows, error) {
	count := &counter{in: in}
	text, err := decode(bufio.NewReaderSize(count, 1<<16))
	if err != nil {
		return nil, err
	}
	rows := &Rows{close: func() error { return nil }, at: func() int64 { return count.n }}
	if comma == '\t' {
		rows.next = tabbed(text)
		return rows, nil
	}
	rows.next = rows.commaParted(text)
	return rows, nil
}

// commaParted reads CSV. Its reader passes over empty lines without a word, so
// they are counted here: a row has the number that it has in Excel, where an
// empty line is a row and a cell of several lines is none.
func (r *Rows) commaParted(text io.Reader) func() ([]string, error) {
	c := csv.NewReader(text)
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	ended := 0 // the line on which the row before ended
	return func() ([]string, error) {
		cells, err := c.Read()
		if err != nil {
			return nil, err
		}
		began, _ := c.FieldPos(0)
		r.row += began - ended - 1
		last := len(cells) - 1
		ended, _ = c.FieldPos(last)
		ended += strings.Count(cells[last], "\n")
		return cells, nil
	}
}

// tabbed reads lines parted by tabs. Quotes mean nothing in TSV: an inch sign
// would else swallow the rest of the file.
func tabbed(in io.Reader) func() ([]string, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), 8<<20)
	return func() ([]string, error) {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return nil, fmt.Errorf("%w: a line is longer than 8 MB", ErrTooLarge)
			}
			return nil, io.EOF
		}
		return strings.Split(strings.TrimSuffix(lines.Text(), "\r"), "\t"), nil
	}
}

// decode drops a byte order mark, and reads as GB 18030 (of which GBK is a
// part) what is not UTF-8: Excel on a Chinese Windows saves CSV so.
func decode(in *bufio.Reader) (io.Reader, error) {
	head, err := in.Peek(1 << 16)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.IndexByte(head, 0) >= 0 {
		return nil, ErrKind
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, err = in.Discard(3)
		return in, err
	}
	if utf8.Valid(wholeRunes(head)) {
		return in, nil
	}
	return transform.NewReader(in, simplifiedchinese.GB18030.NewDecoder()), nil
}

// wholeRunes cuts a rune that the end of the peeked bytes has split.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

func openBook(path string) (*Rows, error) {
	book, err := excelize.OpenFile(path, bookLimits)
	if err != nil {
		return nil, errors.Join(ErrKind, err)
	}
	return bookRows(book)
}

var bookLimits = excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: 16 << 20}

// bookRows are those of a workbook's first sheet.
func bookRows(book *excelize.File) (*Rows, error) {
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.Join(ErrEmpty, book.Close())
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	next := func() ([]string, error) {
		if !rows.Next() {
			if err := rows.Error(); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		return rows.Columns()
	}
	closeAll := func() error { return errors.Join(rows.Close(), book.Close()) }
	return &Rows{next: next, close: closeAll, at: func() int64 { return 0 }}, nil
}
