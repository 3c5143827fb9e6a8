package search

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"lianqiao/market"
)

// cursor is where a page ended: the sort keys of its last listing, and what
// the following pages must keep of the first one.
type cursor struct {
	Keys []string `json:"k"`
	AsOf int64    `json:"t"` // ms
	Way  way      `json:"w,omitempty"`
	Near bool     `json:"n,omitempty"`
	// A word of the text is taken for the place where it is the name of one.
	Placed bool   `json:"p,omitempty"`
	Of     uint32 `json:"q"` // fingerprint of the query it belongs to
	// What the terms of the text were worth on the first page.
	Rarities []int `json:"r,omitempty"`
}

func (c cursor) spell() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// parseCursor reads q.After. A cursor that is not ours, or belongs to another
// question, is the caller's error.
func parseCursor(after string, q *Query) (cursor, error) {
	var c cursor
	bad := market.Bad("after", "error.cursor")
	if len(after) > 4000 {
		return c, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return c, bad
	}
	if c.Of != q.fingerprint() || len(c.Keys) != len(sortOf(q.Sort)) || c.AsOf <= 0 {
		return c, bad
	}
	if q.Sort == ByRelevance {
		if _, err := strconv.ParseFloat(c.Keys[0], 64); err != nil {
			return c, bad
		}
	}
	q.AsOf = time.UnixMilli(c.AsOf)
	return c, nil
}

// fingerprint tells questions apart; pages of one question share it.
func (q *Query) fingerprint() uint32 {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%q %q %q %q %q %q %d %d %q", q.Text, q.Side, q.Class, q.Region, q.Clusters, q.Honour, q.PriceMin, q.PriceMax, q.Sort)
	return h.Sum32()
}
