package sheet

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"lianqiao/market"
)

// ListingFields is what a column may be mapped to.
var ListingFields = []string{"side", "title", "product", "class", "specs", "quantity", "unit", "price", "moq", "lead_days", "region", "certificates", "text", "enterprise", "uscc", "kind", "products", "contact", "phone", "mail", "id"}

// ListingHeadings are the columns of a listing and what people call them, those
// of its firm among them.
var ListingHeadings = append([]Heading{
	{"side", []string{"供需", "供需类型", "供/需", "类型", "类别", "信息类型", "side"}},
	{"title", []string{"标题", "供需标题", "需求名称", "title"}},
	{"product", []string{"产品名称", "产品", "品名", "货品", "物料名称", "名称", "需求产品", "供应产品", "product"}},
	{"specs", []string{"规格参数", "规格", "规格型号", "参数", "技术要求", "specs"}},
	{"quantity", []string{"数量", "需求量", "供应量", "月用量", "采购数量", "产能", "quantity"}},
	{"unit", []string{"计量单位", "数量单位", "单位", "unit"}},
	{"price", []string{"单价", "价格", "参考价", "报价", "price"}},
	{"moq", []string{"起订量", "最小起订量", "moq"}},
	{"lead_days", []string{"交货期", "交期", "供货周期", "lead_days"}},
	{"certificates", []string{"资质认证", "认证", "证书", "资质", "certificates"}},
	{"text", []string{"说明", "备注", "详细说明", "描述", "具体要求", "text"}},
	{"id", []string{"编号", "序列号", "id"}},
}, FirmHeadings...)

// ListingReader makes listings of rows.
type ListingReader struct {
	FirmReader
	Side       market.Side     // of rows that name none
	Quantity   market.Quantity // of needs that state none
	Source     string          // under which rows are known again
	ValidUntil time.Time
	Prose      bool // specs may be prose, as in tables that people write by hand
}

// ListingRow is one good row.
type ListingRow struct {
	Listing market.Listing
	Firm    market.Enterprise
}

var sides = map[string]market.Side{
	"供": market.Supply, "供应": market.Supply, "供给": market.Supply, "supply": market.Supply,
	"需": market.Need, "需求": market.Need, "采购": market.Need, "求购": market.Need, "need": market.Need,
}

// Read makes a listing of a row, or reports everything that is wrong with it.
func (r *ListingReader) Read(cells []string) (ListingRow, market.Errors) {
	firm, faults := r.ReadFirm(cells)
	get := func(field string) string { return r.Cell(field, cells) }
	l := market.Listing{
		ID: market.NewID(), Side: r.Side, Board: market.Goods, Status: market.Live, Title: get("title"), Product: get("product"),
		Class: get("class"), Region: firm.Region, Text: get("text"), Certificates: SplitList(get("certificates")),
		ValidUntil: r.ValidUntil, CreatedAt: r.Now, UpdatedAt: r.Now, PublishedAt: r.Now,
	}
	if word := get("side"); word != "" {
		l.Side = sides[word]
	}
	if l.Side == "" {
		faults.Add(market.Bad("side", "import.side"))
		l.Side = market.Supply
	}
	if l.Title == "" {
		l.Title = l.Product
	}
	r.readSpecs(&l, get("specs"), &faults)
	// A bare word such as 铝棒 is too short for a title; with the side before it, it is not.
	if n := utf8.RuneCountInString(l.Title); n > 0 && n < 4 {
		l.Title = map[market.Side]string{market.Supply: "供应 ", market.Need: "求购 "}[l.Side] + l.Title
	}
	r.readAmounts(&l, get, &faults)
	l.Source = r.key(&l, &firm, get("id"))
	var more market.Errors
	if err := l.CheckLive(r.Now); errors.As(err, &more) {
		for _, f := range more {
			// What is wrong with a cell is said once.
			if !slices.ContainsFunc(faults, func(x *market.Error) bool { return root(x.Field) == root(f.Field) }) {
				faults = append(faults, f)
			}
		}
	}
	return ListingRow{l, firm}, faults
}

// root is the field that a part belongs to: quantity.unit → quantity.
func root(field string) string {
	field, _, _ = strings.Cut(field, ".")
	field, _, _ = strings.Cut(field, "[")
	return field
}

// key is the row's name on the next run: its own id, or what it says.
func (r *ListingReader) key(l *market.Listing, firm *market.Enterprise, id string) string {
	if id == "" {
		id = l.Title + "\x00" + l.Product
	}
	sum := sha256.Sum256([]byte(string(l.Side) + "\x00" + firm.Name + "\x00" + id))
	return r.Source + ":" + hex.EncodeToString(sum[:12])
}

func (r *ListingReader) readAmounts(l *market.Listing, get func(string) string, faults *market.Errors) {
	var err error
	unit := get("unit")
	if unit == "" {
		unit = inBrackets(r.Names["quantity"]) // 数量（吨）
	}
	if s := get("quantity"); s != "" {
		if _, err := readDecimal(s); err == nil {
			s += unit
		}
		if l.Quantity, err = ReadQuantity(s); err != nil {
			faults.Add(market.Bad("quantity", "import.quantity"))
		}
	} else if l.Side == market.Need {
		l.Quantity = r.Quantity
	}
	if l.Price, err = readPrice(get("price"), cmp.Or(l.Quantity.Unit, unit)); err != nil {
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

// ReadQuantity reads "60 吨/月", "3台".
func ReadQuantity(s string) (market.Quantity, error) {
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

// readPrice reads "22600/吨", "¥4.5元/件", and "22600" where the row names a unit
// elsewhere; nothing and 面议 are negotiable.
func readPrice(s, unit string) (market.Price, error) {
	if s == "" || s == "面议" {
		return market.Price{Negotiable: true}, nil
	}
	amount, of, ok := strings.Cut(s, "/")
	if ok {
		unit = of
	}
	ok = ok || unit != ""
	yuan, err := readDecimal(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(strings.TrimLeft(amount, "¥￥ ")), "元")))
	if err != nil || !ok {
		return market.Price{}, fmt.Errorf("%q is no price such as 22600/吨", s)
	}
	return market.Price{Fen: yuan.Shift(2).Round(0).IntPart(), Unit: strings.TrimSpace(unit)}, nil
}

// SplitList reads several things in one cell, parted by commas or semicolons.
func SplitList(s string) []string {
	var out []string
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

var specText = regexp.MustCompile(`^([^=<>≥≤]+)(>=|<=|≥|≤|=)\s*([^!]*)(!?)$`)

// titleMost is how many letters a title may have that specs in prose are put into.
const titleMost = 40

// readSpecs reads "牌号=6061!;直径=20~120 mm;精度<=0.01 mm". Prose such as "45# Φ50"
// is a fault or, where prose is allowed, stands in a title made of the product,
// where the matcher reads grades and sizes, else in the text.
func (r *ListingReader) readSpecs(l *market.Listing, s string, faults *market.Errors) {
	specs, prose := specsOf(s)
	l.Specs = specs
	switch {
	case len(prose) == 0:
	case !r.Prose:
		faults.Add(market.Bad("specs", "import.spec"))
	case r.Names["title"] == "" && utf8.RuneCountInString(l.Title+strings.Join(prose, " ")) < titleMost:
		l.Title += " " + strings.Join(prose, " ")
	default:
		l.Text = strings.TrimSpace(strings.Join(prose, "；") + "\n" + l.Text)
	}
}

func specsOf(s string) (out []market.Spec, prose []string) {
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '；' }) {
		m := specText.FindStringSubmatch(strings.TrimSpace(one))
		if m == nil {
			prose = append(prose, strings.TrimSpace(one))
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
	return out, prose
}
