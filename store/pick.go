package store

import (
	"context"
	"fmt"
	"slices"

	"lianqiao/market"
)

var errSlotTaken = &market.Error{Kind: market.Conflict, Field: "slot", Message: "error.fair.slotTaken"}

// Pick keeps the slot in which the actor's firm meets one that asked for it, in
// the fair's draft; slot 0 takes the meeting back. Of two that pick what only
// one can have the first gets it, and the other a Conflict: the fair's row is
// the lock. It returns the meeting.
func (s *Store) Pick(ctx context.Context, actor market.Actor, fairID, other string, slot int) (market.Meeting, error) {
	m := market.Meeting{Pair: market.PairOf(actor.EnterpriseID, other), Slot: slot, Locked: true}
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var f market.Fair
		err := one(ctx, t, `SELECT `+fairColumns+` FROM fair WHERE id = $1`+t.forUpdate(), rowOf(&f, scanFair), fairID)
		if err != nil {
			return err
		}
		if !f.MayPick() {
			return &market.Error{Kind: market.Conflict, Message: "error.fair.closed"}
		}
		plan, err := t.openDraft(ctx, fairID)
		if err != nil {
			return err
		}
		list, err := meetings(ctx, t, plan.ID, "")
		if err != nil {
			return err
		}
		has := slices.ContainsFunc(list, func(x market.Meeting) bool { return x.Pair == m.Pair })
		if slot > 0 {
			if err := t.placed(ctx, &f, actor, other, list, has, &m); err != nil {
				return err
			}
		} else if !has {
			return market.ErrNotFound
		}
		if _, err := t.exec(ctx, `DELETE FROM fair_meeting WHERE plan_id = $1 AND a_id = $2 AND b_id = $3`, plan.ID, m.A, m.B); err != nil {
			return err
		}
		if slot > 0 {
			if err := t.insertMeetings(ctx, plan.ID, []market.Meeting{m}); err != nil {
				return err
			}
		}
		t.audit(actor, "pick "+other, "fair", fairID)
		t.changed(market.ChangePlan, plan.ID)
		_, err = t.exec(ctx, `UPDATE fair_plan SET rev = rev + 1 WHERE id = $1`, plan.ID)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("store.Pick(%q): %w", fairID, err)
	}
	return m, nil
}

// placed gives a picked meeting its table and its worth. Whoever was not asked
// by the other cannot pick; either side may move what is picked already.
func (t *tx) placed(ctx context.Context, f *market.Fair, actor market.Actor, other string, list []market.Meeting, has bool, m *market.Meeting) error {
	marks := map[string]market.WishMark{}
	for by, of := range map[string]string{actor.EnterpriseID: other, other: actor.EnterpriseID} {
		ids, err := idsOf(ctx, t, `SELECT mark FROM fair_wish WHERE fair_id = $1 AND by_id = $2 AND other_id = $3`, f.ID, by, of)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			marks[by] = market.WishMark(ids[0])
		}
	}
	if asked := marks[other] == market.WishMust || marks[other] == market.WishWant; !asked && !has {
		return market.ErrNotFound
	}
	hall, err := hallOf(ctx, t, f)
	if err != nil {
		return err
	}
	table, free := hall.Open(list, m.Pair)[m.Slot]
	if !free {
		return errSlotTaken
	}
	m.Table = table
	m.Value, m.Must = market.MeetingValue(marks[m.A], marks[m.B], 0)
	return nil
}

// openDraft returns the fair's newest draft that is done, or makes an empty one.
// The fair's row is locked.
func (t *tx) openDraft(ctx context.Context, fairID string) (market.Plan, error) {
	plans, err := plansWhere(ctx, t, `fair_id = $1 AND released_at = 0 AND state = 'done' ORDER BY number DESC LIMIT 1`+t.forUpdate(), fairID)
	if err != nil || len(plans) > 0 {
		return append(plans, market.Plan{})[0], err
	}
	p := market.Plan{ID: market.NewID(), FairID: fairID, Rev: 1, State: market.PlanDone, Settings: market.PlanSettings{Seed: 1, Seconds: 1}, CreatedAt: t.now}
	return p, t.createPlan(ctx, &p, nil)
}

// Picked returns a fair's draft into which firms pick, or a zero Plan.
func (s *Store) Picked(ctx context.Context, fairID string) (market.Plan, error) {
	plans, err := plansWhere(ctx, s.read, `fair_id = $1 AND released_at = 0 AND state = 'done' ORDER BY number DESC LIMIT 1`, fairID)
	if err != nil {
		return market.Plan{}, fmt.Errorf("store.Picked(%q): %w", fairID, err)
	}
	return append(plans, market.Plan{})[0], nil
}
