package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"lianqiao/market"
)

const messageColumns = `id, introduction_id, enterprise_id, user_id, body, attachment_id, at`

const attachmentColumns = `id, introduction_id, enterprise_id, user_id, name, type, size, at, removed_at, need_id, quoted_at`

var errThreadClosed = &market.Error{Kind: market.Conflict, Message: "error.thread.closed"}

// Write keeps a message of the actor's in the thread of an introduction. The
// same key again changes nothing. After a withdrawn consent it is refused:
// the introduction's row is locked, so of a message and a withdrawal at once
// one comes first.
func (s *Store) Write(ctx context.Context, actor market.Actor, m market.Message, key string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		i, err := t.mayWrite(ctx, actor, m.IntroductionID)
		if err != nil {
			return err
		}
		if err := m.Check(); err != nil {
			return err
		}
		if again, err := t.sent(ctx, actor, "message", m.IntroductionID, key); again || err != nil {
			return err
		}
		return t.write(ctx, actor, &i, m)
	})
	if err != nil {
		return fmt.Errorf("store.Write(%q): %w", m.IntroductionID, err)
	}
	return nil
}

// sent reports whether the key was used for the same before.
func (t *tx) sent(ctx context.Context, actor market.Actor, what, introductionID, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	id := market.NewID()
	first, err := t.claim(ctx, actor.UserID+" "+what+" "+introductionID, key, id)
	return first != id, err
}

// SendFile keeps a file of the actor's and the message that carries it. The
// same key again changes nothing.
func (s *Store) SendFile(ctx context.Context, actor market.Actor, f market.Attachment, key string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		i, err := t.mayWrite(ctx, actor, f.IntroductionID)
		if err != nil {
			return err
		}
		if again, err := t.sent(ctx, actor, "file", f.IntroductionID, key); again || err != nil {
			return err
		}
		if _, err := t.keepFile(ctx, actor, f); err != nil {
			return err
		}
		return t.write(ctx, actor, &i, market.Message{IntroductionID: f.IntroductionID, AttachmentID: f.ID})
	})
	if err != nil {
		return fmt.Errorf("store.SendFile(%q): %w", f.IntroductionID, err)
	}
	return nil
}

// keepFile inserts a file of the actor's, unless there are too many of its
// thread or need, and reports whether it is new. The caller holds the row of
// the introduction or the need, so of many at once none slips past the bound.
func (t *tx) keepFile(ctx context.Context, actor market.Actor, f market.Attachment) (bool, error) {
	where, of := `introduction_id = $2 AND need_id = ''`, f.IntroductionID
	if f.NeedID != "" {
		where, of = `need_id = $2`, f.NeedID
	}
	var sent int
	if err := one(ctx, t, `SELECT count(*) FROM attachment WHERE enterprise_id = $1 AND id <> $3 AND `+where, into(&sent), actor.EnterpriseID, of, f.ID); err != nil {
		return false, err
	}
	if sent >= market.AttachmentsMost {
		return false, &market.Error{Kind: market.TooMany, Field: "file", Message: "error.file.most", Args: []string{fmt.Sprint(market.AttachmentsMost)}}
	}
	n, err := t.exec(ctx, `INSERT INTO attachment (`+attachmentColumns+`, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, $10) ON CONFLICT DO NOTHING`,
		f.ID, f.IntroductionID, actor.EnterpriseID, actor.UserID, f.Name, string(f.Type), len(f.Bytes), milli(t.now), f.NeedID, f.Bytes)
	return n == 1, err
}

func (t *tx) mayWrite(ctx context.Context, actor market.Actor, introductionID string) (market.Introduction, error) {
	i, err := introductionByID(ctx, t, introductionID, t.forUpdate())
	if err != nil {
		return i, err
	}
	if !actor.MayReadThread(&i) {
		return i, market.ErrNotFound
	}
	firms := map[string]market.Enterprise{}
	err = each(ctx, t, `SELECT `+enterpriseColumns+` FROM enterprise WHERE id IN ($1, $2)`, func(r *sql.Rows) error {
		e, err := scanEnterprise(r)
		firms[e.ID] = e
		return err
	}, i.By, i.To)
	if err != nil {
		return i, err
	}
	by, to := firms[i.By], firms[i.To]
	if !actor.MayWrite(&i, &by, &to) {
		return i, errThreadClosed
	}
	return i, nil
}

// write gives the message its id under the introduction's lock, so that the
// messages of a thread stand in the order in which they were committed.
func (t *tx) write(ctx context.Context, actor market.Actor, i *market.Introduction, m market.Message) error {
	m.ID = market.NewID()
	_, err := t.exec(ctx, `INSERT INTO message (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.IntroductionID, actor.EnterpriseID, actor.UserID, strings.TrimSpace(m.Text), m.AttachmentID, milli(t.now))
	if err != nil {
		return err
	}
	t.audit(actor, "write", "message", m.ID)
	t.notifyOn(i, i.Of(actor.EnterpriseID), market.TopicMessage, t.hour())
	t.changed(market.ChangeIntroduction, m.IntroductionID)
	return nil
}

// Messages returns what was said in a thread, newest first, with the files that
// go with it (without their contents). next is what to pass as before for the
// page of older ones, "" at the end.
func (s *Store) Messages(ctx context.Context, introductionID, before string, limit int) (list []market.Message, files map[string]market.Attachment, next string, err error) {
	where, args := `introduction_id = $1`, []any{introductionID, limit + 1}
	if before != "" {
		where, args = where+` AND id < $3`, append(args, before)
	}
	err = each(ctx, s.read, `SELECT `+messageColumns+` FROM message WHERE `+where+` ORDER BY id DESC LIMIT $2`, func(r *sql.Rows) error {
		var m market.Message
		var at int64
		err := r.Scan(&m.ID, &m.IntroductionID, &m.EnterpriseID, &m.UserID, &m.Text, &m.AttachmentID, &at)
		m.At = fromMilli(at)
		list = append(list, m)
		return err
	}, args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	var ids []string
	for _, m := range list {
		if m.AttachmentID != "" {
			ids = append(ids, m.AttachmentID)
		}
	}
	files = map[string]market.Attachment{}
	if err == nil {
		err = in(ctx, s.read, `SELECT `+attachmentColumns+` FROM attachment WHERE id IN (%s)`, ids, func(r *sql.Rows) error {
			f, err := scanAttachment(r)
			files[f.ID] = f
			return err
		})
	}
	if err != nil {
		return nil, nil, "", fmt.Errorf("store.Messages(%q): %w", introductionID, err)
	}
	return list, files, next, nil
}

func scanAttachment(r *sql.Rows, more ...any) (f market.Attachment, err error) {
	var at, removed, quoted int64
	err = r.Scan(append([]any{&f.ID, &f.IntroductionID, &f.EnterpriseID, &f.UserID, &f.Name, &f.Type, &f.Size, &at, &removed, &f.NeedID, &quoted}, more...)...)
	f.At, f.RemovedAt, f.QuotedAt = fromMilli(at), fromMilli(removed), fromMilli(quoted)
	return f, err
}

// Attachment returns the record of a file or market.ErrNotFound.
func (s *Store) Attachment(ctx context.Context, id string) (f market.Attachment, err error) {
	err = one(ctx, s.read, `SELECT `+attachmentColumns+` FROM attachment WHERE id = $1`, func(r *sql.Rows) (err error) {
		f, err = scanAttachment(r)
		return err
	}, id)
	if err != nil {
		return f, fmt.Errorf("store.Attachment(%q): %w", id, err)
	}
	return f, nil
}

// FetchFile notes that the actor fetches a file, and returns it with its
// contents. Nothing is handed out that is not in the log.
func (s *Store) FetchFile(ctx context.Context, actor market.Actor, id string) (market.Attachment, error) {
	var f market.Attachment
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		err := one(ctx, t, `SELECT `+attachmentColumns+`, bytes FROM attachment WHERE id = $1`, func(r *sql.Rows) (err error) {
			var raw []byte
			f, err = scanAttachment(r, &raw)
			f.Bytes = raw
			return err
		}, id)
		if err != nil {
			return err
		}
		i, err := introductionByID(ctx, t, f.IntroductionID, ``)
		if err != nil {
			return err
		}
		if !actor.MayFetch(&f, &i) {
			return market.ErrNotFound
		}
		if !f.RemovedAt.IsZero() {
			return &market.Error{Kind: market.Conflict, Message: "error.file.removed"}
		}
		t.audit(actor, "download", "attachment", id)
		return t.insert(ctx, `INSERT INTO download (id, attachment_id, enterprise_id, user_id, at) VALUES `, ``,
			[][]any{{market.NewID(), id, actor.EnterpriseID, actor.UserID, milli(t.now)}})
	})
	if err != nil {
		return market.Attachment{}, fmt.Errorf("store.FetchFile(%q): %w", id, err)
	}
	return f, nil
}

// downloadsMost is how many lines of a file's log are shown, the newest.
const downloadsMost = 200

// Downloads returns who fetched a file, newest first.
func (s *Store) Downloads(ctx context.Context, attachmentID string) ([]market.Download, error) {
	var out []market.Download
	err := each(ctx, s.read, `SELECT attachment_id, enterprise_id, user_id, at FROM download WHERE attachment_id = $1 ORDER BY id DESC LIMIT $2`, func(r *sql.Rows) error {
		var d market.Download
		var at int64
		err := r.Scan(&d.AttachmentID, &d.EnterpriseID, &d.UserID, &at)
		d.At = fromMilli(at)
		out = append(out, d)
		return err
	}, attachmentID, downloadsMost)
	if err != nil {
		return nil, fmt.Errorf("store.Downloads(%q): %w", attachmentID, err)
	}
	return out, nil
}

// DownloadsBy returns who fetched files that the enterprise sent, newest first,
// its own people left out.
func (s *Store) DownloadsBy(ctx context.Context, enterpriseID string, limit int) ([]market.Download, error) {
	var out []market.Download
	err := each(ctx, s.read, `SELECT d.attachment_id, f.name, d.enterprise_id, d.user_id, d.at FROM attachment f JOIN download d ON d.attachment_id = f.id
		WHERE f.enterprise_id = $1 AND d.enterprise_id <> $1 ORDER BY d.id DESC LIMIT $2`, func(r *sql.Rows) error {
		var d market.Download
		var at int64
		err := r.Scan(&d.AttachmentID, &d.Name, &d.EnterpriseID, &d.UserID, &at)
		d.At = fromMilli(at)
		out = append(out, d)
		return err
	}, enterpriseID, limit)
	if err != nil {
		return nil, fmt.Errorf("store.DownloadsBy(%q): %w", enterpriseID, err)
	}
	return out, nil
}

// UnreadMessages counts what the other firms wrote in threads that the actor
// has not read, by introduction.
func (s *Store) UnreadMessages(ctx context.Context, actor market.Actor, introductionIDs []string) (map[string]int, error) {
	out := map[string]int{}
	err := in(ctx, s.read, `SELECT m.introduction_id, count(*) FROM message m LEFT JOIN message_seen s ON s.user_id = $1 AND s.introduction_id = m.introduction_id
		WHERE m.introduction_id IN (%s) AND m.enterprise_id <> $2 AND m.id > COALESCE(s.upto, '') GROUP BY m.introduction_id`, introductionIDs, func(r *sql.Rows) error {
		var id string
		var n int
		err := r.Scan(&id, &n)
		out[id] = n
		return err
	}, actor.UserID, actor.EnterpriseID)
	if err != nil {
		return nil, fmt.Errorf("store.UnreadMessages: %w", err)
	}
	return out, nil
}

// SeeMessages notes that the actor has read a thread up to one of its messages.
func (s *Store) SeeMessages(ctx context.Context, actor market.Actor, introductionID, upto string) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		i, err := introductionByID(ctx, t, introductionID, ``)
		if err != nil {
			return err
		}
		var n int
		if err := one(ctx, t, `SELECT count(*) FROM message WHERE id = $1 AND introduction_id = $2`, into(&n), upto, introductionID); err != nil {
			return err
		}
		if n == 0 || !actor.MayReadThread(&i) {
			return market.ErrNotFound
		}
		t.changed(market.ChangeNotice, actor.EnterpriseID)
		_, err = t.exec(ctx, `INSERT INTO message_seen (user_id, introduction_id, upto) VALUES ($1, $2, $3)
			ON CONFLICT (user_id, introduction_id) DO UPDATE SET upto = excluded.upto WHERE message_seen.upto < excluded.upto`, actor.UserID, introductionID, upto)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SeeMessages(%q): %w", introductionID, err)
	}
	return nil
}

// UserNames returns what people are called, by their ids.
func (s *Store) UserNames(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := in(ctx, s.read, `SELECT id, name FROM user_account WHERE id IN (%s)`, ids, func(r *sql.Rows) error {
		var id, name string
		err := r.Scan(&id, &name)
		out[id] = name
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store.UserNames: %w", err)
	}
	return out, nil
}
