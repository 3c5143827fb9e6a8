package store

import (
	"database/sql"
	"slices"

	"lianqiao/market"
)

// moveFairs moves registrations, arrivals, talks and what was said of them. In
// a fair where both records are registered they become one party with the
// people of both.
func (m merge) moveFairs() error {
	var parties []market.FairParty
	err := each(m.ctx, m, `SELECT `+partyColumns+` FROM fair_party WHERE enterprise_id IN ($1, $2) ORDER BY fair_id`+m.forUpdate(), func(r *sql.Rows) error {
		p, err := scanParty(r)
		parties = append(parties, p)
		return err
	}, m.keep, m.drop)
	if err != nil {
		return err
	}
	for _, p := range parties {
		m.changed(market.ChangeFair, p.FairID)
		i := slices.IndexFunc(parties, func(o market.FairParty) bool { return o.FairID == p.FairID && o.EnterpriseID == m.keep })
		if p.EnterpriseID != m.drop || i < 0 {
			continue
		}
		if err := m.joinParties(&parties[i], &p); err != nil {
			return err
		}
	}
	if err := m.run(`UPDATE fair_party SET enterprise_id = $1 WHERE enterprise_id = $2`,
		`UPDATE fair_arrival SET enterprise_id = $1 WHERE enterprise_id = $2
			AND NOT EXISTS (SELECT 1 FROM fair_arrival o WHERE o.fair_id = fair_arrival.fair_id AND o.enterprise_id = $1 AND o.rep = fair_arrival.rep)`,
		`UPDATE fair SET tables = replace(tables, $2, $1) WHERE tables LIKE '%' || $2 || '%'`); err != nil {
		return err
	}
	if err := m.moveMeetings(); err != nil {
		return err
	}
	if _, err := m.exec(m.ctx, `DELETE FROM fair_edit WHERE a_id = $1 OR b_id = $1`, m.drop); err != nil {
		return err // undoing would bring the record back that goes
	}
	return m.moveReplies()
}

// joinParties puts the people of the record that goes behind those of the one
// that stays, and their arrivals with them.
func (m merge) joinParties(stays, goes *market.FairParty) error {
	shift := len(stays.Reps)
	if stays.Role != goes.Role {
		stays.Role = market.FairBoth
	}
	reps, err := asJSON(mapped(append(slices.Clone(stays.Reps), goes.Reps...), func(x market.FairRep) fairRepJSON { return fairRepJSON(x) }))
	if err != nil {
		return err
	}
	if _, err := m.exec(m.ctx, `UPDATE fair_party SET reps = $1, role = $2, absent = $3 WHERE fair_id = $4 AND enterprise_id = $5`,
		reps, string(stays.Role), number(stays.Absent && goes.Absent), stays.FairID, m.keep); err != nil {
		return err
	}
	if _, err := m.exec(m.ctx, `UPDATE fair_arrival SET enterprise_id = $1, rep = rep + $2 WHERE fair_id = $3 AND enterprise_id = $4`, m.keep, shift, goes.FairID, m.drop); err != nil {
		return err
	}
	_, err = m.exec(m.ctx, `DELETE FROM fair_party WHERE fair_id = $1 AND enterprise_id = $2`, goes.FairID, m.drop)
	return err
}

// pairKey is a row whose key is two firms in order.
type pairKey struct{ in, a, b, by string }

// moveMeetings and moveReplies leave a talk behind that the other record has
// with the same firm in the same plan, and those of the two with each other.
func (m merge) moveMeetings() error {
	rows, err := m.pairs(`SELECT plan_id, a_id, b_id, '' FROM fair_meeting WHERE a_id = $1 OR b_id = $1`)
	for _, k := range rows {
		if err != nil {
			return err
		}
		p, between := m.moved(k)
		if between {
			continue
		}
		_, err = m.exec(m.ctx, `UPDATE fair_meeting SET a_id = $1, b_id = $2 WHERE plan_id = $3 AND a_id = $4 AND b_id = $5
			AND NOT EXISTS (SELECT 1 FROM fair_meeting o WHERE o.plan_id = $3 AND o.a_id = $1 AND o.b_id = $2)`, p.A, p.B, k.in, k.a, k.b)
	}
	return err
}

func (m merge) moveReplies() error {
	rows, err := m.pairs(`SELECT fair_id, a_id, b_id, by_id FROM fair_reply WHERE a_id = $1 OR b_id = $1`)
	for _, k := range rows {
		if err != nil {
			return err
		}
		p, between := m.moved(k)
		if between {
			continue
		}
		by := k.by
		if by == m.drop {
			by = m.keep
		}
		_, err = m.exec(m.ctx, `UPDATE fair_reply SET a_id = $1, b_id = $2, by_id = $3 WHERE fair_id = $4 AND a_id = $5 AND b_id = $6 AND by_id = $7
			AND NOT EXISTS (SELECT 1 FROM fair_reply o WHERE o.fair_id = $4 AND o.a_id = $1 AND o.b_id = $2 AND o.by_id = $3)`, p.A, p.B, by, k.in, k.a, k.b, k.by)
	}
	return err
}

func (m merge) pairs(query string) (out []pairKey, err error) {
	err = each(m.ctx, m, query, func(r *sql.Rows) error {
		var k pairKey
		err := r.Scan(&k.in, &k.a, &k.b, &k.by)
		out = append(out, k)
		return err
	}, m.drop)
	return out, err
}

// moved is the pair with the record that stays, and whether it is the two records.
func (m merge) moved(k pairKey) (market.Pair, bool) {
	other := k.a
	if other == m.drop {
		other = k.b
	}
	return market.PairOf(m.keep, other), other == m.keep
}
