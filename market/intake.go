package market

// Intake is one row of a table that an association reads in: a firm, and what it
// offers or seeks, or that it comes to a fair.
type Intake struct {
	Firm    Enterprise
	Listing *Listing
	Party   *FairParty
}

// Taken is what became of a row.
type Taken struct {
	What  TakenAs
	Fresh bool   // the firm had no record before
	Firm  string // id
	Fault *Error // why nothing was taken
}

// TakenAs says how the row's listing, registration or firm stands to what was kept.
type TakenAs string

const (
	TakenNew     TakenAs = "created"
	TakenChanged TakenAs = "updated"
	TakenSame    TakenAs = "same"
)

// MayTake reports whether an officer may write down something for a known firm:
// it is of the cluster that he reads the table in for, which he operates.
func (a Actor) MayTake(e *Enterprise, clusterID string) *Error {
	switch {
	case e.ClusterID != clusterID || !a.Operates(clusterID):
		return Bad("enterprise", "intake.elsewhere")
	case e.Standing == Suspended:
		return Bad("enterprise", "intake.suspended")
	}
	return nil
}
