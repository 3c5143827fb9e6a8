package market

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func claim(stage Stage, fen int64) Claim {
	return Claim{Stage: stage, Fen: fen, Day: "2026-11-20"}
}

func band(fen int64) Claim {
	c := claim(StageContract, fen)
	c.UpTo, _ = BandEnd(fen)
	return c
}

func TestResult(t *testing.T) {
	for name, c := range map[string]struct {
		by, to Claim
		want   Result
	}{
		"nobody said anything": {Claim{}, Claim{}, Result{}},
		"one side":             {claim(StageContract, 500), Claim{}, Result{Stage: StageContract, Fen: 500, Day: "2026-11-20", Strength: Claimed}},
		"both alike":           {claim(StageContract, 500), claim(StageContract, 500), Result{Stage: StageContract, Fen: 500, Day: "2026-11-20", Strength: Confirmed}},
		"the earlier stage":    {claim(StageDelivered, 500), claim(StageContract, 500), Result{Stage: StageContract, Fen: 500, Day: "2026-11-20", Strength: Confirmed}},
		"different amounts":    {claim(StageContract, 500), claim(StageContract, 900), Result{Stage: StageContract, Fen: 500, Day: "2026-11-20", Strength: Claimed}},
		"both the band":        {band(Bands[3]), band(Bands[3]), Result{Stage: StageContract, Fen: Bands[3], UpTo: Bands[4], Day: "2026-11-20", Strength: Confirmed}},
		"a sum in the band":    {claim(StageContract, Bands[3]+1), band(Bands[3]), Result{Stage: StageContract, Fen: Bands[3], UpTo: Bands[4], Day: "2026-11-20", Strength: Confirmed}},
		"its lower end":        {claim(StageContract, Bands[3]), band(Bands[3]), Result{Stage: StageContract, Fen: Bands[3], UpTo: Bands[4], Day: "2026-11-20", Strength: Confirmed}},
		"above the band":       {claim(StageContract, Bands[4]), band(Bands[3]), Result{Stage: StageContract, Fen: Bands[3], UpTo: Bands[4], Day: "2026-11-20", Strength: Claimed}},
		"below the band":       {band(Bands[5]), claim(StageContract, Bands[5]-1), Result{Stage: StageContract, Fen: Bands[5] - 1, Day: "2026-11-20", Strength: Claimed}},
		"the band without end": {band(Bands[5]), claim(StageContract, 10*Bands[5]), Result{Stage: StageContract, Fen: Bands[5], UpTo: AmountMost, Day: "2026-11-20", Strength: Confirmed}},
		"two bands":            {band(Bands[0]), band(Bands[1]), Result{Stage: StageContract, Fen: Bands[0], UpTo: Bands[1], Day: "2026-11-20", Strength: Claimed}},
		"a sample is no sum":   {claim(StageContract, 500), claim(StageSample, 0), Result{Stage: StageSample, Day: "2026-11-20", Strength: Confirmed}},
	} {
		o := Outcome{By: "a", To: "b", Claims: map[string]Claim{"a": c.by, "b": c.to}}
		require.Equal(t, c.want, o.Result(), name)
	}
	o := Outcome{By: "a", To: "b", Claims: map[string]Claim{"a": claim(StageContract, 500)}, SeenBy: "u", SeenStage: StageContract, SeenFen: 500}
	require.Equal(t, Seen, o.Result().Strength)
	o.Claims["a"] = claim(StageContract, 700)
	require.Equal(t, Claimed, o.Result().Strength, "the document says another figure")
	o.Claims["a"], o.SeenFen, o.SeenUpTo = band(Bands[0]), Bands[0], 0
	require.Equal(t, Claimed, o.Result().Strength, "what was seen was that sum, not the band that begins with it")
}

// TestNoSumIsLargerThanEitherSays: whatever two firms claim.
func TestNoSumIsLargerThanEitherSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) Claim {
			c := claim(rapid.SampledFrom(Stages).Draw(t, "stage"), 0)
			if c.Stage.Counts() {
				c.Fen = rapid.SampledFrom([]int64{1, 2, Bands[0] - 1, Bands[0], Bands[0] + 1, Bands[1], Bands[4], Bands[5], Bands[5] + 1}).Draw(t, "fen")
				if end, ok := BandEnd(c.Fen); ok && rapid.Bool().Draw(t, "band") {
					c.UpTo = end
				}
			}
			return c
		})
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		o := Outcome{By: "a", To: "b", Claims: map[string]Claim{"a": a, "b": b}}
		r := o.Result()
		if r.Fen > max(a.Fen, b.Fen) || a.Fen > 0 && b.Fen > 0 && r.Fen > min(a.Fen, b.Fen) || r.Stage.Rank() > min(a.Stage.Rank(), b.Stage.Rank()) {
			t.Fatalf("%+v of %+v and %+v", r, a, b)
		}
		if r.Strength == Confirmed && r.Fen != 0 && !(saysNoOther(a, r) && saysNoOther(b, r)) {
			t.Fatalf("confirmed %+v of %+v and %+v", r, a, b)
		}
		swapped := Outcome{By: "b", To: "a", Claims: o.Claims}
		if s := swapped.Result(); s.Stage != r.Stage || s.Fen != r.Fen || s.UpTo != r.UpTo || s.Strength != r.Strength {
			t.Fatalf("who asked matters: %+v and %+v", r, s)
		}
	})
}

// saysNoOther reports whether a claim says no other sum than a result.
func saysNoOther(c Claim, r Result) bool {
	return c.Fen == r.Fen && c.UpTo == r.UpTo || r.UpTo > 0 && c.UpTo == 0 && r.Fen <= c.Fen && c.Fen < r.UpTo
}

func TestClaimCheck(t *testing.T) {
	require.NoError(t, claim(StageContract, 1).Check(noon))
	require.NoError(t, claim(StageSample, 0).Check(noon))
	require.Error(t, claim(StageContract, 0).Check(noon), "a contract has an amount")
	require.Error(t, claim("dream", 1).Check(noon))
	for _, fen := range Bands {
		require.NoError(t, band(fen).Check(noon))
		made := band(fen)
		made.UpTo++
		require.Error(t, made.Check(noon), "no such band")
	}
	made := band(Bands[2])
	made.Fen++
	require.Error(t, made.Check(noon), "no such band")
	future := claim(StageSample, 0)
	future.Day = noon.AddDate(0, 0, 5).Format(time.DateOnly)
	require.Error(t, future.Check(noon))
	ended := claim(StageSample, 0)
	ended.Ended = true
	require.Error(t, ended.Check(noon))
	ended.Reason = "price"
	require.NoError(t, ended.Check(noon))
}

func TestSum(t *testing.T) {
	o := Outcome{By: "a", To: "b", Claims: map[string]Claim{"a": claim(StageContract, 500), "b": claim(StageContract, 500)}}
	one := Outcome{By: "a", To: "c", Claims: map[string]Claim{"a": claim(StageContract, 300)}}
	banded := Outcome{By: "a", To: "d", Claims: map[string]Claim{"d": band(Bands[2])}}
	require.Equal(t, []Figure{{StageContract, Claimed, 2, 1, Bands[2] + 300}, {StageContract, Confirmed, 2, 0, 1000}}, Sum([]Outcome{o, one, banded, o, {By: "x", To: "y"}}))
}
