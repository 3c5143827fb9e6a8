package chain

import "strings"

// number reads a token that is a measure or a quantity: φ20~150, dn50, m8*30,
// 2.0*1250*c, 0.5mm, 500吨. It returns where reading goes on.
func (p *scanner) number(tok string, j int) (int, bool) {
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(tok, prefix.text); ok && rest != "" && digit(rest[0]) {
			return p.prefixed(prefix, rest, j)
		}
	}
	if strings.Contains(tok, "*") && digit(tok[0]) {
		return j, p.product3(tok)
	}
	value, rest := leading(tok)
	if value == "" {
		return 0, false
	}
	lo, hi, ok := span(value)
	if !ok {
		return 0, false
	}
	if rest == "" {
		return p.bare(tok, lo, hi, j)
	}
	if u, ok := lengthUnits[rest]; ok {
		p.size(p.measure, lo, hi, u)
		return j, true
	}
	if massUnits[rest] {
		p.quantity(hi, rest, j, j)
		return j, true
	}
	return 0, false
}

type prefix struct{ text, name, unit string }

var prefixes = []prefix{{"φ", "直径", "mm"}, {"dn", "公称直径", "mm"}, {"m", "螺纹", "M"}}

// prefixed reads what follows φ, dn or m; the second end of a range may repeat it.
func (p *scanner) prefixed(x prefix, rest string, j int) (int, bool) {
	rest = strings.ReplaceAll(rest, x.text, "")
	if x.text != "m" {
		rest = strings.ReplaceAll(strings.TrimSuffix(rest, "mm"), "-", "~")
	}
	first, second, two := strings.Cut(rest, "*")
	lo, hi, ok := span(first)
	if !ok || x.text == "m" && lo > 100 {
		return 0, false
	}
	p.size(x.name, lo, hi, x.unit)
	if v, _, ok := span(second); two && ok {
		name := "壁厚"
		if x.text == "m" {
			name = "长度"
		}
		p.size(name, v, v, "mm")
	}
	return j, true
}

// product3 reads thickness*width*length; other counts are a profile's name.
func (p *scanner) product3(tok string) bool {
	parts := strings.Split(strings.TrimSuffix(tok, "mm"), "*")
	if len(parts) == 2 || len(parts) == 3 {
		names := []string{"厚度", "宽度", "长度"}
		for i, part := range parts {
			if lo, hi, ok := span(part); ok {
				p.size(names[i], lo, hi, "mm")
			}
		}
		return true
	}
	p.r.add(strings.ToUpper(tok), KindModel, weightModel*p.factor)
	return true
}

// dated says that the number that ends at j is part of a date or a time: 12月20日
// names no grade 20.
func (p *scanner) dated(tok string, j int) bool {
	if j >= len(p.s) {
		return false
	}
	switch p.s[j] {
	case '年', '月', '日', '天', '周':
		return true
	case '号':
		start := j - len([]rune(tok))
		return start > 0 && p.s[start-1] == '月'
	}
	return false
}

// bare reads a number that a unit, or a named measure before it, explains.
func (p *scanner) bare(tok string, lo, hi float64, j int) (int, bool) {
	if p.dated(tok, j) {
		return j, true
	}
	k := j
	if k < len(p.s) && p.s[k] == ' ' {
		k++
	}
	unit, end := unitAt(p.s, k)
	if u, ok := lengthUnits[unit]; ok && (p.measure != "" || unit == "mm" || unit == "毫米") {
		p.size(p.measure, lo, hi, u)
		return end, true
	}
	if countUnits[unit] && !wordAt(p.s, k, unit) {
		p.quantity(hi, unit, end, j)
		return end, true
	}
	if p.measure != "" {
		p.size(p.measure, lo, hi, unit)
		return j, true
	}
	if j < len(p.s) && p.s[j] == '号' {
		if g := CanonicalGrade(tok + "#"); g != "" {
			p.grade(g)
			return j + 1, true
		}
	}
	return 0, false
}

func (p *scanner) size(name string, lo, hi float64, unit string) {
	if name == "" {
		name = "规格"
	}
	if lo > hi {
		lo, hi = hi, lo
	}
	s := Size{name, lo, hi, unit}
	for _, have := range p.r.Sizes {
		if have == s {
			return
		}
	}
	p.r.Sizes = append(p.r.Sizes, s)
}

// quantity keeps the first amount. "单件 2 吨内" limits a piece and is none, nor is
// what is sold at least.
func (p *scanner) quantity(v float64, unit string, end, start int) {
	after := string(p.s[end:min(end+2, len(p.s))])
	if p.r.Quantity != nil || strings.HasPrefix(after, "内") || strings.HasPrefix(after, "以") || unit == "米" && v < 100 {
		return
	}
	if strings.HasPrefix(unit, "万") && len(unit) > len("万") {
		v, unit = v*10000, strings.TrimPrefix(unit, "万")
	}
	before := string(p.s[max(0, start-10):start])
	for _, of := range []string{"单重", "单件", "起订", "起批", "moq"} {
		if strings.Contains(before, of) || strings.HasPrefix(after, "起") {
			return
		}
	}
	month := after == "/月" || strings.HasPrefix(after, "每月") || strings.Contains(before, "月需") || strings.Contains(before, "每月") || strings.Contains(before, "月产")
	p.r.Quantity = &Amount{Value: v, Unit: unit, PerMonth: month}
}

// unitAt reads the unit at k: Latin letters, or one or two characters.
func unitAt(s []rune, k int) (string, int) {
	e := k
	for e < len(s) && s[e] >= 'a' && s[e] <= 'z' {
		e++
	}
	if e > k {
		return string(s[k:e]), e
	}
	for n := 3; n > 0; n-- {
		if k+n <= len(s) {
			u := string(s[k : k+n])
			if _, ok := lengthUnits[u]; ok || countUnits[u] {
				return u, k + n
			}
		}
	}
	return "", k
}

// wordAt says that what looks like a unit begins a longer word: 2205 双相钢板.
func wordAt(s []rune, k int, unit string) bool {
	_, n := Embedded.match(s[k:])
	return n > len([]rune(unit))
}

// leading splits "0.5mm" into "0.5" and "mm".
func leading(tok string) (number, rest string) {
	i := 0
	for i < len(tok) && (digit(tok[i]) || tok[i] == '.' || tok[i] == '~' || tok[i] == '-') {
		i++
	}
	return tok[:i], tok[i:]
}

// span reads "20", "20~150" and "20-150".
func span(s string) (lo, hi float64, ok bool) {
	a, b, two := strings.Cut(s, "~")
	if !two {
		a, b, two = strings.Cut(s, "-")
	}
	lo, ok = float(a)
	if !two || !ok {
		return lo, lo, ok
	}
	hi, ok = float(b)
	return lo, hi, ok
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

var lengthUnits = map[string]string{"mm": "mm", "毫米": "mm", "cm": "cm", "厘米": "cm", "m": "m", "米": "m", "μm": "μm", "um": "μm", "d": "D"}

var massUnits = map[string]bool{"kg": true, "t": true, "pcs": true, "g": true}

var countUnits = map[string]bool{
	"吨": true, "公斤": true, "千克": true, "斤": true, "kg": true, "t": true, "件": true, "个": true, "只": true, "套": true, "台": true,
	"条": true, "米": true, "支": true, "箱": true, "片": true, "卷": true, "双": true, "根": true, "盒": true, "瓶": true, "袋": true, "块": true, "张": true, "把": true,
	"平方米": true, "平米": true, "立方米": true, "升": true, "pcs": true,
	"万吨": true, "万件": true, "万个": true, "万只": true, "万套": true, "万台": true, "万条": true, "万米": true, "万支": true, "万片": true, "万双": true,
}
