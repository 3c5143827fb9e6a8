package api

import (
	"encoding/base32"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

// TestTOTPVectors are those of RFC 6238, appendix B, for SHA-1 and eight digits.
func TestTOTPVectors(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		code, err := codeAt(secret, at/30, otp.DigitsEight)
		require.NoError(t, err)
		require.Equal(t, want, code, at)
		step, ok := stepOf(secret, want[2:3]+" "+want[3:], time.Unix(at, 0)) // six digits are the last six of eight
		require.True(t, ok)
		require.Equal(t, at/30, step)
	}
	_, ok := stepOf("", "000000", time.Unix(59, 0))
	require.False(t, ok, "no secret, no code")
}

func (b *browser) code(secret string, steps int64) string {
	code, err := codeAt(secret, b.at.Unix()/30+steps, otp.DigitsSix)
	require.NoError(b, err)
	return code
}

// enrol sets up the second step of who is signed in and returns the secret and
// the codes for when it is lost.
func (b *browser) enrol(password string) (string, []string) {
	var fresh NewSecret
	r := b.do("POST", "/api/my/totp", map[string]any{"password": password})
	require.Equal(b, 200, r.status, r.body)
	r.into(b.T, &fresh)
	require.Contains(b, fresh.URL, "secret="+fresh.Secret)
	require.Contains(b, fresh.QR, "<svg")
	var got struct{ Codes []string }
	r = b.do("POST", "/api/my/totp/confirm", map[string]any{"code": b.code(fresh.Secret, 0)})
	require.Equal(b, 200, r.status, r.body)
	r.into(b.T, &got)
	require.Len(b, got.Codes, market.RecoveryCodes)
	return fresh.Secret, got.Codes
}

func (b *browser) signInWith(login, code string) reply {
	return b.do("POST", "/api/sign-in", map[string]any{"login": login, "password": "right horse", "code": code})
}

// TestSecondStep: with it on a password alone opens nothing; a code is taken
// once; codes for a lost device are taken once each; off wants both.
func TestSecondStep(t *testing.T) {
	w := newTrustWorld(t)
	b, elsewhere, thief := w.browser(), w.browser(), w.browser()
	login := "13800000001"
	b.signUp("甲厂", login, "")
	require.Equal(t, 200, elsewhere.signIn(login, "right horse").status)
	require.Equal(t, 422, b.do("POST", "/api/my/totp", map[string]any{"password": "wrong"}).status)
	secret, codes := b.enrol("right horse")
	require.Equal(t, 401, elsewhere.do("GET", "/api/me", nil).status, "a session begun without it ends")
	require.Equal(t, 409, b.do("POST", "/api/my/totp", map[string]any{"password": "right horse"}).status)

	r := thief.signIn(login, "right horse")
	require.Equal(t, 401, r.status)
	require.Contains(t, r.body, `"field":"code"`)
	require.NotContains(t, thief.signIn(login, "wrong").body, `"field":"code"`)
	require.Equal(t, 422, thief.signInWith(login, b.code(secret, 0)).status, "the code that turned it on was taken")
	w.at = w.at.Add(market.TOTPStep)
	require.Equal(t, 422, thief.signInWith(login, b.code(secret, -3)).status, "too old")
	right := b.code(secret, 0)
	require.Equal(t, 200, elsewhere.signInWith(login, right[:3]+" "+right[3:]).status)
	require.Equal(t, 422, thief.signInWith(login, right).status, "seen over a shoulder, it opens nothing")
	require.Equal(t, 422, thief.signInWith(login, b.code(secret, -1)).status, "nor does an older one")

	lost := w.browser()
	require.Equal(t, 200, lost.signInWith(login, codes[3]).status)
	require.Equal(t, 422, thief.signInWith(login, codes[3]).status)

	require.Equal(t, 422, b.do("POST", "/api/my/totp/off", map[string]any{"password": "wrong", "code": codes[4]}).status)
	require.Equal(t, 422, b.do("POST", "/api/my/totp/off", map[string]any{"password": "right horse", "code": codes[3]}).status)
	require.Equal(t, 204, b.do("POST", "/api/my/totp/off", map[string]any{"password": "right horse", "code": codes[4]}).status)
	w.at = w.at.Add(market.GuessSpan)
	require.Equal(t, 200, w.browser().signIn(login, "right horse").status)
}

// TestSecondStepGuesses: wrong codes are tries at the account.
func TestSecondStepGuesses(t *testing.T) {
	w := newTrustWorld(t)
	b, thief := w.browser(), w.browser()
	b.signUp("甲厂", "13800000001", "")
	secret, _ := b.enrol("right horse")
	w.at = w.at.Add(market.TOTPStep)
	tried := 0
	for i := range 100 {
		r := thief.signInWith("13800000001", []string{"000000", "ABCDEFGH-ABCDEFGH"}[i%2])
		if r.status != 429 {
			tried++
		}
		require.NotEqual(t, 200, r.status)
		require.NotEqual(t, 200, thief.signIn("13800000001", "right horse").status, "asking for the code gives no tries back")
	}
	require.Equal(t, market.GuessesMost, tried)
	require.Equal(t, 429, thief.signInWith("13800000001", b.code(secret, 0)).status)
}

// TestResetIsNoWayAround: a link for a new password wants the device as well,
// and the operator of the firm's own cluster can take it off, which the firm reads.
func TestResetIsNoWayAround(t *testing.T) {
	w, here, there := county(t)
	b := w.browser()
	b.signUp("甲厂", "13800000001", "luquan")
	secret, _ := b.enrol("right horse")
	w.at = w.at.Add(market.TOTPStep)
	var link TicketLink
	here.do("POST", "/api/operator/reset-links", map[string]any{"login": "13800000001"}).into(t, &link)
	token := link.URL[len(link.URL)-43:]
	thief := w.browser()
	use := func(code string) int {
		return thief.do("POST", "/api/reset-password", map[string]any{"token": token, "password": "another horse", "code": code}).status
	}
	require.Equal(t, 422, use(""))
	require.Equal(t, 422, use("000000"))
	require.Equal(t, 200, use(b.code(secret, 0)))

	reset := map[string]any{"login": "13800000001"}
	require.Equal(t, 404, there.do("POST", "/api/operator/reset-totp", reset).status)
	require.Equal(t, 204, here.do("POST", "/api/operator/reset-totp", reset).status)
	require.Equal(t, 401, thief.do("GET", "/api/me", nil).status)
	require.Equal(t, 200, b.signIn("13800000001", "another horse").status)
	require.Contains(t, b.do("GET", "/api/enterprise/log", nil).body, "totp-reset")
}

// TestRequiredSecondStep: with the setting an officer who has not set it up can
// do that and nothing else, also in a session that was open before.
func TestRequiredSecondStep(t *testing.T) {
	w, here, _ := county(t)
	firm := w.browser()
	firm.signUp("甲厂", "13800000001", "luquan")
	require.Equal(t, 200, here.do("GET", "/api/operator/reviews", nil).status)
	w.api.cfg.RequireTOTP = true
	require.Equal(t, 200, firm.do("GET", "/api/sessions", nil).status, "firms are not asked")
	for _, at := range []string{"/api/operator/reviews", "/api/sessions", "/api/my/data", "/api/operator/enterprises"} {
		r := here.do("GET", at, nil)
		require.Equal(t, 403, r.status, at)
		require.Contains(t, r.body, "error.totp.must", at)
	}
	var me Me
	here.do("GET", "/api/me", nil).into(t, &me)
	require.True(t, me.MustEnrol)
	require.Empty(t, me.Roles)
	secret, _ := here.enrol("right horse")
	require.Equal(t, 200, here.do("GET", "/api/operator/reviews", nil).status)
	require.Equal(t, 409, here.do("POST", "/api/my/totp/off", map[string]any{"password": "right horse", "code": "000000"}).status)
	w.at = w.at.Add(market.TOTPStep)
	again := w.browser()
	require.Equal(t, 200, again.signInWith("op1", again.code(secret, 0)).status)
}
