package chain

import "strings"

// unit is how many of its base one of it is.
type unit struct {
	base string
	of   float64
}

var units = map[string]unit{
	"g": {"g", 1}, "克": {"g", 1}, "kg": {"g", 1e3}, "千克": {"g", 1e3}, "公斤": {"g", 1e3}, "斤": {"g", 500}, "t": {"g", 1e6}, "吨": {"g", 1e6}, "万吨": {"g", 1e10}, "mg": {"g", 1e-3}, "毫克": {"g", 1e-3},
	"μm": {"mm", 1e-3}, "um": {"mm", 1e-3}, "微米": {"mm", 1e-3}, "丝": {"mm", 1e-2}, "mm": {"mm", 1}, "毫米": {"mm", 1}, "cm": {"mm", 10}, "厘米": {"mm", 10}, "m": {"mm", 1e3}, "米": {"mm", 1e3}, "km": {"mm", 1e6}, "千米": {"mm", 1e6}, "公里": {"mm", 1e6}, "万米": {"mm", 1e7}, "寸": {"mm", 25.4}, "英寸": {"mm", 25.4},
	"件": {"件", 1}, "个": {"件", 1}, "只": {"件", 1}, "支": {"件", 1}, "枚": {"件", 1}, "pcs": {"件", 1}, "条": {"件", 1}, "根": {"件", 1}, "片": {"件", 1}, "块": {"件", 1}, "张": {"件", 1}, "把": {"件", 1}, "万件": {"件", 1e4}, "万个": {"件", 1e4}, "万只": {"件", 1e4}, "万支": {"件", 1e4}, "万条": {"件", 1e4}, "万片": {"件", 1e4}, "千件": {"件", 1e3}, "千只": {"件", 1e3},
	"套": {"套", 1}, "台": {"套", 1}, "万套": {"套", 1e4}, "万台": {"套", 1e4}, "双": {"双", 1}, "对": {"双", 1}, "万双": {"双", 1e4},
	"㎡": {"m2", 1}, "m2": {"m2", 1}, "m²": {"m2", 1}, "平方米": {"m2", 1}, "平米": {"m2", 1}, "万平方米": {"m2", 1e4},
	"m3": {"m3", 1}, "m³": {"m3", 1}, "立方米": {"m3", 1}, "立方": {"m3", 1}, "方": {"m3", 1}, "l": {"m3", 1e-3}, "升": {"m3", 1e-3}, "ml": {"m3", 1e-6}, "毫升": {"m3", 1e-6},
	"w": {"w", 1}, "瓦": {"w", 1}, "kw": {"w", 1e3}, "千瓦": {"w", 1e3}, "mw": {"w", 1e6}, "v": {"v", 1}, "kv": {"v", 1e3},
	"pa": {"pa", 1}, "kpa": {"pa", 1e3}, "mpa": {"pa", 1e6}, "bar": {"pa", 1e5},
	"小时": {"h", 1}, "h": {"h", 1}, "天": {"h", 24}, "日": {"h", 24}, "周": {"h", 168},
}

// Convert changes a value from one unit into another; not ok when they measure
// different things or one is unknown.
func Convert(v float64, from, to string) (float64, bool) {
	from, to = strings.ToLower(strings.TrimSpace(from)), strings.ToLower(strings.TrimSpace(to))
	if from == to {
		return v, true
	}
	a, okA := units[from]
	b, okB := units[to]
	if !okA || !okB || a.base != b.base {
		return 0, false
	}
	return v * a.of / b.of, true
}
