package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"lianqiao/market"
)

const proposalColumns = `id, rev, need_id, supply_id, need_by, supply_by, kind, status, total, terms, weights, created_at, updated_at`

func scanProposal(r *sql.Rows) (p market.Proposal, err error) {
	var terms string
	var created, updated int64
	if err := r.Scan(&p.ID, &p.Rev, &p.NeedID, &p.SupplyID, &p.NeedBy, &p.SupplyBy, &p.Kind, &p.Status, &p.Total, &terms, &p.Weights, &created, &updated); err != nil {
		return p, err
	}
	p.CreatedAt, p.UpdatedAt = fromMilli(created), fromMilli(updated)
	p.Terms, err = termsOf(terms)
	return p, err
}

func proposalByID(ctx context.Context, a asker, id, lock string) (p market.Proposal, err error) {
	err = one(ctx, a, `SELECT `+proposalColumns+` FROM proposal WHERE id = $1`+lock, func(r *sql.Rows) error {
		p, err = scanProposal(r)
		return err
	}, id)
	return p, err
}

// Proposal returns one proposal or market.ErrNotFound.
func (s *Store) Proposal(ctx context.Context, id string) (market.Proposal, error) {
	p, err := proposalByID(ctx, s.read, id, ``)
	if err != nil {
		return p, fmt.Errorf("store.Proposal(%q): %w", id, err)
	}
	return p, nil
}

// View picks which proposals of an enterprise are listed.
type View string

const (
	ViewAll      View = ""
	ViewOpen     View = "open"     // open and direct, and the enterprise has not answered yet
	ViewAlong    View = "along"    // the same of potential ones, along the chain
	ViewAnswered View = "answered" // the enterprise has answered
	ViewClosed   View = "closed"   // withdrawn without its answer
)

func (v View) where() string {
	switch v {
	case ViewOpen:
		return ` AND status = 'open' AND kind = 'direct' AND NOT EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id AND i.enterprise_id = $1)`
	case ViewAlong:
		return ` AND status = 'open' AND kind = 'potential' AND NOT EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id AND i.enterprise_id = $1)`
	case ViewAnswered:
		return ` AND EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id AND i.enterprise_id = $1)`
	case ViewClosed:
		return ` AND status <> 'open' AND NOT EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id AND i.enterprise_id = $1)`
	}
	return ``
}

// ProposalsFor returns an enterprise's proposals, best first, of one listing
// when listingID is not empty. next is what to pass as after for the following
// page, "" at the end; an after that is no cursor is an Invalid error.
func (s *Store) ProposalsFor(ctx context.Context, enterpriseID, listingID string, view View, after string, limit int) (list []market.Proposal, next string, err error) {
	where, args := `(need_by = $1 OR supply_by = $1)`, []any{enterpriseID}
	if listingID != "" {
		// By the listing first: it has a few proposals, its firm may have thousands.
		args = append(args, listingID)
		where = `id IN (SELECT id FROM proposal WHERE need_id = $2 AND ` + where + ` UNION SELECT id FROM proposal WHERE supply_id = $2 AND ` + where + `)`
	}
	where += view.where()
	if after != "" {
		total, id, err := cutCursor(after)
		if err != nil {
			return nil, "", err
		}
		n := len(args)
		args = append(args, total, id)
		where += fmt.Sprintf(` AND (total < $%d OR total = $%d AND id < $%d)`, n+1, n+1, n+2)
	}
	args = append(args, limit+1)
	err = each(ctx, s.read, `SELECT `+proposalColumns+` FROM proposal WHERE `+where+` ORDER BY total DESC, id DESC LIMIT $`+strconv.Itoa(len(args)), func(r *sql.Rows) error {
		p, err := scanProposal(r)
		list = append(list, p)
		return err
	}, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.ProposalsFor(%q): %w", enterpriseID, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = fmt.Sprintf("%d.%s", list[limit-1].Total, list[limit-1].ID)
	}
	return list, next, nil
}

func cutCursor(after string) (total int64, id string, err error) {
	number, id, ok := strings.Cut(after, ".")
	total, err = strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || uuid.Validate(id) != nil {
		return 0, "", market.Bad("after", "error.cursor")
	}
	return total, id, nil
}

// PartiesOf returns the enterprises whose proposals with the listing changed
// since then, the listing's own among them.
func (s *Store) PartiesOf(ctx context.Context, listingID string, since time.Time) ([]string, error) {
	ids, err := idsOf(ctx, s.read, `SELECT need_by FROM proposal WHERE need_id = $1 AND updated_at >= $2 UNION SELECT supply_by FROM proposal WHERE need_id = $1 AND updated_at >= $2
		UNION SELECT need_by FROM proposal WHERE supply_id = $1 AND updated_at >= $2 UNION SELECT supply_by FROM proposal WHERE supply_id = $1 AND updated_at >= $2`, listingID, milli(since))
	if err != nil {
		return nil, fmt.Errorf("store.PartiesOf(%q): %w", listingID, err)
	}
	return ids, nil
}

// ProposalCounts counts, for each listing, the open direct proposals that its
// enterprise has not answered; listings without any are left out.
func (s *Store) ProposalCounts(ctx context.Context, listingIDs []string) (map[string]int, error) {
	out := make(map[string]int, len(listingIDs))
	for _, side := range []string{"need", "supply"} {
		query := `SELECT p.` + side + `_id, count(*) FROM proposal p WHERE p.status = 'open' AND p.kind = 'direct' AND p.` + side + `_id IN (%s)
			AND NOT EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = p.id AND i.enterprise_id = p.` + side + `_by) GROUP BY p.` + side + `_id`
		err := in(ctx, s.read, query, listingIDs, func(r *sql.Rows) error {
			var id string
			var n int
			err := r.Scan(&id, &n)
			out[id] += n
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("store.ProposalCounts: %w", err)
		}
	}
	return out, nil
}

// OpenProposals counts an enterprise's open direct proposals that it has not answered.
func (s *Store) OpenProposals(ctx context.Context, enterpriseID string) (int, error) {
	var n int
	err := one(ctx, s.read, `SELECT count(*) FROM proposal WHERE (need_by = $1 OR supply_by = $1)`+ViewOpen.where(), into(&n), enterpriseID)
	if err != nil {
		return 0, fmt.Errorf("store.OpenProposals(%q): %w", enterpriseID, err)
	}
	return n, nil
}
