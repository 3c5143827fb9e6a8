// Package region knows the administrative divisions of China by their codes of
// GB/T 2260: provinces, prefectures and counties, what they are called, what
// they lie in, and how far apart they are.
package region

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Region is one division. Lat and Lon are degrees of its centre; where only the
// centre of what it lies in is known, they are that.
type Region struct {
	Code   string // six digits
	Name   string // official: 鹿泉区
	Parent string // code; empty for a province
	Lat    float64
	Lon    float64
}

//go:embed regions.tsv
var table string

var (
	all    = parse(table)
	byCode = index(all)
)

// parse reads the table, which stands in the order of codes: parents first.
func parse(tsv string) []Region {
	lines := strings.Split(strings.TrimSpace(tsv), "\n")[1:]
	out := make([]Region, 0, len(lines))
	place := make(map[string]int, len(lines))
	for _, line := range lines {
		f := strings.Split(line, "\t")
		for len(f) < 5 {
			f = append(f, "")
		}
		r := Region{Code: f[0], Name: f[1], Parent: f[2]}
		if f[3] != "" {
			r.Lat, _ = strconv.ParseFloat(f[3], 64)
			r.Lon, _ = strconv.ParseFloat(f[4], 64)
		} else if at, ok := place[r.Parent]; ok {
			r.Lat, r.Lon = out[at].Lat, out[at].Lon
		}
		place[r.Code] = len(out)
		out = append(out, r)
	}
	return out
}

func index(regions []Region) map[string]int {
	m := make(map[string]int, len(regions))
	for i, r := range regions {
		m[r.Code] = i
	}
	return m
}

// All lists every division in the order of codes.
func All() []Region { return slices.Clone(all) }

// ByCode finds a division by its six digits.
func ByCode(code string) (Region, bool) {
	i, ok := byCode[code]
	if !ok {
		return Region{}, false
	}
	return all[i], true
}

// Parents lists the codes of what a division lies in, nearest first, without itself.
func Parents(code string) []string {
	var out []string
	for r, ok := ByCode(code); ok && r.Parent != ""; r, ok = ByCode(r.Parent) {
		out = append(out, r.Parent)
	}
	return out
}

// Name is how people write a place: "河北·石家庄·鹿泉区"; empty for an unknown code.
func Name(code string) string {
	r, ok := ByCode(code)
	if !ok {
		return ""
	}
	parts := []string{short(r)}
	if len(Parents(code)) == 2 {
		parts[0] = r.Name
	}
	for _, p := range Parents(code) {
		parent, _ := ByCode(p)
		// 市辖区 and 直辖县级 say nothing to a reader.
		if !strings.Contains(parent.Name, "直辖") && parent.Name != "市辖区" && parent.Name != "县" {
			parts = append(parts, short(parent))
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "·")
}

// short drops the word for the rank of a province or a prefecture.
func short(r Region) string {
	for _, tail := range []string{"维吾尔自治区", "回族自治区", "壮族自治区", "自治区", "特别行政区", "省", "市"} {
		if cut := strings.TrimSuffix(r.Name, tail); cut != r.Name && cut != "" && r.Name != "市辖区" {
			return cut
		}
	}
	return r.Name
}

// Find reads a place as people write it: 鹿泉区, 石家庄市鹿泉区, 河北省 石家庄,
// or a code. It is the smallest division that the text names; where several are
// called so, the one whose parents the text names too, then one near, which is a
// code. Not ok when none or still several are meant.
func Find(text, near string) (code string, ok bool) {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0　·/-—,，", r) {
			return -1
		}
		return r
	}, text)
	if _, ok := ByCode(text); ok {
		return text, true
	}
	best, score := []string{}, 0
	for _, r := range all {
		own, parents := named(text, r), 0
		if own == 0 {
			continue
		}
		for _, p := range Parents(r.Code) {
			parent, _ := ByCode(p)
			parents += named(text, parent)
			if slices.Contains(Parents(near), p) {
				parents++
			}
		}
		// 河北 is the province, not the district 河北区 of a city that nobody spoke of.
		if parents == 0 && r.Parent != "" && !strings.Contains(text, r.Name) {
			continue
		}
		n := own + parents
		n = n*4 + len(Parents(r.Code))
		if n > score {
			best, score = best[:0], n
		}
		if n == score {
			best = append(best, r.Code)
		}
	}
	if len(best) != 1 {
		return Called(text)
	}
	return best[0], true
}

// named is how many letters of a text a division's name makes out, with or
// without the word for its rank; a single letter is no name.
func named(text string, r Region) int {
	for _, name := range []string{r.Name, bare(r)} {
		if n := utf8.RuneCountInString(name); n > 1 && strings.Contains(text, name) {
			return 10 * n
		}
	}
	return 0
}

// bare is a division's name without the word for its rank.
func bare(r Region) string {
	if cut := short(r); cut != r.Name {
		return cut
	}
	for _, tail := range []string{"区", "县", "市"} {
		if cut := strings.TrimSuffix(r.Name, tail); cut != r.Name {
			return cut
		}
	}
	return r.Name
}

// Called finds the division with just this name, with or without the word for its
// rank: 栾城, 栾城区, 河北. Of several it is the highest. Not ok where several of
// one rank are called so, as 新华区, and for a single letter.
func Called(name string) (code string, ok bool) {
	code = byName[name]
	return code, code != ""
}

// byName has "" for a name that several of the highest rank have.
var byName = names(all)

func names(regions []Region) map[string]string {
	m, rank := map[string]string{}, map[string]int{}
	for _, r := range regions {
		if r.Name == "市辖区" || r.Name == "县" || strings.Contains(r.Name, "直辖") {
			continue
		}
		own := len(Parents(r.Code))
		for _, name := range []string{r.Name, bare(r)} {
			if utf8.RuneCountInString(name) < 2 || m[name] == r.Code {
				continue
			}
			if before, known := rank[name]; known && before <= own {
				if before == own {
					m[name] = ""
				}
				continue
			}
			m[name], rank[name] = r.Code, own
		}
	}
	return m
}

const earth = 6371.0 // kilometres

// Distance is the great-circle distance of two centres in kilometres; not ok
// when either code is unknown.
func Distance(a, b string) (km float64, ok bool) {
	x, okX := ByCode(a)
	y, okY := ByCode(b)
	if !okX || !okY {
		return 0, false
	}
	return x.To(y)
}

// To is the great-circle distance to another division's centre in kilometres;
// not ok when either centre is unknown.
func (x Region) To(y Region) (km float64, ok bool) {
	if x.Lat == 0 || y.Lat == 0 {
		return 0, false
	}
	rad := math.Pi / 180
	dLat, dLon := (y.Lat-x.Lat)*rad/2, (y.Lon-x.Lon)*rad/2
	h := math.Pow(math.Sin(dLat), 2) + math.Cos(x.Lat*rad)*math.Cos(y.Lat*rad)*math.Pow(math.Sin(dLon), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h))), true
}
