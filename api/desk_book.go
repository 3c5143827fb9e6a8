package api

import (
	"context"
	"strings"
	"time"

	"lianqiao/frontend"
	"lianqiao/market"
	"lianqiao/sheet"
)

// bookMost is how many rows of a desk's list a workbook takes.
const bookMost = 5000

// kindFilter chooses one kind of what waits.
type kindFilter struct {
	Kind string `query:"kind" enum:",enterprise,listing,claim,honour" doc:"Empty: all"`
}

func (a *API) mountDeskBooks() {
	route(a, "GET /api/operator/reviews.xlsx", market.AsReviewer, "export-reviews", a.exportReviews)
	route(a, "GET /api/operator/deliveries.xlsx", market.AsOperator, "export-deliveries", a.exportDeliveries)
	route(a, "GET /api/operator/lapsing.xlsx", market.AsOperator, "export-lapsing", a.exportLapsing)
	route(a, "GET /api/operator/officers.xlsx", market.AsOperator, "export-officers", a.exportOfficers)
}

// pageThrough asks for page after page, until the last or bookMost rows.
func pageThrough(page func(after string) (next *string, rows int, err error)) error {
	for after, n := "", 0; n < bookMost; {
		next, rows, err := page(after)
		if err != nil || next == nil {
			return err
		}
		after, n = *next, n+rows
	}
	return nil
}

func chinaMinute(t time.Time) string { return t.In(chinaTime()).Format("2006-01-02 15:04") }

// exportReviews is the queue as the screen shows it, oldest first.
func (a *API) exportReviews(ctx context.Context, w who, in *kindFilter) (*bookOutput, error) {
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	table := sheet.Table{Name: text("app.desk.reviews"), Heading: []string{text("overview.matter"), text("call.firm"), text("app.uscc"), text("app.cluster"), text("firms.level"), text("call.subject"), text("app.findings"), text("audit.at")}}
	err := pageThrough(func(after string) (*string, int, error) {
		page, err := a.reviews(ctx, w, &reviewsInput{Kind: in.Kind, After: after, Limit: limitMost})
		if err != nil {
			return nil, 0, err
		}
		for _, r := range page.Body.Items {
			e, about, cluster := r.Enterprise, r.Enterprise.MainProducts, ""
			switch {
			case r.Listing != nil:
				about = r.Listing.Title
			case r.Honour != nil:
				about = strings.TrimSpace(text("honour."+r.Honour.Kind) + " " + r.Honour.Number)
			case r.Claimant != nil:
				about = text("app.claim.by", r.Claimant.Name, r.Claimant.Login)
			}
			if e.Cluster != nil {
				cluster = e.Cluster.Name
			}
			var findings []string
			for _, f := range r.Findings {
				findings = append(findings, f.Text)
			}
			table.Rows = append(table.Rows, []any{text("app.review." + r.Kind), e.Name, e.USCC, cluster, text("level." + e.Verified.Level), about, strings.Join(findings, "；"), chinaMinute(r.AskedAt)})
		}
		return page.Body.Next, len(page.Body.Items), nil
	})
	if err != nil {
		return nil, err
	}
	return a.book("reviews", table)
}

func (a *API) exportDeliveries(ctx context.Context, w who, _ *none) (*bookOutput, error) {
	text := func(key string, args ...string) string { return frontend.Text(w.lang, key, args...) }
	table := sheet.Table{Name: text("delivery"), Heading: []string{text("delivery.at"), text("delivery.firm"), text("delivery.topic"), text("delivery.channel"), text("delivery.state"), text("delivery.count"), text("delivery.reason")}}
	err := pageThrough(func(after string) (*string, int, error) {
		page, err := a.deliveries(ctx, w, &deliveriesInput{After: after, Limit: limitMost})
		if err != nil {
			return nil, 0, err
		}
		for _, d := range page.Body.Items {
			topic := text("delivery.digest")
			if d.Topic != "" {
				topic = text("notice.topic." + d.Topic)
			}
			table.Rows = append(table.Rows, []any{chinaMinute(d.CreatedAt), d.Enterprise.Name, topic, text("delivery.channel." + d.Channel), text("delivery.state." + d.State), d.Tries, d.Reason})
		}
		return page.Body.Next, len(page.Body.Items), nil
	})
	if err != nil {
		return nil, err
	}
	return a.book("deliveries", table)
}

func (a *API) exportLapsing(ctx context.Context, w who, in *none) (*bookOutput, error) {
	list, err := a.lapsing(ctx, w, in)
	if err != nil {
		return nil, err
	}
	text := func(key string) string { return frontend.Text(w.lang, key) }
	table := sheet.Table{Name: text("overview.wait.lapsing"), Heading: []string{text("ledger.by"), text("ledger.to"), text("call.subject"), text("overview.until")}}
	for _, i := range list.Body.Items {
		table.Rows = append(table.Rows, []any{i.By.Name, i.To.Name, i.Subject, chinaMinute(i.ExpiresAt)})
	}
	return a.book("lapsing", table)
}

func (a *API) exportOfficers(ctx context.Context, w who, _ *none) (*bookOutput, error) {
	text := func(key string) string { return frontend.Text(w.lang, key) }
	table := sheet.Table{Name: text("office"), Heading: []string{text("office.name"), text("app.login"), text("office.role"), text("office.of")}}
	err := pageThrough(func(after string) (*string, int, error) {
		page, err := a.officers(ctx, w, &officersInput{After: after, Limit: limitMost})
		if err != nil {
			return nil, 0, err
		}
		for _, o := range page.Body.Items {
			table.Rows = append(table.Rows, []any{o.Name, o.Login, text("app.role." + o.Role), o.Of})
		}
		return page.Body.Next, len(page.Body.Items), nil
	})
	if err != nil {
		return nil, err
	}
	return a.book("officers", table)
}
