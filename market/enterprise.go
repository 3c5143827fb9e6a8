package market

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Cluster is a county's industrial cluster, e.g. 鹿泉电子信息.
type Cluster struct {
	ID     string
	Name   string
	Region string   // county code of GB/T 2260, six digits
	Chains []string // links the cluster lives from, in words
	Review ReviewRule
}

// EnterpriseKind says what a firm does for a living.
type EnterpriseKind string

const (
	Maker   EnterpriseKind = "maker"
	Trader  EnterpriseKind = "trader"
	Service EnterpriseKind = "service"
)

// Level says how well a firm is known to its association. The three are
// different words and never blurred.
type Level string

const (
	Unverified Level = "unverified" // 未核实
	Reviewed   Level = "reviewed"   // 已审核: its papers were read
	Visited    Level = "visited"    // 已实地核验: somebody was there
)

// Verification is a level with who gave it, when, and on what basis.
type Verification struct {
	Level  Level
	By     string // user
	ByName string // as shown, e.g. the association
	Basis  string // 营业执照, 现场走访 …
	At     time.Time
}

// Standing is what the association decided about a firm's presence.
type Standing string

const (
	Active    Standing = "active"
	Returned  Standing = "returned"  // 已退回: to be mended, with a reason
	Suspended Standing = "suspended" // 已停用: off the market, with a reason
)

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
	Links        []string // codes of the classes of goods it says it stands at; empty: not said
	Honours      []Honour
	Certificates []Certificate
	Capacities   []Capacity
	Staff        Band
	Turnover     Band
	People       []Person
	Contact      Contact
	Verified     Verification
	Standing     Standing
	Reason       string // of a return or suspension
	Demo         bool   // invented, shown with 示例
	MergedInto   string // the record that took this one's place; empty: it stands for itself
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Contact is whom to call. It is never shown before both sides agreed.
type Contact struct {
	Name  string
	Phone string
	Mail  string
}

// Trusted reports whether somebody stands behind the firm, so that contacts
// may be opened to it and it may post without a bound.
func (e *Enterprise) Trusted() bool {
	return e.Standing != Suspended && (e.Verified.Level == Reviewed || e.Verified.Level == Visited)
}

// Check reports every fault of who the firm says it is.
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
	errs.Add(maxText("contact.mail", e.Contact.Mail, 120))
	errs.Add(maxText("cluster_id", e.ClusterID, 64))
	return errs.Err()
}

// RecordFaults is what is wrong with a record that an association keeps of a
// firm: as Check, but nobody need be named to call.
func (e *Enterprise) RecordFaults() Errors {
	var faults, out Errors
	if !errors.As(e.Check(), &faults) {
		return nil
	}
	for _, f := range faults {
		if f.Message != "error.required" || !strings.HasPrefix(f.Field, "contact.") {
			out = append(out, f)
		}
	}
	return out
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

// CheckText wants between min and max characters.
func CheckText(field, s string, min, max int) error {
	if err := needText(field, s, min, max); err != nil {
		return err
	}
	return nil
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

func checkCertificates(list []string, errs *Errors) {
	if len(list) > 20 {
		errs.Add(Bad("certificates", "error.tooMany", "20"))
	}
	for i, c := range list {
		errs.Add(needText(fmt.Sprintf("certificates[%d]", i), c, 1, 60))
	}
}

// maxText wants at most max characters, none of which breaks or turns about
// what stands around it: NUL and its like, which databases and terminals
// misread, and the marks that show a text in another order than it is written.
func maxText(field, s string, max int) *Error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
		return Bad(field, "error.badText")
	}
	if n := utf8.RuneCountInString(s); n > max {
		return Bad(field, "error.tooLong", itoa(max), itoa(n))
	}
	return nil
}

func hidden(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return unicode.IsControl(r)
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
