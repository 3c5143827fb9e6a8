package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// mountNoticePages adds what mails lead to: the question what came of an
// introduction, the end of all mails, and the confirmation of an address. The
// pages need no script and no sign-in; the sealed link is the key, and opens
// that one thing. Only a POST changes anything: what mail programs fetch ahead
// does no harm.
func (s *pageSite) mountNoticePages(app *fiber.App) {
	app.Get("/f/:token", s.shown(s.followUp))
	app.Post("/f/:token", s.shown(s.answerFollowUp))
	app.Get("/n/:token", s.shown(s.quiet))
	app.Post("/n/:token", s.shown(s.quiet))
	app.Get("/m/:token", s.shown(s.confirm))
	app.Post("/m/:token", s.shown(s.confirm))
}

// linked is the id that a link names, if it was sealed by us with the extra of it.
func (s *pageSite) linked(c *fiber.Ctx, kind market.LinkKind, extra func(id string) (string, error)) (string, error) {
	link := c.Params("token")
	id, ok := market.LinkID(link)
	if !ok {
		return "", market.ErrNotFound
	}
	secret, err := s.api.cfg.Store.Secret(c.UserContext(), "link")
	if err != nil {
		return "", err
	}
	more, err := extra(id)
	if err == nil && !market.LinkHolds(secret, kind, link, more) {
		err = market.ErrNotFound
	}
	return id, err
}

func nothingMore(string) (string, error) { return "", nil }

type followUpBody struct {
	Token      string
	Own, Other string
	Days       int
	Answer     string // chosen, and the second question to it is asked
	Said       string // what was recorded
	Band       string // of a deal that was said just now
	Over       bool   // answered, and not to be changed any more
	Answers    []market.FollowUpAnswer
	Bands      []Said
	Reasons    []string
}

func (s *pageSite) followUpOf(c *fiber.Ctx) (market.FollowUp, followUpBody, error) {
	id, err := s.linked(c, market.LinkFollowUp, nothingMore)
	if err != nil {
		return market.FollowUp{}, followUpBody{}, err
	}
	q, err := s.api.cfg.Store.FollowUp(c.UserContext(), id)
	if err == nil && (q.AskedAt.IsZero() || s.api.now().Sub(q.AskedAt) > market.FollowUpLife) {
		err = market.ErrNotFound
	}
	if err != nil {
		return q, followUpBody{}, err
	}
	firms, err := s.api.cfg.Store.Enterprises(c.UserContext(), []string{q.EnterpriseID, q.OtherID})
	b := followUpBody{Token: c.Params("token"), Own: firms[q.EnterpriseID].Name, Other: firms[q.OtherID].Name, Days: q.Days, Answers: market.FollowUpAnswers, Reasons: market.EndReasons}
	for _, fen := range market.Bands {
		upTo, _ := market.BandEnd(fen)
		b.Bands = append(b.Bands, saidView(fen, upTo))
	}
	if !q.AnsweredAt.IsZero() {
		b.Said = string(q.Answer)
		b.Over = q.CalledBy != "" || s.api.now().Sub(q.AnsweredAt) > market.FollowUpChange
	}
	return q, b, err
}

func (s *pageSite) followUp(c *fiber.Ctx, f *frame) (string, error) {
	_, b, err := s.followUpOf(c)
	if err != nil {
		return "", err
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = frontend.Text(f.Lang, "followup.title", b.Other), true, "", "fair", b
	return "followup", nil
}

// answerFollowUp keeps the answer; a deal is asked for its size first, and an
// end for its reason.
func (s *pageSite) answerFollowUp(c *fiber.Ctx, f *frame) (string, error) {
	q, b, err := s.followUpOf(c)
	if err != nil {
		return "", err
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass = frontend.Text(f.Lang, "followup.title", b.Other), true, "", "fair"
	if b.Over {
		f.Body = b
		c.Status(fiber.StatusConflict)
		return "followup", nil
	}
	answer := market.FollowUpAnswer(c.FormValue("answer"))
	reason := c.FormValue("reason")
	if answer == market.AnswerDeal && c.FormValue("band") == "" || answer == market.AnswerEnded && reason == "" {
		b.Answer, b.Said = string(answer), ""
		f.Body = b
		return "followup", nil
	}
	var fen, upTo int64
	if answer == market.AnswerDeal {
		var errs market.Errors
		if fen, upTo = saidOf(&errs, c.FormValue("band"), true); errs.Err() != nil {
			return "", errs.Err()
		}
		b.Band = saidView(fen, upTo).text(f.Lang)
	}
	if err := s.api.cfg.Store.AnswerFollowUp(c.UserContext(), market.Actor{}, q.ID, answer, fen, upTo, reason); err != nil {
		return "", err
	}
	b.Said = string(answer)
	f.Body = b
	return "followup", nil
}

type linkBody struct {
	Token, What string // What: quiet or confirm
	Done        bool
}

// quiet ends the mails to a user.
func (s *pageSite) quiet(c *fiber.Ctx, f *frame) (string, error) {
	id, err := s.linked(c, market.LinkQuiet, nothingMore)
	if err != nil {
		return "", err
	}
	done := c.Method() == fiber.MethodPost
	if done {
		if err := s.api.cfg.Store.EndNotices(c.UserContext(), id); err != nil {
			return "", err
		}
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = frontend.Text(f.Lang, "link.quiet"), true, "", "fair", linkBody{c.Params("token"), "quiet", done}
	return "link", nil
}

// confirm notes that a mail address is its user's.
func (s *pageSite) confirm(c *fiber.Ctx, f *frame) (string, error) {
	mail, at := "", time.Time{}
	id, err := s.linked(c, market.LinkConfirm, func(id string) (string, error) {
		choices, err := s.api.cfg.Store.NoticeChoices(c.UserContext(), []string{id})
		if mail, at = choices[id].Mail, choices[id].ConfirmedAt; err == nil && mail == "" {
			err = market.ErrNotFound
		}
		return mail, err
	})
	if err != nil {
		return "", err
	}
	done := !at.IsZero()
	if c.Method() == fiber.MethodPost {
		if err := s.api.cfg.Store.ConfirmMail(c.UserContext(), id, mail); err != nil {
			return "", err
		}
		done = true
	}
	f.Title, f.NoIndex, f.Canonical, f.BodyClass, f.Body = frontend.Text(f.Lang, "link.confirm"), true, "", "fair", linkBody{c.Params("token"), "confirm", done}
	return "link", nil
}
