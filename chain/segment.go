package chain

import (
	_ "embed"
	"strings"
)

//go:embed segments.tsv
var segmentTable string

// segments are the goods of each segment of an industry.
var segments = readSegments(segmentTable)

type segmentWords struct {
	names variantGroups
	goods map[string][]string
}

func readSegments(tsv string) segmentWords {
	s := segmentWords{goods: map[string][]string{}}
	for _, f := range rows(tsv, 2) {
		names := strings.Split(Normalise(f[0]), ",")
		for _, n := range names {
			s.names.add(n, names[0])
		}
		for _, g := range strings.Fields(f[1]) {
			s.goods[names[0]] = once(s.goods[names[0]], Normalise(g))
		}
	}
	return s
}

// Goods are what firms list that belong to the segments of industry a text
// names: 光伏辅材 are 光伏玻璃, 封装胶膜, 背板 and others. Of overlapping names
// the longest counts.
func Goods(text string) []string { return goodsIn(runes(text, maxGoods)) }

func goodsIn(s []rune) (out []string) {
	s = s[:min(len(s), maxGoods)]
	for i := 0; i < len(s); {
		name, n := segments.names.longest(s[i:])
		if n == 0 || n == 1 && (i > 0 && han(s[i-1]) || i+1 < len(s) && han(s[i+1])) {
			i++
			continue
		}
		for _, g := range segments.goods[name.first] {
			out = once(out, g)
		}
		i += n
	}
	return out
}

// maxGoods is how many characters are read for names of segments.
const maxGoods = 100
