package store

import (
	"context"
	"fmt"
	"slices"

	"lianqiao/market"
)

var (
	errTOTPOn   = &market.Error{Kind: market.Conflict, Message: "error.totp.on"}
	errTOTPCode = market.Bad("code", "error.totp.code")
)

// BeginTOTP keeps, sealed, the secret that the actor is about to type into a
// device. It asks for nothing until ConfirmTOTP has seen a code of it.
func (s *Store) BeginTOTP(ctx context.Context, actor market.Actor, secret string) error {
	sealer := s.sealer.Load()
	if sealer == nil {
		return fmt.Errorf("store.BeginTOTP: %w", errNoKey)
	}
	return s.changeUser(ctx, "BeginTOTP", actor.UserID, func(t *tx, u *market.User) error {
		if u.SecondStep() {
			return errTOTPOn
		}
		u.TOTP = market.TOTP{Secret: sealer.seal(u.ID, secret)}
		t.audit(actor, "totp-begin", "user", u.ID)
		return nil
	})
}

// ConfirmTOTP turns the second step on with the step of the first right code,
// and ends every session but one: they were begun without it. sealed is the
// secret as BeginTOTP kept it, recovery are hashes of codes that are good once each.
func (s *Store) ConfirmTOTP(ctx context.Context, actor market.Actor, sealed string, step int64, recovery []string, butSession string) error {
	return s.changeUser(ctx, "ConfirmTOTP", actor.UserID, func(t *tx, u *market.User) error {
		if u.SecondStep() {
			return errTOTPOn
		}
		if sealed == "" || u.TOTP.Secret != sealed {
			return errTOTPCode // begun anew meanwhile
		}
		u.TOTP = market.TOTP{Secret: sealed, At: t.now, Step: step, Recovery: recovery}
		t.audit(actor, "totp-on", "user", u.ID)
		_, err := t.exec(ctx, `DELETE FROM session WHERE user_id = $1 AND token_hash <> $2`, u.ID, butSession)
		return err
	})
}

// UseTOTP takes the code of a step, once: an older step than the last one
// taken, and the same one again, are refused.
func (s *Store) UseTOTP(ctx context.Context, userID string, step int64) error {
	return s.changeUser(ctx, "UseTOTP", userID, func(_ *tx, u *market.User) error {
		if !u.SecondStep() || step <= u.TOTP.Step {
			return errTOTPCode
		}
		u.TOTP.Step = step
		return nil
	})
}

// UseRecovery takes a recovery code, once.
func (s *Store) UseRecovery(ctx context.Context, userID, hash string) error {
	return s.changeUser(ctx, "UseRecovery", userID, func(t *tx, u *market.User) error {
		i := slices.Index(u.TOTP.Recovery, hash)
		if i < 0 || !u.SecondStep() {
			return errTOTPCode
		}
		u.TOTP.Recovery = slices.Delete(slices.Clone(u.TOTP.Recovery), i, i+1)
		t.audit(market.Actor{UserID: userID}, "recovery", "user", userID)
		return nil
	})
}

// DropTOTP turns the actor's own second step off.
func (s *Store) DropTOTP(ctx context.Context, actor market.Actor) error {
	return s.changeUser(ctx, "DropTOTP", actor.UserID, func(t *tx, u *market.User) error {
		u.TOTP = market.TOTP{}
		t.audit(actor, "totp-off", "user", u.ID)
		return nil
	})
}

// ResetTOTP turns the second step of somebody who lost it off, and signs him
// out. enterpriseID is the firm that reads of it.
func (s *Store) ResetTOTP(ctx context.Context, actor market.Actor, userID, enterpriseID string) error {
	return s.changeUser(ctx, "ResetTOTP", userID, func(t *tx, u *market.User) error {
		u.TOTP = market.TOTP{}
		t.auditOn(actor, enterpriseID, "totp-reset", "user", u.ID)
		_, err := t.exec(ctx, `DELETE FROM session WHERE user_id = $1`, u.ID)
		return err
	})
}

// changeUser changes the second step of a user under the lock of its row, so
// that of two uses of one code at once one is refused.
func (s *Store) changeUser(ctx context.Context, deed, id string, change func(*tx, *market.User) error) error {
	err := s.update(ctx, func(ctx context.Context, t *tx) error {
		u, err := userWhere(ctx, t, `id = $1`+t.forUpdate(), id)
		if err != nil {
			return err
		}
		if err := change(t, &u); err != nil {
			return err
		}
		recovery, err := asJSON(u.TOTP.Recovery)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE user_account SET totp_secret = $1, totp_at = $2, totp_step = $3, recovery = $4 WHERE id = $5`,
			u.TOTP.Secret, milli(u.TOTP.At), u.TOTP.Step, recovery, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store.%s: %w", deed, err)
	}
	return nil
}
