// Package notify tells people what concerns them when they are not looking:
// mails at once, one digest a day, and whatever a gateway sends on. What is
// told is written down by the store together with what happened; here it is
// only worded and carried.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/store"
)

// Config is what a Carrier works with.
type Config struct {
	Store   *store.Store
	Log     *slog.Logger
	BaseURL string // the address people use, without a slash at the end
	Ways    map[market.Channel]Sender
	Hour    int              // of the daily digest, in China
	Now     func() time.Time // nil: time.Now
}

// Carrier plans, words and sends. Several processes may have one: what one
// took, no other takes.
type Carrier struct {
	Config
	kick     chan struct{}
	looked   time.Time // when Round last looked for what falls due
	digested string    // the day whose digests are all planned
}

// New makes a carrier; it starts nothing.
func New(c Config) *Carrier {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Carrier{Config: c, kick: make(chan struct{}, 1)}
}

const (
	some     = 200
	together = 20 // messages taken at a time
)

func china() *time.Location { return time.FixedZone("CST", 8*3600) }

// Run carries until the context ends, at each Kick and once a minute.
func (c *Carrier) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := c.Round(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.kick:
		case <-tick.C:
		}
	}
}

// Kick says that there may be something new. It never blocks.
func (c *Carrier) Kick() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// Round does once what there is to do: reminders, follow-ups and digests that
// are due are looked for once a minute, deliveries each time.
func (c *Carrier) Round(ctx context.Context) error {
	now := c.Now()
	if now.Sub(c.looked) >= time.Minute {
		if err := c.due(ctx, now); err != nil {
			return err
		}
		c.looked = now
	}
	ways := slices.Sorted(maps.Keys(c.Ways))
	err := all(func() (int, error) { return c.Store.PlanDeliveries(ctx, ways, some) })
	if err != nil {
		return err
	}
	for {
		list, err := c.Store.TakeDeliveries(ctx, now, together)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, d := range list {
			if err := c.deliver(ctx, d); err != nil {
				return err
			}
		}
	}
}

func (c *Carrier) due(ctx context.Context, now time.Time) error {
	err := errors.Join(
		all(func() (int, error) { return c.Store.RemindDue(ctx, now, some) }),
		all(func() (int, error) { return c.Store.AskFollowUps(ctx, now, some) }),
	)
	if at := now.In(china()); err == nil && at.Hour() >= c.Hour && at.Format(time.DateOnly) != c.digested {
		ways, from, until := slices.Sorted(maps.Keys(c.Ways)), c.digestAt(at, -1), c.digestAt(at, 0)
		if err = all(func() (int, error) {
			return c.Store.PlanDigests(ctx, at.Format(time.DateOnly), from, until, ways, some)
		}); err == nil {
			c.digested = at.Format(time.DateOnly)
		}
	}
	return err
}

// digestAt is the hour of the digest on a day, or some days later. A digest
// holds what came between its hour and that of the day before.
func (c *Carrier) digestAt(day time.Time, later int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+later, c.Hour, 0, 0, 0, china())
}

// all goes on until less than a full portion was there.
func all(portion func() (int, error)) error {
	for {
		if n, err := portion(); err != nil || n < some {
			return err
		}
	}
}

// deliver sends one and keeps what became of it.
func (c *Carrier) deliver(ctx context.Context, d market.Delivery) error {
	m, err := c.word(ctx, d)
	switch {
	case errors.Is(err, errNothing) || market.IsKind(err, market.NotFound):
		d.State = market.Dropped
		return c.Store.SaveDelivery(ctx, d)
	case err != nil:
		return err
	}
	reason := ""
	if err := c.send(ctx, d, m); err != nil {
		if errors.Is(err, errNoServer) {
			d.State, d.Reason = market.Dropped, "no server is set"
			return c.Store.SaveDelivery(ctx, d)
		}
		if ctx.Err() != nil {
			return ctx.Err() // stopping is not the message's fault
		}
		reason = plain(err, m.To)
		c.Log.Warn("message not sent", "id", d.ID, "try", d.Tries+1, "reason", reason)
	}
	return c.Store.SaveDelivery(ctx, d.Tried(reason, c.Now()))
}

func (c *Carrier) send(ctx context.Context, d market.Delivery, m Message) error {
	way := c.Ways[d.Channel]
	if way == nil {
		return fmt.Errorf("no way for %s is set", d.Channel)
	}
	return way.Send(ctx, m)
}

// plain is a failure without the address that it may quote.
func plain(err error, to string) string {
	text := strings.ReplaceAll(err.Error(), to, "…")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200])
	}
	return text
}

// errNothing says that there is nothing to say any more.
var errNothing = errors.New("nothing to say")

// word makes the message of a delivery, from what holds now.
func (c *Carrier) word(ctx context.Context, d market.Delivery) (m Message, err error) {
	u, err := c.Store.User(ctx, d.UserID)
	if err != nil {
		return m, err
	}
	choices, err := c.Store.NoticeChoices(ctx, []string{u.ID})
	if err != nil {
		return m, err
	}
	choice := choices[u.ID]
	secret, err := c.Store.Secret(ctx, "link")
	if err != nil {
		return m, err
	}
	m = Message{ID: d.ID, Lang: choice.Lang}
	if strings.HasPrefix(d.Day, "confirm") {
		return c.confirmation(m, &choice, secret)
	}
	way, to := choice.Address(u.Login)
	if way != d.Channel {
		return m, errNothing // he is reached otherwise by now
	}
	if here, err := c.Store.BelongsTo(ctx, u.ID, d.EnterpriseID); err != nil || !here {
		return m, errors.Join(err, errNothing)
	}
	m.To = to
	if strings.HasPrefix(d.Day, "reset") {
		return c.reset(ctx, m, d)
	}
	if m.Quiet = c.BaseURL + "/n/" + market.SealLink(secret, market.LinkQuiet, u.ID, ""); d.NoticeID == "" {
		return c.digest(ctx, m, d, &choice)
	}
	return c.notice(ctx, m, d, secret)
}

func (c *Carrier) confirmation(m Message, choice *market.NoticeChoice, secret []byte) (Message, error) {
	if choice.Mail == "" || !choice.ConfirmedAt.IsZero() {
		return m, errNothing
	}
	m.To = choice.Mail
	link := c.BaseURL + "/m/" + market.SealLink(secret, market.LinkConfirm, choice.UserID, choice.Mail)
	m.Subject = frontend.Text(m.Lang, "mail.confirm.subject")
	m.Text = frontend.Text(m.Lang, "mail.confirm", link) + "\n"
	return m, nil
}

// reset makes a link for a new password at the moment when it goes out, so that
// nothing kept could be used.
func (c *Carrier) reset(ctx context.Context, m Message, d market.Delivery) (Message, error) {
	if c.Ways[d.Channel] == nil {
		return m, errNothing
	}
	x, token := market.Ticket{Purpose: market.ForReset, UserID: d.UserID, EnterpriseID: d.EnterpriseID}.Cut(c.Now())
	if err := c.Store.SaveTicket(ctx, market.Actor{UserID: d.UserID}, x); err != nil {
		return m, err
	}
	m.Subject = frontend.Text(m.Lang, "mail.reset.subject")
	m.Text = frontend.Text(m.Lang, "mail.reset", c.BaseURL+market.TicketPath(token), strconv.Itoa(int(market.TicketLife.Hours()))) + "\n"
	return m, nil
}

func (c *Carrier) notice(ctx context.Context, m Message, d market.Delivery, secret []byte) (Message, error) {
	n, err := c.Store.Notice(ctx, d.NoticeID)
	if err != nil {
		return m, err
	}
	other := ""
	if n.OtherID != "" {
		e, err := c.Store.Enterprise(ctx, n.OtherID)
		if err != nil {
			return m, err
		}
		other = e.Name
	}
	m.Subject = frontend.Text(m.Lang, "mail.subject", frontend.Text(m.Lang, "notice."+string(n.Topic), other))
	m.Text = c.closed(m, frontend.Text(m.Lang, "notice."+string(n.Topic), other), c.BaseURL+n.Path(secret))
	return m, nil
}

// closed is a text with where to go on and how to end such messages.
func (c *Carrier) closed(m Message, text, link string) string {
	return text + "\n\n" + link + "\n\n" + frontend.Text(m.Lang, "mail.end", m.Quiet) + "\n"
}

func (c *Carrier) digest(ctx context.Context, m Message, d market.Delivery, choice *market.NoticeChoice) (Message, error) {
	day, err := time.ParseInLocation(time.DateOnly, d.Day, china())
	if err != nil {
		return m, errNothing
	}
	counts, err := c.Store.Digest(ctx, d.UserID, d.EnterpriseID, c.digestAt(day, -1), c.digestAt(day, 0))
	if err != nil {
		return m, err
	}
	var lines []string
	for _, topic := range market.Topics {
		if n := counts[topic]; n > 0 && choice.Pace(topic) == market.PaceDigest {
			lines = append(lines, "· "+frontend.Text(m.Lang, "mail.digest."+string(topic), strconv.Itoa(n)))
		}
	}
	if len(lines) == 0 {
		return m, errNothing
	}
	m.Subject = frontend.Text(m.Lang, "mail.digest.subject", d.Day)
	m.Text = c.closed(m, frontend.Text(m.Lang, "mail.digest")+"\n"+strings.Join(lines, "\n"), c.BaseURL+"/app/notices")
	return m, nil
}
