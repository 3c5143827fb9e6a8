package market

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Cluster is a county's industrial cluster, e.g. 鹿泉电子信息.
type Cluster struct {
	ID     string
	Name   string
	Region string   // county code of GB/T 2260, six digits
	Chains []string // links the cluster lives from, in words
}

// EnterpriseKind says what a firm does for a living.
type EnterpriseKind string

const (
	Maker   EnterpriseKind = "maker"
	Trader  EnterpriseKind = "trader"
	Service EnterpriseKind = "service"
)

// HonourKind is a public qualification that a firm holds.
type HonourKind string

const (
	HonourLeader       HonourKind = "leader"       // 领跑者
	HonourGiant        HonourKind = "giant"        // 专精特新“小巨人”
	HonourSpecialised  HonourKind = "specialised"  // 专精特新中小企业
	HonourInnovative   HonourKind = "innovative"   // 创新型中小企业
	HonourHighTech     HonourKind = "hightech"     // 高新技术企业
	HonourChampion     HonourKind = "champion"     // 制造业单项冠军
	HonourAboveScale   HonourKind = "abovescale"   // 规模以上工业企业
	HonourGreenFactory HonourKind = "greenfactory" // 绿色工厂
)

// Honours lists every honour kind in the order in which they are shown.
var Honours = []HonourKind{HonourLeader, HonourGiant, HonourChampion, HonourSpecialised, HonourHighTech, HonourInnovative, HonourGreenFactory, HonourAboveScale}

// Honour is one qualification of one firm.
type Honour struct {
	Kind  HonourKind
	Year  int       // of the award
	Until time.Time // zero: no end; past: it no longer counts
}

// Enterprise is a firm, known by its 统一社会信用代码 (USCC).
type Enterprise struct {
	ID           string
	Rev          int64
	USCC         string // may be empty on imported records; unique where present
	Name         string
	Kind         EnterpriseKind
	ClusterID    string // may be empty
	Region       string // county code, six digits
	About        string
	MainProducts string
	Honours      []Honour
	Certificates []string
	Contact      Contact
	Demo         bool // invented, shown with 示例
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Contact is whom to call. It is never shown before both sides agreed.
type Contact struct {
	Name  string
	Phone string
	Mail  string
}

// LiveHonours are the honours that count on the given day.
func (e *Enterprise) LiveHonours(now time.Time) []HonourKind {
	var out []HonourKind
	for _, h := range e.Honours {
		if h.Until.IsZero() || h.Until.After(now) {
			out = append(out, h.Kind)
		}
	}
	return out
}

// Check reports every fault of the record.
func (e *Enterprise) Check() error {
	var errs Errors
	errs.Add(needText("name", e.Name, 2, 80))
	if e.USCC != "" && !usccShape(e.USCC) {
		errs.Add(Bad("uscc", "error.uscc.shape"))
	}
	switch e.Kind {
	case Maker, Trader, Service:
	default:
		errs.Add(Bad("kind", "error.choose"))
	}
	errs.Add(checkRegion("region", e.Region))
	errs.Add(maxText("about", e.About, 4000))
	errs.Add(maxText("main_products", e.MainProducts, 400))
	errs.Add(needText("contact.name", e.Contact.Name, 1, 40))
	errs.Add(needText("contact.phone", e.Contact.Phone, 5, 30))
	return errs.Err()
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func usccShape(s string) bool {
	if len(s) != 18 {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune(usccAlphabet, r) {
			return false
		}
	}
	return true
}

// USCCDigitOK reports whether the check digit of a 统一社会信用代码 is right
// (GB 32100-2015: weights 3^i mod 31). A wrong digit warns and never rejects:
// firms exist whose registered code fails it.
func USCCDigitOK(s string) bool {
	if !usccShape(s) {
		return false
	}
	sum, w := 0, 1
	for i := 0; i < 17; i++ {
		sum += strings.IndexByte(usccAlphabet, s[i]) * w
		w = w * 3 % 31
	}
	return strings.IndexByte(usccAlphabet, s[17]) == (31-sum%31)%31
}

// needText wants between min and max characters.
func needText(field, s string, min, max int) *Error {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	switch {
	case n == 0:
		return Bad(field, "error.required")
	case n < min:
		return Bad(field, "error.tooShort", itoa(min))
	}
	return maxText(field, s, max)
}

func maxText(field, s string, max int) *Error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return Bad(field, "error.badText")
	}
	if n := utf8.RuneCountInString(s); n > max {
		return Bad(field, "error.tooLong", itoa(max), itoa(n))
	}
	return nil
}

func checkRegion(field, code string) *Error {
	if code == "" {
		return Bad(field, "error.required")
	}
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return Bad(field, "error.region")
	}
	return nil
}
