package api

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
	"lianqiao/store"
)

// AuditLine is who did what for which firm.
type AuditLine struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	PersonID   string    `json:"person_id"`
	Person     string    `json:"person"`
	FirmID     string    `json:"firm_id"`
	Enterprise string    `json:"enterprise"`
	Deed       string    `json:"deed"`
	Kind       string    `json:"kind"`
	Of         string    `json:"of"`
}

type auditInput struct {
	Firm  string `query:"firm" maxLength:"64"`
	Actor string `query:"actor" maxLength:"64" doc:"Id of a person"`
	Kind  string `query:"kind" maxLength:"40"`
	From  string `query:"from" doc:"Day; empty: thirty days back"`
	To    string `query:"to" doc:"Day, included; empty: today"`
	After string `query:"after" maxLength:"64"`
	Limit int    `query:"limit"`
}

type auditOutput struct {
	Body struct {
		Items []AuditLine `json:"items" nullable:"false" doc:"Newest first"`
		Next  *string     `json:"next"`
	}
}

// auditExported is the most lines of a sheet.
const auditExported = 20_000

func (a *API) mountAudit() {
	route(a, "GET /api/operator/audit", market.AsOperator, "audit", func(ctx context.Context, w who, in *auditInput) (*auditOutput, error) {
		lines, next, err := a.auditLines(ctx, w, in, limit(in.Limit))
		out := &auditOutput{}
		out.Body.Items, out.Body.Next = lines, cursor(next)
		return out, err
	})
	route(a, "GET /api/operator/audit.xlsx", market.AsOperator, "export-audit", a.exportAudit)
}

func (a *API) auditLines(ctx context.Context, w who, in *auditInput, most int) ([]AuditLine, string, error) {
	q := store.AuditQuery{EnterpriseID: in.Firm, UserID: in.Actor, Kind: in.Kind, After: in.After}
	today := a.now().In(chinaTime())
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, today.Location())
	var errs market.Errors
	day := func(field, text string, otherwise time.Time) time.Time {
		if text == "" {
			return otherwise
		}
		d, err := time.ParseInLocation(time.DateOnly, text, chinaTime())
		if err != nil {
			errs.Add(market.Bad(field, "error.date"))
		}
		return d
	}
	q.From, q.To = day("from", in.From, midnight.AddDate(0, 0, -30)), day("to", in.To, midnight).AddDate(0, 0, 1)
	if err := errs.Err(); err != nil {
		return []AuditLine{}, "", err
	}
	list, next, err := a.cfg.Store.SearchAudit(ctx, w.Actor, q, most)
	out := []AuditLine{}
	for _, l := range list {
		out = append(out, AuditLine{l.ID, l.At, l.UserID, l.Person, l.EnterpriseID, l.Enterprise, l.Deed, l.Kind, l.Of})
	}
	return out, next, err
}

func (a *API) exportAudit(ctx context.Context, w who, in *auditInput) (*bookOutput, error) {
	lines, _, err := a.auditLines(ctx, w, in, auditExported)
	if err != nil {
		return nil, err
	}
	text := func(key string) string { return frontend.Text(w.lang, key) }
	// Deeds of fairs name firms as well and have no word of their own.
	word := func(prefix, name string) string {
		if t := text(prefix + name); t != prefix+name {
			return t
		}
		return name
	}
	var rows [][]any
	for _, l := range lines {
		rows = append(rows, []any{l.At.In(chinaTime()).Format(time.DateTime), l.Enterprise, l.Person, word("audit.did.", l.Deed), word("audit.on.", l.Kind), l.Of, l.PersonID})
	}
	var out bytes.Buffer
	err = sheet.WriteBook(&out, text("audit.sheet"), []string{text("audit.at"), text("audit.firm"), text("audit.person"), text("audit.deed"), text("audit.kind"), text("audit.of"), text("audit.personId")}, rows)
	name := fmt.Sprintf(`attachment; filename="lianqiao-audit-%s.xlsx"`, a.now().In(chinaTime()).Format("20060102"))
	return &bookOutput{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name, out.Bytes()}, err
}
