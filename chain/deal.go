package chain

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Deal is what a text says of the terms on which goods change hands. A zero
// field is not said.
type Deal struct {
	Low, High    float64 // yuan for one Unit; both the same where one price is said
	Unit         string  // of the price
	Negotiable   bool    // 面议
	LeadDays     int     // calendar days until delivery
	MOQ          *Amount // the least that is sold at once
	Until        string  // the last day on which offers are taken, 2006-01-02
	Place        string  // the words about where the goods are handed over
	Certificates []string
}

// ReadDeal reads a text as it is typed or pasted. Days without a year are the
// next ones from today on.
func ReadDeal(text string, today time.Time) (d Deal) {
	s := string(runes(text, maxText))
	d.price(s)
	d.Negotiable = d.High == 0 && negotiable.MatchString(s)
	d.LeadDays = leadOf(s, today)
	d.moq(s)
	if m := until.FindStringSubmatch(s); m != nil {
		if day := dayOf(first(m[1:4], m[4:7]), today); !day.IsZero() {
			d.Until = day.Format(time.DateOnly)
		}
	}
	if m := place.FindStringSubmatch(s); m != nil && !when.MatchString(m[2]) {
		d.Place = strings.TrimSpace(m[1] + m[2])
	}
	for _, c := range certificates {
		if at := c.said.FindStringIndex(s); at != nil && !denied.MatchString(s[:at[0]]) {
			d.Certificates = append(d.Certificates, c.name)
		}
	}
	return d
}

const (
	amountPattern = `(\d+(?:,\d{3})*(?:\.\d+)?)`
	datePattern   = `(?:(20\d\d)[年/.-])?(\d{1,2})[月/.-](\d{1,2})[日号]?`
	daysPattern   = `(?:\d+\s*[~至到-]\s*)?(\d+|[一二两三四五六七八九十]+|半)\s*(个?工作日|天|日|个?星期|周|个?月)`
	moved         = `(?:到货|交货|发货|供货|交付|出货|送到|送达|提货)`
)

var (
	unitPattern = func() string {
		var all []string
		for u := range countUnits {
			if !strings.HasPrefix(u, "万") {
				all = append(all, u)
			}
		}
		slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
		return "(" + strings.Join(all, "|") + ")"
	}()

	priced = regexp.MustCompile(`(价[^\d,。;\n]{0,5}|[¥￥]\s*)?` + amountPattern + `(?:\s*[~至到-]\s*` + amountPattern + `)?\s*(万)?\s*([元圆])?(?:人民币)?(?:\s*[/每一]\s*` + unitPattern + `)?`)
	ends   = regexp.MustCompile(`^\s*(?:左右|以内|以下|上下|含税|不含税|[,。;!)\n ]|$)`)

	negotiable = regexp.MustCompile(`[面电]议|面谈|价[格钱]?\s*[可好](?:谈|议|商量)`)

	minimum = regexp.MustCompile(`(?:起[订定批]量?|[小低](?:起订|订货|订购)量|moq)[:为是≥ ]*(?:不低于|不少于)?\s*` + amountPattern + `\s*(万)?\s*` + unitPattern + `?|` + amountPattern + `\s*(万)?\s*` + unitPattern + `\s*起[订定批售做发]`)

	lead = regexp.MustCompile(`(?:交货?期|[货工]期|供货期|发货期|[交到发]货时间|交付(?:时间|周期)|生产周期)[:为是约需在 ]*` + daysPattern + `|` + daysPattern + `\s*(?:之?内|左右)?\s*(?:可|能|必须|要)?` + moved)
	due  = regexp.MustCompile(datePattern + `\s*(?:之?前|以前)?\s*(?:必须|要|需)?` + moved)

	until = regexp.MustCompile(`(?:有效期?[至到:]*|截[止至](?:日期|时间)?[至到:]*)\s*` + datePattern + `|` + datePattern + `\s*(?:之?前|以前)?\s*(?:截[止至]|报价|回复)`)

	place = regexp.MustCompile(`(?:送货?[到至]|发货?[到往至]|[交收到]货地[点址]?|交付地点?|发货地点?|货在)[:为是在 ]*([\p{Han}· ]{2,20})|([\p{Han}·]{2,12})(?:交货|自提|提货)`)
	when  = regexp.MustCompile(`[天日周月内前]$`) // 三天内交货 says no place

	denied = regexp.MustCompile(`(?:无需|不需|不要求|没有|无|非)[\p{Han}]{0,3}\s*$`)
)

// certificates are papers of management systems and products, as they are spelt
// by those who issue them.
var certificates = []struct {
	name string
	said *regexp.Regexp
}{
	{"ISO 9001", regexp.MustCompile(`iso\s*-?9001`)},
	{"ISO 14001", regexp.MustCompile(`iso\s*-?14001`)},
	{"ISO 45001", regexp.MustCompile(`iso\s*-?45001`)},
	{"ISO 13485", regexp.MustCompile(`iso\s*-?13485`)},
	{"ISO 22000", regexp.MustCompile(`iso\s*-?22000`)},
	{"IATF 16949", regexp.MustCompile(`(?:iatf|ts)\s*-?16949`)},
	{"RoHS", regexp.MustCompile(`\brohs\b`)},
	{"REACH", regexp.MustCompile(`\breach\b`)},
	{"CE", regexp.MustCompile(`\bce\s*(?:认证|证书|标志)`)},
	{"UL", regexp.MustCompile(`\bul\s*(?:认证|证书|标志)`)},
	{"CCC", regexp.MustCompile(`\b(?:ccc|3c)\s*(?:认证|证书|标志)`)},
	{"FDA", regexp.MustCompile(`\bfda\b`)},
	{"GMP", regexp.MustCompile(`\bgmp\b`)},
	{"HACCP", regexp.MustCompile(`\bhaccp\b`)},
}

// price takes the first amount that is said to be one: it names the yuan and a
// unit, or stands behind the word for a price.
func (d *Deal) price(s string) {
	for _, at := range priced.FindAllStringSubmatchIndex(s, -1) {
		m := parts(s, at)
		marked, yuan, unit := m[1] != "", m[5] != "", m[6]
		switch {
		case !marked && !(yuan && unit != ""):
			continue
		case !yuan && unit == "" && !ends.MatchString(s[at[1]:]):
			continue // 报价3天内有效
		}
		low := amountOf(m[2], m[4])
		high := low
		if m[3] != "" {
			high = amountOf(m[3], m[4])
		}
		d.Low, d.High, d.Unit = min(low, high), max(low, high), unit
		return
	}
}

func (d *Deal) moq(s string) {
	m := minimum.FindStringSubmatch(s)
	if m == nil {
		return
	}
	said := first(m[1:4], m[4:7])
	d.MOQ = &Amount{Value: amountOf(said[0], said[1]), Unit: said[2]}
}

// leadOf is in how many days goods are due: the later end of a range, working
// days five to the week.
func leadOf(s string, today time.Time) int {
	if m := lead.FindStringSubmatch(s); m != nil {
		said := first(m[1:3], m[3:5])
		n, each := countOf(said[0]), 1.0
		switch unit := strings.TrimPrefix(said[1], "个"); unit {
		case "工作日":
			each = 7.0 / 5
		case "周", "星期":
			each = 7
		case "月":
			each = 30
		}
		return int(math.Ceil(n * each))
	}
	if m := due.FindStringSubmatch(s); m != nil {
		return max(0, int(math.Round(dayOf(m[1:4], today).Sub(midnight(today)).Hours()/24)))
	}
	return 0
}

// dayOf is the day of a year, which may be unsaid, a month and a day; zero where
// the calendar has no such day.
func dayOf(said []string, today time.Time) time.Time {
	year, _ := strconv.Atoi(said[0])
	month, _ := strconv.Atoi(said[1])
	day, _ := strconv.Atoi(said[2])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}
	}
	if year > 0 {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, today.Location())
	}
	at := time.Date(today.Year(), time.Month(month), day, 0, 0, 0, 0, today.Location())
	if at.Before(midnight(today)) {
		at = at.AddDate(1, 0, 0)
	}
	return at
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// countOf reads 15, 十五, 两 and 半.
func countOf(s string) float64 {
	if v, ok := float(s); ok {
		return v
	}
	if s == "半" {
		return .5
	}
	tens, ones, is := strings.Cut(s, "十")
	digit := func(s string, unsaid float64) float64 {
		if n := strings.Index("一二三四五六七八九", strings.Replace(s, "两", "二", 1)); s != "" && n >= 0 {
			return float64(n/len("一") + 1)
		}
		return unsaid
	}
	if is {
		return 10*digit(tens, 1) + digit(ones, 0)
	}
	return digit(s, 0)
}

func amountOf(digits, tenThousands string) float64 {
	v, _ := float(strings.ReplaceAll(digits, ",", ""))
	if tenThousands != "" {
		v *= 10000
	}
	return v
}

// first is the alternative of a pattern that matched.
func first(a, b []string) []string {
	if a[1] != "" || a[0] != "" {
		return a
	}
	return b
}

func parts(s string, at []int) []string {
	out := make([]string, len(at)/2)
	for i := range out {
		if at[2*i] >= 0 {
			out[i] = s[at[2*i]:at[2*i+1]]
		}
	}
	return out
}
