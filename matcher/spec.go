package matcher

import (
	"math"
	"strconv"
	"strings"

	"lianqiao/chain"
	"lianqiao/market"
)

// spec is a property with its value as an interval, or as text.
type spec struct {
	name   string // as written
	key    string // what names the same property on both sides
	op     market.Op
	lo, hi float64 // of a number; OpMin has hi = +Inf, OpMax lo = -Inf
	number bool
	text   string
	unit   string
	must   bool
	quote  string
}

func typedSpec(s market.Spec) (spec, bool) {
	x := spec{name: s.Name, key: specKey(s.Name), op: s.Op, unit: s.Unit, must: s.Must, text: s.Value, quote: quoteSpec(s)}
	lo, err := strconv.ParseFloat(strings.TrimSpace(s.Value), 64)
	if err != nil || math.IsNaN(lo) || math.IsInf(lo, 0) {
		return x, s.Op == market.OpIs && s.Value != ""
	}
	x.number, x.lo, x.hi = true, lo, lo
	switch s.Op {
	case market.OpMin:
		x.hi = math.Inf(1)
	case market.OpMax:
		x.lo = math.Inf(-1)
	case market.OpRange:
		hi, err := strconv.ParseFloat(strings.TrimSpace(s.Value2), 64)
		if err != nil || math.IsNaN(hi) || hi < lo {
			return x, false
		}
		x.hi = hi
	}
	return x, true
}

func quoteSpec(s market.Spec) string {
	switch s.Op {
	case market.OpMin:
		return "≥" + s.Value + s.Unit
	case market.OpMax:
		return "≤" + s.Value + s.Unit
	case market.OpRange:
		return s.Value + "–" + s.Value2 + s.Unit
	}
	return s.Value + s.Unit
}

// readSpec makes a spec of a size found in a text.
func readSpec(s chain.Size) (spec, bool) {
	if s.Name == "" || math.IsNaN(s.Min) || math.IsNaN(s.Max) || s.Max < s.Min {
		return spec{}, false
	}
	x := spec{name: s.Name, key: specKey(s.Name), op: market.OpRange, lo: s.Min, hi: s.Max, number: true, unit: s.Unit}
	x.quote = number(s.Min)
	if s.Min == s.Max {
		x.op = market.OpIs
	} else {
		x.quote += "–" + number(s.Max)
	}
	x.quote += s.Unit
	return x, true
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// specKey is one spelling for names of the same property.
func specKey(name string) string {
	name = chain.Normalise(strings.TrimSpace(name))
	switch name {
	case "外径", "口径", "φ", "圆径", "公称直径":
		return "直径"
	case "厚", "壁厚", "板厚":
		return "厚度"
	case "宽", "幅宽", "门幅":
		return "宽度"
	case "长":
		return "长度"
	case "纯度", "含量":
		return "含量"
	}
	return name
}

// isSize says of a property that a range asks for every size in it, so that a
// supply with one size serves it only in part.
func (x spec) isSize() bool {
	switch x.key {
	case "直径", "厚度", "宽度", "长度", "高度", "规格", "内径":
		return true
	}
	return false
}

// inUnit is the same spec counted in another unit.
func (x spec) inUnit(unit string) (spec, bool) {
	if x.unit == unit || x.unit == "" || unit == "" {
		return x, true
	}
	factor, ok := chain.Convert(1, x.unit, unit)
	if !ok {
		return x, false
	}
	x.lo, x.hi, x.unit = x.lo*factor, x.hi*factor, unit
	return x, true
}

// meets says how far a supply's spec serves a need's: 1 wholly, 0 not at all.
// known is false when the two cannot be compared.
func (x spec) meets(need spec) (share float64, known bool) {
	if !x.number || !need.number {
		return meetsText(need.text+need.unit, x.text+x.unit), need.text != "" && x.text != ""
	}
	x, ok := x.inUnit(need.unit)
	if !ok {
		return 0, false
	}
	const slack = 1e-9
	switch need.op {
	case market.OpMin:
		return atLeast(x.promisedLeast(), need.lo), true
	case market.OpMax:
		return atLeast(need.hi, x.promisedMost()), true
	}
	switch {
	case x.lo <= need.lo+slack && x.hi >= need.hi-slack:
		return 1, true
	case x.lo > need.hi+slack || x.hi < need.lo-slack:
		return nearly(x, need), true
	case x.lo >= need.lo-slack && x.hi <= need.hi+slack && !need.isSize():
		return 1, true
	case x.lo == x.hi:
		return 0.75, true
	}
	overlap := math.Min(x.hi, need.hi) - math.Max(x.lo, need.lo)
	return 0.5 + 0.4*overlap/(need.hi-need.lo), true
}

// promisedLeast is the best value a supply gives where more is better: what a
// minimum guarantees, or the upper end of what can be made.
func (x spec) promisedLeast() float64 {
	if x.op == market.OpMin {
		return x.lo
	}
	return x.hi
}

func (x spec) promisedMost() float64 {
	if x.op == market.OpMax {
		return x.hi
	}
	return x.lo
}

// atLeast is 1 when got reaches want, little when it misses by less than 3 %.
func atLeast(got, want float64) float64 {
	switch {
	case got >= want-1e-9:
		return 1
	case want-got <= 0.03*math.Abs(want):
		return 0.3
	}
	return 0
}

// nearly is a little for a size that misses by less than 3 %.
func nearly(x, need spec) float64 {
	gap := math.Max(x.lo-need.hi, need.lo-x.hi)
	if gap <= 0.03*math.Max(math.Abs(need.lo), math.Abs(need.hi)) {
		return 0.3
	}
	return 0
}

func meetsText(need, supply string) float64 {
	if chain.SameGrade(need, supply) {
		return 1
	}
	offered := strings.FieldsFunc(chain.Normalise(supply), isAlternative)
	for _, n := range strings.FieldsFunc(chain.Normalise(need), isAlternative) {
		for _, o := range offered {
			if n == o || strings.Contains(o, n) || strings.Contains(n, o) {
				return 1
			}
		}
	}
	return 0
}
