package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

const introductionColumns = `id, rev, proposal_id, listing_id, from_id, by_id, to_id, made_by, by_operator, muted, status, note, reason,
	by_consent_user, by_consent_at, by_withdrawn_at, to_consent_user, to_consent_at, to_withdrawn_at, disclosed_at, created_at, updated_at, expires_at, fair_id`

func introductionRow(i *market.Introduction) []any {
	return []any{i.ID, i.Rev, i.ProposalID, i.ListingID, i.FromID, i.By, i.To, i.MadeBy, number(i.ByOperator), number(i.Muted), string(i.Status), i.Note, i.Reason,
		i.ByConsent.UserID, milli(i.ByConsent.At), milli(i.ByConsent.WithdrawnAt), i.ToConsent.UserID, milli(i.ToConsent.At), milli(i.ToConsent.WithdrawnAt),
		milli(i.DisclosedAt), milli(i.CreatedAt), milli(i.UpdatedAt), milli(i.ExpiresAt), i.FairID}
}

func scanIntroduction(r *sql.Rows) (i market.Introduction, err error) {
	var operator, muted int64
	var at [8]int64
	err = r.Scan(&i.ID, &i.Rev, &i.ProposalID, &i.ListingID, &i.FromID, &i.By, &i.To, &i.MadeBy, &operator, &muted, &i.Status, &i.Note, &i.Reason,
		&i.ByConsent.UserID, &at[0], &at[1], &i.ToConsent.UserID, &at[2], &at[3], &at[4], &at[5], &at[6], &at[7], &i.FairID)
	i.ByOperator, i.Muted = operator != 0, muted != 0
	for n, to := range []*time.Time{&i.ByConsent.At, &i.ByConsent.WithdrawnAt, &i.ToConsent.At, &i.ToConsent.WithdrawnAt, &i.DisclosedAt, &i.CreatedAt, &i.UpdatedAt, &i.ExpiresAt} {
		*to = fromMilli(at[n])
	}
	return i, err
}

func introductionsWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Introduction, error) {
	var out []market.Introduction
	err := each(ctx, a, `SELECT `+introductionColumns+` FROM introduction WHERE `+where, func(r *sql.Rows) error {
		i, err := scanIntroduction(r)
		out = append(out, i)
		return err
	}, args...)
	return out, err
}

func introductionByID(ctx context.Context, a asker, id, lock string) (market.Introduction, error) {
	found, err := introductionsWhere(ctx, a, `id = $1`+lock, id)
	if err == nil && len(found) == 0 {
		err = market.ErrNotFound
	}
	if err != nil {
		return market.Introduction{}, err
	}
	return found[0], nil
}

// Introduction returns one introduction or market.ErrNotFound.
func (s *Store) Introduction(ctx context.Context, id string) (market.Introduction, error) {
	i, err := introductionByID(ctx, s.read, id, ``)
	if err != nil {
		return i, fmt.Errorf("store.Introduction(%q): %w", id, err)
	}
	return i, nil
}

// SetLimits bounds what firms may do from now on; the zero Limits bound nothing.
func (s *Store) SetLimits(l market.Limits) { s.limits.Store(&l) }

// Limits are the bounds in force.
func (s *Store) Limits() market.Limits {
	if l := s.limits.Load(); l != nil {
		return *l
	}
	return market.Limits{}
}

// AskOnListing asks for an introduction on another firm's live listing. Asking
// again while the first is open answers the first.
func (s *Store) AskOnListing(ctx context.Context, actor market.Actor, listingID, note string) (market.Introduction, error) {
	var i market.Introduction
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.lockFirm(ctx, actor.EnterpriseID); err != nil {
			return err
		}
		l, err := listingByID(ctx, t, listingID, t.forUpdate())
		if err != nil {
			return err
		}
		if l.Status != market.Live || actor.Owns(l.EnterpriseID) {
			return market.ErrNotFound
		}
		open, err := t.openIntroduction(ctx, `by_id = $1 AND listing_id = $2 AND proposal_id = '' AND fair_id = ''`, actor.EnterpriseID, listingID)
		if err != nil || open.ID != "" {
			i = open
			return err
		}
		i, err = t.ask(ctx, actor, market.Introduction{ListingID: l.ID, By: actor.EnterpriseID, To: l.EnterpriseID, Note: note}, s.Limits())
		return err
	})
	if err != nil {
		return i, fmt.Errorf("store.AskOnListing(%q): %w", listingID, err)
	}
	return i, nil
}

// Introduce keeps an introduction that an operator suggests on two listings;
// both firms have to consent. A firm that said never to the other does not get
// to see it, and neither the operator nor the other learns of that.
func (s *Store) Introduce(ctx context.Context, actor market.Actor, fromID, toID, note string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		found, err := listingsWhere(ctx, t, `id IN ($1, $2) ORDER BY id`+t.forUpdate(), fromID, toID)
		if err != nil {
			return err
		}
		if len(found) != 2 || !actor.MayIntroduce(&found[0], &found[1]) {
			return market.ErrNotFound
		}
		i := market.Introduction{ID: market.NewID(), ListingID: found[1].ID, FromID: found[0].ID, By: found[0].EnterpriseID, To: found[1].EnterpriseID, Note: note}
		if err := t.spare(ctx, &i); err != nil {
			return err
		}
		if i, err = market.Introduce(i, actor, t.now); err != nil {
			return err
		}
		open, err := t.openIntroduction(ctx, `by_id = $1 AND listing_id = $2 AND proposal_id = '' AND fair_id = ''`, i.By, i.ListingID)
		if err != nil || open.ID != "" {
			return err // they are at it already
		}
		return t.insertIntroduction(ctx, actor, i, "introduce")
	})
	if err != nil {
		return fmt.Errorf("store.Introduce: %w", err)
	}
	return nil
}

// lockFirm queues up everything one firm asks for at once, so that it cannot
// ask for more than its limit. A record that was merged meanwhile asks nothing.
func (t *tx) lockFirm(ctx context.Context, id string) error {
	merged, err := idsOf(ctx, t, `SELECT merged_into FROM enterprise WHERE id = $1`+t.forUpdate(), id)
	if err == nil && len(merged) == 1 && merged[0] != "" {
		return market.ErrNotFound
	}
	return err
}

// openIntroduction returns the open one, or one without an id. What lapsed
// meanwhile is written down as such.
func (t *tx) openIntroduction(ctx context.Context, where string, args ...any) (market.Introduction, error) {
	found, err := introductionsWhere(ctx, t, where+` AND status IN ('asked', 'agreed')`+t.forUpdate(), args...)
	if err != nil || len(found) == 0 {
		return market.Introduction{}, err
	}
	if lapsed, yes := found[0].Lapse(t.now); yes {
		return market.Introduction{}, t.saveIntroduction(ctx, &lapsed)
	}
	return found[0], nil
}

// ask starts an introduction. A firm that was told never is not told so: what
// it asks is kept, and the other side does not get to see it.
func (t *tx) ask(ctx context.Context, actor market.Actor, i market.Introduction, most market.Limits) (market.Introduction, error) {
	never, err := vetoedBy(ctx, t, i.To, i.By)
	if err != nil {
		return i, err
	}
	i.ID, i.Muted = market.NewID(), i.Muted || never
	if i, err = market.Ask(i, actor, t.now); err != nil {
		return i, err
	}
	if most.OpenIntroductions > 0 {
		var open int
		if err := one(ctx, t, `SELECT count(*) FROM introduction WHERE by_id = $1 AND by_operator = 0 AND status = 'asked' AND expires_at > $2`, into(&open), i.By, milli(t.now)); err != nil {
			return i, err
		}
		if open >= most.OpenIntroductions {
			return i, &market.Error{Kind: market.TooMany, Message: "error.introduction.most", Args: []string{fmt.Sprint(most.OpenIntroductions)}}
		}
	}
	return i, t.insertIntroduction(ctx, actor, i, "ask")
}

func (t *tx) insertIntroduction(ctx context.Context, actor market.Actor, i market.Introduction, deed string) error {
	if err := t.insert(ctx, `INSERT INTO introduction (`+introductionColumns+`) VALUES `, ``, [][]any{introductionRow(&i)}); err != nil {
		return err
	}
	if i.ByConsent.Given() {
		if err := t.noteConsent(ctx, actor, i.ID, true); err != nil {
			return err
		}
	}
	if i.ByOperator {
		for _, firm := range []string{i.By, i.To} {
			t.auditOn(actor, firm, deed, "introduction", i.ID)
			t.notifyOn(&i, firm, market.TopicAsked)
		}
	} else {
		t.notifyOn(&i, i.To, market.TopicAsked)
		t.audit(actor, deed, "introduction", i.ID)
	}
	t.changed(market.ChangeIntroduction, i.ID)
	return nil
}

func (t *tx) noteConsent(ctx context.Context, actor market.Actor, introductionID string, given bool) error {
	return t.insert(ctx, `INSERT INTO consent (id, introduction_id, enterprise_id, user_id, given, at) VALUES `, ``,
		[][]any{{market.NewID(), introductionID, actor.EnterpriseID, actor.UserID, number(given), milli(t.now)}})
}

func (t *tx) saveIntroduction(ctx context.Context, i *market.Introduction) error {
	_, err := t.exec(ctx, `UPDATE introduction SET rev = $2, muted = $3, status = $4, reason = $5, by_consent_user = $6, by_consent_at = $7, by_withdrawn_at = $8,
		to_consent_user = $9, to_consent_at = $10, to_withdrawn_at = $11, disclosed_at = $12, updated_at = $13 WHERE id = $1`,
		i.ID, i.Rev, number(i.Muted), string(i.Status), i.Reason, i.ByConsent.UserID, milli(i.ByConsent.At), milli(i.ByConsent.WithdrawnAt),
		i.ToConsent.UserID, milli(i.ToConsent.At), milli(i.ToConsent.WithdrawnAt), milli(i.DisclosedAt), milli(i.UpdatedAt))
	t.changed(market.ChangeIntroduction, i.ID)
	if i.ProposalID != "" {
		t.changed(market.ChangeProposal, i.ProposalID)
	}
	return err
}

// Deed is what a party does to an introduction.
type Deed string

const (
	Accept   Deed = "accept"
	Decline  Deed = "decline"
	Withdraw Deed = "withdraw"
)

// DoIntroduction does a deed of the actor's to an introduction at the revision
// he saw, else market.ErrStale: of two at once one wins. With the second
// consent the contacts are disclosed in the same transaction, if both firms
// are verified. On a proposal the answers there follow.
func (s *Store) DoIntroduction(ctx context.Context, actor market.Actor, id string, rev int64, deed Deed, reason string) (market.Introduction, error) {
	var i market.Introduction
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		i, err = introductionByID(ctx, t, id, ``)
		if err != nil {
			return err
		}
		if !actor.MaySeeIntroduction(&i) {
			return market.ErrNotFound
		}
		var p market.Proposal
		if i.ProposalID != "" {
			if p, err = t.answerable(ctx, actor, i.ProposalID); err != nil {
				return err
			}
		}
		if i, err = introductionByID(ctx, t, id, t.forUpdate()); err != nil {
			return err
		}
		if i.Rev != rev {
			return market.ErrStale
		}
		if i, err = t.doIntroduction(ctx, actor, i, deed, reason); err != nil || p.ID == "" {
			return err
		}
		return t.answerAs(ctx, actor, &p, deed, reason)
	})
	if err != nil {
		return i, fmt.Errorf("store.DoIntroduction(%q, %s): %w", id, deed, err)
	}
	return i, nil
}

// doIntroduction makes the move and keeps what it comes to.
func (t *tx) doIntroduction(ctx context.Context, actor market.Actor, i market.Introduction, deed Deed, reason string) (market.Introduction, error) {
	was := i
	var err error
	switch deed {
	case Accept:
		i, err = i.Accept(actor, t.now)
	case Decline:
		i, err = i.Decline(actor, reason, t.now)
	case Withdraw:
		i, err = i.Withdraw(actor, t.now)
	default:
		err = market.Bad("deed", "error.choose")
	}
	if err != nil {
		return i, err
	}
	if had, has := was.Consented(actor.EnterpriseID), i.Consented(actor.EnterpriseID); had != has {
		if err := t.noteConsent(ctx, actor, i.ID, has); err != nil {
			return i, err
		}
	}
	t.audit(actor, string(deed), "introduction", i.ID)
	if i.Status != market.Asked {
		t.notifyOn(&i, i.Of(actor.EnterpriseID), market.TopicAnswered, deed)
	}
	if err := t.saveIntroduction(ctx, &i); err != nil {
		return i, err
	}
	return t.disclose(ctx, actor, i)
}

// disclose opens the contacts when the time has come, and keeps the records.
func (t *tx) disclose(ctx context.Context, actor market.Actor, i market.Introduction) (market.Introduction, error) {
	if i.Status != market.Agreed {
		return i, nil
	}
	// Locked: a verification under way must either be seen here or see this consent.
	firms := map[string]market.Enterprise{}
	err := each(ctx, t, `SELECT `+enterpriseColumns+` FROM enterprise WHERE id IN ($1, $2) ORDER BY id`+t.forUpdate(), func(r *sql.Rows) error {
		e, err := scanEnterprise(r)
		firms[e.ID] = e
		return err
	}, i.By, i.To)
	if err != nil {
		return i, err
	}
	by, to := firms[i.By], firms[i.To]
	i, records := i.Disclose(&by, &to, t.now)
	for _, d := range records {
		t.audit(actor, "disclose", "introduction", i.ID)
		if err := t.insert(ctx, `INSERT INTO disclosure (id, introduction_id, of_id, to_id, at) VALUES `, ``,
			[][]any{{market.NewID(), d.IntroductionID, d.Of, d.To, milli(d.At)}}); err != nil {
			return i, err
		}
	}
	if len(records) == 0 {
		return i, nil
	}
	t.notifyOn(&i, i.By, market.TopicOpened)
	t.notifyOn(&i, i.To, market.TopicOpened)
	if err := t.planFollowUps(ctx, &i); err != nil {
		return i, err
	}
	return i, t.saveIntroduction(ctx, &i)
}

// discloseFor opens what waited for the enterprise to be verified.
func (t *tx) discloseFor(ctx context.Context, actor market.Actor, enterpriseID string) error {
	for _, side := range []string{"by_id", "to_id"} {
		waiting, err := introductionsWhere(ctx, t, side+` = $1 AND status = 'agreed' AND disclosed_at = 0 ORDER BY id`+t.forUpdate(), enterpriseID)
		if err != nil {
			return err
		}
		for _, i := range waiting {
			if _, err := t.disclose(ctx, actor, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// answerAs makes the answer on the proposal say what was done to its introduction.
func (t *tx) answerAs(ctx context.Context, actor market.Actor, p *market.Proposal, deed Deed, reason string) error {
	switch deed {
	case Withdraw:
		_, err := t.exec(ctx, `DELETE FROM interest WHERE proposal_id = $1 AND enterprise_id = $2 AND answer = 'interested'`, p.ID, actor.EnterpriseID)
		return err
	case Accept:
		return t.putInterest(ctx, actor, market.Interest{ProposalID: p.ID, Answer: market.Interested})
	}
	if reason == "" {
		reason = "other"
	}
	if err := t.putInterest(ctx, actor, market.Interest{ProposalID: p.ID, Answer: market.Unfit, Reason: reason}); err != nil {
		return err
	}
	return t.settle(ctx, p, market.Unfit)
}

// follow makes the introduction of a proposal say what was answered there.
func (t *tx) follow(ctx context.Context, actor market.Actor, p *market.Proposal, i market.Interest, most market.Limits) error {
	open, err := t.openIntroduction(ctx, `proposal_id = $1`, p.ID)
	if err != nil {
		return err
	}
	switch {
	case i.Answer == market.Interested && open.ID == "":
		return t.askOnProposal(ctx, actor, p, i.Message, most)
	case open.ID == "":
		return nil
	case i.Answer == market.Interested && open.Consented(actor.EnterpriseID):
		return nil
	case i.Answer == market.Interested:
		open.Muted = false // whoever said never and asks now takes the word back
		_, err = t.doIntroduction(ctx, actor, open, Accept, "")
	case open.Consented(actor.EnterpriseID):
		_, err = t.doIntroduction(ctx, actor, open, Withdraw, "")
	case open.Muted && open.To == actor.EnterpriseID:
		return nil
	default:
		_, err = t.doIntroduction(ctx, actor, open, Decline, i.Reason)
	}
	return err
}

func (t *tx) askOnProposal(ctx context.Context, actor market.Actor, p *market.Proposal, note string, most market.Limits) error {
	i := market.Introduction{ProposalID: p.ID, By: actor.EnterpriseID, Note: note}
	if p.Side(actor.EnterpriseID) == market.Need {
		i.To, i.ListingID, i.FromID = p.SupplyBy, p.SupplyID, p.NeedID
	} else {
		i.To, i.ListingID, i.FromID = p.NeedBy, p.NeedID, p.SupplyID
	}
	// Whoever refused this pair is not asked about it again.
	var refused int64
	if err := one(ctx, t, `SELECT count(*) FROM interest WHERE proposal_id = $1 AND enterprise_id = $2 AND answer <> 'interested'`, into(&refused), p.ID, i.To); err != nil {
		return err
	}
	i.Muted = refused > 0
	_, err := t.ask(ctx, actor, i, most)
	return err
}

// IntroductionView picks which introductions of an enterprise are listed.
type IntroductionView string

const (
	IntroductionsWaiting IntroductionView = "waiting" // for the enterprise's word
	IntroductionsSent    IntroductionView = "sent"    // for the other's word
	IntroductionsAgreed  IntroductionView = "agreed"
	IntroductionsClosed  IntroductionView = "closed"
)

// consented is the SQL of Introduction.Consented for enterprise $1.
const consented = `CASE WHEN by_id = $1 THEN by_consent_user <> '' AND by_withdrawn_at = 0 ELSE to_consent_user <> '' AND to_withdrawn_at = 0 END`

const ofFirm = `(by_id = $1 OR to_id = $1 AND muted = 0)`

// where is the condition, with the moment as $2 where it is timed.
func (v IntroductionView) where() (condition string, timed bool) {
	switch v {
	case IntroductionsWaiting:
		return ` AND status = 'asked' AND expires_at > $2 AND NOT ` + consented, true
	case IntroductionsSent:
		return ` AND status = 'asked' AND expires_at > $2 AND ` + consented, true
	case IntroductionsAgreed:
		return ` AND status = 'agreed'`, false
	case IntroductionsClosed:
		return ` AND (status NOT IN ('asked', 'agreed') OR status = 'asked' AND expires_at <= $2)`, true
	}
	return ``, false
}

// IntroductionsFor returns an enterprise's introductions, newest first. next is
// what to pass as after for the following page, "" at the end.
func (s *Store) IntroductionsFor(ctx context.Context, enterpriseID string, view IntroductionView, now time.Time, after string, limit int) (list []market.Introduction, next string, err error) {
	where, args := ofFirm, []any{enterpriseID}
	condition, timed := view.where()
	if timed {
		args = append(args, milli(now))
	}
	where += condition
	if after != "" {
		args = append(args, after)
		where += fmt.Sprintf(` AND id < $%d`, len(args))
	}
	args = append(args, limit+1)
	list, err = introductionsWhere(ctx, s.read, fmt.Sprintf(`%s ORDER BY id DESC LIMIT $%d`, where, len(args)), args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.IntroductionsFor(%q): %w", enterpriseID, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// WaitingIntroductions counts those that wait for the enterprise's word.
func (s *Store) WaitingIntroductions(ctx context.Context, enterpriseID string, now time.Time) (int, error) {
	var n int
	waiting, _ := IntroductionsWaiting.where()
	err := one(ctx, s.read, `SELECT count(*) FROM introduction WHERE `+ofFirm+waiting, into(&n), enterpriseID, milli(now))
	if err != nil {
		return 0, fmt.Errorf("store.WaitingIntroductions(%q): %w", enterpriseID, err)
	}
	return n, nil
}

// IntroductionsOn returns the newest introduction of each proposal that has one.
func (s *Store) IntroductionsOn(ctx context.Context, proposalIDs []string) (map[string]market.Introduction, error) {
	out := map[string]market.Introduction{}
	err := in(ctx, s.read, `SELECT `+introductionColumns+` FROM introduction WHERE proposal_id IN (%s) ORDER BY id`, slices.DeleteFunc(slices.Clone(proposalIDs), func(id string) bool { return id == "" }),
		func(r *sql.Rows) error {
			i, err := scanIntroduction(r)
			out[i.ProposalID] = i
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("store.IntroductionsOn: %w", err)
	}
	return out, nil
}

// lapseDue writes down what nobody answered in time, and tells both sides.
func (t *tx) lapseDue(ctx context.Context, now time.Time, limit int) error {
	due, err := introductionsWhere(ctx, t, `status = 'asked' AND expires_at <= $1 ORDER BY id LIMIT $2`+t.forUpdate(), milli(now), limit)
	if err != nil {
		return err
	}
	for _, i := range due {
		if lapsed, yes := i.Lapse(now); yes {
			if i.ByConsent.Given() {
				t.notifyOn(&i, i.By, market.TopicAnswered, "lapse")
			}
			if err := t.saveIntroduction(ctx, &lapsed); err != nil {
				return err
			}
		}
	}
	return nil
}

// Disclosures returns whose contacts an introduction opened, and of an
// enterprise (when introductionID is empty) to whom its contact was opened.
func (s *Store) Disclosures(ctx context.Context, introductionID, ofID string) ([]market.Disclosure, error) {
	var out []market.Disclosure
	where, arg := `introduction_id = $1`, introductionID
	if introductionID == "" {
		where, arg = `of_id = $1`, ofID
	}
	err := each(ctx, s.read, `SELECT introduction_id, of_id, to_id, at FROM disclosure WHERE `+where+` ORDER BY id DESC LIMIT 1000`, func(r *sql.Rows) error {
		var d market.Disclosure
		var at int64
		err := r.Scan(&d.IntroductionID, &d.Of, &d.To, &at)
		d.At = fromMilli(at)
		out = append(out, d)
		return err
	}, arg)
	if err != nil {
		return nil, fmt.Errorf("store.Disclosures: %w", err)
	}
	return out, nil
}
