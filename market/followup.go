package market

import "time"

// FollowUpDays are the days after the contacts were opened on which each side
// is asked what came of it.
var FollowUpDays = []int{7, 30, 90}

const (
	FollowUpSilent = 7 * 24 * time.Hour  // after the question without an answer the association calls
	FollowUpChange = 24 * time.Hour      // how long an answer can be changed by the link
	FollowUpLife   = 60 * 24 * time.Hour // how long the link opens at all
)

// FollowUp is the question to one side what came of an introduction.
type FollowUp struct {
	ID             string
	IntroductionID string
	EnterpriseID   string // who is asked
	OtherID        string
	Days           int // one of FollowUpDays
	DueAt          time.Time
	AskedAt        time.Time // zero: not yet
	AnsweredAt     time.Time // zero: not yet
	Answer         FollowUpAnswer
	CalledBy       string // the operator who asked by telephone; empty: answered by link
}

// Silent reports whether the question was left without an answer for so long
// that the association calls.
func (f *FollowUp) Silent(now time.Time) bool {
	return !f.AskedAt.IsZero() && f.AnsweredAt.IsZero() && now.Sub(f.AskedAt) >= FollowUpSilent
}

// FollowUpAnswer is what is said to a follow-up.
type FollowUpAnswer string

const (
	AnswerNone    FollowUpAnswer = "none"    // no contact yet
	AnswerTalking FollowUpAnswer = "talking" // in contact
	AnswerSample  FollowUpAnswer = "sample"
	AnswerDeal    FollowUpAnswer = "deal" // a contract, of at least an amount
	AnswerEnded   FollowUpAnswer = "ended"
	AnswerMissed  FollowUpAnswer = "missed" // the operator called in vain
)

// FollowUpAnswers are those that a firm can give.
var FollowUpAnswers = []FollowUpAnswer{AnswerNone, AnswerTalking, AnswerSample, AnswerDeal, AnswerEnded}

// Claim is what an answer says for the ledger, an amount as in Claim; ok is false
// when it says nothing.
func (a FollowUpAnswer) Claim(fen, upTo int64, reason string, now time.Time) (c Claim, ok bool) {
	c = Claim{Day: now.In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly)}
	switch a {
	case AnswerTalking:
		c.Stage = StageContact
	case AnswerSample:
		c.Stage = StageSample
	case AnswerDeal:
		c.Stage, c.Fen, c.UpTo = StageContract, fen, upTo
	case AnswerEnded:
		c.Stage, c.Ended, c.Reason = StageContact, true, reason
	default:
		return c, false
	}
	return c, true
}
