package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"lianqiao/market"
)

const quoteColumns = `need_id, enterprise_id, introduction_id, user_id, declined, fen, unit, moq, lead_days, sample, valid_until, note, lines, created_at, updated_at`

type lineJSON struct {
	Spec   string            `json:"spec"`
	Answer market.LineAnswer `json:"answer"`
	Note   string            `json:"note,omitempty"`
}

func scanQuote(r *sql.Rows) (q market.Quote, err error) {
	var moq, lines string
	var created, updated int64
	if err := r.Scan(&q.NeedID, &q.EnterpriseID, &q.IntroductionID, &q.UserID, &q.Declined, &q.Fen, &q.Unit, &moq, &q.LeadDays, &q.Sample, &q.ValidUntil, &q.Note, &lines, &created, &updated); err != nil {
		return q, err
	}
	kept, err1 := fromJSON[lineJSON](lines)
	q.Lines = mapped(kept, func(l lineJSON) market.QuoteLine { return market.QuoteLine(l) })
	var err2 error
	q.MOQ, err2 = decimal.NewFromString(moq)
	q.CreatedAt, q.UpdatedAt = fromMilli(created), fromMilli(updated)
	return q, errors.Join(err1, err2)
}

// SaveQuote keeps what the actor's firm answers to a need, in place of its
// earlier answer. It wants an introduction about the need with the actor's own
// consent. From the first quote on the need is frozen.
func (s *Store) SaveQuote(ctx context.Context, actor market.Actor, q market.Quote) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		need, i, err := t.quotable(ctx, actor, q.NeedID)
		if err != nil {
			return err
		}
		if err := q.Check(&need, t.now); err != nil {
			return err
		}
		if err := t.enclose(ctx, actor, &q, i.ID); err != nil {
			return err
		}
		answered := slices.DeleteFunc(slices.Clone(q.Lines), func(l market.QuoteLine) bool { return l.Answer == "" })
		lines, err := asJSON(mapped(answered, func(l market.QuoteLine) lineJSON { return lineJSON(l) }))
		if err != nil {
			return err
		}
		t.audit(actor, "quote", "listing", need.ID)
		if !i.Muted { // the buyer said never to this firm, and does not get to see it
			t.notify(need.EnterpriseID, market.TopicQuote, "listing", need.ID, actor.EnterpriseID, actor.EnterpriseID, t.hour())
		}
		t.changed(market.ChangeIntroduction, i.ID)
		_, err = t.exec(ctx, `INSERT INTO quote (`+quoteColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
			ON CONFLICT (need_id, enterprise_id) DO UPDATE SET introduction_id = excluded.introduction_id, user_id = excluded.user_id, declined = excluded.declined,
			fen = excluded.fen, unit = excluded.unit, moq = excluded.moq, lead_days = excluded.lead_days, sample = excluded.sample, valid_until = excluded.valid_until,
			note = excluded.note, lines = excluded.lines, updated_at = excluded.updated_at`,
			need.ID, actor.EnterpriseID, i.ID, actor.UserID, q.Declined, q.Fen, q.Unit, q.MOQ.String(), q.LeadDays, q.Sample, q.ValidUntil, q.Note, lines, milli(t.now))
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveQuote(%q): %w", q.NeedID, err)
	}
	return nil
}

// quotable is a need that is still live, locked, and the introduction that lets
// the actor's firm answer it.
func (t *tx) quotable(ctx context.Context, actor market.Actor, needID string) (market.Listing, market.Introduction, error) {
	need, err := listingByID(ctx, t, needID, t.forUpdate())
	if err != nil {
		return need, market.Introduction{}, err
	}
	i, err := aboutNeed(ctx, t, actor, &need)
	if err == nil && need.Status != market.Live {
		err = market.ErrStale
	}
	return need, i, err
}

// errFilesUnverified: no stranger's files reach a buyer, as no contact does.
var errFilesUnverified = &market.Error{Kind: market.Conflict, Field: "file", Message: "error.quote.files.unverified"}

// AttachToQuote keeps a file that the actor's firm wants to send with its quote
// on f.NeedID. Until SaveQuote names it only the firm itself sees it, and after
// market.EvidenceIdle its contents go. The same id again changes nothing.
func (s *Store) AttachToQuote(ctx context.Context, actor market.Actor, f market.Attachment) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, i, err := t.quotable(ctx, actor, f.NeedID)
		if err != nil {
			return err
		}
		own, err := enterpriseWhere(ctx, t, `id = $1`, actor.EnterpriseID)
		if err != nil {
			return err
		}
		if !actor.MayAttach(&own) {
			return errFilesUnverified
		}
		f.IntroductionID = i.ID
		kept, err := t.keepFile(ctx, actor, f)
		if kept {
			t.audit(actor, "upload", "attachment", f.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store.AttachToQuote(%q): %w", f.NeedID, err)
	}
	return nil
}

// enclose sends the files that the quote names with it, under its introduction;
// what an earlier quote had and this one does not is taken back.
func (t *tx) enclose(ctx context.Context, actor market.Actor, q *market.Quote, introductionID string) error {
	named := map[string]bool{}
	for _, f := range q.Files {
		named[f.ID] = true
	}
	kept, err := filesWhere(ctx, t, `need_id = $1 AND enterprise_id = $2 AND removed_at = 0`, q.NeedID, actor.EnterpriseID)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, f := range kept {
		known[f.ID] = true
		switch {
		case named[f.ID] && f.QuotedAt.IsZero():
			_, err = t.exec(ctx, `UPDATE attachment SET quoted_at = $1, introduction_id = $2 WHERE id = $3`, milli(t.now), introductionID, f.ID)
		case named[f.ID]:
			_, err = t.exec(ctx, `UPDATE attachment SET introduction_id = $1 WHERE id = $2`, introductionID, f.ID)
		case !f.QuotedAt.IsZero():
			t.audit(actor, "remove", "attachment", f.ID)
			_, err = t.exec(ctx, emptyFiles+`id = $3`, []byte{}, milli(t.now), f.ID)
		}
		if err != nil {
			return err
		}
	}
	var errs market.Errors
	for n, f := range q.Files {
		if !known[f.ID] {
			errs.Add(market.Bad(fmt.Sprintf("files[%d]", n), "error.file.gone"))
		}
	}
	return errs.Err()
}

// emptyFiles takes the contents of files away; what they were and who fetched
// them stays.
const emptyFiles = `UPDATE attachment SET bytes = $1, removed_at = $2 WHERE removed_at = 0 AND `

func filesWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Attachment, error) {
	var out []market.Attachment
	err := each(ctx, a, `SELECT `+attachmentColumns+` FROM attachment WHERE `+where+` ORDER BY at, id`, func(r *sql.Rows) error {
		f, err := scanAttachment(r)
		out = append(out, f)
		return err
	}, args...)
	return out, err
}

// aboutNeed returns the open introduction about the need in which the actor's
// firm is the supplier and consented.
func aboutNeed(ctx context.Context, a asker, actor market.Actor, need *market.Listing) (market.Introduction, error) {
	list, err := introductionsWhere(ctx, a, `(listing_id = $1 OR from_id = $1) AND (by_id = $2 OR to_id = $2) AND status IN ('asked', 'agreed') ORDER BY id DESC`, need.ID, actor.EnterpriseID)
	if err != nil {
		return market.Introduction{}, err
	}
	for _, i := range list {
		if actor.MayQuote(need, &i) {
			return i, nil
		}
	}
	return market.Introduction{}, market.ErrNotFound
}

// heard leaves out what a firm says that the buyer does not want to hear of.
const heard = ` AND NOT EXISTS (SELECT 1 FROM introduction i WHERE i.id = quote.introduction_id AND i.muted = 1)`

// Quotes returns what was answered to a need, to the buyer all of it, to a
// supplier its own; to anybody else the need does not exist.
func (s *Store) Quotes(ctx context.Context, actor market.Actor, needID string) (market.Listing, []market.Quote, error) {
	need, err := s.Listing(ctx, needID)
	if err != nil {
		return need, nil, err
	}
	where, args := `need_id = $1`, []any{needID}
	if !actor.Owns(need.EnterpriseID) {
		where, args = where+` AND enterprise_id = $2`, append(args, actor.EnterpriseID)
	}
	files := map[string][]market.Attachment{}
	list, err := filesWhere(ctx, s.read, where+` AND quoted_at > 0`, args...)
	for _, f := range list {
		files[f.EnterpriseID] = append(files[f.EnterpriseID], f)
	}
	if err != nil {
		return need, nil, fmt.Errorf("store.Quotes(%q): %w", needID, err)
	}
	if actor.Owns(need.EnterpriseID) {
		where += heard
	}
	var out []market.Quote
	err = each(ctx, s.read, `SELECT `+quoteColumns+` FROM quote WHERE `+where+` ORDER BY created_at, enterprise_id`, func(r *sql.Rows) error {
		q, err := scanQuote(r)
		q.Files = files[q.EnterpriseID]
		out = append(out, q)
		return err
	}, args...)
	if err == nil && len(out) == 0 && !actor.Owns(need.EnterpriseID) {
		_, err = aboutNeed(ctx, s.read, actor, &need)
	}
	if err != nil {
		return need, nil, fmt.Errorf("store.Quotes(%q): %w", needID, err)
	}
	return need, out, nil
}

// OfferOn returns the supply of the actor's firm that an introduction about the
// need sets against it, or market.ErrNotFound: it may have been asked without one.
func (s *Store) OfferOn(ctx context.Context, actor market.Actor, needID string) (market.Listing, error) {
	need, err := s.Listing(ctx, needID)
	if err != nil {
		return need, err
	}
	i, err := aboutNeed(ctx, s.read, actor, &need)
	if err != nil {
		return market.Listing{}, fmt.Errorf("store.OfferOn(%q): %w", needID, err)
	}
	for _, id := range []string{i.ListingID, i.FromID} {
		if id == "" || id == needID {
			continue
		}
		if l, err := s.Listing(ctx, id); err != nil || actor.Owns(l.EnterpriseID) {
			return l, err
		}
	}
	return market.Listing{}, fmt.Errorf("store.OfferOn(%q): %w", needID, market.ErrNotFound)
}

// QuoteCounts counts the answers to each need; a need without one is not in it.
func (s *Store) QuoteCounts(ctx context.Context, needIDs []string) (map[string]int, error) {
	out, err := counted(ctx, s.read, `SELECT need_id, count(*) FROM quote WHERE need_id IN (%s)`+heard+` GROUP BY need_id`, needIDs)
	if err != nil {
		return nil, fmt.Errorf("store.QuoteCounts: %w", err)
	}
	return out, nil
}

// frozen reports whether somebody whom its firm hears quoted on the listing.
func (t *tx) frozen(ctx context.Context, listingID string) (bool, error) {
	var n int64
	err := one(ctx, t, `SELECT count(*) FROM quote WHERE need_id = $1`+heard, into(&n), listingID)
	return n > 0, err
}

// Clarify adds a word of the buyer's for all who quoted.
func (s *Store) Clarify(ctx context.Context, actor market.Actor, listingID, text string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		l, err := listingByID(ctx, t, listingID, ``)
		if err != nil {
			return err
		}
		if !actor.MayEditListing(&l) {
			return market.ErrNotFound
		}
		if err := market.CheckText("text", text, 2, 500); err != nil {
			return err
		}
		ids, err := idsOf(ctx, t, `SELECT introduction_id FROM quote WHERE need_id = $1`, listingID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			t.changed(market.ChangeIntroduction, id)
		}
		firms, err := idsOf(ctx, t, `SELECT enterprise_id FROM quote WHERE need_id = $1`, listingID)
		if err != nil {
			return err
		}
		for _, firm := range firms {
			t.notify(firm, market.TopicQuote, "listing", listingID, l.EnterpriseID, t.hour())
		}
		t.audit(actor, "clarify", "listing", listingID)
		return t.insert(ctx, `INSERT INTO clarification (id, listing_id, user_id, body, at) VALUES `, ``, [][]any{{market.NewID(), listingID, actor.UserID, text, milli(t.now)}})
	})
	if err != nil {
		return fmt.Errorf("store.Clarify(%q): %w", listingID, err)
	}
	return nil
}

// Clarifications returns what the buyer added, oldest first.
func (s *Store) Clarifications(ctx context.Context, listingID string) ([]market.Clarification, error) {
	var out []market.Clarification
	err := each(ctx, s.read, `SELECT body, at FROM clarification WHERE listing_id = $1 ORDER BY id LIMIT 100`, func(r *sql.Rows) error {
		var c market.Clarification
		var at int64
		err := r.Scan(&c.Text, &at)
		c.At = fromMilli(at)
		out = append(out, c)
		return err
	}, listingID)
	if err != nil {
		return nil, fmt.Errorf("store.Clarifications(%q): %w", listingID, err)
	}
	return out, nil
}
