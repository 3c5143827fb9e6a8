package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
	"lianqiao/market"
)

// Problem is an error as RFC 9457 spells it, in the reader's language.
type Problem struct {
	Status int          `json:"status"`
	Code   string       `json:"code" doc:"Stable name of the fault, e.g. error.stale"`
	Title  string       `json:"title"`
	Detail string       `json:"detail"`
	Errors []FieldFault `json:"errors" nullable:"false"`
}

// FieldFault is one fault of the input.
type FieldFault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (p *Problem) Error() string             { return strconv.Itoa(p.Status) + " " + p.Code }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the one table from kinds of error to HTTP statuses.
func statusOf(err error) int {
	if errors.Is(err, market.ErrStale) {
		return 412
	}
	for kind, status := range map[market.Kind]int{
		market.Invalid: 422, market.Unauthorized: 401, market.Forbidden: 403, market.NotFound: 404,
		market.Conflict: 409, market.TooMany: 429, market.TooLarge: 413,
	} {
		if market.IsKind(err, kind) {
			return status
		}
	}
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return 500
}

// problemOf shows an error. What is not ours to show becomes a bare 500.
func problemOf(lang string, err error) *Problem {
	status := statusOf(err)
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	out := plain(lang, status)
	var faults market.Errors
	var one *market.Error
	if !errors.As(err, &faults) && errors.As(err, &one) {
		faults = market.Errors{one}
	}
	for i, f := range faults {
		text := frontend.Text(lang, f.Message, f.Args...)
		if i == 0 {
			out.Code, out.Detail = f.Message, text
		}
		if f.Field != "" {
			out.Errors = append(out.Errors, FieldFault{f.Field, text})
		}
	}
	return out
}

func plain(lang string, status int) *Problem {
	key := "error.http." + strconv.Itoa(status)
	switch status {
	case 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429, 431, 500, 503:
	default:
		key = "error.http.400"
		if status >= 500 {
			key = "error.http.500"
		}
	}
	title := frontend.Text(lang, key)
	return &Problem{Status: status, Code: key, Title: title, Detail: title, Errors: []FieldFault{}}
}

// useProblems makes huma speak our errors: its own texts are English, echo raw
// request bytes, and carry internal errors to the client.
func useProblems() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return faultsOf("zh-CN", status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		if message == "request body is required" {
			errs = []error{&huma.ErrorDetail{Message: "error.body"}}
		}
		return faultsOf(languageOf(ctx), status, errs)
	}
}

func languageOf(ctx huma.Context) string {
	if ctx == nil {
		return "zh-CN"
	}
	return language(humafiber.Unwrap(ctx))
}

func faultsOf(lang string, status int, errs []error) huma.StatusError {
	p := plain(lang, status)
	for _, err := range errs {
		var d *huma.ErrorDetail
		if !errors.As(err, &d) {
			continue
		}
		field, key, args := fault(d)
		text := frontend.Text(lang, key, args...)
		if field == "" { // the body as a whole
			p.Code, p.Detail = key, text
			continue
		}
		p.Errors = append(p.Errors, FieldFault{field, text})
	}
	return p
}

// fault words one finding of huma's validation, or of the JSON reader before it.
func fault(d *huma.ErrorDetail) (field, key string, args []string) {
	field = d.Location
	for _, at := range []string{"body.", "query.", "path.", "header."} {
		field = strings.TrimPrefix(field, at)
	}
	if field == "body" {
		field = ""
	}
	first, rest, _ := strings.Cut(d.Message, " ")
	switch m := d.Message; {
	case strings.HasPrefix(m, "error."):
		return rest, first, nil
	case strings.HasPrefix(m, "expected required property "):
		name, _, _ := strings.Cut(strings.TrimPrefix(m, "expected required property "), " ")
		return strings.TrimPrefix(field+"."+name, "."), "error.required", nil
	case strings.HasPrefix(m, "expected length <= "):
		return field, "error.tooLong", []string{strings.TrimPrefix(m, "expected length <= "), lengthOf(d.Value)}
	case strings.HasPrefix(m, "cannot read multipart form"):
		return field, "error.form", nil
	case strings.Contains(m, "one of"):
		return field, "error.choose", nil
	case strings.HasPrefix(m, "required "), m == "File required":
		return field, "error.required", nil
	case m == "invalid integer":
		return field, "error.number", nil
	case strings.HasPrefix(m, "expected "):
		return field, "error.type", nil
	}
	return field, "error.value", nil
}

func lengthOf(v any) string { return strconv.Itoa(utf8.RuneCountInString(fmt.Sprint(v))) }

// fiberError shows what fails outside the described operations.
func (a *API) fiberError(c *fiber.Ctx, err error) error {
	status := statusOf(err)
	if status >= 500 {
		a.cfg.Log.Error("request failed", "path", c.Route().Path, "request", requestID(c), "err", err)
	}
	return sendProblem(c, problemOf(language(c), err))
}

func sendProblem(c *fiber.Ctx, p *Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("api.sendProblem: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(p.Status).Send(body)
}

// language is the reader's: the cookie lang, else Accept-Language, else Chinese.
func language(c *fiber.Ctx) string {
	if l := c.Cookies(langCookie); l == "en" || l == "zh-CN" {
		return l
	}
	for _, part := range strings.Split(c.Get(fiber.HeaderAcceptLanguage), ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "zh"):
			return "zh-CN"
		case strings.HasPrefix(tag, "en"):
			return "en"
		}
	}
	return "zh-CN"
}

// langCookie holds the language that a reader chose; the app reads it too.
const langCookie = "lang"

func keepLanguage(c *fiber.Ctx, lang string) {
	c.Cookie(&fiber.Cookie{Name: langCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, SameSite: "Lax"})
}
