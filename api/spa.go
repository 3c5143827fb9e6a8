package api

import (
	"io/fs"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lianqiao/frontend"
)

const appCSP = "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// mountApp serves the signed-in app from the binary.
func (a *API) mountApp(app *fiber.App) {
	app.Get("/app", a.sendApp)
	app.Get("/app/*", a.sendApp)
}

// sendApp sends a built file, or the app's one page for an address inside the app.
func (a *API) sendApp(c *fiber.Ctx) error {
	dist := frontend.Dist()
	name := strings.TrimPrefix(path.Clean("/"+c.Params("*")), "/")
	info, err := fs.Stat(dist, name)
	found := name != "" && fs.ValidPath(name) && err == nil && !info.IsDir()
	switch {
	case !found && path.Ext(name) != "":
		return fiber.ErrNotFound
	case !found:
		name = "index.html"
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if strings.HasPrefix(name, "assets/") {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	if name == "index.html" {
		c.Set(fiber.HeaderContentSecurityPolicy, appCSP)
		// The app's own texts go by the cookie alone, what the server words by what
		// the browser prefers too: with the cookie both speak one language.
		if c.Cookies(langCookie) == "" {
			keepLanguage(c, language(c))
		}
	}
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	for _, e := range []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !strings.Contains(c.Get(fiber.HeaderAcceptEncoding), e.name) {
			continue
		}
		if b, err := fs.ReadFile(dist, name+e.ext); err == nil {
			c.Set(fiber.HeaderContentEncoding, e.name)
			return sendFile(c, name, b)
		}
	}
	b, err := fs.ReadFile(dist, name)
	if err != nil {
		return fiber.ErrNotFound
	}
	return sendFile(c, name, b)
}

func sendFile(c *fiber.Ctx, name string, b []byte) error {
	c.Type(strings.TrimPrefix(path.Ext(name), "."), "utf-8")
	return c.Send(b)
}
