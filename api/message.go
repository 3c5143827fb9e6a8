package api

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lianqiao/market"
	"lianqiao/stamp"
)

// Message is what one of the two firms wrote.
type Message struct {
	ID   string    `json:"id"`
	Own  bool      `json:"own" doc:"One's own firm wrote it"`
	By   string    `json:"by" doc:"Name of the person"`
	Text string    `json:"text"`
	File *FileInfo `json:"file"`
	At   time.Time `json:"at"`
}

// FileInfo is a file in a thread or of a quote.
type FileInfo struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Type    string `json:"type" enum:"pdf,png,jpg,dxf,dwg,step,xlsx,docx"`
	Size    int64  `json:"size" doc:"Bytes"`
	Stamped bool   `json:"stamped" doc:"The other firm's copies carry its name and the time"`
	Removed bool   `json:"removed" doc:"The contents are gone: its time is over, or its quote no longer has it"`
}

// FetchedBy is a line of a file's log.
type FetchedBy struct {
	Enterprise EnterpriseRef `json:"enterprise"`
	Person     string        `json:"person"`
	At         time.Time     `json:"at"`
}

type messagesInput struct {
	ID     string `path:"id" maxLength:"64"`
	Before string `query:"before" maxLength:"64" doc:"Older than this message"`
	Limit  int    `query:"limit"`
}

type messagesOutput struct {
	Body struct {
		Open  bool      `json:"open" doc:"More may be written"`
		Items []Message `json:"items" nullable:"false" doc:"Newest first"`
		Next  *string   `json:"next"`
	}
}

type writeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Text string `json:"text"`
	}
}

type seeMessagesInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Upto string `json:"upto" maxLength:"64" doc:"The newest message that was read"`
	}
}

type fileForm struct {
	File huma.FormFile `form:"file" required:"true"`
}

type sendFileInput struct {
	ID      string `path:"id" maxLength:"64"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	RawBody huma.MultipartFormFiles[fileForm]
}

type fetchOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	NoSniff            string `header:"X-Content-Type-Options"`
	Body               []byte
}

type fetchedOutput struct {
	Body struct {
		Items []FetchedBy `json:"items" nullable:"false" doc:"Newest first"`
	}
}

// fileMost is the most bytes of a request that carries a file.
const fileMost = market.AttachmentMost + 64<<10

func (a *API) mountMessages() {
	big := func(op *huma.Operation) { op.MaxBodyBytes = fileMost }
	route(a, "GET /api/introductions/{id}/messages", market.InPerson, "messages", a.messages)
	route(a, "POST /api/introductions/{id}/messages", market.InPerson, "write-message", a.writeMessage)
	route(a, "POST /api/introductions/{id}/messages/seen", market.InPerson, "see-messages", func(ctx context.Context, w who, in *seeMessagesInput) (*none, error) {
		return nil, a.cfg.Store.SeeMessages(ctx, w.Actor, in.ID, in.Body.Upto)
	})
	route(a, "POST /api/introductions/{id}/files", market.InPerson, "send-file", a.sendFile, big)
	route(a, "GET /api/files/{id}", market.InPerson, "fetch-file", a.fetchFile)
	route(a, "GET /api/files/{id}/downloads", market.InPerson, "file-downloads", a.fileDownloads)
}

// thread is an introduction whose thread the reader may read.
func (a *API) thread(ctx context.Context, w who, id string) (market.Introduction, error) {
	i, err := a.cfg.Store.Introduction(ctx, id)
	if err == nil && !w.MayReadThread(&i) {
		err = market.ErrNotFound
	}
	return i, err
}

func (a *API) messages(ctx context.Context, w who, in *messagesInput) (*messagesOutput, error) {
	i, err := a.thread(ctx, w, in.ID)
	if err != nil {
		return nil, err
	}
	firms, err := a.cfg.Store.Enterprises(ctx, []string{i.By, i.To})
	if err != nil {
		return nil, err
	}
	list, files, next, err := a.cfg.Store.Messages(ctx, in.ID, in.Before, limit(in.Limit))
	if err != nil {
		return nil, err
	}
	var people []string
	for _, m := range list {
		people = append(people, m.UserID)
	}
	names, err := a.cfg.Store.UserNames(ctx, people)
	if err != nil {
		return nil, err
	}
	by, to := firms[i.By], firms[i.To]
	out := &messagesOutput{}
	out.Body.Items, out.Body.Next, out.Body.Open = []Message{}, cursor(next), w.MayWrite(&i, &by, &to)
	for _, m := range list {
		v := Message{ID: m.ID, Own: w.Owns(m.EnterpriseID), By: names[m.UserID], Text: m.Text, At: m.At}
		if f, ok := files[m.AttachmentID]; ok {
			file := fileOf(f)
			v.File = &file
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func fileOf(f market.Attachment) FileInfo {
	return FileInfo{f.ID, f.Name, string(f.Type), f.Size, f.Type.Stamped(), !f.RemovedAt.IsZero()}
}

func (a *API) writeMessage(ctx context.Context, w who, in *writeInput) (*none, error) {
	return nil, a.cfg.Store.Write(ctx, w.Actor, market.Message{IntroductionID: in.ID, Text: in.Body.Text}, in.Key)
}

func (a *API) sendFile(ctx context.Context, w who, in *sendFileInput) (*none, error) {
	if _, err := a.thread(ctx, w, in.ID); err != nil {
		return nil, err
	}
	f, err := a.taken(ctx, in.RawBody.Data().File)
	if err != nil {
		return nil, err
	}
	f.ID, f.IntroductionID = market.NewID(), in.ID
	return nil, a.cfg.Store.SendFile(ctx, w.Actor, f, in.Key)
}

// taken reads an uploaded file and says what it is by its bytes.
func (a *API) taken(ctx context.Context, file huma.FormFile) (market.Attachment, error) {
	none := market.Attachment{}
	raw, err := io.ReadAll(io.LimitReader(file, market.AttachmentMost+1))
	if err != nil {
		return none, err
	}
	if len(raw) > market.AttachmentMost {
		return none, &market.Error{Kind: market.TooLarge, Field: "file", Message: "error.file.large", Args: []string{itoa(market.AttachmentMost >> 20)}}
	}
	kind := market.SniffFile(raw)
	if kind == "" {
		return none, market.Bad("file", "error.file.type")
	}
	// What cannot be stamped must not get in, or nobody could fetch it.
	if _, err := a.stamped(ctx, kind, raw, "."); err != nil {
		return none, err
	}
	return market.Attachment{Name: market.FileName(file.Filename, kind), Type: kind, Size: int64(len(raw)), Bytes: raw}, nil
}

// stamped writes the text across a drawing; other files stay as they are. One
// at a time: a large drawing takes a few hundred megabytes while it is open.
func (a *API) stamped(ctx context.Context, kind market.FileType, raw []byte, text string) ([]byte, error) {
	if !kind.Stamped() {
		return raw, nil
	}
	select {
	case a.stamping <- struct{}{}:
		defer func() { <-a.stamping }()
	case <-ctx.Done():
		return nil, errTooMany
	}
	do := map[market.FileType]func([]byte, string) ([]byte, error){market.PDF: stamp.PDF, market.PNG: stamp.PNG, market.JPEG: stamp.JPEG}[kind]
	out, err := do(raw, text)
	if err != nil {
		return nil, market.Bad("file", "error.file.unfit")
	}
	return out, nil
}

var fileTypes = map[market.FileType]string{market.PDF: "application/pdf", market.PNG: "image/png", market.JPEG: "image/jpeg"}

// fetchFile hands out a file after the log has the line. The sender gets his
// own back as it was; the other firm's copy says to whom it went.
func (a *API) fetchFile(ctx context.Context, w who, in *idInput) (*fetchOutput, error) {
	f, err := a.cfg.Store.FetchFile(ctx, w.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	body := f.Bytes
	if !w.Owns(f.EnterpriseID) {
		e, err := a.cfg.Store.Enterprise(ctx, w.EnterpriseID)
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%s %s %s", e.Name, e.USCC, a.now().In(chinaTime()).Format("2006-01-02 15:04"))
		if body, err = a.stamped(ctx, f.Type, body, text); err != nil {
			return nil, err
		}
	}
	kind, ok := fileTypes[f.Type]
	if !ok {
		kind = "application/octet-stream"
	}
	name := fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s`, f.ID, f.Type, url.PathEscape(f.Name))
	return &fetchOutput{kind, name, "nosniff", body}, nil
}

// fileDownloads is the log of a file, for the firm that sent it.
func (a *API) fileDownloads(ctx context.Context, w who, in *idInput) (*fetchedOutput, error) {
	f, err := a.cfg.Store.Attachment(ctx, in.ID)
	if err == nil && !w.Owns(f.EnterpriseID) {
		err = market.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	list, err := a.cfg.Store.Downloads(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var firmIDs, people []string
	for _, d := range list {
		firmIDs, people = append(firmIDs, d.EnterpriseID), append(people, d.UserID)
	}
	slices.Sort(firmIDs)
	firms, err := a.cfg.Store.Enterprises(ctx, slices.Compact(firmIDs))
	if err != nil {
		return nil, err
	}
	names, err := a.cfg.Store.UserNames(ctx, people)
	out := &fetchedOutput{}
	out.Body.Items = []FetchedBy{}
	for _, d := range list {
		out.Body.Items = append(out.Body.Items, FetchedBy{a.refOf(firms[d.EnterpriseID]), names[d.UserID], d.At})
	}
	return out, err
}
