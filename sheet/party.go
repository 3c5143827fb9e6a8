package sheet

import (
	"strings"

	"lianqiao/market"
)

// PartyHeadings are the columns of a list of who comes to a fair, those of a
// firm among them.
var PartyHeadings = append([]Heading{
	{"role", []string{"参会身份", "角色", "身份", "供需角色", "参会类型", "role"}},
	{"reps", []string{"参会人", "参会人员", "参会代表", "代表", "姓名", "reps"}},
	{"rep_phone", []string{"参会人电话", "参会人手机", "代表电话", "rep_phone"}},
}, FirmHeadings...)

// PartyReader makes registrations for a fair of rows.
type PartyReader struct {
	FirmReader
	FairID string
}

var partyRoles = map[string]market.FairRole{
	"采购方": market.FairBuyer, "采购": market.FairBuyer, "采购商": market.FairBuyer, "需方": market.FairBuyer, "需求方": market.FairBuyer, "buyer": market.FairBuyer,
	"供应方": market.FairSeller, "供应": market.FairSeller, "供应商": market.FairSeller, "供方": market.FairSeller, "seller": market.FairSeller,
	"双方": market.FairBoth, "供需双方": market.FairBoth, "都是": market.FairBoth, "both": market.FairBoth, "": market.FairBoth,
}

// Read makes a registration of a row, or reports everything that is wrong with
// it. Several people may stand in one cell, with one telephone for all or one each;
// where nobody is named the firm's contact comes.
func (r *PartyReader) Read(cells []string) (market.Enterprise, market.FairParty, market.Errors) {
	firm, faults := r.ReadFirm(cells)
	p := market.FairParty{FairID: r.FairID, Parallel: 1}
	var ok bool
	if p.Role, ok = partyRoles[r.Cell("role", cells)]; !ok {
		faults.Add(market.Bad("role", "import.role"))
	}
	phones := SplitList(r.Cell("rep_phone", cells))
	for i, name := range SplitList(r.Cell("reps", cells)) {
		rep := market.FairRep{Name: name}
		if len(phones) > 0 {
			rep.Phone = phones[min(i, len(phones)-1)]
		}
		p.Reps = append(p.Reps, rep)
		if err := market.CheckText("reps", name, 1, 40); err != nil {
			faults.Add(market.Bad("reps", "import.rep"))
		}
	}
	return firm, p, faults
}

// Join makes one registration of two rows of one firm, a person each, as such
// lists often have.
func Join(a, b market.FairParty) market.FairParty {
	if a.Role != b.Role {
		a.Role = market.FairBoth
	}
	for _, rep := range b.Reps {
		known := false
		for _, x := range a.Reps {
			known = known || strings.EqualFold(x.Name, rep.Name)
		}
		if !known {
			a.Reps = append(a.Reps, rep)
		}
	}
	return a
}
