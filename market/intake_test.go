package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIntakePolicy: an officer writes down only for firms of the cluster that he
// reads the table in for and runs, and for none that is suspended.
func TestIntakePolicy(t *testing.T) {
	desk := Actor{UserID: "u", Clusters: []string{"here", "there"}}
	firm := Enterprise{ID: "a", ClusterID: "here"}
	require.Nil(t, desk.MayTake(&firm, "here"))
	require.Equal(t, "intake.elsewhere", desk.MayTake(&firm, "there").Message)
	require.Equal(t, "intake.elsewhere", Actor{UserID: "u", Clusters: []string{"there"}}.MayTake(&firm, "here").Message)
	require.Equal(t, "intake.elsewhere", desk.MayTake(&Enterprise{ID: "b"}, "here").Message, "of no cluster")
	firm.Standing = Suspended
	require.Equal(t, "intake.suspended", desk.MayTake(&firm, "here").Message)
}

// TestInvitePolicy: who runs a fair registers firms of its clusters, others where
// it is open; an administrator anybody.
func TestInvitePolicy(t *testing.T) {
	f := Fair{Clusters: []string{"here"}, Entry: EntryInvited}
	desk, stranger, admin := Actor{UserID: "u", Clusters: []string{"here"}}, Actor{UserID: "v", Clusters: []string{"there"}}, Actor{UserID: "w", Admin: true}
	require.True(t, desk.MayInvite(&f, "here"))
	require.False(t, desk.MayInvite(&f, "there"))
	require.False(t, stranger.MayInvite(&f, "here"))
	require.True(t, admin.MayInvite(&f, "there"))
	f.Entry = EntryOpen
	require.True(t, desk.MayInvite(&f, "there"))
	require.False(t, stranger.MayInvite(&f, "there"))
}
