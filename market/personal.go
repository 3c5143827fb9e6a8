package market

import "time"

// PersonalData is what is kept about a person, apart from what the audit says.
type PersonalData struct {
	User        User
	Memberships []Membership
	Devices     int // browsers known by a cookie
	Messages    int // written in threads
	Files       int // sent in threads and with quotes
}

// Retention is how long one kind of thing is kept. Zero: as long as the platform.
type Retention struct {
	Kind string
	Keep time.Duration
}

const (
	DraftLife  = 365 * 24 * time.Hour // of a draft since it was last touched
	DeviceLife = 365 * 24 * time.Hour // of a browser since its last sign-in
)

// Retentions are the rules that the nightly sweep keeps. The audit, consents,
// disclosures and outcomes are proof for both sides and stay, after an erasure
// under the bare number of a user; the law asks for at least 183 days of logs.
func Retentions() []Retention {
	return []Retention{
		{"session", SessionMost}, {"device", DeviceLife}, {"ticket", TicketLife}, {"guess", GuessSpan},
		{"draft", DraftLife}, {"attachment", AttachmentLife}, {"evidence", EvidenceIdle}, {"upload", EvidenceIdle}, {"notice", NoticeLife}, {"message", 0}, {"consent", 0}, {"outcome", 0}, {"audit", 0},
	}
}
