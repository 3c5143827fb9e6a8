package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"lianqiao/market"
)

const additionColumns = `id, cluster_id, kind, words, class, weight, source, change_id, made_by, created_at, removed_at`

func scanAddition(r *sql.Rows, more ...any) (a market.Addition, err error) {
	var words string
	var weight, created, removed int64
	err = r.Scan(append([]any{&a.ID, &a.ClusterID, &a.Kind, &words, &a.Class, &weight, &a.Source, &a.Change, &a.By, &created, &removed}, more...)...)
	if err != nil {
		return a, err
	}
	a.Weight, a.CreatedAt, a.RemovedAt = float64(weight)/1000, fromMilli(created), fromMilli(removed)
	a.Words, err = fromJSON[string](words)
	return a, err
}

// Additions are all in force, in the order in which they were made.
func (s *Store) Additions(ctx context.Context) (list []market.Addition, err error) {
	err = each(ctx, s.read, `SELECT `+additionColumns+` FROM addition WHERE removed_at = 0 ORDER BY id`, func(r *sql.Rows) error {
		a, err := scanAddition(r)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.Additions: %w", err)
	}
	return list, nil
}

// AdditionsOf are those that a change made or removed.
func (s *Store) AdditionsOf(ctx context.Context, change string) (list []market.Addition, err error) {
	err = each(ctx, s.read, `SELECT `+additionColumns+` FROM addition WHERE change_id = $1 ORDER BY id`, func(r *sql.Rows) error {
		a, err := scanAddition(r)
		list = append(list, a)
		return err
	}, change)
	if err != nil {
		return nil, fmt.Errorf("store.AdditionsOf(%q): %w", change, err)
	}
	return list, nil
}

// AdditionSearch narrows what SearchAdditions returns.
type AdditionSearch struct {
	ClusterID string
	Text      string // part of a word
	Kind      market.AdditionKind
	After     string // id of the last one seen
}

// SearchAdditions returns a cluster's additions in force with the names of who
// made them, newest first, and the id to go on after ("" at the end).
func (s *Store) SearchAdditions(ctx context.Context, f AdditionSearch, limit int) (list []market.Addition, next string, err error) {
	where, args := `a.removed_at = 0 AND a.cluster_id = $1`, []any{f.ClusterID}
	bound := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(` AND `+condition, len(args))
	}
	if f.Kind != "" {
		bound(`a.kind = $%d`, string(f.Kind))
	}
	if text := strings.ToLower(strings.TrimSpace(f.Text)); text != "" {
		bound(`a.of LIKE $%d ESCAPE '!'`, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)+"%")
	}
	if f.After != "" {
		bound(`a.id < $%d`, f.After)
	}
	err = each(ctx, s.read, `SELECT `+prefixed("a", additionColumns)+`, COALESCE(u.name, '') FROM addition a LEFT JOIN user_account u ON u.id = a.made_by
		WHERE `+where+fmt.Sprintf(` ORDER BY a.id DESC LIMIT %d`, limit+1), func(r *sql.Rows) error {
		var name string
		a, err := scanAddition(r, &name)
		a.ByName = name
		list = append(list, a)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.SearchAdditions: %w", err)
	}
	if len(list) > limit {
		list, next = list[:limit], list[limit-1].ID
	}
	return list, next, nil
}

func prefixed(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// CreateAddition keeps one addition of a cluster that the actor operates, and has
// the listings that it concerns matched again. The caller has checked it. One that
// is in force already is a Conflict.
func (s *Store) CreateAddition(ctx context.Context, actor market.Actor, a *market.Addition) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Operates(a.ClusterID) {
			return market.ErrNotFound
		}
		a.By, a.Change = actor.UserID, market.NewID()
		created, _, err := t.importAdditions(ctx, []market.Addition{*a}, actor, a)
		if err == nil && created == 0 {
			err = &market.Error{Kind: market.Conflict, Field: "words", Message: "error.words.kept"}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store.CreateAddition: %w", err)
	}
	return nil
}

// RemoveAddition takes an addition of a cluster that the actor operates out of
// force, and has the listings that it concerned matched again.
func (s *Store) RemoveAddition(ctx context.Context, actor market.Actor, id string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		a, err := additionByID(ctx, t, id)
		switch {
		case err != nil:
			return err
		case !actor.Operates(a.ClusterID) || !a.RemovedAt.IsZero():
			return market.ErrNotFound
		}
		change := market.NewID()
		_, err = t.exec(ctx, `UPDATE addition SET removed_at = $1, removed_by = $2, change_id = $3 WHERE id = $4`, milli(t.now), actor.UserID, change, id)
		t.audit(actor, "remove-words", "addition", id)
		t.changed(market.ChangeWords, change)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.RemoveAddition(%q): %w", id, err)
	}
	return nil
}

// RemoveImported takes out of force what was imported for a cluster ("": for
// everybody) under a name, and returns how many.
func (s *Store) RemoveImported(ctx context.Context, clusterID, source string) (n int64, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		change := market.NewID()
		n, err = t.exec(ctx, `UPDATE addition SET removed_at = $1, change_id = $2 WHERE removed_at = 0 AND cluster_id = $3 AND source = $4 AND source <> ''`,
			milli(t.now), change, clusterID, source)
		if n > 0 {
			t.audit(market.Actor{}, "remove-words", "addition", source)
			t.changed(market.ChangeWords, change)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store.RemoveImported(%q): %w", source, err)
	}
	return n, nil
}

func additionByID(ctx context.Context, t *tx, id string) (a market.Addition, err error) {
	err = one(ctx, t, `SELECT `+additionColumns+` FROM addition WHERE id = $1`+t.forUpdate(), func(r *sql.Rows) error {
		a, err = scanAddition(r)
		return err
	}, id)
	return a, err
}

// ImportAdditions keeps checked additions of one cluster and kind, all or none,
// and has the listings that they concern matched again. One that is in force already is the
// same, or updated where its class or weight differs.
func (s *Store) ImportAdditions(ctx context.Context, list []market.Addition) (created, updated, same int, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		change := market.NewID()
		for i := range list {
			list[i].Change, list[i].By = change, ""
		}
		created, updated, err = t.importAdditions(ctx, list, market.Actor{}, nil)
		same = len(list) - created - updated
		return err
	})
	if err != nil {
		return 0, 0, 0, fmt.Errorf("store.ImportAdditions(%d): %w", len(list), err)
	}
	return created, updated, same, nil
}

// importAdditions writes what is new or differs; single, where given, gets the
// id and time of the one that was made.
func (t *tx) importAdditions(ctx context.Context, list []market.Addition, actor market.Actor, single *market.Addition) (created, updated int, err error) {
	if len(list) == 0 {
		return 0, 0, nil
	}
	known := map[string]market.Addition{}
	var keys []string
	for i := range list {
		keys = append(keys, list[i].Key())
	}
	err = in(ctx, t, `SELECT `+additionColumns+` FROM addition WHERE removed_at = 0 AND cluster_id = $1 AND kind = $2 AND of IN (%s)`, keys, func(r *sql.Rows) error {
		a, err := scanAddition(r)
		known[a.Key()] = a
		return err
	}, list[0].ClusterID, string(list[0].Kind))
	var rows [][]any
	for i := range list {
		a := &list[i]
		key := a.Key()
		old, there := known[key]
		weight := int64(math.Round(a.Weight * 1000))
		if there && (single != nil || old.Class == a.Class && math.Round(old.Weight*1000) == float64(weight)) {
			continue
		}
		words, jsonErr := asJSON(a.Words)
		if err = errors.Join(err, jsonErr); err != nil {
			return 0, 0, err
		}
		known[key] = *a
		if there {
			if old.ID == "" {
				continue // twice in one file: the first counts
			}
			_, err = t.exec(ctx, `UPDATE addition SET class = $1, weight = $2, source = $3, change_id = $4 WHERE id = $5`, a.Class, weight, a.Source, a.Change, old.ID)
			t.audit(actor, "edit-words", "addition", old.ID)
			updated++
		} else {
			id := market.NewID()
			rows = append(rows, []any{id, a.ClusterID, string(a.Kind), a.Key(), words, a.Class, weight, a.Source, a.Change, a.By, milli(t.now), "", int64(0)})
			t.audit(actor, "add-words", "addition", id)
			if single != nil {
				single.ID, single.CreatedAt = id, t.now
			}
			created++
		}
		t.changed(market.ChangeWords, a.Change)
	}
	if err != nil {
		return 0, 0, err
	}
	return created, updated, t.insert(ctx, `INSERT INTO addition (id, cluster_id, kind, of, words, class, weight, source, change_id, made_by, created_at, removed_by, removed_at) VALUES `, ``, rows)
}
