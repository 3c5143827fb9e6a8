package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lianqiao/market"
)

// errTry takes a trial back.
var errTry = errors.New("only tried")

// TakeIn keeps the rows of an officer's table, those that can be kept in one
// transaction, and says of each what became of it. A firm that has no record
// begins one in the cluster; a known one is only given what it lacks, and nothing
// where somebody signs in for it. The same rows again change nothing. Every write
// stands under the officer's name where the firm reads it. With try set all is
// taken back in the end: the answer is what would become of the rows.
func (s *Store) TakeIn(ctx context.Context, actor market.Actor, clusterID string, rows []market.Intake, try bool) ([]market.Taken, error) {
	var out []market.Taken
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		in := intake{tx: t, actor: actor, cluster: clusterID}
		out = make([]market.Taken, len(rows))
		for i := range rows {
			if err := in.take(ctx, rows[i], &out[i]); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		if try {
			return errTry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errTry) {
		return nil, fmt.Errorf("store.TakeIn(%d rows): %w", len(rows), err)
	}
	return out, nil
}

var nobodyNamed = market.Bad("reps", "import.rep")

// intake is a table on its way in.
type intake struct {
	*tx
	actor   market.Actor
	cluster string
	fair    market.Fair // loaded with the first row that comes to it
	parties map[string]market.FairParty
}

func (t *intake) take(ctx context.Context, row market.Intake, out *market.Taken) error {
	e := row.Firm
	e.ClusterID = t.cluster
	old, err := t.knownEnterprise(ctx, e)
	switch {
	case market.IsKind(err, market.NotFound):
		if row.Party != nil && len(row.Party.Reps) == 0 && e.Contact.Name == "" {
			out.Fault = nobodyNamed
			return nil
		}
		out.Fresh, out.What = true, market.TakenNew
		if e, err = t.upsertEnterprise(ctx, t.actor, e); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		fault := t.actor.MayTake(&old, t.cluster)
		if fault != nil && (row.Party == nil || old.Standing == market.Suspended) {
			out.Fault = fault
			return nil
		}
		if fault == nil {
			if e, err = t.fillEnterprise(ctx, t.actor, old, e); err != nil {
				return err
			}
		} else {
			e = old // a guest of the fair from another cluster
		}
		if out.What = market.TakenSame; e.Rev != old.Rev {
			out.What = market.TakenChanged
		}
	}
	out.Firm = e.ID
	switch {
	case row.Listing != nil:
		return t.listing(ctx, &e, *row.Listing, out)
	case row.Party != nil:
		return t.party(ctx, &e, *row.Party, out)
	}
	return nil
}

func (t *intake) listing(ctx context.Context, e *market.Enterprise, l market.Listing, out *market.Taken) error {
	l.EnterpriseID, l.ClusterID = e.ID, e.ClusterID
	created, updated, _, err := t.importListings(ctx, t.actor, []market.Listing{l})
	var fault *market.Error
	if errors.As(err, &fault) && fault.Message == "error.source.taken" {
		out.Fault = market.Bad("enterprise", "intake.moved")
		return nil
	}
	switch {
	case created > 0:
		out.What = market.TakenNew
	case updated > 0:
		out.What = market.TakenChanged
	default:
		out.What = market.TakenSame
	}
	return err
}

// party registers a firm; of one that is registered the role and the people
// are taken, and when it can meet stays as it is.
func (t *intake) party(ctx context.Context, e *market.Enterprise, p market.FairParty, out *market.Taken) error {
	if err := t.open(ctx, p.FairID); err != nil {
		return err
	}
	old, there := t.parties[e.ID]
	switch {
	case !there && !t.actor.MayInvite(&t.fair, e.ClusterID):
		out.Fault = market.Bad("enterprise", "intake.notInvited")
		return nil
	case len(p.Reps) == 0 && there:
		p.Reps = old.Reps
	case len(p.Reps) == 0 && e.Contact.Name == "":
		out.Fault = nobodyNamed
		return nil
	case len(p.Reps) == 0:
		p.Reps = []market.FairRep{{Name: e.Contact.Name, Phone: e.Contact.Phone}}
	}
	p.EnterpriseID, p.Parallel = e.ID, 1
	if out.What = market.TakenNew; there {
		p.Parallel, p.Away, p.Absent, p.LateUntil = min(old.Parallel, max(1, len(p.Reps))), old.Away, old.Absent, old.LateUntil
		for i := range p.Reps {
			if i < len(old.Reps) && old.Reps[i].Name == p.Reps[i].Name {
				p.Reps[i].Away = old.Reps[i].Away
			}
		}
		out.What = market.TakenChanged
		same := func(a, b market.FairRep) bool { return a.Name == b.Name && a.Phone == b.Phone }
		if old.Role == p.Role && slices.EqualFunc(old.Reps, p.Reps, same) {
			out.What = market.TakenSame
			return nil
		}
	}
	if err := p.Check(&t.fair); err != nil {
		var faults market.Errors
		if !errors.As(err, &faults) {
			return err
		}
		out.Fault = faults[0]
		return nil
	}
	t.parties[e.ID] = p
	return t.saveParty(ctx, t.actor, p)
}

// open loads the fair, once.
func (t *intake) open(ctx context.Context, id string) (err error) {
	if t.fair.ID == id {
		return nil
	}
	if t.fair, err = fairOf(ctx, t, id); err != nil {
		return err
	}
	if !t.actor.MayRunFair(&t.fair) {
		return market.ErrNotFound
	}
	t.parties, err = parties(ctx, t, `fair_id = $1`, id, func(p market.FairParty) string { return p.EnterpriseID })
	return err
}
