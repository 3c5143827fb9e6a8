package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// judgementPage is how many proposals are looked at together.
const judgementPage = 500

// Judgements hands over every proposal that somebody answered in a way that a
// score could learn from, in the order of ids.
func (s *Store) Judgements(ctx context.Context, each func(market.Judgement) error) error {
	after := ""
	for {
		list, err := s.judged(ctx, after)
		if err != nil {
			return fmt.Errorf("store.Judgements: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		after = list[len(list)-1].ID
		found, err := s.judge(ctx, list)
		if err != nil {
			return fmt.Errorf("store.Judgements: %w", err)
		}
		for _, j := range found {
			if err := each(j); err != nil {
				return err
			}
		}
	}
}

// judged are the next proposals with an answer or an introduction.
func (s *Store) judged(ctx context.Context, after string) (list []market.Proposal, err error) {
	err = each(ctx, s.read, `SELECT `+proposalColumns+` FROM proposal WHERE id > $1
		AND (EXISTS (SELECT 1 FROM interest i WHERE i.proposal_id = proposal.id) OR EXISTS (SELECT 1 FROM introduction n WHERE n.proposal_id = proposal.id))
		ORDER BY id LIMIT $2`, func(r *sql.Rows) error {
		p, err := scanProposal(r)
		list = append(list, p)
		return err
	}, after, judgementPage)
	return list, err
}

func (s *Store) judge(ctx context.Context, list []market.Proposal) (out []market.Judgement, err error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	interests, talks, came := map[string][]market.Interest{}, map[string][]market.Introduction{}, map[string][]market.Strength{}
	err = in(ctx, s.read, `SELECT proposal_id, answer, reason FROM interest WHERE proposal_id IN (%s) ORDER BY enterprise_id`, ids, func(r *sql.Rows) error {
		var i market.Interest
		err := r.Scan(&i.ProposalID, &i.Answer, &i.Reason)
		interests[i.ProposalID] = append(interests[i.ProposalID], i)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = in(ctx, s.read, `SELECT n.proposal_id, n.status, n.reason, n.disclosed_at, COALESCE(o.strength, '') FROM introduction n LEFT JOIN outcome o ON o.introduction_id = n.id
		WHERE n.proposal_id IN (%s) ORDER BY n.id`, ids, func(r *sql.Rows) error {
		var i market.Introduction
		var strength market.Strength
		var disclosed int64
		err := r.Scan(&i.ProposalID, &i.Status, &i.Reason, &disclosed, &strength)
		i.DisclosedAt = fromMilli(disclosed)
		talks[i.ProposalID], came[i.ProposalID] = append(talks[i.ProposalID], i), append(came[i.ProposalID], strength)
		return err
	})
	for _, p := range list {
		if j, ok := market.Judge(p, interests[p.ID], talks[p.ID], came[p.ID]); ok {
			out = append(out, j)
		}
	}
	return out, err
}
