package store

import (
	"context"
	"fmt"

	"lianqiao/market"
)

// Arrive notes that representatives came. It counts each once, however often it
// is told, and returns how many were new. Who came is not absent.
func (s *Store) Arrive(ctx context.Context, list []market.FairArrival) (fresh int, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		fresh = 0
		for _, a := range list {
			n, err := t.arrive(ctx, a)
			if err != nil {
				return err
			}
			fresh += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store.Arrive: %w", err)
	}
	return fresh, nil
}

func (t *tx) arrive(ctx context.Context, a market.FairArrival) (int64, error) {
	if a.At.IsZero() {
		a.At = t.now
	}
	n, err := t.exec(ctx, `INSERT INTO fair_arrival (fair_id, enterprise_id, rep, via, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (fair_id, enterprise_id, rep) DO NOTHING`,
		a.FairID, a.EnterpriseID, a.Rep, a.Via, milli(a.At))
	if err != nil || n == 0 {
		return n, err
	}
	t.changed(market.ChangeFair, a.FairID)
	_, err = t.exec(ctx, `UPDATE fair_party SET absent = 0 WHERE fair_id = $1 AND enterprise_id = $2 AND absent = 1`, a.FairID, a.EnterpriseID)
	return n, err
}

// NoteAtDesk does what a desk noted, in the order of the list, and returns how
// much of it was new. A deed whose id the fair has seen is left out, so a list
// that is sent again changes nothing, also where it holds a deed and its undoing.
func (s *Store) NoteAtDesk(ctx context.Context, actor market.Actor, fairID string, list []market.DeskDeed) (fresh int, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		fresh = 0
		for _, d := range list {
			n, err := t.exec(ctx, `INSERT INTO fair_deed (fair_id, id) VALUES ($1, $2) ON CONFLICT (fair_id, id) DO NOTHING`, fairID, d.ID)
			if err == nil && n > 0 {
				fresh++
				err = t.noteAtDesk(ctx, actor, fairID, d)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store.NoteAtDesk(%q): %w", fairID, err)
	}
	return fresh, nil
}

func (t *tx) noteAtDesk(ctx context.Context, actor market.Actor, fairID string, d market.DeskDeed) (err error) {
	switch d.Kind {
	case market.DeskIn:
		_, err = t.arrive(ctx, market.FairArrival{FairID: fairID, EnterpriseID: d.EnterpriseID, Rep: d.Rep, Via: "desk", At: d.At})
		return err // a check-in is its own record
	case market.DeskOut:
		_, err = t.exec(ctx, `DELETE FROM fair_arrival WHERE fair_id = $1 AND enterprise_id = $2 AND rep = $3`, fairID, d.EnterpriseID, d.Rep)
	case market.DeskAbsent, market.DeskPresent:
		_, err = t.exec(ctx, `UPDATE fair_party SET absent = $3 WHERE fair_id = $1 AND enterprise_id = $2`, fairID, d.EnterpriseID, number(d.Kind == market.DeskAbsent))
	case market.DeskLate:
		_, err = t.exec(ctx, `UPDATE fair_party SET late_until = $3 WHERE fair_id = $1 AND enterprise_id = $2`, fairID, d.EnterpriseID, d.Slot)
	}
	t.auditOn(actor, d.EnterpriseID, "desk "+string(d.Kind), "fair", fairID)
	t.changed(market.ChangeFair, fairID)
	return err
}
