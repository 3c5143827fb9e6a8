package market

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"
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
	HonourBrand        HonourKind = "brand"        // 名牌产品
	HonourFirstSet     HonourKind = "firstset"     // 首台（套）重大技术装备
	HonourQuality      HonourKind = "quality"      // 质量奖
)

// Honours lists every honour kind in the order in which they are shown.
var Honours = []HonourKind{HonourLeader, HonourGiant, HonourChampion, HonourSpecialised, HonourHighTech, HonourInnovative, HonourFirstSet, HonourQuality, HonourBrand, HonourGreenFactory, HonourAboveScale}

// HonourRank says who awards an honour.
type HonourRank string

// HonourRanks lists every rank, the highest first: 国家级, 省级, 市级, 县级.
var HonourRanks = []HonourRank{"national", "provincial", "municipal", "county"}

// Honour is one qualification of one firm. It counts, in search, score and
// badges, from the day somebody other than the firm stands behind it until its
// date; before that it is shown as the firm's own word.
type Honour struct {
	ID       string // names it to its review; empty on what was imported
	Kind     HonourKind
	Rank     HonourRank // may be empty
	Number   string     // of the document
	Year     int        // of the award
	Until    time.Time  // zero: no end; past: it no longer counts
	Evidence string     // id of an Evidence; empty: none
	Own      bool       // the firm says so, and nobody confirmed it
	By       string     // who confirmed it, as shown; empty: whoever imported it
	At       time.Time  // of the confirmation
}

// Counts reports whether the honour counts on the given day.
func (h Honour) Counts(now time.Time) bool { return !h.Own && !h.Ended(now) }

// Ended reports whether the honour is past its date.
func (h Honour) Ended(now time.Time) bool { return ended(h.Until, now) }

func ended(until, now time.Time) bool { return !until.IsZero() && !until.After(now) }

// says reports whether two honours state the same.
func (h Honour) says(o Honour) bool {
	return h.Kind == o.Kind && h.Rank == o.Rank && h.Number == o.Number && h.Year == o.Year && h.Evidence == o.Evidence && h.Until.Equal(o.Until)
}

// Certificate is a paper of a management system or a product, e.g. ISO9001.
type Certificate struct {
	Name     string
	Number   string
	Until    time.Time // zero: no end; past: it no longer counts
	Evidence string    // id of an Evidence; empty: none
}

// Capacity is what a firm can make on one kind of machine or by one process in
// a month, and how much of that is free.
type Capacity struct {
	Kind    string // equipment or process
	Name    string
	Count   int             // machines; 0: not said
	Monthly decimal.Decimal // zero: not said
	Spare   decimal.Decimal // of Monthly; zero: none
	Unit    string          // of Monthly and Spare, e.g. 吨
}

// CapacityKinds lists every kind of capacity.
var CapacityKinds = []string{"equipment", "process"}

// Band is a size in the steps of 《中小企业划型标准规定》 (工信部联企业〔2011〕300号)
// for industry. Empty: not said.
type Band string

var (
	StaffBands    = []Band{"lt20", "20to299", "300to999", "1000up"}  // people
	TurnoverBands = []Band{"lt3m", "3mto20m", "20mto400m", "400mup"} // yuan a year
	shownTo       = []Visibility{ShownPublic, ShownAgreed, ShownAssociation, ShownFirm}
)

// Visibility says to whom a firm shows one of its people.
type Visibility string

const (
	ShownPublic      Visibility = "public"      // to everybody, on its page
	ShownAgreed      Visibility = "agreed"      // to whom the main contact is open
	ShownAssociation Visibility = "association" // to its association alone
	ShownFirm        Visibility = "firm"        // to its own people alone
)

// Person is one more contact of a firm, beside the one that introductions open.
type Person struct {
	Name  string
	Duty  string // 销售, 技术, 采购 …
	Phone string
	Mail  string
	Shown Visibility
}

// Record is what a firm says of itself beyond its name and place.
type Record struct {
	Links        []string // as in Enterprise
	Honours      []Honour
	Certificates []Certificate
	Capacities   []Capacity
	Staff        Band
	Turnover     Band
	People       []Person
}

// EvidenceMost bounds what a firm may keep as evidence: files, and bytes of one.
const (
	EvidenceMost  = 100
	EvidenceBytes = AttachmentMost
	// EvidenceIdle is how long a file stays that nothing in the record names.
	EvidenceIdle = 24 * time.Hour
)

// Evidence is a file that proves an honour or a certificate. It is read by the
// firm itself and by whoever decides its association's queue.
type Evidence struct {
	ID           string
	EnterpriseID string
	UserID       string
	Name         string // ends in the extension of Type
	Type         FileType
	Size         int64
	Bytes        []byte // empty where only the record is asked for
	At           time.Time
}

const (
	honoursMost      = 40
	certificatesMost = 20
	linksMost        = 8
	capacitiesMost   = 40
	peopleMost       = 10
)

// CheckHonours reports every fault of a firm's qualifications.
func CheckHonours(list []Honour) error {
	var errs Errors
	checkHonours(list, &errs)
	return errs.Err()
}

func checkHonours(list []Honour, errs *Errors) {
	if len(list) > honoursMost {
		errs.Add(Bad("honours", "error.tooMany", itoa(honoursMost)))
	}
	for i, h := range list {
		at := "honours[" + itoa(i) + "]"
		if !slices.Contains(Honours, h.Kind) {
			errs.Add(Bad(at+".kind", "error.choose"))
		}
		if h.Rank != "" && !slices.Contains(HonourRanks, h.Rank) {
			errs.Add(Bad(at+".rank", "error.choose"))
		}
		errs.Add(maxText(at+".number", h.Number, 60))
		if h.Year != 0 && (h.Year < 1980 || h.Year > 2100) {
			errs.Add(Bad(at+".year", "error.between", "1980", "2100"))
		}
	}
}

// Check reports every fault of the record.
func (r *Record) Check() error {
	var errs Errors
	if len(r.Links) > linksMost {
		errs.Add(Bad("links", "error.tooMany", itoa(linksMost)))
	}
	for i, code := range r.Links {
		if slices.Contains(r.Links[:i], code) {
			errs.Add(Bad(fmt.Sprintf("links[%d]", i), "error.link.twice"))
		}
	}
	checkHonours(r.Honours, &errs)
	if len(r.Certificates) > certificatesMost {
		errs.Add(Bad("certificates", "error.tooMany", itoa(certificatesMost)))
	}
	for i, c := range r.Certificates {
		at := fmt.Sprintf("certificates[%d]", i)
		errs.Add(needText(at+".name", c.Name, 1, 60))
		errs.Add(maxText(at+".number", c.Number, 60))
	}
	r.checkCapacities(&errs)
	if r.Staff != "" && !slices.Contains(StaffBands, r.Staff) {
		errs.Add(Bad("staff", "error.choose"))
	}
	if r.Turnover != "" && !slices.Contains(TurnoverBands, r.Turnover) {
		errs.Add(Bad("turnover", "error.choose"))
	}
	if len(r.People) > peopleMost {
		errs.Add(Bad("people", "error.tooMany", itoa(peopleMost)))
	}
	for i, p := range r.People {
		at := fmt.Sprintf("people[%d]", i)
		errs.Add(needText(at+".name", p.Name, 1, 40))
		errs.Add(maxText(at+".duty", p.Duty, 40))
		errs.Add(needText(at+".phone", p.Phone, 5, 30))
		errs.Add(maxText(at+".mail", p.Mail, 120))
		if !slices.Contains(shownTo, p.Shown) {
			errs.Add(Bad(at+".shown", "error.choose"))
		}
	}
	return errs.Err()
}

func (r *Record) checkCapacities(errs *Errors) {
	if len(r.Capacities) > capacitiesMost {
		errs.Add(Bad("capacities", "error.tooMany", itoa(capacitiesMost)))
	}
	most := decimal.New(1, 12)
	for i, c := range r.Capacities {
		at := fmt.Sprintf("capacities[%d]", i)
		if !slices.Contains(CapacityKinds, c.Kind) {
			errs.Add(Bad(at+".kind", "error.choose"))
		}
		errs.Add(needText(at+".name", c.Name, 1, 60))
		errs.Add(maxText(at+".unit", c.Unit, 10))
		if c.Count < 0 || c.Count > 1_000_000 {
			errs.Add(Bad(at+".count", "error.between", "0", "1000000"))
		}
		for field, n := range map[string]decimal.Decimal{".monthly": c.Monthly, ".spare": c.Spare} {
			if n.IsNegative() || n.GreaterThan(most) {
				errs.Add(Bad(at+field, "error.amount"))
			}
		}
		if c.Spare.GreaterThan(c.Monthly) {
			errs.Add(Bad(at+".spare", "error.capacity.spare"))
		}
		if strings.TrimSpace(c.Unit) == "" && c.Monthly.IsPositive() {
			errs.Add(Bad(at+".unit", "error.required"))
		}
	}
}

// Names lists the evidence that the record names, each once.
func (r *Record) Names() []string {
	var out []string
	for _, h := range r.Honours {
		out = append(out, h.Evidence)
	}
	for _, c := range r.Certificates {
		out = append(out, c.Evidence)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id string) bool { return id == "" })
}

// Record is what the firm says of itself beyond its name and place.
func (e *Enterprise) Record() Record {
	return Record{e.Links, e.Honours, e.Certificates, e.Capacities, e.Staff, e.Turnover, e.People}
}

// Take puts what the firm says now in place of what it said before. An honour
// that says what a kept one says stays as confirmed as that is; any other is
// the firm's own word under a new id.
func (e *Enterprise) Take(r Record) {
	kept := slices.Clone(e.Honours)
	e.Honours = nil
	for _, h := range r.Honours {
		if i := slices.IndexFunc(kept, h.says); i >= 0 {
			h = kept[i]
			kept = slices.Delete(kept, i, i+1)
		} else {
			h.ID, h.Own, h.By, h.At = NewID(), true, "", time.Time{}
		}
		e.Honours = append(e.Honours, h)
	}
	e.Links, e.Certificates, e.Capacities, e.Staff, e.Turnover, e.People = r.Links, r.Certificates, r.Capacities, r.Staff, r.Turnover, r.People
}

// Confirm notes who stands behind the honour of an id, and reports false when
// the firm no longer says it.
func (e *Enterprise) Confirm(id, by string, now time.Time) bool {
	i := slices.IndexFunc(e.Honours, func(h Honour) bool { return h.ID == id && id != "" })
	if i < 0 {
		return false
	}
	e.Honours = slices.Clone(e.Honours)
	e.Honours[i].Own, e.Honours[i].By, e.Honours[i].At = false, by, now
	return true
}

// LiveHonours are the honours that count on the given day, each kind once.
func (e *Enterprise) LiveHonours(now time.Time) []HonourKind {
	var out []HonourKind
	for _, h := range e.Honours {
		if h.Counts(now) && !slices.Contains(out, h.Kind) {
			out = append(out, h.Kind)
		}
	}
	return out
}

// LiveCertificates are the names of the certificates that count on the given day.
func (e *Enterprise) LiveCertificates(now time.Time) []string {
	var out []string
	for _, c := range e.Certificates {
		if !ended(c.Until, now) {
			out = append(out, c.Name)
		}
	}
	return out
}

// Join adds what another record of the same firm says and this one does not;
// the other's main contact becomes one that only the firm's own people see.
func (e *Enterprise) Join(o *Enterprise) {
	for _, h := range o.Honours {
		if !slices.ContainsFunc(e.Honours, h.says) {
			e.Honours = append(slices.Clone(e.Honours), h)
		}
	}
	for _, c := range o.Certificates {
		if !slices.ContainsFunc(e.Certificates, func(x Certificate) bool { return x.Name == c.Name && x.Number == c.Number }) {
			e.Certificates = append(slices.Clone(e.Certificates), c)
		}
	}
	for _, c := range o.Capacities {
		if !slices.ContainsFunc(e.Capacities, func(x Capacity) bool { return x.Kind == c.Kind && x.Name == c.Name }) {
			e.Capacities = append(slices.Clone(e.Capacities), c)
		}
	}
	people := o.People
	if c := o.Contact; PlainPhone(c.Phone) != PlainPhone(e.Contact.Phone) && c.Phone != "" {
		people = append([]Person{{Name: c.Name, Phone: c.Phone, Mail: c.Mail, Shown: ShownFirm}}, people...)
	}
	for _, p := range people {
		if !slices.ContainsFunc(e.People, func(x Person) bool { return PlainPhone(x.Phone) == PlainPhone(p.Phone) && x.Name == p.Name }) {
			e.People = append(slices.Clone(e.People), p)
		}
	}
	for _, code := range o.Links {
		if len(e.Links) < linksMost && !slices.Contains(e.Links, code) {
			e.Links = append(slices.Clone(e.Links), code)
		}
	}
	if e.Staff == "" {
		e.Staff = o.Staff
	}
	if e.Turnover == "" {
		e.Turnover = o.Turnover
	}
}

// Forget takes everybody's name and telephone out of the record, and the files
// that may show them.
func (e *Enterprise) Forget() {
	e.Contact, e.People = Contact{}, nil
	e.Honours, e.Certificates = slices.Clone(e.Honours), slices.Clone(e.Certificates)
	for i := range e.Honours {
		e.Honours[i].Evidence = ""
	}
	for i := range e.Certificates {
		e.Certificates[i].Evidence = ""
	}
}

// PlainName is a firm's name without what people write differently: blanks,
// brackets and their contents' signs, full width, and the long form of 有限公司.
func PlainName(name string) string {
	name = strings.ToLower(strings.ReplaceAll(norm.NFKC.String(name), "有限责任公司", "有限公司"))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}

// PlainPhone is the digits of a telephone number without the country's; empty
// for what is too short to tell firms apart.
func PlainPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if d, ok := digitOf(r); ok && (r < 'A' || r > 'z') {
			return d
		}
		return -1
	}, phone)
	if len(digits) > 11 {
		digits = strings.TrimPrefix(digits, "86")
	}
	if len(digits) < 7 {
		return ""
	}
	return digits
}
