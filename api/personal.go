package api

import (
	"context"
	"encoding/json"
	"time"

	"lianqiao/market"
	"lianqiao/store"
)

// MyData is what is kept about the person who asks.
type MyData struct {
	User        MeUser      `json:"user"`
	Since       time.Time   `json:"since"`
	Roles       []MyRole    `json:"roles" nullable:"false"`
	Contact     *Contact    `json:"contact" doc:"Of one's firm, as others get it once both agreed"`
	Disclosures []Disclosed `json:"disclosures" nullable:"false" doc:"Who got that contact"`
	Fetched     []Fetched   `json:"fetched" nullable:"false" doc:"Who fetched files that one's firm sent, newest first"`
	Sessions    int         `json:"sessions"`
	Devices     int         `json:"devices"`
	Messages    int         `json:"messages"`
	Files       int         `json:"files"`
	Deeds       []Deed      `json:"deeds" nullable:"false" doc:"What the audit says one did, newest first"`
	Kept        []Kept      `json:"kept" nullable:"false" doc:"How long what is kept"`
}

// Fetched is a download of a file of one's firm.
type Fetched struct {
	File string        `json:"file" doc:"Its name"`
	By   EnterpriseRef `json:"by"`
	At   time.Time     `json:"at"`
}

// MyRole is a role and where it is held.
type MyRole struct {
	Role string `json:"role"`
	Of   string `json:"of" doc:"Name of the firm or id of the cluster"`
}

// Deed is an audit line of one's own.
type Deed struct {
	At   time.Time `json:"at"`
	Deed string    `json:"deed"`
	Kind string    `json:"kind"`
	Of   string    `json:"of"`
}

// Kept is a rule of retention.
type Kept struct {
	Kind string `json:"kind"`
	Days int    `json:"days" doc:"0: as long as the platform, see why; else at most so many, rounded up"`
}

// WrittenMessage is a message in an export.
type WrittenMessage struct {
	IntroductionID string    `json:"introduction_id"`
	Text           string    `json:"text"`
	File           bool      `json:"file"`
	At             time.Time `json:"at"`
}

// SentFile is a file in an export; a link to its contents goes with it.
type SentFile struct {
	Name    string    `json:"name"`
	Size    int64     `json:"size"`
	Need    string    `json:"need_id,omitempty"` // with the quote on it; else in the thread of
	Talk    string    `json:"introduction_id"`
	Removed bool      `json:"removed"`
	At      time.Time `json:"at"`
	Address string    `json:"address"`
}

type exportedData struct {
	MyData
	Written []WrittenMessage `json:"written"`
	Sent    []SentFile       `json:"sent"`
}

type (
	myDataOutput struct{ Body MyData }
	eraseInput   struct {
		Body struct {
			Password string `json:"password"`
		}
	}
)

const (
	deedsShown    = 100
	deedsExported = 100_000
)

func (a *API) mountPersonal() {
	route(a, "GET /api/my/data", market.SignedIn, "my-data", func(ctx context.Context, w who, _ *none) (*myDataOutput, error) {
		d, err := a.myData(ctx, w, deedsShown)
		return &myDataOutput{d}, err
	})
	route(a, "GET /api/my/data/export", market.SignedIn, "export-my-data", a.exportMyData)
	route(a, "POST /api/my/erase", market.SignedIn, "erase-account", a.erase)
}

func (a *API) myData(ctx context.Context, w who, deeds int) (out MyData, err error) {
	d, err := a.cfg.Store.PersonalData(ctx, w.UserID)
	if err != nil {
		return out, err
	}
	out = MyData{User: MeUser{d.User.ID, d.User.Login, d.User.Name}, Since: d.User.CreatedAt, Devices: d.Devices, Messages: d.Messages, Files: d.Files,
		Roles: []MyRole{}, Disclosures: []Disclosed{}, Fetched: []Fetched{}, Deeds: []Deed{}, Kept: []Kept{}}
	sessions, err := a.cfg.Store.Sessions(ctx, w.UserID, a.now())
	if err != nil {
		return out, err
	}
	out.Sessions = len(sessions)
	if err := a.myFirms(ctx, w, d.Memberships, &out); err != nil {
		return out, err
	}
	lines, err := a.cfg.Store.DeedsOf(ctx, w.UserID, deeds)
	for _, l := range lines {
		out.Deeds = append(out.Deeds, deedOf(l))
	}
	for _, r := range market.Retentions() {
		out.Kept = append(out.Kept, Kept{r.Kind, int((r.Keep + 24*time.Hour - 1) / (24 * time.Hour))})
	}
	return out, err
}

func deedOf(l store.Audit) Deed { return Deed{l.At, l.Deed, l.Kind, l.Of} }

// myFirms adds where one has a role and, to who belongs to a firm, whom its
// contact was opened to. An officer who acts for a firm reads nothing of that.
func (a *API) myFirms(ctx context.Context, w who, memberships []market.Membership, out *MyData) error {
	var ids []string
	for _, m := range memberships {
		if m.EnterpriseID != "" {
			ids = append(ids, m.EnterpriseID)
		}
	}
	firms, err := a.cfg.Store.Enterprises(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		of := m.Scope()
		if m.EnterpriseID != "" {
			of = firms[m.EnterpriseID].Name
		}
		out.Roles = append(out.Roles, MyRole{string(m.Role), of})
	}
	if w.Behalf || w.EnterpriseID == "" {
		return nil
	}
	c := firms[w.EnterpriseID].Contact
	out.Contact = &Contact{c.Name, c.Phone, c.Mail}
	opened, err := a.myDisclosures(ctx, w, nil)
	if err != nil {
		return err
	}
	out.Disclosures = opened.Body.Items
	out.Fetched, err = a.fetchedOf(ctx, w.EnterpriseID)
	return err
}

// fetchedOf is who fetched what a firm sent.
func (a *API) fetchedOf(ctx context.Context, enterpriseID string) ([]Fetched, error) {
	list, err := a.cfg.Store.DownloadsBy(ctx, enterpriseID, deedsShown)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range list {
		ids = append(ids, d.EnterpriseID)
	}
	firms, err := a.firmsNow(ctx, ids)
	out := []Fetched{}
	for _, d := range list {
		out = append(out, Fetched{d.Name, a.refOf(firms[d.EnterpriseID]), d.At})
	}
	return out, err
}

func (a *API) exportMyData(ctx context.Context, w who, _ *none) (*bookOutput, error) {
	d, err := a.myData(ctx, w, deedsExported)
	if err != nil {
		return nil, err
	}
	out := exportedData{MyData: d, Written: []WrittenMessage{}}
	list, err := a.cfg.Store.MessagesOf(ctx, w.UserID, deedsExported)
	for _, m := range list {
		out.Written = append(out.Written, WrittenMessage{m.IntroductionID, m.Text, m.AttachmentID != "", m.At})
	}
	if err != nil {
		return nil, err
	}
	files, err := a.cfg.Store.FilesOf(ctx, w.UserID, deedsExported)
	if err != nil {
		return nil, err
	}
	out.Sent = []SentFile{}
	for _, f := range files {
		out.Sent = append(out.Sent, SentFile{f.Name, f.Size, f.NeedID, f.IntroductionID, !f.RemovedAt.IsZero(), f.At, "/api/files/" + f.ID})
	}
	body, err := json.MarshalIndent(out, "", "  ")
	return &bookOutput{"application/json", `attachment; filename="lianqiao-my-data.json"`, body}, err
}

// erase wants the password once more: a browser left open must not be enough.
func (a *API) erase(ctx context.Context, w who, in *eraseInput) (*none, error) {
	if w.Behalf {
		return nil, market.ErrNotFound
	}
	if err := a.provePassword(ctx, w, "password", in.Body.Password); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.Erase(ctx, w.Actor); err != nil {
		return nil, err
	}
	for _, name := range []string{a.cookieName(), a.deviceName()} {
		w.keep(a.cookie(name, "", -1))
	}
	return nil, nil
}
