package sheet

import (
	"strings"
	"time"

	"lianqiao/market"
)

// FirmHeadings are the columns of a firm and what people call them.
var FirmHeadings = []Heading{
	{"enterprise", []string{"企业名称", "企业", "单位名称", "单位", "公司名称", "公司", "参会企业", "enterprise", "company"}},
	{"uscc", []string{"统一社会信用代码", "信用代码", "社会信用代码", "机构代码", "uscc"}},
	{"kind", []string{"企业类型", "企业性质", "单位类型", "kind"}},
	{"region", []string{"所在地区", "地区", "所属区域", "区县", "县区", "县（市、区）", "所在地", "交货地", "region"}},
	{"products", []string{"主要产品", "主营产品", "主营业务", "经营范围", "main_products"}},
	{"contact", []string{"联系人", "企业联系人", "负责人", "contact"}},
	{"phone", []string{"联系电话", "电话", "手机", "手机号", "联系方式", "phone"}},
	{"mail", []string{"邮箱", "电子邮箱", "mail"}},
}

// FirmReader makes enterprises of rows.
type FirmReader struct {
	Columns
	FullNames map[string]string // key → full name, of a table of firms; nil: the column holds the name
	Firm      string            // the firm of rows that name none
	Region    string            // of rows that name none
	RegionOf  func(place string) (code string, ok bool)
	Now       time.Time
}

var firmKinds = map[string]market.EnterpriseKind{
	"": market.Maker, "生产": market.Maker, "生产企业": market.Maker, "制造": market.Maker, "制造企业": market.Maker, "制造业": market.Maker,
	"贸易": market.Trader, "贸易企业": market.Trader, "经销": market.Trader, "商贸": market.Trader,
	"服务": market.Service, "服务企业": market.Service, "服务业": market.Service,
}

// firmFields are the columns of an enterprise's fields where they are called otherwise.
var firmFields = map[string]string{"name": "enterprise", "main_products": "products", "contact.name": "contact", "contact.phone": "phone", "contact.mail": "mail"}

// ReadFirm makes an enterprise of a row, or reports everything that is wrong with it.
func (r *FirmReader) ReadFirm(cells []string) (market.Enterprise, market.Errors) {
	var faults market.Errors
	name := r.name(cells, &faults)
	get := func(field string) string { return r.Cell(field, cells) }
	kind, ok := firmKinds[get("kind")]
	if !ok {
		faults.Add(market.Bad("kind", "import.kind"))
	}
	e := market.Enterprise{
		ID: market.NewID(), Name: name, USCC: strings.ToUpper(strings.ReplaceAll(get("uscc"), " ", "")), Kind: kind, Region: r.place(cells, &faults),
		MainProducts: get("products"), Contact: market.Contact{Name: get("contact"), Phone: get("phone"), Mail: get("mail")}, CreatedAt: r.Now, UpdatedAt: r.Now,
	}
	if len(faults) == 0 {
		for _, f := range e.RecordFaults() {
			if field, ok := firmFields[f.Field]; ok {
				f.Field = field
			}
			faults = append(faults, f)
		}
	}
	return e, faults
}

func (r *FirmReader) name(cells []string, faults *market.Errors) string {
	name := r.Cell("enterprise", cells)
	if r.FullNames != nil && name != "" {
		full, ok := r.FullNames[name]
		if !ok {
			full, ok = r.FullNames[withoutMarket(name)]
		}
		if !ok {
			faults.Add(market.Bad("enterprise", "import.unknownFirm"))
		}
		name = full
	}
	if name == "" {
		name = r.Firm
	}
	return name
}

// place reads a code of GB/T 2260 or, where RegionOf knows it, a name.
func (r *FirmReader) place(cells []string, faults *market.Errors) string {
	text := r.Cell("region", cells)
	switch {
	case text == "":
		return r.Region
	case r.RegionOf == nil:
		return text
	}
	code, ok := r.RegionOf(text)
	if !ok {
		faults.Add(market.Bad("region", "import.region"))
	}
	return code
}

// withoutMarket drops the exchange from a stock code: 688268SH, 688268.SH → 688268.
func withoutMarket(code string) string {
	return strings.TrimRight(code, ".ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
