package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"lianqiao/market"
)

// meetingJSON is how a talk stood, field by field as in market but for its pair.
type meetingJSON struct {
	Slot   int    `json:"slot"`
	Table  int    `json:"table"`
	Locked bool   `json:"locked,omitempty"`
	Must   bool   `json:"must,omitempty"`
	Added  bool   `json:"added,omitempty"`
	Value  int64  `json:"value"`
	Why    string `json:"why,omitempty"`
	WhyID  string `json:"why_id,omitempty"`
}

func meetingText(m *market.Meeting) (string, error) {
	if m == nil {
		return "", nil
	}
	text, err := json.Marshal(meetingJSON{m.Slot, m.Table, m.Locked, m.Must, m.Added, m.Value, m.Why, m.WhyID})
	return string(text), err
}

func readMeeting(pair market.Pair, text string) (*market.Meeting, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // the talk was not there, which is no fault
	}
	var m meetingJSON
	err := json.Unmarshal([]byte(text), &m)
	return &market.Meeting{Pair: pair, Slot: m.Slot, Table: m.Table, Locked: m.Locked, Must: m.Must, Added: m.Added, Value: m.Value, Why: m.Why, WhyID: m.WhyID}, err
}

// EditMeeting changes one meeting of a draft and returns what it was before.
func (s *Store) EditMeeting(ctx context.Context, actor market.Actor, planID string, pair market.Pair, edit func(*market.Meeting)) (before market.Meeting, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		kept, err := t.draftMeeting(ctx, planID, pair)
		if err != nil {
			return err
		}
		if kept == nil {
			return market.ErrNotFound
		}
		before = *kept
		m := before
		edit(&m)
		if m == before {
			return nil
		}
		t.audit(actor, "move "+pair.A+" "+pair.B, "plan", planID)
		return t.replaceMeeting(ctx, planID, pair, kept, &m)
	})
	if err != nil {
		return before, fmt.Errorf("store.EditMeeting(%q): %w", planID, err)
	}
	return before, nil
}

// AddMeeting puts one more talk into a draft, for a walk-in.
func (s *Store) AddMeeting(ctx context.Context, actor market.Actor, planID string, m market.Meeting) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept, err := t.draftMeeting(ctx, planID, m.Pair)
		if err != nil {
			return err
		}
		if kept != nil {
			return &market.Error{Kind: market.Conflict, Message: "error.fair.meets"}
		}
		m.Added = true
		t.audit(actor, "add "+m.A+" "+m.B, "plan", planID)
		return t.replaceMeeting(ctx, planID, m.Pair, nil, &m)
	})
	if err != nil {
		return fmt.Errorf("store.AddMeeting(%q): %w", planID, err)
	}
	return nil
}

// RemoveMeeting takes a talk that was added by hand out of a draft. One that a
// firm wants is a Conflict: it may only be left unplaced.
func (s *Store) RemoveMeeting(ctx context.Context, actor market.Actor, planID string, pair market.Pair) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept, err := t.draftMeeting(ctx, planID, pair)
		switch {
		case err != nil:
			return err
		case kept == nil:
			return market.ErrNotFound
		case !kept.Added:
			return &market.Error{Kind: market.Conflict, Message: "error.fair.wished"}
		}
		t.audit(actor, "remove "+pair.A+" "+pair.B, "plan", planID)
		return t.replaceMeeting(ctx, planID, pair, kept, nil)
	})
	if err != nil {
		return fmt.Errorf("store.RemoveMeeting(%q): %w", planID, err)
	}
	return nil
}

// UndoEdit takes the last edit of a draft back. Where the talk stands otherwise
// by now, because a firm picked anew, the edit is only forgotten, and the answer
// is false. Without an edit it is a Conflict.
func (s *Store) UndoEdit(ctx context.Context, actor market.Actor, planID string) (undone bool, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.draft(ctx, planID); err != nil {
			return err
		}
		var number int64
		var pair market.Pair
		var was, became string
		err := one(ctx, t, `SELECT number, a_id, b_id, was, became FROM fair_edit WHERE plan_id = $1 ORDER BY number DESC LIMIT 1`, into(&number, &pair.A, &pair.B, &was, &became), planID)
		if errors.Is(err, market.ErrNotFound) {
			return &market.Error{Kind: market.Conflict, Message: "error.fair.noEdit"}
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM fair_edit WHERE plan_id = $1 AND number = $2`, planID, number); err != nil {
			return err
		}
		before, err1 := readMeeting(pair, was)
		left, err2 := readMeeting(pair, became)
		now, err3 := t.draftMeeting(ctx, planID, pair)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		if undone = samePlace(now, left); !undone {
			return nil
		}
		t.audit(actor, "undo "+pair.A+" "+pair.B, "plan", planID)
		return t.putMeeting(ctx, planID, pair, before)
	})
	if err != nil {
		return false, fmt.Errorf("store.UndoEdit(%q): %w", planID, err)
	}
	return undone, nil
}

// samePlace compares what an edit left with what is there.
func samePlace(x, y *market.Meeting) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.Slot == y.Slot && x.Table == y.Table && x.Locked == y.Locked
}

// Edits is how many edits of a draft can be undone.
func (s *Store) Edits(ctx context.Context, planID string) (n int, err error) {
	if err = one(ctx, s.read, `SELECT count(*) FROM fair_edit WHERE plan_id = $1`, into(&n), planID); err != nil {
		return 0, fmt.Errorf("store.Edits(%q): %w", planID, err)
	}
	return n, nil
}

// draftMeeting locks a draft and loads one of its talks; nil: it is not there.
func (t *tx) draftMeeting(ctx context.Context, planID string, pair market.Pair) (*market.Meeting, error) {
	if _, err := t.draft(ctx, planID); err != nil {
		return nil, err
	}
	list, err := meetings(ctx, t, planID, pair.A)
	i := slices.IndexFunc(list, func(m market.Meeting) bool { return m.Pair == pair })
	if err != nil || i < 0 {
		return nil, err
	}
	return &list[i], nil
}

// replaceMeeting makes an edit and notes it, so that it can be undone.
func (t *tx) replaceMeeting(ctx context.Context, planID string, pair market.Pair, was, becomes *market.Meeting) error {
	before, err1 := meetingText(was)
	after, err2 := meetingText(becomes)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO fair_edit (plan_id, number, a_id, b_id, was, became)
		SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM fair_edit WHERE plan_id = $1`, planID, pair.A, pair.B, before, after); err != nil {
		return err
	}
	return t.putMeeting(ctx, planID, pair, becomes)
}

// putMeeting has a draft hold the talk as it is given; nil: not at all.
func (t *tx) putMeeting(ctx context.Context, planID string, pair market.Pair, m *market.Meeting) error {
	if err := t.dropMeeting(ctx, planID, pair); err != nil {
		return err
	}
	if m != nil {
		if err := t.insertMeetings(ctx, planID, []market.Meeting{*m}); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `UPDATE fair_plan SET rev = rev + 1 WHERE id = $1`, planID)
	return err
}

func (t *tx) forgetEdits(ctx context.Context, planID string) error {
	_, err := t.exec(ctx, `DELETE FROM fair_edit WHERE plan_id = $1`, planID)
	return err
}
