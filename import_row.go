package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"lianqiao/market"
	"lianqiao/sheet"
)

// importFields is what a column may be mapped to.
var importFields = []string{"title", "product", "class", "specs", "quantity", "price", "moq", "lead_days", "region", "certificates", "text", "enterprise", "uscc", "id"}

// rowReader makes listings of rows.
type rowReader struct {
	side       market.Side
	columns    map[string]string // field → column as the user named it
	at         map[string]int    // column → its place in a row
	where      []condition
	names      map[string]string // key → full name, of the table of firms
	firm       string            // of rows that name none
	region     string
	quantity   market.Quantity
	source     string
	now        time.Time
	validUntil time.Time
}

// importedRow is one good row.
type importedRow struct {
	listing market.Listing
	firm    market.Enterprise
}

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
		if !slices.Contains(importFields, field) && field != column {
			return nil, fmt.Errorf("-map: no field %q; there are %s", field, strings.Join(importFields, " "))
		}
		pairs[field] = column
	}
	if pairs["title"] == "" && pairs["product"] == "" {
		return nil, errors.New("-map: neither title nor product is mapped")
	}
	return pairs, nil
}

// bind finds the columns in the heading. Where all are numbers, there is no heading.
func (r *rowReader) bind(rows *sheet.Rows) error {
	r.at = map[string]int{}
	numbered := true
	for _, column := range r.columns {
		n, err := strconv.Atoi(column)
		numbered = numbered && err == nil && n > 0
		r.at[column] = n - 1
	}
	if numbered {
		return nil
	}
	if err := rows.ReadHeading(); err != nil {
		return err
	}
	wanted := make([]string, 0, len(r.columns)+len(r.where))
	for _, column := range r.columns {
		wanted = append(wanted, column)
	}
	for _, w := range r.where {
		wanted = append(wanted, w.column)
	}
	for _, column := range wanted {
		r.at[column] = slices.Index(rows.Heading, column)
		if r.at[column] < 0 {
			return fmt.Errorf("no column %q; the heading has: %s", column, strings.Join(rows.Heading, ", "))
		}
	}
	return nil
}

// cell is the text of a field in a row; empty where it is not mapped.
func (r *rowReader) cell(field string, cells []string) string {
	column, ok := r.columns[field]
	if !ok {
		return ""
	}
	return r.inColumn(column, cells)
}

func (r *rowReader) inColumn(column string, cells []string) string {
	if i, ok := r.at[column]; ok && i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// blame finds the column and the value that a faulty field came from.
func (r *rowReader) blame(field string, cells []string) (column, value string) {
	field, _, _ = strings.Cut(field, ".")
	field, _, _ = strings.Cut(field, "[")
	if column = r.columns[field]; column == "" {
		return field, ""
	}
	return column, r.cell(field, cells)
}

func (r *rowReader) wanted(cells []string) bool {
	for _, w := range r.where {
		if !w.holds(r.inColumn(w.column, cells)) {
			return false
		}
	}
	return true
}

// read makes a listing of a row, or reports everything that is wrong with it.
func (r *rowReader) read(cells []string) (importedRow, market.Errors) {
	var faults market.Errors
	get := func(field string) string { return r.cell(field, cells) }
	row := importedRow{firm: r.readFirm(cells, &faults)}
	l := market.Listing{
		ID: market.NewID(), Side: r.side, Board: market.Goods, Status: market.Live, Title: get("title"), Product: get("product"),
		Class: get("class"), Region: get("region"), Text: get("text"), Certificates: splitList(get("certificates")),
		ValidUntil: r.validUntil, CreatedAt: r.now, UpdatedAt: r.now, PublishedAt: r.now,
	}
	if l.Region == "" {
		l.Region = r.region
	}
	if l.Title == "" {
		l.Title = l.Product
	}
	// A bare word such as 铝棒 is too short for a title; with the side before it, it is not.
	if n := utf8.RuneCountInString(l.Title); n > 0 && n < 4 {
		l.Title = map[market.Side]string{market.Supply: "供应 ", market.Need: "求购 "}[r.side] + l.Title
	}
	r.readAmounts(&l, get, &faults)
	l.Specs = readSpecs(get("specs"), &faults)
	l.Source = r.key(&l, &row.firm, get("id"))
	var more market.Errors
	if err := l.CheckLive(r.now); errors.As(err, &more) {
		faults = append(faults, more...)
	}
	row.listing = l
	return row, faults
}

// key is the row's name on the next run: its own id, or what it says.
func (r *rowReader) key(l *market.Listing, firm *market.Enterprise, id string) string {
	if id == "" {
		id = l.Title + "\x00" + l.Product
	}
	sum := sha256.Sum256([]byte(string(l.Side) + "\x00" + firm.Name + "\x00" + id))
	return r.source + ":" + hex.EncodeToString(sum[:12])
}

func (r *rowReader) readFirm(cells []string, faults *market.Errors) market.Enterprise {
	name := r.cell("enterprise", cells)
	if r.names != nil && name != "" {
		full, ok := r.names[name]
		if !ok {
			full, ok = r.names[withoutMarket(name)]
		}
		if !ok {
			faults.Add(market.Bad("enterprise", "import.unknownFirm"))
		}
		name = full
	}
	if name == "" {
		name = r.firm
	}
	if n := utf8.RuneCountInString(name); (n < 2 || n > 80) && len(*faults) == 0 {
		faults.Add(market.Bad("enterprise", "error.required"))
	}
	region := r.cell("region", cells)
	if region == "" {
		region = r.region
	}
	return market.Enterprise{ID: market.NewID(), Name: name, USCC: strings.ToUpper(r.cell("uscc", cells)), Kind: market.Maker, Region: region, CreatedAt: r.now, UpdatedAt: r.now}
}

// withoutMarket drops the exchange from a stock code: 688268SH, 688268.SH → 688268.
func withoutMarket(code string) string {
	return strings.TrimRight(code, ".ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

func (r *rowReader) readAmounts(l *market.Listing, get func(string) string, faults *market.Errors) {
	var err error
	if s := get("quantity"); s != "" {
		if l.Quantity, err = readQuantity(s); err != nil {
			faults.Add(market.Bad("quantity", "import.quantity"))
		}
	} else if l.Side == market.Need {
		l.Quantity = r.quantity
	}
	if l.Price, err = readPrice(get("price")); err != nil {
		faults.Add(market.Bad("price", "import.price"))
		l.Price.Negotiable = true
	}
	if s := get("moq"); s != "" {
		if l.MOQ, err = readDecimal(s); err != nil {
			faults.Add(market.Bad("moq", "error.number"))
		}
	}
	if s := get("lead_days"); s != "" {
		if l.LeadDays, err = strconv.Atoi(strings.TrimSuffix(s, "天")); err != nil {
			faults.Add(market.Bad("lead_days", "error.number"))
		}
	}
}

var quantityText = regexp.MustCompile(`^([0-9][0-9,.]*)\s*([^\s/0-9]+[^\s/]*)\s*(/月|每月|/month)?$`)

// readQuantity reads "60 吨/月", "3台".
func readQuantity(s string) (market.Quantity, error) {
	m := quantityText.FindStringSubmatch(s)
	if m == nil {
		return market.Quantity{}, fmt.Errorf("%q is no quantity such as 60 吨/月", s)
	}
	amount, err := readDecimal(m[1])
	q := market.Quantity{Amount: amount, Unit: m[2], Per: market.Once}
	if m[3] != "" {
		q.Per = market.PerMonth
	}
	return q, err
}

// readDecimal refuses exponents: 1e999999999 is short to write and endless to compute with.
func readDecimal(s string) (decimal.Decimal, error) {
	s = strings.ReplaceAll(s, ",", "")
	if len(s) > 30 || strings.ContainsAny(s, "eE") {
		return decimal.Zero, fmt.Errorf("%q is no plain number", s)
	}
	return decimal.NewFromString(s)
}

// readPrice reads "22600/吨", "¥4.5元/件"; nothing and 面议 are negotiable.
func readPrice(s string) (market.Price, error) {
	if s == "" || s == "面议" {
		return market.Price{Negotiable: true}, nil
	}
	amount, unit, ok := strings.Cut(s, "/")
	yuan, err := readDecimal(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(strings.TrimLeft(amount, "¥￥ ")), "元")))
	if err != nil || !ok {
		return market.Price{}, fmt.Errorf("%q is no price such as 22600/吨", s)
	}
	return market.Price{Fen: yuan.Shift(2).Round(0).IntPart(), Unit: strings.TrimSpace(unit)}, nil
}

func splitList(s string) []string {
	var out []string
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

var specText = regexp.MustCompile(`^([^=<>≥≤]+)(>=|<=|≥|≤|=)\s*([^!]*)(!?)$`)

// readSpecs reads "牌号=6061!;直径=20~120 mm;精度<=0.01 mm".
func readSpecs(s string, faults *market.Errors) []market.Spec {
	var out []market.Spec
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' }) {
		m := specText.FindStringSubmatch(strings.TrimSpace(one))
		if m == nil {
			faults.Add(market.Bad("specs", "import.spec"))
			continue
		}
		value, unit, _ := strings.Cut(strings.TrimSpace(m[3]), " ")
		spec := market.Spec{Name: strings.TrimSpace(m[1]), Op: market.OpIs, Value: value, Unit: unit, Must: m[4] != ""}
		switch lo, hi, ranged := strings.Cut(value, "~"); {
		case m[2] == ">=" || m[2] == "≥":
			spec.Op = market.OpMin
		case m[2] == "<=" || m[2] == "≤":
			spec.Op = market.OpMax
		case ranged:
			spec.Op, spec.Value, spec.Value2 = market.OpRange, lo, hi
		}
		out = append(out, spec)
	}
	return out
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
