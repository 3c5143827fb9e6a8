package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"lianqiao/market"
)

// escapeLike makes words stand for themselves in LIKE … ESCAPE '!'.
func escapeLike(words string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(words)
}

// SaveWish keeps what a firm says of another; an empty mark takes it back. A
// talk that the two picked themselves goes with the wish for it.
func (s *Store) SaveWish(ctx context.Context, w market.Wish) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !w.Mark.Invites() {
			if err := t.unpick(ctx, market.Actor{EnterpriseID: w.By}, w.FairID, w.By, w.Other); err != nil {
				return err
			}
		}
		return t.saveWish(ctx, w)
	})
	if err != nil {
		return fmt.Errorf("store.SaveWish(%q): %w", w.FairID, err)
	}
	return nil
}

func (t *tx) saveWish(ctx context.Context, w market.Wish) error {
	if w.Mark == "" {
		_, err := t.exec(ctx, `DELETE FROM fair_wish WHERE fair_id = $1 AND by_id = $2 AND other_id = $3`, w.FairID, w.By, w.Other)
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO fair_wish (fair_id, by_id, other_id, mark, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (fair_id, by_id, other_id) DO UPDATE SET mark = excluded.mark, updated_at = excluded.updated_at`, w.FairID, w.By, w.Other, string(w.Mark), milli(t.now))
	return err
}

// Wishes returns the wishes of one firm, or of all when by is empty.
func (s *Store) Wishes(ctx context.Context, fairID, by string) ([]market.Wish, error) {
	var out []market.Wish
	err := each(ctx, s.read, `SELECT fair_id, by_id, other_id, mark, updated_at FROM fair_wish WHERE fair_id = $1 AND ($2 = '' OR by_id = $2) ORDER BY by_id, other_id`, func(r *sql.Rows) error {
		var w market.Wish
		var at int64
		err := r.Scan(&w.FairID, &w.By, &w.Other, &w.Mark, &at)
		w.UpdatedAt = fromMilli(at)
		out = append(out, w)
		return err
	}, fairID, by)
	if err != nil {
		return nil, fmt.Errorf("store.Wishes(%q): %w", fairID, err)
	}
	return out, nil
}

// BestTotals returns, for each pair of registered firms, the total of the best
// open proposal between them.
func (s *Store) BestTotals(ctx context.Context, fairID string) (map[market.Pair]int, error) {
	out := map[market.Pair]int{}
	err := each(ctx, s.read, `SELECT p.need_by, p.supply_by, max(p.total) FROM fair_party f
		JOIN proposal p ON p.need_by = f.enterprise_id AND p.status = 'open'
		JOIN fair_party g ON g.fair_id = f.fair_id AND g.enterprise_id = p.supply_by
		WHERE f.fair_id = $1 GROUP BY p.need_by, p.supply_by`, func(r *sql.Rows) error {
		var x, y string
		var total int
		err := r.Scan(&x, &y, &total)
		pair := market.PairOf(x, y)
		out[pair] = max(out[pair], total)
		return err
	}, fairID)
	if err != nil {
		return nil, fmt.Errorf("store.BestTotals(%q): %w", fairID, err)
	}
	return out, nil
}

// BestProposals returns a firm's best open proposal with each registered firm.
func (s *Store) BestProposals(ctx context.Context, fairID, enterpriseID string) (map[string]market.Proposal, error) {
	out := map[string]market.Proposal{}
	for _, side := range [][2]string{{"need_by", "supply_by"}, {"supply_by", "need_by"}} {
		err := each(ctx, s.read, `SELECT `+proposalColumns+` FROM proposal WHERE `+side[0]+` = $2 AND status = 'open'
			AND EXISTS (SELECT 1 FROM fair_party f WHERE f.fair_id = $1 AND f.enterprise_id = proposal.`+side[1]+`) ORDER BY id`, func(r *sql.Rows) error {
			p, err := scanProposal(r)
			other := market.PairOf(p.NeedBy, p.SupplyBy).Other(enterpriseID)
			if kept, ok := out[other]; !ok || p.Total > kept.Total {
				out[other] = p
			}
			return err
		}, fairID, enterpriseID)
		if err != nil {
			return nil, fmt.Errorf("store.BestProposals(%q): %w", fairID, err)
		}
	}
	return out, nil
}

// fairRefused returns the pairs of registered firms that must not meet: one of
// them said no, or that they know each other.
func fairRefused(ctx context.Context, a asker, fairID string) (map[market.Pair]bool, error) {
	out := map[market.Pair]bool{}
	pair := func(r *sql.Rows) error {
		var x, y string
		err := r.Scan(&x, &y)
		out[market.PairOf(x, y)] = true
		return err
	}
	err := each(ctx, a, `SELECT by_id, other_id FROM fair_wish WHERE fair_id = $1 AND mark = 'no'`, pair, fairID)
	if err == nil {
		err = each(ctx, a, `SELECT v.enterprise_id, v.other_id FROM veto v JOIN fair_party f ON f.enterprise_id = v.enterprise_id
			JOIN fair_party g ON g.enterprise_id = v.other_id AND g.fair_id = f.fair_id WHERE f.fair_id = $1`, pair, fairID)
	}
	return out, err
}

// Hall returns what a fair's plans are checked against.
func (s *Store) Hall(ctx context.Context, f *market.Fair) (*market.Hall, error) {
	h, err := hallOf(ctx, s.read, f)
	if err != nil {
		return nil, fmt.Errorf("store.Hall(%q): %w", f.ID, err)
	}
	return h, nil
}

func hallOf(ctx context.Context, a asker, f *market.Fair) (*market.Hall, error) {
	list, err := parties(ctx, a, `fair_id = $1`, f.ID, func(p market.FairParty) string { return p.EnterpriseID })
	if err != nil {
		return nil, err
	}
	refused, err := fairRefused(ctx, a, f.ID)
	return &market.Hall{Fair: f, Parties: list, Refused: refused}, err
}
