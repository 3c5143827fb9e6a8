package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"lianqiao/market"
)

// SignUp keeps a new user with a new enterprise, which the user owns. Where the
// USCC is that of a record that nobody owns yet, the user has no enterprise
// until its association agrees that it is his. A login or USCC that is taken
// is a Conflict on its field.
func (s *Store) SignUp(ctx context.Context, u market.User, e market.Enterprise) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.insertUser(ctx, &u); err != nil {
			return err
		}
		if kept, err := t.unowned(ctx, e.USCC); err != nil || kept.ID != "" {
			if err != nil {
				return err
			}
			return t.askClaim(ctx, market.Actor{UserID: u.ID}, &kept)
		}
		if err := t.insertEnterprise(ctx, &e); err != nil {
			return err
		}
		owner := market.Actor{UserID: u.ID, EnterpriseID: e.ID}
		t.audit(owner, "sign-up", "enterprise", e.ID)
		if err := t.askReview(ctx, owner, "enterprise", e.ID, &e); err != nil {
			return err
		}
		return t.insertMembership(ctx, market.Membership{UserID: u.ID, Role: market.Owner, EnterpriseID: e.ID})
	})
	if err != nil {
		return fmt.Errorf("store.SignUp: %w", err)
	}
	return nil
}

// AddUser keeps a new user with one membership.
func (s *Store) AddUser(ctx context.Context, u market.User, m market.Membership) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := t.insertUser(ctx, &u); err != nil {
			return err
		}
		m.UserID = u.ID
		t.audit(market.Actor{UserID: u.ID, EnterpriseID: m.EnterpriseID}, "add", "user", u.ID)
		return t.insertMembership(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("store.AddUser: %w", err)
	}
	return nil
}

func (t *tx) insertUser(ctx context.Context, u *market.User) error {
	if u.ID == "" {
		u.ID = market.NewID()
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = t.now
	}
	_, err := t.exec(ctx, `INSERT INTO user_account (id, login, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)`,
		u.ID, u.Login, u.Name, u.PasswordHash, milli(u.CreatedAt))
	if duplicate(err) {
		return market.ErrLoginTaken
	}
	return err
}

func (t *tx) insertMembership(ctx context.Context, m market.Membership) error {
	_, err := t.exec(ctx, `INSERT INTO membership (user_id, role, enterprise_id, cluster_id, region) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		m.UserID, string(m.Role), m.EnterpriseID, m.ClusterID, m.Region)
	return err
}

func userWhere(ctx context.Context, a asker, where, arg string) (market.User, error) {
	var u market.User
	var created, totp int64
	var recovery string
	err := one(ctx, a, `SELECT id, login, name, password_hash, created_at, totp_secret, totp_at, totp_step, recovery FROM user_account WHERE `+where,
		into(&u.ID, &u.Login, &u.Name, &u.PasswordHash, &created, &u.TOTP.Secret, &totp, &u.TOTP.Step, &recovery), arg)
	if err != nil {
		return u, err
	}
	u.CreatedAt, u.TOTP.At = fromMilli(created), fromMilli(totp)
	u.TOTP.Recovery, err = fromJSON[string](recovery)
	return u, err
}

// UserByLogin returns the user of a login or market.ErrNotFound.
func (s *Store) UserByLogin(ctx context.Context, login string) (market.User, error) {
	u, err := userWhere(ctx, s.read, `login = $1`, login)
	if err != nil {
		return u, fmt.Errorf("store.UserByLogin: %w", err)
	}
	return u, nil
}

// User returns the user of an id or market.ErrNotFound.
func (s *Store) User(ctx context.Context, id string) (market.User, error) {
	u, err := userWhere(ctx, s.read, `id = $1`, id)
	if err != nil {
		return u, fmt.Errorf("store.User(%q): %w", id, err)
	}
	return u, nil
}

// Actor returns a user and what the user may act for.
func (s *Store) Actor(ctx context.Context, userID string) (market.Actor, market.User, error) {
	a := market.Actor{UserID: userID}
	u, err := userWhere(ctx, s.read, `id = $1`, userID)
	var places []string
	if err == nil {
		err = each(ctx, s.read, `SELECT role, enterprise_id, cluster_id, region FROM membership WHERE user_id = $1 ORDER BY role DESC, enterprise_id, cluster_id, region`,
			func(r *sql.Rows) error {
				var m market.Membership
				err := r.Scan(&m.Role, &m.EnterpriseID, &m.ClusterID, &m.Region)
				if m.Role == market.Viewer && m.Region != "" {
					places = append(places, m.Region)
					return err
				}
				grant(&a, m)
				return err
			}, userID)
	}
	for _, place := range places {
		if err == nil {
			err = s.viewPlace(ctx, &a, place)
		}
	}
	if err != nil {
		return market.Actor{}, u, fmt.Errorf("store.Actor(%q): %w", userID, err)
	}
	return a, u, nil
}

// viewPlace lets a bureau read the clusters of its place as they are now.
func (s *Store) viewPlace(ctx context.Context, a *market.Actor, place string) error {
	from, to := market.RegionRange(place)
	ids, err := idsOf(ctx, s.read, `SELECT id FROM cluster WHERE region >= $1 AND region <= $2 ORDER BY id`, from, to)
	for _, id := range ids {
		if !slices.Contains(a.Views, id) {
			a.Views = append(a.Views, id)
		}
	}
	return err
}

func grant(a *market.Actor, m market.Membership) {
	switch m.Role {
	case market.Owner, market.Member:
		if a.EnterpriseID == "" {
			a.EnterpriseID = m.EnterpriseID
		}
		if m.Role == market.Owner && a.EnterpriseID == m.EnterpriseID {
			a.Owner = true
		}
	case market.Reviewer:
		a.Reviews = append(a.Reviews, m.ClusterID)
	case market.Viewer:
		a.Views = append(a.Views, m.ClusterID)
	case market.Operator:
		a.Clusters = append(a.Clusters, m.ClusterID)
	case market.Admin:
		a.Admin = true
	}
}

// SaveSession keeps a session, new or seen again.
func (s *Store) SaveSession(ctx context.Context, x market.Session) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO session (token_hash, user_id, agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (token_hash) DO UPDATE SET seen_at = excluded.seen_at, expires_at = excluded.expires_at`,
			x.TokenHash, x.UserID, x.Agent, milli(x.CreatedAt), milli(x.SeenAt), milli(x.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveSession: %w", err)
	}
	return nil
}

// Sessions returns where a user is signed in, last used first.
func (s *Store) Sessions(ctx context.Context, userID string, now time.Time) ([]market.Session, error) {
	var out []market.Session
	err := each(ctx, s.read, `SELECT token_hash, user_id, agent, created_at, seen_at, expires_at FROM session WHERE user_id = $1 AND expires_at > $2
		ORDER BY seen_at DESC, token_hash LIMIT 100`, func(r *sql.Rows) error {
		var x market.Session
		var created, seen, expires int64
		err := r.Scan(&x.TokenHash, &x.UserID, &x.Agent, &created, &seen, &expires)
		x.CreatedAt, x.SeenAt, x.ExpiresAt = fromMilli(created), fromMilli(seen), fromMilli(expires)
		out = append(out, x)
		return err
	}, userID, milli(now))
	if err != nil {
		return nil, fmt.Errorf("store.Sessions: %w", err)
	}
	return out, nil
}

// TouchSession notes that a session was used; one that was ended meanwhile
// stays ended.
func (s *Store) TouchSession(ctx context.Context, x market.Session) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE session SET seen_at = $1, expires_at = $2 WHERE token_hash = $3`, milli(x.SeenAt), milli(x.ExpiresAt), x.TokenHash)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.TouchSession: %w", err)
	}
	return nil
}

// Session returns a session that has not expired, or market.ErrNotFound.
func (s *Store) Session(ctx context.Context, tokenHash string) (market.Session, error) {
	var x market.Session
	var created, seen, expires int64
	err := one(ctx, s.read, `SELECT token_hash, user_id, agent, created_at, seen_at, expires_at FROM session WHERE token_hash = $1 AND expires_at > $2`,
		into(&x.TokenHash, &x.UserID, &x.Agent, &created, &seen, &expires), tokenHash, milli(time.Now()))
	if err != nil {
		return x, fmt.Errorf("store.Session: %w", err)
	}
	x.CreatedAt, x.SeenAt, x.ExpiresAt = fromMilli(created), fromMilli(seen), fromMilli(expires)
	return x, nil
}

// DropSession signs one browser out; dropping it again is no error.
func (s *Store) DropSession(ctx context.Context, tokenHash string) error {
	return s.dropSessions(ctx, `token_hash = $1`, tokenHash)
}

// DropSessions signs a user out everywhere.
func (s *Store) DropSessions(ctx context.Context, userID string) error {
	return s.dropSessions(ctx, `user_id = $1`, userID)
}

func (s *Store) dropSessions(ctx context.Context, where, arg string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM session WHERE `+where, arg)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: drop sessions: %w", err)
	}
	return nil
}
