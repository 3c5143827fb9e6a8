package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"lianqiao/market"
)

// The shapes of a fair's lists, field by field those of market.
type (
	fairDateJSON struct {
		Phase market.FairPhase `json:"phase"`
		Day   string           `json:"day"`
	}
	fairSessionJSON struct {
		Day  string `json:"day"`
		From int    `json:"from"`
		To   int    `json:"to"`
	}
	fairPauseJSON struct {
		Day   string `json:"day"`
		From  int    `json:"from"`
		To    int    `json:"to"`
		Title string `json:"title,omitempty"`
		Talk  bool   `json:"talk,omitempty"`
	}
	fairTableJSON struct {
		Number       int    `json:"number"`
		Hall         string `json:"hall,omitempty"`
		EnterpriseID string `json:"enterprise,omitempty"`
	}
	fairRepJSON struct {
		Name  string `json:"name"`
		Phone string `json:"phone,omitempty"`
		Away  []int  `json:"away,omitempty"`
	}
)

const (
	fairColumns  = `id, rev, name, place, clusters, entry, phase, dates, slot_minutes, sessions, pauses, tables, min_meetings, max_meetings, secret, demo, created_at, updated_at, regime`
	partyColumns = `fair_id, enterprise_id, role, reps, parallel, away, absent, late_until, created_at`
)

func fairRow(f *market.Fair) ([]any, error) {
	clusters, err1 := asJSON(f.Clusters)
	dates, err2 := asJSON(mapped(f.Dates, func(x market.FairDate) fairDateJSON { return fairDateJSON(x) }))
	sessions, err3 := asJSON(mapped(f.Sessions, func(x market.FairSession) fairSessionJSON { return fairSessionJSON(x) }))
	pauses, err4 := asJSON(mapped(f.Pauses, func(x market.FairPause) fairPauseJSON { return fairPauseJSON(x) }))
	tables, err5 := asJSON(mapped(f.Tables, func(x market.FairTable) fairTableJSON { return fairTableJSON(x) }))
	return []any{f.ID, f.Rev, f.Name, f.Place, clusters, string(f.Entry), string(f.Phase), dates, f.SlotMinutes, sessions, pauses, tables,
		f.MinMeetings, f.MaxMeetings, f.Secret, number(f.Demo), milli(f.CreatedAt), milli(f.UpdatedAt), string(cmp.Or(f.Regime, market.RegimeOrganiser))}, errors.Join(err1, err2, err3, err4, err5)
}

func scanFair(r *sql.Rows) (f market.Fair, err error) {
	var clusters, dates, sessions, pauses, tables string
	var demo, created, updated int64
	if err := r.Scan(&f.ID, &f.Rev, &f.Name, &f.Place, &clusters, &f.Entry, &f.Phase, &dates, &f.SlotMinutes, &sessions, &pauses, &tables,
		&f.MinMeetings, &f.MaxMeetings, &f.Secret, &demo, &created, &updated, &f.Regime); err != nil {
		return f, err
	}
	f.Demo, f.CreatedAt, f.UpdatedAt = demo != 0, fromMilli(created), fromMilli(updated)
	var err1, err2, err3, err4, err5 error
	f.Clusters, err1 = fromJSON[string](clusters)
	f.Dates, err2 = readList(dates, func(x fairDateJSON) market.FairDate { return market.FairDate(x) })
	f.Sessions, err3 = readList(sessions, func(x fairSessionJSON) market.FairSession { return market.FairSession(x) })
	f.Pauses, err4 = readList(pauses, func(x fairPauseJSON) market.FairPause { return market.FairPause(x) })
	f.Tables, err5 = readList(tables, func(x fairTableJSON) market.FairTable { return market.FairTable(x) })
	return f, errors.Join(err1, err2, err3, err4, err5)
}

func readList[A, B any](text string, f func(A) B) ([]B, error) {
	list, err := fromJSON[A](text)
	return mapped(list, f), err
}

// CreateFair keeps a new fair; it gets its revision, times and secret here, and
// an id unless it brings one. An id that is known already is the same request
// again: f becomes what was kept.
func (s *Store) CreateFair(ctx context.Context, actor market.Actor, f *market.Fair) error {
	f.ID, f.Rev, f.Secret, f.Regime = cmp.Or(f.ID, market.NewID()), 1, make([]byte, 32), cmp.Or(f.Regime, market.RegimeOrganiser)
	if _, err := rand.Read(f.Secret); err != nil {
		return fmt.Errorf("store.CreateFair: %w", err)
	}
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		f.CreatedAt, f.UpdatedAt = t.now, t.now
		row, err := fairRow(f)
		if err != nil {
			return err
		}
		t.changed(market.ChangeFair, f.ID)
		t.audit(actor, "create", "fair", f.ID)
		return t.insert(ctx, `INSERT INTO fair (`+fairColumns+`) VALUES `, ``, [][]any{row})
	})
	if duplicate(err) {
		*f, err = s.Fair(ctx, f.ID)
	}
	if err != nil {
		return fmt.Errorf("store.CreateFair: %w", err)
	}
	return nil
}

// UpdateFair keeps a fair's new set-up, or answers market.ErrStale.
func (s *Store) UpdateFair(ctx context.Context, actor market.Actor, f *market.Fair) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		n := *f
		n.Rev, n.UpdatedAt = f.Rev+1, t.now
		row, err := fairRow(&n)
		if err != nil {
			return err
		}
		// The secret and what was said at creation never change.
		count, err := t.exec(ctx, `UPDATE fair SET rev = $2, name = $3, place = $4, clusters = $5, entry = $6, phase = $7, dates = $8, slot_minutes = $9, sessions = $10,
			pauses = $11, tables = $12, min_meetings = $13, max_meetings = $14, updated_at = $15, regime = $16 WHERE id = $1 AND rev = $17`,
			append(append([]any{}, row[:14]...), milli(t.now), row[18], f.Rev)...)
		if err != nil {
			return err
		}
		if count == 0 {
			return market.ErrStale
		}
		t.changed(market.ChangeFair, f.ID)
		t.audit(actor, "edit", "fair", f.ID)
		*f = n
		return nil
	})
	if err != nil {
		return fmt.Errorf("store.UpdateFair(%q): %w", f.ID, err)
	}
	return nil
}

// Fair returns one fair or market.ErrNotFound.
func (s *Store) Fair(ctx context.Context, id string) (market.Fair, error) {
	f, err := fairOf(ctx, s.read, id)
	if err != nil {
		return f, fmt.Errorf("store.Fair(%q): %w", id, err)
	}
	return f, nil
}

func fairOf(ctx context.Context, a asker, id string) (f market.Fair, err error) {
	err = one(ctx, a, `SELECT `+fairColumns+` FROM fair WHERE id = $1`, func(r *sql.Rows) error {
		f, err = scanFair(r)
		return err
	}, id)
	return f, err
}

// Fairs returns fairs, newest first; after is the id of the last one seen.
func (s *Store) Fairs(ctx context.Context, after string, limit int) ([]market.Fair, error) {
	var out []market.Fair
	err := each(ctx, s.read, `SELECT `+fairColumns+` FROM fair WHERE $1 = '' OR id < $1 ORDER BY id DESC LIMIT $2`, func(r *sql.Rows) error {
		f, err := scanFair(r)
		out = append(out, f)
		return err
	}, after, limit)
	if err != nil {
		return nil, fmt.Errorf("store.Fairs: %w", err)
	}
	return out, nil
}

// OpenFairs returns the fairs that are neither being set up nor over by their
// phase, oldest first. There are few at a time.
func (s *Store) OpenFairs(ctx context.Context) ([]market.Fair, error) {
	var out []market.Fair
	err := each(ctx, s.read, `SELECT `+fairColumns+` FROM fair WHERE phase NOT IN ('setup', 'after') ORDER BY id`, func(r *sql.Rows) error {
		f, err := scanFair(r)
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.OpenFairs: %w", err)
	}
	return out, nil
}

// CountParties is how many firms are registered for each of the fairs.
func (s *Store) CountParties(ctx context.Context, fairIDs []string) (map[string]int, error) {
	out, err := counted(ctx, s.read, `SELECT fair_id, count(*) FROM fair_party WHERE fair_id IN (%s) GROUP BY fair_id`, fairIDs)
	if err != nil {
		return nil, fmt.Errorf("store.CountParties: %w", err)
	}
	return out, nil
}

func scanParty(r *sql.Rows) (p market.FairParty, err error) {
	var reps, away string
	var absent, created int64
	if err := r.Scan(&p.FairID, &p.EnterpriseID, &p.Role, &reps, &p.Parallel, &away, &absent, &p.LateUntil, &created); err != nil {
		return p, err
	}
	p.Absent, p.CreatedAt = absent != 0, fromMilli(created)
	var err1, err2 error
	p.Reps, err1 = readList(reps, func(x fairRepJSON) market.FairRep { return market.FairRep(x) })
	p.Away, err2 = fromJSON[int](away)
	return p, errors.Join(err1, err2)
}

// rowOf scans one row into a value.
func rowOf[T any](v *T, scan func(*sql.Rows) (T, error)) func(*sql.Rows) error {
	return func(r *sql.Rows) (err error) {
		*v, err = scan(r)
		return err
	}
}

// SaveParty registers a firm or changes its registration.
func (s *Store) SaveParty(ctx context.Context, actor market.Actor, p market.FairParty) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error { return t.saveParty(ctx, actor, p) })
	if err != nil {
		return fmt.Errorf("store.SaveParty(%q, %q): %w", p.FairID, p.EnterpriseID, err)
	}
	return nil
}

func (t *tx) saveParty(ctx context.Context, actor market.Actor, p market.FairParty) error {
	reps, err1 := asJSON(mapped(p.Reps, func(x market.FairRep) fairRepJSON { return fairRepJSON(x) }))
	away, err2 := asJSON(p.Away)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	t.changed(market.ChangeFair, p.FairID)
	t.auditOn(actor, p.EnterpriseID, "register", "fair", p.FairID)
	return t.insert(ctx, `INSERT INTO fair_party (`+partyColumns+`) VALUES `, ` ON CONFLICT (fair_id, enterprise_id) DO UPDATE SET role = excluded.role,
		reps = excluded.reps, parallel = excluded.parallel, away = excluded.away, absent = excluded.absent, late_until = excluded.late_until`,
		[][]any{{p.FairID, p.EnterpriseID, string(p.Role), reps, p.Parallel, away, number(p.Absent), p.LateUntil, milli(t.now)}})
}

// DropParty takes a registration back, with the firm's wishes.
func (s *Store) DropParty(ctx context.Context, actor market.Actor, fairID, enterpriseID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM fair_party WHERE fair_id = $1 AND enterprise_id = $2`, fairID, enterpriseID)
		if err != nil {
			return err
		}
		if n == 0 {
			return market.ErrNotFound
		}
		t.changed(market.ChangeFair, fairID)
		t.auditOn(actor, enterpriseID, "leave", "fair", fairID)
		if err := t.unpick(ctx, actor, fairID, enterpriseID, ""); err != nil {
			return err
		}
		_, err = t.exec(ctx, `DELETE FROM fair_wish WHERE fair_id = $1 AND by_id = $2`, fairID, enterpriseID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.DropParty(%q, %q): %w", fairID, enterpriseID, err)
	}
	return nil
}

// Parties returns the registered firms, by enterprise.
func (s *Store) Parties(ctx context.Context, fairID string) (map[string]market.FairParty, error) {
	return parties(ctx, s.read, `fair_id = $1`, fairID, func(p market.FairParty) string { return p.EnterpriseID })
}

// Party returns one registration or market.ErrNotFound.
func (s *Store) Party(ctx context.Context, fairID, enterpriseID string) (p market.FairParty, err error) {
	err = one(ctx, s.read, `SELECT `+partyColumns+` FROM fair_party WHERE fair_id = $1 AND enterprise_id = $2`, func(r *sql.Rows) error {
		p, err = scanParty(r)
		return err
	}, fairID, enterpriseID)
	if err != nil {
		return p, fmt.Errorf("store.Party(%q, %q): %w", fairID, enterpriseID, err)
	}
	return p, nil
}

// FairsOf returns an enterprise's registrations, by fair.
func (s *Store) FairsOf(ctx context.Context, enterpriseID string) (map[string]market.FairParty, error) {
	return parties(ctx, s.read, `enterprise_id = $1`, enterpriseID, func(p market.FairParty) string { return p.FairID })
}

func parties(ctx context.Context, a asker, where, id string, key func(market.FairParty) string) (map[string]market.FairParty, error) {
	out := map[string]market.FairParty{}
	err := each(ctx, a, `SELECT `+partyColumns+` FROM fair_party WHERE `+where, func(r *sql.Rows) error {
		p, err := scanParty(r)
		out[key(p)] = p
		return err
	}, id)
	if err != nil {
		return nil, fmt.Errorf("store.parties(%q): %w", id, err)
	}
	return out, nil
}

// FirmsOf returns firms of clusters whose names contain the words, by name.
func (s *Store) FirmsOf(ctx context.Context, clusters []string, words string, limit int) ([]market.Enterprise, error) {
	var out []market.Enterprise
	for _, cluster := range clusters {
		err := each(ctx, s.read, `SELECT `+enterpriseColumns+` FROM enterprise WHERE cluster_id = $1 AND merged_into = '' AND name LIKE $2 ESCAPE '!' ORDER BY name LIMIT $3`, func(r *sql.Rows) error {
			e, err := scanEnterprise(r)
			out = append(out, e)
			return err
		}, cluster, "%"+escapeLike(words)+"%", limit)
		if err != nil {
			return nil, fmt.Errorf("store.FirmsOf: %w", err)
		}
	}
	return out[:min(len(out), limit)], nil
}

// Arrivals returns who checked in, first come first, of one firm when it is named.
func (s *Store) Arrivals(ctx context.Context, fairID, enterpriseID string) ([]market.FairArrival, error) {
	var out []market.FairArrival
	where, args := `fair_id = $1`, []any{fairID}
	if enterpriseID != "" {
		where, args = where+` AND enterprise_id = $2`, append(args, enterpriseID)
	}
	err := each(ctx, s.read, `SELECT fair_id, enterprise_id, rep, via, at FROM fair_arrival WHERE `+where+` ORDER BY at, enterprise_id, rep`, func(r *sql.Rows) error {
		var a market.FairArrival
		var at int64
		err := r.Scan(&a.FairID, &a.EnterpriseID, &a.Rep, &a.Via, &at)
		a.At = fromMilli(at)
		out = append(out, a)
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("store.Arrivals(%q): %w", fairID, err)
	}
	return out, nil
}
