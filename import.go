package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
	"lianqiao/store"
)

// importCmd reads listings from a table. A bad row is reported and left out;
// the rest goes in. Running it twice changes nothing the second time.
type importCmd struct {
	keptIn      `embed:""`
	File        string   `arg:"" help:"CSV, TSV or XLSX (first sheet)."`
	Side        string   `enum:"supply,need" default:"supply" help:"What the rows are: supply or need."`
	Map         string   `required:"" help:"Which column fills which field: title=产品,enterprise=企业 …, or a file with one such pair a line. Numbers (title=2) name the columns of a file without heading. Fields: side title product class specs quantity unit price moq lead_days region certificates text id, and of the firm: enterprise uscc kind products contact phone mail."`
	Where       []string `sep:"none" help:"Take only rows such as weight>=0.005 or status=在产; all must hold."`
	Enterprises string   `help:"Table of firms: the column that enterprise is mapped to is looked up there, and fullname or name is taken."`
	Enterprise  string   `help:"The firm of rows that name none."`
	Region      string   `default:"130100" help:"The region of rows that name none (GB/T 2260, six digits)."`
	Quantity    string   `default:"1 批" help:"The quantity of needs that state none."`
	Days        int      `default:"365" help:"For how many days the listings are valid."`
	Source      string   `help:"The name under which rows are known again; the file's name unless given."`
	Errors      string   `help:"Write the bad rows to this CSV."`
}

const importBatch = 500

// tally counts what became of the rows.
type tally struct{ created, updated, same, bad, skipped int }

// Run imports. It fails when no row went in although there were some.
func (c *importCmd) Run(ctx context.Context) error {
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	began := time.Now()
	sum, err := c.load(ctx, st, os.Stderr)
	if err != nil {
		return err
	}
	took := time.Since(began)
	good := sum.created + sum.updated + sum.same
	fmt.Printf("created %d, updated %d, same %d, bad %d, left out %d; %.1f s, %.0f rows/s\n", sum.created, sum.updated, sum.same, sum.bad, sum.skipped, took.Seconds(), float64(good)/took.Seconds())
	if good == 0 && sum.bad > 0 {
		return errors.New("no row could be imported")
	}
	return nil
}

// load imports the file into the store and tells of progress and bad rows on screen.
func (c *importCmd) load(ctx context.Context, st *store.Store, screen io.Writer) (sum tally, err error) {
	reader, where, err := c.reader()
	if err != nil {
		return sum, err
	}
	rows, err := sheet.Open(c.File)
	if err != nil {
		return sum, err
	}
	defer rows.Close()
	asked := make([]string, len(where))
	for i, w := range where {
		asked[i] = w.column
	}
	if err := reader.Bind(rows, asked...); err != nil {
		return sum, err
	}
	bad, err := newBadRows(c.Errors, screen)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, bad.Close()) }()
	run := importRun{store: st, reader: reader, where: where, rows: rows, bad: bad, firms: map[string]market.Enterprise{}}
	run.bar = progressbar.NewOptions64(rows.Size, progressbar.OptionSetWriter(screen), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	err = run.all(ctx)
	return run.tally, err
}

// reader puts together what reading a row needs, and which rows are wanted.
func (c *importCmd) reader() (*sheet.ListingReader, []condition, error) {
	pairs, err := readMap(c.Map)
	if err != nil {
		return nil, nil, err
	}
	r := &sheet.ListingReader{Side: market.Side(c.Side), Source: cmp.Or(c.Source, filepath.Base(c.File))}
	r.Columns, r.Firm, r.Region, r.Now = sheet.Columns{Names: pairs}, c.Enterprise, c.Region, time.Now()
	r.ValidUntil = r.Now.Truncate(24*time.Hour).AddDate(0, 0, c.Days)
	if r.Quantity, err = sheet.ReadQuantity(c.Quantity); err != nil {
		return nil, nil, fmt.Errorf("-quantity: %w", err)
	}
	var where []condition
	for _, w := range c.Where {
		cond, err := readCondition(w)
		if err != nil {
			return nil, nil, err
		}
		where = append(where, cond)
	}
	if c.Enterprises != "" {
		if r.FullNames, err = readFirms(c.Enterprises, pairs["enterprise"]); err != nil {
			return nil, nil, fmt.Errorf("-enterprises: %w", err)
		}
	}
	return r, where, nil
}

// importRun is one import under way.
type importRun struct {
	tally
	store  *store.Store
	reader *sheet.ListingReader
	where  []condition
	rows   *sheet.Rows
	bad    *badRows
	bar    *progressbar.ProgressBar
	firms  map[string]market.Enterprise // by name
}

func (r *importRun) all(ctx context.Context) error {
	for {
		batch, err := r.batch()
		if err != nil && err != io.EOF {
			return err
		}
		if werr := r.write(ctx, batch); werr != nil {
			return werr
		}
		r.bar.Set64(r.rows.Done())
		if err == io.EOF {
			return r.bar.Finish()
		}
	}
}

// batch reads up to importBatch good rows; io.EOF comes with the last of them.
func (r *importRun) batch() ([]sheet.ListingRow, error) {
	var batch []sheet.ListingRow
	for len(batch) < importBatch {
		cells, err := r.rows.Next()
		if err != nil {
			return batch, err
		}
		if !r.wanted(cells) {
			r.skipped++
			continue
		}
		row, faults := r.reader.Read(cells)
		if len(faults) > 0 {
			r.tally.bad++
			if err := r.bad.add(r.rows.Row(), faults, func(field string) (string, string) { return r.reader.Blame(field, cells) }); err != nil {
				return batch, err
			}
			continue
		}
		batch = append(batch, row)
	}
	return batch, nil
}

func (r *importRun) wanted(cells []string) bool {
	return !slices.ContainsFunc(r.where, func(w condition) bool { return !w.holds(r.reader.In(w.column, cells)) })
}

func (r *importRun) write(ctx context.Context, batch []sheet.ListingRow) error {
	if len(batch) == 0 {
		return nil
	}
	if err := r.addFirms(ctx, batch); err != nil {
		return err
	}
	listings := make([]market.Listing, len(batch))
	for i, row := range batch {
		firm := r.firms[row.Firm.Name]
		listings[i] = row.Listing
		listings[i].EnterpriseID, listings[i].ClusterID = firm.ID, firm.ClusterID
	}
	created, updated, same, err := r.store.ImportListings(ctx, listings)
	r.created, r.updated, r.same = r.created+created, r.updated+updated, r.same+same
	return err
}

// addFirms keeps the firms of the batch that are new to this run.
func (r *importRun) addFirms(ctx context.Context, batch []sheet.ListingRow) error {
	var fresh []market.Enterprise
	for _, row := range batch {
		if _, known := r.firms[row.Firm.Name]; !known {
			r.firms[row.Firm.Name] = row.Firm
			fresh = append(fresh, row.Firm)
		}
	}
	kept, err := r.store.UpsertEnterprises(ctx, fresh)
	if err != nil {
		return err
	}
	for i, firm := range kept {
		r.firms[fresh[i].Name] = firm
	}
	return nil
}

// badRows tells of rows that could not be taken: on screen the first hundred,
// in the file all.
type badRows struct {
	screen io.Writer
	shown  int
	lang   string
	file   *os.File
	buffer *bufio.Writer
	table  *sheet.Writer
}

const shownBadRows = 100

func newBadRows(path string, screen io.Writer) (*badRows, error) {
	b := &badRows{screen: screen, lang: terminalLanguage()}
	if path == "" {
		return b, nil
	}
	var err error
	if b.file, err = os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	b.buffer = bufio.NewWriter(b.file)
	if b.table, err = sheet.NewWriter(b.buffer); err != nil {
		return nil, errors.Join(err, b.file.Close())
	}
	return b, b.table.Write("row", "column", "value", "remedy")
}

func terminalLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); len(v) >= 2 {
			if v[:2] == "zh" {
				return "zh-CN"
			}
			return "en"
		}
	}
	return "zh-CN"
}

// add tells of a row's faults; blame finds the column and the value of a field.
func (b *badRows) add(row int, faults market.Errors, blame func(field string) (column, value string)) error {
	for _, f := range faults {
		column, value := blame(f.Field)
		remedy := frontend.Text(b.lang, f.Message, f.Args...)
		if b.shown++; b.shown <= shownBadRows {
			fmt.Fprintf(b.screen, "\nrow %d, column %s, value %q: %s", row, column, value, remedy)
		}
		if b.table != nil {
			if err := b.table.Write(fmt.Sprint(row), column, value, remedy); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close writes out what is buffered.
func (b *badRows) Close() error {
	if b.shown > shownBadRows {
		fmt.Fprintf(b.screen, "\n… and %d more (-errors FILE keeps them all)", b.shown-shownBadRows)
	}
	if b.shown > 0 {
		fmt.Fprintln(b.screen)
	}
	if b.table == nil {
		return nil
	}
	return errors.Join(b.table.Close(), b.buffer.Flush(), b.file.Close())
}
