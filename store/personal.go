package store

import (
	"context"
	"database/sql"
	"fmt"

	"lianqiao/market"
)

// PersonalData returns what is kept about a user.
func (s *Store) PersonalData(ctx context.Context, userID string) (d market.PersonalData, err error) {
	if d.User, err = userWhere(ctx, s.read, `id = $1`, userID); err == nil {
		err = each(ctx, s.read, `SELECT role, enterprise_id, cluster_id, region FROM membership WHERE user_id = $1 ORDER BY role, enterprise_id, cluster_id, region`, func(r *sql.Rows) error {
			m := market.Membership{UserID: userID}
			err := r.Scan(&m.Role, &m.EnterpriseID, &m.ClusterID, &m.Region)
			d.Memberships = append(d.Memberships, m)
			return err
		}, userID)
	}
	for query, n := range map[string]*int{
		`SELECT count(*) FROM device WHERE user_id = $1`:     &d.Devices,
		`SELECT count(*) FROM message WHERE user_id = $1`:    &d.Messages,
		`SELECT count(*) FROM attachment WHERE user_id = $1`: &d.Files,
	} {
		if err == nil {
			err = one(ctx, s.read, query, into(n), userID)
		}
	}
	if err != nil {
		return d, fmt.Errorf("store.PersonalData(%q): %w", userID, err)
	}
	return d, nil
}

// DeedsOf returns what a user did, newest first.
func (s *Store) DeedsOf(ctx context.Context, userID string, limit int) ([]Audit, error) {
	var out []Audit
	err := each(ctx, s.read, `SELECT at, user_id, enterprise_id, deed, kind, of FROM audit WHERE user_id = $1 ORDER BY id DESC LIMIT $2`, func(r *sql.Rows) error {
		var a Audit
		var at int64
		err := r.Scan(&at, &a.UserID, &a.EnterpriseID, &a.Deed, &a.Kind, &a.Of)
		a.At = fromMilli(at)
		out = append(out, a)
		return err
	}, userID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.DeedsOf(%q): %w", userID, err)
	}
	return out, nil
}

// MessagesOf returns what a user wrote in threads, newest first.
func (s *Store) MessagesOf(ctx context.Context, userID string, limit int) ([]market.Message, error) {
	var out []market.Message
	err := each(ctx, s.read, `SELECT `+messageColumns+` FROM message WHERE user_id = $1 ORDER BY id DESC LIMIT $2`, func(r *sql.Rows) error {
		var m market.Message
		var at int64
		err := r.Scan(&m.ID, &m.IntroductionID, &m.EnterpriseID, &m.UserID, &m.Text, &m.AttachmentID, &at)
		m.At = fromMilli(at)
		out = append(out, m)
		return err
	}, userID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.MessagesOf(%q): %w", userID, err)
	}
	return out, nil
}

// FilesOf returns the records of what a user sent, in threads and with quotes,
// newest first.
func (s *Store) FilesOf(ctx context.Context, userID string, limit int) ([]market.Attachment, error) {
	var out []market.Attachment
	err := each(ctx, s.read, `SELECT `+attachmentColumns+` FROM attachment WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2`, func(r *sql.Rows) error {
		f, err := scanAttachment(r)
		out = append(out, f)
		return err
	}, userID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.FilesOf(%q): %w", userID, err)
	}
	return out, nil
}

var (
	errLastOwner = &market.Error{Kind: market.Conflict, Message: "error.erase.lastOwner"}
	errLastAdmin = &market.Error{Kind: market.Conflict, Message: "error.erase.lastAdmin"}
)

// Erase takes the actor's name, login and password away, signs him out and
// ends his roles. What he did stays in the audit under his number, which then
// leads to nobody; no line is touched, so the seals hold. The last owner of a
// firm with other people must hand it over first; a firm that he alone spoke
// for leaves the market, loses its contact and can be claimed anew.
func (s *Store) Erase(ctx context.Context, actor market.Actor) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if actor.UserID == "" || actor.Behalf {
			return market.ErrNotFound
		}
		if err := t.leaveAll(ctx, actor); err != nil {
			return err
		}
		t.audit(actor, "erase", "user", actor.UserID)
		for _, query := range []string{
			`UPDATE user_account SET login = 'erased:' || id, name = '—', password_hash = '', totp_secret = '', totp_at = 0, recovery = '[]' WHERE id = $1`,
			`DELETE FROM membership WHERE user_id = $1`, `DELETE FROM session WHERE user_id = $1`, `DELETE FROM device WHERE user_id = $1`,
			`DELETE FROM ticket WHERE user_id = $1 OR made_by = $1`,
			`DELETE FROM notice_choice WHERE user_id = $1`, `DELETE FROM notice_seen WHERE user_id = $1`, `DELETE FROM message_seen WHERE user_id = $1`, `DELETE FROM delivery WHERE user_id = $1`,
		} {
			if _, err := t.exec(ctx, query, actor.UserID); err != nil {
				return err
			}
		}
		// What he put up and nobody was sent; what was sent is a letter.
		_, err := t.exec(ctx, emptyFiles+`user_id = $3 AND need_id <> '' AND quoted_at = 0`, []byte{}, milli(t.now), actor.UserID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.Erase: %w", err)
	}
	return nil
}

// leaveAll looks after what would be left without anybody.
func (t *tx) leaveAll(ctx context.Context, actor market.Actor) error {
	if actor.Admin {
		// All administrators' rows are locked: of the last two only one can leave.
		admins, err := idsOf(ctx, t, `SELECT user_id FROM membership WHERE role = 'admin' ORDER BY user_id`+t.forUpdate())
		if err != nil {
			return err
		}
		if len(admins) < 2 {
			return errLastAdmin
		}
	}
	firms, err := idsOf(ctx, t, `SELECT enterprise_id FROM membership WHERE user_id = $1 AND enterprise_id <> '' ORDER BY enterprise_id`, actor.UserID)
	if err != nil {
		return err
	}
	for _, id := range firms {
		if err := t.leaveFirm(ctx, actor, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) leaveFirm(ctx context.Context, actor market.Actor, id string) error {
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), id)
	if err != nil {
		return err
	}
	var people, owners int
	err = one(ctx, t, `SELECT count(*), COALESCE(SUM(CASE WHEN role = 'owner' THEN 1 ELSE 0 END), 0) FROM membership WHERE enterprise_id = $1 AND user_id <> $2`, into(&people, &owners), id, actor.UserID)
	if err != nil || owners > 0 {
		return err
	}
	if people > 0 {
		return errLastOwner
	}
	actor.EnterpriseID = id
	open, err := introductionsWhere(ctx, t, `(by_id = $1 OR to_id = $1) AND status IN ('asked', 'agreed') ORDER BY id`+t.forUpdate(), id)
	if err != nil {
		return err
	}
	for _, i := range open {
		deed := Decline
		switch {
		case i.Current(t.now) == market.Lapsed || !actor.MaySeeIntroduction(&i):
			continue
		case i.Consented(id):
			deed = Withdraw
		}
		if _, err := t.doIntroduction(ctx, actor, i, deed, ""); err != nil {
			return err
		}
	}
	if err := t.closeAll(ctx, id); err != nil {
		return err
	}
	e.Forget()
	if _, err := t.exec(ctx, `DELETE FROM evidence WHERE enterprise_id = $1`, id); err != nil {
		return err
	}
	e.Rev, e.UpdatedAt = e.Rev+1, t.now
	return t.replaceEnterprise(ctx, &e, false)
}

// MakeOwner gives a member of the actor's enterprise the rights of an owner.
func (s *Store) MakeOwner(ctx context.Context, actor market.Actor, userID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Owner {
			return market.ErrNotFound
		}
		n, err := t.exec(ctx, `UPDATE membership SET role = 'owner' WHERE user_id = $1 AND enterprise_id = $2 AND role = 'member'`, userID, actor.EnterpriseID)
		if err == nil && n == 0 {
			err = market.ErrNotFound
		}
		t.audit(actor, "owner", "user", userID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.MakeOwner: %w", err)
	}
	return nil
}
