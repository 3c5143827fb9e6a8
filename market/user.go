package market

import (
	"strings"
	"time"
)

// Role is what a user may do within its scope.
type Role string

const (
	Owner    Role = "owner"    // of an enterprise
	Operator Role = "operator" // of a cluster association
	Admin    Role = "admin"    // of the platform
)

// User is a person who signs in.
type User struct {
	ID           string
	Login        string // mobile number or mail address, lower case
	Name         string
	PasswordHash string
	CreatedAt    time.Time
}

// Membership gives a user a role for one enterprise, one cluster, or (Admin) the platform.
type Membership struct {
	UserID       string
	Role         Role
	EnterpriseID string
	ClusterID    string
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
