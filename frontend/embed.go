// Package frontend carries the built web app, the public pages' templates and
// the text catalogues inside the binary.
package frontend

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// all: is needed because a plain pattern drops names that begin with . or _.
//
//go:embed all:dist all:pages text
var files embed.FS

// Languages are the languages of the catalogues, the default one first.
var Languages = []string{"zh-CN", "en"}

var catalogues = readCatalogues()

// Dist is the built single-page app; it holds only .gitkeep before a build.
func Dist() fs.FS { return sub("dist") }

// Pages holds the public pages' templates and style sheets.
func Pages() fs.FS { return sub("pages") }

// Text is the text of key in lang with {0}, {1} … replaced by args. A language
// without the key falls back to the default one, an unknown key is returned itself.
func Text(lang, key string, args ...string) string {
	text, ok := catalogues[lang][key]
	if !ok {
		text, ok = catalogues[Languages[0]][key]
	}
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// sub panics only when the embed pattern above is wrong, which every start shows.
func sub(dir string) fs.FS {
	out, err := fs.Sub(files, dir)
	if err != nil {
		panic(err)
	}
	return out
}

// readCatalogues panics on a broken catalogue: the binary was built wrongly.
func readCatalogues() map[string]map[string]string {
	out := make(map[string]map[string]string, len(Languages))
	for _, lang := range Languages {
		raw, err := files.ReadFile("text/" + lang + ".json")
		if err != nil {
			panic(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			panic(fmt.Errorf("text/%s.json: %w", lang, err))
		}
		out[lang] = texts
	}
	return out
}
