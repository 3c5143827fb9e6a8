package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"lianqiao/frontend"
	"lianqiao/market"
)

type passwordOnly struct {
	Body struct {
		Password string `json:"password"`
	}
}

// NewSecret is what a telephone has to learn; nobody can read it again later.
type NewSecret struct {
	Secret string `json:"secret" doc:"Base32, for typing"`
	URL    string `json:"url" doc:"otpauth://…"`
	QR     string `json:"qr" doc:"The URL as SVG"`
}

type newSecretOutput struct{ Body NewSecret }

type codeOnly struct {
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

type recoveryOutput struct {
	Body struct {
		Codes []string `json:"codes" nullable:"false" doc:"Each good once instead of a code; nobody can read them again later"`
	}
}

type totpOffInput struct {
	Body struct {
		Password string `json:"password"`
		Code     string `json:"code" maxLength:"40"`
	}
}

func (a *API) mountTOTP() {
	route(a, "POST /api/my/totp", market.Enrolling, "begin-totp", a.beginTOTP)
	route(a, "POST /api/my/totp/confirm", market.Enrolling, "confirm-totp", a.confirmTOTP)
	route(a, "POST /api/my/totp/off", market.SignedIn, "drop-totp", a.dropTOTP)
	route(a, "POST /api/operator/reset-totp", market.AsOperator, "reset-totp", a.resetTOTP)
}

// beginTOTP wants the password: a browser left open must not be enough to lock
// its owner out.
func (a *API) beginTOTP(ctx context.Context, w who, in *passwordOnly) (*newSecretOutput, error) {
	if err := a.provePassword(ctx, w, "password", in.Body.Password); err != nil {
		return nil, err
	}
	u, err := a.cfg.Store.User(ctx, w.UserID)
	if err != nil {
		return nil, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: frontend.Text("zh-CN", "app.name"), AccountName: u.Login, Period: uint(market.TOTPStep / time.Second)})
	if err != nil {
		return nil, fmt.Errorf("api.beginTOTP: %w", err)
	}
	picture, err := qrSVG(key.URL())
	if err != nil {
		return nil, err
	}
	return &newSecretOutput{NewSecret{key.Secret(), key.URL(), picture}}, a.cfg.Store.BeginTOTP(ctx, w.Actor, key.Secret())
}

func (a *API) confirmTOTP(ctx context.Context, w who, in *codeOnly) (*recoveryOutput, error) {
	u, err := a.cfg.Store.User(ctx, w.UserID)
	if err != nil {
		return nil, err
	}
	out := &recoveryOutput{}
	err = a.guessing(ctx, w, u, func() error {
		step, err := a.stepOf(u, in.Body.Code)
		if err != nil {
			return err
		}
		var hashes []string
		for range market.RecoveryCodes {
			code := newRecovery()
			out.Body.Codes, hashes = append(out.Body.Codes, code), append(hashes, digest(plainCode(code)))
		}
		return a.cfg.Store.ConfirmTOTP(ctx, w.Actor, u.TOTP.Secret, step, hashes, digest(w.token))
	})
	return out, err
}

func (a *API) dropTOTP(ctx context.Context, w who, in *totpOffInput) (*none, error) {
	if a.mustEnrol(w.Actor) {
		return nil, &market.Error{Kind: market.Conflict, Message: "error.totp.must"}
	}
	if err := a.provePassword(ctx, w, "password", in.Body.Password); err != nil {
		return nil, err
	}
	u, err := a.cfg.Store.User(ctx, w.UserID)
	if err != nil {
		return nil, err
	}
	if err := a.guessing(ctx, w, u, func() error { return a.useCode(ctx, u, in.Body.Code) }); err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.DropTOTP(ctx, w.Actor)
}

// resetTOTP answers the same for a login that does not exist and for one that
// is not this operator's to help.
func (a *API) resetTOTP(ctx context.Context, w who, in *resetLinkInput) (*none, error) {
	u, target, err := a.helped(ctx, w, in.Body.Login)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Store.ResetTOTP(ctx, w.Actor, u.ID, target.EnterpriseID)
}

// mustEnrol: an officer who decides over firms needs the second step where the
// setting asks for it.
func (a *API) mustEnrol(actor market.Actor) bool { return a.cfg.RequireTOTP && actor.Decides() }

// guessing counts a try at the account before it is made, like one at its
// password, and takes it back when it was right.
func (a *API) guessing(ctx context.Context, w who, u market.User, try func() error) error {
	device, err := a.deviceOf(ctx, w, u.ID)
	if err != nil {
		return err
	}
	at := a.now()
	if err := a.cfg.Store.TakeGuess(ctx, digest(u.Login), device, at); err != nil {
		return err
	}
	if err := try(); err != nil {
		return err
	}
	return a.cfg.Store.ReturnGuess(ctx, digest(u.Login), device, at)
}

var errCode = market.Bad("code", "error.totp.code")

// useCode takes a code of the device, or one for when it is lost, once.
func (a *API) useCode(ctx context.Context, u market.User, code string) error {
	if code = plainCode(code); len(code) != 6 {
		return a.cfg.Store.UseRecovery(ctx, u.ID, digest(code))
	}
	step, err := a.stepOf(u, code)
	if err != nil {
		return err
	}
	return a.cfg.Store.UseTOTP(ctx, u.ID, step)
}

// stepOf finds the step of a code of the user's device, or errCode.
func (a *API) stepOf(u market.User, code string) (int64, error) {
	secret, err := a.cfg.Store.OpenTOTP(u)
	if err != nil {
		return 0, err
	}
	step, ok := stepOf(secret, code, a.now())
	if !ok {
		return 0, errCode
	}
	return step, nil
}

// stepOf finds the step whose code it is: the present one, the one before or
// the one after.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	at, code := now.Unix()/int64(market.TOTPStep/time.Second), plainCode(code)
	for _, step := range []int64{at, at - 1, at + 1} {
		want, err := codeAt(secret, step, otp.DigitsSix)
		if err == nil && secret != "" && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

func codeAt(secret string, step int64, digits otp.Digits) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: digits, Algorithm: otp.AlgorithmSHA1})
}

// newRecovery is 80 random bits in two groups that can be read out.
func newRecovery() string {
	raw := make([]byte, 10)
	rand.Read(raw) // never fails: crypto/rand ends the process instead
	s := base32.StdEncoding.EncodeToString(raw)
	return s[:8] + "-" + s[8:]
}

// plainCode is a code without what people put between its signs.
func plainCode(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(s))
}
