package market

import "slices"

// Judgement is what people made of a proposal: their answers, the introduction
// and what came of it, as one word.
type Judgement struct {
	Proposal Proposal
	Good     bool
	Says     float64 // how much it says: 1 an answer, 2 both agreed to meet, 3 an outcome that both confirmed
}

// aboutTerms are the reasons that speak of what a score looks at. That a firm is
// a trader, or not wanted, says nothing of the pair.
var aboutTerms = []string{"", "product", "spec", "price", "moq", "quantity", "place"}

// Judge puts together what is known of a proposal; false when it comes to nothing
// that a score could learn from. Vetoes concern the firm and are not counted.
func Judge(p Proposal, interests []Interest, introductions []Introduction, outcomes []Strength) (Judgement, bool) {
	j := Judgement{Proposal: p}
	if slices.ContainsFunc(outcomes, func(s Strength) bool { return s == Confirmed || s == Seen }) {
		j.Good, j.Says = true, 3
		return j, true
	}
	unfit, aboutFirm, interested := false, false, false
	refused := func(reason string) {
		if slices.Contains(aboutTerms, reason) {
			unfit = true
		} else {
			aboutFirm = true
		}
	}
	for _, i := range introductions {
		switch {
		case !i.DisclosedAt.IsZero() || i.Status == Agreed:
			j.Good, j.Says = true, 2
			return j, true
		case i.Status == Declined:
			refused(i.Reason)
		}
	}
	for _, i := range interests {
		switch i.Answer {
		case Unfit:
			refused(i.Reason)
		case Interested:
			interested = true
		}
	}
	j.Good, j.Says = !unfit, 1
	return j, unfit || interested && !aboutFirm
}
