package market

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// ReviewRule says which listings an association reads before they are public.
type ReviewRule string

const (
	ReviewNone  ReviewRule = "none"
	ReviewFirst ReviewRule = "first3" // the first three of each firm
	ReviewAll   ReviewRule = "all"
)

const reviewFirst = 3

// Wants reports whether a listing of a firm that has published so many before
// has to be read first.
func (r ReviewRule) Wants(published int) bool {
	return r == ReviewAll || r == ReviewFirst && published < reviewFirst
}

// Known reports whether r is a rule.
func (r ReviewRule) Known() bool { return r == ReviewNone || r == ReviewFirst || r == ReviewAll }

// ReviewStatus is where a review is.
type ReviewStatus string

const (
	ReviewWaiting   ReviewStatus = "waiting"
	ReviewApproved  ReviewStatus = "approved"
	ReviewReturned  ReviewStatus = "returned"
	ReviewSuspended ReviewStatus = "suspended"
	ReviewDropped   ReviewStatus = "dropped" // taken back by the firm before it was read
)

// Review is one thing that a firm asked its association to look at.
type Review struct {
	ID           string
	Kind         string // enterprise, listing, claim or honour
	Of           string // its id; of a claim the user who wants to own the enterprise
	EnterpriseID string
	ClusterID    string
	Status       ReviewStatus
	Reason       string // of a return or suspension; the firm reads it
	AskedBy      string
	AskedAt      time.Time
	DecidedBy    string
	DecidedAt    time.Time
}

// Decision is what a reviewer says.
type Decision struct {
	Status ReviewStatus // approved, returned or suspended
	Reason string       // wanted unless approved
	Level  Level        // of an approved enterprise: reviewed or visited
	Basis  string       // of an approved enterprise
	ByName string       // who stands behind it, as shown
}

// Check reports every fault of a decision on the kind of thing.
func (d Decision) Check(kind string) error {
	var errs Errors
	switch d.Status {
	case ReviewApproved:
		if kind == "enterprise" {
			if d.Level != Reviewed && d.Level != Visited {
				errs.Add(Bad("level", "error.choose"))
			}
			errs.Add(needText("basis", d.Basis, 2, 200))
		}
	case ReviewSuspended:
		if kind == "honour" { // it can be believed or not, nothing more
			errs.Add(Bad("status", "error.choose"))
		}
		errs.Add(needText("reason", d.Reason, 2, 500))
	case ReviewReturned:
		errs.Add(needText("reason", d.Reason, 2, 500))
	default:
		errs.Add(Bad("status", "error.choose"))
	}
	return errs.Err()
}

// Finding is something that a reviewer should look at. It decides nothing.
type Finding struct {
	Code  string // reversed, contact, alike, uscc, class
	Quote string // what was found
}

var (
	asksFirst   = regexp.MustCompile(`^[\s【\[（(]*(求购|采购|收购|寻|诚购|急需|需要|需求|求租|想买|现需|我司需)`)
	offersFirst = regexp.MustCompile(`^[\s【\[（(]*(供应|出售|销售|供货|现货|厂家直销|专业生产|大量供应|批发|我司生产|主营)`)
)

// Reversed finds a need that offers or a supply that asks.
func Reversed(l *Listing) []Finding {
	wrong := asksFirst
	if l.Side == Need {
		wrong = offersFirst
	}
	for _, text := range []string{l.Title, l.Text} {
		if m := wrong.FindString(text); m != "" {
			return []Finding{{"reversed", strings.TrimSpace(m)}}
		}
	}
	return nil
}

// digitOf reads a digit however people hide it.
func digitOf(r rune) (rune, bool) {
	switch {
	case r >= '0' && r <= '9':
		return r, true
	case r >= '０' && r <= '９':
		return r - '０' + '0', true
	case r >= '①' && r <= '⑨':
		return r - '①' + '1', true
	}
	for i, words := range []string{"零〇○oO", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"} {
		if strings.ContainsRune(words, r) {
			return rune('0' + i), true
		}
	}
	return 0, false
}

var (
	phoneShape = regexp.MustCompile(`1[3-9]\d{9}|0\d{9,11}|400\d{7}`)
	otherShape = regexp.MustCompile(`(?i)(微信|薇信|威信|加v|vx|wechat|weixin|扣扣|qq|电话|手机|联系人|热线)\s*[号:：是]*\s*[a-z0-9_\-]{4,}|[\w.\-]+@[\w\-]+\.[\w.]+|https?://\S+|www\.\S+`)
)

// HiddenContacts finds telephone numbers, also spelled in other signs or spread
// with blanks, and other ways to be reached, which belong in the contact alone.
func HiddenContacts(text string) []Finding {
	var out []Finding
	if m := otherShape.FindString(text); m != "" {
		out = append(out, Finding{"contact", m})
	}
	var digits, quote strings.Builder
	look := func() {
		if m := phoneShape.FindString(digits.String()); m != "" {
			out = append(out, Finding{"contact", strings.TrimSpace(quote.String())})
		}
		digits.Reset()
		quote.Reset()
	}
	gap := 0
	for _, r := range text {
		if d, ok := digitOf(r); ok {
			digits.WriteRune(d)
			quote.WriteRune(r)
			gap = 0
			continue
		}
		// A blank, dash or dot between digits hides a number; a word ends it.
		if digits.Len() > 0 && gap < 2 && !unicode.IsLetter(r) && !strings.ContainsRune("，。；、,;:：/×*~–%", r) {
			quote.WriteRune(r)
			gap++
			continue
		}
		look()
		gap = 0
	}
	look()
	return out
}

// Alike tells how near two titles are, from 0 to 1: the shared part of their
// pairs of neighbouring characters (Jaccard), blanks and signs left out.
func Alike(a, b string) float64 {
	x, y := pairsOf(a), pairsOf(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	shared := 0
	for p := range x {
		if y[p] {
			shared++
		}
	}
	return float64(shared) / float64(len(x)+len(y)-shared)
}

// AlikeEnough is when a reviewer is shown the other one.
const AlikeEnough = 0.8

func pairsOf(s string) map[[2]rune]bool {
	var letters []rune
	for _, r := range strings.ToLower(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, r)
		}
	}
	out := map[[2]rune]bool{}
	for i := 0; i+1 < len(letters); i++ {
		out[[2]rune{letters[i], letters[i+1]}] = true
	}
	return out
}
