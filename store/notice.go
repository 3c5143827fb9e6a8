package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lianqiao/market"
)

const noticeColumns = `id, enterprise_id, topic, kind, of, other_id, key, planned, at`

const deliveryColumns = `id, user_id, enterprise_id, channel, topic, notice_id, day, state, tries, next_at, reason, created_at, sent_at`

// notify tells a firm of something, together with what happened. A second
// notice with the same key is not kept.
func (t *tx) notify(firm string, topic market.Topic, kind, of, other string, key ...any) {
	if firm == "" {
		return
	}
	t.notices = append(t.notices, market.Notice{EnterpriseID: firm, Topic: topic, Kind: kind, Of: of, OtherID: other, Key: strings.TrimSpace(fmt.Sprintln(append([]any{topic, of}, key...)...))})
	t.changed(market.ChangeNotice, firm)
}

// notifyOn tells one side of an introduction, unless that side does not get to see it.
func (t *tx) notifyOn(i *market.Introduction, firm string, topic market.Topic, key ...any) {
	if !i.Muted || firm != i.To {
		t.notify(firm, topic, "introduction", i.ID, i.Of(firm), key...)
	}
}

// hour makes of many events in an hour one notice.
func (t *tx) hour() string { return t.now.Format("2006-01-02T15") }

func (t *tx) insertNotices(ctx context.Context) error {
	rows := make([][]any, 0, len(t.notices))
	for _, n := range t.notices {
		rows = append(rows, []any{market.NewID(), n.EnterpriseID, string(n.Topic), n.Kind, n.Of, n.OtherID, n.Key, int64(0), milli(t.now)})
	}
	return t.insert(ctx, `INSERT INTO notice (`+noticeColumns+`) VALUES `, ` ON CONFLICT (enterprise_id, key) DO NOTHING`, rows)
}

func noticesWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Notice, error) {
	var out []market.Notice
	err := each(ctx, a, `SELECT id, enterprise_id, topic, kind, of, other_id, key, at FROM notice WHERE `+where, func(r *sql.Rows) error {
		var n market.Notice
		var at int64
		err := r.Scan(&n.ID, &n.EnterpriseID, &n.Topic, &n.Kind, &n.Of, &n.OtherID, &n.Key, &at)
		n.At = fromMilli(at)
		out = append(out, n)
		return err
	}, args...)
	return out, err
}

// Notices returns those of an enterprise, newest first. next is what to pass as
// after for the following page, "" at the end.
func (s *Store) Notices(ctx context.Context, enterpriseID, after string, limit int) (list []market.Notice, next string, err error) {
	where, args := `enterprise_id = $1`, []any{enterpriseID, limit + 1}
	if after != "" {
		where, args = where+` AND id < $3`, append(args, after)
	}
	list, err = noticesWhere(ctx, s.read, where+` ORDER BY id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Notices(%q): %w", enterpriseID, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// Notice returns one notice or market.ErrNotFound.
func (s *Store) Notice(ctx context.Context, id string) (market.Notice, error) {
	list, err := noticesWhere(ctx, s.read, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = market.ErrNotFound
	}
	if err != nil {
		return market.Notice{}, fmt.Errorf("store.Notice(%q): %w", id, err)
	}
	return list[0], nil
}

// UnseenMost is the most that UnseenNotices counts to.
const UnseenMost = 100

// UnseenNotices returns up to which notice the user has seen those of an
// enterprise, and how many are newer, at most UnseenMost.
func (s *Store) UnseenNotices(ctx context.Context, userID, enterpriseID string) (upto string, n int, err error) {
	err = each(ctx, s.read, `SELECT upto FROM notice_seen WHERE user_id = $1 AND enterprise_id = $2`, into(&upto), userID, enterpriseID)
	if err == nil {
		err = one(ctx, s.read, `SELECT count(*) FROM (SELECT id FROM notice WHERE enterprise_id = $1 AND id > $2 LIMIT $3) x`, into(&n), enterpriseID, upto, UnseenMost)
	}
	if err != nil {
		return "", 0, fmt.Errorf("store.UnseenNotices(%q): %w", enterpriseID, err)
	}
	return upto, n, nil
}

// SeeNotices notes that the actor has seen his firm's notices up to one of them.
func (s *Store) SeeNotices(ctx context.Context, actor market.Actor, upto string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var n int64
		if err := one(ctx, t, `SELECT count(*) FROM notice WHERE id = $1 AND enterprise_id = $2`, into(&n), upto, actor.EnterpriseID); err != nil {
			return err
		}
		if n == 0 {
			return market.ErrNotFound
		}
		t.changed(market.ChangeNotice, actor.EnterpriseID)
		_, err := t.exec(ctx, `INSERT INTO notice_seen (user_id, enterprise_id, upto) VALUES ($1, $2, $3)
			ON CONFLICT (user_id, enterprise_id) DO UPDATE SET upto = excluded.upto WHERE notice_seen.upto < excluded.upto`, actor.UserID, actor.EnterpriseID, upto)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SeeNotices: %w", err)
	}
	return nil
}

// NoticeChoices returns how people want to be told, also of those who never said.
func (s *Store) NoticeChoices(ctx context.Context, userIDs []string) (map[string]market.NoticeChoice, error) {
	out, err := noticeChoices(ctx, s.read, userIDs)
	if err != nil {
		return nil, fmt.Errorf("store.NoticeChoices: %w", err)
	}
	return out, nil
}

func noticeChoices(ctx context.Context, a asker, userIDs []string) (map[string]market.NoticeChoice, error) {
	out := make(map[string]market.NoticeChoice, len(userIDs))
	for _, id := range userIDs {
		out[id] = market.NoticeChoice{UserID: id, Lang: "zh-CN"}
	}
	err := in(ctx, a, `SELECT user_id, lang, mail, confirmed_at, paces FROM notice_choice WHERE user_id IN (%s)`, userIDs, func(r *sql.Rows) error {
		var c market.NoticeChoice
		var at int64
		var paces string
		if err := r.Scan(&c.UserID, &c.Lang, &c.Mail, &at, &paces); err != nil {
			return err
		}
		c.ConfirmedAt = fromMilli(at)
		err := json.Unmarshal([]byte(paces), &c.Paces)
		out[c.UserID] = c
		return err
	})
	return out, err
}

// confirmationsMost is how many mails to confirm an address a person may ask
// for in a day: nobody's box is to be filled through us.
const confirmationsMost = 5

// SaveNoticeChoice keeps how the actor wants to be told. A new mail address
// gets a mail with a link, and nothing else before it was followed.
func (s *Store) SaveNoticeChoice(ctx context.Context, actor market.Actor, c market.NoticeChoice) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		if err := c.Check(); err != nil {
			return err
		}
		known, err := noticeChoices(ctx, t, []string{actor.UserID})
		if err != nil {
			return err
		}
		was := known[actor.UserID]
		if c.ConfirmedAt = was.ConfirmedAt; c.Mail != was.Mail {
			c.ConfirmedAt = time.Time{}
		}
		if c.Mail != "" && c.ConfirmedAt.IsZero() {
			if err := t.askConfirmation(ctx, actor); err != nil {
				return err
			}
		}
		t.audit(actor, "notices", "user", actor.UserID)
		return t.putNoticeChoice(ctx, actor.UserID, &c)
	})
	if err != nil {
		return fmt.Errorf("store.SaveNoticeChoice: %w", err)
	}
	return nil
}

func (t *tx) putNoticeChoice(ctx context.Context, userID string, c *market.NoticeChoice) error {
	paces, err := json.Marshal(c.Paces)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO notice_choice (user_id, lang, mail, confirmed_at, paces) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET lang = excluded.lang, mail = excluded.mail, confirmed_at = excluded.confirmed_at, paces = excluded.paces`,
		userID, c.Lang, c.Mail, milli(c.ConfirmedAt), string(paces))
	return err
}

func (t *tx) askConfirmation(ctx context.Context, actor market.Actor) error {
	var asked int
	if err := one(ctx, t, `SELECT count(*) FROM delivery WHERE user_id = $1 AND notice_id = '' AND day LIKE 'confirm%' AND created_at > $2`, into(&asked), actor.UserID, milli(t.now.Add(-24*time.Hour))); err != nil {
		return err
	}
	if asked >= confirmationsMost {
		return &market.Error{Kind: market.TooMany, Field: "mail", Message: "error.mail.most", Args: []string{fmt.Sprint(confirmationsMost)}}
	}
	t.changed(market.ChangeNotice, actor.EnterpriseID)
	return t.queue(ctx, []market.Delivery{{UserID: actor.UserID, EnterpriseID: actor.EnterpriseID, Channel: market.ByMail, Day: "confirm " + market.NewID()}})
}

// ConfirmMail notes that the user's address is his, if it still is the one.
func (s *Store) ConfirmMail(ctx context.Context, userID, mail string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE notice_choice SET confirmed_at = $1 WHERE user_id = $2 AND mail = $3`, milli(t.now), userID, mail)
		if err == nil && n == 0 {
			err = market.ErrNotFound
		}
		t.audit(market.Actor{UserID: userID}, "confirm", "user", userID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.ConfirmMail: %w", err)
	}
	return nil
}

// EndNotices ends all mails to a user; what the app shows stays.
func (s *Store) EndNotices(ctx context.Context, userID string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		known, err := noticeChoices(ctx, t, []string{userID})
		if err != nil {
			return err
		}
		c := known[userID]
		c.Paces = map[market.Topic]market.Pace{}
		for _, topic := range market.Topics {
			c.Paces[topic] = market.PaceNever
		}
		t.audit(market.Actor{UserID: userID}, "notices", "user", userID)
		return t.putNoticeChoice(ctx, userID, &c)
	})
	if err != nil {
		return fmt.Errorf("store.EndNotices: %w", err)
	}
	return nil
}

// Secret returns what links are sealed with, made at its first use.
func (s *Store) Secret(ctx context.Context, name string) (secret []byte, err error) {
	read := func(a asker) error {
		return each(ctx, a, `SELECT bytes FROM secret WHERE name = $1`, into(&secret), name)
	}
	if err = read(s.read); err == nil && len(secret) == 0 {
		err = s.update(ctx, func(ctx context.Context, t *tx) error {
			fresh := make([]byte, 32)
			_, _ = rand.Read(fresh) // it never fails
			if _, err := t.exec(ctx, `INSERT INTO secret (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, fresh); err != nil {
				return err
			}
			return read(t)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("store.Secret(%q): %w", name, err)
	}
	return secret, nil
}
