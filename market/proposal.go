package market

import "time"

// ProposalKind separates what was asked for from what the chain suggests.
type ProposalKind string

const (
	Direct    ProposalKind = "direct"    // a posted need and a posted supply
	Potential ProposalKind = "potential" // no need posted; the chain says this product is made from that material
)

// ProposalStatus is the machine's side of a proposal; what people say is an Interest.
type ProposalStatus string

const (
	Open      ProposalStatus = "open"
	Withdrawn ProposalStatus = "withdrawn" // a listing closed or the two no longer fit
)

// TermName names one part of a score. Every term is shown to the user.
type TermName string

const (
	TermProduct  TermName = "product"
	TermWording  TermName = "wording" // how much of their words the two have in common
	TermGrade    TermName = "grade"
	TermSpec     TermName = "spec"
	TermClass    TermName = "class"
	TermQuantity TermName = "quantity"
	TermMOQ      TermName = "moq"
	TermPrice    TermName = "price"
	TermLead     TermName = "lead"
	TermDistance TermName = "distance"
	TermCert     TermName = "certificate"
	TermTier     TermName = "tier"
	TermFresh    TermName = "freshness"
	TermChain    TermName = "chain"
)

// Verdict says how a term came out; together with its name it picks the sentence shown.
type Verdict string

const (
	Fits    Verdict = "fits"    // full points
	Partly  Verdict = "partly"  // some points
	Misses  Verdict = "misses"  // none, or points taken away: a near miss
	Unknown Verdict = "unknown" // one side does not say
)

// Term is one named part of a score, quoted from both listings.
type Term struct {
	Name    TermName
	Verdict Verdict
	Points  float64 // may be negative
	Max     float64 // the most this term can give
	Label   string  // for TermSpec and TermGrade: the spec's name
	Need    string  // quoted from the need
	Supply  string  // quoted from the supply
	Note    string  // a computed figure, e.g. kilometres or percent, as plain number with its unit
}

// Proposal is the matcher's suggestion that one need and one supply fit.
type Proposal struct {
	ID        string
	Rev       int64
	NeedID    string
	SupplyID  string
	NeedBy    string // enterprise of the need
	SupplyBy  string // enterprise of the supply
	Kind      ProposalKind
	Status    ProposalStatus
	Total     int // 0 … 100
	Terms     []Term
	Weights   string // version of the weights table
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Side returns which side of the proposal the enterprise is on, or "" for a stranger.
func (p *Proposal) Side(enterpriseID string) Side {
	switch enterpriseID {
	case "":
		return ""
	case p.NeedBy:
		return Need
	case p.SupplyBy:
		return Supply
	}
	return ""
}

// Answer is what a firm says to a proposal.
type Answer string

const (
	Interested Answer = "interested" // 感兴趣
	Unfit      Answer = "unfit"      // 不合适, with a reason
	Known      Answer = "known"      // 已认识: the two firms are never proposed to each other again
	Competitor Answer = "competitor" // 同行: likewise
	Never      Answer = "never"      // 不再对接: likewise
)

// Private answers are vetoes: they concern the firm, not the pair, stay with
// whom said them, and keep the two from being proposed to each other again.
func (a Answer) Private() bool { return a == Known || a == Competitor || a == Never }

// UnfitReasons are the reasons a person can pick for Unfit.
var UnfitReasons = []string{"product", "spec", "price", "moq", "quantity", "place", "trader", "firm", "other"}

// Interest is one firm's answer to a proposal. It outlives every re-match.
type Interest struct {
	ProposalID   string
	EnterpriseID string
	UserID       string
	Answer       Answer
	Reason       string // one of UnfitReasons, for Unfit
	Ground       string // what in the proposal bears the reason out, see Proposal.Ground
	Always       bool   // with Unfit: never again anything of the kind; not kept, it makes a Preference
	Note         string // one's own; the other side never reads it
	Message      string // to the other side, with Interested; kept with the introduction it asks for
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Check reports every fault of an answer.
func (i *Interest) Check() error {
	var errs Errors
	switch i.Answer {
	case Interested, Known, Competitor, Never:
	case Unfit:
		ok := false
		for _, r := range UnfitReasons {
			ok = ok || r == i.Reason
		}
		if !ok {
			errs.Add(Bad("reason", "error.choose"))
		}
	default:
		errs.Add(Bad("answer", "error.choose"))
	}
	errs.Add(maxText("note", i.Note, 500))
	errs.Add(maxText("message", i.Message, 500))
	return errs.Err()
}
