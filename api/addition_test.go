package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestWords: an operator adds, finds, pages and removes his cluster's words;
// faults are named by field.
func TestWords(t *testing.T) { onBoth(t, words) }

func words(t *testing.T, w *world) {
	operator := w.user(market.Membership{Role: market.Operator, ClusterID: "luquan"})
	add := func(kind string, words ...string) ask {
		return ask{by: operator, method: "POST", path: "/api/operator/words", body: map[string]any{"cluster_id": "luquan", "kind": kind, "words": words, "class": "77"}}
	}
	var made, relation Addition
	w.ok(200, add("same", "刹车片", "来令片")).into(t, &made)
	require.Equal(t, []string{"刹车片", "来令片"}, made.Words)
	w.fails(409, add("same", "来令片", "刹车片"))
	fields := func(p Problem) (out []string) {
		for _, f := range p.Errors {
			out = append(out, f.Field)
		}
		return out
	}
	require.Equal(t, []string{"words[0]", "words[1]"}, fields(w.fails(422, add("same", "求购", "片"))))
	require.Equal(t, []string{"class"}, fields(w.fails(422, add("class", "来令片"))))
	w.ok(200, add("relation", "钢背", "来令片")).into(t, &relation)
	require.InDelta(t, 1.0, relation.Weight, 0)

	list := func(query string) (page itemsOf[Addition]) {
		w.ok(200, ask{by: operator, path: "/api/operator/words?cluster=luquan" + query}).into(t, &page)
		return page
	}
	page := list("&limit=1")
	require.Len(t, page.Items, 1)
	require.Equal(t, relation.ID, page.Items[0].ID)
	require.NotEmpty(t, page.Items[0].By)
	require.Equal(t, made.ID, list("&limit=1&after=" + *page.Next).Items[0].ID)
	require.Len(t, list("&kind=same").Items, 1)
	require.Len(t, list("&q=%E9%92%A2").Items, 1)
	for _, elsewhere := range []string{"?cluster=luancheng", ""} {
		w.fails(404, ask{by: operator, path: "/api/operator/words" + elsewhere})
	}
	w.ok(204, ask{by: operator, method: "DELETE", path: "/api/operator/words/" + made.ID})
	require.Len(t, list("").Items, 1)
}
