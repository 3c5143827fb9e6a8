package market

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// LineAnswer says how a supplier meets one spec of a need.
type LineAnswer string

const (
	Can       LineAnswer = "can"
	Cannot    LineAnswer = "cannot"
	Deviation LineAnswer = "deviation" // with a note
)

// QuoteLine answers one spec of the need, named as the need names it.
type QuoteLine struct {
	Spec   string
	Answer LineAnswer // empty: not answered, which only a line that is no must may be
	Note   string
}

// QuoteFilesMost is how many files go with one quote.
const QuoteFilesMost = 10

// DeclineReasons are the reasons not to quote; that is an answer, too.
var DeclineReasons = []string{"capacity", "spec", "price", "lead", "quantity", "place", "other"}

// Quote is what a supplier answers to a need. Other suppliers never see it.
type Quote struct {
	NeedID         string
	EnterpriseID   string // the supplier
	IntroductionID string
	UserID         string
	Declined       string // one of DeclineReasons: will not quote; else empty
	Fen            int64  // per Unit
	Unit           string
	MOQ            decimal.Decimal
	LeadDays       int
	Sample         string // free, paid, none, in the supplier's words
	ValidUntil     string // date, 2006-01-02
	Note           string
	Lines          []QuoteLine
	Files          []Attachment // without their contents; to save a quote their ids suffice
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Check reports every fault of a quote on the need at now.
func (q *Quote) Check(need *Listing, now time.Time) error {
	var errs Errors
	errs.Add(maxText("note", q.Note, 1000))
	if q.Declined != "" {
		if !slices.Contains(DeclineReasons, q.Declined) {
			errs.Add(Bad("declined", "error.choose"))
		}
		return errs.Err()
	}
	if q.Fen <= 0 || q.Fen > 1e14 {
		errs.Add(Bad("price", "error.amount"))
	}
	errs.Add(needText("unit", q.Unit, 1, 12))
	if q.MOQ.IsNegative() || q.MOQ.GreaterThan(maxAmount) || -q.MOQ.Exponent() > 6 {
		errs.Add(Bad("moq", "error.amount"))
	}
	if q.LeadDays < 0 || q.LeadDays > 1000 {
		errs.Add(Bad("lead_days", "error.between", "0", "1000"))
	}
	errs.Add(maxText("sample", q.Sample, 60))
	if day, err := time.Parse(time.DateOnly, q.ValidUntil); err != nil {
		errs.Add(Bad("valid_until", "error.date"))
	} else if day.Before(now.Add(-36 * time.Hour)) {
		errs.Add(Bad("valid_until", "error.past"))
	}
	if len(q.Files) > QuoteFilesMost {
		errs.Add(Bad("files", "error.quote.files", fmt.Sprint(QuoteFilesMost)))
	}
	q.checkLines(need, &errs)
	return errs.Err()
}

// checkLines wants an answer to every must of the need, and no line twice.
func (q *Quote) checkLines(need *Listing, errs *Errors) {
	answered := map[string]bool{}
	for i, l := range q.Lines {
		at := fmt.Sprintf("lines[%d]", i)
		asked := slices.IndexFunc(need.Specs, func(s Spec) bool { return s.Name == l.Spec })
		if asked < 0 || answered[l.Spec] {
			errs.Add(Bad(at+".spec", "error.choose"))
		}
		answered[l.Spec] = true
		switch l.Answer {
		case Can, Cannot:
		case "":
			if asked >= 0 && need.Specs[asked].Must {
				errs.Add(Bad(at+".answer", "error.quote.must", l.Spec))
			}
		case Deviation:
			errs.Add(needText(at+".note", l.Note, 1, 120))
		default:
			errs.Add(Bad(at+".answer", "error.choose"))
		}
		errs.Add(maxText(at+".note", l.Note, 120))
	}
	for _, s := range need.Specs {
		if s.Must && !answered[s.Name] {
			errs.Add(Bad("lines", "error.quote.must", s.Name))
		}
	}
}

// Clarification is what a buyer adds for all who quoted.
type Clarification struct {
	Text string
	At   time.Time
}
