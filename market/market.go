// Package market is the vocabulary of Lianqiao: the nouns (enterprise, cluster,
// listing, proposal, interest …), the rules that hold for them, and the policy
// that says who may see and do what. It knows nothing of SQL, HTTP or JSON.
package market

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// NewID returns a time-ordered identifier (UUID version 7) as text. Time order
// keeps the primary-key indexes append-mostly on both databases.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// FirstID is below every identifier made at t or later, and above every earlier one.
func FirstID(t time.Time) string {
	ms := uint64(max(t.UnixMilli(), 0))
	return fmt.Sprintf("%08x-%04x-7000-0000-000000000000", ms>>16, ms&0xffff)
}

// ChangeKind names what a Change is about.
type ChangeKind string

const (
	ChangeListing      ChangeKind = "listing"      // a listing was published, edited, closed, renewed or expired
	ChangeProposal     ChangeKind = "proposal"     // a proposal was answered or withdrawn
	ChangeMatches      ChangeKind = "matches"      // a listing was matched: proposals of it were made or rescored; Of is the listing
	ChangeEnterprise   ChangeKind = "enterprise"   // an enterprise's record changed: its listings must be indexed anew
	ChangeIntroduction ChangeKind = "introduction" // an introduction was asked, answered, withdrawn or disclosed
	ChangeFair         ChangeKind = "fair"         // a fair's set-up, registrations, check-ins or results changed
	ChangePlan         ChangeKind = "plan"         // a plan of a fair was queued, computed or released
	ChangeNotice       ChangeKind = "notice"       // a firm has new notices, or somebody saw them; Of is the firm
	ChangeWords        ChangeKind = "words"        // additions to the tables of words were made or removed; Of is their Addition.Change
	ChangeSweep        ChangeKind = "sweep"        // the nightly sweep is due; Of is the day, 2006-01-02
)

// Change is the message "something happened to this thing". It carries no
// state: whoever receives it looks the thing up, so receiving it twice or late
// is harmless.
type Change struct {
	ID   string // of the change itself; the stream drops a second one with the same ID
	Kind ChangeKind
	Of   string // the id of the thing
}
