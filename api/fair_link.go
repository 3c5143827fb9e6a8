package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/google/uuid"

	"lianqiao/market"
)

// A link of a fair is 16 bytes of the fair's id, one of its kind, 16 of the
// firm's id, two of the representative or table, and ten of an HMAC-SHA256 over
// these with the fair's secret, in base64url. It stands on badges and tables
// and opens exactly one thing; the address bar shows nothing else.
const (
	linkBadge = 'c' // check-in and own timetable of a representative
	linkTable = 't' // result of the talk at a table
	linkWall  = 'w' // the screen in the hall

	linkLength = 16 + 1 + 16 + 2
	linkSeal   = 10
)

// sealedLink is what a token says once its seal was found right.
type sealedLink struct {
	fair       market.Fair
	kind       byte
	enterprise string
	number     int
}

func seal(secret, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return mac.Sum(nil)[:linkSeal]
}

// token spells a link; ids are UUIDs, as all of ours are.
func token(f *market.Fair, kind byte, enterprise string, number int) string {
	body := make([]byte, 0, linkLength+linkSeal)
	fair, _ := uuid.Parse(f.ID)
	firm, _ := uuid.Parse(enterprise)
	body = append(body, fair[:]...)
	body = append(body, kind)
	body = append(body, firm[:]...)
	body = binary.BigEndian.AppendUint16(body, uint16(number))
	return base64.RawURLEncoding.EncodeToString(append(body, seal(f.Secret, body)...))
}

func (a *API) badgeURL(f *market.Fair, enterprise string, rep int) string {
	return a.cfg.BaseURL + "/c/" + token(f, linkBadge, enterprise, rep)
}

func (a *API) tableURL(f *market.Fair, table int) string {
	return a.cfg.BaseURL + "/t/" + token(f, linkTable, "", table)
}

func (a *API) wallURL(f *market.Fair) string {
	return a.cfg.BaseURL + "/w/" + token(f, linkWall, "", 0)
}

// cutToken reads what a token claims, before its seal is looked at.
func cutToken(text string) (fairID string, body, sealed []byte, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != linkLength+linkSeal {
		return "", nil, nil, market.ErrNotFound
	}
	fair, err := uuid.FromBytes(raw[:16])
	return fair.String(), raw[:linkLength], raw[linkLength:], err
}

func openToken(f market.Fair, body, sealed []byte, kind byte) (sealedLink, error) {
	if !hmac.Equal(seal(f.Secret, body), sealed) || body[16] != kind {
		return sealedLink{}, market.ErrNotFound
	}
	l := sealedLink{fair: f, kind: kind, number: int(binary.BigEndian.Uint16(body[33:]))}
	if firm, err := uuid.FromBytes(body[17:33]); err == nil && firm != uuid.Nil {
		l.enterprise = firm.String()
	}
	return l, nil
}

// qrSVG draws a link as one path, sharp at any size.
func qrSVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", fmt.Errorf("api.qrSVG: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, size+8, size+8, size+8, size+8, path.String()), nil
}
