package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/valyala/fasthttp"

	"lianqiao/frontend"
	"lianqiao/market"
)

// pageCSP lets a public page load only what is ours. The pages work without
// script; the one they name copies a link.
const pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// pages are the public pages' templates, one set for each language.
type pages map[string]*template.Template

func readPages() pages {
	p := pages{}
	for _, lang := range []string{"zh-CN", "en"} {
		funcs := template.FuncMap{
			"t":     func(key string, args ...any) string { return frontend.Text(lang, key, argTexts(args)...) },
			"money": groupDigits,
			"said":  func(s Said) string { return s.text(lang) },
			"gold": func(k any) bool {
				return strings.Contains("leader giant champion specialised", fmt.Sprint(k))
			},
			"next": func(i int) int { return i + 1 },
		}
		p[lang] = template.Must(template.New("pages").Funcs(funcs).ParseFS(frontend.Pages(), "*.html"))
	}
	return p
}

func argTexts(args []any) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = fmt.Sprint(a)
	}
	return out
}

// groupDigits writes 22600.00 as 22,600 and 4.60 as 4.60.
func groupDigits(amount string) string {
	whole, fraction, _ := strings.Cut(amount, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if strings.Trim(fraction, "0") == "" {
		return whole
	}
	return whole + "." + fraction
}

// frame is what every page has round its body.
type frame struct {
	Lang, OtherLang, OtherURL  string
	Title, Description         string
	Canonical, BodyClass, Here string
	Picture                    string // what stands for the page where its address is sent on
	NoIndex, Signed            bool
	Version                    string
	Body                       any
}

// pageSite serves the public pages.
type pageSite struct {
	api   *API
	pages pages
	files map[string]linked // what the pages link to
	stamp string            // of the files: a changed one gets a new address
	hall  hall
}

// linked is a file as it is, and packed as tightly as brotli can.
type linked struct{ plain, packed []byte }

// linkedFiles are the style sheet (tokens first), the icon and the script.
func linkedFiles() (files map[string]linked, stamp string) {
	whole, sum := map[string][]byte{}, sha256.New()
	for _, part := range [][2]string{{"style.css", "tokens.css"}, {"style.css", "style.css"}, {"icon.svg", "icon.svg"}, {"share.js", "share.js"}} {
		// A binary built without them is broken, as one with a bad template is.
		content, err := fs.ReadFile(frontend.Pages(), part[1])
		if err != nil {
			panic(err)
		}
		whole[part[0]] = append(whole[part[0]], content...)
		sum.Write(content)
	}
	files = make(map[string]linked, len(whole))
	for name, content := range whole {
		files[name] = linked{content, fasthttp.AppendBrotliBytesLevel(nil, content, fasthttp.CompressBrotliBestCompression)}
	}
	return files, hex.EncodeToString(sum.Sum(nil)[:6])
}

func newPageSite(a *API) *pageSite {
	s := &pageSite{api: a, pages: readPages(), hall: newHall()}
	s.files, s.stamp = linkedFiles()
	return s
}

// mount adds the server-rendered public pages. They work without script, say
// the same to everybody, and are small enough for a slow phone.
func (s *pageSite) mount(app *fiber.App) {
	small := compress.New(compress.Config{Level: compress.LevelBestSpeed})
	app.Get("/", small, s.shown(s.home))
	app.Get("/listings/:id", small, s.shown(s.listing))
	app.Get("/listings/:id/qr.svg", small, s.listingQR)
	app.Get("/enterprises", small, s.shown(s.directory))
	app.Get("/enterprises/:id", small, s.shown(s.enterprise))
	app.Get("/sign-in", func(c *fiber.Ctx) error { return c.Redirect("/app/sign-in", fiber.StatusSeeOther) })
	app.Get("/pages/:file", small, s.file)
	s.mountFairPages(app, small)
	s.mountNoticePages(app)
	app.Get("/sitemap.xml", small, s.sitemap)
	app.Get("/robots.txt", s.robots)
}

// shown runs a page and shows its error, if any, as a page as well. A page
// without a name has answered by itself, with another address.
func (s *pageSite) shown(page func(c *fiber.Ctx, f *frame) (name string, err error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f := s.frame(c)
		name, err := page(c, f)
		if err != nil {
			name = s.fault(c, f, err)
		}
		if name == "" {
			return nil
		}
		return s.render(c, name, f)
	}
}

// fallen shows people a page where a request fails outside a page; programs
// get the problem.
func (s *pageSite) fallen(c *fiber.Ctx) error {
	err := c.Next()
	if err == nil || strings.HasPrefix(c.Path(), "/api/") || !strings.Contains(c.Get(fiber.HeaderAccept), "text/html") {
		return err
	}
	f := s.frame(c)
	return s.render(c, s.fault(c, f, err), f)
}

func (s *pageSite) render(c *fiber.Ctx, name string, f *frame) error {
	var out bytes.Buffer
	if err := s.pages[f.Lang].ExecuteTemplate(&out, name, f); err != nil {
		return fmt.Errorf("api.render(%s): %w", name, err)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, pageCSP)
	c.Set(fiber.HeaderCacheControl, "private, no-cache, no-transform")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderContentLanguage, f.Lang)
	c.Append(fiber.HeaderVary, "Accept-Language", "Cookie")
	c.Type("html", "utf-8")
	return c.Send(out.Bytes())
}

// frame chooses the language (?lang= is kept in a cookie) and knows the way to the other one.
func (s *pageSite) frame(c *fiber.Ctx) *frame {
	lang := language(c)
	if asked := c.Query("lang"); asked == "zh-CN" || asked == "en" {
		lang = asked
		keepLanguage(c, lang)
	}
	other := map[string]string{"zh-CN": "en", "en": "zh-CN"}[lang]
	return &frame{
		Lang: lang, OtherLang: other, OtherURL: c.Path() + with(pageQuery(c), "lang", other),
		Canonical: s.api.cfg.BaseURL + c.Path(), Signed: s.api.actor(c).UserID != "", Version: s.stamp,
	}
}

// fault turns an error into a page. What is internal is logged under a number, never shown.
func (s *pageSite) fault(c *fiber.Ctx, f *frame, err error) string {
	status := statusOf(err)
	worded := status
	switch status {
	case 404, 429:
	case 400, 405, 413, 415, 422, 431:
		worded = 400
	case 401, 403:
		status, worded = 404, 404
	default:
		status, worded = 500, 500
		s.api.cfg.Log.Error("page", "path", c.Path(), "request", requestID(c), "err", err)
	}
	c.Status(status)
	body := struct{ Text, Number string }{Text: frontend.Text(f.Lang, fmt.Sprintf("page.error.%d.text", worded))}
	if status == 500 {
		body.Number = requestID(c)
	}
	f.Title, f.NoIndex, f.Canonical, f.Body = frontend.Text(f.Lang, fmt.Sprintf("page.error.%d.title", worded)), true, "", body
	return "error"
}

// file serves what the pages link to, for ever: its address changes with it.
func (s *pageSite) file(c *fiber.Ctx) error {
	content, ok := s.files[c.Params("file")]
	if !ok {
		return market.ErrNotFound
	}
	c.Type(strings.TrimPrefix(path.Ext(c.Params("file")), "."), "utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	if strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "br") {
		c.Set(fiber.HeaderContentEncoding, "br")
		c.Append(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		return c.Send(content.packed)
	}
	return c.Send(content.plain)
}

func (s *pageSite) robots(c *fiber.Ctx) error {
	c.Type("txt", "utf-8")
	return c.SendString("User-agent: *\nDisallow: /app\nDisallow: /api\nDisallow: /*after=\nSitemap: " + s.api.cfg.BaseURL + "/sitemap.xml\n")
}

// sitemap lists the newest live listings; older ones are found through their firms.
func (s *pageSite) sitemap(c *fiber.Ctx) error {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	base := template.HTMLEscapeString(s.api.cfg.BaseURL)
	fmt.Fprintf(&out, "<url><loc>%s/</loc></url>\n<url><loc>%s/enterprises</loc></url>\n<url><loc>%s/fairs</loc></url>\n", base, base, base)
	fairs, err := s.api.comingFairs(c.UserContext(), "")
	if err != nil {
		return err
	}
	for _, f := range fairs {
		fmt.Fprintf(&out, "<url><loc>%s/fairs/%s</loc></url>\n", base, f.ID)
	}
	after := ""
	for range 50 {
		listings, err := s.api.cfg.Store.ScanListings(c.UserContext(), market.Live, after, 1000)
		if err != nil {
			return err
		}
		for _, l := range listings {
			fmt.Fprintf(&out, "<url><loc>%s/listings/%s</loc><lastmod>%s</lastmod></url>\n", base, l.ID, l.UpdatedAt.Format(time.DateOnly))
			after = l.ID
		}
		if len(listings) < 1000 {
			break
		}
	}
	out.WriteString("</urlset>\n")
	c.Type("xml", "utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.SendString(out.String())
}
