package frontend

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lianqiao/market"
)

var place = regexp.MustCompile(`\{\d+\}`)

// places are the distinct {n} of a text in order.
func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestCataloguesHaveTheSameKeysAndPlaces(t *testing.T) {
	first := catalogues[Languages[0]]
	require.NotEmpty(t, first)
	for _, lang := range Languages[1:] {
		other := catalogues[lang]
		for key, text := range first {
			require.Contains(t, other, key, lang)
			require.Equal(t, places(text), places(other[key]), "places of %s in %s", key, lang)
		}
		for key := range other {
			require.Contains(t, first, key, "only in %s", lang)
		}
	}
}

func TestNoTextIsEmpty(t *testing.T) {
	for lang, texts := range catalogues {
		for key, text := range texts {
			require.NotEmpty(t, text, "%s in %s", key, lang)
		}
	}
}

func TestEveryTermAndVerdictHasAText(t *testing.T) {
	names := []market.TermName{
		market.TermProduct, market.TermWording, market.TermGrade, market.TermSpec, market.TermClass, market.TermQuantity, market.TermMOQ, market.TermPrice,
		market.TermLead, market.TermDistance, market.TermCert, market.TermTier, market.TermFresh, market.TermChain,
	}
	for lang, texts := range catalogues {
		for _, name := range names {
			require.Contains(t, texts, "term."+string(name), lang)
			for _, verdict := range []market.Verdict{market.Fits, market.Partly, market.Misses, market.Unknown} {
				require.Contains(t, texts, "term."+string(name)+"."+string(verdict), lang)
			}
		}
	}
}

// An unknown term may have every quote empty, so its sentence quotes nothing.
func TestUnknownTermsQuoteNothing(t *testing.T) {
	unknown := regexp.MustCompile(`^term\.\w+\.unknown$`)
	for lang, texts := range catalogues {
		for key, text := range texts {
			if unknown.MatchString(key) {
				require.Empty(t, places(text), "%s in %s", key, lang)
			}
		}
	}
}

func TestEveryHonourHasAName(t *testing.T) {
	for lang, texts := range catalogues {
		for _, kind := range market.Honours {
			require.Contains(t, texts, "honour."+string(kind), lang)
		}
	}
}
