package market

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ledger is what really happened, written down beside the state machine in the
// plainest way: who holds whose consent, and what was disclosed.
type ledger struct {
	consent map[string]bool
	over    bool // declined, lapsed or withdrawn
	opened  bool
	audit   []string
}

// TestDisclosure: through 100,000 random steps no contact is open before both
// consented and both are verified, every disclosure has its two consents and
// its audit line, and what was taken back is closed in the same step.
func TestDisclosureSteps(t *testing.T) {
	const steps = 1000 // times the 100 runs of rapid
	total := 0
	rapid.Check(t, func(t *rapid.T) {
		now := noon
		firms := map[string]*Enterprise{"by": {ID: "by"}, "to": {ID: "to"}, "third": {ID: "third"}}
		actors := map[string]Actor{"by": {UserID: "u1", EnterpriseID: "by"}, "to": {UserID: "u2", EnterpriseID: "to"}, "third": {UserID: "u3", EnterpriseID: "third"}, "nobody": {}}
		var i Introduction
		real := ledger{over: true}
		names := []string{"by", "to", "by", "to", "third", "nobody"}
		for _, draw := range rapid.SliceOfN(rapid.IntRange(0, 9*6-1), steps, steps).Draw(t, "steps") {
			total++
			who := names[draw%6]
			a := actors[who]
			now = now.Add(time.Hour)
			before := i
			var err error
			switch draw / 6 {
			case 0: // a new one, when the old one is over; an operator's has nobody's consent yet
				if real.over && who == "nobody" {
					if i, err = Introduce(Introduction{ID: fmt.Sprint(total), By: "by", To: "to"}, Actor{UserID: "op"}, now); err != nil {
						t.Fatal(err)
					}
					real = ledger{consent: map[string]bool{}}
				} else if real.over {
					next, err := Ask(Introduction{ID: fmt.Sprint(total), By: "by", To: "to"}, a, now)
					if (err == nil) != (who == "by") {
						t.Fatalf("%s asked for by: %v", who, err)
					}
					if err == nil {
						i, real = next, ledger{consent: map[string]bool{"by": true}}
					}
				}
				continue
			case 1, 2:
				i, err = i.Accept(a, now)
				if err == nil {
					if real.over || real.consent[who] || who == "third" || who == "nobody" {
						t.Fatalf("%s could accept %+v", who, before)
					}
					real.consent[who] = true
				}
			case 3:
				i, err = i.Decline(a, "price", now)
				if err == nil {
					real.over = true
				}
			case 4:
				i, err = i.Withdraw(a, now)
				if err == nil {
					if !real.consent[who] {
						t.Fatalf("%s took back what it never gave", who)
					}
					real.consent[who], real.over, real.opened = false, true, false
				}
			case 5:
				if draw%6 == 0 {
					now = now.Add(3 * 24 * time.Hour)
				}
				var lapsed bool
				if i, lapsed = i.Lapse(now); lapsed {
					real.over = true
				}
			case 6:
				for _, name := range []string{"by", "to"} {
					if who == name {
						firms[name].Verified.Level = Reviewed
					}
				}
			case 7:
				if f := firms[who]; f != nil {
					f.Verified.Level = Unverified
				}
			case 8:
				var records []Disclosure
				i, records = i.Disclose(firms["by"], firms["to"], now)
				for _, d := range records {
					if !real.consent["by"] || !real.consent["to"] || real.over || !firms["by"].Trusted() || !firms["to"].Trusted() {
						t.Fatalf("disclosed %+v with %+v", d, real)
					}
					real.audit = append(real.audit, d.Of+">"+d.To)
					real.opened = true
				}
			}
			if err != nil && i != before {
				t.Fatalf("a refused move changed %+v to %+v", before, i)
			}
			if i.ID != "" && i != before && i.Rev != before.Rev+1 {
				t.Fatalf("revision %d after %d", i.Rev, before.Rev)
			}
			for viewer, a := range actors {
				for of, f := range firms {
					var own Enterprise
					if o := firms[viewer]; o != nil {
						own = *o
					}
					both := real.consent["by"] && real.consent["to"] && !real.over && real.opened && firms["by"].Trusted() && firms["to"].Trusted()
					want := both && (viewer == "by" && of == "to" || viewer == "to" && of == "by")
					if got := a.MaySeeContact(f, &i, &own); got != want {
						t.Fatalf("%s sees the contact of %s: %v, want %v\n%+v\n%+v", viewer, of, got, want, i, real)
					}
				}
			}
			if n := len(real.audit); n != 0 && (n != 2 || real.audit[0] != "by>to" || real.audit[1] != "to>by") {
				t.Fatalf("audit %v", real.audit)
			}
		}
	})
	require.GreaterOrEqual(t, total, 100_000)
}

// TestIntroductionMoves: what each side can do in each state.
func TestIntroductionMoves(t *testing.T) {
	by, to := Actor{UserID: "u1", EnterpriseID: "by"}, Actor{UserID: "u2", EnterpriseID: "to"}
	asked, err := Ask(Introduction{ID: "i", By: "by", To: "to"}, by, noon)
	require.NoError(t, err)
	_, err = asked.Accept(by, noon)
	require.True(t, IsKind(err, Conflict), "one side cannot consent twice")
	_, err = asked.Withdraw(to, noon)
	require.True(t, IsKind(err, Conflict))
	_, err = asked.Decline(to, "weather", noon)
	require.True(t, IsKind(err, Invalid))
	_, err = asked.Accept(to, noon.Add(IntroductionLife))
	require.True(t, IsKind(err, Conflict), "too late")
	last, err := asked.Accept(to, noon.Add(IntroductionLife-time.Second))
	require.NoError(t, err)
	require.Equal(t, Agreed, last.Status)
	require.Equal(t, Agreed, last.Current(noon.AddDate(1, 0, 0)), "what is agreed does not lapse")
	_, err = last.Decline(to, "", noon)
	require.True(t, IsKind(err, Conflict), "an agreed side withdraws, it does not decline")

	offered, err := Introduce(Introduction{ID: "i", By: "by", To: "to"}, Actor{UserID: "op"}, noon)
	require.NoError(t, err)
	half, err := offered.Accept(to, noon)
	require.NoError(t, err)
	require.Equal(t, Asked, half.Status, "an operator's introduction wants both consents")
	whole, err := half.Accept(by, noon)
	require.NoError(t, err)
	require.Equal(t, Agreed, whole.Status)

	muted := asked
	muted.Muted = true
	_, err = muted.Accept(to, noon)
	require.ErrorIs(t, err, ErrNotFound)
	_, err = Ask(Introduction{By: "by", To: "by"}, by, noon)
	require.ErrorIs(t, err, ErrNotFound)
}

// TestDisclose: two verified firms that agreed do get each other's contact,
// once; any other pair of records gets nobody's.
func TestDisclose(t *testing.T) {
	trusted := func(id string) *Enterprise {
		return &Enterprise{ID: id, Verified: Verification{Level: Visited}}
	}
	given := Consent{UserID: "u", At: noon}
	agreed := Introduction{ID: "i", By: "by", To: "to", Status: Agreed, ByConsent: given, ToConsent: given}
	open, records := agreed.Disclose(trusted("by"), trusted("to"), noon)
	require.Equal(t, []Disclosure{{"i", "by", "to", noon}, {"i", "to", "by", noon}}, records)
	require.True(t, open.Open())
	_, records = open.Disclose(trusted("by"), trusted("to"), noon)
	require.Empty(t, records, "once")
	asked := agreed
	asked.Status = Asked
	for name, c := range map[string]struct {
		i      Introduction
		by, to *Enterprise
	}{
		"not agreed":         {asked, trusted("by"), trusted("to")},
		"by is unverified":   {agreed, &Enterprise{ID: "by"}, trusted("to")},
		"to is unverified":   {agreed, trusted("by"), &Enterprise{ID: "to"}},
		"by is another firm": {agreed, trusted("x"), trusted("to")},
		"to is another firm": {agreed, trusted("by"), trusted("x")},
	} {
		_, records := c.i.Disclose(c.by, c.to, noon)
		require.Empty(t, records, name)
	}
	require.True(t, agreed.Consented("by"))
	require.False(t, agreed.Consented("x"), "a stranger's consent is nobody's")
	require.False(t, agreed.Consented(""))
}

// TestIntroduceWantsTwoFirms: an operator cannot introduce a firm to itself or
// to nobody, and a note has an end.
func TestIntroduceWantsTwoFirms(t *testing.T) {
	op := Actor{UserID: "op"}
	for _, pair := range [][2]string{{"a", "a"}, {"", "b"}, {"a", ""}, {"", ""}} {
		_, err := Introduce(Introduction{By: pair[0], To: pair[1]}, op, noon)
		require.ErrorIs(t, err, ErrNotFound, "%v", pair)
	}
	long := strings.Repeat("长", 501)
	_, err := Introduce(Introduction{By: "a", To: "b", Note: long}, op, noon)
	require.True(t, IsKind(err, Invalid))
	_, err = Ask(Introduction{By: "a", To: "b", Note: long}, Actor{UserID: "u", EnterpriseID: "a"}, noon)
	require.True(t, IsKind(err, Invalid))
}
