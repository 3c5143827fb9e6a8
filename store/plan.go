package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

type (
	planSettingsJSON struct {
		Seed    int64 `json:"seed"`
		Seconds int   `json:"seconds"`
		Fill    bool  `json:"fill,omitempty"`
		Repair  bool  `json:"repair,omitempty"`
		FromNow int   `json:"from_now,omitempty"`
	}
	planFiguresJSON struct {
		Asked        int    `json:"asked"`
		Placed       int    `json:"placed"`
		Musts        int    `json:"musts"`
		MustsGot     int    `json:"musts_got"`
		Value        int64  `json:"value"`
		Gaps         int    `json:"gaps"`
		TableChanges int    `json:"table_changes"`
		Empty        int    `json:"empty"`
		Short        int    `json:"short"`
		Moved        int    `json:"moved"`
		Status       string `json:"status"`
		Bound        int64  `json:"bound"`
	}
)

const (
	planColumns    = `id, fair_id, rev, number, base, picked, state, progress, settings, figures, created_at, released_at`
	meetingColumns = `a_id, b_id, slot, tab, locked, must, value, why, why_id, added`
)

func scanPlan(r *sql.Rows) (p market.Plan, err error) {
	var settings, figures string
	var picked, created, released int64
	if err := r.Scan(&p.ID, &p.FairID, &p.Rev, &p.Number, &p.Base, &picked, &p.State, &p.Progress, &settings, &figures, &created, &released); err != nil {
		return p, err
	}
	p.Picked, p.CreatedAt, p.ReleasedAt = picked != 0, fromMilli(created), fromMilli(released)
	var s planSettingsJSON
	var f planFiguresJSON
	err = errors.Join(json.Unmarshal([]byte(settings), &s), json.Unmarshal([]byte(figures), &f))
	p.Settings, p.Figures = market.PlanSettings(s), market.PlanFigures(f)
	return p, err
}

// CreatePlan keeps a new draft as the fair's next; one that is queued is worked
// on. An id that is known already is the same request again: p becomes what was kept.
func (s *Store) CreatePlan(ctx context.Context, actor market.Actor, p *market.Plan, meetings []market.Meeting) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		p.ID, p.Rev, p.CreatedAt = cmp.Or(p.ID, market.NewID()), 1, t.now
		t.audit(actor, "plan", "fair", p.FairID)
		return t.createPlan(ctx, p, meetings)
	})
	if duplicate(err) {
		*p, err = s.Plan(ctx, p.ID)
	}
	if err != nil {
		return fmt.Errorf("store.CreatePlan(%q): %w", p.FairID, err)
	}
	return nil
}

func (t *tx) createPlan(ctx context.Context, p *market.Plan, meetings []market.Meeting) error {
	// The fair's row is the lock under which its plans are numbered.
	var n int64
	if err := one(ctx, t, `SELECT rev FROM fair WHERE id = $1`+t.forUpdate(), into(&n), p.FairID); err != nil {
		return err
	}
	if err := one(ctx, t, `SELECT coalesce(max(number), 0) FROM fair_plan WHERE fair_id = $1`, into(&n), p.FairID); err != nil {
		return err
	}
	p.Number = int(n) + 1
	settings, err1 := json.Marshal(planSettingsJSON(p.Settings))
	figures, err2 := json.Marshal(planFiguresJSON(p.Figures))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	t.changed(market.ChangePlan, p.ID)
	err := t.insert(ctx, `INSERT INTO fair_plan (`+planColumns+`) VALUES `, ``,
		[][]any{{p.ID, p.FairID, p.Rev, p.Number, p.Base, number(p.Picked), string(p.State), p.Progress, string(settings), string(figures), milli(p.CreatedAt), int64(0)}})
	if err != nil {
		return err
	}
	return t.insertMeetings(ctx, p.ID, meetings)
}

func (t *tx) insertMeetings(ctx context.Context, planID string, meetings []market.Meeting) error {
	rows := make([][]any, len(meetings))
	for i, m := range meetings {
		rows[i] = []any{planID, m.A, m.B, m.Slot, m.Table, number(m.Locked), number(m.Must), m.Value, m.Why, m.WhyID, number(m.Added)}
	}
	return t.insert(ctx, `INSERT INTO fair_meeting (plan_id, `+meetingColumns+`) VALUES `, ``, rows)
}

// Plan returns one plan or market.ErrNotFound.
func (s *Store) Plan(ctx context.Context, id string) (market.Plan, error) {
	p, err := planByID(ctx, s.read, id, ``)
	if err != nil {
		return p, fmt.Errorf("store.Plan(%q): %w", id, err)
	}
	return p, nil
}

func planByID(ctx context.Context, a asker, id, lock string) (p market.Plan, err error) {
	err = one(ctx, a, `SELECT `+planColumns+` FROM fair_plan WHERE id = $1`+lock, func(r *sql.Rows) error {
		p, err = scanPlan(r)
		return err
	}, id)
	return p, err
}

// Plans returns a fair's plans, newest first.
func (s *Store) Plans(ctx context.Context, fairID string) ([]market.Plan, error) {
	out, err := plansWhere(ctx, s.read, `fair_id = $1 ORDER BY number DESC LIMIT 200`, fairID)
	if err != nil {
		return nil, fmt.Errorf("store.Plans(%q): %w", fairID, err)
	}
	return out, nil
}

func plansWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Plan, error) {
	var out []market.Plan
	err := each(ctx, a, `SELECT `+planColumns+` FROM fair_plan WHERE `+where, func(r *sql.Rows) error {
		p, err := scanPlan(r)
		out = append(out, p)
		return err
	}, args...)
	return out, err
}

// WaitingPlans are drafts that were queued before the moment and are not begun.
func (s *Store) WaitingPlans(ctx context.Context, before time.Time) ([]string, error) {
	ids, err := idsOf(ctx, s.read, `SELECT id FROM fair_plan WHERE state = 'queued' AND created_at < $1 ORDER BY id LIMIT 100`, milli(before))
	if err != nil {
		return nil, fmt.Errorf("store.WaitingPlans: %w", err)
	}
	return ids, nil
}

// Releases returns the last released plan and the one released before it;
// either is a zero Plan when there is none.
func (s *Store) Releases(ctx context.Context, fairID string) (last, before market.Plan, err error) {
	plans, err := s.Plans(ctx, fairID)
	plans = slices.DeleteFunc(plans, func(p market.Plan) bool { return !p.Released() })
	slices.SortFunc(plans, func(a, b market.Plan) int { return b.ReleasedAt.Compare(a.ReleasedAt) })
	if len(plans) > 0 {
		last = plans[0]
	}
	if len(plans) > 1 {
		before = plans[1]
	}
	return last, before, err
}

// Meetings returns a plan's meetings, those of one firm when it is named.
func (s *Store) Meetings(ctx context.Context, planID, enterpriseID string) ([]market.Meeting, error) {
	list, err := meetings(ctx, s.read, planID, enterpriseID)
	if err != nil {
		return nil, fmt.Errorf("store.Meetings(%q): %w", planID, err)
	}
	return list, nil
}

func meetings(ctx context.Context, a asker, planID, enterpriseID string) ([]market.Meeting, error) {
	var out []market.Meeting
	err := each(ctx, a, `SELECT `+meetingColumns+` FROM fair_meeting WHERE plan_id = $1 AND ($2 = '' OR a_id = $2 OR b_id = $2) ORDER BY slot, tab, a_id, b_id`, func(r *sql.Rows) error {
		var m market.Meeting
		var locked, must, added int64
		err := r.Scan(&m.A, &m.B, &m.Slot, &m.Table, &locked, &must, &m.Value, &m.Why, &m.WhyID, &added)
		m.Locked, m.Must, m.Added = locked != 0, must != 0, added != 0
		out = append(out, m)
		return err
	}, planID, enterpriseID)
	return out, err
}

// draft loads a plan that may be written.
func (t *tx) draft(ctx context.Context, id string) (market.Plan, error) {
	p, err := planByID(ctx, t, id, t.forUpdate())
	if err == nil && p.Released() {
		err = &market.Error{Kind: market.Conflict, Message: "error.fair.released"}
	}
	return p, err
}

// SavePlanProgress tells how far the solver is.
func (s *Store) SavePlanProgress(ctx context.Context, id string, state market.PlanState, progress string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE fair_plan SET state = $2, progress = $3 WHERE id = $1 AND released_at = 0 AND (state <> 'stopping' OR $2 <> 'solving')`, id, string(state), progress)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SavePlanProgress(%q): %w", id, err)
	}
	return nil
}

// StopPlan asks for the best timetable so far of a plan that is being computed;
// one that is not stays as it is.
func (s *Store) StopPlan(ctx context.Context, id string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE fair_plan SET state = 'stopping' WHERE id = $1 AND state IN ('queued', 'solving')`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.StopPlan(%q): %w", id, err)
	}
	return nil
}

// SavePlanResult puts computed meetings into a draft and says that it is done.
func (s *Store) SavePlanResult(ctx context.Context, id string, list []market.Meeting, f market.PlanFigures) error {
	figures, err := json.Marshal(planFiguresJSON(f))
	if err != nil {
		return fmt.Errorf("store.SavePlanResult(%q): %w", id, err)
	}
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.draft(ctx, id); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM fair_meeting WHERE plan_id = $1`, id); err != nil {
			return err
		}
		if err := t.forgetEdits(ctx, id); err != nil {
			return err
		}
		if err := t.insertMeetings(ctx, id, list); err != nil {
			return err
		}
		t.changed(market.ChangePlan, id)
		_, err := t.exec(ctx, `UPDATE fair_plan SET state = 'done', progress = '', figures = $2, rev = rev + 1 WHERE id = $1`, id, string(figures))
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SavePlanResult(%q): %w", id, err)
	}
	return nil
}

// ReleasePlan freezes a draft for ever and opens the next draft, a copy of it.
func (s *Store) ReleasePlan(ctx context.Context, actor market.Actor, id string, f market.PlanFigures) (next market.Plan, err error) {
	figures, err := json.Marshal(planFiguresJSON(f))
	if err != nil {
		return next, fmt.Errorf("store.ReleasePlan(%q): %w", id, err)
	}
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		p, err := t.draft(ctx, id)
		if err != nil {
			return err
		}
		if p.State != market.PlanDone {
			return &market.Error{Kind: market.Conflict, Message: "error.fair.solving"}
		}
		list, err := meetings(ctx, t, id, "")
		if err != nil {
			return err
		}
		if err := t.tellOfRelease(ctx, p, list); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE fair_plan SET released_at = $2, rev = rev + 1, figures = $3 WHERE id = $1`, id, milli(t.now), string(figures)); err != nil {
			return err
		}
		if err := t.forgetEdits(ctx, id); err != nil {
			return err
		}
		t.audit(actor, "release", "plan", id)
		t.changed(market.ChangePlan, id)
		next = p
		next.ID, next.Rev, next.Base, next.CreatedAt, next.Figures = market.NewID(), 1, id, t.now, f
		return t.createPlan(ctx, &next, list)
	})
	if err != nil {
		return next, fmt.Errorf("store.ReleasePlan(%q): %w", id, err)
	}
	return next, nil
}

// tellOfRelease tells the firms whose talks differ from those of the release before.
func (t *tx) tellOfRelease(ctx context.Context, p market.Plan, list []market.Meeting) error {
	before, err := idsOf(ctx, t, `SELECT id FROM fair_plan WHERE fair_id = $1 AND released_at > 0 ORDER BY released_at DESC LIMIT 1`, p.FairID)
	if err != nil {
		return err
	}
	type talk struct {
		market.Pair
		slot, table int
	}
	changed := map[talk]bool{}
	flip := func(list []market.Meeting) {
		for _, m := range list {
			x := talk{market.Pair{A: m.A, B: m.B}, m.Slot, m.Table}
			changed[x] = !changed[x]
		}
	}
	flip(list)
	for _, id := range before {
		old, err := meetings(ctx, t, id, "")
		if err != nil {
			return err
		}
		flip(old)
	}
	told := map[string]bool{}
	for x, yes := range changed {
		for _, firm := range []string{x.A, x.B} {
			if yes && !told[firm] {
				told[firm] = true
				t.notify(firm, market.TopicFair, "fair", p.FairID, "", p.ID)
			}
		}
	}
	return nil
}
