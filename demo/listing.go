package demo

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"lianqiao/market"
	"lianqiao/store"
)

func loadListings(ctx context.Context, s *store.Store, firms map[string]market.Enterprise, now time.Time) error {
	var all []market.Listing
	err := eachRow("listings.tsv", 13, func(f []string) error {
		firm, ok := firms[f[0]]
		if !ok {
			return errNoFirm
		}
		l, err := listing(f, len(all)+1, now)
		if err != nil {
			return err
		}
		l.EnterpriseID, l.ClusterID = firm.ID, firm.ClusterID
		all = append(all, l)
		return l.CheckLive(now)
	})
	if err != nil {
		return err
	}
	_, _, _, err = s.ImportListings(ctx, all)
	return err
}

// listing reads one row; n spreads the dates over the last weeks and the next months.
func listing(f []string, n int, now time.Time) (market.Listing, error) {
	at := now.Add(-time.Duration(n*7919%(40*24)) * time.Hour)
	l := market.Listing{
		ID: market.NewID(), Side: market.Side(f[1]), Board: market.Goods, Status: market.Live,
		Class: f[2], Product: f[3], Title: f[4], Region: f[10], Certificates: split(f[11], ","), Text: f[12],
		ValidUntil: now.AddDate(0, 0, 60+n*31%120).Truncate(24 * time.Hour), Source: fmt.Sprintf("demo:%d", n),
		CreatedAt: at, UpdatedAt: at, PublishedAt: at,
	}
	var err error
	if l.Specs, err = specs(f[5]); err != nil {
		return l, err
	}
	if l.Quantity, err = quantity(f[6]); err != nil {
		return l, err
	}
	if l.Price, err = price(f[7]); err != nil {
		return l, err
	}
	if f[8] != "" {
		if l.MOQ, err = decimal.NewFromString(f[8]); err != nil {
			return l, fmt.Errorf("moq %q: %w", f[8], err)
		}
	}
	l.LeadDays, err = number(f[9])
	return l, err
}

var specShape = regexp.MustCompile(`^([^=<>]+)(>=|<=|=)([^!]*)(!?)$`)

// specs reads "牌号=6061!;直径=20~120 mm;精度<=0.01 mm": a mark of exclamation
// is a must, a blank parts value and unit, ~ makes a range.
func specs(s string) ([]market.Spec, error) {
	var out []market.Spec
	for _, one := range split(s, ";") {
		m := specShape.FindStringSubmatch(one)
		if m == nil {
			return nil, fmt.Errorf("spec %q has no operator", one)
		}
		value, unit, _ := strings.Cut(m[3], " ")
		spec := market.Spec{Name: m[1], Op: market.OpIs, Value: value, Unit: unit, Must: m[4] != ""}
		switch lo, hi, ranged := strings.Cut(value, "~"); {
		case m[2] == ">=":
			spec.Op = market.OpMin
		case m[2] == "<=":
			spec.Op = market.OpMax
		case ranged && isNumber(lo) && isNumber(hi):
			spec.Op, spec.Value, spec.Value2 = market.OpRange, lo, hi
		}
		out = append(out, spec)
	}
	return out, nil
}

func isNumber(s string) bool {
	_, err := decimal.NewFromString(s)
	return err == nil
}

var quantityShape = regexp.MustCompile(`^([0-9.]+)([^/]+)(/月)?$`)

// quantity reads "60吨/月" or "3台".
func quantity(s string) (market.Quantity, error) {
	m := quantityShape.FindStringSubmatch(s)
	if m == nil {
		return market.Quantity{}, fmt.Errorf("quantity %q", s)
	}
	amount, err := decimal.NewFromString(m[1])
	q := market.Quantity{Amount: amount, Unit: m[2], Per: market.Once}
	if m[3] != "" {
		q.Per = market.PerMonth
	}
	return q, err
}

// price reads "22600/吨" in yuan, or 面议. Prices below one fen are put for a
// thousand: 0.011/点 becomes 11.00/千点.
func price(s string) (market.Price, error) {
	if s == "面议" {
		return market.Price{Negotiable: true}, nil
	}
	amount, unit, _ := strings.Cut(s, "/")
	yuan, err := decimal.NewFromString(amount)
	if err != nil {
		return market.Price{}, fmt.Errorf("price %q: %w", s, err)
	}
	if fen := yuan.Shift(2); !fen.IsInteger() {
		yuan, unit = yuan.Shift(3), "千"+unit
	}
	return market.Price{Fen: yuan.Shift(2).IntPart(), Unit: unit}, nil
}
