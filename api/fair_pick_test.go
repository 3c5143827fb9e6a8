package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestPicks: who was asked accepts by picking a free place; the other sees it,
// either moves or cancels it, a third is told what is taken, and who was not
// asked learns nothing of when a firm is free.
func TestPicks(t *testing.T) {
	w := newFairWorld(t, lite(t), 1)
	f, err := w.store.Fair(t.Context(), w.fair.ID)
	require.NoError(t, err)
	f.Regime, f.Phase, f.Tables = market.RegimePick, market.FairWish, f.Tables[:1]
	require.NoError(t, w.store.UpdateFair(t.Context(), market.Actor{}, &f))
	status, _ := w.do(w.tokens[2], "PUT", "/api/fairs/{fair}/registration", `{"role":"both"}`)
	require.Equal(t, 200, status)
	wish := func(by, other, mark string) {
		status, _ := w.do(by, "PUT", "/api/fairs/{fair}/wishes/"+other, `{"mark":"`+mark+`"}`)
		require.Equal(t, 204, status)
	}
	shown := func(who string) string {
		status, text := w.do(who, "GET", "/api/fairs/{fair}/counterparts", "")
		require.Equal(t, 200, status)
		return text
	}
	a, b, c := w.tokens[0], w.tokens[1], w.tokens[2]
	status, none := w.do(b, "GET", "/api/fairs/{fair}/openings/{a}", "")
	require.Equal(t, 404, status, "nobody asked")
	status, missing := w.do(b, "GET", "/api/fairs/{fair}/openings/"+market.NewID(), "")
	require.Equal(t, 404, status)
	require.Equal(t, none, missing)
	wish(a, "{b}", "must")
	wish(a, "{c}", "no")
	require.Contains(t, shown(b), `"asks":true`)
	require.NotContains(t, shown(b), `"must"`, "how much it wants is its own affair")
	require.NotContains(t, shown(c), `"asks":true`)
	status, text := w.do(b, "GET", "/api/fairs/{fair}/openings/{a}", "")
	require.Equal(t, 200, status)
	require.Contains(t, text, `{"slot":2,"tables":[1]}`)
	status, _ = w.do(a, "GET", "/api/fairs/{fair}/openings/{b}", "")
	require.Equal(t, 404, status, "it is the other's to accept")
	status, text = w.do(b, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":2}`)
	require.Equal(t, 200, status, text)
	require.Contains(t, shown(a), `"met":{"slot":2,"table":1}`)
	status, text = w.do(a, "GET", "/api/fairs/{fair}/timetable", "")
	require.Equal(t, 200, status)
	require.Contains(t, text, "乙厂", "one's own picks are seen before the release")
	status, text = w.do(c, "GET", "/api/fairs/{fair}/timetable", "")
	require.Equal(t, 200, status)
	require.NotContains(t, text, "乙厂")

	wish(b, "{c}", "want")
	status, text = w.do(c, "PUT", "/api/fairs/{fair}/picks/{b}", `{"slot":2}`)
	require.Equal(t, 409, status)
	require.Contains(t, text, "09:20")
	wish(a, "{c}", "want")
	status, text = w.do(c, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":3,"table":1}`)
	require.Equal(t, 200, status, text)
	status, text = w.do(b, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":3}`)
	require.Equal(t, 409, status)
	require.Contains(t, text, "09:40")
	require.Contains(t, shown(b), `"met":{"slot":2,"table":1}`, "the choice is kept")
	status, _ = w.do(b, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":4}`)
	require.Equal(t, 200, status)

	// A veto of the other looks like silence, or like another talk.
	status, text = w.do(w.tokens[0], "DELETE", "/api/fairs/{fair}/picks/{b}", "")
	require.Equal(t, 204, status, text)
	status, _ = w.do(w.tokens[0], "DELETE", "/api/fairs/{fair}/picks/{b}", "")
	require.Equal(t, 404, status)
	require.NotContains(t, shown(b), `"slot":4`)
	wish(a, "{b}", "no")
	require.NotContains(t, shown(b), `"asks":true`)
	status, veto := w.do(b, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":5}`)
	require.Equal(t, 404, status)
	require.NotContains(t, strings.ToLower(veto), "refused")

	w.phase(market.FairFinal)
	status, _ = w.do(c, "PUT", "/api/fairs/{fair}/picks/{a}", `{"slot":5}`)
	require.Equal(t, 409, status, "final")
}
