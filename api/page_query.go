package api

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// pageParams are the parameters of the search page, in the order in which
// links spell them, so that one search has one address.
var pageParams = []string{"q", "side", "class", "region", "cluster", "honour", "price_min", "price_max", "sort"}

// param is one name and value of an address.
type param struct{ Name, Value string }

// pageQuery copies what the search page knows of the address; cursor and unknown
// names fall away.
func pageQuery(c *fiber.Ctx) []param {
	var out []param
	for _, name := range pageParams {
		if v := strings.TrimSpace(c.Query(name)); v != "" {
			out = append(out, param{name, v})
		}
	}
	return out
}

// with spells the query with one parameter set anew, or left out when the value is empty.
func with(params []param, name, value string) string {
	var b strings.Builder
	add := func(k, v string) {
		if b.Len() == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(k + "=" + url.QueryEscape(v))
	}
	for _, p := range params {
		if p.Name != name {
			add(p.Name, p.Value)
		}
	}
	if value != "" {
		add(name, value)
	}
	return b.String()
}

// without leaves parameters out.
func without(params []param, names ...string) []param {
	var out []param
	for _, p := range params {
		drop := false
		for _, n := range names {
			drop = drop || p.Name == n
		}
		if !drop {
			out = append(out, p)
		}
	}
	return out
}

// link is a choice on a page.
type link struct {
	Name, URL string
	Count     int
	On        bool
}
