package market

import "time"

// DeskKind is what a desk at the door notes of a firm or of one of its people.
type DeskKind string

const (
	DeskIn      DeskKind = "in"      // a representative came
	DeskOut     DeskKind = "out"     // and that was a mistake
	DeskAbsent  DeskKind = "absent"  // the firm did not come
	DeskPresent DeskKind = "present" // and that was a mistake
	DeskLate    DeskKind = "late"    // it comes later; slot 0: on time after all
)

// DeskKinds lists them.
var DeskKinds = []DeskKind{DeskIn, DeskOut, DeskAbsent, DeskPresent, DeskLate}

// DeskDeed is one thing that a desk noted, perhaps a while ago and without a
// network. The desk gives it an id, so that it counts once however often it is
// sent; deeds of one desk come in the order in which they were done.
type DeskDeed struct {
	ID           string
	Kind         DeskKind
	EnterpriseID string
	Rep          int       // in and out
	Slot         int       // late: the first in which the firm can meet
	At           time.Time // in: when; zero: now
}
