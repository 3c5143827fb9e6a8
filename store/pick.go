package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

// Pick keeps where and when the actor's firm meets another, in the draft into
// which the firms of the fair pick; table 0 is any that is free. Whoever was
// asked may pick, and accepts by it; what is picked either side may move. Of
// two that pick what only one can have the first gets it, and the other a
// Conflict that says what is taken, and keeps what it had: the fair's row is
// the lock.
func (s *Store) Pick(ctx context.Context, actor market.Actor, fairID, other string, slot, table int) (m market.Meeting, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		f, list, plan, err := t.picking(ctx, fairID)
		if err != nil {
			return err
		}
		pair := market.PairOf(actor.EnterpriseID, other)
		marks, err := t.marksOf(ctx, fairID, actor.EnterpriseID, other)
		if err != nil {
			return err
		}
		hall, err := hallOf(ctx, t, &f)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x market.Meeting) bool { return x.Pair == pair })
		if _, comes := hall.Parties[other]; !comes || i < 0 && !marks[1].Invites() {
			return market.ErrNotFound
		}
		m = market.Meeting{Pair: pair, Slot: slot, Locked: true}
		var clash market.Clash
		m.Table, clash = hall.Places(list, pair).Place(pair, slot, table)
		switch {
		case clash == market.ClashRefused && marks[0] != market.WishNo && i < 0:
			return market.ErrNotFound // the other's veto looks like silence,
		case clash == market.ClashRefused && marks[0] != market.WishNo:
			return taken(&f, market.ClashBusy, slot, table) // or like another talk
		case clash != "":
			return taken(&f, clash, slot, table)
		}
		if marks[0] == "" { // to pick is to accept
			marks[0] = market.WishWant
			if err := t.saveWish(ctx, market.Wish{FairID: fairID, By: actor.EnterpriseID, Other: other, Mark: marks[0]}); err != nil {
				return err
			}
		}
		m.Value, m.Must = market.MeetingValue(marks[0], marks[1], 0)
		if err := t.dropMeeting(ctx, plan.ID, pair); err != nil {
			return err
		}
		if err := t.insertMeetings(ctx, plan.ID, []market.Meeting{m}); err != nil {
			return err
		}
		t.notify(other, market.TopicFair, "fair", fairID, actor.EnterpriseID, market.NewID())
		return t.picked(ctx, actor, "pick "+other, plan)
	})
	if err != nil {
		return m, fmt.Errorf("store.Pick(%q): %w", fairID, err)
	}
	return m, nil
}

// Unpick takes a picked meeting back.
func (s *Store) Unpick(ctx context.Context, actor market.Actor, fairID, other string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, list, plan, err := t.picking(ctx, fairID)
		if err != nil {
			return err
		}
		pair := market.PairOf(actor.EnterpriseID, other)
		if !slices.ContainsFunc(list, func(x market.Meeting) bool { return x.Pair == pair }) {
			return market.ErrNotFound
		}
		if err := t.dropMeeting(ctx, plan.ID, pair); err != nil {
			return err
		}
		t.notify(other, market.TopicFair, "fair", fairID, actor.EnterpriseID, market.NewID())
		return t.picked(ctx, actor, "unpick "+other, plan)
	})
	if err != nil {
		return fmt.Errorf("store.Unpick(%q): %w", fairID, err)
	}
	return nil
}

// picking locks a fair whose firms may pick now, and loads the draft they pick into.
func (t *tx) picking(ctx context.Context, fairID string) (f market.Fair, list []market.Meeting, plan market.Plan, err error) {
	if err = one(ctx, t, `SELECT `+fairColumns+` FROM fair WHERE id = $1`+t.forUpdate(), rowOf(&f, scanFair), fairID); err != nil {
		return f, nil, plan, err
	}
	if !f.Permits(market.Picking) {
		return f, nil, plan, &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
	}
	if plan, err = picksOf(ctx, t, fairID); err == nil && plan.ID == "" {
		plan, err = t.openPicks(ctx, fairID)
	}
	if err == nil { // the organiser may be moving talks in it
		plan, err = t.draft(ctx, plan.ID)
	}
	if err == nil {
		list, err = meetings(ctx, t, plan.ID, "")
	}
	return f, list, plan, err
}

func (t *tx) picked(ctx context.Context, actor market.Actor, deed string, plan market.Plan) error {
	t.audit(actor, deed, "plan", plan.ID)
	t.changed(market.ChangePlan, plan.ID)
	_, err := t.exec(ctx, `UPDATE fair_plan SET rev = rev + 1 WHERE id = $1`, plan.ID)
	return err
}

func (t *tx) dropMeeting(ctx context.Context, planID string, pair market.Pair) error {
	_, err := t.exec(ctx, `DELETE FROM fair_meeting WHERE plan_id = $1 AND a_id = $2 AND b_id = $3`, planID, pair.A, pair.B)
	return err
}

// marksOf are what two firms say of each other.
func (t *tx) marksOf(ctx context.Context, fairID, by, other string) (marks [2]market.WishMark, err error) {
	for i, from := range [2][2]string{{by, other}, {other, by}} {
		ids, err := idsOf(ctx, t, `SELECT mark FROM fair_wish WHERE fair_id = $1 AND by_id = $2 AND other_id = $3`, fairID, from[0], from[1])
		if err != nil {
			return marks, err
		}
		if len(ids) > 0 {
			marks[i] = market.WishMark(ids[0])
		}
	}
	return marks, nil
}

// taken says what stands in the way of a pick.
func taken(f *market.Fair, c market.Clash, slot, table int) error {
	at := ""
	if slots := f.Slots(); slot >= 1 && slot <= len(slots) {
		at = slots[slot-1].Start.In(time.FixedZone("CST", 8*3600)).Format("15:04")
	}
	message := "error.fair.taken." + string(c)
	if c == market.ClashTable && table == 0 {
		message = "error.fair.taken.tables"
	}
	field := map[market.Clash]string{market.ClashTable: "table"}[c]
	if field == "" {
		field = "slot"
	}
	return &market.Error{Kind: market.Conflict, Field: field, Message: message, Args: []string{at, fmt.Sprint(table)}}
}

// picksOf is the draft into which firms pick now: one that was opened for it
// and is newer than every release. Without one it is a zero Plan.
func picksOf(ctx context.Context, a asker, fairID string) (market.Plan, error) {
	plans, err := plansWhere(ctx, a, `fair_id = $1 AND released_at = 0 AND picked = 1
		AND number > (SELECT coalesce(max(number), 0) FROM fair_plan r WHERE r.fair_id = $1 AND r.released_at > 0) ORDER BY number DESC LIMIT 1`, fairID)
	return append(plans, market.Plan{})[0], err
}

// openPicks begins such a draft, with what the last release holds.
func (t *tx) openPicks(ctx context.Context, fairID string) (market.Plan, error) {
	p := market.Plan{ID: market.NewID(), FairID: fairID, Rev: 1, Picked: true, State: market.PlanDone, CreatedAt: t.now}
	released, err := plansWhere(ctx, t, `fair_id = $1 AND released_at > 0 ORDER BY released_at DESC, number DESC LIMIT 1`, fairID)
	if err != nil {
		return p, err
	}
	var list []market.Meeting
	if len(released) > 0 {
		p.Base, p.Settings = released[0].ID, released[0].Settings
		if list, err = meetings(ctx, t, p.Base, ""); err != nil {
			return p, err
		}
	}
	return p, t.createPlan(ctx, &p, list)
}

// Picks returns the draft into which a fair's firms pick, or a zero Plan.
func (s *Store) Picks(ctx context.Context, fairID string) (market.Plan, error) {
	p, err := picksOf(ctx, s.read, fairID)
	if err != nil {
		return p, fmt.Errorf("store.Picks(%q): %w", fairID, err)
	}
	return p, nil
}

// unpick takes a firm's picked meetings back, with one other firm or with all:
// it no longer wants them.
func (t *tx) unpick(ctx context.Context, actor market.Actor, fairID, enterpriseID, other string) error {
	plan, err := picksOf(ctx, t, fairID)
	if err != nil || plan.ID == "" {
		return err
	}
	n, err := t.exec(ctx, `DELETE FROM fair_meeting WHERE plan_id = $1 AND (a_id = $2 AND ($3 = '' OR b_id = $3) OR b_id = $2 AND ($3 = '' OR a_id = $3))`, plan.ID, enterpriseID, other)
	if err != nil || n == 0 {
		return err
	}
	return t.picked(ctx, actor, "unpick "+enterpriseID, plan)
}
