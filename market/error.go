package market

import (
	"errors"
	"strings"
)

// Kind classes an error by what the caller can do about it.
type Kind int

const (
	Invalid      Kind = iota + 1 // the input is wrong; Field says where
	Unauthorized                 // nobody is signed in
	Forbidden                    // this actor may not
	NotFound                     // no such thing, or not for this actor's eyes
	Conflict                     // somebody else was first; reload and try again
	TooMany                      // slow down
	TooLarge                     // more than we take
)

// Error is the one error type that users see. Message is a key of the text
// catalogues, Args fill its {0}, {1} … places; the reader's language is chosen
// where the error is shown. Everything that is not an Error is internal.
type Error struct {
	Kind    Kind
	Field   string // the field as the API spells it, e.g. "specs[2].value"; empty when no field is to blame
	Message string // catalogue key, e.g. "error.required"
	Args    []string
}

func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if len(e.Args) > 0 {
		s += " (" + strings.Join(e.Args, ", ") + ")"
	}
	return s
}

// Bad is an Invalid error on a field.
func Bad(field, message string, args ...string) *Error {
	return &Error{Kind: Invalid, Field: field, Message: message, Args: args}
}

// ErrNotFound is what a missing id and a stranger's id both answer, so that
// neither tells the other apart.
var ErrNotFound = &Error{Kind: NotFound, Message: "error.notFound"}

// ErrLoginTaken says that such a user exists.
var ErrLoginTaken = &Error{Kind: Conflict, Field: "login", Message: "error.login.taken"}

// ErrStale says that the thing was changed since the caller read it.
var ErrStale = &Error{Kind: Conflict, Message: "error.stale"}

// Errors collects every fault of one input, so that the user mends them in one go.
type Errors []*Error

func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, x := range e {
		parts[i] = x.Error()
	}
	return strings.Join(parts, "; ")
}

// Add appends err when it is not nil.
func (e *Errors) Add(err *Error) {
	if err != nil {
		*e = append(*e, err)
	}
}

// Err returns nil when nothing was collected.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// IsKind reports whether err is, or collects, an Error of the kind.
func IsKind(err error, k Kind) bool {
	var one *Error
	if errors.As(err, &one) {
		return one.Kind == k
	}
	var many Errors
	return errors.As(err, &many) && len(many) > 0 && many[0].Kind == k
}
