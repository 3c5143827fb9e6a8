package market

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// roles are all kinds of people, seen from the firm e of cluster c.
func roles() map[string]Actor {
	return map[string]Actor{
		"visitor":  {},
		"officer":  {UserID: "u0"},                                                                      // signed in, and nothing more
		"widow":    {UserID: "u10", Owner: true},                                                        // the firm went, the mark stayed
		"slip":     {UserID: "u11", Clusters: []string{""}, Reviews: []string{""}, Views: []string{""}}, // a badly kept membership
		"behalf":   {UserID: "u12", EnterpriseID: "e", Behalf: true},                                    // an officer for the firm
		"owner":    {UserID: "u1", EnterpriseID: "e", Owner: true},
		"member":   {UserID: "u2", EnterpriseID: "e"},
		"partner":  {UserID: "u3", EnterpriseID: "f", Owner: true},
		"stranger": {UserID: "u4", EnterpriseID: "g", Owner: true},
		"operator": {UserID: "u5", Clusters: []string{"b", "c"}},
		"neighbor": {UserID: "u6", Clusters: []string{"d"}},
		"reviewer": {UserID: "u13", Reviews: []string{"c"}},
		"bureau":   {UserID: "u7", Views: []string{"c"}},
		"bureau d": {UserID: "u8", Views: []string{"d"}},
		"admin":    {UserID: "u9", Admin: true},
		"ghost":    {Admin: true, Owner: true, EnterpriseID: "", Clusters: []string{"c", ""}, Reviews: []string{"c", ""}, Views: []string{"c", ""}}, // a session that lost its user
	}
}

// TestPolicyTable holds every rule to the full list of who may, and so to who
// may not. Each line of the policy has a line here that falls when it is
// loosened; mutants_test.go shows it.
func TestPolicyTable(t *testing.T) {
	both := Consent{UserID: "u", At: noon}
	open := &Introduction{By: "e", To: "f", Status: Agreed, ByConsent: both, ToConsent: both, DisclosedAt: noon}
	with := func(change func(*Introduction)) *Introduction {
		i := *open
		change(&i)
		return &i
	}
	trusted := func(id string) *Enterprise {
		return &Enterprise{ID: id, Verified: Verification{Level: Reviewed}}
	}
	unknown, suspended := &Enterprise{ID: "f"}, trusted("f")
	suspended.Standing = Suspended
	sees := func(of *Enterprise, i *Introduction) func(Actor) bool {
		return func(a Actor) bool { return a.MaySeeContact(of, i, trusted(a.EnterpriseID)) }
	}
	listing := func(s Status) *Listing { return &Listing{EnterpriseID: "e", ClusterID: "c", Status: s} }
	everyone := "admin behalf bureau bureau d ghost member neighbor officer operator owner partner reviewer slip stranger visitor widow"
	for name, c := range map[string]struct {
		may  func(Actor) bool
		want string
	}{
		"see preference":                {func(a Actor) bool { return a.MaySeePreference(&Preference{EnterpriseID: "e"}) }, "member owner"},
		"see no one's preference":       {func(a Actor) bool { return a.MaySeePreference(&Preference{}) }, ""},
		"owns":                          {func(a Actor) bool { return a.Owns("e") }, "behalf member owner"},
		"owns nothing":                  {func(a Actor) bool { return a.Owns("") }, ""},
		"see live":                      {func(a Actor) bool { return a.MaySeeListing(listing(Live)) }, everyone},
		"see draft":                     {func(a Actor) bool { return a.MaySeeListing(listing(Draft)) }, "behalf member owner"},
		"see waiting":                   {func(a Actor) bool { return a.MaySeeListing(listing(Waiting)) }, "admin behalf member operator owner reviewer"},
		"see closed":                    {func(a Actor) bool { return a.MaySeeListing(listing(Closed)) }, "behalf member owner"},
		"see returned":                  {func(a Actor) bool { return a.MaySeeListing(listing(SentBack)) }, "admin behalf member operator owner reviewer"},
		"see barred":                    {func(a Actor) bool { return a.MaySeeListing(listing(Barred)) }, "admin behalf member operator owner reviewer"},
		"see clusterless":               {func(a Actor) bool { return a.MaySeeListing(&Listing{EnterpriseID: "e", Status: Waiting}) }, "admin behalf member owner"},
		"edit listing":                  {func(a Actor) bool { return a.MayEditListing(listing(Live)) }, "behalf member owner"},
		"review":                        {func(a Actor) bool { return a.MayReview(&Review{ClusterID: "c"}) }, "admin operator reviewer"},
		"review elsewhere":              {func(a Actor) bool { return a.MayReview(&Review{ClusterID: "d"}) }, "admin neighbor"},
		"review clusterless":            {func(a Actor) bool { return a.MayReview(&Review{}) }, "admin"},
		"see proposal":                  {func(a Actor) bool { return a.MaySeeProposal(&Proposal{NeedBy: "e", SupplyBy: "f"}) }, "behalf member owner partner"},
		"see no one's proposal":         {func(a Actor) bool { return a.MaySeeProposal(&Proposal{}) }, ""},
		"see introduction":              {func(a Actor) bool { return a.MaySeeIntroduction(open) }, "member owner partner"},
		"see muted":                     {func(a Actor) bool { return a.MaySeeIntroduction(with(func(i *Introduction) { i.Muted = true })) }, "member owner"},
		"see own contact":               {func(a Actor) bool { return a.MaySeeOwnContact("e") }, "behalf member owner"},
		"see the asked contact":         {sees(trusted("f"), open), "member owner"},
		"see the asking contact":        {sees(trusted("e"), open), "partner"},
		"see another's contact":         {sees(trusted("g"), open), ""},
		"see before both agreed":        {sees(trusted("f"), with(func(i *Introduction) { i.Status = Asked })), ""},
		"see without a consent":         {sees(trusted("f"), with(func(i *Introduction) { i.ToConsent = Consent{} })), ""},
		"see without the other":         {sees(trusted("f"), with(func(i *Introduction) { i.ByConsent = Consent{} })), ""},
		"see a withdrawn consent":       {sees(trusted("f"), with(func(i *Introduction) { i.ToConsent.WithdrawnAt = noon })), ""},
		"see before disclosure":         {sees(trusted("f"), with(func(i *Introduction) { i.DisclosedAt = time.Time{} })), ""},
		"see of the unverified":         {sees(unknown, open), ""},
		"see of the suspended":          {sees(suspended, open), ""},
		"see while unverified":          {func(a Actor) bool { return a.MaySeeContact(trusted("f"), open, &Enterprise{ID: a.EnterpriseID}) }, ""},
		"see as somebody else":          {func(a Actor) bool { return a.MaySeeContact(trusted("f"), open, trusted("x")) }, ""},
		"see evidence":                  {func(a Actor) bool { return a.MaySeeEvidence(&Enterprise{ID: "e", ClusterID: "c"}) }, "admin behalf member operator owner reviewer"},
		"see clusterless evidence":      {func(a Actor) bool { return a.MaySeeEvidence(&Enterprise{ID: "e"}) }, "admin behalf member owner"},
		"see no one's evidence":         {func(a Actor) bool { return a.MaySeeEvidence(&Enterprise{}) }, "admin"},
		"see a person for all":          {func(a Actor) bool { return a.MaySeePerson(Person{Shown: ShownPublic}, trusted("e")) }, everyone},
		"see a person of the suspended": {func(a Actor) bool { return a.MaySeePerson(Person{Shown: ShownPublic}, suspended) }, "partner"},
		"see a person for the association": {func(a Actor) bool {
			return a.MaySeePerson(Person{Shown: ShownAssociation}, &Enterprise{ID: "e", ClusterID: "c", Verified: Verification{Level: Reviewed}})
		}, "admin behalf member operator owner reviewer"},
		"see a person for partners": {func(a Actor) bool { return a.MaySeePerson(Person{Shown: ShownAgreed}, trusted("e")) }, "behalf member owner"},
		"see a person for the firm": {func(a Actor) bool { return a.MaySeePerson(Person{Shown: ShownFirm}, trusted("e")) }, "behalf member owner"},
		"read the thread":           {func(a Actor) bool { return a.MayReadThread(open) }, "member owner partner"},
		"read a shut thread":        {func(a Actor) bool { return a.MayReadThread(with(func(i *Introduction) { i.Status = TakenBack })) }, "member owner partner"},
		"read before contacts": {func(a Actor) bool {
			return a.MayReadThread(with(func(i *Introduction) { i.DisclosedAt = time.Time{} }))
		}, ""},
		"write": {func(a Actor) bool { return a.MayWrite(open, trusted("e"), trusted("f")) }, "member owner partner"},
		"write when shut": {func(a Actor) bool {
			return a.MayWrite(with(func(i *Introduction) { i.Status = TakenBack }), trusted("e"), trusted("f"))
		}, ""},
		"write to the unknown":   {func(a Actor) bool { return a.MayWrite(open, trusted("e"), unknown) }, ""},
		"write to the suspended": {func(a Actor) bool { return a.MayWrite(open, trusted("e"), suspended) }, ""},
		"write as the unknown":   {func(a Actor) bool { return a.MayWrite(open, &Enterprise{ID: "e"}, trusted("f")) }, ""},
		"write by another's name": {func(a Actor) bool {
			return a.MayWrite(open, trusted("g"), trusted("f")) || a.MayWrite(open, trusted("e"), trusted("g"))
		}, ""},
		"see muted contact": {sees(trusted("e"), with(func(i *Introduction) { i.Muted = true })), ""},
		"introduce":         {func(a Actor) bool { return a.MayIntroduce(listing(Live), &Listing{Status: Live, ClusterID: "x"}) }, "admin operator"},
		"introduce, other side": {func(a Actor) bool {
			return a.MayIntroduce(&Listing{Status: Live, ClusterID: "x"}, &Listing{Status: Live, ClusterID: "d"})
		}, "admin neighbor"},
		"introduce a draft":    {func(a Actor) bool { return a.MayIntroduce(listing(Draft), listing(Live)) }, ""},
		"introduce to a draft": {func(a Actor) bool { return a.MayIntroduce(listing(Live), listing(Draft)) }, ""},
		"claim":                {func(a Actor) bool { return a.MayClaim(open) }, "member owner partner"},
		"claim undisclosed":    {func(a Actor) bool { return a.MayClaim(with(func(i *Introduction) { i.DisclosedAt = time.Time{} })) }, ""},
		"claim at a table": {func(a Actor) bool {
			return a.MayClaim(with(func(i *Introduction) { i.DisclosedAt, i.FairID = time.Time{}, "fair" }))
		}, "member owner partner"},
		"claim after withdrawal": {func(a Actor) bool { return a.MayClaim(with(func(i *Introduction) { i.Status = TakenBack })) }, "member owner partner"},
		"quote": {func(a Actor) bool {
			return a.MayQuote(&Listing{EnterpriseID: "e", Side: Need}, with(func(i *Introduction) { i.ByConsent = Consent{} }))
		}, "partner"},
		"quote unasked": {func(a Actor) bool {
			return a.MayQuote(&Listing{EnterpriseID: "e", Side: Need}, with(func(i *Introduction) { i.ToConsent = Consent{} }))
		}, ""},
		"quote on a supply":       {func(a Actor) bool { return a.MayQuote(&Listing{EnterpriseID: "e", Side: Supply}, open) }, ""},
		"quote on another's need": {func(a Actor) bool { return a.MayQuote(&Listing{EnterpriseID: "g", Side: Need}, open) }, ""},
		"quote muted": {func(a Actor) bool {
			return a.MayQuote(&Listing{EnterpriseID: "e", Side: Need}, with(func(i *Introduction) { i.Muted = true }))
		}, ""},
		"attach":                 {func(a Actor) bool { return a.MayAttach(trusted("f")) }, "partner"},
		"attach as the unknown":  {func(a Actor) bool { return a.MayAttach(unknown) }, ""},
		"attach while suspended": {func(a Actor) bool { return a.MayAttach(suspended) }, ""},
		"fetch from a thread":    {func(a Actor) bool { return a.MayFetch(&Attachment{EnterpriseID: "e"}, open) }, "member owner partner"},
		"fetch before contacts": {func(a Actor) bool {
			return a.MayFetch(&Attachment{EnterpriseID: "e"}, with(func(i *Introduction) { i.DisclosedAt = time.Time{} }))
		}, ""},
		"fetch of a quote": {func(a Actor) bool {
			return a.MayFetch(&Attachment{EnterpriseID: "f", NeedID: "n", QuotedAt: noon}, with(func(i *Introduction) { i.Status, i.DisclosedAt = Asked, time.Time{} }))
		}, "member owner partner"},
		"fetch of an unsent quote": {func(a Actor) bool { return a.MayFetch(&Attachment{EnterpriseID: "f", NeedID: "n"}, open) }, "partner"},
		"fetch of a muted quote": {func(a Actor) bool {
			return a.MayFetch(&Attachment{EnterpriseID: "e", NeedID: "n", QuotedAt: noon}, with(func(i *Introduction) { i.Muted = true }))
		}, "member owner"},
		"call": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "e", ClusterID: "c"}, &FollowUp{EnterpriseID: "e", AskedAt: noon}, noon.Add(FollowUpSilent))
		}, "admin operator"},
		"call the clusterless": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "e"}, &FollowUp{EnterpriseID: "e", AskedAt: noon}, noon.Add(FollowUpSilent))
		}, "admin"},
		"call another": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "f", ClusterID: "c"}, &FollowUp{EnterpriseID: "e", AskedAt: noon}, noon.Add(FollowUpSilent))
		}, ""},
		"call too soon": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "e", ClusterID: "c"}, &FollowUp{EnterpriseID: "e", AskedAt: noon}, noon.Add(FollowUpSilent-time.Second))
		}, ""},
		"call the unasked": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "e", ClusterID: "c"}, &FollowUp{EnterpriseID: "e"}, noon)
		}, ""},
		"call who answered": {func(a Actor) bool {
			return a.MayCall(&Enterprise{ID: "e", ClusterID: "c"}, &FollowUp{EnterpriseID: "e", AskedAt: noon, AnsweredAt: noon}, noon.Add(FollowUpSilent))
		}, ""},
		"vouch":               {func(a Actor) bool { return a.MayVouch(&Outcome{ByCluster: "x", ToCluster: "c"}) }, "admin operator"},
		"vouch, asking side":  {func(a Actor) bool { return a.MayVouch(&Outcome{ByCluster: "d", ToCluster: "x"}) }, "admin neighbor"},
		"read outcome":        {func(a Actor) bool { return a.MayReadOutcome(&Outcome{ByCluster: "c", ToCluster: "x"}) }, "admin bureau operator"},
		"read outcome, asked": {func(a Actor) bool { return a.MayReadOutcome(&Outcome{ByCluster: "x", ToCluster: "d"}) }, "admin bureau d neighbor"},
		"operate":             {func(a Actor) bool { return a.Operates("c") }, "admin operator"},
		"operate clusterless": {func(a Actor) bool { return a.Operates("") }, "admin"},
		"overlook":            {func(a Actor) bool { return a.MayOverlook("c") }, "admin bureau operator reviewer"},
		"overlook nothing":    {func(a Actor) bool { return a.MayOverlook("") }, "admin"},
		"read":                {func(a Actor) bool { return a.MayRead("c") }, "admin bureau operator"},
		"read clusterless":    {func(a Actor) bool { return a.MayRead("") }, "admin"},
		"reset an owner":      {func(a Actor) bool { return a.MayReset(Actor{UserID: "x", EnterpriseID: "e"}, "c") }, "admin operator"},
		"reset an operator": {func(a Actor) bool {
			return a.MayReset(Actor{UserID: "x", EnterpriseID: "e", Clusters: []string{"d"}}, "c")
		}, "admin"},
		"reset a bureau": {func(a Actor) bool {
			return a.MayReset(Actor{UserID: "x", EnterpriseID: "e", Views: []string{"d"}}, "c")
		}, "admin"},
		"reset an administrator": {func(a Actor) bool { return a.MayReset(Actor{UserID: "x", EnterpriseID: "e", Admin: true}, "c") }, "admin"},
		"reset a nobody":         {func(a Actor) bool { return a.MayReset(Actor{UserID: "x"}, "c") }, "admin"},
		"use as visitor":         {func(a Actor) bool { return a.Allow(Anyone) == nil }, everyone},
		"use signed in":          {func(a Actor) bool { return a.Allow(SignedIn) == nil }, strings.NewReplacer(" ghost", "", " visitor", "").Replace(everyone)},
		"use while enrolling":    {func(a Actor) bool { return a.Allow(Enrolling) == nil }, strings.NewReplacer(" ghost", "", " visitor", "").Replace(everyone)},
		"use before enrolment": {func(a Actor) bool {
			a = a.BeforeEnrolment()
			for _, p := range []Permission{SignedIn, AsEnterprise, InPerson, AsOwner, AsOperator, AsReviewer, AsReader} {
				if a.Allow(p) == nil {
					return true
				}
			}
			return a.Operates("c") || a.Owns("e") || a.MaySeeListing(listing(Waiting)) || a.Decides()
		}, ""},
		"enrol before enrolment":   {func(a Actor) bool { return a.BeforeEnrolment().Allow(Enrolling) == nil }, strings.NewReplacer(" ghost", "", " visitor", "").Replace(everyone)},
		"decide":                   {func(a Actor) bool { return a.Decides() }, "admin ghost neighbor operator reviewer slip"},
		"appoint an operator":      {func(a Actor) bool { return a.MayAppoint(Membership{Role: Operator, ClusterID: "c"}) }, "admin"},
		"appoint a viewer":         {func(a Actor) bool { return a.MayAppoint(Membership{Role: Viewer, Region: "130100"}) }, "admin"},
		"appoint a reviewer":       {func(a Actor) bool { return a.MayAppoint(Membership{Role: Reviewer, ClusterID: "c"}) }, "admin operator"},
		"appoint an administrator": {func(a Actor) bool { return a.MayAppoint(Membership{Role: Admin}) }, ""},
		"appoint an owner":         {func(a Actor) bool { return a.MayAppoint(Membership{Role: Owner, EnterpriseID: "e"}) }, ""},
		"merge": {func(a Actor) bool {
			return a.MayMerge(&Enterprise{ID: "e", ClusterID: "c"}, &Enterprise{ID: "f", ClusterID: "c"}) == nil
		}, "admin operator"},
		"merge another's": {func(a Actor) bool {
			return a.MayMerge(&Enterprise{ID: "e", ClusterID: "c"}, &Enterprise{ID: "f", ClusterID: "x"}) == nil || a.MayMerge(&Enterprise{ID: "e", ClusterID: "x"}, &Enterprise{ID: "f", ClusterID: "c"}) == nil
		}, "admin"},
		"merge with itself": {func(a Actor) bool {
			return a.MayMerge(&Enterprise{ID: "e", ClusterID: "c"}, &Enterprise{ID: "e", ClusterID: "c"}) == nil
		}, ""},
		"merge again": {func(a Actor) bool {
			return a.MayMerge(&Enterprise{ID: "e", ClusterID: "c"}, &Enterprise{ID: "f", ClusterID: "c", MergedInto: "g"}) == nil || a.MayMerge(&Enterprise{ID: "e", ClusterID: "c", MergedInto: "g"}, &Enterprise{ID: "f", ClusterID: "c"}) == nil
		}, ""},
		"merge the suspended": {func(a Actor) bool {
			return a.MayMerge(&Enterprise{ID: "e", ClusterID: "c"}, &Enterprise{ID: "f", ClusterID: "c", Standing: Suspended}) == nil || a.MayMerge(&Enterprise{ID: "e", ClusterID: "c", Standing: Suspended}, &Enterprise{ID: "f", ClusterID: "c"}) == nil
		}, ""},
		"act for the merged": {func(a Actor) bool {
			_, err := a.For(&Enterprise{ID: "e", ClusterID: "c", MergedInto: "f"})
			return err == nil
		}, ""},
		"read a fair":             {func(a Actor) bool { return a.UserID != "" && a.MayReadFair(&Fair{Clusters: []string{"x", "c"}}) }, "admin bureau operator"},
		"use as enterprise":       {func(a Actor) bool { return a.Allow(AsEnterprise) == nil }, "behalf member owner partner stranger"},
		"use in person":           {func(a Actor) bool { return a.Allow(InPerson) == nil }, "member owner partner stranger"},
		"act for":                 {func(a Actor) bool { _, err := a.For(&Enterprise{ID: "e", ClusterID: "c"}); return err == nil }, "admin operator"},
		"act for the clusterless": {func(a Actor) bool { _, err := a.For(&Enterprise{ID: "e"}); return err == nil }, "admin"},
		"act for nobody":          {func(a Actor) bool { _, err := a.For(&Enterprise{}); return err == nil }, ""},
		"act for the suspended": {func(a Actor) bool {
			_, err := a.For(&Enterprise{ID: "e", ClusterID: "c", Standing: Suspended})
			return err == nil
		}, ""},
		"use as owner":    {func(a Actor) bool { return a.Allow(AsOwner) == nil }, "owner partner stranger"},
		"use as operator": {func(a Actor) bool { return a.Allow(AsOperator) == nil }, "admin neighbor operator slip"},
		"use as reviewer": {func(a Actor) bool { return a.Allow(AsReviewer) == nil }, "admin neighbor operator reviewer slip"},
		"use as reader":   {func(a Actor) bool { return a.Allow(AsReader) == nil }, "admin bureau bureau d neighbor operator slip"},
		"use as officer":  {func(a Actor) bool { return a.Allow(AsOfficer) == nil }, "admin bureau bureau d neighbor operator reviewer slip"},
		"use as nonsense": {func(a Actor) bool { return a.Allow("nonsense") == nil }, ""},
	} {
		var got []string
		for who, a := range roles() {
			if c.may(a) {
				got = append(got, who)
			}
		}
		slices.Sort(got)
		require.Equal(t, c.want, strings.Join(got, " "), name)
	}
}

// TestMovesArePartiesOwn: nobody but the two moves an introduction, each only
// its own consent, and none after its end.
func TestMovesArePartiesOwn(t *testing.T) {
	given := Consent{UserID: "u", At: noon}
	asked := Introduction{ID: "i", By: "e", To: "f", Status: Asked, ByConsent: given, ExpiresAt: noon.Add(time.Hour)}
	agreed := asked
	agreed.Status, agreed.ToConsent = Agreed, given
	late := asked
	late.ExpiresAt = noon
	for name, c := range map[string]struct {
		move func(Actor) error
		want string
	}{
		"accept":         {func(a Actor) error { _, err := asked.Accept(a, noon); return err }, "partner"},
		"accept late":    {func(a Actor) error { _, err := late.Accept(a, noon); return err }, ""},
		"accept twice":   {func(a Actor) error { _, err := agreed.Accept(a, noon); return err }, ""},
		"decline":        {func(a Actor) error { _, err := asked.Decline(a, "price", noon); return err }, "partner"},
		"decline late":   {func(a Actor) error { _, err := late.Decline(a, "price", noon); return err }, ""},
		"decline agreed": {func(a Actor) error { _, err := agreed.Decline(a, "price", noon); return err }, ""},
		"withdraw":       {func(a Actor) error { _, err := asked.Withdraw(a, noon); return err }, "member owner"},
		"withdraw late":  {func(a Actor) error { _, err := late.Withdraw(a, noon); return err }, ""},
		"withdraw both":  {func(a Actor) error { _, err := agreed.Withdraw(a, noon); return err }, "member owner partner"},
		"ask nobody":     {func(a Actor) error { _, err := Ask(Introduction{By: "e"}, a, noon); return err }, ""},
		"ask oneself":    {func(a Actor) error { _, err := Ask(Introduction{By: "e", To: "e"}, a, noon); return err }, ""},
		"ask": {func(a Actor) error {
			_, err := Ask(Introduction{By: "e", To: "f"}, a, noon)
			return err
		}, "member owner"},
	} {
		var got []string
		for who, a := range roles() {
			err := c.move(a)
			if err == nil {
				got = append(got, who)
			} else if a.EnterpriseID != "e" && a.EnterpriseID != "f" {
				require.ErrorIs(t, err, ErrNotFound, "%s by %s: a stranger learns nothing", name, who)
			}
		}
		slices.Sort(got)
		require.Equal(t, c.want, strings.Join(got, " "), name)
	}
}

// TestLapse: only what was asked, only when its time is over, once.
func TestLapse(t *testing.T) {
	asked := Introduction{Status: Asked, ExpiresAt: noon}
	_, yes := asked.Lapse(noon.Add(-time.Second))
	require.False(t, yes)
	late, yes := asked.Lapse(noon)
	require.True(t, yes)
	require.Equal(t, Lapsed, late.Status)
	_, yes = late.Lapse(noon)
	require.False(t, yes)
	agreed := asked
	agreed.Status = Agreed
	_, yes = agreed.Lapse(noon)
	require.False(t, yes)
}
