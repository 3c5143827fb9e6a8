package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"lianqiao/market"
)

// SaveTicket keeps a link that the actor hands out.
func (s *Store) SaveTicket(ctx context.Context, actor market.Actor, x market.Ticket) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		t.auditOn(actor, x.EnterpriseID, string(x.Purpose)+"-link", "user", cmp.Or(x.UserID, x.EnterpriseID))
		scope, err := asJSON(x.Scope)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO ticket (token_hash, purpose, user_id, enterprise_id, made_by, created_at, expires_at, role, scope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			x.TokenHash, string(x.Purpose), x.UserID, x.EnterpriseID, actor.UserID, milli(t.now), milli(x.ExpiresAt), string(x.Role), scope)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveTicket: %w", err)
	}
	return nil
}

// Ticket returns a link that can still be used, or market.ErrNotFound.
func (s *Store) Ticket(ctx context.Context, tokenHash string, now time.Time) (market.Ticket, error) {
	x, err := ticket(ctx, s.read, tokenHash, now, ``)
	if err != nil {
		return x, fmt.Errorf("store.Ticket: %w", err)
	}
	return x, nil
}

func ticket(ctx context.Context, a asker, tokenHash string, now time.Time, lock string) (x market.Ticket, err error) {
	var created, expires int64
	var scope string
	err = one(ctx, a, `SELECT token_hash, purpose, user_id, enterprise_id, made_by, created_at, expires_at, role, scope FROM ticket WHERE token_hash = $1 AND expires_at > $2`+lock,
		into(&x.TokenHash, &x.Purpose, &x.UserID, &x.EnterpriseID, &x.MadeBy, &created, &expires, &x.Role, &scope), tokenHash, milli(now))
	if err != nil {
		return x, err
	}
	x.CreatedAt, x.ExpiresAt = fromMilli(created), fromMilli(expires)
	x.Scope, err = fromJSON[string](scope)
	return x, err
}

// useTicket takes a ticket out of the world; of two at once one gets it.
func (t *tx) useTicket(ctx context.Context, tokenHash string, purpose market.Purpose, now time.Time) (market.Ticket, error) {
	x, err := ticket(ctx, t, tokenHash, now, t.forUpdate())
	if err != nil {
		return x, err
	}
	if x.Purpose != purpose {
		return x, market.ErrNotFound
	}
	_, err = t.exec(ctx, `DELETE FROM ticket WHERE token_hash = $1`, tokenHash)
	return x, err
}

// resetsMost is how many reset links an account is sent in a day.
const resetsMost = 5

// AskReset puts a reset link on its way to the user of a login, if he speaks
// for a firm; an officer gets his from an administrator. account is the count of
// tries: a login that does not exist is counted, written and answered alike.
func (s *Store) AskReset(ctx context.Context, login, account string, now time.Time) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.takeGuess(ctx, account, "", now); err != nil {
			return err
		}
		var userID, firm string
		err := each(ctx, t, `SELECT u.id, m.enterprise_id FROM user_account u JOIN membership m ON m.user_id = u.id WHERE u.login = $1 AND m.enterprise_id <> ''
			AND NOT EXISTS (SELECT 1 FROM membership o WHERE o.user_id = u.id AND o.enterprise_id = '')`, into(&userID, &firm), login)
		if err != nil || userID == "" {
			return err
		}
		var sent int
		if err := one(ctx, t, `SELECT count(*) FROM delivery WHERE user_id = $1 AND notice_id = '' AND day LIKE 'reset%' AND created_at > $2`, into(&sent), userID, milli(now.Add(-24*time.Hour))); err != nil || sent >= resetsMost {
			return err
		}
		choices, err := noticeChoices(ctx, t, []string{userID})
		if err != nil {
			return err
		}
		c := choices[userID]
		way, _ := c.Address(login)
		t.changed(market.ChangeNotice, firm)
		return t.queue(ctx, []market.Delivery{{UserID: userID, EnterpriseID: firm, Channel: way, Day: "reset " + market.NewID()}})
	})
	if err != nil {
		return fmt.Errorf("store.AskReset: %w", err)
	}
	return nil
}

// ResetPassword uses a reset link: the password is new, and everybody who was
// signed in or known as this user is so no more.
func (s *Store) ResetPassword(ctx context.Context, tokenHash, passwordHash string, now time.Time) (userID string, err error) {
	err = s.update(ctx, func(ctx context.Context, t *tx) error {
		x, err := t.useTicket(ctx, tokenHash, market.ForReset, now)
		if err != nil {
			return err
		}
		userID = x.UserID
		if _, err := t.exec(ctx, `DELETE FROM device WHERE user_id = $1`, userID); err != nil {
			return err
		}
		return t.setPassword(ctx, market.Actor{UserID: userID}, passwordHash, "")
	})
	if err != nil {
		return "", fmt.Errorf("store.ResetPassword: %w", err)
	}
	return userID, nil
}

// ChangePassword keeps the actor's new password and ends every session but one.
func (s *Store) ChangePassword(ctx context.Context, actor market.Actor, passwordHash, butSession string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error { return t.setPassword(ctx, actor, passwordHash, butSession) })
	if err != nil {
		return fmt.Errorf("store.ChangePassword: %w", err)
	}
	return nil
}

func (t *tx) setPassword(ctx context.Context, actor market.Actor, passwordHash, butSession string) error {
	if _, err := t.exec(ctx, `UPDATE user_account SET password_hash = $1 WHERE id = $2`, passwordHash, actor.UserID); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM session WHERE user_id = $1 AND token_hash <> $2`, actor.UserID, butSession); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM ticket WHERE user_id = $1 AND purpose = 'reset'`, actor.UserID)
	t.audit(actor, "password", "user", actor.UserID)
	return err
}

// Join uses an invitation: the new user becomes a member of the enterprise. A
// claim makes him the owner of one that has none; its uscc has to be named.
func (s *Store) Join(ctx context.Context, tokenHash, uscc string, u market.User, now time.Time) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		x, err := ticket(ctx, t, tokenHash, now, t.forUpdate())
		if err != nil {
			return err
		}
		role := market.Member
		switch x.Purpose {
		case market.ForOffice:
			if _, err := t.useTicket(ctx, tokenHash, x.Purpose, now); err != nil {
				return err
			}
			if err := t.insertUser(ctx, &u); err != nil {
				return err
			}
			return t.takeOffice(ctx, market.Actor{UserID: u.ID}, x)
		case market.ForInvite:
		case market.ForClaim:
			role = market.Owner
			if err := t.mayOwn(ctx, x.EnterpriseID, uscc); err != nil {
				return err
			}
		default:
			return market.ErrNotFound
		}
		if _, err := t.useTicket(ctx, tokenHash, x.Purpose, now); err != nil {
			return err
		}
		if err := t.insertUser(ctx, &u); err != nil {
			return err
		}
		t.audit(market.Actor{UserID: u.ID, EnterpriseID: x.EnterpriseID}, "join", "enterprise", x.EnterpriseID)
		return t.insertMembership(ctx, market.Membership{UserID: u.ID, Role: role, EnterpriseID: x.EnterpriseID})
	})
	if err != nil {
		return fmt.Errorf("store.Join: %w", err)
	}
	return nil
}

// Members returns the users of an enterprise with their roles, owners first.
func (s *Store) Members(ctx context.Context, enterpriseID string) ([]market.User, []market.Role, error) {
	var users []market.User
	var roles []market.Role
	err := each(ctx, s.read, `SELECT u.id, u.login, u.name, u.created_at, m.role FROM membership m JOIN user_account u ON u.id = m.user_id
		WHERE m.enterprise_id = $1 AND m.enterprise_id <> '' ORDER BY m.role DESC, u.id`, func(r *sql.Rows) error {
		var u market.User
		var role market.Role
		var created int64
		err := r.Scan(&u.ID, &u.Login, &u.Name, &created, &role)
		u.CreatedAt = fromMilli(created)
		users, roles = append(users, u), append(roles, role)
		return err
	}, enterpriseID)
	if err != nil {
		return nil, nil, fmt.Errorf("store.Members(%q): %w", enterpriseID, err)
	}
	return users, roles, nil
}

// RemoveMember ends a member's place in the actor's enterprise and his
// sessions; an owner's place cannot be ended.
func (s *Store) RemoveMember(ctx context.Context, actor market.Actor, userID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if !actor.Owner {
			return market.ErrNotFound
		}
		n, err := t.exec(ctx, `DELETE FROM membership WHERE user_id = $1 AND enterprise_id = $2 AND role = 'member'`, userID, actor.EnterpriseID)
		if err != nil {
			return err
		}
		if n == 0 {
			return market.ErrNotFound
		}
		t.audit(actor, "remove", "user", userID)
		_, err = t.exec(ctx, `DELETE FROM session WHERE user_id = $1`, userID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.RemoveMember: %w", err)
	}
	return nil
}
