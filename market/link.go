package market

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/google/uuid"
)

// LinkKind says what a sealed link opens.
type LinkKind byte

const (
	LinkFollowUp LinkKind = 'f' // a FollowUp
	LinkQuiet    LinkKind = 'n' // a user's mails, to end them
	LinkConfirm  LinkKind = 'm' // a user's mail address
)

const linkSealLength = 16

// SealLink spells a link that only who knows the secret can have made: 16 bytes
// of a UUID and 16 of an HMAC-SHA256 over kind, id and extra, in base64url.
func SealLink(secret []byte, kind LinkKind, id, extra string) string {
	raw, _ := uuid.Parse(id)
	return base64.RawURLEncoding.EncodeToString(append(raw[:], linkSeal(secret, kind, raw[:], extra)...))
}

// LinkID reads the id that a link names, before its seal is looked at.
func LinkID(link string) (id string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(link)
	if err != nil || len(raw) != 16+linkSealLength {
		return "", false
	}
	x, err := uuid.FromBytes(raw[:16])
	return x.String(), err == nil
}

// LinkHolds reports whether the link was made by SealLink of the same.
func LinkHolds(secret []byte, kind LinkKind, link, extra string) bool {
	id, ok := LinkID(link)
	return ok && hmac.Equal([]byte(link), []byte(SealLink(secret, kind, id, extra)))
}

func linkSeal(secret []byte, kind LinkKind, id []byte, extra string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte{byte(kind)})
	mac.Write(id)
	mac.Write([]byte(extra))
	return mac.Sum(nil)[:linkSealLength]
}
