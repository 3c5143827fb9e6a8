package chain

import "strings"

// FitKind says how a supply's product stands to the needed one.
type FitKind string

const (
	Same      FitKind = "same"
	Synonym   FitKind = "synonym"
	Narrower  FitKind = "narrower" // the supply is a kind of what is needed
	Broader   FitKind = "broader"  // what is needed is a kind of the supply
	Shared    FitKind = "shared"   // related, or the same part of another material
	Different FitKind = "different"
)

// Fit is the relation of two readings with the words it rests on.
type Fit struct {
	Kind   FitKind
	Points float64 // 0 … 1
	Need   string
	Supply string
}

// Relate compares the heads: 铝棒 is no 铝棒加工设备, 轴承钢 no 轴承. Of a title
// that names several products the best counts, a later one a little less.
func Relate(need, supply Reading) Fit {
	best := Fit{Kind: Different, Need: need.Word, Supply: supply.Word}
	if need.Head == "" || supply.Head == "" {
		return best
	}
	for i, n := range need.Heads {
		for j, s := range supply.Heads {
			kind, points := relateWords(n, s)
			if i+j > 0 {
				points *= 0.9
			}
			if points > best.Points {
				best = Fit{kind, points, written(need, i), written(supply, j)}
			}
		}
	}
	best = orAlias(best, need, supply)
	if best.Kind == Same && best.Points == 1 && need.Word != supply.Word {
		best.Kind, best.Points = Synonym, synonymPoints
	}
	if best.Points > 0.5 && disjoint(need.Materials, supply.Materials) {
		best.Kind, best.Points = Shared, 0.5*best.Points
	}
	return best
}

// synonymPoints is what two names of the same thing are worth.
const synonymPoints = 0.95

// orAlias compares the names that additions give either side's heads with the
// heads of the other.
func orAlias(best Fit, need, supply Reading) Fit {
	try := func(n, s int, a, b string) {
		kind, points := relateWords(a, b)
		if kind == Same {
			kind, points = Synonym, synonymPoints
		}
		if n+s > 0 {
			points *= 0.9
		}
		if points > best.Points {
			best = Fit{kind, points, written(need, n), written(supply, s)}
		}
	}
	for _, a := range need.Also {
		for j, s := range supply.Heads {
			try(a.Head, j, a.Word, s)
		}
	}
	for _, a := range supply.Also {
		for i, n := range need.Heads {
			try(i, a.Head, n, a.Word)
		}
	}
	return best
}

func written(r Reading, i int) string {
	if i == 0 {
		return r.Word
	}
	return r.Heads[i]
}

func relateWords(need, supply string) (FitKind, float64) {
	switch {
	case need == supply:
		return Same, 1
	case kindOf(supply, need):
		return Narrower, 0.8
	case kindOf(need, supply):
		return Broader, 0.6
	case parentOf(need) != "" && parentOf(need) == parentOf(supply):
		return Shared, 0.3
	}
	return Different, 0
}

// kindOf says whether a is a kind of b, by the table or because it ends with it.
func kindOf(a, b string) bool {
	for w, n := a, 0; w != "" && n < 5; n++ {
		if w == b {
			return true
		}
		w = parentOf(w)
	}
	return len(b) >= len("两字") && strings.HasSuffix(a, b)
}

// KindOf says whether a is a kind of b: by the tables, or because it ends with it.
func KindOf(a, b string) bool { return kindOf(canonical(a), canonical(b)) }

func parentOf(word string) string {
	if e, ok := words[word]; ok {
		return e.parent
	}
	return tail(word)
}

// disjoint says that both name materials and none in common.
func disjoint(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	for _, x := range a {
		for _, y := range b {
			if x == y || strings.HasSuffix(x, y) || strings.HasSuffix(y, x) {
				return false
			}
		}
	}
	return true
}
