package market

import (
	"slices"
	"strings"
	"time"
)

// Topic is what a notice is about. Every notice is addressed to one firm.
type Topic string

const (
	TopicAsked    Topic = "asked"    // another firm, or the association, asks for an introduction
	TopicAnswered Topic = "answered" // the other side accepted, declined, took back or let it lapse
	TopicOpened   Topic = "opened"   // the contacts are open
	TopicReminder Topic = "reminder" // an introduction that waits for the firm's word lapses soon
	TopicMessage  Topic = "message"  // the other firm wrote
	TopicQuote    Topic = "quote"    // a supplier quoted, or the buyer added to a need that was quoted on
	TopicOutcome  Topic = "outcome"  // the other side said what came of it
	TopicReview   Topic = "review"   // the association decided on the firm or a listing of it
	TopicFair     Topic = "fair"     // a fair's timetable was released, or changed for the firm
	TopicFollowUp Topic = "followup" // what came of an introduction is asked
	TopicProposal Topic = "proposal" // new proposals; only counted, in the digest
)

// Topics lists every topic in the order of the settings.
var Topics = []Topic{TopicAsked, TopicOpened, TopicReminder, TopicMessage, TopicQuote, TopicReview, TopicFair, TopicFollowUp, TopicAnswered, TopicOutcome, TopicProposal}

// Pace is when a person is told of a topic outside the app.
type Pace string

const (
	PaceNever  Pace = "never"
	PaceDigest Pace = "digest" // once a day, all in one
	PaceNow    Pace = "now"
)

// Usual is the pace of who has chosen none: at once only where somebody waits
// for an answer.
func (t Topic) Usual() Pace {
	switch t {
	case TopicAnswered, TopicOutcome, TopicProposal:
		return PaceDigest
	}
	return PaceNow
}

// Notice tells a firm that something happened which concerns it. It names the
// thing and carries nothing of it.
type Notice struct {
	ID           string
	EnterpriseID string
	Topic        Topic
	Kind         string // of the thing: introduction, listing, enterprise, claim, fair, followup
	Of           string
	OtherID      string // the other firm; empty: none
	Key          string // of two with one key the firm gets the first
	At           time.Time
}

// Path is where a notice leads, below the address that people use. A question
// what came of an introduction leads to its sealed link.
func (n *Notice) Path(secret []byte) string {
	switch n.Kind {
	case "followup":
		return "/f/" + SealLink(secret, LinkFollowUp, n.Of, "")
	case "fair":
		return "/app/fairs/" + n.Of
	case "introduction":
		if n.Topic == TopicOpened || n.Topic == TopicMessage || n.Topic == TopicOutcome {
			return "/app/introductions?view=agreed"
		}
		return "/app/introductions"
	case "enterprise", "claim":
		return "/app/enterprise"
	}
	if n.Topic == TopicQuote {
		return "/app/quotes/" + n.Of
	}
	return "/app/listings"
}

// NoticeLife is how long notices, and the records of their deliveries, are kept.
const NoticeLife = 183 * 24 * time.Hour

// NoticeChoice is how a person wants to be told.
type NoticeChoice struct {
	UserID      string
	Lang        string // of mails: zh-CN or en
	Mail        string // instead of the login; empty: none
	ConfirmedAt time.Time
	Paces       map[Topic]Pace // what is not named is as usual
}

// Pace is the person's own, or the usual one.
func (c *NoticeChoice) Pace(t Topic) Pace {
	if p, ok := c.Paces[t]; ok {
		return p
	}
	return t.Usual()
}

// Check reports what is wrong with a choice. New proposals are never told at once.
func (c *NoticeChoice) Check() error {
	var errs Errors
	for t, p := range c.Paces {
		known := p == PaceNever || p == PaceDigest || p == PaceNow && t != TopicProposal
		if !slices.Contains(Topics, t) || !known {
			errs.Add(Bad("paces", "error.choose"))
		}
	}
	if c.Lang != "" && c.Lang != "zh-CN" && c.Lang != "en" {
		errs.Add(Bad("lang", "error.choose"))
	}
	if c.Mail != "" && !isMail(c.Mail) {
		errs.Add(Bad("mail", "error.mail"))
	}
	return errs.Err()
}

// Address is where a person is reached, and over what: a confirmed address
// goes before the login.
func (c *NoticeChoice) Address(login string) (Channel, string) {
	switch {
	case c.Mail != "" && !c.ConfirmedAt.IsZero():
		return ByMail, c.Mail
	case isMail(login):
		return ByMail, login
	}
	return ByPhone, login
}

func isMail(s string) bool {
	at := strings.IndexByte(s, '@')
	return at > 0 && len(s) <= 120 && strings.Contains(s[at:], ".") && !strings.ContainsAny(s, " \t\r\n<>,;\"") && strings.Count(s, "@") == 1
}
