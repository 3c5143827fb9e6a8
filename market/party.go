package market

import (
	"fmt"
	"slices"
	"time"
)

// FairRep is a person who comes for a firm.
type FairRep struct {
	Name, Phone string
	Away        []int // slots in which this one cannot meet
}

// FairParty is a registered firm.
type FairParty struct {
	FairID, EnterpriseID string
	Role                 FairRole
	Reps                 []FairRep
	Parallel             int   // meetings it can hold at a time
	Away                 []int // slots in which it cannot meet
	Absent               bool  // did not come
	LateUntil            int   // cannot meet before this slot; 0: on time
	CreatedAt            time.Time
}

// Check reports every fault of a registration.
func (p *FairParty) Check(f *Fair) error {
	var errs Errors
	if !slices.Contains([]FairRole{FairBuyer, FairSeller, FairBoth}, p.Role) {
		errs.Add(Bad("role", "error.choose"))
	}
	if len(p.Reps) > 9 {
		errs.Add(Bad("reps", "error.fair.reps"))
	}
	n := len(f.Slots())
	slots := func(field string, list []int) {
		for i, s := range list {
			if s < 1 || s > n {
				errs.Add(Bad(fmt.Sprintf("%s[%d]", field, i), "error.choose"))
			}
		}
	}
	for i, r := range p.Reps {
		errs.Add(needText(fmt.Sprintf("reps[%d].name", i), r.Name, 1, 40))
		errs.Add(maxText(fmt.Sprintf("reps[%d].phone", i), r.Phone, 30))
		slots(fmt.Sprintf("reps[%d].away", i), r.Away)
	}
	if p.Parallel < 1 || p.Parallel > max(1, len(p.Reps)) {
		errs.Add(Bad("parallel", "error.fair.parallel"))
	}
	slots("away", p.Away)
	if p.LateUntil < 0 || p.LateUntil > n {
		errs.Add(Bad("late_until", "error.choose"))
	}
	return errs.Err()
}

// Seats is how many meetings the firm can hold at once in the slot: as many as
// it wants to, and no more than it has people there.
func (p *FairParty) Seats(slot int) int {
	if p.Absent || slot < p.LateUntil || slices.Contains(p.Away, slot) {
		return 0
	}
	if len(p.Reps) == 0 {
		return max(1, p.Parallel)
	}
	there := 0
	for _, r := range p.Reps {
		if !slices.Contains(r.Away, slot) {
			there++
		}
	}
	return min(max(1, p.Parallel), there)
}

// CannotMeet reports whether the firm is not there in the slot.
func (p *FairParty) CannotMeet(slot int) bool { return p.Seats(slot) == 0 }

// MayMeet reports whether two roles have business with each other.
func (r FairRole) MayMeet(o FairRole) bool {
	return r != o || r == FairBoth
}
