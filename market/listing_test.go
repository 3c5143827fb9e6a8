package market

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func goodNeed() Listing {
	return Listing{
		Side: Need, Board: Goods, Title: "求购 6061 铝棒", Region: "130110", ValidUntil: noon.AddDate(0, 1, 0),
		Quantity: Quantity{Amount: decimal.NewFromInt(120), Unit: "吨", Per: PerMonth},
		Price:    Price{Negotiable: true},
		Specs:    []Spec{{Name: "直径", Op: OpRange, Value: "40", Value2: "60", Unit: "mm", Must: true}},
	}
}

func TestCheckLive(t *testing.T) {
	good := goodNeed()
	require.NoError(t, good.CheckLive(noon))
	for field, spoil := range map[string]func(*Listing){
		"title":           func(l *Listing) { l.Title = " 铝 " },
		"side":            func(l *Listing) { l.Side = "both" },
		"region":          func(l *Listing) { l.Region = "1301" },
		"class":           func(l *Listing) { l.Class = "C31" },
		"quantity.amount": func(l *Listing) { l.Quantity.Amount = decimal.Zero },
		"quantity.unit":   func(l *Listing) { l.Quantity.Unit = "" },
		"quantity.per":    func(l *Listing) { l.Quantity.Per = "week" },
		"price.amount":    func(l *Listing) { l.Price = Price{} },
		"price.unit":      func(l *Listing) { l.Price = Price{Fen: 100} },
		"moq":             func(l *Listing) { l.MOQ = decimal.NewFromInt(-1) },
		"lead_days":       func(l *Listing) { l.LeadDays = -1 },
		"valid_until":     func(l *Listing) { l.ValidUntil = noon },
		"specs[0].value2": func(l *Listing) { l.Specs[0].Value2 = "30" },
		"specs[0].value":  func(l *Listing) { l.Specs[0].Value = "粗" },
		"specs[0].op":     func(l *Listing) { l.Specs[0].Op = "about" },
		"specs[0].name":   func(l *Listing) { l.Specs[0].Name = "" },
		"text":            func(l *Listing) { l.Text = strings.Repeat("长", MaxText+1) },
		"certificates[0]": func(l *Listing) { l.Certificates = []string{""} },
	} {
		l := goodNeed()
		spoil(&l)
		var errs Errors
		require.ErrorAs(t, l.CheckLive(noon), &errs, field)
		require.Len(t, errs, 1, field)
		require.Equal(t, field, errs[0].Field)
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	l := goodNeed()
	l.Region, l.Quantity.Unit, l.ValidUntil = "", "", time.Time{}
	var errs Errors
	require.True(t, errors.As(l.CheckLive(noon), &errs))
	require.Len(t, errs, 3)
	require.NoError(t, l.CheckDraft(), "a draft may be incomplete")
}

// An amount such as 1e9999999 is short to write and endless to compute with.
func TestHugeExponentIsRefused(t *testing.T) {
	l := goodNeed()
	l.Specs[0] = Spec{Name: "厚度", Op: OpMax, Value: "1e9999999"}
	require.Error(t, l.CheckDraft())
	l = goodNeed()
	l.Quantity.Amount = decimal.RequireFromString("1e-30")
	require.Error(t, l.CheckDraft())
}

func TestUSCCDigit(t *testing.T) {
	require.True(t, USCCDigitOK("91110000600037341L"))
	require.False(t, USCCDigitOK("91110000600037341A"))
	require.False(t, USCCDigitOK("9111000060003734"))
	require.False(t, USCCDigitOK("91110000600037341I"), "the letter I is not in the alphabet")
}
