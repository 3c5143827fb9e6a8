package api

import (
	"context"
	"time"

	"lianqiao/market"
)

// FairLink is a signed address that stands on a badge, a table or a screen.
type FairLink struct {
	Name         string `json:"name"`
	EnterpriseID string `json:"enterprise_id"`
	Rep          int    `json:"rep"`
	Table        int    `json:"table"`
	URL          string `json:"url"`
}

// DeskDeed is one thing that a desk noted, perhaps a while ago and without a
// network. Sent again, it counts no second time.
type DeskDeed struct {
	ID           string     `json:"id" minLength:"8" maxLength:"64" doc:"Chosen by the desk; a deed with an id that the fair has seen changes nothing"`
	Kind         string     `json:"kind" enum:"in,out,absent,present,late" doc:"A representative came, or did not after all; the firm is absent, or is not after all; it comes late"`
	EnterpriseID string     `json:"enterprise_id" required:"false" maxLength:"64"`
	Rep          int        `json:"rep" required:"false" minimum:"0" maximum:"99" doc:"For in and out"`
	Slot         int        `json:"slot" required:"false" minimum:"0" maximum:"4096" doc:"For late: the first slot in which the firm can meet; 0: it is on time"`
	Badge        string     `json:"badge" required:"false" maxLength:"300" doc:"For in, instead of firm and representative: what the scanner read"`
	At           *time.Time `json:"at,omitempty"`
}

type (
	linksOutput struct {
		Body struct {
			Badges []FairLink `json:"badges" nullable:"false"`
			Tables []FairLink `json:"tables" nullable:"false"`
			Wall   string     `json:"wall"`
			Print  string     `json:"print"`
		}
	}
	deskInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Items []DeskDeed `json:"items" maxItems:"500" nullable:"false" doc:"In the order in which they were done"`
		}
	}
	deskOutput struct {
		Body struct {
			Fresh   int   `json:"fresh" doc:"How many were new"`
			Unknown []int `json:"unknown" nullable:"false" doc:"Positions that name nobody who is registered"`
		}
	}
)

func (a *API) mountFairDay() {
	route(a, "GET /api/fairs/{id}/links", market.AsOperator, "fair-links", a.fairLinks)
	route(a, "POST /api/fairs/{id}/desk", market.AsOperator, "note-at-desk", a.noteAtDesk)
}

func (a *API) fairLinks(ctx context.Context, w who, in *idInput) (*linksOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, firms, err := a.namedParties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	out := &linksOutput{}
	out.Body.Badges, out.Body.Tables = []FairLink{}, []FairLink{}
	for id, p := range parties {
		for i, r := range p.Reps {
			out.Body.Badges = append(out.Body.Badges, FairLink{Name: firms[id].Name + " · " + r.Name, EnterpriseID: id, Rep: i, URL: a.badgeURL(&f, id, i)})
		}
	}
	for _, t := range f.Tables {
		out.Body.Tables = append(out.Body.Tables, FairLink{Name: t.Hall, Table: t.Number, URL: a.tableURL(&f, t.Number)})
	}
	out.Body.Wall, out.Body.Print = a.wallURL(&f), a.cfg.BaseURL+"/fairs/"+f.ID+"/print"
	return out, nil
}

// noteAtDesk does what a desk noted. What names nobody who is registered is told
// back, the rest counts.
func (a *API) noteAtDesk(ctx context.Context, w who, in *deskInput) (*deskOutput, error) {
	f, err := a.fairRun(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	parties, err := a.cfg.Store.Parties(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	out := &deskOutput{}
	out.Body.Unknown = []int{}
	slots := len(f.Slots())
	var list []market.DeskDeed
	for i, x := range in.Body.Items {
		if x.Badge != "" {
			if l, err := a.badge(f, x.Badge); err == nil {
				x.EnterpriseID, x.Rep = l.enterprise, l.number
			}
		}
		p, ok := parties[x.EnterpriseID]
		ofPerson := x.Kind == string(market.DeskIn) || x.Kind == string(market.DeskOut)
		if !ok || ofPerson && x.Rep >= len(p.Reps) || x.Slot > slots {
			out.Body.Unknown = append(out.Body.Unknown, i)
			continue
		}
		deed := market.DeskDeed{ID: x.ID, Kind: market.DeskKind(x.Kind), EnterpriseID: x.EnterpriseID, Rep: x.Rep, Slot: x.Slot}
		if x.At != nil && x.At.Before(a.now()) && x.At.After(a.now().Add(-48*time.Hour)) {
			deed.At = *x.At
		}
		list = append(list, deed)
	}
	out.Body.Fresh, err = a.cfg.Store.NoteAtDesk(ctx, w.Actor, f.ID, list)
	return out, err
}

// badge opens what a scanner read: the whole address or the token alone.
func (a *API) badge(f market.Fair, text string) (sealedLink, error) {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '/' {
			text = text[i+1:]
			break
		}
	}
	fairID, body, sealed, err := cutToken(text)
	if err != nil || fairID != f.ID {
		return sealedLink{}, market.ErrNotFound
	}
	return openToken(f, body, sealed, linkBadge)
}
