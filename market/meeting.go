package market

import "time"

// WishMark is what a firm privately says of another at a fair.
type WishMark string

const (
	WishMust WishMark = "must" // 必谈
	WishWant WishMark = "want" // 想谈
	WishNo   WishMark = "no"   // 不谈
)

// Wish is one firm's word on another. The other never learns of it.
type Wish struct {
	FairID, By, Other string
	Mark              WishMark
	UpdatedAt         time.Time
}

// Pair is two firms at a fair, A before B in the order of their ids.
type Pair struct{ A, B string }

// PairOf puts two firms in order.
func PairOf(x, y string) Pair {
	if y < x {
		x, y = y, x
	}
	return Pair{x, y}
}

// Other is the counterpart of one of the pair.
func (p Pair) Other(enterpriseID string) string {
	if p.A == enterpriseID {
		return p.B
	}
	return p.A
}

// Meeting is one table talk of two firms in a plan. Slot 0 is not placed; Why
// then says what kept it out.
type Meeting struct {
	Pair
	Slot, Table int
	Locked      bool
	Must        bool
	Added       bool // by the organiser's hand: nobody asked for it
	Value       int64
	Why         string
	WhyID       string // the firm that the reason is about; empty: none in particular
}

// MeetingValue is what a talk is worth in a plan: 30 for a must, 20 for a want
// of either side, 20 more when both want it, and a tenth of the total of their
// best proposal. Zero: nobody asked for it, or one refused.
func MeetingValue(a, b WishMark, total int) (value int64, must bool) {
	if a == WishNo || b == WishNo {
		return 0, false
	}
	points := map[WishMark]int64{WishMust: 30, WishWant: 20}
	value = points[a] + points[b]
	if points[a] > 0 && points[b] > 0 {
		value += 20
	}
	if value == 0 {
		return 0, false
	}
	return value + int64(total)/10, a == WishMust || b == WishMust
}

// FairResult is what one side says came of a talk.
type FairResult string

const (
	ResultNone   FairResult = "none"   // 没谈成
	ResultIntent FairResult = "intent" // 有意向
	ResultSample FairResult = "sample" // 送样
	ResultOrder  FairResult = "order"  // 下单
)

// FairResults lists the results from weak to strong.
var FairResults = []FairResult{ResultNone, ResultIntent, ResultSample, ResultOrder}

// FairReply is one side's report on one talk.
type FairReply struct {
	FairID string
	Pair
	By        string
	Result    FairResult
	Fen       int64  // money in 分; 0: not said
	Note      string // in the firm's own words, for the association's report
	OutcomeID string // where the ledger keeps it; empty: nowhere
	UpdatedAt time.Time
}

// Claim is what the reply says in the words of the ledger. An order without an
// amount is a trial order.
func (r *FairReply) Claim(now time.Time) Claim {
	c := Claim{EnterpriseID: r.By, Stage: StageContact, Day: now.In(chinaZone()).Format(time.DateOnly), At: now}
	switch r.Result {
	case ResultSample:
		c.Stage = StageSample
	case ResultOrder:
		c.Stage = StageTrial
		if r.Fen > 0 {
			c.Stage, c.Fen = StageContract, r.Fen
		}
	case ResultNone:
		c.Ended, c.Reason = true, "other"
	}
	return c
}

// Check reports every fault of a reply.
func (r *FairReply) Check() error {
	var errs Errors
	switch r.Result {
	case ResultNone, ResultIntent, ResultSample, ResultOrder:
	default:
		errs.Add(Bad("result", "error.choose"))
	}
	if r.Fen < 0 || r.Fen > 1e14 {
		errs.Add(Bad("amount", "error.value"))
	}
	errs.Add(maxText("note", r.Note, 200))
	if r.By != r.A && r.By != r.B {
		errs.Add(Bad("by", "error.choose"))
	}
	return errs.Err()
}
