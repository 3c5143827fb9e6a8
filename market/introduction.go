package market

import (
	"slices"
	"time"
)

// IntroductionStatus is where an introduction is.
type IntroductionStatus string

const (
	Asked     IntroductionStatus = "asked"     // 待回应: at least one side has not consented
	Agreed    IntroductionStatus = "agreed"    // 已对接: both consented
	Declined  IntroductionStatus = "declined"  // 已婉拒
	Lapsed    IntroductionStatus = "lapsed"    // 已过期: nobody answered in time
	TakenBack IntroductionStatus = "withdrawn" // 已撤回: a side took its consent back
)

const (
	IntroductionLife = 7 * 24 * time.Hour // until an unanswered introduction lapses
	ReminderBefore   = 2 * 24 * time.Hour // of its end
)

// Limits are the settings that bound what a firm may do; zero means no bound.
type Limits struct {
	OpenIntroductions int // asked by one firm and not answered yet
	UnverifiedLive    int // live listings of a firm that nobody verified
}

// Consent is one side's word that the other may have its contact.
type Consent struct {
	UserID      string // who gave it; empty: not given
	At          time.Time
	WithdrawnAt time.Time // zero: in force
}

// Given reports whether the consent is in force.
func (c Consent) Given() bool { return c.UserID != "" && c.WithdrawnAt.IsZero() }

// Introduction brings two firms together: one asks (or an operator does), the
// other answers, and when both consented and both are verified each gets the
// other's contact. It is a value: every move returns the next one.
type Introduction struct {
	ID          string
	Rev         int64
	ProposalID  string // empty: asked on a listing directly
	ListingID   string // the listing of To that it is about
	FromID      string // the listing of By, on a proposal; else empty
	FairID      string // where the two sat at one table; else empty
	By, To      string // enterprises
	MadeBy      string // user who asked
	ByOperator  bool   // neither side asked: both have to consent
	Muted       bool   // To said never to By: To does not get to see it, and By does not get to know
	Status      IntroductionStatus
	Note        string // what By says to To
	Reason      string // of a decline, shown to the other side; empty when none was given
	ByConsent   Consent
	ToConsent   Consent
	DisclosedAt time.Time // when the contacts were opened; zero: not
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ExpiresAt   time.Time
}

// Disclosure is the record that a firm's contact was opened to another.
type Disclosure struct {
	IntroductionID string
	Of, To         string // enterprises: whose contact, for whom
	At             time.Time
}

// Ask starts an introduction with the consent of the firm that asks.
func Ask(i Introduction, a Actor, now time.Time) (Introduction, error) {
	if i.By == i.To || !a.Owns(i.By) || a.Behalf || i.To == "" {
		return i, ErrNotFound
	}
	if err := maxText("note", i.Note, 500); err != nil {
		return i, err
	}
	i.ByConsent = Consent{UserID: a.UserID, At: now}
	return i.begun(a, now), nil
}

// Introduce starts one by an operator, with the consent of neither side yet.
func Introduce(i Introduction, a Actor, now time.Time) (Introduction, error) {
	if i.By == i.To || i.By == "" || i.To == "" {
		return i, ErrNotFound
	}
	if err := maxText("note", i.Note, 500); err != nil {
		return i, err
	}
	i.ByOperator = true
	return i.begun(a, now), nil
}

// Met starts the introduction of two firms that sat at a table of a fair, when
// one of them says that more may come of it. Contacts stay closed until both
// consent.
func Met(fairID string, p Pair, now time.Time) Introduction {
	return Introduction{FairID: fairID, By: p.A, To: p.B, ByOperator: true}.begun(Actor{}, now)
}

func (i Introduction) begun(a Actor, now time.Time) Introduction {
	i.Rev, i.Status, i.MadeBy = 1, Asked, a.UserID
	i.CreatedAt, i.UpdatedAt, i.ExpiresAt = now, now, now.Add(IntroductionLife)
	return i
}

// Of returns the other party of the enterprise, or "" for a stranger.
func (i *Introduction) Of(enterpriseID string) string {
	switch enterpriseID {
	case "":
		return ""
	case i.By:
		return i.To
	case i.To:
		return i.By
	}
	return ""
}

// consent is the enterprise's own.
func (i *Introduction) consent(enterpriseID string) *Consent {
	if enterpriseID == i.By {
		return &i.ByConsent
	}
	return &i.ToConsent
}

// Consented reports whether the enterprise's consent is in force.
func (i *Introduction) Consented(enterpriseID string) bool {
	return i.Of(enterpriseID) != "" && i.consent(enterpriseID).Given()
}

var errIntroductionOver = &Error{Kind: Conflict, Message: "error.introduction.over"}

// Accept gives the actor's consent; with the second one both are agreed.
func (i Introduction) Accept(a Actor, now time.Time) (Introduction, error) {
	switch {
	case !a.MaySeeIntroduction(&i):
		return i, ErrNotFound
	case i.Current(now) != Asked || i.Consented(a.EnterpriseID):
		return i, errIntroductionOver
	}
	*i.consent(a.EnterpriseID) = Consent{UserID: a.UserID, At: now}
	if i.ByConsent.Given() && i.ToConsent.Given() {
		i.Status = Agreed
	}
	return i.moved(now), nil
}

// Decline refuses, with a reason for the other side or none.
func (i Introduction) Decline(a Actor, reason string, now time.Time) (Introduction, error) {
	switch {
	case !a.MaySeeIntroduction(&i):
		return i, ErrNotFound
	case reason != "" && !slices.Contains(UnfitReasons, reason):
		return i, Bad("reason", "error.choose")
	case i.Current(now) != Asked || i.Consented(a.EnterpriseID):
		return i, errIntroductionOver
	}
	i.Status, i.Reason = Declined, reason
	return i.moved(now), nil
}

// Withdraw takes the actor's consent back, before or after the other agreed.
// From then on neither contact is shown.
func (i Introduction) Withdraw(a Actor, now time.Time) (Introduction, error) {
	switch s := i.Current(now); {
	case !a.MaySeeIntroduction(&i):
		return i, ErrNotFound
	case s != Asked && s != Agreed || !i.Consented(a.EnterpriseID):
		return i, errIntroductionOver
	}
	i.consent(a.EnterpriseID).WithdrawnAt = now
	i.Status = TakenBack
	return i.moved(now), nil
}

func (i Introduction) moved(now time.Time) Introduction {
	i.Rev, i.UpdatedAt = i.Rev+1, now
	return i
}

// Current is the status at a moment: what nobody answered in time has lapsed,
// whether that was written down yet or not.
func (i *Introduction) Current(now time.Time) IntroductionStatus {
	if i.Status == Asked && !now.Before(i.ExpiresAt) {
		return Lapsed
	}
	return i.Status
}

// Lapse writes down that the time is over.
func (i Introduction) Lapse(now time.Time) (Introduction, bool) {
	if i.Status == Lapsed || i.Current(now) != Lapsed {
		return i, false
	}
	i.Status = Lapsed
	return i.moved(now), true
}

// Disclose opens the contacts of two firms that agreed, once both are
// verified. The disclosures are to be kept together with the introduction.
func (i Introduction) Disclose(by, to *Enterprise, now time.Time) (Introduction, []Disclosure) {
	if i.Status != Agreed || !i.DisclosedAt.IsZero() || !by.Trusted() || !to.Trusted() || by.ID != i.By || to.ID != i.To {
		return i, nil
	}
	i.DisclosedAt = now
	return i.moved(now), []Disclosure{{i.ID, i.By, i.To, now}, {i.ID, i.To, i.By, now}}
}

// Open reports whether the two may see each other's contacts now.
func (i *Introduction) Open() bool {
	return i.Status == Agreed && i.ByConsent.Given() && i.ToConsent.Given() && !i.DisclosedAt.IsZero()
}
