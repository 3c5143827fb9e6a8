package api

import (
	"strings"
	"time"

	"lianqiao/frontend"
	"lianqiao/region"
)

// pageAmount writes "60 吨/月"; nothing where no quantity is stated.
func pageAmount(q Quantity, lang string) string {
	if q.Amount == "" {
		return ""
	}
	s := strings.TrimSpace(groupDigits(q.Amount) + " " + q.Unit)
	if q.Per == "month" {
		s += "/" + frontend.Text(lang, "page.perMonth")
	}
	return s
}

// pageDay writes 2026-11-20; nothing for no time.
func pageDay(t *time.Time) string {
	if t == nil {
		return ""
	}
	return dayOf(*t)
}

// pageRegion names the place alone, without its parents.
func pageRegion(code string) string {
	r, ok := region.ByCode(code)
	if !ok {
		return code
	}
	return r.Name
}
