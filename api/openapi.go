package api

import (
	"encoding/json"
	"fmt"
	"html"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

func newHuma(app *fiber.App) huma.API {
	cfg := huma.DefaultConfig("Lianqiao 链桥", "1")
	cfg.CreateHooks = nil // no $schema property in every answer
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath = "", "", ""
	cfg.AllowAdditionalPropertiesByDefault = true
	cfg.Formats = map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()}
	return humafiber.New(app, cfg)
}

// OpenAPI describes the API (OpenAPI 3.1, YAML). It needs no server.
func OpenAPI() ([]byte, error) {
	a := &API{hub: newHub()}
	a.describe(fiber.New(fiber.Config{DisableStartupMessage: true}))
	y, err := a.huma.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("api.OpenAPI: %w", err)
	}
	return y, nil
}

func (a *API) mountDescription(app *fiber.App) {
	app.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		b, err := json.Marshal(a.huma.OpenAPI())
		if err != nil {
			return err
		}
		c.Type("json", "utf-8")
		return c.Send(b)
	})
	app.Get("/api/openapi.yaml", func(c *fiber.Ctx) error {
		b, err := a.huma.OpenAPI().YAML()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/yaml")
		return c.Send(b)
	})
	app.Get("/api/docs", func(c *fiber.Ctx) error {
		c.Type("html", "utf-8")
		return c.SendString(docs(a.huma.OpenAPI()))
	})
}

// docs is a page of all operations, without anything from elsewhere.
func docs(o *huma.OpenAPI) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lianqiao API</title>` +
		`<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f2;padding:1rem;overflow:auto}</style>` +
		`<h1>Lianqiao API</h1><p><a href="/api/openapi.yaml">openapi.yaml</a> <a href="/api/openapi.json">openapi.json</a></p>`)
	var paths []string
	for p := range o.Paths {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		i := o.Paths[p]
		for _, op := range []*huma.Operation{i.Get, i.Post, i.Put, i.Delete} {
			if op == nil {
				continue
			}
			text, _ := json.MarshalIndent(op, "", "  ")
			fmt.Fprintf(&b, "<details><summary><b>%s</b> <code>%s</code> %s</summary><pre>%s</pre></details>", op.Method, html.EscapeString(p), html.EscapeString(fmt.Sprint(op.Extensions["x-permission"])), html.EscapeString(string(text)))
		}
	}
	text, _ := json.MarshalIndent(o.Components, "", "  ")
	fmt.Fprintf(&b, "<h2>Shapes</h2><pre>%s</pre></html>", html.EscapeString(string(text)))
	return b.String()
}
