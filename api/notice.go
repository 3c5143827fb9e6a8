package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// Notice tells a firm that something happened which concerns it.
type Notice struct {
	ID    string         `json:"id"`
	Topic string         `json:"topic" enum:"asked,answered,opened,reminder,message,quote,outcome,review,fair,followup"`
	Other *EnterpriseRef `json:"other" doc:"The other firm"`
	Path  string         `json:"path" doc:"Where to go on"`
	New   bool           `json:"new" doc:"Not seen yet by who asks"`
	At    time.Time      `json:"at"`
}

type noticesOutput struct {
	Body struct {
		Items []Notice `json:"items" nullable:"false" doc:"Newest first"`
		Next  *string  `json:"next"`
	}
}

type seeNoticesInput struct {
	Body struct {
		Upto string `json:"upto" maxLength:"64" doc:"The newest that was seen"`
	}
}

// NoticeWish is how a person wants to be told.
type NoticeWish struct {
	Lang  string            `json:"lang" enum:"zh-CN,en"`
	Mail  string            `json:"mail" doc:"Where mails go; empty: to the login, if that is an address"`
	Paces map[string]string `json:"paces" nullable:"false" doc:"By topic: never, digest or now; a topic that is left out is as usual"`
}

// NoticeChoice is what a person chose, and whether it reaches him.
type NoticeChoice struct {
	NoticeWish
	Confirmed bool `json:"confirmed" doc:"The link in the first mail was followed"`
	Reached   bool `json:"reached" doc:"There is an address to send to"`
}

type (
	noticeChoiceOutput struct{ Body NoticeChoice }
	noticeWishInput    struct{ Body NoticeWish }
)

// Delivery is a line of the log of what was sent: neither where to nor what.
type Delivery struct {
	ID         string        `json:"id"`
	Enterprise EnterpriseRef `json:"enterprise"`
	Channel    string        `json:"channel" enum:"mail,phone"`
	Topic      string        `json:"topic" doc:"Empty: a digest"`
	State      string        `json:"state" enum:"queued,sent,failed,dropped"`
	Tries      int           `json:"tries"`
	Reason     string        `json:"reason"`
	CreatedAt  time.Time     `json:"created_at"`
	NextAt     *time.Time    `json:"next_at" doc:"Of one that waits for its next try"`
	SentAt     *time.Time    `json:"sent_at"`
}

type deliveriesInput struct {
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type deliveriesOutput struct {
	Body struct {
		Set   bool       `json:"set" doc:"A mail server is set; else nothing leaves the house"`
		Items []Delivery `json:"items" nullable:"false" doc:"Newest first"`
		Next  *string    `json:"next"`
	}
}

// Call is a firm that did not answer what came of an introduction.
type Call struct {
	ID         string        `json:"id"`
	Enterprise EnterpriseRef `json:"enterprise"`
	Other      EnterpriseRef `json:"other"`
	Subject    string        `json:"subject" doc:"Title of the listing that the introduction is about, while it is on the market"`
	Days       int           `json:"days" doc:"So many days after the contacts were opened"`
	AskedAt    time.Time     `json:"asked_at"`
	Missed     bool          `json:"missed" doc:"Called before, in vain"`
}

type callsOutput struct {
	Body struct {
		Items []Call `json:"items" nullable:"false" doc:"The longest silent first"`
	}
}

type exportCallsInput struct {
	Format string `query:"format" enum:"csv,xlsx"`
}

type callPhoneOutput struct{ Body Contact }

type answerCallInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Answer string `json:"answer" enum:"none,talking,sample,deal,ended,missed"`
		Amount string `json:"amount,omitempty" doc:"Of a deal, in yuan"`
		Band   bool   `json:"band,omitempty" doc:"The amount is the lower end of a band, as in an outcome"`
		Reason string `json:"reason,omitempty" doc:"Of an end"`
	}
}

func (a *API) mountNotices() {
	route(a, "GET /api/notices", market.InPerson, "notices", a.notices)
	route(a, "POST /api/notices/seen", market.InPerson, "see-notices", func(ctx context.Context, w who, in *seeNoticesInput) (*none, error) {
		return nil, a.cfg.Store.SeeNotices(ctx, w.Actor, in.Body.Upto)
	})
	route(a, "GET /api/notices/choice", market.SignedIn, "notice-choice", func(ctx context.Context, w who, _ *none) (*noticeChoiceOutput, error) {
		return a.noticeChoice(ctx, w)
	})
	route(a, "PUT /api/notices/choice", market.SignedIn, "choose-notices", a.chooseNotices)
	route(a, "GET /api/operator/deliveries", market.AsOperator, "deliveries", a.deliveries)
	route(a, "GET /api/operator/calls", market.AsOperator, "calls", a.calls)
	route(a, "GET /api/operator/calls/export", market.AsOperator, "export-calls", a.exportCalls, asFile("The list as CSV or XLSX"))
	route(a, "POST /api/operator/calls/{id}/phone", market.AsOperator, "call-phone", a.callPhone)
	route(a, "POST /api/operator/calls/{id}", market.AsOperator, "answer-call", a.answerCall)
}

func (a *API) notices(ctx context.Context, w who, in *deliveriesInput) (*noticesOutput, error) {
	list, next, err := a.cfg.Store.Notices(ctx, w.EnterpriseID, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	upto, _, err := a.cfg.Store.UnseenNotices(ctx, w.UserID, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	secret, err := a.cfg.Store.Secret(ctx, "link")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range list {
		if n.OtherID != "" {
			ids = append(ids, n.OtherID)
		}
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{}
	out.Body.Items, out.Body.Next = []Notice{}, cursor(next)
	for _, n := range list {
		v := Notice{ID: n.ID, Topic: string(n.Topic), Path: n.Path(secret), New: n.ID > upto, At: n.At}
		if e, ok := firms[n.OtherID]; ok {
			ref := a.refOf(e)
			v.Other = &ref
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (a *API) noticeChoice(ctx context.Context, w who) (*noticeChoiceOutput, error) {
	u, err := a.cfg.Store.User(ctx, w.UserID)
	if err != nil {
		return nil, err
	}
	choices, err := a.cfg.Store.NoticeChoices(ctx, []string{w.UserID})
	c := choices[w.UserID]
	way, _ := c.Address(u.Login)
	v := NoticeChoice{NoticeWish{c.Lang, c.Mail, map[string]string{}}, !c.ConfirmedAt.IsZero(), way == market.ByMail}
	for _, t := range market.Topics {
		v.Paces[string(t)] = string(c.Pace(t))
	}
	return &noticeChoiceOutput{v}, err
}

func (a *API) chooseNotices(ctx context.Context, w who, in *noticeWishInput) (*noticeChoiceOutput, error) {
	c := market.NoticeChoice{UserID: w.UserID, Lang: in.Body.Lang, Mail: strings.ToLower(strings.TrimSpace(in.Body.Mail)), Paces: map[market.Topic]market.Pace{}}
	for topic, pace := range in.Body.Paces {
		c.Paces[market.Topic(topic)] = market.Pace(pace)
	}
	if err := a.cfg.Store.SaveNoticeChoice(ctx, w.Actor, c); err != nil {
		return nil, err
	}
	return a.noticeChoice(ctx, w)
}

func (a *API) deliveries(ctx context.Context, w who, in *deliveriesInput) (*deliveriesOutput, error) {
	list, next, err := a.cfg.Store.Deliveries(ctx, w.Actor, in.After, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range list {
		ids = append(ids, d.EnterpriseID)
	}
	slices.Sort(ids)
	firms, err := a.cfg.Store.Enterprises(ctx, slices.Compact(ids))
	out := &deliveriesOutput{}
	out.Body.Set, out.Body.Items, out.Body.Next = a.cfg.MailSet, []Delivery{}, cursor(next)
	for _, d := range list {
		v := Delivery{d.ID, a.refOf(firms[d.EnterpriseID]), string(d.Channel), string(d.Topic), string(d.State), d.Tries, d.Reason, d.CreatedAt, nil, momentOf(d.SentAt)}
		if d.State == market.Queued && d.Tries > 0 {
			v.NextAt = momentOf(d.NextAt)
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, err
}

// callsMost is how many calls are listed; who made some sees the next.
const callsMost = 500

func (a *API) callList(ctx context.Context, w who) ([]Call, error) {
	list, err := a.cfg.Store.CallList(ctx, w.Actor, a.now(), callsMost)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range list {
		ids = append(ids, f.EnterpriseID, f.OtherID)
	}
	slices.Sort(ids)
	firms, err := a.cfg.Store.Enterprises(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	titles, err := a.subjects(ctx, w, list)
	out := []Call{}
	for _, f := range list {
		out = append(out, Call{f.ID, a.refOf(firms[f.EnterpriseID]), a.refOf(firms[f.OtherID]), titles[f.IntroductionID], f.Days, f.AskedAt, f.Answer == market.AnswerMissed})
	}
	return out, err
}

// subjects are the titles of what introductions are about, as far as the
// reader may see them.
func (a *API) subjects(ctx context.Context, w who, list []market.FollowUp) (map[string]string, error) {
	var ids, listingIDs []string
	for _, f := range list {
		ids = append(ids, f.IntroductionID)
	}
	about, err := a.cfg.Store.SubjectsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range about {
		listingIDs = append(listingIDs, id)
	}
	listings, err := a.cfg.Store.Listings(ctx, listingIDs)
	out := map[string]string{}
	for introduction, id := range about {
		if l, ok := listings[id]; ok && w.MaySeeListing(&l) {
			out[introduction] = l.Title
		}
	}
	return out, err
}

func (a *API) calls(ctx context.Context, w who, _ *none) (*callsOutput, error) {
	list, err := a.callList(ctx, w)
	out := &callsOutput{}
	out.Body.Items = list
	return out, err
}

func (a *API) exportCalls(ctx context.Context, w who, in *exportCallsInput) (*huma.StreamResponse, error) {
	list, err := a.callList(ctx, w)
	if err != nil {
		return nil, err
	}
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{x.Enterprise.Name, x.Other.Name, x.Subject, text("call.days", itoa(x.Days)), dayOf(x.AskedAt), ""}
	}
	heading := []string{text("call.firm"), text("call.other"), text("call.subject"), text("call.asked"), text("call.since"), text("call.result")}
	return a.exported("calls", in.Format, text("call"), heading, rows)
}

// callPhone opens the telephone of a firm that is to be called, to its own
// association; the firm reads of it.
func (a *API) callPhone(ctx context.Context, w who, in *idInput) (*callPhoneOutput, error) {
	e, err := a.cfg.Store.OpenForCall(ctx, w.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &callPhoneOutput{Contact{Name: e.Contact.Name, Phone: e.Contact.Phone}}, nil
}

func (a *API) answerCall(ctx context.Context, w who, in *answerCallInput) (*none, error) {
	var errs market.Errors
	fen, upTo := saidOf(&errs, in.Body.Amount, in.Body.Band)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.AnswerFollowUp(ctx, w.Actor, in.ID, market.FollowUpAnswer(in.Body.Answer), fen, upTo, in.Body.Reason)
}
