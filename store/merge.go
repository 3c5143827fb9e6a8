package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"lianqiao/market"
)

// merge is one merge under way: it moves everything of one record to another of
// the same firm. It lives as long as its transaction, so it holds the context.
type merge struct {
	*tx
	ctx        context.Context
	keep, drop string
}

// Merge makes two records of one firm one. What was said by or to the record
// that goes moves to the one that stays, the people who speak for it too; the
// row itself stays behind and names its successor. What the two records have
// between themselves stays where it was and ends: a firm does not deal with
// itself. A sum that both records had with the same third firm on the same day
// is counted once. The revisions are those that the actor compared, else
// market.ErrStale.
func (s *Store) Merge(ctx context.Context, actor market.Actor, keep, drop market.Enterprise) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		kept, gone, err := t.lockPair(ctx, keep.ID, drop.ID)
		if err != nil {
			return err
		}
		if err := actor.MayMerge(&kept, &gone); err != nil {
			return err
		}
		if kept.Rev != keep.Rev || gone.Rev != drop.Rev {
			return market.ErrStale
		}
		m := merge{t, ctx, kept.ID, gone.ID}
		for _, step := range []func() error{m.closeBetween, m.moveListings(kept.ClusterID), m.closeTwins, m.moveTalks, m.moveNotices, m.moveOutcomes(kept.ClusterID), m.foldOutcomes, m.moveWords, m.moveFairs, m.movePeople} {
			if err := step(); err != nil {
				return err
			}
		}
		if err := m.moveRecord(&kept, &gone); err != nil {
			return err
		}
		t.auditOn(actor, kept.ID, "merge", "enterprise", gone.ID)
		t.auditOn(actor, gone.ID, "merged", "enterprise", kept.ID)
		if err := t.tellIntroductions(ctx, kept.ID); err != nil {
			return err
		}
		return t.discloseFor(ctx, actor, kept.ID)
	})
	if err != nil {
		return fmt.Errorf("store.Merge(%q ← %q): %w", keep.ID, drop.ID, err)
	}
	return nil
}

// lockPair locks both rows in the order of their ids, so that two merges at
// once do not wait for each other.
func (t *tx) lockPair(ctx context.Context, keep, drop string) (kept, gone market.Enterprise, err error) {
	for _, id := range slices.Sorted(slices.Values([]string{keep, drop})) {
		e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), id)
		if err != nil {
			return kept, gone, err
		}
		if id == keep {
			kept = e
		} else {
			gone = e
		}
	}
	return kept, gone, nil
}

// run executes each statement with $1 the record that stays and $2 the one that goes.
func (m merge) run(queries ...string) error {
	for _, q := range queries {
		if _, err := m.exec(m.ctx, q, m.keep, m.drop); err != nil {
			return err
		}
	}
	return nil
}

// between are the introductions of the two records with each other.
const between = `(SELECT id FROM introduction WHERE by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1)`

// closeBetween ends what is open between the two.
func (m merge) closeBetween() error {
	open, err := introductionsWhere(m.ctx, m, `(by_id = $1 AND to_id = $2 OR by_id = $2 AND to_id = $1) AND status IN ('asked', 'agreed') ORDER BY id`+m.forUpdate(), m.keep, m.drop)
	if err != nil {
		return err
	}
	if err := m.close(open); err != nil {
		return err
	}
	proposals, err := idsOf(m.ctx, m, `SELECT id FROM proposal WHERE status = 'open' AND (need_by = $1 AND supply_by = $2 OR need_by = $2 AND supply_by = $1)`, m.keep, m.drop)
	if err != nil {
		return err
	}
	return m.withdraw(m.ctx, proposals)
}

func (m merge) close(list []market.Introduction) error {
	for _, i := range list {
		i.Status, i.Rev, i.UpdatedAt = market.TakenBack, i.Rev+1, m.now
		if err := m.saveIntroduction(m.ctx, &i); err != nil {
			return err
		}
	}
	return nil
}

// moveListings also gives each listing a new revision, so that it is indexed
// and matched again under its new firm.
func (m merge) moveListings(cluster string) func() error {
	return func() error {
		ids, err := idsOf(m.ctx, m, `SELECT id FROM listing WHERE enterprise_id = $1 ORDER BY id`+m.forUpdate(), m.drop)
		if err != nil {
			return err
		}
		for _, id := range ids {
			m.changed(market.ChangeListing, id)
		}
		if _, err := m.exec(m.ctx, `UPDATE listing SET enterprise_id = $1, cluster_id = $3, rev = rev + 1, updated_at = $4 WHERE enterprise_id = $2`, m.keep, m.drop, cluster, milli(m.now)); err != nil {
			return err
		}
		return m.run(`UPDATE image SET enterprise_id = $1 WHERE enterprise_id = $2`,
			`UPDATE proposal SET need_by = $1 WHERE need_by = $2 AND supply_by <> $1`,
			`UPDATE proposal SET supply_by = $1 WHERE supply_by = $2 AND need_by <> $1`,
			`UPDATE interest SET enterprise_id = $1 WHERE enterprise_id = $2 AND NOT EXISTS (SELECT 1 FROM interest o WHERE o.proposal_id = interest.proposal_id AND o.enterprise_id = $1)
				AND EXISTS (SELECT 1 FROM proposal p WHERE p.id = interest.proposal_id AND $2 NOT IN (p.need_by, p.supply_by))`)
	}
}

// moveTalks moves introductions with what was said and consented in them.
func (m merge) moveTalks() error {
	return m.run(
		`UPDATE consent SET enterprise_id = $1 WHERE enterprise_id = $2 AND introduction_id NOT IN `+between,
		`UPDATE disclosure SET of_id = $1 WHERE of_id = $2 AND introduction_id NOT IN `+between,
		`UPDATE disclosure SET to_id = $1 WHERE to_id = $2 AND introduction_id NOT IN `+between,
		`UPDATE message SET enterprise_id = $1 WHERE enterprise_id = $2 AND introduction_id NOT IN `+between,
		// The files of a quote go where the quote goes.
		`UPDATE attachment SET enterprise_id = $1 WHERE enterprise_id = $2 AND introduction_id NOT IN `+between+`
			AND NOT EXISTS (SELECT 1 FROM quote o WHERE o.need_id = attachment.need_id AND o.enterprise_id = $1)`,
		`UPDATE download SET enterprise_id = $1 WHERE enterprise_id = $2 AND attachment_id NOT IN (SELECT id FROM attachment WHERE introduction_id IN `+between+`)`,
		`UPDATE claim SET enterprise_id = $1 WHERE enterprise_id = $2 AND outcome_id NOT IN (SELECT id FROM outcome WHERE introduction_id IN `+between+`)`,
		`UPDATE introduction SET by_id = $1 WHERE by_id = $2 AND to_id <> $1`,
		`UPDATE introduction SET to_id = $1 WHERE to_id = $2 AND by_id <> $1`,
		`UPDATE quote SET enterprise_id = $1 WHERE enterprise_id = $2 AND introduction_id NOT IN `+between+`
			AND NOT EXISTS (SELECT 1 FROM quote o WHERE o.need_id = quote.need_id AND o.enterprise_id = $1)`)
}

// moveNotices moves what the record was told and asked; what the two were asked
// of each other nobody needs to know any more.
func (m merge) moveNotices() error {
	return m.run(
		`DELETE FROM followup WHERE answered_at = 0 AND introduction_id IN `+between,
		`UPDATE followup SET enterprise_id = $1 WHERE enterprise_id = $2 AND introduction_id NOT IN `+between,
		`UPDATE followup SET other_id = $1 WHERE other_id = $2 AND introduction_id NOT IN `+between,
		`UPDATE notice SET enterprise_id = $1 WHERE enterprise_id = $2 AND other_id <> $1 AND NOT EXISTS (SELECT 1 FROM notice o WHERE o.enterprise_id = $1 AND o.key = notice.key)`,
		`UPDATE notice SET other_id = $1 WHERE other_id = $2 AND enterprise_id <> $1`,
		`UPDATE delivery SET enterprise_id = $1 WHERE enterprise_id = $2`,
		`UPDATE notice_seen SET enterprise_id = $1 WHERE enterprise_id = $2 AND NOT EXISTS (SELECT 1 FROM notice_seen o WHERE o.user_id = notice_seen.user_id AND o.enterprise_id = $1)`)
}

// closeTwins ends one of two introductions that both records have open on the
// same listing: the one that came less far, else the later one.
func (m merge) closeTwins() error {
	open, err := introductionsWhere(m.ctx, m, `by_id IN ($1, $2) AND proposal_id = '' AND fair_id = '' AND status IN ('asked', 'agreed') ORDER BY id`+m.forUpdate(), m.keep, m.drop)
	if err != nil {
		return err
	}
	first := map[string]market.Introduction{}
	var close []market.Introduction
	for _, i := range open {
		kept, twice := first[i.ListingID]
		switch {
		case !twice:
			first[i.ListingID] = i
		case i.Status == market.Agreed && kept.Status == market.Asked:
			first[i.ListingID] = i
			close = append(close, kept)
		default:
			close = append(close, i)
		}
	}
	return m.close(close)
}

// moveOutcomes leaves those between the two where they are, folded into
// themselves: they count nowhere.
func (m merge) moveOutcomes(cluster string) func() error {
	return func() error {
		for _, side := range []string{"by", "to"} {
			if _, err := m.exec(m.ctx, `UPDATE outcome SET `+side+`_id = $1, `+side+`_cluster = $3 WHERE `+side+`_id = $2 AND introduction_id NOT IN `+between, m.keep, m.drop, cluster); err != nil {
				return err
			}
		}
		return m.run(`UPDATE outcome SET folded_into = id WHERE introduction_id IN ` + between)
	}
}

// foldOutcomes counts a sum once that both records had with a third firm on
// one day: the better proven one stays, else the exact one, else the older.
func (m merge) foldOutcomes() error {
	list, err := outcomesWhere(m.ctx, m, `(by_id = $1 OR to_id = $1) AND folded_into = '' ORDER BY id`, m.keep)
	if err != nil {
		return err
	}
	strength := []market.Strength{market.Claimed, market.Confirmed, market.Seen}
	slices.SortStableFunc(list, func(a, b market.Outcome) int {
		x, y := a.Result(), b.Result()
		return cmp.Or(cmp.Compare(slices.Index(strength, y.Strength), slices.Index(strength, x.Strength)), cmp.Compare(x.UpTo, y.UpTo))
	})
	type key struct{ other, day string }
	counted := map[key][]*market.Outcome{}
	for i := range list {
		o, r := &list[i], list[i].Result()
		if !r.Stage.Counts() {
			continue
		}
		with := key{o.By, r.Day}
		if o.By == m.keep {
			with.other = o.To
		}
		twice := slices.IndexFunc(counted[with], func(x *market.Outcome) bool {
			first := x.Result()
			return market.SameSum(first.Fen, first.UpTo, r.Fen, r.UpTo)
		})
		if twice < 0 {
			counted[with] = append(counted[with], o)
			continue
		}
		first := counted[with][twice].ID
		if _, err := m.exec(m.ctx, `UPDATE outcome SET folded_into = $1, rev = rev + 1 WHERE id = $2`, first, o.ID); err != nil {
			return err
		}
		if _, err := m.exec(m.ctx, `UPDATE fair_reply SET outcome_id = $1 WHERE outcome_id = $2`, first, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// moveWords moves what a firm keeps to itself about others. Where both records
// said something of the same firm the harder word stands.
func (m merge) moveWords() error {
	return m.run(
		`UPDATE veto SET enterprise_id = $1 WHERE enterprise_id = $2 AND other_id <> $1
			AND NOT EXISTS (SELECT 1 FROM veto o WHERE o.enterprise_id = $1 AND o.other_id = veto.other_id AND o.proposal_id = veto.proposal_id)`,
		`UPDATE veto SET other_id = $1 WHERE other_id = $2 AND enterprise_id <> $1
			AND NOT EXISTS (SELECT 1 FROM veto o WHERE o.other_id = $1 AND o.enterprise_id = veto.enterprise_id AND o.proposal_id = veto.proposal_id)`,
		`UPDATE fair_wish SET mark = 'no' WHERE by_id = $1 AND EXISTS (SELECT 1 FROM fair_wish o WHERE o.fair_id = fair_wish.fair_id AND o.by_id = $2 AND o.other_id = fair_wish.other_id AND o.mark = 'no')`,
		`UPDATE fair_wish SET mark = 'no' WHERE other_id = $1 AND EXISTS (SELECT 1 FROM fair_wish o WHERE o.fair_id = fair_wish.fair_id AND o.other_id = $2 AND o.by_id = fair_wish.by_id AND o.mark = 'no')`,
		`UPDATE fair_wish SET by_id = $1 WHERE by_id = $2 AND other_id <> $1
			AND NOT EXISTS (SELECT 1 FROM fair_wish o WHERE o.fair_id = fair_wish.fair_id AND o.by_id = $1 AND o.other_id = fair_wish.other_id)`,
		`UPDATE fair_wish SET other_id = $1 WHERE other_id = $2 AND by_id <> $1
			AND NOT EXISTS (SELECT 1 FROM fair_wish o WHERE o.fair_id = fair_wish.fair_id AND o.other_id = $1 AND o.by_id = fair_wish.by_id)`)
}

// movePeople moves who speaks for the firm, what they were asked and what they
// proved. A firm that goes waits in no queue.
func (m merge) movePeople() error {
	if err := m.dropReview(m.ctx, m.drop); err != nil {
		return err
	}
	return m.run(
		`INSERT INTO membership (user_id, role, enterprise_id, cluster_id, region) SELECT user_id, role, $1, cluster_id, region FROM membership WHERE enterprise_id = $2 ON CONFLICT DO NOTHING`,
		`DELETE FROM membership WHERE enterprise_id = $2 AND $1 <> ''`,
		`UPDATE review SET cluster_id = (SELECT cluster_id FROM enterprise WHERE id = $1) WHERE enterprise_id = $2 AND status = 'waiting'`,
		`UPDATE review SET enterprise_id = $1 WHERE enterprise_id = $2`,
		`UPDATE ticket SET enterprise_id = $1 WHERE enterprise_id = $2`,
		`UPDATE evidence SET enterprise_id = $1 WHERE enterprise_id = $2`,
		`UPDATE matching SET enterprise_id = $1 WHERE enterprise_id = $2 AND NOT EXISTS (SELECT 1 FROM matching o WHERE o.enterprise_id = $1)`,
		`UPDATE preference SET enterprise_id = $1 WHERE enterprise_id = $2 AND NOT EXISTS (SELECT 1 FROM preference o
			WHERE o.enterprise_id = $1 AND o.side = preference.side AND o.kind = preference.kind AND o.of = preference.of)`,
		`UPDATE enterprise SET merged_into = $1 WHERE merged_into = $2`)
}

// moveRecord fills what the record that stays does not say, and leaves the
// other's row to name it.
func (m merge) moveRecord(kept, gone *market.Enterprise) error {
	left := *gone
	if kept.USCC == "" {
		left.USCC = "" // a code stands once
	}
	left.MergedInto, left.Rev, left.UpdatedAt = kept.ID, gone.Rev+1, m.now
	if err := m.replaceEnterprise(m.ctx, &left, false); err != nil {
		return err
	}
	filled := filledFrom(*kept, *gone)
	filled.ClusterID = kept.ClusterID
	filled.Join(gone)
	filled.Rev, filled.UpdatedAt = kept.Rev+1, m.now
	return m.replaceEnterprise(m.ctx, &filled, false)
}

// Duplicate is two records that may be of one firm.
type Duplicate struct {
	A, B market.Enterprise // A is the older
	Why  []string          // name, phone
}

const (
	duplicatesMost = 100 // shown at once
	sharedMost     = 5   // a telephone that more firms have is an agent's
)

// Duplicates returns records of the actor's clusters that may be of one firm,
// by name or telephone, oldest first.
func (s *Store) Duplicates(ctx context.Context, actor market.Actor) ([]Duplicate, error) {
	where, args := `merged_into = ''`, []any{}
	if !actor.Admin {
		condition, clusters := operated(actor)
		where, args = where+` AND `+condition, clusters
	}
	byName, byPhone := map[string][]string{}, map[string][]string{}
	err := each(ctx, s.read, `SELECT id, name, contact_phone FROM enterprise WHERE `+where+` ORDER BY id`, func(r *sql.Rows) error {
		var id, name, phone string
		err := r.Scan(&id, &name, &phone)
		if name = market.PlainName(name); name != "" {
			byName[name] = append(byName[name], id)
		}
		if phone = market.PlainPhone(phone); phone != "" {
			byPhone[phone] = append(byPhone[phone], id)
		}
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("store.Duplicates: %w", err)
	}
	why := map[[2]string][]string{}
	collect := func(groups map[string][]string, reason string, most int) {
		for _, ids := range groups {
			for i := 1; i < len(ids) && len(ids) <= most; i++ {
				pair := [2]string{ids[0], ids[i]}
				why[pair] = append(why[pair], reason)
			}
		}
	}
	collect(byName, "name", 1000)
	collect(byPhone, "phone", sharedMost)
	var pairs [][2]string
	for p := range why {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(len(why[b]), len(why[a])), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	pairs = pairs[:min(len(pairs), duplicatesMost)]
	var ids []string
	for _, p := range pairs {
		ids = append(ids, p[0], p[1])
	}
	firms, err := s.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Duplicate, len(pairs))
	for i, p := range pairs {
		out[i] = Duplicate{firms[p[0]], firms[p[1]], why[p]}
	}
	return out, nil
}

// Holdings are how much hangs on a record.
type Holdings struct {
	Listings, Live, Introductions, Outcomes, Messages, Fairs, People int
}

// Holdings counts what would move with a record.
func (s *Store) Holdings(ctx context.Context, enterpriseID string) (h Holdings, err error) {
	for query, n := range map[string]*int{
		`SELECT count(*) FROM listing WHERE enterprise_id = $1`:                                                                                  &h.Listings,
		`SELECT count(*) FROM listing WHERE enterprise_id = $1 AND status = 'live'`:                                                              &h.Live,
		`SELECT count(*) FROM introduction WHERE by_id = $1 OR to_id = $1`:                                                                       &h.Introductions,
		`SELECT count(*) FROM outcome WHERE (by_id = $1 OR to_id = $1) AND folded_into = ''`:                                                     &h.Outcomes,
		`SELECT count(*) FROM message m JOIN introduction i ON i.id = m.introduction_id WHERE m.enterprise_id = $1 AND $1 IN (i.by_id, i.to_id)`: &h.Messages,
		`SELECT count(*) FROM fair_party WHERE enterprise_id = $1`:                                                                               &h.Fairs,
		`SELECT count(*) FROM membership WHERE enterprise_id = $1`:                                                                               &h.People,
	} {
		if err == nil {
			err = one(ctx, s.read, query, into(n), enterpriseID)
		}
	}
	if err != nil {
		return h, fmt.Errorf("store.Holdings(%q): %w", enterpriseID, err)
	}
	return h, nil
}
