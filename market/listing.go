package market

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Side says whether a listing offers or asks.
type Side string

const (
	Supply Side = "supply" // 供给
	Need   Side = "need"   // 需求
)

// Other is the side a listing is matched against.
func (s Side) Other() Side {
	if s == Supply {
		return Need
	}
	return Supply
}

// Board is the market a listing stands on.
type Board string

// Goods is 产业链供需, the first board. Finance, technology and capacity follow.
const Goods Board = "goods"

// Status is where a listing is in its life.
type Status string

const (
	Draft    Status = "draft"     // 草稿: only its enterprise sees it
	Live     Status = "live"      // 已发布: public, indexed, matched
	Expired  Status = "expired"   // 已过期: past its validity; renewing makes it live again
	Closed   Status = "closed"    // 已下架: taken down by its enterprise
	Waiting  Status = "waiting"   // 待审核: its association reads it first
	SentBack Status = "returned"  // 已退回: to be mended and sent again
	Barred   Status = "suspended" // 已停用: taken down by its association
)

// Per says how a quantity recurs.
type Per string

const (
	Once     Per = "once"
	PerMonth Per = "month"
)

// Op relates a spec to its value.
type Op string

const (
	OpIs    Op = "is"    // text or number, equal
	OpMin   Op = "min"   // at least Value
	OpMax   Op = "max"   // at most Value
	OpRange Op = "range" // from Value to Value2
)

// Spec is one stated property of a listing. On a need it is a demand; on a
// supply it is what is on offer.
type Spec struct {
	Name   string // 牌号, 直径, 厚度 …
	Op     Op
	Value  string // text for OpIs, else a decimal
	Value2 string // upper end for OpRange
	Unit   string
	Must   bool // a need's must-have; on a supply without meaning
}

// Quantity is an amount in a unit, once or each month. The zero value means not stated.
type Quantity struct {
	Amount decimal.Decimal
	Unit   string
	Per    Per
}

// Price is money per unit, in 分 (1/100 yuan). Negotiable (面议) has no Fen.
type Price struct {
	Negotiable bool
	Fen        int64
	Unit       string // per what: 吨, 件 …
}

// Listing is one supply or one need of one enterprise.
type Listing struct {
	ID           string
	Rev          int64 // counts edits; an editor must name the revision he read
	EnterpriseID string
	ClusterID    string // of its enterprise, kept beside it for search
	Side         Side
	Board        Board
	Status       Status
	Title        string
	Class        string // GB/T 4754-2017 code, two to four digits; may be empty
	Product      string // what it is, in the trade's word; empty: read from the title
	Specs        []Spec
	Quantity     Quantity        // wanted, or capacity on offer
	Price        Price           // asked, or the most the buyer pays
	MOQ          decimal.Decimal // supply: least order, in Quantity.Unit; zero: none
	LeadDays     int             // supply: days to deliver; need: days it can wait; zero: not stated
	Region       string          // delivery place, code of GB/T 2260, six digits
	Certificates []string        // supply: held; need: demanded
	ValidUntil   time.Time
	Text         string
	Images       []string // image ids
	Source       string   // import: source name and row key, unique where present; else empty
	CreatedAt    time.Time
	UpdatedAt    time.Time
	PublishedAt  time.Time
}

// Limits of one listing.
const (
	MaxTitle    = 80
	MaxText     = 5000
	MaxSpecs    = 30
	MaxImages   = 9
	MaxValidity = 365 * 24 * time.Hour
)

// CheckDraft reports faults that even a draft may not have: texts too long to
// keep and values that have no meaning. What is missing is no fault of a draft.
func (l *Listing) CheckDraft() error {
	errs := l.draftFaults()
	return errs.Err()
}

// CheckLive reports everything that keeps a listing from being published at now.
func (l *Listing) CheckLive(now time.Time) error {
	errs := l.draftFaults()
	if strings.TrimSpace(l.Title) == "" || len([]rune(strings.TrimSpace(l.Title))) < 4 {
		errs.Add(needText("title", l.Title, 4, MaxTitle))
	}
	if l.Region == "" {
		errs.Add(Bad("region", "error.required"))
	}
	if l.Side == Need && !l.Quantity.Amount.IsPositive() {
		errs.Add(Bad("quantity.amount", "error.required"))
	}
	if l.Quantity.Amount.IsPositive() && l.Quantity.Unit == "" {
		errs.Add(Bad("quantity.unit", "error.required"))
	}
	if !l.Price.Negotiable && l.Price.Fen <= 0 {
		errs.Add(Bad("price.amount", "error.priceOrNegotiable"))
	}
	if !l.Price.Negotiable && l.Price.Fen > 0 && l.Price.Unit == "" {
		errs.Add(Bad("price.unit", "error.required"))
	}
	switch {
	case l.ValidUntil.IsZero():
		errs.Add(Bad("valid_until", "error.required"))
	case !l.ValidUntil.After(now):
		errs.Add(Bad("valid_until", "error.past"))
	case l.ValidUntil.After(now.Add(MaxValidity + 24*time.Hour)):
		errs.Add(Bad("valid_until", "error.tooFar", "365"))
	}
	return errs.Err()
}

func (l *Listing) draftFaults() Errors {
	var errs Errors
	if l.Side != Supply && l.Side != Need {
		errs.Add(Bad("side", "error.choose"))
	}
	errs.Add(maxText("title", l.Title, MaxTitle))
	errs.Add(maxText("product", l.Product, 60))
	errs.Add(maxText("text", l.Text, MaxText))
	if l.Class != "" && (len(l.Class) < 2 || len(l.Class) > 4 || strings.Trim(l.Class, "0123456789") != "") {
		errs.Add(Bad("class", "error.choose"))
	}
	if l.Region != "" {
		errs.Add(checkRegion("region", l.Region))
	}
	if len(l.Specs) > MaxSpecs {
		errs.Add(Bad("specs", "error.tooMany", itoa(MaxSpecs)))
	}
	for i := range l.Specs {
		l.Specs[i].check(fmt.Sprintf("specs[%d]", i), &errs)
	}
	l.checkAmounts(&errs)
	checkCertificates(l.Certificates, &errs)
	if len(l.Images) > MaxImages {
		errs.Add(Bad("images", "error.tooMany", itoa(MaxImages)))
	}
	return errs
}

var maxAmount = decimal.New(1, 12)

func (l *Listing) checkAmounts(errs *Errors) {
	amount := func(field string, d decimal.Decimal) {
		if d.IsNegative() || d.GreaterThan(maxAmount) || -d.Exponent() > 6 {
			errs.Add(Bad(field, "error.amount"))
		}
	}
	amount("quantity.amount", l.Quantity.Amount)
	amount("moq", l.MOQ)
	errs.Add(maxText("quantity.unit", l.Quantity.Unit, 12))
	errs.Add(maxText("price.unit", l.Price.Unit, 12))
	if l.Quantity.Per != "" && l.Quantity.Per != Once && l.Quantity.Per != PerMonth {
		errs.Add(Bad("quantity.per", "error.choose"))
	}
	if l.Price.Fen < 0 || l.Price.Fen > 1e14 {
		errs.Add(Bad("price.amount", "error.amount"))
	}
	if l.LeadDays < 0 || l.LeadDays > 1000 {
		errs.Add(Bad("lead_days", "error.between", "0", "1000"))
	}
}

func (s Spec) check(field string, errs *Errors) {
	errs.Add(needText(field+".name", s.Name, 1, 30))
	errs.Add(needText(field+".value", s.Value, 1, 60))
	errs.Add(maxText(field+".value2", s.Value2, 60))
	errs.Add(maxText(field+".unit", s.Unit, 12))
	number := func(f, v string) (decimal.Decimal, bool) {
		d, err := decimal.NewFromString(strings.TrimSpace(v))
		// An exponent such as 1e999999999 is short to write and endless to compute with.
		if err != nil || d.Exponent() > 12 || d.Exponent() < -12 {
			errs.Add(Bad(f, "error.number"))
			return d, false
		}
		return d, true
	}
	switch s.Op {
	case OpIs:
	case OpMin, OpMax:
		if s.Value != "" {
			number(field+".value", s.Value)
		}
	case OpRange:
		lo, ok1 := number(field+".value", s.Value)
		hi, ok2 := number(field+".value2", s.Value2)
		if ok1 && ok2 && hi.LessThan(lo) {
			errs.Add(Bad(field+".value2", "error.rangeOrder"))
		}
	default:
		errs.Add(Bad(field+".op", "error.choose"))
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
