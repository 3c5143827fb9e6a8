package market

import (
	"slices"
	"strings"
	"time"
)

// Stage is how far two firms came after their introduction.
type Stage string

const (
	StageContact   Stage = "contact"   // 联系
	StageSample    Stage = "sample"    // 样品
	StageTrial     Stage = "trial"     // 试单
	StageContract  Stage = "contract"  // 合同
	StageDelivered Stage = "delivered" // 到货
	StageReorder   Stage = "reorder"   // 复购
)

// Stages lists every stage in order.
var Stages = []Stage{StageContact, StageSample, StageTrial, StageContract, StageDelivered, StageReorder}

// Rank is the place of a stage among the Stages, from 0; -1 for none.
func (s Stage) Rank() int { return slices.Index(Stages, s) }

// Counts reports whether an amount belongs to the stage: from the contract on.
func (s Stage) Counts() bool { return s.Rank() >= StageContract.Rank() }

// EndReasons are the reasons for which it came to nothing more.
var EndReasons = []string{"price", "quality", "lead", "spec", "payment", "silence", "other"}

// Claim is what one firm says came of an introduction. A later claim of the
// same firm stands in place of the earlier.
type Claim struct {
	EnterpriseID string
	UserID       string
	Stage        Stage
	Fen          int64  // of the contract, in fen; zero below it; of a band its lower end
	UpTo         int64  // upper end of a band, in fen, itself outside; AmountMost: it has none; 0: Fen is exact
	Quantity     string // as the firm puts it, e.g. 20 吨
	Day          string // of the stage, 2006-01-02
	Ended        bool
	Reason       string // one of EndReasons, when it ended
	At           time.Time
}

// AmountMost is more, in fen, than any amount that is taken.
const AmountMost int64 = 1e14

// Bands are the lower ends, in fen, of the bands in which an amount can be said;
// each ends where the next begins, and the last has no end. A band counts by its
// lower end, so that no sum is larger than what was said.
var Bands = []int64{1_000_00, 10_000_00, 100_000_00, 500_000_00, 1_000_000_00, 5_000_000_00}

// BandEnd is where the band ends that begins at fen; ok is false when none does.
func BandEnd(fen int64) (upTo int64, ok bool) {
	i := slices.Index(Bands, fen)
	if i < 0 {
		return 0, false
	}
	return append(Bands[i+1:len(Bands):len(Bands)], AmountMost)[0], true
}

// SameSum reports whether two amounts can be one: equal, or one within the other's
// band.
func SameSum(fen, upTo, fen2, upTo2 int64) bool {
	return fen < max(upTo2, fen2+1) && fen2 < max(upTo, fen+1)
}

// Check reports every fault of a claim made at now.
func (c Claim) Check(now time.Time) error {
	var errs Errors
	if c.Stage.Rank() < 0 {
		errs.Add(Bad("stage", "error.choose"))
	}
	switch {
	case c.Fen < 0 || c.Fen >= AmountMost:
		errs.Add(Bad("amount", "error.amount"))
	case c.Stage.Counts() && c.Fen == 0:
		errs.Add(Bad("amount", "error.required"))
	case c.UpTo != 0:
		if end, ok := BandEnd(c.Fen); !ok || end != c.UpTo {
			errs.Add(Bad("amount", "error.choose"))
		}
	}
	errs.Add(maxText("quantity", c.Quantity, 40))
	day, err := time.Parse(time.DateOnly, c.Day)
	switch {
	case strings.TrimSpace(c.Day) == "":
		errs.Add(Bad("day", "error.required"))
	case err != nil || day.Year() < 2000:
		errs.Add(Bad("day", "error.date"))
	case day.After(now.Add(36 * time.Hour)):
		errs.Add(Bad("day", "error.future"))
	}
	if c.Ended && !slices.Contains(EndReasons, c.Reason) {
		errs.Add(Bad("reason", "error.choose"))
	}
	return errs.Err()
}

// Strength says how well an outcome stands.
type Strength string

const (
	Claimed   Strength = "claimed"   // said by one side, or by both in different figures
	Confirmed Strength = "confirmed" // said alike by both
	Seen      Strength = "seen"      // and its document was seen by the association
)

// Outcome is what came of one introduction. It is counted once, however many
// fairs and proposals may claim it.
type Outcome struct {
	ID             string
	Rev            int64
	IntroductionID string
	By, To         string // enterprises
	ByCluster      string
	ToCluster      string
	Claims         map[string]Claim // the newest of each firm
	SeenBy         string           // user who saw the document
	SeenAt         time.Time
	SeenStage      Stage // what the document says
	SeenFen        int64
	SeenUpTo       int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Result is what counts of an outcome.
type Result struct {
	Stage    Stage
	Fen      int64 // what counts: of a band its lower end
	UpTo     int64 // as in Claim
	Day      string
	Quantity string
	Ended    bool
	Reason   string
	Strength Strength
}

// Result weighs the claims. What both say counts as confirmed: the earlier of
// the two stages, and from the contract on only when the amounts are one sum; of an
// exact amount and the band around it, both say the band. Else the lower figure
// stands as a claim, so that no sum is ever larger than either side says. A
// document lifts what it proves, and no more.
func (o *Outcome) Result() Result {
	a, b := o.Claims[o.By], o.Claims[o.To]
	r := Result{Strength: Claimed}
	switch {
	case a.Stage == "" && b.Stage == "":
		return Result{}
	case b.Stage == "":
		r.take(a)
	case a.Stage == "":
		r.take(b)
	default:
		low, high := a, b
		if b.Stage.Rank() < a.Stage.Rank() {
			low, high = b, a
		}
		r.take(low)
		if !low.Stage.Counts() || SameSum(low.Fen, low.UpTo, high.Fen, high.UpTo) {
			r.Strength = Confirmed
		}
		if high.Fen < r.Fen || high.Fen == r.Fen && high.UpTo > r.UpTo {
			r.Fen, r.UpTo = high.Fen, high.UpTo
		}
		if r.Ended = a.Ended && b.Ended; !r.Ended {
			r.Reason = ""
		}
	}
	if !r.Stage.Counts() {
		r.Fen, r.UpTo = 0, 0
	}
	if o.SeenBy != "" && o.SeenStage == r.Stage && o.SeenFen == r.Fen && o.SeenUpTo == r.UpTo {
		r.Strength = Seen
	}
	return r
}

func (r *Result) take(c Claim) {
	r.Stage, r.Fen, r.UpTo, r.Day, r.Quantity, r.Ended, r.Reason = c.Stage, c.Fen, c.UpTo, c.Day, c.Quantity, c.Ended, c.Reason
}

// Figure is one line of an association's report.
type Figure struct {
	Stage    Stage
	Strength Strength
	Count    int
	Banded   int // of Count, those whose amount is a band
	Fen      int64
}

// Sum adds up results by stage and strength, in the order of both. Outcomes
// without a claim are left out.
func Sum(list []Outcome) []Figure {
	var out []Figure
	for _, stage := range Stages {
		for _, strength := range []Strength{Claimed, Confirmed, Seen} {
			f := Figure{Stage: stage, Strength: strength}
			for i := range list {
				if r := list[i].Result(); r.Stage == stage && r.Strength == strength {
					f.Count++
					f.Fen += r.Fen
					if r.UpTo > 0 {
						f.Banded++
					}
				}
			}
			if f.Count > 0 {
				out = append(out, f)
			}
		}
	}
	return out
}
