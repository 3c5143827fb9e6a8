package market

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// Role is what a user may do within its scope.
type Role string

const (
	Owner    Role = "owner"    // of an enterprise
	Member   Role = "member"   // of an enterprise, let in by its owner
	Operator Role = "operator" // of a cluster association
	Reviewer Role = "reviewer" // of a cluster association: decides what waits in its queue, and nothing else
	Viewer   Role = "viewer"   // of a bureau: reads a cluster's figures, changes nothing
	Admin    Role = "admin"    // of the platform
)

// User is a person who signs in.
type User struct {
	ID           string
	Login        string // mobile number or mail address, lower case
	Name         string
	PasswordHash string
	TOTP         TOTP
	CreatedAt    time.Time
}

// TOTP is the second step of a sign-in: codes of a device (RFC 6238, six
// digits, 30 seconds, SHA-1), each taken once, and codes for when it is lost.
type TOTP struct {
	Secret   string    // sealed by the store; there from the first picture of it
	At       time.Time // when a code of it was first seen; zero: not asked for yet
	Step     int64     // the last 30 seconds since 1970 whose code was taken
	Recovery []string  // hashes of the codes that are left, each good once
}

// SecondStep reports whether the user signs in with a code as well.
func (u User) SecondStep() bool { return !u.TOTP.At.IsZero() }

// TOTPStep is how long a code stands. One step early or late is taken as well:
// the clocks of telephones differ.
const TOTPStep = 30 * time.Second

// RecoveryCodes is how many codes there are for a lost device.
const RecoveryCodes = 10

// Membership gives a user a role for one enterprise, one cluster, a place
// (Viewer), or (Admin) the platform.
type Membership struct {
	UserID       string
	Role         Role
	EnterpriseID string
	ClusterID    string
	Region       string // GB/T 2260 code of a county, or of a city or province, which end in zeros
}

// RegionRange is the first and the last code of GB/T 2260 within a place: a
// city's end in 00, a province's in 0000.
func RegionRange(place string) (from, to string) {
	stem := strings.TrimSuffix(strings.TrimSuffix(place, "00"), "00")
	return place, stem + strings.Repeat("9", len(place)-len(stem))
}

// Session is one signed-in browser. The token itself is never kept, only its SHA-256.
type Session struct {
	TokenHash string
	UserID    string
	Agent     string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// How long a session lives.
const (
	SessionIdle  = 14 * 24 * time.Hour // since it was last used
	SessionMost  = 90 * 24 * time.Hour // since the sign-in, however much it is used
	SessionRenew = time.Hour           // how often use is noted
)

// Renewed moves the end of a session that is in use, at most to the end of all
// sessions of its age. It reports whether there is anything to keep.
func (x Session) Renewed(now time.Time) (Session, bool) {
	if now.Sub(x.SeenAt) < SessionRenew {
		return x, false
	}
	x.SeenAt, x.ExpiresAt = now, now.Add(SessionIdle)
	if end := x.CreatedAt.Add(SessionMost); x.ExpiresAt.After(end) {
		x.ExpiresAt = end
	}
	return x, true
}

// At most GuessesMost tries at one account within any GuessSpan, counted for
// all strangers together and for each known device of its own.
const (
	GuessesMost = 10
	GuessSpan   = 15 * time.Minute
)

// Guesses are the moments of the last tries, oldest first.
type Guesses []time.Time

// Take adds a try at now and reports false when there were too many already.
// The window slides: no moment begins a new count of ten.
func (g Guesses) Take(now time.Time) (Guesses, bool) {
	var recent Guesses
	for _, at := range g {
		if now.Sub(at) < GuessSpan {
			recent = append(recent, at)
		}
	}
	if len(recent) >= GuessesMost {
		return recent, false
	}
	return append(recent, now), true
}

// Purpose says what a ticket is good for.
type Purpose string

const (
	ForReset  Purpose = "reset"  // a new password for UserID
	ForInvite Purpose = "invite" // a place as member of EnterpriseID
	ForClaim  Purpose = "claim"  // the ownership of EnterpriseID, which nobody has yet
	ForOffice Purpose = "office" // Role in every cluster, or for a Viewer every place, of Scope
)

// TicketLife is how long a ticket can be used.
const TicketLife = 48 * time.Hour

// Ticket is a link that one person hands to another, good for one use. The
// token itself is never kept, only its SHA-256.
type Ticket struct {
	TokenHash    string
	Purpose      Purpose
	UserID       string   // ForReset
	EnterpriseID string   // ForInvite, ForClaim; of a reset the firm that reads of it
	Role         Role     // ForOffice
	Scope        []string // ForOffice: ids of clusters, or codes of places
	MadeBy       string   // user
	CreatedAt    time.Time
	ExpiresAt    time.Time
}

// NewToken is 256 random bits, for cookies and links.
func NewToken() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Cut makes the ticket usable from now on and returns the token that its link
// carries and that is kept nowhere.
func (x Ticket) Cut(now time.Time) (Ticket, string) {
	token := NewToken()
	x.TokenHash, x.ExpiresAt = Digest(token), now.Add(TicketLife)
	return x, token
}

// TicketPath is where a ticket is used. The token stands behind the # so that
// no server log and no other site ever gets it.
func TicketPath(token string) string { return "/app/ticket#" + token }

// Digest is what is kept of a token: a stolen database signs nobody in.
func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Memberships are what an office gives to the user who accepts it.
func (x Ticket) Memberships(userID string) []Membership {
	var out []Membership
	for _, scope := range x.Scope {
		out = append(out, OfficeOf(userID, x.Role, scope))
	}
	return out
}

// OfficeOf is one office: of a viewer for a place, of anybody else in a cluster.
func OfficeOf(userID string, role Role, scope string) Membership {
	if role == Viewer && isPlace(scope) {
		return Membership{UserID: userID, Role: role, Region: scope}
	}
	return Membership{UserID: userID, Role: role, ClusterID: scope}
}

// Scope is where an office is held: a place or a cluster.
func (m Membership) Scope() string { return m.Region + m.ClusterID }

func isPlace(s string) bool { return len(s) == 6 && strings.Trim(s, "0123456789") == "" }

// Officer is a user with one of his offices.
type Officer struct {
	Membership
	Login string
	Name  string
}

// CheckLogin wants a mobile number or a mail address.
func CheckLogin(login string) *Error {
	login = strings.TrimSpace(login)
	if login == "" {
		return Bad("login", "error.required")
	}
	at := strings.IndexByte(login, '@')
	mail := at > 0 && strings.Contains(login[at:], ".") && !strings.ContainsAny(login, " \t\r\n")
	mobile := len(login) == 11 && login[0] == '1' && strings.Trim(login, "0123456789") == ""
	if len(login) > 120 || !mail && !mobile {
		return Bad("login", "error.login")
	}
	return nil
}

// CheckPassword wants 8 to 128 characters.
func CheckPassword(p string) *Error {
	n := len([]rune(p))
	switch {
	case n == 0:
		return Bad("password", "error.required")
	case n < 8:
		return Bad("password", "error.tooShort", "8")
	case n > 128:
		return Bad("password", "error.tooLong", "128", itoa(n))
	}
	return nil
}

// Image is a picture on a listing, already decoded and encoded anew.
type Image struct {
	ID           string
	EnterpriseID string
	Type         string // image/jpeg
	Width        int
	Height       int
	Code         string // what a QR code in it says; empty: none was found
	Bytes        []byte
	CreatedAt    time.Time
}

// Failure is a message that a worker gave up on, kept until an operator deals with it.
type Failure struct {
	ID        string // of the change
	Kind      ChangeKind
	Of        string
	Tries     int
	Reason    string
	CreatedAt time.Time
}
