package matcher

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestWording: names that no table knows are one product when they are worded
// nearly alike and end alike, and only then.
func TestWording(t *testing.T) {
	now := time.Now()
	total := func(need, supply string, w Wording) int {
		n, s := market.Listing{Side: market.Need, Title: need}, market.Listing{Side: market.Supply, Title: supply}
		got, terms := Present().Score(NewSide(n, market.Enterprise{}), NewSide(s, market.Enterprise{}), w, now)
		i := slices.IndexFunc(terms, func(t market.Term) bool { return t.Name == market.TermWording })
		require.GreaterOrEqual(t, i, 0)
		require.Equal(t, need, terms[i].Need)
		require.Equal(t, w == Wording{}, terms[i].Verdict == market.Unknown)
		return got
	}
	near := Wording{Need: 0.85, Supply: 0.8}
	require.GreaterOrEqual(t, total("漂白用浸湿剂", "漂白润湿剂", near), DefaultThreshold)
	require.Less(t, total("漂白用浸湿剂", "漂白润湿剂", Wording{Need: 0.3, Supply: 0.3}), DefaultThreshold)
	require.Less(t, total("漂白用浸湿剂", "漂白润湿机", near), DefaultThreshold, "another kind of thing")
	require.Less(t, total("浴巾", "床单", near), DefaultThreshold, "the tables know that they are two")
	require.Greater(t, total("铝棒", "铝棒", Wording{Need: 1, Supply: 1}), total("铝棒", "铝棒", Wording{Need: 0.5, Supply: 0.5}))
}
