package api

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"lianqiao/market"
)

type passwordInput struct {
	Body struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
}

type resetLinkInput struct {
	Body struct {
		Login string `json:"login"`
	}
}

// TicketLink is a link to hand over; nobody can read it again later.
type TicketLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

type ticketLinkOutput struct{ Body TicketLink }

type ticketInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100"`
	}
}

// Ticket says what a link is good for.
type Ticket struct {
	Purpose    string `json:"purpose"`
	Login      string `json:"login" doc:"Of a reset"`
	Enterprise string `json:"enterprise" doc:"Name, of an invitation or a claim"`
	Role       string `json:"role" doc:"Of an office"`
	Scope      string `json:"scope" doc:"Of an office: names of its clusters or places"`
	SecondStep bool   `json:"second_step" doc:"Of a reset: a code of the device is wanted as well"`
}

type ticketOutput struct{ Body Ticket }

type resetInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100"`
		Password string `json:"password"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second step, where it is on"`
	}
}

type joinInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100"`
		USCC     string `json:"uscc,omitempty" doc:"Of the firm, for a claim"`
		Login    string `json:"login"`
		Password string `json:"password"`
		Name     string `json:"name"`
	}
}

// MemberView is one person of a firm.
type MemberView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Login string `json:"login"`
	Role  string `json:"role"`
	Me    bool   `json:"me"`
}

type membersOutput struct {
	Body struct {
		Items []MemberView `json:"items" nullable:"false"`
	}
}

func (a *API) mountPasswords() {
	route(a, "POST /api/password", market.SignedIn, "change-password", a.changePassword)
	route(a, "POST /api/operator/reset-links", market.AsOperator, "make-reset-link", a.makeResetLink)
	route(a, "POST /api/forgot-password", market.Anyone, "forgot-password", a.forgotPassword)
	route(a, "POST /api/tickets/read", market.Anyone, "read-ticket", a.readTicket)
	route(a, "POST /api/reset-password", market.Anyone, "reset-password", a.resetPassword)
	route(a, "GET /api/enterprise/members", market.InPerson, "members", a.members)
	route(a, "POST /api/enterprise/invitations", market.AsOwner, "invite", a.invite)
	route(a, "DELETE /api/enterprise/members/{id}", market.AsOwner, "remove-member", func(ctx context.Context, w who, in *idInput) (*none, error) {
		return nil, a.cfg.Store.RemoveMember(ctx, w.Actor, in.ID)
	})
	route(a, "POST /api/enterprise/members/{id}/owner", market.AsOwner, "make-owner", func(ctx context.Context, w who, in *idInput) (*none, error) {
		return nil, a.cfg.Store.MakeOwner(ctx, w.Actor, in.ID)
	})
	route(a, "POST /api/operator/enterprises/{id}/claim-link", market.AsOperator, "make-claim-link", a.makeClaimLink)
	route(a, "POST /api/join", market.Anyone, "join", a.join)
}

// changePassword asks for the old one, and tries at it count as tries to sign in.
func (a *API) changePassword(ctx context.Context, w who, in *passwordInput) (*none, error) {
	if err := market.CheckPassword(in.Body.New); err != nil {
		fault := *err
		fault.Field = "new"
		return nil, &fault
	}
	if err := a.provePassword(ctx, w, "old", in.Body.Old); err != nil {
		return nil, err
	}
	hash, err := a.secrets.hash(ctx, in.Body.New)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.ChangePassword(ctx, w.Actor, hash, digest(w.token))
}

// provePassword wants the password of who asks; tries count as tries to sign in.
func (a *API) provePassword(ctx context.Context, w who, field, password string) error {
	u, err := a.cfg.Store.User(ctx, w.UserID)
	if err != nil {
		return err
	}
	return a.guessing(ctx, w, u, func() error {
		ok, err := a.secrets.check(ctx, password, cmp.Or(u.PasswordHash, a.secrets.nobody))
		if err == nil && !ok {
			err = market.Bad(field, "error.password.wrong")
		}
		return err
	})
}

// forgotPassword sends the link to where the account is reached, and answers
// the same when there is no such account or no way to it.
func (a *API) forgotPassword(ctx context.Context, _ who, in *resetLinkInput) (*none, error) {
	login := strings.ToLower(strings.TrimSpace(in.Body.Login))
	return nil, a.cfg.Store.AskReset(ctx, login, digest("reset "+login), a.now())
}

// makeResetLink answers the same for a login that does not exist and for one
// that is not this operator's to help.
func (a *API) makeResetLink(ctx context.Context, w who, in *resetLinkInput) (*ticketLinkOutput, error) {
	u, target, err := a.helped(ctx, w, in.Body.Login)
	if err != nil {
		return nil, err
	}
	return a.ticket(ctx, w, market.Ticket{Purpose: market.ForReset, UserID: u.ID, EnterpriseID: target.EnterpriseID})
}

// helped finds somebody whom the operator may help back in; others do not
// exist for him.
func (a *API) helped(ctx context.Context, w who, login string) (u market.User, target market.Actor, err error) {
	if u, err = a.cfg.Store.UserByLogin(ctx, strings.ToLower(strings.TrimSpace(login))); err != nil {
		return u, target, err
	}
	if target, _, err = a.cfg.Store.Actor(ctx, u.ID); err != nil {
		return u, target, err
	}
	cluster := ""
	if target.EnterpriseID != "" {
		e, err := a.cfg.Store.Enterprise(ctx, target.EnterpriseID)
		if err != nil {
			return u, target, err
		}
		cluster = e.ClusterID
	}
	if !w.MayReset(target, cluster) {
		err = market.ErrNotFound
	}
	return u, target, err
}

// ticket hands out a link.
func (a *API) ticket(ctx context.Context, w who, x market.Ticket) (*ticketLinkOutput, error) {
	x, token := x.Cut(a.now())
	if err := a.cfg.Store.SaveTicket(ctx, w.Actor, x); err != nil {
		return nil, err
	}
	return &ticketLinkOutput{TicketLink{a.cfg.BaseURL + market.TicketPath(token), x.ExpiresAt}}, nil
}

func (a *API) readTicket(ctx context.Context, _ who, in *ticketInput) (*ticketOutput, error) {
	x, err := a.cfg.Store.Ticket(ctx, digest(in.Body.Token), a.now())
	if err != nil {
		return nil, err
	}
	v := Ticket{Purpose: string(x.Purpose)}
	if x.UserID != "" {
		u, err := a.cfg.Store.User(ctx, x.UserID)
		if err != nil {
			return nil, err
		}
		v.Login, v.SecondStep = u.Login, u.SecondStep()
	}
	if x.EnterpriseID != "" {
		e, err := a.cfg.Store.Enterprise(ctx, x.EnterpriseID)
		if err != nil {
			return nil, err
		}
		v.Enterprise = e.Name
	}
	if x.Purpose == market.ForOffice {
		clusters, err := a.clusterNames(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, scope := range x.Scope {
			names = append(names, scopeName(clusters, scope))
		}
		v.Role, v.Scope = string(x.Role), strings.Join(names, "、")
	}
	return &ticketOutput{v}, nil
}

func (a *API) resetPassword(ctx context.Context, w who, in *resetInput) (*meOutput, error) {
	if err := market.CheckPassword(in.Body.Password); err != nil {
		return nil, err
	}
	// Before the costly hash: a stranger without a ticket gets nothing computed.
	x, err := a.cfg.Store.Ticket(ctx, digest(in.Body.Token), a.now())
	if err != nil {
		return nil, err
	}
	if err := a.proveDevice(ctx, w, x, in.Body.Code); err != nil {
		return nil, err
	}
	hash, err := a.secrets.hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	userID, err := a.cfg.Store.ResetPassword(ctx, digest(in.Body.Token), hash, a.now())
	if err != nil {
		return nil, err
	}
	return a.begin(ctx, w, userID)
}

// proveDevice: a link for a new password is no way around the second step.
func (a *API) proveDevice(ctx context.Context, w who, x market.Ticket, code string) error {
	if x.Purpose != market.ForReset {
		return market.ErrNotFound
	}
	u, err := a.cfg.Store.User(ctx, x.UserID)
	if err != nil || !u.SecondStep() {
		return err
	}
	return a.guessing(ctx, w, u, func() error { return a.useCode(ctx, u, code) })
}

func (a *API) members(ctx context.Context, w who, _ *none) (*membersOutput, error) {
	users, roles, err := a.cfg.Store.Members(ctx, w.EnterpriseID)
	if err != nil {
		return nil, err
	}
	out := &membersOutput{}
	out.Body.Items = []MemberView{}
	for i, u := range users {
		out.Body.Items = append(out.Body.Items, MemberView{u.ID, u.Name, u.Login, string(roles[i]), u.ID == w.UserID})
	}
	return out, nil
}

func (a *API) invite(ctx context.Context, w who, _ *none) (*ticketLinkOutput, error) {
	return a.ticket(ctx, w, market.Ticket{Purpose: market.ForInvite, EnterpriseID: w.EnterpriseID})
}

// makeClaimLink hands the record of a firm that nobody owns to that firm.
func (a *API) makeClaimLink(ctx context.Context, w who, in *idInput) (*ticketLinkOutput, error) {
	e, err := a.operatedFirm(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	users, _, err := a.cfg.Store.Members(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	if len(users) > 0 {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.firm.claimed"}
	}
	return a.ticket(ctx, w, market.Ticket{Purpose: market.ForClaim, EnterpriseID: e.ID})
}

func (a *API) join(ctx context.Context, w who, in *joinInput) (*meOutput, error) {
	b := in.Body
	u := market.User{ID: market.NewID(), Login: strings.ToLower(strings.TrimSpace(b.Login)), Name: strings.TrimSpace(b.Name), CreatedAt: a.now()}
	if err := checkUser(u, b.Password).Err(); err != nil {
		return nil, err
	}
	if _, err := a.cfg.Store.Ticket(ctx, digest(b.Token), a.now()); err != nil {
		return nil, err
	}
	hash, err := a.secrets.hash(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	u.PasswordHash = hash
	err = a.cfg.Store.Join(ctx, digest(b.Token), strings.ToUpper(strings.TrimSpace(b.USCC)), u, a.now())
	if errors.Is(err, market.ErrLoginTaken) {
		err = a.signUpTaken(ctx, w, u, "", b.Password)
	}
	if err != nil {
		return nil, err
	}
	return a.begin(ctx, w, u.ID)
}
