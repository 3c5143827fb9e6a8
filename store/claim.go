package store

import (
	"context"

	"lianqiao/market"
)

// unowned returns the enterprise of a USCC that nobody belongs to yet, or one
// without an id. Its row is locked, so that two claims queue up.
func (t *tx) unowned(ctx context.Context, uscc string) (market.Enterprise, error) {
	if uscc == "" {
		return market.Enterprise{}, nil
	}
	e, err := t.standing(ctx, `uscc = $1`, uscc)
	if err != nil {
		return market.Enterprise{}, ignoreNotFound(err)
	}
	owned, err := t.owned(ctx, e.ID)
	if err != nil || owned {
		return market.Enterprise{}, err
	}
	return e, nil
}

func (t *tx) owned(ctx context.Context, enterpriseID string) (bool, error) {
	var n int64
	err := one(ctx, t, `SELECT count(*) FROM membership WHERE enterprise_id = $1`, into(&n), enterpriseID)
	return n > 0, err
}

// mayOwn holds the enterprise for whoever names its code first.
func (t *tx) mayOwn(ctx context.Context, enterpriseID, uscc string) error {
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), enterpriseID)
	if err != nil {
		return err
	}
	if e.USCC != "" && e.USCC != uscc {
		return market.Bad("uscc", "error.uscc.other")
	}
	owned, err := t.owned(ctx, enterpriseID)
	if err == nil && owned {
		err = errClaimed
	}
	return err
}

var errClaimed = &market.Error{Kind: market.Conflict, Message: "error.firm.claimed"}

// askClaim puts a user's wish to own a record into its association's queue.
func (t *tx) askClaim(ctx context.Context, actor market.Actor, e *market.Enterprise) error {
	t.audit(market.Actor{UserID: actor.UserID, EnterpriseID: e.ID}, "claim", "enterprise", e.ID)
	return t.askReview(ctx, actor, "claim", actor.UserID, e)
}

// judgeClaim makes the user who asked the owner, if nobody is meanwhile.
func (t *tx) judgeClaim(ctx context.Context, r *market.Review, d market.Decision) error {
	if d.Status != market.ReviewApproved {
		return nil
	}
	e, err := enterpriseWhere(ctx, t, `id = $1`+t.forUpdate(), r.EnterpriseID)
	if err != nil {
		return err
	}
	if err := t.mayOwn(ctx, e.ID, e.USCC); err != nil {
		return err
	}
	t.changed(market.ChangeEnterprise, e.ID)
	return t.insertMembership(ctx, market.Membership{UserID: r.Of, Role: market.Owner, EnterpriseID: e.ID})
}
