package market

import "slices"

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
}

// Permission is what a route demands before its handler runs. What may be done
// to one particular thing is decided by the May… functions once it is loaded.
type Permission string

const (
	Anyone       Permission = "anyone"     // no sign-in needed
	SignedIn     Permission = "signed-in"  // any user
	AsEnterprise Permission = "enterprise" // a user who acts for an enterprise, also an officer on its behalf
	InPerson     Permission = "in-person"  // a user who belongs to an enterprise: consent and contacts are nobody else's
	AsOwner      Permission = "owner"      // a user who owns an enterprise
	AsOperator   Permission = "operator"   // a cluster's operator or an administrator
	AsReviewer   Permission = "reviewer"   // who decides a queue: a reviewer, an operator or an administrator
	AsReader     Permission = "reader"     // an operator, a bureau's viewer or an administrator
)

// Allow decides whether the actor may use a route of the permission.
func (a Actor) Allow(p Permission) error {
	may := false
	switch p {
	case Anyone:
		return nil
	case SignedIn:
		may = true
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
	default:
		return forbidden
	}
	switch {
	case a.UserID == "":
		return &Error{Kind: Unauthorized, Message: "error.signIn"}
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
	if e.ID == "" || !a.Operates(e.ClusterID) || e.Standing == Suspended {
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

// MayReset: an operator hands a new password to the people of his cluster's
// firms, never to another officer; an administrator to anybody.
func (a Actor) MayReset(target Actor, clusterID string) bool {
	officer := target.Admin || len(target.Clusters) > 0 || len(target.Reviews) > 0 || len(target.Views) > 0
	return a.Admin && a.UserID != "" || !officer && target.EnterpriseID != "" && a.Operates(clusterID)
}
