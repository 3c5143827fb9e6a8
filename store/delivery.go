package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"lianqiao/market"
)

func (t *tx) queue(ctx context.Context, list []market.Delivery) error {
	rows := make([][]any, 0, len(list))
	for _, d := range list {
		if d.State == "" {
			d.State = market.Queued
		}
		rows = append(rows, []any{market.NewID(), d.UserID, d.EnterpriseID, string(d.Channel), string(d.Topic), d.NoticeID, d.Day, string(d.State), int64(0), milli(t.now), "", milli(t.now), int64(0)})
	}
	return t.insert(ctx, `INSERT INTO delivery (`+deliveryColumns+`) VALUES `, ` ON CONFLICT (user_id, notice_id, day) DO NOTHING`, rows)
}

func deliveriesWhere(ctx context.Context, a asker, where string, args ...any) ([]market.Delivery, error) {
	var out []market.Delivery
	err := each(ctx, a, `SELECT `+deliveryColumns+` FROM delivery WHERE `+where, func(r *sql.Rows) error {
		var d market.Delivery
		var next, created, sent int64
		err := r.Scan(&d.ID, &d.UserID, &d.EnterpriseID, &d.Channel, &d.Topic, &d.NoticeID, &d.Day, &d.State, &d.Tries, &next, &d.Reason, &created, &sent)
		d.NextAt, d.CreatedAt, d.SentAt = fromMilli(next), fromMilli(created), fromMilli(sent)
		out = append(out, d)
		return err
	}, args...)
	return out, err
}

// person is somebody of a firm.
type person struct{ id, login, firm string }

// PlanDeliveries makes the deliveries of notices that are to be told at once,
// over the channels that there are, each once. It returns how many notices it
// went through, limit at most.
func (s *Store) PlanDeliveries(ctx context.Context, channels []market.Channel, limit int) (int, error) {
	n := 0
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		notices, err := noticesWhere(ctx, t, `planned = 0 ORDER BY id LIMIT $1`+t.forUpdate(), limit)
		if n = len(notices); err != nil || n == 0 {
			return err
		}
		var firms, ids []string
		for _, x := range notices {
			firms, ids = append(firms, x.EnterpriseID), append(ids, x.ID)
		}
		slices.Sort(firms)
		people := map[string][]person{}
		var users []string
		err = in(ctx, t, `SELECT m.enterprise_id, u.id, u.login FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.enterprise_id IN (%s) ORDER BY u.id`, slices.Compact(firms), func(r *sql.Rows) error {
			var p person
			err := r.Scan(&p.firm, &p.id, &p.login)
			people[p.firm], users = append(people[p.firm], p), append(users, p.id)
			return err
		})
		if err != nil {
			return err
		}
		choices, err := noticeChoices(ctx, t, users)
		if err != nil {
			return err
		}
		var list []market.Delivery
		for _, x := range notices {
			for _, p := range people[x.EnterpriseID] {
				c := choices[p.id]
				if way, _ := c.Address(p.login); c.Pace(x.Topic) == market.PaceNow && slices.Contains(channels, way) {
					list = append(list, market.Delivery{UserID: p.id, EnterpriseID: x.EnterpriseID, Channel: way, Topic: x.Topic, NoticeID: x.ID})
				}
			}
		}
		if err := t.queue(ctx, list); err != nil {
			return err
		}
		return in(ctx, t, `UPDATE notice SET planned = 1 WHERE id IN (%s)`, ids, func(*sql.Rows) error { return nil })
	})
	if err != nil {
		return 0, fmt.Errorf("store.PlanDeliveries: %w", err)
	}
	return n, nil
}

// PlanDigests makes the day's digest of people to whose firms anything new came
// between two moments, each once however often it is asked. It returns how many
// people it went through, limit at most.
func (s *Store) PlanDigests(ctx context.Context, day string, from, until time.Time, channels []market.Channel, limit int) (int, error) {
	n := 0
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		var people []person
		var users []string
		err := each(ctx, t, `SELECT m.user_id, u.login, m.enterprise_id FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.enterprise_id <> ''
			AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.user_id = m.user_id AND d.notice_id = '' AND d.day = $1)
			AND (EXISTS (SELECT 1 FROM notice n WHERE n.enterprise_id = m.enterprise_id AND n.id >= $2 AND n.id < $3)
			OR EXISTS (SELECT 1 FROM proposal p WHERE p.need_by = m.enterprise_id AND p.status = 'open' AND p.id >= $2 AND p.id < $3)
			OR EXISTS (SELECT 1 FROM proposal p WHERE p.supply_by = m.enterprise_id AND p.status = 'open' AND p.id >= $2 AND p.id < $3))
			ORDER BY m.user_id LIMIT $4`, func(r *sql.Rows) error {
			var p person
			err := r.Scan(&p.id, &p.login, &p.firm)
			people, users = append(people, p), append(users, p.id)
			return err
		}, day, market.FirstID(from), market.FirstID(until), limit)
		if n = len(people); err != nil || n == 0 {
			return err
		}
		choices, err := noticeChoices(ctx, t, users)
		if err != nil {
			return err
		}
		var list []market.Delivery
		for _, p := range people {
			c := choices[p.id]
			way, _ := c.Address(p.login)
			d := market.Delivery{UserID: p.id, EnterpriseID: p.firm, Channel: way, Day: day}
			wants := slices.ContainsFunc(market.Topics, func(topic market.Topic) bool { return c.Pace(topic) == market.PaceDigest })
			if !wants || way != market.ByMail || !slices.Contains(channels, way) {
				d.State = market.Dropped // so that nobody looks again today
			}
			list = append(list, d)
		}
		return t.queue(ctx, list)
	})
	if err != nil {
		return 0, fmt.Errorf("store.PlanDigests(%s): %w", day, err)
	}
	return n, nil
}

// deliveryLease is how long a process has for what it took before another may
// take it: a message may then go out twice, but none is lost.
const deliveryLease = 5 * time.Minute

// TakeDeliveries takes what is due, limit at most, for the caller to send.
func (s *Store) TakeDeliveries(ctx context.Context, now time.Time, limit int) ([]market.Delivery, error) {
	var list []market.Delivery
	err := s.update(ctx, func(ctx context.Context, t *tx) (err error) {
		lock := t.forUpdate()
		if lock != "" {
			lock += ` SKIP LOCKED`
		}
		if list, err = deliveriesWhere(ctx, t, `state = 'queued' AND next_at <= $1 ORDER BY next_at LIMIT $2`+lock, milli(now), limit); err != nil {
			return err
		}
		var ids []string
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		return in(ctx, t, `UPDATE delivery SET next_at = $1 WHERE id IN (%s)`, ids, func(*sql.Rows) error { return nil }, milli(now.Add(deliveryLease)))
	})
	if err != nil {
		return nil, fmt.Errorf("store.TakeDeliveries: %w", err)
	}
	return list, nil
}

// SaveDelivery keeps what became of a delivery.
func (s *Store) SaveDelivery(ctx context.Context, d market.Delivery) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE delivery SET state = $1, tries = $2, next_at = $3, reason = $4, sent_at = $5 WHERE id = $6`,
			string(d.State), d.Tries, milli(d.NextAt), d.Reason, milli(d.SentAt), d.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.SaveDelivery(%q): %w", d.ID, err)
	}
	return nil
}

// Deliveries returns those to the firms of the actor's clusters, newest first.
func (s *Store) Deliveries(ctx context.Context, actor market.Actor, after string, limit int) (list []market.Delivery, next string, err error) {
	where, args := `day NOT LIKE 'confirm%' AND day NOT LIKE 'reset%' AND (state <> 'dropped' OR reason <> '')`, []any{}
	if after != "" {
		args = append(args, after)
		where += ` AND id < $1`
	}
	if !actor.Admin {
		var b strings.Builder
		places(&b, len(args), len(actor.Clusters))
		where += ` AND enterprise_id IN (SELECT id FROM enterprise WHERE cluster_id <> '' AND cluster_id IN (` + b.String() + `))`
		for _, c := range actor.Clusters {
			args = append(args, c)
		}
	}
	list, err = deliveriesWhere(ctx, s.read, fmt.Sprintf(`%s ORDER BY id DESC LIMIT %d`, where, limit+1), args...)
	if err != nil {
		return nil, "", fmt.Errorf("store.Deliveries: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// Digest is what a digest counts: the notices of an enterprise between two
// moments that one of its people has not seen, by topic; new proposals under
// TopicProposal.
func (s *Store) Digest(ctx context.Context, userID, enterpriseID string, from, until time.Time) (map[market.Topic]int, error) {
	out := map[market.Topic]int{}
	upto, _, err := s.UnseenNotices(ctx, userID, enterpriseID)
	if err == nil {
		err = each(ctx, s.read, `SELECT topic, count(*) FROM notice WHERE enterprise_id = $1 AND id > $2 AND id >= $3 AND id < $4 GROUP BY topic`, func(r *sql.Rows) error {
			var topic market.Topic
			var n int
			err := r.Scan(&topic, &n)
			out[topic] = n
			return err
		}, enterpriseID, upto, market.FirstID(from), market.FirstID(until))
	}
	for _, side := range []string{"need_by", "supply_by"} {
		n := 0
		if err == nil {
			err = one(ctx, s.read, `SELECT count(*) FROM proposal WHERE `+side+` = $1 AND status = 'open' AND id >= $2 AND id < $3`, into(&n), enterpriseID, market.FirstID(from), market.FirstID(until))
		}
		out[market.TopicProposal] += n
	}
	if err != nil {
		return nil, fmt.Errorf("store.Digest: %w", err)
	}
	return out, nil
}

// BelongsTo reports whether the user is one of the enterprise's people.
func (s *Store) BelongsTo(ctx context.Context, userID, enterpriseID string) (bool, error) {
	var n int
	if err := one(ctx, s.read, `SELECT count(*) FROM membership WHERE user_id = $1 AND enterprise_id = $2`, into(&n), userID, enterpriseID); err != nil {
		return false, fmt.Errorf("store.BelongsTo: %w", err)
	}
	return n > 0, nil
}
