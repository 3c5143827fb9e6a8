package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAllow(t *testing.T) {
	visitor := Actor{}
	officerless := Actor{UserID: "u"}
	owner := Actor{UserID: "u", EnterpriseID: "e"}
	operator := Actor{UserID: "u", Clusters: []string{"c"}}
	admin := Actor{UserID: "u", Admin: true}
	master := Actor{UserID: "u", EnterpriseID: "e", Owner: true}
	bureau := Actor{UserID: "u", Views: []string{"c"}}
	for _, c := range []struct {
		permission Permission
		allowed    []Actor
		refused    map[*Actor]Kind
	}{
		{Anyone, []Actor{visitor, owner, operator, admin}, nil},
		{SignedIn, []Actor{officerless, owner, operator, admin}, map[*Actor]Kind{&visitor: Unauthorized}},
		{AsEnterprise, []Actor{owner}, map[*Actor]Kind{&visitor: Unauthorized, &officerless: Forbidden, &operator: Forbidden, &admin: Forbidden}},
		{AsOperator, []Actor{operator, admin}, map[*Actor]Kind{&visitor: Unauthorized, &owner: Forbidden, &bureau: Forbidden}},
		{AsOwner, []Actor{master}, map[*Actor]Kind{&visitor: Unauthorized, &owner: Forbidden, &operator: Forbidden, &admin: Forbidden}},
		{AsReader, []Actor{operator, bureau, admin}, map[*Actor]Kind{&visitor: Unauthorized, &owner: Forbidden, &officerless: Forbidden}},
		{"never heard of", nil, map[*Actor]Kind{&visitor: Forbidden, &owner: Forbidden, &admin: Forbidden}},
	} {
		for _, a := range c.allowed {
			require.NoError(t, a.Allow(c.permission), "%s %+v", c.permission, a)
		}
		for a, kind := range c.refused {
			require.True(t, IsKind(a.Allow(c.permission), kind), "%s %+v", c.permission, *a)
		}
	}
}

func TestDisclosure(t *testing.T) {
	visitor, owner, stranger := Actor{}, Actor{UserID: "u", EnterpriseID: "e"}, Actor{UserID: "v", EnterpriseID: "f"}
	draft := &Listing{EnterpriseID: "e", Status: Draft}
	live := &Listing{EnterpriseID: "e", Status: Live}
	require.True(t, owner.MaySeeListing(draft))
	require.False(t, stranger.MaySeeListing(draft))
	require.False(t, visitor.MaySeeListing(draft))
	require.True(t, visitor.MaySeeListing(live))
	require.False(t, stranger.MayEditListing(live))
	require.True(t, owner.MaySeeOwnContact("e"))
	require.False(t, stranger.MaySeeOwnContact("e"))

	// An enterprise-less actor must not be taken for the enterprise "" of a half-filled record.
	require.False(t, visitor.Owns(""))
	require.False(t, visitor.MaySeeProposal(&Proposal{}))
	require.True(t, stranger.MaySeeProposal(&Proposal{NeedBy: "e", SupplyBy: "f"}))
	require.False(t, stranger.MaySeeProposal(&Proposal{NeedBy: "e", SupplyBy: "g"}))
}

// TestMustEnrol: an officer without his second step reads what he has to do;
// nobody else does.
func TestMustEnrol(t *testing.T) {
	officer, firm := Actor{UserID: "u", Clusters: []string{"c"}}, Actor{UserID: "v", EnterpriseID: "e"}
	require.EqualError(t, officer.BeforeEnrolment().Allow(AsOperator), (&Error{Kind: Forbidden, Message: "error.totp.must"}).Error())
	require.EqualError(t, firm.Allow(AsOperator), forbidden.Error())
	require.NoError(t, officer.BeforeEnrolment().Allow(Enrolling))
}
