package api

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/store"
)

// AuditLine is who did what for which firm, and when.
type AuditLine struct {
	At         time.Time     `json:"at"`
	User       string        `json:"user" doc:"First letter of the name; empty: nobody signed in, as at a fair's table or in an import"`
	UserID     string        `json:"user_id"`
	Enterprise EnterpriseRef `json:"enterprise" doc:"The firm it was done for or to"`
	Deed       string        `json:"deed"`
	Kind       string        `json:"kind"`
	Of         string        `json:"of" doc:"Id of the thing"`
}

type auditInput struct {
	Enterprise string `query:"enterprise" maxLength:"64"`
	Kind       string `query:"kind" enum:",listing,enterprise,introduction,proposal,outcome,user,fair,plan,claim,image,message,attachment,evidence"`
	From       string `query:"from" maxLength:"10" doc:"Date, 2006-01-02"`
	To         string `query:"to" maxLength:"10" doc:"Date, included"`
	After      string `query:"after" maxLength:"64"`
	Limit      int    `query:"limit"`
}

type auditOutput struct {
	Body struct {
		Items []AuditLine `json:"items" nullable:"false"`
		Next  *string     `json:"next"`
	}
}

// auditMost is how many lines one workbook holds.
const auditMost = 50_000

func (a *API) mountAudit() {
	route(a, "GET /api/operator/audit", market.AsOperator, "audit", func(ctx context.Context, w who, in *auditInput) (*auditOutput, error) {
		lines, next, err := a.auditLines(ctx, w, in, limit(in.Limit))
		out := &auditOutput{}
		out.Body.Items, out.Body.Next = lines, cursor(next)
		return out, err
	})
	route(a, "GET /api/operator/audit/export", market.AsOperator, "export-audit", a.exportAudit, asFile("The lines as XLSX"))
}

// auditSearch is what an operator asks for, within the clusters he runs.
func (a *API) auditSearch(ctx context.Context, w who, in *auditInput) (store.AuditSearch, error) {
	f := store.AuditSearch{EnterpriseID: in.Enterprise, Kind: in.Kind, After: in.After}
	if !w.Admin {
		if f.Clusters = w.Clusters; len(f.Clusters) == 0 { // none would mean all
			return f, market.ErrNotFound
		}
	}
	var errs market.Errors
	for _, x := range []struct {
		field, day string
		plus       int
		to         *time.Time
	}{{"from", in.From, 0, &f.From}, {"to", in.To, 1, &f.To}} {
		if x.day == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, x.day, chinaTime())
		if err != nil {
			errs.Add(market.Bad(x.field, "error.date"))
			continue
		}
		*x.to = at.AddDate(0, 0, x.plus)
	}
	if err := errs.Err(); err != nil || in.Enterprise == "" {
		return f, err
	}
	e, err := a.cfg.Store.Enterprise(ctx, in.Enterprise)
	if err == nil && !w.Operates(e.ClusterID) {
		err = market.ErrNotFound
	}
	return f, err
}

func (a *API) auditLines(ctx context.Context, w who, in *auditInput, most int) ([]AuditLine, string, error) {
	f, err := a.auditSearch(ctx, w, in)
	if err != nil {
		return nil, "", err
	}
	list, next, err := a.cfg.Store.SearchAudit(ctx, f, most)
	if err != nil {
		return nil, "", err
	}
	var firms, users []string
	for _, x := range list {
		firms, users = append(firms, x.EnterpriseID), append(users, x.UserID)
	}
	known, err := a.cfg.Store.Enterprises(ctx, firms)
	if err != nil {
		return nil, "", err
	}
	names, err := a.cfg.Store.UserNames(ctx, users)
	out := make([]AuditLine, len(list))
	for i, x := range list {
		deed, _, _ := strings.Cut(x.Deed, " ") // what follows names the other firm
		out[i] = AuditLine{x.At, initial(names[x.UserID]), x.UserID, a.refOf(known[x.EnterpriseID]), deed, x.Kind, x.Of}
	}
	return out, next, err
}

// initial tells apart who acted without naming a firm's people to others.
func initial(name string) string {
	for _, r := range name {
		return string(r) + "*"
	}
	return ""
}

func (a *API) exportAudit(ctx context.Context, w who, in *auditInput) (*huma.StreamResponse, error) {
	in.After = ""
	lines, _, err := a.auditLines(ctx, w, in, auditMost)
	if err != nil {
		return nil, err
	}
	text := func(key string) string { return frontend.Text(w.lang, key) }
	heading := []string{text("audit.at"), text("audit.user"), text("audit.firm"), text("audit.deed"), text("audit.kind"), text("audit.of")}
	rows := make([][]any, len(lines))
	for i, x := range lines {
		rows[i] = []any{x.At.In(chinaTime()).Format("2006-01-02 15:04:05"), x.User, x.Enterprise.Name, auditWord(text, "audit.deed.", x.Deed), auditWord(text, "audit.kind.", x.Kind), x.Of}
	}
	return a.exported("audit", "xlsx", text("audit"), heading, rows)
}

// auditWord is the reader's word, or the program's own where there is none.
func auditWord(text func(string) string, prefix, word string) string {
	if said := text(prefix + word); said != prefix+word {
		return said
	}
	return word
}
