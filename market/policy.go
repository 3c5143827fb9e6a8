package market

// Actor is who acts, and for whom. The zero Actor is a visitor.
type Actor struct {
	UserID       string
	EnterpriseID string   // the enterprise acted for; empty for officers
	Clusters     []string // the clusters operated
	Admin        bool
}

// Permission is what a route demands before its handler runs. What may be done
// to one particular thing is decided by the May… functions once it is loaded.
type Permission string

const (
	Anyone       Permission = "anyone"     // no sign-in needed
	SignedIn     Permission = "signed-in"  // any user
	AsEnterprise Permission = "enterprise" // a user who acts for an enterprise
	AsOperator   Permission = "operator"   // a cluster's operator or an administrator
)

// Allow decides whether the actor may use a route of the permission.
func (a Actor) Allow(p Permission) error {
	switch p {
	case Anyone:
		return nil
	case SignedIn, AsEnterprise, AsOperator:
		if a.UserID == "" {
			return &Error{Kind: Unauthorized, Message: "error.signIn"}
		}
	}
	if p == AsEnterprise && a.EnterpriseID == "" || p == AsOperator && !a.Admin && len(a.Clusters) == 0 {
		return &Error{Kind: Forbidden, Message: "error.forbidden"}
	}
	switch p {
	case SignedIn, AsEnterprise, AsOperator:
		return nil
	}
	return &Error{Kind: Forbidden, Message: "error.forbidden"}
}

// Owns reports whether the actor acts for the enterprise.
func (a Actor) Owns(enterpriseID string) bool {
	return enterpriseID != "" && a.EnterpriseID == enterpriseID
}

// MaySeeListing: live listings are public; others are their enterprise's own.
func (a Actor) MaySeeListing(l *Listing) bool { return l.Status == Live || a.Owns(l.EnterpriseID) }

// MayEditListing: only its enterprise.
func (a Actor) MayEditListing(l *Listing) bool { return a.Owns(l.EnterpriseID) }

// MaySeeProposal: the two parties.
func (a Actor) MaySeeProposal(p *Proposal) bool { return p.Side(a.EnterpriseID) != "" }

// MaySeeContact: one's own only, until an introduction opens it to the other side.
func (a Actor) MaySeeContact(enterpriseID string) bool { return a.Owns(enterpriseID) }
