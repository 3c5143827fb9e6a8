package market

import (
	"slices"
	"time"
)

// Actor is who acts, and for whom. The zero Actor is a visitor.
type Actor struct {
	UserID       string
	EnterpriseID string   // the enterprise acted for; empty for officers
	Owner        bool     // of that enterprise, not only a member
	Behalf       bool     // an officer who acts for the enterprise without belonging to it
	Clusters     []string // the clusters operated
	Reviews      []string // the clusters whose queue is decided
	Views        []string // the clusters whose figures a bureau reads
	Admin        bool
	MustEnrol    bool // an officer who has yet to set up his second step, and may do nothing else
}

// Permission is what a route demands before its handler runs. What may be done
// to one particular thing is decided by the May… functions once it is loaded.
type Permission string

const (
	Anyone       Permission = "anyone"     // no sign-in needed
	Enrolling    Permission = "enrolling"  // any user, also one who must set up his second step first
	SignedIn     Permission = "signed-in"  // any other user
	AsEnterprise Permission = "enterprise" // a user who acts for an enterprise, also an officer on its behalf
	InPerson     Permission = "in-person"  // a user who belongs to an enterprise: consent and contacts are nobody else's
	AsOwner      Permission = "owner"      // a user who owns an enterprise
	AsOperator   Permission = "operator"   // a cluster's operator or an administrator
	AsReviewer   Permission = "reviewer"   // who decides a queue: a reviewer, an operator or an administrator
	AsReader     Permission = "reader"     // an operator, a bureau's viewer or an administrator
	AsOfficer    Permission = "officer"    // any of these
)

// Allow decides whether the actor may use a route of the permission.
func (a Actor) Allow(p Permission) error {
	may := false
	switch p {
	case Anyone:
		return nil
	case Enrolling:
		may = true
	case SignedIn:
		may = !a.MustEnrol
	case AsEnterprise:
		may = a.EnterpriseID != ""
	case InPerson:
		may = a.EnterpriseID != "" && !a.Behalf
	case AsOwner:
		may = a.EnterpriseID != "" && a.Owner
	case AsOperator:
		may = a.Admin || len(a.Clusters) > 0
	case AsReviewer:
		may = a.Admin || len(a.Clusters) > 0 || len(a.Reviews) > 0
	case AsReader:
		may = a.Admin || len(a.Clusters) > 0 || len(a.Views) > 0
	case AsOfficer:
		may = a.officer()
	default:
		return forbidden
	}
	switch {
	case a.UserID == "":
		return &Error{Kind: Unauthorized, Message: "error.signIn"}
	case a.MustEnrol && !may:
		return &Error{Kind: Forbidden, Message: "error.totp.must"}
	case !may:
		return forbidden
	}
	return nil
}

var forbidden = &Error{Kind: Forbidden, Message: "error.forbidden"}

// Owns reports whether the actor acts for the enterprise.
func (a Actor) Owns(enterpriseID string) bool {
	return enterpriseID != "" && a.EnterpriseID == enterpriseID
}

// MaySeeListing: live listings are public; others are their enterprise's own,
// and its association's while they are before it.
func (a Actor) MaySeeListing(l *Listing) bool {
	sent := l.Status == Waiting || l.Status == SentBack || l.Status == Barred
	return l.Status == Live || a.Owns(l.EnterpriseID) || sent && a.decides(l.ClusterID)
}

// MayReview: whoever operates the cluster that was asked, or reviews for it.
func (a Actor) MayReview(r *Review) bool { return a.decides(r.ClusterID) }

func (a Actor) decides(clusterID string) bool {
	return a.Operates(clusterID) || a.UserID != "" && clusterID != "" && slices.Contains(a.Reviews, clusterID)
}

// MayEditListing: only its enterprise.
func (a Actor) MayEditListing(l *Listing) bool { return a.Owns(l.EnterpriseID) }

// MaySeeProposal: the two parties.
func (a Actor) MaySeeProposal(p *Proposal) bool { return p.Side(a.EnterpriseID) != "" }

// MaySeePreference: the people of its firm; what a firm does not want is
// nobody else's business, not even its association's.
func (a Actor) MaySeePreference(p *Preference) bool { return !a.Behalf && a.Owns(p.EnterpriseID) }

// For is the actor as an officer who acts on behalf of a firm of his clusters:
// he may do what its people may, but not what is theirs in person, and while he
// does he is no officer.
func (a Actor) For(e *Enterprise) (Actor, error) {
	if e.ID == "" || !a.Operates(e.ClusterID) || e.Standing == Suspended || e.MergedInto != "" {
		return a, forbidden
	}
	return Actor{UserID: a.UserID, EnterpriseID: e.ID, Behalf: true}, nil
}

// MaySeeIntroduction: the people of the two parties; one that said never to
// the other is not asked again.
func (a Actor) MaySeeIntroduction(i *Introduction) bool {
	return !a.Behalf && i.Of(a.EnterpriseID) != "" && !(i.Muted && a.EnterpriseID == i.To)
}

// MaySeeOwnContact: one's own.
func (a Actor) MaySeeOwnContact(enterpriseID string) bool { return a.Owns(enterpriseID) }

// MaySeeContact: the other party's, while the introduction is open and neither
// firm is suspended or lost its verification.
func (a Actor) MaySeeContact(of *Enterprise, i *Introduction, own *Enterprise) bool {
	return a.MaySeeIntroduction(i) && i.Of(a.EnterpriseID) == of.ID && own.ID == a.EnterpriseID && i.Open() && of.Trusted() && own.Trusted()
}

// MaySeeEvidence: the firm itself, and whoever decides its association's queue.
func (a Actor) MaySeeEvidence(of *Enterprise) bool {
	return a.Owns(of.ID) || a.decides(of.ClusterID)
}

// MaySeePerson: one's own; whom a firm shows to everybody, while somebody
// stands behind the firm; whom it shows to its association. Those that it shows
// to whom its contact is open are seen where MaySeeContact says so.
func (a Actor) MaySeePerson(p Person, of *Enterprise) bool {
	return a.Owns(of.ID) || p.Shown == ShownPublic && of.Trusted() || p.Shown == ShownAssociation && a.decides(of.ClusterID)
}

// MayReadThread: the people of the two firms, once their contacts were opened,
// and also after one of them closed the contacts again: what was said stays
// said to both.
func (a Actor) MayReadThread(i *Introduction) bool {
	return a.MaySeeIntroduction(i) && !i.DisclosedAt.IsZero()
}

// MayWrite: the same people, while the contacts are open and somebody stands
// behind both firms.
func (a Actor) MayWrite(i *Introduction, by, to *Enterprise) bool {
	return a.MayReadThread(i) && i.Open() && by.ID == i.By && to.ID == i.To && by.Trusted() && to.Trusted()
}

// MayAttach: files go with a quote only from a firm that somebody stands
// behind: a letter-head is a contact, too.
func (a Actor) MayAttach(own *Enterprise) bool { return a.Owns(own.ID) && own.Trusted() }

// MayFetch: a file of a thread, whoever may read the thread; one that goes with
// a quote, the supplier's people and, once the quote is sent, those of the firm
// whose need it is. Another supplier never.
func (a Actor) MayFetch(f *Attachment, i *Introduction) bool {
	if f.NeedID == "" {
		return a.MayReadThread(i)
	}
	return a.MaySeeIntroduction(i) && (a.Owns(f.EnterpriseID) || !f.QuotedAt.IsZero())
}

// MayIntroduce: an operator brings together listings of which at least one is
// of his clusters.
func (a Actor) MayIntroduce(from, to *Listing) bool {
	return from.Status == Live && to.Status == Live && (a.Operates(from.ClusterID) || a.Operates(to.ClusterID))
}

// MayClaim: what came of an introduction is told by its two parties, once
// their contacts were opened or they sat at one table, and also after one of
// them closed the contacts again.
func (a Actor) MayClaim(i *Introduction) bool {
	return a.MaySeeIntroduction(i) && (!i.DisclosedAt.IsZero() || i.FairID != "")
}

// MayQuote: a firm that was brought together with the buyer about this need,
// and consented. Its own need nobody quotes on.
func (a Actor) MayQuote(need *Listing, i *Introduction) bool {
	return need.Side == Need && a.MaySeeIntroduction(i) && i.Of(a.EnterpriseID) == need.EnterpriseID && i.Consented(a.EnterpriseID)
}

// MayCall: the telephone of a firm that left the question what came of an
// introduction without an answer is opened to its own association, to ask.
func (a Actor) MayCall(firm *Enterprise, f *FollowUp, now time.Time) bool {
	return f.EnterpriseID == firm.ID && f.Silent(now) && a.Operates(firm.ClusterID)
}

// MayVouch: an outcome's document is seen by the association of either firm.
func (a Actor) MayVouch(o *Outcome) bool {
	return a.Operates(o.ByCluster) || a.Operates(o.ToCluster)
}

// MayReadOutcome: its bureau reads it as well.
func (a Actor) MayReadOutcome(o *Outcome) bool {
	return a.MayRead(o.ByCluster) || a.MayRead(o.ToCluster)
}

// Operates reports whether the actor runs the cluster. Firms without a cluster
// are the administrator's.
func (a Actor) Operates(clusterID string) bool {
	return a.UserID != "" && (a.Admin || clusterID != "" && slices.Contains(a.Clusters, clusterID))
}

// MayRead: a cluster's figures, for its operator and its bureau.
func (a Actor) MayRead(clusterID string) bool {
	return a.Operates(clusterID) || a.UserID != "" && clusterID != "" && slices.Contains(a.Views, clusterID)
}

// MayOverlook: a cluster's firms, listings and fairs in figures, for whoever
// holds an office in it.
func (a Actor) MayOverlook(clusterID string) bool {
	return a.MayRead(clusterID) || a.decides(clusterID)
}

// MayReset: an operator hands a new password to the people of his cluster's
// firms, never to another officer; an administrator to anybody.
func (a Actor) MayReset(target Actor, clusterID string) bool {
	return a.Admin && a.UserID != "" || !target.officer() && target.EnterpriseID != "" && a.Operates(clusterID)
}

// MayAppoint, and dismiss: an administrator operators, reviewers and a bureau's
// viewers; an operator the reviewers of his own clusters. Nobody makes
// administrators but who runs the machine.
func (a Actor) MayAppoint(m Membership) bool {
	switch m.Role {
	case Operator, Viewer:
		return a.Admin && a.UserID != ""
	case Reviewer:
		return a.Operates(m.ClusterID)
	}
	return false
}

// MayMerge: two records of the actor's clusters that stand for themselves. A
// suspended one stays what it is: a merge is no way back to the market.
func (a Actor) MayMerge(keep, drop *Enterprise) error {
	switch {
	case !a.Operates(keep.ClusterID) || !a.Operates(drop.ClusterID) || keep.MergedInto != "" || drop.MergedInto != "":
		return ErrNotFound
	case keep.ID == drop.ID:
		return Bad("drop", "error.choose")
	case keep.Standing == Suspended || drop.Standing == Suspended:
		return &Error{Kind: Conflict, Message: "error.merge.suspended"}
	}
	return nil
}

func (a Actor) officer() bool { return a.Decides() || len(a.Views) > 0 }

// Decides reports whether the actor holds an office that decides over firms.
func (a Actor) Decides() bool { return a.Admin || len(a.Clusters) > 0 || len(a.Reviews) > 0 }

// BeforeEnrolment is the actor while he has yet to set up his second step: he
// is nobody's officer and belongs to no firm.
func (a Actor) BeforeEnrolment() Actor { return Actor{UserID: a.UserID, MustEnrol: true} }
