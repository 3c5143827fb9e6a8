package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// word is anything in quotes that may be the key of a text, or the beginning or
// the end of one that is put together from data.
var word = regexp.MustCompile("[\"'`]([\\w-]+(?:\\.[\\w-]*)*)(?:[\"'`%]|\\$\\{)|tOf\\(['\"]([\\w.]+)['\"]")

// TestTextKeys: every key that the code spells out has a text, and every text is
// asked for somewhere. frontend/text_test.go holds both languages to the same keys.
func TestTextKeys(t *testing.T) {
	raw, err := os.ReadFile("frontend/text/zh-CN.json")
	require.NoError(t, err)
	texts := map[string]string{}
	require.NoError(t, json.Unmarshal(raw, &texts))
	families := map[string]bool{}
	for key := range texts {
		family, _, _ := strings.Cut(key, ".")
		families[family] = true
	}
	whole, begun := map[string]string{}, map[string]string{} // what is spelled out → where
	for _, file := range sources(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range word.FindAllStringSubmatch(string(text), -1) {
			switch key := m[1] + m[2]; {
			case m[2] != "":
				begun[key+"."] = file
			case strings.HasSuffix(key, "."):
				begun[key] = file
			default:
				whole[key] = file
			}
		}
	}
	for key, file := range whole {
		family, _, dotted := strings.Cut(key, ".")
		if _, ok := texts[key]; !ok && dotted && families[family] {
			t.Errorf("%s names %q, which has no text", file, key)
		}
	}
	for key, file := range begun {
		family, _, _ := strings.Cut(key, ".")
		if families[family] && !slices.ContainsFunc(keysOf(texts), func(k string) bool { return strings.HasPrefix(k, key) }) {
			t.Errorf("%s begins keys with %q, and there is none", file, key)
		}
	}
	for key := range texts {
		if _, ok := whole[key]; !ok && !slices.ContainsFunc(prefixes(key), func(p string) bool { _, ok := begun[p]; return ok }) {
			t.Errorf("nobody asks for the text %q", key)
		}
	}
}

// prefixes are the beginnings of a key that end with a point.
func prefixes(key string) (out []string) {
	for i := range key {
		if key[i] == '.' {
			out = append(out, key[:i+1])
		}
	}
	return out
}

func keysOf(texts map[string]string) []string {
	out := make([]string, 0, len(texts))
	for k := range texts {
		out = append(out, k)
	}
	return out
}

// sources are the files that show texts: Go, TypeScript and templates, without tests.
func sources(t *testing.T) (out []string) {
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", "dist", ".git", "e2e", "data"}, d.Name()) {
			return filepath.SkipDir
		}
		name := d.Name()
		if slices.Contains([]string{".go", ".ts", ".tsx", ".html"}, filepath.Ext(name)) && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, ".test.") && !strings.HasSuffix(name, ".d.ts") {
			out = append(out, path)
		}
		return nil
	}))
	require.Greater(t, len(out), 200)
	return out
}
