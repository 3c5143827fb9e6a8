package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/chain"
	"lianqiao/market"
)

// Honour is one qualification of a firm.
type Honour struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Rank     string `json:"rank" enum:",national,provincial,municipal,county"`
	Number   string `json:"number"`
	Year     int    `json:"year"`
	Until    string `json:"until" doc:"Date, or empty"`
	Own      bool   `json:"own" doc:"The firm's own word, which counts for nothing"`
	By       string `json:"by" doc:"Who confirmed it; empty also where it was imported"`
	Ended    bool   `json:"ended" doc:"Past its date; to the firm itself only"`
	Evidence string `json:"evidence" doc:"Id of a file; to the firm and its association only"`
	State    string `json:"state" enum:",waiting,approved,returned" doc:"Of its review; one's own only"`
	Reason   string `json:"reason" doc:"Of a return; one's own only"`
}

// Certificate is a paper of a management system or a product.
type Certificate struct {
	Name     string `json:"name"`
	Number   string `json:"number"`
	Until    string `json:"until" doc:"Date, or empty"`
	Ended    bool   `json:"ended" doc:"Past its date; to the firm itself only"`
	Evidence string `json:"evidence" doc:"Id of a file; to the firm and its association only"`
}

// Capacity is what a firm can make on a kind of machine, or by a process, in a month.
type Capacity struct {
	Kind    string `json:"kind" enum:"equipment,process"`
	Name    string `json:"name"`
	Count   int    `json:"count" required:"false" doc:"Machines; 0: not said"`
	Monthly string `json:"monthly" required:"false" doc:"Decimal; empty: not said"`
	Spare   string `json:"spare" required:"false" doc:"Of monthly"`
	Unit    string `json:"unit" required:"false"`
}

// Person is one more contact of a firm.
type Person struct {
	Name  string `json:"name"`
	Duty  string `json:"duty" required:"false"`
	Phone string `json:"phone"`
	Mail  string `json:"mail" required:"false"`
	Shown string `json:"shown" enum:"public,agreed,association,firm"`
}

// HonourInput is an honour as the firm or its association states it.
type HonourInput struct {
	Kind     string `json:"kind"`
	Rank     string `json:"rank,omitempty" enum:",national,provincial,municipal,county"`
	Number   string `json:"number,omitempty"`
	Year     int    `json:"year,omitempty"`
	Until    string `json:"until,omitempty" doc:"Date, or empty"`
	Evidence string `json:"evidence,omitempty" maxLength:"64" doc:"Id of a file of the firm's"`
}

// CertificateInput is a certificate as the firm states it.
type CertificateInput struct {
	Name     string `json:"name"`
	Number   string `json:"number,omitempty"`
	Until    string `json:"until,omitempty" doc:"Date, or empty"`
	Evidence string `json:"evidence,omitempty" maxLength:"64" doc:"Id of a file of the firm's"`
}

// RecordInput is what a firm says of itself beyond its name and place.
type RecordInput struct {
	Links        []string           `json:"links,omitempty" doc:"Codes of GB/T 4754-2017, two to four digits, as GET /api/classes lists them; empty: read from the main products"`
	Honours      []HonourInput      `json:"honours" nullable:"false"`
	Certificates []CertificateInput `json:"certificates" nullable:"false"`
	Capacities   []Capacity         `json:"capacities" nullable:"false"`
	Staff        string             `json:"staff,omitempty" enum:",lt20,20to299,300to999,1000up" doc:"People"`
	Turnover     string             `json:"turnover,omitempty" enum:",lt3m,3mto20m,20mto400m,400mup" doc:"Yuan a year"`
	People       []Person           `json:"people" nullable:"false"`
}

type recordEdit struct {
	IfMatch string `header:"If-Match"`
	Body    RecordInput
}

type honoursInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Honours []HonourInput `json:"honours" nullable:"false"`
	}
}

type evidenceInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	RawBody huma.MultipartFormFiles[fileForm]
}

// EvidenceInfo names a file as kept.
type EvidenceInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type evidenceOutput struct{ Body EvidenceInfo }

func (a *API) mountRecords() {
	big := func(op *huma.Operation) { op.MaxBodyBytes = fileMost }
	route(a, "PUT /api/enterprise/record", market.AsEnterprise, "edit-record", a.editRecord, edits)
	route(a, "POST /api/evidence", market.AsEnterprise, "send-evidence", a.sendEvidence, created, big)
	route(a, "GET /api/evidence/{id}", market.SignedIn, "fetch-evidence", a.fetchEvidence)
	route(a, "PUT /api/operator/enterprises/{id}/honours", market.AsOperator, "set-honours", a.setHonours)
}

func (a *API) editRecord(ctx context.Context, w who, in *recordEdit) (*enterpriseOutput, error) {
	rev, err := revision(w.lang, in.IfMatch)
	if err != nil {
		return nil, err
	}
	r, err := in.Body.record()
	if err != nil {
		return nil, err
	}
	e, err := a.cfg.Store.UpdateRecord(ctx, w.Actor, rev, r)
	if err != nil {
		return nil, err
	}
	return a.enterpriseAnswer(ctx, w, e)
}

func (in *RecordInput) record() (market.Record, error) {
	var errs market.Errors
	r := market.Record{Honours: honoursIn(&errs, in.Honours), Staff: market.Band(in.Staff), Turnover: market.Band(in.Turnover), Links: in.Links}
	for i, code := range in.Links {
		if _, ok := chain.ClassByCode(code); !ok {
			errs.Add(market.Bad(fmt.Sprintf("links[%d]", i), "error.class"))
		}
	}
	for i, c := range in.Certificates {
		until := endOf(&errs, fmt.Sprintf("certificates[%d].until", i), c.Until)
		r.Certificates = append(r.Certificates, market.Certificate{Name: strings.TrimSpace(c.Name), Number: strings.TrimSpace(c.Number), Until: until, Evidence: c.Evidence})
	}
	for i, c := range in.Capacities {
		at := fmt.Sprintf("capacities[%d]", i)
		r.Capacities = append(r.Capacities, market.Capacity{Kind: c.Kind, Name: strings.TrimSpace(c.Name), Count: c.Count,
			Monthly: amount(&errs, at+".monthly", c.Monthly), Spare: amount(&errs, at+".spare", c.Spare), Unit: strings.TrimSpace(c.Unit)})
	}
	for _, p := range in.People {
		r.People = append(r.People, market.Person{Name: strings.TrimSpace(p.Name), Duty: strings.TrimSpace(p.Duty), Phone: strings.TrimSpace(p.Phone), Mail: strings.TrimSpace(p.Mail), Shown: market.Visibility(p.Shown)})
	}
	var faults market.Errors
	if err := r.Check(); err != nil && !errors.As(err, &faults) {
		return r, err
	}
	return r, append(errs, faults...).Err()
}

func honoursIn(errs *market.Errors, list []HonourInput) []market.Honour {
	var out []market.Honour
	for i, h := range list {
		until := endOf(errs, fmt.Sprintf("honours[%d].until", i), h.Until)
		out = append(out, market.Honour{Kind: market.HonourKind(h.Kind), Rank: market.HonourRank(h.Rank), Number: strings.TrimSpace(h.Number), Year: h.Year, Until: until, Evidence: h.Evidence})
	}
	return out
}

// setHonours replaces a firm's honours by what its association knows.
func (a *API) setHonours(ctx context.Context, w who, in *honoursInput) (*enterpriseOutput, error) {
	e, err := a.operatedFirm(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	var errs market.Errors
	honours := honoursIn(&errs, in.Body.Honours)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	by, err := a.associationOf(ctx, e.ClusterID)
	if err != nil {
		return nil, err
	}
	if e, err = a.cfg.Store.SetHonours(ctx, w.Actor, in.ID, by, honours); err != nil {
		return nil, err
	}
	return a.enterpriseAnswer(ctx, w, e)
}

// sendEvidence keeps a scan or photo of a document as it is: who decides about
// it must see what the firm has.
func (a *API) sendEvidence(ctx context.Context, w who, in *evidenceInput) (*evidenceOutput, error) {
	file := in.RawBody.Data().File
	raw, err := io.ReadAll(io.LimitReader(file, market.EvidenceBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > market.EvidenceBytes {
		return nil, &market.Error{Kind: market.TooLarge, Field: "file", Message: "error.file.large", Args: []string{itoa(market.EvidenceBytes >> 20)}}
	}
	kind := market.SniffFile(raw)
	if !kind.Stamped() { // a PDF or a picture
		return nil, market.Bad("file", "error.evidence.type")
	}
	f := market.Evidence{ID: market.NewID(), EnterpriseID: w.EnterpriseID, Name: market.FileName(file.Filename, kind), Type: kind, Bytes: raw}
	if in.Key != "" {
		f.ID = keyed("evidence", w.EnterpriseID, in.Key)
	}
	if err := a.cfg.Store.SaveEvidence(ctx, w.Actor, f); err != nil {
		return nil, err
	}
	return &evidenceOutput{EvidenceInfo{f.ID, f.Name}}, nil
}

func (a *API) fetchEvidence(ctx context.Context, w who, in *idInput) (*fetchOutput, error) {
	f, err := a.cfg.Store.Evidence(ctx, w.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s`, f.ID, f.Type, url.PathEscape(f.Name))
	return &fetchOutput{fileTypes[f.Type], name, "nosniff", f.Bytes}, nil
}

// recordOf adds to a firm's view what it says of itself, as far as the reader
// may see it.
func (a *API) recordOf(ctx context.Context, actor market.Actor, e *market.Enterprise, v *Enterprise) error {
	own, proofs := actor.Owns(e.ID), actor.MaySeeEvidence(e)
	proof := func(id string) string {
		if proofs {
			return id
		}
		return ""
	}
	var unsure []string
	for _, h := range e.Honours {
		ended := h.Ended(a.now())
		if ended && !proofs {
			continue
		}
		if own && h.Own {
			unsure = append(unsure, h.ID)
		}
		v.Honours = append(v.Honours, Honour{ID: h.ID, Kind: string(h.Kind), Rank: string(h.Rank), Number: h.Number, Year: h.Year, Until: dayOf(h.Until), Own: h.Own, By: h.By, Ended: ended, Evidence: proof(h.Evidence)})
	}
	for _, c := range e.Certificates {
		ended := !c.Until.IsZero() && !c.Until.After(a.now())
		if ended && !proofs {
			continue
		}
		v.Certificates = append(v.Certificates, Certificate{c.Name, c.Number, dayOf(c.Until), ended, proof(c.Evidence)})
	}
	for _, c := range e.Capacities {
		v.Capacities = append(v.Capacities, Capacity{c.Kind, c.Name, c.Count, amountOf(c.Monthly), amountOf(c.Spare), c.Unit})
	}
	for _, p := range e.People {
		if actor.MaySeePerson(p, e) {
			v.People = append(v.People, personOf(p))
		}
	}
	v.Staff, v.Turnover = string(e.Staff), string(e.Turnover)
	return a.honourReviews(ctx, unsure, v)
}

// honourReviews tells a firm what became of its own words.
func (a *API) honourReviews(ctx context.Context, ids []string, v *Enterprise) error {
	if len(ids) == 0 {
		return nil
	}
	last, err := a.cfg.Store.LastReviews(ctx, ids)
	for i := range v.Honours {
		if r, ok := last[v.Honours[i].ID]; ok {
			v.Honours[i].State, v.Honours[i].Reason = string(r.Status), r.Reason
		}
	}
	return err
}

func personOf(p market.Person) Person {
	return Person{p.Name, p.Duty, p.Phone, p.Mail, string(p.Shown)}
}

// partnersPeople are those whom a firm shows to whom its contact is open.
func partnersPeople(e *market.Enterprise) []Person {
	out := []Person{}
	for _, p := range e.People {
		if p.Shown == market.ShownAgreed || p.Shown == market.ShownPublic {
			out = append(out, personOf(p))
		}
	}
	return out
}
