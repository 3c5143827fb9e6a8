package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lianqiao/market"
)

// ListingMatches is the result of matching one listing at one revision.
type ListingMatches struct {
	ListingID string
	Rev       int64 // the revision that was matched
	Side      market.Side
	Keep      []market.Proposal // every pair that fits
	Seen      map[string]int64  // the listings it was compared with, and the revision of each
}

// pair is a need and a supply.
type pair struct{ need, supply string }

func (p pair) other(listing string) string {
	if p.need == listing {
		return p.supply
	}
	return p.need
}

// SaveMatches keeps the results of matching some listings in one transaction;
// saving the same again changes nothing. A pair keeps its proposal's id, date
// and answers for ever. Open proposals of a matched listing with one that it has
// Seen and not kept are withdrawn, unless a party said it is interested; what
// another worker proposed meanwhile it has not seen, and that stands. A pair that
// was refused or vetoed is never opened again. A result for a revision that is no
// longer the stored one is dropped: the newer revision has a message of its own.
// Nothing is saved of a listing that keeps a pair with one that changed since it
// was seen; these listings are returned, to be matched again.
func (s *Store) SaveMatches(ctx context.Context, matches []ListingMatches) (again []string, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		again, err = t.saveMatches(ctx, matches)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.SaveMatches(%d): %w", len(matches), err)
	}
	return again, nil
}

// standing is what SaveMatches needs to know of a listing.
type standing struct {
	rev, matched int64
	live         bool
	side         market.Side
	by           string
}

func (t *tx) saveMatches(ctx context.Context, matches []ListingMatches) (again []string, err error) {
	listings, err := t.standings(ctx, matches)
	if err != nil {
		return nil, err
	}
	var current []ListingMatches
	var ids []string
	for _, m := range matches {
		l, ok := listings[m.ListingID]
		switch {
		case !ok || l.rev != m.Rev || !l.live:
		case m.outdated(listings):
			again = append(again, m.ListingID)
		default:
			current, ids = append(current, m), append(ids, m.ListingID)
		}
	}
	wanted := pairs(current, listings)
	if err := t.withdrawUnfit(ctx, current, wanted); err != nil {
		return nil, err
	}
	if err := t.dropRefused(ctx, wanted); err != nil {
		return nil, err
	}
	changed, err := t.upsertProposals(ctx, wanted)
	if err != nil {
		return nil, err
	}
	t.tell(ids, changed)
	return again, t.markMatched(ctx, current, listings)
}

// outdated reports whether the result keeps a pair with a live listing that is
// not as it was seen.
func (m *ListingMatches) outdated(listings map[string]standing) bool {
	return slices.ContainsFunc(m.Keep, func(p market.Proposal) bool {
		other := pair{p.NeedID, p.SupplyID}.other(m.ListingID)
		l := listings[other]
		return l.live && l.rev != m.Seen[other]
	})
}

// standings loads and locks every listing concerned, in the order of ids, so
// that two workers with common listings queue up instead of deadlocking, and
// none of them can close meanwhile.
func (t *tx) standings(ctx context.Context, matches []ListingMatches) (map[string]standing, error) {
	var ids []string
	for _, m := range matches {
		ids = append(ids, m.ListingID)
		for _, p := range m.Keep {
			ids = append(ids, p.NeedID, p.SupplyID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make(map[string]standing, len(ids))
	err := in(ctx, t, `SELECT id, rev, matched_rev, status, side, enterprise_id FROM listing WHERE id IN (%s) ORDER BY id`+t.forUpdate(), ids, func(r *sql.Rows) error {
		var id string
		var status market.Status
		var l standing
		err := r.Scan(&id, &l.rev, &l.matched, &status, &l.side, &l.by)
		l.live = status == market.Live
		out[id] = l
		return err
	})
	return out, err
}

// pairs collects what is to stand: both listings live, one of each side, or two
// supplies along the chain.
func pairs(current []ListingMatches, listings map[string]standing) map[pair]*market.Proposal {
	out := map[pair]*market.Proposal{}
	for _, m := range current {
		for i := range m.Keep {
			p := m.Keep[i]
			need, supply := listings[p.NeedID], listings[p.SupplyID]
			asks := market.Need
			if p.Kind == market.Potential {
				asks = market.Supply // a product, that is made from the other
			}
			if !need.live || !supply.live || need.side != asks || supply.side != market.Supply {
				continue
			}
			p.NeedBy, p.SupplyBy = need.by, supply.by
			out[pair{p.NeedID, p.SupplyID}] = &p
		}
	}
	return out
}

// withdrawUnfit withdraws open proposals of the matched listings that are not
// wanted, as far as the match has seen both listings as they are now.
func (t *tx) withdrawUnfit(ctx context.Context, current []ListingMatches, wanted map[pair]*market.Proposal) error {
	seen := make(map[string]map[string]int64, len(current))
	ids := make([]string, 0, len(current))
	for _, m := range current {
		seen[m.ListingID], ids = m.Seen, append(ids, m.ListingID)
	}
	var unfit []string
	for _, side := range [][2]string{{"need_id", "supply_id"}, {"supply_id", "need_id"}} {
		err := in(ctx, t, `SELECT p.id, p.`+side[0]+`, p.`+side[1]+`, l.rev FROM proposal p JOIN listing l ON l.id = p.`+side[1]+`
			WHERE p.status = 'open' AND p.`+side[0]+` IN (%s)`, ids, func(r *sql.Rows) error {
			var id, matched, other string
			var rev int64
			err := r.Scan(&id, &matched, &other, &rev)
			at := pair{matched, other}
			if side[0] == "supply_id" {
				at = pair{other, matched}
			}
			if wanted[at] == nil && seen[matched][other] == rev {
				unfit = append(unfit, id)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	liked, err := t.liked(ctx, unfit)
	if err != nil {
		return err
	}
	return t.withdraw(ctx, slices.DeleteFunc(unfit, func(id string) bool { return liked[id] }))
}

// liked returns those of the proposals that somebody is interested in.
func (t *tx) liked(ctx context.Context, proposals []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := in(ctx, t, `SELECT proposal_id FROM interest WHERE answer = 'interested' AND proposal_id IN (%s)`, proposals, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}

// dropRefused takes pairs out that somebody refused, or whose firms know each other.
func (t *tx) dropRefused(ctx context.Context, wanted map[pair]*market.Proposal) error {
	var listings, firms []string
	for at, p := range wanted {
		listings = append(listings, at.need)
		firms = append(firms, p.NeedBy)
	}
	slices.Sort(listings)
	slices.Sort(firms)
	refused, err := refusedPairs(ctx, t, slices.Compact(listings), "need_id")
	if err != nil {
		return err
	}
	for _, at := range refused {
		delete(wanted, at)
	}
	never, err := vetoes(ctx, t, slices.Compact(firms))
	if err != nil {
		return err
	}
	for at, p := range wanted {
		if slices.Contains(never[p.NeedBy], p.SupplyBy) {
			delete(wanted, at)
		}
	}
	return nil
}

const upsertProposal = ` ON CONFLICT (need_id, supply_id) DO UPDATE SET rev = proposal.rev + 1, need_by = excluded.need_by, supply_by = excluded.supply_by,
	kind = excluded.kind, status = excluded.status, total = excluded.total, terms = excluded.terms, weights = excluded.weights, updated_at = excluded.updated_at
	WHERE proposal.status <> excluded.status OR proposal.total <> excluded.total OR proposal.terms <> excluded.terms
		OR proposal.kind <> excluded.kind OR proposal.weights <> excluded.weights
	RETURNING need_id, supply_id`

// tell says once of each matched listing that proposals of it changed. One
// message for each of its proposals would make the stream, which syncs
// every message to disk, the slowest part of all: 180 listings a second.
func (t *tx) tell(matched []string, changed []pair) {
	is := make(map[string]bool, len(matched))
	for _, id := range matched {
		is[id] = true
	}
	for _, p := range changed {
		for _, id := range []string{p.need, p.supply} {
			if is[id] {
				t.changed(market.ChangeMatches, id)
			}
		}
	}
}

// upsertProposals writes the wanted pairs and returns those that changed: a
// row that is as it was is neither written nor returned, so nobody is told.
func (t *tx) upsertProposals(ctx context.Context, wanted map[pair]*market.Proposal) (changed []pair, err error) {
	list := make([]*market.Proposal, 0, len(wanted))
	for _, p := range wanted {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *market.Proposal) int {
		return cmp.Or(strings.Compare(a.NeedID, b.NeedID), strings.Compare(a.SupplyID, b.SupplyID))
	})
	for chunk := range slices.Chunk(list, t.insertRows()) {
		rows := make([][]any, len(chunk))
		for i, p := range chunk {
			terms, err := termsJSON(p.Terms)
			if err != nil {
				return nil, err
			}
			kind := cmp.Or(p.Kind, market.Direct)
			rows[i] = []any{market.NewID(), int64(1), p.NeedID, p.SupplyID, p.NeedBy, p.SupplyBy, string(kind), string(market.Open),
				int64(p.Total), terms, p.Weights, milli(t.now), milli(t.now)}
		}
		query, args := t.values(`INSERT INTO proposal (`+proposalColumns+`) VALUES `, upsertProposal, rows)
		if err := each(ctx, t, query, func(r *sql.Rows) error {
			var at pair
			err := r.Scan(&at.need, &at.supply)
			changed = append(changed, at)
			return err
		}, args...); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// markMatched notes which revision is matched now.
func (t *tx) markMatched(ctx context.Context, current []ListingMatches, listings map[string]standing) error {
	var ids []string
	for _, m := range current {
		if listings[m.ListingID].matched < m.Rev {
			ids = append(ids, m.ListingID)
		}
	}
	slices.Sort(ids)
	// rev is the matched one: the rows are locked since it was compared.
	return in(ctx, t, `UPDATE listing SET matched_rev = rev WHERE id IN (%s)`, slices.Compact(ids), func(*sql.Rows) error { return nil })
}

// Partners returns, for each of the listings, the listings it stands in an open
// proposal with.
func (s *Store) Partners(ctx context.Context, listingIDs []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, side := range []string{"need_id", "supply_id"} {
		err := in(ctx, s.read, `SELECT need_id, supply_id FROM proposal WHERE status = 'open' AND `+side+` IN (%s)`, listingIDs, func(r *sql.Rows) error {
			var at pair
			err := r.Scan(&at.need, &at.supply)
			id := at.need
			if side == "supply_id" {
				id = at.supply
			}
			out[id] = append(out[id], at.other(id))
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("store.Partners(%d): %w", len(listingIDs), err)
		}
	}
	return sorted(out), nil
}

// refusedPairs returns the refused pairs whose need or supply is one of the listings.
func refusedPairs(ctx context.Context, a asker, listings []string, side string) ([]pair, error) {
	var out []pair
	err := in(ctx, a, `SELECT p.need_id, p.supply_id FROM proposal p JOIN interest i ON i.proposal_id = p.id
		WHERE i.answer = 'unfit' AND p.`+side+` IN (%s)`, listings, func(r *sql.Rows) error {
		var at pair
		err := r.Scan(&at.need, &at.supply)
		out = append(out, at)
		return err
	})
	return out, err
}

// Refused returns, for each listing, the listings that it must not be offered
// again because a person found the pair unfit.
func (s *Store) Refused(ctx context.Context, listingIDs []string) (map[string][]string, error) {
	asked := make(map[string]bool, len(listingIDs))
	for _, id := range listingIDs {
		asked[id] = true
	}
	needs, err1 := refusedPairs(ctx, s.read, listingIDs, "need_id")
	supplies, err2 := refusedPairs(ctx, s.read, listingIDs, "supply_id")
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("store.Refused: %w", err)
	}
	found := map[pair]bool{}
	for _, at := range append(needs, supplies...) {
		found[at] = true
	}
	out := map[string][]string{}
	for at := range found {
		for _, id := range []string{at.need, at.supply} {
			if asked[id] {
				out[id] = append(out[id], at.other(id))
			}
		}
	}
	return sorted(out), nil
}

func sorted(m map[string][]string) map[string][]string {
	for k, list := range m {
		slices.Sort(list)
		m[k] = slices.Compact(list)
	}
	return m
}
